"""What this room puts before the steps of a body's work."""

from __future__ import annotations

from skills.accounts.queries import organisation
from skills.certification.actions.gates import Step, Subject, register
from skills.kernel.acts import Act
from skills.kernel.findings import Verdict
from skills.standards.queries import value
from skills.supervision.models import Supervision, SupervisionExcuse
from skills.supervision.queries.rectifications import late_of, open_of
from skills.supervision.queries.trust import now
from skills.supervision.rules import Side, may_notice
from skills.supervision.rules.rectifications import may_renew, may_resume
from skills.supervision.rules.trust import may_issue
from skills.supervision.states import SupervisionState


def reported(act: Act, subject: Subject) -> Verdict:
    """The notice of an exam waits for the report of its internal supervisor."""
    wanted = organisation(act.db, subject.organisation_id).kind in value(act.db, "supervision.internal", act.today)
    row = act.find(Supervision, sitting_id=subject.sitting_id, side=Side.INTERNAL)
    there = row is not None and row.state == SupervisionState.SIGNED
    return may_notice(wanted, row is not None, there, act.find(SupervisionExcuse, sitting_id=subject.sitting_id) is not None)


def none_overdue(act: Act, subject: Subject) -> Verdict:
    """A filing is not renewed while something that was ordered is overdue."""
    return may_renew(late_of(act.db, subject.organisation_id, act.today))


def none_open(act: Act, subject: Subject) -> Verdict:
    """A suspended filing is not resumed while something that was ordered is open."""
    return may_resume(open_of(act.db, subject.organisation_id))


def trusted(act: Act, subject: Subject) -> Verdict:
    """A body whose trust is gone gives no certificates."""
    rating = now(act.db, subject.organisation_id, act.today)
    return may_issue(rating.stops, rating.rate)


register(Step.NOTICE, reported)
register(Step.AWARD, trusted)
register(Step.RENEWAL, none_overdue)
register(Step.RESUME, none_open)
