"""What a filing lived through by day, and what the database asks of a certificate that rests on it."""

from __future__ import annotations

from datetime import date

from sqlalchemy import ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from skills.kernel.db import Base
from skills.kernel.guards import guard


class FilingPause(Base):
    """Days on which a filing was not in force: from `since` to `until`, both included; None is open or for ever.

    `kind` is the move that began it (suspend, revoke, withdraw); `step_id` and `ended_step` are the steps of the history in which
    it began and ended.
    """

    __tablename__ = "filing_pause"
    __table_args__ = (
        Index(
            "uq_filing_pause_open", "filing_id", unique=True,
            sqlite_where=text("until IS NULL"), postgresql_where=text("until IS NULL"),
        ),
    )  # fmt: skip
    unwitnessed = "says what the history of the filing says, which is on record: certification.filing_pauses"
    step_id: Mapped[str] = mapped_column(ForeignKey("certification_step.id"), primary_key=True)
    filing_id: Mapped[str] = mapped_column(ForeignKey("filing.id"), index=True)
    kind: Mapped[str] = mapped_column(String(24))
    since: Mapped[date]
    until: Mapped[date | None]
    ended_step: Mapped[str | None] = mapped_column(ForeignKey("certification_step.id"))


# A replacement stands on the award that it replaces, which was looked at when it was given. Everything else lies inside the
# filing on its exam day. What a filing may do today (issue, or nothing) changes and is asked by the actions.
guard(
    "award_inside_filing",
    "award",
    """
    CASE WHEN substr(NEW.grounds, 1, 9) = 'replaces:' THEN EXISTS (
        SELECT 1 FROM award o
        WHERE o.number = substr(NEW.grounds, 10) AND o.filing_id = NEW.filing_id AND o.occupation = NEW.occupation
          AND o.branch = NEW.branch AND o.level = NEW.level AND o.examined_on = NEW.examined_on
          AND substr(o.number, 1, 13) = substr(NEW.number, 1, 13))
    ELSE EXISTS (
        SELECT 1 FROM filing f JOIN filing_scope s ON s.filing_id = f.id
        WHERE f.id = NEW.filing_id AND f.organisation_id = NEW.organisation_id AND f.number = substr(NEW.number, 1, 13)
          AND NEW.examined_on BETWEEN f.filed_on AND f.valid_to
          AND s.occupation = NEW.occupation AND s.branch IN ('', NEW.branch) AND s.level = NEW.level
          AND (s.added_on IS NULL OR s.added_on <= NEW.examined_on))
      AND NOT EXISTS (
        SELECT 1 FROM filing_pause p
        WHERE p.filing_id = NEW.filing_id AND p.since <= NEW.examined_on
          AND (p.until IS NULL OR NEW.examined_on <= p.until))
    END
    """,
)
