"""A file's bytes as the order of an upload: the same for pages, JSON API and command line."""

from __future__ import annotations

import hashlib
from typing import Any

from skills.kernel import sheets
from skills.kernel.errors import Refusal
from skills.returns.actions import Unreadable


def order_of(data: bytes, file_name: str) -> dict[str, Any]:
    """What `actions.upload` wants to know of a file. A file that cannot be read becomes one fail, never an error."""
    order: dict[str, Any] = {"file_name": file_name, "digest": hashlib.sha256(data).hexdigest()}
    try:
        sheet = sheets.read(data)
    except Refusal as refusal:
        return {**order, "form": "", "rows": (), "unreadable": Unreadable(refusal.code, refusal.facts)}
    return {**order, "form": sheet.form, "rows": sheet.rows}
