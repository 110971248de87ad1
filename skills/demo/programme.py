"""The demo programme: the city's real rules and tables, synthetic people, one case at each step of the path."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from datetime import date, datetime, timedelta

from skills.accounts.tools import StandIn
from skills.app import Works
from skills.demo import cast
from skills.demo.afterwards import Afterwards
from skills.demo.attendance import Attendances
from skills.demo.catalogue import Catalogue
from skills.demo.complaints import Complaints
from skills.demo.contests import Contests
from skills.demo.exams import Exams
from skills.demo.hands import Hands
from skills.demo.inspections import Inspections
from skills.demo.learning import Learning
from skills.demo.oversight import Oversight
from skills.demo.path import CLAIM, USE, Path
from skills.demo.payees import Payees
from skills.demo.professional import Professional
from skills.demo.seats import Seats
from skills.demo.settlement import Settlement
from skills.demo.stage import Agenda, Hero, Login, Stage, stage_day
from skills.demo.synthetic import MAJORS, Synthetic, people
from skills.demo.training import Training
from skills.demo.training_standards import TrainingStandards
from skills.kernel.clock import FixedClock, shanghai_day

BEGINS = -121
# (key, what this person can do next)
HEROES: tuple[tuple[str, str, str], ...] = (
    ("fresh", "有一张券待领取", "has a voucher to claim"),
    ("holder", "已领券，可以选课", "holds a voucher, can choose a course"),
    ("enrolled", "已用券报名，等待开班", "has used it, waits for the class"),
    ("learner", "正在上课", "attends a class"),
    ("due", "已结课，等待机构报送", "has finished, the return is due"),
    ("applicant", "已报名考试", "has applied for an exam"),
    ("certified", "持有等级证书", "holds a level certificate"),
    ("certified-2", "证书暂停", "certificate suspended"),
    ("certified-3", "证书已撤销", "certificate revoked"),
    ("certified-4", "持有等级证书", "holds a level certificate"),
    ("candidate-1", "已考试，等待成绩", "has sat the exam, waits for the score"),
    ("candidate-2", "已考试，等待成绩", "has sat the exam, waits for the score"),
    ("candidate-3", "已考试，等待成绩", "has sat the exam, waits for the score"),
    ("worker-1", "企业职工，公示中", "employee, on public notice"),
    ("worker-2", "企业职工，公示中", "employee, on public notice"),
    ("competitor-1", "竞赛第一名，已晋升", "came first, was promoted"),
    ("competitor-2", "竞赛第二名，晋升审核中", "came second, promotion under way"),
    ("competitor-3", "并列第二，可以申请晋升", "shares second place, can apply"),
    ("competitor-4", "竞赛三等奖", "won a third prize"),
    ("competitor-5", "竞赛三等奖", "won a third prize"),
    ("competitor-6", "竞赛缺考一项", "was absent from one part"),
    ("employee", "学费由单位付，补贴付给单位", "the employer pays and is paid"),
    ("payer", "先付了学费，可以申请补贴", "paid the fee, can apply for the subsidy"),
)
FEWEST = len(HEROES)


@dataclass(frozen=True)
class Loaded:
    """What was made, for printing: accounts, people, and certificates by what they show."""

    people: int
    logins: tuple[Login, ...]
    heroes: tuple[Hero, ...]
    certificates: dict[str, str]


def load(works: Works, clock: FixedClock, now: datetime, count: int, seed: int, step: Callable[[int], None]) -> Loaded:
    """Play the months before `now` with so many people.

    clock  the clock of `works`: it is set back and walks forward to `now`
    step   told how much was done, out of `worth(count)`
    Raises ValueError for fewer people than the story needs.
    """
    if count < FEWEST:
        raise ValueError(f"the story needs {FEWEST} people or more")
    stage = Stage(works, clock, now)
    clock.set(stage_day(stage, BEGINS))
    crowd = [
        _schooled(who, stage.today) if n < FEWEST else who
        for n, who in enumerate(people(count, seed, shanghai_day(now)))
    ]
    cast.bodies(stage)
    cast.staff(stage)
    path = Path(stage, crowd, step, HEROES)
    agenda = Agenda(stage)
    training = Training(path)
    training.plan(agenda)  # first: sessions are recorded before their class is finished on the same day
    path.plan(agenda)
    Exams(stage, path).plan(agenda)
    Contests(stage).plan(agenda)
    Oversight(stage, path).plan(agenda)
    Settlement(stage).plan(agenda)
    Payees(path).plan(agenda)
    Hands(stage).plan(agenda)
    Complaints(stage).plan(agenda)
    Seats(path).plan(agenda)
    Attendances(path).plan(agenda)
    TrainingStandards(stage).plan(agenda)
    Learning(path).plan(agenda)
    Catalogue(path).plan(agenda)
    Afterwards(path).plan(agenda)
    Inspections(path).plan(agenda)
    Professional(stage).plan(agenda)
    agenda.run(lambda: step(AGENDA_WORTH))
    clock.set(now)
    training.move_late()  # of the present: whatever is filed a day before is decided by now
    stage.work()
    _introduce(stage)
    return Loaded(count, tuple(stage.logins), tuple(stage.heroes), dict(stage.notes))


AGENDA_WORTH = 5
ITEMS = 134


def worth(count: int) -> int:
    """About how many steps `load` will report."""
    story = ITEMS * AGENDA_WORTH
    return count + count * CLAIM // 100 + 2 * (count * USE // 100) + story


def _schooled(who: Synthetic, day: date) -> Synthetic:
    """Whoever the story follows has finished software studies before it begins."""
    summer = date(day.year, 6, 30)
    major, occupations = MAJORS[0]
    return replace(who, major=major, occupations=occupations,
                   graduates=summer if summer < day else date(day.year - 1, 6, 30))  # fmt: skip


def _introduce(stage: Stage) -> None:
    """Tell the stand-in whom it may offer to sign in."""
    stand_in = stage.works.office.tools[StandIn]
    assert isinstance(stand_in, StandIn)  # noqa: S101 - narrows for the type checker
    stand_in.introduce([asdict(hero) for hero in stage.heroes])


def months_before(now: datetime) -> datetime:
    """When the story begins: keys and tables are from then."""
    return now + timedelta(days=BEGINS - 1)
