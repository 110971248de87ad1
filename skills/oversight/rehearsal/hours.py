"""The ledger of class hours, and who was in two places at once, as the actions would have written them."""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from skills.courses.queries.attendance import policy_of
from skills.courses.queries.hours import Mark, SessionFacts
from skills.learning.queries.ledger import of_rooms
from skills.learning.queries.presence import rooms_of
from skills.learning.rules.places import meetings
from skills.oversight.rehearsal.book import Book, Row
from skills.standards.queries import value


class Hours:
    """Writes what the rows of attendance come to; everything at the moment of the last of them."""

    def __init__(self, book: Book, db: Session) -> None:
        self.book = book
        self._policy = policy_of(db, book.today)
        self._least = timedelta(minutes=int(value(db, "learning.overlap_minutes", book.today)))

    def write(self) -> None:
        """All places of the town."""
        known = {
            s["id"]: SessionFacts(s["id"], s["class_id"], s["starts_at"], s["ends_at"], s["room"], s.get("makes_up_for"))
            for s in self.book.rows["class_session"]
        }
        marks: dict[str, list[Mark]] = defaultdict(list)
        written: dict[str, datetime] = {}
        for row in self.book.rows["attendance"]:
            if row["replaced_at"] is None:
                s = known[row["session_id"]]
                who = row["person_id"]
                marks[who].append(
                    Mark(s.session_id, s.class_id, who, s.starts_at, s.ends_at, s.room, s.makes_up_for, row["mark"], row["at"], row["way"])
                )
                written[row["person_id"]] = max(row["at"], written.get(row["person_id"], row["at"]))
        places = {(p["class_id"], p["person_id"]): p for p in self.book.rows["enrolment"] if p["left_at"] is None}
        of_person: dict[str, list[Row]] = defaultdict(list)
        for (_, person_id), place in places.items():
            of_person[person_id].append(place)
        for person_id, held in marks.items():
            self._overlaps(person_id, held, places, written[person_id])
            for place in of_person[person_id]:
                self._lines(place, [m for m in held if m.class_id == place["class_id"]], known, written[person_id])

    def _lines(self, place: Row, marks: list[Mark], known: dict[str, SessionFacts], at: datetime) -> None:
        balance = 0
        for number, (source, minutes) in enumerate(sorted(of_rooms(marks, known, self._policy, ()).items()), 1):
            balance += minutes
            self.book.add(
                "class_hour", id=self.book.id(at), enrolment_id=place["id"], person_id=place["person_id"], class_id=place["class_id"],
                number=number, kind=source.kind, source=source.source, day=source.day, minutes=minutes, balance=balance, at=at,
            )  # fmt: skip

    def _overlaps(self, person_id: str, marks: list[Mark], places: dict[tuple[str, str], Row], at: datetime) -> None:
        where = [p for p in rooms_of(marks) if (p.klass, person_id) in places]
        for m in meetings(where, self._least):
            both = (places[m.first.klass, person_id], places[m.second.klass, person_id])
            ended = [p["ended_at"] for p in both if p["ended_at"] is not None]
            opened = max(at, *ended) if ended else at  # found after the results were filed, so that money stays as it was
            self.book.add(
                "overlap", id=self.book.id(opened), person_id=person_id, first_kind=m.first.kind, first_source=m.first.source,
                first_class=m.first.klass, second_kind=m.second.kind, second_source=m.second.source, second_class=m.second.klass,
                starts_at=m.span.starts, ends_at=m.span.ends, minutes=m.minutes, after=bool(ended), state="open",
                opened_at=opened + timedelta(seconds=1), closed_at=None, counts="", decided_by=None, reason="",
            )  # fmt: skip
