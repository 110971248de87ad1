"""Settings, read once from the environment; an unsafe production start is refused with the reason."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit


class Misconfigured(Exception):
    """A setting is missing or unsafe; the text says which and what to write instead."""


@dataclass(frozen=True)
class Settings:
    """What the environment decides. `public_base` is the only source of addresses in QR codes."""

    env: str
    database_url: str
    public_base: str
    data_dir: Path
    redis_url: str
    proxy_hops: int
    mail_dir: Path
    limits: bool = True

    @property
    def production(self) -> bool:
        """A real installation: secure cookies, no movable clock, no demo accounts."""
        return self.env == "production"

    @property
    def secure(self) -> bool:
        """Whether pages are served over https, so that cookies may demand it."""
        return self.public_base.startswith("https://")

    @property
    def host(self) -> str:
        """The host (and port) under which the public knows this service."""
        return urlsplit(self.public_base).netloc

    @property
    def keys_dir(self) -> Path:
        return self.data_dir / "keys"

    @property
    def checkpoints_dir(self) -> Path:
        return self.data_dir / "checkpoints"

    @property
    def looks_dir(self) -> Path:
        """Counts of looks at public pages that wait to be added up."""
        return self.data_dir / "looks"

    @property
    def files_dir(self) -> Path:
        return self.data_dir / "files"


NAMES: dict[str, str] = {
    "SKILLS_ENV": "production (default) | demo | test",
    "DATABASE_URL": "sqlite:///… (default: DATA_DIR/skills.db) or postgresql://…",
    "PUBLIC_BASE": "https://host under which the public reaches this service; goes into every QR code",
    "DATA_DIR": "folder of keys, files, checkpoints (default: ./var)",
    "REDIS_URL": "redis://… for limits shared between machines (default: none, one machine)",
    "PROXY_HOPS": "how many trusted proxies stand in front (default 0: X-Forwarded-* is ignored)",
    "SKILLS_LIMITS": "on (default) | off: how often one may try; off is for tests and measuring only",
    "MAIL_DIR": "folder in which outgoing messages are written as files (default: DATA_DIR/outbox)",
}


def read(environ: Mapping[str, str]) -> Settings:
    """Settings from the environment. Raises `Misconfigured`."""
    env = environ.get("SKILLS_ENV", "production")
    if env not in {"production", "demo", "test"}:
        raise Misconfigured(f"SKILLS_ENV={env}: production, demo or test")
    data_dir = Path(environ.get("DATA_DIR", "var")).resolve()
    base = environ.get("PUBLIC_BASE", "" if env == "production" else "http://127.0.0.1:8000").rstrip("/")
    settings = Settings(
        env=env,
        database_url=environ.get("DATABASE_URL", f"sqlite:///{data_dir / 'skills.db'}"),
        public_base=base,
        data_dir=data_dir,
        redis_url=environ.get("REDIS_URL", ""),
        proxy_hops=int(environ.get("PROXY_HOPS", "0")),
        mail_dir=Path(environ.get("MAIL_DIR", str(data_dir / "outbox"))),
        limits=environ.get("SKILLS_LIMITS", "on") != "off",
    )
    _refuse_unsafe(settings)
    return settings


def _refuse_unsafe(settings: Settings) -> None:
    parts = urlsplit(settings.public_base)
    if parts.scheme not in {"http", "https"} or not parts.hostname or parts.path or parts.query:
        raise Misconfigured("PUBLIC_BASE must be an address such as https://skills.example.cn, without a path")
    if settings.production:
        if not settings.limits:
            raise Misconfigured("SKILLS_LIMITS=off would let passwords be guessed: leave it out in production")
        if parts.scheme != "https":
            raise Misconfigured("PUBLIC_BASE must begin with https:// in production; use SKILLS_ENV=demo to try it out")
        if (settings.data_dir / "clock").exists():
            raise Misconfigured("DATA_DIR/clock moves the time and is for demo and test only: delete it")


def resources(name: str) -> Path:
    """templates/ or static/: inside the installed package, else beside it in a checkout."""
    inside = Path(__file__).parent / name
    return inside if inside.is_dir() else Path(__file__).parents[1] / name
