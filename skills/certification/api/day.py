"""The day of an exam for programs: the same actions as the pages."""

from __future__ import annotations

from pydantic import BaseModel, Field

from skills.certification.actions import day, late, rescheduling
from skills.certification.actions.applications import Applied
from skills.certification.actions.day import WATCH, Noted, PresenceNoted, RecordDecided, RecordWritten
from skills.certification.actions.late import AddedLate
from skills.certification.api import room
from skills.certification.queries import day as days
from skills.certification.queries import exams
from skills.certification.queries.day import Door
from skills.certification.rules.day import Found
from skills.certification.rules.exams import Section
from skills.web.openapi import request_key
from skills.web.pages import db, me, perform


class RescheduleBody(BaseModel):
    """The exam to move to."""

    sitting_id: str = Field(max_length=26)


class LateBody(BaseModel):
    """Who is added, by identity document, and why."""

    kind: str = Field(max_length=16)
    number: str = Field(max_length=32)
    reason: str = Field(min_length=1, max_length=400)


@room.api("POST", "/applications/<application_id>/reschedule", does=rescheduling.reschedule, body=RescheduleBody, answers=Applied, status=201)
def reschedule(application_id: str, body: RescheduleBody) -> Applied:
    """Move one's own application to another exam of the same body, occupation and level."""
    return perform(rescheduling.reschedule, request_key(), application_id=application_id, sitting_id=body.sitting_id)


@room.api("POST", "/plans/<sitting_id>/late", does=late.add, body=LateBody, answers=AddedLate, status=201)
def add_late(sitting_id: str, body: LateBody) -> AddedLate:
    """Add somebody after the seats were given; nobody who sits is moved."""
    return perform(late.add, request_key(), sitting_id=sitting_id, **body.model_dump())


class NotedBody(BaseModel):
    """What was found of the holder of a ticket in a section; `scanned` if the ticket's code was read."""

    ticket: str = Field(max_length=26)
    section: Section
    found: Found
    scanned: bool = False


class PresenceBody(BaseModel):
    """Notes of one exam."""

    lines: list[NotedBody] = Field(min_length=1, max_length=1000)


class RecordBody(BaseModel):
    """A room of an exam, by its position, and what else is to be said of it."""

    position: int = Field(ge=1)
    remarks: str = Field(default="", max_length=1000)


class BackBody(BaseModel):
    """Why a record is not signed."""

    reason: str = Field(min_length=1, max_length=400)


@room.api("GET", "/plans/<sitting_id>/door", may=WATCH, answers=list[Door], by=("room.position",))
def door(sitting_id: str) -> list[Door]:
    """The rooms of an exam with who was noted how, and their records."""
    return list(days.doors(db(), exams.sitting(db(), sitting_id, me().actor.organisations_for(WATCH))))


@room.api("POST", "/plans/<sitting_id>/presence", does=day.note, body=PresenceBody, answers=PresenceNoted)
def note_presence(sitting_id: str, body: PresenceBody) -> PresenceNoted:
    """Note who is there, from the exam's day on."""
    lines = tuple(Noted(one.ticket, one.section.value, one.found.value, one.scanned) for one in body.lines)
    return perform(day.note, request_key(), sitting_id=sitting_id, lines=lines)


@room.api("POST", "/plans/<sitting_id>/records", does=day.write, body=RecordBody, answers=RecordWritten, status=201)
def write_record(sitting_id: str, body: RecordBody) -> RecordWritten:
    """Write the record of a room and sign it as the first of two invigilators."""
    return perform(day.write, request_key(), sitting_id=sitting_id, position=body.position, remarks=body.remarks)


@room.api("POST", "/room-records/<record_id>/countersign", does=day.countersign, answers=RecordDecided)
def sign_record(record_id: str) -> RecordDecided:
    """Sign the record of a room as the second invigilator."""
    return perform(day.countersign, request_key(), record_id=record_id)


@room.api("POST", "/room-records/<record_id>/send-back", does=day.send_back, body=BackBody, answers=RecordDecided)
def send_record_back(record_id: str, body: BackBody) -> RecordDecided:
    """Do not sign the record of a room, with a reason."""
    return perform(day.send_back, request_key(), record_id=record_id, reason=body.reason)
