"""The document with which a record was made may be taken off too, if another stays that bears the identity on record."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import update

from skills.kernel.box import Box
from skills.kernel.db import writing
from skills.people.actions import ask_removal, decide_removal, register_person
from skills.people.models import DocumentRemoval
from skills.people.queries import documents, held_documents, masked_document, named, number_to_print, person
from skills.people.queries.additions import document_history
from skills.people.rules.removals import HeldDocument, Identity, Remaining, identity_of, may_remove, named_by
from skills.vouchers.queries.verdicts import rejudge
from tests.people.test_additions import CHECKER, CLERK, PASSPORT, SEEN, ask, by, release
from tests.people_and_bodies import resident, someone
from tests.vouchers.stage import Stage
from tests.world import World

BORN = date(2003, 1, 1)
RECORD = Identity(BORN, "M")
OWN = Remaining("resident", "5001**********0017", RECORD, founded=False)
TWIN = Remaining("resident", "5001**********0025", Identity(BORN, "F"), founded=False)
PASS = Remaining("passport", "*******78", None, founded=False)
FOUNDED = Remaining("passport", "*******78", None, founded=True)


@pytest.mark.parametrize(
    ("stays", "read", "missed"),
    [
        ([], None, "another_stays"), ([], RECORD, "another_stays"), ([OWN], None, ""), ([FOUNDED], None, ""), ([PASS], None, "identity_read"),
        ([PASS], RECORD, ""), ([PASS], Identity(BORN, "F"), "identity"), ([PASS], Identity(date(2003, 1, 2), "M"), "identity"),
        ([TWIN], None, "identity"), ([TWIN], RECORD, "identity"), ([TWIN, PASS], None, "identity_read"), ([TWIN, PASS], RECORD, ""),
        ([TWIN, OWN], None, ""),
    ],
)  # fmt: skip
def test_what_stays_bears_the_identity_on_record(stays: list[Remaining], read: Identity | None, missed: str) -> None:
    verdict = may_remove(True, stays, RECORD, read, "of_another", SEEN)
    assert [f.code for f in verdict.findings if not f.met] == ([f"document_removal.{missed}"] if missed else [])
    assert bool(verdict) is not bool(missed)


def test_numbers_of_residents_say_birth_date_and_sex() -> None:
    assert identity_of("resident", resident(2, BORN)) == Identity(BORN, "F")
    assert identity_of("passport", PASSPORT) is None
    assert identity_of("resident", "") is None


def test_which_document_something_names_is_told_by_when_it_was_issued() -> None:
    at = datetime(2026, 5, 1, tzinfo=UTC)

    def held(name: str, since: int, until: int | None, masked: str = "*78", word: str = "护照") -> HeldDocument:
        return HeldDocument(name, word, masked, "", at + timedelta(days=since), None if until is None else at + timedelta(days=until))

    wrong, right = held("wrong", -9, 5), held("right", -1, None)
    assert named_by("护照", "*78", at - timedelta(days=3), (wrong, right)) == "wrong"
    assert named_by("护照", "*78", at, (wrong, right)) == "right", "of two in use that look alike the newest was printed"
    assert named_by("护照", "*78", at + timedelta(days=8), (held("back", -20, -10), wrong)) == "wrong"
    assert named_by("护照", "*79", at, (wrong, right)) is None
    assert named_by("居民身份证", "*78", at, (wrong, right)) is None
    assert named_by("护照", "*78", at, (held("later", 2, None),)) == "later", "a record that was joined afterwards"


def first_of(world: World, person_id: str) -> str:
    return next(d.id for d in world.ask(documents, person_id) if d.founded)


def wish(world: World, document: str, reason: str = "of_another", **read: Any) -> str:
    return str(world.perform(ask_removal, actor=CLERK, document_id=document, reason=reason, grounds=SEEN, **read).removal_id)


def decide(world: World, removal: str) -> None:
    world.perform(decide_removal, actor=CHECKER, removal_id=removal, agree=True)


def test_everything_goes_on_by_the_document_that_stays(world: World) -> None:
    stage = Stage(world)
    person_id = stage.person()
    voucher = stage.held(person_id)
    before = world.ask(lambda db: [str(v) for v in rejudge(db)])
    was, box = world.ask(person, person_id), world.tool(Box)
    first = first_of(world, person_id)
    with world.refused("document_removal.refused") as alone:
        wish(world, first)
    assert [f.code for f in alone[0].findings if not f.met] == ["document_removal.another_stays"]
    release(world, ask(world, person_id))
    with world.refused("document_removal.refused") as unread:
        wish(world, first)
    missed = next(f for f in unread[0].findings if not f.met)
    assert (missed.code, missed.facts["remaining"]) == ("document_removal.identity_read", "护照 *******78")
    for read in ({"birth": date(1990, 1, 1), "sex": was.sex}, {"birth": was.birth, "sex": "F" if was.sex == "M" else "M"}):
        with world.refused("document_removal.refused") as differs:
            wish(world, first, **read)
        assert [f.code for f in differs[0].findings if not f.met] == ["document_removal.identity"]
    world.clock.forward(hours=1)
    decide(world, wish(world, first, birth=was.birth, sex=was.sex))
    assert by(world, "resident", stage.document(1)) is None
    assert by(world, "passport", PASSPORT) == person_id
    assert world.ask(named, box, "passport", PASSPORT, was.name) == person_id, "the name on record is still the name"
    assert world.ask(person, person_id) == was
    assert world.ask(masked_document, box, person_id)[0] == "护照", "a certificate bears what is left"
    assert world.ask(lambda db: [str(v) for v in rejudge(db)]) == before, "kept verdicts come out the same"
    off = {d.kind_en: d.taken_off is not None for d in world.ask(document_history, person_id)}
    assert off == {"Resident identity card": True, "Passport": False}
    with world.refused("document_removal.refused") as last:
        wish(world, next(d.id for d in world.ask(documents, person_id)), birth=was.birth, sex=was.sex)
    assert [f.code for f in last[0].findings if not f.met] == ["document_removal.another_stays"]
    stage.redeem(voucher, person_id)
    with world.refused("document.taken_off"):
        world.perform(
            register_person, name=was.name, document_kind="resident", document_number=stage.document(1), birth=was.birth, sex=was.sex,
            district="500112", synthetic=True,
        )  # fmt: skip
    world.holds()


def test_of_two_that_are_asked_at_once_the_second_stays(world: World) -> None:
    who = someone(world, 1)
    release(world, ask(world, who.id))
    first = first_of(world, who.id)
    other = next(d.id for d in world.ask(documents, who.id) if not d.founded)
    both = wish(world, first, birth=who.birth, sex="M"), wish(world, other)
    decide(world, both[0])
    with world.refused("document_removal.refused"):
        decide(world, both[1])
    assert by(world, "passport", PASSPORT) == who.id
    world.holds()


def test_a_number_that_was_entered_wrongly_gives_way_to_the_right_one(lite: World) -> None:
    who = someone(lite, 1)
    right = resident(3)
    with lite.refused("document_addition.refused"):
        ask(lite, who.id, "resident", right, "renewed")
    release(lite, ask(lite, who.id, "resident", right, "mistyped"))
    decide(lite, wish(lite, first_of(lite, who.id), "mistyped"))
    assert (by(lite, "resident", who.number), by(lite, "resident", right)) == (None, who.id)
    lite.holds()


def test_a_paper_that_is_printed_late_bears_the_number_that_was_signed_for_or_none_in_full(lite: World) -> None:
    who, box = someone(lite, 1), lite.tool(Box)
    issued_at, masked = lite.clock.now(), lite.ask(masked_document, lite.tool(Box), who.id)
    lite.clock.forward(days=1)
    release(lite, ask(lite, who.id, "resident", resident(3), "mistyped"))
    assert lite.ask(number_to_print, box, who.id, *masked, issued_at) == who.number
    decide(lite, wish(lite, first_of(lite, who.id), "mistyped"))
    assert lite.ask(number_to_print, box, who.id, *masked, issued_at) is None, "a number that is not theirs stands on no new paper"
    assert len(lite.ask(held_documents, who.id)) == 2


def test_what_was_read_is_sealed_and_a_forged_row_is_found(lite: World) -> None:
    who = someone(lite, 1)
    release(lite, ask(lite, who.id))
    removal = wish(lite, first_of(lite, who.id), birth=who.birth, sex="M")
    with lite.db() as db:
        row = db.get_one(DocumentRemoval, removal)
        assert row.identity is not None
        assert b"2003" not in row.identity
        assert row.addition_id is None
    with writing(lite.engine) as db:
        db.connection().execute(update(DocumentRemoval.__table__).values(identity=b"1999-01-01 F"))  # type: ignore[arg-type]
    assert "people.removals_by_two" in lite.violations()
