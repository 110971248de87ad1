"""The firm's way: whom and how → evidence for all → the committee → notice and certificates."""

from __future__ import annotations

from io import BytesIO

from flask import make_response, request, send_file
from flask.typing import ResponseReturnValue

from skills.accounts.queries import staff
from skills.accounts.rules import GRANTS, Role
from skills.certification.forms import level_words
from skills.certification.queries import employees, filings
from skills.kernel.box import Box
from skills.kernel.errors import Refusal
from skills.kernel.files import PAPERS
from skills.recognitions import queries
from skills.recognitions.actions import appointments, awards, committee, drafts, notices
from skills.recognitions.actions.committee import Vote
from skills.recognitions.actions.drafts import Line
from skills.recognitions.forms import DraftForm, ReasonForm
from skills.recognitions.queries import RecognitionLine
from skills.recognitions.queries import appointments as appointment_queries
from skills.recognitions.queries import people as people_queries
from skills.recognitions.queries.people import FOLDER
from skills.recognitions.states import PROPOSE, PUBLISH, SEE, VOTE
from skills.recognitions.views.words import room
from skills.records.actions import Paper
from skills.records.papers import put_in
from skills.standards.queries import value
from skills.web.forms import OrderForm
from skills.web.pages import db, go, me, perform, say, settings, show, tell, today, tool

MOST_REQUEST = 64 * 2**20


@room.get("/ent/recognitions", may=SEE)
def listing() -> ResponseReturnValue:
    """The firm's recognitions, newest first."""
    return _listing(ReasonForm())


@room.post("/ent/appointments/<appointment_id>/end", does=appointments.end, name="end_appointment")
def end_appointment(appointment_id: str) -> ResponseReturnValue:
    form = ReasonForm()
    if not form.validate_on_submit():
        return _listing(form, 422)
    perform(appointments.end, form.key.data, appointment_id=appointment_id, reason=form.reason.data)
    tell("已解聘", "The appointment is ended")
    return go("recognitions.listing")


@room.get("/ent/recognitions/new", may=PROPOSE)
def begin() -> ResponseReturnValue:
    return _begin(_draft_form())


@room.post("/ent/recognitions", does=drafts.draft, name="draft")
def draft() -> ResponseReturnValue:
    form = _draft_form()
    if not form.validate_on_submit():
        return _begin(form, 422)
    done = perform(drafts.draft, form.key.data, organisation_id=me().organisation_id, order=form.order())
    return go("recognitions.evidence", recognition_id=done.recognition_id)


@room.get("/ent/recognitions/<recognition_id>/evidence", may=PROPOSE)
def evidence(recognition_id: str) -> ResponseReturnValue:
    line = _own(recognition_id, PROPOSE)
    if line.state != "drafted":
        return go("recognitions.one", recognition_id=line.id)
    day = today()
    verdicts = {one.id: people_queries.verdict_on(db(), one.person_id, line.occupation, line.level, day) for one in line.people}
    norm = people_queries.norm_for(db(), line.filing_id, line.occupation, line.branch, line.level)
    return show("recognitions/evidence.html", r=line, form=OrderForm(), verdicts=verdicts, norm=norm)


@room.post("/ent/recognitions/<recognition_id>/evidence", does=drafts.propose, name="propose", most=MOST_REQUEST)
def propose(recognition_id: str) -> ResponseReturnValue:
    """Save what is said of everybody, with the papers; then, if it is wanted, put it before the committee."""
    line, key = _own(recognition_id, PROPOSE), OrderForm().key.data or ""
    same = [f.stream.read() for f in request.files.getlist("papers-all") if f.filename]
    said = request.form.get("statement-all", "").strip()
    lines = tuple(
        Line(
            one.id, request.form.get(f"way-{one.id}", one.way), request.form.get(f"statement-{one.id}", "").strip() or said or one.statement,
            put_papers(key, one.person_id, [f.stream.read() for f in request.files.getlist(f"papers-{one.id}") if f.filename] + same),
        )
        for one in line.people
    )  # fmt: skip
    perform(drafts.propose, key, recognition_id=line.id, lines=lines)
    if request.form.get("then") != "submit":
        tell("已保存", "Saved")
        return go("recognitions.evidence", recognition_id=line.id)
    perform(drafts.submit, f"{key}.submit"[:100], recognition_id=line.id)
    tell("已提交评审委员会", "Before the committee now")
    return go("recognitions.one", recognition_id=line.id)


@room.post("/ent/recognitions/people/<recognised_id>/leave-out", does=drafts.leave_out, name="leave_out", most=MOST_REQUEST)
def leave_out(recognised_id: str) -> ResponseReturnValue:
    recognition_id, _ = people_queries.owner(db(), recognised_id)
    perform(drafts.leave_out, f"{OrderForm().key.data}.{recognised_id}"[:100], recognised_id=recognised_id)
    tell("已不再提名", "Not proposed any more")
    return go("recognitions.evidence", recognition_id=recognition_id)


@room.get("/ent/recognitions/<recognition_id>/votes", may=VOTE)
def votes(recognition_id: str) -> ResponseReturnValue:
    line = _own(recognition_id, VOTE)
    member = line.member(me().actor.account)
    if line.state != "committee" or member is None:
        return go("recognitions.one", recognition_id=line.id)
    return show("recognitions/votes.html", r=line, form=OrderForm(), member=member, ready=line.voted == len(line.members))


@room.post("/ent/recognitions/<recognition_id>/votes", does=committee.vote, name="vote")
def vote(recognition_id: str) -> ResponseReturnValue:
    """A member's votes: everybody who is not marked with a no has a yes where the member says so."""
    line = _own(recognition_id, VOTE)
    rest = "yes" if request.form.get("rest") == "yes" else ""
    given = {one.id: request.form.get(f"vote-{one.id}") or rest for one in line.people}
    cast = tuple(
        Vote(one, said == "yes", request.form.get(f"reason-{one}", "").strip() if said == "no" else "")
        for one, said in given.items() if said in ("yes", "no")
    )  # fmt: skip
    perform(committee.vote, OrderForm().key.data, recognition_id=line.id, votes=cast)
    tell("已表决", "Your votes are given")
    after = _own(recognition_id, VOTE)
    mine = after.member(me().actor.account)
    ready = mine is not None and mine.chair and after.voted == len(after.members)
    return go("recognitions.votes" if ready else "recognitions.one", recognition_id=line.id)


@room.post("/ent/recognitions/<recognition_id>/decide", does=committee.decide, name="decide")
def decide(recognition_id: str) -> ResponseReturnValue:
    done = perform(committee.decide, OrderForm().key.data, recognition_id=recognition_id)
    tell(f"评审委员会确认 {done.confirmed} 人，未确认 {done.refused} 人", f"{done.confirmed} confirmed, {done.refused} not")
    return go("recognitions.one", recognition_id=recognition_id)


@room.get("/ent/recognitions/<recognition_id>", may=SEE)
def one(recognition_id: str) -> ResponseReturnValue:
    return _one(_own(recognition_id, SEE), ReasonForm())


@room.post("/ent/recognitions/<recognition_id>/notice", does=notices.give_notice, name="notice")
def notice(recognition_id: str) -> ResponseReturnValue:
    done = perform(notices.give_notice, OrderForm().key.data, recognition_id=recognition_id)
    tell(f"已公示，至 {done.last_day} 止", f"On notice until {done.last_day}")
    return go("recognitions.one", recognition_id=recognition_id)


@room.post("/ent/recognitions/<recognition_id>/conclude", does=notices.conclude, name="conclude")
def conclude(recognition_id: str) -> ResponseReturnValue:
    done = perform(notices.conclude, OrderForm().key.data, recognition_id=recognition_id)
    tell(f"正在制作 {done.awarding} 本证书，暂缓 {done.held} 人", f"{done.awarding} certificates are being made, {done.held} people are held")
    return go("recognitions.one", recognition_id=recognition_id)


@room.post("/ent/recognitions/<recognition_id>/again", does=awards.again, name="again")
def again(recognition_id: str) -> ResponseReturnValue:
    done = perform(awards.again, OrderForm().key.data, recognition_id=recognition_id)
    tell(f"已重新办理 {done.count} 人", f"{done.count} ordered again")
    return go("recognitions.one", recognition_id=recognition_id)


@room.post("/ent/recognitions/<recognition_id>/cancel", does=drafts.cancel, name="cancel")
def cancel(recognition_id: str) -> ResponseReturnValue:
    form = ReasonForm()
    if not form.validate_on_submit():
        return _one(_own(recognition_id, SEE), form, 422)
    perform(drafts.cancel, form.key.data, recognition_id=recognition_id, reason=form.reason.data)
    tell("已取消", "Cancelled")
    return go("recognitions.one", recognition_id=recognition_id)


@room.get("/ent/recognitions/people/<recognised_id>/papers/<paper_id>", may=SEE)
def paper(recognised_id: str, paper_id: str) -> ResponseReturnValue:
    """A paper for the firm's own staff."""
    recognition_id, _ = people_queries.owner(db(), recognised_id)
    _own(recognition_id, SEE)
    return handed_out(recognised_id, paper_id)


def handed_out(recognised_id: str, paper_id: str) -> ResponseReturnValue:
    """A paper as a download, never shown inside the site and kept by nobody on the way."""
    kind, data = people_queries.paper(db(), tool(Box), settings().files_dir, recognised_id, paper_id)
    answer = make_response(send_file(BytesIO(data), PAPERS[kind], as_attachment=True, download_name=f"evidence.{kind}"))
    answer.headers["Cache-Control"] = "no-store"
    return answer


def put_papers(key: str, person_id: str, found: list[bytes]) -> tuple[Paper, ...]:
    """Seal papers on their way in; none is none."""
    if not found:
        return ()
    most = int(value(db(), "fact.evidence", today())["bytes"])
    return put_in(tool(Box), settings().files_dir, key, found, most, person_id, FOLDER)


def _own(recognition_id: str, right: str) -> RecognitionLine:
    return queries.recognition(db(), recognition_id, me().actor.organisations_for(right))


def _one(line: RecognitionLine, form: ReasonForm, status: int = 200) -> ResponseReturnValue:
    actor = me().actor
    return show(
        "recognitions/one.html", status, r=line, form=form, own=True, steps=filings.history(db(), "recognition", line.id),
        may_propose=actor.may(PROPOSE), may_publish=actor.may(PUBLISH), member=line.member(actor.account), today=today(), may_papers=True,
        deadline_over=line.notice_to is not None and line.notice_to < today(),
    )  # fmt: skip


def _listing(form: ReasonForm, status: int = 200) -> ResponseReturnValue:
    actor = me().actor
    bodies = actor.organisations_for(SEE)
    return show(
        "recognitions/list.html", status, lines=queries.of_bodies(db(), bodies), own=True, may_propose=actor.may(PROPOSE), form=form,
        appointed=appointment_queries.appointments(db(), bodies), today=today(), may_publish=actor.may(PUBLISH),
    )  # fmt: skip


def _draft_form() -> DraftForm:
    """What a firm may choose from: parts of its filing that may be recognised, staff who may vote, people who work here now."""
    filing = filings.live_of(db(), me().organisation_id)
    if filing is None:
        raise Refusal("recognition.no_filing")
    allowed = [*value(db(), "recognition.direct_levels", today()), *appointment_queries.set_on(db(), today())]
    targets = [
        (f"{part.occupation}|{part.branch}|{int(level)}", f"{part.name}{'（' + part.branch + '）' if part.branch else ''} {level_words(level)}")
        for part in filing.scope for level in part.levels if level in allowed
    ]  # fmt: skip
    members = {
        line.account_id: f"{line.name}（{say(line.role_zh, line.role_en)}）"
        for line in staff(db(), me().organisation_id)
        if VOTE in GRANTS[Role(line.role)] and line.account_id != me().actor.account
    }
    people: dict[str, str] = {}
    for who, name, job in employees.at_work(db(), me().organisation_id, today()):
        people.setdefault(who, f"{name}（{job}）")
    return DraftForm(targets, list(members.items()), list(people.items()))


def _begin(form: DraftForm, status: int = 200) -> ResponseReturnValue:
    return show("recognitions/new.html", status, form=form)
