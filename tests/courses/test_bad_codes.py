"""The bad input of vouchers, one table for page and API: each its own message and status, nothing changed, on record."""

from __future__ import annotations

import io
import json
from collections import Counter as Tally
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
import segno
from flask.testing import FlaskClient
from sqlalchemy import func, select

from skills.courses.actions import enrolments
from skills.courses.models import Course, CourseClass, Enrolment
from skills.kernel.actors import Actor, Grant
from skills.kernel.audit import Attempt
from skills.people.rules.counter import CounterReason
from skills.vouchers.actions import codes
from skills.vouchers.models import Batch, LedgerEntry, Redemption, Voucher, VoucherCode
from tests.courses.test_scanning import Counter
from tests.courses.test_views import Visitors, hidden, text_of, visitors
from tests.courses.wallet import FACE, voucher_for
from tests.world import World

__all__ = ["visitors"]  # a fixture


def picture(world: World) -> str:
    """All that a refused order may not touch."""
    with world.db() as db:
        return json.dumps(
            [
                [db.scalar(select(func.count()).select_from(m)) for m in (Redemption, Enrolment, LedgerEntry, Batch)],
                sorted(map(list, db.execute(select(Voucher.id, Voucher.state, Voucher.face)).all())),
                sorted(map(list, db.execute(select(VoucherCode.id, VoucherCode.state)).all())),
                sorted(map(list, db.execute(select(CourseClass.id, CourseClass.taken)).all())),
            ]
        )


def attempts(world: World) -> Tally[str]:
    """How many attempts are on record, by what they were refused with."""
    with world.db() as db:
        return Tally(db.scalars(select(Attempt.code)))


class Front:
    """A clerk, a holder and a drafter with browsers, before pages and API."""

    def __init__(self, world: World, visitors: Visitors) -> None:
        self.desk, self.world, self.visitors = Counter(world), world, visitors
        self.keys = 0
        self.sign_in()

    def sign_in(self) -> None:
        """Everybody signs in anew: arranging something may have taken days."""
        visitors, world = self.visitors, self.world
        self.clerk = visitors.come(
            Actor("desk", "何同事", None, frozenset(Grant(r, self.desk.stage.school) for r in ("code.take", "class.manage")))
        )
        self.me = visitors.come(self.desk.holder())
        self.drafter = visitors.come(world.actor("batch.draft", "gov.see", account="a"))

    def token(self, client: FlaskClient, page: str) -> str:
        return hidden(text_of(client.get(page)), "csrf_token")

    def api(self, client: FlaskClient, page: str, url: str, body: dict[str, Any], key: str = "") -> Any:
        self.keys += 1
        headers = {"X-CSRFToken": self.token(client, page), "Idempotency-Key": key or f"bad-{self.keys}"}
        return client.post(f"/api/v1{url}", json=body, headers=headers)

    def form(self, client: FlaskClient, page: str, url: str, **fields: Any) -> Any:
        self.keys += 1
        return client.post(url, data={"csrf_token": self.token(client, page), "key": f"bad-{self.keys}", **fields})


def used(front: Front) -> str:
    code = front.desk.show()
    front.desk.confirm(front.desk.read(code).code_id)
    return code


def rotated(front: Front) -> str:
    code = front.desk.show()
    front.world.clock.forward(seconds=61)
    return code


def revoked(front: Front) -> str:
    code = front.desk.show()
    front.world.perform(codes.stop, actor=front.desk.holder(), voucher_id=front.desk.voucher)
    return code


def slip(front: Front, days: float) -> str:
    made = front.world.perform(
        codes.print_slip, actor=front.world.actor("counter.serve"), person_id=front.desk.person, voucher_id=front.desk.voucher,
        reason=CounterReason.NO_PHONE,
    )
    front.world.clock.forward(days=days)
    front.desk.class_id = str(front.desk.stage.open(3).class_id)
    return str(made.code)


def lapsed(front: Front) -> str:
    front.desk.tomorrow("voucher.slip_days", 200)
    return slip(front, 120)


def used_online(front: Front) -> str:
    code = front.desk.show()
    other = str(front.desk.stage.open(3).class_id)
    front.world.perform(enrolments.enrol, actor=front.desk.holder(), class_id=other, voucher_id=front.desk.voucher)
    return code


@dataclass(frozen=True)
class Bad:
    """A code that is presented, what is said of it, and with which status."""

    name: str
    code: Callable[[Front], str]
    refusal: str
    status: int
    says: str


CODES = [
    Bad("unknown", lambda _: "ABCDEFGH", "voucher_code.unknown", 404, "没有这个券码"),
    Bad("no code at all", lambda _: "12", "voucher_code.unknown", 404, "没有这个券码"),
    Bad("foreign", lambda _: "https://example.com/v/A1#ABCDEFG", "voucher_code.unknown", 404, "没有这个券码"),
    Bad("rotated out", rotated, "voucher_code.rotated_out", 409, "已换新"),
    Bad("redeemed with it", used, "voucher_code.used", 409, "已经用过"),
    Bad("redeemed online", used_online, "voucher_code.voucher_used", 409, "不能出示使用"),
    Bad("taken back", revoked, "voucher_code.revoked", 409, "已被收回"),
    Bad("slip ran out", lambda front: slip(front, 8), "voucher_code.ended", 409, "已过有效期"),
    Bad("voucher lapsed", lapsed, "voucher_code.voucher_lapsed", 409, "过期"),
]


@pytest.mark.parametrize("bad", CODES, ids=lambda b: b.name)
def test_a_bad_code_at_the_counter(lite: World, visitors: Visitors, bad: Bad) -> None:
    front = Front(lite, visitors)
    code = bad.code(front)
    front.sign_in()
    before, known = picture(lite), attempts(lite)
    page = front.form(front.clerk, "/org/scan", "/org/scan", class_id=front.desk.class_id, code=code)
    assert bad.says in text_of(page, bad.status)
    assert attempts(lite) - known == Tally([bad.refusal])
    answer = front.api(front.clerk, "/org/scan", "/org/codes", {"class_id": front.desk.class_id, "code": code})
    assert (answer.status_code, answer.get_json()["code"]) == (bad.status, bad.refusal)
    assert bad.says in str(answer.get_json())
    assert attempts(lite) - known == Tally([bad.refusal, bad.refusal])
    assert picture(lite) == before


def somebody_elses(front: Front) -> str:
    other, _ = front.desk.stage.person()
    return voucher_for(front.world, other)


def redeemed(front: Front) -> str:
    used_online(front)
    return front.desk.voucher


def old(front: Front) -> str:
    front.world.clock.forward(days=120)
    front.desk.class_id = str(front.desk.stage.open(3).class_id)
    return front.desk.voucher


@pytest.mark.parametrize(
    ("voucher", "refusal", "status"),
    [
        (lambda _: "01ARZ3NDEKTSV4RRFFQ69G5FAV", "voucher.unknown", 404),
        (somebody_elses, "voucher.unknown", 404),
        (redeemed, "voucher.cannot_redeem", 409),
        (old, "voucher.does_not_fit", 409),
    ],
    ids=["unknown", "somebody else's", "redeemed", "lapsed"],
)
def test_a_bad_voucher_in_the_holders_hands(
    lite: World, visitors: Visitors, voucher: Callable[[Front], str], refusal: str, status: int
) -> None:
    front = Front(lite, visitors)
    chosen = voucher(front)
    front.sign_in()
    before, known = picture(lite), attempts(lite)
    url = f"/me/enrol/{front.desk.class_id}"
    assert front.form(front.me, url, url, voucher=chosen).status_code == status
    assert attempts(lite) - known == Tally([refusal])
    body = {"class_id": front.desk.class_id, "voucher_id": chosen}
    answer = front.api(front.me, url, "/enrolments", body)
    assert (answer.status_code, answer.get_json()["code"]) == (status, refusal)
    assert attempts(lite) - known == Tally([refusal, refusal])
    assert picture(lite) == before


@pytest.mark.row(6)
def test_the_same_key_again_and_with_another_body(lite: World, visitors: Visitors) -> None:
    front = Front(lite, visitors)
    found = front.desk.read(front.desk.show())
    url, body = f"/org/codes/{found.code_id}/confirm", {"class_id": front.desk.class_id}
    first = front.api(front.clerk, "/org/scan", url, body, key="lost")
    again = front.api(front.clerk, "/org/scan", url, body, key="lost")
    assert (first.status_code, again.status_code) == (201, 201)
    assert first.get_json() == again.get_json()
    before, known = picture(lite), attempts(lite)
    other = str(front.desk.stage.open(3).class_id)
    before = picture(lite)
    wrong = front.api(front.clerk, "/org/scan", url, {"class_id": other}, key="lost")
    assert (wrong.status_code, wrong.get_json()["code"]) == (422, "key_reused")
    assert attempts(lite) - known == Tally(["key_reused"])
    assert picture(lite) == before
    assert front.desk.uses() == 1


def batch(**change: Any) -> dict[str, Any]:
    return {
        "title": "坏金额", "programme": "mantianxing", "training_type": "employment", "district": "500112",
        "groups": ["registered_unemployed"], "claim_from": "2026-12-01", "claim_until": "2026-12-31", "life_months": 3,
        "face": FACE, "count_ceiling": 10, "money_ceiling": 10 * FACE, "policy_source": "措施第12条", **change,
    }  # fmt: skip


# (face in yuan on the page, in 分 at the API, status and what is on record: page, API)
AMOUNTS = [
    ("0", 0, (409, "voucher_batch.not_right", "面值"), (409, "voucher_batch.not_right")),
    ("-1", -100, (422, "invalid_form", "0"), (422, "invalid_body")),
    ("12.345", 1234.5, (422, "invalid_form", "金额最多两位小数"), (422, "invalid_body")),
    ("12001", 1_200_100, (409, "voucher_batch.not_right", "资金上限"), (409, "voucher_batch.not_right")),
    ("NaN", "NaN", (422, "invalid_form", "面值"), (422, "invalid_body")),
]


def test_bad_amounts(lite: World, visitors: Visitors) -> None:
    front = Front(lite, visitors)
    form = {k: v for k, v in batch().items() if k not in ("face", "money_ceiling")}
    for yuan, cents, page, api in AMOUNTS:
        before, known = picture(lite), attempts(lite)
        kind = {"scope_form": "directed", "value_form": "face", "payee": "institution", "percent": "100", "zone": ""}
        fields = {**form, **kind, "money_ceiling": "12000", "face": yuan}
        answer = front.form(front.drafter, "/gov/batches/new", "/gov/batches/new", **fields)
        assert page[2] in text_of(answer, page[0]), yuan
        assert attempts(lite) - known == Tally([page[1]]), yuan
        sent = front.api(front.drafter, "/gov/batches/new", "/batches", batch(face=cents))
        assert (sent.status_code, sent.get_json()["code"]) == api, yuan
        assert attempts(lite) - known == Tally([page[1], api[1]]), yuan
        assert picture(lite) == before, yuan


def test_a_fee_is_never_rounded(lite: World, visitors: Visitors) -> None:
    front = Front(lite, visitors)
    school = visitors.come(Actor("school", "何同事", None, frozenset({Grant("course.manage", front.desk.stage.school)})))
    fields = {"title": "坏费用", "kind": "skill", "zone": "", "occupation": "4-04-05-05", "level": "2", "hours": "12"}
    before = lite.ask(lambda db: db.scalar(select(func.count()).select_from(Course)))
    for fee in ("12.345", "-1", "NaN", "Infinity", "1e-3"):
        text_of(front.form(school, "/org/courses/new", "/org/courses/new", **fields, fee=fee), 422)
    assert lite.ask(lambda db: db.scalar(select(func.count()).select_from(Course))) == before


def test_a_picture_of_the_screen_is_read_by_the_server(lite: World, visitors: Visitors) -> None:
    front = Front(lite, visitors)
    code = front.desk.show()
    right, wrong = io.BytesIO(), io.BytesIO()
    segno.make(f"http://localhost/org/scan#{code}", error="m", micro=False).save(right, kind="png", scale=6)
    segno.make("http://localhost/v/A1#b2", error="m", micro=False).save(wrong, kind="png", scale=6)
    for picture_of, status, says in ((wrong, 422, "没有读到券码"), (right, 200, "欧***")):
        sent = (io.BytesIO(picture_of.getvalue()), "screen.png")
        page = front.form(front.clerk, "/org/scan", "/org/scan", class_id=front.desk.class_id, photo=sent)
        assert says in text_of(page, status)
    assert front.desk.uses() == 0
