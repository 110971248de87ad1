"""Faults made by hand: each changes one line of the house, and the machine of lives must notice.

`make soak` breaks the house with each in turn; a fault that is not noticed means that the machine is blind there.
"""

from __future__ import annotations

import inspect
import textwrap
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from types import FunctionType, ModuleType
from typing import Any

from skills.courses.actions import classes, enrolments, leaving, queue
from skills.courses.rules import places
from skills.kernel import replays
from skills.settlement import rules as settlement
from skills.settlement.actions import lines
from skills.vouchers import rules
from skills.vouchers.actions import claims, disputes, issuing, ledger, redemptions, settling
from skills.vouchers.rules import conditions


@dataclass(frozen=True)
class Fault:
    """What is wrong, and the line that makes it so: `old` in a function of a module becomes `new`."""

    means: str
    module: ModuleType
    function: str
    old: str
    new: str


FAULTS = (
    Fault("a seat is not free again when somebody leaves", queue, "free_seat", "CourseClass.taken - 1", "CourseClass.taken"),
    Fault("a lost answer is asked for again and the act is done twice", replays, "find", "return ", "return None and "),
    Fault("the last in the queue is served first", queue, "offer_next", "order_by(Reservation.number)", "order_by(Reservation.number.desc())"),
    Fault("what comes back to the budget is not booked on the batch", ledger, "book", "Batch.committed - cents", "Batch.committed"),
    Fault("a voucher that comes back is not in the ledger", redemptions, "release",
          "book(act, voucher, Event.RELEASE, redemption.cents, redemption_id=redemption.id)", "pass"),
    Fault("what the voucher did not pay stays bound", redemptions, "earn", "if rest:", "if False:"),
    Fault("somebody else's voucher is taken", redemptions, "_own", "voucher.person_id != holder_id", "False"),
    Fault("one voucher too many", ledger, "take_from_budget", "Batch.issued < Batch.count_ceiling", "Batch.issued <= Batch.count_ceiling"),
    Fault("more money than the ceiling", ledger, "take_from_budget", "<= Batch.money_ceiling", "<= Batch.money_ceiling + Batch.face"),
    Fault("days lost by somebody else's decision are not given back", rules, "valid_after_release", "if holder_left:", "if True:"),
    Fault("a lapsed voucher is used", rules, "fits", "question.day <= question.valid_until", "True"),
    Fault("two subsidised trainings a year", conditions, "once_a_year", "len(spent) < most", "len(spent) <= most"),
    Fault("a lapsed voucher's money is never free again", claims, "take", "_book_lapsed(act, person_id)", "pass"),
    Fault("the places of a cancelled class stand", classes, "cancel", 'leave(act, enrolment, "cancel", told)', "pass"),
    Fault("the house commits in the middle of an act", enrolments, "take_place", "queue.take_seat(act, held)",
          "queue.take_seat(act, held); act.db.commit()"),
    Fault("a price that the voucher does not lower", enrolments, "place", "redeemed.payee, redeemed.own", "redeemed.payee, row.price"),
    Fault("a place without completion makes the money payable", enrolments, "complete",
          'redemptions.release(act, redemption_id=row.redemption_id, reason="not_completed")',
          'redemptions.earn(act, redemption_id=row.redemption_id, proof="none")'),
    Fault("a seat that was offered and not taken stays kept", queue, "end", "if before in KEPT:", "if before == ReservationState.HELD:"),
    Fault("somebody overtakes the queue", places, "may_ask", "asked.free < 1 or asked.waiting > 0", "True"),
    Fault("a voucher kept for nothing loses days", places, "voucher_until", "asked_on if own_doing else day", "asked_on"),
    Fault("taking one's own word back wins days", places, "voucher_until", "asked_on if own_doing else day", "day"),
    Fault("an answer after the last day counts", places, "overdue", "day > answer_by", "False"),
    Fault("a class begins and people still wait", classes, "start", 'queue.close(act, row, "expire")', "pass"),
    Fault("who leaves by request loses the days", leaving, "grant", '"excuse"', '"withdraw"'),
    Fault("a use is undone and its voucher stays spent", disputes, "uphold", "(until := _give_back(act, used)) is not None", "False"),
    Fault("money of a voided voucher stays bound", issuing, "take_back", "voucher.face, source=purse", "0, source=purse"),
    Fault("what the bank paid is not in the ledger", settling, "settle",
          "book(act, voucher, Event.SETTLE, cents, redemption_id=used.id)", "pass"),
    Fault("what came back is not the budget's again", settling, "claw_back",
          "book(act, voucher, Event.CLAW_BACK, cents, redemption_id=used.id)", "pass"),
    Fault("a denied use is paid", lines, "_judged", "seen.frozen", "False"),
    Fault("another sum than was handed over passes for paid", settlement, "may_pay", "told == cents", "True"),
)  # fmt: skip


@contextmanager
def broken(fault: Fault) -> Iterator[None]:
    """The house with this fault, for the block. Whoever holds the function already holds the broken one."""
    live: Any = getattr(fault.module, fault.function)
    function = getattr(live, "work", live)
    assert isinstance(function, FunctionType)
    whole = textwrap.dedent(inspect.getsource(function))
    source = whole[whole.index("def ") :]
    assert fault.old in source, f"{fault.function} has no {fault.old!r} any more: mend this fault"
    names = dict(function.__globals__)
    exec(compile("from __future__ import annotations\n" + source.replace(fault.old, fault.new), "<fault>", "exec"), names)
    right = function.__code__
    function.__code__ = names[fault.function].__code__
    try:
        yield
    finally:
        function.__code__ = right
