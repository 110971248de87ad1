"""What a certificate cannot bear is said before there is one: at the name's cell, at the class, where the title is written."""

from __future__ import annotations

import base64
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

import cbor2
import pytest

from skills import features
from skills.courses.actions import catalogue, versions
from skills.courses.models import Course
from skills.courses.queries import filing
from skills.credentials import cose
from skills.credentials.characters import room_for_name, taken, unfit, unfit_among
from skills.credentials.claims import Claims
from skills.credentials.lint import carried
from skills.kernel.box import Box
from skills.kernel.sheets import read, write_csv
from skills.returns import queries
from tests.courses.filed import HEAD, Filed
from tests.courses.stage import make_stage
from tests.courses.test_amending_views import api
from tests.courses.test_forgotten_rows import forgotten
from tests.courses.test_views import Visitors, text_of
from tests.returns.planted import NOWHERE
from tests.world import World, grown

NAMED = f"{NOWHERE}（U+2B3F7）"
RARE = f"王{NOWHERE}"


@pytest.fixture
def visitors(lite: World, monkeypatch: pytest.MonkeyPatch) -> Visitors:
    held = Visitors(lite, {})
    monkeypatch.setattr(features, "load_me", lambda: lambda _db, session: held.known.get(session.account_id))
    return held


def scene(world: World) -> Filed:
    """A class that has run, with one whose name every font draws and one whose name none does."""
    return grown(world, _scene)


def _scene(world: World) -> Filed:
    stage = make_stage(world)
    made = stage.open(seats=5)
    filed = Filed(world, stage, made.class_id, made.number)
    for name in ("学员1", RARE):
        person, document = stage.person(name)
        filed.people.append((person, document, stage.enrol(made.class_id, person).enrolment_id))
    stage.run(made.class_id)
    world.run_jobs()
    return filed


def rows(filed: Filed, **change: Any) -> list[list[str]]:
    return [filed.row(0), filed.row(1, name=RARE, **change)]


def found(world: World, filed: Filed, return_id: str) -> list[tuple[int, str, str, Any]]:
    those = world.ask(queries.findings_of, return_id, [filed.stage.school])
    return sorted(((f.row, f.at, f.code, f.facts) for f in those), key=lambda told: told[:3])  # of a row they come in any order


def test_the_dry_run_names_the_character_and_its_cell_and_the_real_run_holds_that_row_alone(world: World) -> None:
    filed = scene(world)
    said = [(3, "A3", "completions.name_unprintable", {"characters": [NAMED]})]
    made = filed.upload(rows(filed))
    assert (made.good, made.bad) == (1, 1)
    assert found(world, filed, made.return_id) == said
    filed.hand_in(made.return_id)
    assert [filed.line(n, made.return_id).state for n in (2, 3)] == ["applied", "held"]
    assert [filed.place(i).state for i in (0, 1)] == ["completed", "attending"]
    assert found(world, filed, made.return_id) == said
    assert filed.cells(3, made.return_id)["name"] == RARE
    filed.balanced()
    world.holds()


def test_who_did_not_pass_gets_no_certificate_and_any_name_is_filed(world: World) -> None:
    filed = scene(world)
    made = filed.upload(rows(filed, outcome="不合格", score="40"))
    assert (made.good, made.bad) == (2, 0)
    filed.hand_in(made.return_id)
    assert filed.place(1).state == "failed"
    world.holds()


def test_page_download_and_api_say_what_to_do_about_the_cell(visitors: Visitors) -> None:
    world = visitors.world
    filed = scene(world)
    client = visitors.come(filed.clerk)
    body = {"kind": "completions", "file_name": "结业.csv", "content": base64.b64encode(write_csv([HEAD, *rows(filed)])).decode()}
    dry = api(visitors, filed.clerk, "POST", "/returns/check", body).json
    (finding,) = dry["findings"]
    assert (finding["at"], finding["code"], finding["facts"]) == ("A3", "completions.name_unprintable", {"characters": [NAMED]})
    made = filed.upload(rows(filed))
    kept = api(visitors, filed.clerk, "GET", f"/returns/{made.return_id}/findings").json
    assert [(f["at"], f["facts"]) for f in kept] == [("A3", {"characters": [NAMED]})]
    url = f"/org/returns/{made.return_id}"
    page = text_of(client.get(url))
    assert f"登记的姓名里有证书上印不出的字：{NAMED}" in page
    assert "装好含有它的字体后重新检查" in page
    assert 'name="cell-3-name"' in page
    client.set_cookie("lang", "en", domain="localhost")
    assert f"characters that cannot be printed on a certificate: {NAMED}" in text_of(client.get(url))
    sheet = read(client.get(f"{url}/failed.csv").data).rows
    assert sheet[1][0] == f"A3 登记的姓名里有证书上印不出的字：{NAMED}"
    assert sheet[1][1] == RARE


def test_a_row_that_only_the_linter_refuses_is_held_with_every_rule_that_refused(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    filed = scene(world)
    monkeypatch.setattr(filing, "unfit_among", lambda _names: {})  # another machine has checked, one with more fonts
    made = filed.upload(rows(filed))
    assert made.bad == 0
    filed.hand_in(made.return_id)
    assert filed.line(3, made.return_id).state == "held"
    assert found(world, filed, made.return_id) == [
        (3, "3", "certificate.lint", {"count": 1}), (3, "3", "lint.L006", {"code_points": [NAMED]})
    ]  # fmt: skip
    _, ((_, reasons),) = world.ask(queries.failed_rows, world.tool(Box), made.return_id, [filed.stage.school])
    assert [f.code for f in reasons] == ["certificate.lint", "lint.L006"]
    filed.balanced()
    world.holds()


def test_of_many_texts_those_are_named_that_one_by_one_would_be() -> None:
    texts = {"a": "王丽", "b": RARE, "c": "R&amp;D", "d": "C & D", "e": "<王", "f": "王\u200b", "g": ""}
    assert unfit_among({k: texts[k] for k in "adg"}) == {}
    assert unfit_among(texts) == {"b": (NAMED,), "c": ("&amp;",), "e": ("<（U+003C）",), "f": ("U+200B",)}
    assert unfit_among({"c": texts["c"]}) == {"c": ("&amp;",)}


@pytest.mark.parametrize(("text", "what"), [(f"{NOWHERE}艺入门", NAMED), ("C<T>入门", "<（U+003C）"), ("入门\ue900", "U+E900")])
def test_a_title_that_no_certificate_bears_is_refused_when_it_is_written(lite: World, text: str, what: str) -> None:
    stage = make_stage(lite)
    order = {"kind": "skill", "zone": "mantianxing", "occupation": "4-04-05-05", "level": 2, "hours": 12, "fee": 240_000}
    for write, at in ((catalogue.draft, {"institution_id": stage.school}), (versions.revise, {"course_id": stage.course})):
        with lite.refused("course.invalid") as held:
            lite.perform(write, actor=stage.clerk, title=text, **order, **at)
        (against,) = held[0].findings
        assert against.code == "course.title_printable"
        assert against.facts["characters"][0] == what
    lite.holds()


def test_a_title_is_kept_as_the_linter_wants_it(lite: World) -> None:
    stage = make_stage(lite)
    course = stage.publish(title=f" 数据\u200b标注 \t 进阶 {'一' * 51} 二")
    with lite.db() as db:
        title = db.get_one(Course, course).title
    assert title == f"数据标注 进阶 {'一' * 51}"  # of 60 characters the last one was a blank
    assert unfit(title) == ()


def test_an_older_title_is_said_of_the_class_until_it_is_revised(lite: World, monkeypatch: pytest.MonkeyPatch) -> None:
    stage = make_stage(lite)
    with monkeypatch.context() as before:  # titles were not looked at then
        before.setattr(catalogue, "unfit", lambda _title: ())
        course = stage.publish(title="C<T>入门")
    made = stage.open(seats=5, course=course)
    filed = Filed(lite, stage, made.class_id, made.number)
    for _ in range(2):
        person, document = stage.person()
        filed.people.append((person, document, stage.enrol(made.class_id, person).enrolment_id))
    stage.run(made.class_id)
    sheet = [filed.row(0), filed.row(1, outcome="不合格", score="40")]
    first = filed.upload(sheet)
    assert found(lite, filed, first.return_id) == [
        (2, "D2", "completions.class_unprintable",
         {"text": "课程名称", "text_en": "course title", "characters": ["<（U+003C）", ">（U+003E）"]})
    ]  # fmt: skip
    order = {"kind": "skill", "zone": "mantianxing", "occupation": "4-04-05-05", "level": 2, "hours": 12, "fee": 240_000}
    version = lite.perform(versions.revise, actor=stage.clerk, course_id=course, title="C 模板入门", **order)
    lite.perform(versions.submit, actor=stage.clerk, version_id=version.version_id)
    lite.perform(versions.publish, actor=stage.city, version_id=version.version_id)
    made = filed.upload(sheet)
    assert (made.good, made.bad) == (2, 0)
    filed.hand_in(made.return_id)
    assert [filed.place(i).state for i in (0, 1)] == ["completed", "failed"]
    lite.holds()


def test_a_title_and_a_name_too_long_for_the_code_are_said_in_the_dry_run_with_how_much_to_cut(visitors: Visitors) -> None:
    world = visitors.world
    stage = make_stage(world)
    course = stage.publish(title="𠮷" * 60)
    made = stage.open(seats=5, course=course)
    filed = Filed(world, stage, made.class_id, made.number)
    long = "阿" * 30
    for name in ("学员1", long, "学员3"):
        person, document = stage.person(name)
        filed.people.append((person, document, stage.enrol(made.class_id, person).enrolment_id))
    stage.run(made.class_id)
    sheet = [filed.row(0), filed.row(1, name=long)]
    body = {"kind": "completions", "file_name": "结业.csv", "content": base64.b64encode(write_csv([HEAD, *sheet])).decode()}
    (dry,) = api(visitors, filed.clerk, "POST", "/returns/check", body).json["findings"]
    assert (dry["at"], dry["code"], dry["facts"]) == ("D3", "completions.code_full", {"cut": 3})
    first = filed.upload(sheet)
    assert found(world, filed, first.return_id) == [(3, "D3", "completions.code_full", {"cut": 3})]
    page = text_of(visitors.come(filed.clerk).get(f"/org/returns/{first.return_id}"))
    assert "把课程名称至少缩短 3 个字" in page
    filed.hand_in(first.return_id)
    assert [filed.place(i).state for i in (0, 1)] == ["completed", "attending"]
    assert found(world, filed, filed.upload([filed.row(1, name=long, outcome="不合格", score="40")]).return_id) == []
    order = {"kind": "skill", "zone": "mantianxing", "occupation": "4-04-05-05", "level": 2, "hours": 12, "fee": 240_000}
    version = world.perform(versions.revise, actor=stage.clerk, course_id=course, title="𠮷" * 57, **order)
    world.perform(versions.submit, actor=stage.clerk, version_id=version.version_id)
    world.perform(versions.publish, actor=stage.city, version_id=version.version_id)
    again = filed.file([filed.row(1, name=long)])
    assert found(world, filed, again) == [], "what was said is enough"
    assert filed.place(1).state == "completed"
    world.holds()


@pytest.mark.parametrize("base", ["http://localhost", "https://zs.rsj.example.gov.cn", "https://" + "a" * 90 + ".example.org"])
@pytest.mark.parametrize("title", ["数据标注", "𠮷" * 60, "A" * 24])
def test_a_name_fits_into_a_code_exactly_when_the_linter_lets_it(base: str, title: str) -> None:
    number, at = "PX-2026-MA5U00001-000001", datetime(2026, 11, 20, 4, tzinfo=UTC)
    room = room_for_name(base, number, "4-04-05-05", title)
    refused = []
    names = [(n, f) for n in range(1, 61) for f in ("阿", "a", "𠮷")]
    for count, letter in names:
        claims = Claims("completion", number, letter * count, "", "", "", at.date(), occupation_code="4-04-05-05", award=title)
        payload = cbor2.dumps(cose.payload_of(claims, (1 << 17) - 1, at), canonical=True)
        refused.append(carried.code_fits_its_place(SimpleNamespace(payload=payload, public_base=base, claims=claims)) is not None)
    assert refused == [taken(letter * count) > room for count, letter in names]
    assert any(refused) == (room < 242), "no name has more than sixty characters"


def test_of_somebody_erased_no_character_stays_in_what_was_found(world: World) -> None:
    filed = scene(world)
    made = filed.upload(rows(filed))
    forgotten(filed, 1)
    assert [facts for _, _, _, facts in found(world, filed, made.return_id)] == [{"characters": "—"}]
    world.holds()
