"""One ladder owns the words of the levels, by date: a certificate keeps those of the day on which it was issued."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from skills.credentials import paper
from skills.credentials.claims import level_words
from skills.standards import rules
from skills.standards.rules import Ladder, Level, ladder_on, ladders, step_on
from tests.credentials.test_paper import LEVEL, sheet, words

THEN, NOW = date(2024, 5, 1), date(2026, 8, 1)


@pytest.fixture
def release_of_2026(monkeypatch: pytest.MonkeyPatch) -> None:
    """A later edition that calls every level anew."""
    old = ladders()[0]
    steps = {level: replace(step, word=f"改称{step.word}", print_en=f"New {step.print_en}") for level, step in old.steps.items()}
    new = Ladder("2026", "某文〔2026〕1号", "S", date(2026, 7, 1), steps)
    monkeypatch.setattr(rules, "ladders", lambda: (old, new))


@pytest.mark.row(35)
def test_the_eight_levels_have_one_owner_and_the_digit_runs_against_the_rank() -> None:
    assert [(level.digit, level.wording) for level in Level] == [
        (None, "学徒工"), (5, "五级/初级工"), (4, "四级/中级工"), (3, "三级/高级工"), (2, "二级/技师"), (1, "一级/高级技师"),
        (None, "特级技师"), (None, "首席技师"),
    ]  # fmt: skip
    for level in Level:
        assert level_words(int(level), THEN) == step_on(level, THEN).wording == level.wording
        assert ladder_on(THEN).rank_of(level.wording) is level
    assert level_words(None, THEN) == ""
    assert ladder_on(date(1999, 1, 1)) is ladders()[0], "what is older is called as the first edition took it over"


@pytest.mark.row(35)
@pytest.mark.usefixtures("release_of_2026")
def test_a_certificate_of_2024_reads_as_in_2024_after_the_release_of_2026() -> None:
    old, new = (replace(LEVEL, level_rank=4, issued_on=day) for day in (THEN, NOW))
    assert (old.level_words, new.level_words) == ("三级/高级工", "三级/改称高级工")
    assert Level.L3.wording == "三级/改称高级工"
    assert set(vars(old)) == set(vars(new)), "the words stand in no claim: nothing that was signed changes"
    printed = words(paper.pdf(replace(sheet(LEVEL), claims=old)))
    assert "三级/高级工" in printed
    assert "改称" not in printed
    assert "三级/改称高级工" in words(paper.pdf(replace(sheet(LEVEL), claims=new)))


@pytest.mark.row(35)
def test_what_was_printed_before_a_release_is_printed_the_same_after_it(monkeypatch: pytest.MonkeyPatch) -> None:
    made = replace(sheet(LEVEL), claims=replace(LEVEL, level_rank=4, issued_on=THEN))
    before = paper.pdf(made)
    old = ladders()[0]
    new = Ladder("2026", "某文", "S", date(2026, 7, 1), {lv: replace(s, word="另一个名称") for lv, s in old.steps.items()})
    monkeypatch.setattr(rules, "ladders", lambda: (old, new))
    assert paper.pdf(made) == before


def test_the_page_without_a_server_and_the_drawn_ladder_repeat_the_newest_edition() -> None:
    root = Path(__file__).parents[2]
    newest = ladders()[-1].steps.values()
    drawn = re.search(r"set rungs = \[(.*?)\] %}", (root / "templates/layout/macros.html").read_text("utf-8"))
    offline = re.search(r"levels: \[(.*?)\]", (root / "static/credentials/words.js").read_text("utf-8"))
    assert drawn
    assert offline
    assert re.findall(r'\("([^"]+)", "([^"]+)"\)', drawn[1]) == [(step.word, step.print_en) for step in newest]
    assert re.findall(r'"([^"]+)"', offline[1]) == [step.wording for step in newest]
