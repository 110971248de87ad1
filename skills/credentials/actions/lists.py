"""Signing status lists: the bytes that are served, made anew on every change and every six hours."""

from __future__ import annotations

from skills.credentials.models import StatusList
from skills.credentials.queries import exceptions
from skills.credentials.signing import Signer
from skills.kernel.acts import Act, action


@action("certificate.sign_lists", may="system.jobs")
def keep_status_lists(act: Act, number: int) -> None:
    """Sign list `number` in its three forms as the states are in this act, and keep the bytes."""
    signer, states = act.using(Signer), exceptions(act.db, number)
    for form, body in signer.status_lists(number, states, act.at).items():
        kept = act.find(StatusList, form=form, number=number)
        if kept is None:
            act.add(StatusList(form=form, number=number, body=body, made_at=act.at))
        else:
            kept.body, kept.made_at = body, act.at
    act.note("certificate.sign_lists", number=number, entries=len(states))
