"""The reply was lost: the same order again over a fresh connection gives the same receipt, and everything was done once."""

from __future__ import annotations

import http.client
import json
import re
import socket
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import pytest
from sqlalchemy import func, select

from skills.accounts.rules import Role
from skills.courses.models import Enrolment
from skills.kernel.sessions import Sessions
from skills.vouchers.models import LedgerEntry, Redemption, Voucher
from tests.courses.test_scanning import Counter
from tests.courses.wallet import open_batch
from tests.journeys.conftest import Live
from tests.journeys.test_counter import account_of, staff

pytestmark = pytest.mark.row(6)
PATIENCE = 60.0


@dataclass
class Program:
    """Somebody's program at the far end of a bad line, speaking HTTP by hand."""

    live: Live
    account: str
    page: str

    def __post_init__(self) -> None:
        token = self.live.world.tool(Sessions).begin(self.account, self.live.world.clock.now(), stepped_up=True)
        self.host = urlsplit(self.live.url).netloc
        line = http.client.HTTPConnection(self.host, timeout=PATIENCE)
        line.request("GET", self.page, headers={"Cookie": f"skills={token}"})
        answer = line.getresponse()
        text = answer.read().decode()
        given = [value.split(";")[0] for name, value in answer.getheaders() if name.lower() == "set-cookie"]
        found = re.search(r'name="csrf_token" value="([^"]+)"', text)
        assert found, text[:400]
        self.headers = {
            "Cookie": "; ".join([f"skills={token}", *given]), "X-CSRFToken": found[1], "Content-Type": "application/json",
        }  # fmt: skip
        line.close()

    def bytes_of(self, path: str, key: str, body: dict[str, Any]) -> bytes:
        text = json.dumps(body).encode()
        head = {**self.headers, "Host": self.host, "Idempotency-Key": key, "Content-Length": str(len(text)), "Connection": "close"}
        lines = [f"POST /api/v1{path} HTTP/1.1", *(f"{name}: {value}" for name, value in head.items()), "", ""]
        return "\r\n".join(lines).encode() + text

    def cut(self, path: str, key: str, body: dict[str, Any], *, after: float = 1.0) -> None:
        """Send this share of the order and hang up without reading a byte."""
        whole = self.bytes_of(path, key, body)
        host, port = self.host.split(":")
        with socket.create_connection((host, int(port)), timeout=PATIENCE) as line:
            line.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\x01\x00\x00\x00\x00\x00\x00\x00")  # reset, as a lost line does
            line.sendall(whole[: int(len(whole) * after)])
            if after == 1.0:
                line.shutdown(socket.SHUT_WR)
                time.sleep(0.05)

    def send(self, path: str, key: str, body: dict[str, Any]) -> tuple[int, dict[str, Any]]:
        line = http.client.HTTPConnection(self.host, timeout=PATIENCE)
        line.request("POST", f"/api/v1{path}", json.dumps(body), {**self.headers, "Idempotency-Key": key})
        answer = line.getresponse()
        told = json.loads(answer.read())
        line.close()
        return answer.status, told


def wait_for(asked: Callable[[], bool]) -> None:
    until = time.monotonic() + PATIENCE
    while not asked():
        assert time.monotonic() < until, "the server never did what was sent"
        time.sleep(0.05)


def count(live: Live, model: type[Any], **by: object) -> int:
    with live.world.db() as db:
        return int(db.scalar(select(func.count()).select_from(model).filter_by(**by)) or 0)


def test_a_claim_whose_reply_was_lost(live: Live) -> None:
    desk = Counter(live.world)
    person, _ = desk.stage.person()
    batch = open_batch(live.world, person)
    me = Program(live, account_of(live, person), f"/me/vouchers/claim/{batch}")
    order = {"batch_id": batch}
    me.cut("/vouchers/claims", "half", order, after=0.8)
    me.cut("/vouchers/claims", "lost", order)
    wait_for(lambda: count(live, Voucher, person_id=person) > 0)
    status, told = me.send("/vouchers/claims", "lost", order)
    again = me.send("/vouchers/claims", "lost", order)
    assert (status, again) == (201, (201, told))
    with live.world.db() as db:
        (voucher,) = db.scalars(select(Voucher).where(Voucher.person_id == person)).all()
    assert told["voucher_id"] == voucher.id
    assert count(live, LedgerEntry, voucher_id=voucher.id, event="claim") == 1
    assert me.send("/vouchers/claims", "another", order)[0] == 409, "it is the key that makes it one"
    live.world.holds()


def test_a_use_whose_reply_was_lost(live: Live) -> None:
    desk = Counter(live.world)
    me = Program(live, account_of(live, desk.person), f"/me/enrol/{desk.class_id}")
    order = {"class_id": desk.class_id, "voucher_id": desk.voucher}
    me.cut("/enrolments", "half", order, after=0.8)
    me.cut("/enrolments", "lost", order)
    wait_for(lambda: count(live, Enrolment, person_id=desk.person) > 0)
    status, told = me.send("/enrolments", "lost", order)
    assert (status, me.send("/enrolments", "lost", order)) == (201, (201, told))
    with live.world.db() as db:
        (place,) = db.scalars(select(Enrolment).where(Enrolment.person_id == desk.person)).all()
    assert told["enrolment_id"] == place.id
    assert count(live, Redemption, voucher_id=desk.voucher) == 1
    live.world.holds()


def test_a_confirmed_code_whose_reply_was_lost(live: Live) -> None:
    desk = Counter(live.world)
    clerk = Program(live, staff(live, Role.INSTITUTION_CLERK, desk.stage.school), "/org/scan")
    status, found = clerk.send("/org/codes", "read", {"class_id": desk.class_id, "code": desk.show()})
    assert status == 201
    path, order = f"/org/codes/{found['code_id']}/confirm", {"class_id": desk.class_id}
    clerk.cut(path, "lost", order)
    wait_for(lambda: desk.uses() > 0)
    status, told = clerk.send(path, "lost", order)
    assert (status, clerk.send(path, "lost", order)) == (201, (201, told))
    assert clerk.send(path, "another", order)[1]["code"] == "voucher_code.used"
    assert (desk.uses(), count(live, Enrolment, person_id=desk.person)) == (1, 1)
    live.world.holds()

