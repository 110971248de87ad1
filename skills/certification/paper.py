"""Admission tickets 准考证 as PDF: who, which exam, when, where, which seat, and a code that leads to the same on a phone."""

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

from skills.certification.queries.exams import SittingLine
from skills.config import resources
from skills.credentials import fonts
from skills.credentials.paper import AssetFetcher, Blocked


@dataclass(frozen=True)
class Ticket:
    """What a ticket bears of one candidate; `document` is masked, `sits` are the sections of this time,
    `needs` what was granted to sit it like everybody else."""

    name: str
    document: str
    ticket: str
    seat: int
    room: str
    row: int
    column: int
    sits: tuple[str, ...]
    needs: str = ""


def tickets(line: SittingLine, people: Sequence[Ticket], base: str, host: str) -> bytes:
    """The tickets of these candidates, two on a sheet of A4, to be cut apart.

    base  the public address of the installation; the code of a ticket leads to /tickets/<ticket> there
    """
    made = [(one, _code(f"{base.rstrip('/')}/tickets/{one.ticket}")) for one in people]
    html = _template().render(s=line, people=made, hours={h.section: h.text for h in line.hours}, host=host)
    letters = "".join(sorted(set(html)))
    assets = {role: ("font/otf", fonts.face(role).cut(letters)) for role in fonts.FACES}
    try:
        written: bytes = weasyprint.HTML(string=html, base_url="asset:", url_fetcher=AssetFetcher(assets)).write_pdf(
            font_config=FontConfiguration()
        )
    except Blocked as error:  # derives from BaseException: a worker's loop would die of it
        raise ValueError(f"the page asks for {error}") from error
    return written


def _code(address: str) -> Markup:
    svg = segno.make(address, error="m", micro=False).svg_inline(border=0, svgclass=None, lineclass=None, omitsize=True)
    return Markup(svg)  # noqa: S704 - drawn here


@cache
def _template() -> Any:
    environment = Environment(loader=FileSystemLoader(resources("templates") / "paper"), autoescape=True, undefined=StrictUndefined)
    return environment.get_template("tickets.html")
