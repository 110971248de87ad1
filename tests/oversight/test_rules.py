"""Each fraud rule finds its fraud, grows with it, and leaves alone what only looks like it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from skills.oversight.rules import RULES, ask_all
from skills.oversight.rules.cases import Handler, Standing, is_news, may_confirm, may_look, score
from skills.oversight.rules.drawing import Completed, draw
from skills.oversight.rules.facts import Budget, Denied, Facts, Miss, Said, Status, Trouble, densest, tier
from skills.oversight.rules.trainees import least_share
from skills.web.i18n import catalogue
from tests.oversight.facts import DAY, NOW, about, asked, body, numbers, town, use

HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)
pytestmark = pytest.mark.row(15)


def test_a_quiet_town_is_left_alone() -> None:
    assert ask_all(town(), numbers()) == []


# F1 ---------------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(("misses", "strength"), [(9, 0), (10, 1), (20, 2), (40, 3)])
def test_f1_misses_within_a_day(misses: int, strength: int) -> None:
    facts = town(misses=[Miss(f"m{n}", "a", NOW - timedelta(days=3) + n * MINUTE) for n in range(misses)])
    assert about("F1", facts) == ({"organisation:a": strength} if strength else {})


def test_f1_misses_that_are_spread_over_months_are_everyday_life() -> None:
    assert about("F1", town(misses=[Miss(f"m{n}", "a", NOW - timedelta(days=7 * n)) for n in range(24)])) == {}


def woken(count: int, own: bool) -> list[object]:
    at = NOW - timedelta(days=5)
    return [
        use(1000 + n, "a", at + n * 10 * MINUTE, issued_at=at - timedelta(days=60), claimed_at=at + (n * 10 - 2) * MINUTE,
            device=f"own{n}" if own else "", network="")
        for n in range(count)
    ]  # fmt: skip


def test_f1_idle_vouchers_woken_by_one_hand_but_not_by_their_holders() -> None:
    assert about("F1", town(*woken(16, own=False))) == {"organisation:a": 2}  # type: ignore[arg-type]
    assert about("F1", town(*woken(16, own=True))) == {}  # type: ignore[arg-type]


# F2 ---------------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(("denied", "upheld", "strength"), [(2, 0, 0), (3, 0, 1), (5, 0, 2), (10, 0, 3), (2, 2, 2), (4, 4, 3)])
def test_f2_denied_uses(denied: int, upheld: int, strength: int) -> None:
    facts = town(denied=[Denied(f"u{3 * n}", "a", f"p{3 * n}", n < upheld) for n in range(denied)])
    assert about("F2", facts).get("organisation:a", 0) == strength


def test_f2_second_trainings_that_the_own_hand_did_not_take() -> None:
    extra = [use(1000 + n, "a", NOW - timedelta(days=20) + n * HOUR, person=f"s{n // 2}") for n in range(20)]
    assert about("F2", town(*extra)) == {"organisation:a": 2}, "each from another browser than the first"
    own = [replace(u, device=f"own-{u.person}") for u in extra]
    assert about("F2", town(*own)) == {}, "whoever comes again by the own browser"
    apart = [replace(u, at=u.at - timedelta(days=150 * (n % 2))) for n, u in enumerate(extra)]
    assert about("F2", town(*apart)) == {}


# F3 ---------------------------------------------------------------------------------------------------------------
def new_school(count: int, **marks: object) -> Facts:
    extra = [use(1000 + n, "new", NOW - timedelta(days=25) + n * 5 * HOUR) for n in range(count)]
    facts = town(*extra)
    return replace(facts, bodies={**facts.bodies, "new": body("new", **{"registered_on": DAY - timedelta(days=30), **marks})})


@pytest.mark.parametrize(("count", "marks", "strength"), [
    (20, {}, 0), (45, {}, 1), (70, {}, 2), (45, {"insured": 0}, 2), (70, {"insured": 1}, 3),
    (70, {"registered_on": date(2020, 1, 1)}, 2),  # an old one that slept
])  # fmt: skip
def test_f3_new_or_sleeping_bodies_that_swell(count: int, marks: dict[str, object], strength: int) -> None:
    assert about("F3", new_school(count, **marks)) == ({"organisation:new": strength} if strength else {})


@pytest.mark.parametrize(("staff", "insured", "strength"), [(9, 1, 0), (12, 3, 1), (12, 40, 0), (30, 2, 2), (60, 5, 3), (60, None, 0)])
def test_f3_employees_for_whom_nobody_pays_insurance(staff: int, insured: int | None, strength: int) -> None:
    extra = [use(1000 + n, "b", NOW - timedelta(days=90) + n * 30 * HOUR) for n in range(staff)]
    facts = town(*extra, employers={"firm": frozenset(u.person for u in extra)})
    facts = replace(facts, bodies={**facts.bodies, "firm": body("firm", insured=insured)})
    assert about("F3", facts) == ({"organisation:firm": strength} if strength else {})


def test_f3_a_busy_old_school_is_left_alone() -> None:
    assert about("F3", town(*[use(1000 + n, "a", NOW - timedelta(days=20) + n * 2 * HOUR) for n in range(100)])) == {}


# F4 ---------------------------------------------------------------------------------------------------------------
def wave(count: int, network: str = "") -> Facts:
    at = NOW - timedelta(days=10)
    return town(*[
        use(1000 + n, "a", at + n * 5 * MINUTE, claimed_at=at + n * 5 * MINUTE - HOUR, network=network or f"w{n}")
        for n in range(count)
    ])  # fmt: skip


@pytest.mark.parametrize(("count", "strength"), [(24, 0), (25, 1), (60, 2), (120, 3)])
def test_f4_a_wave_of_fresh_claims(count: int, strength: int) -> None:
    assert about("F4", wave(count)) == ({"course:course-a": strength} if strength else {})


def test_f4_forty_colleagues_enrolled_from_one_office_are_left_alone() -> None:
    assert about("F4", wave(40, network="office")) == {}


# F5 ---------------------------------------------------------------------------------------------------------------
def test_f5_two_signs_name_the_person_one_does_not() -> None:
    one = use(1000, "a", NOW - timedelta(days=2))
    refused = [Trouble(f"t{n}", one.person, "refused", one.at - n * HOUR) for n in range(1, 6)]
    moved = Trouble("phone", one.person, "phone", one.at - 20 * HOUR)
    assert about("F5", town(one, troubles=refused)) == {}
    assert about("F5", town(one, troubles=[moved])) == {}
    assert about("F5", town(one, troubles=[*refused, moved])) == {f"person:{one.person}": 1}
    assert about("F5", town(one, troubles=[*refused, moved], denied=[Denied(one.id, "a", one.person, False)])) == {f"person:{one.person}": 2}
    late = [replace(t, at=t.at + timedelta(days=3)) for t in (*refused, moved)]
    assert about("F5", town(one, troubles=late)) == {}, "what comes after the use is no sign"


def test_f5_one_browser_for_strangers_needs_a_second_sign() -> None:
    thief = [use(1000 + n, "abc"[n % 3], NOW - timedelta(days=2) + n * 10 * MINUTE, device="thief") for n in range(6)]
    assert about("F5", town(*thief)) == {}, "a district's day at a counter looks the same"
    assert about("F5", town(*thief, denied=[Denied(u.id, u.institution, u.person, False) for u in thief[:2]])) == {
        f"person:{u.person}": 1 for u in thief[:2]
    }


def test_f5_many_codes_count_as_a_sign() -> None:
    one = use(1000, "a", NOW - timedelta(days=2))
    codes = [Trouble(f"c{n}", one.person, "code", one.at - n * MINUTE) for n in range(1, 8)]
    assert about("F5", town(one, troubles=codes)) == {}
    assert about("F5", town(one, troubles=codes, denied=[Denied(one.id, "a", one.person, False)])) == {f"person:{one.person}": 1}


def test_f5_a_family_that_shares_phone_and_browser_is_left_alone() -> None:
    family = [use(1000 + n, "a", NOW - timedelta(days=2) + n * HOUR, device="home") for n in range(5)]
    facts = town(*family, phones={"one": [u.person for u in family]},
                 troubles=[Trouble(f"t{n}", family[0].person, "refused", family[0].at - HOUR) for n in range(5)])  # fmt: skip
    assert about("F5", facts) == {}


# F6 ---------------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(("people", "strength"), [(5, 0), (6, 1), (12, 2), (25, 3)])
def test_f6_many_behind_one_phone_at_one_institution(people: int, strength: int) -> None:
    extra = [use(1000 + n, "a") for n in range(people)]
    assert about("F6", town(*extra, phones={"x": [u.person for u in extra]})) == ({"organisation:a": strength} if strength else {})


def test_f6_groups_that_share_somebody_become_one() -> None:
    first, second = [use(1000 + n, "a", device="d-1") for n in range(6)], [use(1010 + n, "a", device="d-2") for n in range(6)]
    bridge = [first[0].person, *(u.person for u in second[:5])]
    apart = asked("F6", town(*first, *second))
    assert [(s.subject, s.strength, len(s.rows)) for s in apart] == [("organisation:a", 1, 6)] * 2
    assert about("F6", town(*first, *second, phones={"x": bridge})) == {"organisation:a": 2}


def test_f6_a_librarys_browser_and_an_offices_network_are_left_alone() -> None:
    library = [use(1000 + n, "abc"[n % 3], device="library") for n in range(30)]
    office = [use(2000 + n, "a", network="office") for n in range(40)]
    assert about("F6", town(*library, *office)) == {}


def test_f6_one_bank_account_of_different_heads_but_not_of_branches() -> None:
    facts = town(payees={"acct": frozenset({"organisation:a", "organisation:b"})})
    assert about("F6", facts) == {"organisation:a": 2, "organisation:b": 2}
    branches = {**facts.bodies, "b": replace(facts.bodies["b"], legal_rep="rep-a")}
    assert about("F6", replace(facts, bodies=branches)) == {}


def test_f6_several_people_on_one_card_and_a_body_with_its_trainee() -> None:
    three = [use(3000 + n, "a") for n in range(3)]
    cards = frozenset(f"person:{u.person}" for u in three)
    [found] = asked("F6", town(*three, payees={"card": cards}))
    assert (found.subject, found.strength, found.code) == (min(cards), 2, "case.F6.card")
    assert set(found.uses) == {u.id for u in three}
    assert about("F6", town(*three, payees={"card": frozenset({min(cards)})})) == {}
    assert about("F6", town(*three, payees={"card": frozenset({min(cards), "organisation:a"})})) == {"organisation:a": 3}


# F8 ---------------------------------------------------------------------------------------------------------------
COURSES = frozenset({("4-04-05-01", 5, 40, 120_000), ("6-31-01-03", 4, 60, 180_000), ("4-10-01-01", 5, 32, 90_000)})


@pytest.mark.parametrize(("marks", "strength"), [
    ({}, 0),
    ({"lecturers": frozenset({"王", "李"})}, 0),  # teachers who moved
    ({"address": "old road 1"}, 0),  # another tenant of the house
    ({"address": "old road 1", "courses": COURSES}, 1),
    ({"legal_rep": "boss"}, 1),
    ({"legal_rep": "boss", "address": "old road 1"}, 2),
    ({"legal_rep": "boss", "address": "old road 1", "courses": COURSES}, 3),
])  # fmt: skip
def test_f8_a_body_under_a_new_name(marks: dict[str, object], strength: int) -> None:
    facts = town()
    gone = body("gone", off=True, registered_on=date(2021, 1, 1), legal_rep="boss", address="old road 1", courses=COURSES,
                lecturers=frozenset({"王", "李"}))  # fmt: skip
    back = body("back", registered_on=date(2026, 3, 1), **marks)
    found = about("F8", replace(facts, bodies={**facts.bodies, "gone": gone, "back": back}))
    assert found == ({"organisation:back": strength} if strength else {})


# F9 ---------------------------------------------------------------------------------------------------------------
JOBLESS = {"batch": ("registered_unemployed",)}


@pytest.mark.parametrize(("status", "strength"), [
    (Status("retired", date(2026, 1, 1), None, "s"), 3),
    (Status("retired", date(2026, 11, 19), None, "s"), 0),  # only since after the use
    (Status("work", date(2025, 1, 1), None, "s"), 2),
    (Status("work", date(2025, 1, 1), date(2026, 8, 1), "s"), 0),  # had left the job
    (Status("work", date(2026, 11, 1), None, "s"), 0),  # lists lag some weeks
    (Status("study", date(2024, 9, 1), date(2026, 12, 31), "s"), 2),
    (Status("veteran", date(2020, 1, 1), None, "s"), 0),
])  # fmt: skip
def test_f9_people_who_were_not_entitled(status: Status, strength: int) -> None:
    one = use(1000, "a", NOW - timedelta(days=5))
    found = about("F9", town(one, statuses={one.person: [status]}, groups=JOBLESS))
    assert found == ({f"person:{one.person}": strength} if strength else {})


@pytest.mark.parametrize(("birth", "sex", "strength"), [
    (date(1963, 11, 14), "M", 2), (date(1963, 11, 16), "M", 0), (date(1968, 11, 14), "F", 2), (date(1968, 11, 14), "M", 0),
    (date(2010, 11, 16), "M", 2), (date(2010, 11, 14), "M", 0),
])  # fmt: skip
def test_f9_beyond_and_below_the_working_age_on_the_day_of_the_use(birth: date, sex: str, strength: int) -> None:
    one = use(1000, "a", NOW - timedelta(days=5))
    found = about("F9", town(one, births={one.person: (birth, sex)}))
    assert found == ({f"person:{one.person}": strength} if strength else {})


def test_f9_a_rural_worker_with_a_job_is_entitled_and_a_silent_list_says_nothing() -> None:
    one = use(1000, "a", NOW - timedelta(days=5))
    both = {"batch": ("registered_unemployed", "rural_worker")}
    statuses = [Status("work", date(2025, 1, 1), None, "s"), Status("rural_worker", date(2020, 1, 1), None, "s")]
    assert about("F9", town(one, statuses={one.person: statuses}, groups=both)) == {}
    assert about("F9", town(groups=JOBLESS)) == {}


def test_f9_many_of_one_institution_name_it_too() -> None:
    extra = [use(1000 + n, "a") for n in range(9)]
    statuses = {u.person: [Status("retired", date(2020, 1, 1), None, u.id)] for u in extra}
    assert about("F9", town(*extra, statuses=statuses))["organisation:a"] == 2


# F12 --------------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(("noes", "answers", "strength"), [(2, 3, 0), (3, 30, 0), (4, 8, 1), (6, 10, 2), (16, 20, 3), (0, 20, 0)])
def test_f12_answers_prove_a_least_share(noes: int, answers: int, strength: int) -> None:
    said = [Said(f"c{n}", f"u{3 * n}", "a", "no" if n < noes else "yes") for n in range(answers)]
    assert about("F12", town(said=said)) == ({"organisation:a": strength} if strength else {})


def test_f12_a_class_copied_from_one_line_but_not_a_class_of_real_marks() -> None:
    copied = [use(1000 + n, "a", result=("40", "100", "88")) for n in range(20)]
    real = [use(2000 + n, "b", result=("40", f"{85 + n % 15}", f"{60 + n % 37}")) for n in range(40)]
    assert about("F12", town(*copied, *real)) == {"organisation:a": 1}


# F15 --------------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(("left", "pace", "to_go", "strength"), [
    (100, 28, 90, 0),  # one a day, a hundred left, ninety days to go
    (100, 28, 110, 1), (50, 28, 75, 2), (10, 56, 90, 3), (0, 0, 60, 3),
    (3, 28, 5, 0),  # nearly at its end anyway
    (1000, 0, 90, 0),
])  # fmt: skip
def test_f15_a_batch_that_ends_overnight(left: int, pace: int, to_go: int, strength: int) -> None:
    batch = Budget("b1", "毕业生券", left, 500, pace, 28, DAY + timedelta(days=to_go))
    assert about("F15", town(budgets=[batch])) == ({"batch:b1": strength} if strength else {})


def test_f15_the_rush_of_the_first_days_says_nothing() -> None:
    assert about("F15", town(budgets=[Budget("b1", "毕业生券", 400, 500, 100, 2, DAY + timedelta(days=90))])) == {}


# All of them ------------------------------------------------------------------------------------------------------
def test_every_sentence_stands_in_the_catalogue_with_its_facts() -> None:
    extra = [use(1000 + n, "a", NOW - timedelta(days=3) + n * MINUTE, claimed_at=NOW - timedelta(days=3, hours=1), device="one",
                 result=("40", "100", "88"), person=f"x{n % 30}") for n in range(60)]  # fmt: skip
    facts = town(
        *extra, misses=[Miss(f"m{n}", "a", NOW) for n in range(50)], denied=[Denied(u.id, "a", u.person, True) for u in extra[:9]],
        said=[Said(f"c{n}", "u", "a", "no") for n in range(9)], phones={"f": [u.person for u in extra]},
        troubles=[Trouble(f"t{n}", u.person, "refused", u.at - MINUTE) for n, u in enumerate(extra) for _ in range(5)],
        statuses={u.person: [Status("retired", date(2020, 1, 1), None, "l")] for u in extra},
        budgets=[Budget("b", "券", 0, 5, 5, 5, DAY + timedelta(days=60))], payees={"q": frozenset({"organisation:a", "organisation:b"})},
    )  # fmt: skip
    facts = replace(facts, bodies={**facts.bodies, "z": body("z", off=True), "a": body("a", legal_rep="rep-z", registered_on=DAY)})
    codes = set()
    for rule in RULES:
        for found in asked(rule, facts):
            entry = catalogue()[found.code]
            entry["zh"].format(**found.facts), entry["en"].format(**found.facts)
            assert entry["zh_do"]
            assert found.rows
            assert found.counted
            codes.add(found.code)
    elsewhere = {"F7", "F10", "F11", "F13", "F14"}  # their sentences: test_bookings_and_exams.py, test_online.py
    assert {c.split(".")[1] for c in codes} == set(RULES) - elsewhere


@given(st.lists(st.integers(0, 500), max_size=60), st.integers(1, 90))
def test_the_densest_span_is_the_densest(minutes: list[int], span: int) -> None:
    held = sorted(minutes)
    found = densest(held, lambda m: NOW + m * MINUTE, span * MINUTE)
    most = max((sum(1 for other in held if m <= other < m + span) for m in held), default=0)
    assert len(found) == most
    assert not found or found[-1] - found[0] < span


@given(st.integers(0, 200), st.integers(0, 200))
def test_the_least_share_is_below_the_share_and_grows_with_the_answers(hits: int, more: int) -> None:
    total = hits + more
    least = least_share(hits, total)
    assert 0 <= least <= (hits / total if total else 0) + 1e-12
    assert least <= least_share(hits * 3, total * 3) + 1e-12


@given(st.lists(st.integers(0, 50), min_size=3, max_size=3).map(sorted), st.integers(0, 60))
def test_tiers_rise(steps: list[int], number: int) -> None:
    assert tier(number, steps) == sum(number >= s for s in steps)


@given(st.sets(st.text("abcdef", min_size=1, max_size=2)), st.sets(st.text("abcdef", min_size=1, max_size=2)))
def test_what_was_seen_is_no_news(rows: set[str], seen: set[str]) -> None:
    assert not is_news(rows, rows | seen, 50)
    assert is_news(rows, seen, 50) == (bool(rows - seen) and 2 * len(rows - seen) >= len(rows))


def test_who_may_look_and_who_may_confirm() -> None:
    handler = Handler("h", frozenset({"school"}), "p1", True)
    assert may_look(handler, "other", "organisation:other")
    assert not may_look(handler, "school", "organisation:school")
    assert not may_look(handler, "other", "person:p1")
    assert not may_look(replace(handler, may_handle=False), None, "batch:b")
    assert may_confirm("b", "a")
    assert not may_confirm("a", "a")


@given(st.lists(st.tuples(st.sampled_from("xyz"), st.booleans()), max_size=80), st.integers(0, 100), st.integers(0, 5))
def test_a_draw_asks_the_share_of_each_and_nobody_twice(held: list[tuple[str, bool]], percent: int, least: int) -> None:
    done = [Completed(f"u{n}", who, was) for n, (who, was) in enumerate(held)]
    chosen = draw(done, percent, least, lambda use: use[::-1])
    assert len(set(chosen)) == len(chosen)
    assert not {c.use for c in done if c.asked} & set(chosen)
    for who in {c.institution for c in done}:
        mine = [c for c in done if c.institution == who]
        asked_in_all = sum(c.asked or c.use in chosen for c in mine)
        wanted = min(len(mine), max(least, -(-len(mine) * percent // 100)))
        assert asked_in_all == max(wanted, sum(c.asked for c in mine))


def test_a_score_is_the_sum_of_its_parts_up_to_a_hundred() -> None:
    weights = {"confirmed": 40, "strong": 20, "plain": 10, "hint": 4, "denied": 2, "upheld_complaint": 8, "not_there": 1}
    points, parts = score(Standing(strong=1, denied=3), weights)
    assert (points, [(p.name, p.points) for p in parts]) == (26, [("strong", 20), ("denied", 6)])
    assert score(Standing(), weights) == (0, ())
    assert score(Standing(confirmed=9), weights)[0] == 100
