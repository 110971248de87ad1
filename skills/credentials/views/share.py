"""A holder's links and wallet, what a link shows to whoever opens it, and how often a certificate was looked up."""

from __future__ import annotations

from io import BytesIO

import segno
from flask import Response, make_response
from flask.typing import ResponseReturnValue
from pydantic import BaseModel

from skills.credentials import copies
from skills.credentials.actions import looks, shares
from skills.credentials.claims import Claims
from skills.credentials.forms import KeyForm, ShareForm
from skills.credentials.queries import address_of, credential_of, mine
from skills.credentials.queries.shares import Looked, Opened, ShareLine, looks_at, opened, share_of, shares_of
from skills.credentials.rules.shares import FIELDS, WALLET_MINUTES
from skills.credentials.views.verify import TITLES, state_of
from skills.kernel.box import Box
from skills.kernel.errors import Missing
from skills.standards.queries import value
from skills.web.limits import limiter
from skills.web.openapi import request_key
from skills.web.pages import (
    PUBLIC,
    SIGNED_IN,
    Room,
    db,
    go,
    look,
    me,
    office,
    perform,
    say,
    settings,
    show,
    tell,
    today,
    tool,
)

room = Room("shares", __name__)
VC = "application/vc"


@room.get("/me/certificates/<number>/share", may=SIGNED_IN)
def links(number: str) -> ResponseReturnValue:
    """The form for a link, and the links there are."""
    line = mine(db(), me().person_id, number)
    return _links(number, ShareForm(line.kind, _longest()))


def _links(number: str, form: ShareForm, status: int = 200) -> ResponseReturnValue:
    line = mine(db(), me().person_id, number)
    held = [x for x in shares_of(db(), tool(Box), me().person_id, number, office().clock.now()) if not x.for_wallet]
    return show(
        "credentials/share.html", status, line=line, form=form, links=held, base=settings().public_base.rstrip("/"),
        words=lambda name: say(*FIELDS[name]),
    )  # fmt: skip


@room.post("/me/certificates/<number>/share", does=shares.make, may=SIGNED_IN)
def make(number: str) -> ResponseReturnValue:
    """Make a link."""
    line = mine(db(), me().person_id, number)
    form = ShareForm(line.kind, _longest())
    if not form.validate_on_submit():
        return _links(number, form, 422)
    perform(shares.make, form.key.data, number=number, fields=tuple(form.fields.data or ()), days=form.days.data)
    tell("链接已生成", "The link is made")
    return go("shares.links", number=number)


@room.post("/me/shares/<share_id>/end", does=shares.end, may=SIGNED_IN)
def end(share_id: str) -> ResponseReturnValue:
    """Stop sharing."""
    line = _mine(share_id)
    perform(shares.end, KeyForm().key.data, share_id=share_id)
    tell("已停止分享，链接即刻失效", "Ended: the link leads nowhere now")
    return go("shares.links", number=line.number)


@room.get("/me/certificates/<number>/wallet", may=SIGNED_IN)
def wallet(number: str) -> ResponseReturnValue:
    """How to put a certificate into a wallet; the code to scan, while there is one."""
    line = mine(db(), me().person_id, number)
    held = shares_of(db(), tool(Box), me().person_id, number, office().clock.now())
    live = next((x for x in held if x.for_wallet and x.live), None)
    return show(
        "credentials/wallet.html", line=line, live=live, minutes=WALLET_MINUTES, base=settings().public_base.rstrip("/"),
        form=KeyForm(),
    )  # fmt: skip


@room.post("/me/certificates/<number>/wallet", does=shares.to_wallet, may=SIGNED_IN)
def to_wallet(number: str) -> ResponseReturnValue:
    """Open the door for a wallet."""
    perform(shares.to_wallet, KeyForm().key.data, number=number)
    return go("shares.wallet", number=number)


@room.get("/me/shares/<share_id>/qr.png", may=SIGNED_IN)
def qr(share_id: str) -> ResponseReturnValue:
    """A link as a code to scan."""
    line = _mine(share_id)
    if not line.live:
        raise Missing("certificate_share.gone")
    suffix = "/credential.json" if line.for_wallet else ""
    code = segno.make(settings().public_base.rstrip("/") + line.path + suffix, error="m", micro=False)
    out = BytesIO()
    code.save(out, kind="png", scale=8, border=4)
    return Response(out.getvalue(), mimetype="image/png", headers={"Cache-Control": "private, no-store"})


@room.get("/me/certificates/<number>/looks", may=SIGNED_IN)
def history(number: str) -> ResponseReturnValue:
    """How often it was looked up online, and the switch."""
    line = mine(db(), me().person_id, number)
    return show("credentials/looks.html", line=line, looked=looks_at(db(), me().person_id, number, today()), form=KeyForm())


@room.post("/me/certificates/<number>/looks/<choice>", does=looks.choose, may=SIGNED_IN)
def choose(number: str, choice: str) -> ResponseReturnValue:
    """Switch counting on or off, for all of one's certificates."""
    mine(db(), me().person_id, number)
    perform(looks.choose, KeyForm().key.data, counted=choice == "on")
    if choice == "on":
        tell("已开始统计联网查验次数", "Looks are counted from now on")
    else:
        tell("不再统计，已有次数已删除", "No longer counted; what was counted is deleted")
    return go("shares.history", number=number)


@room.get("/share/<token>", may=PUBLIC)
@limiter.limit("60 per minute")
def page(token: str) -> ResponseReturnValue:
    """What the holder chose to show, with its state now."""
    found = _opened(token)
    line, chosen = found.line, found.fields
    look("share", found.share_id)
    state = state_of(line)
    (zh, en), (why_zh, why_en) = TITLES[state]
    verifiable = address_of(db(), line.number, settings().public_base) if {"name", "number", "what"} <= chosen else ""
    shown = show(
        "credentials/shared.html", token=token, found=found, state=state, title=say(zh, en), why=say(why_zh, why_en),
        facts=_facts(line.claims, line.number, chosen), rank=line.claims.level_rank if "what" in chosen else None,
        address=verifiable, now=office().clock.now(), synthetic=line.synthetic,
    )  # fmt: skip
    return _guarded(make_response(shown))


@room.get("/share/<token>/credential.json", may=PUBLIC)
@limiter.limit("60 per minute")
def credential(token: str) -> ResponseReturnValue:
    """The credential, byte for byte, for wallets: with the media type of a verifiable credential, for any origin."""
    found = _opened(token, "credential")
    look("share", found.share_id)
    data = credential_of(db(), found.line.number)
    headers = {"Access-Control-Allow-Origin": "*", "Content-Disposition": f'inline; filename="{found.line.number}.json"'}
    return _guarded(Response(data, mimetype=VC, headers=headers))


@room.get("/share/<token>/certificate.pdf", may=PUBLIC)
@limiter.limit("10 per minute")
def copy(token: str) -> ResponseReturnValue:
    """A copy with the document number masked."""
    found = _opened(token, "copy")
    look("share", found.share_id)
    data = copies.pdf(copies.sheet(db(), found.line.number, settings().public_base, found.line.issued_at))
    headers = {"Content-Disposition": f'inline; filename="{found.line.number}-copy.pdf"'}
    return _guarded(Response(data, mimetype="application/pdf", headers=headers))


class ShareBody(BaseModel):
    """A link to make."""

    fields: list[str]
    days: int


@room.api("GET", "/me/certificates/<number>/shares", may=SIGNED_IN, answers=list[ShareLine])
def api_links(number: str) -> list[ShareLine]:
    """The links to one of one's own certificates."""
    return list(shares_of(db(), tool(Box), me().person_id, number, office().clock.now()))


@room.api("POST", "/me/certificates/<number>/shares", does=shares.make, may=SIGNED_IN, body=ShareBody, answers=ShareLine, status=201)
def api_make(number: str, body: ShareBody) -> ShareLine:
    """Make a link to chosen fields of one's own certificate."""
    done = perform(shares.make, request_key(), number=number, fields=tuple(body.fields), days=body.days)
    return _mine(done.share_id)


@room.api("POST", "/me/shares/<share_id>/end", does=shares.end, may=SIGNED_IN, answers=ShareLine)
def api_end(share_id: str) -> ShareLine:
    """End a link."""
    perform(shares.end, request_key(), share_id=share_id)
    return _mine(share_id)


@room.api("GET", "/me/certificates/<number>/looks", may=SIGNED_IN, answers=Looked)
def api_looks(number: str) -> Looked:
    """How often one of one's own certificates was looked up online."""
    return looks_at(db(), me().person_id, number, today())


def _facts(claims: Claims, number: str, chosen: frozenset[str]) -> list[tuple[str, str]]:
    branch = claims.branch if claims.branch != "--" else ""
    what = " · ".join(part for part in (claims.occupation_name, branch, claims.level_words, claims.award) if part)
    values = {
        "name": claims.holder_name,
        "what": what,
        "issuer": claims.issuer_name,
        "issued_on": f"{claims.issued_on:%Y-%m-%d}",
        "number": number,
        "score": " · ".join(part for part in (claims.hours, claims.score) if part),
        "document": f"{claims.document_kind} {claims.document_masked}",
    }
    return [(say(*FIELDS[name]), text) for name, text in values.items() if name in chosen and text]


def _opened(token: str, needs: str = "") -> Opened:
    found = opened(db(), token[:64], office().clock.now())
    if needs and needs not in found.fields:
        raise Missing("certificate_share.gone")
    return found


def _guarded(response: Response) -> Response:
    """Kept by no search engine and no cache."""
    response.headers["X-Robots-Tag"] = "noindex, nofollow, noarchive"
    response.headers["Cache-Control"] = "no-store"
    return response


def _mine(share_id: str) -> ShareLine:
    return share_of(db(), tool(Box), me().person_id, share_id, office().clock.now())


def _longest() -> int:
    longest: int = value(db(), "share.longest_days", today())
    return longest
