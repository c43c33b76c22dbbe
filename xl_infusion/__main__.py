"""``python -m xl_infusion``: the command line."""

from xl_infusion.cli import main

main()
