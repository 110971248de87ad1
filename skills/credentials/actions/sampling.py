"""An auditor's sample: planned on record, drawn by a seed that nobody chose, found about case by case, and closed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from skills.credentials.inspection.answer import Answer, Failed, Sheet, nothing, now_known
from skills.credentials.models import AuditCase, AuditSample, Certificate
from skills.credentials.on_record import OnRecord
from skills.credentials.queries import sampling as queries
from skills.credentials.queries.sampling import Criteria
from skills.credentials.rules.sampling import MOST_CASES, MOST_DRAWN, PLANNED, Drawn, Risk, digest, draw
from skills.credentials.signing import Signer
from skills.credentials.states import FINDING, SAMPLE, FindingState, SampleState
from skills.kernel.acts import Act, action
from skills.kernel.canon import plain
from skills.kernel.errors import Refusal
from skills.standards.queries import value

MOST_WORDS = 1_000
MOST_REMARK = 400


@dataclass(frozen=True)
class Planned:
    """A sample that is to be drawn."""

    sample_id: str


@action("audit.plan_sample", may="audit.sample")
def plan_sample(
    act: Act,
    size: int,
    purpose: str,
    by_risk: bool,
    kind: str = "",
    issuer_id: str = "",
    since: date | None = None,
    until: date | None = None,
) -> Planned:
    """Put on record what will be drawn from, before anybody can know the seed."""
    if not 1 <= size <= MOST_DRAWN:
        raise Refusal("audit_sample.size", most=MOST_DRAWN)
    criteria = Criteria(kind, issuer_id, since, until)
    found = queries.count(act.db, criteria, act.at)
    if not found:
        raise Refusal("audit_sample.nobody")
    if found > MOST_CASES:
        raise Refusal("audit_sample.too_many", found=found, most=MOST_CASES)
    risk = Risk(**value(act.db, "audit.sample_risk", act.today)) if by_risk else None
    cases = list(queries.population(act.db, criteria, risk, act.at).values())
    row = act.add(
        AuditSample(
            id=act.new_id(), state=SampleState.PLANNED, purpose=purpose.strip(),
            criteria={"kind": kind, "issuer_id": issuer_id, "since": plain(since), "until": plain(until)},
            risk=plain(risk) if risk else {}, size=size, population=len(cases), digest=digest(cases),
            planned_by=act.actor.account, planned_at=act.at, seed="", checkpoint="", proof={}, conclusion="",
        )
    )  # fmt: skip
    act.note(PLANNED, id=row.id, population=row.digest, cases=row.population, size=size, criteria=row.criteria, risk=row.risk)
    return Planned(row.id)


@action("audit.draw_sample", may="audit.sample")
def draw_sample(act: Act, sample_id: str) -> None:
    """Draw what the first signed head over the plan draws: there is nothing left to choose."""
    row = act.get(AuditSample, id=sample_id)
    SAMPLE.check(row.state, "draw")
    held = queries.sample(act.db, sample_id)
    said = queries.announcement(act.db, sample_id, row.planned_at)
    if said is None:
        raise Refusal("audit_sample.not_yet")
    cases = queries.population_of(act.db, held)
    if digest(list(cases.values())) != row.digest:
        raise Refusal("audit_sample.register_changed")
    proof = {"entry": said.entry, "index": said.index, "hashes": list(said.hashes)}
    act.move(row, SAMPLE, "draw", seed=said.seed(), checkpoint=said.checkpoint, proof=proof, drawn_at=act.at)
    by_number = {case.number: certificate_id for certificate_id, case in cases.items()}
    for place, drawn in enumerate(draw(cases.values(), row.seed, row.size), start=1):
        _add(act, row, place, drawn, by_number[drawn.number])
    act.note("audit.draw_sample", id=row.id, seed=row.seed, cases=min(row.size, row.population))


@action("audit.give_up_sample", may="audit.sample")
def give_up_sample(act: Act, sample_id: str, reason: str) -> None:
    """Give a plan up before it is drawn; that there was one stays on record."""
    row = act.get(AuditSample, id=sample_id)
    act.move(row, SAMPLE, "give_up", ended_by=act.actor.account, ended_at=act.at, conclusion=_words(reason))


@action("audit.record_finding", may="audit.sample")
def record_finding(act: Act, sample_id: str, place: int, finding: str, remark: str) -> None:
    """Record what was found about one certificate; until the sample is closed it may be found otherwise, on record."""
    sample = act.get(AuditSample, id=sample_id)
    if sample.state != SampleState.DRAWN:
        raise Refusal("audit_sample.not_under_review")
    row = act.get(AuditCase, sample_id=sample_id, place=place)
    name = next((m.name for m in FINDING.moves.values() if m.target == finding), None)
    if name is None:
        raise Refusal("audit_finding.unknown_kind")
    said = remark.strip()
    if finding != FindingState.IN_ORDER and not said:
        raise Refusal("audit_finding.remark_needed")
    if len(said) > MOST_REMARK:
        raise Refusal("audit_finding.too_long", most=MOST_REMARK)
    act.move(row, FINDING, name, remark=said, found_by=act.actor.account, found_at=act.at)


@action("audit.close_sample", may="audit.sample")
def close_sample(act: Act, sample_id: str, conclusion: str) -> None:
    """Close a sample once every certificate has its finding; nothing of it changes afterwards."""
    row = act.get(AuditSample, id=sample_id)
    SAMPLE.check(row.state, "close")
    held = queries.sample(act.db, sample_id)
    if left := len(held.cases) - held.looked_at:
        raise Refusal("audit_sample.cases_open", left=left)
    act.move(row, SAMPLE, "close", ended_by=act.actor.account, ended_at=act.at, conclusion=_words(conclusion))
    found = {str(state): held.found(state) for state in FindingState if state != FindingState.OPEN}
    act.note("audit.close_sample", id=row.id, **found)


@action("audit.take_files", may="audit.sample")
def take_files(act: Act, sample_id: str) -> None:
    """Take the files of a sample's cases: they hold personal data, so it stands on record who took them."""
    row = act.get(AuditSample, id=sample_id)
    if row.drawn_at is None:
        raise Refusal("audit_sample.not_drawn")
    act.note("audit.take_files", id=row.id)


def _words(text: str) -> str:
    said = text.strip()
    if not 0 < len(said) <= MOST_WORDS:
        raise Refusal("audit_sample.words_needed", most=MOST_WORDS)
    return said


def _add(act: Act, row: AuditSample, place: int, drawn: Drawn, certificate_id: str) -> None:
    answer = _verdict(act, certificate_id)
    act.add(
        AuditCase(
            id=act.new_id(), sample_id=row.id, certificate_id=certificate_id, place=place, number=drawn.number,
            weight=drawn.weight, key=drawn.key, verdict=str(answer.state), reason=answer.reason,
            log_index=answer.log.index if answer.log else None, state=FindingState.OPEN, remark="",
        )
    )  # fmt: skip


def _verdict(act: Act, certificate_id: str) -> Answer:
    """What the verify page would say of this certificate at this moment."""
    row = act.get(Certificate, id=certificate_id)
    record, now = OnRecord(act.db, act.using(Signer).public_files({}, act.at)), int(act.at.timestamp())
    known = record.by_place(row.number, row.status_index)
    if known is None:
        return nothing("pair", "log_proof", "NOT_GENUINE")
    sheet = Sheet("pair")
    if known.logged is False:
        return sheet.failed(Failed("log", "log_proof"))
    said, status = known.subject, now_known(known, now)
    return sheet.concluded(said, status, now, log=known.logged, replaced_by=known.replaced_by, erased=known.erased)
