"""A body with a bank, who writes, who reviews, who draws."""

from __future__ import annotations

from typing import Any

from skills.accounts.rules import Role
from skills.kernel.actors import Actor
from skills.papers.actions import items
from skills.papers.rules.items import Kind, Question, Thinking
from tests.people_and_bodies import acting, body
from tests.world import World

POINTS = ("数据安全", "数据标注")


def question(n: int = 1, kind: Kind = Kind.SINGLE, point: str = POINTS[0], thinking: Thinking = Thinking.RECALL, **change: Any) -> Question:
    """A good question of a kind; `n` makes it another."""
    of_kind = {
        Kind.SINGLE: (("甲", "乙", "丙"), "B", ""), Kind.MULTIPLE: (("甲", "乙", "丙"), "AC", ""), Kind.TRUE_FALSE: ((), "true", ""),
        Kind.NUMERIC: ((), "3.5", "0.05"),
    }  # fmt: skip
    options, answer, tolerance = of_kind[kind]
    held = {"kind": kind, "stem": f"第 {n} 题", "options": options, "answer": answer, "tolerance": tolerance, "point": point, "thinking": thinking}
    return Question(**{**held, **change})


class Stage:
    """One bank of one body."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.body = body(world, "social_body", 1, "重庆星河技能评价中心")
        self.writer, self.reviewer = self.staff(Role.BODY_CLERK, "writer"), self.staff(Role.BODY_CHECKER, "reviewer")
        self.chief = self.staff(Role.BODY_ADMIN, "chief")
        self.bank = world.perform(
            items.open_bank, actor=self.writer, organisation_id=self.body, title="数据标注理论", points="\n".join(POINTS)
        ).bank_id

    def staff(self, role: Role, account: str) -> Actor:
        return acting(role, account, organisation=self.body)

    def drafted(self, held: Question) -> Any:
        return self.world.perform(items.draft, actor=self.writer, bank_id=self.bank, question=held)

    def reviewed(self, held: Question) -> Any:
        made = self.drafted(held)
        return self.world.perform(items.review, actor=self.reviewer, version_id=made.version_id, approved=True)
