"""Many people at once: graduates of this year, two hundred an act."""

from __future__ import annotations

from datetime import date

from pydantic import TypeAdapter

from skills.kernel.actors import SYSTEM
from skills.kernel.acts import ANYONE, Act, Action
from skills.people.actions import register
from skills.people.rules import check_digit
from skills.records.actions import state_fact
from tests.world import World

AN_ACT = 200


def crowd(world: World, count: int, graduated: date = date(2026, 6, 30), first: int = 0) -> list[str]:
    """The ids of so many fresh people with a compared degree of this day, in the order they were made."""
    made: list[str] = []
    for start in range(first, first + count, AN_ACT):
        serials = tuple(range(start, min(start + AN_ACT, first + count)))
        made += world.perform(_REGISTER, actor=SYSTEM, serials=serials, graduated=graduated)
    return made


def _register(act: Act, serials: tuple[int, ...], graduated: date) -> tuple[str, ...]:
    return tuple(_one(act, serial, graduated) for serial in serials)


def _one(act: Act, serial: int, graduated: date) -> str:
    born = date(1990, 1, 1).toordinal() + serial // 900
    body = f"500112{date.fromordinal(born):%Y%m%d}{serial % 900 + 100:03}"
    person = register(
        act, name=f"众人{serial}", document_kind="resident", document_number=body + check_digit(body),
        birth=date.fromordinal(born), sex="M" if serial % 2 else "F", district="500112", phone=f"139{serial:08}",
        synthetic=True,
    )  # fmt: skip
    state_fact(
        act, person_id=person.person_id, kind="education", source=f"crowd:{serial}", strength="compared",
        body={"kind": "bachelor", "major": "软件工程", "occupations": [], "graduated_on": graduated.isoformat(),
              "expected_on": None, "school": "示例大学"},
    )  # fmt: skip
    return person.person_id


_REGISTER: Action[..., tuple[str, ...]] = Action("test.crowd", ANYONE, _register, TypeAdapter(tuple[str, ...]))
