"""Before the number: the authority reviews the results, and for some bodies it brings the numbers itself."""

from __future__ import annotations

import io
from datetime import timedelta

import pytest
from openpyxl import load_workbook

from skills.accounts.rules import Role
from skills.certification.actions import awards, data_reviews
from skills.certification.models import Application, Award, Filing
from skills.certification.queries import data_reviews as queries
from skills.certification.rules.exams import Section
from skills.certification.rules.results import NumberLine, Result, control_total, file_digest
from skills.kernel import sheets
from skills.kernel.box import Box
from tests.certification.stage_results import Results, rule
from tests.certification.test_actions import row_of
from tests.courses.test_views import Visitors, press, text_of, visitors
from tests.people_and_bodies import acting
from tests.world import World

__all__ = ["visitors"]


def noticed(world: World, *marks: tuple[str, str]) -> Results:
    """An exam whose notice is over, of a body whose results are reviewed."""
    exam = Results(world, *marks)
    rule(world, "number.data_review", ["S", "Y"])
    exam.stage.notice(exam.sitting)
    exam.stage.days(10)
    return exam


@pytest.mark.row(33)
def test_no_number_before_the_answer(world: World) -> None:
    exam = noticed(world, ("60", "60"), ("59", "60"), ("80", "70.5"))
    admin, clerk = exam.stage.admin, world.actor("data.review", account="gov-data")
    with world.refused("sitting.data_review") as held:
        world.perform(awards.conclude, actor=admin, sitting_id=exam.sitting)
    assert held[0].facts == {"count": 2}
    sent = world.perform(data_reviews.send_results, actor=admin, sitting_id=exam.sitting)
    assert (sent.rows, sent.total) == (2, 27050)
    with world.refused("data_review.under_way"):
        world.perform(data_reviews.send_results, actor=admin, sitting_id=exam.sitting)
    with world.refused("sitting.data_review"):
        world.perform(awards.conclude, actor=admin, sitting_id=exam.sitting)
    with world.db() as db:
        rows = queries.result_file(db, world.tool(Box), sent.review_id)
    book = load_workbook(io.BytesIO(sheets.write_xlsx(rows)))
    told = [[cell.value for cell in row] for row in book.active.rows]
    assert [row[7:] for row in told[1:-1]] in ([["60", "60"], ["80", "70.5"]], [["80", "70.5"], ["60", "60"]])
    assert (told[-1][0], told[-1][6]) == ("合计 2 人", "270.5")
    with world.refused("certification.reason_needed"):
        world.perform(data_reviews.answer, actor=clerk, review_id=sent.review_id, passed=False, document="", reason="")
    world.perform(data_reviews.answer, actor=clerk, review_id=sent.review_id, passed=False, document="", reason="证件号码有误")
    again = world.perform(data_reviews.send_results, actor=admin, sitting_id=exam.sitting)
    world.perform(data_reviews.answer, actor=clerk, review_id=again.review_id, passed=True, document="渝鉴〔2026〕1号", reason="")
    exam.decide(exam.propose("61"))
    with world.refused("sitting.data_review") as held:
        world.perform(awards.conclude, actor=admin, sitting_id=exam.sitting)
    assert held[0].facts == {"count": 1}, "what changed since was not reviewed"
    third = world.perform(data_reviews.send_results, actor=admin, sitting_id=exam.sitting)
    world.perform(data_reviews.answer, actor=clerk, review_id=third.review_id, passed=True, document="", reason="")
    assert world.perform(awards.conclude, actor=admin, sitting_id=exam.sitting).awarding == 2
    world.run_jobs()
    assert row_of(world, Award, person_id=exam.people[0]).number_source == "minted"
    world.holds()


@pytest.mark.row(36)
def test_imported_and_minted_side_by_side_and_none_again_after_a_void(world: World) -> None:
    exam = Results(world, ("60", "60"), ("70", "70"), ("80", "80"))
    filing = row_of(world, Filing).number
    rule(world, "number.imported", [filing])
    exam.stage.notice(exam.sitting)
    exam.stage.conclude(exam.sitting)
    rows = [row_of(world, Application, id=one) for one in exam.applications]
    assert {row.held for row in rows} == {"number"}
    clerk, head = world.actor("data.review", account="gov-data"), f"{filing}{world.today.year % 100:02d}4"
    one, two, three = (row.ticket or "" for row in rows)

    def bring(*lines: tuple[str, str]) -> object:
        given = tuple(NumberLine(*line) for line in lines)
        return world.perform(data_reviews.bring_numbers, actor=clerk, sitting_id=exam.sitting, lines=given)

    wrong = (
        (one, f"{head}000002"), ("X", f"{head}000003"), (two, "123"), (two, f"{head[:15]}3000001"), (three, f"{head}000002"),
    )  # fmt: skip
    with world.refused("numbers.refused") as held:
        bring(*wrong)
    assert [f.code for f in held[0].findings] == ["numbers.twice", "numbers.ticket", "numbers.shape", "numbers.not_this", "numbers.twice"]
    bring((one, f"{head}000002"))
    world.run_jobs()
    award = row_of(world, Award, person_id=exam.people[0])
    assert (award.number, award.number_source) == (f"{head}000002", "imported")
    with world.refused("numbers.refused") as held:
        bring((two, f"{head}000002"))
    assert [f.code for f in held[0].findings] == ["numbers.taken"]

    rule(world, "number.imported", [])
    exam.stage.days(1)
    for application in exam.applications[1:]:
        world.perform(awards.award, actor=exam.stage.admin, application_id=application)
    world.run_jobs()
    made = sorted(row_of(world, Award, person_id=who).number for who in exam.people[1:])
    assert made == [f"{head}000001", f"{head}000003"], "minting goes by what was imported"
    exam.decide(exam.propose("40", place=1))
    world.holds()


@pytest.mark.row(36)
def test_a_number_carries_the_year_of_its_certificate_and_one_that_its_year_outlived_is_replaced(world: World) -> None:
    exam = Results(world, ("60", "60"))
    number = row_of(world, Filing).number
    rule(world, "number.imported", [number])
    exam.stage.notice(exam.sitting)
    clerk, ticket = world.actor("data.review", account="gov-data"), row_of(world, Application, id=exam.applications[0]).ticket or ""

    def bring(year: int) -> object:
        line = NumberLine(ticket, f"{number}{year}4000001")
        return world.perform(data_reviews.bring_numbers, actor=clerk, sitting_id=exam.sitting, lines=(line,))

    year = world.today.year % 100 + 1
    with world.refused("numbers.refused") as held:
        bring(year - 1)
    assert [f.code for f in held[0].findings] == ["numbers.year"], "the notice ends in the next year"
    bring(year)
    with world.refused("numbers.refused"):
        bring(year)
    exam.stage.days(370)
    exam.stage.conclude(exam.sitting)
    assert row_of(world, Application, id=exam.applications[0]).held == "number", "the number is of last year"
    bring(year + 1)
    world.run_jobs()
    assert row_of(world, Award, person_id=exam.people[0]).number == f"{number}{year + 1}4000001"
    world.holds()


@pytest.mark.row(36)
def test_a_number_inside_the_minted_series_is_refused(lite: World) -> None:
    exam = Results(lite, ("60", "60"))
    exam.stage.notice(exam.sitting)
    exam.stage.conclude(exam.sitting)
    number = row_of(lite, Award, person_id=exam.people[0]).number
    late = Results.__new__(Results)
    late.__dict__.update(exam.__dict__)
    late.sitting = exam.stage.open(registration_from=lite.today, registration_to=lite.today + timedelta(days=5))
    who = exam.stage.graduate()
    application = exam.stage.apply(late.sitting, who)
    exam.stage.hold(late.sitting)
    exam.stage.score(late.sitting, {application: ("60", "60")})
    rule(lite, "number.imported", [number[:13]])
    exam.stage.notice(late.sitting)
    clerk = lite.actor("data.review", account="gov-data")
    line = NumberLine(row_of(lite, Application, id=application).ticket or "", number)
    with lite.refused("numbers.refused") as held:
        lite.perform(data_reviews.bring_numbers, actor=clerk, sitting_id=late.sitting, lines=(line,))
    assert [f.code for f in held[0].findings] == ["numbers.taken"]
    void = NumberLine(line.ticket, f"{number[:16]}000000")
    with lite.refused("numbers.refused") as held:
        lite.perform(data_reviews.bring_numbers, actor=clerk, sitting_id=late.sitting, lines=(void,))
    assert [f.code for f in held[0].findings] == ["numbers.shape"]
    lite.holds()


def test_the_control_total_and_the_digest_know_every_mark() -> None:
    one = Result("a", ((Section.THEORY, 6000), (Section.PRACTICAL, None)))
    two = Result("b", ((Section.THEORY, 7050), (Section.PRACTICAL, 8000)))
    assert control_total([one, two]) == 21050
    assert file_digest([one, two]) == file_digest([two, one])
    assert file_digest([one, two]) != file_digest([one, Result("b", ((Section.THEORY, 7050), (Section.PRACTICAL, 7950)))])


@pytest.mark.row(33)
def test_the_pages_send_answer_and_take_numbers_in(visitors: Visitors) -> None:
    world = visitors.world
    exam = Results(world, ("60", "60"))
    filing = row_of(world, Filing).number
    rule(world, "number.data_review", ["S"])
    rule(world, "number.imported", [filing])
    exam.stage.notice(exam.sitting)
    exam.stage.days(10)
    plan, desk = f"/ent/plans/{exam.sitting}", "/gov/data-reviews"
    admin = visitors.come(acting(Role.BODY_ADMIN, "d-admin", organisation=exam.stage.body))
    clerk = visitors.come(acting(Role.GOV_CLERK, "d-clerk"))
    assert press(admin, plan, f"{plan}/data-review").status_code == 303
    [line] = world.ask(queries.data_reviews)
    assert "待审核" in text_of(admin.get(plan))
    for file in (admin.get(f"/ent/data-reviews/{line.id}.xlsx"), clerk.get(f"{desk}/{line.id}.xlsx")):
        assert file.data[:2] == b"PK"
    assert "控制数" in text_of(clerk.get(desk))
    assert press(clerk, desk, f"{desk}/{line.id}", found="passed", document="渝鉴1号", reason="").status_code == 303
    ticket, number = row_of(world, Application, id=exam.applications[0]).ticket, f"{filing}{world.today.year % 100:02d}4000007"
    assert press(clerk, desk, f"{desk}/{line.id}/numbers", numbers=f"{ticket}, {number}\n").status_code == 303
    assert press(admin, plan, f"{plan}/conclude").status_code == 303
    world.run_jobs()
    assert row_of(world, Award, person_id=exam.people[0]).number == number
    assert "从座位到证书" in text_of(clerk.get(f"/gov/plans/{exam.sitting}"))
    world.holds()
