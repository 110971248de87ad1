"""Fraud rules F1 to F15 of the features' list (pure).

Each takes the facts of a window and its numbers of policy, and yields suspicions: whom it is about, how strong it is,
what was counted against which number, and the uses of vouchers that it is about. A suspicion is a question to a
person, never a verdict. `RULES` names them; how they are called and what they ask stands in `words`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from skills.oversight.rules.bookings import f11, f14
from skills.oversight.rules.budget import f15
from skills.oversight.rules.exams import f13
from skills.oversight.rules.facts import Facts, Suspicion
from skills.oversight.rules.holders import f1, f2, f5
from skills.oversight.rules.links import f6, f8
from skills.oversight.rules.online import f10
from skills.oversight.rules.presence import f7
from skills.oversight.rules.trainees import f9, f12
from skills.oversight.rules.volume import f3, f4

Rule = Callable[[Facts, Mapping[str, Any]], Iterator[Suspicion]]
RULES: Mapping[str, Rule] = {
    "F1": f1, "F2": f2, "F3": f3, "F4": f4, "F5": f5, "F6": f6, "F7": f7, "F8": f8, "F9": f9,
    "F10": f10, "F11": f11, "F12": f12, "F13": f13, "F14": f14, "F15": f15,
}  # fmt: skip


def ask_all(facts: Facts, numbers: Mapping[str, Mapping[str, Any]]) -> list[Suspicion]:
    """What every rule finds: the strongest for a rule and a subject, in the order of rules and subjects."""
    found: dict[tuple[str, str], Suspicion] = {}
    for name, rule in RULES.items():
        for suspicion in rule(facts, numbers[name]):
            key = (name, suspicion.subject)
            if key not in found or suspicion.strength > found[key].strength:
                found[key] = suspicion
    return list(found.values())
