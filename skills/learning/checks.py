"""What always holds of learning: the ledger is what was written, nobody's time counts twice, and files are what they were."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

from sqlalchemy import select

from skills.config import Settings
from skills.courses.queries import attendance, hours
from skills.kernel.checks import Bookkeeper, check
from skills.learning.actions import money
from skills.learning.actions.authoring import FOLDER
from skills.learning.models import ClassHour, Lesson, Overlap, Study, StudyBeat, StudyQuestion
from skills.learning.queries import ledger, presence
from skills.learning.rules.places import Kind, meetings
from skills.learning.rules.spans import Span, total, union
from skills.learning.states import LessonState, OverlapState, StudyState
from skills.standards.queries import value
from skills.vouchers.queries import states_of, uses


@check("learning.ledger", "学时台账逐条相加等于签到和在线计时 the lines of the ledger add up to attendance and honest time")
def adds_up(books: Bookkeeper) -> Iterator[str]:
    lines: dict[str, list[ClassHour]] = defaultdict(list)
    for row in books.db.scalars(select(ClassHour).order_by(ClassHour.enrolment_id, ClassHour.number)):
        lines[row.enrolment_id].append(row)
    studied = set(books.db.scalars(select(Study.enrolment_id).where(Study.state != StudyState.OPEN)))
    marks: dict[tuple[str, str], list[hours.Mark]] = defaultdict(list)
    for m in hours.marks(books.db):
        marks[m.class_id, m.person_id].append(m)
    known = hours.sessions(books.db, None)
    gone: dict[str, list[Overlap]] = defaultdict(list)
    for o in books.db.scalars(select(Overlap).where(Overlap.state == OverlapState.DECIDED)):
        gone[o.person_id].append(o)
    policies: dict[date, attendance.Policy] = {}
    for place in hours.places(books.db):
        if place.starts_on not in policies:
            policies[place.starts_on] = attendance.policy_of(books.db, place.starts_on)
        mine = marks.get((place.class_id, place.person_id), [])
        ought = ledger.of_rooms(mine, known, policies[place.starts_on], presence.lost(gone[place.person_id]))
        if place.enrolment_id in studied:
            ought |= ledger.online(books.db, place)
        yield from _differences(place.enrolment_id, ought, lines[place.enrolment_id])
    for enrolment, rows in lines.items():
        balance = 0
        for number, row in enumerate(rows, 1):
            balance += row.minutes
            if row.number != number or row.balance != balance:
                yield f"{enrolment}: line {row.number} says {row.balance}, line {number} comes to {balance}"
                break


def _differences(enrolment: str, ought: dict[ledger.Source, int], rows: list[ClassHour]) -> Iterator[str]:
    says: dict[ledger.Source, int] = defaultdict(int)
    for row in rows:
        says[ledger.Source(row.kind, row.source, row.day)] += row.minutes
    for source in sorted({*ought, *says}):
        if ought.get(source, 0) != says.get(source, 0):
            yield f"{enrolment} {source.kind} {source.source}: {says.get(source, 0)} minutes, ought to be {ought.get(source, 0)}"


@check("learning.ledger_places", "台账每条属于本人的班 each line of the ledger is of the place's own person and class")
def of_their_places(books: Bookkeeper) -> Iterator[str]:
    places = {p.enrolment_id: p for p in hours.places(books.db)}
    for row in books.db.scalars(select(ClassHour)):
        place = places.get(row.enrolment_id)
        if place is not None and (place.person_id, place.class_id) != (row.person_id, row.class_id):
            yield f"{row.id}: of another person or class than its place"


@check("learning.once", "同一人的同一秒只计一次 nobody's second counts twice, and online never more than passed")
def once(books: Bookkeeper) -> Iterator[str]:
    """Of what the ledger says, without the rules that made it: all minutes online fit into the time in front of lessons."""
    says: dict[str, dict[tuple[str, str], int]] = defaultdict(lambda: defaultdict(int))
    for row in books.db.scalars(select(ClassHour).where(ClassHour.kind == Kind.ONLINE)):
        says[row.person_id][row.enrolment_id, row.source] += row.minutes
    caps = dict(books.db.execute(select(Lesson.id, Lesson.minutes)).all())
    sat: dict[str, dict[tuple[str, str], list[Span]]] = defaultdict(lambda: defaultdict(list))
    for s in books.db.scalars(select(Study)):
        sat[s.person_id][s.enrolment_id, s.lesson_id].append(Span(s.started_at, s.last_at))
    for person_id, lessons in sorted(says.items()):
        for key, minutes in sorted(lessons.items()):
            if timedelta(minutes=minutes) > total(union(sat[person_id][key])) or minutes > caps.get(key[1], 0):
                yield f"{person_id} {key[1]}: {minutes} minutes count, more than passed or than the lesson holds"
        passed = total(union(span for spans in sat[person_id].values() for span in spans))
        if timedelta(minutes=sum(lessons.values())) > passed:
            yield f"{person_id}: {sum(lessons.values())} minutes count online, {passed} passed: a moment counts in two lessons"


@check("learning.overlaps", "两处同时学习都已标记 whoever was in two places at once is flagged, and who decided is named")
def flagged(books: Bookkeeper) -> Iterator[str]:
    live: set[tuple[str, str, str]] = set()
    for o in books.db.scalars(select(Overlap)):
        if o.state != OverlapState.LIFTED:
            live.add((o.person_id, o.first_source, o.second_source))
        if (o.state == OverlapState.DECIDED) != bool(o.decided_by and o.reason):
            yield f"overlap {o.id} is {o.state}, decided by {o.decided_by}"
    came: dict[str, list[hours.Mark]] = defaultdict(list)
    for mark in hours.marks(books.db):
        came[mark.person_id].append(mark)
    held: dict[str, set[str]] = defaultdict(set)
    for place in hours.places(books.db):
        held[place.person_id].add(place.class_id)
    studied = set(books.db.scalars(select(Study.person_id)))
    least = timedelta(minutes=int(value(books.db, "learning.overlap_minutes", books.at.date())))
    for person_id in sorted({*came, *studied}):
        where = presence.rooms_of(came[person_id])
        if person_id in studied:
            known = presence.sat(books.db, person_id)
            where += presence.online(known)
        for m in meetings([p for p in where if p.klass in held[person_id]], least):
            if (person_id, m.first.source, m.second.source) not in live:
                yield f"{person_id}: in two places for {m.minutes} minutes, which nobody flagged"


@check("learning.overlaps_live", "待认定的重叠两处都在读 an overlap that waits is of two places that were not given back")
def of_live_places(books: Bookkeeper) -> Iterator[str]:
    held = {(p.person_id, p.class_id) for p in hours.places(books.db)}
    for o in books.db.scalars(select(Overlap).where(Overlap.state == OverlapState.OPEN)):
        if {(o.person_id, o.first_class), (o.person_id, o.second_class)} - held:
            yield f"overlap {o.id} is open, though a place was given back"


@check("learning.overlaps_paid", "结业后发现的重叠，认定前未拨付的钱冻结 money waits while it is not decided where somebody was, and no longer")
def frozen(books: Bookkeeper) -> Iterator[str]:
    held = uses.holds_of(books.db, money.source(""))
    late = list(books.db.scalars(select(Overlap).where(Overlap.state == OverlapState.OPEN, Overlap.after)))
    places = {(p.class_id, p.person_id): p for p in hours.places(books.db, persons={o.person_id for o in late})} if late else {}
    for o in late:
        both = [places.get((c, o.person_id)) for c in (o.first_class, o.second_class)]
        ids = {p.redemption_id for p in both if p and p.redemption_id and p.ended_at and p.ended_at <= o.opened_at}
        states = states_of(books.db, sorted(ids))
        for use in sorted(ids - held.pop(money.source(o.id), set())):
            if states.get(use) == "earned":
                yield f"overlap {o.id} is not decided, and the money of {use} is free"
    for source in sorted(held):
        yield f"a hold of {source}, which waits for nothing"


@check("learning.beats", "报到逐次相连，时间不倒退 signs of life run without gap, and time runs forward")
def beats(books: Bookkeeper) -> Iterator[str]:
    held: dict[str, list[StudyBeat]] = defaultdict(list)
    for b in books.db.scalars(select(StudyBeat).order_by(StudyBeat.study_id, StudyBeat.number)):
        held[b.study_id].append(b)
    for row in books.db.scalars(select(Study)):
        mine = held.get(row.id, [])
        if [b.number for b in mine] != list(range(row.beats + 1)):
            yield f"study {row.id}: {len(mine)} signs of life, the last should be {row.beats}"
        elif [b.at for b in mine] != sorted(b.at for b in mine) or mine[0].at != row.started_at or mine[-1].at != row.last_at:
            yield f"study {row.id}: its time does not run from {row.started_at} to {row.last_at}"
        elif row.ended_at is not None and row.ended_at < row.last_at:
            yield f"study {row.id}: a sign of life after its end"
    owner = dict(books.db.execute(select(Study.id, Study.started_at)).all())
    for q in books.db.scalars(select(StudyQuestion)):
        early = q.asked_at < owner[q.study_id] or q.answer_by <= q.asked_at
        if early or (q.answered_at is not None and q.answered_at < q.asked_at):
            yield f"question {q.id}: asked, due and answered in no order"


@check("learning.studies", "在线学习都在本人的班、已发布的课件上，一次一处 each study is of one's own place, of its course's lesson, one at a time")
def studies(books: Bookkeeper) -> Iterator[str]:
    lessons = {row.id: row for row in books.db.scalars(select(Lesson))}
    places = {p.enrolment_id: p for p in hours.places(books.db)}
    for row in books.db.scalars(select(Study)):
        place, lesson = places.get(row.enrolment_id), lessons[row.lesson_id]
        if place is not None and (place.person_id != row.person_id or place.course_id != lesson.course_id):
            yield f"study {row.id}: of another person's place, or of another course's lesson"
        if lesson.decided_at is None or lesson.decided_at > row.started_at:
            yield f"study {row.id}: its lesson was not published then"
        if lesson.withdrawn_at is not None and lesson.withdrawn_at < row.started_at:
            yield f"study {row.id}: its lesson was withdrawn before"
    before: Study | None = None
    for row in books.db.scalars(select(Study).order_by(Study.person_id, Study.started_at, Study.ended_at.is_(None), Study.ended_at)):
        if before is not None and before.person_id == row.person_id and (before.ended_at is None or before.ended_at > row.started_at):
            yield f"{row.person_id}: study {before.id} was still open when {row.id} began"
        before = row


@check("learning.lessons", "课件经审核才发布，文件与登记的摘要一致 lessons were reviewed by somebody else, their files are what they were")
def lessons(books: Bookkeeper) -> Iterator[str]:
    settings = books.tools[Settings]
    assert isinstance(settings, Settings)  # noqa: S101 - narrows for the type checker
    seen: dict[str, str] = {}
    for row in books.db.scalars(select(Lesson)):
        if row.state == LessonState.PUBLISHED and (not row.decided_by or not row.decided_at):
            yield f"lesson {row.id}: published, reviewed by nobody"
        if not row.digest:
            continue
        if row.digest not in seen:
            path = settings.files_dir / FOLDER / row.digest
            seen[row.digest] = _digest(path) if path.is_file() else "missing"
        if seen[row.digest] != row.digest:
            yield f"lesson {row.id}: its file is {seen[row.digest][:12]}, not {row.digest[:12]}"


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()

