"""A real installation to measure: the demo programme with as few people as its story needs."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from skills import config
from skills.app import assemble
from skills.credentials.models import Certificate
from skills.demo.programme import FEWEST, load, months_before
from skills.kernel.actors import SYSTEM
from skills.kernel.clock import FixedClock, SystemClock
from skills.migrations import upgrade
from skills.standards.actions import load as load_standards


class Scene:
    """SQLite in a folder, with certificates of every state."""

    def __init__(self, folder: Path) -> None:
        self.environ = {
            "SKILLS_ENV": "demo", "DATA_DIR": str(folder), "PUBLIC_BASE": "http://localhost", "SKILLS_LIMITS": "off",
        }  # fmt: skip
        now = SystemClock().now()
        story = FixedClock(months_before(now))
        self.works = assemble(config.read(self.environ), story)
        upgrade(self.works.engine)
        self.works.office.perform(load_standards, actor=SYSTEM)
        self._loaded = load(self.works, story, now, FEWEST, 12, lambda _steps: None)

    def certificate(self) -> tuple[str, str]:
        """(number, holder's name) of a level certificate that is in force."""
        number = self._loaded.certificates["certified"]
        return number, next(h.name for h in self._loaded.heroes if h.key == "certified")

    @staticmethod
    def row_id(db: Session, number: str) -> str:
        """The id of a certificate's row."""
        return db.scalars(select(Certificate.id).where(Certificate.number == number)).one()

    def close(self) -> None:
        """Let go of the database, so that a server may open it."""
        self.works.engine.dispose()
