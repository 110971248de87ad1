"""Draws of re-tests, re-tests, and how far a body is trusted."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from skills.kernel.db import Base, Id, UtcTime


class RetestDraw(Base):
    """A draw of certificates of a body that are tested again: what it is drawn from (committed by `digest`), and the seed.

    awards     [id, number] of each certificate that may be drawn; `rate` in per cent as it was that day
    examiners  account ids; `barred` are [account, certificate id]
    """

    __tablename__ = "retest_draw"
    __table_args__ = (
        CheckConstraint("until >= since", name="days"),
        CheckConstraint("(state = 'drawn') = (drawn_at IS NOT NULL)", name="drawn"),
    )
    id: Mapped[Id] = mapped_column(primary_key=True)
    organisation_id: Mapped[Id] = mapped_column(ForeignKey("organisation.id"), index=True)
    district: Mapped[str] = mapped_column(String(12), index=True)
    state: Mapped[str] = mapped_column(String(16), index=True)
    since: Mapped[date]
    until: Mapped[date]
    rate: Mapped[int]
    size: Mapped[int]
    awards: Mapped[list[Any]] = mapped_column(JSON())
    examiners: Mapped[list[Any]] = mapped_column(JSON())
    barred: Mapped[list[Any]] = mapped_column(JSON())
    digest: Mapped[str] = mapped_column(String(64))
    planned_by: Mapped[str] = mapped_column(String(26))
    planned_at: Mapped[UtcTime]
    seed: Mapped[str] = mapped_column(String(64), default="")
    checkpoint: Mapped[str] = mapped_column(Text(), default="")
    proof: Mapped[dict[str, Any]] = mapped_column(JSON())
    drawn_at: Mapped[UtcTime | None]


class Retest(Base):
    """A certificate that is tested again: its result stands beside the certificate's and never changes it.

    marks     of each examiner, by account: section → hundredths; neither sees the other's before both are there
    heard_by  the last day on which the candidate may be heard; `said` what was said, None once it was forgotten
    """

    __tablename__ = "retest"
    __table_args__ = (
        UniqueConstraint("draw_id", "place"),
        UniqueConstraint("award_id"),
        CheckConstraint("first_examiner <> second_examiner", name="two_examiners"),
        CheckConstraint("(state IN ('marked', 'closed')) = (passed IS NOT NULL)", name="marked"),
        CheckConstraint("(state = 'closed') = (closed_by IS NOT NULL AND counted IS NOT NULL)", name="closed"),
    )
    id: Mapped[Id] = mapped_column(primary_key=True)
    draw_id: Mapped[Id] = mapped_column(ForeignKey("retest_draw.id"))
    place: Mapped[int]
    award_id: Mapped[Id] = mapped_column(ForeignKey("award.id"))
    organisation_id: Mapped[Id] = mapped_column(ForeignKey("organisation.id"), index=True)
    district: Mapped[str] = mapped_column(String(12), index=True)
    state: Mapped[str] = mapped_column(String(16), index=True)
    first_examiner: Mapped[str] = mapped_column(String(26), index=True)
    second_examiner: Mapped[str] = mapped_column(String(26), index=True)
    held_on: Mapped[date | None]
    site: Mapped[str] = mapped_column(String(200), default="")
    marks: Mapped[dict[str, Any]] = mapped_column(JSON())
    passed: Mapped[bool | None]
    marked_at: Mapped[UtcTime | None]
    heard_by: Mapped[date | None]
    said: Mapped[str | None] = mapped_column(String(1000))
    counted: Mapped[bool | None]
    reason: Mapped[str] = mapped_column(String(400), default="")
    closed_by: Mapped[str | None] = mapped_column(String(26))


class TrustDecision(Base):
    """How far a body is trusted from a moment on; the newest counts. `why` is [reason, how many, from how many on]; restored by a
    proposal, or weighed without one."""

    __tablename__ = "trust_decision"
    __table_args__ = (CheckConstraint("rate BETWEEN 0 AND 100", name="rate"), UniqueConstraint("organisation_id", "serial"))
    id: Mapped[Id] = mapped_column(primary_key=True)
    organisation_id: Mapped[Id] = mapped_column(ForeignKey("organisation.id"))
    serial: Mapped[int]
    rate: Mapped[int]
    stops: Mapped[bool]
    why: Mapped[list[Any]] = mapped_column(JSON())
    at: Mapped[UtcTime]
    restoration_id: Mapped[Id | None] = mapped_column(ForeignKey("trust_restoration.id"), unique=True)


class TrustRestoration(Base):
    """A proposal to trust a body as usual again, by one person, decided by another."""

    __tablename__ = "trust_restoration"
    __table_args__ = (
        CheckConstraint("decided_by IS NULL OR decided_by <> proposed_by", name="two_people"),
        CheckConstraint("(state = 'proposed') = (decided_by IS NULL)", name="decided"),
        Index("uq_trust_restoration_live", "organisation_id", unique=True, sqlite_where=text("state = 'proposed'"),
              postgresql_where=text("state = 'proposed'")),
    )  # fmt: skip
    id: Mapped[Id] = mapped_column(primary_key=True)
    organisation_id: Mapped[Id] = mapped_column(ForeignKey("organisation.id"), index=True)
    state: Mapped[str] = mapped_column(String(16), index=True)
    reason: Mapped[str] = mapped_column(String(400))
    proposed_by: Mapped[str] = mapped_column(String(26))
    proposed_at: Mapped[UtcTime]
    decided_by: Mapped[str | None] = mapped_column(String(26))
    decided_at: Mapped[UtcTime | None]
    answer: Mapped[str] = mapped_column(String(400), default="")
