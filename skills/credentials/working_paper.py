"""The auditor's working paper: how a sample was drawn and what was found, sealed, with all that it takes to draw it again."""

from __future__ import annotations

import json
from dataclasses import asdict
from datetime import date, datetime
from functools import cache
from typing import Any

import weasyprint
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from weasyprint.text.fonts import FontConfiguration

from skills.config import resources
from skills.credentials import fonts
from skills.credentials.claims import level_words
from skills.credentials.paper import AssetFetcher, Blocked
from skills.credentials.queries.sampling import CaseLine, SampleLine
from skills.credentials.states import FINDING, FindingState, SampleState
from skills.credentials.words import TITLES
from skills.kernel.clock import SHANGHAI, shanghai_day

KINDS = {"": "全部", "level": "职业技能等级证书", "completion": "培训合格证书", "competition": "竞赛获奖证书"}


def pdf(held: SampleLine, population: bytes, issuer: str, host: str) -> bytes:
    """The paper as PDF/A-3u, not yet sealed; the same sample gives the same bytes.

    population  the file that was drawn from (`rules.sampling.write`), attached as it is
    issuer      the name of the body that the population was narrowed to, empty for all

    Names of holders are not printed. Until the sample is closed the paper calls itself a draft. Raises ValueError for
    a sample that was not drawn.
    """
    if held.drawn_at is None or held.announced is None:
        raise ValueError("nothing was drawn")
    latest = held.ended_at or held.drawn_at
    html = _template().render(
        held=held,
        kind=KINDS[held.criteria.kind],
        issuer=issuer or "全部",
        since=held.criteria.since,
        until=held.criteria.until,
        planned_at=_moment(held.planned_at),
        drawn_at=_moment(held.drawn_at),
        ended_at=_moment(held.ended_at) if held.ended_at else "",
        stamp=latest.strftime("%Y-%m-%dT%H:%M:%SZ"),
        rows=[_row(case) for case in held.cases],
        remarks=[case for case in held.cases if case.remark],
        counts=[(FINDING.words[state][0], held.found(state)) for state in FindingState],
        closed=held.state == SampleState.CLOSED,
        index=held.announced.index,
        checkpoint=held.announced.checkpoint.strip().splitlines(),
        host=host,
    )
    letters = "".join(sorted(set(html)))
    assets = {role: ("font/otf", fonts.face(role).cut(letters)) for role in fonts.FACES}
    files = [
        weasyprint.Attachment(
            string=data, name=name, description=about, relationship="Data", created=latest, modified=latest
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
    """What was drawn and found, for programs: `skills redraw` reads it."""
    plan = held.announced
    body = {
        "sample": held.id,
        "state": held.state,
        "seed": held.seed,
        "size": held.size,
        "population": held.population,
        "population_sha256": held.digest,
        "planned_at": held.planned_at.isoformat(),
        "drawn_at": held.drawn_at.isoformat() if held.drawn_at else None,
        "risk": asdict(held.risk) if held.risk else None,
        "plan": asdict(plan) if plan else None,
        "cases": [
            {"number": c.number, "weight": c.weight, "key": c.key, "verdict": c.verdict, "log_index": c.log_index,
             "finding": c.state, "found_at": c.found_at.isoformat() if c.found_at else None}
            for c in held.cases
        ],
    }  # fmt: skip
    return json.dumps(body, ensure_ascii=False, indent=1).encode()


def file_name(planned_at: datetime) -> str:
    """A name for the paper."""
    return f"working-paper-{shanghai_day(planned_at).isoformat()}.pdf"


def _moment(at: datetime) -> str:
    return at.astimezone(SHANGHAI).strftime("%Y-%m-%d %H:%M:%S +08:00")


def what_of(claims: dict[str, Any]) -> str:
    """What a certificate is for: occupation and level, or the award."""
    level = level_words(claims.get("level_rank"), date.fromisoformat(claims["issued_on"]))
    return f"{claims['occupation_name']} {level}" if level else str(claims["award"])


def _row(case: CaseLine) -> dict[str, Any]:
    return {
        "place": case.place, "number": case.number, "what": what_of(case.claims), "issuer": case.claims["issuer_name"],
        "weight": case.weight, "key": case.key, "verdict": TITLES[case.verdict][0][0],
        "index": "待入日志" if case.log_index is None else str(case.log_index),
        "finding": FINDING.words[FindingState(case.state)][0],
    }  # fmt: skip


@cache
def _template() -> Any:
    environment = Environment(
        loader=FileSystemLoader(resources("templates") / "paper"), autoescape=True, undefined=StrictUndefined
    )
    return environment.get_template("working_paper.html")
