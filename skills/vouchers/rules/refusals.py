"""When two noes are the same one (pure)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from skills.kernel.canon import digest


def digest_of(question: Mapping[str, Any], findings: Sequence[Any]) -> str:
    """SHA-256 of a frozen question and its findings. What a payer calls the purpose is new at every try and left out."""
    purpose = question.get("purpose")
    return digest([{**question, "purpose": {**purpose, "source": ""} if purpose else None}, findings])
