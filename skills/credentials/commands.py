"""`skills verify` and `skills redraw`: anybody checks anywhere. No database, no setting, no server."""

from __future__ import annotations

import json
import sys
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
from skills.credentials.words import MARKS_SAID, REASONS, STEPS_SAID, TITLES
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
def redraw(file: Path, seed: str | None, size: int | None) -> None:
    """Draw an auditor's sample again from FILE: a working paper (PDF), or a population.csv with --seed and --size.

    Exits 1 if a working paper's cases or population are not those that its seed draws, 2 if FILE is neither.
    """
    data, wanted = file.read_bytes(), None
    if data.startswith(b"%PDF-"):
        if seed is not None or size is not None:
            raise click.UsageError("a working paper brings its own seed and size 工作底稿自带种子和样本量")
        data, seed, size, wanted = _papers(data)
    if seed is None or size is None:
        raise click.UsageError("--seed and --size are needed 请给出种子和样本量")
    try:
        population = sampling.read(data)
    except sampling.NoPopulation as error:
        raise click.UsageError(f"not a population list 不是总体清单: {error}") from error
    drawn = sampling.draw(population, seed, size)
    click.echo(f"{len(population)} certificates 总体, SHA-256 {sampling.digest(population)}")
    for place, case in enumerate(drawn, start=1):
        click.echo(f"{place:3} {case.number} {case.weight} {case.key}")
    if wanted is not None and wanted != (sampling.digest(population), [(c.number, c.weight, c.key) for c in drawn]):
        raise click.ClickException("the paper says something else 与工作底稿不一致")


def _papers(pdf: bytes) -> tuple[bytes, str, int, tuple[str, list[tuple[str, int, str]]]]:
    """Population, seed, size and what a working paper says was drawn."""
    try:
        files = files_of(pdf)
        said = json.loads(files["sample.json"])
        cases = [(str(c["number"]), int(c["weight"]), str(c["key"])) for c in said["cases"]]
        return files["population.csv"], str(said["seed"]), int(said["size"]), (str(said["population_sha256"]), cases)
    except Exception as error:  # any file may be given, and break the parser in any way
        raise click.UsageError(f"not a working paper 不是工作底稿: {type(error).__name__}") from error


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
    title, why = TITLES[answer.state]
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
