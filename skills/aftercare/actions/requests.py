"""补发 更正 换发 作废 注销: asked, examined by one, decided by another; what follows happens in the deciding act."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from skills.aftercare.actions.steps import (
    begin,
    certificate_for,
    machine_of,
    of_body,
    of_holder,
    reason_given,
    seal,
    settle_order,
    take,
    tell_body,
    tell_follower,
    tell_holder,
    wanted_changes,
)
from skills.aftercare.models import CareRequest
from skills.aftercare.rules import Asker, CareKind, changes_fit, proofs_seen, read_proofs, second_hand
from skills.aftercare.states import CARE
from skills.credentials import actions as credentials
from skills.credentials import queries as certificates
from skills.credentials.homes import HOMES
from skills.kernel.acts import Act, action
from skills.kernel.box import Box
from skills.kernel.errors import Refusal
from skills.people.queries import person, printed_document
from skills.standards.calendar import add_working_days
from skills.standards.queries import value


@dataclass(frozen=True)
class Asked:
    """The receipt of a request: its number, and the last day for the decision."""

    request_id: str
    number: str
    due_on: str


@dataclass(frozen=True)
class Settled:
    """How a request ended: its state, the number that counts now, the new paper's serial."""

    request_id: str
    state: str
    certificate_number: str
    serial: str = ""


@action("care.ask", may="care.ask")
def ask(act: Act, number: str, kind: CareKind, reason: str, text: str) -> Asked:
    """Ask for one's own certificate. Raises Refusal("care.not_possible"), Missing."""
    if act.actor.person is None:
        raise Refusal("no_person")
    return ask_as(act, act.actor.person, number, kind, reason, text)


def ask_as(act: Act, person_id: str, number: str, kind: CareKind, reason: str, text: str) -> Asked:
    """The same in somebody's name, inside the caller's act."""
    line = certificates.mine(act.db, person_id, number)
    row = begin(act, line, _five(kind), Asker.HOLDER, reason, text)
    tell_body(act, row, "care.asked", number=row.number)
    return _receipt(row)


@action("care.ask_as_body", may="care.handle")
def ask_as_body(
    act: Act, number: str, kind: CareKind, reason: str, text: str, changes: Mapping[str, str] | None = None
) -> Asked:
    """Begin a request as the issuing body: at its counter for the holder, or because it made a mistake itself."""
    line = certificate_for(act, number, "care.handle")
    given = {name: words.strip() for name, words in (changes or {}).items() if words.strip()}
    if kind is CareKind.CORRECT:
        _check_changes(act, line, given)
    row = begin(act, line, _five(kind), Asker.BODY, reason, text, given or None)
    tell_holder(act, row, "care.begun")
    return _receipt(row)


@action("care.send_back", may="care.handle")
def send_back(act: Act, request_id: str, missing: str) -> None:
    """Say what is missing; the clock starts anew when it has been brought."""
    row = of_body(act, request_id, "care.handle")
    words = reason_given(missing)
    take(act, row, machine_of(row), "send_back", note=seal(act.using(Box), row.id, "note", words, row.person_id))
    tell_holder(act, row, "care.sent_back")


@action("care.complete", may="care.ask")
def complete(act: Act, request_id: str, text: str) -> None:
    """Bring what was missing."""
    complete_as(act, act.actor.person, request_id, text)


def complete_as(act: Act, person_id: str | None, request_id: str, text: str) -> None:
    """The same in somebody's name, inside the caller's act."""
    row = of_holder(act, person_id, request_id)
    days = value(act.db, "care.working_days", act.today)[row.kind]
    words = reason_given(text)
    take(act, row, CARE, "complete", text=seal(act.using(Box), row.id, "text", words, row.person_id),
         due_on=add_working_days(act.today, int(days)))  # fmt: skip
    tell_body(act, row, "care.asked", number=row.number)


@action("care.withdraw", may="care.ask")
def withdraw(act: Act, request_id: str) -> None:
    """Take one's own request back, while nobody has examined it."""
    withdraw_as(act, act.actor.person, request_id)


def withdraw_as(act: Act, person_id: str | None, request_id: str) -> None:
    """The same in somebody's name, inside the caller's act."""
    row = of_holder(act, person_id, request_id)
    if row.asker != Asker.HOLDER:
        raise Refusal("care.not_yours")
    take(act, row, machine_of(row), "withdraw")


@action("care.examine", may="care.handle")
def examine(
    act: Act, request_id: str, proofs: tuple[str, ...], note: str, changes: Mapping[str, str] | None = None
) -> None:
    """The first hand: every proof of the policy has been seen, and for a correction what it is to say.

    Raises Refusal("care.proof_missing", "care.no_such_correction").
    """
    row = of_body(act, request_id, "care.handle")
    CARE.check(row.state, "examine")
    kind = CareKind(row.kind)
    required = read_proofs(value(act.db, "care.proofs", act.today), kind, row.reason)
    proofs_seen(required, proofs).or_refuse()
    box = act.using(Box)
    sealed = row.changes
    if kind is CareKind.CORRECT:
        given = {name: words.strip() for name, words in (changes or {}).items() if words.strip()}
        given = given or wanted_changes(act, row)
        _check_changes(act, certificates.by_id(act.db, row.certificate_id), given)
        sealed = seal(box, row.id, "changes", json.dumps(given, ensure_ascii=False), row.person_id)
    seen = {code: act.today.isoformat() for code in sorted(set(proofs) & {p.code for p in required})}
    take(act, row, CARE, "examine", examined_by=act.actor.account, proofs=seen, changes=sealed,
         note=seal(box, row.id, "note", note, row.person_id) if note.strip() else row.note)  # fmt: skip


@action("care.carry_out", may="care.decide", step_up=True)
def carry_out(act: Act, request_id: str) -> Settled:
    """The second hand: the request is carried out, whole, in this act. Raises Refusal("care.second_person")."""
    row = of_body(act, request_id, "care.decide")
    CARE.check(row.state, "carry_out")
    second_hand(act.actor.account, row.examined_by, row.asked_by).or_refuse()
    number, values = _result(act, row)
    take(act, row, CARE, "carry_out", decided_by=act.actor.account, decided_at=act.at, **values)
    settle_order(act, row, "fulfil")
    tell_follower(act, row, carried_out=True)
    tell_holder(act, row, "care.done", certificate=number)
    return Settled(row.id, row.state, number, row.serial)


@action("care.refuse", may="care.decide")
def refuse(act: Act, request_id: str, why: str) -> Settled:
    """Refuse a request, with the reason for its holder: by another person than who examined it or asked for it."""
    row = of_body(act, request_id, "care.decide")
    if row.kind == CareKind.REVOKE:
        raise Refusal("care.wrong_way")
    CARE.check(row.state, "refuse")
    second_hand(act.actor.account, row.examined_by, row.asked_by).or_refuse()
    take(act, row, CARE, "refuse", decided_by=act.actor.account, decided_at=act.at,
         note=seal(act.using(Box), row.id, "note", reason_given(why), row.person_id))  # fmt: skip
    settle_order(act, row, "decline")
    tell_follower(act, row, carried_out=False)
    tell_holder(act, row, "care.refused")
    return Settled(row.id, row.state, certificates.by_id(act.db, row.certificate_id).number)


def _result(act: Act, row: CareRequest) -> tuple[str, dict[str, object]]:
    """Do what the request asks for: (the number that counts now, values of the request's row)."""
    line = certificates.by_id(act.db, row.certificate_id)
    match CareKind(row.kind):
        case CareKind.REPRINT:
            return line.number, {"serial": credentials.reprint(act, line.id, row.reason)}
        case CareKind.VOID:
            if line.handed_on is not None:
                raise Refusal("care.handed_out_meanwhile", on=line.handed_on)
            credentials.take_back(act, line.id, "void", row.reason)
        case CareKind.CANCEL:
            credentials.take_back(act, line.id, "cancel", row.reason)
        case CareKind.CORRECT:
            return _replace(act, line, wanted_changes(act, row), row.reason)
        case CareKind.EXCHANGE:
            return _replace(act, line, {}, row.reason)
        case _:
            raise Refusal("care.wrong_way")
    return line.number, {}


def _replace(
    act: Act, line: certificates.CertificateLine, changes: Mapping[str, Any], reason: str
) -> tuple[str, dict[str, object]]:
    """A certificate in place of this one: its name and document as they stand on record, and what is corrected."""
    document = printed_document(act.db, act.using(Box), line.person_id)
    name = person(act.db, line.person_id).name if reason == "identity" else line.claims.holder_name
    claims = replace(
        line.claims, holder_name=name, document_kind=document.kind_word, document_masked=document.masked,
        issued_on=act.today, number=_number_for(act, line), **changes,
    )  # fmt: skip
    if replace(claims, issued_on=line.claims.issued_on, number=line.claims.number) == line.claims:
        raise Refusal("care.nothing_new")
    made = credentials.supersede(act, certificate_id=line.id, claims=claims, reason=reason)
    return made.number, {"result_id": made.certificate_id}


def _number_for(act: Act, line: certificates.CertificateLine) -> str:
    """The number of a corrected or exchanged certificate: kept or new, by policy."""
    kept = value(act.db, "care.number", act.today).get(line.kind, "kept") == "kept"
    home = HOMES.get(line.kind)
    return line.number if kept or home is None else home.new_number(act, line.number)


def _check_changes(act: Act, line: certificates.CertificateLine, changes: Mapping[str, str]) -> None:
    """What a correction is to say is allowed, new, and for a name what stands on record."""
    held = {name: str(getattr(line.claims, name)) for name in changes if hasattr(line.claims, name)}
    changes_fit(line.kind, changes, held).or_refuse()
    if changes.get("holder_name", "") not in ("", person(act.db, line.person_id).name):
        raise Refusal("care.name_not_on_record")


def _five(kind: CareKind) -> CareKind:
    if kind is CareKind.REVOKE:
        raise Refusal("care.wrong_way")
    return kind


def _receipt(row: CareRequest) -> Asked:
    return Asked(row.id, row.number, row.due_on.isoformat())


