"""A firm certifies twenty of its own people in a real browser: four screens from whom to certify to the certificates."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from playwright.sync_api import Frame

from skills.certification.actions import employments, filings
from skills.certification.rules.filings import ScopeItem
from skills.standards.rules import Level
from tests.journeys.conftest import Live, Walker
from tests.journeys.town import Town, settle
from tests.recognitions.stage_recognitions import PDF

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("recognition"), pytest.mark.slow]
JOB = "4-04-05-01"
TWENTY = 20


@pytest.fixture
def size() -> str:
    """A firm sits at desks; every page is looked at on the phone too."""
    return "desk"


@pytest.mark.row(38)
def test_a_firm_certifies_twenty_in_four_screens(live: Live, walker: Callable[[], Walker]) -> None:
    town = settle(live, walker, TWENTY)
    employed(town)
    screens: set[str] = set()
    seen: list[Walker] = []
    clerk = come(town, "firm-clerk", screens, seen)
    clerk.go("/ent/recognitions/new")
    clerk.fill(target=f"{JOB}||{int(Level.L4)}", chair=town.stage.staff["firm-admin"].account)
    for login in ("firm-checker", "firm-examiner"):
        clerk.page.locator(f"main [name='members'][value='{town.stage.staff[login].account}']").check()
    for box in clerk.page.locator("main [name='people']").all():
        box.check()
    clerk.look("recognition-new")
    clerk.press("下一步")
    clerk.fill(**{"statement-all": "参与完成市级重点软件项目"})
    clerk.page.locator("#papers-all").set_input_files({"name": "业绩.pdf", "mimeType": "application/pdf", "buffer": PDF})
    clerk.look("recognition-evidence")
    clerk.press("保存并提交")
    clerk.look("recognition-before-committee")
    for login in ("firm-checker", "firm-examiner", "firm-admin"):
        member = come(town, login, screens, seen)
        member.see(f"{TWENTY}")
        member.press("人待评审")
        if login == "firm-checker":
            member.look("recognition-votes")
        member.page.locator("#rest").check()
        member.press("提交表决")
    member.press("作出认定决定")
    member.press("公示", exact=True)
    member.look("recognition-noticed")
    visitor = town.make()
    seen.append(visitor)
    visitor.go("/notices")
    visitor.see(town.crowd[0].name)
    visitor.look("recognition-notice")
    town.days(15)
    chief = come(town, "firm-admin", screens, seen)
    chief.press("公示期满待发证")
    chief.press("结束公示并发证")
    live.work()
    chief.page.reload()
    assert chief.page.locator("main .certno").count() == TWENTY + 1, "twenty certificates, and the number of the filing"
    chief.look("recognition-certified")
    assert len(screens) <= 4, screens
    live.world.holds()
    assert [fault for one in seen for fault in one.faults] == []


def come(town: Town, login: str, screens: set[str], seen: list[Walker]) -> Walker:
    """Somebody of the firm signs in; which screens beside the desk they see is counted."""
    walker = town.staff(login)
    seen.append(walker)

    def went(frame: Frame) -> None:
        path = re.sub(r"/[0-9A-HJKMNP-TV-Z]{26}", "/<id>", frame.url.removeprefix(walker.url).partition("?")[0])
        if path not in ("/ent", "/exam"):
            screens.add(path)

    walker.page.on("framenavigated", went)
    return walker


def employed(town: Town) -> None:
    """The firm is filed for 四级, and its people work there."""
    stage, firm = town.stage, town.stage.bodies["firm"]
    made = stage.act(
        filings.draft, "firm-admin", organisation_id=firm, scope=(ScopeItem(JOB, "", Level.L4),), contact="龙经理"
    )
    stage.act(filings.submit, "firm-admin", filing_id=made.filing_id)
    stage.act(filings.accept, "gov-clerk", filing_id=made.filing_id)
    for who in town.crowd:
        stage.act(
            employments.declare, "firm-admin", organisation_id=firm, kind="resident", number=who.number, occupation_code=JOB,
            since=town.today - timedelta(days=200),
        )  # fmt: skip
