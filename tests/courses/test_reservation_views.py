"""The pages of seats that are asked for: what each side sees and presses, from the request to the answer."""

from __future__ import annotations

from skills.courses.actions import classes, leaving, reservations
from skills.courses.states import Admission
from tests.courses.stage import make_stage
from tests.courses.test_views import Visitors, press, text_of, visitors  # noqa: F401
from tests.courses.wallet import voucher_for
from tests.web.test_paging import walked
from tests.world import World


def test_asked_queued_answered_and_taken_by_page(lite: World, visitors: Visitors) -> None:  # noqa: F811
    stage = make_stage(lite)
    class_id = stage.open(1, starts=30, admits=Admission.CONFIRMED).class_id
    (first, _), (second, _) = stage.person("陈星宇"), stage.person("李满天")
    voucher = voucher_for(lite, first)
    asker, waiter, school = (visitors.come(a) for a in (stage.learner(first), stage.learner(second), stage.clerk))
    page = text_of(asker.get(f"/courses/{stage.course}"))
    assert "机构确认后录取" in page
    confirm = f"/me/enrol/{class_id}"
    page = text_of(asker.get(confirm))
    assert "2 个工作日内答复" in page
    assert "申请名额并保留券" in page
    assert press(asker, confirm, f"/me/reservations/{class_id}", voucher=voucher).status_code == 303
    assert "答复，在此之前名额和券为你保留" in text_of(asker.get("/me/courses"))
    assert "你已经申请了这个班的名额" in text_of(asker.get(confirm))
    assert "现在有 0 人排队" in text_of(waiter.get(confirm))
    assert press(waiter, confirm, f"/me/reservations/{class_id}").status_code == 303
    assert "你排在第 1 位" in text_of(waiter.get("/me/courses"))
    page = text_of(school.get("/org/requests"))
    assert "陈星宇" in page
    assert "李满天" not in page, "who waits in the queue is nobody's business yet"
    assert "还剩 2 个工作日" in page
    held = page.split("/org/requests/")[1].split("/")[0]
    assert press(school, "/org/requests", f"/org/requests/{held}/decline", reason="基础不符合要求").status_code == 303
    page = text_of(asker.get("/me/courses"))
    assert "基础不符合要求" in page
    assert "未录取" in page
    page = text_of(waiter.get("/me/courses"))
    assert "名额为你保留到" in page
    seat = page.split("/me/reservations/")[1].split("/")[0]
    assert "轮到你了" in text_of(waiter.get(f"/me/reservations/{seat}/take"))
    assert text_of(asker.get(f"/me/reservations/{seat}/take"), 404), "somebody else's"
    assert press(waiter, f"/me/reservations/{seat}/take", f"/me/reservations/{seat}/take").status_code == 303
    assert press(school, "/org/requests", f"/org/requests/{seat}/confirm").status_code == 303
    page = text_of(waiter.get("/me/courses"))
    assert "已报名" in page
    lite.holds()


def test_leaving_freely_then_by_request_then_decided(lite: World, visitors: Visitors) -> None:  # noqa: F811
    stage = make_stage(lite)
    class_id = stage.open(3).class_id
    person, _ = stage.person("陈星宇")
    place = stage.enrol(class_id, person).enrolment_id
    learner = visitors.come(stage.learner(person))
    assert "及以前可以自由退课" in text_of(learner.get(f"/me/courses/{place}"))
    lite.clock.forward(days=7)
    lite.perform(classes.start, actor=stage.clerk, class_id=class_id)
    learner = visitors.come(stage.learner(person))  # a week later one signs in again
    page = text_of(learner.get(f"/me/courses/{place}"))
    assert "已过。写明原因" in page
    answer = press(learner, f"/me/courses/{place}", f"/me/courses/{place}/leave", words="住院两周")
    assert "请选择退课原因" in text_of(answer, 422)
    assert "住院两周" in text_of(answer, 422), "what was written is still there"
    answer = press(learner, f"/me/courses/{place}", f"/me/courses/{place}/leave", code="illness", words="住院两周")
    assert answer.status_code == 303
    assert "审核中" in text_of(learner.get(f"/me/courses/{place}"))
    clerk = visitors.come(lite.actor("leave.decide", account="bureau", district="500112"))
    page = text_of(clerk.get("/gov/leaves"))
    assert "陈**" in page or "陈*" in page
    request = page.split("/gov/leaves/")[1].split('"')[0]
    assert "住院两周" in text_of(clerk.get(f"/gov/leaves/{request}"))
    assert press(clerk, f"/gov/leaves/{request}", f"/gov/leaves/{request}/grant", reason="有住院证明").status_code == 303
    assert "已准予退课" in text_of(clerk.get("/gov/leaves?state=closed"))
    assert "有住院证明" in text_of(learner.get(f"/me/courses/{place}"))
    lite.holds()


def test_the_lists_of_the_api_go_by_pages_though_rows_are_answered_meanwhile(lite: World, visitors: Visitors) -> None:  # noqa: F811
    stage = make_stage(lite)
    class_id = stage.open(9, starts=30, admits=Admission.CONFIRMED).class_id
    people = [stage.person()[0] for _ in range(5)]
    held = []
    for p in people:
        lite.clock.forward(seconds=1)
        held.append(lite.perform(reservations.ask, actor=stage.learner(p), class_id=class_id, voucher_id=None).reservation_id)

    def answer_one() -> None:
        """The last row of the page that was just read leaves the list."""
        lite.perform(reservations.confirm, actor=stage.clerk, reservation_id=read[-1]["id"])

    school, read = visitors.come(stage.clerk), []
    following: str | None = "/api/v1/reservations/to-answer?limit=2"
    while following:
        answer = school.get(following)
        read += answer.get_json()
        link = answer.headers.get("Link")
        following = link[1:].split(">")[0] if link else None
        answer_one()
    assert [row["id"] for row in read] == held
    other = stage.open(1, starts=30, admits=Admission.CONFIRMED).class_id
    lite.perform(reservations.ask, actor=stage.learner(people[1]), class_id=other, voucher_id=None)
    mine = visitors.come(stage.learner(people[1])).get("/api/v1/reservations").get_json()
    assert [(row["state"], row["person_id"]) for row in mine] == [("held", people[1])]
    places = [stage.enrol(stage.open(5).class_id, p).enrolment_id for p in people[2:]]
    lite.clock.forward(days=7)
    asked = []
    for p, place in zip(people[2:], places, strict=True):
        lite.clock.forward(seconds=1)
        asked.append(lite.perform(leaving.ask, actor=stage.learner(p), enrolment_id=place, code="moved").request_id)
    bureau = visitors.come(lite.actor("leave.decide", account="bureau", district="500112"))
    assert [row["id"] for row in walked(bureau, "/api/v1/leaves", 1)] == asked
    for request in asked:
        clerk = lite.actor("leave.decide", account="bureau", district="500112")
        lite.perform(leaving.refuse, actor=clerk, request_id=request, reason="理由不充分")
    closed = bureau.get("/api/v1/leaves?state=closed&limit=2")
    assert [row["id"] for row in closed.get_json()] == asked[:0:-1]
    rest = bureau.get(closed.headers["Link"][1:].split(">")[0])
    assert [row["id"] for row in rest.get_json()] == asked[:1]
    lite.holds()
