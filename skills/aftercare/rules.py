"""The six requests: who may ask, which proof, how long, what may change; and when a revocation may be carried out (pure).

Source: desks.md D22 of the design; proofs, clocks and the number of a corrected certificate are policy rows.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from skills.kernel.findings import Finding, Verdict, all_of
from skills.people.rules.removals import HeldDocument, named_by

LONGEST = 1000


class CareKind(StrEnum):
    """The six requests."""

    REPRINT = "reprint"
    CORRECT = "correct"
    EXCHANGE = "exchange"
    VOID = "void"
    CANCEL = "cancel"
    REVOKE = "revoke"

    @property
    def words(self) -> tuple[str, str]:
        """(Chinese, English)."""
        return _KINDS[self][0]

    @property
    def about(self) -> tuple[str, str]:
        """What it is for, in one sentence."""
        return _KINDS[self][1]


_KINDS: dict[CareKind, tuple[tuple[str, str], tuple[str, str]]] = {
    CareKind.REPRINT: (
        ("补发", "Print again"),
        ("证书遗失或损毁：编号和电子凭证不变，纸质件换新的流水码，旧纸作废。",
         "Lost or damaged: same number and credential, a new paper with a new print serial; the old paper no longer counts."),
    ),
    CareKind.CORRECT: (
        ("更正", "Correct"),
        ("发证机构写错了：签发一张正确的新证书，旧证书指向新证书。",
         "The body made a mistake: a right certificate is issued, the old one leads to it."),
    ),
    CareKind.EXCHANGE: (
        ("换发", "Exchange"),
        ("姓名或证件已变更：按现在的姓名和证件签发新证书，旧证书指向新证书。",
         "Name or document changed: a certificate under the present ones is issued, the old one leads to it."),
    ),
    CareKind.VOID: (
        ("作废", "Void"),
        ("印错、且还没有发到持证人手里。", "Misprinted, and not handed out yet."),
    ),
    CareKind.CANCEL: (
        ("注销", "Cancel"),
        ("持证人自愿放弃，或持证人去世。注销后不能恢复。", "Given up by its holder, or the holder has died. It cannot be undone."),
    ),
    CareKind.REVOKE: (
        ("撤销", "Revoke"),
        ("弄虚作假、考核无效或发证错误：先告知持证人、听取陈述申辩，再由第二人决定。",
         "Fraud, a void exam or an error in issuing: the holder is told and heard first, then a second person decides."),
    ),
}  # fmt: skip


class Asker(StrEnum):
    """Who asks: the holder, or the issuing body (for the holder at its counter, or of itself)."""

    HOLDER = "holder"
    BODY = "body"


MAY_ASK: Mapping[CareKind, frozenset[Asker]] = {
    CareKind.REPRINT: frozenset(Asker),
    CareKind.CORRECT: frozenset(Asker),
    CareKind.EXCHANGE: frozenset(Asker),
    CareKind.CANCEL: frozenset(Asker),
    CareKind.VOID: frozenset({Asker.BODY}),
    CareKind.REVOKE: frozenset({Asker.BODY}),
}
# The classes of reason that may be given, first the usual one.
REASONS_OF: Mapping[CareKind, tuple[str, ...]] = {
    CareKind.REPRINT: ("lost", "damaged"),
    CareKind.CORRECT: ("correction",),
    CareKind.EXCHANGE: ("identity",),
    CareKind.VOID: ("misprint",),
    CareKind.CANCEL: ("holder", "death"),
    CareKind.REVOKE: ("fraud", "void_exam", "error"),
}
# What the authority may order; it never decides itself what another body issued.
MAY_ORDER = (CareKind.REVOKE, CareKind.CORRECT)
URGENT = "fraud"  # the class of reason that suspends the certificate while the holder is heard
# The fields that a correction may mend. Occupation, level and date are what the exam gave: they are never "corrected".
FIELDS: Mapping[str, tuple[tuple[str, ...], tuple[str, str]]] = {
    "holder_name": (("level", "completion", "competition"), ("姓名", "Name")),
    "branch": (("level",), ("工种/职业方向", "Branch")),
    "award": (("completion", "competition"), ("项目名称", "Programme or award")),
    "hours": (("completion",), ("学时", "Hours")),
    "score": (("completion", "competition"), ("成绩", "Score")),
}


@dataclass(frozen=True)
class Proof:
    """A paper that must have been seen."""

    code: str
    zh: str
    en: str


@dataclass(frozen=True)
class Standing:
    """What is known of the certificate that a request is about.

    state      issued, suspended, revoked, superseded
    printed    whether a paper counts; handed_out whether it was handed out
    """

    state: str
    printed: bool
    handed_out: bool
    open_request: bool


def read_proofs(rows: Mapping[str, Sequence[Mapping[str, Any]]], kind: CareKind, reason: str) -> tuple[Proof, ...]:
    """The proofs of a kind in the policy row `care.proofs`; a row with `reason` only for that class of reason."""
    return tuple(
        Proof(r["code"], r["zh"], r["en"]) for r in rows.get(kind, ()) if r.get("reason", reason) == reason
    )


def may_ask(kind: CareKind, asker: Asker, reason: str, text: str, standing: Standing) -> Verdict:
    """Whether a request can be taken in."""
    ended = standing.state in ("revoked", "superseded")
    return all_of(
        "care.not_possible",
        [
            Finding("care.asker", asker in MAY_ASK[kind]),
            Finding("care.reason", reason in REASONS_OF[kind]),
            Finding("care.text", 0 < len(text.strip()) <= LONGEST, facts={"most": LONGEST}),
            Finding("care.certificate_lives", not ended),
            Finding("care.certificate_valid", ended or standing.state == "issued" or kind in _OF_SUSPENDED),
            Finding("care.one_at_a_time", not standing.open_request),
            Finding("care.printed", kind is not CareKind.REPRINT or standing.printed),
            Finding("care.not_handed_out", kind is not CareKind.VOID or not standing.handed_out),
        ],
    )


_OF_SUSPENDED = (CareKind.REVOKE, CareKind.CANCEL)


def proofs_seen(required: Iterable[Proof], seen: Iterable[str]) -> Verdict:
    """Whether every proof that the policy asks for has been seen."""
    held = set(seen)
    missing = [p for p in required if p.code not in held]
    facts = {"missing": "、".join(p.zh for p in missing), "missing_en": ", ".join(p.en for p in missing)}
    return all_of("care.proof_missing", [Finding("care.proofs", not missing, facts=facts)], **facts)


def second_hand(decider: str, *others: str | None) -> Verdict:
    """Nobody decides on what they asked for or examined. All are account ids."""
    return all_of("care.second_person", [Finding("care.two_hands", decider not in others)])


def heard(answered: bool, last: date, today: date, considered: str) -> Verdict:
    """Whether a revocation may be carried out: the holder has answered, or the time for it is over.

    last        the last day on which the holder may answer
    considered  what the deciding person says about the answer; needed when there is one
    """
    return all_of(
        "revocation.not_heard",
        [
            Finding("revocation.hearing_over", answered or today > last, facts={"last": last}),
            Finding("revocation.answer_considered", not answered or bool(considered.strip())),
        ],
        last=last,
    )


def changes_fit(claims_kind: str, changes: Mapping[str, str], held: Mapping[str, str]) -> Verdict:
    """Whether a correction changes something, and only what may be corrected on this kind of certificate."""
    foreign = [f for f in changes if f not in FIELDS or claims_kind not in FIELDS[f][0]]
    real = [f for f, text in changes.items() if text.strip() and text.strip() != held.get(f, "")]
    return all_of(
        "care.no_such_correction",
        [Finding("care.field_correctable", not foreign), Finding("care.field_changed", bool(real))],
    )


@dataclass(frozen=True)
class Holder:
    """What a certificate says of its holder: kind of the document in Chinese, its masked number, the name for matching."""

    word: str
    masked: str
    name: str
    issued_at: datetime


class NamedBy(StrEnum):
    """How a certificate names a document: by its number, or by the name that is written on it alone."""

    NUMBER = "number"
    NAME = "name"

    @property
    def words(self) -> tuple[str, str]:
        """(Chinese, English)."""
        return {"number": ("按号码", "by its number"), "name": ("按证件上的姓名", "by the name written on it")}[self]


def names_document(document_id: str, holder: Holder, held: Sequence[HeldDocument], record: str) -> NamedBy | None:
    """Whether a certificate of a person names this document of theirs, and by what.

    held    every document that the person has or had; record  the name on record, for matching
    A name counts that is written on this document, and neither on the record nor on one that is in use.
    """
    if named_by(holder.word, holder.masked, holder.issued_at, held) == document_id:
        return NamedBy.NUMBER
    mine = next((d for d in held if d.id == document_id), None)
    known = {record, *(d.name for d in held if d.id != document_id and d.ended_at is None)}
    return NamedBy.NAME if mine and mine.name and holder.name == mine.name and mine.name not in known else None


def to_put_right(state: str) -> bool:
    """Whether something is still to be done about a certificate that names a document which is not its holder's."""
    return state not in ("revoked", "superseded")


def overdue(due: date | None, closed: bool, today: date) -> bool:
    """Whether the last day has passed without an end."""
    return not closed and due is not None and due < today
