"""Amounts of money as people type them (yuan) and programs write them (分): read here alone, each fault by its own code (pure)."""

from __future__ import annotations

import re
from dataclasses import dataclass

from skills.kernel.errors import Refusal

_YUAN = re.compile(r"(-?)(\d{1,13})(?:\.(\d{1,20}))?", re.ASCII)


@dataclass(frozen=True)
class Amount:
    """What a door takes, in 分: at most so much; nothing at all only where that means something (a course that is free)."""

    most: int
    zero: bool = False

    def of_yuan(self, text: str) -> int:
        """分 of an amount in yuan.

        Raises Refusal("amount.unreadable" | "amount.decimals" | "amount.negative" | "amount.zero" | "amount.too_much").
        """
        found = _YUAN.fullmatch(text.strip())
        if found is None:
            raise Refusal("amount.unreadable")
        sign, whole, rest = found[1], found[2], (found[3] or "").rstrip("0")
        if len(rest) > 2:
            raise Refusal("amount.decimals")
        cents = int(whole) * 100 + int(rest.ljust(2, "0"))
        return self.checked(-cents if sign else cents)

    def of_cents(self, value: object) -> int:
        """分 of a number in JSON. Raises as `of_yuan` does."""
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise Refusal("amount.unreadable")
        if isinstance(value, float) and not value.is_integer():  # not a number is not whole either
            raise Refusal("amount.decimals")
        return self.checked(int(value))

    def checked(self, cents: int) -> int:
        """The amount, if it is one that this door takes. Raises Refusal("amount.negative" | "amount.zero" | "amount.too_much")."""
        if cents < 0:
            raise Refusal("amount.negative")
        if cents == 0 and not self.zero:
            raise Refusal("amount.zero")
        if cents > self.most:
            raise Refusal("amount.too_much", most=self.most)
        return cents


SUM = Amount(1_000_000_000_000)  # what is paid, comes back or is advanced: more than any budget here
