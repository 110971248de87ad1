"""Databases on the PostgreSQL server that the tests share."""

from __future__ import annotations

import itertools
import os
from collections.abc import Iterator
from contextlib import contextmanager

import psycopg

_count = itertools.count()


def create(server: str, name: str, template: str = "template1") -> None:
    """Make a database: empty, or a copy of one that nobody is connected to."""
    _tell(server, f"create database {name} template {template}")


@contextmanager
def database(server: str, template: str = "template1") -> Iterator[str]:
    """The address of a database for the block: empty, or a copy."""
    name = f"t_{os.getpid()}_{next(_count)}"
    create(server, name, template)
    try:
        yield f"{server}/{name}"
    finally:
        drop(f"{server}/{name}")


def drop(url: str) -> None:
    """Take a database away, whoever is connected to it."""
    server, _, name = url.rpartition("/")
    _tell(server, f"drop database {name} with (force)")


def _tell(server: str, statement: str) -> None:
    with psycopg.connect(f"{server}/postgres", autocommit=True) as admin:
        admin.execute(statement)  # type: ignore[call-overload]
