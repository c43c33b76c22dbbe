"""LibreOffice Calc: the worksheet functions as an add-in, one .oxt file that carries all it needs.

`extension` builds the file on any machine, `addin` is what runs in LibreOffice's own Python, `office` puts the file
into a LibreOffice. Everything that Calc is told of a function is derived from its signature.
"""
