"""One body, three people, its filings and exams, a clock that moves and a process that dies: real acts beside the model."""

from __future__ import annotations

from collections import Counter, defaultdict
from contextlib import ExitStack
from datetime import timedelta
from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule
from sqlalchemy import select

from skills.certification.actions import applications, awards, batches, filing_changes, filings, plans, scores
from skills.certification.models import Application, Award, Filing, FilingPause, FilingScope, Score, ScoreEntry, Sitting
from skills.certification.rules.filings import ScopeItem
from skills.certification.states.filings import ChangeKind
from skills.credentials.models import Certificate
from skills.kernel.actors import Actor
from skills.kernel.errors import Refusal
from skills.kernel.jobs import LEASE
from skills.standards.rules import Level
from tests.certification.stage import JOB
from tests.exams.after import After
from tests.exams.lands import PEOPLE, copied
from tests.exams.model import Model
from tests.exams.openings import Openings
from tests.exams.things import SECTIONS, Candidate, Exam
from tests.life.crashes import Killed, killed_before

# No part of what is asked here: papers, messages and what other rooms look at by night.
LATER = frozenset({"credentials.print", "messages.deliver"})
WHO, PICK = st.integers(0, PEOPLE - 1), st.integers(0, 11)
# Before which statement the process dies; most acts are let live.
DEATH = st.one_of(st.none(), st.none(), st.integers(0, 50))
LEVELS = st.sampled_from([int(Level.L4), int(Level.L4), int(Level.L5)])
MARKS = {"70": 7_000, "60": 6_000, "59.5": 5_950, "100": 10_000, "0": 0, "缺考": None}
WRONG = ("60.25", "101", "六十", "", "-1")  # no marks at all
STEPS = ("file", "open", "close", "seat", "hold", "review", "notice", "conclude", "cancel")
NEXT = {"planned": "file", "filed": "open", "open": "close", "closed": "seat", "seated": "hold", "scored": "review", "reviewed": "notice",
        "noticed": "conclude"}  # fmt: skip
WORK: dict[str, Any] = {
    "file": plans.file, "open": plans.open_registration, "close": plans.close, "seat": plans.seat, "hold": plans.hold,
    "cancel": plans.cancel, "review": awards.end_review, "notice": awards.give_notice, "conclude": awards.conclude,
}  # fmt: skip


class Exams(Openings, After, RuleBasedStateMachine):
    """Every step is tried for real and in the model: both do it or neither does, whatever dies on the way."""

    server: str | None = None  # the PostgreSQL server on which it is lived

    def __init__(self) -> None:
        super().__init__()
        self.stack = ExitStack()
        self.stage, self.people = self.stack.enter_context(copied(self.server))
        self.world = self.stage.world
        self.recorded: set[str] = set()  # exams whose rooms have their records
        self.model = Model(self.world.clock.now())
        self.acts = 0
        self.met: Counter[str] = Counter()

    # Doing

    def do(self, wanted: object, death: int | None, does: Any, actor: Actor, **order: Any) -> Any:
        """Perform an act under one key, dying where told and asking again as a phone would; done just when it is wanted."""
        self.acts += 1
        key, first = f"exam-{self.acts}", None
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
                raise AssertionError(f"{does.name} was refused: {refusal.code}") from refusal
            self.met[f"no {does.name}"] += 1
            return None
        assert wanted, f"{does.name} was done and must not be"
        assert first is None or first == answer, "asked again, it answered something else"
        self.met[does.name] += 1
        return answer or True

    # Filings

    @precondition(lambda self: self.model.file is None or self.now_and_then())
    @rule(both=st.booleans(), death=DEATH)
    def file_body(self, both: bool, death: int | None) -> None:
        levels = [Level.L4, Level.L5] if both else [Level.L4]
        made = self.model.file_anew({int(one) for one in levels})
        order: dict[str, Any] = {"organisation_id": self.stage.body, "scope": self.stage.scope(*levels), "contact": "王工"}
        done = self.do(made, death, filings.draft, self.stage.admin, **order)
        if made is None:
            return
        made.id = done.filing_id
        self.do(True, death, filings.submit, self.stage.admin, filing_id=made.id)
        made.number = self.do(True, death, filings.accept, self.stage.clerk, filing_id=made.id).number

    @precondition(lambda self: self.model.file or (self.model.files and self.now_and_then()))
    @rule(how=st.sampled_from(["suspend", "suspend", "suspend", "resume", "revoke"]), death=DEATH)
    def supervise(self, how: str, death: int | None) -> None:
        """What is suspended mostly goes on."""
        file = self.model.files[-1]
        how = "resume" if file.state == "suspended" and how == "suspend" else how
        wanted = self.model.resume(file) if how == "resume" else self.model.stop(file, {"suspend": "suspended", "revoke": "revoked"}[how])
        self.do(wanted, death, getattr(filings, how), self.stage.inspector, filing_id=file.id, reason="检查")

    @precondition(lambda self: self.model.file)
    @rule(kind=st.sampled_from(["renewal", "addition", "withdrawal"]), death=DEATH)
    def change_filing(self, kind: str, death: int | None) -> None:
        file = self.model.files[-1]
        wanted = {
            "renewal": lambda: self.model.renew(file), "addition": lambda: self.model.add(file, int(Level.L5)),
            "withdrawal": lambda: self.model.withdraw_file(file),
        }[kind]()  # fmt: skip
        scope = (ScopeItem(JOB, "", Level.L5),) if kind == "addition" else ()
        order: dict[str, Any] = {"filing_id": file.id, "kind": ChangeKind(kind), "scope": scope, "statement": "说明", "incentives": ""}
        asked = self.do(wanted, death, filing_changes.ask, self.stage.admin, **order)
        if wanted:
            self.do(True, death, filing_changes.grant, self.stage.clerk, change_id=asked.change_id, reason="属实")

    # Exams

    @precondition(lambda self: self.model.files)
    @rule(level=LEVELS, ahead=st.sampled_from([-1, 3, 10, 14, 40]), open_for=st.sampled_from([0, 2, 5]), places=st.sampled_from([1, 3, 3]),
          death=DEATH)  # fmt: skip
    def plan(self, level: int, ahead: int, open_for: int, places: int, death: int | None) -> None:
        """Planned, and led on to its registration where that may be."""
        today = self.model.today
        until, day = today + timedelta(open_for), today + timedelta(ahead)
        exam = self.model.plan(level, until, day, places)
        order = self.stage.order(level=level, registration_from=today, registration_to=until, held_on=day, capacity=places)
        done = self.do(exam, death, plans.plan, self.stage.admin, organisation_id=self.stage.body, order=order)
        if exam is None:
            return
        exam.id = done.sitting_id
        for how in ("file", "open"):
            self.lead(exam, how, death)

    @precondition(lambda self: self.model.exams)
    @rule(pick=PICK, how=st.sampled_from(["", "", "", "", *STEPS]), death=DEATH)
    def go_on(self, pick: int, how: str, death: int | None) -> None:
        """The next step of an exam, or any."""
        exam = self.exam(pick)
        self.lead(exam, how or NEXT.get(exam.state, "conclude"), death)

    def lead(self, exam: Exam, how: str, death: int | None) -> None:
        order = {"reason": "停电"} if how == "cancel" else {}
        if how == "hold" and exam.state == "seated" and self.world.today >= exam.day and exam.id not in self.recorded:
            self.stage.record(exam.id)
            self.recorded.add(exam.id)
        self.do(self.model.lead(exam, how), death, WORK[how], self.stage.admin, sitting_id=exam.id, **order)

    @precondition(lambda self: any(e.state == "open" for e in self.model.exams))
    @rule(who=WHO, pick=PICK, death=DEATH)
    def apply(self, who: int, pick: int, death: int | None) -> None:
        exam = self.exam(pick, "open")
        one = self.model.apply(who, exam)
        done = self.do(one, death, applications.apply, self.stage.candidate(self.people[who]), sitting_id=exam.id)
        if one is not None:
            one.id = done.application_id

    @precondition(lambda self: self.model.candidates and self.now_and_then())
    @rule(pick=PICK, death=DEATH)
    def leave(self, pick: int, death: int | None) -> None:
        one = self.candidate(pick)
        self.do(self.model.leave(one), death, applications.withdraw, self.stage.candidate(self.people[one.who]), application_id=one.id)

    # Scores

    @precondition(lambda self: any(e.state == "held" for e in self.model.exams))
    @rule(pick=PICK, section=st.sampled_from(SECTIONS), who=st.sampled_from(["typist-1", "typist-1", "typist-2", "typist-2", "checker"]),
          text=st.sampled_from([*MARKS, *MARKS, *WRONG]), death=DEATH)  # fmt: skip
    def type_one(self, pick: int, section: str, who: str, text: str, death: int | None) -> None:
        """One mark, whatever it is and whoever types it."""
        exam = self.exam(pick, "held")
        there = [c for c in exam.people if c.state == "examined"]
        self.type(exam, section, who, {there[pick % len(there)]: text}, death)

    @precondition(lambda self: any(e.state == "held" for e in self.model.exams))
    @rule(pick=PICK, texts=st.lists(st.sampled_from(["70", "70", "60", "59.5", "缺考"]), min_size=2, max_size=6), death=DEATH)
    def type_all(self, pick: int, texts: list[str], death: int | None) -> None:
        """All of an exam, by two."""
        exam = self.exam(pick, "held")
        for n, section in enumerate(SECTIONS):
            marks = {c: texts[(i + n) % len(texts)] for i, c in enumerate(exam.people) if c.state == "examined" and section in c.sits}
            for who in ("typist-1", "typist-2"):
                if marks:
                    self.type(exam, section, who, marks, death)

    def type(self, exam: Exam, section: str, who: str, texts: dict[Candidate, str], death: int | None) -> None:
        wanted = all(text in MARKS for text in texts.values()) and self.model.type(
            exam, section, who, {one: MARKS[text] for one, text in texts.items()}
        )
        lines = tuple(scores.Typed(one.id, text) for one, text in texts.items())
        self.do(wanted, death, scores.enter, self.hand(who), sitting_id=exam.id, section=section, lines=lines)

    @precondition(lambda self: any(e.state in ("held", "signed") for e in self.model.exams))
    @rule(pick=PICK, who=st.sampled_from(["checker", "checker", "signer", "signer", "typist-1", "admin"]),
          back=st.sampled_from([False, False, False, True]), death=DEATH)  # fmt: skip
    def sign(self, pick: int, who: str, back: bool, death: int | None) -> None:
        exam = self.exam(pick, "held", "signed")
        if back:
            wanted = self.model.send_back(exam)
            self.do(wanted, death, scores.send_back, self.hand(who), sitting_id=exam.id, reason="第二页有误")
        elif exam.state == "held":
            self.do(self.model.sign(exam, who), death, scores.sign, self.hand(who), sitting_id=exam.id)
        else:
            self.do(self.model.countersign(exam, who), death, scores.countersign, self.hand(who), sitting_id=exam.id)

    # Certificates

    @precondition(lambda self: self.model.orders)
    @rule(death=DEATH)
    def work(self, death: int | None) -> None:
        """The worker makes what is ordered and due; one that died is taken on by another when its lease is over."""
        if death is not None:
            try:
                with killed_before(self.world.engine, death):
                    self.world.run_jobs(but=LATER)
            except Killed:
                self.met["killed at work"] += 1
                self.world.clock.forward(seconds=LEASE.total_seconds() + 1)
                self.model.now = self.world.clock.now()
        self.world.run_jobs(but=LATER)
        self.model.work()

    @precondition(lambda self: self.model.candidates)
    @rule(pick=PICK, death=DEATH)
    def award(self, pick: int, death: int | None) -> None:
        """Asked for by itself, wanted or not."""
        one = self.candidate(pick)
        done = self.do(self.model.award(one), death, awards.award, self.stage.admin, application_id=one.id)
        assert not done or bool(done.number) == (one.paper is not None)

    @precondition(lambda self: any(e.state == "concluded" for e in self.model.exams) or (self.model.exams and self.now_and_then()))
    @rule(pick=PICK, death=DEATH)
    def again(self, pick: int, death: int | None) -> None:
        exam = self.exam(pick)
        self.do(self.model.again(exam), death, batches.again, self.stage.admin, sitting_id=exam.id)

    @rule(days=st.sampled_from([0, 1, 1, 3, 7, 10, 30, 300, 1000]))
    def wait(self, days: int) -> None:
        self.world.clock.forward(days=days, minutes=1)
        self.model.now = self.world.clock.now()

    # Comparing

    @invariant()
    def agrees(self) -> None:
        model = self.model
        everybody = model.candidates
        with self.world.db() as db:
            found = {f.id: (f.state, f.number, f.filed_on, f.valid_to) for f in db.scalars(select(Filing))}
            assert found == {f.id: (f.state, f.number, f.filed_on, f.valid_to) for f in model.files}
            rests = sorted((p.filing_id, p.since, str(p.until)) for p in db.scalars(select(FilingPause)))
            assert rests == sorted((f.id, since, str(until)) for f in model.files for since, until in f.rests)
            scope = Counter((s.filing_id, s.level) for s in db.scalars(select(FilingScope)))
            assert scope == Counter((f.id, level) for f in model.files for level in f.levels)
            exams = {s.id: (s.state, s.signed_by or "", s.notice_to) for s in db.scalars(select(Sitting))}
            assert exams == {e.id: (e.state, e.signer, e.notice_to) for e in model.exams}
            people = {a.id: (a.state, a.held, [k["section"] for k in a.kept]) for a in db.scalars(select(Application))}
            assert people == {c.id: (c.state, c.held, [k.section for k in c.keeps]) for c in everybody}
            entries = db.scalars(select(ScoreEntry).where(ScoreEntry.replaced_at.is_(None)))
            typed = {(e.application_id, e.section, e.turn): e.hundredths for e in entries}
            assert typed == {(c.id, *key): mark for c in everybody for key, mark in c.typed.items()}
            marks: dict[tuple[str, str], list[int | None]] = defaultdict(list)
            for score in db.scalars(select(Score).order_by(Score.version)):
                marks[score.application_id, score.section].append(score.hundredths)
            assert marks == {(c.id, section): held for c in everybody for section, held in c.marks.items()}
            rows = list(db.execute(select(Award, Certificate.state).join(Certificate, Certificate.id == Award.certificate_id)))
            assert {a.grounds: state for a, state in rows} == {f"application:{c.id}": c.paper.state for c in everybody if c.paper}
        numbers: dict[tuple[str, int, int], list[int]] = defaultdict(list)
        for award, _ in rows:
            numbers[award.number[:13], int(award.number[13:15]), award.level].append(int(award.number[16:]))
        assert {s: len(n) for s, n in numbers.items()} == Counter(c.paper.series for c in everybody if c.paper)
        assert all(sorted(places) == list(range(1, len(places) + 1)) for places in numbers.values()), "a number is missing or given twice"
        assert all(c.exam.file.right(c.exam.level, c.exam.day) for c in everybody if c.paper), "a certificate outside its filing"

    def teardown(self) -> None:
        try:
            self.world.holds()
        finally:
            self.stack.close()

    # Who and which

    def now_and_then(self) -> bool:
        """Lets what is mostly refused be tried, but not all the time."""
        return self.acts % 4 == 0

    def hand(self, who: str) -> Actor:
        return self.stage.staff("score.enter", "score.sign", account=who)

    def exam(self, pick: int, *states: str) -> Exam:
        there = [e for e in self.model.exams if not states or e.state in states]
        return there[-1 - pick % len(there)]

    def candidate(self, pick: int) -> Candidate:
        return self.model.candidates[-1 - pick % len(self.model.candidates)]
