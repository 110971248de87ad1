"""A city's honest history in bulk: rows as the actions leave them, written past the office because there are so many."""

from __future__ import annotations

from datetime import timedelta
from random import Random
from typing import Any

from sqlalchemy import insert

from skills.kernel.box import Box
from skills.kernel.db import Base, writing
from skills.people.queries import birth_place
from skills.vouchers.models import Voucher
from tests.courses.stage import Stage as Courses
from tests.vouchers.stage import Stage as Vouchers
from tests.world import World

SCHOOLS = 40
DAYS = 150


def fill(world: World, count: int, seed: int = 1) -> None:
    """So many people, each with one use at one of the city's schools: own phone, own browser, own day, own marks."""
    random, now = Random(seed), world.clock.now()
    stage = Vouchers(world)
    schools, classes = [], []
    for number in range(2, min(SCHOOLS, max(3, count // 50)) + 2):
        courses = Courses(world, stage.institution(number))
        courses.course = courses.publish(title=f"课程{number}")
        schools.append(courses.school)
        classes.append(courses.open(address=f"星河路{number}号", lecturer=f"教师{number}").class_id)
    batch = stage.open(claim_from=world.today)
    tables: dict[str, list[dict[str, Any]]] = {t: [] for t in ("person", "voucher", "redemption", "redemption_trace", "enrolment")}
    box: Box = world.tool(Box)
    for n in range(count):
        at = now - timedelta(days=random.uniform(1, DAYS))
        school = random.randrange(len(schools))
        own = {"issued_at": at - timedelta(days=random.uniform(10, 60)), "claimed_at": at - timedelta(days=random.uniform(1, 9))}
        tables["person"].append({
            "id": f"p{n}", "name": b"x",
            "birth": box.seal(f"{random.randint(1970, 2006)}-05-01", birth_place(f"p{n}")),
            "sex": "MF"[n % 2], "district": "500112", "phone_blind": f"phone{n}",
            "synthetic": True, "registered_at": own["issued_at"],
        })
        tables["voucher"].append({
            "id": f"v{n}", "batch_id": batch, "person_id": f"p{n}", "district": "500112", "face": 120_000, "state": "earned",
            "valid_until": world.today, "void_reason": "", **own,
        })
        tables["redemption"].append({
            "id": f"r{n}", "voucher_id": f"v{n}", "person_id": f"p{n}", "institution_id": schools[school],
            "occupation": "4-04-05-05", "zone": "", "price": 240_000, "cents": 120_000, "source": f"enrolment:e{n}",
            "state": "earned", "redeemed_on": at.date(), "redeemed_at": at, "life_left": 30, "proof": "x", "release_reason": "",
        })
        tables["redemption_trace"].append({"redemption_id": f"r{n}", "network": f"n{n // 3}", "device": f"d{n}"})
        tables["enrolment"].append({
            "id": f"e{n}", "class_id": classes[school], "person_id": f"p{n}", "state": "completed", "enrolled_at": at,
            "fee": 240_000, "voucher_cents": 120_000, "price": 120_000, "redemption_id": f"r{n}", "left_reason": "",
            "ended_at": at + timedelta(days=1), "hours": "12", "attendance": str(random.randint(80, 100)),
            "score": str(random.randint(60, 99)), "certificate_number": f"C{n}",
        })  # fmt: skip
    with writing(world.engine) as db:
        for name, rows in tables.items():
            for start in range(0, count, 2000):
                db.connection().execute(insert(Base.metadata.tables[name]), rows[start : start + 2000])
    assert Voucher.__tablename__ in tables
