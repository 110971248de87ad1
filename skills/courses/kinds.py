"""The return of completions, offered to the room of returns."""

from __future__ import annotations

from skills.aftercare.followers import Ended, follow
from skills.aftercare.rules import CareKind
from skills.courses.actions import enrolments, results
from skills.courses.queries import filing as facts
from skills.courses.queries import results as queries
from skills.courses.rules import amending
from skills.courses.rules import filing as rules
from skills.courses.rules.refused import REFUSED
from skills.kernel.acts import Act
from skills.kernel.box import Box
from skills.kernel.errors import Refusal
from skills.returns.actions import changes
from skills.returns.kinds import FILE, register
from skills.returns.queries import Desk
from skills.returns.rules import Applied, Kind, Line
from skills.returns.rules.amending import Amends, Followed, Why


def apply(act: Act, organisation: str | None, line: Line) -> Applied:
    """Write one row's result. Raises Refusal if the place is gone or already has a result."""
    place = facts.place_of(Desk(act.db, act.using(Box), organisation, act.today), line)
    result = rules.result_of(line.values)
    if place is None or result is None:
        raise Refusal("completions.not_in_class")
    enrolment_id, person_id = place
    done = enrolments.complete(
        act, enrolment_id=enrolment_id, hours=result.hours, attendance=result.attendance, score=result.score,
        completed_on=result.completed_on, passed=line.values["outcome"] == "pass",
    )
    return Applied(f"enrolment:{done.enrolment_id}", done.cents, person_id)


def correct(act: Act, _organisation: str | None, line: Line, source: str, why: Why, carried_out: bool) -> Followed:
    """Put a row's result in the place of the one that stands."""
    result = rules.result_of(line.values)
    if result is None:
        raise Refusal("completions.not_in_class")
    return results.correct(act, _place(source), result, line.values["outcome"] == "pass", why, carried_out)


def void(act: Act, _organisation: str | None, source: str, why: Why, carried_out: bool) -> Followed:
    """Take a reported result back."""
    return results.void(act, _place(source), why, carried_out)


def follow_certificate(act: Act, ended: Ended) -> None:
    """A request about a completion certificate has ended: the row that waited for it takes effect, or the place follows it."""
    waited = changes.ended(act, ended.request_id, ended.carried_out)
    if not ended.carried_out or (waited and ended.kind != CareKind.CORRECT):
        return
    why = Why(ended.request_id, ended.reason, ended.asked_by)
    if ended.kind == CareKind.REVOKE:
        results.revoked(act, ended.number, why)
    elif ended.kind == CareKind.CORRECT:  # what the examiner wrote counts, also where a row had waited
        results.rewritten(act, ended.number, dict(ended.changes), why)


def _place(source: str) -> str:
    return source.removeprefix("enrolment:")


follow("completion", follow_certificate)
COMPLETIONS = register(
    Kind(
        name="completions",
        zh="结业报送",
        en="Completions",
        columns=rules.COLUMNS,
        rules=rules.RULES,
        right=FILE,
        look=facts.look,
        judge=rules.judge_lines,
        across=True,
        worth=rules.worth,
        apply=apply,
        refused=REFUSED,
        amends=Amends(
            keys=("document_kind", "document", "class"),
            find=queries.find,
            reopened=amending.reopened,
            standing=queries.standing,
            stands=queries.stands,
            amounts=queries.amounts,
            stakes=queries.stakes,
            scope=lambda line: line.values.get("class", ""),
            correct=correct,
            void=void,
            dropped=lambda act, _source, why: results.dropped(act, why),
        ),
    )
)
