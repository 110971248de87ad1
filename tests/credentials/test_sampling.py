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
from sqlalchemy import text

from skills.accounts.rules import Role
from skills.credentials import actions
from skills.credentials.actions.sampling import draw_sample, take_files
from skills.credentials.commands import redraw
from skills.credentials.inspection.attachments import files_of
from skills.credentials.inspection.look import inspect
from skills.credentials.queries import sampling as queries
from skills.credentials.rules.sampling import (
    MOST_DRAWN,
    Case,
    Facts,
    NoPopulation,
    Risk,
    digest,
    draw,
    key,
    read,
    weight,
    write,
)
from skills.kernel.db import writing
from tests.courses.test_views import Visitors, press, visitors
from tests.credentials.evidence import now, trusting
from tests.credentials.test_actions import ABOVE, claims_for, issue, take_back
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
        (Facts("1", 4, False, False, 30), 1),
        (Facts("1", 5, False, False, 1), 3),
        (Facts("1", None, True, False, 1), 4),
        (Facts("1", 2, False, True, 31), 5),
        (Facts("1", 8, True, True, 99), 10),
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


def sampled(world: World, **more: object) -> queries.SampleLine:
    order = {"seed": "root", "size": 4, "purpose": "第四季度抽查", "by_risk": True, **more}
    made = world.perform(draw_sample, actor=acting(Role.AUDITOR), **order)
    found: queries.SampleLine = world.ask(queries.sample, made.sample_id)
    return found


def test_a_sample_can_be_drawn_again_whatever_happens_later(world: World) -> None:
    issuer = several(world)
    held = sampled(world)
    assert (held.population, len(held.cases)) == (12, 4)
    assert {case.state for case in held.cases} == {"VALID"}
    assert all(case.log_index is not None for case in held.cases)
    assert {case.weight for case in world.ask(queries.population_of, held)} == {1, 3}
    # Later: another certificate, a revocation for deceit, a suspension.
    world.clock.forward(hours=1)
    who = someone(world, 40, name="后来者")
    world.perform(issue, claims=claims_for(world, who, number="Y000050000123263000099"), person_id=who.id, issuer_id=issuer)
    admin = acting(Role.BODY_ADMIN, "first", organisation=issuer)
    world.perform(actions.suspend, actor=admin, number=held.cases[0].number, reason="error")
    world.perform(take_back, number=held.cases[1].number, move="revoke", reason="fraud")
    again = world.ask(queries.population_of, held)
    assert digest(again) == held.digest
    assert draw(again, held.seed, held.size) == queries.drawn(held)
    after = sampled(world)
    assert after.population == 13
    changed = {held.cases[0].number, held.cases[1].number}
    for case in world.ask(queries.population_of, after):
        assert case.weight == 4 + 2 * (case.number[15] == "1") + 3 * (case.number in changed)
    world.holds(ABOVE)


def test_a_register_that_was_changed_is_found_by_drawing_again(lite: World) -> None:
    several(lite)
    held = sampled(lite, by_risk=False)
    with writing(lite.engine) as db:
        db.execute(text("update certificate set number = 'Y000050000123263000077' where number like '%03'"))
    violations = lite.violations(ABOVE)["credentials.samples_drawn_again"]
    assert violations == [f"{held.id}: the register gives another population than the sample was drawn from"]
    with writing(lite.engine) as db:
        db.execute(text("update certificate set number = 'Y000050000123263000003' where number like '%77'"))
        cases = [case.__dict__ for case in held.cases]
        cases[0] = {**cases[0], "number": "Y000050000123263000001"}
        db.execute(text("update audit_sample set cases = :c"), {"c": json.dumps(cases)})
    assert lite.violations(ABOVE)["credentials.samples_drawn_again"] == [f"{held.id}: other cases than the seed draws"]


def test_what_is_refused(lite: World) -> None:
    several(lite, 2)
    for order, code in (
        ({"seed": " "}, "audit_sample.seed_needed"), ({"seed": "a\nb"}, "audit_sample.seed_needed"),
        ({"size": 0}, "audit_sample.size"), ({"size": MOST_DRAWN + 1}, "audit_sample.size"),
        ({"kind": "completion"}, "audit_sample.nobody"),
    ):  # fmt: skip
        with lite.refused(code):
            sampled(lite, **order)
    with lite.refused("not_allowed"):
        lite.perform(draw_sample, actor=acting(Role.GOV_CHECKER), seed="x", size=1, purpose="", by_risk=False)


# pages and the command ------------------------------------------------------------------------------------------------


def again(*args: str) -> Result:
    return CliRunner().invoke(redraw, args)


def test_the_auditor_draws_reads_and_takes_the_files(visitors: Visitors, tmp_path: Path) -> None:
    lite = visitors.world
    several(lite)
    lite.run_jobs()
    client = visitors.come(acting(Role.AUDITOR))
    page = client.get("/audit/samples").text
    root = lite.client().get("/log/checkpoint").text.splitlines()[2]
    assert root in page.replace("&#43;", "+")
    made = press(client, "/audit/samples", "/audit/samples", seed=root, size="3", purpose="年度抽查", by_risk="y", kind="", issuer_id="")
    assert made.status_code == 303
    shown = client.get(made.location).text
    assert "population and cases" in shown or "总体和样本都与记录一致" in shown
    csv = client.get(f"{made.location}/population.csv").data
    assert len(read(csv)) == 12
    paper = client.get(f"{made.location}/working-paper.pdf").data
    assert inspect(paper, trusting(lite), now(lite)).reason == "not_certificate"  # a seal of ours, on no certificate
    assert files_of(paper)["population.csv"] == csv
    # Elsewhere, with nothing but the paper; or with the population and the seed.
    (tmp_path / "paper.pdf").write_bytes(paper)
    (tmp_path / "population.csv").write_bytes(csv)
    drawn = [case["number"] for case in json.loads(files_of(paper)["sample.json"])["cases"]]
    done = again(str(tmp_path / "paper.pdf"))
    assert done.exit_code == 0, done.output
    assert all(number in done.output for number in drawn)
    done = again(str(tmp_path / "population.csv"), "--seed", root, "--size", "3")
    assert [line.split()[1] for line in done.output.splitlines()[1:]] == drawn
    assert again(str(tmp_path / "population.csv"), "--seed", "other", "--size", "3").output != done.output
    told = subprocess.run(["pdftotext", "-layout", str(tmp_path / "paper.pdf"), "-"], capture_output=True, text=True).stdout
    for number in drawn:
        assert number in told
    assert "考生" not in told
    assert "年度抽查" in told
    # The files, which stands on record.
    archive = press(client, made.location, f"{made.location}/files")
    with zipfile.ZipFile(io.BytesIO(archive.data)) as packed:
        names = packed.namelist()
        assert len(names) == 15
        for place, number in enumerate(drawn, start=1):
            folder = f"{place:03d}-{number}/"
            verdict = json.loads(packed.read(folder + "verdict.json"))
            assert (verdict["state"], verdict["number"]) == ("VALID", number)
            assert packed.read(folder + "certificate.pdf").startswith(b"%PDF-")
    with lite.db() as db:
        acts = db.execute(text("select action from audit_entry order by turn desc limit 1")).scalar()
    assert acts == take_files.name


def test_a_paper_whose_list_was_changed_is_refused(lite: World, tmp_path: Path) -> None:
    several(lite, 3)
    held = sampled(lite, size=2)
    population = write(lite.ask(queries.population_of, held))
    from skills.credentials import working_paper

    claims = lite.ask(queries.claims_of, [case.number for case in held.cases])
    for name, altered in (("list", population.replace(b",1\n", b",2\n", 1)), ("case", population)):
        other = replace(held, cases=held.cases[::-1]) if name == "case" else held
        (tmp_path / "p.pdf").write_bytes(working_paper.pdf(other, altered, claims, "", "localhost"))
        assert again(str(tmp_path / "p.pdf")).exit_code == 1
    (tmp_path / "p.pdf").write_bytes(b"%PDF-1.7 nonsense")
    assert again(str(tmp_path / "p.pdf")).exit_code == 2
    assert again(str(tmp_path / "p.pdf"), "--seed", "x").exit_code == 2


def test_only_auditors_see_samples(visitors: Visitors) -> None:
    lite = visitors.world
    several(lite, 2)
    held = sampled(lite)
    for role in (Role.GOV_CLERK, Role.FINANCE):
        client = visitors.come(acting(role))
        for path in ("/audit/samples", f"/audit/samples/{held.id}", f"/audit/samples/{held.id}/population.csv"):
            assert client.get(path).status_code == 403
    assert visitors.come(acting(Role.AUDITOR)).get("/audit/samples/unknown").status_code == 404
