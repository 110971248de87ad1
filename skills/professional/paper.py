"""The certificate of hours as PDF: what its number stands for, with the code that leads to its check."""

from __future__ import annotations

from datetime import datetime
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
from skills.kernel.clock import SHANGHAI
from skills.professional.queries.own import StatementLine
from skills.records.rules.professional import SUBJECT_WORDS


def pdf(held: StatementLine, name: str, document: str, address: str, host: str) -> bytes:
    """The statement as PDF/A-3u, not yet sealed; the same statement gives the same bytes.

    document  kind and masked number
    address   where it is checked, with its number
    """
    code = segno.make(address, error="m", micro=False).svg_inline(border=0, svgclass=None, lineclass=None, omitsize=True)
    html = _template().render(
        held=held, name=name, document=document, host=host, code=Markup(code),  # noqa: S704 - drawn here
        rows=[(SUBJECT_WORDS[s][0], hours) for s, hours in held.figures.items()], total=sum(held.figures.values()),
        issued=_day(held.issued_at), stamp=held.issued_at.strftime("%Y-%m-%dT%H:%M:%SZ"),
    )  # fmt: skip
    letters = "".join(sorted(set(html)))
    assets = {role: ("font/otf", fonts.face(role).cut(letters)) for role in fonts.FACES}
    try:
        written: bytes = weasyprint.HTML(string=html, base_url="asset:", url_fetcher=AssetFetcher(assets)).write_pdf(
            font_config=FontConfiguration(), pdf_variant="pdf/a-3u", pdf_identifier=bytes.fromhex(held.digest)[:16]
        )
    except Blocked as error:  # derives from BaseException: a worker's loop would die of it
        raise ValueError(f"the page asks for {error}") from error
    return written


def _day(at: datetime) -> str:
    local = at.astimezone(SHANGHAI)
    return f"{local.year}年{local.month}月{local.day}日"


@cache
def _template() -> Any:
    environment = Environment(loader=FileSystemLoader(resources("templates") / "paper"), autoescape=True, undefined=StrictUndefined)
    return environment.get_template("hours.html")
