"""A sample of a design to look at: every field filled, 样张 across the page, of no person and with no number."""

from __future__ import annotations

import subprocess
from datetime import date, datetime
from functools import lru_cache

from skills.credentials import paper
from skills.credentials.claims import Claims, Kind
from skills.credentials.queries.designs import InForce

NUMBERS: dict[Kind, str] = {"level": "S" + "0" * 21, "completion": "PX-0000-0000000", "competition": "JS-0000-000"}
DPI = 110


def sheet(printed: InForce, issuer_name: str, public_base: str, made_at: datetime, day: date) -> paper.Sheet:
    """What a sample is printed from. Its QR holds bytes that nobody signed: whoever scans it is told so."""
    kind = printed.look.kind
    claims = Claims(
        kind=kind,
        number=NUMBERS[kind],
        holder_name="陈星宇",
        document_kind="居民身份证",
        document_masked="500000********0000",
        issuer_name=issuer_name,
        issued_on=day,
        filing_number="S000000000000",
        occupation_code="4-04-05-05",
        occupation_name="人工智能训练师",
        branch="数据标注员",
        level_rank=4 if kind == "level" else None,
        award={"level": "", "completion": "软件测试工程实践", "competition": "数字技能大赛 一等奖"}[kind],
        hours="120 学时" if kind == "completion" else "",
        score={"level": "", "completion": "88 分", "competition": "第 1 名"}[kind],
    )
    return paper.Sheet(
        claims=claims, message=bytes(150), public_base=public_base, badge=b"{}", receipt=b"{}", made_at=made_at,
        look=printed.look, logo=printed.logo, seal=printed.seal, preview="样张",
    )  # fmt: skip


def pdf(printed: InForce, issuer_name: str, public_base: str, made_at: datetime, day: date) -> bytes:
    """The sample as it would be printed."""
    return paper.pdf(sheet(printed, issuer_name, public_base, made_at, day))


def of_certificate(
    printed: InForce, claims: Claims, document_number: str, public_base: str, made_at: datetime, photo: bytes | None = None
) -> bytes:
    """A certificate as it will look, 预览 across the page: unsigned, its QR of bytes that nobody signed."""
    return paper.pdf(
        paper.Sheet(
            claims=claims, message=bytes(150), public_base=public_base, badge=b"{}", receipt=b"{}", made_at=made_at,
            document_number=document_number, look=printed.look, logo=printed.logo, seal=printed.seal, preview="预览", photo=photo,
        )
    )  # fmt: skip


@lru_cache(maxsize=24)
def png(printed: InForce, issuer_name: str, public_base: str, made_at: datetime, day: date) -> bytes:
    """The sample as a picture, 1287 pixels wide. Pass a rounded `made_at`: the same question is drawn once."""
    command = ["pdftoppm", "-png", "-r", str(DPI), "-singlefile", "-"]
    data = pdf(printed, issuer_name, public_base, made_at, day)
    return subprocess.run(command, input=data, capture_output=True, check=True, timeout=60).stdout  # noqa: S603 fixed words

