"""How what somebody complains of is found: by a number or an id that they know. Nobody is told whether it was."""

from __future__ import annotations

from sqlalchemy.orm import Session

from skills.complaints.subjects import Found, register
from skills.courses.queries import classes
from skills.credentials import queries as credentials
from skills.kernel.errors import Missing
from skills.vouchers.queries import uses


def certificate(db: Session, number: str) -> Found | None:
    """A certificate by its number."""
    try:
        line = credentials.certificate(db, number)
    except Missing:
        return None
    return Found(line.id, line.issuer_id)


def course_class(db: Session, class_id: str) -> Found | None:
    """A class by the id that its page links with."""
    try:
        line = classes.class_for_bureau(db, class_id, None)
    except Missing:
        return None
    return Found(line.id, line.institution_id)


def use(db: Session, redemption_id: str) -> Found | None:
    """A use of a voucher by the id that its page links with."""
    found = uses.use_lines(db, [redemption_id], "")
    return Found(found[0].id, found[0].institution_id) if found else None


register("certificate", certificate)
register("class", course_class)
register("voucher", use)
