"""Verifying: the shell that phones keep, the look-up by number and name, a photo of the paper. No login, no cookie."""

from __future__ import annotations

from skills.credentials.views.verify import files, lookup, scan, shell
from skills.credentials.views.verify.lookup import window
from skills.credentials.views.verify.result import state_of
from skills.credentials.views.verify.room import room
from skills.credentials.words import TITLES

__all__ = ["TITLES", "files", "lookup", "room", "scan", "shell", "state_of", "window"]
