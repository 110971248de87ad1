"""What a stranger can get hold of: certificates of every kind in every state, and the files that are published."""

from __future__ import annotations

import json
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from pathlib import Path

from cryptography import x509

from skills.accounts.rules import Role
from skills.credentials import actions, badge, queries
from skills.credentials.claims import Claims
from skills.credentials.jobs import print_certificate
from skills.kernel.jobs import Bench
from skills.kernel.keys import KeyRing
from tests.credentials.test_actions import issue, supersede, take_back
from tests.people_and_bodies import Someone, acting, body, someone
from tests.world import World, make_world

BASE = "https://skills.example.org"
DID = "did:web:skills.example.org"
FIRST = datetime(2026, 11, 23, 4, 0, tzinfo=UTC)
PRESENT = datetime(2027, 2, 1, 4, 0, tzinfo=UTC)
KINDS = ("level", "completion", "competition")
STATES = ("before_rotation", "good", "expired", "revoked", "suspended", "superseded")
PRINTED = ("level before_rotation", *(f"{kind} good" for kind in KINDS))


@dataclass
class Stage:
    """The installation, and by case (`level good`) the bytes that a holder has."""

    world: World
    numbers: dict[str, str] = field(default_factory=dict)
    credentials: dict[str, bytes] = field(default_factory=dict)
    codes: dict[str, bytes] = field(default_factory=dict)
    papers: dict[str, bytes] = field(default_factory=dict)
    files: dict[str, bytes] = field(default_factory=dict)

    @property
    def root(self) -> bytes:
        """The root certificate under which papers are sealed, PEM."""
        return self.world.settings.keys_dir.joinpath("root.crt").read_bytes()

    @property
    def seal_root(self) -> x509.Certificate:
        """The same, read."""
        return x509.load_pem_x509_certificate(self.root)


def claims_of(kind: str, number: str, who: Someone, day: date, until: date | None = None) -> Claims:
    """A certificate of a kind, as its room would write it."""
    level = Claims(
        kind="level",
        number=number,
        holder_name=who.name,
        document_kind="居民身份证",
        document_masked=who.number[:4] + "*" * 10 + who.number[-4:],
        issuer_name="重庆星图软件有限公司",
        issued_on=day,
        filing_number="Y000050000123",
        occupation_code="4-04-05-05",
        occupation_name="人工智能训练师",
        branch="数据标注员",
        level_rank=4,
        expires_on=until,
    )
    if kind == "level":
        return level
    award = {"completion": "软件测试工程实践", "competition": "数字技能大赛 一等奖"}[kind]
    return replace(level, kind=kind, filing_number="", level_rank=None, award=award, hours="120 学时", score="88 分")  # type: ignore[arg-type]


def number_of(kind: str, order: int) -> str:
    """A number of a kind's series."""
    return {"level": f"Y00005000012326300{order:04d}", "completion": f"PX-2026-{order:07d}", "competition": f"JS-2026-{order}"}[kind]


def set_up(folder: Path) -> Stage:
    """Issue, rotate every key, issue again, change states, let ten weeks pass, and collect what is public."""
    world = make_world(folder / "data", f"sqlite:///{folder}/skills.db", now=FIRST, public_base=BASE)
    stage = Stage(world)
    who, issuer = someone(world, name="古丽·𠮷"), body(world)
    _issue(stage, who, issuer, STATES[:1])
    keys: KeyRing = world.tool(KeyRing)
    for purpose in ("qr", "vc", "status", "seal"):
        keys.rotate(purpose, world.clock.now(), world.office.source)
    world.clock.forward(days=1)
    _issue(stage, who, issuer, STATES[1:])
    one = acting(Role.BODY_ADMIN, "admin-1", organisation=issuer)
    for kind in KINDS:
        world.perform(take_back, number=stage.numbers[f"{kind} revoked"], move="revoke", reason="fraud")
        world.perform(actions.suspend, actor=one, number=stage.numbers[f"{kind} suspended"], reason="review")
        old = stage.numbers[f"{kind} superseded"]
        # A level certificate keeps its number: another would want the award that stands behind it in life.
        fresh = claims_of(kind, old if kind == "level" else number_of(kind, 900), who, world.today)
        world.perform(supersede, number=old, claims=fresh)
    world.seal()
    world.clock.set(PRESENT)
    _publish(stage)
    return stage


def _issue(stage: Stage, who: Someone, issuer: str, states: tuple[str, ...]) -> None:
    world = stage.world
    for kind in KINDS:
        for state in states:
            name, number = f"{kind} {state}", number_of(kind, len(stage.numbers) + 1)
            until = date(2026, 12, 31) if state == "expired" else None
            claims = claims_of(kind, number, who, world.today, until)
            made = world.perform(issue, claims=claims, person_id=who.id, issuer_id=issuer)
            stage.numbers[name] = number
            stage.credentials[name] = world.ask(queries.credential_of, number)
            stage.codes[name] = world.ask(queries.code_of, number)
            if name in PRINTED:
                print_certificate(Bench(f"print {name}", world.office), made.certificate_id)
                stage.papers[name] = world.pdf(number)


def _publish(stage: Stage) -> None:
    """What anybody may fetch, by full address; and the contexts that the standards publish, from our copies."""
    client = stage.world.client()
    for path in ("/.well-known/did.json", "/keys.json", "/status/revocation/1", "/status/suspension/1", "/status/1.cwt"):
        answer = client.get(path)
        assert answer.status_code == 200, path
        stage.files[BASE + path] = answer.data
    for address, document in badge._contexts().items():
        stage.files[address] = json.dumps(document).encode()
