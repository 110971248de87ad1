"""What always holds of files that wait to be checked."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator

from sqlalchemy import select

from skills.kernel.box import Box, Tampered
from skills.kernel.checks import Bookkeeper, check
from skills.returns.models import Return, ReturnFile
from skills.returns.queries.under_way import file_of
from skills.returns.states import ReturnState


@check("returns.waiting_files", "等待检查的文件完整、封存，检查完即删除 a file that waits is whole and sealed, and gone once it was checked")
def waiting_files(books: Bookkeeper) -> Iterator[str]:
    box = books.tools[Box]
    assert isinstance(box, Box)  # noqa: S101 - narrows for the type checker
    held = set(books.db.scalars(select(ReturnFile.return_id).distinct()))
    for row in books.db.scalars(select(Return).where(Return.id.in_(held) | (Return.state == ReturnState.UPLOADED))):
        if row.id not in held:
            if not row.lines:
                yield f"{row.id}: waits to be checked, yet its file is gone"
            continue
        if row.state != ReturnState.UPLOADED:
            yield f"{row.id}: {row.state}, yet its file is still there"
        try:
            if hashlib.sha256(file_of(books.db, box, row.id)).hexdigest() != row.digest:
                yield f"{row.id}: the file that waits is not the one that came in"
        except Tampered:
            yield f"{row.id}: the file that waits does not open"
