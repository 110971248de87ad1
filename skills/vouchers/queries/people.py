"""What eligibility is decided on: the policy of the day and what the record holds of a person."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from sqlalchemy import and_, or_, select
from sqlalchemy.orm import Session

from skills.accounts import queries as accounts
from skills.kernel import store
from skills.kernel.findings import Finding, Verdict
from skills.people import queries as people
from skills.people.queries import Resident
from skills.records import queries as records
from skills.records.rules import Facts
from skills.standards import queries as standards
from skills.standards.rules import Level, Policy
from skills.vouchers import rules
from skills.vouchers.models import Batch, Redemption, Voucher
from skills.vouchers.rules import (
    Employment,
    Graduation,
    Group,
    Holder,
    Limits,
    Payee,
    ScopeForm,
    Spent,
    Standing,
    Terms,
    ValueForm,
    Window,
)
from skills.vouchers.rules.grounds import grounded
from skills.vouchers.states import HELD, RedemptionState

GROUP = "voucher.group."
TYPE = "voucher.type."
PROGRAMME = "voucher.programme."
EMPLOYMENTS = "voucher.employments"  # asked only where a firm is paid
SINGLE = ("life_months", "trainings_a_year", "level_once", "excluded_groups")


@dataclass(frozen=True)
class Named:
    """A code of a policy with its words."""

    code: str
    zh: str
    en: str
    source: str


def limits(db: Session, day: date) -> Limits:
    """The policy of vouchers in force on a day. Raises Refusal("policy.none" | "policy.two")."""
    known = standards.policies(db, day, [f"voucher.{n}" for n in SINGLE], [GROUP, EMPLOYMENTS])
    life, year, level, excluded = (known[f"voucher.{n}"] for n in SINGLE)
    employments = known.get(EMPLOYMENTS)
    return Limits(
        life_months=int(life.value),
        trainings_a_year=int(year.value),
        level_once=bool(level.value),
        excluded=tuple(excluded.value),
        groups=tuple(_group(p) for name, p in known.items() if name.startswith(GROUP)),
        clauses={"life": life.source, "year": year.source, "level": level.source, "excluded": excluded.source,
                 **({"employments": employments.source} if employments else {})},
        employments=tuple(employments.value) if employments else (),
    )  # fmt: skip


def named(db: Session, family: str, day: date) -> list[Named]:
    """The groups, types or programmes that policy knows on a day."""
    known = standards.policies(db, day, families=[family])
    return [Named(n.removeprefix(family), p.value["zh"], p.value["en"], p.source) for n, p in known.items()]


def payee_of_type(db: Session, training_type: str, day: date) -> Payee | None:
    """To whom trainings of a type are paid, if policy says so."""
    said = standards.value(db, TYPE + training_type, day).get("payee")
    return Payee(said) if said else None


def _group(policy: Policy) -> Group:
    value: dict[str, Any] = policy.value
    return Group(
        policy.name.removeprefix(GROUP), value["zh"], value["en"], Window(value["window"]), int(value.get("months", 0)),
        tuple(value.get("schools", ())), tuple(value["strengths"]), policy.source,
    )


def terms_of(batch: Batch) -> Terms:
    """A batch's terms as plain values."""
    return Terms(
        batch_id=batch.id, title=batch.title, groups=tuple(batch.groups), occupations=tuple(batch.occupations),
        levels=tuple(batch.levels), zone=batch.zone, institutions=tuple(batch.institutions),
        claim_from=batch.claim_from, claim_until=batch.claim_until, life_months=batch.life_months, face=batch.face,
        percent=batch.percent, value_form=ValueForm(batch.value_form), scope_form=ScopeForm(batch.scope_form),
        payee=Payee(batch.payee),
    )


def room_of(batch: Batch) -> Verdict:
    """Whether a batch has room for one more voucher; a no says under which policy its ceilings stand."""
    full = rules.room_for(batch.count_ceiling, batch.issued, batch.money_ceiling, batch.committed, batch.face)
    return full if full else replace(full, facts={**full.facts, "policy": batch.policy_source})


def told_findings(
    db: Session, batch: Batch, findings: Iterable[Finding], purpose: Mapping[str, str] | None = None
) -> tuple[Finding, ...]:
    """Findings of a verdict on a batch as they are told. `purpose` is what a voucher was to pay for, in plain terms."""
    ids = [*batch.institutions, purpose["institution_id"]] if purpose else []
    names = accounts.institution_names(db, ids) if ids else {}
    listed = [names.get(i, i) for i in batch.institutions] if purpose else []
    return grounded(findings, batch.policy_source, listed, names.get(ids[-1], "") if ids else "")


def holder(db: Session, person_id: str, day: date, but: str | None = None, works: bool = False) -> Holder:
    """What is known of one person on a day. `but` is the voucher asked about, which is not held against itself.

    works  whether it matters for whom the person works; it is not looked at else, nor kept with the verdict
    """
    line = people.person(db, person_id)
    facts = records.facts(db, line.id, line.birth)
    known = _holders(db, [(line.id, facts)], day, but)[line.id]
    return replace(known, employments=_employments(db, facts)) if works else known


def holders(db: Session, person_ids: Sequence[str], day: date) -> dict[str, Holder]:
    """What is known of several people on a day."""
    return holders_of(db, people.residents(db, person_ids), day)


def holders_of(db: Session, residents: Mapping[str, Resident], day: date) -> dict[str, Holder]:
    """What is known on a day of people already looked up."""
    facts = records.facts_of(db, [(person_id, known.birth) for person_id, known in residents.items()])
    return _holders(db, facts.items(), day, None)


def _holders(db: Session, found: Iterable[tuple[str, Facts]], day: date, but: str | None) -> dict[str, Holder]:
    facts = dict(found)
    ids = list(facts)
    held: dict[str, list[str]] = {i: [] for i in ids}
    for person_id, voucher_id, state, valid_until in store.about(db, _HELD, Voucher.person_id, ids):
        if voucher_id != but and not (state == HELD[0] and day > valid_until):
            held[person_id].append(voucher_id)
    spent: dict[str, dict[str, Spent]] = {i: {} for i in ids}
    back: set[str] = set()
    for person_id, on, source, occupation, level, released in store.about(db, _USED, Redemption.person_id, ids):
        if released is None:
            spent[person_id][source] = Spent(on, source, occupation, Level(level) if level else None)
        else:
            back.add(source)
    return {i: _holder(facts[i], tuple(sorted(held[i])), spent[i], back) for i in ids}


_HELD = select(Voucher.person_id, Voucher.id, Voucher.state, Voucher.valid_until).where(Voucher.state.in_(HELD), Voucher.face > 0)
_LIVE = Redemption.released_at.is_(None)
_USED = select(
    Redemption.person_id, Redemption.redeemed_on, Redemption.source, Redemption.occupation, Redemption.level, Redemption.released_at
).where(or_(and_(_LIVE, Redemption.cents > 0), and_(~_LIVE, Redemption.state == RedemptionState.CLAWED_BACK)))


def _holder(facts: Facts, held: tuple[str, ...], spent: dict[str, Spent], back: set[str]) -> Holder:
    for training in facts.trainings:
        # A training begun with one of our vouchers is in the record too: it counts once, by its beginning; not at all if
        # the public money of it came back.
        if training.subsidised and training.source not in spent and training.source not in back:
            spent[training.source] = Spent(training.completed_on, training.source, training.occupation, training.level)
    return Holder(
        person_id=facts.person_id,
        birth=facts.birth,
        standings=tuple(Standing(s.group, s.since, s.until, s.source, s.strength) for s in facts.standings),
        graduations=tuple(
            Graduation(on, e.kind, e.source, e.strength)
            for e in facts.educations if (on := e.graduated_on or e.expected_on) is not None
        ),
        spent=tuple(sorted(spent.values(), key=lambda s: (s.on, s.source))),
        held=held,
    )  # fmt: skip


def _employments(db: Session, facts: Facts) -> tuple[Employment, ...]:
    return tuple(
        Employment(w.employer_id, w.employer, w.since, w.until, w.source, w.strength, accounts.approved(db, w.employer_id))
        for w in facts.works if w.employer_id
    )  # fmt: skip
