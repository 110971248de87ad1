"""The lives of organisations and accounts (pure)."""

from __future__ import annotations

from enum import StrEnum

from skills.kernel.machines import Machine, move


class OrganisationState(StrEnum):
    """Where an organisation stands."""

    REGISTERED = "registered"
    APPROVED = "approved"
    SUSPENDED = "suspended"
    CLOSED = "closed"


_O = OrganisationState
ORGANISATION = Machine(
    "organisation",
    OrganisationState,
    _O.REGISTERED,
    move("approve", _O.REGISTERED, to=_O.APPROVED, means="审核通过 approved by the authority", may="organisation.approve"),
    move("suspend", _O.APPROVED, to=_O.SUSPENDED, means="暂停 may not act for a while", may="organisation.approve"),
    move("resume", _O.SUSPENDED, to=_O.APPROVED, means="恢复 may act again", may="organisation.approve"),
    move("close", _O.REGISTERED, _O.APPROVED, _O.SUSPENDED, to=_O.CLOSED, means="注销 has left",
         may="organisation.approve"),
    words={
        _O.REGISTERED: ("待审核", "waiting for approval"),
        _O.APPROVED: ("已通过", "approved"),
        _O.SUSPENDED: ("已暂停", "suspended"),
        _O.CLOSED: ("已注销", "closed"),
    },
)  # fmt: skip


class SuccessionState(StrEnum):
    """Where the appointment of a successor stands."""

    PROPOSED = "proposed"
    APPOINTED = "appointed"
    ENDED = "ended"


_S = SuccessionState
SUCCESSION = Machine(
    "succession",
    SuccessionState,
    _S.PROPOSED,
    move("appoint", _S.PROPOSED, to=_S.APPOINTED, means="指定 appointed by a second person", may="succession.appoint"),
    move("end", _S.PROPOSED, _S.APPOINTED, to=_S.ENDED, means="终止 no longer acts for the body", may="succession.appoint"),
    words={
        _S.PROPOSED: ("待复核", "waiting for a second person"),
        _S.APPOINTED: ("已指定", "appointed"),
        _S.ENDED: ("已终止", "ended"),
    },
)  # fmt: skip


class AccountState(StrEnum):
    """Where an account stands."""

    INVITED = "invited"
    ACTIVE = "active"
    DISABLED = "disabled"


_A = AccountState
ACCOUNT = Machine(
    "account",
    AccountState,
    _A.INVITED,
    move("activate", _A.INVITED, to=_A.ACTIVE, means="激活 the person set a password or proved who they are"),
    move("disable", _A.INVITED, _A.ACTIVE, to=_A.DISABLED, means="停用 may no longer sign in", may="staff.manage"),
    move("enable", _A.DISABLED, to=_A.ACTIVE, means="启用 may sign in again", may="staff.manage"),
    words={
        _A.INVITED: ("待激活", "invited"),
        _A.ACTIVE: ("正常", "active"),
        _A.DISABLED: ("已停用", "disabled"),
    },
)
