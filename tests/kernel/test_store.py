"""Rows that are stored and changed by kept statements: what the object says is what stands in the database, and on record."""

from __future__ import annotations

from contextlib import suppress
from datetime import date, timedelta
from time import sleep
from typing import Any

import pytest
from sqlalchemy import inspect, select, text, update
from sqlalchemy.exc import IntegrityError, StatementError

from skills.kernel import acts, audit, jobs, store
from skills.kernel.actors import SYSTEM
from skills.kernel.acts import Act, action
from skills.kernel.db import FOLLOWED, RESTED, make_engine, reading, writing
from skills.kernel.errors import Overtaken, Refusal
from skills.records.models import RecordEntry
from skills.standards.models import PolicyRow
from skills.standards.states import PolicyState
from tests.world import World


def row(row_id: str, act: Act, **other: Any) -> PolicyRow:
    values = {"name": "test.stored", "value": {"n": [1]}, "valid_from": date(2026, 1, 1), "source": "试验", "strength": "S",
              "edition": "1", "state": PolicyState.PROPOSED, "proposed_by": "clerk", "proposed_at": act.at}  # fmt: skip
    return PolicyRow(id=row_id, **{**values, **other})


@action("test.store", may="test.store")
def put_one(act: Act, row_id: str) -> None:
    """Stores a row, of which the holder then says something else."""
    held = act.add(row(row_id, act))
    assert (held.valid_to, held.released_by, held.released_at) == (None, None, None), "what was not given is read from nowhere"
    assert act.get(PolicyRow, id=row_id) is held
    held.source = "改"
    assert act.alter(held, PolicyRow.edition == "1", edition=PolicyRow.edition + "b")
    assert (held.edition, held.source) == ("1b", "改")
    assert not act.alter(held, PolicyRow.edition == "1", edition="9")
    assert held.edition == "1b"


def test_a_stored_row_is_its_holders_and_on_record(world: World) -> None:
    world.perform(put_one, row_id="01STORED")
    with world.db() as db:
        kept = db.get_one(PolicyRow, "01STORED")
        assert (kept.edition, kept.source, kept.value, kept.state) == ("1b", "改", {"n": [1]}, "proposed")
        entry = db.scalars(select(audit.AuditEntry).where(audit.AuditEntry.action == "test.store")).one()
        assert set((entry.rows or {})["rows"]["policy"]) == {"01STORED"}
    assert "audit.rows_on_record" not in world.violations()
    with writing(world.engine) as db:
        db.execute(text("update policy set edition = '3' where id = '01STORED'"))
    assert "audit.rows_on_record" in world.violations()


@action("test.store_again", may="test.store_again")
def put_again(act: Act, row_id: str) -> None:
    """A part stores a row and fails; then the act stores another row under the same key."""
    lost: list[PolicyRow] = []
    with suppress(Refusal), act.part():
        lost.append(act.add(row(row_id, act)))
        raise Refusal("policy.second_person")
    assert act.find(PolicyRow, id=row_id) is None
    act.add(row(row_id, act, source="again"))
    assert lost[0] not in act.db


def test_a_row_of_a_part_that_was_taken_back_is_gone_from_the_session_too(world: World) -> None:
    world.perform(put_again, row_id="01AGAIN")
    with world.db() as db:
        assert db.get_one(PolicyRow, "01AGAIN").source == "again"
    assert "audit.rows_on_record" not in world.violations()


def test_defaults_renamed_columns_and_what_the_database_refuses(world: World) -> None:
    now = world.clock.now()
    with writing(world.engine) as db:
        job = jobs.Job(id="01JOB", name="test.noop", args={"upto": 1}, state="waiting", ordered_by=SYSTEM.account, due=now)
        store.add(db, job)
        assert (job.attempts, job.problem, job.key, job.lease_until) == (0, "", None, None)
        assert store.find(db, jobs.Job, id="01JOB", key=None) is job
        assert store.find(db, jobs.Job, id="01JOB", key="another") is None
        assert store.step(db, job, "state", {"state": "running", "lease_until": now + timedelta(seconds=5)})
        assert job.state == "running"
        db.connection().execute(text("update job set state = 'done' where id = '01JOB'"))  # somebody was first
        assert not store.step(db, job, "state", {"state": "failed"})
        assert store.find(db, jobs.Job, id="01JOB") is job, "found again it is the same object"
        assert job.state == "running", "and says what it said"
        assert store.fresh(db, jobs.Job, "01JOB") is job
        assert job.state == "done"
    with reading(world.engine) as db:
        kept = db.get_one(jobs.Job, "01JOB")
        assert (kept.state, kept.attempts, kept.due, kept.lease_until) == ("done", 0, now, now + timedelta(seconds=5))
    with pytest.raises(IntegrityError), writing(world.engine) as db:
        store.put(db, RecordEntry(id="01REC", person_id="nobody", kind="training", source="x", body={}, on=date(2026, 1, 2)))
    with pytest.raises(StatementError), writing(world.engine) as db:
        store.put(db, jobs.Job(id="02JOB", name="n", args={}, state="waiting", ordered_by="x", due=now.replace(tzinfo=None)))


def test_an_answer_tells_its_columns(world: World) -> None:
    with world.engine.connect() as connection:
        cursor = connection.connection.cursor()
        cursor.execute("select id as one, name as two from policy where id = 'none'")
        assert [column[0] for column in cursor.description] == ["one", "two"]
        cursor.execute("delete from policy where id = 'none'")
        assert cursor.description is None
        connection.rollback()


def test_a_connection_that_the_server_has_closed_is_replaced(postgres_url: str) -> None:
    engine, pid = make_engine(postgres_url), text("select pg_backend_pid()")
    with engine.connect() as one, engine.connect() as other:
        ours = {one.scalar(pid), other.scalar(pid)}
    with make_engine(postgres_url).connect() as judge:
        judge.execute(text("select pg_terminate_backend(pid) from unnest(cast(:pids as int[])) pid"), {"pids": list(ours)})
        judge.connection.detach()
    sleep(RESTED)
    with engine.connect() as one, engine.connect() as other:
        assert ours.isdisjoint({one.scalar(pid), other.scalar(pid)})
    engine.dispose()


@action("test.look", may="test.store")
def looked_at(act: Act) -> tuple[tuple[str, str, bool], ...]:
    """Stores rows, of which one is changed by a statement and one before a part of the act is taken back: what the last look sees."""
    for row_id in ("p1", "p2"):
        act.add(row(row_id, act))
    act.db.execute(update(PolicyRow).where(PolicyRow.id == "p1").values(edition="2").execution_options(synchronize_session=False))
    with suppress(Refusal), act.part():
        act.add(row("p3", act))
        raise Refusal("policy.unknown", name="x")
    act.add_many(PolicyRow, [{c.key: getattr(row("p4", act), c.key) for c in inspect(PolicyRow).column_attrs}])
    seen = act.db.info[FOLLOWED].said({"policy": ["proposed_by"]})
    return tuple(sorted((key[0], who, fresh) for _, key, _, who, fresh in seen))


def test_what_an_act_wrote_is_looked_at_whatever_came_after_it(world: World) -> None:
    assert world.perform(looked_at, actor=world.actor("test.store")) == tuple((f"p{n}", "clerk", True) for n in (1, 2, 4))


@action("test.keep_no", may="test.store")
def refused(act: Act) -> None:
    """Refuses, and what is to be kept of it is one row."""

    def keep(kept: Act) -> str:
        kept.note("policy.kept", id="kept")
        return str(kept.add(row("kept", kept)).id)

    no = Refusal("policy.unknown", name="x")
    no.keeps = keep
    raise no


@pytest.mark.parametrize(("times", "kept"), [(1, "kept"), (9, None)])
def test_a_no_whose_grounds_name_a_record_that_went_is_asked_again(
    world: World, monkeypatch: pytest.MonkeyPatch, times: int, kept: str | None
) -> None:
    left = [times]

    def overtaken(_db: Any, _pen: Any) -> None:
        left[0] -= 1
        if left[0] >= 0:
            raise Overtaken("person.joined", id="x")

    monkeypatch.setattr(acts, "LAST_LOOKS", [overtaken])
    with world.refused("policy.unknown"):
        world.perform(refused, actor=world.actor("test.store"))
    with world.db() as db:
        [attempt] = db.scalars(select(audit.Attempt)).all()
        assert (attempt.code, attempt.kept) == ("policy.unknown", kept)
        assert (db.get(PolicyRow, "kept") is not None) == bool(kept)
