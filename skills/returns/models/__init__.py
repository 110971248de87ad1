"""Returns, their lines (sealed: they hold document numbers) and what the rules found."""

from __future__ import annotations

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from skills.kernel.db import Base, Cents, Id, Json, Sealed, UtcTime


class Return(Base):
    """One file as it came in. The digest is a fact about the file and never a key: checking always runs anew.

    organisation_id  who files; None is the authority itself, with a list of its own
    forgotten_at     when what its rows said that were never applied was taken out (policy `return.rows_days`)
    """

    __tablename__ = "filed_return"
    __table_args__ = (
        Index("ix_filed_return_organisation", "organisation_id", "kind", "digest"),
        Index("uq_filed_return_number", "number", unique=True, sqlite_where=text("number IS NOT NULL"),
              postgresql_where=text("number IS NOT NULL")),
    )
    id: Mapped[Id] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(32))
    organisation_id: Mapped[str | None] = mapped_column(ForeignKey("organisation.id"))
    file_name: Mapped[str] = mapped_column(String(120))
    form: Mapped[str] = mapped_column(String(8))
    digest: Mapped[str] = mapped_column(String(64))
    state: Mapped[str] = mapped_column(String(16), index=True)
    places: Mapped[Json] = mapped_column(default=dict)
    uploaded_by: Mapped[str] = mapped_column(String(26))
    uploaded_at: Mapped[UtcTime]
    lines: Mapped[int] = mapped_column(default=0)
    good: Mapped[int] = mapped_column(default=0)
    bad: Mapped[int] = mapped_column(default=0)
    same: Mapped[int] = mapped_column(default=0)
    warnings: Mapped[int] = mapped_column(default=0)
    worth: Mapped[Cents] = mapped_column(default=0)
    blocked: Mapped[Cents] = mapped_column(default=0)
    number: Mapped[str | None] = mapped_column(String(32))
    accepted_by: Mapped[str | None] = mapped_column(String(26))
    accepted_at: Mapped[UtcTime | None]
    applied_at: Mapped[UtcTime | None]
    same_as: Mapped[str | None] = mapped_column(ForeignKey("filed_return.id"))
    forgotten_at: Mapped[UtcTime | None]


class ReturnLine(Base):
    """One row of the file. `mark` is the blind digest of what the row says, equal for equal effect."""

    __tablename__ = "return_line"
    __table_args__ = (
        Index("uq_return_line_row", "return_id", "row", unique=True),
        Index("ix_return_line_mark", "mark"),
        Index("ix_return_line_source", "source"),
        CheckConstraint("(state IN ('applied', 'corrected', 'voided')) = (source IS NOT NULL)", name="applied_source"),
    )
    id: Mapped[Id] = mapped_column(primary_key=True)
    return_id: Mapped[Id] = mapped_column(ForeignKey("filed_return.id"))
    row: Mapped[int]
    cells: Mapped[Sealed]
    mark: Mapped[str] = mapped_column(String(64))
    state: Mapped[str] = mapped_column(String(16))
    worth: Mapped[Cents] = mapped_column(default=0)
    same_as: Mapped[str | None] = mapped_column(ForeignKey("filed_return.id"))
    source: Mapped[str | None] = mapped_column(String(64))
    applied_at: Mapped[UtcTime | None]


class ReturnFinding(Base):
    """What a rule found at a cell. Rows of a checked return are replaced whenever it is checked again."""

    __tablename__ = "return_finding"
    unwitnessed = "found again by asking the rules of the stored rows"
    __table_args__ = (Index("ix_return_finding_return", "return_id", "row"),)
    id: Mapped[Id] = mapped_column(primary_key=True)
    return_id: Mapped[Id] = mapped_column(ForeignKey("filed_return.id"))
    row: Mapped[int]
    column: Mapped[str] = mapped_column(String(32))
    code: Mapped[str] = mapped_column(String(64))
    severity: Mapped[str] = mapped_column(String(8))
    facts: Mapped[Json]


from skills.returns.models.changes import ReturnAnswer as ReturnAnswer  # noqa: E402 - tables of their own file
from skills.returns.models.changes import ReturnChange as ReturnChange  # noqa: E402
from skills.returns.models.changes import ReturnMark as ReturnMark  # noqa: E402
from skills.returns.models.changes import ReturnRemoval as ReturnRemoval  # noqa: E402
from skills.returns.models.faults import ReturnFault as ReturnFault  # noqa: E402 - tables of their own file
from skills.returns.models.waiting import ReturnCheck as ReturnCheck  # noqa: E402 - tables of their own file
from skills.returns.models.waiting import ReturnFile as ReturnFile  # noqa: E402
