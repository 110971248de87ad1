"""A certificate that is about to be signed, as the rules look at it: `wording`, `standing` and `carried` (pure)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from skills.credentials.claims import Claims
from skills.standards.rules import Level

_NATIONAL = re.compile(r"([YS][0-9]{12})([0-9]{2})([1-5A-Z])([0-9]{6})")
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


def texts(claims: Claims) -> tuple[str, ...]:
    """Every text of the claims that people read."""
    return (
        claims.holder_name, claims.issuer_name, claims.occupation_name, claims.branch, claims.award, claims.hours,
        claims.score, claims.document_kind, claims.document_masked,
    )  # fmt: skip


def named(part: str) -> str:
    """A character as it is told to people: itself, if it can be seen, and its code point. What is longer names itself."""
    if len(part) > 1:
        return part
    return f"{part}（{point(part)}）" if part.isprintable() and not part.isspace() else point(part)


def point(character: str) -> str:
    """Its code point as people write it: U+9FA5."""
    return f"U+{ord(character):04X}"
