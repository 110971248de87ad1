"""Courses, classes, places and completions as acts: exact seats, vouchers that follow, certificates without gap."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import select

from skills.courses.actions import catalogue, classes, enrolments
from skills.courses.models import CourseClass, Enrolment
from skills.courses.queries import catalogue as catalogue_queries
from skills.courses.queries import classes as class_queries
from skills.courses.queries.catalogue import Filters
from skills.kernel.db import writing
from skills.kernel.errors import Missing, Refusal
from skills.kernel.sheets import write_csv
from skills.returns import actions as returns
from skills.returns import queries as return_queries
from skills.returns.intake import order_of
from skills.vouchers import queries as vouchers
from tests.courses.stage import FEE, Stage, institution, make_stage
from tests.courses.wallet import voucher_for
from tests.world import World


@pytest.fixture
def stage(world: World) -> Stage:
    return make_stage(world)


def states(stage: Stage, class_id: str) -> list[str]:
    with stage.world.db() as db:
        return sorted(db.scalars(select(Enrolment.state).where(Enrolment.class_id == class_id)))


def redemption_state(stage: Stage, redemption_id: str) -> str:
    return str(stage.world.ask(vouchers.states_of, [redemption_id])[redemption_id])


# Catalogue -------------------------------------------------------------------------------------------------------


def test_a_course_is_public_only_after_another_hand_has_published_it(world: World) -> None:
    stage = Stage(world, institution(world))
    order = {"title": "x", "kind": "skill", "zone": "", "occupation": "4-04-05-05", "level": None, "hours": 1, "fee": 0}
    made = world.perform(catalogue.draft, actor=stage.clerk, institution_id=stage.school, **order)
    with world.refused("course.cannot_publish"):
        world.perform(catalogue.publish, actor=stage.city, course_id=made.course_id)
    world.perform(catalogue.submit, actor=stage.clerk, course_id=made.course_id)
    both = world.actor("course.publish", account="clerk")
    with world.refused("course.own_work"):
        world.perform(catalogue.publish, actor=both, course_id=made.course_id)
    with world.refused("course.reason_needed"):
        world.perform(catalogue.send_back, actor=stage.city, course_id=made.course_id, reason=" ")
    world.perform(catalogue.send_back, actor=stage.city, course_id=made.course_id, reason="学时不足")
    changed = {**order, "hours": 40, "course_id": made.course_id}
    world.perform(catalogue.draft, actor=stage.clerk, institution_id=stage.school, **changed)
    with pytest.raises(Missing):
        world.ask(catalogue_queries.public_course, made.course_id, world.today)
    world.perform(catalogue.submit, actor=stage.clerk, course_id=made.course_id)
    world.perform(catalogue.publish, actor=stage.city, course_id=made.course_id)
    assert world.ask(catalogue_queries.public_course, made.course_id, world.today).hours == 40
    with world.refused("course.not_open"):
        world.perform(catalogue.draft, actor=stage.clerk, institution_id=stage.school, **changed)
    world.perform(catalogue.withdraw, actor=stage.city, course_id=made.course_id, reason="停办")
    assert world.ask(catalogue_queries.catalogue, Filters(), world.today).total == 0
    world.holds()


@pytest.mark.parametrize("change", [{"hours": 0}, {"fee": -1}, {"kind": "x"}, {"level": 9}, {"title": " "}])
def test_an_impossible_course_is_refused(lite: World, change: dict[str, Any]) -> None:
    stage = Stage(lite, institution(lite))
    with lite.refused("course.invalid"):
        stage.publish(**change)
    with lite.refused("occupation.unknown"):
        stage.publish(occupation="9-99-99-99")
    lite.holds()


def test_the_catalogue_puts_the_zone_first_and_finds_by_word_and_facet(stage: Stage) -> None:
    world = stage.world
    stage.publish(title="电商直播100%实操", zone="", occupation="4-13-01-10", level=None)
    found = world.ask(catalogue_queries.catalogue, Filters(), world.today)
    assert [c.title for c in found.courses] == ["数据标注员入门", "电商直播100%实操"]

    def titles(**filters: Any) -> list[str]:
        page = world.ask(catalogue_queries.catalogue, Filters(**filters), world.today)
        return [c.title for c in page.courses]

    assert titles(words="人工智能训练师") == ["数据标注员入门"]
    assert titles(words="直播 实操") == ["电商直播100%实操"]
    assert titles(words="0%") == ["电商直播100%实操"]
    assert titles(words="%") == ["电商直播100%实操"]
    assert titles(words="_") == []
    assert titles(occupation="4-04-05-05") == titles(level=2) == titles(zone="mantianxing") == ["数据标注员入门"]
    assert titles(district="500112") == []
    stage.open()
    assert titles(district="500112") == ["数据标注员入门"]


# Classes ---------------------------------------------------------------------------------------------------------


def test_a_class_takes_nobody_before_it_is_approved(stage: Stage) -> None:
    world = stage.world
    made, (person, _) = stage.plan(), stage.person()
    voucher = voucher_for(world, person)
    with world.refused("course_class.unknown"):
        stage.enrol(made.class_id, person, voucher)
    world.perform(classes.submit, actor=stage.clerk, class_id=made.class_id, promise=True)
    with world.refused("course_class.unknown"):
        stage.enrol(made.class_id, person, voucher)
    world.perform(classes.approve, actor=stage.bureau, class_id=made.class_id)
    assert stage.enrol(made.class_id, person, voucher).price < FEE
    world.holds()


def test_an_incomplete_application_names_every_missing_part(stage: Stage) -> None:
    world = stage.world
    made = stage.plan(days=1, lecturer=" ", assessment_plan="")
    with world.refused("class.not_ready") as held:
        world.perform(classes.submit, actor=stage.clerk, class_id=made.class_id, promise=False)
    missing = {f.code for f in held[0].findings if not f.met}
    assert missing == {"class.timetable_covers", "class.lecturers_named", "class.assessment_plan", "class.promise"}
    world.holds()


def test_another_district_cannot_decide_and_nobody_approves_their_own(stage: Stage) -> None:
    world = stage.world
    made = stage.plan()
    world.perform(classes.submit, actor=stage.clerk, class_id=made.class_id, promise=True)
    elsewhere = world.actor("class.approve", account="far", district="500101")
    with world.refused("not_allowed"):
        world.perform(classes.approve, actor=elsewhere, class_id=made.class_id)
    same_hand = world.actor("class.approve", account="clerk")
    with world.refused("course.own_work"):
        world.perform(classes.approve, actor=same_hand, class_id=made.class_id)
    world.perform(classes.send_back, actor=stage.bureau, class_id=made.class_id, reason="请补充考核方案")
    assert world.ask(class_queries.class_of, made.class_id, [stage.school]).reason == "请补充考核方案"
    world.perform(classes.submit, actor=stage.clerk, class_id=made.class_id, promise=True)
    world.perform(classes.approve, actor=stage.city, class_id=made.class_id)
    with world.refused("class.not_open"):
        stage.plan(class_id=made.class_id)
    world.holds()


def test_a_class_begins_and_ends_on_its_days(stage: Stage) -> None:
    world = stage.world
    made, (person, _) = stage.open(), stage.person()
    stage.enrol(made.class_id, person)
    with world.refused("class.not_begun"):
        world.perform(classes.start, actor=stage.clerk, class_id=made.class_id)
    world.clock.forward(days=7)
    world.perform(classes.start, actor=stage.clerk, class_id=made.class_id)
    assert states(stage, made.class_id) == ["attending"]
    with world.refused("class.not_over"):
        world.perform(classes.finish, actor=stage.clerk, class_id=made.class_id)
    world.clock.forward(days=2)
    assert world.perform(classes.finish, actor=stage.clerk, class_id=made.class_id).state == "finished"
    with world.refused("class.cannot_cancel"):
        world.perform(classes.cancel, actor=stage.city, class_id=made.class_id, reason="x")
    world.holds()


def test_class_numbers_run_without_gap_even_when_a_plan_is_refused(stage: Stage) -> None:
    numbers = [stage.plan().number for _ in range(2)]
    with stage.world.refused("class.invalid"):
        stage.plan(seats=0)
    numbers.append(stage.plan().number)
    assert [n[-5:] for n in numbers] == ["00001", "00002", "00003"]
    stage.world.holds()


@pytest.mark.parametrize("who", ["clerk", "bureau", "city"])
def test_a_cancelled_class_gives_every_voucher_back(stage: Stage, who: str) -> None:
    world = stage.world
    made = stage.open()
    taken = []
    for _ in range(3):
        person, _ = stage.person()
        taken.append(stage.enrol(made.class_id, person, voucher_for(world, person)))
    world.perform(classes.cancel, actor=getattr(stage, who), class_id=made.class_id, reason="教师生病")
    assert states(stage, made.class_id) == ["withdrawn"] * 3
    assert {redemption_state(stage, t.redemption_id) for t in taken} == {"released"}
    assert world.ask(lambda db: db.get(CourseClass, made.class_id).taken) == 0
    world.holds()


def test_another_institution_cannot_touch_a_class(stage: Stage) -> None:
    world = stage.world
    made = stage.open()
    other = world.actor("class.manage", "class.cancel", "course.manage", account="o", organisation=institution(world, 2))
    for act, order in (
        (classes.submit, {"promise": True}), (classes.start, {}), (classes.finish, {}),
    ):
        with world.refused("course_class.unknown"):
            world.perform(act, actor=other, class_id=made.class_id, **order)
    with world.refused("not_allowed"):
        world.perform(classes.cancel, actor=other, class_id=made.class_id, reason="x")
    with world.refused("course.unknown"):
        world.perform(catalogue.submit, actor=other, course_id=stage.course)
    with pytest.raises(Missing):
        world.ask(class_queries.class_of, made.class_id, ["x"])
    world.holds()


# Places ----------------------------------------------------------------------------------------------------------


def test_a_place_and_its_voucher_are_taken_in_one_act(stage: Stage) -> None:
    world = stage.world
    made, (person, _) = stage.open(), stage.person()
    voucher = voucher_for(world, person)
    done = stage.enrol(made.class_id, person, voucher)
    place = world.ask(class_queries.place_of, done.enrolment_id, person)
    assert place.price == place.fee - place.voucher_cents == done.price
    assert redemption_state(stage, done.redemption_id) == "redeemed"
    with world.refused("enrolment.not_possible"):
        stage.enrol(made.class_id, person)
    world.holds()


def test_a_refused_voucher_leaves_no_place_behind(stage: Stage) -> None:
    world = stage.world
    one, two, (person, _) = stage.open(), stage.open(), stage.person()
    voucher = voucher_for(world, person)
    stage.enrol(one.class_id, person, voucher)
    with pytest.raises(Refusal):
        stage.enrol(two.class_id, person, voucher)
    assert states(stage, two.class_id) == []
    assert world.ask(lambda db: db.get(CourseClass, two.class_id).taken) == 0
    world.holds()


def test_leaving_in_time_frees_the_seat_and_the_voucher_for_another_class(stage: Stage) -> None:
    world = stage.world
    one, two, (person, _) = stage.open(1), stage.open(1), stage.person()
    voucher = voucher_for(world, person)
    done = stage.enrol(one.class_id, person, voucher)
    other, _ = stage.person()
    with world.refused("enrolment.unknown"):
        world.perform(enrolments.withdraw, actor=stage.learner(other), enrolment_id=done.enrolment_id)
    world.perform(enrolments.withdraw, actor=stage.learner(person), enrolment_id=done.enrolment_id)
    assert redemption_state(stage, done.redemption_id) == "released"
    stage.enrol(one.class_id, other)
    again = stage.enrol(two.class_id, person, voucher)
    assert redemption_state(stage, again.redemption_id) == "redeemed"
    world.clock.forward(days=7)
    with world.refused("enrolment.too_late"):
        world.perform(enrolments.withdraw, actor=stage.learner(person), enrolment_id=again.enrolment_id)
    world.holds()


def test_the_last_seat_goes_to_exactly_one(stage: Stage) -> None:
    world = stage.world
    made = stage.open(1)
    people = [stage.person()[0] for _ in range(12)]

    def attempt(person: str) -> str:
        try:
            world.office.perform(
                enrolments.enrol, actor=stage.learner(person), key=f"seat-{person}", class_id=made.class_id
            )
        except Refusal as refusal:
            return refusal.code
        return "seat"

    with ThreadPoolExecutor(12) as pool:
        answers = list(pool.map(attempt, people))
    assert answers.count("seat") == 1
    assert set(answers) <= {"seat", "enrolment.full", "enrolment.not_possible"}
    assert world.ask(lambda db: db.get(CourseClass, made.class_id).taken) == 1
    world.holds()


def test_the_same_person_pressing_twice_holds_one_place(stage: Stage) -> None:
    world = stage.world
    made, (person, _) = stage.open(), stage.person()

    def attempt(number: int) -> str:
        try:
            world.office.perform(
                enrolments.enrol, actor=stage.learner(person), key=f"twice-{number}", class_id=made.class_id
            )
        except Refusal as refusal:
            return refusal.code
        return "seat"

    with ThreadPoolExecutor(6) as pool:
        answers = list(pool.map(attempt, range(6)))
    assert answers.count("seat") == 1
    assert len(states(stage, made.class_id)) == 1
    world.holds()


# Completion ------------------------------------------------------------------------------------------------------

HEAD = ["姓名", "证件类型", "证件号码", "班级编号", "完成学时", "出勤率%", "结业成绩", "结业日期", "结果"]


def row(stage: Stage, name: str, document: str, number: str, **change: str) -> list[str]:
    held = {
        "name": name, "kind": "居民身份证", "document": document, "class": number, "hours": "12", "attendance": "100",
        "score": "88", "on": stage.world.today.isoformat(), "outcome": "合格", **change,
    }
    return list(held.values())


def upload(stage: Stage, rows: list[list[str]]) -> Any:
    return stage.world.perform(
        returns.upload, actor=stage.clerk, kind="completions", organisation_id=stage.school,
        **order_of(write_csv([HEAD, *rows]), "completions.csv"),
    )


def test_a_filed_completion_earns_the_voucher_writes_the_record_and_issues_the_certificate(stage: Stage) -> None:
    world = stage.world
    made = stage.open()
    names = ["张三", "李四", "王五"]
    people = [stage.person(name) for name in names]
    taken = [stage.enrol(made.class_id, p, voucher_for(world, p)) for p, _ in people]
    stage.run(made.class_id)
    rows = [row(stage, names[i], people[i][1], made.number) for i in range(2)]
    rows.append(row(stage, names[2], people[2][1], made.number, outcome="不合格", score="40"))
    filed = upload(stage, rows)
    assert (filed.good, filed.bad) == (3, 0)
    world.perform(returns.accept, actor=stage.clerk, return_id=filed.return_id)
    world.run_jobs()
    shown = world.ask(return_queries.summary, filed.return_id, [stage.school])
    assert (shown.state, shown.done, shown.held) == ("applied", 3, 0)
    assert states(stage, made.class_id) == ["completed", "completed", "failed"]
    assert [redemption_state(stage, t.redemption_id) for t in taken] == ["earned", "earned", "released"]
    numbers = [world.ask(class_queries.place_of, t.enrolment_id, p).certificate_number
               for t, (p, _) in zip(taken, people, strict=True)]
    assert [n and n[-6:] for n in numbers] == ["000001", "000002", None]
    assert shown.paid == shown.totals.worth == sum(
        world.ask(class_queries.place_of, t.enrolment_id, p).voucher_cents
        for t, (p, _) in zip(taken[:2], people[:2], strict=True)
    )
    world.holds()
    again = upload(stage, rows)
    handed = world.perform(returns.accept, actor=stage.clerk, return_id=again.return_id)
    assert (handed.state, handed.same_as) == ("applied", filed.return_id)
    changed = upload(stage, [row(stage, names[0], people[0][1], made.number, score="99")])
    found = world.ask(return_queries.findings_of, changed.return_id, [stage.school])
    assert [(f.at, f.code) for f in found] == [("2", "returns.filed_otherwise")]
    world.holds()


def test_planted_faults_are_found_in_the_database_too(stage: Stage) -> None:
    world = stage.world
    made, late = stage.open(), stage.open(starts=30)
    (one, doc1), (two, doc2), (_, doc3) = stage.person("张三"), stage.person("李四"), stage.person("王五")
    stage.enrol(made.class_id, one)
    left = stage.enrol(made.class_id, two)
    world.perform(enrolments.withdraw, actor=stage.learner(two), enrolment_id=left.enrolment_id)
    stage.run(made.class_id)
    wrong = doc1[:-1] + ("0" if doc1[-1] != "0" else "1")
    filed = upload(stage, [
        row(stage, "张三", doc1, made.number),
        row(stage, "张三", wrong, made.number),
        row(stage, "李四", doc2, made.number),
        row(stage, "王五", doc3, made.number),
        row(stage, "张三", doc1, late.number),
        row(stage, "张三", doc1, "B2020-00001"),
    ])
    found = world.ask(return_queries.findings_of, filed.return_id, [stage.school])
    assert [(f.at, f.code) for f in found] == [
        ("C3", "completions.document_invalid"), ("D4", "completions.left_class"), ("D5", "completions.not_in_class"),
        ("D6", "completions.class_not_running"), ("D7", "completions.class_unknown"),
    ]
    world.holds()


def test_the_class_of_another_institution_is_unknown(stage: Stage) -> None:
    world = stage.world
    made, (person, document) = stage.open(), stage.person("张三")
    stage.enrol(made.class_id, person)
    stage.run(made.class_id)
    other = institution(world, 2)
    clerk = world.actor("return.file", "return.handle", account="o", organisation=other)
    filed = world.perform(
        returns.upload, actor=clerk, kind="completions", organisation_id=other,
        **order_of(write_csv([HEAD, row(stage, "张三", document, made.number)]), "a.csv"),
    )
    found = world.ask(return_queries.findings_of, filed.return_id, [other])
    assert [f.code for f in found] == ["completions.class_unknown"]


def test_numbers_of_two_institutions_are_two_series_and_each_year_begins_anew(stage: Stage) -> None:
    world = stage.world
    one = _completed(stage)
    second = Stage(world, institution(world, 2), serial=500)
    second.course = second.publish()
    two = _completed(second)
    world.clock.forward(days=365)
    three = _completed(stage)
    assert [n[-6:] for n in (one, two, three)] == ["000001"] * 3
    assert len({one, two, three}) == 3
    world.holds()


def _completed(stage: Stage) -> str:
    made, (person, _) = stage.open(), stage.person()
    done = stage.enrol(made.class_id, person)
    stage.run(made.class_id)
    out = stage.world.perform(
        enrolments.complete, enrolment_id=done.enrolment_id, hours=Decimal(12), attendance=Decimal(100),
        score=Decimal(60), completed_on=stage.world.today, passed=True,
    )
    return str(out.certificate_number)


def test_completion_refuses_what_the_rules_refuse_and_writes_nothing(stage: Stage) -> None:
    world = stage.world
    made, (person, _) = stage.open(), stage.person()
    done = stage.enrol(made.class_id, person)
    order = {
        "enrolment_id": done.enrolment_id, "hours": Decimal(12), "attendance": Decimal(100), "score": Decimal(60),
        "completed_on": world.today, "passed": True,
    }
    with world.refused("class.not_running"):
        world.perform(enrolments.complete, **order)
    stage.run(made.class_id)
    with world.refused("completion.not_reached"):
        world.perform(enrolments.complete, **{**order, "score": Decimal("59.9")})
    with world.refused("not_allowed"):
        world.perform(enrolments.complete, actor=stage.clerk, **order)
    world.perform(enrolments.complete, **order)
    with world.refused("enrolment.cannot_complete"):
        world.perform(enrolments.complete, **order)
    world.holds()


def test_the_checks_notice_what_was_tampered_with(stage: Stage) -> None:
    world = stage.world
    number = _completed(stage)
    made, (person, _) = stage.open(), stage.person()
    paid = stage.enrol(made.class_id, person, voucher_for(world, person))
    world.holds()
    with writing(world.engine) as db:
        db.get_one(CourseClass, made.class_id).taken = 5
        db.get_one(Enrolment, paid.enrolment_id).state = "failed"
        done = db.scalars(select(Enrolment).where(Enrolment.certificate_number == number)).one()
        done.certificate_number = number[:-1] + "7"
    expected = {"courses.seats", "courses.class_states", "courses.redemptions", "courses.completions", "courses.numbers"}
    assert set(world.violations()) >= expected
