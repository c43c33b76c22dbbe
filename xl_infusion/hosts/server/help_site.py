"""The help pages as a browser shows them: HTML out of the same Markdown, for xlwings Server to serve."""

from __future__ import annotations

import re

from markdown_it import MarkdownIt
from markdown_it.token import Token

from xl_infusion.help.pages import INDEX, pages

#: How the pages' names end, and the index's name.
HTML, INDEX_HTML = ".html", "index.html"

_PAGE = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title>
<style>
body {{ font: 16px/1.5 system-ui, sans-serif; max-width: 60rem; margin: 2rem auto; padding: 0 1rem }}
table {{ border-collapse: collapse; display: block; overflow-x: auto }}
th, td {{ border: 1px solid #ccc; padding: .25rem .5rem; text-align: left; vertical-align: top }}
pre {{ background: #f5f5f5; padding: .75rem; overflow-x: auto }}
</style>
</head>
<body>
{body}</body>
</html>
"""


def site() -> dict[str, str]:
    """Name of a file -> its text: the index and a page for each function, with links among themselves alone."""
    texts = pages()
    names = {name: INDEX_HTML if name == INDEX else name.removesuffix(".md") + HTML for name in texts}
    markdown = MarkdownIt("commonmark", {"html": False}).enable("table")
    made = {}
    for name, text in texts.items():
        title = text.partition("\n")[0].removeprefix("# ")
        without_remarks = re.sub(r"<!--.*?-->\n?", "", text, flags=re.DOTALL)
        tokens = markdown.parse(without_remarks)
        for token in tokens:
            token.children = token.children and _linked(token.children, names)
        body = markdown.renderer.render(tokens, markdown.options, {})
        made[names[name]] = _PAGE.format(title=title, body=body)
    return made


def _linked(tokens: list[Token], names: dict[str, str]) -> list[Token]:
    """The tokens of a paragraph: links to other pages lead to those here, the text of every other link stays alone."""
    kept, leads = [], False
    for token in tokens:
        if token.type == "link_open":
            target = names.get(str(token.attrGet("href")))
            leads = target is not None
            if target is not None:
                token.attrSet("href", target)
        if leads or token.type not in ("link_open", "link_close"):
            kept.append(token)
    return kept
