"""How much of the time in front of a lesson counts (pure): `credit(studies, …)` gives minutes, and reasons for what is lost.

Time counts between two signs of life that the server itself wrote down, as long as they are not too far apart, the
playing was not too fast, and whoever learns answered the questions that came at random. A moment counts in one place
only. Source: features.md F10 (invented logs, automatic players); all numbers are policy rows.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
from itertools import pairwise

from skills.kernel.clock import shanghai_day
from skills.learning.rules.spans import NOTHING, Span, common, total, union, without

END = datetime.max.replace(tzinfo=UTC)
SLACK = 5  # seconds by which a player may be ahead of the clock


class Way(StrEnum):
    """How a sign of life came about."""

    START = "start"
    BEAT = "beat"
    STEP = "step"
    LEAVE = "leave"


class Lost(StrEnum):
    """Why time in front of a lesson does not count."""

    GAP = "gap"
    SPEED = "speed"
    UNPROVED = "unproved"
    ROOM = "room"
    TWICE = "twice"
    CAP = "cap"


LOST_WORDS: Mapping[str, tuple[str, str]] = {
    Lost.GAP: ("中途断开", "away or offline"),
    Lost.SPEED: ("快进或倍速超限", "skipped ahead or played too fast"),
    Lost.UNPROVED: ("未按时回应在线提问", "a question was not answered in time"),
    Lost.ROOM: ("同一时间在教室签到", "in a classroom at the same time"),
    Lost.TWICE: ("同一时间在另一课", "another lesson at the same time"),
    Lost.CAP: ("已达本课上限", "more than the lesson holds"),
}


@dataclass(frozen=True)
class Limits:
    """Policy of the day on which the class began. Seconds between two signs of life; playing speed in per cent; seconds for an answer.

    most       between two beats of the page
    step_most  between two steps that somebody made by hand
    rate       the fastest that a video may be played
    answer     how long a question may wait
    """

    most: int
    step_most: int
    rate: int
    answer: int


@dataclass(frozen=True, order=True)
class Beat:
    """A sign of life as the server wrote it. `position` is a second of a video, a page or a part; `rate` in per cent."""

    at: datetime
    number: int
    way: str = Way.BEAT
    position: int = 0
    rate: int = 100


@dataclass(frozen=True, order=True)
class Question:
    """Asked at a moment; `answered` when the right answer came, None if none did; `by` until when it is in time, as it was asked."""

    asked: datetime
    answered: datetime | None = None
    by: datetime | None = None


@dataclass(frozen=True)
class Study:
    """Somebody in front of a lesson: `lesson` is the key under which minutes are counted, `video` if positions are seconds."""

    id: str
    lesson: str
    beats: Sequence[Beat]
    questions: Sequence[Question] = ()
    video: bool = False


@dataclass(frozen=True)
class Credit:
    """What counts. spans by lesson, in order; minutes by (lesson, day in Shanghai); lost time by (lesson, reason)."""

    spans: Mapping[str, Sequence[Span]]
    minutes: Mapping[tuple[str, date], int]
    lost: Mapping[tuple[str, Lost], timedelta] = field(default_factory=dict)

    def of(self, lesson: str) -> int:
        """All whole minutes of a lesson."""
        return sum(n for (key, _), n in self.minutes.items() if key == lesson)


def alive(study: Study, limits: Limits) -> tuple[list[Span], dict[Lost, list[Span]]]:
    """The time of one study that its signs of life cover, and what is lost of it and why; in whatever order they are given."""
    first: dict[int, Beat] = {}
    for beat in sorted(study.beats):
        first.setdefault(beat.number, beat)
    beats = sorted(first.values())
    good: list[Span] = []
    lost: dict[Lost, list[Span]] = defaultdict(list)
    for a, b in pairwise(beats):
        span, fault = Span(a.at, b.at), _fault(a, b, limits, study.video)
        if fault is None:
            good.append(span)
        else:
            lost[fault].append(span)
    if beats:
        unproved = list(_unproved(beats[0].at, study.questions, limits))
        lost[Lost.UNPROVED] += common(good, unproved)
        good = without(good, unproved)
    return union(good), lost


def _fault(a: Beat, b: Beat, limits: Limits, video: bool) -> Lost | None:
    apart = (b.at - a.at).total_seconds()
    if apart > (limits.step_most if b.way == Way.STEP else limits.most):
        return Lost.GAP
    ahead = video and b.position - a.position > apart * limits.rate / 100 + SLACK
    return Lost.SPEED if b.rate > limits.rate or ahead else None


def _unproved(start: datetime, questions: Sequence[Question], limits: Limits) -> Iterable[Span]:
    """For each question that was not answered in time: from the last proof before it to the answer, if one came at all."""
    proof = start
    for q in sorted(questions, key=lambda one: (one.asked, one.answered or END)):
        in_time = q.answered is not None and q.answered <= (q.by or q.asked + timedelta(seconds=limits.answer))
        if not in_time:
            yield Span(min(proof, q.asked), q.answered or END)
        if q.answered is not None:
            proof = max(proof, q.answered)


def credit(
    studies: Iterable[Study], caps: Mapping[str, int], limits: Limits | Mapping[str, Limits], rooms: Iterable[Span] = ()
) -> Credit:
    """What counts of one person's studies.

    caps    lesson → the most minutes that count of it
    limits  for all studies, or study → those of its class
    rooms   when the person was in a classroom: that time counts there, if anywhere
    Two studies at once: the one that began first keeps the time.
    """
    taken = union(rooms)
    spans: dict[str, list[Span]] = defaultdict(list)
    lost: dict[tuple[str, Lost], timedelta] = defaultdict(timedelta)
    begun = sorted((s for s in studies if s.beats), key=lambda s: (min(b.at for b in s.beats), s.id))
    room = taken
    for study in begun:
        good, gone = alive(study, limits if isinstance(limits, Limits) else limits[study.id])
        for why, where in gone.items():
            lost[study.lesson, why] += total(union(where))
        lost[study.lesson, Lost.ROOM] += total(common(good, room))
        free = without(good, room)
        mine = without(free, taken)
        lost[study.lesson, Lost.TWICE] += total(free) - total(mine)
        spans[study.lesson] += mine
        taken = union([*taken, *mine])
    minutes: dict[tuple[str, date], int] = {}
    kept: dict[str, Sequence[Span]] = {}
    for lesson, held in spans.items():
        kept[lesson] = _capped(union(held), timedelta(minutes=caps.get(lesson, 0)))
        lost[lesson, Lost.CAP] += total(union(held)) - total(kept[lesson])
        minutes |= _by_day(lesson, kept[lesson])
    return Credit(kept, minutes, {key: length for key, length in lost.items() if length})


def _capped(spans: Sequence[Span], most: timedelta) -> list[Span]:
    """The first time of a lesson, as far as it reaches."""
    found, left = [], most
    for span in spans:
        part = Span(span.starts, span.starts + min(left, span.length))
        left -= part.length
        if part.length:
            found.append(part)
    return found


def _by_day(lesson: str, spans: Sequence[Span]) -> dict[tuple[str, date], int]:
    """Whole minutes by day, so that all days together are the whole minutes of all seconds."""
    found: dict[tuple[str, date], int] = {}
    so_far = NOTHING
    for span in spans:
        for part in _days(span):
            before, so_far = so_far, so_far + part.length
            whole = so_far // timedelta(minutes=1) - before // timedelta(minutes=1)
            if whole:
                key = (lesson, shanghai_day(part.starts))
                found[key] = found.get(key, 0) + whole
    return found


def _days(span: Span) -> Iterable[Span]:
    """A span, cut at midnight in Shanghai (16:00 UTC)."""
    starts = span.starts
    while starts < span.ends:
        midnight = starts.astimezone(UTC).replace(hour=16, minute=0, second=0, microsecond=0)
        if midnight <= starts:
            midnight += timedelta(days=1)
        yield Span(starts, min(midnight, span.ends))
        starts = midnight
