"""Exams as the actions would have written them: bodies that are filed, sittings, candidates, scores typed twice and signed off.

Certificates and the awards that carry them are left out, as they are of trainings. All exams are for 五级/初级工.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from skills.accounts.rules import OrganisationKind, Role, credit_check
from skills.accounts.states import AccountState, OrganisationState
from skills.certification.models import Sitting
from skills.certification.queries.decisions import terms_on
from skills.certification.queries.duties import ROLES
from skills.certification.rules import eligibility
from skills.certification.rules.duties import Duty
from skills.certification.rules.exams import Outcome, Section, outcome, sections_of, usual_hours
from skills.certification.rules.filings import last_day
from skills.certification.rules.numbers import CHONGQING, BodyKind, exam_number, filing_number
from skills.certification.states import ApplicationState, FilingState, SittingState
from skills.kernel.canon import plain
from skills.kernel.clock import shanghai_day
from skills.kernel.ids import row_id
from skills.oversight.rehearsal.book import MARK, NOWHERE, Book, Chance, Row
from skills.oversight.rehearsal.planted import NotPlanted
from skills.oversight.rehearsal.town import BUREAU, CHECKER, DISTRICTS, TRADES, Town
from skills.records.rules import Education, Facts, Standing, Training, Work, from_json
from skills.records.rules.marks import Mark
from skills.standards.calendar import add_working_days
from skills.standards.queries import value
from skills.standards.rules import Level

LEVEL = Level.L5
SECTIONS = sections_of(LEVEL)
KINDS = {OrganisationKind.SOCIAL_BODY: BodyKind.PUBLIC, OrganisationKind.ENTERPRISE: BodyKind.EMPLOYER}
BY_PANEL = {SECTIONS[-1]: {"result": "median", "step": 50, "spread": 2_000}}
Marks = dict[Section, int | None]  # hundredths by section; None is absent
STATES = {
    Outcome.PASSED: ApplicationState.PASSED, Outcome.FAILED: ApplicationState.FAILED, Outcome.INCOMPLETE: ApplicationState.INCOMPLETE,
}  # fmt: skip


@dataclass
class Centre:
    """A body that assesses: its filing and its people."""

    id: str
    name: str
    admin: str
    typists: tuple[str, str]
    checker: str
    site: str
    since: datetime
    filing: Row

    @property
    def subject(self) -> str:
        return f"organisation:{self.id}"


@dataclass(frozen=True)
class Panel:
    """Who marks the last section by themselves instead of its being typed: `gives` makes their marks of what somebody is worth."""

    accounts: tuple[str, ...]
    gives: Callable[[int], Sequence[int]]


@dataclass
class Line:
    """One candidate of a sitting: the application, and what was sat (hundredths; None is absent)."""

    row: Row
    sat: Marks

    @property
    def subject(self) -> str:
        return f"person:{self.row['person_id']}"


@dataclass
class Exam:
    """A sitting whose scores were typed, before they are signed off."""

    centre: Centre
    row: Row
    lines: list[Line]
    typed_by: datetime
    entries: dict[tuple[str, Section, int], Row] = field(default_factory=dict)


class Exams:
    """Writes exams into the book, when everything that stands in the candidates' records is there."""

    def __init__(self, book: Book, town: Town, db: Session) -> None:
        self.book, self.town, self._db, self.draw = book, town, db, book.draw
        self._second = Chance(-1)  # apart from the book's, so that the second signature leaves every history as it was
        self._series = f"filing:{CHONGQING}"
        self._filed = book.last("number_series", name=self._series)
        self._policy = {
            name: value(db, name, book.today)
            for name in (
                "filing.term_years", "exam.score_step", "exam.score_steps", "exam.pass_mark", "exam.review_working_days", "notice.working_days",
            )
        }
        self._numbers: dict[int, int] = {}
        self._people: dict[str, Row] = {}
        self._facts: dict[str, list[Row]] = defaultdict(list)
        self._read = 0
        self._terms: dict[tuple[str, date], eligibility.Terms] = {}

    def centre(self, name: str, kind: OrganisationKind = OrganisationKind.SOCIAL_BODY) -> Centre:
        """A body that was filed some time ago for all the town's trades."""
        book, draw = self.book, self.draw
        since = book.at(book.today - timedelta(days=draw.randrange(420, 900)), 10)
        self._filed += 1
        district, body, name = draw.choice(DISTRICTS), book.id(since), name + MARK
        code = f"9{draw.choice('12')}{NOWHERE}{district[2:]}MB{self._filed:07d}"
        book.add(
            "organisation", id=body, name=name, kind=kind, credit_code=code + credit_check(code), district=district,
            state=OrganisationState.APPROVED, registered_at=since, decided_by=CHECKER,
        )  # fmt: skip
        roles = ((Role.BODY_ADMIN, "考务"), (Role.BODY_CLERK, "登分一"), (Role.BODY_CLERK, "登分二"), (Role.BODY_CHECKER, "复核"))
        admin, first, second, checker = (self._account(body, role, word, since) for role, word in roles)
        on, filing, letter = since + timedelta(days=20), book.id(since), KINDS[kind]
        valid = last_day(on.date(), self._policy["filing.term_years"])
        row = book.add(
            "filing", id=filing, organisation_id=body, kind=letter, path="review", number=filing_number(letter, self._filed).text,
            state=FilingState.FILED, contact=self.town.name(), filed_on=on.date(), valid_to=valid, submitted_by=admin, inspect_by=None,
            broken_on=None, channel="ordinary", made_at=since + timedelta(days=1),
        )  # fmt: skip
        for trade in TRADES:
            book.add("filing_scope", id=book.id(since), filing_id=filing, occupation=trade, branch="", level=LEVEL)
        self._step("filing", filing, "submit", admin, since + timedelta(days=2))
        self._step("filing", filing, "accept", BUREAU, on)
        return Centre(body, name, admin, (first, second), checker, f"{self.town.address()}{name}考场", since, row)

    def _account(self, body: str, role: Role, name: str, since: datetime) -> str:
        made = self.book.id(since)
        return self._employ(made, self.book.id(since), body, role, name, since)

    def _employ(self, made: str, membership: str, body: str, role: Role, name: str, since: datetime) -> str:
        book = self.book
        book.add(
            "account", id=made, login=f"{MARK}{made}", person_id=None, name=name, state=AccountState.ACTIVE, password=None, totp=None,
            totp_confirmed=True, totp_step=0, email=None, email_at=None, synthetic=True, made_at=since,
        )  # fmt: skip
        book.add(
            "membership", id=membership, account_id=made, role=role, organisation_id=body, district=None, given_by=CHECKER,
            given_at=since, ended_at=None,
        )  # fmt: skip
        return made

    def examiner(self, centre: Centre, name: str, role: Role = Role.EXAMINER) -> str:
        """A member of staff; ids apart from the book's, so that the rest of every history stays as it is."""
        return self._employ(row_id(centre.since, self._second), row_id(centre.since, self._second), centre.id, role, name, centre.since)

    def _serve(self, centre: Centre, sitting: str, duty: Duty, account: str, at: datetime) -> None:
        self.book.add(
            "sitting_duty", id=row_id(at, self._second), sitting_id=sitting, duty=duty, account_id=account, named_by=centre.typists[0],
            named_at=at, declared_at=None, ended_at=None, ended_why="",
        )  # fmt: skip

    def _step(self, subject: str, subject_id: str, move: str, by: str, at: datetime) -> None:
        self.book.add("certification_step", id=self.book.id(at), subject=subject, subject_id=subject_id, move=move, reason="", by=by, at=at)

    def exam(self, centre: Centre, held_on: date, people: Sequence[str], trade: str, marks: Sequence[Marks], panel: Panel | None = None) -> Exam:
        """An exam up to the moment before the sign-off: planned, filed, applied for, sat, and typed by two or marked by a panel."""
        book, draw = self.book, self.draw
        begins, ends = held_on - timedelta(days=32), held_on - timedelta(days=14)
        planned, count = book.at(begins - timedelta(days=6), 9.6), len(people)
        sitting = book.id(planned)
        serving = [(Duty.EXAMINER, 0 if panel else 3), (Duty.INVIGILATOR, 2 + count // 16), (Duty.SUPERVISOR, 1)]
        named = [(duty, self.town.name()) for duty, number in serving for _ in range(number)]
        row = book.add(
            "sitting", id=sitting, number=self._numbered(shanghai_day(planned)), organisation_id=centre.id,
            filing_id=centre.filing["id"], occupation=trade, branch="", level=LEVEL,
            site=centre.site, registration_from=begins, registration_to=ends, held_on=held_on, capacity=max(count, 30), fee_cents=20_000,
            examiners=[], invigilators=[], supervisors=[], papers=1,
            panel=BY_PANEL if panel else {}, hours={h.section: [h.begins, h.minutes] for h in usual_hours(LEVEL)},
            state=SittingState.HELD, room_records=False, score_step=self._policy["exam.score_step"],
            score_steps=self._policy["exam.score_steps"], pass_mark=self._policy["exam.pass_mark"],
            planned_by=centre.typists[0], planned_at=planned, signatures=2, signed_by=None, countersigned_by=None,
            scored_on=None, noticed_on=None, notice_to=None, concluded_on=None,
        )  # fmt: skip
        for duty, name in named:
            self._serve(centre, sitting, duty, self.examiner(centre, name, ROLES[duty][0]), planned)
        for account in panel.accounts if panel else ():
            self._serve(centre, sitting, Duty.EXAMINER, account, planned)
        for move, at in (
            ("file", planned + timedelta(minutes=20)), ("open", book.at(begins, 8.6)), ("close", book.at(ends + timedelta(days=1), 9)),
            ("seat", book.at(ends + timedelta(days=1), 10)), ("hold", book.at(held_on, 8.8)),
        ):  # fmt: skip
            self._step("sitting", sitting, move, centre.admin, at)
        seats = draw.sample(range(1, count + 1), count)
        lines = [Line(self._apply(row, who, seat), sat) for who, seat, sat in zip(people, seats, marks, strict=True)]
        lines.sort(key=lambda line: line.row["seat"])
        made = Exam(centre, row, lines, book.at(held_on, 17))
        if panel:
            self._judge(made, panel)
        for n, section in enumerate(SECTIONS[:-1] if panel else SECTIONS):
            book.add("score_sheet", id=book.id(book.at(held_on, 8.8)), sitting_id=sitting, section=section,
                     first_by=centre.typists[0], second_by=centre.typists[1])  # fmt: skip
            self.type(made, section, 1, book.at(held_on, 16.6 + n * 0.7 + draw.random() / 2))
            self.type(made, section, 2, book.at(held_on + timedelta(days=1), 9.2 + n * 0.8 + draw.random() / 2))
        return made

    def _numbered(self, planned_on: date) -> str:
        """The next number of exams of a year, after those that are there."""
        if planned_on.year not in self._numbers:
            last = self._db.scalars(select(Sitting.number).where(Sitting.number.like(f"KS{planned_on.year}-%"))).all()
            self._numbers[planned_on.year] = max((int(number.rpartition("-")[2]) for number in last), default=0)
        self._numbers[planned_on.year] += 1
        return exam_number(planned_on, self._numbers[planned_on.year])

    def _judge(self, exam: Exam, panel: Panel) -> None:
        """Each examiner marks everybody who came; what counts lies in the middle."""
        for line in exam.lines:
            worth = line.sat[SECTIONS[-1]]
            given = [None] * len(panel.accounts) if worth is None else list(panel.gives(worth))
            for account, mark in zip(panel.accounts, given, strict=True):
                at = self.book.at(exam.row["held_on"], 14 + 3 * self._second.draw.random())
                self.book.add(
                    "panel_mark", id=row_id(at, self._second), application_id=line.row["id"], section=SECTIONS[-1], account_id=account,
                    hundredths=mark, at=at, replaced_at=None,
                )  # fmt: skip
            line.sat = {**line.sat, SECTIONS[-1]: None if worth is None else sorted(m for m in given if m is not None)[len(given) // 2]}

    def _apply(self, sitting: Row, person_id: str, seat: int) -> Row:
        book = self.book
        at = book.some_time(sitting["registration_from"], sitting["registration_to"])
        facts = self._known(person_id, at)
        held_on, deadline = sitting["held_on"], sitting["registration_to"]
        key = (sitting["occupation"], deadline)
        terms = self._terms.get(key) or self._terms.setdefault(key, terms_on(self._db, *key))
        verdict = eligibility.judge(LEVEL, sitting["occupation"], facts, terms.day(deadline, held_on), terms)
        if not verdict:
            raise NotPlanted(f"sit for {sitting['occupation']}, {deadline}: {verdict.code}")
        row = book.add(
            "application", id=book.id(at), sitting_id=sitting["id"], person_id=person_id, state=ApplicationState.EXAMINED,
            condition=eligibility.condition_met(verdict), edition=terms.edition.edition, facts=plain(facts), verdict=plain(verdict),
            terms=eligibility.frozen(LEVEL, sitting["occupation"], terms.day(deadline, held_on), terms),
            applied_by=person_id, applied_at=at, seat=seat, ticket="".join(self.draw.choices("23456789ACDEFGHJKMNPQRTUVWXY", k=12)),
            held="", kept=[], problem=None,
        )  # fmt: skip
        seated = book.at(deadline + timedelta(days=1), 10)
        book.message("exam.seated", seated, person_id=person_id, day=held_on.isoformat(), site=sitting["site"], seat=seat)
        return row

    def _known(self, person_id: str, at: datetime) -> Facts:
        """What stood in somebody's record at a moment."""
        for who in self.book.rows["person"][len(self._people) :]:
            self._people[who["id"]] = who
        for entry in self.book.rows["record_entry"][self._read :]:
            self._facts[entry["person_id"]].append(entry)
            self._read += 1
        birth = date.fromisoformat(self._people[person_id]["birth"].value)
        entries = [e for e in self._facts[person_id] if e["added_at"] <= at]
        facts = [from_json(e["kind"], e["body"], e["source"], e["strength"]) for e in entries]
        return Facts(
            person_id, birth, works=tuple(f for f in facts if isinstance(f, Work)),
            educations=tuple(f for f in facts if isinstance(f, Education)), trainings=tuple(f for f in facts if isinstance(f, Training)),
            standings=tuple(f for f in facts if isinstance(f, Standing)),
        )  # fmt: skip

    def type(self, exam: Exam, section: Section, turn: int, at: datetime, only: dict[str, int | None] | None = None) -> None:
        """A typist sends a sheet, or `only` these candidates of it (application → hundredths): what stood there is replaced."""
        for line in exam.lines:
            made = line.row["id"]
            if only is not None and made not in only:
                continue
            marked = line.sat[section] if only is None else only[made]
            old = exam.entries.get((made, section, turn))
            if old is not None and old["hundredths"] == marked:
                continue
            if old is not None:
                old["replaced_at"] = at
            exam.entries[made, section, turn] = self.book.add(
                "score_entry", id=self.book.id(at), application_id=made, section=section, turn=turn, hundredths=marked,
                by=exam.centre.typists[turn - 1], at=at, replaced_at=None,
            )  # fmt: skip
        exam.typed_by = max(exam.typed_by, at)

    def slips(self, exam: Exam, share: float = 0.015, turn: int = 0) -> None:
        """A digit read wrongly by one of the two, which shows when the sheets are compared, and is put right by whoever typed it."""
        right = exam.typed_by + timedelta(minutes=self.draw.randrange(10, 200))
        for (made, section, typed), entry in sorted(exam.entries.items()):
            if (turn or typed) != typed or entry["hundredths"] is None or self.draw.random() >= share:
                continue
            true = entry["hundredths"]
            wrong = min(10_000, max(0, true + self.draw.choice((-1_000, -900, -300, -50, 50, 300, 900, 1_000))))
            if wrong == true:
                continue
            entry["hundredths"] = wrong
            self.type(exam, section, typed, right, {made: true})

    def sign(self, exam: Exam, at: datetime | None = None) -> dict[Outcome, int]:
        """Two others sign; review, notice and conclusion follow as the working days go by."""
        book, row, centre = self.book, exam.row, exam.centre
        at = at or book.at((exam.typed_by + timedelta(hours=8)).date() + timedelta(days=1), self.draw.uniform(9, 17))
        counts = dict.fromkeys(Outcome, 0)
        for line in exam.lines:
            typed = {s: exam.entries.get((line.row["id"], s, 1)) for s in SECTIONS}
            marks = {s: Mark(entry["hundredths"] if entry else line.sat[s]) for s, entry in typed.items()}
            for section, mark in marks.items():
                book.add(
                    "score", application_id=line.row["id"], section=section, version=1, hundredths=mark.hundredths, kept_from=None,
                    correction_id=None,
                )  # fmt: skip
            result = outcome(LEVEL, marks, row["pass_mark"])
            line.row["state"] = STATES[result]
            counts[result] += 1
            book.message(f"exam.{result}", at, person_id=line.row["person_id"], day=row["held_on"].isoformat())
        scored = (at + timedelta(hours=8)).date()
        row.update(state=SittingState.SCORED, signed_by=centre.checker, countersigned_by=centre.admin, scored_on=scored)
        self._step("sitting", row["id"], "sign", centre.checker, at - timedelta(minutes=20))
        book.add(
            "certification_step", id=row_id(at, self._second), subject="sitting", subject_id=row["id"], move="countersign", reason="",
            by=centre.admin, at=at,
        )  # fmt: skip
        noticed = add_working_days(scored, self._policy["exam.review_working_days"]) + timedelta(days=1)
        until = add_working_days(noticed, self._policy["notice.working_days"])
        if noticed < book.today:
            row.update(state=SittingState.NOTICED, noticed_on=noticed, notice_to=until)
            self._step("sitting", row["id"], "review", centre.admin, book.at(noticed, 9))
            self._step("sitting", row["id"], "notice", centre.admin, book.at(noticed, 9.1))
        if until + timedelta(days=1) < book.today:
            row.update(state=SittingState.CONCLUDED, concluded_on=until + timedelta(days=1))
            self._step("sitting", row["id"], "conclude", centre.admin, book.at(until + timedelta(days=1), 9))
        return counts

    def marks(self, count: int, mean: float = 69.5, wide: float = 7.5, absent: float = 0.03) -> list[Marks]:
        """What ordinary candidates reach: who is good in theory is mostly good in practice, too; some do not come."""
        draw, made = self.draw, list[Marks]()
        for _ in range(count):
            able = draw.gauss(mean, wide)
            gone = draw.random() < absent
            made.append({s: None if gone else self.points(draw.gauss(able, 5.5)) for s in SECTIONS})
        return made

    def points(self, score: float) -> int:
        """A score in hundredths, in the steps of the sheet."""
        step = int(self._policy["exam.score_step"])
        return min(10_000, max(0, round(score * 100 / step) * step))

    def close(self) -> None:
        """The last number of the series of filings."""
        self.book.add("number_series", name=self._series, last=self._filed)
