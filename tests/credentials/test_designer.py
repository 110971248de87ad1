"""The designer's pages: a body changes its certificates without code, and the authority sees old and new side by side."""

from __future__ import annotations

import re
from io import BytesIO

import pytest
from PIL import Image

from skills.accounts.rules import Role
from skills.credentials.models import Certificate
from skills.credentials.queries import designs as reading
from skills.credentials.rules.designs import HOUSE, all_labels
from skills.kernel.canon import plain
from tests.courses.test_views import Visitors, hidden, press, text_of, visitors
from tests.credentials.test_design_life import Hands
from tests.credentials.test_pictures import stamp
from tests.people_and_bodies import body

__all__ = ["visitors"]
NEW = "/ent/designs/new/completion"


def choices(**other: object) -> dict[str, object]:
    look = HOUSE["completion"]
    sent = {
        "palette": "pine", "art": "bloom", "seal": "own", "ink": "", "title_en": look.title_en, "statement_zh": look.statement_zh,
        "statement_en": look.statement_en, "note_zh": "学以致用", "note_en": "", "footer": "", "shown": ["result", "filing"],
        "zh-result": "学时成绩", "en-result": "Hours",
    }  # fmt: skip
    return {**sent, **other}


@pytest.fixture
def hands(visitors: Visitors) -> Hands:
    return Hands(visitors.world, body(visitors.world))


def test_from_form_to_paper_by_three_people(visitors: Visitors, hands: Hands) -> None:
    clerk, checker, bureau = (visitors.come(a) for a in (hands.clerk, hands.checker, hands.bureau))
    assert "平台通用样式" in text_of(clerk.get("/ent/designs"))
    answer = press(clerk, NEW, NEW, **choices(), logo=(BytesIO(stamp(form="PNG")), "logo.png"))
    assert answer.status_code == 303
    [line] = visitors.world.ask(reading.designs_of, {hands.organisation})
    page = f"/ent/designs/v/{line.id}"
    assert line.look.palette == "pine"
    assert line.look.label("result") == type(line.look.fields[0])("result", "学时成绩", "Hours")
    assert line.look.label("photo") is None
    assert line.look.label("number") in all_labels("completion"), "a required field stays though no box was ticked"
    assert line.has_logo
    picture = clerk.get(f"{page}/sample.png")
    assert Image.open(BytesIO(picture.data)).size == (1287, 910)
    pdf = clerk.get(f"{page}/sample.pdf")
    assert pdf.data.startswith(b"%PDF")
    assert f"{page}/submit" not in text_of(clerk.get(page)), "the clerk cannot hand in"
    assert press(checker, page, f"{page}/submit").status_code == 303
    old_and_new = text_of(bureau.get(f"/gov/designs/{line.id}"))
    for wanted in ("before.png", "sample.png", "靛青", "松绿", "学时成绩 Hours", "学以致用"):
        assert wanted in old_and_new
    assert bureau.get(f"/gov/designs/{line.id}/before.png").data != bureau.get(f"/gov/designs/{line.id}/sample.png").data
    assert press(bureau, f"/gov/designs/{line.id}", f"/gov/designs/{line.id}/approve").status_code == 303
    assert press(checker, page, f"{page}/use").status_code == 303
    assert "本机构样式" in text_of(clerk.get("/ent/designs"))
    assert visitors.world.ask(reading.in_force, hands.organisation, "completion").id == line.id
    with visitors.world.db() as db:
        assert db.query(Certificate).count() == 0, "a sample takes no number"


def test_what_breaks_the_rules_is_shown_with_the_form_and_what_was_typed(visitors: Visitors, hands: Hands) -> None:
    clerk = visitors.come(hands.clerk)
    page = text_of(press(clerk, NEW, NEW, **choices(footer="人社局监制", ink="#ffe000")), 422)
    assert "政府部门不参与监制" in page
    assert "对比度" in page
    assert 'value="人社局监制"' in page
    assert 'value="学时成绩"' in page
    assert visitors.world.ask(reading.designs_of, {hands.organisation}) == []


@pytest.mark.parametrize("sent", [b"<svg onload=alert(1)>", b"GIF89a", b"\xff\xd8\xffbroken"])
def test_a_bad_picture_is_refused_on_the_page(visitors: Visitors, hands: Hands, sent: bytes) -> None:
    clerk = visitors.come(hands.clerk)
    page = text_of(press(clerk, NEW, NEW, **choices(), logo=(BytesIO(sent), "logo.png")), 422)
    assert "PNG 或 JPEG" in page or "图片打不开" in page
    answer = press(clerk, "/ent/designs", "/ent/seals", picture=(BytesIO(sent), "seal.png"))
    assert "不予办理" in text_of(answer, 422)


def test_a_seal_by_two_on_the_page(visitors: Visitors, hands: Hands) -> None:
    clerk, checker = visitors.come(hands.clerk), visitors.come(hands.checker)
    assert press(clerk, "/ent/designs", "/ent/seals", picture=(BytesIO(stamp()), "seal.jpg")).status_code == 303
    [seal] = visitors.world.ask(reading.seals_of, hands.organisation)
    assert clerk.get(f"/ent/seals/{seal.id}.png").data.startswith(b"\x89PNG")
    assert f"/ent/seals/{seal.id}/confirm" not in text_of(clerk.get("/ent/designs"))
    assert press(checker, "/ent/designs", f"/ent/seals/{seal.id}/confirm").status_code == 303
    assert visitors.world.ask(reading.seals_of, hands.organisation)[0].state == "confirmed"


def test_sending_back_needs_a_reason_and_the_body_reads_it(visitors: Visitors, hands: Hands) -> None:
    made = hands.save()
    clerk, checker, bureau = (visitors.come(a) for a in (hands.clerk, hands.checker, hands.bureau))
    press(checker, f"/ent/designs/v/{made}", f"/ent/designs/v/{made}/submit")
    here = f"/gov/designs/{made}"
    assert "请写明要修改什么" in text_of(press(bureau, here, f"{here}/send-back", reason=""), 422)
    assert press(bureau, here, f"{here}/send-back", reason="附注不妥").status_code == 303
    assert "附注不妥" in text_of(clerk.get(f"/ent/designs/v/{made}"))
    assert "德技并修" in text_of(clerk.get("/ent/designs/new/level")), "the draft is mended, not begun again"


def test_a_stranger_finds_nothing(visitors: Visitors, hands: Hands) -> None:
    made = hands.save()
    other = Hands(visitors.world, body(visitors.world, order=2, name="重庆别家公司"))
    stranger = visitors.come(other.checker)
    for url in (f"/ent/designs/v/{made}", f"/ent/designs/v/{made}/sample.png", f"/ent/designs/v/{made}/sample.pdf"):
        assert stranger.get(url).status_code == 404
    assert stranger.get("/ent/designs/now/nothing.png").status_code == 404


def test_the_api_teaches_what_the_form_makes_impossible(visitors: Visitors, hands: Hands) -> None:
    clerk, checker = visitors.come(hands.clerk), visitors.come(hands.checker)
    look = clerk.get("/api/v1/designs/house/level").get_json()
    assert look == plain(HOUSE["level"])
    token = re.search(r'name="csrf_token" value="([^"]+)"', text_of(clerk.get("/ent/designs")))
    assert token
    head = {"X-CSRFToken": token[1], "Idempotency-Key": "k1"}
    bad = {**look, "fields": [f for f in look["fields"] if f["name"] != "photo"]}
    answer = clerk.post("/api/v1/designs", json={"look": bad}, headers=head)
    assert answer.status_code == 409
    unmet = [f for f in answer.get_json()["zh"]["findings"] if not f["met"]]
    assert [(f["code"], "照片" in f["detail"], f["clause"]) for f in unmet] == [("design.field_kept", True, "人社鉴发〔2021〕1号")]
    made = clerk.post("/api/v1/designs", json={"look": look}, headers={**head, "Idempotency-Key": "k2"})
    assert made.status_code == 201
    design = made.get_json()["design_id"]
    theirs = {"X-CSRFToken": hidden(text_of(checker.get("/ent/designs/v/" + design)), "csrf_token"), "Idempotency-Key": "k3"}
    assert checker.post(f"/api/v1/designs/{design}/submit", headers=theirs).get_json()["state"] == "submitted"
    assert [line["id"] for line in clerk.get("/api/v1/designs").get_json()] == [design]


def test_an_institutions_pages_are_the_same(visitors: Visitors) -> None:
    from tests.people_and_bodies import acting

    school = body(visitors.world, kind="institution", order=3, name="重庆星火培训学校")
    clerk = visitors.come(acting(Role.INSTITUTION_CLERK, organisation=school))
    assert "职业技能培训合格证书" in text_of(clerk.get("/org/designs"))
    assert clerk.get("/gov/designs").status_code == 403
