"""Batches: drafted by one person, approved by another, opened, closed."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import date

from skills.accounts import queries as accounts
from skills.accounts.rules import OrganisationKind
from skills.kernel.acts import Act, action
from skills.kernel.errors import Forbidden, Missing, Refusal
from skills.standards import queries as standards
from skills.standards.rules import Level
from skills.vouchers.actions.ending import end_line, how_many_wait
from skills.vouchers.models import Batch
from skills.vouchers.queries.people import PROGRAMME, TYPE, limits, named, payee_of_type
from skills.vouchers.rules import Payee, ScopeForm, Terms, ValueForm, may_draft
from skills.vouchers.states import BATCH, BatchState


@dataclass(frozen=True)
class BatchOrder:
    """A batch as it is drafted. Money in 分; an empty tuple is no bound."""

    title: str
    programme: str
    training_type: str
    district: str
    groups: tuple[str, ...]
    claim_from: date
    claim_until: date
    life_months: int
    face: int
    count_ceiling: int
    money_ceiling: int
    policy_source: str
    value_form: ValueForm = ValueForm.FACE
    scope_form: ScopeForm = ScopeForm.DIRECTED
    payee: Payee = Payee.INSTITUTION
    percent: int = 100
    occupations: tuple[str, ...] = ()
    levels: tuple[int, ...] = ()
    zone: str = ""
    institutions: tuple[str, ...] = ()


@dataclass(frozen=True)
class BatchMade:
    """A batch and its state."""

    batch_id: str
    state: str


def own_district(act: Act, right: str, district: str) -> None:
    """Insist that the actor holds the right in this district; what is elsewhere does not exist."""
    held = act.actor.districts_for(right)
    if held is not None and district not in held:
        raise Missing("voucher_batch.unknown")


@action("batch.draft", may="batch.draft")
def draft(act: Act, order: BatchOrder) -> BatchMade:
    """Draft a batch of vouchers. Raises Refusal("voucher_batch.not_right") with every point, Missing for unknown codes."""
    held = act.actor.districts_for("batch.draft")
    if held is not None and order.district not in held:
        raise Forbidden("not_allowed", right="batch.draft")
    _known(act, order)
    terms = Terms(
        "", order.title.strip(), order.groups, order.occupations, order.levels, order.zone, order.institutions,
        order.claim_from, order.claim_until, order.life_months, order.face, order.percent, order.value_form,
        order.scope_form, order.payee,
    )
    payee = payee_of_type(act.db, order.training_type, act.today)
    may_draft(terms, order.count_ceiling, order.money_ceiling, limits(act.db, act.today), payee).or_refuse()
    values = asdict(order) | {
        "title": terms.title, "groups": list(order.groups), "occupations": list(order.occupations),
        "levels": list(order.levels), "institutions": list(order.institutions),
        "policy_source": order.policy_source.strip()[:400],
    }  # fmt: skip
    batch = act.add(
        Batch(id=act.new_id(), state=BatchState.DRAFT, drafted_by=act.actor.account, drafted_at=act.at, **values)
    )
    act.note("voucher_batch.draft", id=batch.id, count=batch.count_ceiling, cents=batch.money_ceiling)
    return BatchMade(batch.id, batch.state)


def _known(act: Act, order: BatchOrder) -> None:
    """Codes that nobody knows are refused before anything is written."""
    standards.district(act.db, order.district)
    for code in order.occupations:
        standards.occupation(act.db, code)
    for rank in order.levels:
        if rank not in set(Level):
            raise Refusal("voucher_batch.level_unknown", level=rank)
    if order.programme not in {p.code for p in named(act.db, PROGRAMME, act.today)}:
        raise Refusal("voucher_batch.programme_unknown", programme=order.programme)
    if order.training_type not in {t.code for t in named(act.db, TYPE, act.today)}:
        raise Refusal("voucher_batch.type_unknown", type=order.training_type)
    for institution in order.institutions:
        found = accounts.organisation(act.db, institution)
        if found.kind not in (OrganisationKind.INSTITUTION, OrganisationKind.COLLEGE):
            raise Missing("organisation.unknown")


@action("batch.approve", may="batch.approve")
def approve(act: Act, batch_id: str) -> BatchMade:
    """Approve a draft: by somebody else than its author. Raises Refusal("voucher_batch.own_work")."""
    batch = own_batch(act, batch_id, "batch.approve")
    BATCH.check(batch.state, "approve")
    if batch.drafted_by == act.actor.account:
        raise Refusal("voucher_batch.own_work")
    act.move(batch, BATCH, "approve", approved_by=act.actor.account, approved_at=act.at)
    return BatchMade(batch.id, batch.state)


@action("batch.drop", may="batch.draft")
def drop(act: Act, batch_id: str) -> BatchMade:
    """Give a draft up."""
    batch = own_batch(act, batch_id, "batch.draft")
    act.move(batch, BATCH, "drop", closed_at=act.at)
    return BatchMade(batch.id, batch.state)


@action("batch.open", may="batch.issue")
def open_(act: Act, batch_id: str) -> BatchMade:
    """Open an approved batch: from now on vouchers are issued and claimed."""
    batch = own_batch(act, batch_id, "batch.issue")
    act.move(batch, BATCH, "open", opened_at=act.at)
    return BatchMade(batch.id, batch.state)


@action("batch.close", may="batch.issue")
def close(act: Act, batch_id: str, reason: str = "") -> BatchMade:
    """Close a batch: nothing more is issued or claimed; vouchers that people hold stay usable. Whoever waits is told why.

    Raises Refusal("voucher_batch.close_reason") if somebody waits and no reason is given.
    """
    batch = own_batch(act, batch_id, "batch.issue")
    act.move(batch, BATCH, "close", closed_at=act.at, close_reason=reason.strip()[:400])
    if not batch.close_reason and (people := how_many_wait(act, batch.id)):
        raise Refusal("voucher_batch.close_reason", people=people)
    end_line(act, batch)
    return BatchMade(batch.id, batch.state)


def own_batch(act: Act, batch_id: str, right: str) -> Batch:
    """A batch in whose district the actor holds the right. Raises Missing("voucher_batch.unknown")."""
    batch = act.get(Batch, id=batch_id)
    own_district(act, right, batch.district)
    return batch
