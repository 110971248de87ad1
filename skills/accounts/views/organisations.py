"""Organisations register and are approved; their administrators keep their own staff."""

from __future__ import annotations

from flask.typing import ResponseReturnValue

from skills.accounts import actions
from skills.accounts.forms import AdministratorForm, KeyForm, OrganisationForm, StaffForm
from skills.accounts.queries import organisation, organisations
from skills.accounts.queries import staff as staff_lines
from skills.accounts.rules import ADMINISTRATOR_OF, OrganisationKind
from skills.accounts.states import ORGANISATION
from skills.kernel.errors import Refusal
from skills.standards.queries import districts
from skills.web.i18n import tell_refusal
from skills.web.limits import limiter
from skills.web.pages import PUBLIC, Room, db, go, lang, me, perform, settings, show, tell

room = Room("organisations", __name__)


@room.get("/register/organisation", may=PUBLIC)
def register() -> ResponseReturnValue:
    """An organisation registers."""
    return show("accounts/register.html", form=_form(), problem=None)


@room.post("/register/organisation", does=actions.register_organisation, name="register_post")
@limiter.limit("10 per hour")
def register_post() -> ResponseReturnValue:
    """Register; the authority approves."""
    form = _form()
    if not form.validate():
        return show("accounts/register.html", 422, form=form, problem=None)
    try:
        perform(
            actions.register_organisation,
            form.key.data,
            name=form.name.data,
            kind=form.kind.data,
            credit_code=form.credit_code.data,
            district=form.district.data,
        )
    except Refusal as no:
        return show("accounts/register.html", 409, form=form, problem=tell_refusal(no, lang()))
    return show("accounts/registered.html", name=form.name.data)


@room.get("/gov/organisations", may="organisation.approve")
def listing() -> ResponseReturnValue:
    """All organisations; those that wait come first."""
    lines = sorted(organisations(db()), key=lambda line: line.state != "registered")
    shown = [(line, {m.name for m in ORGANISATION.open_moves(line.state)}) for line in lines]
    return show("accounts/organisations.html", lines=shown)


@room.get("/gov/organisations/<organisation_id>", may="organisation.approve")
def one(organisation_id: str) -> ResponseReturnValue:
    """One organisation and who works for it; its first administrator is let in here."""
    return _one(organisation_id, AdministratorForm())


@room.post("/gov/organisations/<organisation_id>/administrator", does=actions.appoint_administrator)
def appoint(organisation_id: str) -> ResponseReturnValue:
    """Let the administrator in; the one-time link is shown this once."""
    form = AdministratorForm()
    if not form.validate():
        return _one(organisation_id, form, status=422)
    done = perform(
        actions.appoint_administrator, form.key.data, organisation_id=organisation_id, login=form.login.data,
        name=form.name.data,
    )  # fmt: skip
    return _one(organisation_id, AdministratorForm(), one_time_link(done.code))


@room.post("/gov/organisations/<organisation_id>/administrator/<account_id>/link", does=actions.administrator_link)
def renew(organisation_id: str, account_id: str) -> ResponseReturnValue:
    """A new link for an administrator who is locked out."""
    done = perform(
        actions.administrator_link, KeyForm().key.data, organisation_id=organisation_id, account_id=account_id
    )
    return _one(organisation_id, AdministratorForm(), one_time_link(done.code))


def one_time_link(code: str) -> str:
    """The address that a new code opens once."""
    return f"{settings().public_base}/set-password/{code}"


def _one(organisation_id: str, form: AdministratorForm, link: str = "", status: int = 200) -> ResponseReturnValue:
    body = organisation(db(), organisation_id)
    lines = staff_lines(db(), body.id)
    chief = ADMINISTRATOR_OF[OrganisationKind(body.kind)]
    names = {d.code: d.name for d in districts(db())}
    return show(
        "accounts/organisation.html", status, body=body, lines=lines, form=form, link=link, chief=chief,
        moves={m.name for m in ORGANISATION.open_moves(body.state)}, district=names.get(body.district, ""),
        led=any(line.role == chief and line.state != "disabled" for line in lines),
    )  # fmt: skip


@room.post("/gov/organisations/<organisation_id>/approve", does=actions.approve_organisation)
def approve(organisation_id: str) -> ResponseReturnValue:
    """Let it act."""
    perform(actions.approve_organisation, KeyForm().key.data, organisation_id=organisation_id)
    tell("已通过", "Approved")
    return go("organisations.listing")


@room.post("/gov/organisations/<organisation_id>/suspend", does=actions.suspend_organisation)
def suspend(organisation_id: str) -> ResponseReturnValue:
    """Stop it for a while."""
    perform(actions.suspend_organisation, KeyForm().key.data, organisation_id=organisation_id)
    tell("已暂停", "Suspended", "warn")
    return go("organisations.listing")


@room.post("/gov/organisations/<organisation_id>/resume", does=actions.resume_organisation)
def resume(organisation_id: str) -> ResponseReturnValue:
    """Let it act again."""
    perform(actions.resume_organisation, KeyForm().key.data, organisation_id=organisation_id)
    tell("已恢复", "Resumed")
    return go("organisations.listing")


@room.get("/org/staff", may="staff.manage", name="staff_org")
@room.get("/ent/staff", may="staff.manage", name="staff_ent")
def staff() -> ResponseReturnValue:
    """Who works here."""
    body = organisation(db(), me().organisation_id)
    return show("accounts/staff_list.html", body=body, lines=staff_lines(db(), body.id), form=StaffForm(body.kind),
                problem=None, link=None, base=me().home)  # fmt: skip


@room.post("/org/staff", does=actions.create_staff, name="invite_org")
@room.post("/ent/staff", does=actions.create_staff, name="invite_ent")
def invite() -> ResponseReturnValue:
    """Open an account and hand over its one-time link."""
    body = organisation(db(), me().organisation_id)
    form, problem, link = StaffForm(body.kind), None, None
    if form.validate():
        try:
            made = perform(
                actions.create_staff,
                form.key.data,
                login=form.login.data,
                name=form.name.data,
                role=form.role.data,
                organisation_id=body.id,
            )
            code = perform(actions.make_link, f"link-{form.key.data}", account_id=made.id).code
            link = one_time_link(code)
        except Refusal as no:
            problem = tell_refusal(no, lang())
    status = 200 if link else 422
    return show("accounts/staff_list.html", status, body=body, lines=staff_lines(db(), body.id), form=form,
                problem=problem, link=link, base=me().home)  # fmt: skip


@room.post("/org/staff/<account_id>/link", does=actions.make_link, name="link_org")
@room.post("/ent/staff/<account_id>/link", does=actions.make_link, name="link_ent")
def link(account_id: str) -> ResponseReturnValue:
    """A new one-time link for a colleague who forgot the password."""
    body = organisation(db(), me().organisation_id)
    code = perform(actions.make_link, KeyForm().key.data, account_id=account_id).code
    return show("accounts/staff_list.html", body=body, lines=staff_lines(db(), body.id), form=StaffForm(body.kind),
                problem=None, link=one_time_link(code), base=me().home)  # fmt: skip


@room.post("/org/staff/<membership_id>/disable", does=actions.disable_staff, name="disable_org")
@room.post("/ent/staff/<membership_id>/disable", does=actions.disable_staff, name="disable_ent")
def disable(membership_id: str) -> ResponseReturnValue:
    """Stop a colleague's account."""
    perform(actions.disable_staff, KeyForm().key.data, membership_id=membership_id)
    tell("已停用，其所有设备已退出", "Disabled; all their sessions have ended", "warn")
    return go("organisations.staff_org" if me().home == "/org" else "organisations.staff_ent")


@room.post("/org/staff/<membership_id>/enable", does=actions.enable_staff, name="enable_org")
@room.post("/ent/staff/<membership_id>/enable", does=actions.enable_staff, name="enable_ent")
def enable(membership_id: str) -> ResponseReturnValue:
    """Let a colleague sign in again."""
    perform(actions.enable_staff, KeyForm().key.data, membership_id=membership_id)
    tell("已启用", "Enabled")
    return go("organisations.staff_org" if me().home == "/org" else "organisations.staff_ent")


def _form() -> OrganisationForm:
    return OrganisationForm([(d.code, d.name) for d in districts(db())])
