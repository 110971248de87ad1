"""The answer to "is it genuine?": a verdict and its six steps, each passed, failed or not to be checked (pure)."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any, Literal, Protocol

from skills.credentials.statuslist import Status
from skills.credentials.verdicts import State, StatusAnswer, concluded

Step = Literal["format", "signature", "issuer", "dates", "status", "log"]
STEPS: tuple[Step, ...] = ("format", "signature", "issuer", "dates", "status", "log")
What = Literal["pdf", "picture", "credential", "code", "pair", "unknown"]

# Beyond the verdicts over a certificate: there was nothing that could be judged.
NO_MATCH = "NO_MATCH"
CANNOT_CHECK = "CANNOT_CHECK"
ERASED = "ERASED"  # valid by its number, but its holder's data were erased: no name was compared


class Failed(Exception):
    """A step was not passed. `reason` is one of `words.REASONS`; `kid` names a key that was declared stolen."""

    def __init__(self, step: Step, reason: str, kid: str = "") -> None:
        super().__init__(f"{step}: {reason}")
        self.step = step
        self.reason = reason
        self.kid = kid


@dataclass(frozen=True)
class Subject:
    """What a genuine certificate says. Times are epoch seconds; `expires_at` is the first invalid second.

    kind            level, completion or competition
    what            occupation and level, or the programme or award, as printed
    """

    number: str
    name: str
    kind: str
    what: str
    issued_at: int
    expires_at: int | None = None
    occupation_code: str = ""
    occupation_name: str = ""
    level: int | None = None
    issuer: str = ""
    status_index: int = -1


@dataclass(frozen=True)
class LogPlace:
    """Where the certificate's issue stands in the log: entry number (from 0) and the size of the signed head."""

    index: int
    size: int


@dataclass(frozen=True)
class Known:
    """A certificate on the issuer's record.

    subject            its name is empty if the holder's data were erased: then the form itself says what was issued
    code, credential   SHA-256 (hex) of the exact signed bytes
    papers             SHA-256 (hex) of every printed form
    id                 the record's own name for it
    status             as it stands now
    logged             its place in the log after the proof was checked; None while it waits; False if the proof fails
    """

    subject: Subject
    code: str
    credential: str
    papers: frozenset[str]
    status: Status
    logged: LogPlace | Literal[False] | None
    replaced_by: str = ""
    id: str = ""

    @property
    def erased(self) -> bool:
        """Whether the record no longer knows whose certificate it is."""
        return not self.subject.name


Form = Literal["code", "credential", "paper"]


class Record(Protocol):
    """The issuer's record, where the judge has one."""

    def by_place(self, number: str, index: int) -> Known | None:
        """The certificate of this number at this place in the status lists: a number may pass to a corrected one."""

    def by_credential(self, digest: str) -> Known | None:
        """The certificate whose credential has this SHA-256 (hex)."""

    def by_paper(self, digest: str) -> Known | None:
        """The certificate that was printed as a file of this SHA-256 (hex)."""

    def before_theft(self, known: Known, form: Form, kid: str) -> bool:
        """Whether the log held this form of the certificate before the key `kid` (hex) was declared stolen."""


@dataclass(frozen=True)
class Answer:
    """A verdict. `state` is a `verdicts.State`, NO_MATCH or CANNOT_CHECK; `reason` a key of `words.REASONS` or empty.

    `subject` is there only when the signature holds. `status_as_of` is the moment the status was made known.
    `erased`: the record knows the certificate, but no longer whose it is; the name is the form's own word.
    """

    what: What
    state: str
    reason: str = ""
    steps: tuple[tuple[Step, bool | None], ...] = tuple((step, None) for step in STEPS)
    subject: Subject | None = None
    status_as_of: int | None = None
    log: LogPlace | None = None
    replaced_by: str = ""
    erased: bool = False

    @property
    def valid(self) -> bool:
        """The one good verdict."""
        return self.state == State.VALID

    def plain(self) -> dict[str, Any]:
        """As JSON values, for `--json` and the API."""
        said = self.subject
        return {
            "what": self.what,
            "state": str(self.state),
            "reason": self.reason,
            "steps": dict(self.steps),
            "number": said.number if said else "",
            "name": said.name if said else "",
            "kind": said.kind if said else "",
            "says": said.what if said else "",
            "issuer": said.issuer if said else "",
            "issued_at": said.issued_at if said else None,
            "expires_at": said.expires_at if said else None,
            "status_as_of": self.status_as_of,
            "log": {"index": self.log.index, "size": self.log.size} if self.log else None,
            "replaced_by": self.replaced_by,
            "erased": self.erased,
        }


@dataclass
class Sheet:
    """The steps while they are being taken."""

    what: What
    marks: dict[Step, bool | None] = field(default_factory=lambda: dict.fromkeys(STEPS))

    def passed(self, *steps: Step) -> None:
        """Mark steps as passed."""
        self.marks.update(dict.fromkeys(steps, True))

    def failed(self, no: Failed) -> Answer:
        """The end at a step that was not passed: nothing that was said is repeated."""
        self.marks[no.step] = False
        return Answer(self.what, State.NOT_GENUINE, no.reason, self._steps())

    def concluded(
        self, said: Subject, status: StatusAnswer, now: int, *, log: LogPlace | None = None, replaced_by: str = "",
        erased: bool = False,
    ) -> Answer:  # fmt: skip
        """The verdict on something whose signature holds."""
        state = concluded(said.issued_at, said.expires_at, status, now)
        if self.marks["issuer"] is False and state is State.VALID:
            state = State.GENUINE_BY_LOG
        dated = concluded(said.issued_at, said.expires_at, StatusAnswer(Status.VALID, State.VALID, now), now)
        self.marks["dates"] = dated is State.VALID
        self.marks["status"] = status.passed
        self.marks["log"] = True if log else None
        return Answer(self.what, state, "", self._steps(), said, status.as_of, log, replaced_by, erased)

    def _steps(self) -> tuple[tuple[Step, bool | None], ...]:
        return tuple((step, self.marks[step]) for step in STEPS)


def nothing(what: What, reason: str, state: str = CANNOT_CHECK) -> Answer:
    """There was nothing to judge."""
    return Answer(what, state, reason)


def as_what(answer: Answer, what: What) -> Answer:
    """The same verdict, said of the file in which the evidence was found."""
    return replace(answer, what=what)


def now_known(known: Known, now: int) -> StatusAnswer:
    """The status on record is as fresh as can be."""
    return StatusAnswer(known.status, State.VALID, now)


def on_record(known: Known | None, found: bool) -> Known:
    """The record's word, without which nothing is genuine where there is a record. Raises Failed("log", …)."""
    if known is None or not found:
        raise Failed("log", "not_on_record")
    if known.logged is False:
        raise Failed("log", "log_proof")
    return known
