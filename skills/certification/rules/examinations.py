"""Who examines an application, what may be missing, and until when it is added (pure). Source: desks D16 (资格审核，补正一次)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from skills.kernel.errors import Refusal
from skills.kernel.findings import Finding, Verdict, all_of

# What a fault may be about: a document, or a fact of the record.
SUBJECTS = {
    "work": ("工作经历", "work"), "education": ("学历或在读", "schooling"), "certificate": ("已有证书或职称", "certificate or title"),
    "identity": ("身份证件", "identity document"), "photo": ("照片", "photograph"), "other": ("其他", "other"),
}  # fmt: skip
MOST = 400


@dataclass(frozen=True)
class Fault:
    """What is missing or wrong, in the words that the candidate reads. `subject` one of SUBJECTS."""

    subject: str
    text: str


@dataclass(frozen=True)
class Terms:
    """Policy `registration.examine`: whether applications wait for the body, and the working days of both sides."""

    wanted: bool
    working_days: int
    supplement_working_days: int


def check_faults(faults: Sequence[Fault]) -> tuple[Fault, ...]:
    """The faults as they are told. Raises Refusal("examination.no_fault" | "examination.subject")."""
    told = tuple(Fault(one.subject, one.text.strip()[:MOST]) for one in faults if one.text.strip())
    if not told:
        raise Refusal("examination.no_fault")
    for one in told:
        if one.subject not in SUBJECTS:
            raise Refusal("examination.subject", subjects="、".join(zh for zh, _ in SUBJECTS.values()),
                          subjects_en=", ".join(en for _, en in SUBJECTS.values()))  # fmt: skip
    return told


def other_hand(account: str, entered_by: str) -> Verdict:
    """Who entered an application does not examine it."""
    return all_of("examination.own_hand", [Finding("examination.other_hand", account != entered_by)])


def over(supplement_by: date, today: date) -> Verdict:
    """Whether the candidate's time for a supplement is over, with its last day."""
    return Verdict(today > supplement_by, "examination.time_left", (), {"until": supplement_by})
