"""Returns from the command line: the same check and the same actions, with plain reports."""

from __future__ import annotations

import json
import time

from skills.accounts import queries as accounts
from skills.config import Settings
from skills.kernel import jobs
from skills.kernel.actors import SYSTEM
from skills.kernel.acts import Office
from skills.kernel.box import Box
from skills.kernel.canon import digest, plain
from skills.kernel.errors import Missing, Refusal, Unavailable
from skills.kernel.jobs import JobState
from skills.kernel.sheets import address
from skills.returns import actions, queries
from skills.returns.actions import Filed
from skills.returns.intake import order_of, rows_of
from skills.returns.kinds import kind_of
from skills.returns.models import Return
from skills.returns.queries import Checked, Desk, under_way
from skills.returns.rules import Kind
from skills.returns.states import ReturnState
from skills.web.i18n import sentence, yuan


def owner_of(office: Office, kind: Kind, text: str) -> str | None:
    """The organisation with this id or credit code; None for a list of the authority.

    Raises Missing("organisation.unknown").
    """
    if kind.authority:
        return None
    for line in office.ask(accounts.organisations):
        if text in (line.id, line.credit_code):
            return line.id
    raise Missing("organisation.unknown")


def check(office: Office, kind: str, organisation: str, data: bytes) -> Checked:
    """Check a file and write nothing. Raises Refusal("sheet.…") if it cannot be read."""
    chosen, owner = kind_of(kind), owner_of(office, kind_of(kind), organisation)
    rows = rows_of(data)
    box, settings = office.tools[Box], office.tools[Settings]
    assert isinstance(box, Box) and isinstance(settings, Settings)  # noqa: S101, PT018 - narrows for the type checker
    return office.ask(lambda db: queries.check_sheet(Desk(db, box, owner, office.today(), settings.public_base), chosen, rows))


def submit(office: Office, kind: str, organisation: str, name: str, data: bytes) -> Filed:
    """Upload and hand in, as the system; a large file is checked on the way, by this process or by whichever worker has it.

    Raises Refusal.
    """
    order = order_of(data, name)
    if "unreadable" in order:
        raise Refusal(order["unreadable"].code, **order["unreadable"].facts)
    owner = owner_of(office, kind_of(kind), organisation)
    made = office.perform(actions.upload, actor=SYSTEM, kind=kind, organisation_id=owner, **order)
    while office.ask(lambda db: db.get_one(Return, made.return_id).state) == ReturnState.UPLOADED:
        if not jobs.run_one(office, but=frozenset(jobs.HANDLERS) - {under_way.CHECK}):
            if office.ask(lambda db: under_way.progress(db, made.return_id, [owner])).job == JobState.FAILED:
                raise Unavailable("busy")
            time.sleep(1)
    return office.perform(
        actions.accept, actor=SYSTEM, key=f"cli:{digest(made.return_id)[:40]}", return_id=made.return_id
    )


def report(checked: Checked, as_json: bool = False) -> str:
    """Every finding at its cell, then the totals."""
    totals = checked.totals
    if as_json:
        found = [{**_plain(f), "at": _at(checked, f.row, f.column)} for f in checked.findings]
        return json.dumps({"totals": plain(totals), "findings": found}, ensure_ascii=False)
    lines = [
        f"{_at(checked, f.row, f.column):>8} {f.severity.value:7} {f.code:32} {sentence(f.code, f.facts, 'zh').text}"
        f" / {sentence(f.code, f.facts, 'en').text}"
        for f in checked.findings
    ]
    lines.append(
        f"{totals.lines} rows: {totals.good} good ({yuan(totals.worth)}), {totals.bad} with errors "
        f"({yuan(totals.blocked)} held back), {totals.same} as before"
    )
    return "\n".join(lines)


def receipt(checked: Checked, done: Filed, as_json: bool = False) -> str:
    """The report and the receipt's number."""
    if as_json:
        return json.dumps({**json.loads(report(checked, True)), "receipt": plain(done)}, ensure_ascii=False)
    if done.same_as:
        return f"{report(checked)}\n{done.number}: 与前次报送一致，未作任何更改 / as before, nothing was changed"
    return f"{report(checked)}\n{done.number}: {done.good} rows handed in"


def _plain(found: object) -> dict[str, object]:
    held = plain(found)
    assert isinstance(held, dict)  # noqa: S101 - narrows for the type checker
    return held


def _at(checked: Checked, row: int, column: str) -> str:
    return address(row, checked.places[column] + 1) if column in checked.places else str(row or "")
