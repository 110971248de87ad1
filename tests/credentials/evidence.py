"""What a holder holds: the printed form, the credential and the code of one certificate, and the public files."""

from __future__ import annotations

from dataclasses import dataclass
from io import BytesIO

import segno
from PIL import Image

from skills.credentials import queries
from skills.credentials.inspection import trust
from skills.credentials.inspection.trust import Trust
from skills.credentials.signing import Signer
from tests.credentials.test_actions import NUMBER, issued
from tests.people_and_bodies import Someone
from tests.world import World


@dataclass(frozen=True)
class Evidence:
    """One certificate in all its forms."""

    who: Someone
    issuer: str
    pdf: bytes
    credential: bytes
    address: str


def evidence(world: World, number: str = NUMBER) -> Evidence:
    """Issue and print a certificate."""
    who, issuer = issued(world)
    world.run_jobs()
    return Evidence(
        who,
        issuer,
        world.pdf(number),
        world.ask(queries.credential_of, number),
        world.ask(queries.address_of, number, world.settings.public_base),
    )


def public_files(world: World) -> dict[str, bytes]:
    """The files that anybody may fetch, as they are now."""
    client = world.client()
    return {
        "trust.json": client.get("/trust.json").data,
        "status-1.cwt": client.get("/status/1.cwt").data,
        "checkpoint.txt": client.get("/log/checkpoint").data,
    }


def trusting(world: World) -> Trust:
    """A verifier elsewhere, who fetched the public files just now."""
    return trust.from_files(public_files(world), now(world))


def now(world: World) -> int:
    """The world's time in epoch seconds."""
    return int(world.clock.now().timestamp())


def signer(world: World) -> Signer:
    """The installation's signer."""
    held = world.tool(Signer)
    assert isinstance(held, Signer)
    return held


def png(text: str, scale: int = 4) -> bytes:
    """A QR code as a picture."""
    out = BytesIO()
    segno.make(text, error="m", micro=False).save(out, kind="png", scale=scale)
    return out.getvalue()


def jpeg(text: str) -> bytes:
    """A QR code in the middle of a photographed page."""
    page = Image.new("RGB", (1600, 1200), "#e8e4da")
    page.paste(Image.open(BytesIO(png(text))).convert("RGB"), (500, 300))
    out = BytesIO()
    page.rotate(3, fillcolor="#888").save(out, "JPEG", quality=70)
    return out.getvalue()
