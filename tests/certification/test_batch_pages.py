"""The page of an exam's certificates: preview, progress, what stopped some, all papers as one file, lists."""

from __future__ import annotations

import csv
import hashlib
import io
import subprocess
import zipfile
from dataclasses import replace
from typing import Any

import pytest
import zxingcpp
from PIL import Image
from sqlalchemy import select, update

from skills.accounts.rules import Role
from skills.certification.actions import awards
from skills.certification.models import Award, NumberSeries
from skills.certification.queries import batches, exams
from skills.certification.views import certificates
from skills.credentials import paper
from skills.kernel.db import writing
from skills.kernel.jobs import Job
from skills.people.actions import rename
from tests.certification.stage import Stage
from tests.certification.test_batches import noticed, odd_graduate
from tests.courses.test_views import Visitors, press, text_of, visitors
from tests.people_and_bodies import acting

__all__ = ["visitors"]


@pytest.fixture
def stage(visitors: Visitors) -> Stage:
    return Stage(visitors.world)


def desk(visitors: Visitors, stage: Stage) -> Any:
    return visitors.come(acting(Role.BODY_ADMIN, "b-admin", organisation=stage.body))


def test_the_first_is_seen_before_any_number_is_drawn(visitors: Visitors, stage: Stage) -> None:
    world = visitors.world
    sitting, _ = noticed(stage, [stage.graduate(), stage.graduate()])
    admin = desk(visitors, stage)
    page = f"/ent/plans/{sitting}/certificates"
    assert page in text_of(admin.get(f"/ent/plans/{sitting}"))
    assert "预览第一张" in text_of(admin.get(page))
    answer = admin.get(f"{page}/preview.pdf")
    assert answer.mimetype == "application/pdf"
    told = subprocess.run(["pdftotext", "-layout", "-", "-"], input=answer.data, capture_output=True, check=True)
    said = told.stdout.decode()
    assert "预览，非有效证书" in said
    assert "XXXXXX" in said.replace(" ", "")
    made = subprocess.run(
        ["pdftoppm", "-r", "110", "-png", "-singlefile", "-"], input=answer.data, capture_output=True, check=True
    )
    [code] = zxingcpp.read_barcodes(Image.open(io.BytesIO(made.stdout)))
    fragment = code.text.partition("#")[2]
    assert set(fragment) == {"A"}, "nobody signed what it holds"
    assert b"/ByteRange" not in answer.data, "it is not sealed"
    with world.db() as db:
        assert db.scalars(select(NumberSeries).where(NumberSeries.name.like("certificate:%"))).all() == []
        assert db.scalars(select(Award)).all() == []


def test_progress_from_numbers_to_papers_and_all_papers_as_one_file(
    visitors: Visitors, stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    world = visitors.world
    sitting, _ = noticed(stage, [stage.graduate() for _ in range(3)])
    world.perform(awards.conclude, actor=stage.admin, sitting_id=sitting)
    admin = desk(visitors, stage)
    page = f"/ent/plans/{sitting}/certificates"
    assert "刷新进度" in text_of(admin.get(page))
    api = f"/api/v1/plans/{sitting}/certificates"
    steps = []
    from skills.kernel import jobs

    for but in (frozenset({"credentials.print"}), frozenset()):
        steps.append(admin.get(api).get_json())
        jobs.run_due(world.office, but=but)
        world.seal()
    steps.append(admin.get(api).get_json())
    assert [(s["waiting"], s["numbered"], s["printed"]) for s in steps] == [(3, 0, 0), (0, 3, 0), (0, 3, 3)]
    shown = text_of(admin.get(page))
    assert "全部完成" in shown
    assert "刷新进度" not in shown

    answer = admin.get(f"{page}/papers.zip")
    with zipfile.ZipFile(io.BytesIO(answer.data)) as archive:
        assert archive.testzip() is None
        names = archive.namelist()
        listed = list(csv.reader(io.StringIO(archive.read("print-list.csv").decode("utf-8-sig"))))[2:]
        line = world.ask(exams.sitting, sitting)
        found = world.ask(batches.papers, line)
        assert names == ["print-list.csv", *(f"{n:04d}-{one.number}.pdf" for n, one in enumerate(found, 1))]
        assert [one.number for one in found] == sorted(one.number for one in found)
        for row, one in zip(listed, found, strict=True):
            assert row == [row[0], one.number, row[2], one.digest, one.serial]
            assert hashlib.sha256(archive.read(row[2])).hexdigest() == one.digest
    monkeypatch.setattr(certificates, "PAGE", 2)
    shown = [text_of(admin.get(f"{page}?from={start}")) for start in (0, 2, "x", -9, 10**30)]
    assert [[one.number in text for one in found].count(True) for text in shown] == [2, 1, 2, 2, 0]
    assert "下一页" in shown[0]
    assert "上一页" in shown[1]
    assert "下一页" not in shown[1]
    hand_out = text_of(admin.get(f"{page}/hand-out"))
    for one in found:
        assert one.number in hand_out
    assert "领取人签名" in hand_out
    passes = admin.get(f"{api}/passes").get_json()
    assert [p["stage"] for p in passes] == ["printed"] * 3
    world.holds()


def test_what_was_refused_is_named_and_tried_again(visitors: Visitors, stage: Stage) -> None:
    world = visitors.world
    odd = odd_graduate(stage)
    sitting, _ = noticed(stage, [stage.graduate(), odd])
    world.perform(awards.conclude, actor=stage.admin, sitting_id=sitting)
    world.run_jobs()
    admin = desk(visitors, stage)
    page = f"/ent/plans/{sitting}/certificates"
    shown = text_of(admin.get(page))
    assert "需要处理（1）" in shown
    assert "U+30001" in shown
    assert "请联系系统管理员安装包含这些字的字体" in shown
    assert "再试" in text_of(admin.get(f"/ent/plans/{sitting}"))
    world.perform(rename, actor=world.actor("person.register"), person_id=odd, name="王一", reason="更正")
    assert press(admin, page, f"{page}/again").status_code == 303
    world.run_jobs()
    assert "全部完成" in text_of(admin.get(page))
    world.holds()


def test_a_paper_that_fails_its_checks_is_named_and_printed_again(
    visitors: Visitors, stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    world = visitors.world
    sitting, _ = noticed(stage, [stage.graduate(), stage.graduate()])
    world.perform(awards.conclude, actor=stage.admin, sitting_id=sitting)
    sound = paper.fill
    monkeypatch.setattr(paper, "fill", lambda sheet: sound(replace(sheet, badge=b"{}")))
    world.run_jobs()
    admin = desk(visitors, stage)
    page = f"/ent/plans/{sitting}/certificates"
    shown = text_of(admin.get(page))
    assert "需要处理（2）" in shown
    assert "附件 credential.json 缺失" in shown
    assert admin.get(f"{page}/papers.zip").status_code == 409
    with world.db() as db:
        [problem, _] = db.scalars(select(Job.problem).where(Job.name == "credentials.print")).all()
    assert problem == "certificate.lint_paper lint.L104"
    monkeypatch.undo()
    assert press(visitors.come(acting(Role.BODY_ADMIN, "b-2", organisation=stage.body)), page, f"{page}/again")
    world.run_jobs()
    world.holds()


def test_what_nobody_works_on_any_more_is_told_and_ordered_again(visitors: Visitors, stage: Stage) -> None:
    world = visitors.world
    sitting, _ = noticed(stage, [stage.graduate(), stage.graduate()])
    world.perform(awards.conclude, actor=stage.admin, sitting_id=sitting)
    with writing(world.engine) as db:
        db.execute(update(Job).where(Job.name == "certification.award").values(state="failed", problem="busy"))
    admin = desk(visitors, stage)
    page = f"/ent/plans/{sitting}/certificates"
    shown = text_of(admin.get(page))
    assert "系统繁忙，有 2 份没有办完" in shown
    assert "刷新进度" not in shown, "nothing goes on"
    assert press(admin, page, f"{page}/again").status_code == 303
    assert "刷新进度" in text_of(admin.get(page))
    world.run_jobs()
    world.seal()
    world.run_jobs()
    assert "全部完成" in text_of(admin.get(page))
    world.holds()


def test_nobody_else_sees_a_bodys_batch(visitors: Visitors, stage: Stage) -> None:
    sitting, _ = noticed(stage, [stage.graduate()])
    stage.world.perform(awards.conclude, actor=stage.admin, sitting_id=sitting)
    stage.world.run_jobs()
    other = visitors.come(acting(Role.BODY_ADMIN, "other", organisation=stage.organisation("enterprise")))
    page = f"/ent/plans/{sitting}/certificates"
    for path in ("", "/preview.pdf", "/papers.zip", "/print-list.csv", "/hand-out"):
        assert other.get(page + path).status_code == 404, path
    assert other.get(f"/api/v1/plans/{sitting}/certificates").status_code == 404
    supervisor = visitors.come(acting(Role.INTERNAL_SUPERVISOR, "sup", organisation=stage.body))
    assert supervisor.get(page).status_code == 200
    assert supervisor.get(f"{page}/papers.zip").status_code == 403


def test_an_archive_is_never_whole_in_memory(tmp_path: Any) -> None:
    import tracemalloc

    from skills.certification.views.certificates import _archive
    from skills.credentials.held import seal_paper
    from skills.credentials.queries.makings import PrintedFile
    from skills.kernel.box import Box
    from skills.kernel.datakeys import DataKeys
    from skills.kernel.ids import SeededSource

    source = SeededSource("archive")
    box = Box({"a": b"a" * 32}, "a", b"i" * 32, source, DataKeys(tmp_path / "subjects.db", source))
    (tmp_path / "one.pdf").write_bytes(seal_paper(box, "c", 1, "p", b"x" * 4_000_000))
    found = [PrintedFile("c", 1, f"S{n:021d}", "one.pdf", "", 0, "") for n in range(40)]
    tracemalloc.start()
    total = sum(len(piece) for piece in _archive(box, tmp_path, found, b"list"))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert total > 160_000_000
    assert peak < 32_000_000, f"{peak:,} bytes at once for {total:,}"
