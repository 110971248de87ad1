"""What always holds of complaints."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from sqlalchemy import select

from skills.complaints.actions.steps import FOLDER
from skills.complaints.models import Complaint, ComplaintFile, ComplaintHand, ComplaintStep
from skills.complaints.queries.owners import OF_AUTHOR
from skills.complaints.rules import tells_who
from skills.complaints.states import ComplaintState, Outcome
from skills.config import Settings
from skills.kernel.box import Box, Shredded, Tampered
from skills.kernel.checks import Bookkeeper, check
from skills.messages.queries import to_bodies

CLOSED = (ComplaintState.ANSWERED, ComplaintState.PASSED_ON)


@check("complaints.numbers", "受理编号连续无缺号 receipt numbers run without gap in each year")
def numbers(book: Bookkeeper) -> Iterator[str]:
    held: dict[int, list[int]] = defaultdict(list)
    for year, serial in book.db.execute(select(Complaint.year, Complaint.serial)):
        held[year].append(serial)
    for year, serials in sorted(held.items()):
        if sorted(serials) != list(range(1, len(serials) + 1)):
            yield f"{year}: {len(serials)} complaints, serials up to {max(serials)}"


@check("complaints.answers", "办结的都有答复、结果和承办人 closed cases have an answer, an outcome and a handler")
def answers(book: Bookkeeper) -> Iterator[str]:
    for row in book.db.scalars(select(Complaint)):
        if (row.state in CLOSED) != bool(row.answer and row.closed_by):
            yield f"{row.number} is {row.state}, answer: {bool(row.answer)}, closed by {row.closed_by}"
        if (row.state in (*CLOSED, ComplaintState.WITHDRAWN)) != (row.closed_at is not None):
            yield f"{row.number} is {row.state}, closed at {row.closed_at}"
        passed = row.outcome == Outcome.NOT_FOR_US
        if row.accept_by is not None and passed != (row.state == ComplaintState.PASSED_ON):
            yield f"{row.number} is {row.state}, outcome {row.outcome}"
        if passed != (row.elsewhere is not None):
            yield f"{row.number}: outcome {row.outcome}, to {row.elsewhere}"
        withdrawn = row.state == ComplaintState.WITHDRAWN
        if not withdrawn and (row.state == ComplaintState.RECEIVED) != (row.taken_by is None):
            yield f"{row.number} is {row.state}, taken by {row.taken_by}"


@check("complaints.owners", "承办人不是投诉人，也没有经办过被投诉的事项 nobody owns a case of one's own or in which one acted")
def owners(book: Bookkeeper) -> Iterator[str]:
    hands = {(h.complaint_id, h.account) for h in book.db.scalars(select(ComplaintHand))}
    written = select(ComplaintStep).where(ComplaintStep.move.in_(OF_AUTHOR), ComplaintStep.account.is_not(None))
    counter = {(s.complaint_id, s.account) for s in book.db.scalars(written)}
    for row in book.db.scalars(select(Complaint).where(Complaint.taken_by.is_not(None))):
        if row.taken_by == row.account_id:
            yield f"{row.number}: handled by its author"
        if (row.id, row.taken_by) in hands:
            yield f"{row.number}: handled by who acted in the matter"
        if (row.id, row.taken_by) in counter:
            yield f"{row.number}: handled by who took it in at a counter"


@check("complaints.steps", "每件投诉的经过完整 the steps of each case lead to its state, and the author turned up at most once")
def steps(book: Bookkeeper) -> Iterator[str]:
    held: dict[str, list[ComplaintStep]] = defaultdict(list)
    for made in book.db.scalars(select(ComplaintStep).order_by(ComplaintStep.serial)):
        held[made.complaint_id].append(made)
    ends = {"answer": ComplaintState.ANSWERED, "pass_on": ComplaintState.PASSED_ON, "withdraw": ComplaintState.WITHDRAWN,
            "ask": ComplaintState.WAITING}  # fmt: skip
    for row in book.db.scalars(select(Complaint).where(Complaint.accept_by.is_not(None))):
        moves = [s.move for s in held.get(row.id, []) if s.move not in ("hear", "state")]
        if not moves or moves[0] != "file":
            yield f"{row.number}: its steps do not begin with its filing"
        elif moves[-1] in ends and ends[moves[-1]] != row.state:
            yield f"{row.number} is {row.state}, its last step is {moves[-1]}"
        for move, moment in (("escalate", row.escalated_at), ("raise", row.raised_at)):
            if moves.count(move) != (moment is not None):
                yield f"{row.number}: {move} {moves.count(move)} times, noted at {moment}"


@check("complaints.protected", "被反映方只知道事，不知道人 what the party complained of was told names nobody")
def protected(book: Bookkeeper) -> Iterator[str]:
    box = book.tools[Box]
    assert isinstance(box, Box)  # noqa: S101
    for row in book.db.scalars(select(Complaint).where(Complaint.substance.is_not(None))):
        try:
            told = box.open(row.substance or b"", f"complaint:{row.id}:substance")
            contact = box.open(row.contact, f"complaint:{row.id}:contact")
        except Shredded:
            continue
        if tells_who(told, [contact]):
            yield f"{row.number}: what the party reads holds the author's contact"
    authors = {a for ids in book.db.execute(select(Complaint.account_id, Complaint.person_id)) for a in ids if a}
    for facts in to_bodies(book.db, "complaint.told_hear"):
        if authors & {str(v) for v in facts.values()}:
            yield f"the message about {facts.get('number')} names its author"


@check("complaints.papers", "附件都在，内容与登记一致 every paper is there, and what it was")
def papers(book: Bookkeeper) -> Iterator[str]:
    box, settings = book.tools[Box], book.tools[Settings]
    assert isinstance(box, Box)  # noqa: S101
    assert isinstance(settings, Settings)  # noqa: S101
    folder = settings.files_dir / FOLDER
    for row in book.db.scalars(select(ComplaintFile)):
        try:
            data = box.open_bytes((folder / row.id).read_bytes(), f"complaint_file:{row.id}:bytes")
        except Shredded:
            continue
        except (FileNotFoundError, Tampered):
            yield f"paper {row.id}: gone or changed"
            continue
        if box.blind("complaint_file", data.hex()) != row.digest:
            yield f"paper {row.id}: not what was handed in"
