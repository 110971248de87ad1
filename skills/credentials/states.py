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
        means="撤销 taken back by two people of the issuing body after the holder was heard",
        may="certificate.revoke",
    ),
    move(
        "cancel",
        CertificateState.ISSUED,
        CertificateState.SUSPENDED,
        to=CertificateState.REVOKED,
        means="注销 given up by its holder, or ended by the holder's death",
        may="care.decide",
    ),
    move(
        "void",
        CertificateState.ISSUED,
        to=CertificateState.REVOKED,
        means="作废 misprinted and never handed out",
        may="care.decide",
    ),
    move(
        "supersede",
        CertificateState.ISSUED,
        to=CertificateState.SUPERSEDED,
        means="更正、换发 replaced by a new certificate",
        may="care.decide",
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


# Moves that end a certificate, and what each is called: the list for phones says "revoked" of all three.
TAKEN_BACK: dict[str, tuple[str, str]] = {
    "revoke": ("已撤销", "revoked"),
    "cancel": ("已注销", "cancelled at the holder's wish"),
    "void": ("已作废", "voided before it was handed out"),
}

# What is told to the public about a revocation: the class, never the case.
REASONS: dict[str, tuple[str, str]] = {
    "fraud": ("弄虚作假", "obtained by deceit"),
    "void_exam": ("考核无效", "the exam was void"),
    "error": ("发证错误", "issued in error"),
    "holder": ("持证人申请注销", "given up by the holder"),
    "death": ("持证人去世", "the holder has died"),
    "misprint": ("发放前作废", "voided before hand-out"),
    "correction": ("更正记载错误", "an error was corrected"),
    "identity": ("姓名或证件变更", "the holder's name or document changed"),
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

# Why a paper no longer counts although the certificate does.
PAPER_REASONS: dict[str, tuple[str, str]] = {
    "lost": ("遗失", "lost"),
    "damaged": ("损毁", "damaged"),
}


class UploadState(StrEnum):
    """How far a level certificate is on its way into the national query system."""

    WAITING = "waiting"
    EXPORTED = "exported"
    CONFIRMED = "confirmed"
    REJECTED = "rejected"
    DROPPED = "dropped"


_U = UploadState
UPLOAD = Machine(
    "national_upload",
    UploadState,
    _U.WAITING,
    move("export", _U.WAITING, to=_U.EXPORTED, means="导出 in an export file", may="upload.handle"),
    move("confirm", _U.EXPORTED, to=_U.CONFIRMED, means="确认 the national system answers", may="upload.handle"),
    move("reject", _U.EXPORTED, to=_U.REJECTED, means="退回 sent back with a reason", may="upload.handle"),
    move("enter_again", _U.REJECTED, to=_U.WAITING, means="重新上传 mended, in the next export", may="upload.handle"),
    move("drop", _U.WAITING, _U.REJECTED, to=_U.DROPPED, means="不再上传 the certificate ended before it was uploaded"),
    words={
        _U.WAITING: ("待上传", "waiting for upload"),
        _U.EXPORTED: ("已导出", "exported"),
        _U.CONFIRMED: ("已确认可查", "confirmed, can be queried"),
        _U.REJECTED: ("被退回", "sent back"),
        _U.DROPPED: ("不再上传", "no longer uploaded"),
    },
)


class ShareState(StrEnum):
    """Where a holder's link stands. Expiry is computed from its date."""

    LIVE = "live"
    ENDED = "ended"


SHARE = Machine(
    "share",
    ShareState,
    ShareState.LIVE,
    move("end", ShareState.LIVE, to=ShareState.ENDED, means="停止分享 ended by the holder"),
    words={ShareState.LIVE: ("有效", "live"), ShareState.ENDED: ("已停止", "ended")},
)


class SampleState(StrEnum):
    """Where an auditor's sample of certificates stands."""

    PLANNED = "planned"
    DRAWN = "drawn"
    CLOSED = "closed"
    GIVEN_UP = "given_up"


_P = SampleState
SAMPLE = Machine(
    "audit_sample",
    SampleState,
    _P.PLANNED,
    move("draw", _P.PLANNED, to=_P.DRAWN, means="抽取 drawn by the log's first signed head after the plan", may="audit.sample"),
    move("close", _P.DRAWN, to=_P.CLOSED, means="办结 every certificate has its finding", may="audit.sample"),
    move("give_up", _P.PLANNED, to=_P.GIVEN_UP, means="放弃 given up before the seed was known", may="audit.sample"),
    words={
        _P.PLANNED: ("待抽取", "planned"),
        _P.DRAWN: ("核查中", "under review"),
        _P.CLOSED: ("已办结", "closed"),
        _P.GIVEN_UP: ("已放弃", "given up"),
    },
)


class FindingState(StrEnum):
    """What was found about a certificate of a sample."""

    OPEN = "open"
    IN_ORDER = "in_order"
    FLAWED = "flawed"
    WRONG = "wrong"


_F = FindingState
FINDING = Machine(
    "audit_finding",
    FindingState,
    _F.OPEN,
    move("pass", *_F, to=_F.IN_ORDER, means="相符 paper, record and files agree", may="audit.sample"),
    move("fault", *_F, to=_F.FLAWED, means="有瑕疵 a gap in the files that does not touch the certificate", may="audit.sample"),
    move("object", *_F, to=_F.WRONG, means="不符 it should not stand as it does", may="audit.sample"),
    words={
        _F.OPEN: ("待核查", "not looked at yet"),
        _F.IN_ORDER: ("相符", "in order"),
        _F.FLAWED: ("有瑕疵", "flawed"),
        _F.WRONG: ("不符", "wrong"),
    },
)
