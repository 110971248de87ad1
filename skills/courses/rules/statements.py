"""Reading a statement of a learning platform: xAPI 1.0.3 with the verbs of cmi5 (pure).

Source: xAPI-Spec (ADL) parts two and three; cmi5 (AICC), section 9.3 on verbs. Learners are named by an account, never by
a number of a document.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import ROUND_DOWN, Decimal, InvalidOperation
from enum import StrEnum
from typing import Any

from skills.kernel.errors import Malformed

MOST = 50  # statements in one request
_ADL, _CMI5 = "http://adlnet.gov/expapi/verbs/", "https://w3id.org/xapi/adl/verbs/"
PROGRESS = "https://w3id.org/xapi/cmi5/result/extensions/progress"
REASON = "https://w3id.org/xapi/cmi5/result/extensions/reason"


class Verb(StrEnum):
    """What a platform may say."""

    LAUNCHED = "launched"
    INITIALIZED = "initialized"
    COMPLETED = "completed"
    PASSED = "passed"
    FAILED = "failed"
    ABANDONED = "abandoned"
    WAIVED = "waived"
    TERMINATED = "terminated"
    SATISFIED = "satisfied"
    VOIDED = "voided"


VERBS: Mapping[str, Verb] = {
    **{_ADL + v: v for v in (Verb.LAUNCHED, Verb.INITIALIZED, Verb.COMPLETED, Verb.PASSED, Verb.FAILED, Verb.TERMINATED, Verb.VOIDED)},
    **{_CMI5 + v: v for v in (Verb.ABANDONED, Verb.WAIVED, Verb.SATISFIED)},
}  # fmt: skip
VERB_WORDS: Mapping[Verb, tuple[str, str]] = {
    Verb.LAUNCHED: ("启动", "launched"), Verb.INITIALIZED: ("开始", "initialized"), Verb.COMPLETED: ("学完", "completed"),
    Verb.PASSED: ("通过", "passed"), Verb.FAILED: ("未通过", "failed"), Verb.ABANDONED: ("中断", "abandoned"),
    Verb.WAIVED: ("免修", "waived"), Verb.TERMINATED: ("结束", "terminated"), Verb.SATISFIED: ("达标", "satisfied"),
    Verb.VOIDED: ("撤回", "voided"),
}  # fmt: skip
RESULTS = (Verb.COMPLETED, Verb.PASSED, Verb.FAILED)

_UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[1-5][0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}")
_NATIONAL = re.compile(r"\d{17}[\dXx]|\d{15}")
_PART = r"(\d{1,9}(?:\.\d{1,9})?)"
_DURATION = re.compile(rf"P(?:{_PART}D)?(?:T(?:{_PART}H)?(?:{_PART}M)?(?:{_PART}S)?)?")
_HUNDREDTH = Decimal("0.01")


@dataclass(frozen=True)
class Said:
    """A statement as it was read.

    place      id of the enrolment, or ""; card and class_number name the learner otherwise
    score      in per cent; seconds as reported; progress in per cent; None if not said
    at         when it happened, None if not said
    refers_to  the statement that a voiding one takes back
    body       the canonical text without what a record store adds
    """

    statement_id: str
    verb: Verb
    place: str
    card: str
    class_number: str
    score: Decimal | None
    seconds: Decimal | None
    progress: Decimal | None
    at: datetime | None
    reason: str
    refers_to: str
    body: str


def read(given: Mapping[str, Any], base: str) -> Said:
    """Read one statement. `base` is this site's address, under which learners and classes are named.

    Raises Malformed("xapi.…") naming what is wrong and what would be right.
    """
    statement_id = str(given.get("id", "")).lower()
    if not _UUID.fullmatch(statement_id):
        raise Malformed("xapi.id")
    verb = VERBS.get(str(_part(given, "verb").get("id", "")))
    if verb is None:
        raise Malformed("xapi.verb", verbs="、".join(sorted(VERBS.values())))
    target = _part(given, "object")
    result = given.get("result") or {}
    if not isinstance(result, Mapping):
        raise Malformed("xapi.malformed", part="result")
    _agrees(verb, result)
    extensions = result.get("extensions") or {}
    if not isinstance(extensions, Mapping):
        raise Malformed("xapi.malformed", part="result.extensions")
    place, card = _learner(given, base)
    number = ""
    if card and verb is not Verb.VOIDED:  # what is taken back names the place already
        head = f"{base}/classes/"
        if not str(target.get("id", "")).startswith(head):
            raise Malformed("xapi.class", head=head)
        number = str(target["id"]).removeprefix(head).split("/")[0][:24]
    refers_to = ""
    if verb is Verb.VOIDED:
        refers_to = str(target.get("id", "")).lower()
        if target.get("objectType") != "StatementRef" or not _UUID.fullmatch(refers_to):
            raise Malformed("xapi.malformed", part="object")
    reason = str(extensions.get(REASON, "")).strip()[:200]
    if verb is Verb.WAIVED and not reason:
        raise Malformed("xapi.reason", extension=REASON)
    kept = {k: v for k, v in given.items() if k not in ("stored", "authority", "version")}
    return Said(
        statement_id, verb, place, card, number, _score(result), _seconds(result), _progress(extensions), _moment(given), reason,
        refers_to, json.dumps({**kept, "id": statement_id}, ensure_ascii=False, sort_keys=True, separators=(",", ":")),
    )  # fmt: skip


def read_many(given: Any, base: str) -> tuple[Said, ...]:
    """One statement or a list of them; all are read or none. Raises Malformed."""
    found = given if isinstance(given, Sequence) and not isinstance(given, str | bytes) else [given]
    if len(found) > MOST:
        raise Malformed("xapi.too_many", most=MOST)
    if not found or not all(isinstance(one, Mapping) for one in found):
        raise Malformed("xapi.malformed", part="statement")
    said = tuple(read(one, base) for one in found)
    if len({s.statement_id for s in said}) != len(said):
        raise Malformed("xapi.twice")
    return said


def hours(seconds: Decimal, minutes_per_hour: int) -> Decimal:
    """Class hours of a duration, rounded down to hundredths."""
    return (seconds / 60 / minutes_per_hour).quantize(_HUNDREDTH, ROUND_DOWN)


def _part(given: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    part = given.get(name)
    if not isinstance(part, Mapping):
        raise Malformed("xapi.malformed", part=name)
    return part


def _learner(given: Mapping[str, Any], base: str) -> tuple[str, str]:
    """Id of the enrolment, or number of the learner's card."""
    account = _part(given, "actor").get("account")
    if not isinstance(account, Mapping):
        raise Malformed("xapi.account", home=f"{base}/enrolments")
    home, name = str(account.get("homePage", "")).rstrip("/"), str(account.get("name", "")).strip()
    if _NATIONAL.fullmatch(name):
        raise Malformed("xapi.national_id")
    if home == f"{base}/enrolments" and name:
        return name[:26], ""
    if home == f"{base}/learners" and name:
        return "", name[:16]
    raise Malformed("xapi.account", home=f"{base}/enrolments")


def _agrees(verb: Verb, result: Mapping[str, Any]) -> None:
    """A statement that its own result contradicts says nothing."""
    wanted = {Verb.PASSED: ("success", True), Verb.FAILED: ("success", False), Verb.COMPLETED: ("completion", True)}.get(verb)
    if wanted and wanted[0] in result and result[wanted[0]] is not wanted[1]:
        raise Malformed("xapi.contradiction", part=f"result.{wanted[0]}")


def _number(value: Any, part: str) -> Decimal:
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        raise Malformed("xapi.malformed", part=part)
    try:
        found = Decimal(str(value))
    except InvalidOperation as error:
        raise Malformed("xapi.malformed", part=part) from error
    if not found.is_finite() or abs(found.adjusted()) > 9:
        raise Malformed("xapi.malformed", part=part)
    return found


def _score(result: Mapping[str, Any]) -> Decimal | None:
    """The score in per cent: scaled, else raw between min and max (0 and 100 if not said)."""
    score = result.get("score")
    if score is None:
        return None
    if not isinstance(score, Mapping):
        raise Malformed("xapi.malformed", part="result.score")
    if "scaled" in score:
        percent = _number(score["scaled"], "result.score.scaled") * 100
    elif "raw" in score:
        low, high = _number(score.get("min", 0), "result.score.min"), _number(score.get("max", 100), "result.score.max")
        if high <= low:
            raise Malformed("xapi.malformed", part="result.score.max")
        percent = (_number(score["raw"], "result.score.raw") - low) * 100 / (high - low)
    else:
        return None
    if not 0 <= percent <= 100:
        raise Malformed("xapi.score")
    return percent.quantize(_HUNDREDTH, ROUND_DOWN)


def _seconds(result: Mapping[str, Any]) -> Decimal | None:
    text = result.get("duration")
    if text is None:
        return None
    held = _DURATION.fullmatch(str(text))
    if held is None or not any(held.groups()):
        raise Malformed("xapi.duration")
    days, hours_, minutes, seconds = (Decimal(part or 0) for part in held.groups())
    return days * 86_400 + hours_ * 3600 + minutes * 60 + seconds


def _progress(extensions: Mapping[str, Any]) -> Decimal | None:
    if PROGRESS not in extensions:
        return None
    found = _number(extensions[PROGRESS], "progress")
    if not 0 <= found <= 100:
        raise Malformed("xapi.malformed", part="progress")
    return found.quantize(_HUNDREDTH, ROUND_DOWN)


def _moment(given: Mapping[str, Any]) -> datetime | None:
    if "timestamp" not in given:
        return None
    try:
        found = datetime.fromisoformat(str(given["timestamp"]).replace("Z", "+00:00"))
    except ValueError as error:
        raise Malformed("xapi.timestamp") from error
    if found.tzinfo is None or not 2000 <= found.year <= 2200:
        raise Malformed("xapi.timestamp")
    return found
