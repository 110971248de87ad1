"""`skills keys`: which keys there are, letting a new one take over, declaring one stolen. The procedure: docs/keys.md."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import asdict

import click

from skills.app import Works
from skills.kernel import keyacts, merkle
from skills.kernel.keys import FOR_LIFE, SECRET, SIGNING, KeyFact

MEANING = {
    "qr": "二维码 QR codes",
    "status": "手机状态列表 status lists for phones",
    "vc": "电子凭证 credentials and status lists",
    "log": "日志检查点 heads of the log",
    "seal": "纸质件印章 seals on papers",
    "box": "加密字段 sealed columns",
    "index": "盲索引 blind index",
    "replay": "重复提交 repeated orders",
    "session": "登录 sessions",
    "witness": "数据行摘要 digests of rows",
    "steps": "动态码 codes that change with time",
}


def commands(works: Callable[[], Works], plainly: Callable[[Callable[[], keyacts.Turned]], keyacts.Turned]) -> click.Group:
    """The group, over the house that `works` assembles; `plainly` turns a refusal into its sentence."""

    @click.group("keys")
    def keys() -> None:
        """Keys by purpose: list, rotate, declare stolen."""

    @keys.command("list")
    @click.option("--json", "as_json", is_flag=True, help="Machine-readable output.")
    def show(as_json: bool) -> None:
        """Every key ever made: purpose, name, from, to, and whether it was declared stolen."""
        house = works()
        facts = house.keys.facts()
        vkeys = {f.kid: merkle.verifier_key(f"{house.settings.host}/certificates", house.keys.ed25519(f.kid).public_key())
                 for f in facts if f.purpose == "log"}  # fmt: skip
        if as_json:
            rows = [{**asdict(f), "vkey": vkeys[f.kid]} if f.kid in vkeys else asdict(f) for f in facts]
            click.echo(json.dumps(rows, ensure_ascii=False))
            return
        for purpose in (*SIGNING, *SECRET):
            click.echo(f"{purpose:8} {MEANING[purpose]}")
            for fact in (f for f in facts if f.purpose == purpose):
                click.echo(f"  {_line(fact)}")
                if fact.kid in vkeys:
                    click.echo(f"    {vkeys[fact.kid]}")

    @keys.command("rotate")
    @click.argument("purpose", type=click.Choice([p for p in (*SIGNING, *SECRET) if p not in FOR_LIFE]))
    @click.option("--yes", is_flag=True, help="Do not ask.")
    @click.option("--json", "as_json", is_flag=True, help="Machine-readable output.")
    def rotate(purpose: str, yes: bool, as_json: bool) -> None:
        """Let a new key take over for PURPOSE. What the old one signed stays valid."""
        house = works()
        _ask(yes, f"{purpose}: a new key takes over from {house.keys.active(purpose).kid}; what it signed stays valid. Go on?")
        _tell(plainly(lambda: keyacts.rotate(house.office, house.keys, house.sealer, purpose)), as_json)

    @keys.command("compromise")
    @click.argument("kid")
    @click.option("--reason", required=True, help="When and how it was found out; goes on record.")
    @click.option("--yes", is_flag=True, help="Do not ask.")
    @click.option("--json", "as_json", is_flag=True, help="Machine-readable output.")
    def compromise(kid: str, reason: str, yes: bool, as_json: bool) -> None:
        """Declare the key KID stolen: its signatures alone prove nothing any more. This cannot be taken back."""
        house = works()
        _ask(yes, f"{kid}: nothing signed by it counts by its signature alone from now on; this cannot be taken back. Go on?")
        _tell(plainly(lambda: keyacts.compromise(house.office, house.keys, house.sealer, kid, reason)), as_json)

    return keys


def _line(fact: KeyFact) -> str:
    state = "失窃 stolen" if fact.revoked else "备用 prepared" if not fact.since else "停用 retired" if fact.until else "在用 in use"
    return f"{fact.kid}  {fact.algorithm:8} {fact.since[:19] or '-':19}  {fact.until[:19] or '-':19}  {state}"


def _ask(yes: bool, question: str) -> None:
    if not yes:
        click.confirm(question, abort=True, err=True)


def _tell(done: keyacts.Turned, as_json: bool) -> None:
    if as_json:
        click.echo(json.dumps(asdict(done)))
    else:
        click.echo(f"{done.purpose}: {done.kid} is in use. On record in the audit log and in the public log.")
