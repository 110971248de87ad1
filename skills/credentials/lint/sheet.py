"""What must be true of the paper before it is sealed: looked up in the finished file, not in what it was made from.

Sources: 人社鉴发〔2021〕1号 (required fields, `--` for an absent branch), credentials §3 (QR sizes), desks D22–D24.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from functools import cached_property

import zxingcpp
from PIL import ImageOps

from skills.credentials import seal
from skills.credentials.claims import Claims, Kind
from skills.credentials.lint import Book, Fault, when
from skills.credentials.lint.reading import Placed, Reading, Run
from skills.credentials.rules.designs import FIELDS, TITLES
from skills.standards.rules import ladder_on

QR = zxingcpp.BarcodeFormats(zxingcpp.BarcodeFormat.QRCode)
A4 = (297.0, 210.0)
LEAST_CODE = 37.9  # mm
QUIET = 1.8  # mm: four modules of 0.45
MARGIN = 6.0  # mm
OVERLAP = 0.3  # mm
PHOTO_WIDE = 20.0  # mm
QUERY_SITES = ("jndj.osta.org.cn", "pjjg.osta.org.cn")
LABELS: dict[Kind, tuple[str, ...]] = {
    kind: tuple(field.zh for field in fields if field.required and field.name != "photo" and kind == "level")
    for kind, fields in FIELDS.items()
}  # a body may word the fields of its own kinds, never those of the sample
TITLE: dict[Kind, str] = {"level": TITLES["level"], "completion": "证书", "competition": "证书"}
NO_LEVEL = "不代表职业技能等级"
NOT_VALID = "非有效证书"

_HOST = re.compile(r"(?:[a-z0-9-]+\.)+[a-z]{2,}(?::[0-9]+)?")
_WHOLE_DOCUMENT = re.compile(r"(?<![0-9])[0-9]{17}[0-9X](?![0-9])")


@dataclass(frozen=True)
class Printed:
    """A paper before it is sealed, beside what it has to say.

    address         what the QR has to hold; host: the only one that may be named
    document        as it is printed; whole: whether that is the whole number
    files           name → bytes that have to be attached
    serial          流水码 of this very paper; empty for one that is none
    specimen        whether it has to say that it is no valid certificate
    has_photo       whether a photo was given
    most_bytes      the largest file that the verify page takes
    """

    reading: Reading
    claims: Claims
    address: str
    host: str
    document: str
    whole: bool
    files: Mapping[str, bytes]
    size: int
    serial: str = ""
    specimen: bool = False
    national_query: bool = False
    has_photo: bool = False
    most_bytes: int = 5_000_000

    @cached_property
    def lines(self) -> frozenset[str]:
        """The texts on the page, piece by piece."""
        return frozenset(run.text for run in self.reading.runs)

    @cached_property
    def fault(self) -> str:
        """What `seal.fault_in` says of the file."""
        return seal.fault_in(self.reading.entries, self.host)

    @cached_property
    def codes(self) -> list[tuple[Placed, str]]:
        """The square pictures of the page that a camera reads, with what they say; those printed sharply are quick."""
        found = []
        for placed in self.reading.pictures:
            if abs(placed.width - placed.height) < 0.5:
                with suppress(ValueError, OSError):
                    picture = ImageOps.expand(placed.picture(), border=16, fill=255)
                    sharp = [code for code in zxingcpp.read_barcodes(picture, QR, is_pure=True) if code.valid]
                    found += [(placed, code.text) for code in sharp or zxingcpp.read_barcodes(picture, QR)]
        return found

    def says(self, text: str) -> bool:
        """Whether a text stands on the page without a break."""
        return text in self.reading.text


BOOK: Book[Printed] = Book()
rule = BOOK.rule


# The file -------------------------------------------------------------------------------------------------------


@rule("L101")
def one_page(p: Printed) -> Fault:
    return when(p.reading.pages != 1, pages=p.reading.pages)


@rule("L102")
def a4_across(p: Printed) -> Fault:
    size = (p.reading.width, p.reading.height)
    off = any(abs(is_ - should) > 0.5 for is_, should in zip(size, A4, strict=True))
    return when(off, width=round(size[0]), height=round(size[1]))


@rule("L103")
def marked_as_archival(p: Printed) -> Fault:
    marks = re.findall(r"pdfaid:(part|conformance)\s*(?:=\s*\"|>)\s*(\w+)", p.reading.metadata)
    return when(dict(marks) != {"part": "3", "conformance": "U"})


@rule("L104")
def credential_attached(p: Printed) -> Fault:
    return when(p.reading.files.get("credential.json") != p.files.get("credential.json"))


@rule("L105")
def receipt_attached(p: Printed) -> Fault:
    return when(p.reading.files.get("receipt.json") != p.files.get("receipt.json"))


@rule("L106")
def nothing_else_attached(p: Printed) -> Fault:
    more = sorted(set(p.reading.files) - set(p.files))
    return when(bool(more), names=more)


@rule("L107")
def no_active_content(p: Printed) -> Fault:
    return when(p.fault == "active_content")


@rule("L108")
def no_link_elsewhere(p: Printed) -> Fault:
    return when(p.fault == "foreign_link", host=p.host)


@rule("L109")
def not_sealed_before(p: Printed) -> Fault:
    return when(p.reading.signatures > 0)


@rule("L110")
def not_locked(p: Printed) -> Fault:
    return when(p.reading.encrypted)


@rule("L111")
def small_enough_to_be_verified(p: Printed) -> Fault:
    return when(p.size > p.most_bytes, size=p.size // 1000, most=p.most_bytes // 1000)


@rule("L112")
def file_names_its_certificate(p: Printed) -> Fault:
    return when(p.claims.number not in p.reading.metadata, number=p.claims.number)


# Letters --------------------------------------------------------------------------------------------------------


@rule("L113")
def every_character_is_drawn(p: Printed) -> Fault:
    return when(any(run.undrawn for run in p.reading.runs), count=sum(run.undrawn for run in p.reading.runs))


@rule("L114")
def every_glyph_can_be_read(p: Printed) -> Fault:
    return when(any(run.mute for run in p.reading.runs), count=sum(run.mute for run in p.reading.runs))


@rule("L115")
def fonts_are_inside_and_cut(p: Printed) -> Fault:
    bad = sorted({name for name, inside in p.reading.fonts if not inside or "+" not in name})
    return when(bool(bad) or not p.reading.fonts, fonts=bad)


@rule("L116")
def no_text_off_the_page(p: Printed) -> Fault:
    wide, high = p.reading.width, p.reading.height
    off = [
        r for r in p.reading.runs
        if r.level and not (r.left >= MARGIN and r.right <= wide - MARGIN and MARGIN <= r.base <= high - MARGIN)
    ]  # fmt: skip
    return when(bool(off), count=len(off), places=_places(off))


@rule("L117")
def no_text_over_another(p: Printed) -> Fault:
    upright = sorted((r for r in p.reading.runs if r.level and r.text.strip()), key=lambda r: r.left)
    hit = [
        one for at, one in enumerate(upright) for other in upright[at + 1 :]
        if other.left < one.right - OVERLAP and _shares_height(one, other) and other.right - other.left > OVERLAP
    ]  # fmt: skip
    return when(bool(hit), count=len(hit), places=_places(hit))


# The code -------------------------------------------------------------------------------------------------------


@rule("L118")
def code_says_the_signed_address(p: Printed) -> Fault:
    return when([text for _, text in p.codes] != [p.address], count=len(p.codes))


@rule("L119")
def code_large_enough(p: Printed) -> Fault:
    sizes = [min(placed.width, placed.height) for placed, _ in p.codes]
    return when(any(size < LEAST_CODE for size in sizes), size=round(min(sizes, default=0), 1), least=LEAST_CODE)


@rule("L120")
def code_has_quiet_around_it(p: Printed) -> Fault:
    near = [run for placed, _ in p.codes for run in p.reading.runs if _touches(run, placed)]
    return when(bool(near), count=len(near), places=_places(near))


@rule("L121")
def only_our_addresses_are_printed(p: Printed) -> Fault:
    allowed = {p.host, *QUERY_SITES}
    foreign = {found for text in p.lines for found in _HOST.findall(text.lower())} - allowed
    return when(bool(foreign), addresses=sorted(foreign))


@rule("L122")
def query_sites_only_when_confirmed(p: Printed) -> Fault:
    return when(any(p.says(site) for site in QUERY_SITES) != p.national_query)


# What is printed ------------------------------------------------------------------------------------------------


@rule("L123")
def title_and_labels_of_the_sample(p: Printed) -> Fault:
    wanted = (TITLE[p.claims.kind], *LABELS[p.claims.kind])
    lost = [label for label in wanted if not any(label in text for text in p.lines)]
    return when(bool(lost), labels=lost)


@rule("L124")
def name_is_whole(p: Printed) -> Fault:
    return when(p.claims.holder_name not in p.lines)


@rule("L125")
def level_exactly_by_the_ladder(p: Printed) -> Fault:
    ladder = [step.wording for step in ladder_on(p.claims.issued_on).steps.values()]
    printed = {words for words in ladder if "/" in words and any(words in text for text in p.lines)}
    wanted = {p.claims.level_words} if p.claims.level_rank else set()
    right = p.claims.level_words in p.lines if wanted else True
    return when(not right or bool(printed - wanted), level="、".join(wanted) or "--")


@rule("L126")
def branch_or_two_hyphens(p: Printed) -> Fault:
    return when(p.claims.kind == "level" and p.claims.branch not in p.lines, branch=p.claims.branch)


@rule("L127")
def occupation_is_whole(p: Printed) -> Fault:
    return when(p.claims.kind == "level" and p.claims.occupation_name not in p.lines)


@rule("L128")
def number_is_whole(p: Printed) -> Fault:
    return when(not p.says(p.claims.number), number=p.claims.number)


@rule("L129")
def document_is_whole(p: Printed) -> Fault:
    kind_too = p.claims.kind != "competition"
    return when(p.document not in p.lines or (kind_too and p.claims.document_kind not in p.lines))


@rule("L130")
def share_copy_shows_no_document(p: Printed) -> Fault:
    shown = any(_WHOLE_DOCUMENT.search(text) for text in p.lines if text not in p.claims.number)
    return when(not p.whole and shown)


@rule("L131")
def issuer_and_date(p: Printed) -> Fault:
    day = p.claims.issued_on
    date = f"{day.year}年{day.month}月{day.day}日"
    return when(p.claims.issuer_name not in p.lines or date not in p.lines, day=day)


@rule("L132")
def award_is_whole(p: Printed) -> Fault:
    return when(bool(p.claims.award) and p.claims.award not in p.lines, award=p.claims.award)


@rule("L133")
def expiry_is_printed(p: Printed) -> Fault:
    day = p.claims.expires_on
    return when(day is not None and not p.says(f"{day.year}年{day.month}月{day.day}日"), day=day or "")


@rule("L134")
def completion_says_that_it_is_no_level(p: Printed) -> Fault:
    return when(p.claims.kind == "completion" and not p.says(NO_LEVEL))


@rule("L135")
def specimens_say_so_and_no_other(p: Printed) -> Fault:
    return when(p.says(NOT_VALID) != p.specimen)


@rule("L136")
def no_authority_as_maker(p: Printed) -> Fault:
    return when(p.says("监制"))


@rule("L137")
def photo_is_printed(p: Printed) -> Fault:
    portraits = [x for x in p.reading.pictures if x.width >= PHOTO_WIDE and 0.6 <= x.width / x.height <= 0.85]
    return when(p.has_photo != bool(portraits))


@rule("L138")
def serial_is_printed(p: Printed) -> Fault:
    return when(bool(p.serial) and not p.says(f"流水码 {p.serial}"), serial=p.serial)


def _shares_height(one: Run, other: Run) -> bool:
    return min(one.base, other.base) - max(one.base - 0.7 * one.size, other.base - 0.7 * other.size) > OVERLAP


def _touches(run: Run, placed: Placed) -> bool:
    left, right = placed.left - QUIET, placed.left + placed.width + QUIET
    top, bottom = placed.top - QUIET, placed.top + placed.height + QUIET
    return run.level and run.left < right and run.right > left and run.base - 0.7 * run.size < bottom and run.base > top


def _places(runs: list[Run]) -> list[str]:
    """Where they begin, in millimetres: never what they say."""
    return [f"{run.left:.0f}/{run.base:.0f} mm" for run in runs[:5]]
