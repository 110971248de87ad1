"""With the server gone: Chromium gives the right verdict over every kind of code, and nothing reaches a server."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import cbor2
import pytest
from playwright.sync_api import Page, expect

from skills.credentials import cose, statuslist
from skills.credentials.statuslist import Status
from tests.credentials.make_vectors import OLD, QR, STATUS, STOLEN, STRANGER, _changed, _signed_anyhow, _spare_bits_set
from tests.credentials.site import DAY, NUMBER, Site, kept, settle, state

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("shell")]
SECOND, THIRD, NEVER = (statuslist.SIZE * n + 1 for n in (1, 2, 8))  # indexes in lists of other ages
HEADER = {cose.ALG: -7, cose.KID: cose.kid_of(QR.public_key())}
Made = Callable[[Site], bytes | str]


def publish(site: Site) -> None:
    """List 1 is fresh, list 2 thirteen hours old, list 3 eight days old; there is no list 9."""
    site.say({5: Status.REVOKED, 6: Status.SUSPENDED, 7: Status.SUPERSEDED})
    site.say({}, 2, timedelta(hours=13))
    site.say({statuslist.SIZE - 1: Status.REVOKED}, 3, 8 * DAY)


def deep(_: Site) -> bytes:
    """As many arrays in each other as fit into a code, under a signature that holds."""
    return _signed_anyhow(b"\x81" * 800 + b"\x00", HEADER)


def body(site: Site) -> bytes:
    return cbor2.dumps(cose.payload_of(site.claims(), 4, site.now), canonical=True)


def twice(site: Site) -> bytes:
    """One key of the map stands there two times."""
    entries = body(site)
    issued = entries[entries.index(b"\x06\x1a") :][:6]
    return _signed_anyhow(bytes([entries[0] + 1]) + entries[1:].replace(issued, issued * 2), HEADER)


def surplus(site: Site) -> bytes:
    """Signed bytes that go on after their end."""
    return _signed_anyhow(body(site) + b"\0", HEADER)


GENUINE: list[tuple[str, Made, str]] = [
    ("valid", lambda s: s.message(), "VALID"),
    ("expired", lambda s: s.message(issued=s.now - 300 * DAY, until=(s.now - 10 * DAY).date()), "EXPIRED"),
    ("revoked", lambda s: s.message(5), "REVOKED"),
    ("suspended", lambda s: s.message(6), "SUSPENDED"),
    ("superseded", lambda s: s.message(7), "SUPERSEDED"),
    ("clock before the issue", lambda s: s.message(issued=s.now + DAY), "NOT_YET_VALID"),
    ("by the old key, in its time", lambda s: s.message(key=OLD, issued=s.now - 90 * DAY), "VALID"),
    ("list thirteen hours old", lambda s: s.message(SECOND), "GENUINE_STATUS_OLD"),
    ("list eight days old", lambda s: s.message(THIRD), "GENUINE_STATUS_UNKNOWN"),
    ("revoked in a list eight days old", lambda s: s.message(3 * statuslist.SIZE - 1), "REVOKED"),
    ("list that was never fetched", lambda s: s.message(NEVER), "GENUINE_STATUS_UNKNOWN"),
]
FALSE: list[tuple[str, Made, str]] = [
    ("payload bit flipped", lambda s: _changed(s.message(), 60), "签名不符"),
    ("signature bit flipped", lambda s: _changed(s.message(), len(s.message()) - 1), "签名不符"),
    ("forged under a genuine key's name", lambda s: _signed_anyhow(body(s), HEADER, STRANGER), "签名不符"),
    ("key that was never ours", lambda s: s.message(key=STRANGER), "签名密钥不属于本平台"),
    ("signed by the status key", lambda s: s.message(key=STATUS), "签名密钥不属于本平台"),
    ("key withdrawn", lambda s: s.message(key=STOLEN), "签名密钥已作废"),
    ("retired key after its time", lambda s: s.message(key=OLD), "签发时间不在密钥使用期内"),
    ("algorithm changed", lambda s: _signed_anyhow(body(s), {**HEADER, cose.ALG: -8}), "签名方式"),
    ("algorithm none", lambda s: _signed_anyhow(body(s), {**HEADER, cose.ALG: 0}), "签名方式"),
    ("another certificate's", lambda s: s.message(number="S000050001862263000413"), "二维码属于另一张证书"),
    ("bytes after the message", lambda s: s.message() + b"\0", "不是本平台的格式"),
    ("bytes after the payload", surplus, "不是本平台的格式"),
    ("key twice", twice, "不是本平台的格式"),
    ("deep nesting", deep, "不是本平台的格式"),
    ("cut off", lambda s: s.message()[:-9], "不是本平台的格式"),
    ("a status list", lambda s: s.lists[1][:700], "签名密钥不属于本平台"),
    ("too long", lambda _: "A" * 1201, "过长"),
    ("no base64url", lambda _: "%3Cscript%3E", "残缺或被改动"),
    ("second spelling of the same bytes", lambda s: _spare_bits_set(s.message(holder_name="陈星")), "残缺或被改动"),
]


def verdicts(site: Site, page: Page) -> None:
    """Every case; the server is gone, so whatever is right comes from what the phone kept."""
    asked = len(site.asked)
    wrong: list[str] = []
    for name, made, wanted in [*GENUINE, *((name, made, "NOT_GENUINE") for name, made, _ in FALSE)]:
        page.goto("about:blank")
        page.goto(site.url(made(site)))
        try:
            state(page, wanted)
        except AssertionError:
            wrong.append(f"{name}: {page.locator('#verdict').get_attribute('data-state')}, not {wanted}")
        why = {n: w for n, _, w in FALSE}.get(name, "")
        if why not in page.locator("p.why").inner_text():
            wrong.append(f"{name}: said {page.locator('p.why').inner_text()}")
        shown = page.locator("#facts").is_visible()
        if shown is (wanted == "NOT_GENUINE"):
            wrong.append(f"{name}: facts {'shown' if shown else 'missing'}")
        if shown and "离线核验" not in page.locator("#age").inner_text() and name != "list that was never fetched":
            wrong.append(f"{name}: does not say how old the status is")
        if not page.locator("#steps li").count():
            wrong.append(f"{name}: names no steps")
    assert wrong == []
    assert len(site.asked) == asked


@pytest.mark.row(52)
@pytest.mark.row(53)
def test_every_verdict_without_a_server(site: Site, page: Page) -> None:
    publish(site)
    for index in (4, SECOND, THIRD):
        page.goto("about:blank")
        page.goto(site.url(site.message(index)))
        expect(page.locator("#facts")).to_be_visible(timeout=20_000)
        settle(page)
    assert len(GENUINE) + len(FALSE) >= 20
    site.stop()
    verdicts(site, page)


def test_without_a_server_the_page_asks_where_the_link_holds_no_code(site: Site, page: Page) -> None:
    page.goto(site.url())
    settle(page)
    site.stop()
    page.goto("about:blank")
    page.goto(site.url("").rstrip("#"))
    state(page, "ASK")
    assert page.locator("#number").input_value() == NUMBER


def test_whoever_only_opened_the_camera_can_verify_all_the_same(site: Site, page: Page) -> None:
    """`/scan` fetches keys and every list beforehand: it may be used where there is no network."""
    publish(site)
    page.goto(site.base + "/scan")
    settle(page)
    wanted = ["/keys.json", *(f"/status/{n}.cwt" for n in (1, 2, 3))]
    for _ in range(100):  # the lists come one after another behind the page
        if kept(page, "verify-proof") == wanted:
            break
        page.wait_for_timeout(100)
    assert kept(page, "verify-proof") == wanted
    site.stop()
    for _, made, wanted in GENUINE[:9]:
        page.goto("about:blank")
        page.goto(site.url(made(site)))
        state(page, wanted)
    page.goto(site.base + "/scan")
    expect(page.locator("#finder")).to_be_visible()


def test_every_bit_that_is_flipped_is_seen_in_the_browser_too(site: Site, page: Page) -> None:
    """All bits of one code, judged by the page's own script in one go (the server is gone)."""
    page.goto(site.url())
    state(page, "VALID")
    settle(page)
    site.stop()
    message = site.message()
    genuine = page.evaluate(
        """async ([fragment, number, base]) => {
            const keys = await (await fetch("/keys.json")).json(), now = Math.floor(Date.now() / 1000);
            const raw = atob(fragment.replace(/-/g, "+").replace(/_/g, "/")), out = [];
            const text = (bytes) => btoa(String.fromCharCode(...bytes)).replace(/\\+/g, "-").replace(/\\//g, "_").replace(/=+$/, "");
            for (let bit = -1; bit < raw.length * 8; bit += 1) {
                const bytes = Uint8Array.from(raw, (c) => c.charCodeAt(0));
                if (bit >= 0) bytes[bit >> 3] ^= 1 << (bit & 7);
                const input = { fragment: text(bytes), number, keys, keysFetchedAt: now, lists: {}, publicBase: base, now };
                if ((await Verdict.judge(input)).state !== "NOT_GENUINE") out.push(bit);
            }
            return out;
        }""",
        [cose.fragment_of(message), NUMBER, site.base],
    )
    assert genuine == [-1], "only the code without a flipped bit is genuine"
