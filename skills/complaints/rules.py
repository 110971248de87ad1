"""Kinds of complaints, their clocks, who may handle one (pure)."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from skills.kernel.findings import Finding, Verdict, all_of

LONGEST = 4000


@dataclass(frozen=True)
class ComplaintKind:
    """What a complaint is about. `days` working days for the answer; `anonymous` if no contact is needed."""

    code: str
    zh: str
    en: str
    days: int
    anonymous: bool
    source: str


def read_kinds(rows: Sequence[Mapping[str, Any]]) -> tuple[ComplaintKind, ...]:
    """The kinds as stored in the policy row `complaint.kinds`."""
    return tuple(
        ComplaintKind(r["code"], r["zh"], r["en"], int(r["days"]), bool(r["anonymous"]), r["source"]) for r in rows
    )


def complete(kind: ComplaintKind | None, text: str, contact: str) -> Verdict:
    """Whether a complaint can be taken in: a known kind, a text, and a contact unless the kind may be anonymous."""
    return all_of(
        "complaint.incomplete",
        [
            Finding("complaint.kind_known", kind is not None),
            Finding("complaint.text_given", 0 < len(text.strip()) <= LONGEST, facts={"most": LONGEST}),
            Finding("complaint.contact_given", kind is None or kind.anonymous or bool(contact.strip())),
        ],
    )


def may_handle(
    handler: str, bodies: Iterable[str], complainant: str | None, about: str | None, earlier: str | None
) -> Verdict:
    """Whether an account may handle a complaint: not its author, not of the body complained of, not another's case.

    handler, complainant, earlier  account ids; `earlier` has taken the case already
    bodies, about                  organisation ids
    """
    return all_of(
        "complaint.not_yours",
        [
            Finding("complaint.not_author", complainant is None or complainant != handler),
            Finding("complaint.not_party", about is None or about not in set(bodies)),
            Finding("complaint.not_taken", earlier is None or earlier == handler),
        ],
    )


def number(year: int, serial: int) -> str:
    """A receipt number: TS-2026-00012."""
    return f"TS-{year}-{serial:05d}"


def word_hash(word: str) -> str:
    """How the word of a case is kept: as typed, whatever its dashes and its case."""
    plain = "".join(c for c in word.upper() if c.isalnum())
    return hashlib.sha256(f"complaint:{plain}".encode()).hexdigest()


def overdue(due_on: date, answered: bool, today: date) -> bool:
    """Whether the clock has run out."""
    return not answered and today > due_on
