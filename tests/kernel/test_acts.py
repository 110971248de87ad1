"""The one door: all of it, once, on the record; or nothing."""

from __future__ import annotations

import threading
from dataclasses import dataclass

import pytest
from sqlalchemy import func, select, text

from skills.kernel import audit, jobs
from skills.kernel.actors import SYSTEM
from skills.kernel.acts import Act, action
from skills.kernel.db import reading, writing
from skills.kernel.errors import Forbidden, Refusal, Unavailable
from skills.standards.actions import propose, release
from skills.standards.models import PolicyRow
from skills.standards.states import POLICY, PolicyState
from tests.world import World

CLERK = World.actor("policy.propose", account="clerk")
CHECKER = World.actor("policy.propose", "policy.release", account="checker")


@dataclass(frozen=True)
class Counted:
    """An answer of plain values."""

    numbers: tuple[int, ...]
    word: str


@action("test.count", may="test.count")
def count(act: Act, upto: int, word: str) -> Counted:
    """An action for these tests: orders a job and may refuse."""
    act.later("test.noop", upto=upto)
    if word == "no":
        raise Refusal("policy.second_person", name="张三", number="500105200301011234", upto=upto)
    return Counted(tuple(range(upto)), word)


@jobs.job("test.noop")
def noop(bench: jobs.Bench, upto: int) -> None:
    """A job for these tests."""
    for number in range(upto):
        bench.progress(number + 1, upto)


def entries(world: World) -> int:
    with world.db() as db:
        return db.scalar(select(func.count()).select_from(audit.AuditEntry)) or 0


def propose_one(world: World, key: str | None = None, value: int = 40) -> str:
    made = world.perform(
        propose,
        actor=CLERK,
        key=key,
        name="programme.standards",
        value=value,
        valid_from=world.today.replace(month=12),
        source="试验文件〔2026〕1号",
        strength="S",
    )
    return str(made.id)


def test_the_same_key_gives_the_same_answer_and_is_done_once(world: World) -> None:
    before = entries(world)
    first = world.perform(count, actor=World.actor("test.count"), key="k", upto=3, word="yes")
    again = world.perform(count, actor=World.actor("test.count"), key="k", upto=3, word="yes")
    assert first == again == Counted((0, 1, 2), "yes")
    assert entries(world) == before + 1
    assert world.run_jobs() == 1
    world.holds()


def test_a_key_is_not_taken_for_another_order(world: World) -> None:
    world.perform(count, actor=World.actor("test.count"), key="k", upto=3, word="yes")
    with world.refused("key_reused"):
        world.perform(count, actor=World.actor("test.count"), key="k", upto=4, word="yes")


def test_keys_of_two_people_do_not_meet(world: World) -> None:
    one = world.perform(count, actor=World.actor("test.count", account="a"), key="k", upto=1, word="x")
    two = world.perform(count, actor=World.actor("test.count", account="b"), key="k", upto=2, word="y")
    assert (one.word, two.word) == ("x", "y")


def test_a_refusal_leaves_nothing_but_a_masked_attempt(world: World) -> None:
    before = entries(world)
    with world.refused("policy.second_person"):
        world.perform(count, actor=World.actor("test.count"), key="k", upto=2, word="no")
    assert entries(world) == before
    assert world.run_jobs() == 0
    with world.db() as db:
        attempt = db.scalars(select(audit.Attempt)).one()
    assert attempt.facts == {"number": "…", "upto": 2}
    world.holds()
    assert world.perform(count, actor=World.actor("test.count"), key="k", upto=2, word="yes").word == "yes"


def test_an_action_needs_its_right(world: World) -> None:
    with pytest.raises(Forbidden):
        world.perform(count, actor=World.actor("test.other"), upto=1, word="x")
    world.holds()


def test_a_fresh_second_factor_is_asked_for(world: World) -> None:
    policy = propose_one(world)
    tired = World.actor("policy.release", account="checker", stepped_up=False)
    with world.refused("step_up_needed"):
        world.perform(release, actor=tired, policy_id=policy)


def test_two_people_release_a_policy_and_the_old_value_ends_the_day_before(world: World) -> None:
    policy = propose_one(world)
    with world.refused("policy.second_person"):
        world.perform(release, actor=World.actor("policy.release", account="clerk"), policy_id=policy)
    world.perform(release, actor=CHECKER, policy_id=policy)
    with world.db() as db:
        rows = db.scalars(select(PolicyRow).where(PolicyRow.name == "programme.standards")).all()
    old, new = sorted(rows, key=lambda r: r.valid_from)
    assert (old.valid_to, new.state) == (world.today.replace(month=12, day=22), PolicyState.RELEASED)
    world.holds()


def test_of_many_who_release_at_once_one_wins(world: World) -> None:
    policy = propose_one(world)
    outcome: list[str] = []

    def go(number: int) -> None:
        actor = World.actor("policy.release", account=f"checker-{number}")
        try:
            world.office.perform(release, actor=actor, key=f"r{number}", policy_id=policy)
            outcome.append("done")
        except Refusal as refusal:
            outcome.append(refusal.code)

    threads = [threading.Thread(target=go, args=(n,)) for n in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert outcome.count("done") == 1
    assert set(outcome) <= {"done", "policy.cannot_release", "policy.changed_meanwhile"}
    world.holds()


def test_reading_never_waits_for_a_writer(lite: World) -> None:

    with writing(lite.engine) as busy:
        busy.execute(text("update district set kind = kind"))
        with reading(lite.engine) as one, reading(lite.engine) as two:
            assert one.execute(text("select count(*) from district")).scalar_one() == 42
            assert two.execute(text("select count(*) from district")).scalar_one() == 42


def test_a_writer_does_not_wait_for_readers(lite: World) -> None:
    readers = [lite.office.read() for _ in range(20)]
    for reader in readers:
        reader.execute(text("select count(*) from district"))
    propose_one(lite)
    for reader in readers:
        reader.close()
    lite.holds()


def test_read_only_mode_refuses_to_change_and_still_reads(lite: World) -> None:
    (lite.settings.data_dir / "read-only").touch()
    with pytest.raises(Unavailable):
        propose_one(lite)
    with lite.db() as db:
        assert db.execute(text("select count(*) from district")).scalar_one() == 42


def test_a_failed_job_is_tried_again_and_then_named(lite: World) -> None:
    @action("test.broken", may="test.count")
    def broken(act: Act) -> None:
        """Order a job that cannot succeed."""
        act.later("test.raises")

    @jobs.job("test.raises")
    def raises(_bench: jobs.Bench) -> None:
        raise ValueError("no paper")

    lite.perform(broken, actor=SYSTEM)
    for _ in range(jobs.MOST_ATTEMPTS):
        lite.run_jobs()
        lite.clock.forward(minutes=5)
    assert "no paper" in lite.violations()["jobs.none_failed"][0]


def test_the_job_of_a_dead_worker_is_taken_up_again(world: World) -> None:
    from skills.kernel.jobs import LEASE, Job, _take

    world.perform(count, actor=World.actor("test.count"), upto=1, word="yes")
    assert _take(world.office) is not None
    assert world.run_jobs() == 0
    world.clock.forward(seconds=LEASE.total_seconds() + 1)
    assert world.run_jobs() == 1
    with world.db() as db:
        assert db.scalars(select(Job.state)).all() == ["done"]
    world.holds()


@action("test.parts", may="test.parts")
def in_parts(act: Act, policy_id: str, moved_id: str) -> None:
    """Three parts, the second of which is refused."""
    moved = act.get(PolicyRow, id=moved_id)
    moved.source += "kept"
    for word in ("first", "second", "third"):
        try:
            with act.part():
                row = act.get(PolicyRow, id=policy_id)
                row.source += word
                act.note("test.part", word=word)
                act.later("test.noop", key=word, upto=1)
                if word == "second":
                    act.move(moved, POLICY, "withdraw")
                    propose(act, name="programme.standards", value=43, valid_from=act.today.replace(month=12), source="试验", strength="S")
                    raise Refusal("policy.second_person")
        except Refusal:
            act.note("test.lost", word=word)


def test_a_part_of_an_act_fails_by_itself(world: World) -> None:
    kept = propose_one(world, value=41)
    moved = propose_one(world, value=42)
    world.perform(in_parts, policy_id=kept, moved_id=moved)
    with world.db() as db:
        source = db.get_one(PolicyRow, kept).source
        ordered = set(db.scalars(select(jobs.Job.key).where(jobs.Job.key.is_not(None))))
        entry = db.scalars(select(audit.AuditEntry).where(audit.AuditEntry.action == "test.parts")).one()
        touched = (entry.rows or {})["rows"]["policy"]
    assert source.endswith("firstthird")
    assert set(touched) == {kept, moved}, "rows that were taken back are not on record"
    assert world.violations() == {}, "what is on record is what stands in the rows"
    assert ordered == {"first", "third"}
    assert [(n["event"], n["word"]) for n in entry.notes] == [
        ("test.part", "first"), ("test.lost", "second"), ("test.part", "third"),
    ]  # fmt: skip
    assert world.run_jobs() == 2
