"""What a holder may show of a certificate by a link, and for how long; and which counts may be shown (pure)."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from skills.kernel.findings import Finding, Verdict, all_of

# Everything that can be chosen; the state and what kind of certificate it is are always shown.
FIELDS: Mapping[str, tuple[str, str]] = {
    "name": ("姓名", "Name"),
    "what": ("职业、等级或项目", "Occupation, level or programme"),
    "issuer": ("发证机构", "Issued by"),
    "issued_on": ("发证日期", "Issued on"),
    "number": ("证书编号", "Certificate number"),
    "score": ("学时与成绩", "Hours and result"),
    "document": ("证件号码（中间隐去）", "Document number, masked"),
    "copy": ("证书副本（证件号码隐去）", "A copy of the certificate, document number masked"),
    "credential": ("开放徽章 3.0 凭证（含姓名）", "The Open Badges 3.0 credential, with the name"),
}
DEFAULT = ("name", "what", "issuer", "issued_on")
WALLET = ("credential",)
WALLET_MINUTES = 15
DAYS = (1, 7, 30, 90)
PEAK_DAYS = 30
_NUMBER = re.compile(r"[A-Z0-9][A-Z0-9-]{4,38}[A-Z0-9]")


@dataclass(frozen=True)
class Peak:
    """A day with unusually many looks at a certificate; `usual` is the rounded mean of a day of the month before."""

    day: date
    count: int
    usual: int


def may_share(fields: Collection[str], days: int, longest: int) -> Verdict:
    """Whether a link may show these fields for so many days. `longest`: policy share.longest_days."""
    strangers = sorted(set(fields) - set(FIELDS))
    return all_of(
        "share.refused",
        [
            Finding("share.something", bool(fields)),
            Finding("share.fields_known", not strangers, facts={"fields": ", ".join(strangers)[:60]}),
            Finding("share.not_for_ever", 0 < days <= longest, facts={"days": days, "longest": longest}),
        ],
    )


def like_a_number(text: str) -> str:
    """A certificate number as it is counted: itself if it has the shape of one, else *."""
    return text if _NUMBER.fullmatch(text) else "*"


def shown(count: int, least: int) -> int | None:
    """A count as it may be shown to others: None below the least cell (policy radar.least_cell)."""
    return count if count >= least else None


def peaks(counts: Mapping[date, int], today: date, least: int, times: int) -> tuple[Peak, ...]:
    """Days of the last thirty on which a certificate was looked up unusually often, the newest first.

    A day is unusual with at least `least` looks, and at least `times` as many as on a usual day of the thirty before it
    (policy look.peak). A paper that was just issued has no usual day yet: there `least` alone decides.
    """
    found = []
    for day in (today - timedelta(days=back) for back in range(PEAK_DAYS)):
        count = counts.get(day, 0)
        before = sum(counts.get(day - timedelta(days=back), 0) for back in range(1, PEAK_DAYS + 1))
        if count >= least and count * PEAK_DAYS >= times * before:
            found.append(Peak(day, count, round(before / PEAK_DAYS)))
    return tuple(found)


def token_digest(token: str) -> str:
    """Under which a link is found."""
    return hashlib.sha256(token.encode()).hexdigest()


def place(share_id: str) -> str:
    """Where a link's token is sealed."""
    return f"certificate_share:{share_id}:token"
