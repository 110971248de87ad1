"""Messages: to one addressee, read by that one alone, texted to the phone on record once."""

from __future__ import annotations

from skills.accounts.rules import Role
from skills.kernel.acts import Act, action
from skills.messages import queries
from skills.messages.actions import delivered, read, send
from tests.people_and_bodies import acting, body, someone
from tests.world import World


@action("test.tell", may="test.tell")
def tell(act: Act, person_id: str | None, organisation_id: str | None) -> str:
    """Send a message inside an act."""
    return send(act, code="exam.passed", person_id=person_id, organisation_id=organisation_id, day=act.today)


def test_only_the_addressee_sees_and_reads_a_message(world: World) -> None:
    who, other = someone(world, 1), someone(world, 3)
    firm = body(world)
    mine = world.perform(tell, person_id=who.id, organisation_id=None)
    firms = world.perform(tell, person_id=None, organisation_id=firm)
    me, stranger = acting(Role.PERSON, "me", person=who.id), acting(Role.PERSON, "x", person=other.id)
    clerk = acting(Role.BODY_CLERK, "c", organisation=firm)
    assert [m.id for m in world.ask(queries.inbox, me)] == [mine]
    assert [m.id for m in world.ask(queries.inbox, clerk)] == [firms]
    assert list(world.ask(queries.inbox, stranger)) == []
    for actor, message in ((stranger, mine), (me, firms), (clerk, mine)):
        with world.refused("message.unknown"):
            world.perform(read, actor=actor, message_id=message)
    assert world.ask(queries.unread, me) == 1
    world.perform(read, actor=me, message_id=mine)
    world.perform(read, actor=me, message_id=mine)
    world.perform(read, actor=clerk, message_id=firms)
    assert world.ask(queries.unread, me) == 0
    world.holds()


def test_a_text_goes_to_the_phone_on_record_once(world: World) -> None:
    who, without = someone(world, 1, phone="13812345678"), someone(world, 3)
    message = world.perform(tell, person_id=who.id, organisation_id=None)
    world.perform(tell, person_id=without.id, organisation_id=None)
    world.run_jobs()
    world.perform(delivered, message_id=message)
    world.run_jobs()
    sent = [p.read_text("utf-8") for p in world.settings.mail_dir.glob("sms-*.txt")]
    assert len(sent) == 1
    assert sent[0].startswith("13812345678\n【满天星】")
    world.holds()
