"""The complaints desk: writing and following (`public`), the authority's cases (`gov`), the party's word (`party`), the API."""

from skills.complaints.views import api, gov, party, public
from skills.complaints.views.base import MENU, room

FACES = [room]

__all__ = ["FACES", "MENU", "api", "gov", "party", "public"]
