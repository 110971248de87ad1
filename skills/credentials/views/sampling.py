"""The auditor's samples: drawn by a seed, shown with how to draw them again, and the files of each case."""

from __future__ import annotations

import hashlib
import json
import tempfile
import zipfile

from flask import Response, request, send_file
from flask.typing import ResponseReturnValue

from skills.accounts.queries import organisation, organisations
from skills.credentials import working_paper
from skills.credentials.actions import sampling as actions
from skills.credentials.forms import KeyForm, SampleForm
from skills.credentials.inspection.answer import nothing
from skills.credentials.inspection.look import inspect
from skills.credentials.on_record import OnRecord
from skills.credentials.queries import credential_of, paper_of, receipt_of
from skills.credentials.queries import sampling as queries
from skills.credentials.queries.sampling import SampleLine
from skills.credentials.rules import sampling as rules
from skills.credentials.seal import seal
from skills.credentials.views.published import signer
from skills.credentials.views.verify.result import now, trusted
from skills.credentials.words import TITLES
from skills.kernel import log
from skills.web.pages import Room, db, go, office, perform, settings, show, tell

room = Room("sampling", __name__)
MAY = "audit.sample"
AT_ONCE = 20_000  # a larger population is drawn again only when somebody asks for it


@room.get("/audit/samples", may=MAY)
def samples() -> ResponseReturnValue:
    """Samples that were drawn, and the form for the next."""
    return _page(_form(), 200)


@room.post("/audit/samples", does=actions.draw_sample)
def draw() -> ResponseReturnValue:
    """Draw a sample."""
    form = _form()
    if not form.validate():
        return _page(form, 422)
    done = perform(
        actions.draw_sample, form.key.data, seed=form.seed.data, size=form.size.data, purpose=form.purpose.data or "",
        by_risk=form.by_risk.data, kind=form.kind.data, issuer_id=form.issuer_id.data, since=form.since.data,
        until=form.until.data,
    )  # fmt: skip
    tell("样本已抽出", "The sample was drawn")
    return go("sampling.sample", sample_id=done.sample_id)


@room.get("/audit/samples/<sample_id>", may=MAY)
def sample(sample_id: str) -> ResponseReturnValue:
    """One sample: population, method, cases; whether it can be drawn again from the register."""
    held = queries.sample(db(), sample_id)
    claims = queries.claims_of(db(), [case.number for case in held.cases])
    same = _drawn_again(held) if held.population <= AT_ONCE or "again" in request.args else None
    return show(
        "credentials/sample.html", s=held, claims=claims, titles=TITLES, same=same, issuer=_issuer(held), form=KeyForm(),
        kinds=working_paper.KINDS,
    )  # fmt: skip


@room.get("/audit/samples/<sample_id>/population.csv", may=MAY)
def population(sample_id: str) -> ResponseReturnValue:
    """The population as it was drawn from: numbers and weights, no names."""
    data = rules.write(queries.population_of(db(), queries.sample(db(), sample_id)))
    headers = {"Content-Disposition": 'attachment; filename="population.csv"'}
    return Response(data, mimetype="text/csv", headers=headers)


@room.get("/audit/samples/<sample_id>/working-paper.pdf", may=MAY)
def paper(sample_id: str) -> ResponseReturnValue:
    """The working paper, sealed."""
    held = queries.sample(db(), sample_id)
    claims = queries.claims_of(db(), [case.number for case in held.cases])
    bare = working_paper.pdf(
        held, rules.write(queries.population_of(db(), held)), claims, _issuer(held), settings().host
    )
    moment = office().clock.now()
    material = signer().seal_material(moment, office().source)
    data = seal(bare, material.key, material.certificate, material.root, moment, f"working paper {held.id}")
    headers = {"Content-Disposition": f'attachment; filename="{working_paper.file_name(held.drawn_at)}"'}
    return Response(data, mimetype="application/pdf", headers=headers)


@room.post("/audit/samples/<sample_id>/files", does=actions.take_files)
def take(sample_id: str) -> ResponseReturnValue:
    """The files of every case in one archive: paper, credential, receipt, events, verdict. Taking them is on record."""
    perform(actions.take_files, KeyForm().key.data, sample_id=sample_id)
    held = queries.sample(db(), sample_id)
    archive = tempfile.SpooledTemporaryFile(max_size=8_000_000)  # noqa: SIM115 - Flask closes it after sending
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as packed:
        for place, case in enumerate(held.cases, start=1):
            for name, data in _files(case.number):
                packed.writestr(f"{place:03d}-{case.number}/{name}", data)
    archive.seek(0)
    return send_file(archive, "application/zip", as_attachment=True, download_name="cases.zip")


def _files(number: str) -> list[tuple[str, bytes]]:
    """Everything on record about one case."""
    trust = trusted()
    credential = credential_of(db(), number)
    found = [("credential.json", credential)]
    printed = paper_of(db(), number)
    path = settings().files_dir / printed.path if printed else None
    verdict = nothing("pdf", "empty")
    if path is not None and path.exists():
        data = path.read_bytes()
        found.append(("certificate.pdf", data))
        verdict = inspect(data, trust, now(), OnRecord(db(), trust))
    receipt = receipt_of(db(), hashlib.sha256(credential).hexdigest())
    if receipt is not None:
        body = {
            "leaf": receipt.leaf.hex(), "index": receipt.seq, "checkpoint": receipt.checkpoint,
            "hashes": [value.hex() for value in receipt.hashes],
        }  # fmt: skip
        found.append(("receipt.json", json.dumps(body, indent=1).encode()))
    found.append(("events.json", json.dumps(queries.events_of(db(), number), ensure_ascii=False, indent=1).encode()))
    found.append(("verdict.json", json.dumps(verdict.plain(), ensure_ascii=False, indent=1).encode()))
    return found


def _drawn_again(held: SampleLine) -> bool:
    """Whether the register still gives this population and this sample."""
    again = queries.population_of(db(), held)
    return rules.digest(again) == held.digest and rules.draw(again, held.seed, held.size) == queries.drawn(held)


def _form() -> SampleForm:
    return SampleForm([(line.id, line.name) for line in organisations(db())])


def _page(form: SampleForm, status: int) -> ResponseReturnValue:
    head = log.head(db(), log.CERTIFICATES)
    root = head.note.splitlines()[2] if head else ""
    if request.method == "GET":
        form.seed.data = root
    return show("credentials/samples.html", status, form=form, samples=queries.samples(db()), root=root)


def _issuer(held: SampleLine) -> str:
    return organisation(db(), held.criteria.issuer_id).name if held.criteria.issuer_id else ""
