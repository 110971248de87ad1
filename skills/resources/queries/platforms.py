"""The public register of training platforms, and the bureau's desk for it."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from skills.kernel.errors import Missing
from skills.resources.models import Platform
from skills.resources.rules import PLATFORM_KINDS
from skills.resources.states import PLATFORM, PlatformState
from skills.standards import queries as standards

PUBLIC_STATES = (PlatformState.RECOGNISED, PlatformState.WITHDRAWN)
PAGE = 50


@dataclass(frozen=True)
class Wanted:
    """What somebody looks for. Empty means any; `over`: those that are withdrawn or whose term is over."""

    kind: str = ""
    district: str = ""
    occupation: str = ""
    words: str = ""
    over: bool = False


@dataclass(frozen=True)
class PlatformLine:
    """An entry. `kind_words` and `state_words` in both languages; `in_force` on the day asked."""

    id: str
    kind: str
    kind_words: tuple[str, str]
    name: str
    organisation: str
    district: str
    district_name: str
    address: str
    occupations: tuple[str, ...]
    occupation_names: tuple[str, ...]
    recognised_by: str
    document: str
    recognised_on: date
    recognised_until: date | None
    state: str
    state_words: tuple[str, str]
    reason: str
    in_force: bool


def register(db: Session, wanted: Wanted, day: date, after: str = "", most: int | None = PAGE) -> list[PlatformLine]:
    """Public entries that fit, the newest first."""
    chosen = select(Platform).where(Platform.state.in_(PUBLIC_STATES)).order_by(Platform.id.desc())
    if wanted.kind:
        chosen = chosen.where(Platform.kind == wanted.kind)
    if wanted.district:
        chosen = chosen.where(Platform.district == wanted.district)
    if after:
        chosen = chosen.where(Platform.id < after)
    for word in wanted.words.split()[:5]:
        chosen = chosen.where(Platform.name.contains(word, autoescape=True) | Platform.organisation.contains(word, autoescape=True))
    current = Platform.recognised_until.is_(None) | (Platform.recognised_until >= day)
    if wanted.over:
        chosen = chosen.where((Platform.state == PlatformState.WITHDRAWN) | ~current)
    else:
        chosen = chosen.where(Platform.state == PlatformState.RECOGNISED, current)
    rows = db.scalars(chosen).all()
    if wanted.occupation:
        rows = [r for r in rows if wanted.occupation in r.occupations]
    return _lines(db, rows[:most], day)


def counts(db: Session, day: date) -> list[tuple[str, int]]:
    """kind → how many are recognised today; every kind, in the order of the policy."""
    current = Platform.recognised_until.is_(None) | (Platform.recognised_until >= day)
    found = dict(
        db.execute(
            select(Platform.kind, func.count()).where(Platform.state == PlatformState.RECOGNISED, current).group_by(Platform.kind)
        ).all()
    )
    return [(kind, found.get(kind, 0)) for kind in PLATFORM_KINDS]


def public(db: Session, platform_id: str, day: date) -> PlatformLine:
    """A public entry. Raises Missing("platform.unknown")."""
    row = db.get(Platform, platform_id)
    if row is None or row.state not in PUBLIC_STATES:
        raise Missing("platform.unknown")
    return _lines(db, [row], day)[0]


def desk(db: Session, districts: Collection[str] | None, state: str, day: date, after: str = "", most: int = PAGE) -> list[PlatformLine]:
    """Entries in a state in these districts (None: the whole city), the newest first."""
    chosen = select(Platform).where(Platform.state == state).order_by(Platform.id.desc()).limit(most)
    if districts is not None:
        chosen = chosen.where(Platform.district.in_(districts))
    if after:
        chosen = chosen.where(Platform.id < after)
    return _lines(db, db.scalars(chosen).all(), day)


def _lines(db: Session, rows: Sequence[Platform], day: date) -> list[PlatformLine]:
    districts = {d.code: d.name for d in standards.districts(db)}
    jobs = {o.code: o.name for o in standards.occupations(db)}
    return [
        PlatformLine(
            r.id, r.kind, PLATFORM_KINDS[r.kind], r.name, r.organisation, r.district, districts.get(r.district, r.district), r.address,
            tuple(r.occupations), tuple(jobs.get(c, c) for c in r.occupations), r.recognised_by, r.document, r.recognised_on,
            r.recognised_until, r.state, PLATFORM.words[PlatformState(r.state)], r.reason,
            r.state == PlatformState.RECOGNISED and (r.recognised_until is None or r.recognised_until >= day),
        )
        for r in rows
    ]  # fmt: skip
