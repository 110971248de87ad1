"""The lives of a further document, of a wish to take one off, of somebody new by such a number, of two records to join (pure)."""

from __future__ import annotations

from enum import StrEnum

from skills.kernel.machines import Machine, move


class AdditionState(StrEnum):
    """Where a further document stands."""

    ASKED = "asked"
    ADDED = "added"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"


_A = AdditionState
ADDITION = Machine(
    "document_addition",
    AdditionState,
    _A.ASKED,
    move("release", _A.ASKED, to=_A.ADDED, means="复核通过 released by a second person: it finds the same person now", may="person.decide"),
    move("refuse", _A.ASKED, to=_A.REFUSED, means="不予追加 refused by a second person, with a reason", may="person.decide"),
    move("withdraw", _A.ASKED, to=_A.WITHDRAWN, means="撤回 taken back by the desk", may="person.register"),
    words={
        _A.ASKED: ("待复核", "to be released by a second person"),
        _A.ADDED: ("已追加", "added"),
        _A.REFUSED: ("不予追加", "refused"),
        _A.WITHDRAWN: ("已撤回", "withdrawn"),
    },
)


class RemovalState(StrEnum):
    """Where a wish to take a document off stands."""

    ASKED = "asked"
    REMOVED = "removed"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"


_R = RemovalState
REMOVAL = Machine(
    "document_removal",
    RemovalState,
    _R.ASKED,
    move("release", _R.ASKED, to=_R.REMOVED, means="复核撤下 taken off by a second person: it finds this person no more", may="person.decide"),
    move("refuse", _R.ASKED, to=_R.REFUSED, means="不予撤下 it stays, with a reason", may="person.decide"),
    move("withdraw", _R.ASKED, to=_R.WITHDRAWN, means="撤回 taken back by the desk", may="person.register"),
    words={
        _R.ASKED: ("待复核", "to be decided by a second person"),
        _R.REMOVED: ("已撤下", "taken off"),
        _R.REFUSED: ("不予撤下", "it stays"),
        _R.WITHDRAWN: ("已撤回", "withdrawn"),
    },
)


class RegistrationState(StrEnum):
    """Where somebody stands who is to be put on record by a number that was taken off another record."""

    ASKED = "asked"
    REGISTERED = "registered"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"


_N = RegistrationState
REGISTRATION = Machine(
    "registration",
    RegistrationState,
    _N.ASKED,
    move("release", _N.ASKED, to=_N.REGISTERED, means="复核登记 put on record by a second person, as somebody new", may="person.decide"),
    move("refuse", _N.ASKED, to=_N.REFUSED, means="不予登记 not put on record, with a reason", may="person.decide"),
    move("withdraw", _N.ASKED, to=_N.WITHDRAWN, means="撤回 taken back by the desk", may="person.register"),
    words={
        _N.ASKED: ("待复核", "to be decided by a second person"),
        _N.REGISTERED: ("已登记", "put on record"),
        _N.REFUSED: ("不予登记", "refused"),
        _N.WITHDRAWN: ("已撤回", "withdrawn"),
    },
)


class JoinState(StrEnum):
    """Where a proposal to join two records stands."""

    PROPOSED = "proposed"
    JOINED = "joined"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"


_J = JoinState
JOIN = Machine(
    "person_join",
    JoinState,
    _J.PROPOSED,
    move("join", _J.PROPOSED, to=_J.JOINED, means="合并 decided by a second person: one record from now on, for good", may="person.decide"),
    move("refuse", _J.PROPOSED, to=_J.REFUSED, means="不予合并 not one person, or not proved, with a reason", may="person.decide"),
    move("withdraw", _J.PROPOSED, to=_J.WITHDRAWN, means="撤回 taken back by the desk", may="person.register"),
    words={
        _J.PROPOSED: ("待复核", "to be decided by a second person"),
        _J.JOINED: ("已合并", "joined"),
        _J.REFUSED: ("不予合并", "not joined"),
        _J.WITHDRAWN: ("已撤回", "withdrawn"),
    },
)
