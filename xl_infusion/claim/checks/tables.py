"""Checks of the tables that are the same for every claim: Payers, Payer codes, Rates, Provider."""

from __future__ import annotations

from collections.abc import Iterator

from xl_infusion.claim.checks.finding import Finding, of_error
from xl_infusion.claim.columns import PAYER_CODES, PAYERS, PROVIDER, RATES
from xl_infusion.claim.grid import Work
from xl_infusion.claim.inputs import fold_name
from xl_infusion.claim.provider import Provider
from xl_infusion.errors import CellError, NoRate, quoted


def checks(work: Work, provider: Provider) -> Iterator[Finding]:
    """Rows that cannot be used, whatever the orders."""
    for terms in work.payers.all:
        for problem in terms.problems:
            yield of_error(problem, PAYERS.name, terms.row)
    for wanted in work.payer_codes.all:
        if wanted.problem is not None:
            yield of_error(wanted.problem, PAYER_CODES.name, wanted.number)
    for number, problem in work.rates.problems:
        yield of_error(problem, RATES.name, number)
    for number, error in work.rates.conflicts():
        kind = error.kind if isinstance(error, NoRate) else "two rates on one day"
        yield Finding(kind, RATES.name, number, "", 0, 0, str(error))
    known = {fold_name(terms.name) for terms in work.payers.all}
    for payer, number, table in work.named_payers():
        if known and fold_name(payer) not in known:
            what = f"payer {quoted(payer)} is not in the Payers table"
            yield Finding("unknown payer", table, number, "", 0, 0, what)
    for number, problem in provider.problems:
        kind = "wrong NPI" if number == provider.npi_row and not isinstance(problem, CellError) else problem.kind
        yield Finding(kind, PROVIDER.name, number, "", 0, 0, str(problem))
    if provider.given and not provider.npi_row:
        yield Finding("no NPI", PROVIDER.name, 1, "", 0, 0, "Provider has no row NPI")
