"""Pages of returns: upload, every row's errors before anything is written, mend, hand in, receipt."""

from __future__ import annotations

from flask import Response, current_app, redirect, request
from flask.typing import ResponseReturnValue

from skills.kernel import sheets
from skills.kernel.box import Box
from skills.kernel.errors import Missing
from skills.returns import actions, queries, rules
from skills.returns.actions import HANDLE, Change
from skills.returns.forms import UploadForm
from skills.returns.intake import order_of
from skills.returns.kinds import FILE, kind_of
from skills.returns.queries import under_way
from skills.returns.queries.pages import PAGE
from skills.returns.rules import REASON_COLUMN, Kind
from skills.returns.states import RETURN, ReturnState
from skills.web import i18n
from skills.web.forms import OrderForm
from skills.web.pages import PUBLIC, MenuEntry, Room, db, lang, me, office, perform, say, show, tell, tool

LISTS = "/gov/people/lists"  # where the authority hands in lists of its own
BODIES = "/ent/returns"  # where assessment bodies hand in theirs

MOST_REQUEST = sheets.MOST_BYTES + 2**20  # the file and the fields beside it
EVERY = 5  # seconds after which the page of a check that is under way asks again

room = Room("returns", __name__)
FACES = [room]
MENU = [
    MenuEntry("org", "/org/returns", "upload", "数据报送", "Returns", may=FILE),
    MenuEntry("ent", BODIES, "upload", "名单报送", "Lists", may=HANDLE),
    MenuEntry("gov", LISTS, "upload", "名单登记", "Lists of people", may="person.register"),
]

CHIPS = {"uploaded": "info", "checked": "warn", "accepted": "info", "applied": "ok", "refused": "bad"}


def box() -> Box:
    return tool(Box)


def owner_for(kind: str) -> str | None:
    """Who files a kind of return here: the visitor's organisation; None, the authority, for a list of its own."""
    return None if kind_of(kind).authority else me().organisation_id


def _base() -> str:
    return next((base for base in (LISTS, BODIES) if request.path.startswith(base)), "/org/returns")


def _kinds() -> list[Kind]:
    """What can be handed in from this desk, by whoever is there."""
    if _base() == LISTS:
        return [k for k in queries.kinds() if k.authority]
    return [k for k in queries.kinds() if not k.authority and queries.may_handle(me().actor, k, me().organisation_id)]


def state_chip(state: str) -> tuple[str, str]:
    """A chip's kind and words for a state of a return."""
    return CHIPS[state], say(*RETURN.words[RETURN.states(state)])


@room.get("/org/returns", may=HANDLE)
@room.get(LISTS, may=HANDLE, name="listing_list")
@room.get(BODIES, may=HANDLE, name="listing_of_body")
def listing() -> ResponseReturnValue:
    return _listing(UploadForm(_kinds()))


@room.post("/org/returns", does=actions.upload, most=MOST_REQUEST)
@room.post(LISTS, does=actions.upload, name="upload_list", most=MOST_REQUEST)
@room.post(BODIES, does=actions.upload, name="upload_of_body", most=MOST_REQUEST)
def upload() -> ResponseReturnValue:
    form = UploadForm(_kinds())
    if not form.validate_on_submit():
        return _listing(form, 422)
    data = form.file.data.stream.read(sheets.MOST_BYTES + 1)
    done = perform(
        actions.upload, form.key.data, kind=form.kind.data, organisation_id=owner_for(form.kind.data),
        **order_of(data, form.file.data.filename),
    )
    return redirect(f"{_base()}/{done.return_id}", 303)


def _listing(form: UploadForm, status: int = 200) -> ResponseReturnValue:
    mine = queries.owners(me().actor)
    held = queries.returns_of(db(), mine, request.args.get("after", "")[:26], PAGE + 1)
    return show(
        "returns/list.html", status, form=form, returns=held[:PAGE], more=held[PAGE - 1].id if len(held) > PAGE else "",
        kinds=_kinds(), chip=state_chip, base=_base(),
    )  # fmt: skip


@room.get("/org/returns/<return_id>", may=HANDLE)
@room.get(LISTS + "/<return_id>", may=HANDLE, name="one_list")
@room.get(BODIES + "/<return_id>", may=HANDLE, name="one_of_body")
def one(return_id: str) -> ResponseReturnValue:
    mine = queries.owners(me().actor)
    told = under_way.progress(db(), return_id, mine)
    if told.state == ReturnState.UPLOADED or (told.work and not request.args.keys() & {"all", "after"}):
        return _under_way(told)
    everything = request.args.get("all") == "1"
    page = queries.page_of(db(), box(), return_id, mine, bad_only=not everything, after=_row(request.args.get("after", "")))
    return show(
        "returns/one.html", page=page, r=page.summary, everything=everything, chip=state_chip,
        base=_base(), after=changes.beside(page), **changes.words(),
        say_finding=say_finding, severity=lambda s: say(*rules.Severity(s).words),
        column_words=lambda name: say(page.kind.column(name).zh, page.kind.column(name).en),
    )


def _row(text: str) -> int:
    """The row behind which a page begins; 0, the beginning, for what is no row."""
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 8 else 0


def _under_way(told: under_way.Progress) -> Response:
    """How far the work in the background is. The page asks again by itself, without a script, unless told to stand still."""
    still = request.args.get("still") == "1"
    r = queries.summary(db(), told.return_id, queries.owners(me().actor))
    facts = {"applied": told.applied, "left": told.left, "number": told.number}
    page = current_app.make_response(
        show(
            "returns/waiting.html", told=told, r=r, base=_base(), still=still, every=EVERY, chip=state_chip,
            trouble=i18n.sentence(told.trouble, facts, lang()) if told.trouble else None,
        )
    )  # fmt: skip
    if not still and not told.trouble:
        page.headers["Refresh"] = str(EVERY)
    return page


def say_finding(finding: queries.ShownFinding) -> i18n.Sentence:
    """The sentence of a finding in the visitor's language, with what to do."""
    return i18n.sentence(finding.code, finding.facts, lang())


@room.post("/org/returns/<return_id>/fix", does=actions.fix)
@room.post(LISTS + "/<return_id>/fix", does=actions.fix, name="fix_list")
@room.post(BODIES + "/<return_id>/fix", does=actions.fix, name="fix_of_body")
def fix(return_id: str) -> ResponseReturnValue:
    form = OrderForm()
    changes = []
    for name, value in request.form.items():
        head, _, rest = name.partition("-")
        row, _, column = rest.partition("-")
        if head == "cell" and row.isdecimal() and len(row) < 7 and value != request.form.get(f"was-{row}-{column}"):
            changes.append(Change(int(row), column, value))
    if changes:
        done = perform(actions.fix, form.key.data, return_id=return_id, changes=tuple(changes))
        tell(f"已重新检查：可报 {done.good} 行，还有 {done.bad} 行有错",
             f"Checked again: {done.good} rows can be handed in, {done.bad} have errors")
    else:
        tell("没有改动", "Nothing was changed", "warn")
    after = _row(request.form.get("after", ""))
    return redirect(f"{_base()}/{return_id}" + (f"?after={after}" if after else ""), 303)


@room.post("/org/returns/<return_id>/accept", does=actions.accept)
@room.post(LISTS + "/<return_id>/accept", does=actions.accept, name="accept_list")
@room.post(BODIES + "/<return_id>/accept", does=actions.accept, name="accept_of_body")
def accept(return_id: str) -> ResponseReturnValue:
    form = OrderForm()
    told = request.form.get("removes", "")
    perform(actions.accept, form.key.data, return_id=return_id, removes=int(told) if told.isdecimal() and len(told) < 7 else None)
    return redirect(f"{_base()}/{return_id}", 303)


@room.post("/org/returns/<return_id>/drop", does=actions.drop)
@room.post(LISTS + "/<return_id>/drop", does=actions.drop, name="drop_list")
@room.post(BODIES + "/<return_id>/drop", does=actions.drop, name="drop_of_body")
def drop(return_id: str) -> ResponseReturnValue:
    form = OrderForm()
    perform(actions.drop, form.key.data, return_id=return_id)
    tell("已放弃，没有任何内容入账", "Given up; nothing of it was applied")
    return redirect(_base(), 303)


@room.post("/org/returns/<return_id>/go-on", does=actions.background.go_on)
@room.post(LISTS + "/<return_id>/go-on", does=actions.background.go_on, name="go_on_list")
@room.post(BODIES + "/<return_id>/go-on", does=actions.background.go_on, name="go_on_of_body")
def go_on(return_id: str) -> ResponseReturnValue:
    perform(actions.background.go_on, OrderForm().key.data, return_id=return_id)
    tell("已重新开始，从停下的地方继续", "Started again, from where it stopped")
    return redirect(f"{_base()}/{return_id}", 303)


@room.get("/org/returns/<return_id>/failed.<form>", may=HANDLE)
@room.get(LISTS + "/<return_id>/failed.<form>", may=HANDLE, name="failed_list")
@room.get(BODIES + "/<return_id>/failed.<form>", may=HANDLE, name="failed_of_body")
def failed(return_id: str, form: str) -> ResponseReturnValue:
    """Only the rows with errors, the reason in the first column, ready to be mended and uploaded again."""
    mine = queries.owners(me().actor)
    kind, rows = queries.failed_rows(db(), box(), return_id, mine)
    table = [(REASON_COLUMN, *kind.header())]
    for cells, found in rows:
        reasons = "；".join(f"{f.at} {i18n.sentence(f.code, f.facts, 'zh').text}" for f in found)
        table.append((reasons, *(cells.get(c.name, "") for c in kind.columns)))
    return _download(kind, table, form, "failed", first=2)


@room.get("/returns/templates/<kind>.<form>", may=PUBLIC)
def template(kind: str, form: str) -> ResponseReturnValue:
    """An empty return with the right columns."""
    chosen = kind_of(kind)
    return _download(chosen, [chosen.header()], form, "template")


def _download(kind: Kind, table: list[tuple[str, ...]], form: str, word: str, first: int = 1) -> Response:
    if form == "csv":
        body, mimetype = sheets.write_csv(table), sheets.CSV_TYPE
    elif form == "xlsx":
        choices = {i: c.choices for i, c in enumerate(kind.columns, first) if c.choices}
        body, mimetype = sheets.write_xlsx(table, kind.zh, choices), sheets.XLSX_TYPE
    else:
        raise Missing("return_kind.unknown")
    name = f"{kind.name}-{word}.{form}"
    return Response(body, mimetype=mimetype, headers={"Content-Disposition": f'attachment; filename="{name}"'})


@room.get("/returns/rules", may=PUBLIC, name="rules")
def all_rules() -> ResponseReturnValue:
    """Every coded rule with its sentence and what to do, and the faults seen most often in the last 30 days."""
    frequent = queries.faults(db(), office().clock.now() - queries.LATELY)
    listed = queries.all_rules()
    examples = {rule.code: rule.example for told in listed for rule in told.rules}
    return show(
        "returns/rules.html", listed=listed, frequent=frequent,
        said=lambda code: i18n.general(code, examples.get(code, {}), lang()),
        severity=lambda s: say(*s.words),
        column_words=lambda kind, name: say(kind.column(name).zh, kind.column(name).en) if kind and name else "",
    )


from skills.returns.views import changes, changes_api  # noqa: E402 - they stand on what is above

FACES += [changes.room, changes_api.room]
