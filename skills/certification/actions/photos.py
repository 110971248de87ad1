"""Photographs of candidates: brought by themselves, by the body for its exam, at the counter; seen by somebody where no machine saw a face."""

from __future__ import annotations

from collections.abc import Iterable

from skills.certification.actions.moves import sitting_for
from skills.certification.models import Application
from skills.certification.queries.photos import lacking, wanted_before
from skills.certification.states import ApplicationState, SittingState
from skills.kernel.acts import Act, action
from skills.kernel.errors import Missing, Refusal
from skills.messages.actions import send
from skills.people.actions import portraits
from skills.people.actions.counter import SERVE, serve
from skills.people.actions.portraits import Brought, PhotoKept
from skills.people.queries import persons
from skills.people.rules.counter import CounterReason

ENTER = "application.enter"
OVER = (SittingState.CONCLUDED, SittingState.CANCELLED)  # such an exam is no way to somebody's photograph any more


@action("photo.put", may="application.file")
def put(act: Act, brought: Brought) -> PhotoKept:
    """Put one's own photograph on record. Refused with what is wrong with it in pixels; then nothing is kept."""
    if act.actor.person is None:
        raise Refusal("no_person")
    return portraits.put(act, act.actor.person, brought)


@action("photo.put_for_candidate", may=ENTER)
def put_for_candidate(act: Act, sitting_id: str, application_id: str, brought: Brought) -> PhotoKept:
    """Put the photograph of a candidate of one's own exam on record; the candidate is told and can bring another."""
    done = portraits.put(act, _candidate(act, sitting_id, application_id), brought)
    row = act.get(Application, id=application_id)
    send(act, person_id=row.person_id, code="photo.told")
    return done


@action("photo.see_candidate", may=ENTER)
def see_candidate(act: Act, sitting_id: str, application_id: str, portrait_id: str) -> PhotoKept:
    """Say that one has looked at a candidate's photograph and found the face; never of one that oneself brought."""
    return portraits.see(act, _candidate(act, sitting_id, application_id), portrait_id)


@action("photo.put_at_counter", may=SERVE)
def put_at_counter(act: Act, person_id: str, brought: Brought, reason: CounterReason) -> PhotoKept:
    """Put the photograph of somebody who stands at the counter on record."""
    serve(act, person_id, reason)
    done = portraits.put(act, person_id, brought)
    send(act, person_id=person_id, code="photo.told")
    return done


@action("photo.see_at_counter", may=SERVE)
def see_at_counter(act: Act, person_id: str, portrait_id: str, reason: CounterReason) -> PhotoKept:
    """Say that one has compared a photograph with whoever stands at the counter; never one that oneself brought."""
    serve(act, person_id, reason)
    return portraits.see(act, person_id, portrait_id)


def wanted(act: Act, step: str, people: Iterable[str]) -> None:
    """Refuse a step, "apply" or "seat", for which policy wants a photograph that somebody does not have.

    Raises Refusal("application.photo_needed") for one person, Refusal("sitting.photos_needed") with the names for several.
    """
    if wanted_before(act.db, act.today) != step:
        return
    missing = lacking(act.db, people, act.today)
    if missing and step == "apply":
        raise Refusal("application.photo_needed")
    if missing:
        names = [line.name for line in persons(act.db, missing).values()]
        raise Refusal("sitting.photos_needed", count=len(names), names="、".join(sorted(names)[:10]))


def _candidate(act: Act, sitting_id: str, application_id: str) -> str:
    sitting = sitting_for(act, sitting_id, ENTER)
    row = act.get(Application, id=application_id)
    if row.sitting_id != sitting.id or row.state == ApplicationState.WITHDRAWN or sitting.state in OVER:
        raise Missing("application.unknown")
    return row.person_id
