"""What certification promises of theory on screens."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import select

from skills.certification.models import Application, Presence, ScoreEntry, ScoreSheet, Sitting
from skills.certification.rules.day import Found
from skills.certification.rules.exams import Section
from skills.certification.rules.online import HANDS, MACHINE
from skills.kernel.checks import Bookkeeper, check
from skills.papers.queries.results import points_of
from skills.papers.queries.runs import begun_by


@check("certification.machine_entries", "机器评分与登分表一致 what the machine entered is what it marked, and everything that it marked is entered")
def machine_entries(book: Bookkeeper) -> Iterator[str]:
    db = book.db
    sheets = db.scalars(select(ScoreSheet.sitting_id).where(ScoreSheet.section == Section.THEORY, ScoreSheet.way == MACHINE)).all()
    if not sheets:
        return
    marked = points_of(db, db.scalars(select(Application.id).where(Application.sitting_id.in_(sheets))).all())
    entered: set[tuple[str, int]] = set()
    for row in db.scalars(
        select(ScoreEntry).join(Application, Application.id == ScoreEntry.application_id)
        .where(Application.sitting_id.in_(sheets), ScoreEntry.section == Section.THEORY)
    ):  # fmt: skip
        name, points = f"application {row.application_id}, entry {row.turn}", marked.get((row.application_id, row.turn))
        entered.add((row.application_id, row.turn))
        if row.by != HANDS[row.turn - 1] or row.replaced_at is not None:
            yield f"{name}: by {row.by}, but the machine marks this exam"
        if row.hundredths != (None if points is None else points * 100):
            yield f"{name}: {row.hundredths} hundredths are entered, {points} points were marked"
    for (one, turn), points in marked.items():
        if (one, turn) not in entered:
            yield f"application {one}, entry {turn}: {points} points were marked and not entered"


@check("certification.screen_presence", "机考开始作答的都算到场 who began a paper on a screen was there in theory")
def screen_presence(book: Bookkeeper) -> Iterator[str]:
    ours = book.db.scalars(select(Application.id).join(Sitting, Sitting.id == Application.sitting_id).where(Sitting.room_records)).all()
    there = set(book.db.scalars(
        select(Presence.application_id)
        .where(Presence.section == Section.THEORY, Presence.found == Found.PRESENT, Presence.replaced_at.is_(None))
    ))  # fmt: skip
    for one in sorted(begun_by(book.db, ours) - there):
        yield f"application {one}: a paper was begun, but nobody was there"
