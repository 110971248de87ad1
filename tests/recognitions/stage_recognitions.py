"""What the tests of recognitions stand on: a firm with a filing, its staff, and employees with schooling."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from skills.accounts.actions import create_staff
from skills.accounts.rules import Role
from skills.certification.actions import employments
from skills.config import Settings
from skills.kernel.actors import Actor
from skills.kernel.box import Box
from skills.recognitions import queries
from skills.recognitions.actions import committee, drafts, notices
from skills.recognitions.actions.committee import Vote
from skills.recognitions.actions.drafts import Line, RecognitionOrder
from skills.recognitions.queries import RecognitionLine
from skills.recognitions.queries.people import FOLDER
from skills.records.actions import Paper
from skills.records.papers import put_in
from skills.standards.rules import Level
from tests.certification.stage import JOB, Stage
from tests.people_and_bodies import acting
from tests.world import World

PDF = b"%PDF-1.7\n1 0 obj<<>>endobj\n%%EOF\n"


class Firm(Stage):
    """An enterprise that is filed for 五级 to 二级: a proposer, a committee of three with its chair, and its people."""

    def __init__(self, world: World, count: int = 3) -> None:
        super().__init__(world, "enterprise", count + 10)
        self.filing = self.file(Level.L5, Level.L4, Level.L3, Level.L2)
        names = (("p", Role.BODY_ADMIN), ("a", Role.BODY_CHECKER), ("b", Role.BODY_CHECKER), ("c", Role.EXAMINER), ("d", Role.BODY_CLERK))
        self.accounts = {
            key: world.perform(create_staff, login=f"firm-{key}", name=f"职员{key}", role=role, organisation_id=self.body, synthetic=True).id
            for key, role in names
        }
        self.roles = dict(names)
        self.sent = 0
        self.people = [self.hired() for _ in range(count)]

    def as_(self, key: str) -> Actor:
        return acting(self.roles[key], account=self.accounts[key], organisation=self.body)

    def hired(self) -> str:
        """Somebody with schooling for 四级 who works here, by the firm's word."""
        who = self.crowd[self.used]
        person = self.graduate()
        self.world.perform(
            employments.declare, actor=self.admin, organisation_id=self.body, kind="resident", number=who.number,
            occupation_code=JOB, since=self.world.today - timedelta(days=300),
        )  # fmt: skip
        return person

    def ordered(self, **changes: Any) -> RecognitionOrder:
        a, b, c = (self.accounts[key] for key in "abc")
        values: dict[str, Any] = {
            "kind": "direct", "occupation": JOB, "branch": "", "level": int(Level.L4), "people": tuple(self.people), "chair": a,
            "members": (a, b, c),
        }  # fmt: skip
        return RecognitionOrder(**{**values, **changes})

    def draft(self, **changes: Any) -> str:
        done = self.world.perform(drafts.draft, actor=self.as_("p"), organisation_id=self.body, order=self.ordered(**changes))
        return str(done.recognition_id)

    def paper(self, person: str, data: bytes = PDF) -> tuple[Paper, ...]:
        folder, self.sent = self.world.tool(Settings).files_dir, self.sent + 1
        return put_in(self.world.tool(Box), folder, f"sent-{self.sent}", [data], 1_500_000, person, FOLDER)

    def prove(self, recognition: str, but: int = 0) -> None:
        """A rule, a statement and a paper for everybody; for `but` people at the end no paper."""
        people = self.seen(recognition).people
        lines = tuple(
            Line(one.id, "condition", "主持完成三个项目", self.paper(one.person_id) if n < len(people) - but else ())
            for n, one in enumerate(people)
        )
        self.world.perform(drafts.propose, actor=self.as_("p"), recognition_id=recognition, lines=lines)

    def submit(self, recognition: str) -> None:
        self.world.perform(drafts.submit, actor=self.as_("p"), recognition_id=recognition)

    def vote(self, recognition: str, key: str, no: tuple[int, ...] = ()) -> None:
        people = self.seen(recognition).people
        votes = tuple(Vote(one.id, one.place not in no, "业绩不足" if one.place in no else "") for one in people)
        self.world.perform(committee.vote, actor=self.as_(key), recognition_id=recognition, votes=votes)

    def decide(self, recognition: str, no: tuple[int, ...] = ()) -> Any:
        """All three vote, b and c with these a no; the chair decides."""
        for key in "abc":
            self.vote(recognition, key, no if key != "a" else ())
        return self.world.perform(committee.decide, actor=self.as_("a"), recognition_id=recognition)

    def notice(self, recognition: str) -> Any:
        return self.world.perform(notices.give_notice, actor=self.as_("p"), recognition_id=recognition).last_day

    def conclude(self, recognition: str) -> Any:
        done = self.world.perform(notices.conclude, actor=self.as_("p"), recognition_id=recognition)
        self.world.run_jobs()
        return done

    def seen(self, recognition: str) -> RecognitionLine:
        found: RecognitionLine = self.world.ask(queries.recognition, recognition)
        return found


def before_committee(world: World) -> tuple[Firm, str]:
    """A firm whose three people are before the committee, each with a paper."""
    firm = Firm(world)
    made = firm.draft()
    firm.prove(made)
    firm.submit(made)
    return firm, made
