"""A certificate asked for by number and name: nothing is said about a number alone.

The one question that strangers may ask of the register; so it is read in one statement and answered at the window in
front of the application (`skills.web.window`) as well as on the page.
"""

from __future__ import annotations

import hmac
import json
import re
import unicodedata
from collections.abc import Callable
from datetime import date
from typing import Any

from sqlalchemy import Engine, bindparam, select

from skills.credentials.models import Certificate
from skills.credentials.states import CertificateState
from skills.credentials.verdicts import State
from skills.kernel.db import Prepared
from skills.people.rules import normal_name

MOST = 40
NO_MATCH: dict[str, Any] = {"state": "NO_MATCH"}
VERDICTS: dict[str, State] = {
    CertificateState.REVOKED: State.REVOKED,
    CertificateState.SUSPENDED: State.SUSPENDED,
    CertificateState.SUPERSEDED: State.SUPERSEDED,
}
# A number may have passed to a corrected certificate: the newest comes first, the old name still finds the old one.
ROWS = (
    select(Certificate.state, Certificate.kind, Certificate.claims, Certificate.replaced_by)
    .where(Certificate.number == bindparam("number"))
    .order_by(Certificate.issued_at.desc(), Certificate.id.desc())
)


def read_number(text: str) -> str:
    """A number as people type it: blanks out, upper case, full-width letters made plain. Hyphens belong to some series.

    A character that stands in no number becomes `?`, so that the database is only ever asked for what may be there.
    """
    plain = "".join(unicodedata.normalize("NFKC", text[:400]).upper().split())[:MOST]
    return re.sub(r"[^0-9A-Z-]", "?", plain)


def right_pair(proof: str, holder_name: str, document_masked: str) -> bool:
    """Whether `proof` is the holder's name, or the last four characters of the document. Takes the same time for a no."""
    typed, name = proof.strip(), normal_name(proof)
    by_name = hmac.compare_digest(_bytes(name), _bytes(normal_name(holder_name)))
    by_document = len(typed) == 4 and hmac.compare_digest(_bytes(typed.upper()), _bytes(document_masked[-4:]))
    return (bool(name) and by_name) or by_document


def _bytes(text: str) -> bytes:
    """Any text as bytes, half characters too: a question must not fail for what is asked, least of all for some numbers."""
    return text.encode("utf-8", "surrogatepass")


def verdict(state: str, expires_on: date | None, day: date) -> State:
    """The verdict over a stored certificate on a day."""
    late = expires_on is not None and expires_on < day
    return VERDICTS.get(state, State.EXPIRED if late else State.VALID)


def reader(engine: Engine) -> Callable[[str, str, date], dict[str, Any]]:
    """A function (number, proof, day) → the plain answer: `NO_MATCH` for a wrong pair and for an unknown number alike."""
    prepared = Prepared(engine, ROWS)

    def answer(number: str, proof: str, day: date) -> dict[str, Any]:
        held = [(row, _claims(row[2])) for row in prepared.all(number=read_number(number))]
        nobody: dict[str, Any] = {}
        right = [
            found for found in held or [((), nobody)]
            if right_pair(proof, found[1].get("holder_name", ""), found[1].get("document_masked", ""))
        ]  # fmt: skip
        if not held or not right:
            return NO_MATCH
        row, claims = right[0]
        until = claims.get("expires_on")
        return {
            "state": verdict(row[0], date.fromisoformat(until) if until else None, day),
            "kind": row[1],
            "occupation": claims.get("occupation_name", ""),
            "level": claims.get("level_rank"),
            "award": claims.get("award", ""),
            "issuer": claims["issuer_name"],
            "filing_number": claims.get("filing_number", ""),
            "issued_on": claims["issued_on"],
            "expires_on": until,
            "replaced_by": row[3],
        }

    return answer


def _claims(held: Any) -> dict[str, Any]:
    """What the driver gives for JSON: text on SQLite, a dict on PostgreSQL."""
    found: dict[str, Any] = json.loads(held) if isinstance(held, str | bytes) else held
    return found
