"""What the pages of this room share."""

from __future__ import annotations

from skills.web.pages import Room

room = Room("desk", "skills.desk.views")
