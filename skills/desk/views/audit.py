"""The auditor's desk: search the log, open an entry, see and take away its proof."""

from __future__ import annotations

import json
from datetime import date

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from flask import Response, request
from flask.typing import ResponseReturnValue

from skills.desk.queries import trail
from skills.desk.queries.trail import Asked, AttemptLine, Head, TrailEntry, TrailLine
from skills.desk.views.words import room
from skills.kernel.keys import KeyRing
from skills.web import paging
from skills.web.i18n import act_words, acts_named, sentence
from skills.web.pages import db, lang, say, show, tool

SEE = "audit.see"


@room.get("/audit", may=SEE, name="audit")
def search() -> ResponseReturnValue:
    """Search by account, action, object and day; the head of the log; what is done most."""
    asked = _asked()
    lines = trail.search(db(), asked, request.args.get("before", "")[:26])
    more = lines[-1].id if len(lines) == trail.PAGE else ""
    most = [(words(code), count) for code, count in trail.actions(db())]
    return show(
        "desk/audit.html", lines=lines, asked=asked, more=more, head=trail.head(db()), actions=most, words=words, who=who
    )


@room.get("/audit/attempts", may=SEE, name="audit_attempts")
def refused() -> ResponseReturnValue:
    """What was tried and refused: nothing was done, and that it was tried is kept."""
    asked = _asked()
    lines = trail.attempts(db(), asked, request.args.get("before", "")[:26])
    more = lines[-1].id if len(lines) == trail.PAGE else ""
    return show(
        "desk/attempts.html", lines=[(line, sentence(line.code, line.facts, lang()).text) for line in lines], asked=asked, more=more,
        words=words, who=who,
    )


@room.get("/audit/<entry_id>", may=SEE, name="audit_entry")
def one(entry_id: str) -> ResponseReturnValue:
    """One act, and whether it stands in the log as it was written."""
    return show("desk/audit_entry.html", e=trail.entry(db(), entry_id, _keys()), words=words, who=who)


@room.get("/audit/<entry_id>/proof.json", may=SEE, name="audit_proof")
def proof(entry_id: str) -> ResponseReturnValue:
    """The proof as a file that other programs can check."""
    found = trail.entry(db(), entry_id, _keys())
    body = json.dumps(found.proof.document, ensure_ascii=False, indent=1)
    name = f"proof-{found.line.id}.json"
    return Response(
        body, mimetype="application/json", headers={"Content-Disposition": f'attachment; filename="{name}"'}
    )


@room.api("GET", "/audit", may=SEE, answers=list[TrailLine], skips=True)
def search_log() -> list[TrailLine]:
    """Acts, newest first: actor, action, about, since, until."""
    page = paging.asked()
    return trail.search(db(), _asked(), page.key[:26], page.limit + 1)


@room.api("GET", "/audit/attempts", may=SEE, answers=list[AttemptLine], skips=True)
def search_attempts() -> list[AttemptLine]:
    """Refusals that were given, newest first: actor, action, about (whom it concerned, or the code), since, until."""
    page = paging.asked()
    return trail.attempts(db(), _asked(), page.key[:26], page.limit + 1)


@room.api("GET", "/audit/head", may=SEE, answers=Head)
def get_head() -> Head:
    """Where the audit log stands."""
    return trail.head(db())


@room.api("GET", "/audit/<entry_id>", may=SEE, answers=TrailEntry)
def get_entry(entry_id: str) -> TrailEntry:
    """One act with its proof."""
    return trail.entry(db(), entry_id, _keys())


def words(code: str) -> str:
    """An act in the reader's language."""
    return act_words(code, lang())


def who(line: TrailLine | AttemptLine) -> str:
    """Who acted; a machine and a visitor have no account."""
    return {"system": say("系统", "the system"), "anonymous": say("访客（未登录）", "a visitor")}.get(line.actor, line.name)


def _asked() -> Asked:
    held = request.args
    action = held.get("action", "").strip()[:64]
    return Asked(
        held.get("actor", "").strip()[:26], action, acts_named(action) if action else (), held.get("about", "").strip()[:64],
        _day(held.get("since", "")), _day(held.get("until", "")),
    )  # fmt: skip


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _keys() -> list[Ed25519PublicKey]:
    ring = tool(KeyRing)
    return [ring.ed25519(fact.kid).public_key() for fact in ring.of("log") if not fact.revoked]
