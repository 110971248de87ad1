"""In front of a lesson: opened, signs of life by the server's clock, questions at random, left."""

from __future__ import annotations

import hmac
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import select

from skills.courses.actions import hours as told
from skills.courses.queries import hours
from skills.courses.queries.hours import PlaceFacts
from skills.courses.states import ClassState, EnrolmentState
from skills.kernel.acts import Act, action
from skills.kernel.errors import Missing, Refusal
from skills.kernel.keys import KeyRing
from skills.learning.actions.ledger import bring_up
from skills.learning.models import Lesson, Study, StudyBeat, StudyQuestion
from skills.learning.queries import presence
from skills.learning.rules import questions as rules
from skills.learning.rules.credit import Way
from skills.learning.states import STUDY, LessonState, StudyState
from skills.standards.queries import value

STUDYING = "lesson.study"
LOOK_BACK = 40  # numbers back in which a token is told as used, and not as made up
MOST_RATE = 1600


@dataclass(frozen=True)
class Asked:
    """A question that waits: choose `word` among `choices` (places in `rules.questions.WORDS`) until a moment."""

    question_id: str
    word: int
    choices: tuple[int, ...]
    answer_by: datetime


@dataclass(frozen=True)
class Sitting:
    """Somebody in front of a lesson after an act. `token` is what the next sign of life must show."""

    study_id: str
    state: str
    number: int
    token: str
    position: int
    asked: Asked | None = None


@dataclass(frozen=True)
class Lapsed:
    """How many studies without a sign of life were ended."""

    count: int


@action("study.start", may=STUDYING)
def start(act: Act, enrolment_id: str, lesson_id: str) -> Sitting:
    """Open a lesson. Whatever was open on another page or device ends there: a person learns in one place at a time.

    A question that the person left without an answer is asked again at once.
    Raises Missing("lesson.unknown"), Refusal("study.not_attending" | "study.in_class").
    """
    person_id = act.actor.person
    if person_id is None:
        raise Refusal("no_person")
    lesson, place = act.get(Lesson, id=lesson_id), _own_place(act, person_id, enrolment_id)
    if lesson.state != LessonState.PUBLISHED or lesson.course_id != place.course_id:
        raise Missing("lesson.unknown")
    refuse_place(place)
    told.lock(act, person_id)
    until = _in_class(act, person_id)
    if until is not None:
        raise Refusal("study.in_class", until=until)
    before = act.find(Study, person_id=person_id, state=StudyState.OPEN)
    if before is not None:
        _end(act, before, "go_elsewhere")
    here = act.db.scalars(
        select(Study.position).where(Study.enrolment_id == enrolment_id, Study.lesson_id == lesson_id).order_by(Study.started_at.desc()).limit(1)
    ).first()
    again = 0 if here is None or here >= lesson.length else here
    row = act.add(
        Study(
            id=act.new_id(), person_id=person_id, enrolment_id=place.enrolment_id, lesson_id=lesson.id, state=STUDY.start,
            started_at=act.at, last_at=act.at, position=again, device=act.actor.device[:64],
        )
    )
    _write(act, row, 0, Way.START, again, 100)
    act.note("study.start", id=row.id, lesson=lesson.id)
    if _before(act, row).pending:
        _put(act, row, 1, place.starts_on)
    return _sitting(act, row)


def refuse_place(place: PlaceFacts) -> None:
    """Time counts in a class that runs, for who attends it. Raises Refusal("study.not_attending")."""
    if place.class_state not in (ClassState.RUNNING, ClassState.FINISHED) or place.state != EnrolmentState.ATTENDING:
        raise Refusal("study.not_attending")


def _in_class(act: Act, person_id: str) -> datetime | None:
    """Until when the person is in a classroom, by attendance that was written; None if in none."""
    ends = [s.ends for p in presence.rooms(act.db, person_id) for s in p.spans if s.starts <= act.at < s.ends]
    return max(ends, default=None)


@action("study.beat", may=STUDYING)
def beat(act: Act, study_id: str, token: str, position: int, rate: int = 100, way: Way = Way.BEAT) -> Sitting:
    """A sign of life, at the server's time, with the token that came with the one before.

    Raises Missing("study.unknown"), Refusal("study.goes_on_elsewhere" | "study.over" | "study.replayed" | "study.forged" |
    "study.too_soon" | "study.not_attending").
    """
    row = _mine(act, study_id, token)
    if way not in (Way.BEAT, Way.STEP):
        raise Refusal("study.forged")
    place = hours.place(act.db, row.enrolment_id)
    refuse_place(place)
    least = int(value(act.db, "learning.beat", place.starts_on)["least"])
    if way is Way.BEAT and (act.at - row.last_at).total_seconds() < least:
        raise Refusal("study.too_soon", least=least)
    _write(act, row, row.beats + 1, way, position, rate)
    _ask(act, row, place.starts_on)
    return _sitting(act, row)


@action("study.answer", may=STUDYING)
def answer(act: Act, study_id: str, question_id: str, word: int) -> Sitting:
    """Answer the question that waits. Late it still counts as being there again: what lies between is lost.

    Raises Missing("study.unknown" | "study_question.unknown"), Refusal("study.goes_on_elsewhere" | "study.over" |
    "study.wrong_word").
    """
    row = _open(act, study_id)
    question = act.get(StudyQuestion, id=question_id, study_id=row.id)
    right, _ = rules.choices(_secret(act), row.id, question.number)
    if word != right:
        raise Refusal("study.wrong_word")
    if question.answered_at is None:
        question.answered_at = act.at
        act.note("study.answer", id=row.id, late=act.at > question.answer_by)
    return _sitting(act, row)


@action("study.leave", may=STUDYING)
def leave(act: Act, study_id: str, token: str, position: int, rate: int = 100) -> Sitting:
    """Leave the lesson: the last sign of life; what counts goes into the ledger. Raises as `beat` does."""
    row = _mine(act, study_id, token)
    _write(act, row, row.beats + 1, Way.LEAVE, position, rate)
    _end(act, row, "leave")
    return _sitting(act, row)


@action("study.lapse", may="system.jobs")
def lapse(act: Act) -> Lapsed:
    """End what has shown no sign of life for longer than counts, some at a time; what counts goes into the ledger."""
    rows = act.db.scalars(select(Study).where(Study.state == StudyState.OPEN).order_by(Study.last_at).limit(50)).all()
    gone = [row for row in rows if _silent(act, row)]
    for row in sorted(gone, key=lambda one: one.person_id):
        told.lock(act, row.person_id)
        act.db.refresh(row)
        if row.state == StudyState.OPEN and _silent(act, row):
            _end(act, row, "lapse")
    return Lapsed(len(gone))


def _silent(act: Act, row: Study) -> bool:
    """Whether no further sign of life could count any more, by the policy of the class."""
    [bounds] = presence.bounds(act.db, [row]).values()
    return (act.at - row.last_at).total_seconds() > max(bounds.most, bounds.step_most)


def _end(act: Act, row: Study, how: str) -> None:
    act.move(row, STUDY, how, ended_at=act.at)
    bring_up(act, row.person_id)


def _own_place(act: Act, person_id: str, enrolment_id: str) -> PlaceFacts:
    place = hours.place(act.db, enrolment_id)
    if place.person_id != person_id:
        raise Missing("enrolment.unknown")
    return place


def _open(act: Act, study_id: str) -> Study:
    if act.actor.person is None:
        raise Missing("study.unknown")
    told.lock(act, act.actor.person)  # before it is read: another device may be ending it just now
    row = act.get(Study, id=study_id)
    if row.person_id != act.actor.person:
        raise Missing("study.unknown")
    if row.state == StudyState.ELSEWHERE:
        raise Refusal("study.goes_on_elsewhere")
    if row.state != StudyState.OPEN:
        raise Refusal("study.over")
    return row


def _mine(act: Act, study_id: str, token: str) -> Study:
    """One's own open study whose next token this is."""
    row = _open(act, study_id)
    secret = _secret(act)
    want = rules.token(secret, row.id, row.beats + 1, row.last_at)
    if not hmac.compare_digest(want.encode(), token.encode()):
        raise Refusal("study.replayed" if _was_used(act, row, secret, token) else "study.forged")
    return row


def _was_used(act: Act, row: Study, secret: bytes, token: str) -> bool:
    """Whether this was the token of an earlier sign of life."""
    chosen = select(StudyBeat).where(StudyBeat.study_id == row.id, StudyBeat.number >= row.beats - LOOK_BACK)
    moments = {b.number: b.at for b in act.db.scalars(chosen)}
    return any(hmac.compare_digest(rules.token(secret, row.id, n + 1, at).encode(), token.encode()) for n, at in moments.items() if n < row.beats)


def _write(act: Act, row: Study, number: int, way: Way, position: int, rate: int) -> None:
    lesson = act.get(Lesson, id=row.lesson_id)
    where = max(0, min(position, lesson.length))
    act.add(
        StudyBeat(
            id=act.new_id(), study_id=row.id, number=number, at=act.at, way=way, position=where, rate=max(0, min(rate, MOST_RATE))
        )
    )
    row.beats, row.last_at, row.position = number, act.at, where
    act.db.flush()


@dataclass(frozen=True)
class _Before:
    """What a person's earlier sittings leave to prove: a question without an answer, or time in front since the last answer."""

    pending: bool
    time: timedelta


def _before(act: Act, row: Study) -> _Before:
    """Of all sittings before this one: whoever leaves and comes back has proved nothing by it."""
    earlier = (Study.person_id == row.person_id, Study.id != row.id)
    asked = select(StudyQuestion).join(Study, Study.id == StudyQuestion.study_id).where(*earlier)
    last = act.db.scalars(asked.order_by(StudyQuestion.asked_at.desc(), StudyQuestion.id.desc()).limit(1)).first()
    if last is not None and last.answered_at is None:
        return _Before(True, timedelta())
    since = select(Study.started_at, Study.last_at).where(*earlier)
    if last is None or last.answered_at is None:
        return _Before(False, sum((until - begun for begun, until in act.db.execute(since)), timedelta()))
    proof = last.answered_at
    sat = act.db.execute(since.where(Study.last_at > proof))
    return _Before(False, sum((until - max(begun, proof) for begun, until in sat), timedelta()))


def _ask(act: Act, row: Study, day: date) -> None:
    """Ask whether somebody is there, when the time has come that only the server knows. By the policy of the class's first day."""
    chosen = select(StudyQuestion).where(StudyQuestion.study_id == row.id).order_by(StudyQuestion.number.desc()).limit(1)
    last = act.db.scalars(chosen).first()
    if last is not None and last.answered_at is None:
        return
    turn, proof = (last.number + 1, last.answered_at or last.asked_at) if last else (1, row.started_at - _before(act, row).time)
    policy = value(act.db, "learning.question", day)
    if act.at >= rules.due(_secret(act), row.id, turn, proof, int(policy["least"]), int(policy["most"])):
        _put(act, row, turn, day)


def _put(act: Act, row: Study, turn: int, day: date) -> None:
    """Ask; how long it may wait is written with it."""
    until = act.at + timedelta(seconds=int(value(act.db, "learning.question", day)["seconds"]))
    act.add(StudyQuestion(id=act.new_id(), study_id=row.id, number=turn, asked_at=act.at, answer_by=until))


def _secret(act: Act) -> bytes:
    """The key of questions and tokens. When it changes, open pages are told to begin again and lose at most a minute."""
    ring = act.using(KeyRing)
    return ring.secret("steps", ring.active("steps").kid)


def _sitting(act: Act, row: Study) -> Sitting:
    secret = _secret(act)
    waiting = act.db.scalars(select(StudyQuestion).where(StudyQuestion.study_id == row.id, StudyQuestion.answered_at.is_(None))).first()
    asked = None
    if waiting is not None and row.state == StudyState.OPEN:
        word, choices = rules.choices(secret, row.id, waiting.number)
        asked = Asked(waiting.id, word, tuple(choices), waiting.answer_by)
    token = rules.token(secret, row.id, row.beats + 1, row.last_at) if row.state == StudyState.OPEN else ""
    return Sitting(row.id, row.state, row.beats, token, row.position, asked)
