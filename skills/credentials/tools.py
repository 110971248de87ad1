"""What the room hands to actions: the signer."""

from __future__ import annotations

from skills.config import Settings
from skills.credentials.signing import Signer
from skills.kernel.clock import Clock
from skills.kernel.keys import KeyRing


def tools(settings: Settings, clock: Clock) -> dict[type, object]:
    """The signer over the installation's keys."""
    return {Signer: Signer(KeyRing(settings.keys_dir), settings.public_base)}
