"""What the tests of this room stand on: an exam that is seated, its body's supervisors and those of the authority."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from skills.accounts.actions import create_staff
from skills.accounts.rules import Role
from skills.certification.actions import plans
from skills.config import Settings
from skills.kernel.actors import Actor
from skills.kernel.box import Box
from skills.kernel.shots import put_in
from skills.standards.calendar import add_working_days
from skills.supervision.actions import draws, reports
from skills.supervision.actions.reports import ItemAnswer
from skills.supervision.models import Supervision
from skills.supervision.queries import supervisions as queries
from skills.supervision.queries.pool import SHELF
from tests.certification.stage import Stage
from tests.inspections.pictures import jpeg
from tests.people_and_bodies import acting
from tests.world import World


class Watch:
    """A body with three supervisors and the authority's two; one exam with one candidate, ten working days ahead."""

    def __init__(self, world: World) -> None:
        self.world, self.stage = world, Stage(world)
        self.stage.file()
        self.body = self.stage.body
        self.own = [self.staff(f"own{n}", Role.INTERNAL_SUPERVISOR, organisation_id=self.body) for n in range(3)]
        self.city = [self.staff(f"city{n}", Role.SUPERVISOR) for n in range(2)]
        self.day = add_working_days(world.today, 10)
        self.sitting = self.stage.open(held_on=self.day)
        self.application = self.stage.apply(self.sitting, self.stage.graduate())
        self.admin = acting(Role.BODY_ADMIN, "admin", organisation=self.body)
        self.clerk = acting(Role.GOV_CLERK, "gov-clerk")
        self.checker = acting(Role.GOV_CHECKER, "gov-checker")

    def staff(self, login: str, role: Role, **more: Any) -> str:
        return str(self.world.perform(create_staff, login=login, name=f"督导{login}", role=role, synthetic=True, **more).id)

    def supervisor(self, account: str) -> Actor:
        if account in self.own:
            return acting(Role.INTERNAL_SUPERVISOR, account, organisation=self.body)
        return acting(Role.SUPERVISOR, account)

    def plan(self, internal: bool = True, **more: Any) -> str:
        order = {"since": self.world.today, "until": self.world.today + timedelta(days=28), **more}
        if internal:
            return str(self.world.perform(draws.plan, actor=self.admin, organisation_id=self.body, **order).draw_id)
        return str(self.world.perform(draws.plan, actor=self.clerk, **{"size": 1, **order}).draw_id)

    def drawn(self, internal: bool = True) -> Supervision:
        draw_id = self.plan(internal)
        self.world.seal()
        done = self.world.perform(draws.draw_now, actor=self.admin if internal else self.clerk, draw_id=draw_id)
        return self.row(done.supervision_ids[0])

    def row(self, supervision_id: str) -> Supervision:
        with self.world.db() as db:
            return db.get_one(Supervision, supervision_id)

    def sit(self) -> None:
        """Registration over, seats given, and the day of the exam."""
        self.stage.days(6)
        self.world.perform(plans.close, actor=self.stage.admin, sitting_id=self.sitting)
        self.world.perform(plans.seat, actor=self.stage.admin, sitting_id=self.sitting)
        self.stage.days((self.day - self.world.today).days)

    def pictured(self, row: Supervision, shade: int = 90) -> Any:
        folder, box = self.world.tool(Settings).files_dir, self.world.tool(Box)
        photos = put_in(box, SHELF, folder, f"{row.id}:{shade}", [jpeg(shade=shade)], 8_000_000)
        return self.world.perform(reports.add_photos, actor=self.supervisor(row.supervisor), supervision_id=row.id, photos=photos)

    def report(self, row: Supervision, *no: str, remark: str = "未逐人核对") -> Any:
        with self.world.db() as db:
            items = queries.page(db, row.id, self.world.today).items
        answers = tuple(ItemAnswer(i.code, "no" if i.code in no else "yes", remark if i.code in no else "") for i in items)
        return self.world.perform(reports.sign, actor=self.supervisor(row.supervisor), supervision_id=row.id, answers=answers)

    def scored(self) -> None:
        """Held, scored, and past the window of reviews."""
        self.stage.record(self.sitting)
        self.world.perform(plans.hold, actor=self.stage.admin, sitting_id=self.sitting)
        self.stage.score(self.sitting, {self.application: ("80", "80")})
        self.stage.days(10)
