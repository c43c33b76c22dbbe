"""The files of the gate, written once a session."""

from __future__ import annotations

import pytest

from tests.gate.files import Files


@pytest.fixture(scope="session")
def files(tmp_path_factory: pytest.TempPathFactory) -> Files:
    return Files(tmp_path_factory.mktemp("gate"))
