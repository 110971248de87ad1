"""Nobody sits for a level whom its conditions do not admit, decided again on what was kept."""

from __future__ import annotations

from collections.abc import Iterator

from skills.certification.queries.rejudge import rejudge_applications
from skills.kernel.checks import Bookkeeper, check


@check("certification.verdicts", "申报结论可重算 every application was accepted on a verdict that comes out the same again")
def verdicts(book: Bookkeeper) -> Iterator[str]:
    yield from (f"application {one.id}: comes out differently" for one in rejudge_applications(book.db) if not one.same)
