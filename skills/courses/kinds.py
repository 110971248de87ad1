"""The return of completions, offered to the room of returns."""

from __future__ import annotations

from skills.courses.actions import enrolments
from skills.courses.queries import filing as facts
from skills.courses.rules import filing as rules
from skills.kernel.acts import Act
from skills.kernel.box import Box
from skills.kernel.errors import Refusal
from skills.returns.kinds import FILE, register
from skills.returns.queries import Desk
from skills.returns.rules import Applied, Kind, Line


def apply(act: Act, organisation: str | None, line: Line) -> Applied:
    """Write one row's result. Raises Refusal if the place is gone or already has a result."""
    known = facts.look(Desk(act.db, act.using(Box), organisation, act.today), [line])
    place = known.place_of(line)
    result = rules.result_of(line.values)
    if place is None or result is None:
        raise Refusal("completions.not_in_class")
    done = enrolments.complete(
        act, enrolment_id=place.enrolment_id, hours=result.hours, attendance=result.attendance, score=result.score,
        completed_on=result.completed_on, passed=line.values["outcome"] == "pass",
    )
    return Applied(f"enrolment:{done.enrolment_id}", done.cents, place.person_id)


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
    )
)
