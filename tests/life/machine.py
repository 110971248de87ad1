"""Three holders, two institutions, two batches, a clock that moves and a process that dies: real acts beside the model."""

from __future__ import annotations

import itertools
import os
import shutil
import tempfile
from collections import Counter
from datetime import timedelta
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any, TypeVar

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule
from sqlalchemy import select

from skills.courses.actions import classes, enrolments, leaving, reservations
from skills.courses.actions.disputes import uphold
from skills.courses.models import CourseClass, Enrolment, LeaveRequest, Reservation
from skills.courses.states import Admission
from skills.kernel.actors import SYSTEM, Actor
from skills.kernel.errors import Refusal
from skills.records.actions import state_fact
from skills.vouchers.actions import batches, claims, disputes, issuing
from skills.vouchers.actions.batches import BatchOrder
from skills.vouchers.models import Batch, LedgerEntry, Redemption, Voucher
from skills.vouchers.rules import ScopeForm
from skills.vouchers.states import Purse
from tests.courses.stage import HOURS, Stage, institution, make_stage
from tests.databases import create, drop
from tests.life.crashes import Killed, killed_before
from tests.life.model import Model
from tests.life.openings import Openings
from tests.life.payments import Payments, verify
from tests.life.things import Group, Lot, Ticket, Use, Wait
from tests.world import World, make_world, open_world

PEOPLE = 3
FACE = 120_000
# (face, count, ceiling): the first runs out of vouchers, the second of money.
LOTS = ((FACE, 2, 100 * FACE), (200_000, 100, 400_000))
WHO = st.integers(0, PEOPLE - 1)
PICK = st.integers(0, 11)
# Before which statement the process dies; most acts are let live.
DEATH = st.one_of(st.none(), st.integers(0, 60))

TOWN = f"life_town_{os.getpid()}"
_count = itertools.count()

T = TypeVar("T")


def one(among: list[T], pick: int) -> T:
    """One of them, the same for the same pick."""
    return among[pick % len(among)]


@cache
def town(server: str | None) -> tuple[Path, list[str], list[Lot], list[Group], list[str]]:
    """The start of every life, made once for each server (none: SQLite): people, two schools with two classes each, two open batches."""
    folder = Path(tempfile.mkdtemp(prefix="life-"))
    if server is not None:
        create(server, TOWN)
    world = make_world(folder / "data", _address(folder, server, TOWN))
    world.policy("class.deviations_hold", False, world.today + timedelta(days=1))  # what is paid here does not wait for reports
    first = make_stage(world)
    second = Stage(world, institution(world, 2))
    second.course = second.publish(title="数据标注员提高", level=3, fee=90_000)
    people = []
    for _ in range(PEOPLE):
        person, _number = first.person()
        world.perform(
            state_fact, person_id=person, kind="standing", source=f"list:{person}", strength="compared",
            body={"group": "registered_unemployed", "since": "2026-01-01", "until": None},
        )  # fmt: skip
        people.append(person)
    groups = []
    for stage, subject, fee in ((first, "L5", 240_000), (second, "L4", 90_000)):
        for seats, starts in ((1, 7), (3, 100)):  # the second is still to begin when a voucher of the first day has lapsed
            confirms = stage is second and seats == 1
            made = stage.open(seats, starts=starts, admits=Admission.CONFIRMED if confirms else Admission.AT_ONCE)
            day = world.today + timedelta(days=starts)
            groups.append(Group(made.class_id, subject, fee, seats, day, day + timedelta(days=2), confirms))
    until = world.today + timedelta(days=200)
    lots = [Lot(_batch(world, face, count, money, until), face, count, money, until) for face, count, money in LOTS]
    schools = [first.school, second.school]
    checker = world.actor("payee.verify", account="checker")
    for n, school in enumerate(schools):
        admin = world.actor("payee.enter", account=f"admin-{n}", organisation=school)
        verify(world, admin, checker, school, f"62220100{n:08}")
    world.seal()
    world.engine.dispose()
    return folder, people, lots, groups, schools


def _address(folder: Path, server: str | None, name: str) -> str:
    return f"sqlite:///{folder / 'life.db'}" if server is None else f"{server}/{name}"


def _batch(world: World, face: int, count: int, money: int, until: Any) -> str:
    order = BatchOrder(
        title="满天星培训券", programme="mantianxing", training_type="employment", district="500112",
        groups=("registered_unemployed",), claim_from=world.today, claim_until=until, life_months=3, face=face,
        count_ceiling=count, money_ceiling=money, policy_source="措施第12条", scope_form=ScopeForm.GENERAL,
    )  # fmt: skip
    made = world.perform(batches.draft, actor=world.actor("batch.draft", account="a"), order=order)
    world.perform(batches.approve, actor=world.actor("batch.approve", account="b"), batch_id=made.batch_id)
    world.perform(batches.open_, actor=world.actor("batch.issue", account="a"), batch_id=made.batch_id)
    return str(made.batch_id)


class Lives(Openings, Payments, RuleBasedStateMachine):
    """Every step is tried for real and in the model: both do it or neither does, whatever dies on the way."""

    server: str | None = None  # the PostgreSQL server on which it is lived

    def __init__(self) -> None:
        super().__init__()
        start, self.people, lots, groups, self.schools = town(self.server)
        self.folder = Path(tempfile.mkdtemp(prefix="life-"))
        shutil.copytree(start, self.folder, dirs_exist_ok=True)
        name = f"life_{os.getpid()}_{next(_count)}"
        self.url = _address(self.folder, self.server, name)
        if self.server is not None:
            create(self.server, name, TOWN)
        self.world = open_world(self.folder / "data", self.url, seed="life")
        self.model = Model(
            self.world.clock.now(), [Lot(lot.id, lot.face, lot.count, lot.money, lot.until) for lot in lots],
            [Group(g.id, g.subject, g.fee, g.seats, g.starts, g.ends, g.confirms) for g in groups],
        )  # fmt: skip
        self.acts = 0
        self.met: Counter[str] = Counter()

    # Doing

    def do(self, wanted: object, death: int | None, does: Any, actor: Actor = SYSTEM, **order: Any) -> Any:
        """Perform an act under one key, dying where told and asking again as a phone would; done just when it is wanted."""
        self.acts += 1
        key, first = f"life-{self.acts}", None
        try:
            if death is not None:
                try:
                    with killed_before(self.world.engine, death):
                        first = self.world.perform(does, actor=actor, key=key, **order)
                except Killed:
                    self.met["killed"] += 1
            answer = self.world.perform(does, actor=actor, key=key, **order)
        except Refusal as refusal:
            if wanted:
                raise AssertionError(f"{does.name} was refused") from refusal
            self.met[f"no {does.name}"] += 1
            return None
        assert wanted, f"{does.name} was done and must not be"
        assert first is None or first == answer, "asked again, it answered something else"
        self.met[does.name] += 1
        return answer

    def holder(self, who: int) -> Actor:
        person = self.people[who]
        return self.world.actor("voucher.claim", "enrolment.enrol", account=f"acc-{person}"[:26], person=person)

    def bureau(self, *rights: str) -> Actor:
        return self.world.actor(*rights, account="bureau")

    # Steps

    @rule(who=WHO, lot=st.integers(0, len(LOTS) - 1), death=DEATH)
    def claim(self, who: int, lot: int, death: int | None) -> None:
        ticket = self.model.claim(who, self.model.lots[lot])
        done = self.do(ticket, death, claims.claim, self.holder(who), batch_id=self.model.lots[lot].id)
        if ticket is not None:
            ticket.id = done.voucher_id
            assert done.valid_until == ticket.until

    @rule(who=WHO, group=st.integers(0, 3), mine=st.sampled_from(["mine", "mine", "any", ""]), pick=PICK, death=DEATH)
    def enrol(self, who: int, group: int, mine: str, pick: int, death: int | None) -> None:
        """With a voucher of one's own that looks usable, with any voucher there is, or with none."""
        held, ticket = self.model.groups[group], self.ticket(who, mine, pick)
        place = self.model.enrol(who, held, ticket)
        done = self.do(
            place, death, enrolments.enrol, self.holder(who), class_id=held.id, voucher_id=ticket.id if ticket else None
        )
        if place is not None:
            place.id = done.enrolment_id
            assert done.price == held.fee - (place.use.cents if place.use else 0)
            if place.use is not None:
                place.use.id = done.redemption_id

    @precondition(lambda self: self.model.places)
    @rule(pick=PICK, death=DEATH)
    def withdraw(self, pick: int, death: int | None) -> None:
        place = one(self.model.places, pick)
        wanted = self.model.withdraw(place)
        self.do(wanted, death, enrolments.withdraw, self.holder(place.owner), enrolment_id=place.id)

    @rule(who=WHO, group=st.sampled_from([0, 0, 1, 2, 2, 2]), mine=st.sampled_from(["mine", "mine", "any", ""]), pick=PICK, death=DEATH)
    def ask(self, who: int, group: int, mine: str, pick: int, death: int | None) -> None:
        held, ticket = self.model.groups[group], self.ticket(who, mine, pick)
        wait = self.model.ask(who, held, ticket)
        done = self.do(
            wait, death, reservations.ask, self.holder(who), class_id=held.id, voucher_id=ticket.id if ticket else None
        )
        if wait is not None:
            wait.id = done.reservation_id
            assert done.state == wait.state

    @precondition(lambda self: self.kept())
    @rule(pick=PICK, how=st.sampled_from(["", "", "decline", "take_back"]), mine=st.booleans(), death=DEATH)
    def answer(self, pick: int, how: str, mine: bool, death: int | None) -> None:
        """What a kept seat waits for."""
        wait = one(self.kept(), pick)
        self.say(wait, how or ("take" if wait.state == "offered" else "confirm"), pick if mine else None, death)

    @precondition(lambda self: self.model.waits)
    @rule(pick=PICK, how=st.sampled_from(["take", "confirm", "decline", "take_back"]), death=DEATH)
    def say_anything(self, pick: int, how: str, death: int | None) -> None:
        """Wanted or not."""
        self.say(one(self.model.waits, pick), how, None, death)

    def say(self, wait: Wait, how: str, pick: int | None, death: int | None) -> None:
        """`pick`: with a voucher of one's own, where an offered seat is taken."""
        if how == "take":
            ticket = None if pick is None else self.ticket(wait.owner, "mine", pick)
            wanted = self.model.take(wait, ticket)
            done = self.do(
                wanted, death, reservations.take, self.holder(wait.owner), reservation_id=wait.id,
                voucher_id=ticket.id if ticket else None,
            )  # fmt: skip
        else:
            wanted = getattr(self.model, how)(wait)
            does = {"confirm": reservations.confirm, "decline": reservations.decline, "take_back": reservations.cancel}[how]
            by = self.holder(wait.owner) if how == "take_back" else SYSTEM
            order: dict[str, Any] = {"reason": "基础不符合要求"} if how == "decline" else {}
            done = self.do(wanted, death, does, actor=by, reservation_id=wait.id, **order)
        if wanted and wait.place is not None and not wait.place.id:
            wait.place.id = done.enrolment_id
            if wait.place.use is not None:
                with self.world.db() as db:
                    wait.place.use.id = db.get_one(Enrolment, done.enrolment_id).redemption_id or ""

    @precondition(lambda self: self.kept())
    @rule(group=st.sampled_from([0, 2]), death=DEATH)
    def tidy(self, group: int, death: int | None) -> None:
        """The worker books what is over."""
        held = self.model.groups[group]
        self.do(self.model.tidy(held), death, reservations.expire, class_id=held.id)

    @precondition(lambda self: any(p.live and self.model.today >= p.group.starts for p in self.model.places))
    @rule(pick=PICK, how=st.sampled_from(["ask", "grant", "grant", "refuse", "withdraw"]), death=DEATH)
    def excuse(self, pick: int, how: str, death: int | None) -> None:
        """A request to leave, and what is decided of it."""
        open_ = [p for p in self.model.places if p.request]
        place = one(self.model.places if how == "ask" or not open_ else open_, pick)
        if how == "ask" or not open_:
            done = self.do(
                self.model.ask_leave(place), death, leaving.ask, self.holder(place.owner), enrolment_id=place.id, code="illness"
            )
            place.request = done.request_id if done else place.request
            return
        request, place.request = place.request, ""
        if how == "withdraw":
            self.do(True, death, leaving.withdraw, self.holder(place.owner), request_id=request)
            return
        wanted = how == "refuse" or self.model.excuse(place)
        does = leaving.refuse if how == "refuse" else leaving.grant
        self.do(wanted, death, does, self.bureau("leave.decide"), request_id=request, reason="有住院证明")

    @rule(group=st.integers(0, 3), how=st.sampled_from(["start", "finish", "finish", "cancel"]), death=DEATH)
    def lead(self, group: int, how: str, death: int | None) -> None:
        self.lead_on(self.model.groups[group], how, death)

    def lead_on(self, group: Group, how: str, death: int | None) -> None:
        wanted = getattr(self.model, how)(group)
        order = {"reason": "讲师生病"} if how == "cancel" else {}
        self.do(wanted, death, getattr(classes, how), class_id=group.id, **order)

    @precondition(lambda self: self.waiting_groups())
    @rule(pick=PICK, death=DEATH)
    def begin(self, pick: int, death: int | None) -> None:
        """The day comes on which a class with people in it begins."""
        group = one(self.waiting_groups(), pick)
        self.wait(max(0, (group.starts - self.model.today).days))
        self.lead_on(group, "start", death)

    @precondition(lambda self: any(p.state == "attending" for p in self.model.places))
    @rule(pick=PICK, passed=st.sampled_from([True, True, False]), death=DEATH)
    def complete(self, pick: int, passed: bool, death: int | None) -> None:
        place = one([p for p in self.model.places if p.state != "enrolled"], pick)
        wanted = self.model.complete(place, passed)
        self.do(
            wanted, death, enrolments.complete, enrolment_id=place.id, hours=Decimal(HOURS), attendance=Decimal(100),
            score=Decimal(80), completed_on=self.world.today, passed=passed,
        )  # fmt: skip

    @precondition(lambda self: len(self.model.tickets) > 2)
    @rule(pick=PICK, death=DEATH)
    def void(self, pick: int, death: int | None) -> None:
        ticket = one(self.model.tickets, pick)
        wanted = self.model.void(ticket)
        self.do(wanted, death, issuing.void, self.bureau("batch.approve"), voucher_id=ticket.id, reason="误发")

    @precondition(lambda self: self.model.uses)
    @rule(pick=PICK, who=st.one_of(st.none(), st.none(), WHO), death=DEATH)
    def deny(self, pick: int, who: int | None, death: int | None) -> None:
        ticket = one(self.model.uses, pick).ticket
        by = ticket.owner if who is None else who
        use = self.model.deny(ticket, by)
        done = self.do(use, death, disputes.open_, self.holder(by), voucher_id=ticket.id)
        if use is not None:
            use.denial = done.dispute_id

    @precondition(lambda self: self.denied())
    @rule(pick=PICK, how=st.sampled_from(["withdraw", "dismiss", "uphold", "uphold"]), death=DEATH)
    def decide(self, pick: int, how: str, death: int | None) -> None:
        use = one(self.denied(), pick)
        denial = use.denial
        if how == "withdraw":
            use.denial = ""
            self.do(True, death, disputes.withdraw, self.holder(use.ticket.owner), dispute_id=denial)
            return
        wanted = getattr(self.model, how)(use)
        does = disputes.dismiss if how == "dismiss" else uphold
        self.do(wanted, death, does, self.bureau("dispute.decide"), dispute_id=denial, reason="已核对签到记录")

    @rule(days=st.sampled_from([1, 1, 7, 30, 100]))
    def wait(self, days: int) -> None:
        self.world.clock.forward(days=days)
        self.model.now = self.world.clock.now()

    # Comparing

    @invariant()
    def agrees(self) -> None:
        model = self.model
        with self.world.db() as db:
            found = {i: (state, face, until) for i, state, face, until in db.execute(
                select(Voucher.id, Voucher.state, Voucher.face, Voucher.valid_until))}  # fmt: skip
            assert found == {t.id: (t.state, t.face, t.until) for t in model.tickets}
            events: dict[str, Counter[str]] = {t.id: Counter() for t in model.tickets}
            purses: Counter[str] = Counter()
            for voucher, event, source, target, cents in db.execute(
                select(LedgerEntry.voucher_id, LedgerEntry.event, LedgerEntry.source, LedgerEntry.target, LedgerEntry.cents)
            ):
                events[voucher][event] += 1
                purses[source] -= cents
                purses[target] += cents
            assert events == {t.id: +t.events for t in model.tickets}
            assert -purses[Purse.BUDGET] == sum(lot.bound for lot in model.lots), "the ledger binds other money than the batches"
            assert purses[Purse.PAYABLE] == sum(u.cents for u in model.uses if u.state == "earned")
            paid = sum(u.cents - u.back for u in model.uses if u.state in ("settled", "clawed_back"))
            assert purses[Purse.PAID] == paid, "the ledger says that other money was paid"
            assert purses[Purse.REDEEMED] == sum(u.cents for u in model.uses if u.state == "redeemed")
            lots = {i: (issued, bound) for i, issued, bound in db.execute(select(Batch.id, Batch.issued, Batch.committed))}
            assert lots == {lot.id: (lot.issued, lot.bound) for lot in model.lots}
            assert all(lot.issued <= lot.count and lot.bound <= lot.money for lot in model.lots)
            assert {row.id: row.state for row in db.execute(select(Enrolment.id, Enrolment.state))} == {p.id: p.state for p in model.places}
            assert {row.id: row.state for row in db.execute(select(Redemption.id, Redemption.state))} == {u.id: u.state for u in model.uses}
            waits = {i: (state, by if state == "held" else None, until if state == "offered" else None) for i, state, by, until in db.execute(
                select(Reservation.id, Reservation.state, Reservation.answer_by, Reservation.offered_until))}  # fmt: skip
            assert waits == {
                w.id: (w.state, w.answer_by if w.state == "held" else None, w.until if w.state == "offered" else None) for w in model.waits
            }
            requests = db.scalars(select(LeaveRequest.id).where(LeaveRequest.state == "opened"))
            assert set(requests) == {p.request for p in model.places if p.request}
            taken = {i: (state, n) for i, state, n in db.execute(select(CourseClass.id, CourseClass.state, CourseClass.taken))}
            assert taken == {g.id: (g.state, model.taken(g)) for g in model.groups}

    def teardown(self) -> None:
        try:
            self.world.holds()
        finally:
            self.world.engine.dispose()
            if self.server is not None:
                drop(self.url)
            shutil.rmtree(self.folder, ignore_errors=True)

    def kept(self) -> list[Wait]:
        """Seats that are kept for somebody."""
        return [w for w in self.model.waits if w.state in Wait.KEPT]

    def ticket(self, who: int, mine: str, pick: int) -> Ticket | None:
        """A voucher of one's own that looks usable, any voucher there is, or none."""
        usable = [t for t in self.model.tickets if mine == "any" or (mine and t.owner == who and t.state == "claimed")]
        return one(usable, pick) if usable else None

    def waiting_groups(self) -> list[Group]:
        """Classes that somebody waits for."""
        return [g for g in self.model.groups if g.state == "approved" and self.model.taken(g)]

    def denied(self) -> list[Use]:
        return [u for u in self.model.uses if u.denial]
