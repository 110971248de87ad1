"""A body's list of candidates 考生名单, offered to the room of returns."""

from __future__ import annotations

from sqlalchemy import select

from skills.certification.actions import applications, employments, members
from skills.certification.models import Application, Filing, Sitting
from skills.certification.queries.decisions import admitted_ties
from skills.certification.queries.listing import look
from skills.certification.rules import listing as rules
from skills.certification.rules.filings import EMPLOYEE
from skills.certification.rules.numbers import BodyKind
from skills.kernel.acts import Act
from skills.kernel.box import Box
from skills.kernel.errors import Refusal
from skills.people.queries import by_document, person
from skills.records.queries import facts as facts_of
from skills.returns.kinds import register
from skills.returns.rules import Applied, Kind, Line
from skills.standards.rules import Level


def apply(act: Act, organisation: str | None, line: Line) -> Applied:
    """Register one candidate, and first put on record how they belong to the body if the row says so. Raises Refusal."""
    v = line.values
    row = act.db.scalars(select(Sitting).where(Sitting.number == v["sitting"], Sitting.organisation_id == organisation)).one_or_none()
    if row is None or organisation is None:
        raise Refusal("registrations.sitting_unknown", number=v["sitting"])
    kind, number = v["document_kind"].value, v["document"]
    _declare(act, row, kind, number, line)
    done = applications.enlist(act, row.id, kind, number, v.get("condition", ""))
    return Applied(f"application:{done.application_id}", 0, act.get(Application, id=done.application_id).person_id)


def _declare(act: Act, row: Sitting, kind: str, number: str, line: Line) -> None:
    person_id = by_document(act.db, act.using(Box), kind, number)
    if person_id is None or row.registration_to is None:
        return
    exam = rules.Exam(
        row.id, True, row.organisation_id, BodyKind(act.get(Filing, id=row.filing_id).kind), row.occupation, Level(row.level),
        admitted=admitted_ties(act.db, row.organisation_id, row.registration_to),
    )  # fmt: skip
    said = rules.declared(line, facts_of(act.db, person_id, person(act.db, person_id).birth), exam)
    if said is None:
        return
    tie, since, until = said
    if tie == EMPLOYEE:
        employments.declare(act, row.organisation_id, kind, number, row.occupation, since, line.values["name"])
    else:
        members.declare(act, row.organisation_id, tie, kind, number, since, until, line.values["name"])
    act.db.flush()


REGISTRATIONS = register(
    Kind(
        name="registrations", zh="考生名单报名", en="Lists of candidates", columns=rules.COLUMNS, rules=rules.RULES,
        right="application.enter", look=look, judge=rules.judge_lines, across=True, worth=lambda _line, _known: 0, apply=apply,
        refused=(
            "application.already", "application.cannot_accept", "application.changed_meanwhile", "application.full",
            "application.not_eligible", "application.not_open", "application.not_own_people", "application.not_own_students",
            "application.other_condition", "application.own_people", "application.person_unknown", "application.photo_needed",
            "application.same_day", "application.too_young", "application.unknown", "eligibility.no_edition", "employment.dates",
            "employment.known", "filing.unknown", "member.dates", "member.known", "member.tie", "occupation.unknown",
            "organisation.unknown", "person.guardian_needed", "person.unknown", "policy.none", "policy.two", "record.known",
            "sitting.photos_needed", "sitting.unknown",
        ),
        money=False,
    )
)  # fmt: skip
