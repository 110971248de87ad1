"""The bureau's list of earlier level certificates 以前的等级证书, offered to the room of returns."""

from __future__ import annotations

from collections.abc import Sequence

from skills.certification.rules import previous as rules
from skills.kernel.acts import Act
from skills.kernel.box import Box
from skills.kernel.errors import Refusal
from skills.people import queries as people
from skills.people.rules import normal_name
from skills.records import actions as records
from skills.records.queries import issued_here, stated_levels
from skills.records.rules.levels import source_of
from skills.returns.kinds import register
from skills.returns.queries import Desk
from skills.returns.rules import Applied, Kind, Line
from skills.standards.queries import current_codes, occupations


def look(desk: Desk, lines: Sequence[Line]) -> rules.Known:
    """Everything the rules ask about these rows, read at once."""
    persons, written = people.holders(desk.db, desk.box, {d for line in lines if (d := line.document)})
    names = {i: normal_name(p.name) for i, p in people.persons(desk.db, sorted(set(persons.values()))).items()}
    skills = {o.code for o in occupations(desk.db, "skill")}
    codes = current_codes(desk.db, {c for line in lines if (c := line.values.get("occupation"))})
    numbers = {n for line in lines if (n := rules.number_of(line))}
    stated = stated_levels(desk.db, {source_of(number) for number in numbers})
    return rules.Known(
        desk.today, persons, names, {typed: code for typed, code in codes.items() if code in skills}, issued_here(desk.db, numbers),
        {source for source, (_, strength) in stated.items() if strength != "promised"}, written,
    )  # fmt: skip


def apply(act: Act, _organisation: str | None, line: Line) -> Applied:
    """Write one certificate into the record. Raises Refusal."""
    v = line.values
    person_id = people.by_document(act.db, act.using(Box), v["document_kind"].value, v["document"])
    if person_id is None:
        raise Refusal("previous_levels.unknown_person")
    records.state_level(
        act, person_id=person_id, occupation_code=v["occupation"], level=int(v["level"]), number=v["number"], issued_on=v["issued_on"],
        issuer=v["issuer"], strength="compared",
    )  # fmt: skip
    return Applied(source_of(v["number"]), 0, person_id)


PREVIOUS = register(
    Kind(
        name="previous_levels", zh="以前的等级证书导入", en="Earlier level certificates", columns=rules.COLUMNS, rules=rules.RULES,
        right="professional.import", look=look, judge=rules.judge_lines, across=True, worth=lambda _line, _known: 0, apply=apply,
        refused=(
            "fact.unreadable", "number.filing_shape", "number.series_full", "number.shape", "occupation.unknown", "person.unknown",
            "previous_level.found_untrue", "previous_level.issuer_needed", "previous_level.not_skill", "record.known", "record.unknown_source",
        ),
        authority=True, money=False,
    )
)  # fmt: skip
