"""`skills demo` and `skills run`: the demo programme with a progress bar, and what one needs to try it."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable, Mapping
from pathlib import Path

import click
from sqlalchemy import select

from skills import config
from skills.accounts.models import Account
from skills.app import Works, assemble
from skills.credentials.queries import address_of
from skills.demo.programme import Loaded, load, months_before, worth
from skills.demo.stage import PASSWORD
from skills.kernel.actors import SYSTEM
from skills.kernel.clock import Clock, FixedClock, MovableClock
from skills.kernel.db import reading
from skills.kernel.errors import Missing
from skills.migrations import stamp_of, upgrade
from skills.standards.actions import load as load_standards

SHOWN = "demo.json"


def settings_of(environ: Mapping[str, str]) -> config.Settings:
    """The settings; production is refused. Raises ClickException."""
    try:
        settings = config.read(environ)
    except config.Misconfigured as error:
        raise click.ClickException(str(error)) from error
    if settings.production:
        raise click.ClickException("the demo programme is not for production: set SKILLS_ENV=demo")
    return settings


def is_empty(settings: config.Settings) -> bool:
    """Whether nobody has an account yet."""
    if settings.database_url.startswith("sqlite") and not Path(settings.database_url.split("///", 1)[-1]).exists():
        return True
    works = assemble(settings)
    try:
        if stamp_of(works.engine) is None:
            return True
        with reading(works.engine) as db:
            return db.scalar(select(Account.id).limit(1)) is None
    finally:
        works.engine.dispose()


def prepare(settings: config.Settings, people: int, seed: int, clock: Clock | None = None) -> Loaded:
    """Schema, tables and the months before now, with a progress bar on a terminal."""
    now = (clock or MovableClock(settings.data_dir / "clock")).now()
    story = FixedClock(months_before(now))
    works = assemble(settings, story)
    upgrade(works.engine, files=works.settings.files_dir)
    works.office.perform(load_standards, actor=SYSTEM)
    try:
        done = _with_bar(people, lambda step: load(works, story, now, people, seed, step))
        keep(settings, works, done)
    finally:
        works.engine.dispose()
    return done


def keep(settings: config.Settings, works: Works, done: Loaded) -> None:
    """Write down what `skills run` prints, beside the data."""
    text = json.dumps(
        {
            "people": done.people,
            "staff": [[*login.words, login.login, login.name, login.body] for login in done.logins],
            "persons": [[h.zh, h.en, h.name, h.number] for h in done.heroes],
            "certificates": {key: _address(works, number) for key, number in done.certificates.items()},
        },
        ensure_ascii=False,
        indent=1,
    )
    (settings.data_dir / SHOWN).write_text(text, "utf-8")


def _address(works: Works, number: str) -> str:
    """Where a certificate's code leads, without the host; other notes of the story are kept as they are."""
    try:
        return works.office.ask(lambda db: address_of(db, number, ""))
    except Missing:
        return number


def sheet(settings: config.Settings) -> str:
    """The address, one account for each kind of user, and certificates to verify."""
    path = settings.data_dir / SHOWN
    base = settings.public_base
    lines = ["", f"  满天星 · Mantianxing    {base}", ""]
    if path.exists():
        held = json.loads(path.read_text("utf-8"))
        lines += ["  个人：登录页选“电子社保卡”，点选一位    People: choose “social-security card”, tap one"]
        lines += [f"    {name}  {number}  {zh} / {en}" for zh, en, name, number in held["persons"][:7]]
        lines += [
            "",
            f"  工作人员：密码 {PASSWORD}，动态验证码显示在登录页",
            "  Staff: that password; the code is shown",
        ]
        seen: set[str] = set()
        for zh, en, login, name, body in held["staff"]:
            if zh not in seen or login.startswith("judge"):
                seen.add(zh)
                lines.append(f"    {login:15} {zh} / {en}  {name}{f'（{body}）' if body else ''}")
        lines += ["", "  核验 Verify"]
        for key, zh in (("certified", "有效 valid"), ("winner", "竞赛 competition"), ("certified-2", "暂停 suspended"),
                        ("certified-3", "撤销 revoked")):  # fmt: skip
            if key in held["certificates"]:
                lines.append(f"    {zh:18} {base}{held['certificates'][key]}")
    return "\n".join([*lines, ""])


@click.command("demo")
@click.option("--people", default=300, show_default=True, help="How many synthetic people.")
@click.option("--seed", default=12, show_default=True, help="The same seed makes the same people.")
@click.option("--if-empty", is_flag=True, help="Do nothing if there are accounts already.")
def demo(people: int, seed: int, if_empty: bool) -> None:
    """Load the demo programme: the city's tables, synthetic people, one case at each step."""
    settings = settings_of(os.environ)
    if not is_empty(settings):
        if if_empty:
            return
        raise click.ClickException("there are accounts already; choose an empty DATA_DIR or database")
    try:
        prepare(settings, people, seed)
    except ValueError as error:
        raise click.ClickException(str(error)) from error
    click.echo(sheet(settings))


@click.command("run")
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", default=8000, show_default=True)
@click.option("--people", default=300, show_default=True, help="How many synthetic people the first start makes.")
def run(host: str, port: int, people: int) -> None:
    """Start the demo: make it on the first start, print who can sign in, serve until Ctrl+C."""
    from skills.serve import serve

    os.environ.setdefault("SKILLS_ENV", "demo")
    if port != 8000 or host != "127.0.0.1":
        os.environ.setdefault("PUBLIC_BASE", f"http://{host}:{port}")
    settings = settings_of(os.environ)
    if is_empty(settings):
        click.echo("首次启动，正在载入演示数据 / first start, loading the demo programme")
        prepare(settings, people, 12)
    else:
        works = assemble(settings)
        upgrade(works.engine, files=works.settings.files_dir)
        works.engine.dispose()
    click.echo(sheet(settings))
    sys.exit(serve(host, port, min(2, os.cpu_count() or 1)))


def _with_bar(people: int, doing: Callable[[Callable[[int], None]], Loaded]) -> Loaded:
    total = worth(people)
    with click.progressbar(length=total, label=f"{people} people", file=sys.stderr) as bar:
        done = doing(lambda steps: bar.update(min(steps, total - bar.pos)))
        bar.update(total - bar.pos)
    return done
