"""The certificate on paper: A4 landscape, PDF/A-3u, with the badge and the log's receipt attached.

The face belongs to the issuing body; no government department signs it. Required fields and their form:
人社鉴发〔2021〕1号. Same input, same bytes.
"""

from __future__ import annotations

import math
import re
import zlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from html.parser import HTMLParser
from typing import Any
from urllib.parse import urlsplit

import pydyf  # type: ignore[import-untyped]
import weasyprint
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from weasyprint.text.fonts import FontConfiguration
from weasyprint.urls import FatalURLFetchingError, URLFetcher, URLFetcherResponse

from skills.config import resources
from skills.credentials import cose, fonts, guilloche
from skills.credentials.claims import Claims
from skills.credentials.rules.designs import FIELDS, HOUSE, ISSUER, NO_LEVEL, TITLES, Inks, Look, mix
from skills.kernel.errors import Refusal
from skills.standards.rules import Level, ladder_on, step_on

VARIANT = "pdf/a-3u"
NUMBER_GROUPS = (5, 2, 6, 2, 1, 6)  # kind and body, province, site, year, level, serial


@dataclass(frozen=True)
class Sheet:
    """What the paper holds beyond the claims.

    document_number  in full for the original; None prints the masked one (share copies)
    message          the signed QR bytes
    photo, seal      JPEG or PNG bytes; without a seal the place stays free for a wet stamp
    badge, receipt   bytes of credential.json and receipt.json
    made_at          the moment of printing, for the file's metadata
    national_query   whether this body's uploads to the national query system are confirmed
    serial           流水码 of this very paper; each 补发 has its own
    synthetic        a specimen: says so, and draws a seal of its own
    look, logo       the design it is printed with; None for the house's
    preview          the word across a sheet that is no certificate: a sample of the design, a look ahead; else empty
    copy             a share copy: says so, and prints the masked document number whatever was given
    """

    claims: Claims
    message: bytes
    public_base: str
    badge: bytes
    receipt: bytes
    made_at: datetime
    document_number: str | None = None
    photo: bytes | None = None
    seal: bytes | None = None
    national_query: bool = False
    synthetic: bool = False
    look: Look | None = None
    logo: bytes | None = None
    preview: str = ""
    serial: str = ""
    copy: bool = False


@dataclass(frozen=True)
class Design:
    """What all sheets of one design share: a page may be laid out once for it.

    ladder    the words of the eight levels on the day of issue; none for other kinds
    mark      a line in red under the title: that this is no valid certificate; empty on a real one
    preview   the word across the page that it is no certificate
    logo, seal  the body's pictures, PNG; no seal leaves the place free for a wet stamp
    """

    look: Look
    issuer_name: str
    filing_number: str
    level_rank: int | None
    ladder: tuple[str, ...]
    host: str
    national_query: bool
    has_photo: bool
    mark: str
    preview: str
    draws_seal: bool
    logo: bytes | None
    seal: bytes | None

    @property
    def inks(self) -> Inks:
        return self.look.inks


@dataclass(frozen=True)
class Text:
    """One line that varies: its parts (set a hair space apart), face, and size in points and spacing in em if its own."""

    parts: tuple[str, ...]
    face: str = "text"
    size: float = 0
    space: float = 0


@dataclass(frozen=True)
class Fill:
    """What one sheet puts into its design, by the names of `data-vary` in the template.

    title, made_at  the file's metadata
    qr_width        of the symbol without its quiet zone, in mm
    pictures        PNG or JPEG bytes: qr and, where there is one, photo
    files           name → bytes attached
    identifier      SHA-256 of the claims in hex, the file's identity
    """

    title: str
    made_at: datetime
    texts: Mapping[str, Text]
    qr_width: float
    pictures: Mapping[str, bytes]
    files: Mapping[str, bytes]
    identifier: str


@dataclass(frozen=True)
class Layout:
    """A design ready to be filled: the page but for what varies, its drawing and its own pictures."""

    design: Design
    values: Mapping[str, Any]
    art: guilloche.Art
    pictures: Mapping[str, bytes]

    def html(self, filled: Fill) -> str:
        """The whole page."""
        shown = {**vars(filled), "made_at": filled.made_at.strftime("%Y-%m-%dT%H:%M:%SZ")}
        page: str = _template().render(**self.values, fill=shown)
        return page


def pdf(sheet: Sheet) -> bytes:
    """The finished PDF, not yet sealed. Raises `Refusal("certificate.glyph_missing")`."""
    return print_page(layout(design_of(sheet)), fill(sheet))


def design_of(sheet: Sheet) -> Design:
    """The part of a sheet that all sheets of its design and batch share."""
    look = sheet.look or HOUSE[sheet.claims.kind]
    if look.kind != sheet.claims.kind:
        raise ValueError(f"a design for {look.kind} prints no {sheet.claims.kind} certificate")
    return Design(
        look=look,
        issuer_name=sheet.claims.issuer_name,
        filing_number=sheet.claims.filing_number,
        level_rank=sheet.claims.level_rank,
        ladder=tuple(step.word for step in ladder_on(sheet.claims.issued_on).steps.values()) if sheet.claims.level_rank else (),
        host=urlsplit(sheet.public_base).netloc,
        national_query=sheet.national_query,
        has_photo=bool(sheet.photo),
        mark=_mark(sheet),
        preview=sheet.preview,
        draws_seal=sheet.synthetic and not sheet.preview and not sheet.seal,
        logo=sheet.logo,
        seal=sheet.seal,
    )


def _mark(sheet: Sheet) -> str:
    if sheet.preview:
        return f"{sheet.preview}，非有效证书"
    copy = "分享副本，证件号码已隐去，以扫码核验为准" if sheet.copy else ""
    return "，".join(part for part in ("演示样本，非有效证书" if sheet.synthetic else "", copy) if part)


def layout(design: Design) -> Layout:
    """Set a design's page. The same for every sheet of the design."""
    inks, look = design.inks, design.look
    no_level = NO_LEVEL if look.kind == "completion" else ""
    long_name = len(design.issuer_name) > 17
    photo_place = look.label("photo") is not None and (look.kind == "level" or design.has_photo)
    ladder = _ladder(design.level_rank, design.ladder) if design.level_rank and look.label("ladder") else ()
    values = {
        "design": design,
        "inks": inks,
        "rule": mix(inks.web, inks.mute, 0.25),
        "steps": mix(inks.web, inks.ink, 0.45),
        "statement": look.statement_zh.replace(ISSUER, design.issuer_name),
        "rows": _rows(look),
        "ladder": ladder,
        "ornament": guilloche.star(0, 0, 100, 0.26),
        "no_level": no_level,
        "note_top": {"level": 172.4, "completion": 149.0, "competition": 114.8}[look.kind],
        "photo_place": photo_place,
        "seal_letters": _seal_letters(design.issuer_name) if design.draws_seal else (),
        "seal_star": guilloche.star(0, 0, 100, 0.382, 5),
        "issuer_top": 150.6 if long_name else 153.2,
        "issuer_size": _fit(len(design.issuer_name), ((15, 13), (17, 11.5), (60, 9.6))),
    }
    pictures = {name: data for name, data in (("logo", design.logo), ("seal", design.seal)) if data}
    return Layout(design, values, guilloche.drawing(look.art, inks, look.kind == "completion" and not photo_place), pictures)


def fill(sheet: Sheet) -> Fill:
    """What a sheet puts into its design."""
    claims = sheet.claims
    code = cose.qr_symbol(cose.qr_url(sheet.public_base, claims.number, sheet.message))
    texts = {
        "name": Text(
            (claims.holder_name,),
            "bold",
            _fit(len(claims.holder_name), ((6, 27), (12, 22), (22, 17), (38, 13), (60, 8.4))),
            0.14 if len(claims.holder_name) <= 6 else 0.04,
        ),
        "document_kind": Text((claims.document_kind,)),
        "document": Text((claims.document_masked if sheet.copy else sheet.document_number or claims.document_masked,), "sans"),
        "occupation": _line(claims.occupation_name or "--", "bold"),
        "branch": _line(claims.branch, "text"),
        "number": Text(_grouped(claims.number), "sans"),
        "date": Text((_day(claims.issued_on),), "text", 11.4, 0.02),
        "fine": Text((_fine_print(sheet),), "sans"),
        "result": _line(" · ".join(part for part in (claims.hours, claims.score) if part) or "--", "text"),
    }
    if claims.kind == "level":
        texts["level"] = Text((claims.level_words,), "bold")
        texts["gloss"] = Text((step_on(Level(claims.level_rank or 1), claims.issued_on).print_en,), "text")
    elif claims.kind == "completion":
        texts["award"] = _line(claims.award, "bold")
    else:
        texts["prize"] = Text((claims.award,), "bold", _fit(len(claims.award), ((18, 27), (26, 20), (60, 11.5))), 0.06)
    return Fill(
        title=f"{TITLES[claims.kind]} {claims.number}",
        made_at=sheet.made_at,
        texts=texts,
        qr_width=code.width_mm,
        pictures={"qr": code.png} | ({"photo": sheet.photo} if sheet.photo else {}),
        files={n: data for n, data in (("credential.json", sheet.badge), ("receipt.json", sheet.receipt)) if data},
        identifier=claims.digest(),
    )


def print_page(ready: Layout, filled: Fill) -> bytes:
    """One sheet by WeasyPrint. Raises `Refusal("certificate.glyph_missing")`."""
    return written(rendered(ready, filled, FontConfiguration()), filled, lambda _, out: lay_under(out, ready.art))


def rendered(ready: Layout, filled: Fill, config: FontConfiguration) -> weasyprint.Document:
    """The page laid out. Raises `Refusal("certificate.glyph_missing")`."""
    html = ready.html(filled)
    faces = _characters(html)
    lost = fonts.missing("".join(faces.values()))
    if lost:
        raise Refusal(
            "certificate.glyph_missing",
            characters="".join(lost),
            code_points=" ".join(f"U+{ord(c):04X}" for c in lost),
        )
    assets = {name: (_picture_type(data), data) for name, data in {**ready.pictures, **filled.pictures}.items()}
    assets |= {role: ("font/otf", fonts.face(role).cut(text)) for role, text in _by_face(faces).items()}
    page = weasyprint.HTML(string=html, base_url="asset:", url_fetcher=AssetFetcher(assets))
    try:
        return page.render(font_config=config, pdf_variant=VARIANT)
    except Blocked as error:  # derives from BaseException: a worker's loop would die of it
        raise ValueError(f"the page asks for {error}") from error


def written(document: weasyprint.Document, filled: Fill, finisher: Callable[[Any, pydyf.PDF], None]) -> bytes:
    """A laid-out page as PDF/A-3u with its attachments."""
    data: bytes = document.write_pdf(
        pdf_variant=VARIANT,
        pdf_identifier=bytes.fromhex(filled.identifier)[:16],
        attachments=_attachments(filled),
        finisher=finisher,
    )
    return data


def _attachments(filled: Fill) -> list[Any]:
    about = {"credential.json": ("Open Badges 3.0", "Source"), "receipt.json": ("Log receipt", "Supplement")}
    return [
        weasyprint.Attachment(
            string=data,
            name=name,
            description=about[name][0],
            relationship=about[name][1],
            created=filled.made_at,
            modified=filled.made_at,
        )
        for name, data in filled.files.items()
    ]


class Blocked(FatalURLFetchingError):  # type: ignore[misc]
    """A page asked for something that is not its own. Derives from BaseException: catch it by name."""


class AssetFetcher(URLFetcher):  # type: ignore[misc]
    """Hands out the given assets and nothing else: no network, no files, no data URLs."""

    def __init__(self, assets: Mapping[str, tuple[str, bytes]]) -> None:
        super().__init__(timeout=1, allowed_protocols=(), allow_redirects=False, fail_on_errors=True)
        self._assets = assets

    def fetch(self, url: str, headers: object = None) -> URLFetcherResponse:
        scheme, _, name = url.partition(":")
        if scheme != "asset" or name not in self._assets:
            raise Blocked(url[:80])
        mime, data = self._assets[name]
        return URLFetcherResponse(url, data, {"Content-Type": mime})


def _rows(look: Look) -> list[dict[str, Any]]:
    """The fields that stand in the table, two to a line; on an award one to a line, below the name."""
    cells = [f for f in look.fields if f.name not in ("photo", "ladder", "filing")]
    order = [f.name for f in FIELDS[look.kind]]
    cells.sort(key=lambda f: order.index(f.name))
    across, first, step = (1, 130.0, 11.0) if look.kind == "competition" else (2, 94.6, 12.8)
    lines = [cells[i : i + across] for i in range(0, len(cells), across)]
    return [
        {
            "top": round(first + step * i, 2),
            "cells": [{"label": label, "left": 99 * j} for j, label in enumerate(line)],
        }
        for i, line in enumerate(lines)
    ]


def _line(text: str, face: str) -> Text:
    """A value of the table, smaller where it is long."""
    return Text((text,), face, _fit(len(text), ((13, 0), (17, 10.5), (24, 7.4), (60, 5.6))))


def _grouped(number: str) -> tuple[str, ...]:
    """A national number in its seven parts (letter and body as one), anything else as it is."""
    if not re.fullmatch(r"[A-Z]\d{21}", number):
        return (number,)
    parts, at = [], 0
    for size in NUMBER_GROUPS:
        parts.append(number[at : at + size])
        at += size
    return tuple(parts)


def _ladder(rank: int, words: tuple[str, ...]) -> list[dict[str, object]]:
    """The eight steps; only the held one is marked, for one may enter at any of them."""
    star = guilloche.star(0, 0, 100, 0.36, 8)
    return [
        {
            "x": round(4.6 + 14.2 * (i - 1), 2),
            "y": round(17.4 - 1.7 * (i - 1), 2),
            "held": i == rank,
            "words": word,
            "star": star,
        }
        for i, word in enumerate(words, 1)
    ]


def _seal_letters(text: str) -> list[dict[str, object]]:
    """A body's name around the upper arc of its seal."""
    gaps = max(1, len(text) - 1)
    spread = min(140.0 if len(text) <= 14 else 230.0, 17.0 * gaps)  # short names leave the middle to the printed text
    step = spread / gaps
    size = min(4.2, 0.94 * 15.2 * math.radians(step))
    return [
        {"text": letter, "angle": round(-spread / 2 + step * i, 2), "size": round(size, 2)}
        for i, letter in enumerate(text)
    ]


def _fine_print(sheet: Sheet) -> str:
    look, parts = sheet.look or HOUSE[sheet.claims.kind], [f"流水码 {sheet.serial}"] if sheet.serial else []
    filing = look.label("filing")
    if sheet.claims.filing_number and filing:
        parts.append(f"{filing.zh} {sheet.claims.filing_number}")
    if sheet.national_query:
        parts.append("证书信息查询 jndj.osta.org.cn · 机构信息查询 pjjg.osta.org.cn")
    parts.append(f"本平台核验 {urlsplit(sheet.public_base).netloc}/v")
    if sheet.claims.expires_on is not None:
        parts.append(f"有效期至 {_day(sheet.claims.expires_on)}")
    if look.footer:
        parts.append(look.footer)
    return " · ".join(parts)


def _day(day: date) -> str:
    return f"{day.year}年{day.month}月{day.day}日"


def _fit(length: int, steps: tuple[tuple[int, float], ...]) -> float:
    """The first size whose limit holds the length; the last one otherwise."""
    return next((size for limit, size in steps if length <= limit), steps[-1][1])


def _picture_type(data: bytes) -> str:
    if data.startswith(b"\xff\xd8\xff"):
        return "image/jpeg"
    if data.startswith(b"\x89PNG\r\n\x1a\n"):
        return "image/png"
    raise ValueError("a picture is JPEG or PNG")


@cache
def _template() -> Any:
    environment = Environment(
        loader=FileSystemLoader(resources("templates") / "paper"), autoescape=True, undefined=StrictUndefined
    )
    return environment.get_template("certificate.html")


class _Faces(HTMLParser):
    """Which characters each face has to draw: the nearest class that names one decides."""

    def __init__(self) -> None:
        super().__init__()
        self.stack: list[str] = ["text"]
        self.found = dict.fromkeys(fonts.FACES, "")
        self._skip = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in ("meta", "img", "br"):
            return
        named = [c for c in (dict(attrs).get("class") or "").split() if c in fonts.FACES]
        self.stack.append(named[0] if named else self.stack[-1])
        self._skip += tag in ("style", "title")

    def handle_endtag(self, tag: str) -> None:
        self.stack.pop()
        self._skip -= tag in ("style", "title")

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Shapes hold no text."""

    def handle_data(self, data: str) -> None:
        if not self._skip:
            self.found[self.stack[-1]] += data


def _characters(html: str) -> dict[str, str]:
    reader = _Faces()
    reader.feed(html)
    return reader.found


def _by_face(wanted: Mapping[str, str]) -> dict[str, str]:
    """The same, with what a face lacks handed to the one that stands in for it."""
    stand_in = {"bold": "sans", "text": "sans", "sans": "text"}
    out = {role: "".join(sorted(set(text) - {"\n"})) for role, text in wanted.items()}
    for role, text in wanted.items():
        out[stand_in[role]] += "".join(sorted(c for c in set(text) if not fonts.face(role).has(c)))
    return out


def lay_under(out: pydyf.PDF, art: guilloche.Art) -> None:
    """Put the drawing beneath the page's own content, as forms that the file holds once."""
    number = int(out.pages["Kids"][0])
    if out.pages["Count"] != 1:
        raise ValueError("a certificate is one page")
    page = out.objects[number]
    resources = out.objects[int(page["Resources"].split()[0])]
    box = pydyf.Array([-guilloche.WIDTH, -guilloche.WIDTH, guilloche.WIDTH, guilloche.WIDTH])
    for name, data in art.pdf_forms().items():
        form = _packed_stream(
            data, {"Type": "/XObject", "Subtype": "/Form", "BBox": box, "Resources": pydyf.Dictionary()}
        )
        out.add_object(form)
        resources["XObject"][name] = form.reference
    under = _packed_stream(art.pdf_content(), {})
    out.add_object(under)
    page["Contents"] = pydyf.Array([under.reference, page["Contents"]])


@cache
def _deflated(data: bytes) -> bytes:
    return zlib.compress(data, 9)


def _packed_stream(data: bytes, extra: dict[str, object]) -> pydyf.Stream:
    return pydyf.Stream([_deflated(data)], {**extra, "Filter": "/FlateDecode"})
