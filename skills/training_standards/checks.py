"""Promises of training standards."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import select

from skills.kernel.checks import Bookkeeper, check
from skills.training_standards.models import StandardObjection, StandardReview, StandardVersion, TrainingStandard
from skills.training_standards.states import ObjectionState, StandardState


@check("training_standards.published", "发布的标准有编号、专家、公示和两个人 published standards have number, experts, notice and two hands")
def published(books: Bookkeeper) -> Iterator[str]:
    rows = books.db.execute(
        select(StandardVersion, TrainingStandard.number).join(TrainingStandard, TrainingStandard.id == StandardVersion.standard_id)
        .where(StandardVersion.state.in_((StandardState.PUBLISHED, StandardState.REPLACED)))
    ).all()  # fmt: skip
    for row, number in rows:
        opinions = books.db.scalars(
            select(StandardReview.agrees).where(StandardReview.version_id == row.id, StandardReview.ended_at.is_(None))
        ).all()
        if not number:
            yield f"{row.id} is published without a number"
        if not opinions or None in opinions:
            yield f"{row.id} was published before its experts had spoken"
        if row.notice_until is None or row.published_on is None or row.published_on <= row.notice_until:
            yield f"{row.id} was published before its notice was over"
        if row.published_by in (None, row.drafted_by):
            yield f"{row.id} was published by who wrote it"


@check("training_standards.objections", "公示期的异议在发布前都有答复 objections to a notice are answered before the version is published")
def objections(books: Bookkeeper) -> Iterator[str]:
    rows = books.db.execute(
        select(StandardObjection, StandardVersion).join(StandardVersion, StandardVersion.id == StandardObjection.version_id)
    ).all()
    for row, version in rows:
        if version.published_on is not None and row.state == ObjectionState.RAISED:
            yield f"objection {row.id} was not answered, {version.id} is published"
        if row.state != ObjectionState.RAISED and row.decided_by == version.drafted_by:
            yield f"objection {row.id} was answered by who wrote {version.id}"
