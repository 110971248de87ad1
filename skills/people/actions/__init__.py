"""Registering people, further documents, correcting names, opening a sealed number on record."""

from __future__ import annotations

from skills.people.actions.additions import ask_addition, decide_addition, withdraw_addition
from skills.people.actions.joining import decide_join, propose_join, withdraw_join
from skills.people.actions.register import (
    Registered,
    Revealed,
    erase,
    record_consent,
    register,
    register_person,
    rename,
    reveal_document,
    set_phone,
)

__all__ = [
    "Registered", "Revealed", "ask_addition", "decide_addition", "decide_join", "erase", "propose_join", "record_consent", "register",
    "register_person", "rename", "reveal_document", "set_phone", "withdraw_addition", "withdraw_join",
]  # fmt: skip
