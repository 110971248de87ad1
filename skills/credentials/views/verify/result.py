"""What the page of a verdict shows, for a stored certificate and for a code."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from skills.credentials import cose, pairs, verdicts
from skills.credentials.claims import LEVEL_WORDS
from skills.credentials.queries import CertificateLine, exceptions, lookup
from skills.credentials.signing import Signer
from skills.credentials.states import REASONS
from skills.credentials.statuslist import place
from skills.credentials.verdicts import Judgement, State
from skills.credentials.views.verify.words import KIND_OF_CODE, TITLES, title_of
from skills.standards.queries import occupations
from skills.web.i18n import day, moment
from skills.web.pages import db, lang, office, say, today


@dataclass(frozen=True)
class Result:
    """What the page of a look-up shows."""

    missing: bool
    state: str = ""
    title: str = ""
    why: str = ""
    age: str = ""
    name: str = ""
    occupation: str = ""
    level: str = ""
    rank: int | None = None
    facts: tuple[tuple[str, str], ...] = ()
    steps: tuple[tuple[str, bool | None], ...] = ()
    photo_url: str = ""


def judge_code(code: str) -> Judgement:
    """The verdict of the server over a code that was sent to it: the same rules as in the browser."""
    signer = office().tools[Signer]
    assert isinstance(signer, Signer)  # noqa: S101
    now = office().clock.now()
    keys = signer.published()
    number, index = _claimed(code, keys)
    lists = {}
    if index is not None:
        wanted, _ = place(index)
        lists = {wanted: signer.phone_list(wanted, exceptions(db(), wanted), now)}
    return verdicts.judge(
        code,
        number,
        keys=keys,
        keys_fetched_at=int(now.timestamp()),
        lists=lists,
        public_base=signer.public_base,
        now=int(now.timestamp()),
    )


def _claimed(code: str, keys: dict[str, verdicts.PublishedKey]) -> tuple[str, int | None]:
    """The number and index that a code speaks of, if it is signed by us at all."""

    def find(kid: bytes) -> Any:
        if kid.hex() not in keys:
            raise cose.NotGenuine("unknown_key")
        return keys[kid.hex()].public

    try:
        payload = cose.read_payload(cose.open_signed(cose.message_of(code), find).payload)
    except cose.NotGenuine:
        return "", None
    return payload.number, payload.status_index


def state_of(line: CertificateLine) -> State:
    """The verdict over a stored certificate."""
    return pairs.verdict(line.state, line.claims.expires_on, today())


def of_certificate(line: CertificateLine, typed: str) -> Result:
    state = state_of(line)
    claims = line.claims
    (zh, en), (why_zh, why_en) = title_of(state, line.kind)
    facts = [
        (say("证书编号", "Certificate number"), line.number),
        (say("发证机构", "Issued by"), claims.issuer_name),
        (say("发证日期", "Issued on"), day(claims.issued_on, lang())),
    ]
    if claims.award:
        facts.insert(0, (say("项目", "Programme or award"), claims.award))
    if claims.branch != "--":
        facts.insert(0, (say("工种/职业方向", "Branch"), claims.branch))
    if claims.filing_number:
        facts.append((say("备案号", "Filing number"), claims.filing_number))
    if line.revoked_on and line.reason in REASONS:
        facts.append((say("原因类别", "Class of reason"), say(*REASONS[line.reason])))
        facts.append((say("撤销日期", "Revoked on"), moment(line.revoked_on, lang())))
    if line.replaced_by:
        facts.append((say("新证书编号", "New certificate"), line.replaced_by))
    national = say("尚未上传，通常需要数个工作日", "not yet uploaded; this usually takes a few working days")
    if line.kind == "level":
        facts.append((say("全国查询系统", "National query"), national))
    return Result(
        missing=False,
        state=state,
        title=say(zh, en),
        why=say(why_zh, why_en),
        age=say(f"状态截至 {moment(office().clock.now(), 'zh')}", f"Status as of {moment(office().clock.now(), 'en')}"),
        name=typed if typed == claims.holder_name else "",
        occupation=claims.occupation_name,
        level=claims.level_words,
        rank=claims.level_rank,
        facts=tuple(facts),
    )


def of_code(code: str) -> Result:
    judged = judge_code(code)
    if judged.payload is None:
        return not_genuine()
    payload = judged.payload
    (zh, en), (why_zh, why_en) = title_of(judged.state, KIND_OF_CODE[payload.kind])
    names = {o.code: o.name for o in occupations(db())}
    found = lookup(db(), payload.number, payload.name)
    facts = [(say("证书编号", "Certificate number"), payload.number)]
    if payload.award:
        facts.append((say("项目", "Programme or award"), payload.award))
    if found is not None:
        facts.append((say("发证机构", "Issued by"), found.claims.issuer_name))
        facts.append((say("发证日期", "Issued on"), day(found.claims.issued_on, lang())))
        if found.claims.filing_number:
            facts.append((say("备案号", "Filing number"), found.claims.filing_number))
        if found.replaced_by:
            facts.append((say("新证书编号", "New certificate"), found.replaced_by))
    return Result(
        missing=False,
        state=judged.state,
        title=say(zh, en),
        why=say(why_zh, why_en),
        name=payload.name,
        occupation=names.get(payload.occupation or "", ""),
        level=LEVEL_WORDS.get(payload.level or 0, ""),
        rank=payload.level,
        facts=tuple(facts),
    )


def not_genuine() -> Result:
    (zh, en), (why_zh, why_en) = TITLES[State.NOT_GENUINE]
    return Result(missing=False, state=State.NOT_GENUINE, title=say(zh, en), why=say(why_zh, why_en))
