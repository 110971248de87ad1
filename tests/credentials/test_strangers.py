"""What strangers send to the public doors: no error of ours, no VALID for what was not signed, nobody told apart."""

from __future__ import annotations

import io
import ipaddress
import itertools
import json
import re
import struct
import time
from collections.abc import Iterator
from typing import Any

import pytest
from flask.testing import FlaskClient
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image
from werkzeug.test import TestResponse

from skills.accounts.rules import Role
from skills.credentials import queries
from skills.credentials.inspection import pictures
from tests.courses.test_views import Visitors, visitors
from tests.credentials.evidence import Evidence, evidence, png
from tests.credentials.test_actions import ABOVE, NUMBER, issued
from tests.fuzz import examples
from tests.people_and_bodies import acting
from tests.world import World, make_world

__all__ = ["visitors"]
pytestmark = pytest.mark.xdist_group("strangers")
UNKNOWN = NUMBER[:-1] + "7"
API = "/api/v1/verifications"
GENEROUS = 20.0  # seconds, ten times what the slowest of these may take


@pytest.fixture(scope="module")
def held(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[World, Evidence]]:
    """One certificate for all tests that change nothing; without limits, for these would answer most of them."""
    folder = tmp_path_factory.mktemp("strangers")
    world = make_world(folder / "data", f"sqlite:///{folder}/skills.db", limits="off", public_base="https://skills.example.org")
    yield world, evidence(world)
    world.holds(ABOVE)
    world.engine.dispose()


_strangers = itertools.count()


def stranger(world: World) -> FlaskClient:
    """A browser that was never here, at an address of its own: what is limited would answer for others otherwise."""
    visitor = world.client()
    visitor.environ_base["REMOTE_ADDR"] = str(ipaddress.IPv4Address(0x0A000000 + next(_strangers)))
    return visitor


@pytest.fixture
def client(held: tuple[World, Evidence]) -> FlaskClient:
    return stranger(held[0])


def calm(answer: TestResponse) -> TestResponse:
    """An answer that is none of ours to be sorry for, and says VALID to nobody."""
    assert answer.status_code < 500, answer.data[:500]
    assert b'data-state="VALID"' not in answer.data
    assert not re.search(rb'"state": *"VALID"', answer.data)
    return answer


# ---- JSON

HOSTILE_JSON: dict[str, bytes] = {
    "nothing": b"",
    "blank": b" ",
    "null": b"null",
    "list": b"[]",
    "number": b"1",
    "not closed": b'{"number":',
    "not UTF-8": b"\xff\xfe{",
    "a bomb of brackets": b"[" * 2_000,
    "a larger bomb": b"[" * 400_000,
    "a bomb of objects": b'{"number":' * 300 + b"1" + b"}" * 300,
    "a bomb in a field": b'{"number":"x","name":' + b"[" * 900 + b"]" * 900 + b"}",
    "half a character": b'{"number":"\\ud800","name":"\\udfff"}',
    "half a character for a true number": json.dumps({"number": NUMBER, "name": "\ud800"}).encode(),
    "NUL": json.dumps({"number": "\0", "name": "\0"}).encode(),
    "NUL in a true number": json.dumps({"number": NUMBER + "\0", "name": "陈星宇\0"}).encode(),
    "a number of a million digits": b'{"number":' + b"9" * 1_000_000 + b"}",
    "not a number": b'{"number":NaN,"name":Infinity}',
    "objects for texts": b'{"number":{"$ne":null},"name":{"$gt":""}}',
    "lists for texts": json.dumps({"number": [NUMBER], "name": ["陈星宇"]}).encode(),
    "a name twice": b'{"number":"x","number":"y","name":"z"}',
    "prototype": b'{"__proto__":{"x":1},"constructor":1}',
    "a long number": json.dumps({"number": "9" * 100_000, "name": "x"}).encode(),
    "a long name": json.dumps({"number": NUMBER, "name": "陈" * 100_000}).encode(),
    "letters that grow": json.dumps({"number": "\ufdfa" * 5_000, "name": "\ufdfa" * 5_000}).encode(),
    "a code of half characters": json.dumps({"code": "\ud800" * 200}).encode(),
    "a long code": json.dumps({"code": "A" * 1_000_000}).encode(),
    "an injection": json.dumps({"number": "' OR 1=1 --", "name": "' OR ''='"}).encode(),
    "a pattern": json.dumps({"number": "%", "name": "%"}).encode(),
}


@pytest.mark.parametrize("body", HOSTILE_JSON.values(), ids=HOSTILE_JSON)
def test_hostile_json_is_answered_calmly(body: bytes, client: FlaskClient) -> None:
    begun = time.monotonic()
    for kind in ("application/json", "text/plain"):
        answer = calm(client.post(API, data=body, content_type=kind))
        assert answer.status_code in (200, 422)
    assert time.monotonic() - begun < GENEROUS


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(st.characters(), max_size=30),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from(["number", "name", "code", "x"]), inner, max_size=4),
    max_leaves=8,
)
ASKED = st.fixed_dictionaries({"number": st.sampled_from([NUMBER, UNKNOWN, ""]) | JSON, "name": JSON}, optional={"code": JSON})


@pytest.mark.fuzz
@examples(60)
@given(JSON | ASKED)
def test_any_json_is_answered_calmly(held: tuple[World, Evidence], value: Any) -> None:
    calm(stranger(held[0]).post(API, data=json.dumps(value), content_type="application/json"))


@pytest.mark.fuzz
@examples(40)
@given(st.dictionaries(st.sampled_from(["number", "name", "code", "lines", "as", "lang"]), st.binary(max_size=200), max_size=4))
def test_any_form_is_answered_calmly(held: tuple[World, Evidence], fields: dict[str, bytes]) -> None:
    body = b"&".join(name.encode() + b"=" + b"".join(b"%%%02X" % byte for byte in value) for name, value in fields.items())
    for path in ("/verify", "/verify/files", "/verify/photo"):
        calm(stranger(held[0]).post(path, data=body, content_type="application/x-www-form-urlencoded"))


@pytest.mark.fuzz
@examples(40)
@given(st.binary(max_size=60), st.sampled_from(["/v/", "/verify?number=", "/status/", "/log/proof?hash=", "/log/consistency?first=",
                                               "/scan?", "/log/tile/", "/achievements/", "/keys.json?", "/status/revocation/"]))
def test_any_address_is_answered_calmly(held: tuple[World, Evidence], rest: bytes, path: str) -> None:
    calm(stranger(held[0]).get(path + "".join(f"%{byte:02X}" for byte in rest)))


# ---- nobody is told apart

MOMENT = re.compile(r"(?<=name=\"csrf_token\" value=\")[^\"]+|(?<=name=\"key\" value=\")[^\"]+")


def told(answer: TestResponse) -> tuple[Any, ...]:
    """All that a stranger sees of an answer, but for the random keys of forms."""
    headers = sorted((name, "…" if name == "Set-Cookie" else value) for name, value in answer.headers if name != "Date")
    return answer.status_code, MOMENT.sub("…", answer.text), tuple(headers)


@pytest.mark.row(56)
@pytest.mark.parametrize("name", ["王小明", "0000", "陈", "\u200b", "·", "%", "陈星宇陈星宇", "a" * 5000, "\0"])
def test_a_wrong_name_and_an_unknown_number_look_the_same(name: str, held: tuple[World, Evidence]) -> None:
    ways: list[Any] = [
        lambda number: stranger(held[0]).post("/verify", data={"number": number, "name": name}),
        lambda number: stranger(held[0]).post(API, json={"number": number, "name": name}),
        lambda number: stranger(held[0]).post(API, json={"number": number, "name": name, "code": ""}),
        lambda number: stranger(held[0]).post("/verify/files", data={"lines": f"{number} {name}", "as": "csv"}),
    ]
    for ask in ways:
        wrong, unknown = ask(NUMBER), ask(UNKNOWN)
        assert told(wrong)[0] == told(unknown)[0]
        assert str(told(wrong)).replace(NUMBER, "…") == str(told(unknown)).replace(UNKNOWN, "…")


def test_limits_do_not_tell_them_apart_either(lite: World) -> None:
    issued(lite)
    said: dict[str, list[tuple[Any, ...]]] = {}
    for address, number in (("192.0.2.1", NUMBER), ("192.0.2.2", UNKNOWN)):
        visitor = lite.client()
        visitor.environ_base["REMOTE_ADDR"] = address
        said[number] = [told(visitor.post("/verify", data={"number": number, "name": "王小明"})) for _ in range(32)]
    assert said[NUMBER] == said[UNKNOWN]
    assert [status for status, _, _ in said[NUMBER]].count(429) == 2


def test_no_address_says_whether_a_number_exists(held: tuple[World, Evidence]) -> None:
    for path in ("/v/{}", "/verify?number={}", "/me/certificates/{}", "/me/certificates/{}/certificate.pdf",
                 "/me/certificates/{}/credential.json", "/me/certificates/{}/qr.png", "/ent/certificates/{}",
                 "/ent/certificates/{}/certificate.pdf", "/org/certificates/{}", "/achievements/{}"):  # fmt: skip
        known, unknown = (told(stranger(held[0]).get(path.format(number))) for number in (NUMBER, UNKNOWN))
        assert str(known).replace(NUMBER, "…") == str(unknown).replace(UNKNOWN, "…"), path


# ---- pictures


def picture(mode: str, size: tuple[int, int], form: str, **options: Any) -> bytes:
    out = io.BytesIO()
    Image.new(mode, size).save(out, form, **options)
    return out.getvalue()


def passes(side: int, count: int) -> bytes:
    """A progressive JPEG that goes over its whole area again and again, for a hundred bytes each time."""
    blocks = (-(-side // 8)) ** 2

    def bits(text: str) -> bytes:
        text += "1" * (-len(text) % 8)
        return int(text, 2).to_bytes(len(text) // 8, "big").replace(b"\xff", b"\xff\0")

    def table(kind: int, symbol: int) -> bytes:
        return b"\xff\xc4" + struct.pack(">HB", 20, kind << 4) + b"\x01" + bytes(15) + bytes([symbol])

    first = b"\xff\xda" + struct.pack(">HB", 8, 1) + b"\x01\x00\x00\x00\x00" + bits("0" * blocks)
    again = b"\xff\xda" + struct.pack(">HB", 8, 1) + b"\x01\x00\x01\x3f\x00" + bits(("0" + "1" * 14) * (-(-blocks // 32767)))
    frame = b"\xff\xc2" + struct.pack(">HBHHB", 11, 8, side, side, 1) + b"\x01\x11\x00"
    quantiser = b"\xff\xdb" + struct.pack(">H", 67) + b"\0" + b"\1" * 64
    return b"\xff\xd8" + quantiser + frame + table(0, 0) + table(1, 0xE0) + first + again * count + b"\xff\xd9"


BOMBS: dict[str, Any] = {
    "one colour, 400 megapixels": lambda: picture("1", (20_000, 20_000), "PNG"),
    "a lie about its size": lambda: picture("1", (9, 9), "PNG")[:16] + struct.pack(">II", 2**31 - 1, 2**31 - 1) + b"\x08\x02\0\0\0",
    "a progressive JPEG of 10,000 passes": lambda: passes(2_000, 10_000),
    "a progressive JPEG of 81 megapixels": lambda: passes(9_000, 8),
    "PostScript": lambda: b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n%%EndComments\n{} loop\n",
    "TIFF": lambda: picture("RGB", (90, 90), "TIFF"),
    "GIF of 49 megapixels": lambda: picture("P", (7_000, 7_000), "GIF"),
    "a long text in a PNG": lambda: picture("1", (9, 9), "PNG") + b"\0" * 2_000_000,
    "SVG": lambda: b"<svg xmlns='http://www.w3.org/2000/svg'><image href='file:///etc/passwd'/></svg>",
    "ZIP": lambda: b"PK\x03\x04" + b"\0" * 1_000,
    "gzip": lambda: b"\x1f\x8b\x08" + b"\0" * 1_000,
    "nothing": lambda: b"",
}


@pytest.mark.parametrize("make", BOMBS.values(), ids=BOMBS)
def test_a_bomb_of_a_picture_is_answered_at_once(make: Any, client: FlaskClient) -> None:
    data = make()
    begun = time.monotonic()
    assert pictures.codes(data) == []
    for path, field in (("/verify/photo", "photo"), ("/verify/files", "files")):
        calm(client.post(path, data={field: (io.BytesIO(data), "a.png")}))
    assert time.monotonic() - begun < GENEROUS


def test_an_honest_progressive_picture_is_read() -> None:
    page = Image.new("RGB", (3_000, 2_000), "white")
    page.paste(Image.open(io.BytesIO(png("https://a.example/v/1#" + "A" * 200, scale=8))).convert("RGB"), (700, 300))
    out = io.BytesIO()
    page.save(out, "JPEG", progressive=True, quality=85)
    assert b"\xff\xc2" in out.getvalue()
    assert pictures.codes(out.getvalue()) == ["https://a.example/v/1#" + "A" * 200]


@pytest.mark.fuzz
@examples(60)
@given(st.sampled_from(["PNG", "JPEG"]), st.lists(st.tuples(st.integers(0, 9_999), st.integers(0, 255)), max_size=8), st.integers(0, 9_999))
def test_a_damaged_picture_has_no_code_or_the_true_one(form: str, edits: list[tuple[int, int]], cut: int) -> None:
    out = io.BytesIO()
    Image.open(io.BytesIO(png("hello"))).convert("L").save(out, form)
    data = bytearray(out.getvalue())
    for at, byte in edits:
        data[at % len(data)] = byte
    if cut % 3 == 0:
        del data[cut % len(data) :]
    assert pictures.codes(bytes(data)) in ([], ["hello"])


ELSEWHERE = [
    "http://[x", "https://[::1]/v/1#a", "//skills.example.org/v/a#b", "https://skills.example.org.evil.example/v/1#a",
    "https://skills.example.org@evil.example/v/1#a", "http://skills.example.org/v/1#a", "javascript://skills.example.org/v/x#alert(1)",
    "https://skills.example.org/v/../..//evil.example#x", "https://skills.example.org/v//evil.example/x#a",
    "https://skills.example.org/v/\\evil.example#x", "https://skills.example.org/v/1%0d%0aSet-Cookie:a=b#x",
    "https://skills.example.org/v/1\r\nSet-Cookie: a=b#x", "https://skills.example.org/verify#x", "https://skills.example.org/v/1?next=//evil#x",
    "https://skills.example.org/v/é#ü", "https://skills.example.org/v/1#<script>", "data:text/html,<script>alert(1)</script>",
]  # fmt: skip


@pytest.mark.parametrize("text", ELSEWHERE)
def test_a_code_that_leads_elsewhere_leads_nowhere(text: str, client: FlaskClient) -> None:
    answer = calm(client.post("/verify/photo", data={"photo": (io.BytesIO(png(text)), "a.png")}))
    assert answer.status_code in (200, 422)
    assert "Location" not in answer.headers
    assert "<script>alert" not in answer.text
    calm(client.post("/verify/files", data={"files": (io.BytesIO(png(text)), "a.png")}))
    calm(client.post(API, json={"code": text}))


def test_a_code_of_ours_leads_to_its_page(held: tuple[World, Evidence], client: FlaskClient) -> None:
    address = held[1].address
    answer = client.post("/verify/photo", data={"photo": (io.BytesIO(png(address)), "a.png")})
    assert answer.status_code == 303
    assert answer.headers["Location"] == address.removeprefix("https://skills.example.org")


@pytest.mark.parametrize(
    "name", ["../../etc/passwd", "a\r\nX: y.pdf", "<img src=x onerror=alert(1)>.pdf", "=1+1.pdf", "\u202efdp.exe", "x" * 9_000, "\udcff", "CON.pdf"]
)
def test_a_files_name_is_only_words(name: str, client: FlaskClient) -> None:
    head = f'--b\r\nContent-Disposition: form-data; name="files"; filename="{name}"\r\nContent-Type: x\r\n\r\n'
    body = (head.encode("utf-8", "surrogateescape") + b"hello\r\n") * 2 + b"--b--\r\n"
    answer = calm(client.post("/verify/files", data=body, content_type="multipart/form-data; boundary=b"))
    assert "<img src=x" not in answer.text
    assert "X" not in answer.headers


# ---- what is dear is not done for everybody


def test_a_batch_counts_for_each_of_its_items(lite: World) -> None:
    visitor = stranger(lite)
    lines = "\n".join(f"Y0000500001232630{n:05d} 王小明" for n in range(50))
    codes = [visitor.post("/verify/files", data={"lines": lines, "as": "csv"}).status_code for _ in range(5)]
    assert codes == [200] * 4 + [429]
    other = stranger(lite)
    sent = lambda: {"files": [(io.BytesIO(b"x"), f"{n}.txt") for n in range(30)]}  # noqa: E731
    assert [other.post("/api/v1/verifications/files", data=sent()).status_code for _ in range(3)] == [200, 200, 429]


def test_what_a_form_brought_to_light_is_kept_nowhere(held: tuple[World, Evidence], client: FlaskClient) -> None:
    for answer in (
        client.post("/verify", data={"number": NUMBER, "name": held[1].who.name}),
        client.post(API, json={"number": NUMBER, "name": held[1].who.name}),
        client.post(API, json={"number": NUMBER, "name": held[1].who.name, "x": 1}),
        client.post("/verify/files", data={"files": (io.BytesIO(held[1].pdf), "a.pdf")}),
    ):
        assert answer.status_code == 200
        assert "VALID" in answer.text
        assert answer.headers["Cache-Control"] == "no-store"


# ---- addresses come from the settings alone

FALSE_HOST = {
    "Host": "evil.example", "X-Forwarded-Host": "evil.example", "X-Forwarded-Proto": "gopher", "X-Forwarded-Prefix": "/evil.example",
    "Forwarded": "host=evil.example", "X-Original-URL": "//evil.example", "X-Rewrite-URL": "//evil.example",
    "Referer": "https://evil.example/verify", "Origin": "https://evil.example",
}  # fmt: skip


def test_no_address_comes_from_the_request(visitors: Visitors) -> None:
    world = visitors.world
    who, issuer = issued(world)
    seen = 0
    clients = [
        world.client(),
        visitors.come(acting(Role.PERSON, "p", person=who.id)),
        visitors.come(acting(Role.BODY_ADMIN, organisation=issuer)),
        visitors.come(acting(Role.GOV_CHECKER, "g")),
    ]
    for rule in world.app.url_map.iter_rules():
        if "GET" not in (rule.methods or set()):
            continue
        number = "1" if rule.rule.startswith("/status/") else NUMBER
        path = rule.rule.replace("<number>", number).replace("<int:number>", number).replace("<purpose>", "revocation")
        path = re.sub(r"<[^>]+>", "1", path)
        for visitor in clients:
            answer = visitor.get(path, headers=FALSE_HOST)
            assert answer.status_code < 500, path
            assert b"evil.example" not in answer.data, path
            assert "evil.example" not in str(answer.headers), path
            assert "gopher" not in str(answer.headers), path
            seen += answer.status_code == 200
    assert seen > 100


def test_no_address_on_paper_comes_from_a_request(lite: World) -> None:
    """Printing while a request with a false host is answered: the job reads the settings."""
    issued(lite)
    with lite.app.test_request_context("/", headers=FALSE_HOST):
        lite.run_jobs()
    from tests.credentials.test_paper import words

    data = lite.pdf(NUMBER)
    assert "localhost/v" in words(data)
    assert "evil.example" not in words(data)
    assert b"evil.example" not in data
    assert "evil.example" not in lite.ask(queries.credential_of, NUMBER).decode()
    assert "evil.example" not in lite.ask(queries.address_of, NUMBER, lite.settings.public_base)
    posted = lite.client().post("/verify", data={"number": NUMBER, "name": "陈星宇"}, headers=FALSE_HOST)
    assert "evil.example" not in posted.text
