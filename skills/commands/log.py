"""`skills log`: signed heads for whoever keeps them elsewhere, and watching a log from outside."""

from __future__ import annotations

import json
import os
import sys
import time
import urllib.error
import urllib.request
from dataclasses import asdict
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from urllib.parse import urlsplit

import click

from skills.kernel import monitor
from skills.kernel.clock import Clock, SystemClock, shanghai_day
from skills.kernel.monitor import Alarm, Monitor, Unreachable

SAID = {
    "signature": "签名不符 wrong signature",
    "fork": "历史分叉 the history forked",
    "shrunken": "日志缩短 the log shrank",
    "stale": "日志停滞 the head is stale",
    "tiles": "数据块不符 tiles do not fit",
    "proof": "证明不可读 unreadable proof",
    "unreachable": "无法访问 unreachable",
}


@click.group("log")
def log_commands() -> None:
    """The transparency log: signed heads, and watching one from elsewhere."""


@log_commands.command("checkpoint")
@click.option("--stream", type=click.Choice(["certificates", "audit"]), default="certificates", show_default=True)
@click.option("--day", help="The last head of a Shanghai day, YYYY-MM-DD; the newest if left out.")
@click.option("--days", is_flag=True, help="List the days whose last head is kept.")
def checkpoint(stream: str, day: str | None, days: bool) -> None:
    """Print a signed head, as it lies in DATA_DIR/checkpoints/daily: for mirroring, mailing or publishing in a paper."""
    from skills import config
    from skills.kernel.log import daily_file

    try:
        folder = config.read(os.environ).checkpoints_dir
    except config.Misconfigured as error:
        raise click.ClickException(str(error)) from error
    kept = sorted(file.name.removesuffix(f"-{stream}.txt") for file in (folder / "daily").glob(f"*-{stream}.txt"))
    if days:
        click.echo("\n".join(kept))
        return
    if not kept:
        raise click.ClickException(f"no head of {stream} was signed yet: run `skills seal` or the worker")
    wanted = day or kept[-1]
    if wanted not in kept:
        raise click.ClickException(f"no head of {wanted} is kept; --days lists them")
    click.echo(daily_file(folder, date.fromisoformat(wanted), stream).read_text("utf-8"), nl=False)


@log_commands.command("monitor")
@click.argument("url")
@click.option("--state", type=click.Path(dir_okay=False, path_type=Path), help="Where the last head is kept.")
@click.option("--vkey", default="", help="The log's key, learned on another way; else the first one seen is kept.")
@click.option("--full", is_flag=True, help="Fetch every tile and entry and make the whole tree again.")
@click.option("--stale-hours", default=26, show_default=True, help="How long a head may stay the same.")
@click.option("--once", is_flag=True, help="Look once, then stop (what happens without --every).")
@click.option("--every", type=int, help="Look again after so many seconds, until stopped.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object a look.")
def watch(
    url: str, state: Path | None, vkey: str, full: bool, stale_hours: int, once: bool, every: int | None, as_json: bool
) -> None:
    """Watch the log at URL, such as https://skills.example.cn/log or …/log/audit, from anywhere.

    Needs no database and no setting. Keeps the last head in a file; exits 10 for a wrong signature, 11 for a fork,
    12 for a log that shrank, 13 for a head that stands still, 14 for tiles that do not fit, 15 for a proof that
    cannot be read, 20 if there is no answer. The heads that prove it are kept beside the file.
    """
    parts = urlsplit(url)
    if parts.scheme not in {"http", "https"} or not parts.netloc:
        raise click.ClickException("URL must begin with https:// (or http:// in a test)")
    place = state or Path(f"{parts.netloc}{parts.path}".strip("/").replace("/", "-").replace(":", "-") + ".monitor.json")
    watcher = Monitor(Fetcher(url.rstrip("/")), vkey, full, timedelta(hours=stale_hours))
    while True:
        code = look_once(watcher, place, SystemClock(), as_json)
        if once or every is None or code:
            sys.exit(code)
        time.sleep(every)


def look_once(watcher: Monitor, place: Path, clock: Clock, as_json: bool) -> int:
    """One look: tell what was found, remember it; the exit code."""
    now = clock.now()
    try:
        report, seen = watcher.look(monitor.load(place), now)
    except Alarm as alarm:
        proof = [str(file) for file in monitor.keep_evidence(place, alarm, now)]
        told = {"ok": False, "finding": alarm.code, "detail": str(alarm), "evidence": proof}
    except Unreachable as silent:
        told = {"ok": False, "finding": "unreachable", "detail": str(silent), "evidence": []}
    except ValueError as error:
        raise click.ClickException(str(error)) from error
    else:
        monitor.keep(place, seen)
        told = {"ok": True, **asdict(report), "at": now.isoformat()}
    if as_json:
        click.echo(json.dumps(told, ensure_ascii=False))
    else:
        click.echo(_words(told, now), err=not told["ok"])
    return 0 if told["ok"] else monitor.CODES[str(told["finding"])]


def _words(told: dict[str, object], now: datetime) -> str:
    when = f"{now.astimezone(UTC):%Y-%m-%d %H:%M}Z ({shanghai_day(now)})"
    if not told["ok"]:
        lines = [f"{when} {SAID[str(told['finding'])]}: {told['detail']}"]
        return "\n".join([*lines, *(f"  {file}" for file in told["evidence"])])  # type: ignore[attr-defined]
    grown = f"+{told['grown']}" if told["known_before"] else "first look"
    read = f", {told['entries']} entries read" if told["full"] else ""
    handed = "\n  the log key was handed over; now " + str(told["vkey"]) if told["handed_over"] else ""
    first = "" if told["known_before"] else f"\n  kept from now on: {told['vkey']}"
    return f"{when} ok: {told['size']} entries ({grown}{read}), root {told['root']}{handed}{first}"


class Fetcher:
    """Gets what lies below a log's address; nothing larger than a log's files."""

    def __init__(self, base: str) -> None:
        self._base = base

    def __call__(self, path: str) -> bytes:
        asked = urllib.request.Request(f"{self._base}/{path}", headers={"User-Agent": "skills-log-monitor"})  # noqa: S310
        try:
            with urllib.request.urlopen(asked, timeout=30) as answer:  # noqa: S310 - the scheme was checked
                data: bytes = answer.read(monitor.MOST_BYTES + 1)
        except (OSError, urllib.error.URLError) as error:
            raise Unreachable(f"{path}: {error}") from error
        if len(data) > monitor.MOST_BYTES:
            raise Unreachable(f"{path}: more than {monitor.MOST_BYTES} bytes")
        return data
