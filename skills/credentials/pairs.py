"""A certificate asked for by number and name: nothing is said about a number alone.

The one question that strangers may ask of the register; so it is read in one statement and answered at the window in
front of the application (`skills.web.window`) as well as on the page.
"""

from __future__ import annotations

import hmac
import json
import re
import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Protocol

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


class Tries(Protocol):
    """How often the last four characters were tried on a number, by whomever."""

    def count(self, number: str) -> bool:
        """Whether they may still be tried."""

    def missed(self, number: str) -> None:
        """They were tried and wrong; or there is no such number, which is the same."""


@dataclass(frozen=True)
class Holder:
    """Whom a certificate of the asked number is for: name and masked document number."""

    name: str
    document_masked: str


NOBODY = Holder("\N{IDEOGRAPHIC FULL STOP}", "")  # a name that nobody proves


def proves(number: str, proof: str, holders: Sequence[Holder], tries: Tries) -> int | None:
    """The place among a number's holders (newest first) whose name `proof` is, or the last four of whose document.

    The last four count only while they were not tried too often. An unknown number has no holder, and takes the same
    steps to its no: a comparison, and for four characters a look at the tries and one more miss.
    """
    names = [_by_name(proof, holder.name) for holder in holders or (NOBODY,)]
    fours = [_by_four(proof, holder.document_masked) for holder in holders or (NOBODY,)]
    if len(proof.strip()) != 4 or any(names):
        return names.index(True) if holders and any(names) else None
    open_still = tries.count(number)
    if not any(fours):
        tries.missed(number)
    return fours.index(True) if open_still and any(fours) else None


def _by_name(proof: str, holder_name: str) -> bool:
    name = normal_name(proof)
    return hmac.compare_digest(_bytes(name), _bytes(normal_name(holder_name))) and bool(name)


def _by_four(proof: str, document_masked: str) -> bool:
    typed = proof.strip()
    return len(typed) == 4 and hmac.compare_digest(_bytes(typed.upper()), _bytes(document_masked[-4:]))


def _bytes(text: str) -> bytes:
    """Any text as bytes, half characters too: a question must not fail for what is asked, least of all for some numbers."""
    return text.encode("utf-8", "surrogatepass")


def verdict(state: str, expires_on: date | None, day: date) -> State:
    """The verdict over a stored certificate on a day."""
    late = expires_on is not None and expires_on < day
    return VERDICTS.get(state, State.EXPIRED if late else State.VALID)


def reader(engine: Engine, tries: Tries) -> Callable[[str, str, date], dict[str, Any]]:
    """A function (number, proof, day) → the plain answer: `NO_MATCH` for a wrong pair and for an unknown number alike."""
    prepared = Prepared(engine, ROWS)

    def answer(number: str, proof: str, day: date) -> dict[str, Any]:
        asked = read_number(number)
        rows = [(row, _claims(row[2])) for row in prepared.all(number=asked)]
        place = proves(asked, proof, [_holder(claims) for _, claims in rows], tries)
        if place is None:
            return NO_MATCH
        row, claims = rows[place]
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


def _holder(claims: dict[str, Any]) -> Holder:
    return Holder(claims["holder_name"], claims["document_masked"])


def _claims(held: Any) -> dict[str, Any]:
    """What the driver gives for JSON: text on SQLite, a dict on PostgreSQL."""
    found: dict[str, Any] = json.loads(held) if isinstance(held, str | bytes) else held
    return found
