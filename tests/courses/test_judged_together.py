"""Rows judged together are judged as each of them alone: what is remembered from row to row hides and invents nothing."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from skills.courses.rules import exams, filing
from skills.courses.rules.attendance import Count
from skills.courses.rules.filed import ClassFacts, Norms, Place
from skills.courses.rules.filing import COLUMNS
from skills.courses.rules.hours import NO_LEDGER, Ledger
from skills.courses.rules.printing import Unfit
from skills.returns.rules import Reader, Seen
from tests.courses.test_filing import ENDS, document, known

CLASSES = ("B2026-00001", "B2026-00002")



def mostly(good: Any, *others: Any) -> st.SearchStrategy[Any]:
    """What is in order nine times of ten, so that there is something to remember."""
    return st.sampled_from([*[good] * (9 * len(others)), *others])


classes = st.builds(
    ClassFacts, mostly("finished", "running", "approved"), mostly(date(2026, 9, 1), date(2026, 11, 18)), mostly(ENDS, date(2026, 9, 20)),
    mostly(120, 40), mostly("", "学员1"), mostly((), ((date(2026, 9, 1), 90),)), mostly(False, True),
    mostly((), (Unfit(("课程名称", "title"), ("𫏷",)),)),
)  # fmt: skip
places = st.builds(
    Place, st.just("e"), mostly("attending", "completed", "withdrawn"), st.none(), st.just(1),
    kept=mostly(None, Count(10, 0, 0, 1_000), Count(5, 0, 5, 500)), enrolled_on=mostly(date(2026, 8, 1), None, date(2026, 11, 21)),
    leaving=mostly(False, True), exam=mostly(None, exams.Result("passed", 8_800), exams.Result("failed", 4_000)),
    ledger=mostly(NO_LEDGER, Ledger(), Ledger(online=True, minutes=4_500), Ledger(open=1, strict=False)),
)  # fmt: skip
rows = st.fixed_dictionaries(
    {
        "name": mostly("学员0", "学员1"), "document_kind": st.just("居民身份证"), "document": st.integers(0, 4).map(document),
        "class": mostly(*CLASSES, "B2026-00009"), "hours": mostly("120", "120.0", "40", "0", "130", ""),
        "attendance": mostly("98.5", "60", ""), "score": mostly("88", "88.0", "59"),
        "completed_on": mostly("2026-11-20", "2026-11-22", "2026-11-19", "2026-12-24", ""), "outcome": mostly("合格", "不合格", ""),
    }
)  # fmt: skip


mostly_there = st.one_of(places, places, places, st.none())


@given(
    st.lists(classes, min_size=2, max_size=2), st.lists(mostly_there, min_size=8, max_size=8),
    st.sampled_from([{}, {"p0": ("𫏷",)}]), st.lists(rows, min_size=4, max_size=20),
)  # fmt: skip
def test_what_was_quiet_before_keeps_nothing_quiet_that_is_not(
    held: list[ClassFacts], given_places: list[Place | None], unfit: dict[str, tuple[str, ...]], filed: list[dict[str, str]]
) -> None:
    there = {(f"p{n // 2}", CLASSES[n % 2]): place for n, place in enumerate(given_places) if place is not None}
    facts = replace(
        known(4), classes=dict(zip(CLASSES, held, strict=True)), places=there, norms=Norms(8, 45, Decimal("0.5"), 60), unfit=unfit
    )
    reader = Reader(COLUMNS)
    lines = [reader.line(number, row)[0] for number, row in enumerate(filed, 2)]
    seen = Seen()
    alone = [f for line in lines for f in filing.judge_lines([line], facts, seen)]
    assert list(map(repr, filing.judge_lines(lines, facts, Seen()))) == list(map(repr, alone))


QUIET = {"hours": "120", "attendance": "98.5", "score": "88", "completed_on": "2026-11-20", "outcome": "合格"}
PLACE = Place("e", "attending", None, 1, enrolled_on=date(2026, 8, 1))
HELD = ClassFacts("finished", date(2026, 9, 1), ENDS, 120)


@pytest.mark.parametrize(
    ("row", "place", "held"),
    [
        ({"class": CLASSES[1]}, {}, {"exam_asked": True}),
        ({"completed_on": "2026-11-19"}, {}, {}),
        ({"hours": "130"}, {}, {}),
        ({"class": CLASSES[1]}, {"state": "attending"}, {"exam_asked": True}),
        ({}, {"enrolled_on": date(2026, 11, 21)}, {}),
        ({}, {"leaving": True}, {}),
        ({}, {"ledger": Ledger(open=1)}, {}),
        ({}, {"kept": Count(5, 0, 5, 500)}, {}),
        ({}, {"exam": exams.Result("failed", 4_000)}, {}),
        ({}, {"state": "withdrawn"}, {}),
        ({}, {"person_id": "rare"}, {}),
    ],
)
def test_a_row_like_a_quiet_one_but_for_one_thing_is_heard(row: dict[str, str], place: dict[str, Any], held: dict[str, Any]) -> None:
    other = replace(PLACE, **place)
    facts = replace(
        known(2), classes={CLASSES[0]: HELD, CLASSES[1]: replace(HELD, **held)}, norms=Norms(8, 45, Decimal("0.5"), 60),
        places={("p0", CLASSES[0]): PLACE, ("p0", CLASSES[1]): PLACE, ("p1", CLASSES[0]): other, ("p1", CLASSES[1]): other},
        unfit={"p1": ("𫏷",)} if other.person_id else {},
    )  # fmt: skip
    said = {"document_kind": "居民身份证", "class": CLASSES[0], **QUIET}
    failed = {"class": CLASSES[1], "attendance": "60", "outcome": "不合格"} if place.get("state") == "attending" else {}
    first = Reader(COLUMNS).line(2, {"name": "学员0", "document": document(0), **said, **failed})[0]
    second = Reader(COLUMNS).line(3, {"name": "学员1", "document": document(1), **said, **row})[0]
    alone = filing.judge_lines([second], facts)
    assert alone
    assert list(map(repr, filing.judge_lines([first, second], facts))) == list(map(repr, alone))
