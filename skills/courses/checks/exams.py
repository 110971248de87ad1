"""What always holds of completion exams: two blind entries, a third signature, and places that say what the exam said."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import select

from skills.courses.models import Enrolment
from skills.courses.models.exams import (
    CompletionCandidate,
    CompletionEntry,
    CompletionExam,
    CompletionMarker,
    CompletionSheet,
)
from skills.courses.queries.exams import results_of_classes
from skills.courses.rules.exams import result, seats
from skills.courses.states import EnrolmentState
from skills.courses.states.exams import CompletionExamState
from skills.kernel.checks import Bookkeeper, check
from skills.records.rules.marks import Mark

Typed = dict[tuple[str, str, int], int | None]


@check("courses.completion_exams", "结业考核两人盲评一致、第三人签发 results are what two named markers entered alike and a third signed off")
def completion_exams(books: Bookkeeper) -> Iterator[str]:
    typed: dict[str, Typed] = {}
    hands: dict[str, set[tuple[str, int, str]]] = {}
    for e in books.db.scalars(select(CompletionEntry).where(CompletionEntry.replaced_at.is_(None))):
        typed.setdefault(e.exam_id, {})[e.enrolment_id, e.section, e.turn] = e.hundredths
        hands.setdefault(e.exam_id, set()).add((e.section, e.turn, e.by))
    candidates: dict[str, list[CompletionCandidate]] = {}
    for c in books.db.scalars(select(CompletionCandidate)):
        candidates.setdefault(c.exam_id, []).append(c)
    for row in books.db.scalars(select(CompletionExam)):
        mine = candidates.pop(row.id, [])
        if seats(row.id, [c.enrolment_id for c in mine]) != {c.enrolment_id: c.seat for c in mine}:
            yield f"exam {row.id}: seats are not those of its candidates"
        yield from _hands(books, row, hands.get(row.id, set()))
        yield from _results(row, mine, typed.get(row.id, {}))
    for stray in candidates:
        yield f"candidates of exam {stray}, which does not exist"


def _hands(books: Bookkeeper, row: CompletionExam, wrote: set[tuple[str, int, str]]) -> Iterator[str]:
    """Who entered what: two named markers for each section, a third who signed."""
    named = set(books.db.scalars(select(CompletionMarker.account_id).where(CompletionMarker.exam_id == row.id)))
    sheets = books.db.scalars(select(CompletionSheet).where(CompletionSheet.exam_id == row.id)).all()
    turns = {(s.section, turn): who for s in sheets for turn, who in ((1, s.first_by), (2, s.second_by))}
    for section, turn, who in sorted(wrote):
        if turns.get((section, turn)) != who:
            yield f"exam {row.id}: {who} is not the marker of {section}, entry {turn}"
    both = {who for who in turns.values() if who}
    if strangers := both - named:
        yield f"exam {row.id}: {sorted(strangers)} were not named to mark it"
    alone = any(s.first_by is None or s.second_by is None or s.first_by == s.second_by for s in sheets)
    if row.state == CompletionExamState.SIGNED and (alone or row.signed_by in both):
        yield f"exam {row.id}: not entered by two and signed by a third"


def _results(row: CompletionExam, mine: list[CompletionCandidate], typed: Typed) -> Iterator[str]:
    """What stands as a result is what both entries say."""
    for c in mine:
        if not c.outcome:
            continue
        if row.state != CompletionExamState.SIGNED:
            yield f"exam {row.id} is {row.state}, but has results"
            continue
        first, second = ({s: typed.get((c.enrolment_id, s, turn), -1) for s in row.weights} for turn in (1, 2))
        came = result({s: Mark(v) for s, v in first.items()}, row.weights, row.pass_mark)
        if first != second or -1 in first.values() or (came.outcome, came.total) != (c.outcome, c.total):
            yield f"exam {row.id}, {c.enrolment_id}: {c.outcome}, which is not what was entered"


@check("courses.examined", "考核过的班级，结业成绩就是考核成绩 whoever completed a class with an exam passed it, and the score is the exam's")
def examined(books: Bookkeeper) -> Iterator[str]:
    with_exam = set(
        books.db.scalars(select(CompletionExam.class_id).where(CompletionExam.state == CompletionExamState.SIGNED))
    )
    came = results_of_classes(books.db, with_exam)
    chosen = select(Enrolment).where(Enrolment.class_id.in_(with_exam), Enrolment.state == EnrolmentState.COMPLETED)
    for place in books.db.scalars(chosen):
        found = came.get(place.id)
        if found is None or found.outcome != "passed":
            yield f"{place.id} completed without passing the exam of its class"
        elif place.score and (found.score is None or f"{found.score.normalize():f}" != _plain(place.score)):
            yield f"{place.id}: filed {place.score}, the exam came to {found.score}"


def _plain(score: str) -> str:
    """59.50 → 59.5."""
    return score.rstrip("0").rstrip(".") if "." in score else score
