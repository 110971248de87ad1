"""The world in which tests act: a real office on a real database, a clock that obeys, and every check of the house."""

from __future__ import annotations

import atexit
import copy
import itertools
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import cache
from pathlib import Path
from typing import Any, TypeVar

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from skills import config
from skills.app import Works, assemble, create_app
from skills.kernel import jobs
from skills.kernel.actors import SYSTEM, Actor, Grant
from skills.kernel.acts import Action
from skills.kernel.audit import AuditEntry
from skills.kernel.clock import FixedClock, shanghai_day
from skills.kernel.db import Base, reading
from skills.kernel.errors import Refusal
from skills.kernel.ids import SeededSource
from skills.standards.actions import propose, release
from tests import kept, promises
from tests.databases import create, database, drop

DOMAINS = ("aftercare", "courses", "certification", "competitions")
kept.keep_builders()
kept.keep_templates()
NOON = datetime(2026, 11, 23, 4, 0, tzinfo=UTC)
_count = itertools.count()
T = TypeVar("T")


@dataclass(frozen=True)
class Home:
    """Where the world of one test lies: its folder, the server of its database (None: a file in the folder), and its address."""

    folder: Path
    server: str | None
    url: str


class World:
    """One installation, empty but for the reference tables."""

    def __init__(self, works: Works, clock: FixedClock) -> None:
        self.works = works
        self.clock = clock
        self.office = works.office
        self.engine = works.engine
        self.settings = works.settings
        self.asked = False
        self.home: Home | None = None
        self._app: Flask | None = None

    @property
    def changed(self) -> bool:
        """Whether the test performed anything, through this world or through its pages."""
        with reading(self.engine) as db:
            return bool(db.scalar(select(AuditEntry.id).where(AuditEntry.action != "standards.load").limit(1)))

    @property
    def today(self) -> Any:
        return shanghai_day(self.clock.now())

    def perform(self, work: Action[Any, Any], *, actor: Actor = SYSTEM, key: str | None = None, **order: Any) -> Any:
        """Perform an action under a fresh key unless one is given."""
        return self.office.perform(work, actor=actor, key=key or f"test-{next(_count)}", **order)

    def tool(self, kind: type[Any]) -> Any:
        return self.office.tools[kind]

    @staticmethod
    def actor(
        *rights: str, account: str = "tester", person: str | None = None, organisation: str | None = None,
        district: str | None = None, stepped_up: bool = True,
    ) -> Actor:
        """Somebody who holds just these rights, for one organisation if one is named."""
        grants = frozenset(Grant(right, organisation, district) for right in rights)
        return Actor(account, account, person, grants, stepped_up=stepped_up)

    def policy(self, name: str, value: Any, since: date) -> None:
        """A new value of a rule from a day on, by two people."""
        made = self.perform(
            propose, actor=self.actor("policy.propose", account="proposer"), name=name, value=value, valid_from=since,
            source="测试文件", strength="S",
        )  # fmt: skip
        self.perform(release, actor=self.actor("policy.release", account="releaser"), policy_id=made.id)

    @contextmanager
    def db(self) -> Iterator[Session]:
        """A reading session."""
        with reading(self.engine) as db:
            yield db

    def ask(self, query: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        """Run a query function whose first argument is the session."""
        with reading(self.engine) as db:
            return query(db, *args, **kwargs)

    def pdf(self, number: str) -> bytes:
        """The printed form that counts, as it is served."""
        from skills.credentials.queries import pdf_of

        return bytes(self.ask(pdf_of, self.settings.files_dir, number))

    @contextmanager
    def refused(self, code: str) -> Iterator[list[Refusal]]:
        """The block is refused with this code; the refusal is in the list afterwards."""
        held: list[Refusal] = []
        with pytest.raises(Refusal) as caught:
            yield held
        assert caught.value.code == code, f"refused with {caught.value!r}, not {code}"
        held.append(caught.value)

    def run_jobs(self, but: frozenset[str] = frozenset()) -> int:
        """Run every due job but those named; a job that failed fails the test."""
        return jobs.run_due(self.office, but=but)

    def seal(self) -> int:
        """Put waiting log entries in order."""
        return self.works.sealer.seal_all()

    def violations(self, without: tuple[str, ...] = ()) -> dict[str, list[str]]:
        """Every check that does not hold, with its violations; `without` the rooms named."""
        self.asked = True
        self.seal()
        found = promises.broken(self.engine, self.clock.now(), self.office.tools)
        return {name: lines for name, lines in found.items() if name.split(".")[0] not in without}

    def holds(self, without: tuple[str, ...] = ()) -> None:
        """Every promise of every room holds: what `skills fsck` says.

        A test that makes rows of a lower room without the higher one that stands behind them in life names the
        higher room in `without`.
        """
        assert self.violations(without) == {}

    @property
    def app(self) -> Flask:
        """The web application over this world."""
        if self._app is None:
            self._app = create_app(self.settings, self.works)
            self._app.testing = False
        return self._app

    def client(self) -> FlaskClient:
        """A browser without cookies."""
        return self.app.test_client()


def make_world(
    folder: Path,
    database_url: str,
    *,
    env: str = "test",
    now: datetime = NOON,
    limits: str = "on",
    public_base: str = "http://localhost",
) -> World:
    """A fresh world on this database."""
    made = open_world(folder, database_url, env=env, now=now, limits=limits, public_base=public_base)
    Base.metadata.create_all(made.engine)
    from skills.standards.actions import load

    made.works.office.perform(load, actor=SYSTEM, key="standards")
    return made


def open_world(
    folder: Path,
    database_url: str,
    *,
    env: str = "test",
    now: datetime = NOON,
    limits: str = "on",
    public_base: str = "http://localhost",
    seed: str = "",
) -> World:
    """The world that stands on this database, as it was left.

    seed  of its ids, by which jobs that are due at once are taken in turn: a life that is to go the same way twice gives one
    """
    settings = config.read(
        {
            "SKILLS_ENV": env,
            "DATA_DIR": str(folder),
            "DATABASE_URL": database_url,
            "PUBLIC_BASE": public_base,
            "SKILLS_LIMITS": limits,
        }
    )
    clock = FixedClock(now)
    return World(assemble(settings, clock, SeededSource(f"world {seed or database_url}")), clock)


@cache
def _first(server: str | None) -> tuple[Path, str, Engine]:
    """A world made once by this process, of which the others are copies: folder, on a server database, and engine."""
    folder, name = Path(tempfile.mkdtemp(prefix="world-")), f"first_{os.getpid()}"
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    url = f"sqlite:///{folder}/skills.db"
    if server is not None:
        create(server, name)
        url = f"{server}/{name}"
    engine = kept.for_many(make_world(folder / "data", url).engine)
    engine.dispose()
    return folder, name, engine


@contextmanager
def _copy(folder: Path, server: str | None = None) -> Iterator[World]:
    """A world of its own, with the keys of the first."""
    first, template, _ = _first(server)
    shutil.copytree(first, folder, dirs_exist_ok=True)
    with nullcontext(f"sqlite:///{folder}/skills.db") if server is None else database(server, template) as url:
        made = _opened(Home(folder, server, url))
        yield made
        _leave(made)


def _opened(home: Home) -> World:
    made = open_world(home.folder / "data", home.url)
    kept.like(made.engine, _first(home.server)[2])
    made.home = home
    return made


_scenes: dict[object, tuple[World, object]] = {}


def grown(world: World, build: Callable[..., T], *args: Any) -> T:
    """What `build(world, *args)` gives: a scene that many tests begin with.

    If nothing has happened in this world yet, it becomes a copy of one in which this process built the scene before, and
    the scene a copy that holds this world. Any other world is built on.
    """
    home = world.home
    if home is None or world.changed or world.clock.now() != NOON:
        return build(world, *args)
    key = (build, args, home.server)
    if key not in _scenes:
        _scenes[key] = _built(home.server, build, args)
    template, scene = _scenes[key]
    assert template.home is not None
    world.engine.dispose()
    if home.server is not None:
        drop(home.url)
        create(home.server, home.url.rpartition("/")[2], template.home.url.rpartition("/")[2])
    shutil.rmtree(home.folder)
    shutil.copytree(template.home.folder, home.folder)
    vars(world).update(vars(_opened(home)))
    world.clock.set(template.clock.now())
    made: T = copy.deepcopy(scene, {id(template): world})  # type: ignore[assignment]
    return made


def _built(server: str | None, build: Callable[..., T], args: tuple[Any, ...]) -> tuple[World, T]:
    """A world of its own that stays, with the scene in it."""
    first, name, _ = _first(server)
    folder, url = Path(tempfile.mkdtemp(prefix="scene-")), ""
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    shutil.copytree(first, folder, dirs_exist_ok=True)
    if server is None:
        url = f"sqlite:///{folder}/skills.db"
    else:
        url = f"{server}/scene_{os.getpid()}_{next(_count)}"
        create(server, url.rpartition("/")[2], name)
    made = _opened(Home(folder, server, url))
    scene = build(made, *args)
    made.engine.dispose()
    return made, scene


@pytest.fixture(params=["sqlite", "postgres"])
def world(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[World]:
    """A fresh world, once on SQLite and once on PostgreSQL."""
    server = str(request.getfixturevalue("postgres_server")) if request.param == "postgres" else None
    with _copy(tmp_path, server) as made:
        yield made


@pytest.fixture
def lite(tmp_path: Path) -> Iterator[World]:
    """A fresh world on SQLite only: for pages and wording, where the database makes no difference."""
    with _copy(tmp_path) as made:
        yield made


def _leave(made: World) -> None:
    """A test that changed data and did not ask itself is asked here: every promise holds at its end.

    Rows of a lower room may stand alone in its own tests, so the domains above are left out.
    """
    try:
        if made.changed and not made.asked:
            made.holds(without=DOMAINS)
    finally:
        made.engine.dispose()
