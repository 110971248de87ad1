"""`skills rehearse-fraud`: frauds and look-alikes are planted into a temporary copy of the installation, and the rules are asked."""

from __future__ import annotations

import json
import os
import sys
import tempfile
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import timedelta
from pathlib import Path
from time import perf_counter
from typing import Any

import click
from sqlalchemy import Engine, make_url

from skills import config, features
from skills.app import assemble
from skills.config import Settings
from skills.kernel.actors import SYSTEM
from skills.kernel.acts import Office
from skills.kernel.box import Box, holding
from skills.kernel.clock import Clock, FixedClock, MovableClock, SystemClock, shanghai_day
from skills.kernel.datakeys import DataKeys
from skills.kernel.db import Base, make_engine, reading
from skills.kernel.ids import SeededSource, SystemSource
from skills.kernel.keys import KeyRing
from skills.kernel.witness import Witness
from skills.migrations import newest, stamp_of, upgrade
from skills.oversight import rehearsal
from skills.oversight.jobs import look
from skills.oversight.rehearsal import NotPlanted, Planted, Works, copied
from skills.oversight.rehearsal.changed import ASKED, TRIED, NotChosen, choose, in_force, values
from skills.oversight.rehearsal.report import STRENGTHS, Report, judge
from skills.oversight.rules import RULES
from skills.oversight.rules.words import RULE_WORDS
from skills.standards.actions import load, propose
from skills.standards.queries import PolicyLine, policies, policy_lines
from skills.standards.states import POLICY, PolicyState

Plant = Callable[[Works, int, int], Planted]
NOTHING_HERE = "there is no installation here to copy, and so nothing proposed 这里没有可复制的系统"


@dataclass(frozen=True)
class Installation:
    """What a copy is made of. It is read and never written."""

    engine: Engine
    keys: KeyRing
    subjects: DataKeys
    clock: Clock


@dataclass(frozen=True)
class Copied:
    """The copy as planters and rules see it, and how many rows it was made of."""

    engine: Engine
    office: Office
    rows: int | None = None


@click.command("rehearse-fraud")
@click.option("--seed", default=1, show_default=True, help="The same seed plants the same.")
@click.option("--clean", default=10_000, show_default=True, help="How many honest histories stand around.")
@click.option(
    "--proposed", multiple=True, metavar="RULE",
    help="Rehearse a proposed row of policy before its release: F4, oversight.window_days, the row's id, or all. May be repeated.",
)  # fmt: skip
@click.option(
    "--with", "tried", multiple=True, metavar="RULE=JSON",
    help="Rehearse a value that nobody has proposed yet: 'F4={\"times\": 8}' changes one part of it. May be repeated.",
)  # fmt: skip
@click.option("--invented", is_flag=True, help="An invented town with the founding rules, even if there is an installation.")
@click.option("--json", "as_json", is_flag=True, help="Machine-readable output.")
def rehearse_fraud(seed: int, clean: int, proposed: tuple[str, ...], tried: tuple[str, ...], invented: bool, as_json: bool) -> None:
    """Plant frauds into a copy and report which rules fired, what they missed and whom they named without cause.

    The copy is a temporary one of this installation, with its own rules in force; nothing of the installation is written. Where
    there is none yet, an invented town takes its place. What the rules name among the copied data is counted apart.

    Exits 1 if a rule misses a fraud at full strength, or more than 1 % of honest histories are named.
    """
    source = None if invented else installation(_settings())
    try:
        report, seconds = rehearse(seed, clean, source=source, proposed=proposed, tried=tried)
    except NotPlanted as error:
        raise click.ClickException(f"the rules in force do not allow what is planted 现行规则不允许所植入的经过: {error}") from error
    except NotChosen as error:
        raise click.ClickException(str(error)) from error
    finally:
        if source is not None:
            source.engine.dispose()
    click.echo(as_text(report, seconds) if not as_json else json.dumps(as_plain(report, seconds), ensure_ascii=False, indent=1))
    if not report.kept:
        sys.exit(1)


def _settings() -> Settings:
    """Where the data lie; under which address the public reaches them does not matter here."""
    try:
        return config.read({"PUBLIC_BASE": "https://localhost", **os.environ})
    except config.Misconfigured as error:
        raise click.ClickException(str(error)) from error


def installation(settings: Settings) -> Installation | None:
    """What stands at these settings, None if nothing does yet. Nothing is made that is not there."""
    url = make_url(settings.database_url)
    if url.get_backend_name() == "sqlite" and not Path(url.database or "").is_file():
        return None
    engine = make_engine(settings.database_url)
    stamp = stamp_of(engine)
    if stamp is None or not settings.keys_dir.is_dir():
        engine.dispose()
        return None
    if stamp != newest():
        raise click.ClickException("the database is not at the present schema: run `skills init` first")
    features.load()
    with reading(engine) as db:
        if not policy_lines(db):  # a schema and nothing in it: `skills init` has not come to its end
            return None
    clock = SystemClock() if settings.production else MovableClock(settings.data_dir / "clock")
    return Installation(engine, KeyRing(settings.keys_dir), DataKeys(settings.keys_dir / "subjects.db", SystemSource()), clock)


def rehearse(
    seed: int, clean: int, plant: Plant | None = None, source: Installation | None = None,
    proposed: Sequence[str] = (), tried: Sequence[str] = (),
) -> tuple[Report, float]:  # fmt: skip
    """The report, and how many seconds the rules took for all of it. Nothing of it stays.

    plant     who plants; the room's own unless another is given
    source    what a copy is made of; none for an invented town with the founding rules
    proposed  which proposed rows of policy are put in force in the copy
    tried     values that are put in force there though nobody has proposed them, written F4={"times": 8}
    Raises NotPlanted, NotChosen.
    """
    planter = plant or _own()
    if proposed and source is None:
        raise NotChosen(NOTHING_HERE)
    with tempfile.TemporaryDirectory(prefix="rehearsal-") as folder:
        works = _copy(Path(folder), source) if source else _fresh(Path(folder), seed)
        try:
            chosen = _put_in_force(works, proposed)
            changed = _try(works, tried)
            before = look(works.office) if source else []
            planted = planter(works, seed, clean)
            began = perf_counter()
            found = look(works.office)
            seconds = perf_counter() - began
            today = shanghai_day(works.office.clock.now())
            under = in_force(works.office.ask(lambda db: policies(db, today, ASKED)), chosen, changed)
        finally:
            works.engine.dispose()
    return replace(judge(planted, found, tuple(RULES), seed, before), copied=works.rows, under=under), seconds


def _own() -> Plant:
    found: Plant | None = vars(rehearsal).get("plant")
    if found is None:
        raise click.ClickException("there is nobody who plants")
    return found


def _fresh(folder: Path, seed: int) -> Copied:
    settings = config.read({"SKILLS_ENV": "test", "DATA_DIR": str(folder)})
    works = assemble(settings, FixedClock(SystemClock().now()), SeededSource(f"rehearsal {seed}"))
    upgrade(works.engine, files=settings.files_dir)
    works.office.perform(load, actor=SYSTEM)
    return Copied(works.engine, works.office)


def _copy(folder: Path, source: Installation) -> Copied:
    """A copy of an installation in a folder, at the hour of its clock. Its keys are used from where they lie."""
    # Values of the copy are sealed under the installation's own keys: never with chance that a seed repeats.
    chance, keys = SystemSource(), source.keys
    subjects = copied.Borrowed(folder / "subjects.db", chance, source.subjects)
    box = Box(keys.secrets("box"), lambda: keys.active("box").kid, keys.secret("index"), chance, subjects)
    engine = holding(make_engine(f"sqlite:///{folder / 'skills.db'}"), box)
    Base.metadata.create_all(engine)
    rows = copied.copy(source.engine, engine)
    tools: dict[type, object] = {Box: box, DataKeys: subjects, Witness: Witness(keys)}
    return Copied(engine, Office(engine, FixedClock(source.clock.now()), chance, keys.secret("replay"), tools), rows)


def _put_in_force(works: Copied, proposed: Sequence[str]) -> Sequence[PolicyLine]:
    chosen = choose(works.office.ask(policy_lines), proposed)
    for line in chosen:
        copied.put_in_force(works.engine, line.id, works.office.clock.now())
    return chosen


def _try(works: Copied, tried: Sequence[str]) -> Collection[str]:
    """Put values in force that nobody has proposed. The names of their rows."""
    today = shanghai_day(works.office.clock.now())
    found = values(works.office.ask(lambda db: policies(db, today, ASKED)), tried)
    for name, value in found.items():
        order = {"name": name, "value": value, "valid_from": today + timedelta(days=1), "source": "rehearsal", "strength": "I"}
        made = works.office.perform(propose, actor=SYSTEM, **order)
        copied.put_in_force(works.engine, made.id, works.office.clock.now())
    return found.keys()


def as_plain(report: Report, seconds: float) -> dict[str, Any]:
    """The report in terms of JSON."""
    return {
        "seed": report.seed,
        "planted_into": "invented" if report.copied is None else "copy",
        "rows_copied": report.copied,
        "policies": [
            {"name": p.name, "edition": p.edition, "from": p.since.isoformat(), "value": p.value, "state": p.state} for p in report.under
        ],
        "people": report.people,
        "kept": report.kept,
        "rules": [{"rule": r.rule, "found": [list(pair) for pair in r.found], "alarms": list(r.alarms)} for r in report.rows],
        "recall": {str(s): list(report.recall(s)) for s in STRENGTHS},
        "missed": [{**asdict(f), "subjects": sorted(f.subjects)} for f in report.missed],
        "false_alarms": report.alarms,
        "false_alarms_per_mille": round(report.alarms_per_mille, 3),
        "named_in_the_data_itself": {r.rule: len(r.own) for r in report.rows},
        "named_there_beside_the_plants_only": {r.rule: len(r.beside) for r in report.rows},
        "lookalikes_named": [list(entry) for entry in report.lookalikes],
        "elsewhere": list(report.elsewhere),
        "seconds": round(seconds, 2),
    }


def as_text(report: Report, seconds: float) -> str:
    """The report as a table."""
    lines = ["规则取值 rules asked under"]
    for p in report.under:
        zh, en = ("试用", "tried") if p.state == TRIED else POLICY.words[PolicyState(p.state)]
        edition = f" {p.edition}" if p.edition else ""
        lines.append(f"  {p.name}{edition}  {p.since} 起 from  {zh} {en}  {json.dumps(p.value, ensure_ascii=False)}")
    lines.append(f"{'':4} {'':34} {'弱 hint':>9} {'中 plain':>9} {'强 strong':>9} {'误报 false':>11}")
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
    lines += _of_the_data(report)
    lines.append(f"seed {report.seed}, rules asked in {seconds:.1f} s: {'kept 达标' if report.kept else 'NOT KEPT 未达标'}")
    return "\n".join(lines)


def _of_the_data(report: Report) -> list[str]:
    """What was planted into, and what the rules name that was there before."""
    if report.copied is None:
        return ["植入虚构城镇 planted into an invented town, no data copied"]
    own, beside = _counts((row.rule, row.own) for row in report.rows), _counts((row.rule, row.beside) for row in report.rows)
    return [
        f"植入数据副本 planted into a copy of {report.copied} rows; nothing of the installation was written",
        f"数据本身点名（真伪未知，不计命中也不计误报） named in the data itself, truth unknown, neither found nor false: {own or '无 none'}",
        *([f"植入后才点名（同行水平随植入而变） named there only beside what was planted: {beside}"] if beside else []),
    ]


def _counts(named: Iterable[tuple[str, Sequence[str]]]) -> str:
    return ", ".join(f"{rule}: {len(subjects)}" for rule, subjects in named if subjects)
