"""What a certificate asserts, frozen; every form of it is made from this (pure)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Literal

from skills.kernel.canon import canon, digest
from skills.standards.rules import Level, step_on

Kind = Literal["level", "completion", "competition"]
KIND_CODE: dict[Kind, int] = {"level": 1, "completion": 2, "competition": 3}
NO_BRANCH = "--"
MAX_NAME = 60
MAX_AWARD = 60
# What is about the holder: it goes when the holder's data are erased. The rest stays with the number.
PERSONAL = ("holder_name", "document_kind", "document_masked", "score", "photo_digest")


def level_words(rank: int | None, issued_on: date) -> str:
    """A level as it was printed on a day; empty without one."""
    return step_on(Level(rank), issued_on).wording if rank else ""


@dataclass(frozen=True)
class Claims:
    """One certificate's assertion. Names keep their raw form; dates are Shanghai days.

    award           completion: the programme; competition: what was won in which contest; level: empty
    level_rank      1..8, None for the other kinds
    filing_number   备案 number of the issuing body, empty if none applies
    document_masked the ID number as it may be shown to others; the full one goes to the original paper alone
    hours, score    as printed, for the kinds that have them
    photo_digest    SHA-256 (hex) of the photo's bytes, empty without a photo
    Raises ValueError when the parts contradict the kind.
    """

    kind: Kind
    number: str
    holder_name: str
    document_kind: str
    document_masked: str
    issuer_name: str
    issued_on: date
    filing_number: str = ""
    occupation_code: str = ""
    occupation_name: str = ""
    branch: str = NO_BRANCH
    level_rank: int | None = None
    award: str = ""
    expires_on: date | None = None
    hours: str = ""
    score: str = ""
    photo_digest: str = ""

    def __post_init__(self) -> None:
        if self.kind not in KIND_CODE:
            raise ValueError(f"no certificate kind {self.kind!r}")
        if not self.number or not self.number.isascii() or not self.number.replace("-", "").isalnum():
            raise ValueError("the number is ASCII letters, digits and hyphens: it stands in a URL")
        if not 0 < len(self.holder_name) <= MAX_NAME:
            raise ValueError(f"a printed name has 1 to {MAX_NAME} characters")
        if not self.branch:
            raise ValueError(f"an occupation without a branch prints {NO_BRANCH!r}, never nothing")
        if self.kind == "level":
            if self.level_rank not in list(Level) or not self.occupation_code or self.award:
                raise ValueError("a level certificate has an occupation code, a rank 1..8 and no award")
        elif self.level_rank is not None or not 0 < len(self.award) <= MAX_AWARD:
            raise ValueError(f"this kind has no level and an award or programme of 1 to {MAX_AWARD} characters")
        if self.expires_on is not None and self.expires_on < self.issued_on:
            raise ValueError("expires before it is issued")

    @property
    def level_words(self) -> str:
        """The level as printed, `三级/高级工`, in the words of the day of issue; empty for kinds without a level."""
        return level_words(self.level_rank, self.issued_on)

    def canonical(self) -> str:
        """The one exact JSON text of this assertion."""
        return canon(self)

    def digest(self) -> str:
        """SHA-256 of the canonical JSON, in hex."""
        return digest(self)
