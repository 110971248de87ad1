"""A person on the boards of firms: an erasure ends the post, and what a refusal said goes."""

from __future__ import annotations

from sqlalchemy import select

from skills.careers.models import BoardNominee, BoardPost
from skills.kernel.acts import Act
from skills.people.parts import Part, register


def forget(act: Act, person_id: str) -> None:
    """Posts end; that somebody was nominated stays as a figure."""
    for post in act.db.scalars(select(BoardPost).where(BoardPost.person_id == person_id, BoardPost.ended_at.is_(None))):
        post.ended_at = act.at
    for row in act.db.scalars(select(BoardNominee).where(BoardNominee.person_id == person_id)):
        row.facts = {}
    act.db.flush()


def join(act: Act, kept: str, gone: str) -> None:
    """Of two posts at one firm that of the record which stays goes on."""
    live = BoardPost.ended_at.is_(None)
    firms = set(act.db.scalars(select(BoardPost.organisation_id).where(BoardPost.person_id == kept, live)))
    for post in act.db.scalars(select(BoardPost).where(BoardPost.person_id == gone, live)):
        if post.organisation_id in firms:
            post.ended_at = act.at
    act.db.flush()


register("careers", Part(forget, ends=frozenset({"board_post"}), join=join))
