"""The end of an appointment before its term."""

from __future__ import annotations

from skills.certification.actions.moves import reason_of
from skills.kernel.acts import Act, action
from skills.messages.actions import send
from skills.recognitions.actions.reading import own
from skills.recognitions.models import Appointment, RecognisedPerson
from skills.recognitions.states import APPOINTMENT, PUBLISH


@action("appointment.end", may=PUBLISH)
def end(act: Act, appointment_id: str, reason: str) -> None:
    """End somebody's appointment 解聘, with a reason; the certificate of 特级技师 stays what it is."""
    row = act.get(Appointment, id=appointment_id)
    one = act.get(RecognisedPerson, id=row.recognised_person_id)
    own(act, one.recognition_id, PUBLISH)
    why = reason_of(reason)
    act.move(row, APPOINTMENT, "end", ended_on=act.today, ended_by=act.actor.account, reason=why)
    send(act, person_id=one.person_id, code="appointment.told_end", reason=why)
    act.note("appointment.end", id=row.id)
