"""A file's bytes as the order of an upload: the same for pages, JSON API and command line."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import Any

from skills.kernel import sheets
from skills.kernel.errors import Refusal
from skills.returns.actions import MOST_AT_ONCE, Unreadable


def order_of(data: bytes, file_name: str) -> dict[str, Any]:
    """What `actions.upload` wants to know of a file. A file that cannot be read becomes one fail, never an error.

    A large file is only looked through: its rows are read where it is checked, in the background.
    """
    order: dict[str, Any] = {"file_name": file_name, "digest": hashlib.sha256(data).hexdigest(), "form": "", "rows": ()}
    try:
        file = sheets.opened(data)
        if file.most_rows > MOST_AT_ONCE + 1:  # and the names of the columns
            return {**order, "form": file.form, "body": data}
        return {**order, "form": file.form, "rows": file.rows()}
    except Refusal as refusal:
        return {**order, "unreadable": Unreadable(refusal.code, refusal.facts)}


def rows_of(data: bytes) -> Sequence[Sequence[str]]:
    """All rows of a file, however many, packed. Raises Refusal("sheet.…")."""
    return sheets.opened(data).packed()
