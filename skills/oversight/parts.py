"""A person in oversight: an open case about them is closed first; traces and questions go with an erasure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from skills.kernel.acts import Act
from skills.kernel.clock import shanghai_day
from skills.kernel.findings import Finding
from skills.oversight.models import CallBack, Case
from skills.oversight.states import CASE, OPEN, CaseState
from skills.people.parts import Named, Part, nothing_under_way, pair, register
from skills.vouchers.actions import traces


def against(db: Session, person_id: str, _day: date) -> Sequence[Finding]:
    """No case about the person is open."""
    chosen = select(func.count()).select_from(Case)
    count = db.scalar(chosen.where(Case.subject == f"person:{person_id}", Case.state.in_(OPEN))) or 0
    return (nothing_under_way("erasure.cases", count),)


def stays(db: Session, person_id: str) -> Mapping[str, int]:
    """Answers to call-backs stay as numbers of an institution; they name nobody but by id."""
    return {"call_backs": db.scalar(select(func.count()).select_from(CallBack).where(CallBack.person_id == person_id)) or 0}


def forget(act: Act, person_id: str) -> None:
    """From where the person used vouchers is forgotten."""
    traces.forget_person(act, person_id)


def apart(db: Session, kept: str, gone: str, _day: date) -> Sequence[Finding]:
    """No two cases of the same rule are open, one about each record."""
    open_ones = {
        (case.rule, case.subject): case
        for case in db.scalars(select(Case).where(Case.subject.in_((f"person:{kept}", f"person:{gone}")), Case.state.in_(OPEN)))
    }
    return [
        Finding("joining.fraud_case", False, facts={"rule": rule, **pair(_case(mine), _case(case))})
        for (rule, subject), case in open_ones.items()
        if subject == f"person:{gone}" and (mine := open_ones.get((rule, f"person:{kept}")))
    ]


def _case(row: Case) -> Named:
    (zh, en), on = CASE.words[CaseState(row.state)], shanghai_day(row.opened_at)
    return Named(f"{on} 立案（{zh}）", f"opened {on} ({en})", f"/gov/cases/{row.id}")


def join(act: Act, kept: str, gone: str) -> None:
    """An open case about the record that is gone is about the other one."""
    for case in act.db.scalars(select(Case).where(Case.subject == f"person:{gone}", Case.state.in_(OPEN))):
        case.subject = f"person:{kept}"
    act.db.flush()


register("oversight", Part(forget=forget, against=against, stays=stays, apart=apart, join=join))
