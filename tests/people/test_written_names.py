"""A name as it is written on a document is the person's name wherever that document is shown; it is no name for another document."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from sqlalchemy import update

from skills.kernel.box import Box
from skills.kernel.db import writing
from skills.people.actions import ask_addition, decide_join, propose_join, register_person
from skills.people.models import IdentityDocument
from skills.people.queries import additions, named, person
from tests.courses import test_filing as filing
from tests.people.test_additions import CHECKER, CLERK, PASSPORT, SEEN, release
from tests.people_and_bodies import someone
from tests.vouchers.stage import Stage
from tests.vouchers.test_register import clerk as registrar
from tests.vouchers.test_register import found, row, upload
from tests.world import World

LATIN = "XUE YUAN"


def listed(world: World, stage: Stage, name: str, *, passport: bool = True) -> set[str]:
    """What a list of eligible people finds against this name."""
    papers = {"证件类型": "护照", "证件号码": PASSPORT, "性别": "男", "出生日期": "2001-01-15"} if passport else {}
    made = upload(world, [row(stage, 1, 姓名=name, **papers)], registrar(world))
    return {code for _, _, code in found(world, made.return_id)}


def test_a_list_may_bear_the_name_as_the_passport_does(world: World) -> None:
    stage = Stage(world)
    who = stage.person()
    order = {"person_id": who, "document_kind": "passport", "document_number": PASSPORT, "reason": "further", "grounds": SEEN}
    with world.refused("name.refused"):
        world.perform(ask_addition, actor=CLERK, name="<b>", **order)
    release(world, world.perform(ask_addition, actor=CLERK, name=LATIN, **order).addition_id)
    assert listed(world, stage, "Xue  Yuan") == listed(world, stage, "学员1") == {"register.already_on_record"}
    assert listed(world, stage, "Xue Yuan", passport=False) == {"register.other_name"}, "the resident card bears no Latin letters"
    assert listed(world, stage, "Yuan Xue") == {"register.other_name"}
    again = world.perform(
        register_person, name="Xue Yuan", document_kind="passport", document_number=PASSPORT, birth=date(2001, 1, 15), sex="M", district="500112",
    )  # fmt: skip
    assert (again.person_id, again.fresh) == (who, False)
    box = world.tool(Box)
    assert world.ask(named, box, "passport", PASSPORT, LATIN) == world.ask(named, box, "passport", PASSPORT, "学员1") == who
    assert world.ask(named, box, "resident", stage.document(1), LATIN) is None
    assert world.ask(named, box, "passport", "E99999999", LATIN) is None
    assert world.ask(person, who).name == "学员1", "what is printed is the name on record"
    assert {d.name for d in world.ask(additions.document_history, who)} == {"", LATIN}
    with world.engine.connect() as connection:
        for table in ("identity_document", "document_addition"):
            assert LATIN not in str(connection.exec_driver_sql(f"SELECT * FROM {table}").all())
    world.holds()


def test_documents_of_a_joined_record_keep_the_name_they_bear(lite: World) -> None:
    first = someone(lite, 1, "薛元")
    other = lite.perform(
        register_person, name=LATIN, document_kind="passport", document_number=PASSPORT, birth=first.birth, sex="M", district="500112",
        synthetic=True,
    ).person_id  # fmt: skip
    made = lite.perform(propose_join, actor=CLERK, kept_id=first.id, gone_id=other, reason="documents", grounds=SEEN)
    lite.perform(decide_join, actor=CHECKER, join_id=made.join_id, agree=True)
    box = lite.tool(Box)
    assert {lite.ask(named, box, "passport", PASSPORT, name) for name in ("Xue Yuan", "薛元")} == {first.id}
    assert lite.ask(named, box, "resident", first.number, LATIN) is None
    lite.holds()
    with writing(lite.engine) as db:
        db.connection().execute(update(IdentityDocument.__table__).where(IdentityDocument.name.is_not(None)).values(name=b"x"))
    assert "people.documents_open" in lite.violations()


def test_a_row_of_a_return_may_bear_the_name_as_its_document_does() -> None:
    facts = filing.known(2)
    written = replace(facts, written={("resident", filing.document(0)): "xueyuan"})
    rows = [{**filing.cells(i), "name": LATIN} for i in range(2)]
    assert [(f.row, f.code) for f in filing.judged(rows, written)] == [(3, "completions.name_differs")]
    assert filing.judged([filing.cells(0)], written) == [], "nor is the name on record another one then"
