"""Functions that are not put to the engine as they stand, because it departs from Excel in them."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from xl_infusion.spreadsheet.formula.tree import Call, Literal, Node, Operation, Reference, walk
from xl_infusion.spreadsheet.ironcalc.lookups import LOOKUPS
from xl_infusion.spreadsheet.ironcalc.readings import read_as_number
from xl_infusion.spreadsheet.ironcalc.text import (
    MARK,
    NotCalculable,
    Part,
    Place,
    area_at,
    as_range,
    joined,
    listed,
    plain_call,
    size_of,
)

_COMPARED = re.compile(r"(<>|<=|>=|=|<|>)(.*)", re.DOTALL)
_NUMBER = re.compile(r"\s*[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?\s*")


def _all_looked_at(node: Call, args: Sequence[Part]) -> Part:
    """AND and OR stop at the first argument that decides; in Excel an error behind it counts."""
    name = node.name
    if len(args) == 1 and not args[0].multi:
        return plain_call(name, args)
    _check_numbers(node)
    # what stands in cells stays there: a text in one of them is passed over, as a value it is an error
    seen, bound = [], []
    for at, (arg, part) in enumerate(zip(node.args, args, strict=True), 1):
        value = f"_{name.lower()}{at}"
        if isinstance(arg, Reference):
            seen.append(Part([as_range(arg)]))
        else:
            seen.append(Part([value]))
            bound.append(Part(joined(value, ",", part)))
    every = listed(seen)
    looked = Part(joined("IF(ISERROR(SUM(", every, ")),SUM(", every, f"),{name}(", every, "))"))
    return Part(joined("LET(", listed(bound), ",", looked, ")")) if bound else looked


def _check_numbers(node: Call) -> None:
    """Refuses texts, TRUE and FALSE that stand in the formula itself, where Excel takes them for numbers.

    Errors: `NotCalculable`.
    """
    for arg in node.args:
        text = isinstance(arg, Literal) and isinstance(arg.value, str) and not arg.text.startswith("#")
        truth = isinstance(arg, Literal) and isinstance(arg.value, bool)
        if text or (truth and node.name not in ("AND", "OR", "XOR")):
            raise NotCalculable(f"gives {node.name} a text, TRUE or FALSE in the place of a number")


def _numbers(node: Call, args: Sequence[Part]) -> Part:
    """The functions of many numbers; one cell is a range, as in which Excel takes it."""
    _check_numbers(node)
    given = zip(node.args, args, strict=True)
    return plain_call(node.name, [Part([as_range(arg)]) if isinstance(arg, Reference) else part for arg, part in given])


def _address(node: Call, args: Sequence[Part]) -> Part:
    if len(args) == 5 and isinstance(node.args[4], Literal) and "[" in node.args[4].text:
        raise NotCalculable("has an ADDRESS in another workbook, which Excel quotes otherwise")
    return plain_call("ADDRESS", args)


#: A pattern, or the name of what is no text.
_SPECIAL = re.compile(r"(?<!~)[*?]|^(?:TRUE|FALSE|#.*)$", re.IGNORECASE)
_BLANK, _FILLED = Part(['""']), Part(['"<>"'])
#: A term of a total: its sign, the factors in front of it, and the arguments.
_Option = tuple[str, list[Part], list[Part]]


def _criteria(node: Call, args: Sequence[Part]) -> Part:
    """The functions with criteria: cells of one size, and criteria that find what they find in Excel."""
    name = node.name
    ranges = _ranges_among(name, len(args))
    parts = [_as_range(node.args[at], part) if at in ranges else part for at, part in enumerate(args)]
    total, tests = _total_and_tests(name, node.args, parts)
    terms = _terms(total, tests)
    call = _total_over(name, terms[0]) if len(terms) == 1 else _sum_of(name, terms)
    references = [arg for at in ranges if isinstance(arg := node.args[at], Reference)]
    return Part([lambda place: call.at(place) if _same_size(place, references) else "#VALUE!"])


#: Those that are of one criterion, and add up what their last argument says.
_TOTAL_LAST = ("SUMIF", "AVERAGEIF")
#: Those that count, and add up nothing.
_COUNTING = ("COUNTIF", "COUNTIFS")


def _ranges_among(name: str, given: int) -> list[int]:
    """The places of the arguments that are cells: what is added up, and what is tested, before each criterion."""
    first = 1 if name.endswith("S") and name not in _COUNTING else 0
    return [*range(first), *range(first, given, 2)]


def _as_range(arg: Node | None, part: Part) -> Part:
    return Part([as_range(arg)], part.multi, part.cells, part.size) if isinstance(arg, Reference) else part


def _total_and_tests(
    name: str, given: Sequence[Node | None], parts: Sequence[Part]
) -> tuple[list[Part], list[tuple[Part, Node | None, Part]]]:
    """What is added up, if anything is; and the tests: cells, and the criterion for them."""
    if name in _TOTAL_LAST:
        # without a third argument they add up the cells that they test
        return [parts[2] if len(parts) == 3 else parts[0]], list(zip(parts[:1], given[1:2], parts[1:2], strict=False))
    before = 0 if name in _COUNTING else 1
    criteria = slice(before + 1, None, 2)
    return list(parts[:before]), list(zip(parts[before::2], given[criteria], parts[criteria], strict=False))


def _terms(total: list[Part], tests: Sequence[tuple[Part, Node | None, Part]]) -> list[_Option]:
    """The terms of a total over what all tests find."""
    terms: list[_Option] = [("+", [], total)]
    for cells, criterion, part in tests:
        options = _options(criterion, part)
        terms = [_narrowed(term, cells, option) for term in terms for option in options]
    return terms


def _narrowed(term: _Option, cells: Part, option: _Option) -> _Option:
    """A term of a total with a test more."""
    sign, factors, args = term
    its_sign, its_factors, criteria = option
    tested = [part for criterion in criteria for part in (cells, criterion)]
    return "+" if sign == its_sign else "-", [*factors, *its_factors], [*args, *tested]


def _total_over(name: str, term: _Option) -> Part:
    _, _, args = term
    return plain_call(name, [*args[1:], args[0]] if name in _TOTAL_LAST else args)


def _sum_of(name: str, terms: Sequence[_Option]) -> Part:
    """A total as the sum of terms. Errors: `NotCalculable` where it is none."""
    whole = name.removesuffix("S") + "S"
    if whole not in ("COUNTIFS", "SUMIFS") or len(terms) > 25:
        raise NotCalculable(f"has a criterion with <> in {name}")
    spelt = [Part(joined(sign, *factors, plain_call(whole, args))) for sign, factors, args in terms]
    return Part(joined("(", *spelt, ")"))


def _options(criterion: Node | None, part: Part) -> list[_Option]:
    """The terms that together find what a criterion finds in Excel. Errors: `NotCalculable`."""
    if isinstance(criterion, Reference) and criterion.single:
        return [("+", [], [Part([_checked(part, criterion)])])]
    text = _beginning(criterion)
    if text is None:
        return [("+", [], [part])]
    if "~~" in text:
        raise NotCalculable("has a criterion with ~~")
    found = _COMPARED.fullmatch(text)
    sign, value = found.groups() if found else ("", "")
    if isinstance(criterion, Operation):
        return _put_together(sign, part)
    return _of_text(sign, value, part)


def _beginning(criterion: Node | None) -> str | None:
    """The text that stands in the formula as a criterion, or as what one such as ``"="&A1`` begins with."""
    while isinstance(criterion, Operation) and criterion.sign == "&":
        criterion = criterion.operands[0]
    return criterion.value if isinstance(criterion, Literal) and isinstance(criterion.value, str) else None


def _of_text(sign: str, value: str, part: Part) -> list[_Option]:
    """The terms for a criterion such as ``"<>6"``.

    With ``<>x`` the engine finds no blank cells, and for a text x only texts, unless it is a pattern; with
    ``<>6`` it finds a 6 that is a text; with ``=`` it finds "" too.
    """
    if sign in ("<", ">", "<=", ">=") and not _NUMBER.fullmatch(value):
        raise NotCalculable("has a criterion that compares texts")
    if sign == "=" and not value:
        return [("+", [], [_BLANK]), ("-", [], [_BLANK, _FILLED])]
    if sign != "<>" or not value:
        return [("+", [], [part])]
    more: list[_Option] = []
    if not _NUMBER.fullmatch(value) and not _SPECIAL.search(value):
        # not x: what does not begin with x, and what goes on behind it
        more, value = [("+", [], [_written(f"{value}?*")])], value + "*"
    other = _written("<>" + value)
    return [
        ("+", [], [other]),
        ("+", [], [_BLANK]),
        ("-", [], [other, _BLANK]),
        ("-", [], [other, _written("=" + value)]),
        *more,
    ]


def _checked(part: Part, criterion: Reference) -> Callable[[Place], str]:
    """A criterion that stands in a cell: one with a sign is looked at when it is known."""

    def text(place: Place) -> str:
        area = area_at(place, criterion)
        value = place.value(area) if area else None
        if isinstance(value, str) and (found := _COMPARED.fullmatch(value)):
            sign, compared = found.groups()
            if sign in ("<>", "=") or not _NUMBER.fullmatch(compared):
                raise NotCalculable("takes a criterion with <>, = or a compared text from a cell")
        return part.at(place)

    return text


def _put_together(sign: str, part: Part) -> list[_Option]:
    """The terms for a criterion such as ``"="&A1``."""
    if sign == "<>":
        raise NotCalculable('has a criterion that is put together with "<>"')
    if sign != "=":
        return [("+", [], [part])]
    more, nothing = Part(joined("(LEN(", part, ")>1)*")), Part(joined("(LEN(", part, ")=1)*"))
    return [("+", [more], [part]), ("+", [nothing], [_BLANK]), ("-", [nothing], [_BLANK, _FILLED])]


def _written(text: str) -> Part:
    return Part(['"' + text.replace('"', '""') + '"'])


def _same_size(place: Place, references: Sequence[Reference]) -> bool:
    areas = [area_at(place, one) for one in references]
    return len({area and (area.bottom - area.top, area.right - area.left) for area in areas}) <= 1


_DATE_FORMAT = re.compile(r'(?:[ymdhsYMDHS]+|[aA][mM]/[pP][mM]|[-/.,: ]|\\.|"[^"]*")+')
#: Whether a format shows a day: with years or days, or with months rather than minutes.
_DAY_FORMAT = re.compile(r"[yYdD]|[mM]{3}|^[^hHsS]*[mM][^hHsS]*$")
_NUMBER_FORMAT = re.compile(r'(?:[#0,.%$() +-]|\\.|"[^"]*")+')


def decimals(form: str) -> int | None:
    """To how many decimals a format of TEXT rounds; None where it does not, or the engine does not know it.

    >>> [decimals(form) for form in ("#,##0.00", "0.0%", '0 "units"', "yyyy-mm-dd", "# ?/?")]
    [2, 3, 0, None, None]
    """
    found = set()
    for section in re.sub(r';[^;"]*@[^;"]*$', "", form).split(";"):
        bare = re.sub(r'\\.|"[^"]*"', "", section)
        if section and not (_NUMBER_FORMAT.fullmatch(section) and re.search("[#0]", bare)):
            return None
        if section and not re.search(r",(?![#0])", bare):
            found.add(sum(letter in "#0" for letter in bare.partition(".")[2]) + 2 * bare.count("%"))
        elif section:
            return None
    return found.pop() if len(found) == 1 else None


def _part_of_day(name: str, first: int) -> Callable[[Call, Sequence[Part]], Part]:
    """YEAR, MONTH and DAY. In Excel a blank cell is day 0 of January 1900; the engine begins in March."""

    def write(node: Call, args: Sequence[Part]) -> Part:
        asked = f"{name}(_d)"
        early = f"IF(_d<0,{asked},IF(_d<1,{first},{MARK}))"
        return Part(joined("LET(_d,", *args, f",IF(ISTEXT(_d),{asked},IF(_d<61,{early},{asked})))"))

    return write


def _of_days(name: str, days: int) -> Callable[[Call, Sequence[Part]], Part]:
    """Functions whose first arguments are days: before March 1900 the engine counts otherwise than Excel."""

    def write(node: Call, args: Sequence[Part]) -> Part:
        if name == "DATEDIF":
            unit = node.args[2] if len(node.args) == 3 else None
            if not isinstance(unit, Literal) or str(unit.value).casefold() not in ("d", "m", "y", "ym"):
                raise NotCalculable("has a DATEDIF with another unit than d, m, y and ym")
        names = [f"_d{at}" for at in range(len(args[:days]))]
        bound = listed(Part(joined(one, ",", arg)) for one, arg in zip(names, args, strict=False))
        asked = plain_call(name, [*(Part([one]) for one in names), *args[days:]])
        early = "".join(f"IF(ISTEXT({one}),0,IF({one}<61,1,0))+" for one in names).rstrip("+")
        return Part(joined("LET(", bound, f",IF({early},{MARK},", asked, "))"))

    return write


def _date(node: Call, args: Sequence[Part]) -> Part:
    """DATE. Days that are counted on from before March 1900 are one more in the engine: Excel has a 29 February."""
    if len(args) != 3:
        return plain_call("DATE", args)
    named = listed(Part(joined(one, ",", arg)) for one, arg in zip(("_y", "_m", "_n"), args, strict=True))
    early = "IF(ISERROR(DATE(_y,_m,1)),TRUE,DATE(_y,_m,1)<61)"
    return Part(joined("LET(", named, f",_d,DATE(_y,_m,_n),IF(ISERROR(_d),_d,IF({early},{MARK},IF(_d<61,{MARK},_d))))"))


def _read(node: Call, name: str, otherwise: str) -> str:
    """The number that a text is read as; what stands in cells is looked at when it is known (`read_from_cells`)."""
    if isinstance(node.args[0], Reference):
        return f"IFERROR(VALUE({name}),{otherwise})"
    return read_as_number(name, otherwise)


def _value(node: Call, args: Sequence[Part]) -> Part:
    if len(node.args) == 1 and isinstance(node.args[0], Reference):
        return plain_call("VALUE", args)
    return Part(joined("LET(_v,", *args, f",IF(ISTEXT(_v),{read_as_number('_v', 'VALUE(_v)')},VALUE(_v)))"))


#: Functions whose result may be marked as one that is not to be trusted.
_MARKED = frozenset({"VALUE", "TEXT", "YEAR", "MONTH", "DAY", "DATE"})


def _passing_marks(name: str) -> Callable[[Call, Sequence[Part]], Part]:
    """The functions that look at errors: one that marks a result is no error of Excel's."""

    def write(node: Call, args: Sequence[Part]) -> Part:
        marked = any(isinstance(one, Call) and one.name in _MARKED for arg in node.args[:1] if arg for one in walk(arg))
        if not marked or any(part.multi for part in args):
            return plain_call(name, args)
        seen = plain_call(name, [Part(["_e"]), *args[1:]])
        return Part(joined("LET(_e,", args[0], f",IF(ISERROR(_e),IF(ERROR.TYPE(_e)=1,{MARK},", seen, "),", seen, "))"))

    return write


def _text(node: Call, args: Sequence[Part]) -> Part:
    form = node.args[1] if len(node.args) == 2 else None
    if not isinstance(form, Literal) or not isinstance(form.value, str):
        raise NotCalculable("has a TEXT whose format is not written in it")
    number = _formatted(form.text, form.value)
    # Excel takes a text that reads as a number for that number, unless a text is asked for
    kept = "_t" if form.value == "@" else f"IF(ISTEXT(_t),{_read(node, '_t', '_t')},_t)"
    blank = f"IF(ISBLANK(_t),0,{kept})"
    other = f'IF(ISLOGICAL(_t),_t&"",TEXT(_t,{form.text}))'
    return Part(joined("LET(_t,LET(_t,", args[0], f",{blank}),IF(ISNUMBER(_t),{number},{other}))"))


def _formatted(text: str, form: str) -> str:
    """The number ``_t`` in a format, which the formula spells ``text``. Errors: `NotCalculable`."""
    places = decimals(form)
    if places is not None:
        return f"TEXT(ROUND(_t,{places}),{text})"
    if form.casefold() not in ("general", "@") and not _DATE_FORMAT.fullmatch(form):
        raise NotCalculable(f"has a TEXT with the format {form!r}")
    if _DAY_FORMAT.search(form):
        return f"IF(_t<61,{MARK},TEXT(_t,{text}))"
    return f"TEXT(_t,{text})"


def _counted(node: Call, args: Sequence[Part]) -> Part:
    """LEFT, RIGHT and MID: to the engine TRUE and FALSE are no count of letters, to Excel they are 1 and 0."""

    def count(arg: Node | None, part: Part) -> Part:
        if isinstance(arg, Literal) and isinstance(arg.value, bool):
            return Part([str(int(arg.value))])
        if isinstance(arg, Reference) and arg.single:
            return Part(joined("LET(_c,", part, ",IF(ISLOGICAL(_c),_c*1,_c))"))
        return part

    return plain_call(node.name, [*args[:1], *map(count, node.args[1:], args[1:])])


def _subtotal(node: Call, args: Sequence[Part]) -> Part:
    kind = node.args[0] if node.args else None
    areas = [arg for arg in node.args[1:] if isinstance(arg, Reference)]
    if not isinstance(kind, Literal) or len(areas) != len(node.args) - 1:
        raise NotCalculable("has a SUBTOTAL of something else than cells")

    def text(place: Place) -> str:
        for reference in areas:
            area = area_at(place, reference)
            if area is not None and not place.has_no_subtotals(area):
                raise NotCalculable("has a SUBTOTAL over hidden rows or other subtotals")
        return plain_call("SUBTOTAL", args).at(place)

    return Part([text])


def _indirect(node: Call, args: Sequence[Part]) -> Part:
    """INDIRECT of a text that names a sheet: the engine knows no names and tables, and calculates apart."""
    pieces = [one.value for one in walk(node) if isinstance(one, Literal) and isinstance(one.value, str)]
    if len(args) != 1 or not any("!" in piece for piece in pieces) or any("[" in piece for piece in pieces):
        raise NotCalculable("has an INDIRECT that does not say Sheet!A1")
    return plain_call("INDIRECT", args)


def _xlookup(node: Call, args: Sequence[Part]) -> Part:
    areas = [arg for arg in node.args[1:3] if isinstance(arg, Reference)]
    if len(areas) == 2 and size_of(areas[0]) != size_of(areas[1]):
        raise NotCalculable("has an XLOOKUP that gives whole rows or columns")
    return LOOKUPS["XLOOKUP"](node, args)


_OF_NUMBERS = (
    "XOR", "MAXA", "MINA", "SUMSQ", "STDEV", "STDEV.S", "STDEV.P", "STDEVP", "VAR", "VAR.S", "VAR.P", "VARP", "MEDIAN",
    "MODE", "MODE.SNGL", "GEOMEAN", "HARMEAN", "AVEDEV", "GCD", "LCM", "AVERAGEA",
)  # fmt: skip
_ONE_DAY = ("WEEKDAY", "WEEKNUM", "ISOWEEKNUM", "EDATE", "EOMONTH", "WORKDAY", "WORKDAY.INTL")
_TWO_DAYS = ("DATEDIF", "DAYS360", "YEARFRAC", "NETWORKDAYS", "NETWORKDAYS.INTL")
_WITH_CRITERIA = ("COUNTIF", "COUNTIFS", "SUMIF", "SUMIFS", "AVERAGEIF", "AVERAGEIFS", "MAXIFS", "MINIFS")
#: How each of these functions is spelt for the engine.
SPELLING: dict[str, Callable[[Call, Sequence[Part]], Part]] = {
    **dict.fromkeys(("AND", "OR"), _all_looked_at),
    "TEXT": _text,
    "SUBTOTAL": _subtotal,
    "YEAR": _part_of_day("YEAR", 1900),
    "MONTH": _part_of_day("MONTH", 1),
    "DAY": _part_of_day("DAY", 0),
    "DATE": _date,
    "ADDRESS": _address,
    **dict.fromkeys(("LEFT", "RIGHT", "MID"), _counted),
    **dict.fromkeys(_OF_NUMBERS, _numbers),
    "VALUE": _value,
    **{name: _passing_marks(name) for name in ("IFERROR", "ISERROR", "ISERR", "ISNUMBER")},
    **{name: _of_days(name, 1) for name in _ONE_DAY},
    **{name: _of_days(name, 2) for name in _TWO_DAYS},
    "INDIRECT": _indirect,
    **LOOKUPS,
    "XLOOKUP": _xlookup,
    **dict.fromkeys(_WITH_CRITERIA, _criteria),
}
