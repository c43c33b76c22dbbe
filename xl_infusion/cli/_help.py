"""How ``--help`` shows the commands: those of every day first, and flags as flags."""

from __future__ import annotations

from typing import Any

from typer.core import TyperGroup

#: The commands that come first, in the order in which a biller needs them.
FIRST = ("new", "fill", "codes", "orders", "visits", "remit", "report")


class Commands(TyperGroup):
    """A group of commands in that order, then as they were added."""

    def list_commands(self, ctx: Any) -> list[str]:
        names = super().list_commands(ctx)
        return [name for name in FIRST if name in names] + [name for name in names if name not in FIRST]

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        command = super().get_command(ctx, cmd_name)
        if command is not None:
            _as_flags(command.get_params(ctx))
        return command

    def get_params(self, ctx: Any) -> Any:
        return _as_flags(super().get_params(ctx))


def _as_flags(parameters: Any) -> Any:
    """Options without a value have nothing behind them that looks like one."""
    for parameter in parameters:
        if getattr(parameter, "is_flag", False):
            parameter.metavar = ""
    return parameters
