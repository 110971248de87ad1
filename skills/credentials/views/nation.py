"""The authority's page of the national query system: what waits, what is late, exports, and the answer as a file."""

from __future__ import annotations

from flask import Response, request
from flask.typing import ResponseReturnValue

from skills.credentials.actions import uploads
from skills.credentials.forms import KeyForm
from skills.credentials.queries import uploads as queries
from skills.credentials.states import UPLOAD, UploadState
from skills.kernel import sheets
from skills.kernel.box import Box
from skills.web.pages import Room, db, fresh_key, go, perform, say, show, tell, today, tool

room = Room("nation", __name__)
CHIPS = {"waiting": "info", "exported": "warn", "confirmed": "ok", "rejected": "bad", "dropped": "idle"}


@room.get("/gov/uploads", may="upload.handle")
def listing() -> ResponseReturnValue:
    """Certificates by state, what is due first; the exports and their control totals."""
    chosen = request.args.get("state")
    state = chosen if chosen in set(UploadState) else None
    return show(
        "credentials/uploads.html", lines=queries.work_list(db(), today(), state), exports=queries.exports(db()),
        totals=queries.totals(db()), late=queries.late(db(), today()), state=state, chips=CHIPS,
        words={s.value: say(*UPLOAD.words[s]) for s in UploadState}, key=fresh_key(),
    )  # fmt: skip


@room.post("/gov/uploads/exports", does=uploads.export)
def export() -> ResponseReturnValue:
    """Make an export of everything that waits."""
    done = perform(uploads.export, KeyForm().key.data)
    tell(f"已导出 {done.count} 张，批次 {done.number}", f"{done.count} exported as {done.number}")
    return go("nation.listing")


@room.get("/gov/uploads/exports/<export_id>.<form>", may="upload.handle")
def download(export_id: str, form: str) -> ResponseReturnValue:
    """An export as XLSX or CSV; its last row holds the control totals."""
    box = tool(Box)
    made, rows = queries.export_rows(db(), box, export_id)
    rows.append(("合计", f"{made.count} 行", *[""] * (len(rows[0]) - 4), "证书编号 SHA-256", made.control))
    if form == "csv":
        body, kind = sheets.write_csv(rows), sheets.CSV_TYPE
    else:
        form, body, kind = "xlsx", sheets.write_xlsx(rows, made.number), sheets.XLSX_TYPE
    headers = {"Content-Disposition": f'attachment; filename="{made.number}.{form}"', "Cache-Control": "no-store"}
    return Response(body, mimetype=kind, headers=headers)


@room.post("/gov/uploads/<certificate_id>/enter-again", does=uploads.enter_again)
def enter_again(certificate_id: str) -> ResponseReturnValue:
    """A certificate that was sent back goes into the next export."""
    perform(uploads.enter_again, KeyForm().key.data, certificate_id=certificate_id)
    tell("已列入下一次导出", "It is in the next export")
    return go("nation.listing")
