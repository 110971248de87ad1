"""The same for programs."""

from __future__ import annotations

import base64
from dataclasses import dataclass

from pydantic import BaseModel, Field

from skills.kernel import sheets
from skills.kernel.box import Box
from skills.kernel.errors import Refusal
from skills.papers.actions import items as acts
from skills.papers.actions import packages
from skills.papers.actions import papers as paper_acts
from skills.papers.actions.items import BankMade, ItemMade, ItemsBrought
from skills.papers.actions.packages import ItemsTaken
from skills.papers.actions.papers import BlueprintMade, FormMade
from skills.papers.queries import banks as queries
from skills.papers.queries import papers
from skills.papers.queries.banks import BankLine, CellCount, ItemLine, ItemPage
from skills.papers.queries.papers import BlueprintLine, BlueprintPage, FormKey, FormPage
from skills.papers.rules import qti
from skills.papers.rules.blueprints import Cell
from skills.papers.rules.items import Kind, Question, Thinking
from skills.papers.states import DRAW, REVIEW, SEE
from skills.papers.views.banks import MOST_REQUEST
from skills.papers.views.words import count, room
from skills.web import paging
from skills.web.openapi import request_key
from skills.web.pages import db, me, perform, tool


class BankBody(BaseModel):
    """A bank: its knowledge points one a line."""

    organisation_id: str = Field(max_length=26)
    title: str = Field(min_length=1, max_length=60)
    points: str = Field(min_length=1, max_length=3_000)


class PointsBody(BaseModel):
    """Further knowledge points, one a line."""

    points: str = Field(min_length=1, max_length=3_000)


class QuestionBody(BaseModel):
    """A question with its key: letters ("B", "ACD"), "true" or "false", or a number with its tolerance."""

    kind: Kind
    stem: str = Field(min_length=1, max_length=2_000)
    options: list[str] = Field(default_factory=list, max_length=8)
    answer: str = Field(min_length=1, max_length=20)
    tolerance: str = Field(default="", max_length=20)
    point: str = Field(max_length=40)
    thinking: Thinking

    def question(self) -> Question:
        """As the rules know it."""
        return Question(self.kind, self.stem, tuple(self.options), self.answer, self.tolerance, self.point, self.thinking)


class ReviewBody(BaseModel):
    """Yes or no; a no says why."""

    approved: bool
    reason: str = Field(default="", max_length=400)


class RetireBody(BaseModel):
    """Why."""

    reason: str = Field(min_length=1, max_length=400)


class ContentBody(BaseModel):
    """A file: its bytes in base64."""

    content: str

    def data(self) -> bytes:
        """The bytes. Raises Refusal("sheet.damaged")."""
        try:
            return base64.b64decode(self.content, validate=True)
        except ValueError as error:  # not base64, or not even ASCII
            raise Refusal("sheet.damaged") from error


class PackageBody(ContentBody):
    """A QTI 3 package; point and thinking of those items that do not say."""

    point: str = Field(default="", max_length=40)
    thinking: Thinking = Thinking.RECALL


@dataclass(frozen=True)
class Package:
    """A QTI 3 package: its bytes in base64."""

    items: int
    content: str


class CellBody(BaseModel):
    """A cell: so many items of a knowledge point and a level of thinking, each worth so many points."""

    point: str = Field(max_length=40)
    thinking: Thinking
    count: int = Field(ge=1, le=100)
    points: int = Field(ge=1, le=100)


class BlueprintBody(BaseModel):
    """A blueprint."""

    title: str = Field(min_length=1, max_length=60)
    minutes: int = Field(ge=1, le=1_000)
    cells: list[CellBody] = Field(min_length=1, max_length=300)


class DrawBody(BaseModel):
    """Forms that whoever sits the new one has sat, by id."""

    after: list[str] = Field(default_factory=list, max_length=100)


@room.api("GET", "/item-banks", may=SEE, answers=list[BankLine])
def list_banks() -> list[BankLine]:
    """The item banks of your organisations."""
    return queries.banks(db(), me().actor.organisations_for(SEE))


@room.api("POST", "/item-banks", does=acts.open_bank, body=BankBody, answers=BankMade, status=201)
def create_bank(body: BankBody) -> BankMade:
    """Open a bank."""
    return perform(acts.open_bank, request_key(), organisation_id=body.organisation_id, title=body.title, points=body.points)


@room.api("GET", "/item-banks/<bank_id>", may=SEE, answers=BankLine)
def get_bank(bank_id: str) -> BankLine:
    """One bank."""
    return queries.bank(db(), me().actor, bank_id)


@room.api("GET", "/item-banks/<bank_id>/cells", may=SEE, answers=list[CellCount], by=("point", "thinking"))
def list_cells(bank_id: str) -> list[CellCount]:
    """How many items can be drawn, by knowledge point and level of thinking."""
    return queries.cells(db(), queries.bank(db(), me().actor, bank_id))


@room.api("POST", "/item-banks/<bank_id>/points", does=acts.add_points, body=PointsBody, answers=BankMade)
def create_points(bank_id: str, body: PointsBody) -> BankMade:
    """Name further knowledge points."""
    return perform(acts.add_points, request_key(), bank_id=bank_id, points=body.points)


@room.api("GET", "/item-banks/<bank_id>/items", may=SEE, answers=list[ItemLine], by=("serial",), skips=True)
def list_items(bank_id: str) -> list[ItemLine]:
    """The items of a bank, by their numbers."""
    page = paging.asked()
    return queries.items(db(), queries.bank(db(), me().actor, bank_id).id, count(page.key), page.limit + 1)


@room.api("POST", "/item-banks/<bank_id>/items", does=acts.draft, body=QuestionBody, answers=ItemMade, status=201)
def create_item(bank_id: str, body: QuestionBody) -> ItemMade:
    """Write an item."""
    return perform(acts.draft, request_key(), bank_id=bank_id, question=body.question())


@room.api("POST", "/item-banks/<bank_id>/sheets", does=acts.bring, body=ContentBody, answers=ItemsBrought, status=201, most=MOST_REQUEST)
def create_items(bank_id: str, body: ContentBody) -> ItemsBrought:
    """Write the items of a sheet (XLSX or CSV), all or none."""
    return perform(acts.bring, request_key(), bank_id=bank_id, rows=sheets.read(body.data()).rows)


@room.api("POST", "/item-banks/<bank_id>/packages", does=packages.bring, body=PackageBody, answers=ItemsBrought, status=201, most=MOST_REQUEST)
def create_items_of_package(bank_id: str, body: PackageBody) -> ItemsBrought:
    """Write the items of a QTI 3 package, all or none."""
    return perform(packages.bring, request_key(), bank_id=bank_id, entries=qti.read(body.data(), body.point, body.thinking))


@room.api("POST", "/item-banks/<bank_id>/export", does=packages.take, answers=Package)
def export_items(bank_id: str) -> Package:
    """Take the usable items out as a QTI 3 package with their keys; that it was done is on record."""
    done: ItemsTaken = perform(packages.take, request_key(), bank_id=bank_id)
    data = qti.write(done.bank_id, queries.package(db(), tool(Box), done.bank_id))
    return Package(done.items, base64.b64encode(data).decode())


@room.api("GET", "/paper-items/<item_id>", may=SEE, answers=ItemPage)
def get_item(item_id: str) -> ItemPage:
    """An item with its versions; keys only for who wrote or reviews them."""
    return queries.item(db(), tool(Box), me().actor, item_id)


@room.api("POST", "/paper-items/<item_id>/versions", does=acts.edit, body=QuestionBody, answers=ItemMade, status=201)
def create_version(item_id: str, body: QuestionBody) -> ItemMade:
    """Write the next version of an item."""
    return perform(acts.edit, request_key(), item_id=item_id, question=body.question())


@room.api("POST", "/paper-item-versions/<version_id>/review", does=acts.review, body=ReviewBody, answers=ItemMade)
def review_version(version_id: str, body: ReviewBody) -> ItemMade:
    """Let a version in, or send it back."""
    return perform(acts.review, request_key(), version_id=version_id, approved=body.approved, reason=body.reason)


@room.api("POST", "/paper-item-versions/<version_id>/retire", does=acts.retire, body=RetireBody, answers=ItemMade)
def retire_version(version_id: str, body: RetireBody) -> ItemMade:
    """Take a version out of use."""
    return perform(acts.retire, request_key(), version_id=version_id, reason=body.reason)


@room.api("GET", "/item-banks/<bank_id>/blueprints", may=SEE, answers=list[BlueprintLine])
def list_blueprints(bank_id: str) -> list[BlueprintLine]:
    """The blueprints of a bank, newest first."""
    return papers.blueprints(db(), queries.bank(db(), me().actor, bank_id).id)


@room.api("POST", "/item-banks/<bank_id>/blueprints", does=paper_acts.lay_down, body=BlueprintBody, answers=BlueprintMade, status=201)
def create_blueprint(bank_id: str, body: BlueprintBody) -> BlueprintMade:
    """Lay a blueprint down."""
    cells = tuple(Cell(c.point, c.thinking, c.count, c.points) for c in body.cells)
    return perform(paper_acts.lay_down, request_key(), bank_id=bank_id, title=body.title, minutes=body.minutes, cells=cells)


@room.api("GET", "/blueprints/<blueprint_id>", may=SEE, answers=BlueprintPage)
def get_blueprint(blueprint_id: str) -> BlueprintPage:
    """A blueprint with its papers."""
    return papers.blueprint(db(), me().actor, blueprint_id)


@room.api("POST", "/blueprints/<blueprint_id>/end", does=paper_acts.end, answers=BlueprintMade)
def end_blueprint(blueprint_id: str) -> BlueprintMade:
    """Draw by a blueprint no more."""
    return perform(paper_acts.end, request_key(), blueprint_id=blueprint_id)


@room.api("POST", "/blueprints/<blueprint_id>/papers", does=paper_acts.draw, body=DrawBody, answers=FormMade, status=201)
def create_paper(blueprint_id: str, body: DrawBody) -> FormMade:
    """Draw a paper and freeze it."""
    return perform(paper_acts.draw, request_key(), blueprint_id=blueprint_id, after=tuple(body.after))


@room.api("GET", "/papers/<form_id>", may=DRAW, answers=FormPage)
def get_paper(form_id: str) -> FormPage:
    """A paper without keys."""
    return papers.form(db(), me().actor, form_id)


@room.api("GET", "/papers/<form_id>/key", may=REVIEW, answers=FormKey)
def get_paper_key(form_id: str) -> FormKey:
    """The keys of a paper."""
    return papers.form_key(db(), tool(Box), me().actor, form_id)
