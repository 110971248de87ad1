"""A level certificate's way into the national query system: entered, exported, confirmed or sent back, entered again."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy import func, select

from skills.credentials.models import Certificate, NationalExport, NationalExportRow, NationalUpload
from skills.credentials.rules.uploads import control_total
from skills.credentials.states import UPLOAD, UploadState
from skills.kernel.acts import Act, action
from skills.kernel.db import wait_exclusive
from skills.kernel.errors import Refusal
from skills.standards.calendar import add_working_days
from skills.standards.queries import value

MOST = 5_000  # rows of one export file


@dataclass(frozen=True)
class Exported:
    """An export file that was made: its number, rows, and the digest over its certificate numbers."""

    export_id: str
    number: str
    count: int
    control: str


def enter(act: Act, certificate_id: str) -> None:
    """Put a new certificate on the list of those to upload, inside the caller's act."""
    act.add(
        NationalUpload(
            id=act.new_id(), certificate_id=certificate_id, state=UploadState.WAITING, entered_on=act.today,
            due_on=_due(act, "national.export_working_days"), changed_at=act.at,
        )
    )  # fmt: skip


def drop(act: Act, certificate_id: str) -> None:
    """A certificate that ended before it was uploaded is not uploaded any more. Inside the caller's act."""
    row = act.find(NationalUpload, certificate_id=certificate_id)
    if row is not None and row.state in (UploadState.WAITING, UploadState.REJECTED):
        act.move(row, UPLOAD, "drop", due_on=None, changed_at=act.at)


@action("national.export", may="upload.handle")
def export(act: Act, most: int = MOST) -> Exported:
    """Make an export of the certificates that wait, oldest first. Raises Refusal("national.nothing_to_export")."""
    wait_exclusive(act.db, "national_export")
    unknown = select(Certificate.id).where(
        Certificate.kind == "level", Certificate.id.not_in(select(NationalUpload.certificate_id))
    )
    for certificate_id in act.db.scalars(unknown).all():  # issued before there were uploads
        enter(act, certificate_id)
    chosen = (
        select(NationalUpload, Certificate.number)
        .join(Certificate, Certificate.id == NationalUpload.certificate_id)
        .where(NationalUpload.state == UploadState.WAITING)
        .order_by(NationalUpload.entered_on, NationalUpload.id)
        .limit(min(max(most, 1), MOST))
    )
    rows = act.db.execute(chosen).all()
    if not rows:
        raise Refusal("national.nothing_to_export")
    year = f"SC{act.today.year}-"
    count = act.db.scalar(
        select(func.count()).select_from(NationalExport).where(NationalExport.number.startswith(year))
    )
    control = control_total(number for _, number in rows)
    made = act.add(
        NationalExport(
            id=act.new_id(), number=f"{year}{(count or 0) + 1:04d}", made_by=act.actor.account, made_at=act.at,
            count=len(rows), control=control,
        )
    )  # fmt: skip
    due = _due(act, "national.confirm_working_days")
    for place, (row, _) in enumerate(rows, 1):
        act.add(NationalExportRow(export_id=made.id, row=place, certificate_id=row.certificate_id))
        act.move(row, UPLOAD, "export", export_id=made.id, due_on=due, reason="", changed_at=act.at)
    act.note("national.export", id=made.id, rows=len(rows), control=control)
    return Exported(made.id, made.number, len(rows), control)


def answer(act: Act, upload_id: str, move: str, on: date | None, reason: str) -> None:
    """Write down what the national system says of one certificate, inside the caller's act: confirm or reject."""
    row = act.get(NationalUpload, id=upload_id)
    if move == "confirm":
        act.move(row, UPLOAD, "confirm", searchable_on=on, due_on=None, reason="", changed_at=act.at)
    else:
        due = _due(act, "national.export_working_days")
        act.move(row, UPLOAD, "reject", reason=reason.strip(), due_on=due, changed_at=act.at)


@action("national.enter_again", may="upload.handle")
def enter_again(act: Act, certificate_id: str) -> None:
    """A certificate that was sent back goes into the next export, after what was wrong has been mended."""
    row = act.get(NationalUpload, certificate_id=certificate_id)
    act.move(row, UPLOAD, "enter_again", due_on=_due(act, "national.export_working_days"), changed_at=act.at)


def _due(act: Act, policy: str) -> date:
    return add_working_days(act.today, int(value(act.db, policy, act.today)))
