"""The auditor's working paper: how a sample was drawn and what was found, sealed, with all that it takes to draw it again."""

from __future__ import annotations

import json
from dataclasses import asdict
from datetime import datetime
from functools import cache
from typing import Any

import weasyprint
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from weasyprint.text.fonts import FontConfiguration

from skills.config import resources
from skills.credentials import fonts
from skills.credentials.claims import LEVEL_WORDS
from skills.credentials.paper import AssetFetcher, Blocked
from skills.credentials.queries.sampling import SampleLine
from skills.credentials.words import TITLES
from skills.kernel.clock import SHANGHAI, shanghai_day

KINDS = {"": "全部", "level": "职业技能等级证书", "completion": "培训合格证书", "competition": "竞赛获奖证书"}


def pdf(held: SampleLine, population: bytes, claims: dict[str, dict[str, Any]], issuer: str, host: str) -> bytes:
    """The paper as PDF/A-3u, not yet sealed; the same sample gives the same bytes.

    population  the file that was drawn from (`rules.sampling.write`), attached as it is
    claims      what the drawn certificates claim, by number; names are not printed
    issuer      the name of the body that the population was narrowed to, empty for all
    """
    html = _template().render(
        held=held,
        kind=KINDS[held.criteria.kind],
        issuer=issuer or "全部",
        since=held.criteria.since,
        until=held.criteria.until,
        drawn_at=held.drawn_at.astimezone(SHANGHAI).strftime("%Y-%m-%d %H:%M:%S +08:00"),
        stamp=held.drawn_at.strftime("%Y-%m-%dT%H:%M:%SZ"),
        rows=[_row(place, case, claims[case.number]) for place, case in enumerate(held.cases, start=1)],
        checkpoint=held.checkpoint.strip().splitlines(),
        host=host,
    )
    letters = "".join(sorted(set(html)))
    assets = {role: ("font/otf", fonts.face(role).cut(letters)) for role in fonts.FACES}
    files = [
        weasyprint.Attachment(
            string=data, name=name, description=about, relationship="Data", created=held.drawn_at, modified=held.drawn_at
        )
        for name, data, about in (
            ("population.csv", population, "Population"), ("sample.json", sample_json(held), "Sample"),
        )
    ]  # fmt: skip
    try:
        written: bytes = weasyprint.HTML(string=html, base_url="asset:", url_fetcher=AssetFetcher(assets)).write_pdf(
            font_config=FontConfiguration(), pdf_variant="pdf/a-3u", attachments=files,
            pdf_identifier=bytes.fromhex(held.digest)[:16],
        )  # fmt: skip
    except Blocked as error:  # derives from BaseException: a worker's loop would die of it
        raise ValueError(f"the page asks for {error}") from error
    return written


def sample_json(held: SampleLine) -> bytes:
    """What was drawn, for programs."""
    body = {
        "seed": held.seed,
        "size": held.size,
        "population": held.population,
        "population_sha256": held.digest,
        "drawn_at": held.drawn_at.isoformat(),
        "risk": asdict(held.risk) if held.risk else None,
        "checkpoint": held.checkpoint,
        "cases": [asdict(case) for case in held.cases],
    }
    return json.dumps(body, ensure_ascii=False, indent=1).encode()


def file_name(drawn_at: datetime) -> str:
    """A name for the paper."""
    return f"working-paper-{shanghai_day(drawn_at).isoformat()}.pdf"


def _row(place: int, case: Any, claims: dict[str, Any]) -> dict[str, Any]:
    level = LEVEL_WORDS.get(claims.get("level_rank") or 0, "")
    what = f"{claims['occupation_name']} {level}" if level else claims["award"]
    index = "待入日志" if case.log_index is None else str(case.log_index)
    return {
        "place": place, "number": case.number, "what": what, "issuer": claims["issuer_name"], "weight": case.weight,
        "key": case.key, "verdict": TITLES[case.state][0][0], "index": index,
    }  # fmt: skip


@cache
def _template() -> Any:
    environment = Environment(
        loader=FileSystemLoader(resources("templates") / "paper"), autoescape=True, undefined=StrictUndefined
    )
    return environment.get_template("working_paper.html")
