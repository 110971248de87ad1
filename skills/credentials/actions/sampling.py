"""Drawing a sample, and taking the files of its cases: both stand on record."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import date

from skills.credentials.inspection.answer import Answer, LogPlace, Sheet, nothing, now_known
from skills.credentials.models import AuditSample
from skills.credentials.on_record import OnRecord
from skills.credentials.queries import sampling as queries
from skills.credentials.queries.sampling import Criteria
from skills.credentials.rules.sampling import MOST_CASES, MOST_DRAWN, MOST_SEED, Drawn, Risk, digest, draw
from skills.credentials.signing import Signer
from skills.kernel import log
from skills.kernel.acts import Act, action
from skills.kernel.canon import plain
from skills.kernel.errors import Refusal
from skills.standards.queries import value


@dataclass(frozen=True)
class Sampled:
    """A sample that was drawn."""

    sample_id: str


@action("audit.draw_sample", may="audit.sample")
def draw_sample(
    act: Act,
    seed: str,
    size: int,
    purpose: str,
    by_risk: bool,
    kind: str = "",
    issuer_id: str = "",
    since: date | None = None,
    until: date | None = None,
) -> Sampled:
    """Draw certificates by a seed that was fixed before. The population, its digest and the log's head are kept."""
    if not 0 < len(seed.strip()) <= MOST_SEED or not seed.isprintable():
        raise Refusal("audit_sample.seed_needed")
    if not 1 <= size <= MOST_DRAWN:
        raise Refusal("audit_sample.size", most=MOST_DRAWN)
    criteria = Criteria(kind, issuer_id, since, until)
    found = queries.count(act.db, criteria, act.at)
    if not found:
        raise Refusal("audit_sample.nobody")
    if found > MOST_CASES:
        raise Refusal("audit_sample.too_many", found=found, most=MOST_CASES)
    risk = Risk(**value(act.db, "audit.sample_risk", act.today)) if by_risk else None
    population = queries.population(act.db, criteria, risk, act.at)
    head = log.head(act.db, log.CERTIFICATES)
    row = act.add(
        AuditSample(
            id=act.new_id(),
            drawn_by=act.actor.account,
            drawn_at=act.at,
            seed=seed.strip(),
            purpose=purpose.strip(),
            criteria={"kind": kind, "issuer_id": issuer_id, "since": plain(since), "until": plain(until)},
            risk=plain(risk) if risk else {},
            size=size,
            population=len(population),
            digest=digest(population),
            checkpoint=head.note if head else "",
            cases=[_case(act, drawn) for drawn in draw(population, seed.strip(), size)],
        )
    )
    act.note("audit.draw_sample", id=row.id, population=row.digest, cases=len(row.cases))
    return Sampled(row.id)


@action("audit.take_files", may="audit.sample")
def take_files(act: Act, sample_id: str) -> None:
    """Take the files of a sample's cases: they hold personal data, so it stands on record who took them."""
    row = act.get(AuditSample, id=sample_id)
    act.note("audit.take_files", id=row.id, cases=len(row.cases))


def _case(act: Act, drawn: Drawn) -> dict[str, object]:
    answer = _verdict(act, drawn.number)
    index = answer.log.index if answer.log else None
    return {**asdict(drawn), "state": str(answer.state), "reason": answer.reason, "log_index": index}


def _verdict(act: Act, number: str) -> Answer:
    """What the verify page would say of this certificate at this moment."""
    record = OnRecord(act.db, act.using(Signer).public_files({}, act.at))
    known, now = record.by_number(number), int(act.at.timestamp())
    if known is None or known.logged is False:
        return nothing("pair", "log_proof", "NOT_GENUINE")
    place = known.logged if isinstance(known.logged, LogPlace) else None
    return Sheet("pair").concluded(known.subject, now_known(known, now), now, log=place)
