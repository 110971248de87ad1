"""Cases as their authors, their handlers and the party complained of see them."""

from __future__ import annotations

import hmac
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from pathlib import Path

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from skills.accounts.queries import find_account, name_of, organisations
from skills.complaints import rules
from skills.complaints.models import Complaint, ComplaintFile, ComplaintStep
from skills.complaints.queries.owners import owning
from skills.complaints.states import COMPLAINT, OPEN, OUTCOME_WORDS, RUNNING, TRUE_OUTCOMES, ComplaintState, Outcome
from skills.kernel.actors import Actor
from skills.kernel.box import Box, Shredded, box_of
from skills.kernel.clock import shanghai_day
from skills.kernel.errors import Missing
from skills.people.queries import GONE
from skills.standards.calendar import add_working_days, working_days_between
from skills.standards.queries import value

HANDLE = "complaint.handle"
PAGE = 50


@dataclass(frozen=True)
class CaseLine:
    """A case without its text and without its author.

    left  working days until the last day for the answer, below zero when it is over; None while the clock is not running
    """

    id: str
    number: str
    kind: str
    kind_zh: str
    kind_en: str
    about: str
    state: str
    state_zh: str
    state_en: str
    level: int
    received_at: datetime
    accept_by: date | None
    due_on: date
    overdue: bool
    left: int | None
    handler: str
    outcome_zh: str
    outcome_en: str
    closed_at: datetime | None


@dataclass(frozen=True)
class StepLine:
    """Something that happened: at the desk with the handler's name, else without one."""

    move: str
    at: datetime
    level: int
    by: str
    text: str


@dataclass(frozen=True)
class PaperLine:
    """A paper that was handed in."""

    id: str
    kind: str
    size: int
    at: datetime


@dataclass(frozen=True)
class Case:
    """A case with what was written, for its author or its handler.

    named  whether somebody signed in wrote it under the own name
    """

    line: CaseLine
    text: str
    contact: str
    taken_by: str | None
    matter_zh: str
    matter_en: str
    ref: str
    named: bool
    answer: str
    elsewhere: rules.Elsewhere | None
    substance: str
    heard_at: datetime | None
    statement: str
    stated_at: datetime | None
    steps: tuple[StepLine, ...]
    papers: tuple[PaperLine, ...]
    may_escalate: bool


@dataclass(frozen=True)
class PartyCase:
    """What the party complained of reads: the substance as the handler wrote it, and its own word. Never who."""

    id: str
    number: str
    kind_zh: str
    kind_en: str
    substance: str
    heard_at: datetime
    statement: str
    stated_at: datetime | None
    open: bool
    outcome_zh: str
    outcome_en: str


@dataclass(frozen=True)
class KindCount:
    """Open cases of a kind: those in time, those late, and those whose clock stands still."""

    code: str
    zh: str
    en: str
    in_time: int
    late: int
    waiting: int


def kinds(db: Session, day: date) -> tuple[rules.ComplaintKind, ...]:
    """What one can complain about, with the clocks of a day."""
    return rules.read_kinds(value(db, "complaint.kinds", day))


def elsewhere(db: Session, day: date) -> tuple[rules.Elsewhere, ...]:
    """Who is competent for what this authority is not."""
    return rules.read_elsewhere(value(db, "complaint.elsewhere", day))


def cases(
    db: Session, day: date, *, closed: bool = False, districts: Collection[str] | None = None, without: Collection[str] = (),
    kind: str = "", late: bool = False, mine: str = "", after: str = "",
) -> Sequence[CaseLine]:
    """Open cases by their last day, late ones first; or the latest closed ones.

    districts  only of these districts, None for all
    without    organisations whose people ask: they never see what is about them
    kind, late, mine  only of a kind, only late ones, only an account's
    after      closed ones: the id after which a page begins
    """  # fmt: skip
    chosen = select(Complaint)
    if districts is not None:
        chosen = chosen.where(Complaint.district.in_(districts))
    if without:
        chosen = chosen.where(Complaint.about_id.is_(None) | Complaint.about_id.not_in(without))
    if kind:
        chosen = chosen.where(Complaint.kind == kind)
    if mine:
        chosen = chosen.where(Complaint.taken_by == mine)
    if closed:
        chosen = chosen.where(Complaint.state.not_in(OPEN)).order_by(Complaint.id.desc()).limit(PAGE)
        if after:
            chosen = chosen.where(Complaint.id < after)
    else:
        chosen = chosen.where(Complaint.state.in_(OPEN)).order_by(Complaint.due_on, Complaint.year, Complaint.serial)
    lines = lines_of(db, db.scalars(chosen).all(), day)
    if closed:
        return lines
    return [line for line in sorted(lines, key=lambda line: not line.overdue) if line.overdue or not late]


def counts(db: Session, day: date, districts: Collection[str] | None = None, without: Collection[str] = ()) -> list[KindCount]:
    """Open cases by kind."""
    lines = cases(db, day, districts=districts, without=without)
    found = []
    for k in kinds(db, day):
        mine = [line for line in lines if line.kind == k.code]
        late = sum(line.overdue for line in mine)
        still = sum(line.state == ComplaintState.WAITING for line in mine)
        found.append(KindCount(k.code, k.zh, k.en, len(mine) - late - still, late, still))
    return found


def case(db: Session, box: Box, complaint_id: str, day: date, actor: Actor | None = None) -> Case:
    """One case for the desk; how to reach its author is for its handler alone.

    Raises Missing("complaint.unknown"), for the party complained of, for who acted in the matter and other districts too.
    """
    row = db.get(Complaint, complaint_id)
    if row is None or (actor is not None and not _sees(actor, row)):
        raise Missing("complaint.unknown")
    found = opened(db, box, row, day)
    if actor is None or actor.account == row.taken_by:
        return found
    if actor.account in owning(db, row).hands:
        raise Missing("complaint.unknown")
    return replace(found, contact="")


def _sees(actor: Actor, row: Complaint) -> bool:
    bounds = actor.districts_for("complaint.see")
    return (bounds is None or row.district in bounds) and (row.about_id is None or row.about_id not in actor.organisations)


def by_word(db: Session, box: Box, number: str, word: str, day: date) -> Case:
    """A case for whoever knows its number and word. Raises Missing("complaint.unknown") for either being wrong."""
    row = authored(db, number, word, "")
    return for_author(opened(db, box, row, day), row)


def own(db: Session, box: Box, number: str, account_id: str, day: date) -> Case:
    """A case for the account that wrote it. Raises Missing("complaint.unknown")."""
    row = authored(db, number, "", account_id)
    return for_author(opened(db, box, row, day), row)


def authored(db: Session, number: str, word: str, account_id: str) -> Complaint:
    """The row for whoever knows its word or wrote it under this account. Raises Missing("complaint.unknown")."""
    row = db.scalars(select(Complaint).where(Complaint.number == number.strip().upper())).one_or_none()
    if row is None or not (_is_author(db, row, account_id) or hmac.compare_digest(row.word, rules.word_hash(word))):
        raise Missing("complaint.unknown")
    return row


def _is_author(db: Session, row: Complaint, account_id: str) -> bool:
    """By the account that wrote it; what was taken in at a counter may be older than the account of its author."""
    if row.account_id is not None and row.account_id == account_id:
        return True
    account = find_account(db, account_id)
    return row.person_id is not None and account is not None and account.person_id == row.person_id


def author_of(db: Session, number: str, word: str, account_id: str) -> str | None:
    """The person under whose data key what belongs to a case is sealed, for its author. Raises Missing."""
    return authored(db, number, word, account_id).person_id


def for_author(case: Case, row: Complaint) -> Case:
    """What the party said is for the desk, and so are its people's names. Whether a number was found is told to nobody."""
    steps = tuple(replace(s, by="", level=0) for s in case.steps)
    return replace(case, substance="", statement="", steps=steps, taken_by=None, line=line_for_author(case.line, row))


def line_for_author(line: CaseLine, row: Complaint) -> CaseLine:
    """Whose body and which level it is would tell whether a number that was given exists, so neither is told then."""
    if row.matter_ref is not None:
        return replace(line, handler="", about="", level=0)
    return replace(line, handler="")


def of_account(db: Session, account_id: str, day: date) -> Sequence[CaseLine]:
    """One's own cases, the latest first."""
    account = find_account(db, account_id)
    mine = Complaint.account_id == account_id
    if account is not None and account.person_id is not None:
        mine = or_(mine, Complaint.person_id == account.person_id)
    rows = db.scalars(select(Complaint).where(mine).order_by(Complaint.id.desc())).all()
    return [line_for_author(line, row) for line, row in zip(lines_of(db, rows, day), rows, strict=True)]


def told_to(db: Session, bodies: Collection[str], day: date) -> list[PartyCase]:
    """Cases in which these organisations were asked for their word, the latest first."""
    rows = db.scalars(
        select(Complaint)
        .where(Complaint.about_id.in_(bodies), Complaint.heard_at.is_not(None))
        .order_by(Complaint.heard_at.desc())
        .limit(PAGE)
    ).all()
    box, words = box_of(db), {k.code: k for k in kinds(db, day)}
    return [
        PartyCase(
            r.id, r.number, words[r.kind].zh if r.kind in words else r.kind, words[r.kind].en if r.kind in words else r.kind,
            _read(box, r, "substance"), r.heard_at, _read(box, r, "statement"), r.stated_at, r.state in OPEN, *_outcome(r),
        )
        for r in rows
        if r.heard_at is not None
    ]  # fmt: skip


def waiting(db: Session, actor: Actor) -> int:
    """How many running cases nobody has taken, or this handler has."""
    bounds = actor.districts_for(HANDLE)
    chosen = (
        select(func.count())
        .select_from(Complaint)
        .where(Complaint.state.in_(RUNNING), or_(Complaint.taken_by.is_(None), Complaint.taken_by == actor.account))
    )
    if bounds is not None:
        chosen = chosen.where(Complaint.district.in_(bounds), Complaint.level == rules.Level.DISTRICT)
    return db.scalar(chosen) or 0


def unheard(db: Session, bodies: Collection[str]) -> int:
    """How many complaints wait for the word of these organisations."""
    asked = (Complaint.heard_at.is_not(None), Complaint.stated_at.is_(None), Complaint.state.in_(OPEN))
    return db.scalar(select(func.count()).select_from(Complaint).where(Complaint.about_id.in_(bodies), *asked)) or 0


def upheld_by_organisation(db: Session, since: datetime) -> dict[str, int]:
    """organisation → complaints that were found to be true, wholly or partly, since a moment: for the risk score."""
    rows = db.execute(
        select(Complaint.about_id, func.count())
        .where(Complaint.about_id.is_not(None), Complaint.outcome.in_(TRUE_OUTCOMES), Complaint.closed_at >= since)
        .group_by(Complaint.about_id)
    )
    return {body: count for body, count in rows if body is not None}


def paper(db: Session, box: Box, folder: Path, complaint_id: str, paper_id: str) -> tuple[str, bytes]:
    """(kind, bytes) of a paper. Raises Missing("complaint_file.unknown"), also when it was erased with its author."""
    row = db.get(ComplaintFile, paper_id)
    if row is None or row.complaint_id != complaint_id:
        raise Missing("complaint_file.unknown")
    try:
        return row.kind, box.open_bytes((folder / "complaints" / row.id).read_bytes(), f"complaint_file:{row.id}:bytes")
    except (FileNotFoundError, Shredded) as gone:
        raise Missing("complaint_file.unknown") from gone


def opened(db: Session, box: Box, row: Complaint, day: date) -> Case:
    steps = db.scalars(select(ComplaintStep).where(ComplaintStep.complaint_id == row.id).order_by(ComplaintStep.serial)).all()
    papers = db.scalars(select(ComplaintFile).where(ComplaintFile.complaint_id == row.id).order_by(ComplaintFile.at, ComplaintFile.id))
    ways = {e.code: e for e in elsewhere(db, day)}
    return Case(
        lines_of(db, [row], day)[0], _read(box, row, "text", GONE), _read(box, row, "contact"), row.taken_by,
        *rules.MATTERS.get(row.matter, rules.MATTERS[""]), _read(box, row, "matter_ref"), row.account_id is not None or row.person_id is not None,
        _read(box, row, "answer", GONE), ways.get(row.elsewhere or ""),
        _read(box, row, "substance", GONE), row.heard_at, _read(box, row, "statement", GONE), row.stated_at,
        tuple(
            StepLine(
                s.move, s.at, s.level, name_of(db, s.account) if s.account else "",
                box.read(s.text, f"complaint_step:{s.id}:text", GONE) if s.text else "",
            )
            for s in steps
        ),
        tuple(PaperLine(p.id, p.kind, p.size, p.at) for p in papers),
        bool(rules.may_escalate(standing(db, row, day), day)),
    )  # fmt: skip


def standing(db: Session, row: Complaint, day: date) -> rules.Standing:
    """What decides whether a case may go up."""
    closed = None if row.closed_at is None else shanghai_day(row.closed_at)
    last = None if closed is None else add_working_days(closed, int(value(db, "complaint.review", day)["within"]))
    return rules.Standing(
        row.state, row.escalated_at is not None, row.accept_by or row.due_on, row.accepted_at is not None, row.due_on, closed, last
    )


def _read(box: Box, row: Complaint, column: str, gone: str = "") -> str:
    sealed: bytes | None = getattr(row, column)
    return "" if sealed is None else box.read(sealed, f"complaint:{row.id}:{column}", gone)


def _outcome(row: Complaint) -> tuple[str, str]:
    return OUTCOME_WORDS[Outcome(row.outcome)] if row.outcome else ("", "")


def lines_of(db: Session, rows: Sequence[Complaint], day: date) -> list[CaseLine]:
    words = {k.code: k for k in kinds(db, day)}
    bodies = {o.id: o.name for o in organisations(db)} if any(r.about_id for r in rows) else {}
    return [
        CaseLine(
            r.id, r.number, r.kind, words[r.kind].zh if r.kind in words else r.kind, words[r.kind].en if r.kind in words else r.kind,
            bodies.get(r.about_id or "", ""), r.state, *COMPLAINT.words[ComplaintState(r.state)], r.level, r.received_at,
            r.accept_by, r.due_on, rules.is_late(r.state, r.accept_by or r.due_on, r.accepted_at is not None, r.due_on, day),
            _left(r, day), name_of(db, r.taken_by) if r.taken_by else "", *_outcome(r), r.closed_at,
        )
        for r in rows
    ]  # fmt: skip


def _left(row: Complaint, day: date) -> int | None:
    if row.state not in RUNNING:
        return None
    if day <= row.due_on:
        return working_days_between(day, row.due_on)
    return -working_days_between(row.due_on, day)
