"""Filings, sittings, applications, scores, awards and promotions."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, LargeBinary, String, UniqueConstraint, false, text
from sqlalchemy.orm import Mapped, mapped_column

from skills.certification.models.accommodations import Accommodation
from skills.certification.models.data_reviews import DataReview, ImportedNumber
from skills.certification.models.day import LateAddition, Presence, Rescheduling, RoomRecord
from skills.certification.models.defences import DefenceSlot, ReviewFile
from skills.certification.models.duties import DutyTie, SittingDuty
from skills.certification.models.examinations import Examination
from skills.certification.models.filing_changes import FilingChange
from skills.certification.models.filings import FilingPause
from skills.certification.models.incidents import Incident
from skills.certification.models.norms import Norm
from skills.certification.models.online import RoomDoor, SittingPaper
from skills.certification.models.panels import PanelMark, PanelSpread
from skills.certification.models.rechecks import FilingRecheck
from skills.certification.models.results import ChainLink, ScoreCorrection, ScoreReview
from skills.certification.models.rooms import ExamSeat, SittingRoom
from skills.kernel.db import Base, Id, UtcTime

__all__ = [
    "Accommodation", "Application", "Award", "ChainLink", "DataReview", "DefenceSlot", "DutyTie", "ExamSeat", "Examination",
    "Filing", "FilingChange", "FilingPause", "FilingRecheck", "FilingScope", "ImportedNumber", "Incident", "LateAddition", "Norm",
    "NumberSeries", "Objection", "PanelMark", "PanelSpread", "Presence", "Promotion", "Rescheduling", "ReviewFile", "RoomDoor",
    "RoomRecord", "Score", "ScoreCorrection", "ScoreEntry", "ScoreReview", "ScoreSheet", "Sitting", "SittingDuty",
    "SittingPaper",
    "SittingRoom", "StepTaken",
]  # fmt: skip


def _while(name: str, *columns: str, where: str) -> Index:
    """Unique as long as the condition holds: once means once at a time."""
    return Index(name, *columns, unique=True, sqlite_where=text(where), postgresql_where=text(where))


class NumberSeries(Base):
    """A counter without gaps: `last` is the last number given. It moves only in the act that uses the number."""

    __tablename__ = "number_series"
    name: Mapped[str] = mapped_column(String(48), primary_key=True)
    last: Mapped[int]


class StepTaken(Base):
    """History: every move of a filing, sitting, objection or promotion, with its reason. Never overwritten."""

    __tablename__ = "certification_step"
    __table_args__ = (Index("ix_certification_step_subject", "subject", "subject_id"),)
    id: Mapped[Id] = mapped_column(primary_key=True)
    subject: Mapped[str] = mapped_column(String(16))
    subject_id: Mapped[str] = mapped_column(String(26))
    move: Mapped[str] = mapped_column(String(24))
    reason: Mapped[str] = mapped_column(String(400))
    by: Mapped[str] = mapped_column(String(26))
    at: Mapped[UtcTime]


class Filing(Base):
    """A body's filing 备案: `kind` Y or S, `path` review or commitment; the number has 13 characters.

    `due_on`: by when the authority answers, on the ordinary or the green `channel`; none unless it has to.
    """

    __tablename__ = "filing"
    __table_args__ = (_while("uq_filing_live", "organisation_id", where="state NOT IN ('revoked', 'withdrawn', 'expired')"),)
    id: Mapped[Id] = mapped_column(primary_key=True)
    organisation_id: Mapped[str] = mapped_column(ForeignKey("organisation.id"), index=True)
    kind: Mapped[str] = mapped_column(String(1))
    path: Mapped[str] = mapped_column(String(16))
    number: Mapped[str | None] = mapped_column(String(13), unique=True)
    state: Mapped[str] = mapped_column(String(16), index=True)
    contact: Mapped[str] = mapped_column(String(60))
    filed_on: Mapped[date | None]
    valid_to: Mapped[date | None]
    submitted_by: Mapped[str | None] = mapped_column(String(26))
    inspect_by: Mapped[date | None]
    broken_on: Mapped[date | None]
    channel: Mapped[str | None] = mapped_column(String(16))
    due_on: Mapped[date | None]
    made_at: Mapped[UtcTime]


class FilingScope(Base):
    """One occupation, branch (empty: all of them) and level of a filing; `added_on` if it was added to a filing in force."""

    __tablename__ = "filing_scope"
    __table_args__ = (UniqueConstraint("filing_id", "occupation", "branch", "level"),)
    id: Mapped[Id] = mapped_column(primary_key=True)
    filing_id: Mapped[str] = mapped_column(ForeignKey("filing.id"), index=True)
    occupation: Mapped[str] = mapped_column(ForeignKey("occupation.code"))
    branch: Mapped[str] = mapped_column(String(80))
    level: Mapped[int]
    added_on: Mapped[date | None]


class Sitting(Base):
    """An exam from its plan to its conclusion. `pass_mark` and `score_step` (hundredths) are fixed when it is filed.

    number  by which lists name it: KS2026-0001, in the year in which it was planned
    papers  how many different papers lie beside one another, 1 to 4
    hours   of each section when it begins and for how many minutes: {section: [HH:MM, minutes]}
    panel   of sections that examiners mark one by one, how the result comes from it: {section: {result, step, spread}}
    room_records  whether it counts as held only with a record of each room, and who was not there is absent
    score_steps  of sections that have a step of their own; 0 is as `score_step`
    examiners, invigilators, supervisors  names of exams that were planned before accounts were named: sitting_duty
    signatures  under how many its scores go out: two; one for what was signed off before two were asked for
    """

    __tablename__ = "sitting"
    __table_args__ = (
        CheckConstraint(
            "state NOT IN ('scored', 'reviewed', 'noticed', 'concluded') OR signatures < 2 OR (signed_by IS NOT NULL AND "
            "countersigned_by IS NOT NULL AND signed_by <> countersigned_by AND signed_by <> planned_by AND "
            "countersigned_by <> planned_by)",
            name="two_signers",
        ),
    )
    id: Mapped[Id] = mapped_column(primary_key=True)
    number: Mapped[str] = mapped_column(String(16), unique=True)
    organisation_id: Mapped[str] = mapped_column(ForeignKey("organisation.id"), index=True)
    filing_id: Mapped[str] = mapped_column(ForeignKey("filing.id"), index=True)
    occupation: Mapped[str] = mapped_column(ForeignKey("occupation.code"))
    branch: Mapped[str] = mapped_column(String(80))
    level: Mapped[int]
    site: Mapped[str] = mapped_column(String(200))
    registration_from: Mapped[date | None]
    registration_to: Mapped[date | None]
    held_on: Mapped[date | None] = mapped_column(index=True)
    capacity: Mapped[int]
    papers: Mapped[int] = mapped_column(default=1, server_default="1")
    hours: Mapped[dict[str, Any]] = mapped_column(JSON(), default=dict, server_default="{}")
    fee_cents: Mapped[int]
    examiners: Mapped[list[str]] = mapped_column(JSON())
    invigilators: Mapped[list[str]] = mapped_column(JSON())
    supervisors: Mapped[list[str]] = mapped_column(JSON())
    state: Mapped[str] = mapped_column(String(16), index=True)
    room_records: Mapped[bool] = mapped_column(default=False, server_default=false())
    score_step: Mapped[int]
    score_steps: Mapped[dict[str, int]] = mapped_column(JSON(), default=dict, server_default="{}")
    panel: Mapped[dict[str, Any]] = mapped_column(JSON(), default=dict, server_default="{}")
    pass_mark: Mapped[int]
    planned_by: Mapped[str] = mapped_column(String(26))
    planned_at: Mapped[UtcTime]
    signatures: Mapped[int] = mapped_column(default=2, server_default="2")
    signed_by: Mapped[str | None] = mapped_column(String(26))
    countersigned_by: Mapped[str | None] = mapped_column(String(26))
    scored_on: Mapped[date | None]
    noticed_on: Mapped[date | None]
    notice_to: Mapped[date | None] = mapped_column(index=True)
    concluded_on: Mapped[date | None]


class Application(Base):
    """One candidate for one sitting, with the facts and the verdict as they were when it was filed.

    held     why a pass is not awarded yet (objection, filing, refused); empty if nothing holds it
    problem  with `refused`: the refusal's code, its facts and its findings, as the body is told them
    kept     sections passed before that are not sat again: section, hundredths, application_id, until
    terms    what the verdict was given under, so that it can be given again; None where it was not kept yet
    """

    __tablename__ = "application"
    __table_args__ = (
        _while("uq_application_live", "sitting_id", "person_id", where="state <> 'withdrawn'"),
        _while("uq_application_seat", "sitting_id", "seat", where="seat IS NOT NULL AND state <> 'withdrawn'"),
    )
    id: Mapped[Id] = mapped_column(primary_key=True)
    sitting_id: Mapped[str] = mapped_column(ForeignKey("sitting.id"), index=True)
    person_id: Mapped[str] = mapped_column(ForeignKey("person.id"), index=True)
    state: Mapped[str] = mapped_column(String(16), index=True)
    condition: Mapped[str] = mapped_column(String(40))
    edition: Mapped[str] = mapped_column(String(16))
    facts: Mapped[dict[str, Any]] = mapped_column(JSON())
    verdict: Mapped[dict[str, Any]] = mapped_column(JSON())
    applied_by: Mapped[str] = mapped_column(String(26))
    applied_at: Mapped[UtcTime]
    seat: Mapped[int | None]
    ticket: Mapped[str | None] = mapped_column(String(26), unique=True)
    held: Mapped[str] = mapped_column(String(16), default="")
    kept: Mapped[list[dict[str, Any]]] = mapped_column(JSON(), default=list, server_default="[]")
    problem: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    terms: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))


class ScoreSheet(Base):
    """Who types the scores of one section: two different accounts, each for itself.

    way  typed; or machine: sat on screens, reckoned twice (rules.online.HANDS) instead of typed by two
    """

    __tablename__ = "score_sheet"
    __table_args__ = (
        UniqueConstraint("sitting_id", "section"),
        CheckConstraint("first_by IS NULL OR second_by IS NULL OR first_by <> second_by", name="two_typists"),
        CheckConstraint("way IN ('typed', 'machine')", name="way"),
    )
    id: Mapped[Id] = mapped_column(primary_key=True)
    sitting_id: Mapped[str] = mapped_column(ForeignKey("sitting.id"), index=True)
    section: Mapped[str] = mapped_column(String(16))
    way: Mapped[str] = mapped_column(String(8), default="typed", server_default="typed")
    first_by: Mapped[str | None] = mapped_column(String(26))
    second_by: Mapped[str | None] = mapped_column(String(26))


class ScoreEntry(Base):
    """What one typist read for one candidate and section, in hundredths; None is absent. Corrected by a new row."""

    __tablename__ = "score_entry"
    __table_args__ = (
        _while("uq_score_entry_live", "application_id", "section", "turn", where="replaced_at IS NULL"),
        CheckConstraint("hundredths IS NULL OR (hundredths >= 0 AND hundredths <= 10000)", name="range"),
        CheckConstraint("turn IN (1, 2)", name="turn"),
    )
    id: Mapped[Id] = mapped_column(primary_key=True)
    application_id: Mapped[str] = mapped_column(ForeignKey("application.id"), index=True)
    section: Mapped[str] = mapped_column(String(16))
    turn: Mapped[int]
    hundredths: Mapped[int | None]
    by: Mapped[str] = mapped_column(String(26))
    at: Mapped[UtcTime]
    replaced_at: Mapped[UtcTime | None]


class Score(Base):
    """The result of a section after sign-off; the highest version counts. The database refuses to change or delete any.

    kept_from      the application in which it was sat, if earlier
    correction_id  with a later version: what two others decided
    """

    __tablename__ = "score"
    __table_args__ = (
        CheckConstraint("hundredths IS NULL OR (hundredths >= 0 AND hundredths <= 10000)", name="range"),
        CheckConstraint("(version = 1) = (correction_id IS NULL)", name="corrected"),
    )
    application_id: Mapped[str] = mapped_column(ForeignKey("application.id"), primary_key=True)
    section: Mapped[str] = mapped_column(String(16), primary_key=True)
    version: Mapped[int] = mapped_column(primary_key=True, default=1, server_default="1")
    hundredths: Mapped[int | None]
    kept_from: Mapped[str | None] = mapped_column(ForeignKey("application.id"))
    correction_id: Mapped[str | None] = mapped_column(ForeignKey("score_correction.id"), unique=True)


class Objection(Base):
    """An objection to one name on a notice, by real name; the contact is sealed and shown to the handler alone.

    application_id, subject  a pass of an exam, or `kind:id` of another name on notice (`queries.subjects`)
    name, contact  None once their time is over (policy `objection.keep_days`, counted from the answer)
    """

    __tablename__ = "objection"
    __table_args__ = (
        CheckConstraint("(name IS NULL) = (contact IS NULL) AND (name IS NOT NULL OR state <> 'raised')", name="named"),
        CheckConstraint("(application_id IS NULL) <> (subject IS NULL)", name="about_one"),
    )
    id: Mapped[Id] = mapped_column(primary_key=True)
    receipt: Mapped[str] = mapped_column(String(16), unique=True)
    application_id: Mapped[str | None] = mapped_column(ForeignKey("application.id"), index=True)
    subject: Mapped[str | None] = mapped_column(String(40), index=True)
    state: Mapped[str] = mapped_column(String(16), index=True)
    name: Mapped[bytes | None] = mapped_column(LargeBinary())
    contact: Mapped[bytes | None] = mapped_column(LargeBinary())
    text: Mapped[str] = mapped_column(String(1000))
    raised_at: Mapped[UtcTime]
    due_on: Mapped[date | None]
    decided_by: Mapped[str | None] = mapped_column(String(26))
    decided_at: Mapped[UtcTime | None]
    reply: Mapped[str] = mapped_column(String(1000), default="")


class Award(Base):
    """A level given: by an exam or by a placing. `grounds` can be used once; `number_source` is minted or imported."""

    __tablename__ = "award"
    id: Mapped[Id] = mapped_column(primary_key=True)
    grounds: Mapped[str] = mapped_column(String(80), unique=True)
    person_id: Mapped[str] = mapped_column(ForeignKey("person.id"), index=True)
    organisation_id: Mapped[str] = mapped_column(ForeignKey("organisation.id"), index=True)
    filing_id: Mapped[str] = mapped_column(ForeignKey("filing.id"), index=True)
    sitting_id: Mapped[str | None] = mapped_column(ForeignKey("sitting.id"), index=True)
    occupation: Mapped[str] = mapped_column(ForeignKey("occupation.code"))
    branch: Mapped[str] = mapped_column(String(80))
    level: Mapped[int]
    examined_on: Mapped[date]
    number: Mapped[str] = mapped_column(String(22), unique=True)
    number_source: Mapped[str] = mapped_column(String(16))
    certificate_id: Mapped[str] = mapped_column(ForeignKey("certificate.id"), unique=True)
    awarded_at: Mapped[UtcTime]


class Promotion(Base):
    """An application to turn a placing into a level. `source` is the placing's own word in the person's record.

    applied_by  whose hand put it forward: the person's own account or a clerk's at the counter
    """

    __tablename__ = "promotion"
    __table_args__ = (
        _while("uq_promotion_live", "source", where="state <> 'refused'"),
        CheckConstraint("state <> 'granted' OR examined_by <> decided_by", name="two_people"),
        CheckConstraint(
            "(examined_by IS NULL OR examined_by <> applied_by) AND (decided_by IS NULL OR decided_by <> applied_by)", name="other_hands"
        ),
    )
    id: Mapped[Id] = mapped_column(primary_key=True)
    person_id: Mapped[str] = mapped_column(ForeignKey("person.id"), index=True)
    source: Mapped[str] = mapped_column(String(80))
    competition: Mapped[str] = mapped_column(String(200))
    occupation: Mapped[str] = mapped_column(ForeignKey("occupation.code"))
    rank: Mapped[int]
    level: Mapped[int]
    rule: Mapped[str] = mapped_column(String(400))
    verdict: Mapped[dict[str, Any]] = mapped_column(JSON())
    state: Mapped[str] = mapped_column(String(16), index=True)
    applied_at: Mapped[UtcTime]
    applied_by: Mapped[str | None] = mapped_column(String(26))
    year: Mapped[int]
    filing_id: Mapped[str | None] = mapped_column(ForeignKey("filing.id"))
    examined_by: Mapped[str | None] = mapped_column(String(26))
    decided_by: Mapped[str | None] = mapped_column(String(26))
    reason: Mapped[str] = mapped_column(String(400), default="")
