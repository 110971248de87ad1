"""Printing: after the log has given a certificate its place, its PDF is made, sealed, stored and logged."""

from __future__ import annotations

import hashlib
import json
from datetime import timedelta
from pathlib import Path

from skills.config import Settings
from skills.credentials import held, paper, queries, seal
from skills.credentials.actions import keep_paper, looks
from skills.credentials.actions.lists import keep_status_lists
from skills.credentials.lane import Press
from skills.credentials.proof import look_over
from skills.credentials.queries import PrintJob
from skills.credentials.queries.designs import InForce, in_force
from skills.credentials.signing import Signer
from skills.kernel import files, log
from skills.kernel.actors import SYSTEM
from skills.kernel.box import Box
from skills.kernel.jobs import Bench, job
from skills.kernel.log import Receipt, Sealer
from skills.people.queries import number_to_print
from skills.people.queries.portraits import by_digest
from skills.web.looks import laid_down

STATUS_EVERY = timedelta(hours=6)
LOOKS_EVERY = timedelta(minutes=10)
LOOKS_IN_ONE_ACT = 400


@job("credentials.status_lists", every=STATUS_EVERY)
def sign_status_lists(bench: Bench) -> None:
    """Sign every status list anew: after each change of a state, and every six hours. Safe to run twice."""
    office = bench.office
    count = office.ask(queries.lists)
    for number in range(1, count + 1):
        office.perform(keep_status_lists, actor=SYSTEM, key=bench.key(f"lists:{number}"), number=number)


@job("credentials.add_looks", every=LOOKS_EVERY)
def add_looks(bench: Bench) -> None:
    """Add up the counts that web processes laid down. A file is added once, whoever takes it up and however often."""
    office = bench.office
    settings = office.tools[Settings]
    assert isinstance(settings, Settings)  # noqa: S101
    for path, found in laid_down(settings.looks_dir):
        for at in range(0, len(found), LOOKS_IN_ONE_ACT):
            part = tuple(found[at : at + LOOKS_IN_ONE_ACT])
            office.perform(looks.add, actor=SYSTEM, key=f"looks:{path.stem}:{at}", looks=part)
        path.unlink(missing_ok=True)


@job("credentials.forget_looks", every=timedelta(days=1))
def forget_looks(bench: Bench) -> None:
    """Forget counts that are older than the policy lets us keep."""
    bench.office.perform(looks.forget, actor=SYSTEM, key=bench.key("forget"))


@job("credentials.print")
def print_certificate(bench: Bench, certificate_id: str, copy: int = 1) -> None:
    """Make the sealed PDF of a certificate once; copy 2 and more are 补发, on the same signed bytes.

    Safe to run twice: the second finds the first's row and leaves its file.
    A seal is never the same twice: to print again would put other bytes under a digest that is on record.
    """
    office = bench.office
    if office.ask(lambda db: queries.is_printed(db, certificate_id, copy)):
        return
    ready = office.ask(lambda db: queries.print_job(db, certificate_id, copy))
    if ready is None:
        sealer = office.tools[Sealer]
        assert isinstance(sealer, Sealer)  # noqa: S101
        while sealer.seal(log.CERTIFICATES):
            pass
        ready = office.ask(lambda db: queries.print_job(db, certificate_id, copy))
    if ready is None:
        raise RuntimeError("the log has not given this certificate its place yet")
    printed = office.ask(lambda db: in_force(db, ready.issuer_id, ready.claims.kind))
    data = _sealed_pdf(bench, ready, printed)
    settings = office.tools[Settings]
    assert isinstance(settings, Settings)  # noqa: S101
    name = certificate_id if copy == 1 else f"{certificate_id}-{copy}"
    path = Path("papers") / certificate_id[-2:] / f"{name}.pdf"
    box = office.tools[Box]
    assert isinstance(box, Box)  # noqa: S101
    place = settings.files_dir / path
    place.parent.mkdir(parents=True, exist_ok=True)
    files.put(place, held.seal_paper(box, certificate_id, copy, ready.person_id, data))
    office.perform(
        keep_paper,
        actor=SYSTEM,
        key=bench.key("paper"),
        certificate_id=certificate_id,
        path=str(path),
        digest=hashlib.sha256(data).hexdigest(),
        size=len(data),
        design=printed.id,
        seal_id=printed.seal_id,
        copy=copy,
    )


def receipt_json(receipt: Receipt) -> bytes:
    """The log receipt as it is attached to the paper."""
    body = {
        "leaf": receipt.leaf.hex(),
        "index": receipt.seq,
        "checkpoint": receipt.checkpoint,
        "hashes": [value.hex() for value in receipt.hashes],
    }
    return json.dumps(body, ensure_ascii=False, indent=1).encode()


def _sealed_pdf(bench: Bench, ready: PrintJob, printed: InForce) -> bytes:
    office = bench.office
    signer, box, press = office.tools[Signer], office.tools[Box], office.tools[Press]
    assert isinstance(signer, Signer)  # noqa: S101
    assert isinstance(box, Box)  # noqa: S101
    assert isinstance(press, Press)  # noqa: S101
    now = office.clock.now()
    said = ready.claims
    photo = office.ask(lambda db: by_digest(db, box, ready.person_id, said.photo_digest)) if said.photo_digest else None
    number = office.ask(
        lambda db: number_to_print(db, box, ready.person_id, said.document_kind, said.document_masked, ready.issued_at)
    )
    sheet = paper.Sheet(
        claims=ready.claims,
        message=ready.code,
        public_base=signer.public_base,
        badge=ready.credential,
        receipt=receipt_json(ready.receipt),
        made_at=now,
        document_number=number,
        synthetic=ready.synthetic,
        look=printed.look,
        logo=printed.logo,
        seal=printed.seal,
        serial=ready.serial,
        photo=photo,
    )
    material = signer.seal_material(now, office.source)
    reason = f"{ready.claims.issuer_name} {ready.claims.number}"
    page = press.print(paper.layout(paper.design_of(sheet)), paper.fill(sheet))
    look_over(sheet, page).or_refuse("certificate.lint_paper")
    return seal.seal(page, material.key, material.certificate, material.root, now, reason)
