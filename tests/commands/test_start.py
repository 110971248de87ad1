"""Commands that need neither pages nor papers start without reading their libraries."""

from __future__ import annotations

import subprocess
import sys

import click
import pytest

from skills.cli import main

HEAVY = {"aiohttp", "alembic", "flask", "fontTools", "openpyxl", "pyld", "sqlalchemy", "weasyprint"}
LIGHT = (["--help"], ["--version"], ["config"], ["init", "--help"], ["fsck", "--help"], ["log", "monitor", "--help"])


@pytest.mark.parametrize("words", LIGHT, ids=" ".join)
def test_a_light_command_reads_no_heavy_library(words: list[str]) -> None:
    script = f"""
import sys
from skills.cli import main
try:
    main({words!r})
except SystemExit as end:
    assert not end.code, end.code
print("READ", *sorted(set(sys.modules) & {HEAVY!r}))
"""
    done = subprocess.run([sys.executable, "-c", script], text=True, capture_output=True, check=False)
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines()[-1].split() == ["READ"]


def test_the_list_names_every_command_and_each_is_there() -> None:
    context = click.Context(main)
    listed = main.get_help(context)
    for name in main.list_commands(context):
        command = main.get_command(context, name)
        assert command is not None
        assert command.name == name
        assert command.help
        assert f"\n  {name} " in listed
