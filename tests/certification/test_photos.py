"""Photographs for exams: what is wrong is told in pixels and nothing is kept; one that will do is on the printed certificate."""

from __future__ import annotations

import base64
import sys
from collections.abc import Iterator
from datetime import date, timedelta
from io import BytesIO
from typing import Any

import pytest
from PIL import Image
from sqlalchemy import select

from skills.certification.actions import photos, plans
from skills.certification.models import Award
from skills.certification.queries.photos import lacking
from skills.certification.views.photos import brought
from skills.config import Settings
from skills.credentials import copies, queries
from skills.credentials.held import open_paper
from skills.credentials.lint.reading import read
from skills.demo.portraits import portrait
from skills.kernel.acts import Act, action
from skills.kernel.box import Box
from skills.kernel.errors import Forbidden, Missing, Refusal
from skills.people import faces, pictures
from skills.people.actions.portraits import Brought
from skills.people.actions.register import erase
from skills.people.models import Portrait
from skills.people.queries import portraits
from skills.people.rules.counter import CounterReason
from skills.people.rules.portraits import Seen, Terms, cut, earliest, judge
from tests.certification.stage import Stage
from tests.courses.test_at_the_counter import by_token
from tests.courses.test_views import Visitors, hidden, text_of, visitors
from tests.outside.programs import missing
from tests.world import World

__all__ = ["visitors"]
pytestmark = pytest.mark.row(26)
TERMS = Terms(295, 413, 2, 2000, 6)
DAY = date(2026, 11, 28)


@pytest.fixture(autouse=True)
def one_face(monkeypatch: pytest.MonkeyPatch) -> None:
    """The machine finds a face, but where a test says otherwise; the true one has a test of its own."""
    monkeypatch.setattr(faces, "count", lambda _picture: 1)


def jpeg(width: int = 590, height: int = 826, form: str = "JPEG", **how: Any) -> bytes:
    out = BytesIO()
    Image.open(BytesIO(portrait(1))).resize((width, height)).save(out, form, **how)
    return out.getvalue()


def bring(stage: Stage, person_id: str, data: bytes | None = None, taken: int = 10) -> str:
    world = stage.world
    done = world.perform(photos.put, actor=stage.candidate(person_id), brought=brought(data or jpeg(), world.today - timedelta(days=taken)))
    return str(done.portrait_id)


@action("test.forget_photos", may="system.jobs")
def forget(act: Act, person_id: str) -> None:
    """Forget somebody at once."""
    erase(act, person_id)


@pytest.mark.parametrize(
    ("seen", "wrong"),
    [
        (Seen(295, 413, 2_000_000, 1, DAY), []),
        (Seen(294, 413, 50_000, 1, DAY), ["pixels"]),
        (Seen(590, 826, 2_000_001, 1, DAY), ["kilobytes"]),
        (Seen(600, 826, 50_000, 0, DAY), []),
        (Seen(602, 826, 50_000, 1, DAY), ["ratio"]),
        (Seen(590, 826, 50_000, 2, DAY), ["one_face"]),
        (Seen(590, 826, 50_000, None, date(2026, 5, 28)), []),
        (Seen(590, 826, 50_000, None, date(2026, 5, 27)), ["recent"]),
        (Seen(590, 826, 50_000, None, date(2026, 11, 29)), ["recent"]),
        (Seen(200, 200, 3_000_000, 3, date(2020, 1, 1)), ["pixels", "ratio", "kilobytes", "one_face", "recent"]),
    ],
)
def test_every_limit_holds_to_the_pixel_the_byte_and_the_day(seen: Seen, wrong: list[str]) -> None:
    verdict = judge(seen, TERMS, DAY)
    assert [f.code.removeprefix("portrait.") for f in verdict.findings if not f.met] == wrong


def test_what_to_cut_is_told_in_pixels_and_fits_when_it_is_done() -> None:
    for width, height in ((1000, 1000), (3024, 4032), (400, 900), (295, 413)):
        wide, high = cut(width, height, TERMS)
        assert (wide <= width, high <= height) == (True, True)
        assert "portrait.ratio" not in {f.code for f in judge(Seen(wide, high, 1, 1, DAY), TERMS, DAY).findings if not f.met}
    assert earliest(date(2026, 8, 31), 6) == date(2026, 2, 28)
    assert earliest(date(2027, 3, 1), 6) == date(2026, 9, 1)


def test_pixels_ratio_and_two_faces_are_told_and_nothing_is_kept(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    stage = Stage(world)
    who = stage.graduate()
    monkeypatch.setattr(faces, "count", lambda _picture: 2)
    with world.refused("portrait.refused") as held:
        bring(stage, who, jpeg(200, 200), taken=400)
    wrong = {f.code: f.facts for f in held[0].findings if not f.met}
    assert set(wrong) == {"portrait.pixels", "portrait.ratio", "portrait.one_face", "portrait.recent"}
    assert (wrong["portrait.pixels"]["width"], wrong["portrait.pixels"]["least_height"]) == (200, 413)
    assert (wrong["portrait.ratio"]["cut_width"], wrong["portrait.ratio"]["cut_height"]) == (142, 200)
    with world.db() as db:
        assert db.scalars(select(Portrait)).all() == []
    world.holds()


def hostile() -> Iterator[tuple[str, bytes]]:
    good = jpeg()
    yield "portrait.kind", b""
    yield "portrait.kind", b"GIF89a" + bytes(100)
    yield "portrait.kind", b"<svg xmlns='http://www.w3.org/2000/svg'/>"
    yield "portrait.broken", good[: len(good) // 2]
    yield "portrait.broken", b"\xff\xd8\xff" + bytes(2000)
    yield "portrait.broken", b"\x89PNG\r\n\x1a\n" + bytes(2000)
    yield "portrait.too_large", good + bytes(5_000_000)
    bomb = BytesIO()
    Image.new("1", (30_000, 30_000)).save(bomb, "PNG")
    yield "portrait.broken", bomb.getvalue()


def test_what_is_no_picture_is_refused_by_name_and_what_is_kept_says_nothing_of_itself() -> None:
    for code, data in hostile():
        with pytest.raises(Refusal) as caught:
            pictures.read(data)
        assert caught.value.code == code
    turned = Image.Exif()
    turned[0x0112], turned[0x010E] = 6, "SECRET-IN-EXIF"
    sent = pictures.read(jpeg(826, 590, exif=turned))
    assert sent.size == (590, 826), "upright"
    data = pictures.kept(sent)
    assert b"SECRET" not in data
    assert b"Exif" not in data
    assert pictures.size_of(data) == (590, 826)
    assert pictures.read(jpeg(form="PNG")).mode == "RGB"


def test_a_photograph_is_on_the_certificate_and_on_its_copy_and_gone_with_an_erasure(world: World) -> None:
    stage = Stage(world)
    stage.file()
    sitting = stage.open()
    with_one, without = stage.graduate(), stage.graduate()
    applications = [stage.apply(sitting, who) for who in (with_one, without)]
    bring(stage, with_one, jpeg(1180, 1652))
    stage.hold(sitting)
    stage.score(sitting, dict.fromkeys(applications, ("90", "90")))
    stage.notice(sitting)
    stage.conclude(sitting)
    with world.db() as db:
        numbers = {who: db.scalars(select(Award.number).where(Award.person_id == who)).one() for who in (with_one, without)}
        line = queries.certificate(db, numbers[with_one])
        kept = portraits.by_digest(db, world.tool(Box), with_one, line.claims.photo_digest)
        assert kept
        for who, pictured in ((with_one, True), (without, False)):
            held = queries.paper_of(db, numbers[who])
            assert held
            pdf = open_paper(world.tool(Box), world.tool(Settings).files_dir, held)
            assert pdf
            found = [x for x in read(pdf).pictures if 0.6 <= x.width / x.height <= 0.85]
            assert bool(found) is pictured
            sheet = copies.sheet(db, numbers[who], "https://x.example", world.clock.now())
            assert sheet.photo == (kept if pictured else None)
    world.holds()
    bring(stage, with_one)  # another one: the certificate still shows the one it was issued with
    with world.db() as db:
        assert portraits.by_digest(db, world.tool(Box), with_one, line.claims.photo_digest) == kept
    world.perform(forget, actor=world.actor("system.jobs"), person_id=with_one)
    world.run_jobs()
    with world.db() as db:
        assert db.scalars(select(Portrait)).all() == []
    assert "people.portraits" not in world.violations()


def test_where_no_face_was_found_somebody_looks_who_did_not_bring_it(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    stage = Stage(world)
    stage.file()
    sitting = stage.open()
    who, stranger = stage.graduate(), stage.graduate()
    application = stage.apply(sitting, who)
    for found in (0, None):
        monkeypatch.setattr(faces, "count", lambda _picture, found=found: found)
        picture = Brought(pictures.kept(pictures.read(jpeg())), 590, 826, 9, found, world.today)
        done = world.perform(
            photos.put_for_candidate, actor=stage.admin, sitting_id=sitting, application_id=application, brought=picture
        )
        assert not done.good
        assert world.ask(lacking, [who], world.today) == [who]
    order: dict[str, Any] = {"sitting_id": sitting, "application_id": application, "portrait_id": done.portrait_id}
    with world.refused("portrait.own_work"):
        world.perform(photos.see_candidate, actor=stage.admin, **order)
    colleague = stage.staff("application.enter", account="colleague")
    other = world.actor("application.enter", account="other", organisation=stage.organisation("social_body"))
    with pytest.raises(Forbidden):
        world.perform(photos.see_candidate, actor=other, **order)
    with pytest.raises(Missing):
        world.perform(photos.see_candidate, actor=colleague, **{**order, "portrait_id": bring(stage, stranger)})
    world.perform(photos.see_candidate, actor=colleague, **order)
    assert world.ask(lacking, [who, stranger], world.today) == [stranger]
    clerk = world.actor("counter.serve", account="counter")
    [line] = world.ask(portraits.portraits, [stranger]).values()
    world.perform(photos.see_at_counter, actor=clerk, person_id=stranger, portrait_id=line.id, reason=CounterReason.NO_PHONE)
    assert world.ask(lacking, [who, stranger], world.today) == []
    assert world.ask(lacking, [who], world.today + timedelta(days=200)) == [who], "by then it is too old"
    world.holds()


def test_policy_says_before_which_step_it_is_wanted(lite: World) -> None:
    stage = Stage(lite)
    stage.file()
    sitting = stage.open()
    early, late = stage.graduate(), stage.graduate()
    stage.apply(sitting, early)
    lite.policy("registration.photo", "apply", since=lite.today + timedelta(days=1))
    stage.days(1)
    with lite.refused("application.photo_needed"):
        stage.apply(sitting, late)
    bring(stage, late)
    stage.apply(sitting, late)
    lite.policy("registration.photo", "seat", since=lite.today + timedelta(days=1))
    stage.days(6)
    lite.perform(plans.close, actor=stage.admin, sitting_id=sitting)
    with lite.refused("sitting.photos_needed") as held:
        lite.perform(plans.seat, actor=stage.admin, sitting_id=sitting)
    assert held[0].facts["count"] == 1
    bring(stage, early)
    assert lite.perform(plans.seat, actor=stage.admin, sitting_id=sitting).count == 2
    lite.holds()


def test_by_pages_and_by_programs(visitors: Visitors) -> None:
    world = visitors.world
    stage = Stage(world)
    stage.file()
    sitting = stage.open()
    who = stage.graduate()
    application = stage.apply(sitting, who)
    day = (world.today - timedelta(days=3)).isoformat()

    def send(client: Any, page: str, action: str, data: bytes | None, **fields: str) -> Any:
        text = text_of(client.get(page))
        assert f'action="{action}"' in text
        files = {} if data is None else {"photo": (BytesIO(data), "p.jpg")}
        sent = {"csrf_token": hidden(text, "csrf_token"), "key": hidden(text, "key"), **fields, **files}
        return client.post(action, data=sent, content_type="multipart/form-data")

    me = visitors.come(stage.candidate(who))
    assert me.get("/me/photo/none.jpg").status_code == 404
    told = send(me, "/me/photo", "/me/photo", jpeg(200, 413), taken_on=day).get_data(as_text=True)
    assert "照片宽 200 像素、高 413 像素" in told
    assert "请裁剪成宽 200 像素、高 280 像素" in told
    assert "没有填写拍摄日期" in send(me, "/me/photo", "/me/photo", jpeg(), taken_on="x").get_data(as_text=True)
    assert "没有收到照片文件" in send(me, "/me/photo", "/me/photo", None, taken_on=day).get_data(as_text=True)
    assert send(me, "/me/photo", "/me/photo", jpeg(), taken_on=day).headers["Location"] == "/me/photo"
    assert "照片可用" in text_of(me.get("/me/photo"))
    picture = text_of(me.get("/me/photo")).split('src="/me/photo/')[1].split('"')[0]
    answer = me.get(f"/me/photo/{picture}")
    assert (answer.mimetype, answer.headers["Cache-Control"]) == ("image/jpeg", "no-store")

    body = visitors.come(stage.staff("plan.see", "application.enter", account="body"))
    page = f"/ent/plans/{sitting}/photos"
    assert "照片可用" in text_of(body.get(page))
    assert body.get(f"{page}/{application}.jpg").mimetype == "image/jpeg"
    assert send(body, page, f"{page}/{application}", jpeg(), taken_on=day).headers["Location"] == page
    other = visitors.come(world.actor("application.enter", account="other", organisation=stage.organisation("social_body")))
    assert other.get(page).status_code == other.get(f"{page}/{application}.jpg").status_code == 404

    assert me.get(f"/me/photo/{picture}").status_code == 404, "another one counts now"
    clerk = visitors.come(world.actor("counter.serve", account="counter", district="500112"))
    desk = f"/gov/people/{who}/photo"
    assert send(clerk, desk, desk, jpeg(), taken_on=day, reason="no_phone").headers["Location"] == desk
    assert clerk.get(f"{desk}.jpg").mimetype == "image/jpeg"
    headers = {"Idempotency-Key": "photo-by-program-0001", **by_token(world, "counter")}
    order = {"picture": base64.b64encode(jpeg()).decode(), "taken_on": day, "reason": "cannot"}
    answer = world.client().post(f"/api/v1/people/{who}/photo", json=order, headers=headers)
    assert (answer.status_code, answer.get_json()["good"]) == (201, True)
    with world.db() as db:
        assert len(db.scalars(select(Portrait)).all()) == 4
    world.holds()


TRUE_COUNT = faces.count


def test_the_machine_finds_a_drawn_face_none_on_a_wall_and_nobody_looks_without_it(monkeypatch: pytest.MonkeyPatch) -> None:
    wall = Image.new("RGB", (295, 413), "#c0c8d0")
    monkeypatch.setenv("SKILLS_FACES", "/nowhere/python")
    assert TRUE_COUNT(wall) is None
    monkeypatch.setenv("SKILLS_FACES", sys.executable)  # an interpreter without the libraries
    assert TRUE_COUNT(wall) is None
    monkeypatch.undo()
    if not faces.interpreter().is_file():
        missing("the environment build/faces")
    assert [TRUE_COUNT(pictures.read(portrait(seed))) for seed in range(3)] == [1, 1, 1]
    assert TRUE_COUNT(wall) == 0
