"""The auditor's samples: planned, drawn by the log, found about one by one, closed; with the files and the working paper."""

from __future__ import annotations

import json
import tempfile
import zipfile

from flask import Response, request, send_file
from flask.typing import ResponseReturnValue

from skills.accounts.queries import organisation, organisations
from skills.credentials import working_paper
from skills.credentials.actions import sampling as actions
from skills.credentials.forms import FindingForm, KeyForm, SampleForm, WordsForm
from skills.credentials.held import open_paper
from skills.credentials.inspection.answer import nothing
from skills.credentials.inspection.look import inspect
from skills.credentials.on_record import OnRecord
from skills.credentials.queries import by_id
from skills.credentials.queries import sampling as queries
from skills.credentials.queries.sampling import SampleLine
from skills.credentials.queries.stories import story_of
from skills.credentials.rules import sampling as rules
from skills.credentials.seal import seal
from skills.credentials.states import CERTIFICATE, FINDING, SAMPLE, CertificateState, FindingState, SampleState
from skills.credentials.views.published import signer
from skills.credentials.views.verify.result import now, trusted
from skills.credentials.words import TITLES
from skills.kernel.box import Box
from skills.kernel.canon import plain
from skills.kernel.errors import Refusal
from skills.web.pages import Room, db, go, office, perform, say, settings, show, tell, tool

room = Room("sampling", __name__)
MAY = "audit.sample"
AT_ONCE = 20_000  # a larger population is drawn again only when somebody asks for it
TONES = {FindingState.OPEN: "idle", FindingState.IN_ORDER: "ok", FindingState.FLAWED: "warn", FindingState.WRONG: "bad"}


@room.get("/audit/samples", may=MAY)
def samples() -> ResponseReturnValue:
    """Samples that were planned or drawn, and the form for the next."""
    return _page(_form(), 200)


@room.post("/audit/samples", does=actions.plan_sample)
def plan() -> ResponseReturnValue:
    """Plan a sample."""
    form = _form()
    if not form.validate():
        return _page(form, 422)
    done = perform(
        actions.plan_sample, form.key.data, size=form.size.data, purpose=form.purpose.data, by_risk=form.by_risk.data,
        kind=form.kind.data, issuer_id=form.issuer_id.data, since=form.since.data, until=form.until.data,
    )  # fmt: skip
    tell("计划已记入操作日志", "The plan stands in the log of acts")
    return go("sampling.sample", sample_id=done.sample_id)


@room.get("/audit/samples/<sample_id>", may=MAY)
def sample(sample_id: str) -> ResponseReturnValue:
    """One sample: its plan, how it was drawn, its certificates and what was found."""
    return _sample(sample_id, WordsForm(), 200)


@room.post("/audit/samples/<sample_id>/draw", does=actions.draw_sample)
def draw(sample_id: str) -> ResponseReturnValue:
    """Draw what the log's head draws."""
    perform(actions.draw_sample, KeyForm().key.data, sample_id=sample_id)
    tell("样本已抽出", "The sample was drawn")
    return go("sampling.sample", sample_id=sample_id)


@room.post("/audit/samples/<sample_id>/give-up", does=actions.give_up_sample)
def give_up(sample_id: str) -> ResponseReturnValue:
    """Give a plan up."""
    form = WordsForm()
    if not form.validate():
        return _sample(sample_id, form, 422)
    perform(actions.give_up_sample, form.key.data, sample_id=sample_id, reason=form.words.data)
    tell("计划已放弃", "The plan was given up")
    return go("sampling.sample", sample_id=sample_id)


@room.post("/audit/samples/<sample_id>/close", does=actions.close_sample)
def close(sample_id: str) -> ResponseReturnValue:
    """Close a sample."""
    form = WordsForm()
    if not form.validate():
        return _sample(sample_id, form, 422)
    perform(actions.close_sample, form.key.data, sample_id=sample_id, conclusion=form.words.data)
    tell("抽查已办结", "The sample was closed")
    return go("sampling.sample", sample_id=sample_id)


@room.get("/audit/samples/<sample_id>/cases/<int:place>", may=MAY)
def case(sample_id: str, place: int) -> ResponseReturnValue:
    """One certificate of a sample, and the form for what was found."""
    held = queries.case_of(queries.sample(db(), sample_id), place)
    found = "" if held.state == FindingState.OPEN else held.state
    return _case(sample_id, place, FindingForm(found, held.remark), 200)


@room.post("/audit/samples/<sample_id>/cases/<int:place>", does=actions.record_finding)
def found(sample_id: str, place: int) -> ResponseReturnValue:
    """Record what was found, and on to the next that has no finding yet."""
    form = FindingForm()
    if form.finding.data in (FindingState.FLAWED, FindingState.WRONG) and not form.remark.data:
        form.remark.validators = [*form.remark.validators, _said]
    if not form.validate():
        return _case(sample_id, place, form, 422)
    perform(
        actions.record_finding, form.key.data, sample_id=sample_id, place=place, finding=form.finding.data,
        remark=form.remark.data or "",
    )  # fmt: skip
    tell("核查结果已登记", "The finding was recorded")
    left = [c.place for c in queries.sample(db(), sample_id).cases if c.state == FindingState.OPEN]
    if not left:
        return go("sampling.sample", sample_id=sample_id)
    return go("sampling.case", sample_id=sample_id, place=next((p for p in left if p > place), left[0]))


@room.get("/audit/samples/<sample_id>/population.csv", may=MAY)
def population(sample_id: str) -> ResponseReturnValue:
    """The population as the plan names it: numbers and weights, no names."""
    headers = {"Content-Disposition": 'attachment; filename="population.csv"'}
    return Response(_population(queries.sample(db(), sample_id)), mimetype="text/csv", headers=headers)


@room.get("/audit/samples/<sample_id>/working-paper.pdf", may=MAY)
def paper(sample_id: str) -> ResponseReturnValue:
    """The working paper, sealed."""
    held = queries.sample(db(), sample_id)
    if held.drawn_at is None:
        raise Refusal("audit_sample.not_drawn")
    bare = working_paper.pdf(held, _population(held), _issuer(held), settings().host)
    moment = office().clock.now()
    material = signer().seal_material(moment, office().source)
    data = seal(bare, material.key, material.certificate, material.root, moment, f"working paper {held.id}")
    headers = {"Content-Disposition": f'attachment; filename="{working_paper.file_name(held.planned_at)}"'}
    return Response(data, mimetype="application/pdf", headers=headers)


@room.post("/audit/samples/<sample_id>/files", does=actions.take_files)
def take(sample_id: str) -> ResponseReturnValue:
    """The files of every certificate in one archive: paper, credential, receipt, events, verdict. It stands on record."""
    perform(actions.take_files, KeyForm().key.data, sample_id=sample_id)
    held = queries.sample(db(), sample_id)
    archive = tempfile.SpooledTemporaryFile(max_size=8_000_000)  # noqa: SIM115 - Flask closes it after sending
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as packed:
        for one in held.cases:
            for name, data in _files(one.certificate_id):
                packed.writestr(f"{one.place:03d}-{one.number}/{name}", data)
    archive.seek(0)
    return send_file(archive, "application/zip", as_attachment=True, download_name="cases.zip")


def _files(certificate_id: str) -> list[tuple[str, bytes]]:
    """Everything on record about one certificate."""
    trust, held = trusted(), queries.evidence(db(), certificate_id)
    files = [("credential.json", held.credential)] if held.credential else []
    verdict = nothing("pdf", "empty")
    data = open_paper(tool(Box), settings().files_dir, held.paper) if held.paper else None
    if data is not None:
        files.append(("certificate.pdf", data))
        verdict = inspect(data, trust, now(), OnRecord(db(), trust))
    if held.receipt is not None:
        body = {
            "leaf": held.receipt.leaf.hex(), "index": held.receipt.seq, "checkpoint": held.receipt.checkpoint,
            "hashes": [value.hex() for value in held.receipt.hashes],
        }  # fmt: skip
        files.append(("receipt.json", json.dumps(body, indent=1).encode()))
    line = by_id(db(), certificate_id)
    if steps := story_of(db(), line.kind, line.number):
        files.append(("story.json", json.dumps([plain(one) for one in steps], ensure_ascii=False, indent=1).encode()))
    files.append(("events.json", json.dumps(held.events, ensure_ascii=False, indent=1).encode()))
    files.append(("verdict.json", json.dumps(verdict.plain(), ensure_ascii=False, indent=1).encode()))
    return files


def _population(held: SampleLine) -> bytes:
    return rules.write(list(queries.population_of(db(), held).values()))


def _drawn_again(held: SampleLine) -> bool:
    """Whether the register still gives this population, and the seed this sample."""
    again = list(queries.population_of(db(), held).values())
    drawn = held.announced is not None and rules.announces(held.announced, held.seed, held.digest, held.size)
    return drawn and rules.digest(again) == held.digest and rules.draw(again, held.seed, held.size) == queries.drawn(held)


def _said(_form: object, field: object) -> None:
    from wtforms.validators import ValidationError

    raise ValidationError(say("有瑕疵或不符时须写明发现了什么", "A flaw or a contradiction has to be described"))


def _form() -> SampleForm:
    bodies = queries.issuers(db())
    return SampleForm([(line.id, line.name) for line in organisations(db()) if line.id in bodies])


def _page(form: SampleForm, status: int) -> ResponseReturnValue:
    words = {state: say(*SAMPLE.words[state]) for state in SampleState}
    return show("credentials/samples.html", status, form=form, samples=queries.samples(db()), words=words)


def _sample(sample_id: str, form: WordsForm, status: int) -> ResponseReturnValue:
    held = queries.sample(db(), sample_id)
    try_again = held.drawn_at is not None and (held.population <= AT_ONCE or "again" in request.args)
    ready = held.state == SampleState.PLANNED and queries.announcement(db(), held.id, held.planned_at) is not None
    return show(
        "credentials/sample.html", status, s=held, titles=TITLES, ready=ready, issuer=_issuer(held), form=form,
        same=_drawn_again(held) if try_again else None, kind=_kind(held), words=say(*SAMPLE.words[SampleState(held.state)]),
        findings={state.value: (TONES[state], say(*FINDING.words[state])) for state in FindingState},
        what_of=working_paper.what_of,
    )  # fmt: skip


def _case(sample_id: str, place: int, form: FindingForm, status: int) -> ResponseReturnValue:
    held = queries.sample(db(), sample_id)
    one = queries.case_of(held, place)
    line = by_id(db(), one.certificate_id)
    state = CertificateState(line.state)
    return show(
        "credentials/sample_case.html", status, s=held, c=one, form=form, titles=TITLES, what=working_paper.what_of(one.claims),
        state=say(*CERTIFICATE.words[state]), finding=(TONES[FindingState(one.state)], say(*FINDING.words[FindingState(one.state)])),
        open=held.state == SampleState.DRAWN, steps=story_of(db(), line.kind, one.number),
    )  # fmt: skip


def _issuer(held: SampleLine) -> str:
    return organisation(db(), held.criteria.issuer_id).name if held.criteria.issuer_id else ""


def _kind(held: SampleLine) -> str:
    found = dict(_form().kind.choices)
    return str(found[held.criteria.kind])
