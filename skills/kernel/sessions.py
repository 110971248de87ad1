"""Server-side sessions: a person can list and end them, and a copied cookie dies with its row.

The cookie is `token.stamp.mac`: the token finds the row by its SHA-256, the stamp is the last time the browser was
seen (so that reading a page writes nothing), the mac keeps the stamp honest.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sqlalchemy import Engine, String, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from skills.kernel.db import Base, Id, UtcTime, writing
from skills.kernel.ids import Source, row_id, secret_code

IDLE = timedelta(minutes=30)
ABSOLUTE = timedelta(hours=12)
STEP_UP = timedelta(minutes=10)
RESTAMP = timedelta(minutes=1)


class WebSession(Base):
    """One signed-in browser or program. `stepped_up_until`: a second factor was given lately.

    acts_as  by which permission the account acts in another person's name just now; None: in its own
    """

    __tablename__ = "web_session"
    unwitnessed = "opens nothing without a cookie whose stamp is signed under a key outside the database"
    id: Mapped[Id] = mapped_column(primary_key=True)
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    account_id: Mapped[str] = mapped_column(String(26), index=True)
    kind: Mapped[str] = mapped_column(String(16))
    agent: Mapped[str] = mapped_column(String(200))
    began: Mapped[UtcTime]
    ends: Mapped[UtcTime]
    ended: Mapped[UtcTime | None]
    stepped_up_until: Mapped[UtcTime | None]
    acts_as: Mapped[str | None] = mapped_column(String(26))


@dataclass(frozen=True)
class OpenSession:
    """A session that holds now."""

    id: str
    account_id: str
    kind: str
    began: datetime
    ends: datetime
    stepped_up: bool
    acts_as: str | None = None


@dataclass(frozen=True)
class SessionLine:
    """A session as its owner sees it."""

    id: str
    kind: str
    agent: str
    began: datetime
    current: bool


class Sessions:
    """Begin, find and end sessions. One of the few housekeepers that commit outside the office."""

    def __init__(self, engine: Engine, source: Source, key: Callable[[], bytes]) -> None:
        self._engine = engine
        self._source = source
        self._key = key

    def begin(
        self, account_id: str, now: datetime, *, kind: str = "browser", agent: str = "", stepped_up: bool = False
    ) -> str:
        """A new session for an account; the cookie (or bearer) text."""
        token = secret_code(self._source, 32)
        with writing(self._engine) as db:
            db.add(
                WebSession(
                    id=row_id(now, self._source),
                    token_hash=_hash(token),
                    account_id=account_id,
                    kind=kind,
                    agent=agent[:200],
                    began=now,
                    ends=now + ABSOLUTE,
                    stepped_up_until=now + STEP_UP if stepped_up else None,
                )
            )
        return self.stamp(token, now)

    def find(self, db: Session, cookie: str, now: datetime) -> OpenSession | None:
        """The session of a cookie, if it holds: right mac, seen within 30 minutes, younger than 12 hours, not ended."""
        read = self._open_cookie(cookie)
        if read is None or now - read[1] > IDLE:
            return None
        row = db.scalars(select(WebSession).where(WebSession.token_hash == _hash(read[0]))).one_or_none()
        if row is None or row.ended is not None or now >= row.ends:
            return None
        stepped_up = row.stepped_up_until is not None and now < row.stepped_up_until
        return OpenSession(row.id, row.account_id, row.kind, row.began, row.ends, stepped_up, row.acts_as)

    def restamped(self, cookie: str, now: datetime) -> str | None:
        """The cookie with a fresh stamp if the old one is a minute old, else None."""
        read = self._open_cookie(cookie)
        return self.stamp(read[0], now) if read and now - read[1] > RESTAMP else None

    def stamp(self, token: str, now: datetime) -> str:
        """The cookie text for a token, seen now."""
        body = f"{token}.{int(now.timestamp())}"
        return f"{body}.{self._mac(body)}"

    def step_up(self, session_id: str, now: datetime) -> None:
        """Note that the second factor was given."""
        with writing(self._engine) as db:
            db.execute(update(WebSession).where(WebSession.id == session_id).values(stepped_up_until=now + STEP_UP))

    def act_as(self, session_id: str, permission: str | None) -> None:
        """From now on this session acts by a permission in another person's name; None: in its own again."""
        with writing(self._engine) as db:
            db.execute(update(WebSession).where(WebSession.id == session_id).values(acts_as=permission))

    def end(self, session_id: str, account_id: str, now: datetime) -> bool:
        """End one session of an account; False if it has no such open session."""
        with writing(self._engine) as db:
            done = db.execute(
                update(WebSession)
                .where(WebSession.id == session_id, WebSession.account_id == account_id, WebSession.ended.is_(None))
                .values(ended=now)
                .returning(WebSession.id)
            ).first()
        return done is not None

    def end_all(self, db: Session, account_id: str, now: datetime, *, but: str | None = None) -> None:
        """End every session of an account in the caller's transaction (password change, lost phone, disabling)."""
        chosen = update(WebSession).where(WebSession.account_id == account_id, WebSession.ended.is_(None))
        if but is not None:
            chosen = chosen.where(WebSession.id != but)
        db.execute(chosen.values(ended=now))

    @staticmethod
    def lines(db: Session, account_id: str, now: datetime, current: str | None) -> Sequence[SessionLine]:
        """The open sessions of an account, newest first."""
        rows = db.scalars(
            select(WebSession)
            .where(WebSession.account_id == account_id, WebSession.ended.is_(None), WebSession.ends > now)
            .order_by(WebSession.began.desc())
        )
        return [SessionLine(r.id, r.kind, r.agent, r.began, r.id == current) for r in rows]

    def _open_cookie(self, cookie: str) -> tuple[str, datetime] | None:
        body, _, mac = cookie.rpartition(".")
        token, _, stamp = body.partition(".")
        if not hmac.compare_digest(self._mac(body).encode(), mac.encode()) or not stamp.isdigit():
            return None
        return token, datetime.fromtimestamp(int(stamp), UTC)

    def _mac(self, body: str) -> str:
        return hmac.new(self._key(), body.encode(), hashlib.sha256).hexdigest()[:32]


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
