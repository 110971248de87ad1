"""Vouchers for programs: the same actions as the pages. There is no way to list or search vouchers of others."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any

from pydantic import BaseModel, Field, TypeAdapter

from skills.kernel.findings import Finding
from skills.vouchers import queries
from skills.vouchers.actions import batches, ceilings, claims, disputes, issuing, reaching, waiting
from skills.vouchers.actions.batches import BatchMade, BatchOrder
from skills.vouchers.actions.ceilings import RaiseMade
from skills.vouchers.actions.claims import Claimed
from skills.vouchers.actions.disputes import Disputed
from skills.vouchers.actions.issuing import IssueOrdered, Listed, Voided
from skills.vouchers.actions.reaching import ReachOrdered
from skills.vouchers.actions.waiting import InLine
from skills.vouchers.queries import BatchPage, BatchView, EntryView, Funnel, Line, Place, RaiseView, ReachPage
from skills.vouchers.rules import FACE, MONEY, Payee, ScopeForm, ValueForm
from skills.vouchers.views.bureau import SEE, mine
from skills.vouchers.views.funnel import Way, way_of
from skills.vouchers.views.holder import HOLD, missed_of
from skills.web import i18n, paging
from skills.web.amounts import Cents
from skills.web.openapi import request_key
from skills.web.pages import Room, db, me, perform, today

room = Room("vouchers_api", __name__)
_ORDER: TypeAdapter[BatchOrder] = TypeAdapter(BatchOrder)
FACES = [room]


class BatchBody(BaseModel):
    """A batch as it is drafted. Money in 分; an empty list is no bound; levels are ranks 1-8."""

    title: str = Field(min_length=1, max_length=60)
    programme: str = "mantianxing"
    training_type: str = "employment"
    district: str
    groups: list[str]
    claim_from: date
    claim_until: date
    life_months: int = Field(ge=1, le=12)
    face: Annotated[int, Cents(FACE)]
    count_ceiling: int = Field(ge=1, le=1_000_000)
    money_ceiling: Annotated[int, Cents(MONEY)]
    policy_source: str = Field(min_length=1, max_length=400)
    value_form: ValueForm = ValueForm.FACE
    scope_form: ScopeForm = ScopeForm.DIRECTED
    payee: Payee = Payee.INSTITUTION
    percent: int = Field(default=100, ge=1, le=100)
    occupations: list[str] = Field(default=[], max_length=100)
    levels: list[int] = Field(default=[], max_length=8)
    zone: str = Field(default="", max_length=24)
    institutions: list[str] = Field(default=[], max_length=200)


class CeilingBody(BaseModel):
    """New ceilings of a batch: vouchers ever issued, and money bound at a time in 分."""

    count: int = Field(ge=1, le=1_000_000)
    money: Annotated[int, Cents(MONEY)]
    reason: str = Field(min_length=1, max_length=400)
    policy_source: str = Field(min_length=1, max_length=400)


class VoidBody(BaseModel):
    """Why a voucher is taken back."""

    reason: str = Field(min_length=1, max_length=400)


class DecisionBody(BaseModel):
    """Why something is not approved."""

    decision: str = Field(min_length=1, max_length=400)


class PeopleBody(BaseModel):
    """People by id."""

    people: list[str] = Field(max_length=issuing.MOST_IN_A_LIST)


class ClaimBody(BaseModel):
    """The batch of which a voucher is claimed."""

    batch_id: str = Field(max_length=26)


class CloseBody(BaseModel):
    """Why a batch is closed; needed if anybody waits for it, who reads it."""

    reason: str = Field(default="", max_length=400)


class MyVoucher(BaseModel):
    """A voucher of one's own. `face` in 分."""

    id: str
    batch_id: str
    title: str
    face: int
    state: str
    valid_until: date
    claimed_at: datetime | None


class Said(BaseModel):
    """A no in one language: the sentence, and what would turn it into a yes."""

    detail: str
    todo: str


class Missed(BaseModel):
    """One condition that is not met: its code, the rule it rests on, the facts it was decided on, and both languages."""

    code: str
    clause: str
    facts: dict[str, Any]
    zh: Said
    en: Said


class MyOffer(BaseModel):
    """A voucher that waits to be claimed; `missed` is what stands in the way."""

    batch_id: str
    title: str
    face: int
    claim_until: date
    claimable: bool
    missed: list[Missed]


class MyVouchers(BaseModel):
    """One's own wallet."""

    vouchers: list[MyVoucher]
    offers: list[MyOffer]


@room.api("GET", "/me/vouchers", may=HOLD, answers=MyVouchers)
def my_vouchers() -> MyVouchers:
    """One's own vouchers and what can be claimed."""
    person, day = me().person_id, today()
    return MyVouchers(
        vouchers=[
            MyVoucher(id=v.id, batch_id=v.batch_id, title=v.title, face=v.face, state=v.state,
                      valid_until=v.valid_until, claimed_at=v.claimed_at)
            for v in queries.wallet(db(), person, day)
        ],
        offers=[
            MyOffer(batch_id=o.batch_id, title=o.title, face=o.face, claim_until=o.claim_until,
                    claimable=o.verdict.yes, missed=[missed_told(f) for f in missed_of(o)])
            for o in queries.offers(db(), person, day)
        ],
    )  # fmt: skip


def missed_told(finding: Finding) -> Missed:
    """A condition that is not met as a program reads it."""
    zh, en = (i18n.tell_findings([finding], language)[0] for language in i18n.LANGUAGES)
    return Missed(
        code=finding.code, clause=zh.clause, facts=dict(finding.facts), zh=Said(detail=zh.text, todo=zh.todo),
        en=Said(detail=en.text, todo=en.todo),
    )  # fmt: skip


@room.api("GET", "/me/vouchers/<voucher_id>/ledger", may=HOLD, answers=list[EntryView], by=("number",))
def my_ledger(voucher_id: str) -> list[EntryView]:
    """What happened to one's own voucher and to its money, newest first, and by whose hand."""
    return list(queries.ticket(db(), voucher_id, me().person_id, today()).entries)


@room.api("POST", "/vouchers/claims", does=claims.claim, body=ClaimBody, answers=Claimed, status=201)
def create_claim(body: ClaimBody) -> Claimed:
    """Claim a voucher of a batch."""
    return perform(claims.claim, request_key(), batch_id=body.batch_id)


@room.api("GET", "/me/waiting", may=HOLD, answers=list[Place], by=("batch_id",))
def my_places() -> list[Place]:
    """Where one waits oneself, with how many stand before."""
    return queries.places_of(db(), me().person_id)


@room.api("POST", "/me/waiting/<batch_id>/join", does=waiting.join, answers=InLine, status=201)
def join_line(batch_id: str) -> InLine:
    """Go onto the waiting list of a batch that is used up."""
    return perform(waiting.join, request_key(), batch_id=batch_id)


@room.api("POST", "/me/waiting/<batch_id>/leave", does=waiting.leave, answers=InLine)
def leave_line(batch_id: str) -> InLine:
    """Leave a waiting list."""
    return perform(waiting.leave, request_key(), batch_id=batch_id)


@room.api("GET", "/batches/<batch_id>/waiting", may=SEE, answers=Line)
def batch_line(batch_id: str) -> Line:
    """How long the waiting list of a batch is, what is left for it and what will come back."""
    queries.batch(db(), batch_id, mine(), today())
    return queries.line(db(), batch_id, today())


@room.api("POST", "/vouchers/<voucher_id>/void", does=issuing.void, body=VoidBody, answers=Voided)
def void_voucher(voucher_id: str, body: VoidBody) -> Voided:
    """Take back a voucher that was not used, with a reason that its holder reads."""
    return perform(issuing.void, request_key(), voucher_id=voucher_id, reason=body.reason)


@room.api("POST", "/me/vouchers/<voucher_id>/dispute", does=disputes.open_, answers=Disputed, status=201)
def deny_use(voucher_id: str) -> Disputed:
    """Say that the present use of one's own voucher was somebody else's doing: its money is frozen at once."""
    return perform(disputes.open_, request_key(), voucher_id=voucher_id)


@room.api("POST", "/me/disputes/<dispute_id>/withdraw", does=disputes.withdraw, answers=Disputed)
def withdraw_dispute(dispute_id: str) -> Disputed:
    """Take one's own word back."""
    return perform(disputes.withdraw, request_key(), dispute_id=dispute_id)


@room.api("GET", "/batches", may=SEE, answers=list[BatchView], skips=True)
def list_batches() -> list[BatchView]:
    """The batches of one's districts and the city's, newest first."""
    page = paging.asked()
    return queries.batches(db(), mine(), today(), page.key, page.limit + 1)


@room.api("POST", "/batches", does=batches.draft, body=BatchBody, answers=BatchMade, status=201)
def create_batch(body: BatchBody) -> BatchMade:
    """Draft a batch."""
    return perform(batches.draft, request_key(), order=_ORDER.validate_python(body.model_dump()))


@room.api("GET", "/batches/<batch_id>", may=SEE, answers=BatchPage)
def get_batch(batch_id: str) -> BatchPage:
    """One batch with its list and the progress of its issue."""
    return queries.batch(db(), batch_id, mine(), today())


@room.api("POST", "/batches/<batch_id>/approve", does=batches.approve, answers=BatchMade)
def approve_batch(batch_id: str) -> BatchMade:
    """Approve a draft, as a second person."""
    return perform(batches.approve, request_key(), batch_id=batch_id)


@room.api("POST", "/batches/<batch_id>/drop", does=batches.drop, answers=BatchMade)
def drop_batch(batch_id: str) -> BatchMade:
    """Give a draft up before it is approved."""
    return perform(batches.drop, request_key(), batch_id=batch_id)


@room.api("POST", "/batches/<batch_id>/open", does=batches.open_, answers=BatchMade)
def open_batch(batch_id: str) -> BatchMade:
    """Open an approved batch."""
    return perform(batches.open_, request_key(), batch_id=batch_id)


@room.api("POST", "/batches/<batch_id>/close", does=batches.close, body=CloseBody, answers=BatchMade)
def close_batch(batch_id: str, body: CloseBody) -> BatchMade:
    """Close a batch; whoever waits for it is told why."""
    return perform(batches.close, request_key(), batch_id=batch_id, reason=body.reason)


@room.api("GET", "/batches/<batch_id>/ceilings", may=SEE, answers=list[RaiseView])
def list_ceilings(batch_id: str) -> list[RaiseView]:
    """Every raise of a batch's ceilings, newest first."""
    queries.batch(db(), batch_id, mine(), today())
    return queries.raises(db(), batch_id)


@room.api("POST", "/batches/<batch_id>/ceilings", does=ceilings.propose, body=CeilingBody, answers=RaiseMade, status=201)
def propose_ceilings(batch_id: str, body: CeilingBody) -> RaiseMade:
    """Propose new ceilings."""
    return perform(
        ceilings.propose, request_key(), batch_id=batch_id, count=body.count, money=body.money, reason=body.reason,
        policy_source=body.policy_source,
    )  # fmt: skip


@room.api("POST", "/ceilings/<raise_id>/approve", does=ceilings.approve, answers=RaiseMade)
def approve_ceilings(raise_id: str) -> RaiseMade:
    """Approve a raise, as a second person."""
    return perform(ceilings.approve, request_key(), raise_id=raise_id)


@room.api("POST", "/ceilings/<raise_id>/refuse", does=ceilings.refuse, body=DecisionBody, answers=RaiseMade)
def refuse_ceilings(raise_id: str, body: DecisionBody) -> RaiseMade:
    """Do not approve a raise."""
    return perform(ceilings.refuse, request_key(), raise_id=raise_id, decision=body.decision)


@room.api("POST", "/ceilings/<raise_id>/withdraw", does=ceilings.withdraw, answers=RaiseMade)
def withdraw_ceilings(raise_id: str) -> RaiseMade:
    """Take one's own proposal back."""
    return perform(ceilings.withdraw, request_key(), raise_id=raise_id)


@room.api("POST", "/batches/<batch_id>/people", does=issuing.list_people, body=PeopleBody, answers=Listed)
def list_people(batch_id: str, body: PeopleBody) -> Listed:
    """Put people on a batch's list."""
    return perform(issuing.list_people, request_key(), batch_id=batch_id, person_ids=tuple(body.people))


@room.api("POST", "/batches/<batch_id>/issue", does=issuing.issue, answers=IssueOrdered, status=202)
def issue_batch(batch_id: str) -> IssueOrdered:
    """Issue to everybody on the list who has no voucher of the batch yet."""
    return perform(issuing.issue, request_key(), batch_id=batch_id)


@room.api("GET", "/batches/<batch_id>/reach", may=SEE, answers=ReachPage)
def batch_reach(batch_id: str) -> ReachPage:
    """Who was found and told, and what was claimed and used after it, by district."""
    queries.batch(db(), batch_id, mine(), today())
    return queries.reach(db(), batch_id, mine())


@room.api("POST", "/batches/<batch_id>/reach/find", does=reaching.find, answers=ReachOrdered, status=202)
def find_people(batch_id: str) -> ReachOrdered:
    """Find who is entitled today and has not claimed."""
    return perform(reaching.find, request_key(), batch_id=batch_id)


@room.api("POST", "/batches/<batch_id>/reach/tell", does=reaching.tell, answers=ReachOrdered, status=202)
def tell_people(batch_id: str) -> ReachOrdered:
    """Tell everybody who was found, once."""
    return perform(reaching.tell, request_key(), batch_id=batch_id)


@room.api("GET", "/funnel", may=SEE, answers=Way)
def whole_funnel() -> Way:
    """The way of all vouchers: by district, month, cohort and institution, with what will lapse."""
    return way_of()


@room.api("GET", "/batches/<batch_id>/funnel", may=SEE, answers=list[Funnel], by=("district",))
def batch_funnel(batch_id: str) -> list[Funnel]:
    """Issued, claimed, redeemed, completed and settled, by the district of the holders."""
    queries.batch(db(), batch_id, mine(), today())
    return queries.funnel(db(), mine(), batch_id)
