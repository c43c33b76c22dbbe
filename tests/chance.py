"""How many examples Hypothesis is asked for: the profile's number (conftest.py), or a multiple of it."""

from __future__ import annotations

from hypothesis import settings


def times(factor: float) -> settings:
    """So many times the examples of the profile: more where a fault is rare, fewer where one example takes long."""
    return settings(max_examples=max(1, round(factor * settings().max_examples)))
