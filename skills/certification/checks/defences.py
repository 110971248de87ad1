"""What certification promises of comprehensive reviews: files are what was handed in; nobody has a mark without file and time."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import select

from skills.certification.models import Application, DefenceSlot, PanelMark, ReviewFile, SittingRoom
from skills.certification.queries.defences import FOLDER, REVIEW_FILE
from skills.certification.rules.exams import Section
from skills.kernel.checks import Bookkeeper, check
from skills.records.papers import damaged


@check("certification.review_files", "综合评审材料都在，内容与登记一致 every file of a comprehensive review is there, and what it was")
def review_files(book: Bookkeeper) -> Iterator[str]:
    yield from damaged(book, book.db.scalars(select(ReviewFile)), FOLDER, REVIEW_FILE)


@check("certification.defences", "答辩均有时间地点 a defence is in a room of its exam, and nobody has a mark for one without a time")
def defences(book: Bookkeeper) -> Iterator[str]:
    rooms = dict(book.db.execute(select(SittingRoom.id, SittingRoom.sitting_id)).all())
    timed = set()
    for slot, sitting_id in book.db.execute(
        select(DefenceSlot, Application.sitting_id).join(Application, Application.id == DefenceSlot.application_id)
    ):
        timed.add(slot.application_id)
        if rooms[slot.room_id] != sitting_id:
            yield f"application {slot.application_id}: defends in a room of exam {rooms[slot.room_id]}"
    marked = select(PanelMark.application_id).where(PanelMark.section == Section.COMPREHENSIVE, PanelMark.hundredths.is_not(None))
    for application_id in sorted(set(book.db.scalars(marked)) - timed):
        yield f"application {application_id}: a mark for a defence that has no time"
