"""Under which terms a use is paid: the policy in force on the day of the use, which is what people relied on."""

from __future__ import annotations

from datetime import date

from sqlalchemy.orm import Session

from skills.settlement.rates import filled, read
from skills.settlement.rules import PayTerms
from skills.standards import queries as standards

RATES = "statement.rates"
NAMES = {"threshold": "statement.attendance_percent", "pro_rata": "statement.pro_rata", "proofs": "statement.proofs", "rates": RATES}
KEPT = "statement.attendance_kept"  # not in force before its day: earlier uses were made without it


def pay_terms(db: Session, day: date, today: date) -> PayTerms:
    """The terms of a day, looked at today. A threshold of 0 per cent means that attendance is not asked."""
    known = standards.policies(db, day, list(NAMES.values()), [KEPT])
    threshold, pro_rata, proofs, rates = (known[name] for name in NAMES.values())
    return PayTerms(
        int(threshold.value) or None, bool(pro_rata.value), tuple(proofs.value),
        {key: known[name].source for key, name in {**NAMES, "kept": KEPT}.items() if name in known},
        KEPT in known and bool(known[KEPT].value),
        filled(read(rates.value), read(standards.value(db, RATES, today))),
    )  # fmt: skip
