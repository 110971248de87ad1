"""What the page of a verdict shows: state first, then what to compare with the paper, then the rest."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

from skills.credentials.claims import NO_BRANCH, level_words
from skills.credentials.inspection.answer import CANNOT_CHECK, Answer
from skills.credentials.inspection.look import inspect_text
from skills.credentials.inspection.trust import Trust
from skills.credentials.national import National, national
from skills.credentials.on_record import OnRecord
from skills.credentials.pairs import answered, verdict
from skills.credentials.queries import CertificateLine, by_index, certificate, happened
from skills.credentials.signing import Signer
from skills.credentials.verdicts import State
from skills.credentials.words import LEVEL_MEANS, REASONS, STEPS_SAID, TITLES, title_of
from skills.kernel.clock import shanghai_day
from skills.web.i18n import day, moment
from skills.web.pages import db, lang, office, say, today, tool

Facts = tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Result:
    """What the page of a verdict shows.

    name      the holder's, to compare with the paper; only for who holds the code or the file, or typed it
    means     what the level means
    steps     each with True, False or None (could not be checked)
    source    the name of the file that was sent
    """

    missing: bool
    state: str = ""
    title: str = ""
    why: str = ""
    age: str = ""
    name: str = ""
    occupation: str = ""
    branch: str = ""
    level: str = ""
    rank: int | None = None
    means: str = ""
    facts: Facts = ()
    steps: tuple[tuple[str, bool | None], ...] = ()
    photo_url: str = ""
    source: str = ""


def trusted() -> Trust:
    """The public files, as this installation publishes them now."""
    signer = tool(Signer)
    return signer.public_files({}, office().clock.now())


def judge_code(code: str) -> Answer:
    """The verdict over a code that was sent: the browser's rules, and the record's word on top of them."""
    trust = trusted()
    return inspect_text(code, trust, now(), OnRecord(db(), trust))


def now() -> int:
    """The present moment in epoch seconds."""
    return int(office().clock.now().timestamp())


def state_of(line: CertificateLine) -> State:
    """The verdict over a stored certificate."""
    return verdict(line.state, line.claims.expires_on, today())


def of_certificate(line: CertificateLine, typed: str) -> Result:
    """The answer to number and name."""
    state = answered(state_of(line), line.erased)
    title, why = title_of(state, line.kind)
    claims = line.claims
    return Result(
        missing=False,
        state=state,
        title=say(*title),
        why=say(*why),
        age=_as_of(office().clock.now()),
        name=typed if typed == claims.holder_name else "",
        occupation=claims.occupation_name,
        branch=claims.branch if claims.branch != NO_BRANCH else "",
        level=claims.level_words,
        rank=claims.level_rank,
        means=_means(claims.level_rank),
        facts=_facts(line),
    )


def of_answer(answer: Answer, source: str = "") -> Result:
    """The answer to a code, or to a file called `source`. Who holds it sees the full name."""
    title, why = TITLES[answer.state]
    steps = tuple((say(*STEPS_SAID[step]), passed) for step, passed in answer.steps)
    if answer.subject is None:
        said = say(*REASONS[answer.reason]) if answer.reason else say(*why)
        shown = () if answer.state == CANNOT_CHECK else steps
        return Result(False, answer.state, say(*title), said, steps=shown, source=source)
    subject = answer.subject
    title, why = title_of(answer.state, subject.kind, answer.erased)
    as_of = datetime.fromtimestamp(answer.status_as_of, UTC) if answer.status_as_of else None
    line = by_index(db(), subject.status_index) or certificate(db(), subject.number)
    facts = _facts(line)
    if answer.log:
        place = say(
            f"第 {answer.log.index + 1} 条，共 {answer.log.size} 条",
            f"entry {answer.log.index + 1} of {answer.log.size}",
        )
        facts = (*facts, (say("公开日志", "Public log"), place))
    return Result(
        missing=False,
        state=answer.state,
        title=say(*title),
        why=say(*why),
        age=_as_of(as_of) if as_of else "",
        name=subject.name,
        occupation=subject.occupation_name,
        branch=line.claims.branch if line.claims.branch != NO_BRANCH else "",
        level=level_words(subject.level, shanghai_day(datetime.fromtimestamp(subject.issued_at, UTC))),
        rank=subject.level,
        means=_means(subject.level),
        facts=facts,
        steps=steps,
        source=source,
    )


def of_code(code: str) -> Result:
    """The answer to a code that was sent."""
    return of_answer(judge_code(code))


def not_genuine() -> Result:
    """The answer to a code that leads elsewhere."""
    title, why = TITLES[State.NOT_GENUINE]
    return Result(missing=False, state=State.NOT_GENUINE, title=say(*title), why=say(*why))


def _facts(line: CertificateLine) -> Facts:
    """Number, issuer, filing, dates, what happened to it, and the national query: whatever applies."""
    claims = line.claims
    facts: list[tuple[str, str]] = []
    if claims.award:
        facts.append((say("项目", "Programme or award"), claims.award))
    facts += [
        (say("证书编号", "Certificate number"), line.number),
        (say("发证机构", "Issued by"), claims.issuer_name),
        (say("发证日期", "Issued on"), day(claims.issued_on, lang())),
    ]
    if claims.expires_on:
        facts.append((say("有效期至", "Valid until"), day(claims.expires_on, lang())))
    if claims.filing_number:
        facts.append((say("备案号", "Filing number"), claims.filing_number))
    facts += _story(line)
    if said := national_words(national(db(), line.id, today())):
        facts.append((say("全国查询系统", "National query"), said))
    return tuple(facts)


def _story(line: CertificateLine) -> list[tuple[str, str]]:
    """What happened to this very certificate, the way on to the one that counts, and its paper."""
    told = happened(db(), line.number, line.status_index)
    facts: list[tuple[str, str]] = []
    if told is None:
        return facts
    if told.what:
        facts.append((say("发生了什么", "What happened"), say(*told.words)))
    if told.reason:
        facts.append((say("原因类别", "Class of reason"), say(*told.reason_words)))
    if told.on is not None:
        facts.append((say("日期", "On"), day(told.on, lang())))
    if told.successor is not None:
        same = say("（编号相同，请扫新证书上的二维码）", " (the same number: scan the code on the new paper)")
        facts.append((say("新证书编号", "New certificate"), told.successor + (same if told.same_number else "")))
    if told.serial and not told.what:
        facts.append((say("有效纸质件流水码", "Print serial that counts"), told.serial))
    if told.reprints:
        ended = say(f"{told.reprints} 份，{told.paper_words[0]}", f"{told.reprints}, {told.paper_words[1]}")
        facts.append((say("已作废的旧纸", "Papers that no longer count"), ended))
    return facts


def national_words(held: National | None) -> str:
    """What the national query system can say, in one line; empty for kinds that never go there."""
    if held is None:
        return ""
    on = day(held.on, lang())
    match held.state:
        case "confirmed":
            return say(f"已于 {on} 可查", f"to be found there since {on}")
        case "returned":
            return say("已退回发证机构更正，更正后重新上传", "sent back to the issuer to be corrected, then sent again")
        case "dropped":
            return say("没有上传，不再上传", "not uploaded, and no longer to be")
        case "exported":
            return say(f"已于 {on} 送出，等待确认可查", f"sent on {on}, not yet confirmed")
    return say(
        f"尚未上传，通常需要 {held.days} 个工作日", f"not yet uploaded; this usually takes {held.days} working days"
    )


def _means(rank: int | None) -> str:
    return say(*LEVEL_MEANS[rank]) if rank else ""


def _as_of(at: datetime) -> str:
    return say(f"状态截至 {moment(at, 'zh')}", f"Status as of {moment(at, 'en')}")
