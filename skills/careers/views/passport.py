"""The skill passport to take along: PDF, XLSX, JSON."""

from __future__ import annotations

import json
from typing import Any

from flask import Response
from flask.typing import ResponseReturnValue

from skills.careers import paper
from skills.careers.paper import Entry, Sheet
from skills.careers.queries.passport import PARTS, Passport, passport
from skills.careers.views.words import room
from skills.credentials.seal import seal
from skills.credentials.signing import Signer
from skills.kernel import sheets
from skills.kernel.box import Box
from skills.kernel.canon import digest, plain
from skills.kernel.errors import Missing
from skills.records.telling import describe
from skills.web.pages import db, lang, me, office, say, settings, today, tool

SEE = "passport.see"


def _own() -> Passport:
    return passport(db(), tool(Box), me().person_id, today(), settings().public_base)


def _file(body: bytes, mimetype: str, form: str) -> Response:
    headers = {"Content-Disposition": f'attachment; filename="passport-{today()}.{form}"', "Cache-Control": "no-store"}
    return Response(body, mimetype=mimetype, headers=headers)


@room.get("/me/passport.<form>", may=SEE, name="passport_file")
def download(form: str) -> ResponseReturnValue:
    """One's passport as a file: pdf, xlsx or json."""
    make = {"pdf": _pdf, "xlsx": _xlsx, "json": _json}.get(form)
    if make is None:
        raise Missing("passport_form.unknown")
    return make(_own())


def _pdf(own: Passport) -> Response:
    """One sheet, sealed: each certificate that was issued here has the code that leads to its check."""
    moment = office().clock.now()
    signed = digest(_said(own))
    sheet = Sheet(
        "zh-CN" if lang() == "zh" else "en", say("技能护照", "Skill passport"),
        ((say("姓名", "Name"), own.name), (say("证件", "Document"), own.document)),
        [
            (say(*PARTS[part][:2]), [Entry(describe(r.line), r.line.on.isoformat(), say(r.line.strength_zh, r.line.strength_en), r.check)
                                     for r in rows])
            for part, rows in own.parts
        ],
        say("没有记录", "Nothing on record"),
        (
            say(f"导出日期 {own.day}。扫描每张证书旁的二维码核对该证书；本页只汇总档案，不是证书。",
                f"Exported on {own.day}. Scan the code beside a certificate to check it; this sheet sums up the record and is no certificate."),
            say(f"内容摘要 {signed}", f"Digest {signed}"),
        ),
        settings().host, signed, moment.strftime("%Y-%m-%dT%H:%M:%SZ"),
    )  # fmt: skip
    material = tool(Signer).seal_material(moment, office().source)
    body = seal(paper.pdf(sheet), material.key, material.certificate, material.root, moment, "skill passport")
    return _file(body, "application/pdf", "pdf")


def _xlsx(own: Passport) -> Response:
    """The same as a workbook of texts, which no program runs."""
    head = [say("分类", "Part"), say("种类", "Kind"), say("日期", "Day"), say("内容", "Entry"), say("编号", "Number"),
            say("核实", "How it was checked"), say("查验地址", "Check at")]  # fmt: skip
    rows = [
        [say(*PARTS[part][:2]), say(r.line.kind_zh, r.line.kind_en), r.line.on.isoformat(), describe(r.line), r.number,
         say(r.line.strength_zh, r.line.strength_en), r.check]
        for part, held in own.parts for r in held
    ]  # fmt: skip
    return _file(sheets.write_xlsx([head, *rows], say("技能护照", "Skill passport")), sheets.XLSX_TYPE, "xlsx")


def _json(own: Passport) -> Response:
    """The same for programs, as a file."""
    return _file(json.dumps(_said(own), ensure_ascii=False, indent=1).encode(), "application/json", "json")


@room.api("GET", "/me/passport/sheet", may=SEE, answers=Passport)
def api_sheet() -> Passport:
    """One's levels, trainings, competitions and titles, with the address at which each certificate is checked."""
    return _own()


def _said(own: Passport) -> dict[str, Any]:
    found = plain(own)
    assert isinstance(found, dict)  # noqa: S101 - narrows for the type checker
    return found
