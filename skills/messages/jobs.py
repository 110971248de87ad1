"""Delivery to phones, by the sender that the installation has."""

from __future__ import annotations

from skills.accounts.queries import person_email
from skills.accounts.tools import CodeSender
from skills.kernel.actors import SYSTEM
from skills.kernel.box import Box
from skills.kernel.jobs import Bench, job
from skills.messages.actions import delivered
from skills.messages.queries import outgoing
from skills.people.queries import phone_of
from skills.web.i18n import sentence


@job("messages.deliver")
def deliver(bench: Bench, message_id: str) -> None:
    """Send a message to the phone on record, else to the verified mail address. After a crash perhaps twice, never lost."""
    office = bench.office
    person_id, code, facts, done = office.ask(lambda db: outgoing(db, message_id))
    if done or person_id is None:
        return
    box, sender = office.tools[Box], office.tools[CodeSender]
    assert isinstance(box, Box)  # noqa: S101
    assert isinstance(sender, CodeSender)  # noqa: S101
    said = sentence(code, facts, "zh")
    text = f"{said.text} {said.todo}".strip()
    phone, address = office.ask(lambda db: (phone_of(db, box, person_id), person_email(db, box, person_id)))
    if phone is not None:
        sender.send(phone, f"【满天星】{text}")
    elif address is not None:
        sender.mail(address, "满天星技能服务：您有一条新消息", text)
    office.perform(delivered, actor=SYSTEM, key=bench.key("done"), message_id=message_id)
