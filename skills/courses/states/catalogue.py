"""The life of a later text of a public course (pure)."""

from __future__ import annotations

from enum import StrEnum

from skills.kernel.machines import Machine, move


class VersionState(StrEnum):
    """Where a version of a course stands."""

    DRAFT = "draft"
    SUBMITTED = "submitted"
    RETURNED = "returned"
    PUBLISHED = "published"
    REPLACED = "replaced"
    DROPPED = "dropped"


OPEN_VERSION = (VersionState.DRAFT, VersionState.SUBMITTED, VersionState.RETURNED)

VERSION = Machine(
    "course_version",
    VersionState,
    VersionState.DRAFT,
    move("submit", VersionState.DRAFT, VersionState.RETURNED, to=VersionState.SUBMITTED, means="送审 sent for review", may="course.manage"),
    move("publish", VersionState.SUBMITTED, to=VersionState.PUBLISHED, means="换新 reviewed; the old one gives way", may="course.publish"),
    move("send_back", VersionState.SUBMITTED, to=VersionState.RETURNED, means="退回补正 sent back with a reason", may="course.publish"),
    move("drop", *OPEN_VERSION, to=VersionState.DROPPED, means="放弃 the public text stays", may="course.manage"),
    move("replace", VersionState.PUBLISHED, to=VersionState.REPLACED, means="被新版替换 a later one is public", may="course.publish"),
    words={
        VersionState.DRAFT: ("草稿", "draft"),
        VersionState.SUBMITTED: ("待审核", "under review"),
        VersionState.RETURNED: ("退回补正", "sent back"),
        VersionState.PUBLISHED: ("现行版本", "public now"),
        VersionState.REPLACED: ("已被替换", "replaced"),
        VersionState.DROPPED: ("已放弃", "dropped"),
    },
)
