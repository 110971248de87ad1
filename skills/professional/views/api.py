"""The same for programs."""

from __future__ import annotations

from datetime import date

from pydantic import BaseModel, Field

from skills.professional.actions import own as own_acts
from skills.professional.actions import programmes as programme_acts
from skills.professional.actions import seminars as acts
from skills.professional.actions.own import StatementMade
from skills.professional.actions.programmes import ProgrammeMade
from skills.professional.actions.seminars import APPLY, SeminarMade, SeminarOrder
from skills.professional.queries import own, programmes, seminars
from skills.professional.queries.own import Dossier, StatementLine
from skills.professional.queries.programmes import ProgrammeLine
from skills.professional.queries.seminars import SeminarLine, SeminarPage, YearCount
from skills.professional.rules.hours import Year
from skills.professional.views.words import room
from skills.records.actions import Added
from skills.standards.queries import value
from skills.web.limits import look_up_limit
from skills.web.openapi import request_key
from skills.web.pages import PUBLIC, db, me, perform, today

SEE, MINE = "professional.see", "passport.see"


class SeminarBody(BaseModel):
    """A seminar that is applied for; `seminar_id` of one that was sent back."""

    organiser_id: str = Field(max_length=26)
    title: str = Field(min_length=1, max_length=80)
    field: str = Field(min_length=1, max_length=60)
    plan: str = Field(min_length=1, max_length=2_000)
    venue: str = Field(min_length=1, max_length=120)
    starts_on: date
    ends_on: date
    seats: int = Field(ge=1, le=1_000)
    hours: int = Field(ge=1, le=400)
    seminar_id: str | None = Field(default=None, max_length=26)


class DecisionBody(BaseModel):
    """Yes or no; a no says why."""

    approved: bool
    reason: str = Field(default="", max_length=400)


class PersonBody(BaseModel):
    """Somebody for a roster, by name and document."""

    name: str = Field(min_length=1, max_length=60)
    document_kind: str = Field(max_length=24)
    document_number: str = Field(min_length=1, max_length=32)


class CameBody(BaseModel):
    """Who took part, by person id."""

    came: list[str] = Field(min_length=1, max_length=1_000)


class ReasonBody(BaseModel):
    """Why."""

    reason: str = Field(min_length=1, max_length=400)


class ProgrammeBody(BaseModel):
    """Who trains and who assesses engineers of a direction."""

    direction: str = Field(min_length=1, max_length=60)
    training_id: str = Field(max_length=26)
    assessment_id: str = Field(max_length=26)
    document: str = Field(min_length=1, max_length=80)


class AchievementBody(BaseModel):
    """A work of one's own: copyright (with number) or project (with role)."""

    kind: str = Field(max_length=16)
    name: str = Field(min_length=1, max_length=80)
    number: str = Field(default="", max_length=40)
    role: str = Field(default="", max_length=60)
    on: date


class YearBody(BaseModel):
    """A year of hours."""

    year: int = Field(ge=2000, le=2100)


class PairBody(BaseModel):
    """Number and name of a certificate of hours."""

    number: str = Field(max_length=20)
    name: str = Field(max_length=60)


@room.api("GET", "/seminars", may=SEE, answers=list[SeminarLine])
def list_seminars() -> list[SeminarLine]:
    """Advanced seminars, newest first."""
    return seminars.seminars(db())


@room.api("GET", "/seminars/years", may=SEE, answers=list[YearCount], by=("year",))
def list_seminar_years() -> list[YearCount]:
    """People who took part, year by year, against the target."""
    return seminars.by_year(db(), int(value(db(), "seminar.target", today())), today())


@room.api("GET", "/seminars/<seminar_id>", may=SEE, answers=SeminarPage)
def get_seminar(seminar_id: str) -> SeminarPage:
    """One seminar with its roster."""
    return seminars.seminar(db(), seminar_id)


@room.api("GET", "/organisations/own/seminars", may=APPLY, answers=list[SeminarLine])
def list_own_seminars() -> list[SeminarLine]:
    """Seminars of one's own organisation."""
    return seminars.seminars(db(), me().actor.organisations_for(APPLY))


@room.api("GET", "/organisations/own/seminars/<seminar_id>", may=APPLY, answers=SeminarPage)
def get_own_seminar(seminar_id: str) -> SeminarPage:
    """One seminar of one's own organisation."""
    return seminars.seminar(db(), seminar_id, me().actor.organisations_for(APPLY))


@room.api("POST", "/seminars", does=acts.apply, body=SeminarBody, answers=SeminarMade, status=201)
def apply_for_seminar(body: SeminarBody) -> SeminarMade:
    """Apply for a seminar, or again for one that was sent back."""
    order = SeminarOrder(body.title, body.field, body.plan, body.venue, body.starts_on, body.ends_on, body.seats, body.hours)
    return perform(acts.apply, request_key(), organiser_id=body.organiser_id, order=order, seminar_id=body.seminar_id)


@room.api("POST", "/seminars/<seminar_id>/decision", does=acts.decide, body=DecisionBody, answers=SeminarMade)
def decide_on_seminar(seminar_id: str, body: DecisionBody) -> SeminarMade:
    """Approve a seminar or send it back."""
    return perform(acts.decide, request_key(), seminar_id=seminar_id, approved=body.approved, reason=body.reason)


@room.api("POST", "/seminars/<seminar_id>/roster", does=acts.enrol, body=PersonBody, answers=SeminarMade)
def add_to_roster(seminar_id: str, body: PersonBody) -> SeminarMade:
    """Put somebody on the roster."""
    return perform(
        acts.enrol, request_key(), seminar_id=seminar_id, name=body.name, document_kind=body.document_kind,
        document_number=body.document_number,
    )  # fmt: skip


@room.api("POST", "/seminars/<seminar_id>/attendance", does=acts.hold, body=CameBody, answers=SeminarMade)
def say_who_came(seminar_id: str, body: CameBody) -> SeminarMade:
    """Say who took part: their hours are credited."""
    return perform(acts.hold, request_key(), seminar_id=seminar_id, came=tuple(body.came))


@room.api("POST", "/seminars/<seminar_id>/end", does=acts.cancel, body=ReasonBody, answers=SeminarMade)
def cancel_seminar(seminar_id: str, body: ReasonBody) -> SeminarMade:
    """Cancel a seminar."""
    return perform(acts.cancel, request_key(), seminar_id=seminar_id, reason=body.reason)


@room.api("GET", "/engineer-programmes", may=SEE, answers=list[ProgrammeLine])
def list_programmes() -> list[ProgrammeLine]:
    """Programmes of digital engineers."""
    return programmes.programmes(db())


@room.api("POST", "/engineer-programmes", does=programme_acts.propose, body=ProgrammeBody, answers=ProgrammeMade, status=201)
def propose_a_programme(body: ProgrammeBody) -> ProgrammeMade:
    """Propose who trains and who assesses."""
    return perform(
        programme_acts.propose, request_key(), direction=body.direction, training_id=body.training_id, assessment_id=body.assessment_id,
        document=body.document,
    )  # fmt: skip


@room.api("POST", "/engineer-programmes/<programme_id>/decision", does=programme_acts.decide, body=DecisionBody, answers=ProgrammeMade)
def decide_on_programme(programme_id: str, body: DecisionBody) -> ProgrammeMade:
    """Agree as the second person, or not."""
    return perform(programme_acts.decide, request_key(), programme_id=programme_id, approved=body.approved, reason=body.reason)


@room.api("POST", "/engineer-programmes/<programme_id>/end", does=programme_acts.end, body=ReasonBody, answers=ProgrammeMade)
def end_a_programme(programme_id: str, body: ReasonBody) -> ProgrammeMade:
    """End a programme."""
    return perform(programme_acts.end, request_key(), programme_id=programme_id, reason=body.reason)


@room.api("GET", "/me/continuing-education", may=MINE, answers=list[Year], by=("year",))
def my_hours() -> list[Year]:
    """One's own hours by year: what counts, and what is missing."""
    return own.years(db(), me().person_id, today())


@room.api("GET", "/me/hours-statements", may=MINE, answers=list[StatementLine], by=("number",))
def my_statements() -> list[StatementLine]:
    """One's own certificates of hours."""
    return list(own.statements(db(), me().person_id))


@room.api("POST", "/me/hours-statements", does=own_acts.certify, body=YearBody, answers=StatementMade, status=201)
def give_statement(body: YearBody) -> StatementMade:
    """Give oneself the certificate of a year's hours."""
    return perform(own_acts.certify, request_key(), year=body.year)


@room.api("POST", "/hours", may=PUBLIC, body=PairBody, answers=StatementLine | None, keyless=True)
@look_up_limit
def check_statement(body: PairBody) -> StatementLine | None:
    """Check a certificate of hours by number and name; a wrong pair and an unknown number are both nothing."""
    return own.verified(db(), body.number, body.name)


@room.api("GET", "/me/title-dossier", may=MINE, answers=Dossier)
def my_dossier() -> Dossier:
    """What one has for a title, and what each rule still wants."""
    return own.dossier(db(), me().person_id, today())


@room.api("POST", "/me/achievements", does=own_acts.promise_achievement, body=AchievementBody, answers=Added, status=201)
def add_an_achievement(body: AchievementBody) -> Added:
    """State a work of one's own on a promise."""
    return perform(
        own_acts.promise_achievement, request_key(), kind=body.kind, name=body.name, number=body.number, role=body.role, on=body.on
    )
