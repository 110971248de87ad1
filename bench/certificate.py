"""Certificates on one core: the lane, plain WeasyPrint and typst on the same page; and a whole issue beside the plain page."""

from __future__ import annotations

import io
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from datetime import time as clock_time
from pathlib import Path

import typst
import weasyprint
from weasyprint.urls import URLFetcherResponse

from bench.result import Result
from bench.scene import Scene
from skills.credentials import cose, fonts, lane, paper
from skills.credentials.jobs import _sealed_pdf
from skills.credentials.proof import look_over
from skills.credentials.queries import print_job
from skills.credentials.queries.designs import InForce
from skills.credentials.rules.designs import HOUSE, HOUSE_EDITION
from skills.credentials.signing import Signer
from skills.kernel.jobs import Bench

ROUNDS = 8
QUICK_ROUNDS = 200
ISSUES = 40
NAMES = ("陈星宇", "王小明", "李思远", "周子涵", "吴雨桐", "欧阳明", "赵一诺", "孙浩然")


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
        try:
            return of(scene)
        finally:
            scene.close()


def of(scene: Scene, rounds: int = ROUNDS, quick_rounds: int = QUICK_ROUNDS, issues: int = ISSUES) -> list[Result]:
    """The same in a scene that stands; how often each is made, by how long it takes."""
    number, _ = scene.certificate()
    office = scene.works.office
    row = office.ask(lambda db: scene.row_id(db, number))
    ready = office.ask(lambda db: print_job(db, row))
    assert ready is not None
    signer = office.tools[Signer]
    assert isinstance(signer, Signer)
    bench = Bench("bench", office)
    printed = InForce(HOUSE_EDITION, HOUSE["level"])
    sheet = paper.Sheet(
        claims=ready.claims, message=ready.code, public_base=scene.works.settings.public_base,
        badge=ready.credential, receipt=b"{}", made_at=office.clock.now(), synthetic=True,
    )  # fmt: skip
    sheets = [replace(sheet, claims=replace(sheet.claims, holder_name=name)) for name in NAMES]
    fills = [paper.fill(one) for one in sheets]
    layout = paper.layout(paper.design_of(sheet))
    bed = lane.lay(layout, fills[0])
    quick = _per_second(_round(fills, bed.print), quick_rounds)
    filling = _per_second(_round(sheets, lambda one: bed.print(paper.fill(one))), quick_rounds)
    page = bed.print(fills[0])
    looking = _per_second(lambda: look_over(sheets[0], page), quick_rounds)
    plain = _per_second(_round(fills, lambda one: paper.print_page(layout, one)), rounds)
    naive = _per_second(lambda: _naive(layout, fills[0]), rounds)
    typeset = _per_second(_typst(sheet), rounds)
    at = datetime.combine(ready.claims.issued_on, clock_time(4), UTC)

    def whole() -> bytes:
        """What one issue costs on a core, but for the database: credential, code, page, seal."""
        signer.credential(ready.claims, 7, at)
        signer.code(ready.claims, 7, at)
        return _sealed_pdf(bench, ready, printed)

    whole()
    issued = _per_second(whole, issues)
    size = len(whole())
    return [
        Result("one page by the lane", "pages/s", quick, plain, "plain WeasyPrint, same page, cut fonts", 50.0),
        Result("the same, with its code drawn and its texts fitted", "pages/s", filling, plain, "plain WeasyPrint, cut fonts", None),
        Result("every rule about a paper asked of the finished file", "pages/s", looking, plain, "plain WeasyPrint, cut fonts", None),
        Result("the same page by typst (texts, code, frame)", "pages/s", typeset, plain, "plain WeasyPrint, cut fonts", None),
        Result("plain WeasyPrint with the system's fonts", "pages/s", naive, plain, "plain WeasyPrint, cut fonts", None),
        Result(f"a whole issue, sealed ({size / 1024:.0f} KB, {1000 / issued:.0f} ms)", "certificates/s", issued, plain,
               "plain WeasyPrint, one page", None),
    ]  # fmt: skip


def _naive(layout: paper.Layout, filled: paper.Fill) -> bytes:
    fetcher = SystemFonts({"qr": ("image/png", filled.pictures["qr"])})
    page = weasyprint.HTML(string=layout.html(filled), base_url="asset:", url_fetcher=fetcher)
    data: bytes = page.write_pdf()
    return data


def _typst(sheet: paper.Sheet) -> Callable[[], bytes]:
    """A page of the same texts, code and frame, as a typst program that is compiled anew for each certificate."""
    filled = paper.fill(sheet)
    family = fonts.face("text").pattern.partition(":")[0]
    rows = "\n".join(
        f'#place(top + left, dx: {77 + 99 * (n % 2)}mm, dy: {95 + 13 * (n // 2)}mm, text(size: 13pt, sys.inputs.at("{name}")))'
        for n, name in enumerate(filled.texts)
    )
    source = f"""#set page(width: 297mm, height: 210mm, margin: 0mm)
#set text(font: "{family}", size: 12pt, lang: "zh")
#place(top + left, dx: 10mm, dy: 10mm, rect(width: 277mm, height: 190mm, stroke: 1pt))
#place(top + center, dy: 25mm, text(size: 34pt, weight: "bold", sys.inputs.title))
#place(top + left, dx: 77mm, dy: 69mm, box(width: 190mm, text(size: 13pt, sys.inputs.statement)))
{rows}
#place(top + left, dx: 28mm, dy: 135mm, image("qr.png", width: 38mm))"""
    folder = tempfile.mkdtemp(prefix="skills-typst-")
    (Path(folder) / "qr.png").write_bytes(filled.pictures["qr"])
    (Path(folder) / "page.typ").write_text(source, "utf-8")
    compiler = typst.Compiler(str(Path(folder) / "page.typ"), root=folder)
    values = {name: "".join(text.parts) for name, text in filled.texts.items()}
    values |= {"title": filled.title, "statement": str(paper.layout(paper.design_of(sheet)).values["statement"])}
    turn = iter(range(10**9))

    def work() -> bytes:
        symbol = cose.qr_symbol(cose.qr_url(sheet.public_base, sheet.claims.number, sheet.message))
        io.BytesIO(symbol.png)
        data: bytes = compiler.compile(sys_inputs=values | {"name": NAMES[next(turn) % len(NAMES)]}, format="pdf")
        return data

    return work


def _round(items: list, work: Callable) -> Callable[[], object]:  # type: ignore[type-arg]
    """Work on one item after another, round and round."""
    turn = iter(range(10**9))
    return lambda: work(items[next(turn) % len(items)])


def _per_second(work: Callable[[], object], rounds: int) -> float:
    for _ in range(min(rounds, 8)):
        work()
    start = time.perf_counter()
    for _ in range(rounds):
        work()
    return rounds / (time.perf_counter() - start)
