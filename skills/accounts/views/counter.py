"""The counter: put people on record, find one by the whole document number, print an activation slip, open a number."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from flask import Response, make_response, request
from flask.typing import ResponseReturnValue

from skills.accounts import actions
from skills.accounts.forms import FindForm, PersonForm
from skills.accounts.queries import name_of
from skills.kernel.box import Box
from skills.people.actions import record_consent, register_person, reveal_document
from skills.people.parts import Issued, issued_with
from skills.people.queries import by_document, documents, guardian_form, may_hold_data, openings, person, phone_of
from skills.people.queries.additions import additions_of, document_history, waiting
from skills.people.queries.joining import joins_waiting
from skills.people.queries.registrations import registrations_waiting
from skills.people.queries.removals import PastUse, past_uses, removals_of, removals_waiting, unread
from skills.people.rules import OPENING_REASONS, DocumentKind, mask_phone
from skills.people.rules.additions import ADDITION_REASONS
from skills.people.rules.removals import REMOVAL_REASONS
from skills.people.states import AdditionState, RemovalState
from skills.standards.queries import districts
from skills.web.forms import OrderForm
from skills.web.limits import limiter
from skills.web.pages import Room, db, fresh_key, go, me, perform, show, tell, today, tool

room = Room("counter", __name__)
FIND = "person.find"
CHIPS = {AdditionState.ASKED: "warn", AdditionState.ADDED: "ok", AdditionState.REFUSED: "bad", AdditionState.WITHDRAWN: "idle"}
REMOVAL_CHIPS = {RemovalState.ASKED: "warn", RemovalState.REMOVED: "ok", RemovalState.REFUSED: "bad", RemovalState.WITHDRAWN: "idle"}


@dataclass(frozen=True)
class DocumentOnRecord:
    """A document that finds a person, for a program: the number masked; and the certificates that name it.

    founded    the record was made with it
    read_wanted  no other document says by itself whose it is: birth date and sex are to be read off one that stays
    """

    id: str
    kind_zh: str
    kind_en: str
    document: str
    founded: bool
    read_wanted: bool
    certificates: Sequence[Issued]


@room.get("/gov/people", may=FIND)
def desk() -> ResponseReturnValue:
    return _desk(FindForm())


@room.post("/gov/people", may=FIND, name="find")
@limiter.limit("60 per hour")
def find() -> ResponseReturnValue:
    """One person by the whole number: there is no browsing. The number never stands in an address."""
    form = FindForm()
    if not form.validate_on_submit():
        return _desk(form, 422)
    person_id = by_document(db(), tool(Box), form.document_kind.data, form.document_number.data or "")
    if person_id is None:
        tell("没有登记这个证件号码", "Nobody on record has this number", "warn")
        return _desk(form, 404)
    return private(person_page(person_id))


@room.get("/gov/people/new", may="person.register")
def new() -> ResponseReturnValue:
    return show("people/new.html", form=person_form())


@room.post("/gov/people/new", does=register_person, name="register")
def register() -> ResponseReturnValue:
    """Put one person on record; one who is there already is shown, never doubled."""
    form = person_form()
    if not form.validate_on_submit():
        return show("people/new.html", 422, form=form)
    document = form.document_kind.data, form.document_number.data or ""
    if past := past_uses(db(), tool(Box), [document]):  # such a number takes two people: the form goes to `registrations`
        return past_page(form, past[document])
    done = perform(register_person, form.key.data, **person_in(form))
    if done.fresh:
        tell("已登记", "Put on record")
    else:
        tell("此人已经登记过，没有重复建档", "This person is on record already; nothing was doubled", "warn")
    return private(person_page(done.person_id))


@room.post("/gov/people/<person_id>/slip", does=actions.print_slip, name="slip")
def slip(person_id: str) -> ResponseReturnValue:
    """Print an activation slip. Its code is shown this once and kept as a hash."""
    done = perform(actions.print_slip, OrderForm().key.data, person_id=person_id)
    return private(show("people/slip.html", who=person(db(), person_id), code=done.code, days=actions.SLIP_DAYS))


@room.post("/gov/people/<person_id>/phone", does=actions.replace_phone, name="phone")
def phone(person_id: str) -> ResponseReturnValue:
    """A new number, or a lost phone: whoever is signed in as this person is signed out."""
    number = request.form.get("phone", "").strip()
    perform(actions.replace_phone, OrderForm().key.data, person_id=person_id, phone=number)
    if number:
        tell("手机号码已更改，原来的登录全部失效", "The number is changed; every earlier sign-in has ended")
    else:
        tell("已挂失：手机号码已去掉，登录和验证码全部失效", "Reported lost: number, sign-ins and codes no longer count")
    return private(person_page(person_id))


@room.post("/gov/people/<person_id>/consent", does=record_consent, name="consent")
def consent(person_id: str) -> ResponseReturnValue:
    """A guardian signed for somebody under age."""
    perform(record_consent, OrderForm().key.data, person_id=person_id, form_number=request.form.get("form_number", ""))
    tell("已登记监护人同意", "The guardian's consent is on record")
    return private(person_page(person_id))


@room.post("/gov/people/<person_id>/reveal", does=reveal_document, name="reveal")
def reveal(person_id: str) -> ResponseReturnValue:
    """Open the whole number: the class of the reason goes on record, its detail is sealed."""
    done = perform(
        reveal_document, OrderForm().key.data, person_id=person_id, reason=request.form.get("reason", ""),
        detail=request.form.get("detail", ""),
    )  # fmt: skip
    return private(person_page(person_id, done.number))


@room.get("/gov/slips", may="slip.print")
def slips() -> ResponseReturnValue:
    """The way to a slip begins with finding the person."""
    return go("counter.desk")


def _desk(form: FindForm, status: int = 200) -> ResponseReturnValue:
    return show(
        "people/desk.html", status, form=form, may_register=me().actor.may("person.register"), waiting=waiting(db()),
        joins=joins_waiting(db()), removals=removals_waiting(db()),
        registrations=registrations_waiting(db()),
    )  # fmt: skip


def person_page(person_id: str, number: str = "") -> ResponseReturnValue:
    """One person at the desk: documents masked, what can be done for them."""
    who, box = person(db(), person_id), tool(Box)
    removals = removals_of(db(), person_id)
    names = {d.code: d.name for d in districts(db())}
    return show(
        "people/one.html", who=who, papers=documents(db(), person_id), number=number, kinds=DocumentKind, district=names.get(who.district, ""),
        may=me().actor.may, key=fresh_key(), phone_masked=_masked_phone(person_id), minor=may_hold_data(db(), person_id, today()),
        reasons=OPENING_REASONS, form_number=guardian_form(db(), box, person_id),
        additions=additions_of(db(), person_id), addition_reasons=ADDITION_REASONS, chips=CHIPS,
        held=documents_on_record(person_id), removals=removals, removal_reasons=REMOVAL_REASONS, removal_chips=REMOVAL_CHIPS,
        wanted_off={r.document_id for r in removals if r.state == RemovalState.ASKED},
        history=[(d, name_of(db(), d.added_by) if d.added_by else "") for d in document_history(db(), person_id)],
        openings=[(o, name_of(db(), o.by)) for o in openings(db(), person_id, box)] if me().actor.may("person.reveal") else [],
    )  # fmt: skip


def documents_on_record(person_id: str) -> list[DocumentOnRecord]:
    """The same for the page of the desk."""
    box, who = tool(Box), person(db(), person_id).id
    return [
        DocumentOnRecord(
            d.id, d.kind_zh, d.kind_en, d.masked, d.founded, unread(db(), box, who, d.id), issued_with(db(), who, d.id)
        )
        for d in documents(db(), who)
    ]


def _masked_phone(person_id: str) -> str:
    number = phone_of(db(), tool(Box), person_id)
    return mask_phone(number) if number else ""


def person_form() -> PersonForm:
    """The form for a person who is not on record."""
    places = [(d.code, d.name) for d in districts(db()) if d.kind != "city"]
    return PersonForm(places)


def past_page(form: PersonForm, past: Sequence[PastUse]) -> Response:
    """The form again for a number that stood on another record, which asks what was seen and goes to a second person."""
    form.seen.flags.required = bool(past)
    return private(show("people/new.html", 422, form=form, past=past))


def person_in(form: PersonForm) -> dict[str, Any]:
    """What the form says of a person, as an order."""
    return {
        "name": form.name.data or "", "document_kind": form.document_kind.data, "document_number": form.document_number.data or "",
        "birth": form.birth.data, "sex": form.sex.data, "district": form.district.data, "phone": form.phone.data or "",
    }  # fmt: skip


def private(answer: ResponseReturnValue) -> Response:
    """An answer about a person: no browser keeps it."""
    response = make_response(answer)
    response.headers["Cache-Control"] = "no-store"
    return response
