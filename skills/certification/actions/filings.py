"""Filing a body: by review, or at once on a promise that is inspected later."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import delete, select

from skills.accounts.queries import organisation
from skills.certification.actions.moves import next_in_series, reason_of, take
from skills.certification.models import Filing, FilingScope
from skills.certification.rules import filings as rules
from skills.certification.rules.filings import ScopeItem
from skills.certification.rules.numbers import CHONGQING, BodyKind, filing_number
from skills.certification.states import FILING, FilingState
from skills.credentials.actions.designs import end_seals
from skills.kernel.acts import Act, action
from skills.kernel.errors import Refusal
from skills.messages.actions import send
from skills.standards.calendar import add_working_days
from skills.standards.queries import occupations, value


@dataclass(frozen=True)
class Drafted:
    """A filing in draft."""

    filing_id: str


@dataclass(frozen=True)
class Numbered:
    """A filing with its number, empty while it is under review."""

    filing_id: str
    number: str
    state: str


@action("filing.draft", may="filing.submit")
def draft(
    act: Act, organisation_id: str, scope: tuple[ScopeItem, ...], contact: str, own_students_only: bool = False
) -> Drafted:
    """Write down what a body wants to assess; again and again until it is handed in."""
    act.require("filing.submit", organisation_id)
    body = organisation(act.db, organisation_id)
    kind = rules.kind_of(body.kind, own_students_only)
    if kind is None:
        raise Refusal("filing.not_a_body", kind=body.kind_zh, kind_en=body.kind_en)
    known = {o.code: (o.kind, frozenset(o.branches)) for o in occupations(act.db)}
    rules.scope_faults(scope, known).or_refuse()
    live = select(Filing).where(Filing.organisation_id == organisation_id, Filing.state != FilingState.REVOKED)
    row = act.db.scalars(live).one_or_none()
    if row is None:
        row = act.add(
            Filing(
                id=act.new_id(), organisation_id=organisation_id, kind=kind, path="", state=FilingState.DRAFT,
                contact=contact[:60], made_at=act.at,
            )
        )  # fmt: skip
    elif row.state not in (FilingState.DRAFT, FilingState.SUPPLEMENT):
        words = FILING.words[FilingState(row.state)]
        raise Refusal("filing.not_in_draft", state=words[0], state_en=words[1])
    row.kind, row.contact = kind, contact[:60]
    act.db.execute(delete(FilingScope).where(FilingScope.filing_id == row.id))
    for item in sorted(set(scope)):
        act.db.add(
            FilingScope(
                id=act.new_id(), filing_id=row.id, occupation=item.occupation, branch=item.branch, level=item.level
            )
        )
    act.note("filing.draft", id=row.id, items=len(set(scope)))
    return Drafted(row.id)


@action("filing.submit", may="filing.submit")
def submit(act: Act, filing_id: str) -> Numbered:
    """Hand a filing in for review by the authority."""
    row = _mine(act, filing_id)
    take(act, row, FILING, "submit", path="review", submitted_by=act.actor.account)
    return Numbered(row.id, row.number or "", row.state)


@action("filing.commit", may="filing.submit", step_up=True)
def commit(act: Act, filing_id: str, promised: bool) -> Numbered:
    """File at once on a promise 告知承诺: for employers only; inspected within a term, ended if found false."""
    row = _mine(act, filing_id)
    if not promised:
        raise Refusal("filing.promise_needed")
    body = organisation(act.db, row.organisation_id)
    broken = act.db.scalars(
        select(Filing.broken_on).where(Filing.organisation_id == row.organisation_id, Filing.broken_on.is_not(None))
    ).all()
    last = max((b for b in broken if b), default=None)
    bar = value(act.db, "filing.promise_bar_years", act.today)
    rules.may_promise(BodyKind(row.kind), body.kind, last, bar, act.today).or_refuse()
    days = value(act.db, "filing.inspect_working_days", act.today)
    _file(act, row, "commit", path="commitment", submitted_by=act.actor.account,
          inspect_by=add_working_days(act.today, days))  # fmt: skip
    return Numbered(row.id, row.number or "", row.state)


@action("filing.accept", may="filing.decide")
def accept(act: Act, filing_id: str) -> Numbered:
    """File a body after review."""
    row = _theirs(act, filing_id)
    _file(act, row, "accept")
    _tell(act, row, "filing.accepted", number=row.number or "")
    return Numbered(row.id, row.number or "", row.state)


@action("filing.send_back", may="filing.decide")
def send_back(act: Act, filing_id: str, reason: str) -> None:
    """Send a filing back, saying what has to be mended."""
    row = _theirs(act, filing_id)
    take(act, row, FILING, "send_back", reason_of(reason))
    _tell(act, row, "filing.sent_back", reason=reason_of(reason))


@action("filing.inspect", may="filing.inspect")
def inspect(act: Act, filing_id: str, found_true: bool, finding: str) -> None:
    """Record the inspection of a promise. A false one ends the filing and bars further promises."""
    row = _theirs(act, filing_id)
    if found_true:
        take(act, row, FILING, "confirm", reason_of(finding))
        _tell(act, row, "filing.confirmed", number=row.number or "")
        return
    FILING.check(row.state, "confirm")
    take(act, row, FILING, "revoke", reason_of(finding), broken_on=act.today)
    end_seals(act, row.organisation_id, "filing.revoked")
    _tell(act, row, "filing.revoked", reason=reason_of(finding))


@action("filing.suspend", may="filing.inspect", step_up=True)
def suspend(act: Act, filing_id: str, reason: str) -> None:
    """Stop a body from assessing and issuing until it has put things right."""
    row = _theirs(act, filing_id)
    take(act, row, FILING, "suspend", reason_of(reason))
    _tell(act, row, "filing.suspended", reason=reason_of(reason))


@action("filing.resume", may="filing.inspect", step_up=True)
def resume(act: Act, filing_id: str, reason: str) -> None:
    """Let a suspended body work again."""
    row = _theirs(act, filing_id)
    take(act, row, FILING, "resume", reason_of(reason))
    _tell(act, row, "filing.confirmed", number=row.number or "")


@action("filing.revoke", may="filing.inspect", step_up=True)
def revoke(act: Act, filing_id: str, reason: str) -> None:
    """Take a filing away, and with it the body's seal. Certificates issued before stand until each is looked at."""
    row = _theirs(act, filing_id)
    take(act, row, FILING, "revoke", reason_of(reason))
    end_seals(act, row.organisation_id, "filing.revoked")
    _tell(act, row, "filing.revoked", reason=reason_of(reason))


def _file(act: Act, row: Filing, name: str, **values: object) -> None:
    FILING.check(row.state, name)
    number = row.number
    if number is None:
        number = filing_number(BodyKind(row.kind), next_in_series(act, f"filing:{CHONGQING}")).text
    years = value(act.db, "filing.term_years", act.today)
    take(act, row, FILING, name, number=number, filed_on=act.today, valid_to=rules.last_day(act.today, years), **values)


def _mine(act: Act, filing_id: str) -> Filing:
    row = act.get(Filing, id=filing_id)
    act.require("filing.submit", row.organisation_id)
    if not act.db.scalars(select(FilingScope.id).where(FilingScope.filing_id == row.id).limit(1)).first():
        raise Refusal("filing.scope_empty")
    return row


def _theirs(act: Act, filing_id: str) -> Filing:
    row = act.get(Filing, id=filing_id)
    if row.submitted_by == act.actor.account:
        raise Refusal("filing.own_work")
    return row


def _tell(act: Act, row: Filing, code: str, *, number: str = "", reason: str = "") -> None:
    send(act, organisation_id=row.organisation_id, code=code, number=number, reason=reason)


