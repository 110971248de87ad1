"""Whether a document may be taken off a record, and which document something names that was issued before (pure)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from skills.kernel.findings import Finding, Verdict, no_fault
from skills.people.rules import DocumentKind, birth_of, sex_of
from skills.people.rules.additions import said

# Why it is taken off: class → (Chinese, English).
REMOVAL_REASONS: Mapping[str, tuple[str, str]] = {
    "of_another": ("号码是另一个人的", "the number is another person's"),
    "mistyped": ("号码录错", "the number was entered wrongly"),
    "not_proved": ("材料不能证明是同一个人", "the papers do not show it to be one person's"),
}
NUMBERED = (DocumentKind.RESIDENT, DocumentKind.HMT_RESIDENT)  # whose numbers say birth date and sex
ONE_LIFE = "《个人信息保护法》第8条"  # what is kept of somebody is right and complete


@dataclass(frozen=True)
class Identity:
    """What a document says of its holder beside the name: birth date and sex (M or F)."""

    birth: date
    sex: str


@dataclass(frozen=True)
class Remaining:
    """A document in use that stays when another is taken off.

    says     what its number says; None of kinds whose numbers say nothing
    founded  a record was made with it: birth date and sex were read off it then
    """

    kind: str
    masked: str
    says: Identity | None
    founded: bool


def identity_of(kind: str, number: str) -> Identity | None:
    """What a number says of its holder; None of kinds whose numbers say nothing, and of one that is none any more."""
    born = birth_of(number) if kind in NUMBERED and len(number) == 18 else None
    return None if born is None else Identity(born, sex_of(number))


def may_remove(
    in_use: bool, remaining: Sequence[Remaining], record: Identity, read: Identity | None, reason: str, grounds: str
) -> Verdict:
    """Whether a document may be taken off a record, be it a further one or that with which the record was made.

    Another stays, and bears the identity on record: its number says that birth date and sex, or a record was made with it,
    or they were read off it now.

    record  birth date and sex on record; read  as they were read off a document that stays, None if nobody read them
    """
    bears = any(_bears(one, record, read) for one in remaining)
    silent = [one for one in remaining if one.says is None and not one.founded]
    shown = {
        "birth": record.birth, "remaining": _named(remaining, 0), "remaining_en": _named(remaining, 1),
        "sex": _SEX[record.sex][0], "sex_en": _SEX[record.sex][1],
    }  # fmt: skip
    return no_fault(
        "document_removal.refused",
        [
            Finding("document_removal.in_use", in_use),
            Finding("document_removal.another_stays", bool(remaining), ONE_LIFE),
            Finding("document_removal.identity_read", not remaining or bears or not silent or read is not None, ONE_LIFE, shown),
            Finding("document_removal.identity", not remaining or bears or (bool(silent) and read is None), ONE_LIFE, shown),
            Finding("document_removal.reason", reason in REMOVAL_REASONS),
            said("document_removal.grounds", grounds),
        ],
    )


_SEX = {"M": ("男", "male"), "F": ("女", "female"), "": ("", "")}


def _bears(one: Remaining, record: Identity, read: Identity | None) -> bool:
    if one.says is not None:
        return one.says == record
    return one.founded or read == record


def _named(remaining: Iterable[Remaining], language: int) -> str:
    return ("、", ", ")[language].join(f"{DocumentKind(one.kind).words[language]} {one.masked}" for one in remaining)


def seen_enough(seen: str) -> Verdict:
    """Whether the desk says what it saw of a number that was taken off another record."""
    return no_fault("document.seen", [said("document.seen_words", seen)])


@dataclass(frozen=True)
class HeldDocument:
    """A document that a person has or had.

    word  its kind in Chinese as it is printed
    name  as it is written on it, for matching; empty where it is as on the record
    """

    id: str
    word: str
    masked: str
    name: str
    added_at: datetime
    ended_at: datetime | None


def named_by(word: str, masked: str, at: datetime, held: Iterable[HeldDocument]) -> str | None:
    """Which of a person's documents is named by what was issued at a moment with this kind and masked number; its id.

    Of several that look alike, the newest of those that were in use then, since that one is printed; of none in use then
    (a record that was joined later) the newest of all. None: none fits.
    """
    alike = [d for d in held if (d.word, d.masked) == (word, masked)]
    used = [d for d in alike if d.added_at <= at and (d.ended_at is None or d.ended_at > at)]
    return max(used or alike, key=lambda d: (d.added_at, d.id)).id if alike else None
