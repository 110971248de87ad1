"""What happens to signed scores: reviews, and corrections by two other people. A signed score itself never changes."""

from __future__ import annotations

from datetime import date

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from skills.kernel.db import Base, Id, UtcTime
from skills.kernel.guards import frozen

frozen("score")  # the database refuses what no action does


class ScoreCorrection(Base):
    """A correction of a signed score: proposed and decided by two people who neither typed nor signed it.

    before, after  hundredths; None is absent
    source     where it came from: body, or review:<id>
    notice_to  with a pass that came after its exam was concluded: the last day of its own notice
    revocation_id  what was begun about a certificate that rests on a pass which is none any more
    """

    __tablename__ = "score_correction"
    __table_args__ = (
        Index("uq_score_correction_live", "application_id", "section", unique=True,
              sqlite_where=text("state = 'proposed'"), postgresql_where=text("state = 'proposed'")),
        CheckConstraint("after IS NULL OR (after >= 0 AND after <= 10000)", name="range"),
        CheckConstraint("(state = 'proposed') = (decided_at IS NULL)", name="decided"),
        CheckConstraint("state <> 'approved' OR (decided_by IS NOT NULL AND decided_by <> proposed_by)", name="two_people"),
    )  # fmt: skip
    id: Mapped[Id] = mapped_column(primary_key=True)
    application_id: Mapped[str] = mapped_column(ForeignKey("application.id"), index=True)
    section: Mapped[str] = mapped_column(String(16))
    before: Mapped[int | None]
    after: Mapped[int | None]
    source: Mapped[str] = mapped_column(String(40))
    reason: Mapped[str] = mapped_column(String(400))
    state: Mapped[str] = mapped_column(String(16), index=True)
    proposed_by: Mapped[str] = mapped_column(String(26))
    proposed_at: Mapped[UtcTime]
    decided_by: Mapped[str | None] = mapped_column(String(26))
    decided_at: Mapped[UtcTime | None]
    decision: Mapped[str] = mapped_column(String(400), default="")
    notice_to: Mapped[date | None]
    revocation_id: Mapped[str | None] = mapped_column(ForeignKey("care_request.id"))


class ChainLink(Base):
    """One step of an application from its seat to its certificate, and the audit entry in which it stands.

    step  what was done; of an entry also which section: enter_1:theory
    """

    __tablename__ = "chain_link"
    id: Mapped[Id] = mapped_column(primary_key=True)
    application_id: Mapped[str] = mapped_column(ForeignKey("application.id"), index=True)
    step: Mapped[str] = mapped_column(String(24))
    entry_id: Mapped[str] = mapped_column(String(26))
    at: Mapped[UtcTime]


class ScoreReview(Base):
    """A candidate's question whether a signed score is right 成绩复核; answered once, by somebody who did not type it.

    recounted  what was found, in hundredths; None is absent. The same as before: the score stands; else a correction follows
    """

    __tablename__ = "score_review"
    __table_args__ = (
        UniqueConstraint("application_id", "section"),
        CheckConstraint("(state = 'asked') = (decided_at IS NULL)", name="decided"),
    )
    id: Mapped[Id] = mapped_column(primary_key=True)
    receipt: Mapped[str] = mapped_column(String(16), unique=True)
    application_id: Mapped[str] = mapped_column(ForeignKey("application.id"), index=True)
    section: Mapped[str] = mapped_column(String(16))
    text: Mapped[str] = mapped_column(String(1000))
    state: Mapped[str] = mapped_column(String(16), index=True)
    asked_at: Mapped[UtcTime]
    due_on: Mapped[date]
    recounted: Mapped[int | None]
    decided_by: Mapped[str | None] = mapped_column(String(26))
    decided_at: Mapped[UtcTime | None]
    reply: Mapped[str] = mapped_column(String(400), default="")
