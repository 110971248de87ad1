"""The list of rooms: add a room = add a line. The only file, with `app` and `cli`, that knows every room."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from importlib.util import find_spec
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
    "professional",
    "oversight",
    "inspections",
    "desk",
)

LOADED = ("models", "actions", "checks", "jobs", "kinds", "parts", "subjects")


def load() -> None:
    """Import what declares tables, actions, checks, jobs and kinds of returns."""
    for name in ("audit", "jobs", "log", "replays", "sessions", "promises", "keyacts", "adopting"):
        import_module(f"skills.kernel.{name}")
    for room in ROOMS:
        for part in LOADED:
            if find_spec(f"skills.{room}.{part}"):
                import_module(f"skills.{room}.{part}")


def faces() -> list[Room]:
    """Every blueprint of every room."""
    found = []
    for room in ROOMS:
        for part in ("views", "api"):
            if find_spec(f"skills.{room}.{part}"):
                found += cast("list[Room]", import_module(f"skills.{room}.{part}").FACES)
    return found


def menu() -> list[MenuEntry]:
    """Every line of every menu, in the order of the rooms."""
    found: list[MenuEntry] = []
    for room in ROOMS:
        if find_spec(f"skills.{room}.views"):
            found += getattr(import_module(f"skills.{room}.views"), "MENU", [])
    return found


def windows() -> dict[str, Callable[[Office], Answer]]:
    """Addresses whose short questions are answered in front of the application, and who makes the answers."""
    found: dict[str, Any] = {}
    for room in ROOMS:
        if find_spec(f"skills.{room}.views"):
            found |= getattr(import_module(f"skills.{room}.views"), "WINDOWS", {})
    return found


def tools(settings: Settings, clock: Clock) -> dict[type, object]:
    """What rooms hand to actions by type, beyond the kernel's own."""
    found: dict[type, object] = {}
    for room in ROOMS:
        if find_spec(f"skills.{room}.tools"):
            found |= import_module(f"skills.{room}.tools").tools(settings, clock)
    return found


def load_me() -> LoadMe:
    """The function that turns a session into a visitor: the accounts room knows how."""
    if "accounts" not in ROOMS:
        return lambda _db, _session: None
    return cast(LoadMe, import_module("skills.accounts.visitors").load_me)
