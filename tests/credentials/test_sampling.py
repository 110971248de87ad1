"""The auditor's sample: nobody steers it, anybody draws it again, and what was drawn stays drawn."""

from __future__ import annotations

import hashlib
import io
import json
import subprocess
import zipfile
from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select, text

from skills.accounts.rules import Role
from skills.credentials import actions, working_paper
from skills.credentials.actions.sampling import (
    close_sample,
    draw_sample,
    give_up_sample,
    plan_sample,
    record_finding,
    take_files,
)
from skills.credentials.commands import redraw
from skills.credentials.inspection.attachments import files_of
from skills.credentials.inspection.look import inspect
from skills.credentials.queries import by_id, certificate
from skills.credentials.queries import sampling as queries
from skills.credentials.rules.sampling import (
    MOST_DRAWN,
    Case,
    Facts,
    NoPopulation,
    Risk,
    announces,
    digest,
    draw,
    key,
    read,
    weight,
    write,
)
from skills.kernel import log
from skills.kernel.audit import AuditEntry
from skills.kernel.db import writing
from skills.people.actions import rename
from tests.courses.test_views import Visitors, press, visitors
from tests.credentials.evidence import now, trusting
from tests.credentials.test_actions import ABOVE, claims_for, issue, supersede, take_back
from tests.people_and_bodies import acting, body, someone
from tests.world import World

__all__ = ["visitors"]
RISK = Risk(high_level=2, issuer=3, changed=3, burst=1, burst_size=30)
CASES = st.lists(
    st.builds(Case, st.from_regex(r"[A-Z0-9-]{1,22}", fullmatch=True), st.integers(1, 9)), min_size=1, max_size=40,
    unique_by=lambda case: case.number,
)  # fmt: skip


# rules ----------------------------------------------------------------------------------------------------------------


@given(cases=CASES, seed=st.text(min_size=1, max_size=20), size=st.integers(1, 30))
def test_the_sample_depends_on_seed_and_population_alone(cases: list[Case], seed: str, size: int) -> None:
    first = draw(cases, seed, size)
    assert draw(list(reversed(cases)), seed, size) == first
    assert len(first) == min(size, len(cases))
    assert draw(cases, seed, size + 1)[: len(first)] == first
    assert [d.key for d in first] == sorted(d.key for d in first)
    left = [case for case in cases if case.number not in {d.number for d in first}]
    assert all(key(seed, case) >= first[-1].key for case in left)


@given(cases=CASES, cut=st.integers(0, 400))
def test_the_population_file_is_read_as_it_was_written_or_not_at_all(cases: list[Case], cut: int) -> None:
    data = write(cases)
    assert read(data) == sorted(cases, key=lambda case: case.number)
    assert digest(cases) == hashlib.sha256(data).hexdigest()
    changed = bytearray(data)
    changed[cut % len(data)] ^= 1
    try:
        other = read(bytes(changed))
    except NoPopulation:
        return
    assert digest(other) != digest(cases)


def test_another_program_draws_the_same() -> None:
    """With sha256sum, lot by lot."""
    cases = [Case("Y000050000123263000001", 1), Case("Y000050000123263000002", 3), Case("S1", 2)]

    def lot(number: str, place: int) -> str:
        line = f"第三次会议 2026\n{number}\n{place}".encode()
        return subprocess.run(["sha256sum"], input=line, capture_output=True, check=True).stdout.decode().split()[0]

    expected = sorted((min(lot(c.number, i + 1) for i in range(c.weight)), c.number) for c in cases)
    assert [(d.key, d.number) for d in draw(cases, "第三次会议 2026", 3)] == expected


def test_weight_is_likelihood() -> None:
    """A case of weight 3 among six of weight 1 comes first in three ninths of all seeds."""
    cases = [Case("heavy", 3), *(Case(f"light-{i}", 1) for i in range(6))]
    first = Counter(draw(cases, f"seed {i}", 1)[0].number for i in range(3_000))
    assert 900 < first["heavy"] < 1_100
    assert all(270 < first[f"light-{i}"] < 400 for i in range(6))


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        (Facts(4, False, False, 30), 1),
        (Facts(5, False, False, 1), 3),
        (Facts(None, True, False, 1), 4),
        (Facts(2, False, True, 31), 5),
        (Facts(8, True, True, 99), 10),
    ],
)
def test_weights_follow_the_policy(facts: Facts, expected: int) -> None:
    assert weight(facts, RISK) == expected
    assert weight(facts, None) == 1


@pytest.mark.parametrize(
    "data", [b"", b"number,weight\nA,1", b"number,weight\nB,1\nA,1\n", b"number,weight\nA,1\nA,1\n", b"A,1\n",
             b"number,weight\nA,0\n", b"number,weight\nA,101\n", b"number,weight\nA,01\n", "number,weight\n甲,1\n".encode(),
             b"number,weight\nA,1,2\n", b"\xff\xfe"],
)  # fmt: skip
def test_what_is_no_population(data: bytes) -> None:
    with pytest.raises(NoPopulation):
        read(data)


# on record ------------------------------------------------------------------------------------------------------------


def several(world: World, count: int = 12) -> str:
    """Certificates of one body, every fourth of a high level."""
    issuer = body(world)
    for order in range(1, count + 1):
        who = someone(world, order, name="考生" + "一二三四五六七八九十"[order % 10] * (1 + order // 10))
        rank, digit = (6, 1) if order % 4 == 0 else (4, 3)
        claims = replace(claims_for(world, who, number=f"Y00005000012326{digit}{order:06d}"), level_rank=rank)
        world.perform(issue, claims=claims, person_id=who.id, issuer_id=issuer)
    world.seal()
    return issuer


def planned(world: World, **more: object) -> str:
    order = {"size": 4, "purpose": "第四季度抽查", "by_risk": True, **more}
    return str(world.perform(plan_sample, actor=acting(Role.AUDITOR), **order).sample_id)


def held_of(world: World, sample_id: str) -> queries.SampleLine:
    found: queries.SampleLine = world.ask(queries.sample, sample_id)
    return found


def sampled(world: World, **more: object) -> queries.SampleLine:
    sample_id = planned(world, **more)
    world.seal()
    world.perform(draw_sample, actor=acting(Role.AUDITOR), sample_id=sample_id)
    return held_of(world, sample_id)


def found(world: World, held: queries.SampleLine, place: int, finding: str = "in_order", remark: str = "") -> None:
    order = {"sample_id": held.id, "place": place, "finding": finding, "remark": remark}
    world.perform(record_finding, actor=acting(Role.AUDITOR), **order)


def cases_of(world: World, held: queries.SampleLine) -> list[Case]:
    return list(world.ask(queries.population_of, held).values())


def test_nobody_knows_the_seed_while_the_plan_can_be_changed(world: World) -> None:
    """The seed is the root of the first head over the plan: later heads, other plans and the auditor's wish are nothing."""
    several(world)
    before = world.ask(lambda db: log.head(db, log.AUDIT).note)
    sample_id = planned(world)
    with world.refused("audit_sample.not_yet"):
        world.perform(draw_sample, actor=acting(Role.AUDITOR), sample_id=sample_id)
    world.seal()
    first = world.ask(lambda db: log.head(db, log.AUDIT).note)
    # However often the log goes on before somebody draws.
    for _ in range(3):
        planned(world)
        world.seal()
    world.perform(draw_sample, actor=acting(Role.AUDITOR), sample_id=sample_id)
    held = held_of(world, sample_id)
    assert held.announced is not None
    assert held.announced.checkpoint == first != before
    assert held.seed == first.splitlines()[2]
    assert int(before.splitlines()[1]) <= held.announced.index < int(first.splitlines()[1])
    assert announces(held.announced, held.seed, held.digest, held.size)
    with world.refused("audit_sample.cannot_draw"):
        world.perform(draw_sample, actor=acting(Role.AUDITOR), sample_id=sample_id)
    with world.refused("audit_sample.cannot_give_up"):
        world.perform(give_up_sample, actor=acting(Role.AUDITOR), sample_id=sample_id, reason="不喜欢")
    world.holds(ABOVE)


def test_what_does_not_announce_a_plan(lite: World) -> None:
    several(lite, 3)
    held = sampled(lite, size=2)
    said = held.announced
    assert said is not None
    other = sampled(lite, size=2).announced
    assert other is not None
    lines = said.checkpoint.splitlines(keepends=True)
    for wrong in (
        replace(said, entry=said.entry.replace(held.digest, "0" * 64)), replace(said, entry=other.entry), replace(said, entry="{}"),
        replace(said, index=said.index + 1), replace(said, hashes=said.hashes[:-1]), replace(said, hashes=("xy", *said.hashes)),
        replace(said, checkpoint=other.checkpoint), replace(said, checkpoint=""), replace(said, checkpoint="".join(lines[:1]) + "x\n\n\n"),
    ):  # fmt: skip
        assert not announces(wrong, held.seed, held.digest, held.size)
    assert not announces(said, held.seed, held.digest, held.size + 1)
    assert not announces(said, held.seed, "0" * 64, held.size)
    assert not announces(said, held.seed[::-1], held.digest, held.size)
    assert announces(said, held.seed, held.digest, held.size)
    lite.holds(ABOVE)


def test_a_sample_can_be_drawn_again_whatever_happens_later(world: World) -> None:
    issuer = several(world)
    held = sampled(world)
    assert (held.population, len(held.cases)) == (12, 4)
    assert {case.verdict for case in held.cases} == {"VALID"}
    assert all(case.log_index is not None for case in held.cases)
    assert {case.weight for case in cases_of(world, held)} == {1, 3}
    # Later: another certificate, a suspension, and a corrected one that takes a number over.
    world.clock.forward(hours=1)
    who = someone(world, 40, name="后来者")
    world.perform(issue, claims=claims_for(world, who, number="Y000050000123263000099"), person_id=who.id, issuer_id=issuer)
    admin = acting(Role.BODY_ADMIN, "first", organisation=issuer)
    suspended, corrected, revoked = held.cases[:3]
    world.perform(actions.suspend, actor=admin, number=suspended.number, reason="error")
    world.perform(take_back, number=revoked.number, move="revoke", reason="fraud")
    holder = world.ask(certificate, corrected.number).person_id
    world.perform(rename, person_id=holder, name="考生改", reason="户口簿")
    heir = replace(world.ask(by_id, corrected.certificate_id).claims, holder_name="考生改")
    world.perform(supersede, number=corrected.number, claims=heir)
    world.clock.forward(hours=1)
    again = cases_of(world, held)
    assert digest(again) == held.digest
    assert draw(again, held.seed, held.size) == queries.drawn(held)
    after = sampled(world, size=13)
    assert after.population == 13, "a number that passed on stands there once"
    assert len({case.number for case in after.cases}) == 13
    assert {case.verdict for case in after.cases} == {"VALID", "SUSPENDED", "REVOKED"}
    assert corrected.certificate_id not in {case.certificate_id for case in after.cases}
    for case in after.cases:
        changed = case.number in (suspended.number, revoked.number)
        assert case.weight == 4 + 2 * (case.number[15] == "1") + 3 * changed
    world.holds(ABOVE)


def test_every_certificate_gets_its_finding_and_then_nothing_changes(world: World) -> None:
    several(world, 4)
    held = sampled(world, size=3)
    close = {"actor": acting(Role.AUDITOR), "sample_id": held.id, "conclusion": "总体可靠"}
    found(world, held, 1)
    found(world, held, 2, "flawed", "成绩单缺一页")
    with world.refused("audit_sample.cases_open") as refused:
        world.perform(close_sample, **close)
    assert refused[0].facts["left"] == 1
    found(world, held, 3, "wrong", "照片与案卷不符")
    found(world, held, 2, "in_order")  # the page was found
    for finding, remark, code in (
        ("flawed", " ", "audit_finding.remark_needed"), ("wrong", "", "audit_finding.remark_needed"),
        ("open", "", "audit_finding.unknown_kind"), ("x", "", "audit_finding.unknown_kind"),
        ("flawed", "字" * 401, "audit_finding.too_long"),
    ):  # fmt: skip
        with world.refused(code):
            found(world, held, 1, finding, remark)
    with world.refused("audit_case.unknown"):
        found(world, held, 4)
    with world.refused("audit_sample.words_needed"):
        world.perform(close_sample, **{**close, "conclusion": "  "})
    world.perform(close_sample, **close)
    ended = held_of(world, held.id)
    assert (ended.state, ended.conclusion) == ("closed", "总体可靠")
    assert [(case.state, case.remark) for case in ended.cases] == [
        ("in_order", ""), ("in_order", ""), ("wrong", "照片与案卷不符"),
    ]  # fmt: skip
    with world.refused("audit_sample.not_under_review"):
        found(world, held, 1, "wrong", "后来")
    with world.refused("audit_sample.cannot_close"):
        world.perform(close_sample, **close)
    with world.db() as db:
        notes = [note for (held_notes,) in db.execute(select(AuditEntry.notes)) for note in held_notes]
    assert [n["in_order"] for n in notes if n["event"] == "audit.close_sample"] == [2]
    assert len([n for n in notes if n["event"].startswith("audit_finding.")]) == 4
    world.holds(ABOVE)


def test_a_plan_may_be_given_up_and_stays_on_record(lite: World) -> None:
    several(lite, 2)
    sample_id = planned(lite)
    with lite.refused("audit_sample.words_needed"):
        lite.perform(give_up_sample, actor=acting(Role.AUDITOR), sample_id=sample_id, reason="")
    lite.perform(give_up_sample, actor=acting(Role.AUDITOR), sample_id=sample_id, reason="范围写错")
    lite.seal()
    with lite.refused("audit_sample.cannot_draw"):
        lite.perform(draw_sample, actor=acting(Role.AUDITOR), sample_id=sample_id)
    with lite.refused("audit_sample.not_drawn"):
        lite.perform(take_files, actor=acting(Role.AUDITOR), sample_id=sample_id)
    assert held_of(lite, sample_id).conclusion == "范围写错"
    lite.holds(ABOVE)


CHANGES = {
    "update certificate set number = 'Y000050000123263000077' where number like '%03'": "the register gives another population",
    "update audit_sample set size = 3": "its seed is not the root of that head, or the plan was another",
    "update audit_sample set seed = 'QUJD'": "its seed is not the root of that head",
    "update audit_sample set checkpoint = (select note from log_checkpoint where stream = 'audit' order by size limit 1)":
        "its head is not the first",
    "update audit_case set key = replace(key, substr(key, 1, 4), '0000') where place = 1": "other cases than the seed draws",
    "delete from audit_case where place = 4": "other cases than the seed draws",
    "update audit_case set number = 'Y000050000123263000078' where place = 2": "other cases than the seed draws",
    "update audit_sample set state = 'closed'": "closed before every certificate had its finding",
    "update audit_sample set state = 'planned'": "something was drawn, but it is planned",
}  # fmt: skip


@pytest.mark.parametrize("change", CHANGES)
def test_what_an_insider_changes_is_named(change: str, lite: World) -> None:
    several(lite)
    held = sampled(lite, by_risk=False)
    with writing(lite.engine) as db:
        db.execute(text(change))
    [said] = lite.violations(ABOVE)["credentials.samples_drawn_again"]
    assert said.startswith(f"{held.id}: ")
    assert CHANGES[change] in said


def test_what_is_refused(lite: World) -> None:
    several(lite, 2)
    for order, code in (
        ({"size": 0}, "audit_sample.size"), ({"size": MOST_DRAWN + 1}, "audit_sample.size"),
        ({"kind": "completion"}, "audit_sample.nobody"),
    ):  # fmt: skip
        with lite.refused(code):
            planned(lite, **order)
    sample_id = planned(lite)
    lite.seal()
    with lite.refused("not_allowed"):
        lite.perform(plan_sample, actor=acting(Role.GOV_CHECKER), size=1, purpose="", by_risk=False)
    for work, more in ((draw_sample, {}), (give_up_sample, {"reason": "x"}), (close_sample, {"conclusion": "x"}), (take_files, {})):
        with lite.refused("not_allowed"):
            lite.perform(work, actor=acting(Role.GOV_CHECKER), sample_id=sample_id, **more)


# pages and the command ------------------------------------------------------------------------------------------------


def again(*args: str) -> Result:
    return CliRunner().invoke(redraw, args)


def test_the_auditor_plans_draws_reviews_and_closes(visitors: Visitors, tmp_path: Path) -> None:
    lite = visitors.world
    several(lite)
    lite.run_jobs()
    client = visitors.come(acting(Role.AUDITOR))
    order = {"kind": "", "issuer_id": "", "since": "", "until": "", "size": "3", "by_risk": "y"}
    assert press(client, "/audit/samples", "/audit/samples", **order).status_code == 422, "a purpose is needed"
    made = press(client, "/audit/samples", "/audit/samples", **order, purpose="年度抽查")
    assert made.status_code == 303
    place = made.location
    assert "正在进入签名日志" in client.get(place).text
    assert client.get(f"{place}/working-paper.pdf").status_code == 409
    lite.seal()
    assert press(client, place, f"{place}/draw").status_code == 303
    assert "总体、种子和样本都与记录一致" in client.get(place).text
    csv = client.get(f"{place}/population.csv").data
    assert len(read(csv)) == 12
    # Three findings, one of them first without the words it needs; each leads on to the next.
    answer = press(client, f"{place}/cases/1", f"{place}/cases/1", finding="wrong")
    assert answer.status_code == 422
    assert "须写明发现了什么" in answer.text
    answer = press(client, f"{place}/cases/1", f"{place}/cases/1", finding="wrong", remark="等级与案卷不符")
    assert answer.location == f"{place}/cases/2"
    draft = client.get(f"{place}/working-paper.pdf").data
    assert press(client, f"{place}/cases/2", f"{place}/cases/2", finding="in_order").location == f"{place}/cases/3"
    assert press(client, f"{place}/cases/3", f"{place}/cases/3", finding="in_order").location == place
    assert press(client, place, f"{place}/close", words="").status_code == 422
    assert press(client, place, f"{place}/close", words="一张须更正").status_code == 303
    assert "一张须更正" in client.get(place).text
    assert "已办结，不能再改" in client.get(f"{place}/cases/1").text
    assert 'type="radio"' not in client.get(f"{place}/cases/1").text
    # The working paper: sealed, complete, and enough for whoever draws again elsewhere.
    paper = client.get(f"{place}/working-paper.pdf").data
    assert inspect(paper, trusting(lite), now(lite)).reason == "not_certificate"  # a seal of ours, on no certificate
    assert files_of(paper)["population.csv"] == csv
    (tmp_path / "paper.pdf").write_bytes(paper)
    (tmp_path / "population.csv").write_bytes(csv)
    said = json.loads(files_of(paper)["sample.json"])
    drawn = [case["number"] for case in said["cases"]]
    vkey = lite.client().get("/log/audit/vkey").text.splitlines()[0]
    done = again(str(tmp_path / "paper.pdf"), "--vkey", vkey)
    assert done.exit_code == 0, done.output
    assert all(number in done.output for number in drawn)
    assert again(str(tmp_path / "paper.pdf"), "--vkey", lite.client().get("/log/vkey").text.splitlines()[0]).exit_code == 1
    done = again(str(tmp_path / "population.csv"), "--seed", said["seed"], "--size", "3")
    assert [line.split()[1] for line in done.output.splitlines()[1:]] == drawn
    assert again(str(tmp_path / "population.csv"), "--seed", "other", "--size", "3").output != done.output
    told, unfinished = words_of(paper, tmp_path), words_of(draft, tmp_path)
    for number in drawn:
        assert number in told
    for wanted in ("年度抽查", "等级与案卷不符", "一张须更正", "不符1张", "相符2张"):
        assert wanted in told, wanted
    assert "未办结" in unfinished
    assert "未办结" not in told
    assert "考生" not in told
    # The files, which stands on record.
    archive = press(client, place, f"{place}/files")
    with zipfile.ZipFile(io.BytesIO(archive.data)) as packed:
        assert len(packed.namelist()) == 15
        for order, number in enumerate(drawn, start=1):
            folder = f"{order:03d}-{number}/"
            verdict = json.loads(packed.read(folder + "verdict.json"))
            assert (verdict["state"], verdict["number"]) == ("VALID", number)
            assert packed.read(folder + "certificate.pdf").startswith(b"%PDF-")
    with lite.db() as db:
        taken = db.scalars(select(AuditEntry.notes).where(AuditEntry.action == take_files.name)).all()
    assert [[note["event"] for note in notes] for notes in taken] == [["audit.take_files"]]
    lite.holds(ABOVE)


def words_of(paper: bytes, folder: Path) -> str:
    """The text of a PDF, without blanks."""
    (folder / "words.pdf").write_bytes(paper)
    told = subprocess.run(["pdftotext", "-layout", str(folder / "words.pdf"), "-"], capture_output=True, text=True, check=True)
    return "".join(told.stdout.split())


def test_a_paper_whose_list_was_changed_is_refused(lite: World, tmp_path: Path) -> None:
    several(lite, 3)
    held = sampled(lite, size=2)
    assert held.announced is not None
    population = write(cases_of(lite, held))
    other = sampled(lite, size=2).announced
    (tmp_path / "p.pdf").write_bytes(working_paper.pdf(held, population, "", "localhost"))
    assert again(str(tmp_path / "p.pdf")).exit_code == 0
    for altered, listed in (
        (held, population.replace(b",1\n", b",2\n", 1)), (replace(held, cases=held.cases[::-1]), population),
        (replace(held, announced=other), population), (replace(held, seed="chosen"), population),
        (replace(held, announced=replace(held.announced, hashes=())), population),
    ):  # fmt: skip
        (tmp_path / "p.pdf").write_bytes(working_paper.pdf(altered, listed, "", "localhost"))
        assert again(str(tmp_path / "p.pdf")).exit_code == 1
    (tmp_path / "p.pdf").write_bytes(b"%PDF-1.7 nonsense")
    assert again(str(tmp_path / "p.pdf")).exit_code == 2
    assert again(str(tmp_path / "p.pdf"), "--seed", "x").exit_code == 2


def test_only_auditors_see_samples(visitors: Visitors) -> None:
    lite = visitors.world
    several(lite, 2)
    held = sampled(lite)
    place = f"/audit/samples/{held.id}"
    for role in (Role.GOV_CLERK, Role.FINANCE, Role.AUDIT_ADMIN):
        client = visitors.come(acting(role))
        for path in ("/audit/samples", place, f"{place}/cases/1", f"{place}/population.csv", f"{place}/working-paper.pdf"):
            assert client.get(path).status_code == 403
    auditor = visitors.come(acting(Role.AUDITOR))
    for path in ("/audit/samples/unknown", f"{place}/cases/9", "/audit/samples/unknown/cases/1"):
        assert auditor.get(path).status_code == 404
