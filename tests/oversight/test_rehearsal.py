"""The rehearsal judges what the rules found against what was planted, and does not let anybody off."""

from __future__ import annotations

from dataclasses import replace

import pytest
from click.testing import CliRunner

from skills.app import Works
from skills.commands import rehearse as command
from skills.oversight.jobs import look
from skills.oversight.rehearsal import LookAlike, Planted, PlantedFraud
from skills.oversight.rehearsal.report import Report, judge
from skills.oversight.rules import RULES
from skills.oversight.rules.facts import Suspicion
from skills.web.i18n import sentence
from tests.oversight.conftest import SEED
from tests.world import World

pytestmark = pytest.mark.row(15)


def planted(people: int = 1000) -> Planted:
    """Each rule at each strength, with two subjects that may be named."""
    frauds = [PlantedFraud(r, s, frozenset({f"organisation:{r}-{s}", f"person:{r}-{s}"})) for r in RULES for s in (1, 2, 3)]
    return Planted(tuple(frauds), (LookAlike("family", frozenset({"person:family"})),), people)


def found(*subjects: tuple[str, str]) -> list[Suspicion]:
    return [Suspicion(rule, subject, 2, "case.F2.denied", {}, (), ("row",)) for rule, subject in subjects]


def everything() -> list[Suspicion]:
    return found(*((r, f"person:{r}-{s}") for r in RULES for s in (1, 2, 3)))


def told(plants: Planted, findings: list[Suspicion]) -> Report:
    return judge(plants, findings, tuple(RULES), 1)


def test_all_found_and_nobody_else_named_is_what_is_promised() -> None:
    report = told(planted(), everything())
    assert report.kept
    assert [report.recall(s) for s in (1, 2, 3)] == [(len(RULES), len(RULES))] * 3
    assert (report.alarms, report.missed, report.lookalikes) == (0, (), ())


def test_the_right_subject_by_another_rule_is_not_found_but_no_false_alarm_either() -> None:
    findings = [s for s in everything() if s.subject != "person:F1-3"] + found(("F2", "person:F1-3"))
    report = told(planted(), findings)
    assert not report.kept
    assert [(f.rule, f.strength) for f in report.missed] == [("F1", 3)]
    assert report.alarms == 0


def test_a_faint_fraud_that_is_missed_costs_recall_but_not_the_promise() -> None:
    report = told(planted(), [s for s in everything() if s.subject != "person:F1-1"])
    assert report.kept
    assert report.recall(1) == (len(RULES) - 1, len(RULES))


@pytest.mark.parametrize(("alarms", "kept"), [(10, True), (11, False)])
def test_one_per_cent_of_honest_histories_is_the_limit(alarms: int, kept: bool) -> None:
    report = told(planted(), [*everything(), *found(*(("F9", f"person:honest-{n}") for n in range(alarms)))])
    assert (report.kept, report.alarms) == (kept, alarms)


def test_a_look_alike_that_is_named_is_a_false_alarm_and_is_listed() -> None:
    report = told(planted(), [*everything(), *found(("F6", "person:family"))])
    assert (report.alarms, report.lookalikes) == (1, (("family", "person:family", "F6"),))


def test_a_rehearsal_without_plants_keeps_nothing() -> None:
    assert not told(Planted((), (), 1000), []).kept
    assert not told(replace(planted(), people=0), everything()).kept
    assert told(Planted((PlantedFraud("F16", 3, frozenset({"x:1"})),), (), 9), []).elsewhere == ("F16",)


def test_the_command_fails_when_the_promise_is_not_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[tuple[int, int]] = []

    def nothing(_works: Works, seed: int, clean: int) -> Planted:
        asked.append((seed, clean))
        return Planted((PlantedFraud("F1", 3, frozenset({"organisation:x"})),), (), clean)

    monkeypatch.setattr(command, "_own", lambda: nothing)
    done = CliRunner().invoke(command.rehearse_fraud, ["--seed", "7", "--clean", "5"])
    assert done.exit_code == 1
    assert asked == [(7, 5)]
    assert "漏 missed  F1 at strength 3" in done.output
    assert "NOT KEPT" in done.output
    plain = CliRunner().invoke(command.rehearse_fraud, ["--seed", "7", "--clean", "5", "--json"])
    assert '"kept": false' in plain.output


def test_frauds_are_found_among_honest_histories_each_with_a_reason_in_words(town: tuple[World, Planted]) -> None:
    world, planted = town
    suspicions = look(world.office)
    report = judge(planted, suspicions, tuple(RULES), SEED)
    found, of = report.recall(3)
    assert found == of >= 10, report.missed
    assert report.recall(2)[0] >= of - 1, report.missed
    like = {subject for _, subject, _ in report.lookalikes}
    ordinary = {subject for row in report.rows for subject in row.alarms} - like
    assert len(ordinary) * 100 <= report.people, "of people who resemble nobody, one in a hundred at most is named"
    for suspicion in suspicions:
        for lang in ("zh", "en"):
            said = sentence(suspicion.code, suspicion.facts, lang).text
            assert said != suspicion.code
            assert "{" not in said


@pytest.mark.soak
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_among_ten_thousand_honest_histories_the_promise_is_kept(seed: int) -> None:
    report, seconds = command.rehearse(seed, 10_000)
    print(command.as_text(report, seconds))
    assert report.people >= 10_000
    assert report.recall(2)[0] >= len(RULES) - 1, report.missed
    assert report.kept, report.lookalikes
