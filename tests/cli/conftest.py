"""Workbooks that commands write here look for few orders on the claim: they are worked out in half of the time."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests import billing


@pytest.fixture(autouse=True, scope="module")
def few_orders() -> Iterator[None]:
    with billing.few_orders():
        yield
