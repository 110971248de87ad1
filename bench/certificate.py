"""One certificate, sealed, beside plain WeasyPrint on the same page."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import weasyprint
from weasyprint.urls import URLFetcherResponse

from bench.result import Result
from bench.scene import Scene
from skills.credentials import paper
from skills.credentials.jobs import _sealed_pdf
from skills.credentials.queries import print_job
from skills.credentials.queries.designs import InForce
from skills.credentials.rules.designs import HOUSE, HOUSE_EDITION
from skills.kernel.jobs import Bench

ROUNDS = 8


class SystemFonts(paper.AssetFetcher):
    """The page's own picture, and no fonts of its own: the system's are used."""

    def fetch(self, url: str, headers: object = None) -> URLFetcherResponse:
        try:
            return super().fetch(url, headers)
        except paper.Blocked:
            return URLFetcherResponse(url, b"", {"Content-Type": "font/otf"})


def measure() -> list[Result]:
    """Certificates a second on one core, at steady state."""
    with tempfile.TemporaryDirectory() as folder:
        scene = Scene(Path(folder))
        number, _ = scene.certificate()
        office = scene.works.office
        row = office.ask(lambda db: scene.row_id(db, number))
        ready = office.ask(lambda db: print_job(db, row))
        assert ready is not None
        bench = Bench("bench", office)
        printed = InForce(HOUSE_EDITION, HOUSE["level"])
        ours = _per_second(lambda: _sealed_pdf(bench, ready, printed))
        size = len(_sealed_pdf(bench, ready, printed))
        sheet = paper.Sheet(
            claims=ready.claims, message=ready.code, public_base=scene.works.settings.public_base,
            badge=ready.credential, receipt=b"{}", made_at=office.clock.now(), synthetic=True,
        )  # fmt: skip
        filled = paper.fill(sheet)
        page = paper.layout(paper.design_of(sheet)).html(filled)
        fetcher = SystemFonts({"qr": ("image/png", filled.pictures["qr"])})
        plain = _per_second(
            lambda: weasyprint.HTML(string=page, base_url="asset:", url_fetcher=fetcher).write_pdf()
        )
        scene.close()
    return [
        Result(f"one certificate, sealed ({size / 1024:.0f} KB)", "certificates/s", ours, plain,
               "plain WeasyPrint, same page, system fonts", None),
    ]  # fmt: skip


def _per_second(work: Callable[[], object]) -> float:
    work()
    start = time.perf_counter()
    for _ in range(ROUNDS):
        work()
    return ROUNDS / (time.perf_counter() - start)
