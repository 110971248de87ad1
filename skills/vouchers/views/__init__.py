"""The faces of the room: a person's wallet and the bureau's batches. Institutions have none."""

from __future__ import annotations

from skills.vouchers.views import bureau, carrying, codes, counter, funnel, holder, locks, reaching, refusals, waiting
from skills.web.pages import MenuEntry

FACES = [holder.room, codes.room, bureau.room, reaching.room, funnel.room, locks.room, counter.room, waiting.room, refusals.room,
         carrying.room]
MENU = [
    MenuEntry("me", "/me/vouchers", "ticket", "券包", "Vouchers", may="voucher.claim", dock=True),
    MenuEntry("gov", "/gov/batches", "ticket", "培训券", "Vouchers", may="gov.see"),
    MenuEntry("gov", "/gov/scan-locks", "lock", "扫码锁定", "Locked scanning", may="scan.unlock"),
]
