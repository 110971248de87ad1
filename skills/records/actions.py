"""Adding facts, withdrawing them by source, and a person's own promises."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy import select

from skills.config import Settings
from skills.kernel.acts import Act, action
from skills.kernel.db import wait_exclusive
from skills.kernel.errors import Missing, Refusal
from skills.kernel.files import PAPERS
from skills.records.models import RecordEntry, RecordEvidence
from skills.records.queries import CONTRADICTED, EVIDENCE, evidence, found_untrue, issued_here
from skills.records.rules import (
    GRADES,
    KINDS,
    SCHOOL_WORDS,
    STRENGTHS,
    Education,
    Fact,
    LevelHeld,
    Title,
    Work,
    day_of,
    from_json,
    to_json,
)
from skills.records.rules import levels as level_rules
from skills.standards.queries import current_occupation, value
from skills.standards.rules import Level

STATED_BY_PEOPLE = ("promise:", "copyright:", level_rules.PREFIX)


@dataclass(frozen=True)
class Added:
    """A new entry."""

    entry_id: str


def add(act: Act, *, person_id: str, kind: str, source: str, body: Fact, strength: str) -> Added:
    """Add a fact inside the caller's act. Raises Refusal("record.known") if this source has one that counts."""
    if not isinstance(body, KINDS[kind]) or strength not in STRENGTHS:
        raise ValueError(f"{kind} {type(body).__name__} {strength}")
    live = act.find(RecordEntry, kind=kind, source=source, withdrawn_at=None)
    if live is not None:
        raise Refusal("record.known", kind=kind, source=source)
    row = act.add(
        RecordEntry(
            id=act.new_id(),
            person_id=person_id,
            kind=kind,
            source=source,
            body=to_json(body),
            on=day_of(body),
            strength=strength,
            added_by=act.actor.account,
            added_at=act.at,
        )
    )
    act.note("record.add", id=row.id, person=person_id, kind=kind, source=source)
    return Added(row.id)


def withdraw(act: Act, *, kind: str, source: str, reason: str) -> None:
    """Withdraw a fact inside the caller's act; the entry stays, with the reason."""
    row = act.find(RecordEntry, kind=kind, source=source, withdrawn_at=None)
    if row is None:
        raise Refusal("record.unknown_source", kind=kind, source=source)
    row.withdrawn_at, row.withdrawn_why = act.at, reason[:200]
    act.note("record.withdraw", id=row.id)


def rename_source(act: Act, *, kind: str, source: str, becomes: str) -> None:
    """What a fact rests on has another name now, inside the caller's act."""
    row = act.find(RecordEntry, kind=kind, source=source, withdrawn_at=None)
    if row is None:
        raise Refusal("record.unknown_source", kind=kind, source=source)
    row.source = becomes
    act.note("record.rename_source", id=row.id, kind=kind)


@action("fact.promise_work", may="fact.add")
def promise_work(act: Act, occupation_code: str, since: date, until: date | None, employer: str) -> Added:
    """State one's own work on a promise; it may be drawn for checking. Raises Refusal("no_person" | "fact.dates"), Missing."""
    return promise_work_as(act, _own(act), occupation_code, since, until, employer)


def promise_work_as(act: Act, person_id: str, occupation_code: str, since: date, until: date | None, employer: str) -> Added:
    """The same in somebody's name, inside the caller's act."""
    occupation_code = current_occupation(act.db, occupation_code).code
    if since > act.today or (until is not None and until < since):
        raise Refusal("fact.dates")
    fact = Work(occupation_code, False, since, until, employer)
    return add(act, person_id=person_id, kind="work", source=f"promise:{act.new_id()}", body=fact, strength="promised")


@action("fact.promise_education", may="fact.add")
def promise_education(
    act: Act, education_kind: str, major: str, occupation_codes: tuple[str, ...], school: str,
    graduated_on: date | None, expected_on: date | None,
) -> Added:  # fmt: skip
    """State one's own education on a promise. Raises Refusal("no_person" | "fact.dates" | "fact.unreadable"), Missing."""
    return promise_education_as(act, _own(act), education_kind, major, occupation_codes, school, graduated_on, expected_on)


def promise_education_as(
    act: Act, person_id: str, education_kind: str, major: str, occupation_codes: tuple[str, ...], school: str,
    graduated_on: date | None, expected_on: date | None,
) -> Added:  # fmt: skip
    """The same in somebody's name, inside the caller's act."""
    if education_kind not in SCHOOL_WORDS:
        raise Refusal("fact.unreadable", kind="education")
    codes = _current(act, occupation_codes)
    if graduated_on is None and expected_on is None:
        raise Refusal("fact.dates")
    fact = Education(education_kind, major, codes, graduated_on, expected_on, school)
    source = f"promise:{act.new_id()}"
    return add(act, person_id=person_id, kind="education", source=source, body=fact, strength="promised")


@action("fact.promise_title", may="fact.add")
def promise_title(act: Act, grade: str, occupation_codes: tuple[str, ...], awarded_on: date, name: str) -> Added:
    """State one's own professional title on a promise. Raises Refusal("no_person" | "fact.dates" | "fact.unreadable"), Missing."""
    return promise_title_as(act, _own(act), grade, occupation_codes, awarded_on, name)


def promise_title_as(act: Act, person_id: str, grade: str, occupation_codes: tuple[str, ...], awarded_on: date, name: str) -> Added:
    """The same in somebody's name, inside the caller's act."""
    if grade not in GRADES:
        raise Refusal("fact.unreadable", kind="title")
    codes = _current(act, occupation_codes)
    if awarded_on > act.today:
        raise Refusal("fact.dates")
    fact = Title(grade, codes, awarded_on, name)
    return add(act, person_id=person_id, kind="title", source=f"promise:{act.new_id()}", body=fact, strength="promised")


@action("fact.promise_level", may="fact.add")
def promise_level(act: Act, occupation_code: str, level: int, number: str, issued_on: date, issuer: str) -> Added:
    """State a level certificate that an older time or another body gave, on a promise. Raises what `state_level` does."""
    return state_level(
        act, person_id=_own(act), occupation_code=occupation_code, level=level, number=number, issued_on=issued_on, issuer=issuer,
        strength="promised",
    )  # fmt: skip


def state_level(
    act: Act, *, person_id: str, occupation_code: str, level: int, number: str, issued_on: date, issuer: str, strength: str
) -> Added:
    """Record a certificate that was not issued here, inside the caller's act; `level` by rank, the occupation also by an old code.

    A number stands once: what was seen or compared takes the place of a promise, whosever it was. Raises
    Missing("occupation.unknown"), Refusal("previous_level.not_skill" | "previous_level.issuer_needed" |
    "previous_level.ours" | "previous_level.on_record" | "previous_level.found_untrue") and what `rules.levels.faults` names.
    """
    occupation = current_occupation(act.db, occupation_code)
    if occupation.kind != "skill":
        raise Refusal("previous_level.not_skill", name=occupation.name)
    if not issuer.strip():
        raise Refusal("previous_level.issuer_needed")
    if level not in list(Level):
        raise Refusal("fact.unreadable", kind="level")
    for fault in level_rules.faults(number, Level(level), issued_on, act.today):
        raise Refusal(fault.code, (), **fault.facts)
    plain, source = level_rules.plain_number(number), level_rules.source_of(number)
    wait_exclusive(act.db, source)
    if issued_here(act.db, [plain]):
        raise Refusal("previous_level.ours")
    held = act.find(RecordEntry, kind="level", source=source, withdrawn_at=None)
    if held is not None:
        if held.strength != "promised" or strength == "promised":
            raise Refusal("previous_level.on_record")
        withdraw(act, kind="level", source=source, reason=f"replaced: {strength}")
        act.db.flush()
    elif strength == "promised" and found_untrue(act.db, "level", source):
        raise Refusal("previous_level.found_untrue")
    fact = LevelHeld(occupation.code, Level(level), issued_on, plain, issuer.strip())
    return add(act, person_id=person_id, kind="level", source=source, body=fact, strength=strength)


@action("fact.contradict", may="fact.compare")
def contradict(act: Act, entry_id: str, reason: str) -> None:
    """What somebody stated, or a paper that was seen, is not so: it counts no more, and its owner reads why."""
    row = act.get(RecordEntry, id=entry_id, withdrawn_at=None)
    if not row.source.startswith(STATED_BY_PEOPLE):
        raise Refusal("fact.not_stated")
    if not reason.strip():
        raise Refusal("fact.reason_needed")
    if not act.alter(row, RecordEntry.withdrawn_at.is_(None), withdrawn_at=act.at, withdrawn_why=(CONTRADICTED + reason.strip())[:200]):
        raise Missing("record_entry.unknown")
    act.note("record.withdraw", id=row.id)


@dataclass(frozen=True)
class Paper:
    """A paper that lies sealed under `files/evidence/<id>` already: its kind by content, its size in bytes, its digest."""

    id: str
    kind: str
    size: int
    digest: str


@action("fact.prove", may="fact.add")
def prove(act: Act, entry_id: str, papers: tuple[Paper, ...]) -> None:
    """Add papers to what one stated oneself. Raises Missing, Refusal("fact.not_stated" | "evidence.too_many" | "evidence.gone")."""
    row = act.get(RecordEntry, id=entry_id, person_id=_own(act), withdrawn_at=None)
    if not row.source.startswith(STATED_BY_PEOPLE):
        raise Refusal("fact.not_stated")
    limits = value(act.db, "fact.evidence", act.today)
    if len(evidence(act.db, row.id)) + len(papers) > limits["most"]:
        raise Refusal("evidence.too_many", most=limits["most"])
    folder = act.using(Settings).files_dir / EVIDENCE
    for paper in papers:
        if paper.kind not in PAPERS or not 0 < paper.size <= limits["bytes"] or not (folder / paper.id).is_file():
            raise Refusal("evidence.gone")
        act.add(
            RecordEvidence(
                id=paper.id, entry_id=row.id, at=act.at, added_by=act.actor.account, kind=paper.kind, size=paper.size, digest=paper.digest
            )
        )
    act.note("fact.prove", id=row.id, papers=len(papers))


@action("fact.take_back", may="fact.add")
def take_back(act: Act, entry_id: str) -> None:
    """Take one's own promise back. Raises Missing("record_entry.unknown"), Refusal("no_person" | "fact.not_yours")."""
    take_back_as(act, _own(act), entry_id)


def take_back_as(act: Act, person_id: str, entry_id: str) -> None:
    """The same in somebody's name, inside the caller's act."""
    row = act.get(RecordEntry, id=entry_id, person_id=person_id, withdrawn_at=None)
    if row.strength != "promised":
        raise Refusal("fact.not_yours")
    row.withdrawn_at, row.withdrawn_why = act.at, "taken back by the person"
    act.note("record.withdraw", id=row.id)


@action("fact.compare", may="fact.compare")
def compare(act: Act, entry_id: str, strength: str) -> Added:
    """A clerk saw the document, or compared with an authority's list: the fact stands again, stronger.

    Raises Missing("record_entry.unknown"), Refusal("fact.not_stronger" | "fact.own_hand").
    """
    row = act.get(RecordEntry, id=entry_id, withdrawn_at=None)
    # Whose hand wrote it down, a promise or a paper seen, is asked of every entry under its source but those that only made
    # it stronger: it stays so when another has seen the document since.
    under = act.db.scalars(
        select(RecordEntry).where(
            RecordEntry.kind == row.kind, RecordEntry.source == row.source, RecordEntry.person_id == row.person_id
        )
    ).all()  # fmt: skip
    stronger = {entry.withdrawn_why for entry in under}
    if any(entry.added_by == act.actor.account and f"replaced: {entry.strength}" not in stronger for entry in under):
        raise Refusal("fact.own_hand")
    if strength not in ("seen", "compared") or STRENGTHS.index(strength) >= STRENGTHS.index(row.strength):
        raise Refusal("fact.not_stronger")
    body = from_json(row.kind, row.body, row.source, row.strength)
    withdraw(act, kind=row.kind, source=row.source, reason=f"replaced: {strength}")
    act.db.flush()
    return add(act, person_id=row.person_id, kind=row.kind, source=row.source, body=body, strength=strength)


@action("fact.state", may="fact.compare")
def state_fact(act: Act, person_id: str, kind: str, source: str, body: dict[str, object], strength: str) -> Added:
    """Enter a fact from an authority's list (学籍, 社保, 失业登记 …)."""
    try:
        fact = from_json(kind, dict(body), source, strength)
    except (KeyError, ValueError) as error:
        raise Refusal("fact.unreadable", kind=kind) from error
    return add(act, person_id=person_id, kind=kind, source=source, body=fact, strength=strength)


def _current(act: Act, codes: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(current_occupation(act.db, code).code for code in codes)


def _own(act: Act) -> str:
    if act.actor.person is None:
        raise Refusal("no_person")
    return act.actor.person
