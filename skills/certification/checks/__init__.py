"""What certification promises: numbers, filings, scores, notices and certificates agree."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from datetime import date

from sqlalchemy import select

from skills.certification.checks import (
    accommodations,
    day,
    defences,
    duties,
    examinations,
    filing_changes,
    filings,
    incidents,
    listing,
    norms,
    online,
    rechecks,
    results,
    rooms,
    verdicts,
)
from skills.certification.models import (
    Application,
    Award,
    Filing,
    ImportedNumber,
    Incident,
    NumberSeries,
    Promotion,
    Score,
    ScoreCorrection,
    ScoreEntry,
    ScoreSheet,
    Sitting,
)
from skills.certification.queries import panels as panel_queries
from skills.certification.queries.carried import read_kept, used_up
from skills.certification.queries.incidents import voided
from skills.certification.queries.live import live_scores
from skills.certification.rules import numbers
from skills.certification.rules.carry import Kept
from skills.certification.rules.exams import Outcome, Section, outcome, sections_of
from skills.certification.states import ApplicationState, PromotionState, SittingState
from skills.certification.states.incidents import IncidentState
from skills.certification.states.results import CorrectionState
from skills.credentials.queries import numbers as issued_numbers
from skills.kernel.checks import Bookkeeper, check
from skills.kernel.clock import shanghai_day
from skills.kernel.errors import Refusal
from skills.kernel.jobs import Job, JobState
from skills.records.queries import live_sources
from skills.records.rules.marks import ABSENT, Mark
from skills.standards.queries import value
from skills.standards.rules import Level

__all__ = [
    "accommodations", "day", "defences", "duties", "examinations", "filing_changes", "filings", "incidents", "listing",
    "norms", "online", "rechecks", "results", "rooms", "verdicts",
]  # fmt: skip

OUTCOMES = {
    ApplicationState.PASSED: Outcome.PASSED,
    ApplicationState.VOID: Outcome.PASSED,
    ApplicationState.FAILED: Outcome.FAILED,
    ApplicationState.INCOMPLETE: Outcome.INCOMPLETE,
}


@check("certification.series", "证书编号连续 every series of numbers is used from 1 to its last, each number once")
def series(book: Bookkeeper) -> Iterator[str]:
    last = {row.name: row.last for row in book.db.scalars(select(NumberSeries))}
    used: dict[str, list[int]] = defaultdict(list)
    minted = select(Award.number, Award.level, Award.awarded_at).where(Award.number_source == "minted")
    scopes: dict[date, Sequence[str]] = {}
    for number, level, awarded_at in book.db.execute(minted):
        try:
            read = numbers.read_number(number)
        except Refusal:
            yield f"{number}: not a number of the national form"
            continue
        if read.level != Level(level):
            yield f"{number}: bears {read.level.word}, awarded was {Level(level).word}"
        day = shanghai_day(awarded_at)
        if day not in scopes:
            scopes[day] = value(book.db, "number.series", day)
        name = numbers.series_name(read.filing.text, day, read.level, read.mark, scopes[day])
        used[name].append(read.sequence)
    for text in book.db.scalars(select(Filing.number).where(Filing.number.is_not(None))):
        read_filing = numbers.read_filing(str(text))
        if read_filing.ministry == "0000":
            used[f"filing:{read_filing.province}"].append(read_filing.serial)
    for name, sequence in _gone_by(book, last):
        used[name].append(sequence)
    for name in sorted(set(last) | set(used)):
        if sorted(used[name]) != list(range(1, last.get(name, 0) + 1)):
            yield f"{name}: {len(used[name])} numbers used, the counter says {last.get(name, 0)}"


def _gone_by(book: Bookkeeper, last: dict[str, int]) -> Iterator[tuple[str, int]]:
    """Numbers that came from the authority, each with its series: minting goes by those that lie in its way."""
    scope = value(book.db, "number.series", shanghai_day(book.at))
    for number in book.db.scalars(select(ImportedNumber.number)):
        name = numbers.series_of_head(number[:16], scope)
        if int(number[16:]) <= last.get(name, 0):
            yield name, int(number[16:])


@check("certification.awards", "授予与证书一致 every level certificate has its award and every award its certificate and record")
def awards(book: Bookkeeper) -> Iterator[str]:
    issued = {number for number, _ in issued_numbers(book.db, "level")}
    awarded = set(book.db.scalars(select(Award.number)))
    for number in sorted(issued ^ awarded):
        yield f"{number}: {'a certificate without an award' if number in issued else 'an award without a certificate'}"
    recorded = live_sources(book.db, "level")
    states = dict(issued_numbers(book.db, "level"))
    for number in sorted(awarded & issued):
        if states[number] == "issued" and f"certificate:{number}" not in recorded:
            yield f"{number}: does not stand in the holder's record"


@check("certification.concluded", "结束的考试均已制证 every free pass of a concluded exam has its certificate, and no other has")
def concluded(book: Bookkeeper) -> Iterator[str]:
    today = shanghai_day(book.at)
    under_way = _awards_under_way(book)
    granted = dict(book.db.execute(select(Award.grounds, Award.number)).all())
    taken_back = set(
        book.db.scalars(select(ScoreCorrection.application_id).where(ScoreCorrection.state == CorrectionState.APPROVED))
    )  # whether their certificates follow: certification.corrections
    rows = book.db.execute(select(Application, Sitting).join(Sitting, Sitting.id == Application.sitting_id))
    for application, sitting in rows:
        number = granted.get(f"application:{application.id}")
        over = sitting.state == SittingState.CONCLUDED
        passed = application.state == ApplicationState.PASSED
        if number is None and over and passed and not application.held and application.id not in under_way:
            yield f"application {application.id}: passed and concluded without a certificate"
        if number is not None and not (over and (passed or application.id in taken_back)):
            yield f"{number}: the application is {application.state}, the sitting {sitting.state}"
        if over and (sitting.notice_to is None or sitting.concluded_on is None
                     or not sitting.notice_to < sitting.concluded_on <= today):  # fmt: skip
            yield f"sitting {sitting.id}: concluded before its notice was over"
    early = (
        select(Award.number, Award.awarded_at, Sitting.notice_to)
        .join(Sitting, Sitting.id == Award.sitting_id)
    )  # fmt: skip
    for number, at, notice_to in book.db.execute(early):
        if notice_to is None or shanghai_day(at) <= notice_to:
            yield f"{number}: awarded before the notice was over"


@check("certification.refused_say_why", "未制证均有原因 a refused certificate keeps its reason; who is held has no certificate")
def refused_say_why(book: Bookkeeper) -> Iterator[str]:
    granted = set(book.db.scalars(select(Award.grounds)))
    rows = select(Application.id, Application.held, Application.problem).where(
        (Application.held != "") | Application.problem.is_not(None)
    )
    for application_id, held, problem in book.db.execute(rows):
        if (held == "refused") != (problem is not None):
            yield f"application {application_id}: held as {held!r}, its reason is {problem and problem.get('code')}"
        if held and f"application:{application_id}" in granted:
            yield f"application {application_id}: held as {held!r} though it has a certificate"


def _awards_under_way(book: Bookkeeper) -> set[str]:
    waiting = select(Job.args).where(
        Job.name == "certification.award", Job.state.in_((JobState.WAITING, JobState.RUNNING))
    )
    return {application for args in book.db.scalars(waiting) for application in args["application_ids"]}


@check("certification.scores", "成绩双录一致 every score was typed equally by two and signed off, and gives its outcome")
def scores(book: Bookkeeper) -> Iterator[str]:
    typed: dict[tuple[str, str], dict[int, tuple[int | None, str]]] = defaultdict(dict)
    for entry in book.db.scalars(select(ScoreEntry).where(ScoreEntry.replaced_at.is_(None))):
        typed[entry.application_id, entry.section][entry.turn] = (entry.hundredths, entry.by)
    typed |= _panels(book)
    marks: dict[str, dict[Section, Mark]] = defaultdict(dict)
    kept: dict[str, set[Section]] = defaultdict(set)
    for score in book.db.scalars(select(Score).order_by(Score.version)):
        marks[score.application_id][Section(score.section)] = Mark(score.hundredths)
        if score.kept_from is not None:
            kept[score.application_id].add(Section(score.section))
            continue
        if score.version > 1:
            continue  # not typed but decided: certification.corrections
        both = typed[score.application_id, score.section]
        if {turn: value for turn, (value, _) in both.items()} != {1: score.hundredths, 2: score.hundredths}:
            yield f"application {score.application_id} {score.section}: the two entries do not give the score"
        elif both[1][1] == both[2][1]:
            yield f"application {score.application_id} {score.section}: typed twice by the same account"
    _not_counting(book, marks)
    void = select(Incident.application_id).where(Incident.state == IncidentState.VOID, Incident.voids == "exam")  # certification.incidents
    chosen = select(Application, Sitting).join(Sitting, Sitting.id == Application.sitting_id).where(Application.id.not_in(void))
    rows = book.db.execute(chosen)
    for application, sitting in rows:
        expected = OUTCOMES.get(ApplicationState(application.state))
        held = marks.get(application.id, {})
        if (expected is None) != (not held):
            yield f"application {application.id}: {application.state} with {len(held)} scores"
        elif expected is not None and (
            set(held) != set(sections_of(Level(sitting.level)))
            or outcome(Level(sitting.level), held, sitting.pass_mark, kept[application.id]) is not expected
        ):
            yield f"application {application.id}: the scores do not give {application.state}"


def _not_counting(book: Bookkeeper, marks: dict[str, dict[Section, Mark]]) -> None:
    """A section that is void after misconduct is as one that was not sat."""
    for own, sections in voided(book.db, list(marks)).items():
        marks[own] |= dict.fromkeys(sections, ABSENT)


def _panels(book: Bookkeeper) -> dict[tuple[str, str], dict[int, tuple[int | None, str]]]:
    """What panels come to, in place of what two would have typed: by (application, section)."""
    found: dict[tuple[str, str], dict[int, tuple[int | None, str]]] = {}
    for sitting in book.db.scalars(select(Sitting).where(Sitting.scored_on.is_not(None))):
        if sitting.panel:
            people = list(book.db.scalars(select(Application).where(Application.sitting_id == sitting.id)))
            for section, held in panel_queries.settled(book.db, sitting, people).items():
                for one, settled in held.items():
                    mark = None if settled.mark is None else settled.mark.hundredths
                    found[one, section] = {turn: (mark, f"panel-{turn}") for turn in (1, 2) if settled.mark is not None}
    return found


@check("certification.kept_sections", "保留的单科成绩有据可查 a kept section was passed before, in the same kind of exam, in time and not too often")
def kept_sections(book: Bookkeeper) -> Iterator[str]:
    scores = {(score.application_id, score.section): score for score in book.db.scalars(live_scores())}
    rows = book.db.execute(select(Application, Sitting).join(Sitting, Sitting.id == Application.sitting_id))
    known = {application.id: (application, sitting) for application, sitting in rows}
    used: Counter[tuple[str, str]] = Counter()
    allowed: dict[tuple[str, str], int] = {}
    for application, sitting in known.values():
        told = {s for s in sections_of(Level(sitting.level)) if (application.id, s) in scores}
        stored = {s: scores[application.id, s].kept_from for s in told if scores[application.id, s].kept_from}
        kept = read_kept(application.kept)
        if told and stored != {one.section: one.application_id for one in kept}:
            yield f"application {application.id}: its scores keep other sections than it says"
        for one in kept:
            if sitting.registration_to is not None and used_up(book.db, sitting.registration_to)(application):
                key = (one.application_id, str(one.section))
                most = value(book.db, "exam.most_resits", sitting.registration_to)
                used[key], allowed[key] = used[key] + 1, max(most, allowed.get(key, 0))
            yield from _kept_fault(application, sitting, one, scores.get((one.application_id, one.section)), known)
    for (application_id, section), count in used.items():
        if count > allowed[application_id, section]:
            yield f"application {application_id} {section}: kept in {count} exams"


def _kept_fault(
    application: Application, sitting: Sitting, one: Kept, score: Score | None,
    known: dict[str, tuple[Application, Sitting]],
) -> Iterator[str]:  # fmt: skip
    where = f"application {application.id} {one.section}"
    if score is None or score.kept_from is not None or score.hundredths != one.hundredths:
        yield f"{where}: the score it keeps was not sat in {one.application_id}"
        return
    before, at = known[one.application_id]
    exam = ("organisation_id", "occupation", "branch", "level")
    if before.person_id != application.person_id or any(getattr(at, c) != getattr(sitting, c) for c in exam):
        yield f"{where}: {one.application_id} is another person's or another exam"
    if one.hundredths < at.pass_mark or not _days(at) < _days(sitting) <= one.until:
        yield f"{where}: not passed, or kept for too long"


def _days(sitting: Sitting) -> date:
    return sitting.held_on or date.max


@check("certification.two_people", "签发与晋升均经不同的人 two sign who neither typed nor planned; who grants did not examine")
def two_people(book: Bookkeeper) -> Iterator[str]:
    sheets = select(Sitting, ScoreSheet).join(ScoreSheet, ScoreSheet.sitting_id == Sitting.id)
    for sitting, sheet in book.db.execute(sheets.where(Sitting.signed_by.is_not(None))):
        signers = {sitting.signed_by, sitting.countersigned_by} - {None}
        others = {sheet.first_by, sheet.second_by, *([sitting.planned_by] if sitting.signatures > 1 else [])}
        wanted = 1 if sitting.state == SittingState.SIGNED else sitting.signatures
        if None in others or sheet.first_by == sheet.second_by or signers & others or len(signers) != wanted:
            yield (
                f"sitting {sitting.id}: planned by {sitting.planned_by}, typed by {sheet.first_by} and {sheet.second_by}, "
                f"signed by {sitting.signed_by} and {sitting.countersigned_by}"
            )
    for sitting in book.db.scalars(select(Sitting).where(Sitting.signed_by.is_not(None))):
        if sitting.panel and {sitting.signed_by, sitting.countersigned_by} & set(panel_queries.panel_of(book.db, sitting.id)):
            yield f"sitting {sitting.id}: signed by an examiner of its panel"
    granted = select(Promotion).where(Promotion.state == PromotionState.GRANTED)
    grounds = set(book.db.scalars(select(Award.grounds).where(Award.grounds.like("placing:%"))))
    for row in book.db.scalars(granted):
        if row.examined_by is None or row.decided_by is None or row.examined_by == row.decided_by:
            yield f"promotion {row.id}: examined by {row.examined_by}, decided by {row.decided_by}"
        if f"placing:{row.source}" not in grounds:
            yield f"promotion {row.id}: granted without a certificate"
        grounds.discard(f"placing:{row.source}")
    for ground in sorted(grounds):
        yield f"{ground}: a certificate without a granted promotion"


@check("certification.grounds_stand", "授予依据仍然有效 no promotion rests on a placing that was withdrawn since")
def grounds_stand(book: Bookkeeper) -> Iterator[str]:
    live = live_sources(book.db, "placing")
    states = dict(issued_numbers(book.db, "level"))
    for grounds, number in book.db.execute(select(Award.grounds, Award.number)):
        kind, _, source = grounds.partition(":")
        if kind == "placing" and source not in live and states.get(number) == "issued":
            yield f"{number}: its placing {source} was withdrawn"
