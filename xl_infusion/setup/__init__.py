"""The functions set up for Excel on a Windows machine, and what is wrong where they do not work.

Everything that is asked of Windows goes through `machine.Machine`, and every path is a text with Windows' rules, so
that it all runs, and is tested, on other machines too.
"""
