"""`skills verify` and `skills redraw`: anybody checks anywhere. No database, no setting, no server."""

from __future__ import annotations

import json
import sys
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import click

from skills.credentials import fetching
from skills.credentials.inspection import trust
from skills.credentials.inspection.answer import Answer
from skills.credentials.inspection.attachments import files_of
from skills.credentials.inspection.look import inspect, inspect_text
from skills.credentials.inspection.sealed import MOST_BYTES
from skills.credentials.inspection.trust import BadTrust, Trust
from skills.credentials.rules import sampling
from skills.credentials.words import MARKS_SAID, REASONS, STEPS_SAID, title_of
from skills.kernel import merkle, monitor
from skills.kernel.clock import SHANGHAI, SystemClock


@click.command("verify")
@click.argument("what", required=False, metavar="FILE|TEXT")
@click.option(
    "--keys", "place", type=click.Path(path_type=Path), default=Path("public"), show_default=True,
    help="Folder or file with the issuer's public files.",
)  # fmt: skip
@click.option("--fetch", "base", metavar="URL", help="First fetch the public files from this address into the folder.")
@click.option("--json", "as_json", is_flag=True, help="Machine-readable output.")
def verify(what: str | None, place: Path, base: str | None, as_json: bool) -> None:
    """Judge FILE (PDF, PNG, JPEG, credential JSON, "-" for standard input) or TEXT (what a QR code holds).

    The folder holds trust.json, or keys.json, did.json, log.vkey and root.pem; optional status-1.cwt … and
    checkpoint*.txt. Without a fresh status list nothing is called valid. Exits 0 only for VALID, 1 for every other
    verdict, 2 if it could not begin.
    """
    now = SystemClock().now()
    try:
        if base:
            held = fetching.fetch(base, fetching.over_http(base), place, now)
            click.echo(_fetched(held, place), err=as_json)
        else:
            held = trust.from_files(fetching.read_folder(place), _changed(place))
    except (BadTrust, OSError, ValueError, KeyError, TypeError) as error:
        raise click.UsageError(f"公开文件不可用 no usable public files: {error}") from error
    if what is None:
        if base:
            return
        raise click.UsageError("FILE or TEXT is missing 请给出文件或二维码内容")
    answer = _judge(what, held, int(now.timestamp()))
    click.echo(json.dumps(answer.plain(), ensure_ascii=False) if as_json else _said(answer))
    if not answer.valid:
        sys.exit(1)


@click.command("redraw")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--seed", help="The seed, for a population.csv.")
@click.option("--size", type=click.IntRange(1, sampling.MOST_DRAWN), help="The sample size, for a population.csv.")
@click.option("--vkey", default="", help="The log's key, learned on another way (/log/audit/vkey): proves the head, too.")
def redraw(file: Path, seed: str | None, size: int | None, vkey: str) -> None:
    """Draw an auditor's sample again from FILE: a working paper (PDF), or a population.csv with --seed and --size.

    A working paper must show that its plan stood in the log before the seed was known, and name the cases that the seed
    draws; otherwise the command exits 1. It exits 2 if FILE is neither.
    """
    data = file.read_bytes()
    paper = _paper(data) if data.startswith(b"%PDF-") else None
    if paper is not None:
        if seed is not None or size is not None:
            raise click.UsageError("a working paper brings its own seed and size 工作底稿自带种子和样本量")
        data, seed, size = paper.population, paper.seed, paper.size
    if seed is None or size is None:
        raise click.UsageError("--seed and --size are needed 请给出种子和样本量")
    try:
        population = sampling.read(data)
    except sampling.NoPopulation as error:
        raise click.UsageError(f"not a population list 不是总体清单: {error}") from error
    drawn, digest = sampling.draw(population, seed, size), sampling.digest(population)
    click.echo(f"{len(population)} certificates 总体, SHA-256 {digest}")
    for place, case in enumerate(drawn, start=1):
        click.echo(f"{place:3} {case.number} {case.weight} {case.key}")
    if paper is None:
        return
    if paper.digest != digest or list(paper.cases) != drawn:
        raise click.ClickException("the paper names other cases than its seed draws 样本与种子不符")
    if not sampling.announces(paper.announced, seed, digest, size):
        raise click.ClickException("the plan is not under the head that gave the seed 计划不在产生种子的日志头之下")
    click.echo("the plan stood in the log before the seed was known 计划先入日志，种子后产生")
    if vkey and not _signed(paper.announced.checkpoint, vkey):
        raise click.ClickException("the log's key did not sign this head 日志头不是该密钥签的")


@dataclass(frozen=True)
class _Paper:
    population: bytes
    seed: str
    size: int
    digest: str
    cases: tuple[sampling.Drawn, ...]
    announced: sampling.Announced


def _paper(pdf: bytes) -> _Paper:
    """What a working paper brings along."""
    try:
        files = files_of(pdf)
        said = json.loads(files["sample.json"])
        cases = tuple(sampling.Drawn(str(c["number"]), int(c["weight"]), str(c["key"])) for c in said["cases"])
        plan = said["plan"]
        way = tuple(str(value) for value in plan["hashes"])
        announced = sampling.Announced(str(plan["entry"]), int(plan["index"]), way, str(plan["checkpoint"]))
        return _Paper(
            files["population.csv"], str(said["seed"]), int(said["size"]), str(said["population_sha256"]), cases, announced
        )
    except Exception as error:  # any file may be given, and break the parser in any way
        raise click.UsageError(f"not a working paper 不是工作底稿: {type(error).__name__}") from error


def _signed(checkpoint: str, vkey: str) -> bool:
    try:
        merkle.open_checkpoint(checkpoint, *monitor.read_vkey(vkey))
    except (merkle.BadNote, monitor.Alarm):
        return False
    return True


def _judge(what: str, held: Trust, now: int) -> Answer:
    if what == "-":
        return inspect(sys.stdin.buffer.read(MOST_BYTES + 1), held, now)
    path = Path(what)
    try:
        is_file = path.is_file()
    except (OSError, ValueError):  # a text that is too long to be a name
        is_file = False
    if is_file:
        with path.open("rb") as file:
            return inspect(file.read(MOST_BYTES + 1), held, now)
    return inspect_text(what, held, now)


def _changed(place: Path) -> int:
    """When the files were put there, if nothing better is known: the oldest of those that hold keys."""
    names = ("trust.json", "keys.json", "did.json")
    files = [place] if place.is_file() else [place / name for name in names if (place / name).is_file()]
    return min((int(file.stat().st_mtime) for file in files), default=0)


def _fetched(held: Trust, place: Path) -> str:
    size = max(held.heads, default=0)
    return (
        f"{held.public_base}: {len(held.keys)} 把密钥 keys, {len(held.lists)} 个状态列表 status lists, "
        f"日志 log {size} → {place}"
    )


def _said(answer: Answer) -> str:
    title, why = title_of(answer.state, answer.subject.kind if answer.subject else "", answer.erased)
    reason = REASONS[answer.reason] if answer.reason else why
    lines = [f"{title[0]} {answer.state}", f"  {reason[0]}", f"  {reason[1]}"]
    if said := answer.subject:
        lines += [f"  {zh} {en}: {value}" for (zh, en), value in (
            (("姓名", "name"), said.name),
            (("证书", "certificate"), said.what),
            (("编号", "number"), said.number),
            (("发证机构", "issuer"), said.issuer),
            (("签发", "issued"), _day(said.issued_at)),
            (("有效期至", "until"), _day(said.expires_at - 1) if said.expires_at else ""),
            (("状态截至", "status as of"), _moment(answer.status_as_of)),
            (("日志", "log"), f"{answer.log.index} / {answer.log.size}" if answer.log else ""),
        ) if value]  # fmt: skip
    for step, passed in answer.steps:
        mark = MARKS_SAID[passed]
        lines.append(f"  {mark[0]} {mark[1]}: {STEPS_SAID[step][0]} {STEPS_SAID[step][1]}")
    return "\n".join(lines)


def _day(seconds: int) -> str:
    return datetime.fromtimestamp(seconds, UTC).astimezone(SHANGHAI).date().isoformat()


def _moment(seconds: int | None) -> str:
    return datetime.fromtimestamp(seconds, UTC).astimezone(SHANGHAI).isoformat(" ", "minutes") if seconds else ""
