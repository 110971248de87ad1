"""A lesson's Markdown as safe HTML, part by part (pure).

Raw HTML is text, pictures of other sites and links to anything but the web are left out: what an institution writes
can hold no script and load nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from urllib.parse import urlsplit

from markdown_it import MarkdownIt
from markdown_it.token import Token

FIRST_HEADING = 2  # the page's own title is the first
LAST_HEADING = 6


def _link_allowed(url: str) -> bool:
    """Only addresses of the web; nothing that runs, nothing of this site's own that a text could press in somebody's name."""
    try:
        return urlsplit(url).scheme in ("http", "https")
    except ValueError:
        return False


def _reader() -> MarkdownIt:
    made = MarkdownIt("commonmark", {"html": False, "typographer": False}).enable("table").disable(["image", "html_inline", "html_block"])
    made.validateLink = _link_allowed  # type: ignore[method-assign]
    return made


_READER = _reader()


def _tidy(tokens: Sequence[Token]) -> Sequence[Token]:
    """Headings one lower than they were written; links tell nobody where they came from; no inline style on cells."""
    for token in tokens:
        if token.type in ("heading_open", "heading_close"):
            token.tag = f"h{min(LAST_HEADING, int(token.tag[1]) + FIRST_HEADING - 1)}"
        token.attrs.pop("style", None)
        for child in token.children or ():
            if child.type == "link_open":
                child.attrs["rel"] = "noopener noreferrer nofollow"
                child.attrs["target"] = "_blank"
    return tokens


@lru_cache(maxsize=256)
def parts(body: str) -> tuple[str, ...]:
    """The lesson as HTML, cut before every heading of the first two ranks; at least one part."""
    groups: list[list[Token]] = [[]]
    for token in _READER.parse(body):
        if token.type == "heading_open" and token.tag in ("h1", "h2") and token.level == 0 and groups[-1]:
            groups.append([])
        groups[-1].append(token)
    return tuple(_READER.renderer.render(_tidy(group), _READER.options, {}) for group in groups)
