"""F13 by hands: an examiner of a panel who gives what is missing, and panels that only look like it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import timedelta

from skills.oversight.rehearsal.candidates import Candidates
from skills.oversight.rehearsal.exams import Centre, Exam, Panel
from skills.oversight.rehearsal.planted import LookAlike, PlantedFraud
from skills.oversight.rehearsal.town import TRADES

SIZE, APART = 3, 1_900  # examiners of a panel; hundredths by which they differ at most without anybody's having to look


class Panels:
    """Plants bodies whose practical skills are marked by a panel of three."""

    def __init__(self, candidates: Candidates) -> None:
        self.people, self.exams, self.draw = candidates, candidates.exams, candidates.draw
        self.book, self.town = candidates.book, candidates.honest.town

    def stamps(self) -> PlantedFraud:
        """One of three writes sixty and a little for nearly everybody, whoever stands there. The middle of the panel hides it."""

        def own(fair: int) -> int:
            return 6_000 + self.draw.choice((0, 0, 50, 100, 150)) if 4_700 <= fair < 7_700 else fair

        centre, examiners = self._body("众信职业技能评价中心")
        held = [self._held(centre, examiners, n, 20, own, fresh=True) for n in range(5)]
        people = {line.subject for exam in held for line in exam.lines}
        return PlantedFraud("F13", 2, frozenset({centre.subject, *(f"account:{a}" for a in (centre.admin, examiners[0]))} | people))

    def lookalikes(self, times: int) -> tuple[LookAlike, ...]:
        """Of each kind as many."""
        return tuple(look for n in range(times) for look in (self.stern(n), self.helped_out(n)))

    def stern(self, n: int) -> LookAlike:
        """An examiner who gives three points less than the others, always; everybody knows."""
        centre, examiners = self._body(f"精工职业技能评价中心{n + 1}")
        return self._say("stern_examiner", centre, examiners, [self._held(centre, examiners, k, 16, lambda fair: fair - 300) for k in range(4)])

    def helped_out(self, n: int) -> LookAlike:
        """An examiner who helped out at two small exams, whose candidates were all just good enough for this one."""
        centre, examiners = self._body(f"远山职业技能评价站{n + 1}")
        held = [self._held(centre, examiners, k, 6, lambda fair: max(6_000, fair - 500)) for k in range(2)]
        return self._say("helped_out", centre, examiners, held)

    def _body(self, name: str) -> tuple[Centre, tuple[str, ...]]:
        centre = self.exams.centre(name)
        return centre, tuple(self.exams.examiner(centre, self.town.name()) for _ in range(SIZE))

    def _held(self, centre: Centre, examiners: tuple[str, ...], n: int, count: int, own: Callable[[int], int], fresh: bool = False) -> Exam:
        """An exam whose first examiner makes `own` of what would be fair; fresh: of people whom nobody has seen at a training."""

        def gives(worth: int) -> Sequence[int]:
            first, *others = [self.exams.points(worth / 100 + self.draw.gauss(0, 3.5)) for _ in range(SIZE)]
            return min(max(own(first), max(others) - APART), min(others) + APART), *others

        day = self.book.today - timedelta(days=40 + 38 * n)
        day -= timedelta(days=(day.weekday() - 5) % 7)
        trade = self.draw.choice(tuple(TRADES))
        people = self.people.fresh(day, count) if fresh else self.people.some(trade, day, count)
        exam = self.exams.exam(centre, day, people, trade, self.exams.marks(count), Panel(examiners, gives))
        self.exams.sign(exam)
        return exam

    def _say(self, kind: str, centre: Centre, examiners: Sequence[str], held: Sequence[Exam]) -> LookAlike:
        people = {line.subject for exam in held for line in exam.lines}
        return LookAlike(kind, frozenset(people | {centre.subject, *(f"account:{a}" for a in (*examiners, *centre.typists))}))
