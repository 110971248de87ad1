"""The ledger of class hours, and who was in two places at once, as the actions would have written them."""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from skills.courses.queries.attendance import policy_of
from skills.courses.queries.hours import Mark, SessionFacts
from skills.learning.actions.money import source as frozen_by
from skills.learning.queries.ledger import Source, of_rooms
from skills.learning.queries.presence import limits, rooms_of
from skills.learning.rules.credit import Beat, Question, Study, alive, credit
from skills.learning.rules.places import Kind, Place, meetings
from skills.oversight.rehearsal.book import Book, Row
from skills.standards.queries import value
from skills.vouchers.actions.holds import UNPAID


class Hours:
    """Writes what the rows of attendance come to; everything at the moment of the last of them."""

    def __init__(self, book: Book, db: Session) -> None:
        self.book = book
        self._policy, self._limits = policy_of(db, book.today), limits(db, book.today)
        self._class_of = {p["id"]: p["class_id"] for p in book.rows["enrolment"]}
        course_of = {c["id"]: c["course_id"] for c in book.rows["course_class"]}
        self._places_of: dict[str, list[Row]] = defaultdict(list)
        for place in book.rows["enrolment"]:
            self._places_of[course_of[place["class_id"]]].append(place)
        self._uses = {r["id"]: r for r in book.rows["redemption"]}
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
        studies = self._studies(written)
        caps = {f"{p['id']}:{row['id']}": row["minutes"] for row in self.book.rows["lesson"] for p in self._of_course(row["course_id"])}
        for person_id in {**marks, **studies}:
            held, sat = marks[person_id], studies[person_id]
            online = [
                Place(Kind.ONLINE, s.id, self._class_of[s.lesson.split(":")[0]], spans) for s in sat if (spans := alive(s, self._limits)[0])
            ]
            self._overlaps(person_id, [*rooms_of(held), *online], places, written[person_id])
            got = credit(sat, caps, self._limits, [span for p in rooms_of(held) for span in p.spans])
            for place in of_person[person_id]:
                sums = of_rooms([m for m in held if m.class_id == place["class_id"]], known, self._policy, ())
                for (key, day), minutes in got.minutes.items():
                    if key.startswith(f"{place['id']}:"):
                        sums[Source(Kind.ONLINE, key.split(":")[1], day)] = minutes
                self._lines(place, sums, written[person_id])

    def _of_course(self, course_id: str) -> list[Row]:
        return self._places_of[course_id]

    def _studies(self, written: dict[str, datetime]) -> dict[str, list[Study]]:
        """Every study with its signs of life, by person; `written` learns when the last of them ended."""
        beats: dict[str, list[Beat]] = defaultdict(list)
        for b in self.book.rows["study_beat"]:
            beats[b["study_id"]].append(Beat(b["at"], b["number"], b["way"], b["position"], b["rate"]))
        asked: dict[str, list[Question]] = defaultdict(list)
        for q in self.book.rows["study_question"]:
            asked[q["study_id"]].append(Question(q["asked_at"], q["answered_at"]))
        found: dict[str, list[Study]] = defaultdict(list)
        for row in self.book.rows["study"]:
            who, key = row["person_id"], f"{row['enrolment_id']}:{row['lesson_id']}"
            found[who].append(Study(row["id"], key, beats[row["id"]], asked[row["id"]]))
            written[who] = max(row["ended_at"], written.get(who, row["ended_at"]))
        return found

    def _lines(self, place: Row, sums: dict[Source, int], at: datetime) -> None:
        balance = 0
        for number, (source, minutes) in enumerate(sorted(sums.items()), 1):
            balance += minutes
            self.book.add(
                "class_hour", id=self.book.id(at), enrolment_id=place["id"], person_id=place["person_id"], class_id=place["class_id"],
                number=number, kind=source.kind, source=source.source, day=source.day, minutes=minutes, balance=balance, at=at,
            )  # fmt: skip

    def _overlaps(self, person_id: str, found: list[Place], places: dict[tuple[str, str], Row], at: datetime) -> None:
        where = [p for p in found if (p.klass, person_id) in places]
        for m in meetings(where, self._least):
            both = (places[m.first.klass, person_id], places[m.second.klass, person_id])
            ended = [p["ended_at"] for p in both if p["ended_at"] is not None]
            opened = max(at, *ended) if ended else at  # found after the results were filed: the money waits for a decision
            overlap = self.book.id(opened)
            self.book.add(
                "overlap", id=overlap, person_id=person_id, first_kind=m.first.kind, first_source=m.first.source,
                first_class=m.first.klass, second_kind=m.second.kind, second_source=m.second.source, second_class=m.second.klass,
                starts_at=m.span.starts, ends_at=m.span.ends, minutes=m.minutes, after=bool(ended), state="open",
                opened_at=opened + timedelta(seconds=1), closed_at=None, counts="", decided_by=None, reason="",
            )  # fmt: skip
            for use in sorted({p["redemption_id"] for p in both if p["ended_at"] is not None and p["redemption_id"]}):
                if self._uses[use]["state"] in UNPAID:
                    self.book.add(
                        "redemption_hold", id=self.book.id(opened), redemption_id=use, source=frozen_by(overlap), state="placed",
                        placed_at=opened + timedelta(seconds=1), lifted_at=None,
                    )  # fmt: skip
