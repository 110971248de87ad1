"""The verdicts: one table of cases for the server and the browser, and nothing fails open."""

from __future__ import annotations

import base64
import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from playwright.sync_api import Browser

from skills.credentials import badge, cose, statuslist, verdicts
from skills.credentials.verdicts import State
from tests.credentials import make_vectors as made
from tests.credentials.page import STATIC

BOOK: dict[str, Any] = json.loads(made.FILE.read_text("utf-8"))
CASES: list[dict[str, Any]] = BOOK["cases"]
KEYS = badge.published(BOOK["keys"])
GENUINE = {State.VALID, State.GENUINE_STATUS_OLD, State.GENUINE_STATUS_UNKNOWN}


def judge(case: dict[str, Any], **other: Any) -> verdicts.Judgement:
    case = {**case, **other}
    return verdicts.judge(
        case["fragment"],
        case["number"],
        keys=KEYS,
        keys_fetched_at=case["keys_fetched_at"],
        lists={int(n): base64.b64decode(data) for n, data in case["lists"].items()},
        public_base=BOOK["public_base"],
        now=case["now"],
        before_theft=case.get("before_theft", False),
    )


def named(name: str) -> dict[str, Any]:
    return next(case for case in CASES if case["name"] == name)


def test_the_book_of_cases_is_what_the_script_writes() -> None:
    assert made.FILE.read_text("utf-8") == made.document()


def test_the_book_shows_every_state_and_every_reason() -> None:
    assert {c["state"] for c in CASES} == set(State)
    assert {c["reason"] for c in CASES} - {""} == set(verdicts.REASONS)


@pytest.mark.parametrize("case", CASES, ids=lambda c: c["name"])
def test_server_verdict(case: dict[str, Any]) -> None:
    verdict = judge(case)
    assert (verdict.state, verdict.reason) == (case["state"], case["reason"])
    if verdict.state is State.NOT_GENUINE:
        assert verdict.payload is None
        assert verdict.steps[verdicts.REASONS[verdict.reason]] is False
    if verdict.state is State.VALID:
        assert all(verdict.steps.values())
    else:
        assert not all(verdict.steps.values())


def test_browser_verdicts_are_the_same(browser: Browser) -> None:
    page = browser.new_page()
    page.route("**/*", lambda route: route.fulfill(status=200, content_type="text/html", body="<!doctype html>"))
    page.goto("https://skills.example.org/")
    page.add_script_tag(content=(STATIC / "verdict.js").read_text("utf-8"))
    answers = page.evaluate(
        """async (book) => {
            const bytes = (text) => Uint8Array.from(atob(text), (c) => c.charCodeAt(0));
            const out = [];
            for (const c of book.cases) {
                const lists = {};
                for (const n of Object.keys(c.lists)) lists[n] = bytes(c.lists[n]);
                out.push(await Verdict.judge({ fragment: c.fragment, number: c.number, keys: book.keys, lists,
                    keysFetchedAt: c.keys_fetched_at, publicBase: book.public_base, now: c.now, beforeTheft: c.before_theft }));
            }
            return out;
        }""",
        BOOK,
    )
    page.close()
    assert len(answers) == len(CASES)
    for case, answer in zip(CASES, answers, strict=True):
        mine = judge(case)
        assert (case["name"], answer["state"], answer["reason"]) == (case["name"], case["state"], case["reason"])
        assert (case["name"], answer["steps"]) == (case["name"], dict(mine.steps))
        assert answer["statusAsOf"] == mine.status_as_of
        assert answer["payload"] == (None if mine.payload is None else vars(mine.payload))


@settings(max_examples=300, deadline=None)
@given(at=st.integers(0, 10_000), mask=st.integers(1, 255))
def test_no_changed_byte_of_a_status_list_makes_a_revoked_certificate_valid(at: int, mask: int) -> None:
    case = named("revoked")
    changed = bytearray(base64.b64decode(case["lists"]["1"]))
    changed[at % len(changed)] ^= mask
    verdict = judge(case, lists={"1": base64.b64encode(changed).decode()})
    assert verdict.state is State.GENUINE_STATUS_UNKNOWN


@settings(max_examples=300, deadline=None)
@given(st.one_of(st.text(max_size=1300), st.binary(max_size=900).map(cose.fragment_of)))
def test_no_text_breaks_the_judge(fragment: str) -> None:
    assert judge(named("good"), fragment=fragment).state is State.NOT_GENUINE


@settings(max_examples=200, deadline=None)
@given(st.integers(0, 2**40), st.integers(0, 2**40))
def test_valid_needs_a_fresh_list_fresh_keys_and_a_day_within_the_dates(now: int, fetched: int) -> None:
    case = named("good")
    if judge(case, now=now, keys_fetched_at=fetched).state is State.VALID:
        made_at = int(made.NOW.timestamp()) - 3600
        assert made_at - verdicts.CLOCK_SKEW_SECONDS <= now <= made_at + statuslist.TTL_SECONDS
        assert now - fetched <= verdicts.KEYS_LIFE_SECONDS
