"""Which kind of thing this is, and its verdict (pure)."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

from skills.credentials import badge, cose, verdicts
from skills.credentials.claims import KIND_CODE, level_words
from skills.credentials.inspection import pictures
from skills.credentials.inspection.answer import (
    Answer,
    Failed,
    Form,
    Known,
    LogPlace,
    Record,
    Sheet,
    Step,
    Subject,
    as_what,
    nothing,
    now_known,
    on_record,
)
from skills.credentials.inspection.attachments import attached
from skills.credentials.inspection.form import own_form, status_index
from skills.credentials.inspection.sealed import MOST_BYTES, open_seal
from skills.credentials.inspection.trust import ISSUE, Trust
from skills.credentials.verdicts import State
from skills.kernel.clock import shanghai_day
from skills.standards.rules import ladder_on

_ADDRESS = re.compile(r"([A-Za-z]{2,10}://[^/#?\s]{1,255})/v/([^/#?\s]{1,80})(#)?(.*)", re.DOTALL)
_FRAGMENT = re.compile(r"[A-Za-z0-9_-]{100,1200}")
# The steps of a code, as they are told to everybody.
_CODE_STEPS: dict[str, Step] = {
    "format": "format",
    "key": "issuer",
    "signature": "signature",
    "number": "signature",
    "window": "issuer",
}
Enough = Callable[[], bool]


def inspect(
    data: bytes, trust: Trust, now: int, record: Record | None = None, enough: Enough = lambda: False
) -> Answer:
    """The verdict on a file's bytes: PDF, PNG, JPEG, credential JSON, or text with a code in it.

    now     epoch seconds
    record  the issuer's record; without one what it would say is "could not be checked"
    enough  says whether the time for this file is used up
    """
    if not data.strip():
        return nothing("unknown", "empty")
    if len(data) > MOST_BYTES:
        return nothing("unknown", "too_large")
    if data.startswith(b"%PDF-"):
        return _pdf(data, trust, now, record, enough)
    if pictures.is_picture(data):
        return _picture(data, trust, now, record, enough)
    if data.lstrip(b"\xef\xbb\xbf \t\r\n").startswith((b"{", b"[")):
        return _credential(data, trust, now, record)
    try:
        text = data.decode("utf-8-sig").strip() if len(data) <= 8_192 else ""
    except UnicodeDecodeError:
        text = ""
    return inspect_text(text, trust, now, record) if text else nothing("unknown", "kind")


def inspect_text(text: str, trust: Trust, now: int, record: Record | None = None) -> Answer:
    """The verdict on what a QR code holds: `https://host/v/<number>#<code>`, or the code alone."""
    text = text.strip()
    if _FRAGMENT.fullmatch(text):
        return _code(_claimed_number(text), text, trust, now, record)
    match = _ADDRESS.fullmatch(text)
    if match is None:
        return nothing("unknown", "kind")
    base, number, mark, fragment = match.groups()
    if not mark or not fragment:
        return nothing("code", "number_only")
    if base != trust.public_base:
        sheet = Sheet("code")
        sheet.passed("format")
        return sheet.failed(Failed("issuer", "foreign_address"))
    return _code(number, fragment, trust, now, record)


def _code(number: str, fragment: str, trust: Trust, now: int, record: Record | None) -> Answer:
    sheet = Sheet("code")
    judged = verdicts.judge(
        fragment,
        number,
        keys=trust.keys,
        keys_fetched_at=trust.fetched_at,
        lists={} if record else trust.lists,
        public_base=trust.public_base,
        now=now,
    )
    for step, passed in judged.steps.items():
        if step in _CODE_STEPS and passed is not None and sheet.marks[_CODE_STEPS[step]] is not False:
            sheet.marks[_CODE_STEPS[step]] = passed
    if judged.reason == "revoked_key" and record:
        message = cose.message_of(fragment)
        known = record.by_place(number, cose.index_in(message))
        if known and known.code == _digest(message):
            said = _said_by(cose.read_payload(cose.unproved(message)))
            return _by_log(sheet, known, said, "code", cose.kid_in(message).hex(), now, record)
    if judged.payload is None:
        return sheet.failed(Failed(_CODE_STEPS[verdicts.REASONS[judged.reason]], judged.reason))
    payload = judged.payload
    if record is None:
        return sheet.concluded(_said_by(payload), trust.status(payload.status_index, now), now)
    known = record.by_place(payload.number, payload.status_index)
    found = known is not None and known.code == _digest(cose.message_of(fragment))
    return _with_record(sheet, known, _said_by(payload), found, now)


def _pdf(data: bytes, trust: Trust, now: int, record: Record | None, enough: Enough) -> Answer:
    sheet = Sheet("pdf")
    sheet.passed("format")
    try:
        open_seal(data, trust)
        sheet.passed("signature", "issuer")
        credential, receipt = attached(data)
        document = _proved(credential, trust)
        said, index = _read(document, trust)
        place = _place(credential, receipt, trust, record)
        sheet.marks["log"] = True if place else None
        if record is None:
            return sheet.concluded(said, trust.status(index, now), now, log=place)
        known = record.by_place(said.number, index)
        known = on_record(known, known is not None and _digest(data) in known.papers)
        if known.credential != _digest(credential):
            raise Failed("log", "not_on_record")
    except Failed as no:
        held = record.by_paper(_digest(data)) if record and (no.kid or no.reason == "unknown_key") else None
        if record and held:  # these very bytes were issued: what is attached to them says what was
            credential, _ = attached(data)
            said, _ = _read(json.loads(credential), trust)
            if no.kid:
                return _by_log(sheet, held, said, "paper", no.kid, now, record)
            return _by_log(sheet, held, said, "credential", badge.kid_in(credential), now, record)
        scan = _scanned(data, trust, now, record, enough) if no.reason == "no_seal" else None
        return scan or sheet.failed(no)
    return _with_record(sheet, known, said, True, now)


def _scanned(data: bytes, trust: Trust, now: int, record: Record | None, enough: Enough) -> Answer | None:
    """The code on a page that a scanner saved as PDF, if there is one."""
    for picture in pictures.scans(data):
        if enough():
            return None
        answer = _picture(picture, trust, now, record, enough)
        if answer.reason != "no_code":
            return answer
    return None


def _picture(data: bytes, trust: Trust, now: int, record: Record | None, enough: Enough) -> Answer:
    texts = pictures.codes(data, enough)
    if not texts:
        return nothing("picture", "no_code")
    answers = [inspect_text(text, trust, now, record) for text in texts[:4]]
    best = next((a for a in answers if a.subject), None) or next((a for a in answers if a.reason != "kind"), answers[0])
    if best.reason == "kind":
        return nothing("picture", "other_code", State.NOT_GENUINE)
    return as_what(best, "picture")


def _credential(data: bytes, trust: Trust, now: int, record: Record | None) -> Answer:
    """Known by the digest of its exact bytes; without a record only our own form is ever canonicalised."""
    sheet = Sheet("credential")
    try:
        document = _form(data)
        sheet.passed("format")
        _ours(document, trust)
        if record is not None:
            known = record.by_credential(_digest(data))
            if known is None:
                raise Failed("signature", "other_bytes")
        elif not own_form(document, trust.public_base):
            sheet.marks["format"] = False
            raise Failed("format", "form")
        said, index = _read(_proved(data, trust), trust)
        sheet.passed("signature", "issuer")
    except Failed as no:
        if record and no.reason == "unknown_key" and (held := record.by_credential(_digest(data))):
            said, _ = _read(json.loads(data), trust)
            return _by_log(sheet, held, said, "credential", badge.kid_in(data), now, record)
        return sheet.failed(no)
    if record is None:
        return sheet.concluded(said, trust.status(index, now), now)
    return _with_record(sheet, known, said, True, now)


def _with_record(sheet: Sheet, known: Known | None, said: Subject, found: bool, now: int) -> Answer:
    """The record's word on a form that says `said`."""
    try:
        held = on_record(known, found)
    except Failed as no:
        return sheet.failed(no)
    place = held.logged if isinstance(held.logged, LogPlace) else None
    subject = said if held.erased else held.subject
    status = now_known(held, now)
    return sheet.concluded(subject, status, now, log=place, replaced_by=held.replaced_by, erased=held.erased)


def _by_log(sheet: Sheet, known: Known, said: Subject, form: Form, kid: str, now: int, record: Record) -> Answer:
    """The very bytes of a certificate on record, signed by a key that was declared stolen: only the log can vouch."""
    if not isinstance(known.logged, LogPlace) or not record.before_theft(known, form, kid):
        return sheet.failed(Failed("issuer", "revoked_key"))
    sheet.passed("format", "signature")
    sheet.marks["issuer"] = False
    return _with_record(sheet, known, said, True, now)


def _claimed_number(fragment: str) -> str:
    """The number that a bare code names for itself; it counts only if the signature holds."""
    try:
        return cose.read_payload(cose.unproved(cose.message_of(fragment))).number
    except cose.NotGenuine:
        return ""


def _form(data: bytes) -> dict[str, Any]:
    """The JSON object, if it has our outer form. Raises Failed("format", …)."""
    if len(data) > badge.MAX_BYTES:
        raise Failed("format", "too_long")
    try:
        document = json.loads(data, object_pairs_hook=_once)
    except (ValueError, RecursionError):
        raise Failed("format", "json") from None
    if not isinstance(document, dict) or "OpenBadgeCredential" not in str(document.get("type"))[:200]:
        raise Failed("format", "json")
    if document.get("@context") != badge.CONTEXT:
        raise Failed("format", "context")
    return document


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a name twice")
    return found


def _ours(document: dict[str, Any], trust: Trust) -> None:
    issuer = document.get("issuer")
    if not isinstance(issuer, dict) or issuer.get("id") != badge.did_web(trust.public_base):
        raise Failed("issuer", "foreign_issuer")


def _proved(credential: bytes, trust: Trust) -> dict[str, Any]:
    """The credential, its proof checked. Only for bytes of ours, or of our own form. Raises `Failed`."""
    try:
        return badge.verify(credential, hashlib.sha256(credential).hexdigest(), trust.method)
    except badge.BadCredential as bad:
        if str(bad) == "unknown key":
            raise Failed("issuer", "unknown_key") from None
        raise Failed("signature", "signature") from None
    except (ValueError, KeyError, TypeError, AttributeError):
        raise Failed("signature", "signature") from None


def _read(document: dict[str, Any], trust: Trust) -> tuple[Subject, int]:
    """What a proved credential says, and its status index. Raises Failed("format", "form")."""
    try:
        what = document["credentialSubject"]["achievement"]
        number = str(document["id"]).removeprefix(f"{trust.public_base}/v/")
        kind = {"Certification": "level", "CertificateOfCompletion": "completion", "Award": "competition"}
        occupation, _, level = str(document["name"]).rpartition("·")
        is_level = what["achievementType"] == "Certification"
        subject = Subject(
            number=number,
            name=document["credentialSubject"]["identifier"][0]["identityHash"],
            kind=kind[what["achievementType"]],
            what=document["name"],
            issued_at=_epoch(document["validFrom"]),
            expires_at=_epoch(document["validUntil"]) if "validUntil" in document else None,
            occupation_code=what.get("humanCode", ""),
            occupation_name=occupation if is_level else "",
            level=ladder_on(_day(_epoch(document["validFrom"]))).rank_of(level) if is_level else None,
            issuer=document["issuer"]["name"],
        )
        index = status_index(document, trust.public_base)
        subject = replace(subject, status_index=index)
    except (KeyError, IndexError, TypeError, ValueError):
        raise Failed("format", "form") from None
    return subject, index


def _place(credential: bytes, receipt: dict[str, Any], trust: Trust, record: Record | None) -> LogPlace | None:
    """The place by the receipt in the paper; where there is a record, its own fresh proof counts as well.

    A receipt under a log key that was stolen since proves nothing any more. Raises Failed("log", …).
    """
    try:
        return _receipt(credential, receipt, trust)
    except Failed:
        if record is None:
            raise
        return None


def _receipt(credential: bytes, receipt: dict[str, Any], trust: Trust) -> LogPlace:
    """The credential's place in the log, by the receipt beside it. Raises Failed("log", …)."""
    try:
        entry = bytes.fromhex(receipt["leaf"])
        hashes = [bytes.fromhex(text) for text in receipt["hashes"]]
        index, note = int(receipt["index"]), str(receipt["checkpoint"])
    except (KeyError, TypeError, ValueError):
        raise Failed("log", "log_proof") from None
    if entry != ISSUE + hashlib.sha256(credential).digest():
        raise Failed("log", "log_proof")
    return trust.place(entry, index, note, hashes)


def _said_by(payload: cose.QrPayload) -> Subject:
    level = level_words(payload.level, _day(payload.issued_at))
    kinds = {code: kind for kind, code in KIND_CODE.items()}
    return Subject(
        number=payload.number,
        name=payload.name,
        kind=kinds[payload.kind],
        what=payload.award or level,
        issued_at=payload.issued_at,
        expires_at=payload.expires_at,
        occupation_code=payload.occupation or "",
        level=payload.level,
        status_index=payload.status_index,
    )


def _digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def _epoch(stamp: str) -> int:
    return int(datetime.fromisoformat(stamp).timestamp())


def _day(epoch: int) -> date:
    return shanghai_day(datetime.fromtimestamp(epoch, UTC))
