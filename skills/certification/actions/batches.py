"""Many certificates at once: one act for up to fifty passes; a pass that is refused stops no other."""

from __future__ import annotations

import logging
from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.exc import SQLAlchemyError

from skills.certification.actions.awards import award, order_awards
from skills.certification.actions.moves import sitting_for
from skills.certification.models import Application, Award
from skills.certification.states import ApplicationState, SittingState
from skills.credentials.actions import print_again
from skills.credentials.queries.makings import heirs
from skills.kernel.acts import Act, action
from skills.kernel.canon import plain
from skills.kernel.errors import Refusal
from skills.kernel.jobs import Job, JobState, revive

MOST = 50
logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class AwardedMany:
    """How many of the passes have a certificate now, are held, and were refused."""

    awarded: int
    held: int
    refused: int


@dataclass(frozen=True)
class Again:
    """How many passes are ordered anew (beside those whose failed job starts afresh), and how many papers."""

    count: int
    papers: int = 0


@action("award.make_many", may="score.publish")
def award_many(act: Act, application_ids: tuple[str, ...]) -> AwardedMany:
    """Give up to fifty passes their numbers and certificates, each as a part of its own.

    A pass that is refused keeps the reason in its row, its number goes back, and the others are not touched.
    """
    if len(application_ids) > MOST:
        raise Refusal("award.too_many", most=MOST)
    awarded = held = refused = 0
    for application_id in application_ids:
        try:
            with act.part():
                done = award(act, application_id)
        except SQLAlchemyError:
            raise
        except Refusal as refusal:
            _keep(act, application_id, _problem(refusal))
            refused += 1
        except Exception as error:
            logger.exception("no certificate for application %s", application_id)
            _keep(act, application_id, {"code": "award.broken", "facts": {"kind": type(error).__name__}, "findings": []})
            refused += 1
        else:
            awarded, held = awarded + bool(done.number), held + (not done.number)
    return AwardedMany(awarded, held, refused)


@action("award.again", may="score.publish")
def again(act: Act, sitting_id: str) -> Again:
    """Order anew what a concluded exam still owes: passes refused, held or left over, papers that failed; none twice."""
    row = sitting_for(act, sitting_id, "score.publish")
    if row.state != SittingState.CONCLUDED:
        raise Refusal("award.not_due")
    passes = act.db.scalars(
        select(Application.id)
        .where(Application.sitting_id == row.id, Application.state == ApplicationState.PASSED)
        .order_by(Application.seat)
    ).all()
    failed = _jobs(act, JobState.FAILED)
    revive(act.db, "certification.award", (job for job, ids in failed.items() if ids & set(passes)), act.at)
    awarded = act.db.execute(select(Award.grounds, Award.certificate_id).where(Award.sitting_id == row.id)).all()
    papers = print_again(act, heirs(act.db, [certificate_id for _, certificate_id in awarded]).values())
    done = {grounds.removeprefix("application:") for grounds, _ in awarded}
    done |= {one for ids in _jobs(act, JobState.WAITING, JobState.RUNNING).values() for one in ids}
    owed = [application_id for application_id in passes if application_id not in done]
    order_awards(act, owed)
    act.note("award.again", id=row.id, count=len(owed), papers=papers)
    return Again(len(owed), papers)


def _jobs(act: Act, *states: JobState) -> dict[str, set[str]]:
    """Award jobs in these states with their applications."""
    chosen = select(Job.id, Job.args).where(Job.name == "certification.award", Job.state.in_(states))
    return {job: set(args["application_ids"]) for job, args in act.db.execute(chosen)}


def _keep(act: Act, application_id: str, problem: dict[str, object]) -> None:
    row = act.get(Application, id=application_id)
    row.held, row.problem = "refused", problem
    act.db.flush()
    act.note("award.refused", id=row.id, code=problem["code"], rules=_rules(problem["findings"]))


def _problem(refusal: Refusal) -> dict[str, object]:
    """A refusal as it is kept: codes and facts, none of them a name."""
    found = [{"code": f.code, "facts": plain(dict(f.facts))} for f in refusal.findings if not f.met]
    return {"code": refusal.code, "facts": plain(dict(refusal.facts)), "findings": found}


def _rules(findings: object) -> list[str]:
    return [str(f["code"]) for f in findings] if isinstance(findings, Iterable) else []
