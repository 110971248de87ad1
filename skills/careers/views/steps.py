"""A person's next steps."""

from __future__ import annotations

from flask.typing import ResponseReturnValue

from skills.careers.queries.steps import Target, next_steps
from skills.careers.views.words import room
from skills.web.pages import db, me, show, today

SEE = "passport.see"


@room.get("/me/next-step", may=SEE, name="next_step")
def next_step() -> ResponseReturnValue:
    """Every way to the next level, what each lacks, and what would bring it."""
    return show("careers/next_step.html", targets=next_steps(db(), me().person_id, today()))


@room.api("GET", "/me/next-step", may=SEE, answers=list[Target], by=("occupation", "level"))
def api_next_step() -> list[Target]:
    """Every way to one's next level in each occupation: what each lacks and from when it is met, courses, vouchers and exams."""
    return next_steps(db(), me().person_id, today())
