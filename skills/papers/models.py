"""Item banks, items and their versions; blueprints and the forms that were drawn by them; who sat one, what was answered, what it came to."""

from __future__ import annotations

from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from skills.kernel.db import Base, Id, Sealed, UtcTime, Words
from skills.kernel.guards import frozen

OPEN = text("state IN ('draft', 'returned')")
LIVE = text("state IN ('reviewed', 'in_use')")
for _table in ("paper_answer", "paper_pause", "paper_marking"):
    frozen(_table)


class ItemBank(Base):
    """The item bank of an organisation for one subject. `points`: its knowledge points, which only grow."""

    __tablename__ = "item_bank"
    __table_args__ = (UniqueConstraint("organisation_id", "title"),)
    id: Mapped[Id] = mapped_column(primary_key=True)
    organisation_id: Mapped[Id] = mapped_column(ForeignKey("organisation.id"), index=True)
    title: Mapped[str] = mapped_column(String(60))
    points: Mapped[list[str]] = mapped_column(JSON())
    made_by: Mapped[str] = mapped_column(String(26))
    made_at: Mapped[UtcTime]


class PaperItem(Base):
    """A question through all its versions, by its number in the bank."""

    __tablename__ = "paper_item"
    __table_args__ = (UniqueConstraint("bank_id", "serial"),)
    id: Mapped[Id] = mapped_column(primary_key=True)
    bank_id: Mapped[Id] = mapped_column(ForeignKey("item_bank.id"), index=True)
    serial: Mapped[int]


class ItemVersion(Base):
    """One text of a question. Nothing but its state changes: an edited item is a new version.

    answer  the key (rules.items.Question.key), sealed
    digest  keyed digest of text and key: without the house's key nobody can try out which answer it stands for
    reason  why it was sent back or retired
    """

    __tablename__ = "paper_item_version"
    __table_args__ = (
        UniqueConstraint("item_id", "number"),
        Index("uq_paper_item_version_open", "item_id", unique=True, sqlite_where=OPEN, postgresql_where=OPEN),
        Index("uq_paper_item_version_live", "item_id", unique=True, sqlite_where=LIVE, postgresql_where=LIVE),
        CheckConstraint("reviewed_by IS NULL OR reviewed_by <> drafted_by", name="two_people"),
        CheckConstraint("state NOT IN ('returned', 'reviewed', 'in_use') OR reviewed_by IS NOT NULL", name="reviewed"),
    )
    id: Mapped[Id] = mapped_column(primary_key=True)
    item_id: Mapped[Id] = mapped_column(ForeignKey("paper_item.id"), index=True)
    number: Mapped[int]
    kind: Mapped[str] = mapped_column(String(12))
    stem: Mapped[str] = mapped_column(String(2000))
    options: Mapped[list[str]] = mapped_column(JSON())
    answer: Mapped[Sealed]
    point: Mapped[str] = mapped_column(String(40))
    thinking: Mapped[str] = mapped_column(String(12))
    digest: Mapped[str] = mapped_column(String(64))
    state: Mapped[str] = mapped_column(String(12), index=True)
    reason: Mapped[Words] = mapped_column(default="")
    drafted_by: Mapped[str] = mapped_column(String(26))
    drafted_at: Mapped[UtcTime]
    reviewed_by: Mapped[str | None] = mapped_column(String(26))
    reviewed_at: Mapped[UtcTime | None]
    retired_at: Mapped[UtcTime | None]


class PaperBlueprint(Base):
    """A blueprint 双向细目表. It never changes: another one is laid down and this one ended.

    cells  rules.blueprints.to_json: knowledge point × level of thinking → how many items, points each
    """

    __tablename__ = "paper_blueprint"
    id: Mapped[Id] = mapped_column(primary_key=True)
    bank_id: Mapped[Id] = mapped_column(ForeignKey("item_bank.id"), index=True)
    title: Mapped[str] = mapped_column(String(60))
    minutes: Mapped[int]
    cells: Mapped[list[dict[str, Any]]] = mapped_column(JSON())
    made_by: Mapped[str] = mapped_column(String(26))
    made_at: Mapped[UtcTime]
    ended_at: Mapped[UtcTime | None]


class PaperForm(Base):
    """A form 试卷 that was drawn: frozen. Whoever has seed, pool and the forms before it draws the same once more.

    after    forms that whoever sits this one has sat
    percent  how many in a hundred of its items they may have seen
    pool     versions that could be drawn then
    digest   rules.blueprints.digest_of
    """

    __tablename__ = "paper_form"
    __table_args__ = (UniqueConstraint("bank_id", "serial"),)
    id: Mapped[Id] = mapped_column(primary_key=True)
    bank_id: Mapped[Id] = mapped_column(ForeignKey("item_bank.id"), index=True)
    blueprint_id: Mapped[Id] = mapped_column(ForeignKey("paper_blueprint.id"), index=True)
    serial: Mapped[int]
    seed: Mapped[str] = mapped_column(String(26))
    after: Mapped[list[str]] = mapped_column(JSON())
    percent: Mapped[int]
    pool: Mapped[list[str]] = mapped_column(JSON())
    digest: Mapped[str] = mapped_column(String(64))
    drawn_by: Mapped[str] = mapped_column(String(26))
    drawn_at: Mapped[UtcTime]


class FormItem(Base):
    """One item of a form, by its place from 1, in the version that was drawn. Never changes."""

    __tablename__ = "paper_form_item"
    __table_args__ = (UniqueConstraint("form_id", "item_id"),)
    form_id: Mapped[Id] = mapped_column(ForeignKey("paper_form.id"), primary_key=True)
    place: Mapped[int] = mapped_column(primary_key=True)
    item_id: Mapped[Id] = mapped_column(ForeignKey("paper_item.id"), index=True)
    version_id: Mapped[Id] = mapped_column(ForeignKey("paper_item_version.id"), index=True)
    points: Mapped[int]


class PaperRun(Base):
    """One sitting of a form on a screen, by the server's clock.

    taker    whom the room above knows as sitting it: an application
    account  who signs in and answers
    device   the session that may answer now; another goes on by `code`, which is good once
    added    seconds that pauses gave back
    ends_at  rules.runs.ends of begin, minutes, extra_percent and added
    turns    how many answers there are
    seen_at  the last sign of the device
    """

    __tablename__ = "paper_run"
    __table_args__ = (
        UniqueConstraint("form_id", "taker"),
        CheckConstraint("(state = 'open') = (closed_at IS NULL)", name="closed"),
    )
    id: Mapped[Id] = mapped_column(primary_key=True)
    form_id: Mapped[Id] = mapped_column(ForeignKey("paper_form.id"), index=True)
    taker: Mapped[str] = mapped_column(String(26), index=True)
    account: Mapped[str] = mapped_column(String(26), index=True)
    state: Mapped[str] = mapped_column(String(12), index=True)
    device: Mapped[str] = mapped_column(String(26))
    code: Mapped[str | None] = mapped_column(String(12))
    begun_at: Mapped[UtcTime]
    minutes: Mapped[int]
    extra_percent: Mapped[int]
    added: Mapped[int]
    ends_at: Mapped[UtcTime] = mapped_column(index=True)
    turns: Mapped[int]
    seen_at: Mapped[UtcTime]
    closed_at: Mapped[UtcTime | None]


class PaperAnswer(Base):
    """One change of an answer. Of a place the highest turn counts; nothing is ever written over.

    place    the item of the form, from 1
    value    rules.items.normal_answer; empty for taken back
    flagged  to be looked at once more, by the candidate's own mark
    said_at  when the device says that it was given, by the server's clock as the device knew it; None without a script
    """

    __tablename__ = "paper_answer"
    run_id: Mapped[Id] = mapped_column(ForeignKey("paper_run.id"), primary_key=True)
    turn: Mapped[int] = mapped_column(primary_key=True)
    place: Mapped[int]
    value: Mapped[str] = mapped_column(String(20))
    flagged: Mapped[bool]
    said_at: Mapped[UtcTime | None]
    at: Mapped[UtcTime]


class PaperPause(Base):
    """Time given back to a run, with its reason."""

    __tablename__ = "paper_pause"
    __table_args__ = (CheckConstraint("seconds > 0", name="some"),)
    id: Mapped[Id] = mapped_column(primary_key=True)
    run_id: Mapped[Id] = mapped_column(ForeignKey("paper_run.id"), index=True)
    seconds: Mapped[int]
    reason: Mapped[Words]
    by: Mapped[str] = mapped_column(String(26))
    at: Mapped[UtcTime]


class PaperMarking(Base):
    """What a run came to, with what that was decided on; reckoned twice, each time in an act of its own from the rows themselves.

    turn     1 and 2
    answers  [place, value] of every item that was answered, in order
    wanted   digest of the form, and with it of every key
    correct  of each item in order whether it was right
    """

    __tablename__ = "paper_marking"
    __table_args__ = (CheckConstraint("turn IN (1, 2)", name="turn"),)
    run_id: Mapped[Id] = mapped_column(ForeignKey("paper_run.id"), primary_key=True)
    turn: Mapped[int] = mapped_column(primary_key=True)
    answers: Mapped[list[list[Any]]] = mapped_column(JSON())
    wanted: Mapped[str] = mapped_column(String(64))
    correct: Mapped[list[bool]] = mapped_column(JSON())
    points: Mapped[int]
    most: Mapped[int]
    entry_id: Mapped[str] = mapped_column(String(26))
    at: Mapped[UtcTime]
