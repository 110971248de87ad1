"""Blueprints, and the forms that are drawn by them."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import func, select

from skills.kernel.acts import Act, action
from skills.kernel.errors import Missing, Refusal
from skills.papers.actions.items import alone, bank_of
from skills.papers.models import FormItem, ItemBank, ItemVersion, PaperBlueprint, PaperForm
from skills.papers.queries.papers import candidates, digest_again, exposure, met
from skills.papers.rules import blueprints as rules
from skills.papers.rules.blueprints import Cell
from skills.papers.states import DRAW, VERSION, VersionState
from skills.standards.queries import value


@dataclass(frozen=True)
class BlueprintMade:
    """A blueprint after an act upon it."""

    blueprint_id: str
    bank_id: str
    items: int
    points: int


@dataclass(frozen=True)
class FormMade:
    """A form that was drawn. `code`: its number in the bank."""

    form_id: str
    code: str
    seed: str
    items: int
    points: int
    digest: str


@action("blueprint.lay_down", may=DRAW)
def lay_down(act: Act, bank_id: str, title: str, minutes: int, cells: tuple[Cell, ...]) -> BlueprintMade:
    """Lay a blueprint down. Raises Missing("item_bank.unknown"), Refusal("paper_blueprint.incomplete")."""
    bank = bank_of(act, bank_id, DRAW)
    rules.may_lay_down(title.strip(), minutes, cells, bank.points).or_refuse()
    row = act.add(PaperBlueprint(
        id=act.new_id(), bank_id=bank.id, title=title.strip(), minutes=minutes, cells=rules.to_json(cells), made_by=act.actor.account,
        made_at=act.at,
    ))  # fmt: skip
    return _laid(act, row)


@action("blueprint.end", may=DRAW)
def end(act: Act, blueprint_id: str) -> BlueprintMade:
    """Draw by a blueprint no more; what was drawn stays. Raises Missing, Refusal("paper_blueprint.ended")."""
    row, _ = _blueprint(act, blueprint_id)
    if not act.alter(row, PaperBlueprint.ended_at.is_(None), ended_at=act.at):
        raise Refusal("paper_blueprint.ended")
    return _laid(act, row)


@action("paper.draw", may=DRAW)
def draw(act: Act, blueprint_id: str, after: tuple[str, ...] = ()) -> FormMade:
    """Draw a form and freeze it, by a seed that nobody chooses.

    after  forms of the bank that whoever sits this one has sat: few of its items may be from them
    Raises Missing, Refusal("paper_blueprint.ended" | "paper_form.short") with each cell that lacks items.
    """
    row, bank = _blueprint(act, blueprint_id)
    alone(act, bank)
    act.db.refresh(row)
    if row.ended_at is not None:
        raise Refusal("paper_blueprint.ended")
    sat = sorted(set(after))
    known = act.db.scalars(select(PaperForm.id).where(PaperForm.bank_id == bank.id, PaperForm.id.in_(sat))).all()
    if sorted(known) != sat:
        raise Missing("paper_form.unknown")
    cells, seed = rules.from_json(row.cells), act.new_code()
    percent = int(value(act.db, "paper.seen_percent", act.today))
    pool = candidates(act.db, bank.id, cells)
    drawn = rules.draw(cells, pool, seed, exposure(act.db, bank.id), met(act.db, sat), percent)
    rules.may_print(drawn, percent).or_refuse()
    last = act.db.scalar(select(func.max(PaperForm.serial)).where(PaperForm.bank_id == bank.id)) or 0
    form = act.add(PaperForm(
        id=act.new_id(), bank_id=bank.id, blueprint_id=row.id, serial=last + 1, seed=seed, after=sat, percent=percent,
        pool=[c.version_id for c in pool], digest="", drawn_by=act.actor.account, drawn_at=act.at,
    ))  # fmt: skip
    act.db.flush()
    for place, held in enumerate(drawn.places, 1):
        act.add(FormItem(form_id=form.id, place=place, item_id=held.item_id, version_id=held.version_id, points=held.points))
        version = act.get(ItemVersion, id=held.version_id)
        if version.state == VersionState.REVIEWED:
            act.move(version, VERSION, "use")
    act.db.flush()
    form.digest = digest_again(act.db, form)
    act.note("paper_form", id=form.id, digest=form.digest)
    points = sum(p.points for p in drawn.places)
    return FormMade(form.id, rules.form_code(form.serial), seed, len(drawn.places), points, form.digest)


def _blueprint(act: Act, blueprint_id: str) -> tuple[PaperBlueprint, ItemBank]:
    row = act.find(PaperBlueprint, id=blueprint_id)
    if row is None or not act.actor.may(DRAW, act.get(ItemBank, id=row.bank_id).organisation_id):
        raise Missing("paper_blueprint.unknown")
    return row, act.get(ItemBank, id=row.bank_id)


def _laid(act: Act, row: PaperBlueprint) -> BlueprintMade:
    act.note("paper_blueprint", id=row.id)
    cells = rules.from_json(row.cells)
    return BlueprintMade(row.id, row.bank_id, sum(c.count for c in cells), sum(c.count * c.points for c in cells))
