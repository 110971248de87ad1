"""Who may be registered for an exam at all, before any condition is looked at (pure)."""

from __future__ import annotations

from datetime import date

from skills.certification.rules.eligibility import REFERENCES, Terms
from skills.certification.rules.filings import EMPLOYEE, Belonging
from skills.kernel.findings import Verdict
from skills.people.rules import age_on, turns
from skills.records.rules import Facts


def old_enough(birth: date, day: date, terms: Terms) -> Verdict:
    """Whether somebody has the age of policy on the reference day; a no says from which day it will be a yes."""
    zh, en = REFERENCES[terms.reference]
    from_day = turns(birth, terms.min_age)
    facts = {"least": terms.min_age, "age": age_on(birth, day), "day": day, "from_day": from_day, "reference": zh, "reference_en": en}
    return Verdict(from_day <= day, "application.too_young", (), facts)


def belonging(facts: Facts) -> list[Belonging]:
    """How somebody belongs to which bodies: by work, and by what bodies said of their other people."""
    found = [Belonging(w.employer_id, EMPLOYEE, w.since, w.until) for w in facts.works]
    for one in facts.standings:
        if one.source.startswith("member:"):
            found.append(Belonging(one.source.split(":")[1], one.group, one.since, one.until))
    return found
