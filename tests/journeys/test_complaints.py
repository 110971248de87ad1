"""The complaints desk in a real browser: an anonymous tip-off without script, the desk, the party, the level above."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.journeys.conftest import Live, Walker
from tests.journeys.town import settle

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("complaints")]
PDF = b"%PDF-1.4\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n"


def test_a_tip_off_from_intake_to_the_level_above(live: Live, walker: Callable[[], Walker], tmp_path: Path) -> None:
    town = settle(live, walker, 1)
    stage = town.stage
    paper = tmp_path / "收据.pdf"
    paper.write_bytes(PDF)

    visitor = walker()
    visitor.go("/complaints/new")
    assert visitor.page.locator("main script").count() == 0
    visitor.fill(kind="fraud", text="十月八日报了八课时，教室里没有人。", about=stage.bodies["school"], contact="小李 13812345678")
    visitor.page.locator("input[name=papers]").set_input_files(paper)
    visitor.look("complaint-new")
    visitor.press("提交", exact=True)
    visitor.look("complaint-received")
    number = visitor.page.get_by_text("TS-").first.inner_text().strip()
    word = visitor.page.locator(".certno").last.inner_text().strip()

    clerk = town.staff("gov-clerk")
    clerk.go("/gov/complaints")
    clerk.look("complaints")
    clerk.press(number)
    clerk.press("承办", exact=True)
    clerk.look("complaint-case")
    case = clerk.at()
    clerk.page.locator("#hear-text").fill("小李说十月八日没有上课")
    clerk.press("请对方说明")
    clerk.see("没有发出")
    clerk.go(case)
    clerk.page.locator("#hear-text").fill("有人反映十月八日下午的课没有上")
    clerk.press("请对方说明")
    clerk.page.locator("#ask-text").fill("是哪一间教室？")
    clerk.press("发出", exact=True)

    visitor.go("/complaints/follow")
    visitor.fill(number=number, word=word)
    visitor.press("查询", exact=True)
    visitor.see("是哪一间教室？")
    visitor.look("complaint-asked")
    visitor.page.locator("#reply-text").fill("三号教室")
    visitor.press("提交补充")
    visitor.see("办理中")

    school = town.staff("school-admin")
    school.go("/org/complaints")
    school.see("有人反映十月八日下午的课没有上")
    assert "小李" not in school.page.content()
    assert "138" not in school.page.locator("main").inner_text()
    school.look("complaint-told")
    school.page.locator("textarea[name=text]").fill("老师请假，十月十日补过课")
    school.press("提交说明")

    clerk.go(case)
    clerk.see("十月十日补过课")
    clerk.page.locator("#outcome").select_option("not_upheld")
    clerk.page.locator("#answer-text").fill("您反映十月八日没有上课。我们看了签到，老师请假，十月十日补了课。")
    clerk.press("答复并办结")

    visitor.go("/complaints/follow")
    visitor.fill(number=number, word=word)
    visitor.press("查询", exact=True)
    visitor.see("十月十日补了课")
    visitor.page.locator("#up-text").fill("补课也没有人")
    visitor.look("complaint-answered")
    visitor.press("申请上级处理")
    visitor.see("已登记")
    live.world.holds()
    assert [fault for one in (visitor, clerk, school) for fault in one.faults] == []
