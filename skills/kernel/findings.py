"""What a rule answers: every condition with the fact that met or missed it (pure)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from skills.kernel.errors import Refusal


@dataclass(frozen=True)
class Finding:
    """One condition, met or not.

    code    name of its sentence in the catalogue, e.g. "eligibility.L4_2"
    met     whether the facts meet it
    clause  the text it comes from, e.g. "国家职业标准编制技术规程(2023年版) 四级 (2)"
    facts   what it was compared with, filling the sentence; plain values only
    """

    code: str
    met: bool
    clause: str = ""
    facts: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True)
class Verdict:
    """A decision with its grounds. `code` is the refusal's code when `yes` is false."""

    yes: bool
    code: str
    findings: tuple[Finding, ...] = ()
    facts: Mapping[str, object] = field(default_factory=dict)

    def __bool__(self) -> bool:
        return self.yes

    def or_refuse(self) -> None:
        """Raise `Refusal(code)` with the findings unless the verdict is a yes."""
        if not self.yes:
            raise Refusal(self.code, self.findings, **self.facts)


def all_of(code: str, findings: Iterable[Finding], **facts: object) -> Verdict:
    """Yes only if every finding is met."""
    found = tuple(findings)
    return Verdict(all(f.met for f in found), code, found, facts)


def no_fault(code: str, findings: Iterable[Finding], **facts: object) -> Verdict:
    """Yes only if every finding is met; holds the unmet alone, for sentences that name what is wrong."""
    faults = tuple(f for f in findings if not f.met)
    return Verdict(not faults, code, faults, facts)


def any_of(code: str, findings: Iterable[Finding], **facts: object) -> Verdict:
    """Yes if at least one finding is met."""
    found = tuple(findings)
    return Verdict(any(f.met for f in found), code, found, facts)
