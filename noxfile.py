"""The ways to run the tests: ``nox -s fast`` while you work, ``nox -s tests`` before you hand on (pip install nox).

``nox -s mutants`` tries the tests themselves.

Each environment is installed once from versions and hashes that are written down, and used again.
"""

from __future__ import annotations

import nox

nox.options.sessions = ["fast"]
nox.options.reuse_existing_virtualenvs = True

#: Two processes, and a file stays with one of them: what a file builds is built once.
ON_TWO = ("--numprocesses", "2", "--dist", "loadfile")


def install(session: nox.Session) -> None:
    """What the README's test command installs."""
    session.install("--quiet", "--require-hashes", "--requirement", "tests/requirements.lock")
    session.install("--quiet", "--no-deps", "--no-build-isolation", "--editable", ".")


@nox.session
def fast(session: nox.Session) -> None:
    """Four of five tests in about two minutes: no office, no node, nothing long; Hypothesis looks less far."""
    install(session)
    session.run("python", "-m", "pytest", "--fast", *ON_TWO, *session.posargs)


@nox.session
def tests(session: nox.Session) -> None:
    """Everything, with the coverage of the core: what the README's command and CI run."""
    install(session)
    session.run("python", "-m", "pytest", *ON_TWO, "--cov", *session.posargs)


@nox.session
def lint(session: nox.Session) -> None:
    """ruff and mypy alone; `tests` runs them too."""
    install(session)
    session.run("ruff", "check", ".")
    session.run("ruff", "format", "--check", ".")
    session.run("mypy")


@nox.session
def mutants(session: nox.Session) -> None:
    """Changes the code and asks whether a test notices: of what changed since main, or ``-- --sample 500 --seed 1``."""
    install(session)
    session.install("--quiet", "cosmic-ray==8.7.0")
    session.run("python", "-m", "pytest", "-q", "tests/tools")
    session.run("python", "-m", "tools.mutants", *session.posargs)
