"""The report of a supervisor, signed on the day of the exam; and why an exam goes on without one."""

from __future__ import annotations

from dataclasses import dataclass

from skills.accounts.queries import organisation
from skills.certification.queries import exams
from skills.config import Settings
from skills.kernel.acts import Act, action
from skills.kernel.errors import Missing, Refusal
from skills.kernel.shots import Photo, arrived
from skills.messages.actions import send
from skills.standards.queries import value
from skills.supervision.actions.steps import own_of, words
from skills.supervision.models import SupervisionExcuse, SupervisionPhoto
from skills.supervision.queries import pool
from skills.supervision.queries.supervisions import photos_of
from skills.supervision.rules import may_sign
from skills.supervision.states import SUPERVISION

REPORT, EXCUSE = "supervision.report", "supervision.excuse"


@dataclass(frozen=True)
class ItemAnswer:
    """An item of the list: its code, yes, no or na, and a remark."""

    code: str
    answer: str
    remark: str = ""


@dataclass(frozen=True)
class Reported:
    """A supervision after an act upon it, with the items that were answered with no."""

    supervision_id: str
    state: str
    findings: tuple[str, ...] = ()


@action("supervision.add_photos", may=REPORT)
def add_photos(act: Act, supervision_id: str, photos: tuple[Photo, ...]) -> Reported:
    """Put pictures on record. Raises Refusal("supervision.cannot_sign" | "shot.gone" | "shot.twice" | "shot.too_many")."""
    row = own_of(act, supervision_id)
    SUPERVISION.check(row.state, "sign")
    limits = value(act.db, "supervision.photos", act.today)
    if len(photos_of(act.db, row.id)) + len(photos) > limits["most"]:
        raise Refusal("shot.too_many", most=limits["most"])
    for one in photos:
        arrived(pool.SHELF, act.using(Settings).files_dir, one, limits["bytes"])
        if act.find(SupervisionPhoto, supervision_id=row.id, digest=one.digest) is not None:
            raise Refusal("shot.twice")
        act.add(
            SupervisionPhoto(
                id=one.id, supervision_id=row.id, at=act.at, kind=one.kind, size=one.size, digest=one.digest,
                said_at=one.said_at[:20], said_place=one.said_place[:40],
            )
        )  # fmt: skip
        act.note("supervision.photo", id=one.id, supervision=row.id, digest=one.digest)
    return Reported(row.id, row.state)


@action("supervision.sign", may=REPORT)
def sign(act: Act, supervision_id: str, answers: tuple[ItemAnswer, ...], remark: str = "") -> Reported:
    """Sign the report, on the day of the exam: every item answered, every "no" with what was seen.

    Raises Refusal("supervision.cannot_sign_yet" | "supervision.item_unknown" | "supervision.cannot_sign").
    """
    row = own_of(act, supervision_id)
    SUPERVISION.check(row.state, "sign")
    line = exams.sitting(act.db, row.sitting_id)
    asked = [item["code"] for item in value(act.db, "supervision.list", act.today)]
    if any(a.code not in asked for a in answers):
        raise Refusal("supervision.item_unknown")
    unsaid = sum(a.answer == "no" and not a.remark.strip() for a in answers)
    least = int(value(act.db, "supervision.photos", act.today)["least"])
    taken = len(photos_of(act.db, row.id))
    may_sign(asked, {a.code: a.answer for a in answers}, unsaid, taken, least, line.held_on or act.today, act.today).or_refuse()
    act.move(
        row, SUPERVISION, "sign", signed_at=act.at, signed_on=act.today, remark=remark.strip()[:1000],
        answers={a.code: [a.answer, a.remark.strip()[:200]] for a in answers},
    )  # fmt: skip
    found = tuple(a.code for a in answers if a.answer == "no")
    for code in found:
        act.note("supervision.finding", id=row.id, code=code)
    send(act, code="supervision.told_report", organisation_id=row.organisation_id, title=line.title, count=len(found), id=row.id)
    return Reported(row.id, row.state, found)


@action("supervision.excuse", may=EXCUSE)
def excuse(act: Act, sitting_id: str, reason: str) -> None:
    """Let an exam go on to its notice without the report of an internal supervisor, with the reason; once.

    Raises Missing("sitting.unknown"), Refusal("supervision.excused_already").
    """
    line = exams.sitting(act.db, sitting_id)
    bounds = act.actor.districts_for(EXCUSE)
    if bounds is not None and organisation(act.db, line.organisation_id).district not in bounds:
        raise Missing("sitting.unknown")
    if act.find(SupervisionExcuse, sitting_id=sitting_id) is not None:
        raise Refusal("supervision.excused_already")
    act.add(SupervisionExcuse(sitting_id=sitting_id, reason=words(reason, 400), by=act.actor.account, at=act.at))
    act.note("supervision.excuse", id=sitting_id)
    send(act, code="supervision.told_excused", organisation_id=line.organisation_id, title=line.title)
