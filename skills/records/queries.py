"""Facts for decisions, and the passport as its owner sees it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any, Generic, TypeVar

from sqlalchemy import and_, bindparam, func, select
from sqlalchemy.orm import Session, aliased

from skills.accounts import queries as bodies_of
from skills.kernel import store
from skills.kernel.box import Box, Shredded
from skills.kernel.db import among
from skills.kernel.errors import Missing
from skills.people import queries as persons
from skills.records.models import RecordEntry, RecordEvidence
from skills.records.rules import (
    BELONGING_WORDS,
    KIND_WORDS,
    KINDS,
    STRENGTH_WORDS,
    Education,
    Fact,
    Facts,
    LevelHeld,
    Placing,
    Standing,
    Title,
    Training,
    Work,
    from_json,
)
from skills.records.rules.titles import TitleOpening, openings, read_rules
from skills.standards.queries import policy_lines, value

F = TypeVar("F", bound=Fact)


@dataclass(frozen=True)
class EntryLine:
    """A live entry of the passport."""

    id: str
    kind: str
    kind_zh: str
    kind_en: str
    on: date
    fact: Fact
    source: str
    strength: str
    strength_zh: str
    strength_en: str


def facts(db: Session, person_id: str, birth: date) -> Facts:
    """Everything that counts about a person now."""
    return _gather(person_id, birth, [line.fact for line in passport(db, person_id)])


def facts_of(db: Session, people: Iterable[tuple[str, date]]) -> dict[str, Facts]:
    """Everything that counts about several people: (id, birth)."""
    births = dict(people)
    held: dict[str, list[Fact]] = {person_id: [] for person_id in births}
    chosen = select(RecordEntry.person_id, RecordEntry.kind, RecordEntry.body, RecordEntry.source, RecordEntry.strength).where(
        among(db, RecordEntry.person_id, births), RecordEntry.withdrawn_at.is_(None)
    )
    for person_id, kind, body, source, strength in db.execute(chosen):
        held[person_id].append(from_json(kind, body, source, strength))
    return {person_id: _gather(person_id, births[person_id], found) for person_id, found in held.items()}


def passport(db: Session, person_id: str) -> Sequence[EntryLine]:
    """A person's live entries, newest first."""
    return [
        EntryLine(
            entry_id, kind, *KIND_WORDS[kind], on, from_json(kind, body, source, strength), source, strength, *STRENGTH_WORDS[strength],
        )
        for entry_id, kind, on, body, source, strength in store.read(db, _LIVE, person_id=person_id)
    ]  # fmt: skip


_LIVE = (
    select(RecordEntry.id, RecordEntry.kind, RecordEntry.on, RecordEntry.body, RecordEntry.source, RecordEntry.strength)
    .where(RecordEntry.person_id == bindparam("person_id"), RecordEntry.withdrawn_at.is_(None))
    .order_by(RecordEntry.on.desc(), RecordEntry.id.desc())
)


def titles(db: Session, person_id: str, day: date) -> Sequence[TitleOpening]:
    """Which professional titles a person's levels open by the policy of a day, and from when."""
    held = [line.fact for line in passport(db, person_id) if isinstance(line.fact, LevelHeld)]
    return openings(held, read_rules(value(db, "title.of_level", day)))


def group_words(db: Session, standing: Standing) -> tuple[str, str]:
    """(Chinese, English) of the group that a standing names: policy `voucher.group.…`, else its code."""
    name = f"voucher.group.{standing.group}"
    found = next((line.policy.value for line in policy_lines(db, name)), None)
    return (found["zh"], found["en"]) if found else BELONGING_WORDS.get(standing.group, (standing.group, standing.group))


def promised(db: Session, most: int = 100) -> Sequence[tuple[str, EntryLine]]:
    """(person, entry) of promises that nobody compared yet, oldest first: a clerk's work list."""
    rows = db.scalars(
        select(RecordEntry)
        .where(RecordEntry.strength == "promised", RecordEntry.withdrawn_at.is_(None))
        .order_by(RecordEntry.added_at)
        .limit(most)
    )
    return [(row.person_id, _line(row)) for row in rows]


def has_live(db: Session, kind: str, source: str) -> bool:
    """Whether an entry of this kind and source counts."""
    found = select(RecordEntry.id).where(
        RecordEntry.kind == kind, RecordEntry.source == source, RecordEntry.withdrawn_at.is_(None)
    )
    return db.scalar(found) is not None


@dataclass(frozen=True)
class FactLine(Generic[F]):
    """A fact on record, with the person whose it is."""

    id: str
    person_id: str
    fact: F


def facts_of_source(db: Session, kind: type[F], head: str) -> list[FactLine[F]]:
    """Facts of a kind that count and whose source begins so, newest first."""
    name = next(name for name, one in KINDS.items() if one is kind)
    rows = db.scalars(
        select(RecordEntry)
        .where(RecordEntry.kind == name, RecordEntry.source.startswith(head, autoescape=True), RecordEntry.withdrawn_at.is_(None))
        .order_by(RecordEntry.id.desc())
    )
    read = [(row, from_json(row.kind, row.body, row.source, row.strength)) for row in rows]
    return [FactLine(row.id, row.person_id, fact) for row, fact in read if isinstance(fact, kind)]


def issued_here(db: Session, numbers: Collection[str]) -> set[str]:
    """Which of these level certificates were issued here, also those that count no more."""
    sources = {f"certificate:{number}": number for number in numbers}
    found: set[str] = set()
    for counts in (RecordEntry.withdrawn_at.is_(None), RecordEntry.withdrawn_at.is_not(None)):  # each by its own index
        chosen = select(RecordEntry.source).where(RecordEntry.kind == "level", among(db, RecordEntry.source, sources), counts)
        found |= {sources[source] for source in db.scalars(chosen)}
    return found


def found_untrue(db: Session, kind: str, source: str) -> bool:
    """Whether a clerk found untrue what once stood under this source."""
    chosen = select(RecordEntry.id).where(
        RecordEntry.kind == kind, RecordEntry.source == source, RecordEntry.withdrawn_at.is_not(None),
        RecordEntry.withdrawn_why.startswith(CONTRADICTED, autoescape=True),
    )  # fmt: skip
    return db.scalar(chosen.limit(1)) is not None


def stated_levels(db: Session, sources: Collection[str]) -> dict[str, tuple[str, str]]:
    """source → (person, strength) of certificates of others that count, by what `rules.levels.source_of` makes of their numbers."""
    chosen = select(RecordEntry.source, RecordEntry.person_id, RecordEntry.strength).where(
        RecordEntry.kind == "level", among(db, RecordEntry.source, sources), RecordEntry.withdrawn_at.is_(None)
    )
    return {source: (person_id, strength) for source, person_id, strength in db.execute(chosen)}


EVIDENCE = "evidence"  # the folder of papers
MARK = "record_evidence"  # what digests and seals of papers are bound to


@dataclass(frozen=True)
class EvidenceLine:
    """A paper that shows a fact; size in bytes."""

    id: str
    kind: str
    size: int
    at: datetime


def evidence(db: Session, entry_id: str) -> Sequence[EvidenceLine]:
    """The papers of an entry, oldest first: also those that its owner added to what stood there before it grew stronger."""
    return evidence_of(db, [entry_id]).get(entry_id, [])


def evidence_of(db: Session, entries: Iterable[str]) -> dict[str, list[EvidenceLine]]:
    """entry → its papers, of several entries at once."""
    now, then = aliased(RecordEntry), aliased(RecordEntry)
    same = and_(now.kind == then.kind, now.source == then.source, now.person_id == then.person_id)
    chosen = (
        select(RecordEvidence, now.id)
        .join(then, then.id == RecordEvidence.entry_id)
        .join(now, same)
        .where(among(db, now.id, entries))
        .order_by(RecordEvidence.at, RecordEvidence.id)
    )
    found: dict[str, list[EvidenceLine]] = {}
    for row, entry_id in db.execute(chosen):
        found.setdefault(entry_id, []).append(EvidenceLine(row.id, row.kind, row.size, row.at))
    return found


def unproved(db: Session, people: Iterable[str]) -> dict[str, set[str]]:
    """person → sources of what they promised and of which no paper is on record; what a body says of its people is its own promise."""
    chosen = select(RecordEntry.id, RecordEntry.person_id, RecordEntry.source).where(
        among(db, RecordEntry.person_id, people), RecordEntry.strength == "promised", RecordEntry.withdrawn_at.is_(None),
        RecordEntry.source.not_like("employment:%"), RecordEntry.source.not_like("member:%"),
    )  # fmt: skip
    rows = db.execute(chosen).all()
    shown = evidence_of(db, [row.id for row in rows])
    found: dict[str, set[str]] = {}
    for entry_id, person_id, source in rows:
        if entry_id not in shown:
            found.setdefault(person_id, set()).add(source)
    return found


def paper(db: Session, box: Box, folder: Path, entry_id: str, paper_id: str, person_id: str | None) -> tuple[str, bytes]:
    """(kind, bytes) of a paper of a live entry, of this person if one is named.

    Raises Missing("record_evidence.unknown"), also when it was erased with its owner.
    """
    entry, row = db.get(RecordEntry, entry_id), db.get(RecordEvidence, paper_id)
    if entry is None or row is None or entry.withdrawn_at is not None or person_id not in (None, entry.person_id):
        raise Missing("record_evidence.unknown")
    if row.id not in {line.id for line in evidence(db, entry.id)}:
        raise Missing("record_evidence.unknown")
    try:
        return row.kind, box.open_bytes((folder / EVIDENCE / row.id).read_bytes(), place_of(row.id))
    except (FileNotFoundError, Shredded) as gone:
        raise Missing("record_evidence.unknown") from gone


def place_of(paper_id: str, mark: str = MARK) -> str:
    """What a sealed paper is bound to."""
    return f"{mark}:{paper_id}:bytes"


CONTRADICTED = "contradicted: "


def contradicted(db: Session, person_id: str) -> Sequence[tuple[EntryLine, str]]:
    """(entry, reason) of what a person stated and a clerk found untrue, newest first."""
    rows = db.scalars(
        select(RecordEntry)
        .where(RecordEntry.person_id == person_id, RecordEntry.withdrawn_why.startswith(CONTRADICTED, autoescape=True))
        .order_by(RecordEntry.withdrawn_at.desc(), RecordEntry.id.desc())
    )
    return [(_line(row), (row.withdrawn_why or "").removeprefix(CONTRADICTED)) for row in rows]


def _line(row: RecordEntry) -> EntryLine:
    return EntryLine(
        row.id, row.kind, *KIND_WORDS[row.kind], row.on, from_json(row.kind, row.body, row.source, row.strength), row.source,
        row.strength, *STRENGTH_WORDS[row.strength],
    )  # fmt: skip


def live_sources(db: Session, kind: str) -> set[str]:
    """The sources of every live entry of a kind: what a domain's check compares with."""
    return set(
        db.scalars(select(RecordEntry.source).where(RecordEntry.kind == kind, RecordEntry.withdrawn_at.is_(None)))
    )


def count(db: Session, kind: str) -> int:
    """How many entries of a kind count."""
    return (
        db.scalar(
            select(func.count())
            .select_from(RecordEntry)
            .where(RecordEntry.kind == kind, RecordEntry.withdrawn_at.is_(None))
        )
        or 0
    )


def _gather(person_id: str, birth: date, found: list[Fact]) -> Facts:
    kinds: dict[type[Any], list[Any]] = {}
    for fact in sorted(found, key=lambda f: f.source):
        kinds.setdefault(type(fact), []).append(fact)

    def of(kind: type[Any]) -> tuple[Any, ...]:
        return tuple(kinds.get(kind, ()))

    return Facts(
        person_id,
        birth,
        works=of(Work),
        educations=of(Education),
        levels=of(LevelHeld),
        titles=of(Title),
        trainings=of(Training),
        placings=of(Placing),
        standings=of(Standing),
    )


def facts_listed(
    db: Session, person_ids: Iterable[str], kinds: Iterable[str], *, promised: bool = False
) -> dict[str, list[Fact]]:
    """person → live facts of these kinds; what was only promised is left out unless it is asked for."""
    wanted, chosen = list(person_ids), list(kinds)
    found: dict[str, list[Fact]] = {}
    for start in range(0, len(wanted), 500):
        asked = select(RecordEntry.person_id, RecordEntry.kind, RecordEntry.body, RecordEntry.source, RecordEntry.strength).where(
            RecordEntry.person_id.in_(wanted[start : start + 500]), RecordEntry.kind.in_(chosen), RecordEntry.withdrawn_at.is_(None)
        )
        for person_id, kind, body, source, strength in db.execute(asked):
            if promised or strength != "promised":
                found.setdefault(person_id, []).append(from_json(kind, body, source, strength))
    return found


def near(db: Session, accounts: Collection[str], bodies: Collection[str]) -> set[tuple[str, str]]:
    """(account, organisation) of who is too near to judge it: holds or ever held a role there, or is or was employed there."""
    found = {pair for pair in bodies_of.ever_at(db, bodies) if pair[0] in accounts}
    names = {bodies_of.organisation(db, body).name: body for body in bodies}
    for account, person_id in bodies_of.people_of_accounts(db).items():
        if account in accounts:
            for work in facts(db, person_id, persons.person(db, person_id).birth).works:
                body = work.employer_id or names.get(work.employer)
                if body in bodies:
                    found.add((account, str(body)))
    return found


def work_entries(db: Session, ids: Iterable[str]) -> dict[str, FactLine[Work]]:
    """Jobs by entry, also those that count no more; what was erased is left out."""
    wanted, found = sorted(set(ids)), {}
    for start in range(0, len(wanted), 500):
        chosen = select(RecordEntry).where(RecordEntry.id.in_(wanted[start : start + 500]), RecordEntry.kind == "work")
        for row in db.scalars(chosen):
            fact = from_json(row.kind, row.body, row.source, row.strength)
            assert isinstance(fact, Work)  # noqa: S101 - narrows for the type checker
            found[row.id] = FactLine(row.id, row.person_id, fact)
    return found
