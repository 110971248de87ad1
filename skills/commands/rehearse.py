"""`skills rehearse-fraud`: frauds and look-alikes are planted into a fresh temporary installation, and the rules are asked."""

from __future__ import annotations

import json
import sys
import tempfile
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from time import perf_counter
from typing import Any

import click

from skills import config
from skills.app import Works, assemble
from skills.kernel.actors import SYSTEM
from skills.kernel.clock import FixedClock, SystemClock
from skills.kernel.ids import SeededSource
from skills.migrations import upgrade
from skills.oversight import rehearsal
from skills.oversight.jobs import look
from skills.oversight.rehearsal import Planted
from skills.oversight.rehearsal.report import STRENGTHS, Report, judge
from skills.oversight.rules import RULES
from skills.oversight.rules.words import RULE_WORDS
from skills.standards.actions import load

Plant = Callable[[Works, int, int], Planted]


@click.command("rehearse-fraud")
@click.option("--seed", default=1, show_default=True, help="The same seed plants the same.")
@click.option("--clean", default=10_000, show_default=True, help="How many honest histories stand around.")
@click.option("--json", "as_json", is_flag=True, help="Machine-readable output.")
def rehearse_fraud(seed: int, clean: int, as_json: bool) -> None:
    """Plant frauds into a copy and report which rules fired, what they missed and whom they named without cause.

    Exits 1 if a rule misses a fraud at full strength, or more than 1 % of honest histories are named.
    """
    report, seconds = rehearse(seed, clean)
    click.echo(as_text(report, seconds) if not as_json else json.dumps(as_plain(report, seconds), ensure_ascii=False, indent=1))
    if not report.kept:
        sys.exit(1)


def rehearse(seed: int, clean: int, plant: Plant | None = None) -> tuple[Report, float]:
    """The report, and how many seconds the rules took for all of it. Nothing of it stays.

    plant  who plants; the room's own unless another is given
    """
    planter = plant or _own()
    with tempfile.TemporaryDirectory(prefix="rehearsal-") as folder:
        works = _fresh(Path(folder), seed)
        try:
            planted = planter(works, seed, clean)
            began = perf_counter()
            found = look(works.office)
            seconds = perf_counter() - began
        finally:
            works.engine.dispose()
    return judge(planted, found, tuple(RULES), seed), seconds


def _own() -> Plant:
    found: Plant | None = vars(rehearsal).get("plant")
    if found is None:
        raise click.ClickException("there is nobody who plants")
    return found


def _fresh(folder: Path, seed: int) -> Works:
    settings = config.read({"SKILLS_ENV": "test", "DATA_DIR": str(folder)})
    works = assemble(settings, FixedClock(SystemClock().now()), SeededSource(f"rehearsal {seed}"))
    upgrade(works.engine, files=settings.files_dir)
    works.office.perform(load, actor=SYSTEM)
    return works


def as_plain(report: Report, seconds: float) -> dict[str, Any]:
    """The report in terms of JSON."""
    return {
        "seed": report.seed,
        "people": report.people,
        "kept": report.kept,
        "rules": [{"rule": r.rule, "found": [list(pair) for pair in r.found], "alarms": list(r.alarms)} for r in report.rows],
        "recall": {str(s): list(report.recall(s)) for s in STRENGTHS},
        "missed": [{**asdict(f), "subjects": sorted(f.subjects)} for f in report.missed],
        "false_alarms": report.alarms,
        "false_alarms_per_mille": round(report.alarms_per_mille, 3),
        "lookalikes_named": [list(entry) for entry in report.lookalikes],
        "elsewhere": list(report.elsewhere),
        "seconds": round(seconds, 2),
    }


def as_text(report: Report, seconds: float) -> str:
    """The report as a table."""
    lines = [f"{'':4} {'':34} {'弱 hint':>9} {'中 plain':>9} {'强 strong':>9} {'误报 false':>11}"]
    for row in report.rows:
        zh, en = RULE_WORDS[row.rule]
        shares = " ".join(f"{found}/{planted}".rjust(10) for found, planted in row.found)
        lines.append(f"{row.rule:4} {zh} {en}".ljust(34) + f" {shares} {len(row.alarms):10}")
    recall = ", ".join(f"{s}: {found}/{planted}" for s in STRENGTHS for found, planted in [report.recall(s)])
    lines += [
        f"召回 recall by strength  {recall}",
        f"误报 false alarms  {report.alarms} of {report.people} honest histories ({report.alarms_per_mille / 10:.2f} %)",
    ]
    lines += [f"漏 missed  {f.rule} at strength {f.strength}: {', '.join(sorted(f.subjects)[:3])}" for f in report.missed]
    lines += [f"错认 look-alike named  {kind}: {subject} by {rule}" for kind, subject, rule in report.lookalikes]
    if report.elsewhere:
        lines.append(f"另处检查 looked for elsewhere  {', '.join(report.elsewhere)}")
    lines.append(f"seed {report.seed}, rules asked in {seconds:.1f} s: {'kept 达标' if report.kept else 'NOT KEPT 未达标'}")
    return "\n".join(lines)
