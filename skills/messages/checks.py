"""What messages promise: every one has a sentence that its facts fill, in both languages."""

from __future__ import annotations

import re
from collections.abc import Iterator

from sqlalchemy import select

from skills.kernel.checks import Bookkeeper, check
from skills.messages.models import Message
from skills.web.i18n import catalogue

_PLACES = re.compile(r"(?<!{){(\w+)}")


@check("messages.readable", "消息均可读 every message has a sentence in both languages, and the facts that fill it")
def readable(book: Bookkeeper) -> Iterator[str]:
    known = catalogue()
    for message_id, code, facts in book.db.execute(select(Message.id, Message.code, Message.facts)):
        if code not in known:
            yield f"message {message_id}: no sentence for {code}"
            continue
        wanted = {place.removesuffix("_en") for lang in ("zh", "en") for place in _PLACES.findall(known[code][lang])}
        if missing := wanted - {name.removesuffix("_en") for name in facts}:
            yield f"message {message_id}: {code} lacks {', '.join(sorted(missing))}"
