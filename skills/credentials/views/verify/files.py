"""Files dropped or chosen on `/verify`, one or fifty, with or without lines of number and name. Nothing is kept."""

from __future__ import annotations

import base64
import time
from collections.abc import Callable, Iterator
from itertools import islice
from typing import Any

from flask import Response, abort, request
from flask.typing import ResponseReturnValue
from werkzeug.datastructures import FileStorage
from werkzeug.exceptions import RequestEntityTooLarge

from skills.credentials import many
from skills.credentials.inspection.answer import nothing
from skills.credentials.inspection.look import inspect
from skills.credentials.inspection.sealed import MOST_BYTES
from skills.credentials.many import MOST_ITEMS, Item
from skills.credentials.on_record import OnRecord
from skills.credentials.views.verify.result import now, of_answer, trusted
from skills.credentials.views.verify.room import room
from skills.kernel.sheets import CSV_TYPE
from skills.web.doorman import csrf
from skills.web.limits import batch_allowed, limiter
from skills.web.pages import PUBLIC, db, lang, office, say, show

MOST_REQUEST = 50 * 1024 * 1024
SECONDS_EACH = 1.5  # after which a picture gets no further attempt
SECONDS_ALL = 20.0  # after which the rest of a batch is answered with "send again"


@room.post("/verify/files", may=PUBLIC)
@csrf.exempt
@limiter.limit("12 per minute")
def files() -> ResponseReturnValue:
    """One file: its verdict. Several, or lines: a table, or with `as=csv` the table as a file."""
    request.max_content_length = MOST_REQUEST
    try:
        sent = [file for file in request.files.getlist("files") if file.filename]
        lines = many.read_lines(request.form.get("lines", ""))
    except RequestEntityTooLarge:
        return _refused(413, say("一次最多 50 MB，请分几次上传。", "At most 50 MB at once: send it in several parts."))
    if not sent and not lines:
        return _refused(422, say("请选择文件，或填写“编号 姓名”。", "Choose a file, or write number and name."))
    if len(sent) + len(lines) > MOST_ITEMS:
        return _refused(
            422, say(f"一次最多 {MOST_ITEMS} 项，请分几次核验。", f"At most {MOST_ITEMS} at once: check them in parts.")
        )
    _counted(sent, lines)
    if len(sent) == 1 and not lines and "as" not in request.form:
        item = next(_judged(sent, []))
        return show("credentials/verify.html", errors=[], result=of_answer(item.answer, item.source))
    items = list(_judged(sent, lines))
    table = many.table(items, office().clock.now(), lang())
    if request.form.get("as") == "csv":
        headers = {"Content-Disposition": 'attachment; filename="verification.csv"'}
        return Response(many.csv(table), mimetype=CSV_TYPE, headers=headers)
    link = "data:text/csv;charset=utf-8;base64," + base64.b64encode(many.csv(table)).decode()
    return show("credentials/many.html", items=items, table=table, counts=many.counts(items), link=link)


@room.api("POST", "/verifications/files", may=PUBLIC, answers=list[dict[str, Any]], keyless=True)
@limiter.limit("12 per minute")
def files_api() -> list[dict[str, Any]]:
    """Judge up to 50 files (multipart, field `files`) and lines of number and name (field `lines`). Changes nothing."""
    request.max_content_length = MOST_REQUEST
    sent = list(islice((f for f in request.files.getlist("files") if f.filename), MOST_ITEMS))
    lines = many.read_lines(request.form.get("lines", ""))[: MOST_ITEMS - len(sent)]
    _counted(sent, lines)
    return [{"source": item.source, **item.answer.plain()} for item in _judged(sent, lines)]


def _counted(sent: list[FileStorage], lines: list[many.Line]) -> None:
    """Items count, not only requests: 600 names a minute would be a way to try them. Raises 429."""
    if not batch_allowed(len(sent), len(lines)):
        abort(429)


def _judged(sent: list[FileStorage], lines: list[many.Line]) -> Iterator[Item]:
    """Every item in turn, one file in memory at a time; one that cannot be read never stops the rest."""
    trust, moment = trusted(), now()
    record = OnRecord(db(), trust)
    spent = _stopwatch()
    for file in sent:
        source = (file.filename or "")[-80:]
        if spent() > SECONDS_ALL:
            yield Item(source, nothing("unknown", "busy"))
            continue
        data = file.stream.read(MOST_BYTES + 1)
        file.close()
        own = _stopwatch()
        yield Item(source, inspect(data, trust, moment, record, lambda own=own: own() > SECONDS_EACH))  # type: ignore[misc]
    for line in lines:
        yield Item(line.source, many.answer_line(line, record, moment))


def _stopwatch() -> Callable[[], float]:
    begun = time.monotonic()
    return lambda: time.monotonic() - begun


def _refused(status: int, text: str) -> ResponseReturnValue:
    errors = [{"field": "files", "text": text}]
    return show("credentials/verify.html", status, errors=errors, result=None)
