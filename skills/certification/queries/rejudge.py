"""Verdicts on who may sit for a level, decided once more on the facts and terms kept with the application: years later too."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from pydantic import TypeAdapter
from sqlalchemy import select
from sqlalchemy.orm import Session

from skills.certification.models import Application, Sitting
from skills.certification.queries.decisions import terms_on
from skills.certification.rules import eligibility
from skills.kernel.findings import Finding, Verdict
from skills.people.queries import erased, joined
from skills.records.rules import Facts
from skills.standards.rules import Level

_FACTS: TypeAdapter[Facts] = TypeAdapter(Facts)
_VERDICT: TypeAdapter[Verdict] = TypeAdapter(Verdict)


@dataclass(frozen=True)
class RejudgedApplication:
    """A kept verdict on an application and what it comes to now.

    same       answer, condition and each finding are what was kept; how a finding is worded may have changed
    forgotten  the candidate was erased: the verdict stands without its grounds and cannot be decided again
    """

    id: str
    moment: str
    at: datetime
    kept: bool
    again: bool
    same: bool
    findings: tuple[Finding, ...]
    forgotten: bool = False


def rejudge_applications(db: Session, application_id: str = "", person_id: str = "") -> Iterator[RejudgedApplication]:
    """Every verdict that an application was accepted on (this one, or of one person), in order of time, decided again."""
    gone, into = erased(db), joined(db)
    chosen = select(Application, Sitting).join(Sitting, Sitting.id == Application.sitting_id)
    chosen = chosen.order_by(Application.applied_at, Application.id)
    for column, wanted in ((Application.id, application_id), (Application.person_id, person_id)):
        if wanted:
            chosen = chosen.where(column == wanted)
    for row, sitting in db.execute(chosen.execution_options(yield_per=500)):
        if not row.facts and row.person_id in gone:
            yield RejudgedApplication(row.id, "apply", row.applied_at, True, True, True, (), forgotten=True)
            continue
        facts, kept = _FACTS.validate_python(row.facts), _VERDICT.validate_python(row.verdict)
        terms = row.terms or _of_that_day(db, sitting)
        again = eligibility.again(terms, facts)
        whole = into.get(facts.person_id, facts.person_id) == row.person_id and _is_of(terms, sitting)
        whole = whole and terms["edition"] == row.edition and eligibility.condition_met(again) == row.condition
        same = whole and again.yes and _said(again) == _said(kept)
        yield RejudgedApplication(row.id, "apply", row.applied_at, kept.yes, again.yes, same, again.findings)


def _of_that_day(db: Session, sitting: Sitting) -> dict[str, Any]:
    """The terms of an application that did not keep them yet: policy is dated and stands for ever."""
    ends, held_on = sitting.registration_to, sitting.held_on
    if ends is None or held_on is None:
        raise ValueError(f"sitting {sitting.id} took candidates without its days")
    terms = terms_on(db, sitting.occupation, ends)
    return eligibility.frozen(Level(sitting.level), sitting.occupation, terms.day(ends, held_on), terms)


def _is_of(terms: Mapping[str, Any], sitting: Sitting) -> bool:
    return (terms["occupation"], terms["level"]) == (sitting.occupation, sitting.level)


def _said(verdict: Verdict) -> tuple[bool, list[tuple[str, bool, str]]]:
    return verdict.yes, [(f.code, f.met, f.clause) for f in verdict.findings]
