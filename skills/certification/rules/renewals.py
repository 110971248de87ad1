"""Whether a filing may be renewed, and by when a request has to be answered (pure).

Source: domain rulebook §4 (闽劳鉴〔2022〕26号): asked within the 90 days before the end; six batches in the term or a written
explanation; every certificate to be found in the national system; an employer says how it carried out the incentives that hang on
certificates; no order of supervision is overdue. The number stays, the new term follows the old one.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from skills.kernel.findings import Finding, Verdict, all_of


@dataclass(frozen=True)
class RenewalTerms:
    """The policy row `filing.renewal`: days before the end, batches in the term, whether an explanation stands for them."""

    days: int
    batches: int
    explanation: bool
    source: str = ""


@dataclass(frozen=True)
class RenewalFacts:
    """What a renewal is judged by. `batches` concluded in the term; `unconfirmed` certificates that nobody finds nationally."""

    number: str
    valid_to: date
    employer: bool
    batches: int
    unconfirmed: int
    explanation: str
    incentives: str
    gates: tuple[Finding, ...] = ()


def terms_of(value: Mapping[str, Any], source: str = "") -> RenewalTerms:
    """The policy row as it is kept."""
    return RenewalTerms(int(value["days"]), int(value["batches"]), bool(value["explanation"]), source)


def may_renew(terms: RenewalTerms, facts: RenewalFacts, day: date) -> Verdict:
    """Whether a body may ask, on a day, for another term. Every condition is named, met or not."""
    opens = facts.valid_to - timedelta(days=terms.days - 1)
    explained = terms.explanation and bool(facts.explanation.strip())
    return all_of(
        "filing.renewal_refused",
        [
            Finding("filing.renewal_window", opens <= day <= facts.valid_to, terms.source, {"opens": opens, "until": facts.valid_to}),
            Finding("filing.renewal_batches", facts.batches >= terms.batches or explained, terms.source,
                    {"count": facts.batches, "least": terms.batches}),
            Finding("filing.renewal_uploads", facts.unconfirmed == 0, terms.source, {"count": facts.unconfirmed}),
            Finding("filing.renewal_incentives", not facts.employer or bool(facts.incentives.strip()), terms.source),
            *facts.gates,
        ],
        number=facts.number,
    )  # fmt: skip


@dataclass(frozen=True)
class Clock:
    """Within how many working days an answer is due, and on which channel: ordinary or green."""

    channel: str
    working_days: int


def clock_for(organisation_kind: str, green: Mapping[str, Any], ordinary_days: int) -> Clock:
    """The green channel 绿色通道 for the kinds of bodies that the policy row `filing.green` names; the ordinary one for all others."""
    kinds: Sequence[str] = green["kinds"]
    if organisation_kind in kinds:
        return Clock("green", int(green["working_days"]))
    return Clock("ordinary", ordinary_days)
