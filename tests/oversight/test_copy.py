"""A rehearsal in a copy of an installation: all of it is there, nothing of the installation is written, and a rule can be tried first."""

from __future__ import annotations

import hashlib
import json
import re
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from sqlalchemy import Engine, cast, func, insert, select, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.types import JSON, Text

from skills.accounts.actions import create_staff
from skills.accounts.rules import Role
from skills.commands import rehearse as command
from skills.commands.rehearse import Installation, rehearse
from skills.kernel.datakeys import DataKeys
from skills.kernel.db import Base, make_engine, reading, writing
from skills.migrations import newest
from skills.oversight.jobs import look
from skills.oversight.rehearsal import NotPlanted, Planted, PlantedFraud, Works, copied, plant
from skills.oversight.rehearsal.book import Book
from skills.oversight.rehearsal.changed import ASKED, NotChosen
from skills.oversight.rehearsal.report import judge
from skills.oversight.rehearsal.town import Town
from skills.oversight.rules import RULES
from skills.oversight.rules.facts import Suspicion
from skills.people.queries import document_forms
from skills.people.rules import check_document
from skills.standards.actions import propose, withdraw
from skills.standards.queries import policy_lines, value
from tests.certification.stage import Stage as Exams
from tests.oversight.stage import Stage
from tests.oversight.test_plants import act, rows
from tests.world import World, grown

pytestmark = pytest.mark.row(15)
# What is unique in the whole installation or compared by a rule across it: nothing planted may be equal to what was there.
APART = {
    "identity_document": ("blind",), "person": ("phone_blind",), "account": ("login",), "organisation": ("credit_code", "name"),
    "course_class": ("number", "address", "lecturer"), "complaint": ("number",), "filing": ("number",), "voucher_batch": ("title",),
    "redemption_trace": ("network", "device"), "register_entry": ("legal_rep_blind", "address"),
    "enrolment": ("certificate_number",),
}  # fmt: skip


def denied(world: World) -> str:
    """A school whose use of vouchers four of five holders deny: the fourth rule of holders names it. Its id."""
    stage = Stage(world, learners=5)
    for index in range(4):
        stage.deny(index)
    return stage.school


def lived(world: World) -> None:
    """A small history of every room that numbers something."""
    act(world)
    Exams(world).file()
    world.perform(create_staff, login="clerk-1", name="王芳", role=Role.GOV_CLERK)


def installed(world: World) -> Installation:
    return Installation(world.engine, world.works.keys, world.tool(DataKeys), world.clock)


def told(engine: Engine) -> dict[str, Any]:
    """For every table how many rows it has, how many of each column are not NULL, and a digest of all that stands in it."""
    found: dict[str, Any] = {}
    with reading(engine) as db:
        for table in Base.metadata.sorted_tables:
            counts = db.execute(select(func.count(), *(func.count(c) for c in table.columns)).select_from(table)).one()
            shown = [cast(c, Text) if isinstance(c.type, JSON) else c for c in table.columns]
            held = sorted(hashlib.sha256(repr(tuple(row)).encode()).hexdigest() for row in db.execute(select(*shown)))
            found[table.name] = (tuple(counts), hashlib.sha256("".join(held).encode()).hexdigest())
    return found


def files(folder: Path) -> dict[str, str]:
    """Every file of a folder of keys, by what stands in it."""
    return {str(p.relative_to(folder)): hashlib.sha256(p.read_bytes()).hexdigest() for p in folder.rglob("*") if p.is_file()}


def nothing(_works: Works, _seed: int, _clean: int) -> Planted:
    return Planted((), (), 0, frozenset())


def test_a_copy_holds_every_row_as_it_stands_and_the_installation_is_only_read(world: World, tmp_path: Path) -> None:
    grown(world, denied)
    before = told(world.engine)
    target = make_engine(f"sqlite:///{tmp_path}/copy.db")
    Base.metadata.create_all(target)
    count = copied.copy(world.engine, target)
    assert told(target) == before == told(world.engine)
    assert count == sum(counts[0] for counts, _ in before.values()) > 500
    with pytest.raises(DBAPIError), copied._still(world.engine) as connection:
        connection.execute(insert(Base.metadata.tables["district"]).values(code="1", name="x", kind="x"))
    target.dispose()


def test_what_the_rules_name_among_the_data_is_told_apart_and_a_proposed_row_is_tried_in_the_copy_alone(world: World) -> None:
    school, source = grown(world, denied), installed(world)
    held = world.ask(value, "oversight.F2", world.today)
    soon = world.today + timedelta(days=30)
    lenient = {"name": "oversight.F2", "value": held | {"denied": [50, 60, 70], "second": [50, 60, 70]}, "valid_from": soon, "source": "试行"}
    proposer = world.actor("policy.propose", account="proposer")
    made = world.perform(propose, actor=proposer, strength="I", **lenient)
    before = told(world.engine), files(world.settings.keys_dir)

    report, _ = rehearse(1, 10, nothing, source)
    own = {row.rule: row.own for row in report.rows}
    assert own["F2"] == (f"organisation:{school}",)
    assert report.alarms == 0, "whether it is a fraud nobody knows"
    assert {p.name for p in report.under} == set(ASKED)
    assert {p.state for p in report.under} == {"released"}
    assert report.copied == sum(counts[0] for counts, _ in before[0].values())
    plain = command.as_plain(report, 0.1)
    assert plain["named_in_the_data_itself"]["F2"] == 1
    assert "F2: 1" in command.as_text(report, 0.1)
    assert school not in json.dumps(plain) + command.as_text(report, 0.1)

    for wanted in ("F2", "oversight.F2", made.id, "all"):
        tried, _ = rehearse(1, 10, nothing, source, [wanted])
        assert [row.own for row in tried.rows if row.rule == "F2"] == [()]
        (changed,) = [p for p in tried.under if p.state == "proposed"]
        assert (changed.name, changed.since, changed.value["denied"]) == ("oversight.F2", soon, [50, 60, 70])
    assert f"oversight.F2  {soon} 起 from  待复核 proposed" in command.as_text(tried, 0.1)
    tried, _ = rehearse(1, 10, nothing, source, tried=['F2={"denied": [50, 60, 70]}', 'oversight.F2={"second": [50, 60, 70]}', "window_days=90"])
    assert [row.own for row in tried.rows if row.rule == "F2"] == [()]
    assert {p.name: p.value for p in tried.under if p.state == "tried"} == {"oversight.F2": lenient["value"], "oversight.window_days": 90}
    assert f"oversight.window_days  {world.today} 起 from  试用 tried  90" in command.as_text(tried, 0.1)
    assert (told(world.engine), files(world.settings.keys_dir)) == before, "nothing of the installation is written"

    world.perform(propose, actor=proposer, strength="I", **lenient)
    with pytest.raises(NotChosen, match="twice"):
        rehearse(1, 10, nothing, source, ["F2"])
    for row in [line for line in world.ask(policy_lines, "oversight.F2") if line.state == "proposed"]:
        world.perform(withdraw, actor=proposer, policy_id=row.id)
    with pytest.raises(NotChosen, match="no proposed row"):
        rehearse(1, 10, nothing, source, ["F2"])
    with pytest.raises(NotChosen, match="no installation"):
        rehearse(1, 10, nothing, proposed=["F2"])


def test_what_is_planted_into_a_copy_is_equal_to_nothing_that_is_there(lite: World) -> None:
    grown(lite, lived)
    before, source = {name: rows(lite, name) for name in APART}, (told(lite.engine), files(lite.settings.keys_dir))
    kept: dict[str, Any] = {}

    def seen(works: Works, seed: int, clean: int) -> Planted:
        made = plant(works, seed, clean)
        with reading(works.engine) as db:
            for name in (*APART, "class_series", "number_series"):
                kept[name] = list(db.execute(select(Base.metadata.tables[name])).mappings())
        return made

    report, _ = rehearse(3, 10, seen, installed(lite))
    assert (told(lite.engine), files(lite.settings.keys_dir)) == source
    for name, columns in APART.items():
        ids = {next(iter(row.values())) for row in before[name]}
        assert ids, f"nothing of {name} was there"
        fresh = [row for row in kept[name] if next(iter(row.values())) not in ids]
        assert len(fresh) > 10, name
        for column in columns:
            assert not {row[column] for row in fresh if row[column]} & {row[column] for row in before[name]}, f"{name}.{column}"
    this_year = [row["number"] for row in kept["course_class"] if f"{lite.today:%Y}" in row["number"]]
    assert {row["year"]: row["last"] for row in kept["class_series"]}[lite.today.year] == len(this_year)
    assert [row["last"] for row in kept["number_series"] if row["name"].startswith("filing:")] == [len(kept["filing"])]
    assert {(row.rule, subject) for row in report.rows for subject in row.own} == {(s.rule, s.subject) for s in look(lite.office)}
    found, of = report.recall(3)
    assert of == len(RULES)
    assert found >= len(RULES) - 1, report.missed


def test_no_document_and_no_telephone_that_anybody_can_have_is_planted(lite: World) -> None:
    town = Town(Book(lite.works, 1))
    who = town.person()
    forms = lite.ask(document_forms, lite.today)
    (number,) = [row["number"].value for row in town.book.rows["identity_document"]]
    for planted in (number, town.number()):
        verdict = check_document("resident", planted, None, None, lite.today, forms)
        assert [f.code for f in verdict.findings if not f.met] == ["document.area"]
    assert not re.fullmatch(lite.ask(value, "person.mobile", lite.today), town.phone())
    assert who.home.startswith("0."), "no network begins so"


def test_rules_that_refuse_what_is_planted_say_so(lite: World) -> None:
    lite.policy("voucher.trainings_a_year", 0, lite.today + timedelta(days=1))
    lite.clock.forward(days=60)
    with pytest.raises(NotPlanted, match=r"redeem, \d{4}-.*voucher\."):
        rehearse(1, 10, source=installed(lite))


def test_where_nothing_is_installed_a_town_is_invented_and_a_copy_is_made_where_something_is(
    lite: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(command, "_own", lambda: nothing)

    def run(*options: str, **env: str) -> Any:
        return CliRunner().invoke(command.rehearse_fraud, [*options, "--json"], env={"SKILLS_ENV": "test", "DATABASE_URL": None, **env})

    empty = {"DATA_DIR": str(tmp_path / "nowhere")}
    assert json.loads(run(**empty).output)["planted_into"] == "invented"
    assert not (tmp_path / "nowhere").exists(), "looking makes nothing"
    assert "no installation here" in run("--proposed", "F4", **empty).output
    here = {"DATA_DIR": str(lite.settings.data_dir), "DATABASE_URL": lite.settings.database_url}
    with writing(lite.engine) as db:
        db.execute(text("create table alembic_version (version_num varchar(32) not null)"))
        db.execute(text("insert into alembic_version values ('0001')"))
    assert "run `skills init` first" in run(**here).output
    with writing(lite.engine) as db:
        db.execute(text("update alembic_version set version_num = :now"), {"now": newest()})
    copy = json.loads(run(**here).output)
    assert (copy["planted_into"], copy["rows_copied"] > 300) == ("copy", True)
    assert [p["name"] for p in copy["policies"]] == list(ASKED)
    assert json.loads(run("--invented", **here).output)["planted_into"] == "invented"
    assert "no proposed row" in run("--proposed", "F4", **here).output
    for wrong, why in {"F4": "write it as", "F99={}": "write it as", "F4={": "not JSON", 'F4={"times": "many"}': "of the form"}.items():
        assert why in run("--with", wrong, **here).output


def test_a_subject_that_was_there_is_neither_found_nor_a_false_alarm() -> None:
    plants = Planted((PlantedFraud("F1", 3, frozenset({"person:bad"})),), (), 100, frozenset({"person:bad", "person:good"}))
    before, after = ([Suspicion("F1", f"person:{who}", 2, "case.F2.denied", {}, (), ("row",)) for who in held]
                     for held in (("real",), ("bad", "good", "real", "shifted")))  # fmt: skip
    (row,) = judge(plants, after, ("F1",), 1, before).rows
    assert (row.found[2], row.alarms, row.own, row.beside) == ((1, 1), ("person:good",), ("person:real",), ("person:shifted",))
