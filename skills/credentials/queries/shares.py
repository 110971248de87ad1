"""Reading links and looks: the holder's own, what a link shows, and the authority's radar."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from skills.credentials import queries
from skills.credentials.models import Certificate, LookChoice, LookCount, ShareLink, UnknownLook
from skills.credentials.queries import CertificateLine
from skills.credentials.rules.shares import PEAK_DAYS, WALLET, Peak, peaks, place, shown, token_digest
from skills.credentials.states import ShareState
from skills.kernel.box import Box
from skills.kernel.errors import Missing
from skills.standards.queries import value


@dataclass(frozen=True)
class ShareLine:
    """A link as its holder sees it. `path` is its address on this site."""

    id: str
    number: str
    fields: tuple[str, ...]
    path: str
    made_at: datetime
    expires_at: datetime
    live: bool
    opens: int
    last_opened_on: date | None

    @property
    def for_wallet(self) -> bool:
        """Whether it only hands the credential to a wallet."""
        return self.fields == WALLET


@dataclass(frozen=True)
class Opened:
    """What a link leads to."""

    share_id: str
    fields: frozenset[str]
    expires_at: datetime
    line: CertificateLine


@dataclass(frozen=True)
class Looked:
    """Looks at a certificate. by_month: (first day, count), oldest first, this month last; `peaks` the unusual days."""

    counted: bool
    this_month: int
    by_month: tuple[tuple[date, int], ...]
    peaks: tuple[Peak, ...]


@dataclass(frozen=True)
class Radar:
    """Numbers asked for that never were, over some days. None stands for fewer than the least cell.

    total    rounded down to a multiple of the least cell, so that nothing left out can be worked back
    days     (day, count) for every day; 0 where nothing was asked
    places   (place, count or None), the most first
    numbers  (number, count, first day, last day): those asked for at least as often as the least cell
    hidden   how many numbers were asked for less often
    often    (certificate number, its highest unusual day): copies of it may be going round
    """

    least: int
    total: int
    days: tuple[tuple[date, int | None], ...]
    places: tuple[tuple[str, int | None], ...]
    numbers: tuple[tuple[str, int, date, date], ...]
    hidden: int
    often: tuple[tuple[str, Peak], ...]


def shares_of(db: Session, box: Box, person_id: str, number: str, now: datetime) -> Sequence[ShareLine]:
    """The links to one of a person's certificates, newest first. Raises Missing."""
    certificate = queries.mine(db, person_id, number)
    rows = db.scalars(
        select(ShareLink).where(ShareLink.certificate_id == certificate.id).order_by(ShareLink.made_at.desc(), ShareLink.id.desc())
    )
    return [_line(row, number, box, now) for row in rows]


def share_of(db: Session, box: Box, person_id: str, share_id: str, now: datetime) -> ShareLine:
    """One of a person's links. Raises Missing("certificate_share.unknown")."""
    row = db.get(ShareLink, share_id)
    certificate = db.get(Certificate, row.certificate_id) if row is not None else None
    if row is None or certificate is None or certificate.person_id != person_id:
        raise Missing("certificate_share.unknown")
    return _line(row, certificate.number, box, now)


def opened(db: Session, token: str, now: datetime) -> Opened:
    """What a token leads to; unknown, ended and expired are the same Missing("certificate_share.gone")."""
    row = db.scalars(select(ShareLink).where(ShareLink.token_digest == token_digest(token))).one_or_none()
    if row is None or row.state != ShareState.LIVE or row.expires_at <= now:
        raise Missing("certificate_share.gone")
    certificate = db.get_one(Certificate, row.certificate_id)
    return Opened(row.id, frozenset(row.fields), row.expires_at, queries.certificate(db, certificate.number))


def holder_of(db: Session, number: str) -> str | None:
    """The person whose certificate has this number."""
    return db.scalar(select(Certificate.person_id).where(Certificate.number == number))


def counted(db: Session, person_id: str) -> bool:
    """Whether looks at a person's certificates are counted: yes, until they say no."""
    chosen = db.scalar(select(LookChoice.counted).where(LookChoice.person_id == person_id))
    return True if chosen is None else chosen


def looks_at(db: Session, person_id: str, number: str, today: date, months: int = 6) -> Looked:
    """How often one of a person's certificates was looked up online, month by month. Raises Missing."""
    certificate = queries.mine(db, person_id, number)
    firsts = [_month(today, back) for back in reversed(range(months))]
    rows = db.execute(
        select(LookCount.day, func.sum(LookCount.count))
        .where(LookCount.certificate_id == certificate.id, LookCount.day >= firsts[0])
        .group_by(LookCount.day)
    )
    by_day = {day: int(count) for day, count in rows}
    by_month: Counter[date] = Counter()
    for day, count in by_day.items():
        by_month[day.replace(day=1)] += count
    months_told = tuple((first, by_month[first]) for first in firsts)
    return Looked(counted(db, person_id), by_month[firsts[-1]], months_told, _peaks(db, by_day, today))


def radar(db: Session, today: date, days: int, least: int) -> Radar:
    """Numbers that never were, as they were asked for in the last `days` days; small cells left out."""
    since = today - timedelta(days=days - 1)
    rows = db.execute(
        select(UnknownLook.day, UnknownLook.number, UnknownLook.place, UnknownLook.count).where(UnknownLook.day >= since)
    ).all()
    by_day: Counter[date] = Counter()
    by_place: Counter[str] = Counter()
    by_number: Counter[str] = Counter()
    seen: dict[str, list[date]] = {}
    for day, number, origin, count in rows:
        by_day[day] += count
        by_place[origin] += count
        by_number[number] += count
        seen.setdefault(number, []).append(day)
    numbers = [(n, c, min(seen[n]), max(seen[n])) for n, c in by_number.most_common() if c >= least]
    return Radar(
        least=least,
        total=sum(by_day.values()) // least * least,
        days=tuple((d, shown(by_day[d], least) if by_day[d] else 0) for d in (since + timedelta(days=i) for i in range(days))),
        places=tuple((name, shown(count, least)) for name, count in by_place.most_common(12)),
        numbers=tuple(numbers[:50]),
        hidden=sum(1 for c in by_number.values() if c < least),
        often=_often(db, today, least),
    )


def _often(db: Session, today: date, least: int) -> tuple[tuple[str, Peak], ...]:
    """Certificates with an unusual day in the last thirty, the highest first; never one below the least cell."""
    enough = max(least, int(value(db, "look.peak", today)["least"]))
    busy = (
        select(LookCount.certificate_id)
        .where(LookCount.day > today - timedelta(days=PEAK_DAYS))
        .group_by(LookCount.certificate_id, LookCount.day)
        .having(func.sum(LookCount.count) >= enough)
    )
    rows = db.execute(
        select(Certificate.id, Certificate.number, LookCount.day, LookCount.count)
        .join(LookCount, LookCount.certificate_id == Certificate.id)
        .where(Certificate.id.in_(busy), LookCount.day > today - timedelta(days=2 * PEAK_DAYS))
    )
    held: dict[tuple[str, str], Counter[date]] = {}
    for certificate_id, number, day, count in rows:
        held.setdefault((certificate_id, number), Counter())[day] += count
    highest = [
        (number, max(found, key=lambda peak: peak.count))
        for (_, number), by_day in held.items()
        if (found := [peak for peak in _peaks(db, by_day, today) if peak.count >= enough])
    ]
    return tuple(sorted(highest, key=lambda one: (-one[1].count, one[0]))[:50])


def _peaks(db: Session, by_day: Mapping[date, int], today: date) -> tuple[Peak, ...]:
    rule = value(db, "look.peak", today)
    return peaks(by_day, today, int(rule["least"]), int(rule["times"]))


def _month(day: date, back: int) -> date:
    at = day.year * 12 + day.month - 1 - back
    return date(at // 12, at % 12 + 1, 1)


def _line(row: ShareLink, number: str, box: Box, now: datetime) -> ShareLine:
    live = row.state == ShareState.LIVE and row.expires_at > now
    path = f"/share/{box.open(row.token, place(row.id))}" if live else ""
    return ShareLine(
        row.id, number, tuple(row.fields), path, row.made_at, row.expires_at, live, row.opens, row.last_opened_on
    )
