"""Objections 异议 to a training standard on notice: by real name, each answered before the version is published."""

from __future__ import annotations

from dataclasses import dataclass

from skills.kernel.acts import ANYONE, Act, action
from skills.kernel.box import Box
from skills.kernel.errors import Missing, Refusal
from skills.kernel.ids import human_code
from skills.standards.actions import ObjectorsForgotten, forget_objectors
from skills.training_standards.actions import PUBLISH, back_to_draft
from skills.training_standards.models import StandardObjection, StandardVersion
from skills.training_standards.rules import notice_runs, sealed_at
from skills.training_standards.states import OBJECTION, ObjectionState, StandardState


@dataclass(frozen=True)
class StandardObjected:
    """An objection's receipt number: with it its author reads what it came to."""

    receipt: str


@dataclass(frozen=True)
class StandardObjectionDecided:
    """An objection and its state, and where the version stands now."""

    objection_id: str
    state: str
    version_state: str


@action("training_standard.object", may=ANYONE)
def raise_(act: Act, version_id: str, name: str, contact: str, text: str) -> StandardObjected:
    """Object to a version on notice.

    Raises Missing("training_standard.unknown"), Refusal("training_standard_objection.too_late" | "training_standard_objection.incomplete").
    """
    version = act.find(StandardVersion, id=version_id)
    if version is None or version.state != StandardState.ON_NOTICE:
        raise Missing("training_standard.unknown")
    if not notice_runs(True, version.notice_until, act.today):
        raise Refusal("training_standard_objection.too_late", last=version.notice_until)
    if not (name.strip() and contact.strip() and text.strip()):
        raise Refusal("training_standard_objection.incomplete")
    box, objection_id = act.using(Box), act.new_id()
    row = act.add(StandardObjection(
        id=objection_id, receipt=human_code(act.source), version_id=version_id, state=ObjectionState.RAISED,
        name=box.seal(name.strip()[:60], sealed_at(objection_id, "name")),
        contact=box.seal(contact.strip()[:120], sealed_at(objection_id, "contact")), text=text.strip()[:1000], raised_at=act.at,
    ))  # fmt: skip
    act.note("training_standard_objection.raise", id=row.id, version=version_id)
    return StandardObjected(row.receipt)


@action("training_standard.decide_objection", may=PUBLISH)
def decide(act: Act, objection_id: str, upheld: bool, reply: str) -> StandardObjectionDecided:
    """Answer an objection. Upheld, it sends a version that is still on notice back to its draft: the text is to change.

    Raises Missing("training_standard_objection.unknown"), Refusal("training_standard.own_work", "training_standard.words_needed").
    """
    row = act.find(StandardObjection, id=objection_id)
    if row is None:
        raise Missing("training_standard_objection.unknown")
    version = act.get(StandardVersion, id=row.version_id)
    if version.drafted_by == act.actor.account and not act.actor.everything:
        raise Refusal("training_standard.own_work")
    if not reply.strip():
        raise Refusal("training_standard.words_needed")
    words = reply.strip()[:400]
    act.move(row, OBJECTION, "uphold" if upheld else "dismiss", decided_by=act.actor.account, decided_at=act.at, reply=words)
    if upheld and version.state == StandardState.ON_NOTICE:
        back_to_draft(act, version, words)
    return StandardObjectionDecided(row.id, row.state, version.state)


@action("training_standard_objection.forget", may="system.jobs")
def forget(act: Act) -> ObjectorsForgotten:
    """Take the names and contacts of objectors out whose time is over."""
    return forget_objectors(act, StandardObjection)
