"""What must be true before a certificate is signed: its texts, number, dates, filing, status index and payload (pure).

The rules read the finished number, payload and badge by themselves and do not ask the code that made them.
Sources: 人社鉴发〔2019〕2号 (numbers), 人社鉴发〔2021〕1号 (required fields), desks D2, D9, D16, D24.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from io import BytesIO
from typing import Any
from urllib.parse import urlsplit

from PIL import Image

from skills.credentials import badge, cose, statuslist
from skills.credentials.claims import KIND_CODE, NO_BRANCH, Claims
from skills.credentials.lint import Book, Fault, Severity, when
from skills.kernel.clock import shanghai_day
from skills.people.rules import DocumentKind, age_on, check_name, tidy_name
from skills.standards.rules import OCCUPATION_CODE, Level

MOST_ADDRESS = 666  # bytes of a version 20 symbol, level M: the widest that the place on the paper holds
MOST_NUMBER = 40
OLDEST = 110
OLD_EXAM_DAYS = 3 * 366
LONGEST_YEARS = 30
PHOTO_PIXELS = (295, 413)
PHOTO_BYTES = 300_000

_NATIONAL = re.compile(r"([YS][0-9]{12})([0-9]{2})([1-5A-Z])([0-9]{6})")
_FILING = re.compile(r"[YS][0-9]{4}[0-9]{2}[0-9]{6}")
_DASHES = {"", "-", "—", "——", "–", "－", "－－", "―", "无", "/", "N/A", "n/a", "无工种"}
MARKUP = re.compile(r"[<>{}]|&#|&[a-z]+;")
UNSEEN = frozenset({"Cc", "Cf", "Zl", "Zp"})
UNPLACED = frozenset({"Co", "Cs", "Cn"})
DOCUMENT = re.compile(r"[0-9]{15,17}[0-9Xx]?")
ADDRESS = re.compile(r"[a-z][a-z0-9+.-]*://[^\s\"]*", re.IGNORECASE)


@dataclass(frozen=True)
class Holder:
    """Whom the record knows: the name as it is kept, the document as it may be shown to others."""

    name: str
    birth: date
    document_kind: str
    document_masked: str
    synthetic: bool


@dataclass(frozen=True)
class Grounds:
    """What a new level rests on, as the domain knows it.

    filed_from, filed_to  the term of the body's filing
    in_force, covers      whether the filing stands, and holds this occupation, branch and level
    notice_to             last day of the public notice; None for a promotion by competition
    sequence, letter      the number drawn from the series, and the letter that stands for 特级技师
    """

    filing_number: str
    filed_from: date | None
    filed_to: date | None
    in_force: bool
    covers: bool
    examined_on: date
    notice_to: date | None
    sequence: int
    letter: str


@dataclass(frozen=True)
class Draft:
    """A certificate that is about to be signed.

    payload    the CBOR bytes that the QR's signature will cover; badge: the credential without its proof
    places     how many places the status lists have that are in use
    lost       characters of its texts that no installed font draws
    catalogue  name, kind and branches of the occupation as the catalogue has them; None for an unknown code
    """

    claims: Claims
    at: datetime
    public_base: str
    status_index: int
    places: int
    payload: bytes
    badge: Mapping[str, Any]
    holder: Holder
    issuer_name: str
    specimen: bool
    least_age: int
    lost: tuple[str, ...] = ()
    catalogue: tuple[str, str, tuple[str, ...]] | None = None
    grounds: Grounds | None = None
    replaces: str | None = None
    taken_over: bool = False
    photo: bytes | None = None

    @property
    def is_level(self) -> bool:
        """Whether it is a level certificate."""
        return self.claims.kind == "level"

    @property
    def level(self) -> Level | None:
        """The level it gives."""
        return Level(self.claims.level_rank) if self.claims.level_rank else None

    @property
    def parts(self) -> tuple[str, str, str, str] | None:
        """Filing, year, mark and sequence as they stand in the number; None if it has another form."""
        found = _NATIONAL.fullmatch(self.claims.number)
        return (found[1], found[2], found[3], found[4]) if found else None


BOOK: Book[Draft] = Book()
rule = BOOK.rule


def texts(claims: Claims) -> tuple[str, ...]:
    """Every text of the claims that people read."""
    return (
        claims.holder_name, claims.issuer_name, claims.occupation_name, claims.branch, claims.award, claims.hours,
        claims.score, claims.document_kind, claims.document_masked,
    )  # fmt: skip


# Texts ----------------------------------------------------------------------------------------------------------


@rule("L001")
def name_in_normal_form(d: Draft) -> Fault:
    name = d.claims.holder_name
    return when(name != tidy_name(name))


@rule("L002")
def name_can_be_a_name(d: Draft) -> Fault:
    return when(not check_name(d.claims.holder_name))


@rule("L003")
def name_as_on_record(d: Draft) -> Fault:
    return when(d.claims.holder_name != d.holder.name)


@rule("L004")
def no_invisible_characters(d: Draft) -> Fault:
    return _characters(d, UNSEEN)


@rule("L005")
def only_assigned_characters(d: Draft) -> Fault:
    return _characters(d, UNPLACED)


@rule("L006")
def every_character_can_be_printed(d: Draft) -> Fault:
    return when(bool(d.lost), code_points=[named(c) for c in d.lost])


@rule("L007")
def texts_without_stray_blanks(d: Draft) -> Fault:
    return when(any(t != t.strip() or "  " in t for t in texts(d.claims)))


@rule("L008")
def no_markup(d: Draft) -> Fault:
    return when(any(MARKUP.search(t) for t in texts(d.claims)))


@rule("L009")
def issuer_as_registered(d: Draft) -> Fault:
    return when(d.claims.issuer_name != d.issuer_name, registered=d.issuer_name)


@rule("L010")
def document_of_a_known_kind(d: Draft) -> Fault:
    return when(d.claims.document_kind not in {kind.words[0] for kind in DocumentKind})


@rule("L011")
def document_masked_as_on_record(d: Draft) -> Fault:
    shown = d.claims.document_masked
    other = (d.claims.document_kind, shown) != (d.holder.document_kind, d.holder.document_masked)
    return when(other or "*" not in shown or sum(c != "*" for c in shown) > 8)


@rule("L012")
def specimens_for_made_up_people_alone(d: Draft) -> Fault:
    return when(d.specimen != d.holder.synthetic)


# Occupation and level -------------------------------------------------------------------------------------------


@rule("L013")
def level_has_a_certificate(d: Draft) -> Fault:
    level = d.level
    without = level is not None and not (level.examined or level is Level.SPECIAL)
    return when(without, level=level.wording if level else "", level_en=level.english if level else "")


@rule("L014")
def absent_branch_is_two_hyphens(d: Draft) -> Fault:
    return when(d.claims.branch.strip() in _DASHES, printed=d.claims.branch)


@rule("L015")
def occupation_code_of_the_national_form(d: Draft) -> Fault:
    code = d.claims.occupation_code
    return when(bool(code) and OCCUPATION_CODE.fullmatch(code) is None, code=code)


@rule("L016")
def occupation_as_in_the_catalogue(d: Draft) -> Fault:
    if not d.claims.occupation_code:
        return when(bool(d.claims.occupation_name), code="--", name=d.claims.occupation_name)
    known = d.catalogue[0] if d.catalogue else ""
    return when(d.claims.occupation_name != known, code=d.claims.occupation_code, name=known or "--")


@rule("L017")
def branch_of_this_occupation(d: Draft) -> Fault:
    branches = d.catalogue[2] if d.catalogue else ()
    outside = d.claims.branch != NO_BRANCH and bool(branches) and d.claims.branch not in branches
    return when(outside, branch=d.claims.branch, branches=branches)


@rule("L018")
def levels_for_skill_occupations_alone(d: Draft) -> Fault:
    return when(d.is_level and d.catalogue is not None and d.catalogue[1] != "skill", code=d.claims.occupation_code)


@rule("L019", Severity.WARN)
def other_kinds_do_not_speak_of_levels(d: Draft) -> Fault:
    words = ["职业技能等级", *(level.wording for level in Level)]
    return when(not d.is_level and any(word in d.claims.award for word in words), award=d.claims.award)


@rule("L020", Severity.WARN)
def completion_says_its_hours(d: Draft) -> Fault:
    return when(d.claims.kind == "completion" and not re.search("[1-9]", d.claims.hours))


# Number ---------------------------------------------------------------------------------------------------------


@rule("L021")
def level_number_of_the_national_form(d: Draft) -> Fault:
    return when(d.is_level and d.parts is None, number=d.claims.number)


@rule("L022")
def number_begins_with_the_filing(d: Draft) -> Fault:
    filing = d.claims.filing_number
    return when(d.is_level and not (d.parts and d.parts[0] == filing), number=d.claims.number, filing=filing)


@rule("L023")
def number_bears_the_year_of_issue(d: Draft) -> Fault:
    year = f"{d.claims.issued_on.year % 100:02d}"
    return when(d.is_level and not (d.parts and d.parts[1] == year), number=d.claims.number, year=year)


@rule("L024")
def number_bears_the_level(d: Draft) -> Fault:
    level, letter = d.level, d.grounds.letter if d.grounds else ""
    if level is None or d.parts is None:
        return None
    mark = d.parts[2]
    fits = mark == str(level.digit) if level.digit else mark.isalpha() and mark == (letter or mark)
    return when(not fits, number=d.claims.number, level=level.wording, level_en=level.english)


@rule("L025")
def number_is_the_one_drawn(d: Draft) -> Fault:
    if d.grounds is None or d.parts is None:
        return None
    drawn = d.grounds.sequence
    return when(int(d.parts[3]) != drawn or drawn < 1, number=d.claims.number, drawn=drawn)


@rule("L026")
def other_kinds_have_numbers_of_their_own(d: Draft) -> Fault:
    return when(not d.is_level and d.parts is not None, number=d.claims.number)


@rule("L027")
def number_can_be_looked_up(d: Draft) -> Fault:
    number = d.claims.number
    return when(number != number.upper() or len(number) > MOST_NUMBER, number=number, most=MOST_NUMBER)


# Dates ----------------------------------------------------------------------------------------------------------


@rule("L028")
def issued_on_the_day_of_signing(d: Draft) -> Fault:
    today = shanghai_day(d.at)
    return when(d.claims.issued_on != today, day=d.claims.issued_on, today=today)


@rule("L029")
def not_before_the_notice_ended(d: Draft) -> Fault:
    last = d.grounds.notice_to if d.grounds else None
    return when(last is not None and d.claims.issued_on <= last, day=d.claims.issued_on, last=last)


@rule("L030")
def examined_before_it_is_issued(d: Draft) -> Fault:
    held = d.grounds.examined_on if d.grounds else d.claims.issued_on
    return when(held > d.claims.issued_on, held=held, day=d.claims.issued_on)


@rule("L031", Severity.WARN)
def exam_not_long_ago(d: Draft) -> Fault:
    held = d.grounds.examined_on if d.grounds else d.claims.issued_on
    return when((d.claims.issued_on - held).days > OLD_EXAM_DAYS, held=held)


@rule("L032")
def expires_after_it_is_issued(d: Draft) -> Fault:
    expires = d.claims.expires_on
    return when(expires is not None and expires <= d.claims.issued_on, expires=expires)


@rule("L033", Severity.WARN)
def expiry_not_far_away(d: Draft) -> Fault:
    expires = d.claims.expires_on
    far = expires is not None and expires.year - d.claims.issued_on.year > LONGEST_YEARS
    return when(far, expires=expires, most=LONGEST_YEARS)


@rule("L034")
def holder_old_enough(d: Draft) -> Fault:
    held = d.grounds.examined_on if d.grounds else d.claims.issued_on
    age = age_on(d.holder.birth, held)
    return when(d.is_level and age < d.least_age, age=age, least=d.least_age)


@rule("L035")
def holder_plausibly_alive(d: Draft) -> Fault:
    age = age_on(d.holder.birth, d.claims.issued_on)
    return when(not 0 <= age <= OLDEST, age=age, most=OLDEST)


# Filing ---------------------------------------------------------------------------------------------------------


@rule("L036")
def new_level_says_what_it_rests_on(d: Draft) -> Fault:
    return when(d.is_level and d.replaces is None and d.grounds is None)


@rule("L037")
def filing_number_of_the_national_form(d: Draft) -> Fault:
    number = d.claims.filing_number
    return when(bool(d.is_level or number) and _FILING.fullmatch(number) is None, filing=number or "--")


@rule("L038")
def filing_number_of_this_filing(d: Draft) -> Fault:
    other = d.grounds is not None and d.grounds.filing_number != d.claims.filing_number
    return when(other, filing=d.claims.filing_number, filed=d.grounds.filing_number if d.grounds else "")


@rule("L039")
def filing_in_force(d: Draft) -> Fault:
    grounds = d.grounds
    if grounds is None:
        return None
    since, until = grounds.filed_from, grounds.filed_to
    inside = since is not None and until is not None and since <= grounds.examined_on <= until
    shown = {"filing": grounds.filing_number, "since": since or "--", "until": until or "--"}
    return when(not (grounds.in_force and inside), held=grounds.examined_on, **shown)


@rule("L040", Severity.WARN)
def filing_term_not_over_since(d: Draft) -> Fault:
    until = d.grounds.filed_to if d.grounds else None
    return when(until is not None and until < d.claims.issued_on, until=until)


@rule("L041")
def filing_covers_occupation_and_level(d: Draft) -> Fault:
    level = d.level
    if d.grounds is None or level is None:
        return None
    shown = {"occupation": d.claims.occupation_name, "level": level.wording, "level_en": level.english}
    return when(not d.grounds.covers, filing=d.grounds.filing_number, **shown)


# Status, payload, badge -----------------------------------------------------------------------------------------


@rule("L042")
def status_index_inside_a_list(d: Draft) -> Fault:
    return when(not 0 <= d.status_index < d.places, index=d.status_index, places=d.places)


@rule("L043")
def payload_says_the_claims(d: Draft) -> Fault:
    try:
        said = cose.read_payload(d.payload)
    except cose.NotGenuine as no:
        return {"part": no.reason}
    c = d.claims
    pairs = {
        "number": (said.number, c.number), "name": (said.name, c.holder_name), "kind": (said.kind, KIND_CODE[c.kind]),
        "occupation": (said.occupation or "", c.occupation_code), "level": (said.level, c.level_rank),
        "award": (said.award or "", c.award), "index": (said.status_index, d.status_index),
        "issued": (said.issued_at, int(d.at.timestamp())), "expires": (said.expires_at is None, c.expires_on is None),
    }  # fmt: skip
    return _differing(pairs)


@rule("L044")
def code_fits_its_place(d: Draft) -> Fault:
    signed = d.payload + bytes(64 + 16)  # signature, headers and the lengths around them
    size = len(cose.qr_url(d.public_base, d.claims.number, signed))
    return when(size > MOST_ADDRESS, size=size, most=MOST_ADDRESS)


@rule("L045")
def badge_says_the_claims(d: Draft) -> Fault:
    said, c = d.badge, d.claims
    subject = said.get("credentialSubject", {})
    what = subject.get("achievement", {})
    indexes = {entry.get("statusListIndex") for entry in said.get("credentialStatus", [])}
    place = str(statuslist.place(d.status_index)[1])
    names = [one.get("identityHash") for one in subject.get("identifier", [])]
    pairs = {
        "number": (said.get("id"), f"{d.public_base}/v/{c.number}"), "name": (names, [c.holder_name]),
        "issuer": (said.get("issuer", {}).get("name"), c.issuer_name),
        "occupation": (what.get("humanCode", ""), c.occupation_code),
        "branch": (what.get("specialization", NO_BRANCH), c.branch),
        "level": (c.level_words in what.get("name", ""), True), "index": (indexes, {place}),
        "expires": ("validUntil" not in said, c.expires_on is None),
    }  # fmt: skip
    return _differing(pairs)


@rule("L046")
def addresses_from_the_configuration_alone(d: Draft) -> Fault:
    known = {badge.VC, badge.OB, badge.OB_EXTENSIONS, badge.SCHEMA}
    own, foreign = urlsplit(d.public_base)[:2], set()
    for text in _strings(d.badge):
        foreign |= {a for a in ADDRESS.findall(text) if a not in known and urlsplit(a)[:2] != own}
        if text.startswith("did:") and text != badge.did_web(d.public_base):
            foreign.add(text)
    foreign |= {a for text in texts(d.claims) for a in ADDRESS.findall(text)}
    return when(bool(foreign), addresses=sorted(foreign)[:5])


@rule("L047")
def no_document_number_in_what_is_public(d: Draft) -> Fault:
    public = [*_strings(d.badge), *texts(d.claims)]
    return when(any(DOCUMENT.search(text.replace(d.claims.number, "")) for text in public))


# Photo and replacement ------------------------------------------------------------------------------------------


@rule("L048")
def photo_is_the_one_claimed(d: Draft) -> Fault:
    digest = hashlib.sha256(d.photo).hexdigest() if d.photo is not None else ""
    return when(digest != d.claims.photo_digest)


@rule("L049")
def photo_is_a_picture(d: Draft) -> Fault:
    return when(d.photo is not None and _pixels(d.photo) is None)


@rule("L050")
def photo_of_the_right_size(d: Draft) -> Fault:
    found = _pixels(d.photo) if d.photo is not None else None
    if d.photo is None or found is None:
        return None
    (width, height), (least_wide, least_high) = found, PHOTO_PIXELS
    shape = abs(width / height - least_wide / least_high) < 0.05
    fits = width >= least_wide and height >= least_high and shape and len(d.photo) <= PHOTO_BYTES
    kilobytes = {"size": len(d.photo) // 1000, "most": PHOTO_BYTES // 1000}
    return when(not fits, width=width, height=height, least=f"{least_wide}×{least_high}", **kilobytes)


@rule("L051")
def replaces_another_certificate(d: Draft) -> Fault:
    return when(d.replaces is not None and d.replaces == d.claims.number and not d.taken_over, number=d.claims.number)


def _characters(d: Draft, categories: frozenset[str]) -> Fault:
    found = {c for text in texts(d.claims) for c in text if unicodedata.category(c) in categories}
    return when(bool(found), code_points=[_point(c) for c in sorted(found)])


def named(part: str) -> str:
    """A character as it is told to people: itself, if it can be seen, and its code point. What is longer names itself."""
    if len(part) > 1:
        return part
    return f"{part}（{_point(part)}）" if part.isprintable() and not part.isspace() else _point(part)


def _point(character: str) -> str:
    return f"U+{ord(character):04X}"


def _differing(pairs: Mapping[str, tuple[object, object]]) -> Fault:
    wrong = [name for name, (said, meant) in pairs.items() if said != meant]
    return when(bool(wrong), part=wrong)


def _strings(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for held in value.values():
            yield from _strings(held)
    elif isinstance(value, list | tuple):
        for held in value:
            yield from _strings(held)


def _pixels(photo: bytes) -> tuple[int, int] | None:
    """Width and height of a JPEG or PNG; None for anything else."""
    try:
        with Image.open(BytesIO(photo), formats=("JPEG", "PNG")) as picture:
            return picture.size
    except (OSError, ValueError, Image.DecompressionBombError):
        return None
