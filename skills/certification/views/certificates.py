"""The certificates of one exam at the body's desk: progress, what stopped some, papers as one file, lists to print."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator, Sequence
from pathlib import Path

from flask import Response, request
from flask.typing import ResponseReturnValue

from skills.certification.actions import batches as actions
from skills.certification.queries import batches, claims, exams
from skills.certification.queries.exams import SittingLine
from skills.certification.views.words import box, room
from skills.credentials import samples
from skills.credentials.held import open_file
from skills.credentials.queries.designs import in_force
from skills.credentials.queries.makings import PrintedFile
from skills.kernel import sheets
from skills.kernel.box import Box
from skills.kernel.errors import Refusal
from skills.web import i18n
from skills.web.forms import OrderForm
from skills.web.pages import db, go, lang, me, office, perform, say, settings, show, tell, today

SEE_PLANS = "plan.see"
PAPERS = "certificate.suspend"  # the right with which a body opens the papers it has issued
PAGE = 100  # passes on a page
STAGES = {
    "waiting": ("idle", "等待编号", "waiting"), "stopped": ("bad", "已停下", "stopped"),
    "held": ("warn", "暂缓", "held"), "refused": ("bad", "未通过检查", "refused"),
    "numbered": ("info", "已编号", "numbered"), "sealed": ("info", "已入日志", "in the log"),
    "printed": ("ok", "已印制", "printed"), "failed": ("bad", "印制失败", "printing failed"),
    "ended": ("idle", "已失效", "no longer valid"),
}  # fmt: skip


@room.get("/ent/plans/<sitting_id>/certificates", may=SEE_PLANS)
def plan_certificates(sitting_id: str) -> ResponseReturnValue:
    """How far the certificates are; it asks for itself where there is a script, on a tap where there is none."""
    line = _own(sitting_id)
    lines = batches.passes(db(), line)
    first = max(0, request.args.get("from", 0, int)) // PAGE * PAGE
    troubles = [one for one in lines if one.stage in ("held", "refused", "failed")][:PAGE]
    return show(
        "certification/certificates.html", s=line, b=batches.count(line, lines), lines=lines[first : first + PAGE],
        troubles=[(one, _why(one.trouble)) for one in troubles], first=first, page=PAGE, stages=STAGES,
        may_open=me().actor.may(PAPERS, line.organisation_id),
    )  # fmt: skip


@room.get("/ent/plans/<sitting_id>/certificates/preview.pdf", may=PAPERS)
def plan_preview(sitting_id: str) -> ResponseReturnValue:
    """The first certificate as it will look: 预览 across it, no number drawn, nothing signed."""
    line = _own(sitting_id, PAPERS)
    shown = claims.preview(db(), box(), line, today())
    data = samples.of_certificate(
        in_force(db(), line.organisation_id, "level"), shown.claims, shown.document_number, settings().public_base,
        office().clock.now(), shown.photo,
    )  # fmt: skip
    headers = {"Content-Disposition": 'inline; filename="preview.pdf"', "Cache-Control": "private, no-store"}
    return Response(data, mimetype="application/pdf", headers=headers)


@room.post("/ent/plans/<sitting_id>/certificates/again", does=actions.again, name="certificates_again")
def certificates_again(sitting_id: str) -> ResponseReturnValue:
    """Try again what was held, refused, left over or not printed."""
    done = perform(actions.again, OrderForm().key.data, sitting_id=sitting_id)
    tell(f"已重新办理：证书 {done.count} 份，纸质件 {done.papers} 份", f"Ordered again: {done.count} certificates, {done.papers} papers")
    return go("certification.plan_certificates", sitting_id=sitting_id)


@room.get("/ent/plans/<sitting_id>/certificates/papers.zip", may=PAPERS)
def plan_papers(sitting_id: str) -> ResponseReturnValue:
    """Every printed paper, in the order of the print list, as one archive that is never whole in memory."""
    line = _own(sitting_id, PAPERS)
    found = batches.papers(db(), line)
    if not found:
        raise Refusal("certificate.not_printed")
    headers = {"Content-Disposition": f'attachment; filename="{line.id}.zip"', "Cache-Control": "private, no-store"}
    listed = _print_list(line, found)
    return Response(_archive(box(), settings().files_dir, found, listed), mimetype="application/zip", headers=headers)


@room.get("/ent/plans/<sitting_id>/certificates/print-list.csv", may=PAPERS)
def plan_print_list(sitting_id: str) -> ResponseReturnValue:
    """The print list alone."""
    line = _own(sitting_id, PAPERS)
    headers = {"Content-Disposition": f'attachment; filename="{line.id}.csv"', "Cache-Control": "private, no-store"}
    return Response(_print_list(line, batches.papers(db(), line)), content_type=sheets.CSV_TYPE, headers=headers)


@room.get("/ent/plans/<sitting_id>/certificates/hand-out", may=PAPERS)
def plan_hand_out(sitting_id: str) -> ResponseReturnValue:
    """The list on which people sign for their certificates."""
    line = _own(sitting_id, PAPERS)
    return show("certification/hand_out.html", s=line, lines=batches.hand_outs(db(), line))


def _own(sitting_id: str, right: str = SEE_PLANS) -> SittingLine:
    return exams.sitting(db(), sitting_id, me().actor.organisations_for(right))


def _why(trouble: batches.Trouble | None) -> i18n.Told | None:
    if trouble is None:
        return None
    return i18n.tell_refusal(Refusal(trouble.code, trouble.findings, **trouble.facts), lang())


def _print_list(line: SittingLine, found: Sequence[PrintedFile]) -> bytes:
    head = [say("顺序", "Order"), say("证书编号", "Number"), say("文件", "File"), "SHA-256", say("流水码", "Print serial")]
    rows = [[str(n), one.number, _name(n, one), one.digest, one.serial] for n, one in enumerate(found, 1)]
    return sheets.write_csv([[line.title, line.body], head, *rows])


def _name(place: int, one: PrintedFile) -> str:
    return f"{place:04d}-{one.number}.pdf"


class _Outlet(io.RawIOBase):
    """Where the archive writes; what was written is fetched and forgotten. It cannot go back, so nothing is kept."""

    def __init__(self) -> None:
        self._held: list[bytes] = []

    def writable(self) -> bool:
        return True

    def write(self, data: object) -> int:
        piece = bytes(data)  # type: ignore[call-overload]
        self._held.append(piece)
        return len(piece)

    def fetch(self) -> bytes:
        """What was written since the last time."""
        taken, self._held = b"".join(self._held), []
        return taken


def _archive(box: Box, folder: Path, found: Sequence[PrintedFile], listed: bytes) -> Iterator[bytes]:
    """A zip archive, paper by paper: one is in memory at a time. Papers are packed already: stored."""
    outlet = _Outlet()
    with zipfile.ZipFile(outlet, "w", zipfile.ZIP_STORED) as archive:
        archive.writestr(zipfile.ZipInfo("print-list.csv"), listed)
        for place, one in enumerate(found, 1):
            paper = open_file(box, folder, one.path, one.certificate_id, one.copy)
            if paper is not None:
                archive.writestr(zipfile.ZipInfo(_name(place, one)), paper)
                yield outlet.fetch()
    yield outlet.fetch()
