"""Kinds of complaints, their clocks, who may own one, what a party may read (pure)."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import IntEnum
from typing import Any

from skills.complaints.states import ComplaintState, Outcome
from skills.kernel.findings import Finding, Verdict, all_of

LONGEST = 4000
LONGEST_REF = 120


class Level(IntEnum):
    """Who has a case: the district's desk or the city's. A case of no district begins at the city's."""

    DISTRICT = 1
    CITY = 2


LEVEL_WORDS = {Level.DISTRICT: ("区县", "district"), Level.CITY: ("市级", "city")}

# What a complaint may be about: (Chinese, English). "" is free text alone.
MATTERS: Mapping[str, tuple[str, str]] = {
    "": ("不针对某一件", "Nothing in particular"),
    "organisation": ("某个单位", "An organisation"),
    "class": ("某个班次", "A class"),
    "voucher": ("某次用券", "A use of a voucher"),
    "certificate": ("某张证书（编号）", "A certificate (number)"),
    "record": ("某人的记录", "Somebody's record"),
    "competition": ("某项竞赛", "A competition"),
    "notice": ("某次公示", "A public notice"),
}


@dataclass(frozen=True)
class ComplaintKind:
    """What a complaint is about.

    accept     working days until somebody has to have taken it on
    days       working days until it has to be answered
    anonymous  whether no contact is needed
    """

    code: str
    zh: str
    en: str
    days: int
    anonymous: bool
    source: str
    accept: int = 5


@dataclass(frozen=True)
class Elsewhere:
    """Who is competent for what this authority is not, and how they are reached."""

    code: str
    zh: str
    en: str
    address_zh: str
    address_en: str
    phone: str


def read_kinds(rows: Sequence[Mapping[str, Any]]) -> tuple[ComplaintKind, ...]:
    """The kinds as stored in the policy row `complaint.kinds`; a row of before has no term for being taken on."""
    return tuple(
        ComplaintKind(
            r["code"], r["zh"], r["en"], int(r["days"]), bool(r["anonymous"]), r["source"],
            int(r.get("accept", min(5, int(r["days"])))),
        )
        for r in rows
    )  # fmt: skip


def read_elsewhere(rows: Sequence[Mapping[str, Any]]) -> tuple[Elsewhere, ...]:
    """The ways to others as stored in the policy row `complaint.elsewhere`."""
    return tuple(
        Elsewhere(r["code"], r["zh"], r["en"], r["address_zh"], r["address_en"], r["phone"]) for r in rows
    )


def complete(kind: ComplaintKind | None, text: str, contact: str, matter: str = "", ref: str = "") -> Verdict:
    """Whether a complaint can be taken in: a known kind, a text, and a contact unless the kind may be anonymous."""
    return all_of(
        "complaint.incomplete",
        [
            Finding("complaint.kind_known", kind is not None),
            Finding("complaint.text_given", 0 < len(text.strip()) <= LONGEST, facts={"most": LONGEST}),
            Finding("complaint.contact_given", kind is None or kind.anonymous or bool(contact.strip())),
            Finding("complaint.matter_known", matter in MATTERS and len(ref) <= LONGEST_REF, facts={"most": LONGEST_REF}),
        ],
    )


@dataclass(frozen=True)
class Handler:
    """Somebody who is to own a case.

    bodies     organisations for which the account holds or held a role
    districts  where the right to handle complaints is held; None for the whole city
    """

    account: str
    bodies: frozenset[str] = frozenset()
    districts: frozenset[str] | None = None
    person: str | None = None
    may_handle: bool = True


@dataclass(frozen=True)
class Owning:
    """What decides who may own a case.

    author, author_person  account and person of the complainant, None for the anonymous
    about                  the organisation complained of
    hands                  accounts that acted in the matter complained of
    earlier                accounts that had the case before it went up
    had                    accounts that ever had the case
    counter                accounts that took in, at a counter, what the author says
    taken_by               whose it is now
    """

    author: str | None = None
    author_person: str | None = None
    about: str | None = None
    hands: frozenset[str] = frozenset()
    earlier: frozenset[str] = frozenset()
    taken_by: str | None = None
    level: int = Level.CITY
    district: str = ""
    counter: frozenset[str] = frozenset()
    had: frozenset[str] = frozenset()


def may_own(handler: Handler, case: Owning, *, given: bool = False) -> Verdict:
    """Whether somebody may own a case: never its author, never of the party complained of, never who acted in the matter,
    had the case before or was the author's hand at a counter, and of the level that has it (desks.md D13).

    given  somebody with the right to do so gives the case away: then it may be another's now
    """
    own_person = handler.person is not None and handler.person == case.author_person
    city = handler.districts is None
    in_level = city or (case.level == Level.DISTRICT and case.district in (handler.districts or ()))
    return all_of(
        "complaint.not_yours",
        [
            Finding("complaint.may_handle", handler.may_handle),
            Finding("complaint.not_author", not own_person and (case.author is None or case.author != handler.account)),
            Finding("complaint.not_party", case.about is None or case.about not in handler.bodies),
            Finding("complaint.not_acted", handler.account not in case.hands),
            Finding("complaint.not_earlier", handler.account not in case.earlier),
            Finding("complaint.not_counter", handler.account not in case.counter),
            Finding("complaint.of_level", in_level),
            Finding("complaint.not_taken", given or case.taken_by is None or case.taken_by == handler.account),
        ],
    )


def may_take_in(bodies: Collection[str], about: str | None) -> Verdict:
    """Whether a clerk may take a complaint in at a counter: not of the party complained of."""
    return all_of("complaint.not_your_hand", [Finding("complaint.not_party", about is None or about not in bodies)])


def may_serve(account: str, bodies: Collection[str], case: Owning) -> Verdict:
    """Whether a clerk may be the author's hand at a counter: neither of the party complained of, nor who acted in the matter,
    nor whoever has the case or had it."""
    return all_of(
        "complaint.not_your_hand",
        [
            Finding("complaint.not_party", case.about is None or case.about not in bodies),
            Finding("complaint.not_acted", account not in case.hands),
            Finding("complaint.not_handler", account != case.taken_by and account not in case.earlier | case.had),
        ],
    )


@dataclass(frozen=True)
class Standing:
    """What decides whether an author may turn to the level above. `reviews` working days are left open after the answer."""

    state: str
    escalated: bool
    accept_by: date
    accepted: bool
    due_on: date
    closed_on: date | None
    last_day: date | None


def may_escalate(case: Standing, today: date) -> Verdict:
    """Once; when nobody took it on in time, when the answer is late, or within the days after an answer."""
    answered = case.state in (ComplaintState.ANSWERED, ComplaintState.PASSED_ON)
    in_time = answered and case.last_day is not None and today <= case.last_day
    late = is_late(case.state, case.accept_by, case.accepted, case.due_on, today)
    return all_of(
        "complaint.no_escalation",
        [
            Finding("complaint.escalated_once", not case.escalated),
            Finding("complaint.late_or_answered", late or in_time, facts={"due": case.due_on}),
        ],
    )


def is_late(state: str, accept_by: date, accepted: bool, due_on: date, today: date) -> bool:
    """Whether a running clock is over: nobody took it on, or nobody answered. It stands still while the author is asked."""
    if state not in (ComplaintState.RECEIVED, ComplaintState.TAKEN):
        return False
    return today > due_on or (not accepted and today > accept_by)


def outcome_fits(move: str, outcome: str, elsewhere: str, known: Collection[str]) -> bool:
    """Whether an outcome goes with a move: what is passed on is "not for us" and names who is competent."""
    if move == "pass_on":
        return outcome == Outcome.NOT_FOR_US and elsewhere in known
    return outcome in (Outcome.UPHELD, Outcome.PARTLY, Outcome.NOT_UPHELD) and not elsewhere


def tells_who(text: str, secrets: Iterable[str]) -> bool:
    """Whether a text for the party complained of holds anything that says who complained: name, number, phone, mail.

    Blanks, dashes and full-width forms hide nothing. Secrets below two characters are left out: they say nothing.
    """
    plain = _bare(text)
    return any(len(bare := _bare(secret)) > 1 and bare in plain for secret in secrets)


def _bare(text: str) -> str:
    return "".join(c for c in unicodedata.normalize("NFKC", text).casefold() if c.isalnum())


# What stands beside a contact and names nobody: an honest word about a telephone is let through.
_LABELS = frozenset({
    "电话", "手机", "号码", "手机号", "手机号码", "联系电话", "联系方式", "微信", "微信号", "邮箱", "电邮", "邮件", "先生", "女士", "同学",
    "phone", "mobile", "mail", "email", "e-mail", "tel", "wechat", "qq",
})  # fmt: skip
_MOBILE = 11


def parts_of_contact(contact: str) -> list[str]:
    """The pieces of a contact that each say who it is: "李雷13812345678" → all of it, the name and the number.

    Chinese is cut from what is not; of a longer number the last eleven digits count too (+86 …); labels are left out.
    """
    plain = unicodedata.normalize("NFKC", contact)
    pieces = re.findall(r"[\u3400-\u9fff·]+|[A-Za-z0-9@._+-]+", plain)
    numbers = [digits[-_MOBILE:] for digits in re.findall(r"\d+", re.sub(r"(?<=\d)[ -](?=\d)", "", plain)) if len(digits) >= _MOBILE]
    telling = [piece for piece in pieces if len(piece) > 1 and piece.casefold() not in _LABELS]
    return [contact, *dict.fromkeys(telling + numbers)]


def number(year: int, serial: int) -> str:
    """A receipt number: TS-2026-00012."""
    return f"TS-{year}-{serial:05d}"


def word_hash(word: str) -> str:
    """How the word of a case is kept: as typed, whatever its dashes and its case."""
    plain = "".join(c for c in word.upper() if c.isalnum())
    return hashlib.sha256(f"complaint:{plain}".encode()).hexdigest()
