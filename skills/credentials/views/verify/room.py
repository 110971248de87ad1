"""The room of verifying: its pages need no login and set no cookie."""

from __future__ import annotations

from skills.web.pages import Room

room = Room("verify", __name__)
