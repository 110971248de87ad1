"""What the room hands over: how a code reaches a phone, who proves identities, and what a name may be written with."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from email.message import EmailMessage
from email.utils import format_datetime
from pathlib import Path
from typing import Protocol

from skills.config import Settings
from skills.kernel.clock import Clock
from skills.kernel.ids import SystemSource, secret_code


class CodeSender:
    """Sends a code to a phone or a mail. The default writes a file into MAIL_DIR; a gateway has the same methods."""

    def __init__(self, folder: Path, clock: Clock) -> None:
        self._folder = folder
        self._clock = clock

    def send(self, phone: str, text: str) -> None:
        """Send one text message."""
        self._write("sms", "txt", f"{phone}\n{text}\n".encode())

    def mail(self, address: str, subject: str, text: str) -> None:
        """Send one mail."""
        message = EmailMessage()
        message["To"], message["Subject"] = address, subject
        message["Date"] = format_datetime(self._clock.now())
        message.set_content(text)
        self._write("mail", "eml", message.as_bytes())

    def _write(self, kind: str, ending: str, body: bytes) -> None:
        self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        name = f"{kind}-{self._clock.now():%Y%m%dT%H%M%S}-{secret_code(SystemSource(), 6)}.{ending}"
        (self._folder / name).write_bytes(body)


@dataclass(frozen=True)
class Lettering:
    """What of a name no certificate can bear, told by the room that prints them.

    unfit  text → each character or part once, as it is told to people; empty if all of it can be printed
    """

    unfit: Callable[[str], tuple[str, ...]]


class IdentityProvider(Protocol):
    """Somebody who proves who a visitor is, by the authorization-code way of OpenID Connect."""

    name: str

    def address(self, state: str) -> str:
        """Where the visitor is sent to sign in."""
        ...

    def redeem(self, code: str) -> tuple[str, str, str] | None:
        """(document kind, number, name) for a code that came back, once; None for a code that does not count."""
        ...


class StandIn:
    """The local stand-in of 电子社保卡 for demo and tests: real in shape, it asserts whoever the visitor says."""

    name = "电子社保卡（演示替身）"

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def address(self, state: str) -> str:
        """The stand-in's own sign-in page."""
        return f"/stand-in/authorize?state={state}"

    def allow(self, kind: str, number: str, name: str) -> str:
        """The visitor agreed: a code that can be redeemed once."""
        code = secret_code(SystemSource(), 32)
        self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        (self._folder / code).write_text(json.dumps([kind, number, name]), "utf-8")
        return code

    def introduce(self, people: list[dict[str, str]]) -> None:
        """Remember synthetic people whom the page offers, so that nobody types a number to try the demo."""
        self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        (self._folder / "people.json").write_text(json.dumps(people, ensure_ascii=False), "utf-8")

    def people(self) -> list[dict[str, str]]:
        """Whom the page offers."""
        path = self._folder / "people.json"
        return list(json.loads(path.read_text("utf-8"))) if path.exists() else []

    def redeem(self, code: str) -> tuple[str, str, str] | None:
        """What a code stands for, once."""
        path = self._folder / "".join(c for c in code if c.isalnum())
        taken = path.with_suffix(".taken")
        try:
            path.rename(taken)
        except OSError:
            return None
        kind, number, name = json.loads(taken.read_text("utf-8"))
        taken.unlink()
        return str(kind), str(number), str(name)


def tools(settings: Settings, clock: Clock) -> dict[type, object]:
    """The sender, and outside production the stand-in."""
    found: dict[type, object] = {CodeSender: CodeSender(settings.mail_dir, clock)}
    if not settings.production:
        found[StandIn] = StandIn(settings.data_dir / "stand-in")
    return found
