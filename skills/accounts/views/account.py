"""One's own account: sessions, password, second factor, the relative who may help."""

from __future__ import annotations

import segno
from flask import redirect, request
from flask.typing import ResponseReturnValue

from skills.accounts import actions
from skills.accounts.actions.own import HELP
from skills.accounts.forms import ChangePasswordForm, CodeForm, DocumentForm, KeyForm
from skills.accounts.queries import account as account_line
from skills.accounts.queries import demo_code, email_of, helper_of, staff_secret
from skills.accounts.rules import device_words, mask_email
from skills.accounts.secrets import password_fits, totp_address
from skills.kernel.box import Box
from skills.kernel.errors import Refusal
from skills.people.queries import documents, named, openings, phone_of
from skills.people.rules import mask_phone
from skills.web import pages
from skills.web.i18n import tell_refusal
from skills.web.limits import limiter
from skills.web.pages import (
    SIGNED_IN,
    Room,
    db,
    go,
    house,
    lang,
    me,
    office,
    perform,
    safe_next,
    say,
    settings,
    show,
    tell,
    tool,
)

room = Room("account", __name__)


@room.get("/account", may=SIGNED_IN)
def overview() -> ResponseReturnValue:
    """Who I am here, where I am signed in, what secures my account."""
    line = account_line(db(), me().actor.account)
    held = pages.session()
    person_id = me().actor.person
    open_sessions = house().sessions.lines(db(), line.id, office().clock.now(), held.id if held else None)
    box = tool(Box)
    number = phone_of(db(), box, person_id) if person_id else None
    address = email_of(db(), box, line.id)
    return show(
        "accounts/account.html",
        line=line,
        sessions=[(one, say(*device_words(one.agent))) for one in open_sessions],
        papers=documents(db(), person_id) if person_id else [],
        phone=mask_phone(number) if number else "",
        email=mask_email(address) if address else "",
        openings=openings(db(), person_id) if person_id else [],
        helper=helper_of(db(), person_id) if person_id else None,
        form=KeyForm(),
    )


@room.post("/account/sessions/<session_id>/end", may=SIGNED_IN)
def end_session(session_id: str) -> ResponseReturnValue:
    """End one of one's own sessions."""
    if house().sessions.end(session_id, me().actor.account, office().clock.now()):
        tell("已退出该设备", "That session has ended")
    return go("account.overview")


@room.get("/account/password", may=SIGNED_IN)
def password() -> ResponseReturnValue:
    """Change the password."""
    return show("accounts/password.html", form=ChangePasswordForm(), problem=None)


@room.post("/account/password", does=actions.change_password, name="password_post")
@limiter.limit("10 per minute")
def password_post() -> ResponseReturnValue:
    """Change it; all other sessions end."""
    form, line, held = ChangePasswordForm(), account_line(db(), me().actor.account), pages.session()
    if not form.validate() or held is None:
        return show("accounts/password.html", 422, form=form, problem=None)
    _, known, _ = staff_secret(db(), line.login or "")
    try:
        if not password_fits(known, form.present.data):
            raise Refusal("password.present_wrong")
        perform(actions.change_password, form.key.data, password=form.password.data, session_id=held.id)
    except Refusal as no:
        return show("accounts/password.html", 409, form=form, problem=tell_refusal(no, lang()))
    tell("密码已修改，其他设备已全部退出", "Your password is changed; all other sessions have ended")
    return go("account.overview")


@room.get("/account/second-factor", may=SIGNED_IN)
def second_factor() -> ResponseReturnValue:
    """Set the authenticator up: what it is for, then a code to scan."""
    line = account_line(db(), me().actor.account)
    return show("accounts/second_factor.html", line=line, made=None, form=KeyForm(), code=None, problem=None, demo=None)


@room.post("/account/second-factor", does=actions.begin_second_factor, name="second_factor_post")
def second_factor_post() -> ResponseReturnValue:
    """Draw a new one; secret and recovery codes are shown this once."""
    line = account_line(db(), me().actor.account)
    made = perform(actions.begin_second_factor, KeyForm().key.data)
    svg = segno.make(totp_address(made.secret, line.login or line.name), error="m").svg_data_uri(scale=5)
    form = CodeForm()
    form.key.data = pages.fresh_key()  # the key that was posted belongs to the drawing
    return show(
        "accounts/second_factor.html", line=line, made=made, svg=svg, form=form, problem=None, demo=_demo(line.login)
    )


@room.post("/account/second-factor/confirm", does=actions.confirm_second_factor)
@limiter.limit("20 per minute")
def confirm() -> ResponseReturnValue:
    """Prove that it works."""
    form, held = CodeForm(), pages.session()
    try:
        perform(actions.confirm_second_factor, form.key.data, code=form.code.data or "")
    except Refusal as no:
        line = account_line(db(), me().actor.account)
        return show("accounts/confirm_factor.html", 403, line=line, form=form, problem=tell_refusal(no, lang()),
                    demo=_demo(line.login))  # fmt: skip
    if held is not None:
        house().sessions.step_up(held.id, office().clock.now())
    tell("动态验证码已启用", "Your second factor is on")
    return go("accounts.home")


@room.get("/account/step-up", may=SIGNED_IN)
def step_up() -> ResponseReturnValue:
    """Give the second factor again."""
    line = account_line(db(), me().actor.account)
    return show("accounts/step_up.html", form=CodeForm(), next=_next(), problem=None, demo=_demo(line.login))


@room.post("/account/step-up", does=actions.step_up, name="step_up_post")
@limiter.limit("20 per minute")
def step_up_post() -> ResponseReturnValue:
    """Ten minutes in which sign-off, release and revocation are allowed."""
    form, held, line = CodeForm(), pages.session(), account_line(db(), me().actor.account)
    if not form.validate() or held is None:
        return show("accounts/step_up.html", 422, form=form, next=_next(), problem=None, demo=_demo(line.login))
    try:
        perform(actions.step_up, form.key.data, code=form.code.data)
    except Refusal as no:
        return show("accounts/step_up.html", 403, form=form, next=_next(), problem=tell_refusal(no, lang()),
                    demo=_demo(line.login))  # fmt: skip
    house().sessions.step_up(held.id, office().clock.now())
    tell("已验证，10 分钟内有效", "Verified for ten minutes")
    return redirect(_next(), 303)


@room.get("/account/helper", may=HELP)
def helper() -> ResponseReturnValue:
    """Let one relative act for me."""
    return show("accounts/helper.html", form=DocumentForm(), problem=None)


@room.post("/account/helper", does=actions.delegate, name="helper_post")
def helper_post() -> ResponseReturnValue:
    """Name the relative by name and document."""
    form = DocumentForm()
    if not form.validate():
        return show("accounts/helper.html", 422, form=form, problem=None)
    box = tool(Box)
    found = named(db(), box, form.document_kind.data, form.document_number.data, form.name.data)
    try:
        if found is None:
            raise Refusal("sign_in.not_on_register")
        perform(actions.delegate, form.key.data, helper_person_id=found)
    except Refusal as no:
        return show("accounts/helper.html", 409, form=form, problem=tell_refusal(no, lang()))
    tell("已授权；对方的每次办理都会注明“代办”", "Done; whatever they do is shown as done for you")
    return go("account.overview")


@room.post("/account/helper/<delegation_id>/end", does=actions.end_delegation)
def end_helper(delegation_id: str) -> ResponseReturnValue:
    """Take it back."""
    perform(actions.end_delegation, KeyForm().key.data, delegation_id=delegation_id)
    tell("已收回授权", "Taken back")
    return go("account.overview")


def _next() -> str:
    return safe_next(request.values.get("next"), me().home)


def _demo(login: str | None) -> str | None:
    box = tool(Box)
    return None if settings().production or not login else demo_code(db(), box, login, office().clock.now())
