"""The certificate on paper: A4 landscape, PDF/A-3u, with the badge and the log's receipt attached.

The face belongs to the issuing body; no government department signs it. Required fields and their form:
人社鉴发〔2021〕1号. Same input, same bytes.
"""

from __future__ import annotations

import math
import re
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
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
from skills.credentials.claims import LEVEL_WORDS, Claims, Kind
from skills.kernel.errors import Refusal

TITLES: dict[Kind, tuple[str, str]] = {
    "level": ("职业技能等级证书", "CERTIFICATE OF VOCATIONAL SKILL LEVEL"),
    "completion": ("职业技能培训合格证书", "CERTIFICATE OF TRAINING COMPLETION"),
    "competition": ("职业技能竞赛获奖证书", "VOCATIONAL SKILLS COMPETITION AWARD"),
}
NOTES: dict[Kind, tuple[str, str]] = {
    "level": ("", ""),
    "completion": ("本证书不代表职业技能等级", "仅证明持证人完成上述培训并经考核合格。"),
    "competition": ("特发此证，以资鼓励。", ""),
}
NUMBER_GROUPS = (5, 2, 6, 2, 1, 6)  # kind and body, province, site, year, level, serial
QR_CENTRE = 46.0  # mm from the left edge, the photo's middle


@dataclass(frozen=True)
class Sheet:
    """What the paper holds beyond the claims.

    document_number  in full for the original; None prints the masked one (share copies)
    message          the signed QR bytes
    photo, seal      JPEG or PNG bytes; without a seal the place stays free for a wet stamp
    badge, receipt   bytes of credential.json and receipt.json
    made_at          the moment of printing, for the file's metadata
    national_query   whether this body's uploads to the national query system are confirmed
    synthetic        a specimen: says so, and draws a seal of its own
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


@dataclass(frozen=True)
class _Cell:
    label: str
    english: str
    parts: tuple[str, ...]
    face: str = "text"


def pdf(sheet: Sheet) -> bytes:
    """The finished PDF, not yet sealed. Raises `Refusal("certificate.glyph_missing")`."""
    code = cose.qr_symbol(cose.qr_url(sheet.public_base, sheet.claims.number, sheet.message))
    html = _page(sheet, code)
    faces = _characters(html)
    lost = fonts.missing("".join(faces.values()))
    if lost:
        raise Refusal(
            "certificate.glyph_missing",
            characters="".join(lost),
            code_points=" ".join(f"U+{ord(c):04X}" for c in lost),
        )
    assets = {"qr": ("image/png", code.png)}
    assets |= {role: ("font/otf", fonts.face(role).cut(text)) for role, text in _by_face(faces).items()}
    for name, picture in (("photo", sheet.photo), ("seal", sheet.seal)):
        if picture:
            assets[name] = (_picture_type(picture), picture)
    files = [
        weasyprint.Attachment(
            string=data,
            name=name,
            description=about,
            relationship=relation,
            created=sheet.made_at,
            modified=sheet.made_at,
        )
        for name, data, about, relation in (
            ("credential.json", sheet.badge, "Open Badges 3.0", "Source"),
            ("receipt.json", sheet.receipt, "Log receipt", "Supplement"),
        )
    ]
    art = guilloche.design(sheet.claims.kind)
    return _render(html, assets, files, art, identifier=sheet.claims.digest())


def _render(
    html: str, assets: Mapping[str, tuple[str, bytes]], files: list[Any], art: guilloche.Art, identifier: str
) -> bytes:
    document = weasyprint.HTML(string=html, base_url="asset:", url_fetcher=AssetFetcher(assets))
    try:
        written: bytes = document.write_pdf(
            font_config=FontConfiguration(),
            pdf_variant="pdf/a-3u",
            pdf_identifier=bytes.fromhex(identifier)[:16],
            attachments=files,
            finisher=lambda _, out: _lay_under(out, art),
        )
    except Blocked as error:  # derives from BaseException: a worker's loop would die of it
        raise ValueError(f"the page asks for {error}") from error
    return written


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


def _page(sheet: Sheet, code: cose.Symbol) -> str:
    claims = sheet.claims
    title, english = TITLES[claims.kind]
    inks = guilloche.INKS[claims.kind]
    quiet = 4 * code.width_mm / code.modules
    box = code.width_mm + 2 * quiet
    prize = claims.award if claims.kind == "competition" else ""
    note, note_more = NOTES[claims.kind]
    html: str = _template().render(
        claims=claims,
        title=title,
        english=english,
        inks={**vars(inks), "rule": _mix(inks.web, inks.mute, 0.25), "steps": _mix(inks.web, inks.ink, 0.45)},
        synthetic=sheet.synthetic,
        has_photo=bool(sheet.photo),
        has_seal=bool(sheet.seal),
        made_at=sheet.made_at.strftime("%Y-%m-%dT%H:%M:%SZ"),
        name_size=_fit(len(claims.holder_name), ((6, 27), (12, 22), (22, 17), (38, 13), (60, 8.4))),
        name_space=0.14 if len(claims.holder_name) <= 6 else 0.04,
        issuer_top=155.2 if len(claims.issuer_name) <= 18 else 152.8,
        issuer_size=_fit(len(claims.issuer_name), ((16, 13), (18, 11.5), (60, 10))),
        statement=_statement(claims),
        rows=_rows(claims, sheet.document_number or claims.document_masked),
        ladder=_ladder(claims.level_rank) if claims.level_rank else (),
        note=note,
        note_more=note_more,
        prize=prize,
        prize_size=_fit(len(prize), ((22, 19), (34, 14), (60, 11))),
        seal_letters=_seal_letters(claims.issuer_name) if sheet.synthetic and not sheet.seal else (),
        seal_star=guilloche.star(0, 0, 100, 0.382, 5),
        issued=_day(claims),
        host=urlsplit(sheet.public_base).netloc,
        fine=_fine_print(sheet),
        qr_left=QR_CENTRE - box / 2,
        qr_top=180.4 - box,
        qr_box=box,
        qr_quiet=quiet,
        qr_width=code.width_mm,
    )
    return html


def _statement(claims: Claims) -> list[str]:
    match claims.kind:
        case "level":
            return [
                f"本证书由{claims.issuer_name}颁发，表明持证人通过本机构组织的职业技能等级认定，"
                "具备该职业（工种）相应技能等级水平。"
            ]
        case "completion":
            return [f"参加{claims.issuer_name}组织的职业技能培训，完成规定学时，经考核成绩合格。", "特发此证。"]
        case "competition":
            return [f"在{claims.issuer_name}举办的职业技能竞赛中成绩优异，荣获"]


def _rows(claims: Claims, document: str) -> list[tuple[_Cell, _Cell | None]]:
    first = (
        _Cell("证件类型", "Type of ID", (claims.document_kind,)),
        _Cell("证件号码", "ID No.", (document,), "sans"),
    )
    number = _Cell("证书编号", "Certificate No.", _grouped(claims.number), "sans")
    occupation = _Cell(
        "职业名称", "Occupation", (claims.occupation_name or "--",), _size(claims.occupation_name, "bold")
    )
    branch = _Cell("工种/职业方向", "Job / Direction", (claims.branch,), _size(claims.branch, "text"))
    if claims.kind == "level":
        level = _Cell("职业技能等级", "Skill Level", (claims.level_words,), "bold")
        return [first, (occupation, branch), (level, number)]
    if claims.kind == "completion":
        marks = " · ".join(part for part in (claims.hours, claims.score) if part) or "--"
        programme = _Cell("培训项目", "Programme", (claims.award,), _size(claims.award, "bold"))
        return [first, (programme, occupation), (_Cell("学时与成绩", "Hours and Result", (marks,)), number)]
    return [first, (occupation, _Cell("竞赛成绩", "Result", (claims.score or "--",))), (number, None)]


def _size(text: str, face: str) -> str:
    return f"{face} long" if len(text) > 13 else face


def _grouped(number: str) -> tuple[str, ...]:
    """A national number in its seven parts (letter and body as one), anything else as it is."""
    if not re.fullmatch(r"[A-Z]\d{21}", number):
        return (number,)
    parts, at = [], 0
    for size in NUMBER_GROUPS:
        parts.append(number[at : at + size])
        at += size
    return tuple(parts)


def _ladder(rank: int) -> list[dict[str, object]]:
    """The eight steps; only the held one is marked, for one may enter at any of them."""
    star = guilloche.star(0, 0, 100, 0.36, 8)
    return [
        {
            "x": round(4.6 + 14.2 * (i - 1), 2),
            "y": round(20.5 - 1.5 * (i - 1), 2),
            "held": i == rank,
            "words": words.split("/")[-1],
            "star": star,
        }
        for i, words in LEVEL_WORDS.items()
    ]


def _seal_letters(text: str) -> list[dict[str, object]]:
    """A body's name around the upper arc of its seal."""
    gaps = max(1, len(text) - 1)
    spread = min(162.0 if len(text) <= 14 else 250.0, 19.0 * gaps)  # short names leave the middle to the printed text
    step = spread / gaps
    size = min(4.2, 0.94 * 15.2 * math.radians(step))
    return [
        {"text": letter, "angle": round(-spread / 2 + step * i, 2), "size": round(size, 2)}
        for i, letter in enumerate(text)
    ]


def _fine_print(sheet: Sheet) -> str:
    parts = []
    if sheet.claims.filing_number:
        parts.append(f"评价机构备案编号 {sheet.claims.filing_number}")
    if sheet.national_query:
        parts.append("证书信息查询 jndj.osta.org.cn · 机构信息查询 pjjg.osta.org.cn")
    parts.append(f"本平台核验 {urlsplit(sheet.public_base).netloc}/v")
    if sheet.claims.expires_on is not None:
        day = sheet.claims.expires_on
        parts.append(f"有效期至 {day.year}年{day.month}月{day.day}日")
    return " · ".join(parts)


def _day(claims: Claims) -> str:
    day = claims.issued_on
    return f"{day.year}年{day.month}月{day.day}日"


def _fit(length: int, steps: tuple[tuple[int, float], ...]) -> float:
    """The first size whose limit holds the length; the last one otherwise."""
    return next((size for limit, size in steps if length <= limit), steps[-1][1])


def _mix(one: str, other: str, part: float) -> str:
    pairs = [(int(one[i : i + 2], 16), int(other[i : i + 2], 16)) for i in (1, 3, 5)]
    return "#" + "".join(f"{round(a + (b - a) * part):02x}" for a, b in pairs)


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


def _lay_under(out: pydyf.PDF, art: guilloche.Art) -> None:
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
