"""The whole return at a desk: template, faults at their cells, mended in place and in the failed rows, receipt, versions, removal by two."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
from openpyxl import load_workbook

from skills.accounts.rules import Role
from skills.kernel.sheets import write_csv
from skills.returns import actions, intake
from tests.courses.filed import HEAD, Filed, enrolled
from tests.journeys.conftest import Live, Walker
from tests.journeys.test_counter import elsewhere, known, staff

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("pages"), pytest.mark.row(57), pytest.mark.slow]
PEOPLE = 22
SCORE, NAME, DOCUMENT = (HEAD.index(word) for word in ("结业成绩", "姓名", "证件号码"))


@pytest.fixture
def size() -> str:
    return "desk"


@dataclass
class Office:
    """An institution's clerk with a class of 22 to report, a browser and a folder of files."""

    live: Live
    filed: Filed
    clerk: Walker
    folder: Path

    def send(self, path: Path) -> None:
        self.clerk.go("/org/returns")
        self.clerk.fill(kind="completions")
        self.clerk.page.set_input_files("input[type=file]", str(path))
        self.clerk.press("上传并检查")

    def fetched(self, link: str, name: str) -> Path:
        with self.clerk.page.expect_download() as held:
            self.clerk.page.get_by_role("link", name=link).first.click()
        held.value.save_as(self.folder / name)
        return self.folder / name

    def applied(self) -> None:
        """The worker does its work, and the page is looked at again."""
        self.live.work()
        self.clerk.page.reload()

    def csv(self, name: str, rows: list[list[str]]) -> Path:
        (self.folder / name).write_bytes(write_csv([HEAD, *rows]))
        return self.folder / name


def test_a_return_from_its_template_to_the_removal_of_rows(
    live: Live, walker: Callable[[], Walker], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    filed = elsewhere(lambda: enrolled(live.world, PEOPLE))
    first, second = (elsewhere(lambda r=r: staff(live, r, filed.stage.school)) for r in (Role.INSTITUTION_CLERK, Role.INSTITUTION_ADMIN))
    office = Office(live, filed, walker(), tmp_path)
    known(live, office.clerk.context, first)
    failed = file_with_faults(office)
    receipt = hand_in(office)
    mend_the_failed_rows(office, failed)
    file_again(office, monkeypatch)
    correct_one_row(office)
    check_receipt(office, receipt)
    answer_what_differs(office)
    take_back(office)
    admin = walker()
    known(live, admin.context, second)
    confirm(office, admin)
    office.clerk.go("/returns/rules")
    office.clerk.look("returns-rules")
    office.clerk.content()
    admin.content()
    elsewhere(live.world.holds)


def file_with_faults(office: Office) -> Path:
    """The template, filled in by another programme with three faults; one is mended on the page, two are fetched."""
    clerk = office.clerk
    clerk.go("/org/returns")
    clerk.look("returns")
    book = load_workbook(office.fetched("下载模板（XLSX）", "template.xlsx"))
    page = book.active
    assert page is not None
    assert [cell.value for cell in page[1]] == HEAD
    assert {str(v.sqref)[0] for v in page.data_validations.dataValidation} == {"B", "I"}, "what is chosen has a drop-down"
    rows = [office.filed.row(i) for i in range(PEOPLE)]
    rows[1][SCORE], rows[3][DOCUMENT], rows[5][NAME] = "101", "1.10105E+17", ""
    for row in rows:
        page.append(row)
    book.save(office.folder / "filled.xlsx")
    office.send(office.folder / "filled.xlsx")
    clerk.see("19 人入账，形成应付 ¥22,800")
    clerk.see("另有 3 行有错，暂挡")
    for cell in ("G3", "C5", "A7"):
        clerk.see(cell)
    clerk.look("return-faults")
    clerk.fill(**{"cell-3-score": "91"})
    clerk.press("保存并重新检查")
    clerk.see("20 人入账，形成应付 ¥24,000")
    return office.fetched("只下载有错的行", "failed.xlsx")


def hand_in(office: Office) -> str:
    """What is good is handed in; the receipt's number."""
    office.clerk.press("报送 20 行（¥24,000）")
    office.clerk.see("回执编号")
    office.clerk.see("正在入账")
    office.clerk.press("停止自动刷新")
    office.clerk.look("return-applying")
    office.applied()
    office.clerk.see("形成应付金额")
    office.clerk.look("return-handed-in")
    return office.clerk.page.locator("main").get_by_text("HZ").first.inner_text().strip()


def mend_the_failed_rows(office: Office, failed: Path) -> None:
    """The first column says why; the rest is mended and uploaded as it is."""
    book = load_workbook(failed)
    page = book.active
    assert page is not None
    told = [[str(cell.value or "") for cell in row] for row in page]
    assert told[0][1:] == HEAD
    assert [row[0].split(" ")[0] for row in told[1:]] == ["C5", "A7"]
    page.cell(2, DOCUMENT + 2, office.filed.people[3][1])
    page.cell(3, NAME + 2, "学员6")
    book.save(office.folder / "mended.xlsx")
    office.send(office.folder / "mended.xlsx")
    office.clerk.see("2 人入账，形成应付 ¥2,400")
    office.clerk.look("return-mended")
    office.clerk.press("报送 2 行（¥2,400）")
    office.applied()
    office.clerk.see("已入账")


def file_again(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    """All of it once more, as a large file: checked in the background while the page tells how far, and nothing is new."""
    for module in (intake, actions):
        monkeypatch.setattr(module, "MOST_AT_ONCE", PEOPLE - 1)
    rows = [office.filed.row(i, **({"score": "91"} if i == 1 else {})) for i in range(PEOPLE)]
    office.send(office.csv("again.csv", rows))
    office.clerk.see("正在检查")
    office.clerk.look("return-waiting")
    office.clerk.press("停止自动刷新")
    office.live.work()
    office.clerk.press("刷新进度")
    office.clerk.see("22 行与前次一致")
    office.clerk.press("报送 0 行")
    office.clerk.see("与前次一致")
    monkeypatch.undo()


def correct_one_row(office: Office) -> None:
    """A row that stands is corrected on its page; the version before stays readable."""
    clerk = office.clerk
    clerk.go("/org/returns")
    with clerk.page.expect_navigation():
        clerk.page.locator("main tbody tr").filter(has_text="¥24,000").get_by_role("link").click()
    with clerk.page.expect_navigation():
        clerk.page.locator("main a[href$='?all=1']").first.click()
    clerk.press("版本、更正、作废")
    clerk.look("return-versions")
    clerk.press("更正这一行")
    clerk.fill(**{"cell-score": "86"}, reason="录入错误")
    clerk.look("return-correct")
    clerk.press("报送更正")
    office.applied()
    clerk.see("更正待证书办结")
    clerk.look("return-corrected")


def check_receipt(office: Office, receipt: str) -> None:
    """The number and the file at hand tell that it is the one that was handed in."""
    clerk = office.clerk
    clerk.go("/org/returns/receipts")
    clerk.fill(number=receipt)
    clerk.page.set_input_files("input[type=file]", str(office.folder / "filled.xlsx"))
    clerk.press("核对", exact=True)
    clerk.see("与报送的是同一份")
    clerk.look("return-receipt-checked")


def answer_what_differs(office: Office) -> None:
    """A row that differs from one that stands is asked about; left out, it changes nothing."""
    clerk = office.clerk
    office.send(office.csv("differs.csv", [office.filed.row(2, score="60")]))
    clerk.see("更正还是新记录")
    clerk.look("return-asked")
    clerk.tick("不报这一行")
    clerk.press("保存说明")
    clerk.see("已记下您的说明")
    clerk.press("放弃这份文件")


def take_back(office: Office) -> None:
    """The two rows of a return are made void: more than one in twenty of the class, so a second person is asked."""
    clerk = office.clerk
    clerk.go("/org/returns")
    with clerk.page.expect_navigation():
        clerk.page.locator("main tbody tr").filter(has_text="¥2,400").get_by_role("link").click()
    clerk.press("作废仍有效的全部行")
    clerk.see("须由本单位另一位同事确认")
    clerk.fill(reason="这两人没有参加结业考核")
    clerk.look("return-void")
    clerk.press("申请作废")
    clerk.look("return-removal-asked")


def confirm(office: Office, admin: Walker) -> None:
    """The colleague sees who and how much, and confirms."""
    admin.go("/org/returns/removals")
    admin.see("等您确认")
    admin.look("return-removals")
    admin.press("查看移除 2 行")
    admin.look("return-removal")
    admin.press("确认移除 2 行")
    office.live.work()
    admin.page.reload()
    admin.look("return-removal-confirmed")
