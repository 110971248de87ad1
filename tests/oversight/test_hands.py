"""F13 by hands: one examiner of a panel or one pair of typists whose marks are not like the others'; few marks name nobody."""

from __future__ import annotations

from random import Random
from statistics import fmean, median

import pytest

from skills.kernel.db import reading
from skills.oversight.queries.facts import gather
from skills.oversight.queries.facts import numbers as policy
from skills.oversight.rehearsal import Planted
from skills.oversight.rules import RULES
from skills.oversight.rules.facts import Given
from skills.oversight.rules.hands import judge_all
from skills.web.i18n import sentence
from tests.oversight.facts import asked, numbers
from tests.oversight.facts import town as quiet
from tests.world import NOON, World

pytestmark = pytest.mark.row(39)

LIMITS = numbers()["F13"]["hands"]
KINDS = {"stamps": "heap", "generous": "shift", "same": "narrow"}


def held(kind: str, count: int = 90, panel: bool = True, sittings: int = 3) -> list[Given]:
    """A body's marks: hand "x" as `kind`, two others as everybody, on candidates of every ability; and forty at another body."""
    draw, made = Random(7), []
    for n in range(count):
        able = draw.gauss(69, 8)
        fair = [round(min(99, max(20, draw.gauss(able, 4))) * 2) * 50 for _ in range(3)]
        own = {
            "honest": fair[0], "stern": fair[0] - 300, "generous": min(10_000, fair[0] + 1_400), "same": 7_500 + 50 * (n % 3),
            "stamps": 6_000 + 50 * (n % 4) if fair[0] < 7_400 else fair[0],
        }[kind]  # fmt: skip
        marks = {"x": own, "y": fair[1], "z": fair[2]}
        for hand, mark in marks.items():
            others = tuple(m for h, m in marks.items() if h != hand) if panel else ()
            made.append(Given(f"{hand}{n}", f"s{n % sittings}", hand, panel, "body", "4-04-05-05", 3, "practical", mark, 6000, others))
    far = [Given(f"f{n}", "far", "far", panel, "other", "4-04-05-05", 3, "practical", 5_000 + 100 * n, 6000) for n in range(40)]
    return [*made, *far]


@pytest.mark.parametrize("panel", [True, False])
@pytest.mark.parametrize("kind", sorted(KINDS))
def test_a_hand_that_marks_unlike_the_others_is_seen_with_its_figures(kind: str, panel: bool) -> None:
    given = held(kind, panel=panel)
    found = {v.hand: v for v in judge_all(given, LIMITS)}
    assert KINDS[kind] in {s.kind for s in found["x"].signs}
    assert all(s.proven >= s.least and 1 <= s.strength <= 3 for s in found["x"].signs)
    assert [hand for hand, v in found.items() if v.signs] == ["x"]
    mine = [g for g in given if g.hand == "x"]
    assert (found["x"].count, found["x"].mean) == (90, round(fmean(g.mark for g in mine)))
    pairs = [fmean(g.mark for g in mine) - fmean(g.mark for g in given if g.hand == other) for other in "yz"]
    middle = fmean(g.mark - median((g.mark, *g.others)) for g in mine)
    measured: float = middle if panel else min(pairs, key=abs)
    assert found["x"].shift == round(measured)
    near = [g.mark for g in mine if 5_500 <= g.mark < 6_500]
    assert (found["x"].above, found["x"].below) == (sum(m >= 6_000 for m in near), sum(m < 6_000 for m in near))


@pytest.mark.parametrize("panel", [True, False])
def test_who_is_a_little_stern_or_gave_few_marks_or_all_on_one_day_is_not_named(panel: bool) -> None:
    fair = [*held("honest", panel=panel), *held("stern", panel=panel)]
    assert [v.signs for v in judge_all(fair, LIMITS) if v.signs] == []
    for kind in KINDS:
        assert asked("F13", quiet(given=held(kind, count=LIMITS["marks"] - 1, panel=panel))) == []
        assert asked("F13", quiet(given=held(kind, sittings=1, panel=panel))) == []


def test_of_two_pairs_alone_nobody_can_say_which_is_apart() -> None:
    given = [g for g in held("generous", panel=False) if g.hand != "z"]
    assert asked("F13", quiet(given=given)) == []


@pytest.mark.parametrize("mean", [84, 62])
def test_a_whole_panel_is_alike_and_none_of_it_is_named(mean: int) -> None:
    """Of a chosen team; or one that heaps at the mark as a whole, which is a sign against the body."""
    draw, made = Random(3), []
    for n in range(40):
        marks = {h: mean * 100 + round(draw.uniform(-4, 4) if mean > 80 else draw.uniform(-2, 2)) * 100 for h in "abc"}
        for hand, mark in marks.items():
            others = tuple(m for h, m in marks.items() if h != hand)
            made.append(Given(f"{n}", f"s{n % 2}", hand, True, "firm", "4-04-05-05", 3, "practical", mark, 6000, others))
    city = [g for g in held("honest") if g.body == "body"]
    assert asked("F13", quiet(given=[*made, *city])) == []


def test_a_suspicion_is_about_the_body_and_has_the_ends_of_account_numbers_and_no_name() -> None:
    for panel in (True, False):
        for kind in KINDS:
            [found] = asked("F13", quiet(given=held(kind, panel=panel)))
            assert (found.subject, found.facts["hand"]) == ("organisation:body", "X")
            assert set(found.rows) == {f"x{n}" for n in range(90)}
            for lang in ("zh", "en"):
                said = sentence(found.code, found.facts, lang)
                assert said.text != found.code
                assert said.todo
                assert "{" not in said.text


def test_the_rehearsal_finds_the_examiner_behind_a_panel_and_leaves_the_stern_one_alone(town: tuple[World, Planted]) -> None:
    world, planted = town
    with reading(world.engine) as db:
        facts = gather(db, NOON)
        found = [s for s in RULES["F13"](facts, policy(db, facts.day)["F13"]) if s.code.startswith("case.F13.hand.")]
    [sign] = [s for s in found if s.code.endswith(".panel")]
    [fraud] = [f for f in planted.frauds if f.rule == "F13" and sign.subject in f.subjects]
    assert any(s.startswith("account:") and s.endswith(str(sign.facts["hand"])) for s in fraud.subjects)
    honest = frozenset().union(*(look.subjects for look in planted.lookalikes))
    assert not {s.subject for s in found} & honest
