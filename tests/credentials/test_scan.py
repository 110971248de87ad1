"""`/scan`: the camera and the album read codes here; what they read is judged by our keys, whatever it says."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Playwright, expect

from skills.credentials import cose
from tests.browser import FLAGS, chromium
from tests.conftest import missing
from tests.credentials import camera
from tests.credentials.site import NUMBER, Site, settle, state
from tests.credentials.test_actions import claims_for, issue
from tests.people_and_bodies import body, someone

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("shell")]


@pytest.fixture(autouse=True)
def _reader(site: Site) -> None:
    if not site.assets.has("vendor/jsQR.js"):
        missing("jsQR in static/vendor")


def scanning(page: Page, site: Site, wanted: str = "looking") -> None:
    page.goto(site.base + "/scan")
    expect(page.locator("#finder")).to_have_attribute("data-state", wanted, timeout=20_000)


def choose(page: Page, file: Path) -> None:
    page.locator("#photo").set_input_files(file)


@pytest.fixture
def blind(context: BrowserContext) -> BrowserContext:
    """A browser whose camera shows nothing of use."""
    context.add_init_script(camera.easel(camera.Image.new("RGB", (50, 50), "#555")))
    return context


def test_only_the_page_with_the_camera_may_ask_for_it(site: Site) -> None:
    client = site.world.client()
    scan = client.get("/scan").headers
    assert scan["Permissions-Policy"] == "camera=(self), microphone=(), geolocation=()"
    others = [client.get(path).headers for path in ("/v/x", "/verify", "/", "/help", "/sw.js")]
    assert {head["Permissions-Policy"] for head in others} == {"camera=(), microphone=(), geolocation=()"}
    assert {head["Content-Security-Policy"] for head in others} == {scan["Content-Security-Policy"]}
    assert "unsafe" not in scan["Content-Security-Policy"]
    assert "blob:" not in scan["Content-Security-Policy"]


# ---- the camera


@pytest.fixture
def filmed(playwright: Playwright, site: Site, tmp_path: Path) -> Iterator[tuple[Page, str]]:
    """A browser whose camera films a certificate that was issued, printed and drawn; and its number."""
    number = "Y000050000123263000777"
    who = someone(site.world)
    claims = claims_for(site.world, who, number)
    site.world.perform(issue, claims=claims, person_id=who.id, issuer_id=body(site.world))
    with ThreadPoolExecutor(1) as worker:  # sealing has a loop of its own, and the browser has this thread's
        worker.submit(site.world.run_jobs).result()
    site.own_keys = False
    (tmp_path / "paper.pdf").write_bytes(site.world.pdf(number))
    film = camera.film(camera.page_of(tmp_path / "paper.pdf", tmp_path), tmp_path / "film.mjpeg")
    devices = ["--use-fake-ui-for-media-stream", "--use-fake-device-for-media-stream"]
    browser = playwright.chromium.launch(
        executable_path=chromium(), headless=True, args=[*FLAGS, *devices, f"--use-file-for-fake-video-capture={film}"]
    )
    context = browser.new_context(viewport={"width": 360, "height": 740}, permissions=["camera"], locale="zh-CN")
    yield context.new_page(), number
    browser.close()


def test_a_printed_certificate_is_read_by_the_camera_with_and_without_a_server(
    site: Site, filmed: tuple[Page, str], record_property: Callable[[str, object], None]
) -> None:
    """Issued, printed, drawn by pdftoppm, filmed at an angle, dim and unsharp; read in the worker under the strict policy."""
    page, number = filmed
    violations: list[str] = []
    page.on("console", lambda message: violations.append(message.text) if "Content Security" in message.text else None)
    begun = time.monotonic()
    page.goto(site.base + "/scan")
    state(page, "VALID")
    seconds = time.monotonic() - begun
    record_property("seconds from opening /scan to the verdict", round(seconds, 2))
    print(f"\n/scan read a printed certificate {seconds:.2f} s after opening")
    assert f"/v/{number}#" in page.url
    expect(page.locator("#facts")).to_contain_text(number)
    assert page.evaluate("() => document.querySelector('video').srcObject") is None, "the camera still runs"
    assert violations == []
    assert not [asked for asked in site.asked if asked.startswith("POST")]
    assert any("vendor/jsQR.js" in asked for asked in site.asked)
    settle(page)
    site.stop()
    page.goto("about:blank")
    page.goto(site.base + "/scan")
    state(page, "VALID")
    expect(page.locator("#age")).to_contain_text("离线核验")
    page.go_back()
    expect(page.locator("#finder")).to_be_visible()


def test_only_what_lies_in_the_frame_is_read(site: Site, context: BrowserContext) -> None:
    """The code stands at the edge of the film, well outside of the frame: nothing is read."""
    context.add_init_script(camera.easel(camera.code(site.url()), side=300, left=470))
    page = context.new_page()
    page.set_viewport_size({"width": 1000, "height": 800})
    scanning(page, site)
    page.wait_for_timeout(1500)
    assert page.locator("#finder").get_attribute("data-state") == "looking"
    assert page.evaluate("() => window.wanted.video.facingMode.ideal") == "environment"


def test_the_same_code_inside_the_frame_is_read(site: Site, context: BrowserContext) -> None:
    context.add_init_script(camera.easel(camera.code(site.url()), side=300))
    page = context.new_page()
    page.set_viewport_size({"width": 1000, "height": 800})
    page.goto(site.base + "/scan")
    state(page, "VALID")
    assert page.evaluate("() => window.track.readyState") == "ended"


DETECTOR = """window.used = 0; window.BarcodeDetector = class {
    static async getSupportedFormats() { return ["qr_code"]; }
    async detect() { window.used += 1; return RESULT; }
};"""


def test_the_browsers_own_detector_is_used_where_there_is_one(site: Site, blind: BrowserContext) -> None:
    blind.add_init_script(DETECTOR.replace("RESULT", f"[{{ rawValue: '{site.url()}' }}]"))
    page = blind.new_page()
    page.goto(site.base + "/scan")
    state(page, "VALID")
    assert page.evaluate("() => window.used") >= 1
    assert not page.workers


def test_a_detector_that_fails_is_replaced_by_ours(site: Site, context: BrowserContext) -> None:
    context.add_init_script(camera.easel(camera.code(site.url())))
    context.add_init_script(DETECTOR.replace("RESULT", "Promise.reject(new Error('not really'))"))
    page = context.new_page()
    page.goto(site.base + "/scan")
    state(page, "VALID")
    assert page.evaluate("() => window.used") == 1


def test_the_torch_has_a_button_where_the_camera_has_a_torch(site: Site, blind: BrowserContext) -> None:
    page = blind.new_page()
    scanning(page, site)
    expect(page.locator("#torch")).to_be_hidden()
    blind.add_init_script(
        """MediaStreamTrack.prototype.getCapabilities = () => ({ torch: true });
        MediaStreamTrack.prototype.applyConstraints = async (c) => { window.lit = c.advanced[0].torch; };"""
    )
    page = blind.new_page()
    scanning(page, site)
    for on in (True, False):
        page.locator("#torch").click()
        expect(page.locator("#torch")).to_have_attribute("aria-pressed", str(on).lower())
        assert page.evaluate("() => window.lit") is on


@pytest.mark.parametrize(
    ("lacks", "wanted", "words"),
    [
        ("navigator.mediaDevices.getUserMedia = async () => { throw new DOMException('', 'NotAllowedError'); }", "denied", "没有相机权限"),
        ("navigator.mediaDevices.getUserMedia = async () => { throw new DOMException('', 'NotFoundError'); }", "missing", "没有找到相机"),
        ("navigator.mediaDevices.getUserMedia = async () => { throw new DOMException('', 'NotReadableError'); }", "busy", "相机打不开"),
        ("Object.defineProperty(navigator, 'mediaDevices', { value: undefined })", "insecure", "不能用相机"),
    ],
)  # fmt: skip
def test_without_a_camera_it_says_why_and_keeps_the_other_ways(
    site: Site, context: BrowserContext, lacks: str, wanted: str, words: str
) -> None:
    context.add_init_script(lacks)
    page = context.new_page()
    scanning(page, site, wanted)
    expect(page.locator("#aim")).to_contain_text(words)
    expect(page.locator("#album label")).to_be_visible()
    expect(page.locator("#lookup")).to_be_visible()
    expect(page.locator("#again")).to_be_visible()


def test_the_camera_rests_while_nobody_looks(site: Site, blind: BrowserContext) -> None:
    page = blind.new_page()
    scanning(page, site)
    hide = """(hidden) => {
        Object.defineProperty(document, "hidden", { value: hidden, configurable: true });
        document.dispatchEvent(new Event("visibilitychange"));
        return window.track.readyState;
    }"""
    assert page.evaluate(hide, True) == "ended"
    page.evaluate(hide, False)
    expect(page.locator("#finder")).to_have_attribute("data-state", "looking")


# ---- what is read, and the album


def foreign(site: Site, number: str = NUMBER) -> str:
    return site.url().replace(site.base, "https://skills-verify.example").replace(NUMBER, number)


def test_a_picture_from_the_album_is_read_on_the_phone(site: Site, blind: BrowserContext, tmp_path: Path) -> None:
    page = blind.new_page()
    scanning(page, site)
    large = camera.Image.new("RGB", (4000, 3000), "#ddd")
    large.paste(camera.code(site.url(), 7).rotate(12, expand=True, fillcolor="#ddd"), (2100, 900))
    choose(page, camera.saved(large, tmp_path / "large.jpg"))
    state(page, "VALID")
    assert not [asked for asked in site.asked if asked.startswith("POST")]


@pytest.mark.parametrize("genuine", [True, False], ids=["with a signature of ours", "with another"])
def test_a_code_that_leads_to_another_site_is_not_genuine_whatever_is_in_it(
    site: Site, blind: BrowserContext, tmp_path: Path, genuine: bool
) -> None:
    page = blind.new_page()
    scanning(page, site)
    text = foreign(site) if genuine else foreign(site, "S000050001862263000413")
    choose(page, camera.saved(camera.code(text), tmp_path / "foreign.png"))
    state(page, "NOT_GENUINE")
    expect(page.locator("p.why")).to_have_text("二维码指向别的网站")
    expect(page.locator("#todo")).to_contain_text("skills-verify.example，不是本平台的网址")
    expect(page.locator("#todo")).to_contain_text("仿冒" if genuine else "其中的签名也不出自本平台")
    expect(page.locator("#facts")).to_be_hidden()
    expect(page.locator("#photo-ask")).to_be_hidden()
    expect(page.locator("#steps li").first).to_have_text("网址属于本平台：未通过")
    assert page.url == site.base + "/scan"


@pytest.mark.parametrize(
    ("text", "words", "also"),
    [
        ("https://evil.example/pay?x=1", "这不是证书的二维码", "它指向 evil.example"),
        ("https://evil.example/v/S000050001862263000412", "这不是证书的二维码", "它指向 evil.example"),
        ("https://{host}@evil.example/v/S000050001862263000412", "这不是证书的二维码", "它指向 evil.example"),
        ("WIFI:T:WPA;S:cafe;P:secret;;", "这不是证书的二维码", "码里写的是“WIFI:T:WPA;S:cafe;P:secret;;”"),
        ("javascript:alert(1)", "这不是证书的二维码", "码里写的是“javascript:alert(1)”"),
        ("<img src=x onerror=alert(1)>\u202etxt.exe", "这不是证书的二维码", "码里写的是“<img src=x onerror=alert(1)> txt.exe”"),
        ("{base}/help", "这是本平台的网址，不是证书", "这个码里没有"),
        ("{base}/v/S000050001862263000412", "码里只有证书编号", "请再输入持证人姓名"),
        ("S000050001862263000412", "码里只有证书编号", "请再输入持证人姓名"),
    ],
)  # fmt: skip
def test_everything_else_gets_a_plain_explanation(
    site: Site, blind: BrowserContext, tmp_path: Path, text: str, words: str, also: str
) -> None:
    page = blind.new_page()
    scanning(page, site)
    text = text.format(base=site.base, host=site.base.removeprefix("http://")) if "{" in text else text
    choose(page, camera.saved(camera.code(text), tmp_path / "other.png"))
    expect(page.locator("#heard h2")).to_have_text(words)
    expect(page.locator("#heard p")).to_contain_text(also)
    expect(page.locator("#heard a")).to_be_visible(visible="/help" in text)
    assert page.locator("#number").input_value() == ("S000050001862263000412" if words.startswith("码里只有") else "")
    assert page.url == site.base + "/scan"
    page.locator("#again").click()
    expect(page.locator("#finder")).to_have_attribute("data-state", "looking")
    expect(page.locator("#heard")).to_be_hidden()


def test_what_the_phone_cannot_read_the_server_reads(site: Site, blind: BrowserContext, tmp_path: Path) -> None:
    page = blind.new_page()
    scanning(page, site)
    picture = camera.stained(site.url())
    exif = camera.Image.Exif()
    exif[0x010E] = "taken at home"
    picture.save(tmp_path / "stained.jpg", quality=90, exif=exif)
    bodies: list[bytes] = []
    page.on("request", lambda request: bodies.append(request.post_data_buffer or b"") if request.method == "POST" else None)
    choose(page, tmp_path / "stained.jpg")
    state(page, "VALID")
    assert "POST /verify/photo" in site.asked
    assert f"/v/{NUMBER}#" in page.url
    assert not any(b"taken at home" in sent for sent in bodies)


def test_a_picture_without_a_code_is_given_up_in_time(site: Site, blind: BrowserContext, tmp_path: Path) -> None:
    """A large picture full of noise would hold the reader for many seconds: the budget is one and a half."""
    page = blind.new_page()
    scanning(page, site)
    camera.Image.effect_noise((2400, 1800), 120).convert("RGB").save(tmp_path / "noise.jpg", quality=60)
    begun = time.monotonic()
    with page.expect_request("**/verify/photo", timeout=60_000):
        choose(page, tmp_path / "noise.jpg")
    seconds = time.monotonic() - begun
    expect(page.get_by_text("没有在照片里读到证书二维码").first).to_be_visible(timeout=30_000)
    assert "POST /verify/photo" in site.asked
    assert seconds < 30, "the budget was not kept by far"


def test_without_a_server_the_album_says_what_to_do(site: Site, blind: BrowserContext, tmp_path: Path) -> None:
    page = blind.new_page()
    scanning(page, site)
    settle(page)
    site.stop()
    choose(page, camera.saved(camera.Image.new("RGB", (300, 300), "#eee"), tmp_path / "empty.png"))
    expect(page.locator("#heard")).to_contain_text("现在连不上服务器")
    choose(page, camera.saved(camera.code(site.url()), tmp_path / "code.png"))
    state(page, "VALID")


def test_without_javascript_a_picture_is_posted(site: Site, browser: Browser, tmp_path: Path) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(site.base + "/scan")
    choose(page, camera.saved(camera.code(site.url()), tmp_path / "code.png"))
    page.locator("#album button").click()
    page.wait_for_url(f"**/v/{NUMBER}*")
    assert "POST /verify/photo" in site.asked
    context.close()


def test_without_the_reader_the_page_serves_and_the_server_reads(
    site: Site, blind: BrowserContext, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """Where make could not fetch jsQR: the log says so, and the album still works."""
    from skills.app import create_app
    from skills.web.doorman import Assets

    monkeypatch.setattr(Assets, "has", lambda self, name: name != "vendor/jsQR.js" and (self.folder / name).is_file())
    create_app(site.world.settings, site.world.works)
    assert "vendor/jsQR.js is missing" in caplog.text
    site.publish("bare")
    page = blind.new_page()
    scanning(page, site, "noreader")
    expect(page.locator("#aim")).to_contain_text("本机还不能识别二维码")
    choose(page, camera.saved(camera.code(site.url()), tmp_path / "code.png"))
    state(page, "VALID")
    assert "POST /verify/photo" in site.asked
    assert cose.fragment_of(site.message()) in page.url
