"""What becomes of rows after they were applied: versions that name what they replace, and removals by two people.

A row is never overwritten and never deleted: it says itself whether it still counts, and the change says why.
"""

from __future__ import annotations

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from skills.kernel.db import Base, Cents, Id, Json, UtcTime, Words

_OPEN = text("state IN ('asked', 'waiting')")


class ReturnAnswer(Base):
    """What the sender said of a row that is close to one that stands: a correction of it, a new entry, or neither.

    column   "" about the very entry; else the key column in which the two rows differ
    line_id  the row that stands
    """

    __tablename__ = "return_answer"
    __table_args__ = (
        UniqueConstraint("return_id", "row"),
        CheckConstraint("answer IN ('correct', 'new', 'leave')", name="answer"),
        CheckConstraint("answer <> 'correct' OR reason <> ''", name="reason"),
    )
    id: Mapped[Id] = mapped_column(primary_key=True)
    return_id: Mapped[Id] = mapped_column(ForeignKey("filed_return.id"))
    row: Mapped[int]
    column: Mapped[str] = mapped_column(String(32))
    line_id: Mapped[Id] = mapped_column(ForeignKey("return_line.id"))
    answer: Mapped[str] = mapped_column(String(8))
    reason: Mapped[Words] = mapped_column(default="")
    answered_by: Mapped[str] = mapped_column(String(26))
    answered_at: Mapped[UtcTime]


class ReturnRemoval(Base):
    """Rows that are to be taken away together, beside what stands in the same classes. Money in 分.

    cause      "void": somebody asked for it; "complete": a complete list came without them
    return_id  the return whose rows go, or the complete list
    percent    the policy's share on that day; more than that needs a second person (`second`)
    earlier    rows of these classes that one person alone had taken away before: they count towards the share
    """

    __tablename__ = "return_removal"
    __table_args__ = (
        CheckConstraint("decided_by IS NULL OR NOT second OR decided_by <> asked_by OR state = 'withdrawn'", name="two_people"),
        CheckConstraint("(state = 'asked') = (decided_at IS NULL)", name="decided"),
        CheckConstraint("cause IN ('void', 'complete')", name="cause"),
        CheckConstraint("rows > 0 AND rows <= stands", name="rows"),
    )
    id: Mapped[Id] = mapped_column(primary_key=True)
    return_id: Mapped[Id] = mapped_column(ForeignKey("filed_return.id"), index=True)
    organisation_id: Mapped[str | None] = mapped_column(ForeignKey("organisation.id"), index=True)
    kind: Mapped[str] = mapped_column(String(32))
    cause: Mapped[str] = mapped_column(String(8))
    reason: Mapped[Words]
    rows: Mapped[int]
    stands: Mapped[int]
    percent: Mapped[int]
    earlier: Mapped[int] = mapped_column(default=0, server_default="0")
    cents: Mapped[Cents]
    scopes: Mapped[Json]
    second: Mapped[bool]
    state: Mapped[str] = mapped_column(String(16), index=True)
    asked_by: Mapped[str] = mapped_column(String(26))
    asked_at: Mapped[UtcTime]
    decided_by: Mapped[str | None] = mapped_column(String(26))
    decided_at: Mapped[UtcTime | None]
    answer: Mapped[Words] = mapped_column(default="")


class ReturnChange(Base):
    """A row that stands is to be corrected by a newer one, or made void. The newer version names the older; both stay readable.

    line_id     the row as it stands; by_line_id the row that takes its place, none if it is made void
    column      the key column in which the two differ, if they do: then the newer row is applied as its own entry
    request     id of the request about the certificate that must end first
    number      that request's number
    refusal     why nothing was changed: the code of the no, if there was one
    """

    __tablename__ = "return_change"
    __table_args__ = (
        Index("uq_return_change_open", "line_id", unique=True, sqlite_where=_OPEN, postgresql_where=_OPEN),
        Index("uq_return_change_done", "line_id", unique=True, sqlite_where=text("state = 'done'"),
              postgresql_where=text("state = 'done'")),
        CheckConstraint("what IN ('correct', 'void')", name="what"),
        CheckConstraint("(what = 'correct') = (by_line_id IS NOT NULL)", name="by_line"),
        CheckConstraint("state <> 'waiting' OR request <> ''", name="waits"),
        CheckConstraint("(state IN ('asked', 'waiting')) = (closed_at IS NULL)", name="closed"),
    )  # fmt: skip
    id: Mapped[Id] = mapped_column(primary_key=True)
    line_id: Mapped[Id] = mapped_column(ForeignKey("return_line.id"), index=True)
    by_line_id: Mapped[Id | None] = mapped_column(ForeignKey("return_line.id"), index=True)
    return_id: Mapped[Id] = mapped_column(ForeignKey("filed_return.id"), index=True)
    removal_id: Mapped[Id | None] = mapped_column(ForeignKey("return_removal.id"), index=True)
    source: Mapped[str] = mapped_column(String(64), index=True)
    what: Mapped[str] = mapped_column(String(8))
    column: Mapped[str] = mapped_column(String(32), default="")
    reason: Mapped[Words]
    cents: Mapped[Cents] = mapped_column(default=0)
    state: Mapped[str] = mapped_column(String(16), index=True)
    request: Mapped[str] = mapped_column(String(26), default="", index=True)
    number: Mapped[str] = mapped_column(String(24), default="")
    refusal: Mapped[str] = mapped_column(String(64), default="")
    facts: Mapped[Json] = mapped_column(default=dict)
    asked_by: Mapped[str] = mapped_column(String(26))
    asked_at: Mapped[UtcTime]
    closed_at: Mapped[UtcTime | None]


class ReturnMark(Base):
    """A return that names everybody of its classes: who is not on it is to be taken away. One row for such a return.

    gone  {"lines": ids of the rows that it leaves out}, found whenever its rows are checked
    """

    __tablename__ = "return_mark"
    return_id: Mapped[Id] = mapped_column(ForeignKey("filed_return.id"), primary_key=True)
    marked_by: Mapped[str] = mapped_column(String(26))
    marked_at: Mapped[UtcTime]
    gone: Mapped[Json] = mapped_column(default=dict, server_default="{}")
