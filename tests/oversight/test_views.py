"""The pages of oversight, by the people who use them: queue, case, decision, score, what an institution reads, a trainee's tap."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from skills.accounts.rules import Role
from skills.kernel.box import Box
from skills.oversight.actions import callbacks
from skills.oversight.queries import drawing
from skills.vouchers.models import RedemptionTrace
from tests.courses.test_views import Visitors, press, text_of, visitors
from tests.oversight.stage import Stage
from tests.people_and_bodies import acting

__all__ = ["visitors"]
pytestmark = pytest.mark.row(15)


def test_from_the_queue_to_a_confirmed_case(visitors: Visitors) -> None:
    stage = Stage(visitors.world, learners=2)
    made = stage.report(stage.suspicion(*stage.uses))
    clerk, checker = visitors.come(acting(Role.GOV_CLERK, "c1")), visitors.come(acting(Role.GOV_CHECKER, "c2"))
    school = visitors.come(acting(Role.INSTITUTION_CLERK, "s1", organisation=stage.school))
    assert "疑点案件待交办" in text_of(checker.get("/gov"))
    here = f"/gov/cases/{made.case_id}"
    assert here in text_of(clerk.get("/gov/cases?rule=F2"))
    assert here not in text_of(clerk.get("/gov/cases?rule=F15"))
    page = text_of(clerk.get(here))
    assert "在星河职业培训学校1的 2 笔用券中，持券人否认了 2 笔" in page
    assert "忘记报名" in page, "what would explain it"
    assert "¥1,200" in page
    assert "已冻结" in page
    told = text_of(school.get("/org/cases"))
    assert "冻结 2 笔" in told
    assert "学员1" not in told, "the institution reads no names"
    assert school.get("/gov/cases").status_code == 403
    assert press(clerk, here, f"{here}/assign").status_code == 303
    assert here in text_of(clerk.get("/gov/cases?view=mine"))
    assert press(clerk, here, f"{here}/propose", reason="签到照片不是本人").status_code == 303
    assert f'action="{here}/confirm"' not in text_of(clerk.get(here)), "who proposed is not offered the second hand"
    assert press(checker, here, f"{here}/confirm").status_code == 303
    assert "签到照片不是本人" in text_of(clerk.get(here))
    assert here in text_of(clerk.get("/gov/cases?view=closed"))
    scores = text_of(clerk.get("/gov/cases/scores"))
    assert "已属实的案件" in scores
    one = f"/gov/cases/scores/{stage.school}"
    assert press(clerk, one, f"{one}/register", legal_rep="王一", document="", address="学府路1号").status_code == 422
    assert press(clerk, one, f"{one}/register", legal_rep="王一", document="500112199001151234", address="学府路1号").status_code == 303
    page = text_of(clerk.get(one))
    assert "王一" in page
    assert "500112199001151234" not in page
    assert "× 40" in page
    english = clerk.get(here, headers={"Cookie": "lang=en"})
    assert english.status_code == 200
    visitors.world.holds()


def test_a_trainee_answers_with_one_tap(visitors: Visitors) -> None:
    stage = Stage(visitors.world, learners=1)
    stage.complete()
    visitors.world.perform(callbacks.draw_some)
    [question] = visitors.world.ask(drawing.questions, stage.people[0], visitors.world.today)
    learner = visitors.come(acting(Role.PERSON, "p1", person=stage.people[0]))
    here = f"/me/attended/{question.id}"
    assert here in text_of(learner.get("/inbox"))
    assert "数据标注员入门" in text_of(learner.get(here))
    assert press(learner, here, here).status_code == 422
    assert press(learner, here, here, answer="partly").status_code == 303
    assert "只参加了一部分" in text_of(learner.get(here))
    assert "已答复" in text_of(learner.get("/me/attended"))
    answers = learner.get("/api/v1/me/call-backs").json
    assert [a["answer"] for a in answers] == ["partly"]
    visitors.world.holds()


def test_the_api_leads_through_a_case(visitors: Visitors) -> None:
    stage = Stage(visitors.world, learners=2)
    made = stage.report(stage.suspicion(*stage.uses))
    clerk = visitors.come(acting(Role.GOV_CLERK, "c1"))
    assert [c["id"] for c in clerk.get("/api/v1/cases").json] == [made.case_id]
    told = clerk.get(f"/api/v1/cases/{made.case_id}").json
    assert told["reason"].startswith("在星河职业培训学校1的 2 笔用券中")
    assert told["case"]["held"] == 2
    assert clerk.get("/api/v1/cases/unknown").status_code == 404
    assert [s["name"] for s in clerk.get("/api/v1/cases/scores").json] == ["星河职业培训学校1"]


def test_a_holder_leaves_two_digests_that_lead_back_to_nothing(visitors: Visitors) -> None:
    world = visitors.world
    stage = Stage(world, learners=0)
    person = stage.vouchers.person()
    voucher = stage.vouchers.claim(stage.batch, person)
    learner = visitors.come(acting(Role.PERSON, "p1", person=person))
    page = f"/me/enrol/{stage.klass}"
    assert press(learner, page, page, voucher=voucher).status_code == 303
    with world.db() as db:
        [trace] = db.scalars(select(RedemptionTrace)).all()
    assert {len(trace.network), len(trace.device)} == {64}
    assert trace.network != trace.device
    assert trace.network == world.tool(Box).blind("network", "127.0.0.1")
    world.holds()
