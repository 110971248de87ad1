"""Imports of the professional side, offered to the room of returns."""

from __future__ import annotations

from collections.abc import Sequence

from skills.kernel.acts import Act
from skills.kernel.box import Box
from skills.kernel.errors import Refusal
from skills.people import queries as people
from skills.people.rules import normal_name
from skills.professional.queries import programmes
from skills.professional.rules import imports as rules
from skills.records import actions as records
from skills.records.queries import live_sources
from skills.returns.kinds import register
from skills.returns.queries import Desk
from skills.returns.rules import Applied, Kind, Line
from skills.standards.queries import value

RIGHT = "professional.import"


def look(desk: Desk, lines: Sequence[Line]) -> rules.Known:
    """Everything the rules ask about these rows."""
    documents = {d for line in lines if (d := line.document)}
    persons, written = people.holders(desk.db, desk.box, documents)
    names = {i: normal_name(p.name) for i, p in people.persons(desk.db, sorted(set(persons.values()))).items()}
    today = desk.today
    return rules.Known(
        today, persons, names, live_sources(desk.db, "outside") | live_sources(desk.db, "hours"), value(desk.db, "hours.providers", today),
        {n["code"] for n in value(desk.db, "ability.norms", today)}, {s["code"] for s in value(desk.db, "ability.sites", today)},
        programmes.issuers(desk.db), int(value(desk.db, "hours.day", today)), written,
    )  # fmt: skip


def _person(act: Act, line: Line) -> str:
    kind = line.values["document_kind"]
    found = people.by_document(act.db, act.using(Box), kind.value, line.values["document"])
    if found is None:
        raise Refusal("outside.unknown_person")
    return found


def apply_certificate(act: Act, organisation: str | None, line: Line) -> Applied:
    """Write one certificate into the record. Raises Refusal("record.known")."""
    person_id, source = _person(act, line), rules.certificate_source(line)
    records.add(act, person_id=person_id, kind="outside", source=source, body=rules.certificate_of(line.values), strength="compared")
    return Applied(source, 0, person_id)


def apply_hours(act: Act, organisation: str | None, line: Line) -> Applied:
    """Write hours into the record. Raises Refusal("record.known")."""
    person_id, source = _person(act, line), rules.hours_source(line)
    records.add(act, person_id=person_id, kind="hours", source=source, body=rules.hours_of(line.values), strength="compared")
    return Applied(source, 0, person_id)


CERTIFICATES = register(
    Kind(
        name="outside_certificates", zh="其他机构证书导入", en="Certificates of other issuers", columns=rules.CERTIFICATE_COLUMNS,
        rules=rules.CERTIFICATE_RULES, right=RIGHT, look=look, judge=rules.judge_certificates, across=True, worth=lambda _line, _known: 0,
        apply=apply_certificate, refused=("person.unknown", "record.known"), authority=True, money=False,
    )
)  # fmt: skip
HOURS = register(
    Kind(
        name="hours", zh="继续教育学时导入", en="Hours of continuing education", columns=rules.HOURS_COLUMNS, rules=rules.HOURS_RULES,
        right=RIGHT, look=look, judge=rules.judge_hours, across=True, worth=lambda _line, _known: 0, apply=apply_hours,
        refused=("outside.unknown_person", "person.unknown", "record.known"), authority=True, money=False,
    )
)  # fmt: skip
