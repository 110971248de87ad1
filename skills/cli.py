"""The command line: every command has --help, prints what it did, and exits 0 only on success."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from skills import __version__, config
from skills.commands.log import log_commands
from skills.start import reading

if TYPE_CHECKING:
    from skills.app import Works
    from skills.kernel import logcheck


def works() -> Works:
    """The assembled house, or a plain message about what is wrong with the settings."""
    try:
        settings = config.read(os.environ)  # before the house, which takes seconds to read
        with reading():
            from skills.app import assemble

            return assemble(settings)
    except config.Misconfigured as error:
        raise click.ClickException(str(error)) from error


class ReadLate(click.Group):
    """A group some of whose commands lie in files of their own, which are read only when they are called.

    later  by name: how to come by the command, and what the list says of it, since the list reads none of them
    """

    later: dict[str, tuple[Callable[[], click.Command], str]]

    def list_commands(self, ctx: click.Context) -> list[str]:
        return sorted([*super().list_commands(ctx), *self.later])

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        return self.later[cmd_name][0]() if cmd_name in self.later else super().get_command(ctx, cmd_name)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        names = self.list_commands(ctx)
        room = formatter.width - 6 - max(map(len, names))
        with formatter.section("Commands"):
            formatter.write_dl([
                (name, self.later[name][1] if name in self.later else self.commands[name].get_short_help_str(room)) for name in names
            ])  # fmt: skip


@click.group(cls=ReadLate)
@click.version_option(__version__)
def main() -> None:
    """满天星: training vouchers, skill levels and certificates that anyone can verify."""


@main.command("config")
def show_config() -> None:
    """List the settings, their meaning and their present value."""
    for name, meaning in config.NAMES.items():
        held = os.environ.get(name, "")
        shown = "(set)" if held and name == "DATABASE_URL" and "@" in held else held or "(not set)"
        click.echo(f"{name:14} {shown}\n{'':14} {meaning}")


@main.command()
def init() -> None:
    """Make keys, bring the database to the present schema and load the reference tables."""
    house = works()
    from skills.kernel import keyacts
    from skills.kernel.actors import SYSTEM
    from skills.migrations import upgrade
    from skills.standards.actions import load

    upgrade(house.engine, files=house.settings.files_dir)
    done = house.office.perform(load, actor=SYSTEM)
    keyacts.record_made(house.office, house.keys)
    house.sealer.seal_all()
    click.echo(f"ready: {done.occupations} occupations, {done.districts} districts, {done.policies} policy rows added")


@main.command()
@click.option("--json", "as_json", is_flag=True, help="Machine-readable output.")
@click.option(
    "--checkpoint", "checkpoints", multiple=True, type=click.Path(exists=True, path_type=Path),
    help="A signed head that was kept elsewhere, or a folder of them: does it still fit? May be repeated.",
)  # fmt: skip
def fsck(as_json: bool, checkpoints: tuple[Path, ...]) -> None:
    """Check everything that must always hold; name each violation and exit 1 if there is one."""
    house = works()
    from skills.kernel import checks, promises

    found: dict[str, list[str]] = {}
    kept = _kept(checkpoints)
    now, tools = house.office.clock.now(), house.office.tools
    asked = [promises.kept_heads_fit(kept)] if kept else []
    for check, violations in checks.run(house.engine, now, tools, asked):
        found[check.name] = violations
        if not as_json:
            click.echo(f"{'ok  ' if not violations else 'FAIL'} {check.name:34} {check.says}")
            for line in violations:
                click.echo(f"     {line}")
    if as_json:
        click.echo(json.dumps(found, ensure_ascii=False))
    if any(found.values()):
        sys.exit(1)


@main.command("adopt-rows")
@click.option("--reason", required=True, help="Who changed these rows past the office, and why; goes on record.")
@click.option("--yes", is_flag=True, help="Do not ask.")
@click.option("--json", "as_json", is_flag=True, help="Machine-readable output.")
def adopt_rows(reason: str, yes: bool, as_json: bool) -> None:
    """Put rows that `fsck` names as changed past the office on record as they stand, after a data migration.

    What was in doubt stays in the audit log for ever, with the reason.
    """
    from skills.kernel import adopting, witness
    from skills.kernel.actors import SYSTEM
    from skills.kernel.witness import Witness

    house = works()
    held = house.office.tools[Witness]
    assert isinstance(held, Witness)  # noqa: S101
    named = house.office.ask(lambda db: [str(doubt) for doubt in witness.doubts(db, held)])
    if named and not yes:
        for line in named[:20]:
            click.echo(f"  {line}", err=True)
        click.confirm(f"{len(named)} rows are in doubt. Put them on record as they stand?", abort=True, err=True)
    done = _plainly(lambda: house.office.perform(adopting.adopt, actor=SYSTEM, reason=reason)) if named else None
    house.sealer.seal_all()
    count = done.rows if done else 0
    click.echo(json.dumps({"rows": count}) if as_json else f"{count} rows put on record as they stand")


def _kept(paths: tuple[Path, ...]) -> list[logcheck.Kept]:
    """The heads in these files and folders, or a plain message about the one that holds none."""
    from skills.kernel import logcheck

    try:
        return [head for path in paths for head in logcheck.read_kept(path)]
    except logcheck.NotKept as error:
        raise click.ClickException(str(error)) from error


@main.command()
@click.argument("step", required=False)
def clock(step: str | None) -> None:
    """Show the time, or move it: `skills clock +5workdays` (demo and test only)."""
    house = works()
    from skills.app import clock_step
    from skills.kernel.clock import MovableClock, shanghai_day

    held: Any = house.office.clock
    if step:
        if not isinstance(held, MovableClock):
            raise click.ClickException("in production the time is what it is")
        try:
            held.move(clock_step(step, held))
        except ValueError as error:
            raise click.ClickException(str(error)) from error
    click.echo(f"{held.now().isoformat(timespec='seconds')}  ({shanghai_day(held.now())} in Shanghai)")


@main.command()
def seal() -> None:
    """Put every waiting log entry in order and sign the new heads."""
    click.echo(f"{works().sealer.seal_all()} entries sealed")


@main.command()
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", default=8000, show_default=True)
@click.option("--workers", default=0, help="Web processes; 0 means one a core.")
def serve(host: str, port: int, workers: int) -> None:
    """Serve the pages and run the worker until SIGTERM."""
    from skills.migrations import newest, stamp_of
    from skills.serve import serve as run

    house = works()
    if stamp_of(house.engine) != newest():
        raise click.ClickException("the database is not at the present schema: run `skills init` first")
    house.engine.dispose()
    sys.exit(run(host, port, workers))


@main.command()
@click.option("--once", is_flag=True, help="Run what is due, then stop.")
def worker(once: bool) -> None:
    """Run jobs and seal the logs, at least once a second, until SIGTERM."""
    from skills.worker import run

    run(works(), once=once)


@main.command()
def docs() -> None:
    """Remake the pages of docs/ that are made from the code."""
    from skills.describe import write

    changed = write(Path(__file__).parents[1] / "docs")
    click.echo(f"changed: {', '.join(changed)}" if changed else "nothing changed")


@main.command()
@click.argument("message")
def revision(message: str) -> None:
    """Write the next schema revision from what models and database differ in (for developers)."""
    from skills.migrations import FOLDER, differences, upgrade, write_revision

    house = works()
    upgrade(house.engine)
    if not differences(house.engine):
        raise click.ClickException("models and database agree: there is nothing to write")
    count = len(list((FOLDER / "versions").glob("[0-9]*.py")))
    write_revision(house.engine, message, f"{count + 1:04d}")


@main.command()
def openapi() -> None:
    """Print the description of the JSON API."""
    from skills import features
    from skills.web.openapi import describe

    features.load()
    routes = [route for room in features.faces() for route in room.api_doors]
    click.echo(json.dumps(describe(routes, works().settings.public_base), ensure_ascii=False, indent=1))


@main.group()
def admin() -> None:
    """Staff accounts that stand before every other."""


@admin.command("create")
@click.argument("login")
@click.option("--name", required=True, help="The person's name.")
@click.option("--role", required=True, help="system_admin, security_admin, audit_admin, gov_clerk, gov_checker …")
@click.password_option(help="At least eight characters; asked for if it is left out.")
def create_admin(login: str, name: str, role: str, password: str) -> None:
    """Open an account LOGIN of the authority. The second factor is set up at the first sign-in."""
    from skills.accounts.actions import create_staff
    from skills.accounts.rules import BUREAU, Role
    from skills.kernel.actors import SYSTEM

    if role not in {r.value for r in BUREAU}:
        raise click.ClickException(f"{role}: choose one of {', '.join(sorted(r.value for r in BUREAU))}")
    house = works()
    _plainly(
        lambda: house.office.perform(
            create_staff, actor=SYSTEM, login=login, name=name, role=Role(role), password=password
        )
    )
    house.sealer.seal_all()
    click.echo(f"{login}: {role}. Sign in at {house.settings.public_base}/sign-in/staff and set up the authenticator.")


@admin.command("link")
@click.argument("login")
def link_admin(login: str) -> None:
    """Print a one-time link with which LOGIN sets a new password: for somebody of the authority who is locked out."""
    from skills.accounts.actions import make_link
    from skills.accounts.queries import staff_secret
    from skills.kernel.actors import SYSTEM

    house = works()
    account_id, _, _ = house.office.ask(lambda db: staff_secret(db, login))
    if account_id is None:
        raise click.ClickException(f"{login}: no such login 没有这个登录名")
    made = _plainly(lambda: house.office.perform(make_link, actor=SYSTEM, account_id=account_id))
    house.sealer.seal_all()
    click.echo(f"{house.settings.public_base}/set-password/{made.code}")
    click.echo("Thirty minutes, once. 30分钟内有效，只能用一次。")


@main.group()
def returns() -> None:
    """Check a file that an institution sends in, or hand it in."""


def _file_options(command: Any) -> Any:
    command = click.option("--json", "as_json", is_flag=True, help="Machine-readable output.")(command)
    command = click.option("--organisation", required=True, help="Id or credit code of the organisation that files.")(
        command
    )
    command = click.option("--kind", default="completions", show_default=True, help="Kind of return.")(command)
    return click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))(command)


@returns.command("check")
@_file_options
def check_return(file: Path, kind: str, organisation: str, as_json: bool) -> None:
    """Check FILE and write nothing. Exits 1 if a row has an error."""
    from skills.returns import desk_work

    house = works()
    checked = _plainly(lambda: desk_work.check(house.office, kind, organisation, file.read_bytes()))
    click.echo(desk_work.report(checked, as_json))
    if checked.totals.bad or not checked.lines:
        sys.exit(1)


@returns.command("submit")
@_file_options
@click.option("--good-rows", is_flag=True, help="Hand in the rows without error even if others have one.")
def submit_return(file: Path, kind: str, organisation: str, as_json: bool, good_rows: bool) -> None:
    """Check FILE and hand it in; the worker applies it. Exits 1 if nothing was handed in."""
    from skills.returns import desk_work

    house = works()
    checked = _plainly(lambda: desk_work.check(house.office, kind, organisation, file.read_bytes()))
    if not checked.lines or (checked.totals.bad and not good_rows):
        click.echo(desk_work.report(checked, as_json))
        sys.exit(1)
    done = _plainly(lambda: desk_work.submit(house.office, kind, organisation, file.name, file.read_bytes()))
    click.echo(desk_work.receipt(checked, done, as_json))


def _plainly(work: Callable[[], Any]) -> Any:
    """Do it; a refusal becomes its sentence on standard error and exit code 1."""
    from skills.kernel.errors import Refusal
    from skills.web.i18n import tell_refusal

    try:
        return work()
    except Refusal as refusal:
        zh, en = tell_refusal(refusal, "zh"), tell_refusal(refusal, "en")
        raise click.ClickException(f"{zh.text}。{zh.todo}\n{en.text}. {en.todo}") from refusal


def _demo() -> click.Command:
    from skills.demo.commands import demo

    return demo


def _run() -> click.Command:
    from skills.demo.commands import run

    return run


def _keys() -> click.Command:
    from skills.commands import keys

    return keys.commands(works, _plainly)


def _rehearse_fraud() -> click.Command:
    from skills.commands.rehearse import rehearse_fraud

    return rehearse_fraud


def _rejudge() -> click.Command:
    from skills.commands import rejudge

    return rejudge.command(works)


def _verify() -> click.Command:
    from skills.credentials.commands import verify

    return verify


def _redraw() -> click.Command:
    from skills.credentials.commands import redraw

    return redraw


main.add_command(log_commands)
main.later = {
    "demo": (_demo, "Load the demo programme: tables, people, one case at each step."),
    "keys": (_keys, "Keys by purpose: list, rotate, declare stolen."),
    "redraw": (_redraw, "Draw an auditor's sample again from a file."),
    "rehearse-fraud": (_rehearse_fraud, "Plant frauds into a copy and report what the rules missed."),
    "rejudge": (_rejudge, "Decide kept verdicts again and name those that differ."),
    "run": (_run, "Start the demo; serve until Ctrl+C."),
    "verify": (_verify, "Judge a certificate: PDF, picture, JSON or QR text."),
}

if __name__ == "__main__":
    main()
