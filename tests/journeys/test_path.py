"""The whole path in a real browser, phone and desk: each step by the person who does it in life."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import zxingcpp
from PIL import Image
from playwright.sync_api import expect

from skills.credentials import queries as certificates
from skills.kernel.sheets import write_csv
from skills.people.actions import register_person
from skills.standards.calendar import add_working_days
from tests.journeys.conftest import Live, Walker
from tests.journeys.outside import opened
from tests.journeys.town import Town, settle
from tests.people_and_bodies import resident

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("journeys"), pytest.mark.slow]
JOB = "4-04-05-01"
HEAD = ["姓名", "证件类型", "证件号码", "班级编号", "完成学时", "出勤率%", "结业成绩", "结业日期", "结果"]


@pytest.mark.row(4)
@pytest.mark.row(51)
@pytest.mark.row(52)
@pytest.mark.row(60)
def test_from_voucher_to_a_certificate_that_a_phone_verifies(
    live: Live, walker: Callable[[], Walker], tmp_path: Path
) -> None:
    town = settle(live, walker)
    walkers: list[Walker] = []
    issue_vouchers(town, walkers)
    claim(town, walkers)
    number = approve_class(town, walkers)
    redeem(town, walkers)
    report(town, walkers, number, tmp_path)
    sitting = open_exam(town, walkers)
    sit(town, walkers, sitting)
    certificate = conclude(town, walkers, sitting)
    verify(town, walkers, certificate, tmp_path)
    live.world.holds()
    revoke(town, walkers, certificate)
    live.world.holds()
    offline(town, walkers, certificate)
    assert [fault for one in walkers for fault in one.faults] == []


def issue_vouchers(town: Town, seen: list[Walker]) -> None:
    """1. The bureau issues a batch to an eligible group: drafted by one, approved by another, issued by list."""
    clerk = town.staff("gov-clerk")
    seen.append(clerk)
    clerk.look("gov-home")
    clerk.go("/gov/batches/new")
    clerk.fill(title="满天星培训券", training_type="employment", district="500112", scope_form="general", face="1200",
               count_ceiling="100", money_ceiling="120000", policy_source="若干措施第12条")  # fmt: skip
    clerk.tick("毕业年度高校毕业生", "城镇登记失业人员")
    clerk.look("batch-new")
    clerk.press("保存草案")
    page = clerk.at()
    checker = town.staff("gov-checker")
    seen.append(checker)
    checker.go(page)
    checker.press("复核通过")
    checker.see("复核通过")
    clerk.go(page)
    clerk.press("开放领取")
    clerk.fill(numbers="\n".join(who.number for who in town.crowd))
    clerk.press("添加到名单")
    clerk.see("新加入 3 人")
    clerk.press("发放给名单上未发放的 3 人")
    town.live.work()
    clerk.go(page)
    clerk.see("3 / 100")
    clerk.look("batch")


def claim(town: Town, seen: list[Walker]) -> None:
    """1. A graduate signs in and claims: three taps at most from the home page."""
    graduate = town.person(0)
    seen.append(graduate)
    graduate.see("下一步")
    graduate.look("me-before")
    taps = 0
    for name in ("领取", "确认领取"):
        graduate.press(name)
        taps += 1
        graduate.look(f"claim-{taps}")
    assert taps <= 3
    graduate.see("已领取")
    graduate.see("¥1,200")


def teach(town: Town, school: Walker, clerk: Walker) -> str:
    """The institution proposes a lecturer, the bureau has seen the papers; the name."""
    number = resident(41, date(1985, 5, 5))
    town.stage.act(
        register_person, name="李明敏", document_kind="resident", document_number=number, birth=date(1985, 5, 5), sex="M",
        district="500105", synthetic=True,
    )  # fmt: skip
    school.go("/org/lecturers")
    school.fill(name="李明敏", document_number=number, occupation=JOB, kind="title", title="高级讲师", number="渝职称20260017")
    school.look("lecturers")
    school.press("推荐，承诺属实")
    clerk.go("/gov/lecturers")
    clerk.press("李明敏")
    clerk.look("lecturer")
    clerk.press("确认资质，入库")
    clerk.see("已入库")
    return "李明敏"


def approve_class(town: Town, seen: list[Walker]) -> str:
    """2. The institution's course is published and its class approved; the class number."""
    school = town.staff("school-admin")
    seen.append(school)
    school.go("/org/courses/new")
    school.fill(title="程序设计入门", section="subsidised", occupation=JOB, level="2", hours="12", fee="2400", zone="mantianxing",
                standard="国家职业技能标准", description="小班授课，机房实操。")  # fmt: skip
    school.look("course-new")
    school.press("保存")
    school.press("提交审核")
    course = school.at()
    clerk = town.staff("gov-clerk")
    seen.append(clerk)
    clerk.go(course.replace("/org/", "/gov/"))
    clerk.press("发布")
    teacher = teach(town, school, clerk)
    school.go("/org/classes")
    school.press("程序设计入门")
    first = town.today + timedelta(days=7)
    lessons = "\n".join(f"{first + timedelta(days=d)} 09:00-12:00 301机房 第{d + 1}讲" for d in range(3))
    school.fill(district="500112", address="学府路1号", lecturer=teacher, seats="30",
                starts_on=f"{first}", ends_on=f"{first + timedelta(days=2)}", timetable=lessons,
                assessment_plan="机考和实操")  # fmt: skip
    school.press("保存")
    school.page.locator("#promise").check()
    school.look("class-submit")
    school.press("提交开班申请")
    page = school.at()
    clerk.go(page.replace("/org/", "/gov/"))
    clerk.look("class-approval")
    clerk.press("同意开班")
    clerk.page.wait_for_url("**/gov/classes*")
    school.go(page)
    return school.page.locator("h1").inner_text()


def redeem(town: Town, seen: list[Walker]) -> None:
    """2. The graduate picks the class and redeems the voucher."""
    graduate = town.person(0)
    seen.append(graduate)
    graduate.press("选课")
    graduate.look("courses")
    graduate.press("程序设计入门")
    graduate.look("course")
    graduate.press("选班次")
    graduate.see("¥1,200")
    graduate.look("enrol")
    graduate.press("确认报名并用券")
    graduate.see("报名成功")
    graduate.look("place")


def report(town: Town, seen: list[Walker], number: str, folder: Path) -> None:
    """3. The class is held; the institution files the completion return, errors first, then for good, then again."""
    town.days(7)
    school = town.staff("school-admin")
    seen.append(school)
    school.go("/org/classes")
    school.press(number)
    school.press("开班", exact=True)
    town.days(3)
    school = town.staff("school-admin")
    seen.append(school)
    school.go("/org/classes")
    school.press(number)
    school.press("结班", exact=True)
    who = town.crowd[0]
    good = [who.name, "居民身份证", who.number, number, "12", "100", "88", f"{town.today}", "合格"]
    wrong = [*good[:2], who.number[:-1] + ("1" if who.number[-1] != "1" else "2"), *good[3:6], "101", *good[7:]]
    upload(school, folder / "wrong.csv", [wrong])
    school.see("需要处理的行")
    school.look("return-errors")
    upload(school, folder / "good.csv", [good])
    school.look("return-checked")
    school.press("报送 1 行")
    school.see("回执编号")
    town.live.work()
    school.page.reload()
    school.look("return-receipt")
    upload(school, folder / "again.csv", [good])
    school.see("与前次一致")
    graduate = town.person(0)
    seen.append(graduate)
    graduate.go("/me/courses")
    graduate.see("已结业")


def upload(school: Walker, path: Path, rows: list[list[str]]) -> None:
    path.write_bytes(write_csv([HEAD, *rows]))
    school.go("/org/returns")
    school.page.set_input_files("input[type=file]", str(path))
    school.press("上传并检查")


def open_exam(town: Town, seen: list[Walker]) -> str:
    """4. A body is filed, opens an exam inside its scope; the candidate sees the condition that is met."""
    admin = town.staff("centre-admin")
    seen.append(admin)
    admin.go("/ent/filing")
    admin.fill(pair=f"{JOB}|", contact="王工")
    admin.tick("四级/中级工")
    admin.press("加入备案范围")
    admin.look("filing")
    admin.press("提交审核")
    clerk = town.staff("gov-clerk")
    seen.append(clerk)
    clerk.go("/gov/filings")
    clerk.press("重庆星河技能评价中心")
    clerk.look("gov-filing")
    clerk.press("准予备案")
    clerk.see("已备案")
    planner = town.staff("centre-clerk")
    seen.append(planner)
    planner.go("/ent/plans/new")
    today = town.today
    planner.fill(pair=f"{JOB}|", level="3", site="星光大道1号", registration_from=f"{today}",
                 registration_to=f"{today + timedelta(days=5)}", held_on=f"{add_working_days(today, 10)}", capacity="30",
                 fee="200")  # fmt: skip
    for name in ("石考评", "岳考评", "柏考评", "简监考", "路监考", "费内督"):
        planner.tick(name)
    planner.look("plan-new")
    planner.press("保存")
    plan = planner.at()
    planner.press("报备", exact=True)
    planner.press("开放报名", exact=True)
    candidate = town.person(0)
    seen.append(candidate)
    candidate.go("/me/exams")
    candidate.look("exams")
    candidate.press("看我能不能报")
    candidate.see("您符合申报条件")
    candidate.look("eligible")
    candidate.press("确认申报")
    candidate.see("已申报")
    return plan


def sit(town: Town, seen: list[Walker], plan: str) -> None:
    """4. Seats, the exam, scores typed blind by two and signed off by two others."""
    town.days(6)
    planner = town.staff("centre-clerk")
    seen.append(planner)
    planner.go(plan)
    planner.press("截止报名", exact=True)
    planner.press("编排座位并发准考证")
    candidate = town.person(0)
    seen.append(candidate)
    candidate.press("看准考证")
    candidate.look("ticket")
    town.days(20)
    sitting = plan.rsplit("/", 1)[1]
    watch(town, seen, plan)
    planner = town.staff("centre-clerk")
    planner.go(plan)
    planner.press("登记已开考")
    examiner = town.staff("examiner")
    seen += [planner, examiner]
    for section in ("theory", "practical"):
        for typist in (planner, examiner):
            typist.go(f"/exam/scores/{sitting}/{section}")
            mark = typist.page.locator("main input[name^=mark-]")
            mark.fill("101")
            typist.press("保存成绩")
            typist.see("什么都没有保存")
            mark.fill("86.5")
            typist.look(f"scores-{section}")
            typist.press("保存成绩")
            typist.see("已保存 1 项")
    checker = town.staff("centre-checker")
    seen.append(checker)
    checker.go(plan)
    checker.press("复核并签字（第一人）")
    checker.look("plan-signed")
    admin = town.staff("centre-admin")
    seen.append(admin)
    admin.go(plan)
    admin.press("复签并公布成绩（第二人）")
    admin.look("plan-scored")


def watch(town: Town, seen: list[Walker], plan: str) -> None:
    """The invigilator sees the document for both sections, and two sign the record of the room."""
    first = town.staff("invigilator")
    seen.append(first)
    for _ in ("theory", "practical"):
        first.go(f"{plan}/door")
        first.page.locator("main table a").first.click()
        first.look("at-the-door")
        first.press("登记", exact=True)
        first.see("已登记")
    first.look("door")
    first.page.locator("main summary").first.click()
    first.press("签字（第一人）")
    second = town.staff("invigilator-2")
    seen.append(second)
    second.go(f"{plan}/door")
    second.press("属实，签字（第二人）")
    second.see("两名监考员已签字")
    second.look("door-signed")


def conclude(town: Town, seen: list[Walker], plan: str) -> str:
    """5. Review window, public notice, number and certificate."""
    town.days(12)
    admin = town.staff("centre-admin")
    seen.append(admin)
    admin.go(plan)
    admin.press("复核期已满")
    admin.press("开始公示")
    visitor = town.make()
    seen.append(visitor)
    visitor.go("/notices")
    visitor.see(town.crowd[0].name)
    visitor.look("notices")
    now = datetime.now(UTC)
    town.live.work()
    town.live.world.clock.set(now - timedelta(minutes=30))
    admin = town.staff("centre-admin")
    seen.append(admin)
    admin.go(plan)
    admin.press("公示期满，制作证书")
    admin.see("正在制作")
    admin.look("certificates-running")
    town.live.work()
    admin.see("全部完成")  # the page asks by itself
    admin.look("certificates-done")
    admin.press("领取签名单")
    admin.see("领取人签名")
    admin.look("hand-out")
    lines = town.live.world.ask(certificates.of_person, town.ids[0])
    return next(line.number for line in lines if line.kind == "level")


def verify(town: Town, seen: list[Walker], number: str, folder: Path) -> None:
    """5, 6. The PDF's code is read by an independent decoder, checked by independent code, and shown by the page."""
    holder = town.person(0)
    seen.append(holder)
    holder.look("me-after")
    holder.go(f"/me/certificates/{number}")
    holder.look("certificate")
    holder.see("证书 PDF")
    pdf = folder / "c.pdf"
    pdf.write_bytes(holder.page.request.get(f"{town.live.url}/me/certificates/{number}/certificate.pdf").body())
    subprocess.run(["pdftoppm", "-r", "150", "-png", "-singlefile", str(pdf), str(folder / "c")], check=True)
    (code,) = zxingcpp.read_barcodes(Image.open(folder / "c.png"))
    address, _, fragment = code.text.partition("#")
    assert address == f"{town.live.url}/v/{number}"
    keys: Any = holder.page.request.get(town.live.url + "/keys.json").json()
    said = opened(fragment, keys)
    assert (said["number"], said["name"]) == (number, town.crowd[0].name)
    with pytest.raises(ValueError, match="signature"):
        opened(flipped(fragment), keys)
    phone = town.make()
    seen.append(phone)
    phone.page.goto(code.text)
    expect(phone.page.locator("#verdict")).to_have_attribute("data-state", "VALID", timeout=20_000)
    phone.look("verify-valid")
    broken = town.make()
    broken.page.goto(f"{address}#{flipped(fragment)}")
    expect(broken.page.locator("#verdict")).to_have_attribute("data-state", "NOT_GENUINE", timeout=20_000)
    broken.look("verify-forged")
    seen.append(broken)
    town.address = code.text


def flipped(fragment: str) -> str:
    """The fragment with one bit of its message changed."""
    middle = len(fragment) // 2
    other = "B" if fragment[middle] != "B" else "C"
    return fragment[:middle] + other + fragment[middle + 1 :]


def revoke(town: Town, seen: list[Walker], number: str) -> None:
    """6. Taken back by two people; the page says so."""
    checker = town.staff("centre-checker")
    seen.append(checker)
    checker.go(f"/ent/care/new/{number}/revoke")
    checker.fill(reason="fraud", text="学历证明系伪造")
    checker.press("提出撤销并告知持证人")
    checker.look("revocation")
    request = checker.at().rsplit("/", 1)[1]
    holder = town.person(0)
    seen.append(holder)
    holder.go(f"/me/care/{request}")
    holder.look("hearing")
    holder.fill(words="证明是中介代办的，我没有核实")
    holder.press("提交陈述申辩")
    admin = town.staff("centre-admin")
    seen.append(admin)
    admin.go(f"/ent/care/{request}")
    admin.look("revocations")
    admin.fill(words="持证人承认，不采纳")
    admin.press("决定撤销")
    phone = town.make()
    seen.append(phone)
    phone.page.goto(town.address)
    expect(phone.page.locator("#verdict")).to_have_attribute("data-state", "REVOKED", timeout=20_000)
    phone.look("verify-revoked")


def offline(town: Town, seen: list[Walker], number: str) -> None:
    """6. With the server stopped, the page that was loaded once still judges."""
    phone = town.make()
    seen.append(phone)
    phone.page.goto(town.address)
    expect(phone.page.locator("#verdict")).to_have_attribute("data-state", "REVOKED", timeout=20_000)
    expect(phone.page.locator("#verdict")).to_have_attribute("data-offline", "ready", timeout=20_000)
    town.live.stop()
    phone.page.goto("about:blank")
    phone.page.goto(town.address)
    expect(phone.page.locator("#verdict")).to_have_attribute("data-state", "REVOKED", timeout=20_000)
    assert number in phone.page.inner_text("main")
