"""Who is drawn for what: accounts in the order in which a seed names them, never one who is too near (pure).

The order for a matter is that of SHA-256 over "seed, matter, account" on three lines.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Sequence


def ranking(seed: str, matter: str, accounts: Collection[str]) -> list[str]:
    """Accounts in the order in which the seed names them for a matter."""
    return sorted(accounts, key=lambda a: (hashlib.sha256(f"{seed}\n{matter}\n{a}".encode()).hexdigest(), a))


def next_for(
    seed: str, matter: str, party: str, accounts: Collection[str], barred: Collection[tuple[str, str]], passed: Collection[str]
) -> str | None:
    """Who comes after those that stepped back; None if nobody is left."""
    free = [a for a in accounts if (a, party) not in barred and a not in passed]
    return next(iter(ranking(seed, matter, free)), None)


def assign(
    drawn: Sequence[tuple[str, str]], accounts: Collection[str], barred: Collection[tuple[str, str]], seed: str
) -> list[str | None]:
    """One account for each drawn (matter, party), in order; None where nobody is free of ties.

    It is the one with the fewest of this draw so far; among those, the first whom the seed names.
    """
    load = dict.fromkeys(accounts, 0)
    chosen: list[str | None] = []
    for matter, party in drawn:
        free = [a for a in accounts if (a, party) not in barred]
        least = min((load[a] for a in free), default=0)
        best = next(iter(ranking(seed, matter, [a for a in free if load[a] == least])), None)
        if best is not None:
            load[best] += 1
        chosen.append(best)
    return chosen
