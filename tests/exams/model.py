"""What filings, exams and certificates must come to, told a second time in plain Python: no rule, no table, no act of the house is used.

Each step answers whether it is allowed and, if it is, takes it. Days in Asia/Shanghai, marks in hundredths.
"""

from __future__ import annotations

from datetime import date, datetime, time, timedelta, timezone

from tests.exams import things
from tests.exams.things import PASS, SECTIONS, Candidate, Exam, File, Fix, Keep, Objection, Paper, Review, years_later
from tests.life.things import months_later

SHANGHAI = timezone(timedelta(hours=8))
AHEAD, REVIEW, NOTICE, HEARING = 5, 5, 5, 5  # working days
TERM, WINDOW = 3, 90  # years; days before its end
KEPT_MONTHS = 12
PLANNER = "admin"


class Model:
    """All of it, for one body."""

    def __init__(self, now: datetime) -> None:
        self.now = now
        self.files: list[File] = []
        self.exams: list[Exam] = []
        self.orders: list[things.Order] = []

    @property
    def today(self) -> date:
        return self.now.astimezone(SHANGHAI).date()

    @property
    def candidates(self) -> list[Candidate]:
        return [c for e in self.exams for c in e.people]

    @property
    def file(self) -> File | None:
        """The filing that lives."""
        return next((f for f in self.files if f.state in ("filed", "suspended")), None)

    # Filings

    def file_anew(self, levels: set[int]) -> File | None:
        """A first filing, or another where the term of the last is over."""
        if (live := self.file) is not None:
            if live.state != "filed" or self.today <= live.valid_to:
                return None
            live.state = "expired"
        made = File(self.today, years_later(self.today, TERM) - timedelta(1), dict.fromkeys(levels, date.min))
        self.files.append(made)
        return made

    def stop(self, file: File, state: str) -> bool:
        """suspended, revoked or withdrawn."""
        if file.state not in (("filed",) if state == "suspended" else ("filed", "suspended")):
            return False
        self._go_on(file)
        file.state = state
        file.rests.append((self.today, None))
        return True

    def resume(self, file: File) -> bool:
        if file.state != "suspended":
            return False
        self._go_on(file)
        file.state = "filed"
        return True

    def _go_on(self, file: File) -> None:
        if file.rests and file.rests[-1][1] is None:
            file.rests[-1] = (file.rests[-1][0], self.today)

    def renew(self, file: File) -> bool:
        """Asked in the window with a statement, while every certificate is to be found nationally: here none ever is."""
        opens = file.valid_to - timedelta(WINDOW - 1)
        unseen = [c for c in self.candidates if c.exam.file is file and c.paper and c.paper.state == "issued"]
        if file.state != "filed" or not opens <= self.today <= file.valid_to or unseen:
            return False
        file.valid_to = years_later(file.valid_to + timedelta(1), TERM) - timedelta(1)
        return True

    def add(self, file: File, level: int) -> bool:
        if file.state != "filed" or not file.filed_on <= self.today <= file.valid_to or level in file.levels:
            return False
        file.levels[level] = self.today
        return True

    def withdraw_file(self, file: File) -> bool:
        mine = [e for e in self.exams if e.file is file]
        if any(e.state not in ("planned", "concluded", "cancelled") for e in mine):
            return False
        if any(e.state == "concluded" and c.state == "passed" and c.paper is None for e in mine for c in e.people):
            return False
        return self.stop(file, "withdrawn")

    # Exams

    def plan(self, level: int, until: date, day: date, places: int) -> Exam | None:
        if self.file is None or not self.file.goes_on(level, day):
            return None
        self.exams.append(Exam(self.file, level, self.today, until, day, places))
        return self.exams[-1]

    def lead(self, exam: Exam, how: str) -> bool:
        """file, open, close, seat, hold, cancel, review, notice, conclude."""
        return bool(getattr(self, f"_{how}")(exam))

    def _file(self, exam: Exam) -> bool:
        if exam.state != "planned" or exam.day < things.working_days_later(self.today, AHEAD) or not exam.until < exam.day:
            return False
        return self._when(exam, "filed", exam.file.goes_on(exam.level, exam.day))

    def _open(self, exam: Exam) -> bool:
        return self._when(exam, "open", exam.state == "filed" and self.today <= exam.until and exam.file.goes_on(exam.level, exam.day))

    def _close(self, exam: Exam) -> bool:
        taken = sum(c.state == "eligible" for c in exam.people)
        return self._when(exam, "closed", exam.state == "open" and taken > 0 and (self.today > exam.until or taken >= exam.places))

    def _seat(self, exam: Exam) -> bool:
        return self._when(exam, "seated", exam.state == "closed", eligible="seated")

    def _hold(self, exam: Exam) -> bool:
        due = exam.state == "seated" and self.today >= exam.day and exam.file.goes_on(exam.level, exam.day)
        exam.sat = frozenset(s for c in exam.people if c.state == "seated" for s in c.sits) if due else exam.sat
        return self._when(exam, "held", due, seated="examined")

    def _cancel(self, exam: Exam) -> bool:
        due = exam.state in ("planned", "filed", "open", "closed", "seated")
        return self._when(exam, "cancelled", due, eligible="withdrawn", seated="withdrawn")

    def _review(self, exam: Exam) -> bool:
        due = exam.state == "scored" and self.today > things.working_days_later(exam.scored_on, REVIEW) and not self._undecided(exam)
        return self._when(exam, "reviewed", due)

    def _notice(self, exam: Exam) -> bool:
        if not self._when(exam, "noticed", exam.state == "reviewed" and not self._undecided(exam)):
            return False
        exam.notice_to = things.working_days_later(self.today, NOTICE)
        return True

    def _conclude(self, exam: Exam) -> bool:
        due = exam.state == "noticed" and exam.notice_to is not None and self.today > exam.notice_to
        if not self._when(exam, "concluded", due and exam.file.goes_on(exam.level, exam.day)):
            return False
        for one in exam.people:
            if one.state == "passed" and not one.held:
                self._order(one)
        return True

    def _when(self, exam: Exam, state: str, due: bool, **people: str) -> bool:
        if due:
            exam.state = state
            for one in exam.people:
                one.state = people.get(one.state, one.state)
        return due

    def _undecided(self, exam: Exam) -> bool:
        return any(r.state == "asked" for c in exam.people for r in c.asked.values()) or any(
            f.state == "proposed" for c in exam.people for f in c.fixes
        )

    # Candidates

    def apply(self, who: int, exam: Exam) -> Candidate | None:
        taken = [c for c in exam.people if c.state != "withdrawn"]
        if exam.state != "open" or not exam.since <= self.today <= exam.until or len(taken) >= exam.places:
            return None
        if any(c.who == who and c.state != "withdrawn" and c.exam.day == exam.day for c in self.candidates):
            return None
        exam.people.append(Candidate(who, exam, keeps=self._kept(who, exam)))
        return exam.people[-1]

    def _kept(self, who: int, exam: Exam) -> list[Keep]:
        """What was passed within the year in an exam of the same level that was not passed: once, and never everything."""
        mine = [c for c in self.candidates if c.who == who and c.exam.level == exam.level and c.state != "withdrawn" and c.exam is not exam]
        if any(c.state == "passed" for c in mine):
            return []
        used = {(k.of, k.section) for c in mine for k in c.keeps}
        best: dict[str, Keep] = {}
        for one in mine:
            until = months_later(one.exam.until, KEPT_MONTHS)
            if one.state not in ("failed", "incomplete") or not one.exam.day < exam.day <= until:
                continue
            for section in one.sits:
                mark = one.marks[section][-1]
                if mark is None or mark < PASS or (one, section) in used:
                    continue
                found = Keep(section, mark, one, until)
                if section not in best or found.rank > best[section].rank:
                    best[section] = found
        if len(best) == len(SECTIONS):
            del best[min(best.values(), key=lambda k: k.rank).section]
        return [best[s] for s in SECTIONS if s in best]

    def leave(self, one: Candidate) -> bool:
        if one.exam.state != "open" or one.state != "eligible":
            return False
        one.state = "withdrawn"
        return True

    # Scores

    def type(self, exam: Exam, section: str, who: str, marks: dict[Candidate, int | None]) -> bool:
        """The first two who type are the two typists."""
        if exam.state != "held" or section not in exam.sat or any(section not in c.sits for c in marks):
            return False
        turn = 1 if exam.first.get(section, who) == who else 2 if exam.second.get(section, who) == who else 0
        if not turn:
            return False
        (exam.first if turn == 1 else exam.second)[section] = who
        for one, mark in marks.items():
            one.typed[section, turn] = mark
        return True

    def _agreed(self, exam: Exam) -> bool:
        sat = [(c, s) for c in exam.people if c.state == "examined" for s in c.sits]
        return all((s, 1) in c.typed and (s, 2) in c.typed and c.typed[s, 1] == c.typed[s, 2] for c, s in sat)

    def _may_sign(self, exam: Exam, who: str) -> bool:
        typists = {*exam.first.values(), *exam.second.values()}
        return self._agreed(exam) and who not in typists and who not in (PLANNER, exam.signer)

    def sign(self, exam: Exam, who: str) -> bool:
        if exam.state != "held" or not self._may_sign(exam, who):
            return False
        exam.state, exam.signer = "signed", who
        return True

    def send_back(self, exam: Exam) -> bool:
        if exam.state != "signed":
            return False
        exam.state, exam.signer = "held", ""
        return True

    def countersign(self, exam: Exam, who: str) -> bool:
        if exam.state != "signed" or not self._may_sign(exam, who):
            return False
        exam.state, exam.countersigner, exam.scored_on = "scored", who, self.today
        for one in exam.people:
            if one.state == "examined":
                one.marks = {s: [one.typed[s, 1]] for s in one.sits} | {k.section: [k.mark] for k in one.keeps}
                one.state = self._outcome(one)
        return True

    @staticmethod
    def _outcome(one: Candidate) -> str:
        """What was kept was passed when it was kept."""
        last = [one.marks[s][-1] for s in one.sits]
        if any(mark is None for mark in last):
            return "incomplete"
        return "passed" if all(mark is not None and mark >= PASS for mark in last) else "failed"

    def ask(self, one: Candidate, section: str) -> Review | None:
        """Whether a score is right, within the window, once."""
        late = self.today > things.working_days_later(one.exam.scored_on, REVIEW) if one.exam.state == "scored" else True
        if late or section not in one.sits or not one.marks or section in one.asked:
            return None
        return one.asked.setdefault(section, Review())

    def answer(self, one: Candidate, section: str, mark: int | None, who: str) -> Fix | bool:
        """The same score stands; another brings a correction."""
        held = one.asked[section]
        exam = one.exam
        if held.state != "asked" or who in (exam.first.get(section), exam.second.get(section)):
            return False
        if one.marks[section][-1] == mark:
            held.state = "dismissed"
            return True
        made = self.fix(one, section, mark, who)
        held.state = "upheld" if made else held.state
        return made or False

    def fix(self, one: Candidate, section: str, mark: int | None, who: str) -> Fix | None:
        """Another score is proposed for a signed one."""
        if not one.exam.told or section not in one.sits or not one.marks or self._counts_later(one, section):
            return None
        if mark == one.marks[section][-1] or who in one.exam.hands(section):
            return None
        if any(f.section == section and f.state == "proposed" for f in one.fixes):
            return None
        one.fixes.append(Fix(one, section, mark, who))
        self._hold_back(one)
        return one.fixes[-1]

    def _counts_later(self, one: Candidate, section: str) -> bool:
        others = (c for c in self.candidates if c is not one and c.state != "withdrawn")
        return any(k.of is one and k.section == section for c in others for k in c.keeps)

    def decide(self, fix: Fix, yes: bool, who: str) -> bool:
        one, exam = fix.of, fix.of.exam
        if fix.state != "proposed" or who == fix.by or who in exam.hands(fix.section):
            return False
        if yes and self._counts_later(one, fix.section):
            return False
        fix.state, fix.decided_by = "approved" if yes else "refused", who
        if not yes:
            self._nothing_came(one)
            return True
        one.marks[fix.section].append(fix.mark)
        result, before = self._outcome(one), one.state
        if before not in ("passed", "failed", "incomplete") or result == before:
            self._nothing_came(one)
            return True
        one.state = result
        self._hold_back(one)
        if before == "passed":
            if one.paper is not None and one.paper.state == "issued":
                fix.revocation, fix.hear_until = "proposed", things.working_days_later(self.today, HEARING)
        elif result == "passed" and one.paper is None:
            last = things.working_days_later(self.today, NOTICE)
            if exam.state == "noticed" and exam.notice_to is not None:
                exam.notice_to = max(exam.notice_to, last)
            elif exam.state == "concluded":
                fix.notice_to = last
                self._hold_back(one)
                self._order(one, datetime.combine(last + timedelta(1), time(), SHANGHAI))
        return True

    def _nothing_came(self, one: Candidate) -> None:
        self._hold_back(one)
        if one.state == "passed" and not one.held and one.exam.state == "concluded":
            self._order(one)

    def carry_out(self, fix: Fix, who: str) -> bool:
        """The certificate is taken back, once its holder had the time to answer."""
        if fix.revocation != "proposed" or who == fix.decided_by or self.today <= fix.hear_until:
            return False
        assert fix.of.paper is not None
        fix.revocation, fix.of.paper.state = "done", "revoked"
        return True

    # Objections and certificates

    def object(self, one: Candidate) -> Objection | None:
        last = one.own_notice or (one.exam.notice_to if one.exam.state == "noticed" else None)
        if one.state != "passed" or last is None or self.today > last:
            return None
        one.objections.append(Objection(one))
        one.held = "objection"
        return one.objections[-1]

    def judge(self, objection: Objection, upheld: bool) -> bool:
        if objection.state != "raised":
            return False
        one, objection.state = objection.of, "upheld" if upheld else "dismissed"
        if upheld:
            one.state = "void" if one.state == "passed" else one.state
            return True
        self._hold_back(one)
        if not one.held and one.state == "passed" and one.exam.state == "concluded":
            self._order(one)
        return True

    def _why(self, one: Candidate) -> str:
        if one.state != "passed" or one.paper is not None:
            return ""
        if any(o.state == "raised" for o in one.objections):
            return "objection"
        if any(f.state == "proposed" for f in one.fixes):
            return "correction"
        return "notice" if one.own_notice is not None and one.own_notice >= self.today else ""

    def _hold_back(self, one: Candidate) -> None:
        why = self._why(one)
        if one.held != "refused" or why or one.state != "passed":
            one.held = why

    def _order(self, one: Candidate, due: datetime | None = None) -> None:
        self.orders.append(things.Order(due or self.now, one))

    def award(self, one: Candidate) -> bool:
        """A certificate, or what keeps it waiting; not allowed before its time."""
        if one.paper is not None:
            return True
        if one.exam.state != "concluded" or one.state != "passed":
            return False
        one.held = self._why(one) or ("" if one.exam.file.goes_on(one.exam.level, one.exam.day) else "filing")
        if not one.held:
            one.paper = Paper((one.exam.file.number, self.today.year % 100, one.exam.level))
        return True

    def work(self) -> None:
        """Every order that is due."""
        for order in [o for o in self.orders if o.due <= self.now]:
            self.orders.remove(order)
            if not self.award(order.of):
                order.of.held = "refused"

    def again(self, exam: Exam) -> bool:
        """What a concluded exam owes is ordered anew, none twice."""
        if exam.state != "concluded":
            return False
        waiting = {o.of for o in self.orders}
        for one in exam.people:
            if one.state == "passed" and one.paper is None and one not in waiting:
                self._order(one)
        return True
