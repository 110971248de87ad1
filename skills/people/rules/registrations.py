"""Whether somebody new is put on record by a number that was taken off another record (pure)."""

from __future__ import annotations

from skills.kernel.findings import Finding, Verdict, no_fault
from skills.people.rules.additions import said

ONE_RECORD = "《个人信息保护法》第8条"


def may_ask(taken_off: bool, holder: str | None, waits: bool, seen: str) -> Verdict:
    """Whether a second person is asked to release it.

    taken_off  the number stood on a record until two people took it off; others need no second person
    holder     the record that the number finds now; waits: for this number somebody asked already
    """
    return no_fault(
        "registration.refused",
        [
            Finding("registration.taken_off", taken_off),
            Finding("registration.nobodys", holder is None, ONE_RECORD, {"person": holder or ""}),
            Finding("registration.once", not waits),
            said("document.seen_words", seen),
        ],
    )
