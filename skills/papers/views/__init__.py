"""Pages and endpoints of item banks and papers."""

from __future__ import annotations

from skills.papers.states import SEE
from skills.papers.views import api, banks, packages, papers, results, runs
from skills.papers.views.words import room
from skills.web.pages import MenuEntry

FACES = [room]
MENU = [MenuEntry("ent", "/ent/items", "book", "题库与试卷", "Items and papers", may=SEE)]
__all__ = ["FACES", "MENU", "api", "banks", "packages", "papers", "results", "runs"]
