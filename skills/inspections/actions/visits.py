"""The visit 现场检查: heads counted against that minute's attendance, pictures, the list, and both signatures."""

from __future__ import annotations

from dataclasses import dataclass

from skills.config import Settings
from skills.courses.queries import inspected
from skills.inspections.actions.steps import inspection_of, own_of, step, words
from skills.inspections.models import Inspection, InspectionFinding, InspectionPhoto, InspectionPresence
from skills.inspections.queries import pool
from skills.inspections.rules import Limits, Seen, findings, may_count, may_sign, source
from skills.inspections.states import INSPECTION
from skills.kernel.acts import Act, action
from skills.kernel.errors import Missing, Refusal
from skills.kernel.shots import Photo, arrived
from skills.messages.actions import send
from skills.standards.queries import value
from skills.vouchers.actions import holds

CARRY, OWN = "inspection.carry_out", "class.manage"


@dataclass(frozen=True)
class Visited:
    """An inspection after an act upon it; `written` were present by attendance when heads were counted."""

    inspection_id: str
    state: str
    written: int | None = None
    findings: tuple[str, ...] = ()


@dataclass(frozen=True)
class ItemAnswer:
    """An item of the list: its code, yes, no or na, and a remark."""

    code: str
    answer: str
    remark: str = ""


@action("inspection.count", may=CARRY)
def count(
    act: Act, inspection_id: str, session_id: str, held: bool, heads: int, same_room: bool, same_lecturer: bool, seen: str = ""
) -> Visited:
    """Count heads in a lesson. What stands written of it at this minute is frozen with the count, which is final.

    held   whether a class was held at all; if not, heads are none
    seen   which room, which lecturer, if another
    Raises Missing("class_session.unknown"), Refusal("inspection.not_yours" | "inspection.not_now" | "inspection.heads" |
    "inspection.say_what" | "inspection.cannot_count").
    """
    row = _mine(act, inspection_id)
    INSPECTION.check(row.state, "count")
    lesson = next((x for x in inspected.lessons(act.db, row.class_id, row.since, row.until) if x.session_id == session_id), None)
    if lesson is None:
        raise Missing("class_session.unknown")
    may_count(lesson.starts_at, lesson.ends_at, lesson.closes, act.at).or_refuse()
    if not 0 <= heads <= 2_000 or (not held and heads):
        raise Refusal("inspection.heads")
    if held and not (same_room and same_lecturer) and not seen.strip():
        raise Refusal("inspection.say_what")
    present = inspected.present_at(act.db, session_id, act.at)
    act.move(
        row, INSPECTION, "count", session_id=session_id, counted_at=act.at, held=held, heads=heads, written=len(present),
        same_room=same_room, same_lecturer=same_lecturer, seen=seen.strip()[:400], list_day=act.today,
    )  # fmt: skip
    act.add_many(InspectionPresence, [{"inspection_id": row.id, "attendance_id": i} for i in present])
    step(act, row, "count", "inspector")
    act.note("inspection.freeze", id=row.id, session=session_id, heads=heads, written=len(present))
    return Visited(row.id, row.state, row.written)


@action("inspection.add_photos", may=CARRY)
def add_photos(act: Act, inspection_id: str, photos: tuple[Photo, ...]) -> Visited:
    """Put pictures on record. Raises Refusal("inspection.cannot_sign" | "shot.gone" | "shot.too_many")."""
    row = _mine(act, inspection_id)
    INSPECTION.check(row.state, "sign")
    limits = value(act.db, "inspection.photos", act.today)
    held = pool.photos_of(act.db, row.id)
    if len(held) + len(photos) > limits["most"]:
        raise Refusal("shot.too_many", most=limits["most"])
    for one in photos:
        arrived(pool.SHELF, act.using(Settings).files_dir, one, limits["bytes"])
        if act.find(InspectionPhoto, inspection_id=row.id, digest=one.digest) is not None:
            raise Refusal("shot.twice")
        act.add(
            InspectionPhoto(
                id=one.id, inspection_id=row.id, at=act.at, kind=one.kind, size=one.size, digest=one.digest,
                said_at=one.said_at[:20], said_place=one.said_place[:40],
            )
        )  # fmt: skip
        act.note("inspection.photo", id=one.id, inspection=row.id, digest=one.digest)
    return Visited(row.id, row.state, row.written)


@action("inspection.sign", may=CARRY)
def sign(act: Act, inspection_id: str, answers: tuple[ItemAnswer, ...], remark: str = "") -> Visited:
    """Sign as the inspector: the list is answered, what was found is named, and a finding holds the class's money at once.

    Raises Refusal("inspection.cannot_sign_yet" | "inspection.item_unknown" | "inspection.not_yours" | "inspection.cannot_sign").
    """
    row = _mine(act, inspection_id)
    INSPECTION.check(row.state, "sign")
    assert row.list_day is not None and row.held is not None  # noqa: S101, PT018 - a counted one has both
    asked = [item["code"] for item in value(act.db, "inspection.list", row.list_day)]
    if any(a.code not in asked for a in answers):
        raise Refusal("inspection.item_unknown")
    said = {a.code: a.answer for a in answers}
    least = int(value(act.db, "inspection.photos", act.today)["least"])
    may_sign(row.held, asked, said, len(pool.photos_of(act.db, row.id)), least).or_refuse()
    limits = value(act.db, "inspection.heads", row.list_day)
    seen = Seen(row.held, row.heads or 0, row.written or 0, bool(row.same_room), bool(row.same_lecturer), said)
    found = findings(seen, Limits(limits["percent"], limits["least"]))
    act.move(
        row, INSPECTION, "sign", signed_at=act.at, remark=remark.strip()[:1000],
        answers={a.code: [a.answer, a.remark.strip()[:200]] for a in answers if a.answer},
    )  # fmt: skip
    for one in found:
        act.add(InspectionFinding(id=act.new_id(), inspection_id=row.id, code=one.code, facts=dict(one.facts)))
        act.note("inspection.finding", id=row.id, code=one.code)
    if found:
        frozen = holds.place(act, inspected.redemptions_of(act.db, row.class_id), source(row.id), given_back=True)
        act.note("inspection.hold", id=row.id, held=frozen)
    step(act, row, "sign", "inspector")
    number = inspected.inspectable(act.db, row.class_id).number
    send(act, code="inspection.told_sign", organisation_id=row.institution_id, number=number, count=len(found), id=row.id)
    return Visited(row.id, row.state, row.written, tuple(f.code for f in found))


@action("inspection.countersign", may=OWN)
def countersign(act: Act, inspection_id: str, text: str = "") -> Visited:
    """Sign as the institution's person who was there, under one's own account; what one has to say stands beside it."""
    row = own_of(act, inspection_id, OWN)
    return _both(act, row, "countersign", text, countersigned_by=act.actor.account, countersigned_at=act.at)


@action("inspection.note_refusal", may=CARRY)
def note_refusal(act: Act, inspection_id: str, text: str) -> Visited:
    """Note that nobody of the institution signed, and what was said: the visit goes on without."""
    row = _mine(act, inspection_id)
    return _both(act, row, "note_refusal", text, refused=words(text)[:400])


def _both(act: Act, row: Inspection, name: str, text: str, **values: object) -> Visited:
    found = pool.findings_of(act.db, row.id)
    act.move(row, INSPECTION, "open" if found else "agree", **values)
    step(act, row, name, "institution" if name == "countersign" else "inspector", text.strip()[:1000])
    return Visited(row.id, row.state, row.written, tuple(found))


def _mine(act: Act, inspection_id: str) -> Inspection:
    row = inspection_of(act, inspection_id, CARRY)
    if row.inspector != act.actor.account:
        raise Refusal("inspection.not_yours")
    return row
