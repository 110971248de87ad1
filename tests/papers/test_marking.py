"""Marks and figures of items: the same for the same answers, as rules and through the acts that make scores of them."""

from __future__ import annotations

from math import sqrt
from statistics import fmean, pstdev

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, select, update

from skills.certification.actions import online, plans
from skills.certification.models import Score, ScoreEntry, ScoreSheet
from skills.certification.queries import exams
from skills.kernel.db import writing
from skills.kernel.jobs import Job
from skills.papers.actions import runs
from skills.papers.models import ItemVersion, PaperMarking
from skills.papers.rules.items import Kind
from skills.papers.rules.marking import Marks, Wanted, is_right, mark
from skills.papers.rules.statistics import ItemFigures, figures
from tests.certification.stage_online import RIGHT, WRONG, Online
from tests.world import World, grown

pytestmark = pytest.mark.row(30)
ONE, MANY, TRUTH = Wanted(Kind.SINGLE, "B", "", 2), Wanted(Kind.MULTIPLE, "AC", "", 3), Wanted(Kind.TRUE_FALSE, "false", "", 1)
NUMBER = Wanted(Kind.NUMERIC, "3.5", "0.05", 4)


@pytest.mark.parametrize(("wanted", "right", "wrong"), [
    (ONE, ["B", "b", " Ｂ "], ["A", "AB", "", "BB", "二"]), (MANY, ["AC", "ca", "A,C", "Ａ、Ｃ"], ["A", "ABC", "", "AC对", "AAC"]),
    (TRUTH, ["错", "false", "×"], ["对", "", "0"]),
    (NUMBER, ["3.5", "3.55", "3.45", "３．５"], ["3.551", "3.449", "", "NaN", "3,5", "1e1", "三点五", "inf", "9" * 40]),
])  # fmt: skip
def test_what_is_right_and_what_is_not(wanted: Wanted, right: list[str], wrong: list[str]) -> None:
    assert [a for a in right if not is_right(wanted, a)] == []
    assert [a for a in wrong if is_right(wanted, a)] == []


def test_a_paper_is_the_sum_of_its_right_answers() -> None:
    form = (ONE, MANY, TRUTH, NUMBER)
    assert mark(form, {1: "B", 2: "A", 4: "3.52", 9: "B"}) == Marks((True, False, False, True), 6, 10)
    assert mark(form, {}) == Marks((False,) * 4, 0, 10)


@settings(max_examples=150, deadline=None)
@given(st.dictionaries(st.integers(1, 4), st.text()))
def test_any_answers_are_marked_the_same_each_time(answers: dict[int, str]) -> None:
    form = (ONE, MANY, TRUTH, NUMBER)
    marks = mark(form, answers)
    assert marks == mark(form, dict(reversed(answers.items())))
    assert 0 <= marks.points == sum(w.points for w, ok in zip(form, marks.right, strict=True) if ok) <= marks.most


def test_the_figures_of_a_hand_reckoned_paper() -> None:
    papers = [(True, True, True), (True, True, False), (True, False, False), (False, False, False)]
    one, two, three = figures(papers, (1, 1, 1))
    assert one == ItemFigures(4, 7500, 5222)  # rest 2,1,0,0: mean 1 against 0, sd 0.829, p 0.75
    assert (two.facility, three.facility) == (5000, 2500)
    assert figures([], (1, 1)) == (ItemFigures(0, 0, None),) * 2
    assert [f.discrimination for f in figures([(True, False), (True, True)], (1, 1))] == [None, None], "everybody did the same"
    assert [f.discrimination for f in figures([(True, False), (False, True)] * 3, (1, 1))] == [-10_000, -10_000]


@settings(max_examples=150, deadline=None)
@given(st.integers(2, 6).flatmap(lambda n: st.tuples(
    st.lists(st.tuples(*[st.booleans()] * n), min_size=2, max_size=30), st.tuples(*[st.integers(1, 5)] * n)
)), st.randoms(use_true_random=False))  # fmt: skip
def test_discrimination_is_the_point_biserial_of_the_books(made: tuple[list[tuple[bool, ...]], tuple[int, ...]], chance: object) -> None:
    papers, points = made
    found = figures(papers, points)
    mixed = list(papers)
    chance.shuffle(mixed)  # type: ignore[attr-defined]
    assert figures(mixed, points) == found
    for at, figure in enumerate(found):
        rest = [sum(p for n, (p, ok) in enumerate(zip(points, row, strict=True)) if ok and n != at) for row in papers]
        yes, no = ([r for r, row in zip(rest, papers, strict=True) if row[at] is which] for which in (True, False))
        if not yes or not no or pstdev(rest) == 0:
            assert figure.discrimination is None
            continue
        share = len(yes) / len(papers)
        book = (fmean(yes) - fmean(no)) / pstdev(rest) * sqrt(share * (1 - share))
        assert figure.discrimination is not None
        assert abs(figure.discrimination / 10_000 - book) < 0.0002


def sat(s: Online, n: int, wrong: tuple[int, ...]) -> str:
    """A candidate answers everything, these places wrong, and hands in."""
    run = s.enter(n, f"m{n}")
    for place, kind in s.kinds(run, n, f"m{n}").items():
        s.answer(run, place, (WRONG if place in wrong else RIGHT)[kind], n, f"m{n}")
    s.perform(runs.hand_in, s.sitter(n), run_id=run, device=f"m{n}")
    return run


def test_the_same_answers_the_same_marks(world: World) -> None:
    s = grown(world, Online, 12)
    first, second = sat(s, 0, ()), sat(s, 1, (1, 2, 5))
    s.record(s.sitting)
    s.perform(plans.hold, s.admin, sitting_id=s.sitting)
    with world.refused("score.by_machine"):
        s.type(s.first, s.sitting, "theory", {s.made[0]: "100"})
    world.run_jobs()
    with world.db() as db:
        marked = {(m.run_id, m.turn): m for m in db.scalars(select(PaperMarking))}
        points = marked[second, 1].points
        assert marked[first, 1].points == marked[first, 2].points == 100
        assert (marked[second, 1].answers, marked[second, 1].correct, points) == (
            marked[second, 2].answers, marked[second, 2].correct, marked[second, 2].points
        )
        assert [n for n, ok in enumerate(marked[second, 1].correct, 1) if not ok] == [1, 2, 5]
        assert len({m.entry_id for m in marked.values()}) == 2, "two acts, each with its own entry"
        entries = {(e.application_id, e.turn): (e.hundredths, e.by) for e in db.scalars(select(ScoreEntry))}
        sheet = next(t for t in exams.sheets(db, exams.sitting(db, s.sitting)) if t.section == "theory")
    assert entries[s.made[0], 1] == (10_000, "machine-1")
    assert entries[s.made[1], 2] == (points * 100, "machine-2")
    assert entries[s.made[2], 1] == (None, "machine-1"), "who did not begin was absent, which is not nought"
    assert (sheet.way, sheet.first, sheet.second, sheet.differing) == ("machine", 12, 12, 0)
    assert s.world.perform(online.mark, sitting_id=s.sitting, turn=2).count == 0
    for who in (s.first, s.second):
        s.type(who, s.sitting, "practical", dict.fromkeys(s.made, "80"))
    s.sign(s.sitting)
    with world.db() as db:
        scores = {r.application_id: r.hundredths for r in db.scalars(select(Score).where(Score.section == "theory"))}
    assert (scores[s.made[0]], scores[s.made[2]]) == (10_000, None)
    assert s.state(s.made[0]) == "passed"
    world.holds()


def test_an_entry_that_is_not_its_marking_is_noticed(lite: World) -> None:
    s = grown(lite, Online)
    sat(s, 0, (1,))
    s.record(s.sitting)
    s.perform(plans.hold, s.admin, sitting_id=s.sitting)
    lite.run_jobs()
    lite.holds()
    mine = (ScoreEntry.application_id == s.made[0], ScoreEntry.section == "theory")
    for values, said in (({"hundredths": 10_000}, "points were marked"), ({"by": "somebody"}, "the machine marks")):
        with writing(lite.engine) as db:
            db.execute(update(ScoreEntry).where(*mine, ScoreEntry.turn == 2).values(**values))
        assert any(said in line for line in lite.violations()["certification.machine_entries"])
    with writing(lite.engine) as db:
        db.execute(delete(ScoreEntry).where(*mine, ScoreEntry.turn == 1))
    assert any("not entered" in line for line in lite.violations()["certification.machine_entries"])


def test_the_second_marking_proves_the_keys_first(lite: World) -> None:
    s = grown(lite, Online)
    sat(s, 0, ())
    s.record(s.sitting)
    s.perform(plans.hold, s.admin, sitting_id=s.sitting)
    with writing(lite.engine) as db:
        db.execute(update(ItemVersion).values(digest="0" * 64))
    assert lite.perform(online.mark, sitting_id=s.sitting, turn=1).count == 2
    with lite.refused("paper_form.changed"):
        lite.perform(online.mark, sitting_id=s.sitting, turn=2)
    with lite.refused("score.cannot_sign"):
        s.sign(s.sitting)
    with lite.db() as db:
        assert db.scalar(select(ScoreSheet.second_by).where(ScoreSheet.section == "theory")) is None
        assert db.scalar(select(Job.id).where(Job.name == "certification.mark_online")) is not None
    assert {"papers.texts"} <= set(lite.violations())
