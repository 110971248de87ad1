"""The list of rooms: add a room = add a line. The only file, with `app` and `cli`, that knows every room."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from importlib import import_module
from importlib.util import find_spec
from types import ModuleType
from typing import Any, cast

from skills.config import Settings
from skills.kernel.acts import Office
from skills.kernel.clock import Clock
from skills.web.doorman import LoadMe
from skills.web.pages import MenuEntry, Room
from skills.web.window import Answer

# From the ground up; a room's `models actions checks jobs kinds parts subjects views` are loaded if they exist.
ROOMS: tuple[str, ...] = (
    "standards",
    "people",
    "accounts",
    "records",
    "messages",
    "complaints",
    "resources",
    "training_standards",
    "papers",
    "returns",
    "vouchers",
    "credentials",
    "aftercare",
    "erasures",
    "courses",
    "certification",
    "competitions",
    "settlement",
    "learning",
    "recognitions",
    "professional",
    "careers",
    "oversight",
    "inspections",
    "supervision",
    "desk",
)

LOADED = ("models", "actions", "checks", "jobs", "kinds", "parts", "subjects")


def load() -> None:
    """Import what declares tables, actions, checks, jobs and kinds of returns."""
    for name in ("audit", "jobs", "log", "replays", "sessions", "promises", "keyacts", "adopting"):
        import_module(f"skills.kernel.{name}")
    for room in ROOMS:
        for part in LOADED:
            _part(room, part)


@cache
def _part(room: str, part: str) -> ModuleType | None:
    """A module of a room, if the room has it."""
    name = f"skills.{room}.{part}"
    return import_module(name) if find_spec(name) else None


def faces() -> list[Room]:
    """Every blueprint of every room."""
    found = []
    for room in ROOMS:
        for part in ("views", "api"):
            if module := _part(room, part):
                found += cast("list[Room]", module.FACES)
    return found


def menu() -> list[MenuEntry]:
    """Every line of every menu, in the order of the rooms."""
    found: list[MenuEntry] = []
    for room in ROOMS:
        found += getattr(_part(room, "views"), "MENU", [])
    return found


def windows() -> dict[str, Callable[[Office], Answer]]:
    """Addresses whose short questions are answered in front of the application, and who makes the answers."""
    found: dict[str, Any] = {}
    for room in ROOMS:
        found |= getattr(_part(room, "views"), "WINDOWS", {})
    return found


def tools(settings: Settings, clock: Clock) -> dict[type, object]:
    """What rooms hand to actions by type, beyond the kernel's own."""
    found: dict[type, object] = {}
    for room in ROOMS:
        if module := _part(room, "tools"):
            found |= module.tools(settings, clock)
    return found


def load_me() -> LoadMe:
    """The function that turns a session into a visitor: the accounts room knows how."""
    if "accounts" not in ROOMS:
        return lambda _db, _session: None
    return cast(LoadMe, import_module("skills.accounts.visitors").load_me)
