"""Item banks, items and their versions; blueprints and the forms that were drawn by them."""

from __future__ import annotations

from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from skills.kernel.db import Base, Id, Sealed, UtcTime, Words

OPEN = text("state IN ('draft', 'returned')")
LIVE = text("state IN ('reviewed', 'in_use')")


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
