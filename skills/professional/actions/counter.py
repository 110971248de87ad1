"""窗口代办: facts that somebody at the authority's counter promises 告知承诺, written down by a clerk, the document seen.

The promise is the person's own and stays only promised; whoever wrote it down never says that it was checked
(`records.actions.compare`). It stands here since the passport's own floor tells nobody anything.
"""

from __future__ import annotations

from datetime import date

from skills.kernel.acts import Act, action
from skills.messages.actions import send
from skills.people.actions.counter import SERVE, serve
from skills.people.rules.counter import CounterReason
from skills.professional.actions import own
from skills.records import actions as records
from skills.records.actions import Added


@action("fact.promise_work_for", may=SERVE)
def promise_work_for(
    act: Act, person_id: str, occupation_code: str, employer: str, since: date, until: date | None, reason: CounterReason
) -> Added:
    """Write down the work that somebody at the counter promises.

    Raises Missing("person.unknown") and what `records.promise_work` refuses.
    """
    serve(act, person_id, reason)
    return _told(act, person_id, records.promise_work_as(act, person_id, occupation_code, since, until, employer.strip()))


@action("fact.promise_education_for", may=SERVE)
def promise_education_for(
    act: Act, person_id: str, education_kind: str, school: str, major: str, occupation_code: str, graduated_on: date, reason: CounterReason
) -> Added:
    """Write down the schooling that somebody at the counter promises; a day to come is the expected one.

    Raises Missing("person.unknown") and what `records.promise_education` refuses.
    """
    serve(act, person_id, reason)
    done = graduated_on <= act.today
    made = records.promise_education_as(
        act, person_id, education_kind, major.strip(), (occupation_code,) if occupation_code else (), school.strip(),
        graduated_on if done else None, None if done else graduated_on,
    )  # fmt: skip
    return _told(act, person_id, made)


@action("fact.promise_title_for", may=SERVE)
def promise_title_for(
    act: Act, person_id: str, grade: str, name: str, occupation_code: str, awarded_on: date, reason: CounterReason
) -> Added:
    """Write down the professional title that somebody at the counter promises.

    Raises Missing("person.unknown") and what `records.promise_title` refuses.
    """
    serve(act, person_id, reason)
    return _told(act, person_id, records.promise_title_as(act, person_id, grade, (occupation_code,), awarded_on, name.strip()))


@action("achievement.promise_for", may=SERVE)
def promise_achievement_for(
    act: Act, person_id: str, kind: str, name: str, number: str, role: str, on: date, reason: CounterReason
) -> Added:
    """Write down a work that somebody at the counter promises.

    Raises Missing("person.unknown") and what `own.promise_achievement` refuses.
    """
    serve(act, person_id, reason)
    return _told(act, person_id, own.promise_achievement_as(act, person_id, kind, name, number, role, on))


@action("fact.take_back_for", may=SERVE)
def take_back_for(act: Act, person_id: str, entry_id: str, reason: CounterReason) -> None:
    """Take a promise of somebody at the counter back. Raises Missing and what `records.take_back` refuses."""
    serve(act, person_id, reason)
    records.take_back_as(act, person_id, entry_id)
    send(act, code="fact.told_taken_back_at_counter", person_id=person_id)


def _told(act: Act, person_id: str, made: Added) -> Added:
    send(act, code="fact.told_promised_at_counter", person_id=person_id)
    return made
