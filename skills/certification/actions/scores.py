"""Scores: typed by two people who do not see each other's, signed off by two others, then never changed."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select, update

from skills.certification.actions.accommodations import no_decider
from skills.certification.actions.day import not_there
from skills.certification.actions.holding import hold
from skills.certification.actions.moves import chain, reason_of, sitting_for, take
from skills.certification.models import Application, Score, ScoreEntry, ScoreSheet, Sitting
from skills.certification.queries import panels as panel_queries
from skills.certification.queries.carried import read_kept, sat_in, step_of
from skills.certification.queries.incidents import open_ids, voided
from skills.certification.rules.exams import Outcome, Section, outcome, sections_of
from skills.certification.rules.online import MACHINE
from skills.certification.rules.signing import Hands, may_sign_off
from skills.certification.states import APPLICATION, SITTING, ApplicationState, SittingState
from skills.kernel.acts import Act, action
from skills.kernel.errors import Missing, Refusal
from skills.messages.actions import send_many
from skills.records.rules.marks import ABSENT, Mark, Pair, read_typed
from skills.standards.rules import Level

_MOVES = {Outcome.PASSED: "pass", Outcome.FAILED: "fail", Outcome.INCOMPLETE: "leave_open"}


@dataclass(frozen=True)
class Typed:
    """What was typed for one candidate: a score, or 缺考 / absent / - ."""

    application_id: str
    text: str


@dataclass(frozen=True)
class Entered:
    """Which entry this was (1 first, 2 second) and how many rows were written."""

    turn: int
    count: int


@dataclass(frozen=True)
class SignedOff:
    """The outcome of a sitting."""

    passed: int
    failed: int
    incomplete: int


@action("score.enter", may="score.enter")
def enter(act: Act, sitting_id: str, section: str, lines: tuple[Typed, ...]) -> Entered:
    """Type the scores of a section. The first two accounts to do so are the first and the second typist.

    A later line for the same candidate replaces one's own earlier one until the sign-off. Nothing is written if one
    line is refused.
    """
    sitting = sitting_for(act, sitting_id, "score.enter")
    if sitting.state != SittingState.HELD:
        words = SITTING.words[SittingState(sitting.state)]
        raise Refusal("score.not_open", state=words[0], state_en=words[1])
    if section not in sections_of(Level(sitting.level)):
        raise Missing("score.section_unknown")
    if section in sitting.panel:
        raise Refusal("score.by_panel")
    if act.get(ScoreSheet, sitting_id=sitting.id, section=section).way == MACHINE:
        raise Refusal("score.by_machine")
    no_decider(act, sitting.id)
    turn = _turn(act, sitting.id, section)
    seated = {a.id: a for a in _examined(act, sitting)}
    gone = not_there(act, sitting.id, section) if sitting.room_records else set()
    count = 0
    for line in lines:
        if line.application_id not in seated:
            raise Missing("application.unknown")
        if section not in sat_in(seated[line.application_id], Level(sitting.level)):
            raise Refusal("score.section_kept", seat=seated[line.application_id].seat)
        mark = read_typed(line.text, step_of(sitting, section))
        if mark.hundredths is not None and line.application_id in gone:
            raise Refusal("score.was_absent", seat=seated[line.application_id].seat)
        count += _write(act, line, section, turn, mark)
    chain(act, f"enter_{turn}:{section}", dict.fromkeys(line.application_id for line in lines))
    act.note("score.enter", sitting=sitting.id, section=section, turn=turn, count=count)
    return Entered(turn, count)


@action("score.sign", may="score.sign", step_up=True)
def sign(act: Act, sitting_id: str) -> None:
    """Sign the scores as the first of two: both entries complete and equal, by somebody who neither typed nor planned."""
    sitting = sitting_for(act, sitting_id, "score.sign")
    SITTING.check(sitting.state, "sign")
    candidates = _examined(act, sitting)
    _may_sign(act, sitting, _pairs(act, sitting, candidates))
    take(act, sitting, SITTING, "sign", signed_by=act.actor.account)
    chain(act, "sign", [one.id for one in candidates])


@action("score.send_back", may="score.sign")
def send_back(act: Act, sitting_id: str, reason: str) -> None:
    """Take back the first signature with a reason: the scores can be typed again."""
    sitting = sitting_for(act, sitting_id, "score.sign")
    take(act, sitting, SITTING, "send_back", reason_of(reason), signed_by=None)
    chain(act, "send_back", [one.id for one in _examined(act, sitting)])


@action("score.countersign", may="score.sign", step_up=True)
def countersign(act: Act, sitting_id: str) -> SignedOff:
    """Sign the scores off as the second of two, who is not the first and neither typed nor planned. Candidates are told."""
    sitting = sitting_for(act, sitting_id, "score.sign")
    SITTING.check(sitting.state, "countersign")
    candidates = _examined(act, sitting)
    pairs = _pairs(act, sitting, candidates)
    _may_sign(act, sitting, pairs)
    told: dict[Outcome, list[str]] = {result: [] for result in Outcome}
    agreed: dict[str, dict[Section, Mark]] = {}
    for pair in pairs:
        if pair.first is not None:
            agreed.setdefault(pair.candidate, {})[Section(pair.section)] = pair.first
    gone = voided(act.db, [one.id for one in candidates])
    for candidate in candidates:
        marks = agreed[candidate.id]
        for section, mark in marks.items():
            act.db.add(Score(application_id=candidate.id, section=section, hundredths=mark.hundredths))
        kept = read_kept(candidate.kept)
        for one in kept:
            act.db.add(
                Score(
                    application_id=candidate.id, section=one.section, hundredths=one.hundredths,
                    kept_from=one.application_id,
                )
            )  # fmt: skip
        counts = marks | dict.fromkeys(gone.get(candidate.id, ()), ABSENT)  # what was typed stands, and does not count
        result = outcome(Level(sitting.level), counts, sitting.pass_mark, [one.section for one in kept])
        act.move(candidate, APPLICATION, _MOVES[result])
        told[result].append(candidate.person_id)
    for waiting in act.db.scalars(select(Application).where(Application.sitting_id == sitting.id, Application.id.in_(open_ids()))):
        hold(act, waiting)
    for result, people in told.items():
        send_many(act, code=f"exam.{result}", person_ids=people, day=sitting.held_on)
    take(act, sitting, SITTING, "countersign", countersigned_by=act.actor.account, scored_on=act.today)
    chain(act, "countersign", [one.id for one in candidates])
    return SignedOff(*(len(told[result]) for result in (Outcome.PASSED, Outcome.FAILED, Outcome.INCOMPLETE)))


def _may_sign(act: Act, sitting: Sitting, pairs: list[Pair]) -> None:
    typists = {Section(s.section): (s.first_by, s.second_by) for s in _sheets(act, sitting.id)}
    panels = panel_queries.states_of(act.db, sitting, _examined(act, sitting))
    may_sign_off(pairs, typists, Hands(sitting.planned_by, sitting.signed_by), act.actor.account, panels).or_refuse()


def _turn(act: Act, sitting_id: str, section: str) -> int:
    """Whether the actor is the first or the second typist; takes the free place. Both taken: refused."""
    sheet = act.get(ScoreSheet, sitting_id=sitting_id, section=section)
    me = act.actor.account
    for turn, column in ((1, ScoreSheet.first_by), (2, ScoreSheet.second_by)):
        held = sheet.first_by if turn == 1 else sheet.second_by
        if held == me:
            return turn
        if held is None:
            other = ScoreSheet.second_by if turn == 1 else ScoreSheet.first_by
            won = act.db.execute(
                update(ScoreSheet)
                .where(ScoreSheet.id == sheet.id, column.is_(None), other.is_distinct_from(me))
                .values({column: me})
                .returning(ScoreSheet.id)
                .execution_options(synchronize_session=False)
            ).first()
            act.db.refresh(sheet)
            if won is not None:
                return turn
            if me in (sheet.first_by, sheet.second_by):
                return 1 if sheet.first_by == me else 2
    raise Refusal("score.typists_full")


def _write(act: Act, line: Typed, section: str, turn: int, mark: Mark) -> int:
    held = act.find(ScoreEntry, application_id=line.application_id, section=section, turn=turn, replaced_at=None)
    if held is not None:
        if held.hundredths == mark.hundredths:
            return 0
        held.replaced_at = act.at
        act.db.flush()
    act.db.add(
        ScoreEntry(
            id=act.new_id(), application_id=line.application_id, section=section, turn=turn,
            hundredths=mark.hundredths, by=act.actor.account, at=act.at,
        )
    )  # fmt: skip
    act.db.flush()
    return 1


def _examined(act: Act, sitting: Sitting) -> list[Application]:
    return list(
        act.db.scalars(
            select(Application)
            .where(Application.sitting_id == sitting.id, Application.state == ApplicationState.EXAMINED)
            .order_by(Application.seat)
        )
    )


def _sheets(act: Act, sitting_id: str) -> list[ScoreSheet]:
    return list(act.db.scalars(select(ScoreSheet).where(ScoreSheet.sitting_id == sitting_id)))


def _pairs(act: Act, sitting: Sitting, candidates: list[Application]) -> list[Pair]:
    rows = act.db.execute(
        select(ScoreEntry.application_id, ScoreEntry.section, ScoreEntry.turn, ScoreEntry.hundredths)
        .join(Application, Application.id == ScoreEntry.application_id)
        .where(Application.sitting_id == sitting.id, ScoreEntry.replaced_at.is_(None))
    )
    typed = {(application, section, turn): Mark(hundredths) for application, section, turn, hundredths in rows}
    for section, held in panel_queries.settled(act.db, sitting, candidates).items():
        typed |= {(one, section, turn): s.mark for one, s in held.items() if s.mark is not None for turn in (1, 2)}
    return [
        Pair(c.id, section, typed.get((c.id, section, 1)), typed.get((c.id, section, 2)))
        for c in candidates
        for section in sat_in(c, Level(sitting.level))
    ]
