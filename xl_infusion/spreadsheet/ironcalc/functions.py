"""Excel's own functions, as far as the embedded engine computes them as Excel does.

Each was compared with Excel's documentation and with LibreOffice; what is missing here is left to Excel.
`translation` writes a formula so that the engine does not depart from Excel where it otherwise would.
"""

from __future__ import annotations

#: What the parameters take, and the functions that take them; parameters in parentheses repeat.
#:   v a value   t a text   p whatever it is given   l a value, and an array as it is   c a criterion
#:   x cells   R cells or an array   r cells, but no array that was computed   a an array, cell by cell
_BY_PARAMETERS = {
    "": "TRUE FALSE NA PI RAND TODAY NOW",
    "(R)": "SUM MAX MIN SUMSQ COUNTA AND OR XOR MAXA MINA STDEV STDEV.S STDEV.P STDEVP VAR VAR.S VAR.P VARP",
    "(r)": "COUNT AVERAGE AVERAGEA PRODUCT MEDIAN MODE MODE.SNGL GEOMEAN HARMEAN AVEDEV GCD LCM",
    "(a)": "SUMPRODUCT VSTACK HSTACK",
    "(t)": "CONCATENATE",
    "(v)": "IFS SWITCH",
    "(p)": "LET",
    "R": "ROWS COLUMNS",
    "Rvv": "INDEX",
    "rv": "LARGE SMALL PERCENTILE PERCENTILE.INC PERCENTILE.EXC QUARTILE QUARTILE.INC TRIMMEAN IRR",
    "rvv": "PERCENTRANK",
    "rr": "CORREL COVAR SLOPE INTERCEPT RSQ",
    "rrv": "XIRR",
    "vrr": "FORECAST XNPV",
    "v(r)": "NPV",
    "x": "COUNTBLANK ROW COLUMN",
    "xc": "COUNTIF",
    "xcx": "SUMIF AVERAGEIF",
    "(xc)": "COUNTIFS",
    "x(xc)": "SUMIFS AVERAGEIFS MAXIFS MINIFS",
    "v(x)": "SUBTOTAL",
    "vxv": "RANK RANK.EQ RANK.AVG",
    "vxxvvv": "XLOOKUP",
    "vRv": "MATCH",
    "vRvv": "XMATCH VLOOKUP HLOOKUP",
    "v(p)": "CHOOSE",
    "lpp": "IF",
    "ll": "IFERROR IFNA",
    "xvvvv": "OFFSET",
    "vvvvt": "ADDRESS",
    "v": "NOT ISNUMBER ISTEXT ISNONTEXT ISLOGICAL ISBLANK ISERROR ISERR ISNA ISEVEN ISODD ERROR.TYPE N T "
    "VALUE INT ABS SIGN SQRT EXP LN LOG10 EVEN ODD FACT RADIANS DEGREES SIN COS TAN ASIN ACOS ATAN CHAR "
    "UNICHAR YEAR MONTH DAY HOUR MINUTE SECOND ISOWEEKNUM",
    "vv": "INDIRECT ROUND ROUNDUP ROUNDDOWN TRUNC POWER LOG MOD QUOTIENT CEILING FLOOR MROUND COMBIN DELTA "
    "RANDBETWEEN TEXT WEEKDAY WEEKNUM EDATE EOMONTH DAYS EFFECT NOMINAL",
    "vvv": "CEILING.MATH FLOOR.MATH DATE DATEDIF DAYS360 YEARFRAC TIME SLN",
    "vvvv": "SYD",
    "vvvvv": "PMT FV PV NPER DB DDB",
    "vvvvvv": "RATE IPMT PPMT CUMIPMT CUMPRINC",
    "vvx": "NETWORKDAYS WORKDAY",
    "vvvx": "NETWORKDAYS.INTL WORKDAY.INTL",
    "t": "LEN UPPER LOWER PROPER TRIM CLEAN CODE UNICODE",
    "tv": "LEFT RIGHT REPT HYPERLINK",
    "tt": "EXACT",
    "tvv": "MID",
    "ttv": "FIND SEARCH TEXTBEFORE TEXTAFTER",
    "ttt": "NUMBERVALUE",
    "tttv": "SUBSTITUTE",
    "tvvt": "REPLACE",
    "a": "TRANSPOSE",
    "aa": "MMULT",
    "aav": "FILTER",
    "avv": "UNIQUE TAKE DROP TOCOL TOROW",
    "avvv": "SORT",
    "a(av)": "SORTBY",
    "a(v)": "CHOOSECOLS CHOOSEROWS",
    "vvvv ": "SEQUENCE",
}


def _names(text: str) -> frozenset[str]:
    return frozenset(text.split())


#: Function -> its fixed parameters and those that repeat.
SIGNATURES = {
    name: (parameters.split("(")[0].strip(), parameters.partition("(")[2].rstrip(")"))
    for parameters, names in _BY_PARAMETERS.items()
    for name in names.split()
}

#: Functions that give an array.
ARRAYS = _names("SEQUENCE VSTACK HSTACK TRANSPOSE MMULT FILTER UNIQUE SORT SORTBY") | _names(
    "TAKE DROP TOCOL TOROW CHOOSECOLS CHOOSEROWS"
)
#: Functions that can give cells: several of them where one value is wanted, or a blank one.
REFERENCES = _names("INDEX OFFSET INDIRECT CHOOSE IF LET")
#: Functions whose result can be the value of a blank cell.
PASSING = REFERENCES | _names("XLOOKUP VLOOKUP HLOOKUP IFS SWITCH IFERROR IFNA")
#: Functions that give a text, in which no number has to be written out any more.
TEXTS = _names(
    "LEFT RIGHT MID UPPER LOWER PROPER TRIM CLEAN SUBSTITUTE REPLACE REPT CONCATENATE TEXT CHAR UNICHAR "
    "ADDRESS TEXTBEFORE TEXTAFTER"
)
#: Functions that read a number as a day; the engine counts days from 1900 only.
DAYS = _names(
    "YEAR MONTH DAY ISOWEEKNUM TEXT WEEKDAY WEEKNUM EDATE EOMONTH DATE DATEDIF DAYS360 YEARFRAC NETWORKDAYS "
    "WORKDAY NETWORKDAYS.INTL WORKDAY.INTL VALUE"
)

#: What the engine has and gets wrong, or what only Excel can tell: the reason, after the function's name.
DENIED = {
    "LOOKUP": "finds another row than Excel where the values hold errors",
    "CONVERT": "converts degrees wrongly",
    "FIXED": "rounds halves down",
    "DOLLAR": "rounds halves down",
    "DATEVALUE": "knows fewer ways to write a date than Excel",
    "TIMEVALUE": "knows fewer ways to write a time than Excel",
    "AGGREGATE": "is missing in the embedded engine",
    "LAMBDA": "is left to Excel",
    "MAP": "is left to Excel",
    "REDUCE": "is left to Excel",
    "SCAN": "is left to Excel",
    "BYROW": "is left to Excel",
    "BYCOL": "is left to Excel",
    "MAKEARRAY": "is left to Excel",
    "GETPIVOTDATA": "reads a pivot table, which only Excel has",
    "CELL": "asks Excel about a cell",
    "INFO": "asks Excel about itself",
    "SHEET": "asks Excel about its sheets",
    "SHEETS": "asks Excel about its sheets",
    "FORMULATEXT": "shows the text of a formula",
    "ISFORMULA": "asks whether a cell has a formula",
    "ISREF": "asks whether a value is a reference",
    "TYPE": "tells arrays from values otherwise than Excel",
    "RANDARRAY": "is different every time",
    "FREQUENCY": "drops errors",
}


#: What stands in a workbook that Google Sheets wrote in the place of a function that only Google Sheets has, and what
#: to do.
GOOGLE = "__xludf.DUMMYFUNCTION"
FROM_GOOGLE = (
    f"of Google Sheets that no other program has ({GOOGLE}): in Google Sheets put values in its place (Edit > Paste "
    "special > Values only), and download the workbook again"
)


def unknown(name: str) -> str:
    """Why a function is left to Excel: the end of the sentence "the formula ...".

    >>> unknown("AGGREGATE")
    'uses AGGREGATE, which is missing in the embedded engine'
    """
    if name == GOOGLE.upper():
        return f"is one {FROM_GOOGLE}"
    return f"uses {name}, which {DENIED.get(name, 'is not calculated outside Excel')}"


class Failure(str):
    """In the place of a result, why there is none: the end of the sentence "the formula ..."."""

    __slots__ = ()
