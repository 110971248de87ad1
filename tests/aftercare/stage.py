"""A certificate that was issued as in life: filed body, exam, award. And everybody who has a say in its after-care."""

from __future__ import annotations

from dataclasses import dataclass

from skills.accounts.rules import Role
from skills.aftercare.actions import requests
from skills.aftercare.rules import CareKind
from skills.kernel.actors import Actor
from tests.credentials.test_actions import NUMBER, issued
from tests.people_and_bodies import Someone, acting
from tests.world import World

# The certificate is issued here without the award that stands behind it in life.
ABOVE = ("certification", "courses", "competitions")
PROOFS = {
    CareKind.REPRINT: ("identity", "loss_statement"),
    CareKind.CORRECT: ("original_file", "paper_back"),
    CareKind.EXCHANGE: ("identity", "change_proof", "paper_back"),
    CareKind.VOID: ("misprint",),
    CareKind.CANCEL: ("identity",),
}
REASONS = {
    CareKind.REPRINT: "lost", CareKind.CORRECT: "correction", CareKind.EXCHANGE: "identity", CareKind.VOID: "misprint",
    CareKind.CANCEL: "holder",
}  # fmt: skip


@dataclass
class Case:
    """A certificate, its holder, and the hands of its body and of the authority."""

    world: World
    who: Someone
    issuer: str
    holder: Actor
    clerk: Actor
    checker: Actor
    authority: Actor

    def ask(self, kind: CareKind, by: Actor | None = None, **more: object) -> str:
        """Ask for a request of this kind; its id. By the holder unless it is the body's own."""
        order = {"number": NUMBER, "kind": kind, "reason": REASONS[kind], "text": "情况属实", **more}
        if by is None and kind is not CareKind.VOID:
            return str(self.world.perform(requests.ask, actor=self.holder, **order).request_id)
        return str(self.world.perform(requests.ask_as_body, actor=by or self.clerk, **order).request_id)

    def examine(self, request_id: str, kind: CareKind, **more: object) -> None:
        self.world.perform(
            requests.examine, actor=self.clerk, request_id=request_id, proofs=PROOFS[kind], note="材料齐全", **more
        )

    def settle(self, request_id: str) -> requests.Settled:
        done: requests.Settled = self.world.perform(requests.carry_out, actor=self.checker, request_id=request_id)
        return done


def case(world: World, printed: bool = False) -> Case:
    """One certificate; with its paper if a test needs it."""
    who, issuer = issued(world)
    if printed:
        world.run_jobs()
    return Case(
        world, who, issuer, acting(Role.PERSON, "holder", person=who.id),
        acting(Role.BODY_CLERK, "clerk", organisation=issuer), acting(Role.BODY_CHECKER, "checker", organisation=issuer),
        acting(Role.GOV_CHECKER, "authority"),
    )  # fmt: skip
