"""The lives of a version of a training standard and of an objection to it (pure)."""

from __future__ import annotations

from enum import StrEnum

from skills.kernel.machines import Machine, move


class StandardState(StrEnum):
    """Where a version of a training standard stands."""

    DRAFT = "draft"
    IN_REVIEW = "in_review"
    ON_NOTICE = "on_notice"
    PUBLISHED = "published"
    REPLACED = "replaced"


_S = StandardState
STANDARD = Machine(
    "training_standard_version",
    StandardState,
    _S.DRAFT,
    move("submit", _S.DRAFT, to=_S.IN_REVIEW, means="送专家评审 complete: the named experts give their opinions", may="training_standard.draft"),
    move("send_back", _S.IN_REVIEW, _S.ON_NOTICE, to=_S.DRAFT, means="退回修改 with a reason; opinions are asked anew",
         may="training_standard.publish"),
    move("give_notice", _S.IN_REVIEW, to=_S.ON_NOTICE, means="公示 enough experts agree", may="training_standard.publish"),
    move("publish", _S.ON_NOTICE, to=_S.PUBLISHED, means="发布 with number and date, after the notice", may="training_standard.publish"),
    move("replace", _S.PUBLISHED, to=_S.REPLACED, means="被新版替换 a later version is published", may="training_standard.publish"),
    words={
        _S.DRAFT: ("起草", "draft"),
        _S.IN_REVIEW: ("专家评审", "under review"),
        _S.ON_NOTICE: ("公示中", "on notice"),
        _S.PUBLISHED: ("现行", "in force"),
        _S.REPLACED: ("已被替换", "replaced"),
    },
)  # fmt: skip


class ObjectionState(StrEnum):
    """Where an objection to a version on notice stands."""

    RAISED = "raised"
    UPHELD = "upheld"
    DISMISSED = "dismissed"


_O = ObjectionState
OBJECTION = Machine(
    "training_standard_objection",
    ObjectionState,
    _O.RAISED,
    move("uphold", _O.RAISED, to=_O.UPHELD, means="成立 the version goes back to its draft", may="training_standard.publish"),
    move("dismiss", _O.RAISED, to=_O.DISMISSED, means="不成立 with the reason", may="training_standard.publish"),
    words={
        _O.RAISED: ("核查中", "being looked into"),
        _O.UPHELD: ("异议成立", "upheld"),
        _O.DISMISSED: ("异议不成立", "dismissed"),
    },
)  # fmt: skip
