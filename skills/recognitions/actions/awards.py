"""Numbers and certificates of a concluded recognition, by certification's own way of giving a level."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy.exc import SQLAlchemyError

from skills.accounts.queries import organisation
from skills.certification.actions import gates
from skills.certification.actions.awards import CHUNK, Awarded, give
from skills.certification.actions.gates import Step, Subject
from skills.certification.models import Award, Filing
from skills.kernel.acts import Act, action
from skills.kernel.canon import plain
from skills.kernel.errors import Refusal
from skills.messages.actions import send
from skills.recognitions.actions.reading import covered, own, people_of
from skills.recognitions.models import Appointment, RecognisedPerson, Recognition
from skills.recognitions.queries.appointments import post_on
from skills.recognitions.rules import APPOINTMENT
from skills.recognitions.states import PROPOSED, PUBLISH, AppointmentState, ProposedState, RecognitionState
from skills.records import actions as records
from skills.records.rules import LevelHeld
from skills.standards.rules import Level

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class AwardedMany:
    """How many have a certificate now, are held, and were refused."""

    awarded: int
    held: int
    refused: int


@dataclass(frozen=True)
class Again:
    """How many certificates are ordered anew."""

    count: int


def order_awards(act: Act, recognised_ids: Sequence[str]) -> None:
    """Order these certificates: jobs of one act each, in the order of the list."""
    for start in range(0, len(recognised_ids), CHUNK):
        act.later(
            "recognitions.award", due=act.at + timedelta(microseconds=start),
            recognised_ids=list(recognised_ids[start : start + CHUNK]),
        )  # fmt: skip


def award(act: Act, recognised_id: str) -> Awarded:
    """Give one confirmed person number and certificate inside the caller's act; once. A lost filing holds it and says so."""
    one = act.get(RecognisedPerson, id=recognised_id)
    row = own(act, one.recognition_id, PUBLISH)
    grounds = f"recognition:{one.id}"
    done = act.find(Award, grounds=grounds)
    if done is not None:
        return Awarded(done.number)
    if one.state == ProposedState.AWARDED:
        return Awarded("")
    if row.state != RecognitionState.CONCLUDED or one.state != ProposedState.CONFIRMED or row.decided_on is None:
        raise Refusal("award.not_due")
    if one.held == "objection":
        return Awarded("", one.held)
    one.held, one.problem = "" if covered(act, row) else "filing", None
    if one.held:
        act.note("recognition.held", id=one.id, why=one.held)
        return Awarded("", one.held)
    gates.pass_(act, Step.AWARD, Subject(row.organisation_id, row.filing_id))
    if row.level == Level.CHIEF:
        number = _without_number(act, row, one, grounds)
    else:
        number = give(
            act, grounds=grounds, person_id=one.person_id, filing=act.get(Filing, id=row.filing_id), occupation_code=row.occupation,
            branch=row.branch, level=Level(row.level), examined_on=row.decided_on, sitting_id=None, notice_to=row.notice_to,
        )  # fmt: skip
    if row.kind == APPOINTMENT:
        until = post_on(act.db, row.level, row.decided_on).until(act.today)
        act.add(Appointment(id=act.new_id(), recognised_person_id=one.id, state=AppointmentState.LIVE, since=act.today, until=until))
    act.move(one, PROPOSED, "award")
    return Awarded(number)


@action("recognition.award", may=PUBLISH)
def award_many(act: Act, recognised_ids: tuple[str, ...]) -> AwardedMany:
    """Give several people their certificates, each as a part of its own: who is refused keeps the reason and stops nobody."""
    awarded = held = refused = 0
    for recognised_id in recognised_ids:
        try:
            with act.part():
                done = award(act, recognised_id)
        except SQLAlchemyError:
            raise
        except Refusal as refusal:
            found = [{"code": f.code, "facts": plain(dict(f.facts))} for f in refusal.findings if not f.met]
            _keep(act, recognised_id, {"code": refusal.code, "facts": plain(dict(refusal.facts)), "findings": found})
            refused += 1
        except Exception as error:
            logger.exception("no certificate for %s", recognised_id)
            _keep(act, recognised_id, {"code": "award.broken", "facts": {"kind": type(error).__name__}, "findings": []})
            refused += 1
        else:
            awarded, held = awarded + (not done.held), held + bool(done.held)
    return AwardedMany(awarded, held, refused)


@action("recognition.award_again", may=PUBLISH)
def again(act: Act, recognition_id: str) -> Again:
    """Order anew what a concluded recognition still owes: refused by the checks, held by its filing, left over; none twice."""
    row: Recognition = own(act, recognition_id, PUBLISH)
    if row.state != RecognitionState.CONCLUDED:
        raise Refusal("award.not_due")
    owed = [one.id for one in people_of(act, row, ProposedState.CONFIRMED) if one.held != "objection"]
    order_awards(act, owed)
    act.note("recognition.award_again", id=row.id, count=len(owed))
    return Again(len(owed))


def _without_number(act: Act, row: Recognition, one: RecognisedPerson, grounds: str) -> str:
    """首席技师 has no rule of numbering: it stands in the record without a number, and no certificate is made."""
    fact = LevelHeld(row.occupation, Level.CHIEF, act.today, "", organisation(act.db, row.organisation_id).name, source=grounds, strength="compared")
    records.add(act, person_id=one.person_id, kind="level", source=grounds, strength="compared", body=fact)
    send(act, person_id=one.person_id, code="appointment.told", level=Level.CHIEF.wording, level_en=Level.CHIEF.english)
    return ""


def _keep(act: Act, recognised_id: str, problem: dict[str, object]) -> None:
    one = act.get(RecognisedPerson, id=recognised_id)
    one.held, one.problem = "refused", problem
    act.db.flush()
    act.note("recognition.refused", id=one.id, code=problem["code"])
