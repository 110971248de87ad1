"""`/verify` for files and for many at once: what an employer sends, what comes back, and what is refused."""

from __future__ import annotations

import csv
import io
import re
import tracemalloc
from collections.abc import Iterator
from typing import Any

import pytest
from werkzeug.datastructures import FileStorage
from werkzeug.test import TestResponse

from skills.credentials import many
from skills.credentials.inspection.sealed import MOST_BYTES
from skills.credentials.verdicts import State
from skills.credentials.views.verify import files
from tests.credentials.evidence import Evidence, evidence, jpeg
from tests.credentials.test_actions import ABOVE, NUMBER, take_back
from tests.world import World, make_world


@pytest.fixture(scope="module")
def held(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[World, Evidence]]:
    """One certificate for all tests that change nothing; limits off, for they would count all tests together."""
    folder = tmp_path_factory.mktemp("pages")
    world = make_world(folder / "data", f"sqlite:///{folder}/skills.db", limits="off")
    yield world, evidence(world)
    world.holds(ABOVE)
    world.engine.dispose()


def send(world: World, *sent: tuple[str, bytes], lang: str = "zh", **fields: str) -> TestResponse:
    """Post files (name, bytes) and fields as the form does, without JavaScript."""
    client = world.client()
    client.set_cookie("lang", lang)
    data: dict[str, Any] = {"files": [(io.BytesIO(data), name) for name, data in sent], **fields}
    return client.post("/verify/files", data=data, content_type="multipart/form-data")


def rows(answer: TestResponse) -> list[dict[str, str]]:
    """The CSV of an answer."""
    assert answer.mimetype == "text/csv"
    return list(csv.DictReader(io.StringIO(answer.data.decode("utf-8-sig"))))


@pytest.mark.row(51)
def test_a_paper_is_answered_with_its_facts_and_steps(held: tuple[World, Evidence]) -> None:
    world, forms = held
    for name, data in (("证书.pdf", forms.pdf), ("c.json", forms.credential), ("photo.jpg", jpeg(forms.address))):
        page = send(world, (name, data))
        assert page.status_code == 200
        text = page.text
        assert 'data-state="VALID"' in text
        for fact in (name, forms.who.name, "人工智能训练师", "三级/高级工", NUMBER, "重庆星图软件有限公司", "能够完成较为复杂的工作",
                     "尚未上传，通常需要 15 个工作日", "第 1 条，共 1 条", "12333", "/complaints/new"):  # fmt: skip
            assert fact in text, fact
        order = [text.index(part) for part in ('class="verdict"', forms.who.name, "三级/高级工", NUMBER)]
        assert order == sorted(order)
        steps = re.findall(r'data-passed="(\w+)">([^<]+)<', text)
        assert [state for state, _ in steps] == ["true"] * 6
        assert "no-store" not in page.headers.get("Set-Cookie", "")


def test_a_code_sent_by_the_shell_gets_the_same_page(held: tuple[World, Evidence]) -> None:
    world, forms = held
    page = world.client().post("/verify", data={"code": forms.address.partition("#")[2]}).text
    assert 'data-state="VALID"' in page
    assert forms.who.name in page
    assert "这个等级意味着什么" in page
    api = world.client().post("/api/v1/verifications", json={"code": forms.address.partition("#")[2]}).json
    assert (api["state"], api["steps"]["log"], api["number"]) == ("VALID", True, NUMBER)


@pytest.mark.row(53)
def test_a_changed_paper_names_the_step_that_failed(held: tuple[World, Evidence]) -> None:
    world, forms = held
    page = send(world, ("c.pdf", forms.pdf + b"\n"), lang="en").text
    assert 'data-state="NOT_GENUINE"' in page
    assert "Something was added after the seal" in page
    assert re.findall(r'data-passed="(\w+)">([^<:]+): ([^<]+)<', page) == [
        ("true", "Format", "passed"),
        ("false", "Signature or seal", "failed"),
        ("null", "Issuing key", "could not be checked"),
        ("null", "Dates", "could not be checked"),
        ("null", "Revocation status", "could not be checked"),
        ("null", "Public log", "could not be checked"),
    ]
    assert forms.who.name not in page


def test_five_megabytes_a_file(held: tuple[World, Evidence]) -> None:
    world, _ = held
    page = send(world, ("large.pdf", b"%PDF-" + b" " * MOST_BYTES))
    assert 'data-state="CANNOT_CHECK"' in page.text
    assert "文件超过 5 MB" in page.text


def test_fifty_megabytes_are_refused_before_they_are_read(held: tuple[World, Evidence]) -> None:
    world, _ = held

    class Untouched(io.RawIOBase):
        def readable(self) -> bool:
            return True

        def readinto(self, _buffer: Any) -> int:
            raise AssertionError("the body was read")

    answer = world.client().post(
        "/verify/files", content_type="multipart/form-data; boundary=x",
        environ_overrides={"CONTENT_LENGTH": str(50 * 1024 * 1024 + 1), "wsgi.input": Untouched()},
    )  # fmt: skip
    assert answer.status_code == 413
    assert "一次最多 50 MB" in answer.text
    # Everywhere else the limit of the application stands.
    assert world.client().post("/verify/photo", data=b"x" * (7 * 1024 * 1024)).status_code == 413


def test_nothing_and_too_many(held: tuple[World, Evidence]) -> None:
    world, forms = held
    assert send(world).status_code == 422
    assert send(world, *[(f"{i}.json", b"{}") for i in range(51)]).status_code == 422
    lines = "\n".join(f"{NUMBER} 甲" for _ in range(60))
    assert send(world, ("c.json", forms.credential), lines=lines).status_code == 422


@pytest.mark.row(51)
def test_a_batch_has_a_row_for_each_and_one_bad_item_stops_nothing(held: tuple[World, Evidence]) -> None:
    world, forms = held
    sent = [
        ("=HYPERLINK(1).pdf", forms.pdf), ("broken.pdf", forms.pdf[:500]), ("empty.json", b""), ("a.jpg", b"\xff\xd8\xff"),
        ("c.json", forms.credential), ("word.docx", b"PK\x03\x04" * 50), ("photo.jpg", jpeg(forms.address)),
    ]  # fmt: skip
    lines = f"{NUMBER} {forms.who.name}\n\nY000050000123263000077, 无此人\n乱写的一行\n{NUMBER}\t张三"
    found = rows(send(world, *sent, lines=lines, **{"as": "csv"}))
    assert [(row["文件或行"], row["代码"]) for row in found] == [
        ("'=HYPERLINK(1).pdf", "VALID"), ("broken.pdf", "NOT_GENUINE"), ("empty.json", "CANNOT_CHECK"),
        ("a.jpg", "CANNOT_CHECK"), ("c.json", "VALID"), ("word.docx", "CANNOT_CHECK"), ("photo.jpg", "VALID"),
        (f"{NUMBER} {forms.who.name}", "VALID"), ("Y000050000123263000077, 无此人", "NO_MATCH"),
        ("乱写的一行", "CANNOT_CHECK"), (f"{NUMBER}\t张三", "CANNOT_CHECK"),
    ]  # fmt: skip
    good = [row for row in found if row["代码"] == "VALID"]
    assert {(row["姓名"], row["证书编号"], row["日志序号/总数"]) for row in good} == {(forms.who.name, NUMBER, "0/1")}
    assert {row["核验时间"] for row in found} == {"2026-11-23 12:00:00 +08:00"}
    page = send(world, *sent, lines=lines).text
    assert "有效 4" in page
    assert "无效或有问题 1" in page
    assert "未能核验 6" in page
    link = re.search(r'href="(data:text/csv[^"]+)" download', page)
    assert link is not None
    plain = world.client().post(
        "/api/v1/verifications/files", data={"files": [(io.BytesIO(forms.pdf), "c.pdf")], "lines": lines}
    )
    assert [entry["state"] for entry in plain.json] == ["VALID", "VALID", "NO_MATCH", "CANNOT_CHECK", "CANNOT_CHECK"]


def test_a_list_is_no_way_to_try_names(held: tuple[World, Evidence]) -> None:
    """Unknown number and wrong name are one answer; the last four do not count; one name for a number."""
    world, forms = held
    wrong, unknown, four = (
        rows(send(world, lines=line, **{"as": "csv"}))[0]
        for line in (f"{NUMBER} 李四", "Y000050000123263000099 李四", f"{NUMBER} {forms.who.number[-4:]}")
    )
    del wrong["文件或行"], unknown["文件或行"], four["文件或行"]
    assert wrong == unknown == four
    assert wrong["代码"] == "NO_MATCH"
    tried = rows(send(world, lines=f"{NUMBER} 李四\n{NUMBER} {forms.who.name}\n{NUMBER} 李四", **{"as": "csv"}))
    assert [row["代码"] for row in tried] == ["NO_MATCH", "CANNOT_CHECK", "NO_MATCH"]


def test_lines_as_people_paste_them() -> None:
    text = " y0000 阿依古丽·买买提 \r\nS1-2,Ann Lee\n\nS1-3；王 五\n123 x\n只有名字\n" + "S9-1 a\n" * 80
    lines = many.read_lines(text)
    assert [(line.number, line.name) for line in lines[:3]] == [
        ("Y0000", "阿依古丽·买买提"), ("S1-2", "Ann Lee"), ("S1-3", "王 五"),
    ]  # fmt: skip
    assert [line.number for line in lines[3:5]] == ["", ""]
    assert len(lines) == many.MOST_ITEMS + 1


def test_time_and_memory_are_bounded(held: tuple[World, Evidence], monkeypatch: pytest.MonkeyPatch) -> None:
    world, forms = held
    with world.app.test_request_context():
        sent = [FileStorage(io.BytesIO(b"%PDF-" + bytes(MOST_BYTES - 10)), f"{i}.pdf") for i in range(8)]
        tracemalloc.start()
        states = [item.answer.reason for item in files._judged(sent, [])]
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
    assert states == ["no_seal"] * 8
    assert peak < 3 * MOST_BYTES
    monkeypatch.setattr(files, "SECONDS_ALL", -1.0)
    found = rows(send(world, ("a.pdf", forms.pdf), lines=f"{NUMBER} {forms.who.name}", **{"as": "csv"}))
    assert [(row["代码"], "单独再传" in row["说明"]) for row in found] == [("CANNOT_CHECK", True), ("VALID", False)]


def test_a_revoked_one_is_told_with_class_and_way_out(lite: World) -> None:
    forms = evidence(lite)
    lite.perform(take_back, number=NUMBER, move="revoke", reason="fraud")
    page = send(lite, ("c.pdf", forms.pdf)).text
    assert f'data-state="{State.REVOKED}"' in page
    for fact in ("人工智能训练师", "三级/高级工", "弄虚作假", "可向发证机构申请复核，对结果不服可向人力社保部门投诉"):
        assert fact in page
    assert "替考" not in page


def test_it_is_limited(lite: World) -> None:
    client = lite.client()
    codes = [client.post("/verify/files", data={"lines": "x"}).status_code for _ in range(14)]
    assert codes[-1] == 429
    assert codes[0] == 200
