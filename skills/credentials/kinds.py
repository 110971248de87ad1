"""The national query system's answer to an export, offered to the room of returns."""

from __future__ import annotations

from collections.abc import Sequence

from skills.credentials.actions import uploads
from skills.credentials.queries.uploads import upload_facts
from skills.credentials.rules import uploads as rules
from skills.kernel.acts import Act
from skills.kernel.errors import Refusal
from skills.returns.kinds import register
from skills.returns.queries import Desk
from skills.returns.rules import Applied, Kind, Line


def look(desk: Desk, lines: Sequence[Line]) -> rules.KnownUploads:
    """What is known of the certificates of these rows."""
    return rules.KnownUploads(desk.today, upload_facts(desk.db, {n for line in lines if (n := rules.number_of(line))}))


def apply(act: Act, organisation: str | None, line: Line) -> Applied:
    """Write one row's answer down. Raises Refusal."""
    number = rules.number_of(line)
    fact = upload_facts(act.db, {number}).get(number)
    if fact is None:
        raise Refusal("national.number_unknown")
    values = line.values
    uploads.answer(act, fact.upload_id, values["result"], values.get("on"), values.get("reason", ""))
    return Applied(f"national:{fact.upload_id}", 0)


ANSWER = register(
    Kind(
        name="national_answer",
        zh="全国查询系统回执",
        en="Answer of the national query system",
        columns=rules.COLUMNS,
        rules=rules.RULES,
        right="upload.handle",
        look=look,
        judge=rules.judge_lines,
        across=True,
        worth=lambda _line, _known: 0,
        apply=apply,
        refused=(
            "national_upload.cannot_confirm", "national_upload.cannot_reject", "national_upload.changed_meanwhile",
            "national_upload.unknown", "policy.none", "policy.two",
        ),
        authority=True,
        money=False,
    )
)
