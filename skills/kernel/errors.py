"""A "no" is a value: a code that names the rule and the facts that fill its sentence."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from skills.kernel.findings import Finding


class Refusal(Exception):
    """We understood you and decline.

    `code` names the rule ("voucher.cannot_redeem"); `facts` fill the sentence in the catalogue
    (`skills/locales/*.toml`), which also says what would turn the no into a yes. `findings` carries the
    single conditions when a verdict stands behind the refusal. `keeps`, if it is set, is given an `Act` in the
    attempt's own transaction: it writes what is to stay of the no besides the attempt, and gives the id of that.
    """

    keeps: Callable[[Any], str] | None = None

    def __init__(self, code: str, /, findings: Sequence[Finding] = (), **facts: object) -> None:
        super().__init__(code)
        self.code = code
        self.facts = facts
        self.findings = tuple(findings)

    def __repr__(self) -> str:
        return f"Refusal({self.code!r}, {', '.join(f'{k}={v!r}' for k, v in self.facts.items())})"


class Overtaken(Refusal):
    """What this act was decided on was changed by another one meanwhile. Nothing was written: it is tried again, on what is so now."""


class Missing(Refusal):
    """What was asked for does not exist, or is not the asker's to see; the two are never told apart."""


class Malformed(Refusal):
    """What a program sent cannot be read, whoever sends it; no rule of the domain was asked."""


class Forbidden(Refusal):
    """The actor has no right for this action."""


class Unavailable(Refusal):
    """The system cannot write just now: say so and ask to come back."""
