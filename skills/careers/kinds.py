"""A firm's list of its staff, offered to the room of returns."""

from __future__ import annotations

from collections.abc import Sequence

from skills.careers.actions.posts import RIGHT, place
from skills.careers.queries.board import working_at
from skills.careers.rules import staff as rules
from skills.kernel.acts import Act
from skills.kernel.box import Box
from skills.kernel.errors import Refusal
from skills.people import queries as people
from skills.people.rules import normal_name
from skills.returns.kinds import register
from skills.returns.queries import Desk
from skills.returns.rules import Applied, Kind, Line
from skills.standards.queries import current_codes, occupations


def look(desk: Desk, lines: Sequence[Line]) -> rules.Known:
    """Everything the rules ask about these rows, read at once."""
    persons, written = people.holders(desk.db, desk.box, {d for line in lines if (d := line.document)})
    known = people.persons(desk.db, sorted(set(persons.values())))
    skills = {o.code for o in occupations(desk.db, "skill")}
    codes = current_codes(desk.db, {c for line in lines if (c := line.values.get("occupation"))})
    employed = working_at(desk.db, desk.organisation or "", [(p.id, p.birth) for p in known.values()], desk.today)
    return rules.Known(
        desk.today, persons, {i: normal_name(p.name) for i, p in known.items()},
        {typed: code for typed, code in codes.items() if code in skills}, employed, written,
    )  # fmt: skip


def apply(act: Act, organisation: str | None, line: Line) -> Applied:
    """Put one row on the board: the employment if it is new, and the post. Raises Refusal, Missing."""
    v = line.values
    person_id = people.by_document(act.db, act.using(Box), v["document_kind"].value, v["document"])
    if person_id is None or organisation is None:
        raise Refusal("staff.unknown_person")
    post = place(
        act, organisation, person_id, v["occupation"], v["wanted"], (v["document_kind"].value, v["document"]), v.get("since"),
    )  # fmt: skip
    return Applied(f"post:{post}", 0, person_id)


STAFF = register(
    Kind(
        name="staff", zh="职工岗位名单", en="Staff and the levels their posts want", columns=rules.COLUMNS, rules=rules.RULES, right=RIGHT,
        look=look, judge=rules.judge, across=True, worth=lambda _line, _known: 0, apply=apply,
        refused=(
            "application.person_unknown", "employment.dates", "employment.known", "occupation.unknown", "organisation.unknown",
            "person.unknown", "record.known",
        ),
        money=False,
    )
)  # fmt: skip
