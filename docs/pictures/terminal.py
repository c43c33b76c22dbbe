"""Pictures of the command line: what each command of the steps really prints, as SVG.

The commands run here, in a folder of their own; those for Excel on Windows on the stand-in for a Windows machine that
the tests have, which its picture says. Each text carries the width that it is drawn with, so that any font for
terminals will do, and none is asked for over a network. The same bytes every time.
"""

from __future__ import annotations

import contextlib
import html
import io
import re
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from types import SimpleNamespace
from unittest import mock

from rich.style import Style
from rich.terminal_theme import TerminalTheme
from rich.text import Text
from typer.testing import CliRunner

from tests.hosts.calc.in_office import shared_extensions
from tests.setup.machines import ADDIN, CONFIGURATION, Made, healthy
from xl_infusion.cli import _out, app, excel
from xl_infusion.cli.exits import NO
from xl_infusion.hosts.excel import files
from xl_infusion.reference import current
from xl_infusion.template.examples import ROWS

#: The line above a picture of the stand-in.
STAND_IN = "xl-infusion on the stand-in for a Windows machine of the tests, not on Windows itself"


class Session:
    """A terminal in which commands are typed one after the other, and all that they print."""

    def __init__(self, prompt: str) -> None:
        self._prompt = prompt

    def type(self, command: str) -> None:
        """Runs a command of xl-infusion, typed as ``command``."""
        _out.out.print(Text(f"{self._prompt}{command}", Style(bold=True)), soft_wrap=True)
        program, *arguments = command.split()
        assert program == "xl-infusion"
        done = CliRunner().invoke(app, arguments)
        assert done.exit_code in (0, NO), done.output

    def note(self, text: str) -> None:
        """What is done beside the command line."""
        _out.out.print(Text(text, Style(italic=True, dim=True)))


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture to be made: its title, what is typed, how many letters fit beside each other, what stands before."""

    title: str
    typed: Callable[[Session], None]
    width: int = 100
    prompt: str = "$ "

    def svg(self, name: str) -> str:
        """The picture; ``name`` keeps its styles apart from those of other ones."""
        with (
            tempfile.TemporaryDirectory() as folder, contextlib.chdir(folder),
            contextlib.redirect_stdout(io.StringIO()),
            mock.patch.multiple(_out.out, record=True, _width=self.width),
        ):  # fmt: skip
            self.typed(Session(self.prompt))
            form = _SVG.replace("{title}", self.title)
            text = _out.out.export_svg(theme=_THEME, unique_id=name, code_format=form, font_aspect_ratio=0.6)
        return _sized(text)


def install(session: Session) -> None:
    """A machine with Windows, Excel and Python, on which nothing was installed yet."""
    machine = _machine()
    del machine.files[CONFIGURATION], machine.files[ADDIN]
    with _windows(machine):
        session.type("xl-infusion install")


def doctor(session: Session) -> None:
    """Macros are blocked, and the Python that was configured is gone; then neither."""
    machine = _machine()
    machine.files[CONFIGURATION] = b'"INTERPRETER_WIN","C:\\Python310\\python.exe"\r\n'
    settings = machine.keys[r"HKCU\Software\Microsoft\Office\16.0\Excel\Security"]
    settings["VBAWarnings"] = 4
    with _windows(machine):
        session.type("xl-infusion doctor")
        session.type("xl-infusion install")
        settings["VBAWarnings"] = 2
        session.note("(in Excel: File > Options > Trust Center > Macro Settings: disable with notification)")
        session.type("xl-infusion doctor")


def lite(session: Session) -> None:
    """The files for xlwings Lite."""
    session.type("xl-infusion lite claims")


def calc(session: Session) -> None:
    """The add-in put into a real LibreOffice, for all users: root, who makes this, can do no other."""
    with shared_extensions(Path("extensions").absolute()):
        session.type("xl-infusion calc install --shared")


def fill(session: Session) -> None:
    """A workbook with the first of the example orders, computed and shown."""
    with mock.patch.dict(ROWS, {"Orders": ROWS["Orders"][:4], "Visits": ()}):
        session.type("xl-infusion new billing.xlsx")
    session.type("xl-infusion fill billing.xlsx --show")


_ON_WINDOWS = r"C:\Users\Ann> "
PICTURES = {
    "install": Picture(STAND_IN, install, 116, _ON_WINDOWS),
    "doctor": Picture(STAND_IN, doctor, 116, _ON_WINDOWS),
    "lite": Picture("xl-infusion lite", lite),
    "calc_install": Picture("for all users of a machine; without --shared it is for you alone", calc),
    "fill": Picture("xl-infusion new and fill: four orders in, nine claim lines out", fill, 128),
}


def make(folder: Path) -> None:
    """Writes every picture into a folder."""
    for name, picture in PICTURES.items():
        text = picture.svg(name)
        (folder / f"{name}.svg").write_text(text, "utf-8")
        print(f"{name}.svg: {len(text):,} bytes")


def words(svg: str) -> list[str]:
    """What a picture says: its words, sorted, however its lines are broken."""
    said = html.unescape(re.sub(r"<(style|title)>.*?</\1>|<[^>]*>", " ", svg, flags=re.DOTALL))
    return sorted(word for word in said.split() if any(map(str.isalnum, word)))


def _sized(svg: str) -> str:
    """The picture with its size written where browsers look for it, and a little room below."""
    width, height = map(float, re.findall(r'<rect id="frame" width="([0-9.]+)" height="([0-9.]+)"', svg)[0])
    height += _BELOW
    svg = svg.replace(
        "<svg ", f'<svg width="{width:.0f}" height="{height:.0f}" viewBox="0 0 {width:.0f} {height:.0f}" ', 1
    )
    frame = f'<rect width="{width - 2:.0f}" height="{height - 2:.0f}"'
    svg = re.sub(r'<rect id="frame" width="[0-9.]+" height="[0-9.]+"', frame, svg)
    return "\n".join(line.rstrip() for line in svg.splitlines()) + "\n"


def _machine() -> Made:
    return healthy(files.addin(), version("xlwings"))


@contextlib.contextmanager
def _windows(machine: Made) -> Iterator[None]:
    """The commands see that machine, on the last day through which the codes are verified."""
    day = current().edition.verified_through
    clock = SimpleNamespace(date=SimpleNamespace(today=lambda: day))
    with mock.patch.object(excel, "machine", lambda: machine), mock.patch.object(excel, "dt", clock):
        yield


_THEME = TerminalTheme(
    (16, 27, 36), (220, 228, 233),
    [(16, 27, 36), (240, 113, 113), (127, 209, 154), (240, 196, 105), (120, 170, 240), (200, 150, 230),
     (110, 200, 210), (220, 228, 233)],
    [(120, 135, 145), (255, 140, 140), (150, 230, 175), (255, 215, 130), (150, 190, 255), (220, 175, 245),
     (140, 220, 230), (255, 255, 255)],
)  # fmt: skip
#: Pixels under the last line, so that no letter of it is cut.
_BELOW = 10
_FONTS = "ui-monospace,'DejaVu Sans Mono',Menlo,Consolas,'Liberation Mono',monospace"
_SVG = f"""\
<svg xmlns="http://www.w3.org/2000/svg" role="img">
<title>{{title}}</title>
<style>
.{{unique_id}}-matrix {{{{ font-family: {_FONTS}; font-size: {{char_height}}px; line-height: {{line_height}}px;
 white-space: pre; }}}}
.{{unique_id}}-title {{{{ font: 15px {_FONTS}; fill: #90a4b0; }}}}
{{styles}}
</style>
<defs>
{{lines}}
</defs>
<rect id="frame" width="{{width}}" height="{{height}}" x="1" y="1" rx="8" fill="#101b24" stroke="#33444f"/>
<text class="{{unique_id}}-title" x="9" y="28">{{title}}</text>
<g transform="translate({{terminal_x}}, {{terminal_y}})">
{{backgrounds}}
<g class="{{unique_id}}-matrix">
{{matrix}}
</g></g>
</svg>
"""
