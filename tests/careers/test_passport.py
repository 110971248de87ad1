"""The skill passport to take along: one sheet with every certificate's code, a table, data; gone with an erasure."""

from __future__ import annotations

import io
import subprocess
from datetime import date
from pathlib import Path

import zxingcpp
from openpyxl import load_workbook
from PIL import Image
from sqlalchemy import select

from skills.accounts.rules import Role
from skills.certification.models import Award
from skills.credentials.lint.reading import read
from skills.credentials.queries import address_of
from skills.kernel.acts import Act, action
from skills.people.actions.register import erase
from skills.records.actions import state_fact
from skills.records.rules import Fact, LevelHeld, Placing, Title, Training, to_json
from skills.records.rules.professional import OutsideCertificate
from skills.standards.rules import Level
from tests.certification.stage import JOB
from tests.certification.test_filing_days import passed
from tests.courses.test_views import Visitors, text_of, visitors
from tests.people_and_bodies import acting
from tests.world import World

__all__ = ["visitors"]


@action("test.forget_passport", may="system.jobs")
def forget(act: Act, person_id: str) -> None:
    """Forget somebody at once."""
    erase(act, person_id)


def fill(world: World, person_id: str) -> None:
    """Something for every part: a level of before, a certificate of others, a training, a place, a title with rare characters."""
    facts: dict[str, Fact] = {
        "level": LevelHeld(JOB, Level.L5, date(2020, 6, 1), "2050001234500011", "旧机构"),
        "outside": OutsideCertificate("ability", "短视频制作", "", "ZX-1", "市鉴定中心", date(2025, 1, 1)),
        "training": Training(JOB, Level.L4, 40, date(2026, 1, 5), "T-1", "school", True),
        "placing": Placing("满天星技能赛", "city", JOB, 3, 40, Level.L3, date(2025, 9, 1), True),
        "title": Title("middle", (JOB,), date(2024, 1, 1), "𬬭合金=1+1工程师\U0010fffd"),
    }
    for kind, fact in facts.items():
        world.perform(state_fact, person_id=person_id, kind=kind, source=f"list:{kind}", body=to_json(fact), strength="compared")


def test_one_page_one_pdf(visitors: Visitors, tmp_path: Path) -> None:
    world = visitors.world
    stage, _, sitting, _ = passed(world)
    stage.conclude(sitting)
    world.seal()
    with world.db() as db:
        [(person, number)] = db.execute(select(Award.person_id, Award.number)).all()
        address = address_of(db, number, world.settings.public_base)
    fill(world, person)
    me = visitors.come(acting(Role.PERSON, "me", person=person))
    page = text_of(me.get("/me/passport"))
    assert all(f"/me/passport.{form}" in page for form in ("pdf", "xlsx", "json"))

    pdf = me.get("/me/passport.pdf").data
    held = read(pdf)
    assert held.pages == 1
    assert held.signatures == 1
    text = "".join(held.text.split())
    for words in (number, "2050001234500011", "短视频制作", "40学时", "满天星技能赛第3名", "𬬭合金=1+1工程师〓"):
        assert words in text, words
    (tmp_path / "p.pdf").write_bytes(pdf)
    subprocess.run(["pdftocairo", "-png", "-r", "200", "-singlefile", tmp_path / "p.pdf", tmp_path / "p"], check=True)
    [code] = zxingcpp.read_barcodes(Image.open(tmp_path / "p.png").convert("L"))
    assert code.text == address, "of the one certificate that was issued here; others lead to no check of ours"

    rows = list(load_workbook(io.BytesIO(me.get("/me/passport.xlsx").data)).active.iter_rows(min_row=2))
    assert len(rows) == 6
    assert {c.data_type for row in rows for c in row if c.value is not None} == {"s"}
    said = me.get("/me/passport.json").get_json()
    assert [(part, len(lines)) for part, lines in said["parts"]] == [("levels", 3), ("trainings", 1), ("competitions", 1), ("titles", 1)]
    assert said["parts"] == me.get("/api/v1/me/passport/sheet").get_json()["parts"]

    world.holds(without=("courses",))
    world.perform(forget, actor=world.actor("system.jobs"), person_id=person)
    for form in ("pdf", "xlsx", "json"):
        assert me.get(f"/me/passport.{form}").status_code == 404, "nothing of it was kept"
