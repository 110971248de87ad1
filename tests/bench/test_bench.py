"""The measurements run, do real work, and give a ratio."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from bench import certificate, claims, issuing, redemption, sealing, sqlite
from bench.load import requests_per_second
from bench.result import Result
from bench.scene import Scene
from bench.servers import serving


@pytest.mark.soak  # `make bench` stands on it as well
def test_the_scene_serves_a_real_certificate_which_is_made_beside_a_plain_page(tmp_path: Path) -> None:
    scene = Scene(tmp_path)
    number, name = scene.certificate()
    results = certificate.of(scene, rounds=2, quick_rounds=8, issues=2)
    scene.close()
    assert len(number) == 22
    assert name
    with serving("skills.wsgi:app", scene.environ) as port:
        asked = f"GET /v/{number} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode()
        assert requests_per_second(port, asked, clients=1, connections=1) > 0
    assert {"one page by the lane", "the same page by typst (texts, code, frame)"} <= {r.name for r in results}
    assert all(result.ratio > 0 for result in results)
    assert results[0].ratio > 10, "the lane is far quicker than the plain page"


def test_redemptions_are_replayed_statement_by_statement() -> None:
    (result,) = redemption.measure(count=8)
    assert result.ours > 0
    assert result.beside > 0


@pytest.mark.parametrize(
    ("measure", "count"), [(sealing.measure, 20), (sqlite.measure, 8), (issuing.measure, 60), (claims.measure, 80)],
    ids=["sealing", "sqlite", "issuing", "claims"],
)  # fmt: skip
def test_what_vouchers_promise_is_measured(
    measure: Callable[[int], list[Result]], count: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(redemption, "ROUNDS", 1)
    for result in measure(count):
        assert result.ours > 0
        assert result.beside > 0
