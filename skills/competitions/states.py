"""The lives of competitions and entries (pure)."""

from __future__ import annotations

from enum import StrEnum

from skills.kernel.machines import Machine, move


class CompetitionState(StrEnum):
    """Where a competition stands."""

    PLANNED = "planned"
    APPROVED = "approved"
    OPEN = "open"
    RUNNING = "running"
    MARKED = "marked"
    RATIFIED = "ratified"
    PUBLISHED = "published"
    CANCELLED = "cancelled"


_C = CompetitionState
COMPETITION = Machine(
    "competition",
    CompetitionState,
    _C.PLANNED,
    move("approve", _C.PLANNED, to=_C.APPROVED, means="批准 approved by a second person: it may open promotions",
         may="competition.approve"),
    move("open", _C.APPROVED, to=_C.OPEN, means="开放报名 entries are taken", may="competition.plan"),
    move("start", _C.OPEN, to=_C.RUNNING, means="开赛 entries closed, bench numbers drawn", may="competition.plan"),
    move("close_marking", _C.RUNNING, to=_C.MARKED, means="评分结束 every mark agreed by two judges",
         may="competition.plan"),
    move("ratify", _C.MARKED, to=_C.RATIFIED, means="核准 the ranking is confirmed by a second person",
         may="result.ratify"),
    move("publish", _C.RATIFIED, to=_C.PUBLISHED, means="公布 results, certificates and placings", may="competition.plan"),
    move("cancel", _C.PLANNED, _C.APPROVED, _C.OPEN, to=_C.CANCELLED, means="取消 will not take place",
         may="competition.plan"),
    words={
        _C.PLANNED: ("待批准", "planned"),
        _C.APPROVED: ("已批准", "approved"),
        _C.OPEN: ("报名中", "open for entries"),
        _C.RUNNING: ("比赛中", "running"),
        _C.MARKED: ("评分结束", "marked"),
        _C.RATIFIED: ("已核准", "ratified"),
        _C.PUBLISHED: ("已公布", "published"),
        _C.CANCELLED: ("已取消", "cancelled"),
    },
)  # fmt: skip


class EntryState(StrEnum):
    """Where an entry stands."""

    ENTERED = "entered"
    WITHDRAWN = "withdrawn"


ENTRY = Machine(
    "competition_entry",
    EntryState,
    EntryState.ENTERED,
    move("withdraw", EntryState.ENTERED, to=EntryState.WITHDRAWN, means="退赛 before the start", may="entry.enter"),
    words={EntryState.ENTERED: ("已报名", "entered"), EntryState.WITHDRAWN: ("已退赛", "withdrawn")},
)
