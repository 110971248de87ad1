"""A large file that waits to be checked in the background, and how far that is."""

from __future__ import annotations

from sqlalchemy import CheckConstraint, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from skills.kernel.db import Base, Id, Sealed, UtcTime


class ReturnCheck(Base):
    """The check of one return in the background, the last one if there were several; its id is that of the return.

    rows     rows that are to be checked; 0 until the file was read
    checked  rows that were checked and stand with their findings; a worker that takes over goes on from here
    """

    __tablename__ = "return_check"
    __table_args__ = (CheckConstraint("checked >= 0 AND checked <= rows", name="checked"),)
    id: Mapped[Id] = mapped_column(ForeignKey("filed_return.id"), primary_key=True)
    rows: Mapped[int] = mapped_column(default=0)
    checked: Mapped[int] = mapped_column(default=0)
    ordered_at: Mapped[UtcTime]
    finished_at: Mapped[UtcTime | None]


class ReturnFile(Base):
    """A piece of a file that waits, sealed; all of them are gone once the file was checked."""

    __tablename__ = "return_file"
    unwitnessed = "sealed for its place, held together by the digest on the return, and gone after the check"
    return_id: Mapped[Id] = mapped_column(ForeignKey("filed_return.id"), primary_key=True)
    piece: Mapped[int] = mapped_column(primary_key=True)
    body: Mapped[Sealed]
