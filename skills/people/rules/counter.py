"""窗口代办: why something is done for a person at the counter (pure)."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum


class CounterReason(StrEnum):
    """Why it is done at the counter. A choice, not words of one's own: those would name people."""

    NO_PHONE = "no_phone"
    NOT_SMART = "not_smart"
    BROKEN = "broken"
    CANNOT = "cannot"


REASON_WORDS: Mapping[CounterReason, tuple[str, str]] = {
    CounterReason.NO_PHONE: ("没有手机", "has no phone"),
    CounterReason.NOT_SMART: ("手机不能上网或不会使用", "phone without internet, or hard to use"),
    CounterReason.BROKEN: ("手机丢失或损坏", "phone lost or broken"),
    CounterReason.CANNOT: ("因年龄、残疾等原因使用不便", "age or a disability makes it hard"),
}
