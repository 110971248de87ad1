"""Writing a training standard, asking experts, putting it on notice, publishing it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import func, select

from skills.accounts import queries as accounts
from skills.accounts.rules import GRANTS, Role
from skills.kernel.acts import Act, action
from skills.kernel.errors import Missing, Refusal
from skills.messages import actions as messages
from skills.standards import queries as standards
from skills.standards.rules import Level
from skills.training_standards import rules
from skills.training_standards.models import StandardReview, StandardVersion, TrainingStandard
from skills.training_standards.queries import unanswered
from skills.training_standards.rules import MOST_TASKS, Opinion, Task
from skills.training_standards.states import STANDARD, StandardState

DRAFT, REVIEW, PUBLISH = "training_standard.draft", "training_standard.review", "training_standard.publish"
EXPERTS = tuple(role for role in Role if REVIEW in GRANTS[role])


@dataclass(frozen=True)
class StandardMade:
    """A version of a standard after an act upon it. `code` is the standard's number once it is published."""

    standard_id: str
    version_id: str
    number: int
    state: str
    code: str


@action("training_standard.draft", may=DRAFT)
def draft(act: Act, title: str, occupation: str, levels: tuple[int, ...]) -> StandardMade:
    """Begin a standard. Raises Missing("occupation.unknown"), Refusal("training_standard.invalid")."""
    standards.occupation(act.db, occupation)
    ranks = sorted(set(levels))
    if not title.strip() or not ranks or any(n not in list(Level) for n in ranks):
        raise Refusal("training_standard.invalid")
    row = act.add(TrainingStandard(id=act.new_id(), title=title.strip()[:60], occupation=occupation, levels=ranks, begun_at=act.at))
    return _made(act, _version(act, row, 1, {"tasks": []}))


@action("training_standard.next", may=DRAFT)
def next_version(act: Act, standard_id: str) -> StandardMade:
    """Begin the next version from the one in force. Raises Missing, Refusal("training_standard.open_already")."""
    row = act.get(TrainingStandard, id=standard_id)
    held = act.find(StandardVersion, standard_id=standard_id, state=StandardState.PUBLISHED)
    last = act.db.scalar(select(func.max(StandardVersion.number)).where(StandardVersion.standard_id == standard_id)) or 0
    if held is None or held.number != last:
        raise Refusal("training_standard.open_already")
    return _made(act, _version(act, row, last + 1, held.body))


@action("training_standard.put_task", may=DRAFT)
def put_task(
    act: Act, version_id: str, name: str, skills: str, knowledge: str, hours: Mapping[str, int], position: int | None = None
) -> StandardMade:
    """Add a task to a draft, or change the one at a position (from 0). Skills and knowledge: one a line; hours by rank.

    Raises Missing, Refusal("training_standard.not_draft", "training_standard.task_invalid", "training_standard.too_many_tasks",
    "training_standard.task_twice").
    """
    version, row = _draft(act, version_id)
    task = Task(name.strip()[:60], rules.lines(skills[:4000]), rules.lines(knowledge[:4000]), {int(k): v for k, v in hours.items() if v})
    rules.may_hold(task, row.levels).or_refuse()
    tasks = list(rules.from_json(version.body))
    if position is not None and not 0 <= position < len(tasks):
        raise Missing("training_standard.task_unknown")
    if any(t.name == task.name for n, t in enumerate(tasks) if n != position):
        raise Refusal("training_standard.task_twice", name=task.name)
    if position is not None:
        tasks[position] = task
    elif len(tasks) >= MOST_TASKS:
        raise Refusal("training_standard.too_many_tasks", most=MOST_TASKS)
    else:
        tasks.append(task)
    version.body = rules.to_json(tasks)
    return _made(act, version)


@action("training_standard.drop_task", may=DRAFT)
def drop_task(act: Act, version_id: str, position: int) -> StandardMade:
    """Take a task out of a draft. Raises Missing, Refusal("training_standard.not_draft")."""
    version, _ = _draft(act, version_id)
    tasks = list(rules.from_json(version.body))
    if not 0 <= position < len(tasks):
        raise Missing("training_standard.task_unknown")
    version.body = rules.to_json(tasks[:position] + tasks[position + 1 :])
    return _made(act, version)


@action("training_standard.name_expert", may=DRAFT)
def name_expert(act: Act, version_id: str, account_id: str) -> StandardMade:
    """Name an expert for a draft: somebody with the right to review who did not write it.

    Raises Missing, Refusal("training_standard.no_expert", "training_standard.named_already").
    """
    version, _ = _draft(act, version_id)
    _name(act, version, account_id)
    return _made(act, version)


@action("training_standard.unname_expert", may=DRAFT)
def unname_expert(act: Act, version_id: str, account_id: str) -> StandardMade:
    """Take an expert off a draft: nobody has been asked yet. Raises Missing, Refusal("training_standard.not_draft")."""
    version, _ = _draft(act, version_id)
    _named(act, version_id, account_id).ended_at = act.at
    return _made(act, version)


@action("training_standard.replace_expert", may=PUBLISH)
def replace_expert(act: Act, version_id: str, account_id: str, instead: str, reason: str) -> StandardMade:
    """Name another expert for one who has not answered, with the reason, which both of them read.

    An opinion that was given stands. Who wrote the version does not choose who judges it while it is judged.
    Raises Missing, Refusal("training_standard.own_work", "training_standard.words_needed", "training_standard.not_in_review",
    "training_standard.answered", "training_standard.no_expert", "training_standard.named_already").
    """
    version = _others(act, version_id)
    if version.state != StandardState.IN_REVIEW:
        raise Refusal("training_standard.not_in_review")
    if not reason.strip():
        raise Refusal("training_standard.words_needed")
    silent = _named(act, version_id, account_id)
    if silent.given_at is not None:
        raise Refusal("training_standard.answered")
    _name(act, version, instead)
    silent.ended_at, silent.ended_reason = act.at, reason.strip()[:400]
    title = act.get(TrainingStandard, id=version.standard_id).title
    messages.send(act, code="training_standard.told_replaced", account_id=account_id, title=title, reason=silent.ended_reason)
    messages.send(act, code="training_standard.told_expert", account_id=instead, title=title, link=version_id)
    return _made(act, version)


@action("training_standard.submit", may=DRAFT)
def submit(act: Act, version_id: str) -> StandardMade:
    """Ask the named experts. Raises Missing, Refusal("training_standard.not_ready") with everything that is missing."""
    version, row = _draft(act, version_id)
    tasks, reviews = rules.from_json(version.body), _reviews(act, version_id)
    before = act.find(StandardVersion, standard_id=row.id, state=StandardState.PUBLISHED)
    changed = before is None or bool(rules.compare(rules.from_json(before.body), tasks))
    needed = int(standards.value(act.db, "training_standard.experts", act.today))
    rules.may_review(tasks, row.levels, len(reviews), needed, changed).or_refuse()
    act.move(version, STANDARD, "submit", reason="")
    for review in reviews:
        messages.send(act, code="training_standard.told_expert", account_id=review.account_id, title=row.title, link=version_id)
    return _made(act, version)


@action("training_standard.review", may=REVIEW)
def give_opinion(act: Act, version_id: str, agrees: bool, words: str) -> StandardMade:
    """What one says as a named expert, once. Raises Missing, Refusal("training_standard.not_asked", "training_standard.words_needed")."""
    version = act.get(StandardVersion, id=version_id)
    review = act.find(StandardReview, version_id=version_id, account_id=act.actor.account, ended_at=None)
    if review is None or review.given_at is not None or version.state != StandardState.IN_REVIEW:
        raise Refusal("training_standard.not_asked")
    if not agrees and not words.strip():
        raise Refusal("training_standard.words_needed")
    review.agrees, review.words, review.given_at = agrees, words.strip()[:1000], act.at
    return _made(act, version)


@action("training_standard.send_back", may=PUBLISH)
def send_back(act: Act, version_id: str, reason: str) -> StandardMade:
    """Send a version back to its draft: opinions are asked anew, of those who may still give one; all of them and who wrote
    it are told. Raises Missing, Refusal("training_standard.words_needed").
    """
    if not reason.strip():
        raise Refusal("training_standard.words_needed")
    version = act.get(StandardVersion, id=version_id)
    back_to_draft(act, version, reason.strip()[:400])
    return _made(act, version)


def back_to_draft(act: Act, version: StandardVersion, reason: str) -> None:
    """Part of an act: the version is a draft again, its experts are asked anew once it is handed in, everybody concerned is told."""
    version_id = version.id
    act.move(version, STANDARD, "send_back", reason=reason, noticed_on=None, notice_until=None)
    title, concerned, able = act.get(TrainingStandard, id=version.standard_id).title, [version.drafted_by], _able(act)
    for review in _reviews(act, version_id):
        review.ended_at = act.at
        act.db.flush()
        concerned.append(review.account_id)
        if review.account_id in able:  # who left since would be waited for without end
            act.add(StandardReview(id=act.new_id(), version_id=version_id, account_id=review.account_id, named_at=act.at, agrees=None))
    for account_id in dict.fromkeys(concerned):
        if accounts.find_account(act.db, account_id) is not None:
            messages.send(act, code="training_standard.told_back", account_id=account_id, title=title, reason=version.reason)


@action("training_standard.give_notice", may=PUBLISH)
def give_notice(act: Act, version_id: str) -> StandardMade:
    """Put a version on public notice. Raises Missing, Refusal("training_standard.own_work", "training_standard.not_agreed")."""
    version = _others(act, version_id)
    STANDARD.check(version.state, "give_notice")
    needed = int(standards.value(act.db, "training_standard.experts", act.today))
    percent = int(standards.value(act.db, "training_standard.agree_percent", act.today))
    rules.may_give_notice([Opinion(r.agrees) for r in _reviews(act, version_id)], needed, percent).or_refuse()
    days = int(standards.value(act.db, "training_standard.notice_days", act.today))
    act.move(version, STANDARD, "give_notice", noticed_on=act.today, notice_until=act.today + timedelta(days=days))
    return _made(act, version)


@action("training_standard.publish", may=PUBLISH)
def publish(act: Act, version_id: str) -> StandardMade:
    """Publish a version after its notice, when every objection is answered; the one before gives way.

    Raises Missing, Refusal("training_standard.own_work", "training_standard.not_publishable").
    """
    version = _others(act, version_id)
    STANDARD.check(version.state, "publish")
    rules.may_publish(version.notice_until, act.today, unanswered(act.db, version_id)).or_refuse()
    row = act.get(TrainingStandard, id=version.standard_id)
    before = act.find(StandardVersion, standard_id=row.id, state=StandardState.PUBLISHED)
    if before is not None:
        act.move(before, STANDARD, "replace", replaced_on=act.today)
    if row.number is None:
        year = act.today.year
        used = act.db.scalars(select(TrainingStandard.number).where(TrainingStandard.number.like(f"PXBZ-{year}-%"))).all()
        row.number = rules.number_of(year, 1 + max((int(str(n)[-3:]) for n in used), default=0))
    act.move(version, STANDARD, "publish", published_on=act.today, published_by=act.actor.account)
    return _made(act, version)


def _version(act: Act, row: TrainingStandard, number: int, body: dict[str, object]) -> StandardVersion:
    return act.add(StandardVersion(
        id=act.new_id(), standard_id=row.id, number=number, body=body, state=StandardState.DRAFT, drafted_by=act.actor.account,
        drafted_at=act.at,
    ))  # fmt: skip


def _draft(act: Act, version_id: str) -> tuple[StandardVersion, TrainingStandard]:
    version = act.get(StandardVersion, id=version_id)
    if version.state != StandardState.DRAFT:
        raise Refusal("training_standard.not_draft")
    return version, act.get(TrainingStandard, id=version.standard_id)


def _able(act: Act) -> set[str]:
    """Accounts that may be asked for an opinion."""
    return {s.account_id for s in accounts.staff_of_roles(act.db, EXPERTS)}


def _name(act: Act, version: StandardVersion, account_id: str) -> None:
    if account_id not in _able(act) or account_id == version.drafted_by:
        raise Refusal("training_standard.no_expert")
    if act.find(StandardReview, version_id=version.id, account_id=account_id, ended_at=None):
        raise Refusal("training_standard.named_already")
    act.add(StandardReview(id=act.new_id(), version_id=version.id, account_id=account_id, named_at=act.at, agrees=None))


def _named(act: Act, version_id: str, account_id: str) -> StandardReview:
    review = act.find(StandardReview, version_id=version_id, account_id=account_id, ended_at=None)
    if review is None:
        raise Missing("training_standard.expert_unknown")
    return review


def _others(act: Act, version_id: str) -> StandardVersion:
    version = act.get(StandardVersion, id=version_id)
    if version.drafted_by == act.actor.account and not act.actor.everything:
        raise Refusal("training_standard.own_work")
    return version


def _reviews(act: Act, version_id: str) -> list[StandardReview]:
    chosen = select(StandardReview).where(StandardReview.version_id == version_id, StandardReview.ended_at.is_(None))
    return list(act.db.scalars(chosen.order_by(StandardReview.id)))


def _made(act: Act, version: StandardVersion) -> StandardMade:
    row = act.get(TrainingStandard, id=version.standard_id)
    act.note("training_standard", id=version.id)
    return StandardMade(row.id, version.id, version.number, version.state, row.number or "")
