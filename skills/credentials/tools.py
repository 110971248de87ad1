"""What the room hands to actions and jobs: the signer, the press, and what their papers can bear."""

from __future__ import annotations

from skills.accounts.tools import Lettering
from skills.config import Settings
from skills.credentials import characters
from skills.credentials.lane import Press
from skills.credentials.signing import Signer
from skills.kernel.clock import Clock
from skills.kernel.keys import KeyRing


def tools(settings: Settings, clock: Clock) -> dict[type, object]:
    """The signer over the installation's keys, a press that remembers the designs it has laid out, and its letters."""
    return {Signer: Signer(KeyRing(settings.keys_dir), settings.public_base), Press: Press(), Lettering: Lettering(characters.unfit)}
