"""The functions' help while one types, for Excel-DNA's IntelliSense add-in: the XML that it reads.

Excel itself shows no tooltip for functions of its users. The free add-in
(https://github.com/Excel-DNA/IntelliSense) shows what a file beside the workbook says, or a custom XML part in the
workbook of the same namespace: the function, the argument under the cursor, and a link to the help page.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from xml.etree import ElementTree

from xl_infusion.functions import FUNCTIONS, WorksheetFunction
from xl_infusion.help.pages import BASE, address

NAMESPACE = "http://schemas.excel-dna.net/intellisense/1.0"


def intellisense(
    base: str = BASE, functions: Iterable[WorksheetFunction] = FUNCTIONS.values(), ending: str = ".md"
) -> str:
    """The XML of all functions; ``base``: the address of the help pages, whose names have the ``ending``.

    The add-in opens a link that begins with http; any other is a file's place as seen from the XML's own folder.

    >>> print("\\n".join(intellisense("https://example.org", [FUNCTIONS["DOSES_PER_DAY"]]).splitlines()[2:5]))
        <Function Name="DOSES_PER_DAY" Description="Doses in 24 hours for a dosing interval." \
HelpTopic="https://example.org/DOSES_PER_DAY.md">
          <Argument Name="interval" Description="Hours between doses: 8, q8h, BID, daily, q48h, continuous" />
        </Function>
    """
    root = ElementTree.Element("IntelliSense", xmlns=NAMESPACE)
    info = ElementTree.SubElement(root, "FunctionInfo")
    for function in functions:
        element = ElementTree.SubElement(
            info,
            "Function",
            Name=function.name,
            Description=function.summary,
            HelpTopic=address(function.name, base, ending),
        )
        for parameter in function.parameters:
            name = f"[{parameter.name}]" if parameter.optional else parameter.name
            ElementTree.SubElement(element, "Argument", Name=name, Description=parameter.doc)
    ElementTree.indent(root)
    return ElementTree.tostring(root, encoding="unicode") + "\n"


def beside(workbook: Path) -> Path:
    """Where the add-in looks for the XML of a workbook or an add-in.

    >>> beside(Path("claims/home_infusion_billing.xlsm")).name
    'home_infusion_billing.intellisense.xml'
    """
    return workbook.with_suffix(".intellisense.xml")
