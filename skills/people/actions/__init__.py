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
from skills.people.actions.registrations import ask_registration, decide_registration, withdraw_registration
from skills.people.actions.removals import ask_removal, decide_removal, withdraw_removal

__all__ = [
    "Registered", "Revealed", "ask_addition", "ask_registration", "ask_removal", "decide_addition", "decide_join",
    "decide_registration", "decide_removal", "erase", "propose_join",
    "record_consent", "register", "register_person", "rename", "reveal_document", "set_phone", "withdraw_addition", "withdraw_join",
    "withdraw_registration", "withdraw_removal",
]  # fmt: skip
