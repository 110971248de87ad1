"""A mail address of one's own, and the way back in when the password is forgotten."""

from __future__ import annotations

import hashlib

from flask.typing import ResponseReturnValue

from skills.accounts import actions
from skills.accounts.forms import EmailCodeForm, EmailForm, ForgottenForm, KeyForm
from skills.accounts.queries import email_of, staff_secret
from skills.accounts.rules import mask_email, normal_email
from skills.accounts.tools import CodeSender
from skills.kernel.box import Box
from skills.kernel.errors import Refusal
from skills.web import pages
from skills.web.i18n import sentence, tell_refusal
from skills.web.limits import limiter
from skills.web.pages import PUBLIC, SIGNED_IN, Room, db, go, lang, me, perform, settings, show, tell, tool

room = Room("email", __name__)


@room.get("/account/email", may=SIGNED_IN)
def enter() -> ResponseReturnValue:
    """Enter an address."""
    return show("accounts/email.html", form=EmailForm(), problem=None, present=_present())


@room.post("/account/email", does=actions.make_email_code, name="ask")
@limiter.limit("10 per hour")
def ask() -> ResponseReturnValue:
    """Mail a code to it."""
    form = EmailForm()
    if not form.validate():
        return show("accounts/email.html", 422, form=form, problem=None, present=_present())
    try:
        sent = perform(actions.make_email_code, form.key.data, address=form.address.data)
    except Refusal as no:
        return show("accounts/email.html", 409, form=form, problem=tell_refusal(no, lang()), present=_present())
    _mail(normal_email(form.address.data), "mail.code", code=sent.code, minutes=actions.EMAIL_MINUTES)
    return go("email.code")


@room.get("/account/email/confirm", may=SIGNED_IN)
def code() -> ResponseReturnValue:
    """Enter the code."""
    return show("accounts/email_code.html", form=EmailCodeForm(), problem=None)


@room.post("/account/email/confirm", does=actions.confirm_email, name="confirm")
@limiter.limit("20 per hour")
def confirm() -> ResponseReturnValue:
    """The address counts from now on; the old one is told."""
    form, before = EmailCodeForm(), _present()
    if not form.validate():
        return show("accounts/email_code.html", 422, form=form, problem=None)
    try:
        perform(actions.confirm_email, form.key.data, code=form.code.data)
    except Refusal as no:
        return show("accounts/email_code.html", 403, form=form, problem=tell_refusal(no, lang()))
    _tell_old(before)
    tell("邮箱已验证", "Your mail address is verified")
    return go("account.overview")


@room.post("/account/email/drop", does=actions.drop_email, name="drop")
def drop() -> ResponseReturnValue:
    """Take it away."""
    before = _present()
    perform(actions.drop_email, KeyForm().key.data)
    _tell_old(before)
    tell("邮箱已去掉", "Your mail address is taken away")
    return go("account.overview")


@room.get("/sign-in/forgotten", may=PUBLIC)
def forgotten() -> ResponseReturnValue:
    """A colleague forgot the password."""
    return show("accounts/forgotten.html", form=ForgottenForm(), sent=False)


@room.post("/sign-in/forgotten", may=PUBLIC, name="send_link")
@limiter.limit("5 per hour")
def send_link() -> ResponseReturnValue:
    """Mail a link to the verified address, if there is one; the answer is the same if there is none."""
    form = ForgottenForm()
    if not form.validate():
        return show("accounts/forgotten.html", 422, form=form, sent=False)
    account_id, _, _ = staff_secret(db(), form.login.data)
    # A login that nobody has asks the office for an account that nobody has: as much work, as long.
    asked = account_id or hashlib.sha256(form.login.data.encode()).hexdigest()[:26]
    try:
        made = perform(actions.mail_link, pages.fresh_key(), account_id=asked)
    except Refusal:  # kept as an attempt
        return show("accounts/forgotten.html", form=form, sent=True)
    address = email_of(db(), tool(Box), made.account_id)
    if address is not None:
        link = f"{settings().public_base}/set-password/{made.code}"
        _mail(address, "mail.link", link=link, minutes=actions.LINK_MINUTES)
    return show("accounts/forgotten.html", form=form, sent=True)


def _present() -> str | None:
    return email_of(db(), tool(Box), me().actor.account)


def _tell_old(before: str | None) -> None:
    if before is not None:
        _mail(before, "mail.changed", address=mask_email(before))


def _mail(to: str, name: str, **facts: object) -> None:
    """Send what the catalogue has under a name: the sentence is the subject, what to do is the text."""
    said = sentence(name, facts, lang())
    tool(CodeSender).mail(to, said.text, said.todo)
