"""The nineteen conditions: each at the exact day and one day less, and what would turn a no into a yes."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from skills.certification.rules.conditions import edition_on, editions
from skills.certification.rules.eligibility import AGE, Terms, anniversary, condition_met, judge, seniority
from skills.kernel.errors import Refusal
from skills.kernel.findings import Finding, Verdict
from skills.records.rules import Education, Facts, LevelHeld, Title, Work
from skills.standards.rules import Level
from skills.web import i18n

JOB, NEAR, FAR = "4-04-05-01", "4-04-05-02", "6-18-01-01"
DAY = date(2026, 11, 23)
TERMS = Terms(edition_on(DAY), frozenset({JOB, NEAR}), frozenset({"渝江软件技师学院"}))
BIRTH = date(1990, 1, 1)
LATE = timedelta(days=1)


def ago(years: int) -> date:
    return DAY.replace(year=DAY.year - years)


def work(since: date, until: date | None = None, code: str = NEAR) -> Work:
    return Work(code, code != JOB, since, until, "星河科技", strength="compared")


def cert(level: Level, on: date, code: str = NEAR) -> LevelHeld:
    return LevelHeld(code, level, on, "")


def title(grade: str, on: date) -> Title:
    return Title(grade, (JOB,), on)


def school(kind: str, graduated: date | None, expected: date | None = None, name: str = "渝江软件技师学院") -> Education:
    return Education(kind, "软件技术", (NEAR,), graduated, expected, name)


def facts(*held: object, birth: date = BIRTH) -> Facts:
    return Facts(
        "p", birth,
        works=tuple(x for x in held if isinstance(x, Work)),
        educations=tuple(x for x in held if isinstance(x, Education)),
        levels=tuple(x for x in held if isinstance(x, LevelHeld)),
        titles=tuple(x for x in held if isinstance(x, Title)),
    )  # fmt: skip


def ask(level: Level, held: Facts, day: date = DAY) -> Verdict:
    return judge(level, JOB, held, day, TERMS)


def one(code: str, held: Facts, day: date = DAY) -> Finding:
    level = Level.of_digit(int(code[1]))
    [found] = [f for f in ask(level, held, day).findings if f.code == f"eligibility.2023.{code}"]
    return found


LONG = work(ago(20))
CASES: list[tuple[str, Facts, Facts]] = [
    # condition, facts that just meet it, facts that just miss it
    ("L5_1", facts(birth=ago(16)), facts(birth=ago(16) + LATE)),
    ("L5_2", facts(work(DAY)), facts(work(ago(3), DAY - LATE))),
    ("L4_1", facts(work(ago(5))), facts(work(ago(5) + LATE))),
    ("L4_2", facts(LONG, cert(Level.L5, ago(3))), facts(LONG, cert(Level.L5, ago(3) + LATE))),
    ("L4_3", facts(school("secondary", DAY)), facts(school("secondary", None, None))),
    ("L3_1", facts(work(ago(10))), facts(work(ago(10) + LATE))),
    ("L3_2", facts(LONG, cert(Level.L4, ago(4))), facts(LONG, cert(Level.L4, ago(4) + LATE))),
    ("L3_3", facts(LONG, title("junior", ago(1))), facts(LONG, title("junior", ago(1) + LATE))),
    ("L3_4", facts(school("senior_technical", DAY)), facts(school("technical", DAY))),
    ("L3_5", facts(cert(Level.L4, DAY), school("college", DAY)), facts(cert(Level.L5, DAY), school("college", DAY))),
    ("L3_6", facts(school("college", DAY)), facts(school("college", DAY, None, "别的学校"))),
    ("L2_1", facts(LONG, cert(Level.L3, ago(5))), facts(LONG, cert(Level.L3, ago(5) + LATE))),
    ("L2_2", facts(LONG, title("junior", ago(5)), cert(Level.L3, ago(1))),
     facts(LONG, title("junior", ago(5)), cert(Level.L3, ago(1) + LATE))),
    ("L2_2", facts(LONG, title("junior", ago(5)), cert(Level.L3, ago(1))),
     facts(LONG, title("junior", ago(5) + LATE), cert(Level.L3, ago(1)))),
    ("L2_3", facts(LONG, title("middle", ago(1))), facts(LONG, title("junior", ago(1)))),
    ("L2_4", facts(work(ago(2)), cert(Level.L3, DAY), school("technician_college", ago(1))),
     facts(work(ago(2) + LATE), cert(Level.L3, DAY), school("technician_college", ago(1)))),
    ("L2_5", facts(cert(Level.L3, ago(2)), school("technician_college", None, DAY)),
     facts(cert(Level.L3, ago(2) + LATE), school("technician_college", None, DAY))),
    ("L2_5", facts(cert(Level.L3, ago(2)), school("technician_college", None, DAY)),
     facts(cert(Level.L3, ago(2)), school("technician_college", DAY))),
    ("L1_1", facts(LONG, cert(Level.L2, ago(5))), facts(LONG, cert(Level.L2, ago(5) + LATE))),
    ("L1_2", facts(LONG, title("middle", ago(5)), cert(Level.L2, ago(1))),
     facts(LONG, title("middle", ago(5)), cert(Level.L3, ago(1)))),
    ("L1_3", facts(LONG, title("senior", ago(1))), facts(LONG, title("middle", ago(1)))),
]  # fmt: skip


@pytest.mark.row(24)
@pytest.mark.parametrize(("code", "enough", "short"), CASES)
def test_a_condition_is_met_on_the_exact_day_and_not_a_day_before(code: str, enough: Facts, short: Facts) -> None:
    yes, no = one(code, enough), one(code, short)
    level = Level.of_digit(int(code[1]))
    if code == "L5_1":
        assert ask(level, enough)
        assert not ask(level, short)
        return
    assert yes.met, yes
    assert not no.met, no
    assert ask(level, enough)
    assert no.facts["todo"]
    assert no.facts["todo_en"]


def test_there_are_nineteen_and_each_is_covered_here() -> None:
    known = {c.code for c in edition_on(DAY).conditions}
    assert len(known) == 19
    assert {code for code, _, _ in CASES} == known
    assert [len(edition_on(DAY).of(Level.of_digit(d))) for d in (5, 4, 3, 2, 1)] == [2, 3, 6, 5, 3]


@pytest.mark.parametrize("edition", editions(), ids=lambda e: e.edition)
def test_every_condition_has_a_sentence_in_both_languages(edition: object) -> None:
    for condition in edition.conditions:  # type: ignore[attr-defined]
        for lang in i18n.LANGUAGES:
            shown = i18n.sentence(condition.sentence, {"fact": "甲", "fact_en": "a", "todo": "乙", "todo_en": "b"}, lang)
            assert shown.text != condition.sentence
            assert "〔" not in shown.text + shown.todo
        assert condition.clause


def test_the_verdict_lists_every_condition_and_names_the_one_met() -> None:
    verdict = ask(Level.L3, facts(school("college", DAY), cert(Level.L4, DAY)))
    assert [f.code for f in verdict.findings] == [AGE, *(f"eligibility.2023.L3_{n}" for n in range(1, 7))]
    assert condition_met(verdict) == "eligibility.2023.L3_5"
    assert all(f.clause for f in verdict.findings[1:])


def test_too_young_is_a_no_with_the_day_from_which_it_is_a_yes() -> None:
    verdict = ask(Level.L4, facts(school("secondary", DAY), birth=ago(15)))
    assert not verdict
    age = verdict.findings[0]
    assert (age.met, age.facts["from_day"]) == (False, DAY.replace(year=DAY.year + 1))
    with pytest.raises(Refusal) as no:
        verdict.or_refuse()
    assert no.value.code == "application.not_eligible"


def test_a_year_begun_on_29_february_is_full_on_1_march() -> None:
    held = facts(work(date(2021, 11, 1)), cert(Level.L5, date(2024, 2, 29)))
    assert not one("L4_2", held, date(2027, 2, 28)).met
    assert one("L4_2", held, date(2027, 3, 1)).met
    assert anniversary(date(2024, 2, 29), 4) == date(2028, 2, 29)


def test_years_say_when_they_are_full_while_the_work_goes_on() -> None:
    going = one("L4_1", facts(work(ago(5) + timedelta(days=30))))
    assert "2026年12月23日" in str(going.facts["todo"])
    ended = one("L4_1", facts(work(ago(5), DAY - timedelta(days=11))))
    assert "还差10天" in str(ended.facts["todo"])


def test_final_year_students_count_and_earlier_years_do_not() -> None:
    assert one("L4_3", facts(school("college", None, DAY + timedelta(days=200)))).met
    assert one("L4_3", facts(school("college", None, anniversary(DAY, 1)))).met
    assert not one("L4_3", facts(school("college", None, anniversary(DAY, 1) + LATE))).met
    assert not one("L4_3", facts(school("college", None, DAY - LATE))).met  # should have graduated, no diploma yet


def test_unrelated_work_certificates_titles_and_majors_do_not_count() -> None:
    assert not one("L4_1", facts(work(ago(9), code=FAR))).met
    assert not one("L4_2", facts(LONG, cert(Level.L5, ago(9), FAR))).met
    assert not one("L3_3", facts(LONG, replace(title("junior", ago(9)), occupations=(FAR,)))).met
    assert not one("L4_3", facts(replace(school("college", ago(1)), occupations=(FAR,)))).met


def test_work_before_the_certificate_does_not_count() -> None:
    assert not one("L4_2", facts(work(ago(20), ago(3)), cert(Level.L5, ago(3)))).met


def test_facts_of_the_future_do_not_count() -> None:
    assert not one("L5_2", facts(work(DAY + LATE))).met
    assert not one("L3_5", facts(cert(Level.L4, DAY + LATE), school("college", DAY))).met


def test_policy_can_ask_for_stronger_proof() -> None:
    strict = replace(TERMS, strengths=frozenset({"compared"}))
    promised = replace(work(ago(6)), strength="promised")
    assert judge(Level.L4, JOB, facts(promised), DAY, TERMS)
    assert not judge(Level.L4, JOB, facts(promised), DAY, strict)


def test_an_old_verdict_can_be_run_again_under_its_edition() -> None:
    held = facts(work(date(2015, 1, 1)), cert(Level.L5, date(2020, 6, 1)))
    then = Terms(edition_on(date(2023, 12, 31)), TERMS.related)
    assert then.edition.edition == "2018"
    assert condition_met(judge(Level.L4, JOB, held, date(2023, 12, 31), then)) == "eligibility.2018.L4_2"
    only = facts(work(date(2020, 6, 1)), cert(Level.L5, date(2020, 6, 1)))
    assert not judge(Level.L4, JOB, only, date(2023, 12, 31), then)  # 3 years would do today, 4 were needed then
    assert judge(Level.L4, JOB, only, date(2024, 1, 1), replace(TERMS, edition=edition_on(date(2024, 1, 1))))


def test_a_day_before_every_edition_is_refused() -> None:
    with pytest.raises(Refusal) as no:
        edition_on(date(2010, 1, 1))
    assert no.value.code == "eligibility.no_edition"


spans = st.lists(
    st.tuples(st.dates(date(2000, 1, 1), date(2026, 11, 23)), st.integers(0, 3000)), min_size=0, max_size=6
)


@given(spans)
def test_overlapping_jobs_count_once_and_order_does_not_matter(found: list[tuple[date, int]]) -> None:
    works = [work(since, since + timedelta(days=length)) for since, length in found]
    days = {since + timedelta(days=n) for since, length in found for n in range(length + 1)}
    worked = len({d for d in days if d < DAY})
    got = seniority(works, frozenset({NEAR}), None, DAY)
    assert (0 if got is None else (got.until - got.since).days) == worked
    assert seniority(list(reversed(works)), frozenset({NEAR}), None, DAY) == got


@given(st.dates(date(1995, 1, 1), date(2026, 11, 22)), st.integers(1, 12))
def test_one_job_reaches_full_years_exactly_on_its_anniversary(since: date, years: int) -> None:
    day = anniversary(since, years)
    before = seniority([work(since)], frozenset({NEAR}), None, day - LATE)
    then = seniority([work(since)], frozenset({NEAR}), None, day)
    assert then is not None
    assert then.reached(years)
    assert before is None or not before.reached(years)
    assert then.whole == (years, 0)


@given(spans, st.integers(0, 400))
def test_more_work_never_makes_it_worse(found: list[tuple[date, int]], more: int) -> None:
    works = [work(since, since + timedelta(days=length)) for since, length in found]
    less, plus = facts(*works), facts(*works, work(DAY - timedelta(days=more + 1)))
    for level in (Level.L5, Level.L4, Level.L3):
        met = {f.code for f in ask(level, less).findings if f.met}
        assert met <= {f.code for f in ask(level, plus).findings if f.met}
