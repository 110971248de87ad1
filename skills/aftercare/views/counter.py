"""The authority's counter: certificates of somebody who stands there: requests about them, printed copies, links."""

from __future__ import annotations

from base64 import b64encode

from flask import Response, request
from flask.typing import ResponseReturnValue
from markupsafe import Markup
from pydantic import BaseModel, Field

from skills.aftercare import queries
from skills.aftercare.actions import counter
from skills.aftercare.actions.requests import Asked
from skills.aftercare.forms import WORDS
from skills.aftercare.queries import CareCase, CareLine
from skills.aftercare.rules import LONGEST, MAY_ASK, REASONS_OF, Asker, CareKind
from skills.aftercare.states import CARE
from skills.aftercare.views.words import CHIPS, box, words
from skills.credentials.queries import CertificateLine, mine, of_person, pdf_of
from skills.credentials.queries.shares import ShareLine, counted, shares_of
from skills.credentials.rules import shares
from skills.credentials.states import CERTIFICATE, CertificateState
from skills.people.actions.counter import SERVE, reason_of
from skills.people.errands import Desk, Errand, WhyBody, open_desk, part, private, show_desk
from skills.people.queries import person
from skills.standards.queries import value
from skills.web.forms import OrderForm
from skills.web.openapi import request_key
from skills.web.pages import Room, db, office, perform, say, settings, today
from skills.web.qr import qr

room = Room("certificate_counter", __name__)
room.context_processor(words)
KINDS = [kind for kind in CareKind if Asker.HOLDER in MAY_ASK[kind]]


class CareForBody(WhyBody):
    """A request of the holder: kind (reprint, correct, exchange, cancel), its class of reason, what happened."""

    kind: CareKind
    care_reason: str = Field(max_length=16)
    text: str = Field(min_length=1, max_length=LONGEST)


class SaidForBody(WhyBody):
    """What the person brings, or answers."""

    text: str = Field(min_length=1, max_length=LONGEST)


class ShareForBody(WhyBody):
    """What a link shows, and for how many days."""

    fields: tuple[str, ...]
    days: int


class LooksForBody(WhyBody):
    """Whether looks at the person's certificates are counted."""

    counted: bool


class CopyFile(BaseModel):
    """A copy to print: `pdf` is the sealed file in base64."""

    number: str
    pdf: str


@room.get("/gov/people/<person_id>/certificates", may=SERVE)
def desk(person_id: str) -> ResponseReturnValue:
    """The person's certificates and requests, and whether looks at them are counted."""
    return show_desk(
        "aftercare/counter.html", person_id, certificates=of_person(db(), person_id), state_chip=_state_chip, chips=CHIPS,
        lines=queries.of_person(db(), person_id, today()), counted=counted(db(), person_id),
    )  # fmt: skip


@room.get("/gov/people/<person_id>/certificates/<number>", may=SERVE)
def certificate(person_id: str, number: str) -> ResponseReturnValue:
    """One certificate: a copy, what may be asked for it, and its links."""
    line = mine(db(), person_id, number)
    longest, left_out = value(db(), "share.longest_days", today()), {"score"} if line.kind == "level" else set()
    return show_desk(
        "aftercare/counter_certificate.html", person_id, line=line, state_chip=_state_chip, kinds=KINDS, days=queries.days_of(db(), today()),
        reasons={kind: [(code, WORDS[code]) for code in REASONS_OF[kind]] for kind in KINDS},
        proofs={(kind, code): queries.proofs_of(db(), kind, code, today()) for kind in KINDS for code in REASONS_OF[kind]},
        busy=queries.open_request(db(), line.id), links=_links(person_id, line), asked_live=line.state in ("issued", "suspended"),
        share_fields={name: told for name, told in shares.FIELDS.items() if name not in left_out}, chosen=shares.DEFAULT,
        share_days=[n for n in shares.DAYS if n <= longest], most=LONGEST,
    )  # fmt: skip


@room.get("/gov/people/<person_id>/care/<request_id>", may=SERVE)
def case(person_id: str, request_id: str) -> ResponseReturnValue:
    """A request, where it stands, and what the person may do about it."""
    held = queries.case_of_person(db(), box(), person_id, request_id, today())
    moves = set() if held.line.kind == CareKind.REVOKE else {m.name for m in CARE.open_moves(held.line.state)}
    return show_desk("aftercare/counter_case.html", person_id, c=held, l=held.line, moves=moves, chips=CHIPS, most=LONGEST)


@room.post("/gov/people/<person_id>/certificates/<number>/copy", does=counter.copy_for, name="copy")
def copy(person_id: str, number: str) -> ResponseReturnValue:
    """The sealed PDF to print and hand over: the original, so that who printed it goes on record."""
    data = _pdf(person_id, number)
    reason = reason_of(request.form.get("reason", ""))
    perform(counter.copy_for, OrderForm().key.data, person_id=person_id, number=number, reason=reason)
    headers = {"Content-Disposition": f'inline; filename="{number}.pdf"'}
    return private(Response(data, mimetype="application/pdf", headers=headers))


@room.api("POST", "/people/<person_id>/certificates/<number>/copy", does=counter.copy_for, body=WhyBody, answers=CopyFile, status=201)
def copy_for_person(person_id: str, number: str, body: WhyBody) -> CopyFile:
    """Print a copy of a certificate for somebody who is present at the counter."""
    data = _pdf(person_id, number)
    perform(counter.copy_for, request_key(), person_id=person_id, number=number, reason=body.reason)
    return CopyFile(number=number, pdf=b64encode(data).decode())


def _pdf(person_id: str, number: str) -> bytes:
    return pdf_of(db(), settings().files_dir, mine(db(), person_id, number).number)


@room.api("GET", "/people/<person_id>/certificates", may=SERVE, answers=list[CertificateLine])
def certificates_of_person(person_id: str) -> list[CertificateLine]:
    """Certificates of somebody who is present at the counter."""
    return list(of_person(db(), person(db(), person_id).id))


@room.api("GET", "/people/<person_id>/certificates/<number>/shares", may=SERVE, answers=list[ShareLine])
def shares_of_person(person_id: str, number: str) -> list[ShareLine]:
    """Links to a certificate of somebody who is present at the counter."""
    return list(shares_of(db(), box(), person_id, number, office().clock.now()))


@room.api("GET", "/people/<person_id>/care", may=SERVE, answers=list[CareLine])
def care_of_person(person_id: str) -> list[CareLine]:
    """Requests about certificates of somebody who is present at the counter."""
    return list(queries.of_person(db(), person(db(), person_id).id, today()))


@room.api("GET", "/people/<person_id>/care/<request_id>", may=SERVE, answers=CareCase)
def care_case_of_person(person_id: str, request_id: str) -> CareCase:
    """One request about a certificate of somebody who is present at the counter."""
    return queries.case_of_person(db(), box(), person_id, request_id, today())


def _links(person_id: str, line: CertificateLine) -> list[tuple[ShareLine, str, str, Markup]]:
    """The links that lead somewhere: what they show, their address, and what a phone can read off the paper."""
    base, all_ = settings().public_base.rstrip("/"), shares_of(db(), box(), person_id, line.number, office().clock.now())
    return [
        (x, say("、", ", ").join(say(*shares.FIELDS[name]) for name in x.fields), base + x.path,
         qr(base + x.path, say("链接的二维码", "QR code of the link")))
        for x in all_ if x.live and not x.for_wallet
    ]  # fmt: skip


def _state_chip(line: CertificateLine) -> tuple[str, str]:
    kinds = {CertificateState.ISSUED: "ok", CertificateState.SUSPENDED: "warn", CertificateState.SUPERSEDED: "info"}
    state = CertificateState(line.state)
    return kinds.get(state, "bad"), say(*CERTIFICATE.words[state])


def _receipt(person_id: str) -> str:
    held = [(line, _links(person_id, line)) for line in of_person(db(), person_id) if line.state in ("issued", "suspended")]
    cases = [queries.case_of_person(db(), box(), person_id, line.id, today()) for line in queries.of_person(db(), person_id, today())
             if not line.closed]  # fmt: skip
    return part("aftercare/_receipt.html", held=held, cases=cases)


def _told_asked(done: Asked) -> tuple[str, str]:
    return f"已替本人申请，受理编号 {done.number}，请打印回执", f"Asked for the person: {done.number}; print the receipt"


open_desk(
    room, Desk("certificate_counter.desk", "证书", "Certificates", _receipt),
    Errand("ask", counter.ask_for, "certificates/<number>/care/<kind>", "certificates/<number>/care", _told_asked, CareForBody, status=201),
    Errand("complete", counter.complete_for, "care/<request_id>/complete", "care/<request_id>/complete",
           ("已替本人补正，重新计时", "Completed for the person; the clock starts anew"), SaidForBody),
    Errand("withdraw", counter.withdraw_for, "care/<request_id>/withdraw", "care/<request_id>/withdraw",
           ("已替本人撤回", "Taken back for the person")),
    Errand("answer", counter.answer_for, "care/<request_id>/answer", "care/<request_id>/answer",
           ("已替本人提交陈述申辩，由另一位工作人员决定", "The person's answer is in; another person decides"), SaidForBody),
    Errand("share", counter.share_for, "certificates/<number>/shares", "certificates/<number>/shares",
           ("链接已生成，请打印回执交给本人", "The link is made; print the receipt for the person"), ShareForBody, status=201),
    Errand("end_share", counter.end_share_for, "shares/<share_id>/end", "shares/<share_id>/end",
           ("已停止分享，链接即刻失效", "Ended: the link leads nowhere now")),
    Errand("choose_looks", counter.choose_for, "looks", "looks", ("已按本人的意思设置", "Set as the person wishes"), LooksForBody),
)  # fmt: skip
