"""Two acts at once while records are joined, on the database where they run side by side: nothing lands on the record that went."""

from __future__ import annotations

import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import date
from threading import Event
from typing import Any

import pytest
from sqlalchemy import event, select, text

from skills.kernel.acts import ACTIONS, ANYONE, Act, action
from skills.kernel.errors import Refusal
from skills.messages.models import Message
from skills.people import parts
from skills.people.actions import decide_addition, decide_join, register_person
from skills.people.parts import PARTS
from skills.people.queries import joining
from skills.people.queries.joining import left_behind
from skills.records.actions import state_fact
from skills.vouchers.actions import issuing
from skills.vouchers.models import Voucher
from tests.people.test_additions import CHECKER, ask, by
from tests.people.test_joining import other_record, propose
from tests.vouchers.stage import Stage
from tests.world import World

SCHOOL = {
    "kind": "bachelor", "major": "软件工程", "occupations": [], "graduated_on": "2026-06-30", "expected_on": None, "school": "示例大学",
}  # fmt: skip
Meanwhile = Callable[[], Any]


class Race:
    """A world with pairs of records, and a join that waits in the middle until somebody else stands before it."""

    def __init__(self, world: World, monkeypatch: pytest.MonkeyPatch, moment: str) -> None:
        self.world, self.stage, self.pairs = world, Stage(world), 0
        self._meanwhile: Meanwhile | None = None
        self._other = ThreadPoolExecutor(1)
        self._begun: Future[str] | None = None
        self.broken: list[str] = []
        event.listen(world.engine, "handle_error", lambda context: self.broken.append(getattr(context.original_exception, "sqlstate", "")))
        monkeypatch.setitem(PARTS, "zz", parts.Part(**{moment: self._wait}))  # type: ignore[arg-type]

    def pair(self) -> tuple[str, str]:
        self.pairs += 1
        kept = self.stage.person()
        born = date(2001, 1, 15)
        sex = "M" if self.stage.document(self.stage.serial - 1)[16] in "13579" else "F"
        made = self.world.perform(
            register_person, name=f"另名{self.pairs}", document_kind="passport", document_number=f"E1234567{self.pairs}", birth=born, sex=sex,
            district="500112", synthetic=True,
        )  # fmt: skip
        self.stage.fact(made.person_id, "education", **SCHOOL)
        return kept, str(made.person_id)

    def join(self, kept: str, gone: str, meanwhile: Meanwhile) -> tuple[str, str]:
        """Join them while something else is done: how both ended."""
        proposal, self._meanwhile = propose(self.world, kept, gone), meanwhile
        done = outcome(lambda: self.world.perform(decide_join, actor=CHECKER, key=f"join-{gone}", join_id=proposal, agree=True))
        assert self._begun is not None
        ended = done, self._begun.result(60)
        with self.world.db() as db:
            assert [r.table.name for r, _, _ in left_behind(db)] == [], "nothing lands on the record that went"
        return ended

    def _wait(self, *_: object) -> None:
        """The join has come so far: now the other act begins, and it goes on when that stands before a lock or has ended."""
        if self._meanwhile is not None:
            work, self._meanwhile = self._meanwhile, None
            self._begun = self._other.submit(outcome, work)
            wait_for_lock(self.world, self._begun.done)


def wait_for_lock(world: World, ended: Callable[[], bool]) -> None:
    """Wait until an act waits for a lock, or `ended`."""
    asked = text("SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'")
    until = time.monotonic() + 20
    with world.engine.connect() as connection:
        while not ended() and time.monotonic() < until and not connection.execute(asked).scalar():
            connection.rollback()
            time.sleep(0.02)


def outcome(work: Meanwhile) -> str:
    try:
        work()
    except Refusal as no:
        return no.code
    return "done"


@pytest.mark.parametrize("world", ["postgres"], indirect=True)
@pytest.mark.parametrize("moment", ["join", "joined"])
def test_what_is_done_meanwhile_lands_on_the_record_that_stays_or_nowhere(world: World, moment: str, monkeypatch: pytest.MonkeyPatch) -> None:
    race = Race(world, monkeypatch, moment)
    stage = race.stage
    ended = {}
    kept, gone = race.pair()
    addition = ask(world, gone, "hm_permit", "H12345678")
    holder = kept
    ended["document"] = race.join(
        kept, gone, lambda: world.perform(decide_addition, actor=CHECKER, key="add", addition_id=addition, agree=True)
    )
    kept, gone = race.pair()
    voucher = stage.held(gone)
    ended["use"] = race.join(kept, gone, lambda: stage.redeem(voucher, gone, key="use"))
    kept, gone = race.pair()
    ended["fact"] = race.join(
        kept, gone,
        lambda: world.perform(state_fact, key="fact", person_id=gone, kind="standing", source="list:x", strength="compared",
                              body={"group": "disabled", "since": "2026-01-01", "until": None}),
    )  # fmt: skip
    kept, gone = race.pair()
    ended["again"] = race.join(kept, gone, lambda: world.perform(
        decide_join, actor=world.actor("person.decide", account="third"), key="again",
        join_id=world.ask(joining.joins)[0].id, agree=True,
    ))  # fmt: skip
    kept, gone = race.pair()
    batch = stage.open()
    world.perform(issuing.list_people, actor=stage.clerk, batch_id=batch, person_ids=(kept, gone))
    world.perform(issuing.issue, actor=stage.clerk, batch_id=batch)
    ended["issue"] = race.join(kept, gone, world.run_jobs)
    assert ended == {
        "document": ("done", "done"), "use": ("done", "voucher.unknown"), "fact": ("done", "person.joined"),
        "again": ("done", "person.joined"), "issue": ("done", "done"),
    }  # fmt: skip
    assert "40P01" not in race.broken, "neither waits for the other"
    assert by(world, "hm_permit", "H12345678") == holder, "it was added to the record that stays"
    world.holds()
    world.run_jobs()
    with world.db() as db:
        assert len(db.scalars(select(Voucher.id).where(Voucher.batch_id == batch)).all()) == 1, "one person, one voucher"
    world.holds()


@pytest.mark.parametrize("world", ["postgres"], indirect=True)
def test_a_row_that_somebody_changes_while_it_follows_stays_as_both_left_it(world: World) -> None:
    stage = Stage(world)
    kept, gone = stage.person(), other_record(world)
    stage.fact(gone, "education", **SCHOOL)
    stage.issue(stage.open(), gone)
    proposal, changed = propose(world, kept, gone), Event()

    @action("test.read", may=ANYONE)
    def read(act: Act) -> None:
        act.db.scalars(select(Message).where(Message.person_id == gone)).one().read_at = act.at
        act.db.flush()
        changed.set()
        wait_for_lock(world, lambda: False)

    try:
        with ThreadPoolExecutor(1) as pool:
            other = pool.submit(world.perform, read)
            assert changed.wait(20)
            world.perform(decide_join, actor=CHECKER, join_id=proposal, agree=True)
            other.result(30)
    finally:
        del ACTIONS["test.read"]
    with world.db() as db:
        assert db.scalars(select(Message.read_at).where(Message.person_id == kept, Message.code == "voucher.told_issued")).one() is not None
    world.holds()
