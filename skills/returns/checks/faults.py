"""What always holds of the count of faults."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import and_, func, or_, select

from skills.kernel.checks import Bookkeeper, check
from skills.returns.models import Return, ReturnFault, ReturnFinding, ReturnLine
from skills.returns.rules import NO_FAULTS, Severity


@check("returns.faults", "现有的问题都已计入常见问题 every fault that stands was counted, in its return or when it was filed before")
def faults(books: Bookkeeper) -> Iterator[str]:
    found, fault = ReturnFinding, ReturnFault
    line = and_(ReturnLine.return_id == found.return_id, ReturnLine.row == found.row)
    own = and_(fault.return_id == found.return_id, fault.row == found.row)
    before = and_(fault.return_id != found.return_id, fault.mark == func.coalesce(ReturnLine.mark, Return.digest))
    counted = select(fault.code).where(fault.code == found.code, fault.column == found.column, or_(own, before))
    for return_id, row, code in books.db.execute(
        select(found.return_id, found.row, found.code)
        .join(Return, Return.id == found.return_id)
        .outerjoin(ReturnLine, line)
        .where(found.severity != Severity.WARNING, found.code.not_in(NO_FAULTS), ~counted.exists())
    ):
        yield f"{return_id} row {row}: {code} was never counted"
