"""What became of reported rows: one corrected, one that is asked to be void and waits for a colleague, and a waiver that waits."""

from __future__ import annotations

import uuid

from sqlalchemy.orm import Session

from skills.courses.actions import statements
from skills.courses.queries.classes import places_of
from skills.courses.rules.statements import REASON, VERBS, Verb, read
from skills.courses.states import EnrolmentState
from skills.demo.path import Path
from skills.demo.stage import Agenda
from skills.kernel.box import Box
from skills.returns import queries
from skills.returns.actions import changes, removals


class Afterwards:
    """A return of the school in which two rows turned out to be wrong, and the academy's own learning platform."""

    def __init__(self, path: Path) -> None:
        self.path, self.stage = path, path.stage

    def plan(self, agenda: Agenda) -> None:
        """Put every step on its day."""
        agenda.on(-4, self.correct_one)
        agenda.on(-3, self.ask_to_void_one)
        agenda.on(-2, self.waive_one)

    def correct_one(self) -> None:
        """A score was copied wrongly: the certificate is corrected by two people, then the newer row counts."""
        return_id, rows = self._standing()
        if not rows:
            return
        self.stage.act(
            changes.correct_row, "school-clerk", return_id=return_id, row=rows[-1], cells={"score": "92"}, reason="成绩登记表抄错一格"
        )

    def ask_to_void_one(self) -> None:
        """Some were reported for the wrong class, more than one in twenty of the class: it waits for a second person of the school."""
        return_id, rows = self._standing()
        if not rows:
            return
        some = rows[-2 - len(rows) // 4 : -1]
        self.stage.act(removals.void, "school-clerk", return_id=return_id, rows=tuple(some), reason="学员实际在另一个班结业")

    def waive_one(self) -> None:
        """The academy's platform says that somebody need not attend; the bureau has to decide."""
        stage = self.stage
        learner = stage.person("learner")
        place = next(p.id for p in stage.ask(places_of, learner.person) if p.state == EnrolmentState.ATTENDING)
        base = stage.works.settings.public_base
        said = read(
            {
                "id": str(uuid.UUID(int=(4 << 76) + (8 << 60) + 1)),
                "actor": {"account": {"homePage": f"{base}/enrolments", "name": place}},
                "verb": {"id": next(iri for iri, verb in VERBS.items() if verb is Verb.WAIVED)},
                "object": {"id": "https://lms.example.org/courses/security"},
                "result": {"extensions": {REASON: "已持有同职业四级证书"}},
                "timestamp": stage.works.office.clock.now().isoformat(),
            },
            base,
        )
        stage.act(statements.record, "academy-admin", institution_id=stage.bodies["academy"], statements=(said,))

    def _standing(self) -> tuple[str, list[int]]:
        """A return of the school with rows that stand, and where they are; none in a story of heroes alone, who learn elsewhere."""
        stage, school = self.stage, self.stage.bodies["school"]
        for r in stage.ask(queries.returns_of, [school]):
            rows = stage.ask(self._rows, r.id) if r.state == "applied" else []
            if len(rows) > 1:
                return r.id, rows
        return "", []

    def _rows(self, db: Session, return_id: str) -> list[int]:
        """Rows of the first page that stand and say a pass."""
        box = self.stage.works.office.tools[Box]
        assert isinstance(box, Box)  # noqa: S101 - narrows for the type checker
        page = queries.page_of(db, box, return_id, [self.stage.bodies["school"]], bad_only=False)
        return [line.row for line in page.lines if line.state == "applied" and line.cells.get("outcome") == "合格"]
