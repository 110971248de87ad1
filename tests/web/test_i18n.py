"""What facts look like in a sentence."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from skills.web.i18n import iso, sentence, show


@pytest.mark.parametrize(
    ("value", "zh", "en"),
    [
        (date(2026, 11, 6), "2026年11月6日", "6 Nov 2026"),
        ("2026-11-06", "2026年11月6日", "6 Nov 2026"),
        ("2026-02-30", "2026-02-30", "2026-02-30"),
        ("B2026-0001", "B2026-0001", "B2026-0001"),
        (["2026-11-06", "x"], "2026年11月6日、x", "6 Nov 2026, x"),
        (True, "是", "yes"),
    ],
)
def test_a_date_reads_the_same_whether_it_was_kept_as_json_or_not(value: object, zh: str, en: str) -> None:
    assert (show(value, "zh"), show(value, "en")) == (zh, en)


def test_a_notice_leads_to_what_it_speaks_of() -> None:
    said = sentence("voucher.told_entitled", {"title": "券", "until": "2026-11-06", "batch": "01ABC"}, "zh")
    assert said.text == "您符合“券”的条件，2026年11月6日前可以领取"
    assert (said.href, said.link) == ("/me/vouchers/claim/01ABC", "去领取")
    assert sentence("voucher.told_entitled", {"title": "券"}, "zh").href == "", "half an address is none"
    assert sentence("voucher.told_void", {"reason": "x"}, "zh").href == ""


def test_the_day_of_a_moment_is_that_of_shanghai() -> None:
    assert iso(datetime(2026, 11, 20, 17, 30, tzinfo=UTC)) == "2026-11-21"
    assert iso(date(2026, 11, 20)) == "2026-11-20"
    assert iso(None) == ""
