"""Who is paid: an institution, an employer or a person (pure). Source: desks.md D7."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol


class Owned(Protocol):
    """A row that is an organisation's or a person's."""

    organisation_id: str | None
    person_id: str | None


@dataclass(frozen=True)
class Payee:
    """An organisation or a person, just one of them."""

    organisation_id: str | None = None
    person_id: str | None = None

    def __post_init__(self) -> None:
        if (self.organisation_id is None) == (self.person_id is None):
            raise ValueError("a payee is one organisation or one person")

    @property
    def id(self) -> str:
        """Of the organisation or the person: ids are never shared."""
        return self.organisation_id or self.person_id or ""

    @property
    def columns(self) -> dict[str, str | None]:
        """As rows name it, and as a message is addressed."""
        return {"organisation_id": self.organisation_id, "person_id": self.person_id}


def payee_of(row: Owned) -> Payee:
    """Whose a row is."""
    return Payee(row.organisation_id, row.person_id)
