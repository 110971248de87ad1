"""Verifying: the shell that phones keep, the look-up by number and name, a photo of the paper. No login, no cookie."""

from __future__ import annotations

import io
from dataclasses import dataclass
from functools import lru_cache
from typing import Any
from urllib.parse import urlsplit

import zxingcpp
from flask import Response, current_app, redirect, render_template, request
from flask.typing import ResponseReturnValue
from PIL import Image, UnidentifiedImageError

from skills.credentials import cose, verdicts
from skills.credentials.claims import LEVEL_WORDS
from skills.credentials.queries import CertificateLine, exceptions, lookup
from skills.credentials.signing import Signer
from skills.credentials.states import REASONS, CertificateState
from skills.credentials.statuslist import place
from skills.credentials.verdicts import Judgement, State
from skills.kernel.clock import SystemClock
from skills.standards.queries import occupations
from skills.web.doorman import csrf
from skills.web.i18n import day, moment
from skills.web.limits import limiter
from skills.web.pages import PUBLIC, Room, db, lang, office, say, settings, show, today

room = Room("verify", __name__)
PHOTO_SIDE = 2_400

TITLES: dict[State, tuple[tuple[str, str], tuple[str, str]]] = {
    State.VALID: (("有效", "Valid"), ("由备案机构签发，未被撤销。", "Issued by a filed body and not revoked.")),
    State.EXPIRED: (("已过期", "Expired"), ("证书是真的，但有效期已过。", "The certificate is genuine, but its period has ended.")),
    State.REVOKED: (
        ("已撤销", "Revoked"),
        (
            "不再有效。持证人可向发证机构申请复核，对结果不服可向人力社保部门投诉。",
            "No longer valid. The holder may ask the issuer for a review, then complain to the authority.",
        ),
    ),
    State.SUSPENDED: (
        ("已暂停", "Suspended"),
        ("证书正在核查，暂停使用。请稍后再查，或联系发证机构。", "Under review. Check again later or ask the issuer."),
    ),
    State.SUPERSEDED: (("已换发", "Replaced"), ("已换发新证书，以新证书为准。", "A new certificate replaces this one.")),
    State.NOT_YET_VALID: (("尚未生效", "Not yet valid"), ("签发时间晚于现在。", "Issued later than now.")),
    State.NOT_GENUINE: (
        ("不是本平台签发", "Not issued here"),
        (
            "二维码内容残缺、被改动或系伪造。请重新扫描完整的二维码；如仍如此，请反映。",
            "The code is incomplete, altered or forged. Scan the whole code again; if it stays, report it.",
        ),
    ),
    State.GENUINE_STATUS_OLD: (("真证，状态不是最新", "Genuine, status not current"), ("请稍后再查。", "Check again later.")),
    State.GENUINE_STATUS_UNKNOWN: (("真证，状态未知", "Genuine, status unknown"), ("请稍后再查。", "Check again later.")),
}


@dataclass(frozen=True)
class Result:
    """What the page of a look-up shows."""

    missing: bool
    state: str = ""
    title: str = ""
    why: str = ""
    age: str = ""
    name: str = ""
    occupation: str = ""
    level: str = ""
    rank: int | None = None
    facts: tuple[tuple[str, str], ...] = ()
    steps: tuple[tuple[str, bool | None], ...] = ()
    photo_url: str = ""


@room.get("/v/<number>", may=PUBLIC)
def shell(number: str) -> ResponseReturnValue:
    """One static page for every number; the browser reads the code itself and never sends it."""
    offset = 0 if settings().production else _clock_offset()
    body = _shell(lang(), request.cookies.get("elder") == "1", offset, current_app.extensions["assets"].version)
    response = Response(body, mimetype="text/html")
    response.headers["Cache-Control"] = "no-cache"
    response.set_etag(str(hash(body) & 0xFFFFFFFFFFFF))
    return response.make_conditional(request)


@room.get("/sw.js", may=PUBLIC)
def service_worker() -> ResponseReturnValue:
    """The worker that keeps the shell usable without a server; never cached, scope the whole site."""
    path = current_app.extensions["assets"].folder / "credentials" / "sw.js"
    return Response(path.read_bytes(), mimetype="text/javascript", headers={"Cache-Control": "no-cache"})


@room.get("/scan", may=PUBLIC)
def scan() -> ResponseReturnValue:
    """How to get from paper to verdict."""
    return show("credentials/scan.html", photo=True)


@room.get("/verify", may=PUBLIC)
def ask() -> ResponseReturnValue:
    """The form for number and name."""
    return show("credentials/verify.html", number=request.args.get("number", ""), name="", errors=[], result=None)


@room.post("/verify", may=PUBLIC)
@csrf.exempt
@limiter.limit("30 per minute")
def answer() -> ResponseReturnValue:
    """A right pair is answered; a wrong pair and an unknown number get the same page. A sent code is judged."""
    code = request.form.get("code", "")
    if code:
        return show("credentials/verify.html", number="", name="", errors=[], result=_judge_code(code))
    number, name = read_number(request.form.get("number", "")), request.form.get("name", "").strip()
    errors = []
    if not number:
        errors.append({"field": "number", "text": say("请填写证书编号", "Enter the certificate number")})
    if not name:
        text = say("请填写持证人姓名，或证件号码后四位", "Enter the holder's name, or the last four of the document")
        errors.append({"field": "name", "text": text})
    if errors:
        return show("credentials/verify.html", 422, number=number, name=name, errors=errors, result=None)
    found = lookup(db(), number, name)
    result = Result(missing=True) if found is None else _shown(found, name)
    return show("credentials/verify.html", number="", name="", errors=[], result=result)


@room.post("/verify/photo", may=PUBLIC)
@csrf.exempt
@limiter.limit("20 per minute")
def photo() -> ResponseReturnValue:
    """Read the code from a picture and go where it leads, if it leads here. The picture is not kept."""
    sent = request.files.get("photo")
    text = read_picture(sent.read() if sent else b"")
    parts = urlsplit(text)
    if parts.path.startswith("/v/") and parts.fragment:
        if parts.netloc == settings().host:
            return redirect(f"{parts.path}#{parts.fragment}", 303)
        return show("credentials/verify.html", number="", name="", errors=[], result=_not_genuine())
    message = say(
        "没有在照片里读到证书二维码。请对准二维码重拍，保持清晰、不反光；或手动输入编号。",
        "No certificate code was found in the picture. Take it again, sharp and without glare, or type the number.",
    )
    errors = [{"field": "number", "text": message}]
    return show("credentials/verify.html", 422, number="", name="", errors=errors, result=None)


@room.api("POST", "/verifications", may=PUBLIC, answers=dict[str, Any])
def verify_api() -> dict[str, Any]:
    """Judge a code, or look a certificate up by number and name."""
    sent = request.get_json(silent=True) or {}
    if code := str(sent.get("code", "")):
        judged = judge_code(code)
        return {"state": judged.state, "reason": judged.reason, "steps": dict(judged.steps)}
    found = lookup(db(), read_number(str(sent.get("number", ""))), str(sent.get("name", "")))
    if found is None:
        return {"state": "NO_MATCH"}
    state = state_of(found)
    return {"state": state, "kind": found.kind, "issued_on": found.claims.issued_on, "replaced_by": found.replaced_by}


def read_number(text: str) -> str:
    """A number as people type it: blanks out, upper case. Hyphens belong to some series and stay."""
    return "".join(text.upper().split())[:40]


def read_picture(data: bytes) -> str:
    """The first code in a picture; an empty text for none. Large pictures are made smaller first."""
    try:
        picture: Image.Image = Image.open(io.BytesIO(data))
        if picture.width * picture.height > 60_000_000:
            return ""
        picture = picture.convert("L")
    except (UnidentifiedImageError, OSError, ValueError, Image.DecompressionBombError):
        return ""
    picture.thumbnail((PHOTO_SIDE, PHOTO_SIDE))
    for candidate in (picture, picture.resize((picture.width * 2, picture.height * 2))):
        for found in zxingcpp.read_barcodes(candidate, formats=zxingcpp.BarcodeFormats(zxingcpp.BarcodeFormat.QRCode)):
            return str(found.text)
        if candidate.width > 1_600:
            break
    return ""


def judge_code(code: str) -> Judgement:
    """The verdict of the server over a code that was sent to it: the same rules as in the browser."""
    signer = office().tools[Signer]
    assert isinstance(signer, Signer)  # noqa: S101
    now = office().clock.now()
    keys = signer.published()
    number, index = _claimed(code, keys)
    lists = {}
    if index is not None:
        wanted, _ = place(index)
        lists = {wanted: signer.phone_list(wanted, exceptions(db(), wanted), now)}
    return verdicts.judge(
        code,
        number,
        keys=keys,
        keys_fetched_at=int(now.timestamp()),
        lists=lists,
        public_base=signer.public_base,
        now=int(now.timestamp()),
    )


def _claimed(code: str, keys: dict[str, verdicts.PublishedKey]) -> tuple[str, int | None]:
    """The number and index that a code speaks of, if it is signed by us at all."""

    def find(kid: bytes) -> Any:
        if kid.hex() not in keys:
            raise cose.NotGenuine("unknown_key")
        return keys[kid.hex()].public

    try:
        payload = cose.read_payload(cose.open_signed(cose.message_of(code), find).payload)
    except cose.NotGenuine:
        return "", None
    return payload.number, payload.status_index


def state_of(line: CertificateLine) -> State:
    """The verdict over a stored certificate."""
    match line.state:
        case CertificateState.REVOKED:
            return State.REVOKED
        case CertificateState.SUSPENDED:
            return State.SUSPENDED
        case CertificateState.SUPERSEDED:
            return State.SUPERSEDED
    return State.EXPIRED if line.expired(today()) else State.VALID


def _shown(line: CertificateLine, typed: str) -> Result:
    state = state_of(line)
    claims = line.claims
    (zh, en), (why_zh, why_en) = TITLES[state]
    facts = [
        (say("证书编号", "Certificate number"), line.number),
        (say("发证机构", "Issued by"), claims.issuer_name),
        (say("发证日期", "Issued on"), day(claims.issued_on, lang())),
    ]
    if claims.award:
        facts.insert(0, (say("项目", "Programme or award"), claims.award))
    if claims.branch != "--":
        facts.insert(0, (say("工种/职业方向", "Branch"), claims.branch))
    if claims.filing_number:
        facts.append((say("备案号", "Filing number"), claims.filing_number))
    if line.revoked_on and line.reason in REASONS:
        facts.append((say("原因类别", "Class of reason"), say(*REASONS[line.reason])))
        facts.append((say("撤销日期", "Revoked on"), moment(line.revoked_on, lang())))
    if line.replaced_by:
        facts.append((say("新证书编号", "New certificate"), line.replaced_by))
    national = say("尚未上传，通常需要数个工作日", "not yet uploaded; this usually takes a few working days")
    if line.kind == "level":
        facts.append((say("全国查询系统", "National query"), national))
    return Result(
        missing=False,
        state=state,
        title=say(zh, en),
        why=say(why_zh, why_en),
        age=say(f"状态截至 {moment(office().clock.now(), 'zh')}", f"Status as of {moment(office().clock.now(), 'en')}"),
        name=typed if typed == claims.holder_name else "",
        occupation=claims.occupation_name,
        level=claims.level_words,
        rank=claims.level_rank,
        facts=tuple(facts),
    )


def _judge_code(code: str) -> Result:
    judged = judge_code(code)
    if judged.payload is None:
        return _not_genuine()
    payload = judged.payload
    (zh, en), (why_zh, why_en) = TITLES[judged.state]
    names = {o.code: o.name for o in occupations(db())}
    found = lookup(db(), payload.number, payload.name)
    facts = [(say("证书编号", "Certificate number"), payload.number)]
    if payload.award:
        facts.append((say("项目", "Programme or award"), payload.award))
    if found is not None:
        facts.append((say("发证机构", "Issued by"), found.claims.issuer_name))
        facts.append((say("发证日期", "Issued on"), day(found.claims.issued_on, lang())))
        if found.claims.filing_number:
            facts.append((say("备案号", "Filing number"), found.claims.filing_number))
        if found.replaced_by:
            facts.append((say("新证书编号", "New certificate"), found.replaced_by))
    return Result(
        missing=False,
        state=judged.state,
        title=say(zh, en),
        why=say(why_zh, why_en),
        name=payload.name,
        occupation=names.get(payload.occupation or "", ""),
        level=LEVEL_WORDS.get(payload.level or 0, ""),
        rank=payload.level,
        facts=tuple(facts),
    )


def _not_genuine() -> Result:
    (zh, en), (why_zh, why_en) = TITLES[State.NOT_GENUINE]
    return Result(missing=False, state=State.NOT_GENUINE, title=say(zh, en), why=say(why_zh, why_en))


@lru_cache(maxsize=64)
def _shell(language: str, elder: bool, offset: int, assets: str) -> str:
    """The shell's text; made once for a language, type size, clock and set of static files."""
    names = {o.code: o.name for o in occupations(db())}
    return render_template("credentials/shell.html", occupations=names, clock_offset=offset)


def _clock_offset() -> int:
    """How far a demo's clock is ahead of the world's, to the minute."""
    ahead = (office().clock.now() - SystemClock().now()).total_seconds()
    return round(ahead / 60) * 60


