"""A holder's links, wallet and counts; the authority's radar: chosen fields only, revocable, and nothing about small numbers."""

from __future__ import annotations

import json
import re
import subprocess
from datetime import date, timedelta
from io import BytesIO

import pytest
import zxingcpp
from flask.testing import FlaskClient
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image
from sqlalchemy import text

from skills.accounts.rules import Role
from skills.credentials import queries
from skills.credentials.actions import looks, shares
from skills.credentials.jobs import add_looks, forget_looks
from skills.credentials.models import LookCount, UnknownLook
from skills.credentials.queries import shares as reading
from skills.credentials.rules import shares as rules
from skills.kernel.box import Box
from skills.kernel.jobs import Bench
from skills.web.looks import Look, Looks
from tests.courses.test_views import Visitors, press, text_of, visitors
from tests.credentials.test_actions import ABOVE, NUMBER, issued
from tests.people_and_bodies import Someone, acting
from tests.world import World

__all__ = ["visitors"]
PHONE = {"User-Agent": "Mozilla/5.0 (iPhone)"}


def holder(world: World) -> tuple[Someone, object]:
    who, _ = issued(world)
    return who, acting(Role.PERSON, "holder", person=who.id)


def share(world: World, actor: object, *fields: str, days: int = 7) -> reading.ShareLine:
    made = world.perform(shares.make, actor=actor, number=NUMBER, fields=fields, days=days)  # type: ignore[arg-type]
    return next(line for line in lines(world) if line.id == made.share_id)


def lines(world: World) -> list[reading.ShareLine]:
    person = world.ask(reading.holder_of, NUMBER)
    return list(world.ask(reading.shares_of, world.tool(Box), person, NUMBER, world.clock.now()))


def look(world: World, kind: str, name: str, count: int = 1, place: str = "222.178.*.*", back: int = 0) -> None:
    seen = Look(world.today - timedelta(days=back), kind, name, place, count)
    world.perform(looks.add, looks=(seen,))


@pytest.mark.row(53)
def test_a_link_shows_the_chosen_fields_and_nothing_else(world: World) -> None:
    who, actor = holder(world)
    line = share(world, actor, "what", "issuer")
    page = world.client().get(line.path)
    body = text_of(page)
    for wanted in ("人工智能训练师", "三级/高级工", "重庆星图软件有限公司", "有效"):
        assert wanted in body
    for hidden in (who.name, NUMBER, who.number, who.number[-4:], f"{world.today:%Y-%m-%d}"):
        assert hidden not in body
    assert page.headers["X-Robots-Tag"].startswith("noindex")
    assert page.headers["Cache-Control"] == "no-store"
    assert page.headers["Referrer-Policy"] in ("no-referrer", "same-origin"), "the address is told to no other site"
    assert '<meta name="robots" content="noindex' in body
    assert world.client().get(f"{line.path}/credential.json").status_code == 404, "not chosen"
    assert world.client().get(f"{line.path}/certificate.pdf").status_code == 404
    world.holds(ABOVE)


def test_a_link_ends_by_its_date_or_by_the_holder_and_all_ends_look_alike(lite: World) -> None:
    _, actor = holder(lite)
    line, other = share(lite, actor, "name", days=1), share(lite, actor, "name", days=30)
    assert lite.client().get(line.path).status_code == 200
    lite.clock.forward(days=1)
    late = lite.client().get(line.path)
    lite.perform(shares.end, actor=actor, share_id=other.id)
    ended = lite.client().get(other.path)
    strange = lite.client().get("/share/ABCDEFGHJKMNPQRSTVWXYZ0123")
    assert late.status_code == ended.status_code == strange.status_code == 404

    def bare(answer: object) -> str:
        return re.sub(r"/share/\w+|%2F\w+|nonce-\w+", "", text_of(answer, 404))

    assert bare(late) == bare(ended) == bare(strange)
    assert [x.live for x in lines(lite)] == [False, False]


def test_a_link_shows_the_state_of_the_day(lite: World) -> None:
    from skills.credentials import actions

    _, actor = holder(lite)
    line = share(lite, actor, "what")
    issuer = lite.ask(queries.certificate, NUMBER).issuer_id
    lite.perform(actions.suspend, actor=acting(Role.BODY_ADMIN, organisation=issuer), number=NUMBER, reason="review")
    body = text_of(lite.client().get(line.path))
    assert "已暂停" in body
    assert 'data-state="SUSPENDED"' in body


def test_with_name_number_and_level_whoever_opens_it_can_verify_the_signature(lite: World) -> None:
    _, actor = holder(lite)
    body = text_of(lite.client().get(share(lite, actor, "name", "number", "what").path))
    assert lite.ask(queries.address_of, NUMBER, lite.settings.public_base) in body
    without = text_of(lite.client().get(share(lite, actor, "number", "what").path))
    assert f"/v/{NUMBER}#" not in without, "the code holds the name"


@pytest.mark.parametrize(
    ("fields", "days", "code"),
    [((), 7, "share.something"), (("name", "salary"), 7, "share.fields_known"), (("name",), 0, "share.not_for_ever"),
     (("name",), 91, "share.not_for_ever"), (("name",), -1, "share.not_for_ever")],
)  # fmt: skip
def test_a_link_for_nothing_or_for_ever_is_refused(fields: tuple[str, ...], days: int, code: str) -> None:
    verdict = rules.may_share(fields, days, 90)
    assert [f.code for f in verdict.findings if not f.met] == [code]


def test_only_the_holder_shares_and_ends(lite: World) -> None:
    _, actor = holder(lite)
    line = share(lite, actor, "name")
    stranger = acting(Role.PERSON, "stranger", person="01H00000000000000000000000")
    with lite.refused("certificate.unknown"):
        lite.perform(shares.make, actor=stranger, number=NUMBER, fields=("name",), days=1)
    with lite.refused("certificate_share.unknown"):
        lite.perform(shares.end, actor=stranger, share_id=line.id)
    with lite.refused("certificate.unknown"):
        lite.perform(shares.to_wallet, actor=acting(Role.AUDITOR), number=NUMBER)


def test_the_database_alone_opens_no_link(lite: World) -> None:
    _, actor = holder(lite)
    token = share(lite, actor, "name").path.removeprefix("/share/")
    assert len(token) == 26
    with lite.engine.connect() as db:
        tables = db.execute(text("SELECT name FROM sqlite_master WHERE type = 'table'")).scalars().all()
        everything = "".join(repr(db.execute(text(f'SELECT * FROM "{name}"')).all()) for name in tables)
    assert token not in everything


def test_a_copy_masks_the_document_number_and_says_what_it_is(lite: World) -> None:
    who, actor = holder(lite)
    lite.run_jobs()
    answer = lite.client().get(share(lite, actor, "copy").path + "/certificate.pdf")
    assert answer.mimetype == "application/pdf"
    words = subprocess.run(["pdftotext", "-layout", "-", "-"], input=answer.data, capture_output=True, check=True).stdout.decode()
    assert "分享副本" in words
    assert who.number not in "".join(words.split())
    assert who.number[:4] + "*" * 10 in words
    assert b"credential.json" not in answer.data


def test_a_wallet_fetches_the_credential_within_a_quarter_of_an_hour(visitors: Visitors) -> None:
    world = visitors.world
    who, actor = holder(world)
    mine = visitors.come(actor)  # type: ignore[arg-type]
    here = f"/me/certificates/{NUMBER}/wallet"
    assert press(mine, here, here).status_code == 303
    page = text_of(mine.get(here))
    [line] = lines(world)
    [code] = zxingcpp.read_barcodes(Image.open(BytesIO(mine.get(f"/me/shares/{line.id}/qr.png").data)))
    address = world.settings.public_base.rstrip("/") + line.path + "/credential.json"
    assert code.text == address
    assert address in page
    answer = world.client().get(line.path + "/credential.json", headers={"Origin": "https://wallet.example"})
    assert answer.mimetype == "application/vc"
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    assert answer.data == world.ask(queries.credential_of, NUMBER), "byte for byte as it was signed"
    assert json.loads(answer.data)["credentialSubject"]["identifier"][0]["identityHash"] == who.name
    assert mine.get(f"/me/certificates/{NUMBER}/credential.json").mimetype == "application/vc"
    world.clock.forward(minutes=rules.WALLET_MINUTES)
    assert world.client().get(line.path + "/credential.json").status_code == 404


def test_the_holders_pages(visitors: Visitors) -> None:
    world = visitors.world
    _, actor = holder(world)
    mine = visitors.come(actor)  # type: ignore[arg-type]
    here = f"/me/certificates/{NUMBER}/share"
    assert "请至少选一项" in text_of(press(mine, here, here, days="7"), 422)
    assert press(mine, here, here, fields=["name", "what"], days="30").status_code == 303
    page = text_of(mine.get(here))
    [line] = lines(world)
    assert world.settings.public_base.rstrip("/") + line.path in page
    assert press(mine, here, f"/me/shares/{line.id}/end").status_code == 303
    assert line.path not in text_of(mine.get(here))
    for part in ("share", "wallet", "looks"):
        assert f"/me/certificates/{NUMBER}/{part}" in text_of(mine.get(f"/me/certificates/{NUMBER}"))


# ------------------------------------------------------------------------------------------------ counting


def counted(world: World) -> int:
    person = world.ask(reading.holder_of, NUMBER)
    return int(world.ask(reading.looks_at, person, NUMBER, world.today).this_month)


def add_up(world: World) -> None:
    world.app.extensions["looks"].lay_down()
    add_looks(Bench("looks", world.office))


@pytest.mark.row(53)
def test_three_strangers_are_three_looks_and_the_holder_none(visitors: Visitors) -> None:
    world = visitors.world
    _, actor = holder(world)
    stranger: FlaskClient = world.client()
    for address in ("222.178.1.1", "8.8.8.8"):  # the first wakes the application, the second does not
        stranger.get(f"/v/{NUMBER}", headers=PHONE, environ_overrides={"REMOTE_ADDR": address})
    stranger.post("/verify", data={"number": NUMBER, "name": "陈星宇"}, headers=PHONE)
    assert counted(world) == 0
    visitors.come(actor).get(f"/v/{NUMBER}", headers=PHONE)  # type: ignore[arg-type]
    stranger.get(f"/v/{NUMBER}", headers={"User-Agent": "Baiduspider"})
    stranger.post("/verify", data={"number": NUMBER, "name": "别人"}, headers=PHONE)
    stranger.get("/v/-", headers=PHONE)
    add_up(world)
    assert counted(world) == 3
    page = text_of(visitors.come(actor).get(f"/me/certificates/{NUMBER}/looks"))  # type: ignore[arg-type]
    assert re.search(r"本月联网查验 <b>3</b> 次", page)
    add_up(world)
    assert counted(world) == 3, "a file is added once"
    world.holds(ABOVE)


def test_the_window_counts_too(lite: World) -> None:
    holder(lite)
    client = lite.client()
    for name in ("陈星宇", "别人"):
        client.post("/api/v1/verifications", json={"number": NUMBER, "name": name}, headers=PHONE)
    client.post("/api/v1/verifications", json={"number": "S000050001862269000001", "name": "x"}, headers=PHONE)
    add_up(lite)
    assert counted(lite) == 1
    with lite.db() as db:
        assert [row.number for row in db.query(UnknownLook)] == ["S000050001862269000001"]


def test_a_file_taken_up_twice_is_added_once(world: World) -> None:
    holder(world)
    held = Looks(world.settings.looks_dir, world.clock)
    held.count("v", NUMBER, {"HTTP_USER_AGENT": "x phone", "REMOTE_ADDR": "1.2.3.4"})
    held.lay_down()
    [path] = world.settings.looks_dir.glob("*.looks")
    copy = path.read_bytes()
    add_looks(Bench("looks", world.office))
    path.write_bytes(copy)  # a worker died before it took the file away
    add_looks(Bench("looks", world.office))
    assert counted(world) == 1
    world.holds(ABOVE)


def test_switched_off_nothing_is_counted_and_what_was_is_gone(visitors: Visitors) -> None:
    world = visitors.world
    _, actor = holder(world)
    look(world, "v", NUMBER, 4)
    mine, here = visitors.come(actor), f"/me/certificates/{NUMBER}/looks"  # type: ignore[arg-type]
    assert press(mine, here, f"{here}/off").status_code == 303
    look(world, "v", NUMBER, 9)
    with world.db() as db:
        assert db.query(LookCount).count() == 0
    assert "统计已关闭" in text_of(mine.get(here))
    assert press(mine, here, f"{here}/on").status_code == 303
    look(world, "v", NUMBER)
    assert counted(world) == 1
    world.holds(ABOVE)


def test_months_are_months_and_old_counts_are_forgotten(lite: World) -> None:
    holder(lite)
    person = lite.ask(reading.holder_of, NUMBER)
    for back, count in ((0, 2), (30, 3), (200, 5), (500, 7)):
        look(lite, "v", NUMBER, count, back=back)
    look(lite, "v", "NEVER-0001", 1, back=500)
    months = dict(lite.ask(reading.looks_at, person, NUMBER, lite.today).by_month)
    assert list(months.values()) == [0, 0, 0, 0, 3, 2]
    forget_looks(Bench("forget", lite.office))
    with lite.db() as db:
        assert sum(row.count for row in db.query(LookCount)) == 10
        assert db.query(UnknownLook).count() == 0


def test_opening_a_link_is_counted_at_the_link(lite: World) -> None:
    _, actor = holder(lite)
    line = share(lite, actor, "name")
    for _ in range(2):
        lite.client().get(line.path, headers=PHONE)
    add_up(lite)
    [now] = lines(lite)
    assert (now.opens, now.last_opened_on) == (2, lite.today)
    lite.holds(ABOVE)


# ------------------------------------------------------------------------------------------------ radar


def test_the_radar_leaves_small_cells_out(lite: World) -> None:
    look(lite, "v", "S000050001862263999999", 6, "222.178.*.*")
    look(lite, "v", "S000050001862263888888", 4, "8.8.*.*", back=1)
    look(lite, "miss", "<script>alert(1)</script>", 2, "8.8.*.*", back=2)
    look(lite, "v", "S000050001862263777777", 50, back=31)
    found = lite.ask(reading.radar, lite.today, 30, 5)
    assert found.total == 10, "the exact total less what is shown would tell what is left out"
    assert found.numbers == (("S000050001862263999999", 6, lite.today, lite.today),)
    assert found.hidden == 2
    assert dict(found.places) == {"222.178.*.*": 6, "8.8.*.*": 6}
    days = dict(found.days)
    assert len(days) == 30
    assert days[lite.today] == 6
    assert days[lite.today - timedelta(days=1)] is None
    assert days[lite.today - timedelta(days=3)] == 0


def test_a_number_that_is_a_certificate_is_never_among_the_unknown(world: World) -> None:
    holder(world)
    look(world, "miss", NUMBER, 9)
    look(world, "v", NUMBER, 9)
    assert world.ask(reading.radar, world.today, 30, 1).total == 0
    assert counted(world) == 9


@given(
    counts=st.dictionaries(st.integers(0, 70), st.integers(1, 200), max_size=20), least=st.integers(1, 50),
    times=st.integers(1, 9),
)  # fmt: skip
def test_an_unusual_day_has_many_looks_and_many_more_than_usual(counts: dict[int, int], least: int, times: int) -> None:
    today = date(2026, 11, 23)
    by_day = {today - timedelta(days=back): count for back, count in counts.items()}
    found = {peak.day: peak for peak in rules.peaks(by_day, today, least, times)}
    for back in range(70):
        day = today - timedelta(days=back)
        month = [by_day.get(day - timedelta(days=n), 0) for n in range(1, 31)]
        wanted = back < 30 and by_day.get(day, 0) >= least and by_day.get(day, 0) >= times * sum(month) / 30 - 1e-9
        assert (day in found) is wanted
        assert not wanted or found[day].count == by_day[day]
    assert list(found) == sorted(found, reverse=True)


def test_many_looks_in_one_day_are_told_to_the_holder_and_on_the_radar(visitors: Visitors) -> None:
    world = visitors.world
    _, actor = holder(world)
    mine, bureau = visitors.come(actor), visitors.come(acting(Role.GOV_CHECKER))  # type: ignore[arg-type]
    for back in range(3, 30):
        look(world, "v", NUMBER, 2, back=back)
    look(world, "v", NUMBER, 9, back=2)
    look(world, "v", NUMBER, 19, back=1)
    here = f"/me/certificates/{NUMBER}/looks"
    assert "复印件" not in text_of(mine.get(here)), "nineteen are not twenty"
    assert NUMBER not in text_of(bureau.get("/gov/radar"))
    look(world, "v", NUMBER, 12, "8.8.*.*")
    look(world, "v", NUMBER, 25, "1.2.*.*")
    page = text_of(mine.get(here))
    assert "被查验 37 次，平日约 3 次" in page
    assert "8.8." not in page
    page = text_of(bureau.get("/gov/radar"))
    assert NUMBER in page
    assert bureau.get("/api/v1/radar").get_json()["often"] == [[NUMBER, {"day": f"{world.today}", "count": 37, "usual": 3}]]
    world.holds(ABOVE)


def test_a_flood_of_made_up_numbers_stays_small(lite: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(looks, "MOST_UNKNOWN", 3)
    lite.perform(looks.add, looks=tuple(Look(lite.today, "v", f"S99999{i:04}", "1.2.*.*", 1) for i in range(20)))
    with lite.db() as db:
        rows = {row.number: row.count for row in db.query(UnknownLook)}
    assert rows["*"] == 17
    assert len(rows) == 4


def test_the_radar_page(visitors: Visitors) -> None:
    look(visitors.world, "v", "S000050001862263999999", 6)
    look(visitors.world, "v", "S000050001862263888888", 1, "10.9.*.*")
    bureau = visitors.come(acting(Role.GOV_CHECKER))
    page = text_of(bureau.get("/gov/radar"))
    assert "S000050001862263999999" in page
    assert "S000050001862263888888" not in page
    assert "少于 5" in page
    assert bureau.get("/api/v1/radar").get_json()["hidden"] == 1
    assert visitors.come(acting(Role.INSTITUTION_ADMIN, organisation="x")).get("/gov/radar").status_code == 403


@pytest.mark.parametrize(
    "edit",
    [
        "UPDATE certificate_look SET count = 0",
        "UPDATE certificate_look SET day = '2030-01-01'",
        "UPDATE look_choice SET counted = 0",
        "UPDATE certificate_share SET state = 'ended'",
        "UPDATE certificate_share SET expires_at = '2099-01-01 00:00:00.000000'",
    ],
)
def test_a_hand_in_these_tables_is_found(lite: World, edit: str) -> None:
    _, actor = holder(lite)
    share(lite, actor, "name")
    lite.perform(looks.choose, actor=actor, counted=True)  # type: ignore[arg-type]
    look(lite, "v", NUMBER)
    with lite.engine.begin() as db:
        db.execute(text(edit))
    assert {"credentials.looks_fair", "credentials.shares_end"} & set(lite.violations(ABOVE))
