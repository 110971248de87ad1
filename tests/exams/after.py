"""The part of the machine that asks about signed scores: reviews, corrections, objections, certificates taken back; `Exams` holds the rest."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule
from sqlalchemy import select

from skills.aftercare.actions import revocations
from skills.certification.actions import corrections, objections, reviews
from skills.certification.models import Objection as ObjectionRow
from skills.certification.models.results import ScoreCorrection
from skills.kernel.actors import Actor
from tests.exams.things import SECTIONS, Candidate, Fix, Objection

if TYPE_CHECKING:
    from tests.exams.machine import Exams

PICK = st.integers(0, 11)
DEATH = st.one_of(st.none(), st.none(), st.integers(0, 50))
MARKS = {"70": 7_000, "60": 6_000, "59.5": 5_950, "缺考": None}
TEXT, SECTION = st.sampled_from([*MARKS]), st.sampled_from(SECTIONS)
HANDS = st.sampled_from(["one", "one", "two", "two", "typist-1", "checker"])


class After:
    """What is asked about scores, and what follows."""

    @precondition(lambda self: any(e.told for e in self.model.exams))
    @rule(pick=PICK, section=SECTION, death=DEATH)
    def ask(self: Exams, pick: int, section: str, death: int | None) -> None:  # type: ignore[misc]
        one = self.scored(pick)
        held = self.model.ask(one, section)
        me = self.stage.candidate(self.people[one.who])
        done = self.do(held, death, reviews.ask, me, application_id=one.id, section=section, text="估分相差较大")
        if held is not None:
            held.id = done.review_id

    @precondition(lambda self: any(r.state == "asked" for c in self.model.candidates for r in c.asked.values()))
    @rule(pick=PICK, text=TEXT, who=HANDS, death=DEATH)
    def answer(self: Exams, pick: int, text: str, who: str, death: int | None) -> None:  # type: ignore[misc]
        open_ = [(c, s) for c in self.model.candidates for s, r in c.asked.items() if r.state == "asked"]
        one, section = open_[pick % len(open_)]
        wanted = self.model.answer(one, section, MARKS[text], who)
        order = {"review_id": one.asked[section].id, "text": text, "reply": "已重新核分"}
        done = self.do(wanted, death, reviews.decide, self.corrector(who), **order)
        if isinstance(wanted, Fix):
            wanted.id = done.correction_id

    @precondition(lambda self: any(e.told for e in self.model.exams))
    @rule(pick=PICK, section=SECTION, text=TEXT, who=HANDS, death=DEATH)
    def correct(self: Exams, pick: int, section: str, text: str, who: str, death: int | None) -> None:  # type: ignore[misc]
        one = self.scored(pick)
        fix = self.model.fix(one, section, MARKS[text], who)
        order = {"application_id": one.id, "section": section, "text": text, "reason": "第3题漏计分"}
        done = self.do(fix, death, corrections.propose, self.corrector(who), **order)
        if fix is not None:
            fix.id = done.correction_id

    @precondition(lambda self: any(f.state == "proposed" for f in self.fixes()))
    @rule(pick=PICK, yes=st.sampled_from([True, True, False]), who=HANDS, death=DEATH)
    def decide(self: Exams, pick: int, yes: bool, who: str, death: int | None) -> None:  # type: ignore[misc]
        open_ = [f for f in self.fixes() if f.state == "proposed"]
        fix = open_[pick % len(open_)]
        wanted = self.model.decide(fix, yes, who)
        order = {"correction_id": fix.id, "approved": yes, "reason": "核对原卷属实"}
        done = self.do(wanted, death, corrections.decide, self.corrector(who), **order)
        if not wanted:
            return
        assert bool(done.revocation_id) == bool(fix.revocation)
        with self.world.db() as db:
            assert db.scalar(select(ScoreCorrection.notice_to).where(ScoreCorrection.id == fix.id)) == fix.notice_to
        fix.revocation_id = done.revocation_id

    @precondition(lambda self: any(f.revocation == "proposed" for f in self.fixes()))
    @rule(pick=PICK, who=st.sampled_from(["one", "two", "three"]), death=DEATH)
    def take_back(self: Exams, pick: int, who: str, death: int | None) -> None:  # type: ignore[misc]
        open_ = [f for f in self.fixes() if f.revocation == "proposed"]
        fix = open_[pick % len(open_)]
        self.do(self.model.carry_out(fix, who), death, revocations.carry_out, self.corrector(who), request_id=fix.revocation_id)

    @precondition(lambda self: any(e.told for e in self.model.exams))
    @rule(pick=PICK, death=DEATH)
    def object(self: Exams, pick: int, death: int | None) -> None:  # type: ignore[misc]
        one = self.scored(pick)
        made = self.model.object(one)
        order = {"application_id": one.id, "name": "陈某", "contact": "13800000000", "text": "未在本单位工作"}
        done = self.do(made, death, objections.raise_objection, self.world.actor(account="anyone"), **order)
        if made is not None:
            with self.world.db() as db:
                made.id = db.scalars(select(ObjectionRow.id).where(ObjectionRow.receipt == done.receipt)).one()

    @precondition(lambda self: self.objections())
    @rule(pick=PICK, upheld=st.booleans(), death=DEATH)
    def judge(self: Exams, pick: int, upheld: bool, death: int | None) -> None:  # type: ignore[misc]
        there = self.objections()
        held = there[pick % len(there)]
        order = {"objection_id": held.id, "upheld": upheld, "reply": "已核实"}
        self.do(self.model.judge(held, upheld), death, objections.decide, self.stage.clerk, **order)

    # Who and which

    def corrector(self: Exams, who: str) -> Actor:  # type: ignore[misc]
        return self.stage.staff("score.correct", "care.handle", "certificate.revoke", account=who)

    def scored(self: Exams, pick: int) -> Candidate:  # type: ignore[misc]
        there = [c for c in self.model.candidates if c.exam.told]
        return there[-1 - pick % len(there)]

    def fixes(self: Exams) -> list[Fix]:  # type: ignore[misc]
        return [f for c in self.model.candidates for f in c.fixes]

    def objections(self: Exams) -> list[Objection]:  # type: ignore[misc]
        """The open ones, or any."""
        there = [o for c in self.model.candidates for o in c.objections]
        return [o for o in there if o.state == "raised"] or there
