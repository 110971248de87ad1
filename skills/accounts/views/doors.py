"""The doors: identity provider, phone, activation slip for people; password and authenticator for staff."""

from __future__ import annotations

import hashlib
import hmac
from datetime import timedelta

from flask import Response, redirect, request, session
from flask.typing import ResponseReturnValue
from pydantic import BaseModel

from skills.accounts import actions
from skills.accounts.forms import CodeForm, DocumentForm, PasswordForm, PhoneForm, SlipForm, StaffSignInForm
from skills.accounts.queries import account as account_line
from skills.accounts.queries import account_of_person, demo_code, staff_secret
from skills.accounts.secrets import password_fits
from skills.accounts.tools import CodeSender, StandIn
from skills.kernel import audit
from skills.kernel.box import Box
from skills.kernel.errors import Refusal
from skills.people.queries import document_forms, named, phone_of
from skills.people.rules import check_document, normal_phone
from skills.standards.queries import value
from skills.web import pages
from skills.web.doorman import cookie_name, set_session_cookie
from skills.web.i18n import tell_refusal
from skills.web.limits import limiter
from skills.web.openapi import request_key
from skills.web.pages import (
    PUBLIC,
    SIGNED_IN,
    Room,
    db,
    go,
    house,
    lang,
    office,
    perform,
    safe_next,
    say,
    show,
    today,
    tool,
)

room = Room("accounts", __name__)
HALF = timedelta(minutes=5)


@room.get("/sign-in", may=PUBLIC)
def sign_in() -> ResponseReturnValue:
    """Choose a door."""
    stand_in = StandIn in office().tools
    return show("accounts/sign_in.html", next=_next(), stand_in=stand_in)


@room.get("/sign-in/staff", may=PUBLIC)
def staff() -> ResponseReturnValue:
    """Login and password."""
    return show("accounts/staff.html", form=StaffSignInForm(), next=_next(), problem=None)


@room.post("/sign-in/staff", may=PUBLIC, name="staff_post")
@limiter.limit("20 per minute")
def staff_post() -> ResponseReturnValue:
    """First step: login and password. A wrong login and a wrong password are told alike."""
    form = StaffSignInForm()
    if not form.validate():
        return show("accounts/staff.html", 422, form=form, next=_next(), problem=None)
    try:
        account_id, factor = check_staff(form.login.data, form.password.data)
    except Refusal as no:
        return show("accounts/staff.html", 403, form=form, next=_next(), problem=tell_refusal(no, lang()))
    if factor:
        ends = office().clock.now() + HALF
        session["half"] = [account_id, form.login.data, int(ends.timestamp())]
        return go("accounts.code", next=_next())
    perform(actions.note_sign_in, pages.fresh_key(), account_id=account_id, method="staff")
    return _signed_in(account_id, stepped_up=False, target="/account/second-factor")


@room.get("/sign-in/code", may=PUBLIC)
def code() -> ResponseReturnValue:
    """Second step: the authenticator."""
    half = _half()
    if half is None:
        return go("accounts.staff")
    return show("accounts/code.html", form=CodeForm(), next=_next(), problem=None, demo=_demo_code(half[1]))


@room.post("/sign-in/code", may=PUBLIC, name="code_post")
@limiter.limit("20 per minute")
def code_post() -> ResponseReturnValue:
    """The authenticator's code (or a recovery code) counts once."""
    half, form = _half(), CodeForm()
    if half is None:
        return go("accounts.staff")
    account_id, login = half
    problem = None
    if form.validate():
        try:
            _refuse_locked(account_id)
            perform(actions.note_sign_in, pages.fresh_key(), account_id=account_id, method="staff",
                    code=form.code.data)  # fmt: skip
            session.pop("half", None)
            return _signed_in(account_id, stepped_up=True, target=_next())
        except Refusal as no:
            problem = tell_refusal(no, lang())
    status = 403 if problem else 422
    return show("accounts/code.html", status, form=form, next=_next(), problem=problem, demo=_demo_code(login))


@room.post("/sign-out", may=SIGNED_IN)
def sign_out() -> ResponseReturnValue:
    """End this session, here and for whoever copied its cookie."""
    held = pages.session()
    if held is not None:
        house().sessions.end(held.id, held.account_id, office().clock.now())
    response = redirect("/", 303)
    response.delete_cookie(cookie_name(pages.settings()), path="/")
    return response


@room.get("/sign-in/identity", may=PUBLIC)
def identity() -> ResponseReturnValue:
    """Off to the identity provider, with a state that comes back."""
    state = pages.fresh_key()
    session["state"] = [state, _next()]
    return redirect(_stand_in().address(state), 303)


@room.get("/stand-in/authorize", may=PUBLIC)
def stand_in() -> ResponseReturnValue:
    """The stand-in's own page: say who you are, or tap somebody whom the demo knows."""
    return _stand_in_page(DocumentForm(), request.args.get("state", ""))


@room.post("/stand-in/authorize", may=PUBLIC, name="stand_in_post")
def stand_in_post() -> ResponseReturnValue:
    """The stand-in asserts the person and sends the visitor back with a code."""
    form, state = DocumentForm(), request.form.get("state", "")
    provider = _stand_in()
    if not form.validate():
        return _stand_in_page(form, state, 422)
    granted = provider.allow(form.document_kind.data, form.document_number.data, form.name.data)
    return go("accounts.back", code=granted, state=state)


@room.get("/sign-in/back", may=PUBLIC)
def back() -> ResponseReturnValue:
    """Back from the provider: the code is redeemed once, the person found by document."""
    held = session.pop("state", None)
    if held is None or not hmac.compare_digest(str(held[0]), request.args.get("state", "")):
        raise Refusal("sign_in.state")
    proved = _stand_in().redeem(request.args.get("code", ""))
    if proved is None:
        raise Refusal("sign_in.state")
    kind, number, name = proved
    person_id = _find_person(kind, number, name)
    made = perform(actions.open_for_person, pages.fresh_key(), person_id=person_id)
    perform(actions.note_sign_in, pages.fresh_key(), account_id=made.id, method="stand_in")
    return _signed_in(made.id, stepped_up=True, target=str(held[1]))


@room.get("/sign-in/phone", may=PUBLIC)
def phone() -> ResponseReturnValue:
    """A code to the phone on record."""
    return show("accounts/phone.html", form=PhoneForm(), next=_next(), problem=None)


@room.post("/sign-in/phone", may=PUBLIC, name="phone_post")
@limiter.limit("5 per minute")
def phone_post() -> ResponseReturnValue:
    """Send a code if name, document and phone belong together; the answer is the same if they do not."""
    form = PhoneForm()
    if not form.validate():
        return show("accounts/phone.html", 422, form=form, next=_next(), problem=None)
    _checked(form)
    box = tool(Box)
    person_id = named(db(), box, form.document_kind.data, form.document_number.data, form.name.data)
    known = phone_of(db(), box, person_id) if person_id else None
    if person_id and known and hmac.compare_digest(known, normal_phone(form.phone.data)):
        made = perform(actions.open_for_person, pages.fresh_key(), person_id=person_id)
        sent = perform(actions.make_sms_code, pages.fresh_key(), account_id=made.id)
        sender = tool(CodeSender)
        sender.send(known, say(f"【满天星】验证码 {sent.code}，5 分钟内有效。", f"Code {sent.code}, valid for 5 minutes."))
        session["sms"] = made.id
    else:
        session["sms"] = "nobody"
    return go("accounts.sms", next=_next())


@room.get("/sign-in/sms", may=PUBLIC)
def sms() -> ResponseReturnValue:
    """Enter the code."""
    return show("accounts/sms.html", form=CodeForm(), next=_next(), problem=None)


@room.post("/sign-in/sms", may=PUBLIC, name="sms_post")
@limiter.limit("10 per minute")
def sms_post() -> ResponseReturnValue:
    """Check the code."""
    form = CodeForm()
    if not form.validate():
        return show("accounts/sms.html", 422, form=form, next=_next(), problem=None)
    try:
        made = perform(actions.sign_in_by_code, pages.fresh_key(), purpose="sms", code=form.code.data.strip(),
                       account_id=session.get("sms", "nobody"))  # fmt: skip
    except Refusal as no:
        return show("accounts/sms.html", 403, form=form, next=_next(), problem=tell_refusal(no, lang()))
    session.pop("sms", None)
    return _signed_in(made.id, stepped_up=True, target=_next())


@room.get("/sign-in/slip", may=PUBLIC)
def slip() -> ResponseReturnValue:
    """Name, document and the code on the slip."""
    return show("accounts/slip.html", form=SlipForm(), next=_next(), problem=None)


@room.post("/sign-in/slip", may=PUBLIC, name="slip_post")
@limiter.limit("10 per minute")
def slip_post() -> ResponseReturnValue:
    """Check the slip: it opens the account once."""
    form = SlipForm()
    if not form.validate():
        return show("accounts/slip.html", 422, form=form, next=_next(), problem=None)
    try:
        person_id = _find_person(form.document_kind.data, form.document_number.data, form.name.data)
        account_id = account_of_person(db(), person_id) or "nobody"
        made = perform(actions.sign_in_by_code, pages.fresh_key(), purpose="slip",
                       code=form.code.data.strip().upper().replace(" ", "").replace("-", ""), account_id=account_id)  # fmt: skip
    except Refusal as no:
        return show("accounts/slip.html", 403, form=form, next=_next(), problem=tell_refusal(no, lang()))
    return _signed_in(made.id, stepped_up=True, target=_next())


@room.get("/set-password/<code>", may=PUBLIC)
def set_password(code: str) -> ResponseReturnValue:
    """A one-time link: choose a password."""
    return show("accounts/set_password.html", form=PasswordForm(), code=code, problem=None)


@room.post("/set-password/<code>", does=actions.set_password, name="set_password_post")
@limiter.limit("10 per minute")
def set_password_post(code: str) -> ResponseReturnValue:
    """Set it; every session of the account ends."""
    form = PasswordForm()
    if not form.validate():
        return show("accounts/set_password.html", 422, form=form, code=code, problem=None)
    try:
        perform(actions.set_password, form.key.data, code=code, password=form.password.data)
    except Refusal as no:
        return show("accounts/set_password.html", 409, form=form, code=code, problem=tell_refusal(no, lang()))
    pages.tell("密码已设置，请登录", "Your password is set: sign in")
    return go("accounts.staff")


class SessionBody(BaseModel):
    """Login, password and authenticator code of a colleague."""

    login: str
    password: str
    code: str = ""


class Token(BaseModel):
    """A bearer token: send it as `Authorization: Bearer …`."""

    token: str


@room.api("POST", "/sessions", may=PUBLIC, body=SessionBody, answers=Token, status=201)
def create_session(body: SessionBody) -> Token:
    """Sign a program in as a colleague; the token lives twelve hours and ends after thirty idle minutes."""
    account_id, factor = check_staff(body.login, body.password)
    if factor:
        _refuse_locked(account_id)
    perform(actions.note_sign_in, request_key(), account_id=account_id, method="staff", code=body.code)
    now = office().clock.now()
    text = house().sessions.begin(account_id, now, kind="api", agent="api", stepped_up=factor)
    return Token(token=text)


def check_staff(login: str, password: str) -> tuple[str, bool]:
    """(account id, second factor wanted) for a right pair. Raises Refusal("sign_in.refused" | "sign_in.locked")."""
    subject = hashlib.sha256(login.strip().casefold().encode()).hexdigest()[:32]
    now = office().clock.now()
    since = now - timedelta(minutes=value(db(), "sign_in.lock_minutes", today()))
    misses = audit.misses(db(), "account.fail_sign_in", subject=subject, since=since)
    if misses >= value(db(), "sign_in.misses", today()):
        raise Refusal("sign_in.locked")
    account_id, held, factor = staff_secret(db(), login)
    if password_fits(held, password) and account_id is not None and account_line(db(), account_id).state == "active":
        return account_id, factor
    perform(actions.fail_sign_in, subject=subject)
    raise Refusal("sign_in.refused")


def _refuse_locked(account_id: str) -> None:
    since = office().clock.now() - timedelta(minutes=value(db(), "sign_in.lock_minutes", today()))
    if audit.misses(db(), "account.sign_in", subject=account_id, since=since) >= value(db(), "sign_in.misses", today()):
        raise Refusal("sign_in.locked")


def _find_person(kind: str, number: str, name: str) -> str:
    _check_document(kind, number)
    person_id = named(db(), tool(Box), kind, number, name)
    if person_id is None:
        raise Refusal("sign_in.not_on_register")
    return person_id


def _checked(form: PhoneForm) -> None:
    _check_document(form.document_kind.data, form.document_number.data)


def _check_document(kind: str, number: str) -> None:
    check_document(kind, number, None, None, today(), document_forms(db(), today())).or_refuse()


def _signed_in(account_id: str, *, stepped_up: bool, target: str) -> Response:
    agent = request.headers.get("User-Agent", "")
    text = house().sessions.begin(account_id, office().clock.now(), agent=agent, stepped_up=stepped_up)
    chosen = safe_next(target, "/home")
    response = redirect("/home" if chosen == "/" else chosen, 303)
    assert isinstance(response, Response)  # noqa: S101
    set_session_cookie(response, text)
    return response


@room.get("/home", may=SIGNED_IN)
def home() -> ResponseReturnValue:
    """On to one's own home."""
    return redirect(pages.me().home, 303)


def _half() -> tuple[str, str] | None:
    held = session.get("half")
    if not held or held[2] < int(office().clock.now().timestamp()):
        return None
    return str(held[0]), str(held[1])


def _demo_code(login: str) -> str | None:
    if pages.settings().production:
        return None
    return demo_code(db(), tool(Box), login.strip().casefold(), office().clock.now())


def _next() -> str:
    return safe_next(request.values.get("next"), "/home")


def _stand_in_page(form: DocumentForm, state: str, status: int = 200) -> ResponseReturnValue:
    people = [(p, say(p["zh"], p["en"])) for p in _stand_in().people()]
    return show("accounts/stand_in.html", status, form=form, state=state, people=people)


def _stand_in() -> StandIn:
    held = office().tools.get(StandIn)
    if not isinstance(held, StandIn):
        raise Refusal("sign_in.no_provider")
    return held
