"""When two noes are the same one (pure)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from skills.kernel.canon import digest

DAY = "day"  # of a question, and echoed as a fact of some findings


def digest_of(question: Mapping[str, Any], findings: Sequence[Any]) -> str:
    """SHA-256 of what makes a no the same: what was asked about whom under which rules, and each condition as it was found.

    The day counts only through the answer: where a condition turns on it (a year, a window, an age) its facts differ. What a
    payer calls the purpose is new at every try and left out.
    """
    told = [{**f, "facts": {name: fact for name, fact in f["facts"].items() if name != DAY}} for f in findings]
    return digest([_unnamed({name: value for name, value in question.items() if name != DAY}), told])


def dated_digest_of(question: Mapping[str, Any], findings: Sequence[Any]) -> str:
    """The same with the day in it: so it was made until a no was kept once for all days."""
    return digest([_unnamed(question), findings])


def _unnamed(question: Mapping[str, Any]) -> dict[str, Any]:
    purpose = question.get("purpose")
    return {**question, "purpose": {**purpose, "source": ""} if purpose else None}
