"""Who may sit for a level: every condition with the fact that met it or what is missing (pure).

Source: the edition of the conditions in force on the registration deadline (`rules.conditions`). Years are full years
counted to the reference day (policy `eligibility.reference`); several jobs add up, overlapping ones count once.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from skills.certification.rules.conditions import Condition, Edition, edition_named
from skills.kernel.errors import Refusal
from skills.kernel.findings import Finding, Verdict
from skills.people.rules import age_on, turns
from skills.records.rules import SCHOOL_WORDS, Education, Facts, LevelHeld, Title, Work
from skills.standards.rules import Level

AGE = "eligibility.age"
REFERENCES = {
    "registration_to": ("报名截止日", "the registration deadline"),
    "held_on": ("考试日", "the exam day"),
}
GRADES = ("junior", "middle", "senior")
_GRADE_WORDS = {"junior": ("初级", "junior"), "middle": ("中级", "intermediate"), "senior": ("高级", "senior")}


@dataclass(frozen=True)
class Terms:
    """What a verdict is given under.

    related           occupation codes that count beside the one applied for
    approved_schools  schools whose training was assessed (三级 condition 6)
    min_age           full years on the reference day (policy exam.min_age)
    strengths         how facts must be proved to count: compared, seen, promised
    reference         which day of the sitting years are counted to, one of REFERENCES (policy eligibility.reference)
    """

    edition: Edition
    related: frozenset[str] = frozenset()
    approved_schools: frozenset[str] = frozenset()
    min_age: int = 16
    strengths: frozenset[str] = frozenset({"compared", "seen", "promised"})
    reference: str = "registration_to"

    def day(self, registration_to: date, held_on: date) -> date:
        """The day that years are counted to. Raises KeyError for a reference that is none of REFERENCES."""
        return {"registration_to": registration_to, "held_on": held_on}[self.reference]


@dataclass(frozen=True)
class Part:
    """One part of a condition: met or not, the fact, and what would turn it into a yes, in both languages.

    need      what it asks for: intent, working, years, level, held (a certificate held for years), title, schooling
    from_day  of a part that is not met: the day from which it is, if what is on record goes on as it is; None if waiting does not help
    """

    met: bool
    fact: tuple[str, str]
    todo: tuple[str, str] = ("", "")
    need: str = ""
    from_day: date | None = None


@dataclass(frozen=True)
class Way:
    """A condition with its parts, as they stand on a day."""

    condition: Condition
    parts: tuple[Part, ...]

    @property
    def missing(self) -> tuple[Part, ...]:
        """The parts that are not met."""
        return tuple(p for p in self.parts if not p.met)


def judge(level: Level, occupation: str, facts: Facts, day: date, terms: Terms) -> Verdict:
    """Whether somebody may sit for a level: the age, and at least one condition. `day` is the reference day.

    Every condition of the level stands in the findings, met or not.
    """
    codes = frozenset({occupation}) | terms.related
    held = _Held(facts, codes, terms, day)
    counted = {"day": day} | dict(zip(("reference", "reference_en"), REFERENCES[terms.reference], strict=True))
    age = _age(facts.birth, terms.min_age, day, counted)
    ways = tuple(finding(w) for w in _ways(level, held))
    yes = age.met and any(w.met for w in ways)
    return Verdict(
        yes, "application.not_eligible", (age, *ways),
        {"level": level.wording, "level_en": level.english, "occupation": occupation, **counted},
    )


def ways(level: Level, occupation: str, facts: Facts, day: date, terms: Terms) -> tuple[Way, ...]:
    """Every condition of a level, part by part, as `judge` would decide it on this reference day; the age apart."""
    return tuple(_ways(level, _Held(facts, frozenset({occupation}) | terms.related, terms, day)))


def frozen(level: Level, occupation: str, day: date, terms: Terms) -> dict[str, Any]:
    """What a verdict is given under, beside the facts, in JSON terms: `again` gives it once more."""
    return {
        "level": int(level), "occupation": occupation, "day": day.isoformat(), "edition": terms.edition.edition,
        "related": sorted(terms.related), "approved_schools": sorted(terms.approved_schools), "min_age": terms.min_age,
        "strengths": sorted(terms.strengths), "reference": terms.reference,
    }  # fmt: skip


def again(kept: Mapping[str, Any], facts: Facts) -> Verdict:
    """The verdict on these facts under kept terms. Raises KeyError or ValueError for what are none, Refusal("eligibility.no_edition")."""
    terms = Terms(
        edition_named(kept["edition"]), frozenset(kept["related"]), frozenset(kept["approved_schools"]), kept["min_age"],
        frozenset(kept["strengths"]), kept["reference"],
    )  # fmt: skip
    return judge(Level(kept["level"]), kept["occupation"], facts, date.fromisoformat(kept["day"]), terms)


def condition_met(verdict: Verdict) -> str:
    """The code of the first condition that was met, empty if none was."""
    return next((f.code for f in verdict.findings if f.met and f.code != AGE), "")


def relied_on(verdict: Verdict, edition: str, chosen: str) -> str:
    """The sentence of the condition that an application rests on: the chosen one (L4_2), else the first that was met.

    Raises Refusal("application.other_condition") for a chosen one that is not met.
    """
    if not chosen:
        return condition_met(verdict)
    sentence = f"eligibility.{edition}.{chosen}"
    if not any(f.met for f in verdict.findings if f.code == sentence):
        raise Refusal("application.other_condition", verdict.findings, condition=chosen)
    return sentence


def anniversary(day: date, years: int) -> date:
    """The same day `years` later; 29 February becomes 1 March in other years."""
    return turns(day, years)


@dataclass(frozen=True)
class Seniority:
    """Work that adds up: as if it had begun on `since` and gone on to `until`. `goes_on` on the reference day."""

    since: date
    until: date
    goes_on: bool

    def reached(self, years: int) -> bool:
        """Whether that many full years are reached."""
        return anniversary(self.since, years) <= self.until

    @property
    def whole(self) -> tuple[int, int]:
        """(full years, days beyond them)."""
        years = age_on(self.since, self.until)
        while years and anniversary(self.since, years) > self.until:
            years -= 1  # 29 February counts as 1 March
        return years, (self.until - anniversary(self.since, years)).days


def seniority(works: Iterable[Work], codes: frozenset[str], after: date | None, day: date) -> Seniority | None:
    """Work in these occupations from `after` to the reference day, added up; None if there is none."""
    spans: list[tuple[date, date]] = []
    for work in sorted((w for w in works if w.occupation in codes), key=lambda w: w.since):
        since = max(work.since, after) if after else work.since
        until = day if work.until is None else min(work.until + timedelta(days=1), day)
        if since >= until:
            continue
        if spans and since <= spans[-1][1]:
            spans[-1] = (spans[-1][0], max(spans[-1][1], until))
        else:
            spans.append((since, until))
    if not spans:
        return None
    earlier = sum((until - since).days for since, until in spans[:-1])
    since, until = spans[-1]
    return Seniority(since - timedelta(days=earlier), until, until == day)


class _Held:
    """What counts of somebody's facts for these occupations."""

    def __init__(self, facts: Facts, codes: frozenset[str], terms: Terms, day: date) -> None:
        self.codes, self.terms, self.day = codes, terms, day
        sure = terms.strengths
        self.works: Sequence[Work] = [w for w in facts.works if w.strength in sure and w.since <= day]
        self.levels: Sequence[LevelHeld] = [
            x for x in facts.levels if x.strength in sure and x.occupation in codes and x.issued_on <= day
        ]
        self.titles: Sequence[Title] = [
            t for t in facts.titles if t.strength in sure and codes & set(t.occupations) and t.awarded_on <= day
        ]
        self.educations: Sequence[Education] = [
            e for e in facts.educations if e.strength in sure and codes & set(e.occupations)
        ]

    def certificate(self, level: Level) -> LevelHeld | None:
        """The earliest certificate of just this level."""
        return min((x for x in self.levels if x.level == level), key=lambda x: x.issued_on, default=None)

    def title(self, grade: str) -> Title | None:
        """The earliest title of this grade or a higher one."""
        enough = GRADES[GRADES.index(grade) :]
        return min((t for t in self.titles if t.grade in enough), key=lambda t: t.awarded_on, default=None)


def _ways(level: Level, held: _Held) -> Iterable[Way]:
    return (Way(c, tuple(_parts(c, held))) for c in held.terms.edition.of(level))


def finding(way: Way) -> Finding:
    """A way as a verdict says it: its sentence, the facts, and what is missing."""
    condition, still = way.condition, way.missing
    shown = {
        "fact": "；".join(p.fact[0] for p in way.parts),
        "fact_en": "; ".join(p.fact[1] for p in way.parts),
        "todo": "；".join(p.todo[0] for p in still),
        "todo_en": "; ".join(p.todo[1] for p in still),
    }
    return Finding(condition.sentence, not still, condition.clause, shown)


def _parts(condition: Condition, held: _Held) -> Iterable[Part]:
    if condition.intends:
        yield Part(True, ("以本次申报表明从业意愿", "shown by applying"), need="intent")
    if condition.working:
        yield _working(held)
    if condition.certificate is not None:
        yield from _with_certificate(condition, condition.certificate, held)
    if condition.title is not None:
        yield from _with_title(condition, condition.title, held)
    if condition.education:
        yield _schooling(condition, held)
    if condition.years:
        yield _worked(held, None, condition.years, ("从事相关工作", "related work"))


def _age(birth: date, least: int, day: date, counted: Mapping[str, object]) -> Finding:
    from_day = turns(birth, least)
    facts = {"age": age_on(birth, day), "least": least, "from_day": from_day, **counted}
    return Finding(AGE, from_day <= day, "", facts)


def _working(held: _Held) -> Part:
    for work in held.works:
        if work.occupation in held.codes and (work.until is None or work.until >= held.day):
            return Part(True, (f"自{_zh(work.since)}起在岗", f"at work since {_en(work.since)}"), need="working")
    return Part(
        False, ("没有在岗的相关工作记录", "no present related work on record"),
        ("请补充在岗工作证明", "add proof of your present work"), "working",
    )  # fmt: skip


def _worked(held: _Held, after: date | None, years: int, what: tuple[str, str]) -> Part:
    found = seniority(held.works, held.codes, after, held.day)
    if found is None:
        return Part(
            False, (f"没有{what[0]}的记录", f"no {what[1]} on record"),
            (f"补充{what[0]}满{years}年的证明", f"add proof of {years} full years of {what[1]}"), "years",
        )  # fmt: skip
    full, days = found.whole
    fact = (f"{what[0]}{full}年零{days}天", f"{what[1]}: {full} years and {days} days")
    if found.reached(years):
        return Part(True, fact, need="years")
    if found.goes_on:
        when = anniversary(found.since, years)
        todo = (f"继续工作到{_zh(when)}满{years}年", f"{years} full years on {_en(when)} if it goes on")
        return Part(False, fact, todo, "years", when)
    short = (anniversary(found.since, years) - found.until).days
    return Part(False, fact, (f"还差{short}天相关工作", f"{short} more days of such work"), "years")


def _with_certificate(condition: Condition, level: Level, held: _Held) -> Iterable[Part]:
    found = held.certificate(level)
    if found is None:
        yield Part(
            False, (f"没有{level.wording}证书记录", f"no certificate on record: {level.english}"),
            (f"先取得{level.wording}证书，或提交已有的证书", f"gain this certificate first, or add it: {level.english}"), "level",
        )  # fmt: skip
        return
    yield Part(True, (f"{_zh(found.issued_on)}取得{level.wording}证书", f"{level.english} since {_en(found.issued_on)}"), need="level")
    if condition.years_after_certificate:
        what = (f"取得{level.wording}证书后从事相关工作", f"related work after the certificate ({level.english})")
        yield _worked(held, found.issued_on, condition.years_after_certificate, what)
    if condition.certificate_held:
        when = anniversary(found.issued_on, condition.certificate_held)
        yield Part(
            when <= held.day, (f"证书满{condition.certificate_held}年的日期是{_zh(when)}",
                               f"held for {condition.certificate_held} years on {_en(when)}"),
            (f"{_zh(when)}起可以申报", f"may apply from {_en(when)}"), "held", None if when <= held.day else when,
        )  # fmt: skip


def _with_title(condition: Condition, grade: str, held: _Held) -> Iterable[Part]:
    zh, en = _GRADE_WORDS[grade]
    found = held.title(grade)
    if found is None:
        yield Part(
            False, (f"没有对应专业的{zh}职称记录", f"no matching {en} title on record"),
            (f"取得或提交对应的{zh}职称", f"gain or add a matching {en} title"), "title",
        )  # fmt: skip
        return
    yield Part(True, (f"{_zh(found.awarded_on)}取得{zh}（或以上）职称", f"{en} title or above since {_en(found.awarded_on)}"), need="title")
    what = (f"取得{zh}职称后从事相关工作", f"related work after the {en} title")
    yield _worked(held, found.awarded_on, condition.years_after_title, what)


def _schooling(condition: Condition, held: _Held) -> Part:
    soonest = None
    for education in held.educations:
        if education.kind not in condition.education:
            continue
        if condition.approved_school and education.school not in held.terms.approved_schools:
            continue
        if _counts(education, condition, held.day):
            return Part(
                True, (f"{education.school}{education.major}专业", f"{education.school}, {education.major}"), need="schooling",
            )  # fmt: skip
        if condition.final_year and education.expected_on is not None and education.expected_on > held.day:
            year_before = _year_before(education.expected_on)
            soonest = min(soonest or year_before, year_before)
    words = "、".join(SCHOOL_WORDS[k][0] for k in condition.education)
    words_en = ", ".join(SCHOOL_WORDS[k][1].lower() for k in condition.education)
    if condition.approved_school:
        words, words_en = f"{words}，且学校在经评估论证的名单内", f"{words_en}, at a school on the approved list"
    return Part(
        False, ("没有符合要求的相关专业学历记录", "no fitting schooling in a related major on record"),
        (f"提交相关专业的毕业证书或在读证明（{words}）",
         f"add a diploma or enrolment proof in a related major ({words_en})"), "schooling", soonest,
    )  # fmt: skip


def _year_before(day: date) -> date:
    """The first day from which `day` lies within a year."""
    try:
        return day.replace(year=day.year - 1)
    except ValueError:  # 29 February
        return date(day.year - 1, 3, 1)


def _counts(education: Education, condition: Condition, day: date) -> bool:
    graduated = education.graduated_on is not None and education.graduated_on <= day
    expected = education.expected_on
    if condition.enrolled:
        return not graduated and expected is not None and day <= expected
    final = condition.final_year and expected is not None and day <= expected <= anniversary(day, 1)
    return graduated or final


def _zh(day: date) -> str:
    return f"{day.year}年{day.month}月{day.day}日"


def _en(day: date) -> str:
    return f"{day.day} {day:%b %Y}"
