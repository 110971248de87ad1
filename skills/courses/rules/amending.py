"""What a correction of a reported result does to a place (pure)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from decimal import Decimal, InvalidOperation
from enum import StrEnum

from skills.courses.rules.completion import Result
from skills.courses.rules.filed import Known, Place
from skills.courses.states import EnrolmentState


class Course(StrEnum):
    """What has to happen when a result is corrected."""

    OVERTURN = "overturn"  # a completion that was none: the certificate is taken back after its holder was heard
    REISSUE = "reissue"  # the certificate says something else from now on
    AMEND = "amend"  # nothing that the certificate says changes
    COMPLETE = "complete"  # it was a completion after all


@dataclass(frozen=True)
class Held:
    """A place's result as it stands: state, and hours, attendance and score as texts."""

    state: str
    hours: str
    score: str


def course_of(held: Held, result: Result, passed: bool) -> Course:
    """What has to happen when this result takes the place of the one that stands."""
    if held.state == EnrolmentState.COMPLETED:
        if not passed:
            return Course.OVERTURN
        return Course.REISSUE if certificate_changes(held, result) else Course.AMEND
    return Course.COMPLETE if passed else Course.AMEND


def certificate_changes(held: Held, result: Result) -> dict[str, str]:
    """The fields of the completion certificate that say something else under the corrected result."""
    new = {"hours": f"{result.hours:f}", "score": f"{result.score:f}"}
    return {name: text for name, text in new.items() if not same_figure(text, getattr(held, name))}


def same_figure(one: str, other: str) -> bool:
    """Whether two figures are the same number, however they are written: 88 and 88.0 are."""
    try:
        return Decimal(one) == Decimal(other)
    except InvalidOperation:
        return one == other


def reopened(known: Known, anew: Mapping[str, int]) -> Known:
    """The facts as if these entries (`enrolment:<id>`) had no result yet; each worth so much if it completes, in 分."""

    def as_before(place: Place) -> Place:
        cents = anew.get(f"enrolment:{place.enrolment_id}")
        if cents is None:
            return place
        return replace(place, state=EnrolmentState.ATTENDING, completed_on=None, cents=cents)

    return replace(known, places={key: as_before(place) for key, place in known.places.items()})
