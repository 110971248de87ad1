"""At the counter, with the person present: a new phone number, or a lost phone (挂失)."""

from __future__ import annotations

from sqlalchemy import update

from skills.accounts.models import Account, OneTimeCode
from skills.kernel.acts import Act, action
from skills.kernel.sessions import Sessions
from skills.people.actions import set_phone
from skills.people.parts import bar_all


@action("account.replace_phone", may="person.register")
def replace_phone(act: Act, person_id: str, phone: str) -> None:
    """Another phone number for somebody, or none for a lost phone; every session and open code ends in the same act, and so
    does whatever could be presented in the person's name: codes of vouchers, slips of paper.

    Raises Missing("person.unknown"), Refusal("phone.refused").
    """
    set_phone(act, person_id, phone)
    shut_out(act, person_id)
    bar_all(act, person_id, "lost")
    act.note("account.replace_phone", person=person_id, lost=not phone)


def shut_out(act: Act, person_id: str) -> None:
    """Whoever is signed in as this person, or holds a code for it, is no more, inside the caller's act."""
    held = act.find(Account, person_id=person_id)
    if held is not None:
        act.using(Sessions).end_all(act.db, held.id, act.at)
        act.db.execute(
            update(OneTimeCode)
            .where(OneTimeCode.account_id == held.id, OneTimeCode.used_at.is_(None), OneTimeCode.ends_at > act.at)
            .values(ends_at=act.at)
        )
