"""The IntelliSense file: what Excel-DNA's add-in reads of it is what xlwings tells Excel's function wizard."""

from __future__ import annotations

from defusedxml import ElementTree

from tests import ROOT
from tests.hosts.standins.excel import Book
from xl_infusion.functions import FUNCTIONS
from xl_infusion.help.pages import BASE, address
from xl_infusion.hosts.excel.intellisense import NAMESPACE, beside, intellisense

WORKBOOKS = ROOT / "workbook"

#: The elements that the add-in's XmlSerializer reads, where they stand, and their attributes: it passes over any other
#: without a word.
READ = {
    "IntelliSense": ("", set()),
    "FunctionInfo": ("IntelliSense", set()),
    "Function": ("FunctionInfo", {"Name", "Description", "HelpTopic"}),
    "Argument": ("Function", {"Name", "Description"}),
}


def test_every_element_is_one_that_the_add_in_reads() -> None:
    root = ElementTree.fromstring(intellisense())
    assert root.tag == f"{{{NAMESPACE}}}IntelliSense"
    above = {child: parent for parent in root.iter() for child in parent}
    for element in root.iter():
        space, _, name = element.tag[1:].partition("}")
        parent, attributes = READ[name]
        assert space == NAMESPACE and set(element.attrib) == attributes
        assert (above[element].tag if element in above else "") == (f"{{{NAMESPACE}}}{parent}" if parent else "")
        assert not (element.text or "").strip() and not (element.tail or "").strip()


def test_it_says_what_the_function_wizard_says(book: Book) -> None:
    """Compared with what xlwings' own import tells Excel, function by function and argument by argument."""
    said = {}
    for function in ElementTree.fromstring(intellisense("https://example.org/")).iter(f"{{{NAMESPACE}}}Function"):
        name = function.attrib["Name"]
        said[name] = (function.attrib["Description"], [argument.attrib["Description"] for argument in function])
        assert function.attrib["HelpTopic"] == f"https://example.org/{name}.md"
        optional = [argument.attrib["Name"].startswith("[") for argument in function]
        assert optional == [given for _, given, _ in book.module.procedures[name].parameters]
        names = [argument.attrib["Name"].strip("[]") for argument in function]
        assert names == [parameter.name for parameter in FUNCTIONS[name].parameters]
    assert list(said) == list(FUNCTIONS)
    assert said == {
        name: (told["Description"], told["ArgumentDescriptions"] or []) for name, told in book.macro_options.items()
    }


def test_it_stands_where_the_add_in_looks_and_its_links_lead_to_the_pages() -> None:
    """The add-in takes a link that does not begin with http for a file's place, from the XML's folder on."""
    path = beside(WORKBOOKS / "home_infusion_billing.xlsm")
    assert path == beside(WORKBOOKS / "home_infusion_billing.xlsx")
    topics = [one.attrib["HelpTopic"] for one in ElementTree.parse(path).iter(f"{{{NAMESPACE}}}Function")]
    assert topics == [address(name, BASE) for name in FUNCTIONS]
    assert all((path.parent / topic).is_file() for topic in topics)


def test_texts_come_back_as_they_are() -> None:
    from xl_infusion.functions import WorksheetFunction

    def ODD() -> None:
        """Less < more & "quotes" > ümlaut."""

    (function,) = ElementTree.fromstring(
        intellisense(functions=[WorksheetFunction("ODD", ODD, "Drugs", False, "=ODD()")])
    ).iter(f"{{{NAMESPACE}}}Function")
    assert function.attrib["Description"] == 'Less < more & "quotes" > ümlaut.' and len(function) == 0
