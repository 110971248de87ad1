"""Class hours of courses completed here count as continuing education, and whoever scans a certificate of hours comes to its check."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import zxingcpp
from PIL import Image

from skills.accounts.rules import Role
from skills.professional.actions import own
from skills.professional.queries import own as mine
from tests.courses.filed import reported
from tests.courses.test_views import Visitors, hidden, text_of, visitors
from tests.people_and_bodies import acting
from tests.world import World

__all__ = ["visitors"]


def test_hours_of_a_course_completed_here_count_while_its_result_stands(world: World) -> None:
    filed = reported(world, 1, vouchers=False)
    person = filed.people[0][0]
    who = acting(Role.PERSON, f"acc-{person}"[:26], person=person)
    (year,) = world.ask(mine.years, person, world.today)
    (line,) = year.lines
    assert (line.counted, line.taught.subject, line.taught.source) == (12, "professional", f"enrolment:{filed.people[0][2]}")
    assert line.taught.title == filed.place(0).certificate_number
    given = world.perform(own.certify, actor=who, year=world.today.year)
    kept = world.ask(mine.own_statement, person, given.number)
    assert kept.figures == {"public": 0, "professional": 12}
    filed.correct(2, outcome="不合格", score="50", hours="4")
    filed.heard()
    filed.revoke(filed.changes()[0].request)
    with world.refused("hours_statement.nothing"):
        world.perform(own.certify, actor=who, year=world.today.year)
    assert world.ask(mine.own_statement, person, given.number) == kept  # it says what was on record when it was given
    world.holds()


def test_the_code_of_a_certificate_of_hours_leads_to_its_check(visitors: Visitors, tmp_path: Path) -> None:
    world = visitors.world
    filed = reported(world, 1, vouchers=False)
    person = filed.people[0][0]
    who = acting(Role.PERSON, f"acc-{person}"[:26], person=person)
    given = world.perform(own.certify, actor=who, year=world.today.year)
    (tmp_path / "hours.pdf").write_bytes(visitors.come(who).get(f"/me/hours-statements/{given.number}.pdf").data)
    subprocess.run(["pdftocairo", "-png", "-r", "200", "-singlefile", tmp_path / "hours.pdf", tmp_path / "hours"], check=True)
    [code] = zxingcpp.read_barcodes(Image.open(tmp_path / "hours.png").convert("L"))
    base, path = re.fullmatch(r"(https?://[^/]+)(/.*)", code.text).groups()  # type: ignore[union-attr]
    assert (base, path) == (world.works.settings.public_base, f"/hours?number={given.number}")
    guest = world.client()
    page = text_of(guest.get(path))
    assert f'value="{given.number}"' in page
    told = text_of(guest.post("/hours", data={"csrf_token": hidden(page, "csrf_token"), "number": given.number, "name": "学员1"}))
    assert "属实" in told
    assert "12 学时" in told
