"""The pages of learning: without a script, with one, for the institution and for the bureau."""

from __future__ import annotations

import io
import re
from typing import Any

import pytest

from skills.learning.actions.authoring import FOLDER
from skills.learning.queries import overlaps as listed
from tests.courses.test_views import Visitors, api, hidden, press, text_of, visitors
from tests.learning.stage import TEXT, School
from tests.learning.test_credit import mp4
from tests.world import World

__all__ = ["api", "visitors"]
pytestmark = pytest.mark.row(20)


def pdf(pages: int = 3, extra: str = "") -> bytes:
    """A small PDF of so many empty pages."""
    kids = " ".join(f"{n + 3} 0 R" for n in range(pages))
    objects = [f"<< /Type /Catalog /Pages 2 0 R {extra} >>", f"<< /Type /Pages /Kids [{kids}] /Count {pages} >>"]
    objects += ["<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] >>"] * pages
    out, places = b"%PDF-1.7\n", []
    for number, body in enumerate(objects, 1):
        places.append(len(out))
        out += f"{number} 0 obj\n{body}\nendobj\n".encode()
    table = len(out)
    out += f"xref\n0 {len(objects) + 1}\n0000000000 65535 f \n".encode() + b"".join(f"{p:010} 00000 n \n".encode() for p in places)
    return out + f"trailer\n<< /Size {len(objects) + 1} /Root 1 0 R >>\nstartxref\n{table}\n%%EOF\n".encode()


def test_a_learner_reads_a_text_by_hand_and_it_counts(lite: World, visitors: Visitors) -> None:
    school = School(lite)
    me = visitors.come(school.learner)
    assert "数据标注员入门" in text_of(me.get("/me/lessons"))
    mine = f"/me/lessons/{school.place}"
    sent = press(me, mine, f"{mine}/{school.lessons[0]}")
    study = sent.headers["Location"]
    page = text_of(me.get(study))
    assert "什么是标注" in page
    assert "<strong>标签</strong>" in page
    assert "做三道题" not in page
    for _ in range(2):
        lite.clock.forward(seconds=200)
        page = text_of(me.get(study))
        data = {"csrf_token": hidden(page, "csrf_token"), "key": hidden(page, "key"), "token": hidden(page, "token"), "position": "1"}
        assert me.post(f"{study}/step", data=data).status_code == 303
    assert "做三道题" in text_of(me.get(study))
    lite.clock.forward(seconds=80)
    page = text_of(me.get(study))
    data = {"csrf_token": hidden(page, "csrf_token"), "key": "leave", "token": hidden(page, "token"), "position": "1"}
    assert me.post(f"{study}/leave", data=data).headers["Location"].endswith(mine)
    assert "已计 8 / 30 分钟" in text_of(me.get(mine))
    assert "上次停在" in text_of(me.get(mine))
    assert "学习已经结束" in text_of(me.get(study)) or "这次学习已经结束" in text_of(me.get(study))
    hours = text_of(me.get("/me/hours"))
    assert "0.17" in hours
    assert "什么是标注" in hours
    listed_hours = me.get("/me/hours.csv").get_data().decode("utf-8-sig")
    assert "什么是标注" in listed_hours
    assert re.search(r",8,8,", listed_hours)
    lite.holds()


def test_a_question_is_asked_and_answered_on_the_page(lite: World, visitors: Visitors) -> None:
    school = School(lite)
    held = school.sit(school.open(), 16, answers=False)
    assert held.asked
    me = visitors.come(school.learner)
    url = f"/me/studies/{held.study_id}"
    page = text_of(me.get(url))
    word = re.search(r"请点“(.)”", page)
    assert word
    number = re.search(rf'name="word" value="(\d+)"><span>{word[1]}<', page)
    assert number
    assert press(me, url, f"{url}/answer", question=held.asked.question_id, word=number[1]).status_code == 303
    assert "还在学吗" not in text_of(me.get(url))
    lite.holds()


def test_the_script_speaks_the_api_and_every_no_says_why(lite: World, visitors: Visitors) -> None:
    school = School(lite)
    me = visitors.come(school.learner)
    page = text_of(me.get("/me/lessons"))
    del page
    mine = f"/me/lessons/{school.place}"
    study = press(me, mine, f"{mine}/{school.lessons[1]}").headers["Location"]
    page = text_of(me.get(study))
    found = re.search(r'data-token="([0-9a-f]+)"', page)
    csrf = re.search(r'data-csrf="([^"]+)"', page)
    assert found
    assert csrf
    api = study.replace("/me/", "/api/v1/me/")

    def send(path: str, key: str, **body: Any) -> Any:
        return me.post(api + path, json=body, headers={"Idempotency-Key": key, "X-CSRFToken": csrf[1] if csrf else ""})

    lite.clock.forward(seconds=60)
    first = send("/beats", "k1", token=found[1], position=60)
    assert first.status_code == 200, first.get_json()
    assert first.get_json()["number"] == 1
    assert send("/beats", "k1", token=found[1], position=60).get_json() == first.get_json()
    used = send("/beats", "k2", token=found[1], position=60)
    assert (used.status_code, used.get_json()["code"]) == (409, "study.replayed")
    assert used.get_json()["zh"]["todo"]
    assert me.post(f"{api}/beats", json={}, headers={"Idempotency-Key": "k3"}).status_code == 400  # no token of this site's forms
    lite.clock.forward(seconds=60)
    assert send("/leave", "k4", token=first.get_json()["token"], position=120).get_json()["state"] == "left"
    assert me.get("/api/v1/me/hours").get_json()["minutes"] == 2
    assert me.get("/api/v1/me/hours/lines").get_json()[0]["what"] == "怎样标注"
    assert me.get("/api/v1/me/lessons").get_json()[0]["lessons"][1]["position"] == 120
    lite.holds()


def test_a_video_is_given_in_ranges_to_who_holds_a_place(lite: World, visitors: Visitors) -> None:
    school = School(lite)
    me = visitors.come(school.learner)
    url = f"/me/lesson-files/{school.lessons[1]}"
    whole = me.get(url)
    assert whole.get_data() == mp4(1200)
    assert whole.headers["Accept-Ranges"] == "bytes"
    part = me.get(url, headers={"Range": "bytes=4-7"})
    assert (part.status_code, part.get_data()) == (206, b"ftyp")
    assert "media-src 'self'" in me.get("/me/lessons").headers["Content-Security-Policy"]
    assert me.get(f"/me/lesson-files/{school.lessons[0]}").status_code == 404
    stranger = visitors.come(lite.actor("lesson.study", account="else", person=school.stage.person()[0]))
    assert stranger.get(url).status_code == 404
    (lite.settings.files_dir / FOLDER / "x").write_bytes(b"")
    digest = next(p for p in (lite.settings.files_dir / FOLDER).iterdir() if p.name != "x")
    digest.write_bytes(b"other")
    assert "learning.lessons" in lite.violations()


def test_an_institution_writes_uploads_orders_and_the_bureau_publishes(lite: World, visitors: Visitors) -> None:
    school = School(lite)
    clerk = visitors.come(school.author)
    course = f"/org/lessons/{school.stage.course}"
    assert "数据标注员入门" in text_of(clerk.get("/org/lessons"))
    assert press(clerk, course, course, title="练习", minutes="15", body=TEXT).status_code == 303
    upload = {"title": "讲义", "minutes": "20", "file": (io.BytesIO(pdf()), "讲义.pdf")}
    assert press(clerk, course, course, **upload).status_code == 303
    page = text_of(clerk.get(course))
    assert "3 页" in page
    bad = press(clerk, course, course, title="坏", minutes="20", file=(io.BytesIO(b"<html>"), "a.pdf"))
    assert "只收 MP4 视频和 PDF 文件" in text_of(bad, 422)
    scripted = io.BytesIO(pdf(1, "/OpenAction << /S /JavaScript /JS (app.alert(1)) >>"))
    assert "只收 MP4" in text_of(press(clerk, course, course, title="坏", minutes="20", file=(scripted, "a.pdf")), 422)
    assert "片长" in text_of(press(clerk, course, course, title="长", minutes="90", file=(io.BytesIO(mp4(600)), "a.mp4")), 422)
    assert "请填写课件标题" in text_of(press(clerk, course, course, title="", minutes="20", body="x"), 422)
    lesson = re.findall(rf'href="({course}/[0-9A-Z]{{26}})"', page)[-1]
    assert press(clerk, course, f"{lesson}/move", way="up").status_code == 303
    assert press(clerk, course, f"{course}/submit").status_code == 303
    bureau = visitors.come(school.stage.city)
    review = f"/gov/lessons/{school.stage.course}"
    assert "数据标注员入门" in text_of(bureau.get("/gov/lessons"))
    assert "讲义" in text_of(bureau.get(review))
    assert press(bureau, review, f"{review}/send-back", reason="第二页看不清").status_code == 303
    assert "第二页看不清" in text_of(clerk.get(course))
    assert press(clerk, lesson, lesson, title="讲义（二）", minutes="20", body="").status_code == 303
    press(clerk, course, f"{course}/submit")
    versions = hidden(text_of(bureau.get(review)), "versions")
    assert press(bureau, review, f"{review}/publish", versions=versions).status_code == 303
    me = visitors.come(school.learner)
    assert "讲义（二）" in text_of(me.get(f"/me/lessons/{school.place}"))
    assert press(clerk, lesson, f"{lesson}/withdraw").status_code == 303
    assert "讲义（二）" not in text_of(me.get(f"/me/lessons/{school.place}"))
    lite.holds()


def test_both_sides_and_the_bureaus_desk_show_who_was_in_two_places(lite: World, visitors: Visitors) -> None:
    school = School(lite, other=True)
    school.scan()
    school.scan(school.other_class)
    assert school.next_door
    for clerk in (school.stage.clerk, school.next_door.clerk):
        page = text_of(visitors.come(clerk).get("/org/overlaps"))
        assert "欧阳星河" in page
        assert "待认定" in page
    me = visitors.come(school.learner)
    assert "同一时间两处学习" in text_of(me.get("/me/hours"))
    bureau = visitors.come(school.bureau)
    [found] = lite.ask(listed.listed)
    assert "另一所学校的课" in text_of(bureau.get("/gov/overlaps"))
    url = f"/gov/overlaps/{found.id}"
    assert press(bureau, "/gov/overlaps", url, counts="first", reason="").status_code == 422
    assert press(bureau, "/gov/overlaps", url, counts="first", reason="监控录像").status_code == 303
    assert "监控录像" in text_of(me.get("/me/hours"))
    hall = visitors.come(school.stage.clerk)
    assert "欧阳星河" in text_of(hall.get(f"/org/classes/{school.class_id}/hours"))
    assert "301室" in hall.get(f"/org/classes/{school.class_id}/hours.csv").get_data().decode("utf-8-sig")
    assert hall.get(f"/org/classes/{school.other_class}/hours").status_code == 404
    assert school.stage.course
    assert text_of(hall.get("/org/hours"))
    lite.holds()


def test_overlaps_go_on_to_a_next_page_and_so_does_the_api(
    lite: World, visitors: Visitors, api: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(listed, "PAGE", 1)
    school = School(lite, other=True)
    for day in (0, 1):
        school.scan(day=day)
        school.scan(school.other_class, day=day)
    ids = {o.id for o in school.overlaps()}
    assert len(ids) == 2
    for actor, start in ((school.bureau, "/gov/overlaps"), (school.bureau, "/gov/overlaps?all=1"), (school.stage.clerk, "/org/overlaps")):
        client, path = visitors.come(actor), start.split("?")[0]
        first = text_of(client.get(start))
        further = re.search(rf'href="({path}\?[^"]*after=[^"]*)"', first)
        assert further, start
        second = text_of(client.get(further[1].replace("&amp;", "&")))
        assert f'href="{path}?after' not in second
        assert {i for i in ids if f'id="{i}"' in first} | {i for i in ids if f'id="{i}"' in second} == ids, start
        assert not any(f'id="{i}"' in first and f'id="{i}"' in second for i in ids), "each stands on one page"
    for actor, path in ((school.bureau, "/gov/overlaps"), (school.stage.clerk, "/overlaps")):
        one = api(actor, "GET", f"{path}?limit=1")
        two = api(actor, "GET", one.headers["Link"].split("<")[1].split(">")[0].removeprefix("/api/v1"))
        assert {one.json[0]["id"], two.json[0]["id"]} == ids
        assert "Link" not in two.headers
