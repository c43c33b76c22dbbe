"""``python -m xl_infusion.cli``."""

from xl_infusion.cli import main

main()
