"""How far many certificates are on their way to paper, and the papers of many at once."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from skills.credentials import held
from skills.credentials.models import Certificate, Paper
from skills.credentials.states import CertificateState
from skills.kernel import log
from skills.kernel.box import box_of
from skills.kernel.jobs import Job, JobState

_CHUNK = 400
PRINT = "credentials.print"


@dataclass(frozen=True)
class Making:
    """How far a certificate is: numbered, sealed, printed, failed with the printer's reason, or ended."""

    stage: str
    problem: str = ""


@dataclass(frozen=True)
class PrintedFile:
    """A paper that counts, as it lies in DATA_DIR/files (`held.open_file`). `handed_at`: when it was handed out."""

    certificate_id: str
    copy: int
    number: str
    path: str
    digest: str
    size: int
    serial: str
    handed_at: datetime | None = None


@dataclass(frozen=True)
class Receivable:
    """A certificate for which somebody signs: what it says of its holder, its paper's serial, and when it was taken."""

    number: str
    holder_name: str
    document_kind: str
    document_masked: str
    serial: str
    handed_at: datetime | None


def heirs(db: Session, ids: Collection[str]) -> dict[str, str]:
    """For each of these certificates the one that stands in its place now: itself, or the last that replaced it."""
    found = {one: one for one in ids}
    open_ends = dict(found)
    while open_ends:
        step: dict[str, str] = {}
        for part in _parts(list(open_ends)):
            rows = db.execute(select(Certificate.id, Certificate.predecessor_id).where(Certificate.predecessor_id.in_(part)))
            step |= {new: open_ends[str(old)] for new, old in rows}
        found |= {first: new for new, first in step.items()}
        open_ends = step
    return found


def makings(db: Session, ids: Sequence[str]) -> dict[str, Making]:
    """How far these certificates are, by id. One whose 补发 failed is failed, though its old paper exists."""
    found = {one: Making("numbered") for one in ids}
    for part in _parts(ids):
        leaves = select(log.LogLeaf.source).where(
            log.LogLeaf.stream == log.CERTIFICATES, log.LogLeaf.source.in_([f"issue:{one}" for one in part])
        )
        found |= {source.removeprefix("issue:"): Making("sealed") for source in db.scalars(leaves)}
        printed = select(Paper.certificate_id).where(Paper.certificate_id.in_(part), Paper.ended_at.is_(None))
        found |= {one: Making("printed") for one in db.scalars(printed)}
    for _, certificate_id, problem in failed_prints(db):
        if certificate_id in found:
            found[certificate_id] = Making("failed", problem)
    for part in _parts(ids):
        ended = select(Certificate.id).where(Certificate.id.in_(part), Certificate.state.in_(_ENDED))
        found |= {one: Making("ended") for one in db.scalars(ended)}
    return found


def numbers_of(db: Session, ids: Sequence[str]) -> dict[str, str]:
    """The numbers of these certificates, by id."""
    found: dict[str, str] = {}
    for part in _parts(ids):
        rows = db.execute(select(Certificate.id, Certificate.number).where(Certificate.id.in_(part)))
        found |= {certificate_id: number for certificate_id, number in rows}  # noqa: C416 - rows are no pairs to mypy
    return found


def printed_files(db: Session, ids: Sequence[str]) -> Sequence[PrintedFile]:
    """The papers that count of those among these certificates that have not ended, by number; of nobody erased."""
    found = []
    for part in _parts(ids):
        rows = db.execute(
            select(
                Paper.certificate_id, Paper.copy, Certificate.number, Paper.path, Paper.digest, Paper.size, Paper.serial, Paper.handed_at
            )
            .join(Certificate, Certificate.id == Paper.certificate_id)
            .where(
                Paper.certificate_id.in_(part), Paper.ended_at.is_(None), Certificate.state.not_in(_ENDED),
                Certificate.name_proof != "",
            )
        )
        found += [PrintedFile(*row) for row in rows]
    return sorted(found, key=lambda one: one.number)


def receivables(db: Session, ids: Sequence[str]) -> Sequence[Receivable]:
    """Those among these certificates that have not ended, by number, with their papers as far as they are printed."""
    found = []
    for part in _parts(ids):
        rows = db.execute(
            select(Certificate.id, Certificate.number, Certificate.claims, Certificate.holder, Paper.serial, Paper.handed_at)
            .outerjoin(Paper, (Paper.certificate_id == Certificate.id) & Paper.ended_at.is_(None))
            .where(Certificate.id.in_(part), Certificate.state.not_in(_ENDED))
        )
        for one, number, claims, holder, serial, taken in rows:
            said = held.opened(box_of(db), one, claims, holder)
            found.append(
                Receivable(number, said.holder_name, said.document_kind, said.document_masked, serial or "", taken)
            )
    return sorted(found, key=lambda one: one.number)


def failed_prints(db: Session) -> list[tuple[str, str, str]]:
    """(job, certificate, problem) of every print that was given up. There are few: each waits for a person."""
    rows = db.execute(select(Job.id, Job.args, Job.problem).where(Job.name == PRINT, Job.state == JobState.FAILED))
    return [(job, str(args["certificate_id"]), problem) for job, args, problem in rows]


def _parts(ids: Sequence[str]) -> Iterator[Sequence[str]]:
    return (ids[start : start + _CHUNK] for start in range(0, len(ids), _CHUNK))


_ENDED = tuple(state for state in CertificateState if state not in (CertificateState.ISSUED, CertificateState.SUSPENDED))
