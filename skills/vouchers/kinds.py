"""The register of eligible people, offered to the room of returns."""

from __future__ import annotations

from collections.abc import Sequence

from skills.kernel.acts import Act
from skills.kernel.box import Box
from skills.people import queries as people
from skills.people.actions import register as register_person
from skills.people.queries.removals import past_uses
from skills.people.rules import normal_name
from skills.records import actions as records
from skills.records.queries import has_live
from skills.records.rules import Education
from skills.returns.kinds import register
from skills.returns.queries import Desk
from skills.returns.rules import Applied, Kind, Line
from skills.standards import queries as standards
from skills.vouchers.queries.people import limits
from skills.vouchers.rules import register as rules

RIGHT = "person.register"


def look(desk: Desk, lines: Sequence[Line]) -> rules.Known:
    """Everything the rules of the register ask about these rows."""
    documents = {d for line in lines if (d := line.document)}
    persons, written = people.holders(desk.db, desk.box, documents)
    held = people.persons(desk.db, sorted(set(persons.values())))
    districts = {word: d.code for d in standards.districts(desk.db) if d.kind != "city" for word in (d.name, d.code)}
    groups = {word: g for g in limits(desk.db, desk.today).groups for word in (g.zh, g.en, g.code)}
    return rules.Known(
        desk.today, persons, {i: normal_name(p.name) for i, p in held.items()}, districts, groups,
        people.document_forms(desk.db, desk.today), standards.value(desk.db, "person.mobile", desk.today),
        set(past_uses(desk.db, desk.box, documents)), written,
    )  # fmt: skip


def apply(act: Act, organisation: str | None, line: Line) -> Applied:
    """Put one row's person on record, with what the list says of them. Raises Refusal.

    What stands on record from an earlier list already is left alone.
    """
    entry = rules.entry_of(line, look(Desk(act.db, act.using(Box), organisation, act.today), [line]))
    done = register_person(
        act, name=entry.name, document_kind=entry.document_kind, document_number=entry.document, birth=entry.birth,
        sex=entry.sex, district=entry.district, phone=entry.phone,
    )  # fmt: skip
    for fact in entry.facts:
        kind, what, on = (
            ("education", fact.kind, fact.graduated_on) if isinstance(fact, Education)
            else ("standing", fact.group, fact.since)
        )  # fmt: skip
        source = f"register:{done.person_id}:{what}:{on}"
        if not has_live(act.db, kind, source):
            records.add(act, person_id=done.person_id, kind=kind, source=source, body=fact, strength="compared")
    return Applied(f"person:{done.person_id}", 0, done.person_id)


REGISTER = register(
    Kind(
        name="register",
        zh="人员名单",
        en="Register of people",
        columns=rules.COLUMNS,
        rules=rules.RULES,
        right=RIGHT,
        look=look,
        judge=rules.judge_lines,
        across=True,
        worth=lambda _line, _known: 0,
        apply=apply,
        refused=(
            "district.unknown", "document.kind_unknown", "document.refused", "document.seen", "document.taken_off", "name.refused",
            "person.erased", "person.joined",
            "person.other_name", "person.unknown", "phone.refused", "policy.none", "policy.two", "record.known",
        ),
        authority=True,
        money=False,
    )
)
