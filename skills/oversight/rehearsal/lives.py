"""The life of a voucher as the actions would have written it: claimed, used for a place, completed or given back.

Ledger, verdicts with their questions, traces, messages, places and results: every row that the acts write, without the
audit entries and certificates, which a rehearsal does not need.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, fields
from datetime import date, datetime, timedelta

from sqlalchemy.orm import Session

from skills.complaints.rules import Level as DeskLevel
from skills.complaints.rules import number as complaint_number
from skills.complaints.rules import word_hash
from skills.complaints.states import ComplaintState, Outcome
from skills.courses.rules.completion import completion_number
from skills.courses.states import ClassState, EnrolmentState
from skills.kernel.canon import plain
from skills.kernel.clock import shanghai_day
from skills.oversight.rehearsal.book import Book, Row, Secret
from skills.oversight.rehearsal.planted import NotPlanted
from skills.oversight.rehearsal.town import BUREAU, CHECKER, Body, Sheet, Who
from skills.oversight.states import CallBackState
from skills.records.rules import Training, to_json
from skills.standards.calendar import add_working_days
from skills.standards.rules import Level
from skills.vouchers import rules
from skills.vouchers.queries.people import limits
from skills.vouchers.rules import Limits, Moment, Purpose, Question, Spent
from skills.vouchers.rules.codes import CodeKind, Hand
from skills.vouchers.states import (
    POSTINGS,
    CodeState,
    DisputeState,
    Event,
    HoldState,
    Purse,
    RedemptionState,
    VoucherState,
)

OWN, SCANNED, FAMILY, COUNTER = "own", "scanned", "family", "counter"


@dataclass
class Held:
    """A voucher of somebody, with its ledger so far."""

    who: Who
    batch: Sheet
    row: Row
    entries: int = 0


@dataclass
class Use:
    """A voucher used for a place in a class."""

    held: Held
    body: Body
    group: Row
    redemption: Row
    place: Row

    @property
    def at(self) -> datetime:
        """The moment of the use."""
        moment: datetime = self.redemption["redeemed_at"]
        return moment


class Lives:
    """Writes lives into the book. Whatever is numbered in series is numbered at the end, in the order of time."""

    def __init__(self, book: Book, db: Session) -> None:
        self.book = book
        self._db = db
        self._limits: dict[date, tuple[Limits, object]] = {}
        self._terms: dict[str, object] = {}
        self._courses: dict[str, Row] = {}
        self._completed: list[tuple[Body, Row, Row, Row]] = []
        self._complaints: list[Row] = []
        self._asked: set[str] = set()

    def claim(self, who: Who, batch: Sheet, at: datetime, issued: datetime | None = None, told: bool = False) -> Held:
        """Somebody takes a voucher; of a batch with names it was issued before."""
        held = self.issue(who, batch, issued) if issued else self._new(who, batch, at)
        day = shanghai_day(at)
        question = Question(Moment.CLAIM, day, True, batch.terms, who.holder, self._policy(day)[0])
        if not issued:
            self._book(held, Event.ISSUE, at)
        until = rules.last_day(batch.terms, who.holder, question.limits, day)
        held.row.update(state=VoucherState.CLAIMED, claimed_at=at, valid_until=until)
        self._book(held, Event.CLAIM, at)
        self._keep(held, question, at)
        return held

    def issue(self, who: Who, batch: Sheet, at: datetime) -> Held:
        """Somebody named on the list of a batch is given a voucher."""
        held, day = self._new(who, batch, at), shanghai_day(at)
        self._book(held, Event.ISSUE, at)
        self._keep(held, Question(Moment.ISSUE, day, True, batch.terms, who.holder, self._policy(day)[0]), at)
        position = batch.row["issued"]
        self.book.add(
            "voucher_line", id=self.book.id(at), batch_id=batch.row["id"], position=position, person_id=who.id, state="issued", code="",
            findings=[], listed_at=at - timedelta(hours=2), decided_at=at,
        )  # fmt: skip
        self.book.message("voucher.told_issued", at, person_id=who.id, title=batch.terms.title, until=batch.terms.claim_until.isoformat())
        return held

    def lapse(self, held: Held, at: datetime) -> None:
        """The booking that a voucher's term is over."""
        held.row["state"] = VoucherState.LAPSED
        self._book(held, Event.LAPSE, at)

    def use(
        self, held: Held, body: Body, group: Row, at: datetime, *, how: str = OWN, network: str = "", model: str = ""
    ) -> Use:
        """The voucher is used for a place in a class.

        how  by the holder online (which leaves a trace), from the holder's code at the institution, by a relative, at the counter
        """
        book, who, day = self.book, held.who, shanghai_day(at)
        course = self._course(body, group)
        place_id, redemption_id = book.id(at), book.id(at)
        level = Level(course["level"]) if course["level"] else None
        purpose = Purpose(body.id, course["occupation"], level, course["fee"], f"enrolment:{place_id}", course["zone"])
        question = Question(
            Moment.REDEEM, day, True, held.batch.terms, who.holder, self._policy(day)[0], held.row["valid_until"], purpose, True
        )
        cents = rules.worth(held.batch.terms, course["fee"])
        redemption = book.add(
            "redemption", id=redemption_id, voucher_id=held.row["id"], person_id=who.id, institution_id=body.id,
            occupation=course["occupation"], level=course["level"], zone=course["zone"], price=course["fee"], cents=cents,
            source=purpose.source, state=RedemptionState.REDEEMED, redeemed_on=day, redeemed_at=at,
            life_left=(held.row["valid_until"] - day).days, proof="", earned_at=None, released_at=None, release_reason="",
        )  # fmt: skip
        if how == OWN:
            line = network or who.home
            device = book.digest("device", f"{line}\0{model or who.model}\0zh-CN,zh;q=0.9")
            book.add("redemption_trace", redemption_id=redemption_id, network=book.digest("network", line), device=device)
        held.row["state"] = VoucherState.REDEEMED
        hand = {FAMILY: Hand.FAMILY, COUNTER: Hand.COUNTER}.get(how, Hand.SELF)
        self._book(held, Event.REDEEM, at, cents, redemption_id, hand)
        self._keep(held, question, at, redemption_id)
        book.message("voucher.told_redeemed", at, person_id=who.id, title=held.batch.terms.title, yuan=f"{cents / 100:.2f}",
                     voucher=held.row["id"], institution=body.name)  # fmt: skip
        place = book.add(
            "enrolment", id=place_id, class_id=group["id"], person_id=who.id, state=EnrolmentState.ENROLLED, enrolled_at=at,
            fee=course["fee"], voucher_cents=cents, price=course["fee"] - cents, redemption_id=redemption_id, left_at=None,
            left_code="", left_reason="", ended_at=None, completed_on=None, hours="", attendance="", score="", certificate_number=None,
        )  # fmt: skip
        group["taken"] += 1
        if group["taken"] > group["seats"]:
            raise ValueError(f"class {group['number']} is full")
        if how in (SCANNED, COUNTER):
            self._code(held, body, group, at, redemption_id, how)
        return Use(held, body, group, redemption, place)

    def _code(self, held: Held, body: Body, group: Row, at: datetime, redemption_id: str, how: str) -> None:
        slip, shown = how == COUNTER, at - timedelta(seconds=self.book.draw.randrange(40, 150))
        self.book.add(
            "voucher_code", id=self.book.id(shown), voucher_id=held.row["id"], person_id=held.who.id,
            kind=CodeKind.SLIP if slip else CodeKind.SCREEN, handle="".join(self.book.draw.choices("23456789ACDEFGHJKMNPQRTUVWXY", k=4)),
            kid="steps-1", state=CodeState.USED, shown_at=shown, ends_at=shown + (timedelta(days=7) if slip else timedelta(minutes=10)),
            done_by="counter" if slip else held.who.account, done_as=Hand.COUNTER if slip else Hand.SELF,
            reason="not_smart" if slip else "", presented_by=body.clerk, presented_for=group["id"], presented_at=at - timedelta(seconds=20),
            closed_at=at, close_reason="used", redemption_id=redemption_id,
        )  # fmt: skip

    def withdraw(self, use: Use, at: datetime) -> None:
        """The place is given back before the class begins; the voucher is its holder's again."""
        use.place.update(state=EnrolmentState.WITHDRAWN, left_at=at, left_code="work", ended_at=at)
        use.group["taken"] -= 1
        self._release(use, at, "withdraw")

    def cancel(self, uses: Iterable[Use], group: Row, at: datetime, why: str) -> None:
        """The institution calls a class off: every place ends, every voucher is its holder's again."""
        group.update(state=ClassState.CANCELLED, cancelled_at=at, reason=why, started_at=None, finished_at=None)
        for use in uses:
            use.place.update(state=EnrolmentState.WITHDRAWN, left_at=at, left_reason=why, ended_at=at)
            group["taken"] -= 1
            self._release(use, at, "cancel")

    def fail(self, use: Use, at: datetime) -> None:
        """The class ended without completion."""
        self.result(use.body, use.group, use.place, at, self.book.draw.randrange(20, 70), self.book.draw.randrange(20, 58))
        use.place["state"] = EnrolmentState.FAILED
        self._release(use, at, "not_completed")

    def complete(self, use: Use, at: datetime, attendance: int = 0, score: int = 0) -> None:
        """The institution files that the training was completed: the money is payable."""
        draw = self.book.draw
        self.result(use.body, use.group, use.place, at, attendance or draw.randrange(84, 101), score or min(100, round(draw.gauss(79, 8))))
        use.place["state"] = EnrolmentState.COMPLETED
        use.redemption.update(state=RedemptionState.EARNED, earned_at=at)
        use.held.row["state"] = VoucherState.EARNED
        cents = use.redemption["cents"]
        self._book(use.held, Event.EARN, at, cents, use.redemption["id"])
        if rest := use.held.row["face"] - cents:
            self._book(use.held, Event.UNUSED, at, rest, use.redemption["id"])
        self.record(use.held.who, use.body, use.group, use.place, use.redemption)
        course = self._course(use.body, use.group)
        spent = Spent(shanghai_day(use.at), use.redemption["source"], course["occupation"], Level(course["level"]))
        who = use.held.who
        who.holder = rules.Holder(who.id, who.birth, who.holder.standings, who.holder.graduations, (*who.holder.spent, spent))

    def record(self, who: Who, body: Body, group: Row, place: Row, redemption: Row) -> None:
        """A completed training stands in the person's record, and its certificate is numbered in the end."""
        at, on, course = place["ended_at"], place["completed_on"], self._course(body, group)
        fact = Training(course["occupation"], Level(course["level"]), course["hours"], on, "", body.id, place["voucher_cents"] > 0)
        entry = self.book.add(
            "record_entry", id=self.book.id(at), person_id=who.id, kind="training", source=f"enrolment:{place['id']}", body=to_json(fact),
            on_day=on, strength="compared", added_by=body.clerk, added_at=at, withdrawn_at=None, withdrawn_why=None,
        )  # fmt: skip
        self._completed.append((body, place, redemption, entry))

    def pay(self, who: Who, body: Body, group: Row, at: datetime) -> Row:
        """Somebody takes a place and pays for it, without a voucher."""
        course = self._course(body, group)
        place = self.book.add(
            "enrolment", id=self.book.id(at), class_id=group["id"], person_id=who.id, state=EnrolmentState.ENROLLED, enrolled_at=at,
            fee=course["fee"], voucher_cents=0, price=course["fee"], redemption_id=None, left_at=None, left_code="", left_reason="",
            ended_at=None, completed_on=None, hours="", attendance="", score="", certificate_number=None,
        )  # fmt: skip
        group["taken"] += 1
        if group["taken"] > group["seats"]:
            raise ValueError(f"class {group['number']} is full")
        return place

    def result(self, body: Body, group: Row, place: Row, at: datetime, attendance: int, score: int) -> None:
        """What the institution files of a place; the state is the caller's."""
        hours = self._course(body, group)["hours"]
        place.update(ended_at=at, completed_on=group["ends_on"], hours=str(hours), attendance=str(attendance), score=str(max(score, 20)))

    def attend(self, use: Use) -> None:
        """The class has begun."""
        use.place["state"] = EnrolmentState.ATTENDING

    def _release(self, use: Use, at: datetime, why: str) -> None:
        use.redemption.update(state=RedemptionState.RELEASED, released_at=at, release_reason=why)
        use.held.row["state"] = VoucherState.CLAIMED
        self._book(use.held, Event.RELEASE, at, use.redemption["cents"], use.redemption["id"])
        self.book.message("voucher.told_released", at, person_id=use.held.who.id, title=use.held.batch.terms.title,
                          until=use.held.row["valid_until"].isoformat())  # fmt: skip

    def deny(self, use: Use, at: datetime, end: str = "", reason: str = "") -> None:
        """The holder says that it was not them: the money is frozen. `end` as DisputeState, some days later; or still open."""
        book, dispute = self.book, self.book.id(at)
        due = add_working_days(shanghai_day(at), 10)
        closed = min(at + timedelta(days=book.draw.randrange(1, 8)), book.now - timedelta(minutes=5)) if end else None
        book.add(
            "voucher_dispute", id=dispute, redemption_id=use.redemption["id"], person_id=use.held.who.id, district=use.held.who.district,
            state=end or DisputeState.OPENED, opened_at=at, due=due, closed_at=closed,
            decided_by=BUREAU if end == DisputeState.DISMISSED else None, reason=reason,
        )  # fmt: skip
        book.add(
            "redemption_hold", id=book.id(at), redemption_id=use.redemption["id"], source=f"dispute:{dispute}",
            state=HoldState.LIFTED if end else HoldState.PLACED, placed_at=at, lifted_at=closed,
        )  # fmt: skip
        book.message("dispute.told_open", at, person_id=use.held.who.id, institution=use.body.name, due=due.isoformat(),
                     voucher=use.held.row["id"])  # fmt: skip
        book.message("dispute.told_institution", at, organisation_id=use.body.id, number=dispute,
                     yuan=f"{use.redemption['cents'] / 100:.2f}", due=due.isoformat())  # fmt: skip

    def call_back(self, use: Use, answer: str, at: datetime | None = None) -> None:
        """A drawn trainee was asked, once, whether the training took place; an empty answer is none."""
        asked = at or use.place["ended_at"] + timedelta(days=self.book.draw.randrange(3, 25))
        if asked > self.book.now or use.redemption["id"] in self._asked:
            return
        self._asked.add(use.redemption["id"])
        day = shanghai_day(asked)
        said = asked + timedelta(hours=self.book.draw.randrange(2, 120))
        if at:  # whoever plants an answer has it given by now
            said = min(said, asked + (self.book.now - asked) * self.book.draw.uniform(0.3, 0.9))
        state = CallBackState.ANSWERED if answer and said < self.book.now else CallBackState.ASKED
        if state == CallBackState.ASKED and day + timedelta(days=14) < self.book.today:
            state = CallBackState.EXPIRED
        answered = state == CallBackState.ANSWERED
        course = self._course(use.body, use.group)
        self.book.add(
            "call_back", id=self.book.id(asked), redemption_id=use.redemption["id"], person_id=use.held.who.id,
            institution_id=use.body.id, title=course["title"], drawn=f"{day:%Y-%m}", state=state, asked_at=asked,
            until=day + timedelta(days=14), answer=answer if answered else "", answered_at=said if answered else None,
        )  # fmt: skip

    def complain(self, kind: str, text: str, at: datetime, about: Body | None, who: Who | None = None) -> None:
        """A complaint, answered after some days unless it is fresh."""
        book, made, draw = self.book, self.book.id(at), self.book.draw
        subject = who.id if who else None
        closed = at + timedelta(days=draw.randrange(4, 14))
        over = closed < book.now
        taken = over or at + timedelta(days=2) < book.now
        outcomes = (Outcome.NOT_UPHELD, Outcome.NOT_UPHELD, Outcome.PARTLY, Outcome.UPHELD)
        self._complaints.append(book.add(
            "complaint", id=made, year=shanghai_day(at).year, serial=0, number="", kind=kind, about_id=about.id if about else None,
            person_id=subject, account_id=who.account if who else None, text=Secret(text, f"complaint:{made}:text", subject),
            contact=Secret("", f"complaint:{made}:contact", subject), word=word_hash(f"{draw.randrange(10**12):012}"),
            state=ComplaintState.ANSWERED if over else ComplaintState.TAKEN if taken else ComplaintState.RECEIVED, received_at=at,
            district=about.district if about else "", accept_by=add_working_days(shanghai_day(at), 5),
            accepted_at=at + timedelta(days=2) if taken else None, outcome=outcomes[(closed - at).days % 4] if over else None,
            due_on=add_working_days(shanghai_day(at), 60 if kind == "fraud" else 15), taken_by=CHECKER if taken else None,
            closed_by=CHECKER if over else None, closed_at=closed if over else None,
            answer=Secret("已核实并答复。", f"complaint:{made}:answer", subject) if over else None,
        ))  # fmt: skip
        self._steps(self._complaints[-1], made, at, taken, subject)

    def _steps(self, row: Row, made: str, at: datetime, taken: bool, subject: str | None) -> None:
        """What happened to a complaint, as far as it has come."""
        ways = [("file", at), *([("take", at + timedelta(days=2))] if taken else []), *([("answer", row["closed_at"])] if row["closed_at"] else [])]
        for serial, (move, when) in enumerate(ways, 1):
            step = self.book.id(when)
            self.book.add(
                "complaint_step", id=step, complaint_id=made, serial=serial, at=when, move=move, level=DeskLevel.CITY,
                account=None if move == "file" else CHECKER, handler=None if move == "file" else CHECKER,
                outcome=row["outcome"] if move == "answer" else None,
                text=Secret("已核实并答复。", f"complaint_step:{step}:text", subject) if move == "answer" else None,
            )  # fmt: skip

    def finish(self) -> None:
        """Give the numbers of every series, in the order of time."""
        last: dict[tuple[str, int], int] = defaultdict(int)
        for body, place, redemption, entry in sorted(self._completed, key=lambda c: (c[1]["ended_at"], c[1]["id"])):
            year = shanghai_day(place["ended_at"]).year
            last[body.id, year] += 1
            number = completion_number(body.code, year, last[body.id, year])
            place["certificate_number"] = entry["body"]["certificate_number"] = number
            redemption["proof"] = f"certificate:{number}"
        for (institution, year), serial in last.items():
            self.book.add("completion_series", institution_id=institution, year=year, last=serial)
        serials: dict[int, int] = defaultdict(int)
        for row in sorted(self._complaints, key=lambda r: (r["received_at"], r["id"])):
            year = row["year"]
            serials[year] = (serials[year] or self.book.last("complaint", "serial", year=year)) + 1
            row.update(serial=serials[row["year"]], number=complaint_number(row["year"], serials[row["year"]]))

    def _new(self, who: Who, batch: Sheet, at: datetime) -> Held:
        batch.row["issued"] += 1
        batch.row["committed"] += batch.terms.face
        return Held(who, batch, self.book.add(
            "voucher", id=self.book.id(at), batch_id=batch.row["id"], person_id=who.id, district=who.district, face=batch.terms.face,
            state=VoucherState.ISSUED, issued_at=at, claimed_at=None, valid_until=batch.terms.claim_until, voided_at=None, void_reason="",
        ))  # fmt: skip

    def _book(
        self, held: Held, event: Event, at: datetime, cents: int | None = None, redemption_id: str | None = None, hand: Hand = Hand.SELF
    ) -> None:
        posting, held.entries = POSTINGS[event], held.entries + 1
        moved = held.row["face"] if cents is None else cents
        row = self.book.add(
            "voucher_entry", id=self.book.id(at), voucher_id=held.row["id"], batch_id=held.batch.row["id"], redemption_id=redemption_id,
            number=held.entries, event=event, source=posting.source, target=posting.target, cents=moved, at=at,
        )  # fmt: skip
        if posting.target is Purse.BUDGET:
            held.batch.row["committed"] -= moved
        if hand:
            self.book.add("voucher_entry_hand", entry_id=row["id"], hand=hand, done_by="counter" if hand is Hand.COUNTER else "relative")

    def _keep(self, held: Held, question: Question, at: datetime, redemption_id: str | None = None) -> None:
        verdict = rules.decide(question)
        if not verdict:
            raise NotPlanted(f"{question.moment}, {question.day}: {', '.join(f.code for f in verdict.findings if not f.met)}")
        terms = question.terms.batch_id
        shown = self._terms.get(terms) or self._terms.setdefault(terms, plain(question.terms))
        known = {"terms": shown, "limits": self._policy(question.day)[1]}
        told = {f.name: known[f.name] if f.name in known else plain(getattr(question, f.name)) for f in fields(question)}
        self.book.add(
            "voucher_verdict", id=self.book.id(at), voucher_id=held.row["id"], redemption_id=redemption_id, moment=question.moment, yes=True,
            question=told, findings=plain(verdict.findings), at=at,
        )  # fmt: skip

    def _policy(self, day: date) -> tuple[Limits, object]:
        if day not in self._limits:
            found = limits(self._db, day)
            same = next((known for known in self._limits.values() if known[0] == found), None)
            self._limits[day] = same or (found, plain(found))
        return self._limits[day]

    def _course(self, body: Body, group: Row) -> Row:
        course_id = group["course_id"]
        if course_id not in self._courses:
            self._courses.update((c["id"], c) for c in body.courses)
        return self._courses[course_id]


