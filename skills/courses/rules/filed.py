"""What is known about the rows of a return of completions: norms, classes, places, people (pure)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from functools import cached_property

from skills.courses.rules import exams
from skills.courses.rules.attendance import Count
from skills.courses.rules.completion import Limits
from skills.courses.rules.hours import NO_LEDGER, Ledger
from skills.courses.rules.printing import Code, Unfit
from skills.courses.states import ClassState
from skills.people.rules import DocumentForms
from skills.returns.rules import Line


@dataclass(frozen=True)
class Norms:
    """Policy of the day for what is filed; None: no such limit.

    hours_per_day     class hours that one day can hold
    minutes_per_hour  a class hour in minutes
    score_step        what a score is a multiple of
    days_to_file      after so many days a completion is filed late
    """

    hours_per_day: int | None = None
    minutes_per_hour: int = 45
    score_step: Decimal | None = None
    days_to_file: int | None = None


@dataclass(frozen=True)
class ClassFacts:
    """A class of the institution that files. `lecturer` as names are matched; `days` the minutes of lessons by day;
    `exam_asked` whether nobody completes it without a completion exam; `unfit` what its certificates could not bear; `code` what
    their code leaves for a name, None where nobody measured it."""

    state: str
    starts_on: date
    ends_on: date
    hours: int
    lecturer: str = ""
    days: tuple[tuple[date, int], ...] = ()
    exam_asked: bool = False
    unfit: tuple[Unfit, ...] = ()
    code: Code | None = None

    @cached_property
    def taught(self) -> bool:
        """Whether completions can be filed for it."""
        return self.state in (ClassState.RUNNING, ClassState.FINISHED)


@dataclass(slots=True)
class Place:
    """A person's place in a class. `cents` is what completing it makes payable, in 分; `kept` what they
    attended by what was written, none if nothing was ever written in the class; `leaving` whether they asked to leave;
    `exam` what the completion exam came to, none without one;
    `ledger` what their class hours come to."""

    enrolment_id: str
    state: str
    completed_on: date | None
    cents: int
    person_id: str | None = None
    kept: Count | None = None
    enrolled_on: date | None = None
    leaving: bool = False
    exam: exams.Result | None = None
    ledger: Ledger = NO_LEDGER


@dataclass(frozen=True)
class Known:
    """What is known about the rows of a file.

    persons  (document kind, normal number) → person id
    names    person id → name for matching
    classes  class number → class, of this institution alone
    places   (person id, class number) → latest place
    forms    what documents look like by today's policy
    unfit    person id → characters of the name as it is printed that no certificate can bear; of those alone who have any
    wide     person id → bytes that the name takes in the code of a certificate; of those alone whom some class here has no room for
    written  document → the name that it bears for matching, if another than the record
    """

    today: date
    limits: Limits
    persons: Mapping[tuple[str, str], str]
    names: Mapping[str, str]
    classes: Mapping[str, ClassFacts]
    places: Mapping[tuple[str, str], Place]
    forms: DocumentForms
    norms: Norms = Norms()
    unfit: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    wide: Mapping[str, int] = field(default_factory=dict)
    written: Mapping[tuple[str, str], str] = field(default_factory=dict)

    def person_of(self, line: Line) -> str | None:
        """The person of a row, if the document is known."""
        document = line.document
        return self.persons.get(document) if document else None

    def place_of(self, line: Line) -> Place | None:
        """The place of a row's person in the row's class."""
        document = line.document
        person = self.persons.get(document) if document else None
        return self.places.get((person, line.values.get("class", ""))) if person else None
