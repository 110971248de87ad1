"""What was wrong with returns, also where it was mended since."""

from __future__ import annotations

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from skills.kernel.db import Base, Id, UtcTime


class ReturnFault(Base):
    """That a rule was broken at a cell once: it stays when the cell is mended, and is not repeated when it is found again.

    mark  what the row said then (`ReturnLine.mark`); for the file as a whole (row 0) the file's digest
    """

    __tablename__ = "return_fault"
    unwitnessed = "only counted, for the list of frequent faults; beside what stands: returns.faults"
    __table_args__ = (Index("ix_return_fault_mark", "mark"), Index("ix_return_fault_found_at", "found_at"))
    return_id: Mapped[Id] = mapped_column(ForeignKey("filed_return.id"), primary_key=True)
    row: Mapped[int] = mapped_column(primary_key=True)
    column: Mapped[str] = mapped_column(String(32), primary_key=True)
    code: Mapped[str] = mapped_column(String(64), primary_key=True)
    mark: Mapped[str] = mapped_column(String(64))
    found_at: Mapped[UtcTime]
