"""The life of a certificate and of an order about it (pure)."""

from __future__ import annotations

from enum import StrEnum

from skills.credentials.statuslist import Status
from skills.kernel.machines import Machine, move


class CertificateState(StrEnum):
    """Where a certificate stands. Expiry is computed from its dates when it is read."""

    ISSUED = "issued"
    SUSPENDED = "suspended"
    REVOKED = "revoked"
    SUPERSEDED = "superseded"


CERTIFICATE = Machine(
    "certificate",
    CertificateState,
    CertificateState.ISSUED,
    move(
        "suspend",
        CertificateState.ISSUED,
        to=CertificateState.SUSPENDED,
        means="暂停 under review",
        may="certificate.suspend",
    ),
    move(
        "reinstate",
        CertificateState.SUSPENDED,
        to=CertificateState.ISSUED,
        means="恢复 review ended well",
        may="certificate.suspend",
    ),
    move(
        "revoke",
        CertificateState.ISSUED,
        CertificateState.SUSPENDED,
        to=CertificateState.REVOKED,
        means="撤销 taken back by two people of the issuing body",
        may="certificate.revoke",
    ),
    move(
        "supersede",
        CertificateState.ISSUED,
        CertificateState.SUSPENDED,
        to=CertificateState.SUPERSEDED,
        means="换发 replaced by a new certificate",
        may="certificate.supersede",
    ),
    words={
        CertificateState.ISSUED: ("有效", "valid"),
        CertificateState.SUSPENDED: ("已暂停", "suspended"),
        CertificateState.REVOKED: ("已撤销", "revoked"),
        CertificateState.SUPERSEDED: ("已换发", "replaced"),
    },
)

PHONE_STATUS: dict[str, Status] = {
    CertificateState.REVOKED: Status.REVOKED,
    CertificateState.SUSPENDED: Status.SUSPENDED,
    CertificateState.SUPERSEDED: Status.SUPERSEDED,
}


class RevocationState(StrEnum):
    """Where a proposal to revoke stands."""

    PROPOSED = "proposed"
    CARRIED_OUT = "carried_out"
    DROPPED = "dropped"


REVOCATION = Machine(
    "revocation",
    RevocationState,
    RevocationState.PROPOSED,
    move(
        "carry_out",
        RevocationState.PROPOSED,
        to=RevocationState.CARRIED_OUT,
        means="执行 decided by a second person",
        may="certificate.revoke",
    ),
    move(
        "drop",
        RevocationState.PROPOSED,
        to=RevocationState.DROPPED,
        means="不予撤销 not carried out",
        may="certificate.revoke",
    ),
    words={
        RevocationState.PROPOSED: ("待复核", "proposed"),
        RevocationState.CARRIED_OUT: ("已撤销", "carried out"),
        RevocationState.DROPPED: ("不予撤销", "dropped"),
    },
)

# What is told to the public about a revocation: the class, never the case.
REASONS: dict[str, tuple[str, str]] = {
    "fraud": ("弄虚作假", "obtained by deceit"),
    "void_exam": ("考核无效", "the exam was void"),
    "error": ("发证错误", "issued in error"),
    "holder": ("持证人申请注销", "given up by the holder"),
    "misprint": ("发放前作废", "voided before hand-out"),
}


class DesignState(StrEnum):
    """Where a design of a body's certificates stands."""

    DRAFTED = "drafted"
    SUBMITTED = "submitted"
    APPROVED = "approved"
    IN_USE = "in_use"
    WITHDRAWN = "withdrawn"


_D = DesignState
DESIGN = Machine(
    "design",
    DesignState,
    _D.DRAFTED,
    move("submit", _D.DRAFTED, to=_D.SUBMITTED, means="报审 handed in by a second person of the body", may="design.submit"),
    move("send_back", _D.SUBMITTED, to=_D.DRAFTED, means="退回修改 sent back with a reason", may="design.decide"),
    move("approve", _D.SUBMITTED, to=_D.APPROVED, means="同意使用 approved by the authority", may="design.decide"),
    move("use", _D.APPROVED, to=_D.IN_USE, means="启用 printed with from today", may="design.submit"),
    move("withdraw", _D.DRAFTED, _D.SUBMITTED, _D.APPROVED, _D.IN_USE, to=_D.WITHDRAWN,
         means="停用 given up, or followed by the next", may="design.submit"),
    words={
        _D.DRAFTED: ("草稿", "draft"),
        _D.SUBMITTED: ("待审核", "waiting for approval"),
        _D.APPROVED: ("已同意，未启用", "approved, not in use yet"),
        _D.IN_USE: ("使用中", "in use"),
        _D.WITHDRAWN: ("已停用", "withdrawn"),
    },
)


class SealState(StrEnum):
    """Where a picture of a body's seal stands."""

    UPLOADED = "uploaded"
    CONFIRMED = "confirmed"
    WITHDRAWN = "withdrawn"


SEAL = Machine(
    "seal",
    SealState,
    SealState.UPLOADED,
    move("confirm", SealState.UPLOADED, to=SealState.CONFIRMED, means="确认 confirmed by a second person",
         may="design.submit"),
    move("withdraw", SealState.UPLOADED, SealState.CONFIRMED, to=SealState.WITHDRAWN,
         means="停用 no longer printed", may="design.submit"),
    words={
        SealState.UPLOADED: ("待确认", "waiting for a second person"),
        SealState.CONFIRMED: ("使用中", "in use"),
        SealState.WITHDRAWN: ("已停用", "withdrawn"),
    },
)
