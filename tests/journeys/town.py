"""Who takes part in the journeys: bodies and staff of the demo, people on record, and how each signs in."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, timedelta

from skills.demo import cast
from skills.demo.stage import PASSWORD, Stage
from skills.demo.synthetic import MAJORS, Synthetic, people
from tests.journeys.conftest import Live, Walker


@dataclass
class Town:
    """Everybody, and the browsers they come with."""

    live: Live
    stage: Stage
    crowd: list[Synthetic]
    ids: list[str]
    make: Callable[[], Walker]
    address: str = ""

    def staff(self, login: str) -> Walker:
        """A member of staff signs in with password and authenticator."""
        self.live.world.clock.forward(minutes=1)
        walker = self.make()
        walker.go("/sign-in/staff")
        walker.fill(login=login, password=PASSWORD)
        walker.page.locator("main button[type=submit]").first.click()
        code = walker.page.locator("#demo-code").inner_text()
        walker.fill(code=code)
        walker.press("登录", exact=True)
        return walker

    def person(self, index: int) -> Walker:
        """Somebody signs in by the stand-in of the electronic social-security card."""
        who, walker = self.crowd[index], self.make()
        walker.go("/sign-in")
        walker.press("电子社保卡登录")
        walker.fill(name=who.name, document_number=who.number)
        walker.press("同意并返回")
        return walker

    def days(self, count: int) -> None:
        """Time passes; what was due is done."""
        self.live.work()
        self.live.world.clock.forward(days=count)

    @property
    def today(self) -> date:
        return self.stage.today


def settle(live: Live, make: Callable[[], Walker], count: int = 3) -> Town:
    """Bodies, staff, and people who have just finished their studies of software."""
    world = live.world
    stage = Stage(world.works, world.clock, world.clock.now())
    cast.bodies(stage)
    cast.staff(stage)
    major, occupations = MAJORS[0]
    crowd = [
        replace(who, major=major, occupations=occupations, graduates=stage.today - timedelta(days=30))
        for who in people(count, 7, stage.today)
    ]
    return Town(live, stage, crowd, cast.people(stage, crowd, unemployed=True), make)
