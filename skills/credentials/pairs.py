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

from skills.credentials.held import four_proof, name_proof
from skills.credentials.inspection.answer import ERASED
from skills.credentials.models import Certificate
from skills.credentials.states import CertificateState
from skills.credentials.verdicts import State
from skills.kernel.box import Box
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
    select(
        Certificate.state, Certificate.kind, Certificate.claims, Certificate.replaced_by, Certificate.name_proof,
        Certificate.four_proof,
    )
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
class Proofs:
    """What proves that a certificate of the asked number is somebody's: keyed digests, both empty if that was erased."""

    name: str
    four: str


NOBODY = Proofs("0" * 64, "0" * 64)  # what nobody proves


def proves(box: Box, number: str, proof: str, holders: Sequence[Proofs], tries: Tries) -> int | None:
    """The place among a number's holders (newest first) whose name `proof` is, or the last four of whose document.

    The last four count only while they were not tried too often. An unknown number has no holder, and takes the same
    steps to its no: a comparison, and for four characters a look at the tries and one more miss. Of a certificate
    whose holder was erased nobody knows the name: it is answered to whoever has its number, as `answered` says.
    """
    if holders and not holders[0].name:
        return 0
    typed = _whole(proof)
    by_name, by_four = name_proof(box, number, typed), four_proof(box, number, typed)
    names = [hmac.compare_digest(by_name, one.name) and bool(normal_name(typed)) for one in holders or (NOBODY,)]
    fours = [hmac.compare_digest(by_four, one.four) for one in holders or (NOBODY,)]
    if len(proof.strip()) != 4 or any(names):
        return names.index(True) if holders and any(names) else None
    open_still = tries.count(number)
    if not any(fours):
        tries.missed(number)
    return fours.index(True) if open_still and any(fours) else None


def _whole(text: str) -> str:
    """Any text without half characters, which are nobody's: a question must not fail for what is asked."""
    return text.encode("utf-8", "replace").decode()


def verdict(state: str, expires_on: date | None, day: date) -> State:
    """The verdict over a stored certificate on a day."""
    late = expires_on is not None and expires_on < day
    return VERDICTS.get(state, State.EXPIRED if late else State.VALID)


def answered(state: State, erased: bool) -> str:
    """The verdict as it is told: a valid certificate of somebody erased is never simply valid, for no name was compared."""
    return ERASED if erased and state is State.VALID else state


def reader(engine: Engine, box: Box, tries: Tries) -> Callable[[str, str, date], dict[str, Any]]:
    """A function (number, proof, day) → the plain answer: `NO_MATCH` for a wrong pair and for an unknown number alike."""
    prepared = Prepared(engine, ROWS)

    def answer(number: str, proof: str, day: date) -> dict[str, Any]:
        asked = read_number(number)
        rows = [(row, _claims(row[2])) for row in prepared.all(number=asked)]
        place = proves(box, asked, proof, [Proofs(row[4], row[5]) for row, _ in rows], tries)
        if place is None:
            return NO_MATCH
        row, claims = rows[place]
        until = claims.get("expires_on")
        return {
            "state": answered(verdict(row[0], date.fromisoformat(until) if until else None, day), not row[4]),
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
