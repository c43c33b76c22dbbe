"""How strong the tests are: one place of the code is changed, and the tests that reach it have to notice.

Cosmic Ray knows which changes there are (`changes`), coverage which tests reach a line (`reach`); a change is put into
the running functions of a process that has collected the tests once (`trial`). What no test can tell apart from the
code as it is stands with its reason in known.csv (`known`). ``nox -s mutants`` runs it (CONTRIBUTING.md).
"""
