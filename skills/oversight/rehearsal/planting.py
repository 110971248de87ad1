"""Planting: honest histories, look-alikes among them, and frauds, into an empty town or into a copy of a real one."""

from __future__ import annotations

from skills.kernel.db import reading
from skills.oversight.rehearsal.book import Book
from skills.oversight.rehearsal.candidates import Candidates, Examined
from skills.oversight.rehearsal.exams import Exams
from skills.oversight.rehearsal.fraud_bodies import BodyFrauds
from skills.oversight.rehearsal.fraud_exams import ExamFrauds
from skills.oversight.rehearsal.fraud_holders import HolderFrauds
from skills.oversight.rehearsal.fraud_hours import HourFrauds
from skills.oversight.rehearsal.fraud_online import OnlineFrauds, OnlineLookAlikes
from skills.oversight.rehearsal.fraud_scans import ScanFrauds, ScanLookAlikes
from skills.oversight.rehearsal.honest import Honest
from skills.oversight.rehearsal.hours import Hours
from skills.oversight.rehearsal.lives import Lives
from skills.oversight.rehearsal.lookalikes import LookAlikes
from skills.oversight.rehearsal.lookalikes_hours import HourLookAlikes
from skills.oversight.rehearsal.online import Online
from skills.oversight.rehearsal.panels import Panels
from skills.oversight.rehearsal.planted import LookAlike, Planted, PlantedFraud, Works
from skills.oversight.rehearsal.scans import Scans
from skills.oversight.rehearsal.town import Town

MOST_TIMES = 4


def plant(works: Works, seed: int, clean: int) -> Planted:
    """Add `clean` ordinary histories of a year, look-alikes and frauds; the same for a seed.

    Rows are written past the acts, as the acts would have written them; audit entries and certificates (with the awards that
    carry them) are left out. Vouchers and exams are decided by the policy that is in force there. Raises NotPlanted.
    """
    return _fill(works, seed, clean, with_frauds=True)


def plant_clean(works: Works, seed: int, clean: int) -> Planted:
    """The same town without a fraud: ordinary histories and look-alikes."""
    return _fill(works, seed, clean, with_frauds=False)


def _fill(works: Works, seed: int, clean: int, with_frauds: bool) -> Planted:
    book = Book(works, seed)
    frauds: list[PlantedFraud] = []
    with reading(works.engine) as db:
        town = Town(book)
        lives = Lives(book, db)
        honest = Honest(book, town, lives, clean)
        honest.year()
        times = max(1, min(MOST_TIMES, clean // 2_500))
        looks: tuple[LookAlike, ...] = LookAlikes(honest, times).all() + HourLookAlikes(honest, times).all()
        looks += ScanLookAlikes(honest, times).all()
        online = Online(book, town)
        looks += OnlineLookAlikes(honest, times, online).all()
        if with_frauds:
            frauds = HolderFrauds(honest).all() + BodyFrauds(honest).all() + HourFrauds(honest).all()
            frauds += ScanFrauds(honest).all() + OnlineFrauds(honest, online).all()
        Scans(book, town, db, honest.seen).write()
        Hours(book, db).write()
        lives.finish()
        exams = Exams(book, town, db)
        candidates = Candidates(honest, exams, frozenset().union(*(f.subjects for f in frauds)))
        examined = Examined(candidates, clean)
        examined.year()
        looks += examined.lookalikes(times)
        if with_frauds:
            frauds += ExamFrauds(candidates).all()
        panels = Panels(candidates)
        looks += panels.lookalikes(times)
        if with_frauds:
            frauds.append(panels.stamps())
        exams.close()
        honest.ceilings()
        town.close()
    book.write()
    return Planted(tuple(frauds), looks, honest.people, book.subjects())
