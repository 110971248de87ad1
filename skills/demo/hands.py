"""Hands that help: somebody lets a relative act, and the counter printed a slip for somebody whose phone broke."""

from __future__ import annotations

from skills.accounts.actions import delegate
from skills.demo.stage import Agenda, Stage
from skills.people.rules.counter import CounterReason
from skills.vouchers.actions import codes
from skills.vouchers.queries import usable


class Hands:
    """Who helps whom."""

    def __init__(self, stage: Stage) -> None:
        self.stage = stage

    def plan(self, agenda: Agenda) -> None:
        """Put every step on its day."""
        agenda.on(-2, self.let_a_relative)
        agenda.on(-1, self.print_a_slip)

    def let_a_relative(self) -> None:
        """The graduate with a voucher to claim lets the one who has claimed already do it."""
        stage = self.stage
        stage.act(delegate, stage.person("fresh"), helper_person_id=stage.hero("holder").person_id)

    def print_a_slip(self) -> None:
        """It counts for some days, once."""
        stage, holder = self.stage, self.stage.hero("holder").person_id
        for voucher in stage.ask(usable, holder, stage.today)[:1]:
            stage.act(
                codes.print_slip, "gov-counter", person_id=holder, voucher_id=voucher.id, reason=CounterReason.BROKEN
            )
