"""The life of a voucher: whatever happens in whatever order, state, ledger and budget agree."""

from __future__ import annotations

import random
import tempfile
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule
from sqlalchemy import select

from skills.courses.actions.disputes import uphold
from skills.kernel.errors import Refusal
from skills.vouchers.actions import claims, disputes, issuing, redemptions
from skills.vouchers.models import Batch, LedgerEntry, Voucher
from tests.vouchers.stage import FACE, Stage
from tests.world import World, make_world

PRICES = st.sampled_from([50_000, FACE, 240_000])


class Life(RuleBasedStateMachine):
    """One voucher beside a plain model of it."""

    world: World
    folder: tempfile.TemporaryDirectory[str]

    def __init__(self) -> None:
        super().__init__()
        self.folder = tempfile.TemporaryDirectory()
        path = Path(self.folder.name)
        self.world = make_world(path / "data", f"sqlite:///{path / 'life.db'}")
        self.state, self.events, self.money = "issued", Counter[str](), FACE
        self.redemption, self.cents, self.turn = "", 0, 0
        self.denied: dict[str, str] = {}
        self.dismissed: set[str] = set()

    @initialize()
    def issue(self) -> None:
        self.stage = Stage(self.world)
        self.person = self.stage.person()
        self.batch = self.stage.open()
        self.stage.issue(self.batch, self.person)
        self.events["issue"] += 1
        with self.world.db() as db:
            self.voucher = str(db.scalar(select(Voucher.id)))

    def tries(self, wanted: bool, does: object, **order: object) -> object:
        """Perform; it must succeed just when the model says so."""
        try:
            done = self.world.perform(does, **order)  # type: ignore[arg-type]
        except Refusal:
            assert not wanted, f"refused in state {self.state}"
            return None
        assert wanted, f"done in state {self.state}"
        return done

    @rule()
    def claim(self) -> None:
        wanted = self.state == "issued"
        if self.tries(wanted, claims.claim, actor=self.stage.me(self.person), batch_id=self.batch):
            self.state = "claimed"
            self.events["claim"] += 1

    @rule(price=PRICES)
    def redeem(self, price: int) -> None:
        self.turn += 1
        purpose = self.stage.purpose(f"enrolment:{self.turn}", cents=price)
        wanted = self.state == "claimed"
        done = self.tries(
            wanted, redemptions.redeem, voucher_id=self.voucher, holder_id=self.person, purpose=purpose
        )
        if done is not None:
            self.state, self.cents = "redeemed", min(price, FACE)
            self.redemption = done.redemption_id  # type: ignore[attr-defined]
            assert done.cents == self.cents  # type: ignore[attr-defined]
            self.events["redeem"] += 1

    @precondition(lambda self: self.redemption)
    @rule(reason=st.sampled_from(["withdraw", "class_cancelled"]))
    def release(self, reason: str) -> None:
        wanted = self.state == "redeemed"
        self.tries(wanted, redemptions.release, redemption_id=self.redemption, reason=reason)
        if wanted:
            self.state = "claimed"
            self.events["release"] += 1

    @precondition(lambda self: self.redemption)
    @rule()
    def earn(self) -> None:
        wanted = self.state == "redeemed"
        self.tries(wanted, redemptions.earn, redemption_id=self.redemption, proof="certificate:X")
        if wanted:
            self.state, self.money = "earned", self.cents
            self.events["earn"] += 1
            self.events["unused"] += self.cents < FACE

    @rule()
    def deny(self) -> None:
        wanted = self.state in ("redeemed", "earned") and self.redemption not in {*self.denied, *self.dismissed}
        done = self.tries(wanted, disputes.open_, actor=self.stage.me(self.person), voucher_id=self.voucher)
        if done is not None:
            self.denied[self.redemption] = done.dispute_id  # type: ignore[attr-defined]

    @precondition(lambda self: self.denied)
    @rule(how=st.sampled_from(["withdraw", "dismiss", "uphold"]), chance=st.randoms())
    def close(self, how: str, chance: random.Random) -> None:
        used = chance.choice(sorted(self.denied))
        present = used == self.redemption and self.state in ("redeemed", "earned")
        if how == "withdraw":
            self.tries(True, disputes.withdraw, actor=self.stage.me(self.person), dispute_id=self.denied.pop(used))
            return
        # Nothing but the room that sold the training may release a use that is not payable yet.
        wanted = how == "dismiss" or not (present and self.state == "redeemed")
        checker = self.world.actor("dispute.decide", account="checker")
        does = disputes.dismiss if how == "dismiss" else uphold
        self.tries(wanted, does, actor=checker, dispute_id=self.denied[used], reason="已核对签到记录")
        if wanted:
            del self.denied[used]
            if how == "dismiss":
                self.dismissed.add(used)
            if how == "uphold" and present:
                self.state, self.money = "claimed", FACE
                self.events["restore"] += 1
                self.events["refill"] += self.cents < FACE

    @rule()
    def void(self) -> None:
        wanted = self.state in ("issued", "claimed")
        actor = self.world.actor("batch.approve", account="checker")
        self.tries(wanted, issuing.void, actor=actor, voucher_id=self.voucher, reason="误发")
        if wanted:
            self.state, self.money = "void", 0
            self.events["void"] += 1

    @rule(days=st.integers(1, 20))
    def wait(self, days: int) -> None:
        self.world.clock.forward(hours=days)

    @invariant()
    def agrees(self) -> None:
        if not hasattr(self, "voucher"):
            return
        with self.world.db() as db:
            assert db.scalar(select(Voucher.state)) == self.state
            assert Counter(db.scalars(select(LedgerEntry.event))) == +self.events
            assert db.scalar(select(Batch.committed)) == self.money

    def teardown(self) -> None:
        if hasattr(self, "voucher"):
            self.world.holds(without=("courses",))
        self.world.engine.dispose()
        self.folder.cleanup()


Life.TestCase.settings = settings(
    max_examples=12, stateful_step_count=14, deadline=None, suppress_health_check=list(HealthCheck)
)
TestLife = pytest.mark.row(14)(Life.TestCase)
