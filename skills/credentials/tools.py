"""What the room hands to actions and jobs: the signer and the press."""

from __future__ import annotations

from skills.config import Settings
from skills.credentials.lane import Press
from skills.credentials.signing import Signer
from skills.kernel.clock import Clock
from skills.kernel.keys import KeyRing


def tools(settings: Settings, clock: Clock) -> dict[type, object]:
    """The signer over the installation's keys, and a press that remembers the designs it has laid out."""
    return {Signer: Signer(KeyRing(settings.keys_dir), settings.public_base), Press: Press()}
