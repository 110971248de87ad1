"""A body's designs and seal, and the authority's approval of them: every version with its picture."""

from __future__ import annotations

from datetime import UTC, datetime, time
from typing import Any, get_args

from flask import Response, request
from flask.typing import ResponseReturnValue
from pydantic import BaseModel

from skills.accounts.queries import name_of, organisation
from skills.credentials import pictures, samples
from skills.credentials.actions import designs
from skills.credentials.claims import Kind
from skills.credentials.forms import DesignForm, KeyForm, ReasonForm, SealForm
from skills.credentials.queries import designs as queries
from skills.credentials.queries.designs import DesignLine, InForce
from skills.credentials.rules.designs import ARTS, FIELDS, HOUSE, PALETTES, SEALS, TITLES, Look
from skills.credentials.states import DESIGN, SEAL, DesignState, SealState
from skills.kernel.errors import Missing, Refusal
from skills.web import i18n
from skills.web.openapi import request_key
from skills.web.pages import Room, db, go, lang, me, office, perform, say, settings, show, tell, today

room = Room("designs", __name__)
SEE, DECIDE = "design.see", "design.decide"
KINDS: tuple[Kind, ...] = get_args(Kind)
CHIPS = {
    DesignState.DRAFTED: "idle", DesignState.SUBMITTED: "warn", DesignState.APPROVED: "info", DesignState.IN_USE: "ok",
    DesignState.WITHDRAWN: "idle", SealState.UPLOADED: "warn", SealState.CONFIRMED: "ok",
}  # fmt: skip


def may_see(line: DesignLine) -> bool:
    """Whether the visitor works for the body, or decides on designs."""
    actor = me().actor
    return actor.may(SEE, line.organisation_id) or actor.may_unbound(DECIDE)


def _seen(design_id: str) -> DesignLine:
    line = queries.design(db(), design_id)
    if not may_see(line):
        raise Missing("certificate_design.unknown")
    return line


def _words() -> dict[str, Any]:
    return {
        "titles": TITLES,
        "who": lambda account: name_of(db(), account),
        "state": lambda s: say(*DESIGN.words[DesignState(s)]),
        "seal_state": lambda s: say(*SEAL.words[SealState(s)]),
        "chip": lambda s: CHIPS.get(s, "idle"),
    }


@room.get("/ent/designs", may=SEE, name="list_ent")
@room.get("/org/designs", may=SEE, name="list_org")
def listing() -> ResponseReturnValue:
    """What the body's certificates look like now, what is under way, and its seal."""
    return _listing(SealForm())


def _listing(form: SealForm, status: int = 200, told: i18n.Told | None = None) -> ResponseReturnValue:
    body = me().organisation_id
    lines = queries.designs_of(db(), {body})
    current = {kind: queries.in_force(db(), body, kind) for kind in KINDS}
    under_way = {line.kind: line for line in lines if line.state in designs.OPEN}
    return show(
        "credentials/designs.html", status, kinds=KINDS, current=current, under_way=under_way, lines=lines,
        seals=queries.seals_of(db(), body), form=form, told=told, palettes=PALETTES, **_words(),
    )  # fmt: skip


@room.get("/ent/designs/new/<kind>", may="design.draft")
def edit(kind: str) -> ResponseReturnValue:
    """The form: the draft if there is one, else what is printed now."""
    known = _kind(kind)
    return _form(DesignForm(_start(known)), known, _start(known))


@room.post("/ent/designs/new/<kind>", does=designs.save)
def save(kind: str) -> ResponseReturnValue:
    """Keep the draft and show what it looks like."""
    known = _kind(kind)
    form = DesignForm(_start(known))
    look = form.look(request.form)
    if not form.validate_on_submit():
        return _form(form, known, look, 422)
    try:
        sent = form.logo.data
        data = sent.stream.read(pictures.MOST_BYTES + 1) if sent else b""
        done = perform(
            designs.save, form.key.data, organisation_id=me().organisation_id, look=look,
            logo=pictures.logo(data) if data else None, keep_logo=not form.drop_logo.data,
        )  # fmt: skip
    except Refusal as no:
        return _form(form, known, look, 422, i18n.tell_refusal(no, lang()))
    tell("草稿已保存，请看样张", "The draft is saved: see the sample")
    return go("designs.one", design_id=done.design_id)


def _form(
    form: DesignForm, kind: Kind, look: Look, status: int = 200, told: i18n.Told | None = None
) -> ResponseReturnValue:
    line = next((x for x in queries.designs_of(db(), {me().organisation_id}) if x.kind == kind and x.state in designs.OPEN), None)
    return show(
        "credentials/design_form.html", status, form=form, kind=kind, look=look, line=line, told=told,
        fields=FIELDS[kind], palettes=PALETTES, **_words(),
    )  # fmt: skip


@room.get("/ent/designs/v/<design_id>", may=SEE)
def one(design_id: str) -> ResponseReturnValue:
    """One version: what it looks like, who did what, and what may be done next."""
    return _one(design_id)


def _one(design_id: str, form: ReasonForm | None = None, status: int = 200) -> ResponseReturnValue:
    line = _seen(design_id)
    return show(
        "credentials/design.html", status, line=line, moves={m.name for m in DESIGN.open_moves(line.state)},
        before=queries.before(db(), line), form=form or ReasonForm(), palettes=PALETTES, fields=FIELDS[line.kind], **_words(),
    )  # fmt: skip


@room.get("/ent/designs/v/<design_id>/sample.png", may=SEE, name="sample_png")
@room.get("/gov/designs/<design_id>/sample.png", may=DECIDE, name="sample_png_gov")
def sample_png(design_id: str) -> ResponseReturnValue:
    """What a version looks like."""
    line = _seen(design_id)
    return _picture(queries.to_print(db(), line.id), line.organisation_name)


@room.get("/ent/designs/v/<design_id>/sample.pdf", may=SEE, name="sample_pdf")
@room.get("/gov/designs/<design_id>/sample.pdf", may=DECIDE, name="sample_pdf_gov")
def sample_pdf(design_id: str) -> ResponseReturnValue:
    """A version as it comes out of the printer, 样张 across it."""
    line = _seen(design_id)
    printed = queries.to_print(db(), line.id)
    data = samples.pdf(printed, line.organisation_name, settings().public_base, *_moment())
    return Response(data, mimetype="application/pdf", headers={"Content-Disposition": 'inline; filename="sample.pdf"'})


@room.get("/ent/designs/now/<kind>.png", may=SEE, name="now_png")
def now_png(kind: str) -> ResponseReturnValue:
    """What the body's certificates of a kind look like now."""
    body = me().organisation_id
    return _picture(queries.in_force(db(), body, _kind(kind)), organisation(db(), body).name)


@room.get("/gov/designs/<design_id>/before.png", may=DECIDE)
def before_png(design_id: str) -> ResponseReturnValue:
    """What was printed with before a version."""
    line = queries.design(db(), design_id)
    return _picture(queries.before(db(), line), line.organisation_name)


@room.post("/ent/designs/v/<design_id>/submit", does=designs.submit)
def submit(design_id: str) -> ResponseReturnValue:
    """Hand in."""
    perform(designs.submit, KeyForm().key.data, design_id=design_id)
    tell("已报审，人力社保部门同意后可启用", "Handed in; it may be used when the authority has approved it")
    return _back(design_id)


@room.post("/ent/designs/v/<design_id>/use", does=designs.use)
def use(design_id: str) -> ResponseReturnValue:
    """Print with it from now on."""
    perform(designs.use, KeyForm().key.data, design_id=design_id)
    tell("已启用，此后印制的证书用这个样式", "In use: certificates printed from now on look like this")
    return _back(design_id)


@room.post("/ent/designs/v/<design_id>/withdraw", does=designs.withdraw)
def withdraw(design_id: str) -> ResponseReturnValue:
    """Give it up."""
    perform(designs.withdraw, KeyForm().key.data, design_id=design_id)
    tell("已停用", "Withdrawn", "warn")
    return _back(design_id)


@room.post("/ent/seals", does=designs.upload_seal)
def upload_seal() -> ResponseReturnValue:
    """Put a seal forward."""
    form = SealForm()
    sent = form.picture.data
    try:
        picture = pictures.seal(sent.stream.read(pictures.MOST_BYTES + 1) if sent else b"")
        perform(designs.upload_seal, form.key.data, organisation_id=me().organisation_id, picture=picture)
    except Refusal as no:
        return _listing(form, 422, i18n.tell_refusal(no, lang()))
    tell("印章已上传，请另一位同事核对确认", "Uploaded; a second colleague compares and confirms it")
    return _home()


@room.post("/ent/seals/<seal_id>/confirm", does=designs.confirm_seal)
def confirm_seal(seal_id: str) -> ResponseReturnValue:
    """Confirm as the second person."""
    perform(designs.confirm_seal, KeyForm().key.data, seal_id=seal_id)
    tell("印章已确认", "The seal is confirmed")
    return _home()


@room.post("/ent/seals/<seal_id>/withdraw", does=designs.withdraw_seal)
def withdraw_seal(seal_id: str) -> ResponseReturnValue:
    """Print it no longer."""
    perform(designs.withdraw_seal, KeyForm().key.data, seal_id=seal_id, reason="")
    tell("印章已停用", "The seal is withdrawn", "warn")
    return _home()


@room.get("/ent/seals/<seal_id>.png", may=SEE, name="seal_png")
def seal_png(seal_id: str) -> ResponseReturnValue:
    """The seal as it is printed."""
    return _png(queries.seal_picture(db(), seal_id, me().organisation_id))


@room.get("/gov/designs", may=DECIDE)
def inbox() -> ResponseReturnValue:
    """What waits for approval, and what was decided."""
    return show("credentials/gov_designs.html", waiting=queries.waiting(db()), decided=queries.decided(db()), **_words())


@room.get("/gov/designs/<design_id>", may=DECIDE)
def decide(design_id: str) -> ResponseReturnValue:
    """The new beside the old, and what differs."""
    return _decide(design_id, ReasonForm())


def _decide(design_id: str, form: ReasonForm, status: int = 200) -> ResponseReturnValue:
    line = queries.design(db(), design_id)
    was = queries.before(db(), line)
    return show(
        "credentials/gov_design.html", status, line=line, was=was, differs=differences(was, line), form=form,
        moves={m.name for m in DESIGN.open_moves(line.state)}, **_words(),
    )  # fmt: skip


@room.post("/gov/designs/<design_id>/approve", does=designs.approve)
def approve(design_id: str) -> ResponseReturnValue:
    """Agree."""
    perform(designs.approve, KeyForm().key.data, design_id=design_id)
    tell("已同意，机构可启用", "Approved; the body may put it to use")
    return go("designs.inbox")


@room.post("/gov/designs/<design_id>/send-back", does=designs.send_back)
def send_back(design_id: str) -> ResponseReturnValue:
    """Send back with a reason."""
    form = ReasonForm()
    if not form.validate_on_submit():
        return _decide(design_id, form, 422)
    perform(designs.send_back, form.key.data, design_id=design_id, reason=form.reason.data)
    tell("已退回修改", "Sent back", "warn")
    return go("designs.inbox")


def differences(was: InForce, line: DesignLine) -> list[tuple[str, str, str]]:
    """What a version changes, as (what, before, after)."""
    old, new = was.look, line.look
    names = {
        "palette": ("配色", "Palette"), "art": ("底纹", "Drawing"), "ink": ("自选颜色", "Own colour"), "seal": ("印章", "Seal"),
        "title_en": ("英文名称", "English title"), "statement_zh": ("正文", "Text"), "statement_en": ("英文正文", "English text"),
        "note_zh": ("附注", "Note"), "note_en": ("英文附注", "English note"), "footer": ("页脚", "Fine print"),
    }  # fmt: skip
    choices = {"palette": {k: (p.zh, p.en) for k, p in PALETTES.items()}, "art": ARTS, "seal": SEALS}

    def told(name: str, look: Look) -> str:
        value = str(getattr(look, name))
        return say(*choices[name][value]) if name in choices else value or "—"

    found = [
        (say(*words), told(name, old), told(name, new))
        for name, words in names.items()
        if getattr(old, name) != getattr(new, name)
    ]
    shown = [{f.name: f"{f.zh} {f.en}" for f in look.fields} for look in (old, new)]
    for field in FIELDS[line.kind]:
        one, other = (fields.get(field.name, say("不印", "left out")) for fields in shown)
        if one != other:
            found.append((say(f"项目“{field.zh}”", f"Field “{field.en}”"), one, other))
    if bool(was.logo) != line.has_logo:
        yes, no = say("有", "yes"), say("无", "no")
        found.append((say("标识", "Logo"), yes if was.logo else no, yes if line.has_logo else no))
    return found


class DesignBody(BaseModel):
    """A look to save as the body's draft."""

    look: Look


@room.api("GET", "/designs", may=SEE, answers=list[DesignLine])
def api_list() -> list[DesignLine]:
    """Every version of the body's designs."""
    return list(queries.designs_of(db(), me().actor.organisations_for(SEE)))


@room.api("GET", "/designs/house/<kind>", may=SEE, answers=Look)
def api_house(kind: str) -> Look:
    """What the house prints for a kind: a design to start from."""
    return HOUSE[_kind(kind)]


@room.api("POST", "/designs", does=designs.save, body=DesignBody, answers=designs.Saved, status=201)
def api_save(body: DesignBody) -> designs.Saved:
    """Save the body's draft of a kind."""
    return perform(designs.save, request_key(), organisation_id=me().organisation_id, look=body.look)


@room.api("POST", "/designs/<design_id>/submit", does=designs.submit, answers=DesignLine)
def api_submit(design_id: str) -> DesignLine:
    """Hand a design in for approval."""
    perform(designs.submit, request_key(), design_id=design_id)
    return queries.design(db(), design_id)


@room.api("POST", "/designs/<design_id>/use", does=designs.use, answers=DesignLine)
def api_use(design_id: str) -> DesignLine:
    """Print with an approved design from now on."""
    perform(designs.use, request_key(), design_id=design_id)
    return queries.design(db(), design_id)


@room.api("POST", "/designs/<design_id>/approve", does=designs.approve, answers=DesignLine)
def api_approve(design_id: str) -> DesignLine:
    """Approve a body's design."""
    perform(designs.approve, request_key(), design_id=design_id)
    return queries.design(db(), design_id)


def _start(kind: Kind) -> Look:
    body = me().organisation_id
    draft = next((x for x in queries.designs_of(db(), {body}) if x.kind == kind and x.state in designs.OPEN), None)
    return draft.look if draft is not None else queries.in_force(db(), body, kind).look


def _kind(text: str) -> Kind:
    found = next((k for k in KINDS if k == text), None)
    if found is None:
        raise Missing("certificate_design.unknown")
    return found


def _picture(printed: InForce, issuer_name: str) -> Response:
    return _png(samples.png(printed, issuer_name, settings().public_base, *_moment()))


def _png(data: bytes) -> Response:
    return Response(data, mimetype="image/png", headers={"Cache-Control": "private, no-cache"})


def _moment() -> tuple[datetime, Any]:
    """Today's midnight for the file's dates, so that a day's samples are the same bytes; and the day printed."""
    day = office().today()
    return datetime.combine(day, time(), UTC), today()


def _home() -> ResponseReturnValue:
    return go("designs.list_ent")


def _back(design_id: str) -> ResponseReturnValue:
    return go("designs.one", design_id=design_id)
