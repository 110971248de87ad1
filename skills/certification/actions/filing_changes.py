"""A filing in force is renewed, added to, or given up: asked by the body, decided by the authority or by the body's promise."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any, cast

from skills.certification.actions import gates, norms
from skills.certification.actions.filings import clock_of, in_reach, may_promise, promise_terms, stop, tell
from skills.certification.actions.gates import Step, Subject
from skills.certification.actions.moves import reason_of, take
from skills.certification.models import Filing, FilingChange, FilingScope
from skills.certification.queries import filing_changes as queries
from skills.certification.queries.filings import filed
from skills.certification.rules import filings as rules
from skills.certification.rules.filings import ScopeItem
from skills.certification.states import FILING
from skills.certification.states.filings import FILING_CHANGE, OPEN_CHANGES, ChangeKind
from skills.credentials.actions.designs import end_seals
from skills.kernel.acts import Act, action
from skills.kernel.canon import plain
from skills.kernel.errors import Refusal
from skills.standards.queries import occupations, value

MOVES = {ChangeKind.RENEWAL: "renew", ChangeKind.ADDITION: "extend", ChangeKind.WITHDRAWAL: "withdraw"}


@dataclass(frozen=True)
class Asked:
    """A request and where it stands."""

    change_id: str
    state: str


@action("filing_change.ask", may="filing.submit")
def ask(
    act: Act, filing_id: str, kind: ChangeKind, scope: tuple[ScopeItem, ...] = (), statement: str = "", incentives: str = ""
) -> Asked:
    """Ask the authority for another term, for more in the scope, or to be let go; one request at a time."""
    row = _own(act, filing_id)
    change = _ask(act, row, kind, "review", scope, statement, incentives)
    return Asked(change.id, change.state)


@action("filing_change.promise", may="filing.submit", step_up=True)
def promise(
    act: Act, filing_id: str, kind: ChangeKind, promised: bool, scope: tuple[ScopeItem, ...] = (), statement: str = "",
    incentives: str = "",
) -> Asked:  # fmt: skip
    """Renew or add at once on a promise 告知承诺: for employers only, on the same conditions, inspected within a term."""
    row = _own(act, filing_id)
    if not promised or kind is ChangeKind.WITHDRAWAL:
        raise Refusal("filing.promise_needed")
    may_promise(act, row)
    change = _ask(act, row, kind, "promise", scope, statement, incentives)
    _give(act, change, row, "")
    return Asked(change.id, change.state)


@action("filing_change.ask_again", may="filing.submit")
def ask_again(
    act: Act, change_id: str, scope: tuple[ScopeItem, ...] = (), statement: str = "", incentives: str = ""
) -> Asked:
    """Hand in a request that was sent back, mended; the clock starts anew. It was asked for on the day of the first time."""
    change, row = _mine(act, change_id)
    FILING_CHANGE.check(change.state, "ask_again")
    _say(act, change, row, scope, statement, incentives)
    channel, due_on = clock_of(act, row)
    take(act, change, FILING_CHANGE, "ask_again", channel=channel, due_on=due_on, asked_by=act.actor.account)
    return Asked(change.id, change.state)


@action("filing_change.drop", may="filing.submit")
def drop(act: Act, change_id: str) -> None:
    """Take a request back."""
    change, _ = _mine(act, change_id)
    take(act, change, FILING_CHANGE, "drop", due_on=None)


@action("filing_change.grant", may="filing.decide")
def grant(act: Act, change_id: str, reason: str = "") -> Asked:
    """Grant a request: it is looked at again as things stand today, but for the window in which it was asked in time."""
    change, row = _theirs(act, change_id)
    _give(act, change, row, reason)
    tell(act, row, f"filing.granted_{change.kind}", number=row.number or "", until=str(row.valid_to))
    return Asked(change.id, change.state)


@action("filing_change.send_back", may="filing.decide")
def send_back(act: Act, change_id: str, reason: str) -> None:
    """Send a request back with what is missing: the clock stops until it comes again."""
    change, row = _theirs(act, change_id)
    take(act, change, FILING_CHANGE, "send_back", reason_of(reason), due_on=None, reason=reason_of(reason))
    tell(act, row, "filing.sent_back", reason=reason_of(reason))


@action("filing_change.refuse", may="filing.decide")
def refuse(act: Act, change_id: str, reason: str) -> None:
    """Refuse a request with a reason; the filing stays as it is."""
    change, row = _theirs(act, change_id)
    take(act, change, FILING_CHANGE, "refuse", reason_of(reason), **_decided(act, reason_of(reason)))
    tell(act, row, "filing.change_refused", reason=reason_of(reason))


def _ask(
    act: Act, row: Filing, kind: ChangeKind, path: str, scope: tuple[ScopeItem, ...], statement: str, incentives: str
) -> FilingChange:
    if act.find(FilingChange, filing_id=row.id, state=OPEN_CHANGES[0]) or act.find(
        FilingChange, filing_id=row.id, state=OPEN_CHANGES[1]
    ):
        raise Refusal("filing_change.open")
    channel, due_on = clock_of(act, row)
    change = FilingChange(
        id=act.new_id(), filing_id=row.id, kind=kind, path=path, state=FILING_CHANGE.start, scope=[], statement="",
        incentives="", channel=channel, asked_by=act.actor.account, asked_on=act.today, asked_at=act.at, due_on=due_on, reason="",
    )  # fmt: skip
    _say(act, change, row, scope, statement, incentives)
    act.add(change)
    act.note("filing_change.ask", id=change.id, kind=kind, path=path)
    return change


def _say(act: Act, change: FilingChange, row: Filing, scope: tuple[ScopeItem, ...], statement: str, incentives: str) -> None:
    kind = ChangeKind(change.kind)
    FILING.check(row.state, MOVES[kind])
    change.statement, change.incentives = statement.strip()[:2000], incentives.strip()[:2000]
    if kind is ChangeKind.RENEWAL:
        _judge(act, change, row)
    elif kind is ChangeKind.ADDITION:
        change.scope = [[i.occupation, i.branch, int(i.level)] for i in sorted(set(scope))]
        _addable(act, change, row)
    else:
        reason_of(statement)
        queries.withdrawal(act.db, row.id).or_refuse()


def _judge(act: Act, change: FilingChange, row: Filing) -> None:
    verdict = queries.renewal(act.db, row.id, change.asked_on, change.statement, change.incentives)
    verdict.or_refuse()
    gates.pass_(act, Step.RENEWAL, Subject(row.organisation_id, row.id))
    norms.check_all(act, row.id)
    change.verdict = cast("dict[str, Any]", plain(verdict))


def _addable(act: Act, change: FilingChange, row: Filing) -> None:
    """Whether what is to be added may stand in the scope beside what is there; the term is not over."""
    new, there = queries.items_of(change), filed(act.db, row)
    if not there.in_term(act.today):
        raise Refusal("filing.over", number=row.number or "", until=row.valid_to)
    if not new - there.scope:
        raise Refusal("filing.addition_nothing")
    known = {o.code: (o.kind, frozenset(o.branches)) for o in occupations(act.db)}
    rules.scope_faults(sorted(there.scope | new), known).or_refuse()
    norms.check_all(act, row.id, new)


def _give(act: Act, change: FilingChange, row: Filing, reason: str) -> None:
    kind, promised = ChangeKind(change.kind), change.path == "promise"
    values: dict[str, Any] = {}
    after: dict[str, Any] = promise_terms(act) if promised else {}
    name = MOVES[kind] + ("_on_promise" if promised else "")
    if kind is ChangeKind.RENEWAL:
        _judge(act, change, row)
        if row.valid_to is None:
            raise Refusal("changed_meanwhile")
        first = row.valid_to + timedelta(days=1)
        last = rules.last_day(first, value(act.db, "filing.term_years", act.today))
        values, after = {"term_from": first, "term_to": last}, {**after, "valid_to": last}
    elif kind is ChangeKind.ADDITION:
        _addable(act, change, row)
        for item in sorted(queries.items_of(change) - filed(act.db, row).scope):
            act.add(
                FilingScope(
                    id=act.new_id(), filing_id=row.id, occupation=item.occupation, branch=item.branch, level=int(item.level),
                    added_on=act.today,
                )
            )  # fmt: skip
    take(act, change, FILING_CHANGE, "grant", reason.strip()[:400], **_decided(act, reason.strip()[:400]), **values)
    if kind is ChangeKind.WITHDRAWAL:
        queries.withdrawal(act.db, row.id).or_refuse()
        stop(act, row, "withdraw", reason or change.statement)
        end_seals(act, row.organisation_id, "filing.withdrawn")
    else:
        take(act, row, FILING, name, **after)
        norms.put_in_force(act, row.id)


def _decided(act: Act, reason: str) -> dict[str, Any]:
    return {"due_on": None, "decided_by": act.actor.account, "decided_at": act.at, "reason": reason}


def _own(act: Act, filing_id: str) -> Filing:
    row = act.get(Filing, id=filing_id)
    act.require("filing.submit", row.organisation_id)
    return row


def _mine(act: Act, change_id: str) -> tuple[FilingChange, Filing]:
    change = act.get(FilingChange, id=change_id)
    return change, _own(act, change.filing_id)


def _theirs(act: Act, change_id: str) -> tuple[FilingChange, Filing]:
    change = act.get(FilingChange, id=change_id)
    if change.asked_by == act.actor.account:
        raise Refusal("filing.own_work")
    row = act.get(Filing, id=change.filing_id)
    in_reach(act, row, "filing.decide")
    return change, row
