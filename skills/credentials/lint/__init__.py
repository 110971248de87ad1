"""The linter: named rules that a certificate meets before it is signed, and its paper before it is sealed (pure).

`signing` looks at what is about to be signed, `sheet` at the page that was made from it. A rule is a function that says
what is wrong as facts, or None; its words are `lint.<id>` in `skills/locales/credentials_lint.toml`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Generic, TypeVar

from skills.kernel.errors import Refusal
from skills.kernel.findings import Finding

Subject = TypeVar("Subject")
Fault = Mapping[str, object] | None


class Severity(StrEnum):
    """What a finding does: stops the certificate, or is told and goes on the record."""

    REFUSE = "refuse"
    WARN = "warn"

    @property
    def words(self) -> tuple[str, str]:
        """(Chinese, English)."""
        return {Severity.REFUSE: ("拦截", "refuses"), Severity.WARN: ("提醒", "warns")}[self]


@dataclass(frozen=True)
class Rule(Generic[Subject]):
    """One rule. `look` gives the facts of what is wrong, never a name or a document number; None if nothing is."""

    id: str
    name: str
    severity: Severity
    look: Callable[[Subject], Fault]

    @property
    def code(self) -> str:
        """The name of its sentence."""
        return f"lint.{self.id}"


class Book(Generic[Subject]):
    """The rules about one subject, in the order of their ids."""

    def __init__(self, *parts: Book[Subject]) -> None:
        """An empty one, or one of the rules of several in turn."""
        self.rules: dict[str, Rule[Subject]] = {number: rule for part in parts for number, rule in part.rules.items()}

    def rule(
        self, number: str, severity: Severity = Severity.REFUSE
    ) -> Callable[[Callable[[Subject], Fault]], Callable[[Subject], Fault]]:
        """Declare a rule: `@BOOK.rule("L001")`."""

        def mark(look: Callable[[Subject], Fault]) -> Callable[[Subject], Fault]:
            if number in self.rules:
                raise ValueError(f"rule {number} is declared twice")
            self.rules[number] = Rule(number, look.__name__, severity, look)
            return look

        return mark

    def look(self, subject: Subject) -> Report:
        """What every rule says about it."""
        refused: list[Finding] = []
        warned: list[Finding] = []
        for rule in self.rules.values():
            fault = rule.look(subject)
            if fault is not None:
                held = refused if rule.severity is Severity.REFUSE else warned
                held.append(Finding(rule.code, False, "", fault))
        return Report(tuple(refused), tuple(warned))


@dataclass(frozen=True)
class Report:
    """The findings about one subject: those that refuse it, and those that only warn."""

    refused: tuple[Finding, ...] = ()
    warned: tuple[Finding, ...] = ()

    @property
    def ids(self) -> tuple[str, ...]:
        """The ids of all findings."""
        return ids((*self.refused, *self.warned))

    def or_refuse(self, code: str, **facts: object) -> None:
        """Raise Refusal(code) with every finding if one of them refuses."""
        if self.refused:
            raise Refusal(code, (*self.refused, *self.warned), count=len(self.refused), **facts)


def ids(findings: Iterable[Finding]) -> tuple[str, ...]:
    """L001, L002 … of findings."""
    return tuple(finding.code.removeprefix("lint.") for finding in findings)


def when(wrong: bool, **facts: object) -> Fault:
    """The facts if something is wrong."""
    return facts if wrong else None
