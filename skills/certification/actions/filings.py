"""Filing a body: by review, or at once on a promise that is inspected later."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy import delete, select

from skills.accounts.queries import organisation
from skills.certification.actions import gates, norms
from skills.certification.actions.broken import begin_rechecks
from skills.certification.actions.gates import Step, Subject
from skills.certification.actions.moves import next_in_series, reason_of, take
from skills.certification.models import Filing, FilingChange, FilingPause, FilingScope
from skills.certification.queries.filings import uninspected
from skills.certification.rules import filings as rules
from skills.certification.rules.filings import ScopeItem
from skills.certification.rules.numbers import CHONGQING, BodyKind, filing_number
from skills.certification.rules.renewals import clock_for
from skills.certification.states import ENDED, FILING, ISSUING, WORKING, FilingState
from skills.certification.states.filings import FILING_CHANGE, OPEN_CHANGES
from skills.credentials.actions.designs import end_seals
from skills.kernel.acts import Act, action
from skills.kernel.errors import Missing, Refusal
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
    """Write down what a body wants to assess; again and again until it is handed in. A filing whose term is over makes room."""
    act.require("filing.submit", organisation_id)
    body = organisation(act.db, organisation_id)
    kind = rules.kind_of(body.kind, own_students_only)
    if kind is None:
        raise Refusal("filing.not_a_body", kind=body.kind_zh, kind_en=body.kind_en)
    known = {o.code: (o.kind, frozenset(o.branches)) for o in occupations(act.db)}
    rules.scope_faults(scope, known).or_refuse()
    live = select(Filing).where(Filing.organisation_id == organisation_id, Filing.state.not_in(ENDED))
    row = act.db.scalars(live).one_or_none()
    if row is not None and row.state in ISSUING and row.valid_to is not None and row.valid_to < act.today:
        _lapse(act, row)
        row = None
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
    norms.check_all(act, row.id)
    channel, due_on = clock_of(act, row)
    take(act, row, FILING, "submit", path="review", submitted_by=act.actor.account, channel=channel, due_on=due_on)
    return Numbered(row.id, row.number or "", row.state)


@action("filing.commit", may="filing.submit", step_up=True)
def commit(act: Act, filing_id: str, promised: bool) -> Numbered:
    """File at once on a promise 告知承诺: for employers only; inspected within a term, ended if found false."""
    row = _mine(act, filing_id)
    if not promised:
        raise Refusal("filing.promise_needed")
    may_promise(act, row)
    norms.check_all(act, row.id)
    _file(act, row, "commit", submitted_by=act.actor.account, **promise_terms(act))
    return Numbered(row.id, row.number or "", row.state)


@action("filing.accept", may="filing.decide")
def accept(act: Act, filing_id: str) -> Numbered:
    """File a body after review."""
    row = _theirs(act, filing_id, "filing.decide")
    _file(act, row, "accept")
    tell(act, row, "filing.accepted", number=row.number or "")
    return Numbered(row.id, row.number or "", row.state)


@action("filing.send_back", may="filing.decide")
def send_back(act: Act, filing_id: str, reason: str) -> None:
    """Send a filing back, saying what has to be mended."""
    row = _theirs(act, filing_id, "filing.decide")
    take(act, row, FILING, "send_back", reason_of(reason), due_on=None)
    tell(act, row, "filing.sent_back", reason=reason_of(reason))


@action("filing.inspect", may="filing.inspect")
def inspect(act: Act, filing_id: str, found_true: bool, finding: str) -> None:
    """Record the inspection of a promise, also after its term. A false one ends the filing, bars further
    promises, and has each certificate that was issued on it looked at by itself."""
    row = _theirs(act, filing_id, "filing.inspect")
    # One that was suspended and works again, or that ran out, is inspected still.
    later = {FilingState.EXPIRED: "confirm_expired", FilingState.FILED: "confirm_resumed"}.get(FilingState(row.state), "confirm")
    name = later if uninspected(act.db, [row.id]) else "confirm"
    FILING.check(row.state, name)
    if found_true:
        take(act, row, FILING, name, reason_of(finding))
        tell(act, row, "filing.confirmed", number=row.number or "")
        return
    _revoke(act, row, finding, broken_on=act.today)
    begin_rechecks(act, row.id)


@action("filing.suspend", may="filing.inspect", step_up=True)
def suspend(act: Act, filing_id: str, reason: str) -> None:
    """Stop a body from assessing and issuing until it has put things right."""
    row = _theirs(act, filing_id, "filing.inspect")
    stop(act, row, "suspend", reason)
    tell(act, row, "filing.suspended", reason=reason_of(reason))


@action("filing.resume", may="filing.inspect", step_up=True)
def resume(act: Act, filing_id: str, reason: str) -> None:
    """Let a suspended body work again, from the next day on: an exam of today was held by a body that was suspended."""
    row = _theirs(act, filing_id, "filing.inspect")
    FILING.check(row.state, "resume")
    gates.pass_(act, Step.RESUME, Subject(row.organisation_id, row.id))
    _go_on(act, row, take(act, row, FILING, "resume", reason_of(reason)))
    tell(act, row, "filing.confirmed", number=row.number or "")


@action("filing.revoke", may="filing.inspect", step_up=True)
def revoke(act: Act, filing_id: str, reason: str) -> None:
    """Take a filing away, and with it the body's seal. Certificates issued before stand until each is looked at.

    One whose term is over can be taken away too: exams of its term give no certificate any more. The seal stays if it belongs to
    another filing by then.
    """
    _revoke(act, _theirs(act, filing_id, "filing.inspect"), reason)


def _file(act: Act, row: Filing, name: str, **values: object) -> None:
    FILING.check(row.state, name)
    number = row.number
    if number is None:
        number = filing_number(BodyKind(row.kind), next_in_series(act, f"filing:{CHONGQING}")).text
    years = value(act.db, "filing.term_years", act.today)
    last = rules.last_day(act.today, years)
    take(act, row, FILING, name, number=number, filed_on=act.today, valid_to=last, due_on=None, **values)
    norms.put_in_force(act, row.id)


def stop(act: Act, row: Filing, name: str, why: str, **values: object) -> None:
    """Suspend or end a filing from today on; what was asked for it ends with it."""
    step = take(act, row, FILING, name, reason_of(why), **values)
    _go_on(act, row, step)
    act.add(FilingPause(step_id=step, filing_id=row.id, kind=name, since=act.today))
    act.db.flush()
    if row.state in ENDED:
        _drop_open(act, row)


def _revoke(act: Act, row: Filing, reason: str, **values: object) -> None:
    stop(act, row, "revoke", reason, **values)
    others = select(Filing.id).where(Filing.organisation_id == row.organisation_id, Filing.state.in_(WORKING))
    if act.db.scalars(others).first() is None:
        end_seals(act, row.organisation_id, "filing.revoked")
    tell(act, row, "filing.revoked", reason=reason_of(reason))


def may_promise(act: Act, row: Filing) -> None:
    """Whether a body may be filed, renewed or added to on its promise. Raises Refusal("filing.promise_refused")."""
    body = organisation(act.db, row.organisation_id)
    broken = act.db.scalars(
        select(Filing.broken_on).where(Filing.organisation_id == row.organisation_id, Filing.broken_on.is_not(None))
    ).all()
    last = max((b for b in broken if b), default=None)
    bar = value(act.db, "filing.promise_bar_years", act.today)
    rules.may_promise(BodyKind(row.kind), body.kind, last, bar, act.today).or_refuse()


def promise_terms(act: Act) -> dict[str, object]:
    """What stands in a filing that rests on a promise: its path, and by when it is inspected."""
    days = value(act.db, "filing.inspect_working_days", act.today)
    return {"path": "commitment", "inspect_by": add_working_days(act.today, days)}


def clock_of(act: Act, row: Filing) -> tuple[str, date]:
    """The channel of what is handed in today, and the day by which the authority answers."""
    clock = clock_for(
        organisation(act.db, row.organisation_id).kind, value(act.db, "filing.green", act.today),
        value(act.db, "filing.review_working_days", act.today),
    )  # fmt: skip
    return clock.channel, add_working_days(act.today, clock.working_days)


def _lapse(act: Act, row: Filing) -> None:
    take(act, row, FILING, "lapse")
    _drop_open(act, row)


def _drop_open(act: Act, row: Filing) -> None:
    for change in act.db.scalars(
        select(FilingChange).where(FilingChange.filing_id == row.id, FilingChange.state.in_(OPEN_CHANGES))
    ).all():
        take(act, change, FILING_CHANGE, "drop", due_on=None)


def _go_on(act: Act, row: Filing, step: str) -> None:
    running = act.find(FilingPause, filing_id=row.id, until=None)
    if running is not None:
        running.until, running.ended_step = act.today, step
        act.db.flush()


def _mine(act: Act, filing_id: str) -> Filing:
    row = act.get(Filing, id=filing_id)
    act.require("filing.submit", row.organisation_id)
    if not act.db.scalars(select(FilingScope.id).where(FilingScope.filing_id == row.id).limit(1)).first():
        raise Refusal("filing.scope_empty")
    return row


def _theirs(act: Act, filing_id: str, right: str) -> Filing:
    row = act.get(Filing, id=filing_id)
    in_reach(act, row, right)
    if row.submitted_by == act.actor.account:
        raise Refusal("filing.own_work")
    return row


def in_reach(act: Act, row: Filing, right: str) -> None:
    """A clerk of a district decides on bodies of that district. Raises Missing("filing.unknown")."""
    bounds = act.actor.districts_for(right)
    if bounds is not None and organisation(act.db, row.organisation_id).district not in bounds:
        raise Missing("filing.unknown")


def tell(act: Act, row: Filing, code: str, **facts: str) -> None:
    """Tell a body what became of its filing."""
    send(act, organisation_id=row.organisation_id, code=code, **facts)
