"""The complaints desk: writing and following (`public`), the authority's cases (`gov`), the party's word (`party`), the
authority's counter (`counter`), the API."""

from skills.complaints.views import api, counter, gov, party, public
from skills.complaints.views.base import MENU, room

FACES = [room, counter.room]

__all__ = ["FACES", "MENU", "api", "counter", "gov", "party", "public"]
