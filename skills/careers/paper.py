"""The skill passport as PDF: each certificate that was issued here with the code that leads to its check."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

import segno
import weasyprint
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup
from weasyprint.text.fonts import FontConfiguration

from skills.config import resources
from skills.credentials import fonts
from skills.credentials.paper import AssetFetcher, Blocked

NO_LETTER = "〓"  # what print shops set for a character that they have no type for


@dataclass(frozen=True)
class Entry:
    """A line of the sheet. `check`: the address that its code holds, empty for none."""

    text: str
    on: str
    strength: str
    check: str = ""


@dataclass(frozen=True)
class Sheet:
    """All words of the sheet, in the language in which it is asked for.

    parts  (heading, its entries); facts: pairs under the title; digest: SHA-256 of what it says, in hex
    stamp  the moment at which it was made, in ISO 8601
    """

    lang: str
    title: str
    facts: Sequence[tuple[str, str]]
    parts: Sequence[tuple[str, Sequence[Entry]]]
    nothing: str
    foot: Sequence[str]
    host: str
    digest: str
    stamp: str


def pdf(sheet: Sheet) -> bytes:
    """The sheet as PDF/A-3u, not yet sealed; the same sheet gives the same bytes."""
    codes = {e.check: _code(e.check) for _, entries in sheet.parts for e in entries if e.check}
    html = _template().render(s=sheet, codes=codes)
    lost = fonts.missing(html)
    html = html.translate({ord(c): NO_LETTER for c in lost})
    letters = "".join(sorted(set(html)))
    assets = {role: ("font/otf", fonts.face(role).cut(letters)) for role in fonts.FACES}
    try:
        written: bytes = weasyprint.HTML(string=html, base_url="asset:", url_fetcher=AssetFetcher(assets)).write_pdf(
            font_config=FontConfiguration(), pdf_variant="pdf/a-3u", pdf_identifier=bytes.fromhex(sheet.digest)[:16]
        )
    except Blocked as error:  # derives from BaseException: a worker's loop would die of it
        raise ValueError(f"the page asks for {error}") from error
    return written


def _code(address: str) -> Markup:
    drawn = segno.make(address, error="m", micro=False).svg_inline(border=0, svgclass=None, lineclass=None, omitsize=True)
    return Markup(drawn)  # noqa: S704 - drawn here


@cache
def _template() -> Any:
    environment = Environment(loader=FileSystemLoader(resources("templates") / "paper"), autoescape=True, undefined=StrictUndefined)
    return environment.get_template("passport.html")
