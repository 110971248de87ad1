"""What always holds of complaints."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from sqlalchemy import select

from skills.complaints.models import Complaint
from skills.complaints.states import ComplaintState
from skills.kernel.checks import Bookkeeper, check


@check("complaints.numbers", "受理编号连续无缺号 receipt numbers run without gap in each year")
def numbers(book: Bookkeeper) -> Iterator[str]:
    held: dict[int, list[int]] = defaultdict(list)
    for year, serial in book.db.execute(select(Complaint.year, Complaint.serial)):
        held[year].append(serial)
    for year, serials in sorted(held.items()):
        if sorted(serials) != list(range(1, len(serials) + 1)):
            yield f"{year}: {len(serials)} complaints, serials up to {max(serials)}"


@check("complaints.answers", "办结的都有答复和承办人，承办人不是投诉人 closed cases have an answer and a handler who is not the author")
def answers(book: Bookkeeper) -> Iterator[str]:
    for row in book.db.scalars(select(Complaint)):
        closed = row.state in (ComplaintState.ANSWERED, ComplaintState.PASSED_ON)
        if closed != bool(row.answer and row.closed_by and row.closed_at):
            yield f"{row.number} is {row.state}, answer: {bool(row.answer)}, closed by {row.closed_by}"
        if row.taken_by is not None and row.taken_by == row.account_id:
            yield f"{row.number}: handled by its author"
        if (row.state == ComplaintState.RECEIVED) != (row.taken_by is None):
            yield f"{row.number} is {row.state}, taken by {row.taken_by}"
