"""The log as files: addresses written exactly one way, tiles that give the signed root, bytes that never change."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from skills.kernel import leaves, log, merkle, tiles
from skills.kernel.db import writing
from skills.kernel.tiles import BadTile, Tile
from skills.standards.actions import load
from tests.world import World

# Other work on the machine must not fail a test.
CALM = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])


@CALM
@given(st.one_of(st.none(), st.integers(0, 63)), st.integers(0, 10**10), st.integers(1, 256))
def test_an_address_reads_back(level: int | None, place: int, width: int) -> None:
    tile = Tile(level, place, width)
    assert tiles.read_path(tile.path.removeprefix("tile/")) == tile


def test_the_address_of_the_specification() -> None:
    assert Tile(0, 1234067).path == "tile/0/x001/x234/067"
    assert Tile(None, 0, 5).path == "tile/entries/000.p/5"
    assert Tile(63, 999, 255).path == "tile/63/999.p/255"


@pytest.mark.parametrize(
    "text",
    ["", "0", "0/", "0/0", "0/00", "00/000", "64/000", "-1/000", "0/x000/001", "0/001/002", "0/000.p/0", "0/000.p/256",
     "0/000.p/05", "0/000.p/", "0/000.p", "entry/000", "0/000/", "0/x001", "0/０００", "0/000.p/٣", "0/000\n", "../keys.json"],
)  # fmt: skip
def test_an_address_written_otherwise_is_none(text: str) -> None:
    with pytest.raises(BadTile):
        tiles.read_path(text)


def test_the_tiles_of_seventy_thousand_entries_are_those_of_the_specification() -> None:
    rows = [list(tiles.row(level, 70_000)) for level in range(4)]
    assert [len(row) for row in rows] == [274, 2, 1, 0]
    assert [row[-1].width for row in rows[:3]] == [112, 17, 1]
    assert [len(list(tiles.row(level, 256))) for level in range(3)] == [1, 1, 0]


def served(tree: merkle.Tree, tile: Tile) -> bytes:
    first = tile.place * tiles.WIDTH
    return b"".join(tree.node(8 * (tile.level or 0), first + i) for i in range(tile.width))


@pytest.mark.parametrize("size", [0, 1, 2, 255, 256, 257, 512, 65_536, 66_001])
def test_the_tree_comes_back_from_its_tiles(size: int) -> None:
    whole = merkle.Tree([merkle.leaf_hash(n.to_bytes(4, "big")) for n in range(size)])
    again = tiles.fetch_tree(lambda tile: served(whole, tile), size)
    assert again.root() == whole.root()


@CALM
@given(st.integers(0, 3), st.integers(0, 31), st.integers(1, 255))
def test_a_changed_tile_is_noticed(which: int, at: int, change: int) -> None:
    size = 600
    whole = merkle.Tree([merkle.leaf_hash(n.to_bytes(4, "big")) for n in range(size)])
    chosen = [*tiles.row(0, size), *tiles.row(1, size)][which]

    def fetch(tile: Tile) -> bytes:
        data = bytearray(served(whole, tile))
        if tile == chosen:
            data[at] ^= change
        return bytes(data)

    try:
        root = tiles.fetch_tree(fetch, size).root()
    except BadTile:
        return
    assert root != whole.root()


@CALM
@given(st.lists(st.binary(max_size=60), min_size=1, max_size=40), st.integers(1, 5))
def test_entries_read_back_and_a_cut_bundle_is_refused(entries: list[bytes], less: int) -> None:
    tile, data = Tile(None, 0, len(entries)), tiles.bundle(entries)
    assert tiles.entries_in(tile, data) == entries
    with pytest.raises(BadTile):
        tiles.entries_in(tile, data[:-less])
    with pytest.raises(BadTile):
        tiles.entries_in(tile, data + tiles.bundle([b"one more"]))


def fill(world: World, stream: str, count: int) -> None:
    """Entries without an act behind them: enough for several tiles."""
    with writing(world.engine) as db:
        for number in range(count):
            log.enqueue(db, stream, f"test:{stream}:{number:05d}", leaves.print_leaf(number.to_bytes(32, "big")), world.clock.now())
    world.seal()


@pytest.mark.parametrize(("stream", "prefix"), [(log.CERTIFICATES, "/log"), (log.AUDIT, "/log/audit")])
def test_served_tiles_give_the_signed_root(lite: World, stream: str, prefix: str) -> None:
    lite.perform(load, key="once")
    fill(lite, stream, 300)
    client = lite.client()
    note = client.get(f"{prefix}/checkpoint")
    assert note.mimetype == "text/plain"
    assert note.headers["Content-Type"] == "text/plain; charset=utf-8"
    assert note.headers["Cache-Control"] == "no-cache"
    size, root = int(note.text.split("\n")[1]), note.text.split("\n")[2]

    def fetch(tile: Tile) -> bytes:
        answer = client.get(f"{prefix}/{tile.path}")
        assert answer.status_code == 200, tile.path
        assert answer.mimetype == "application/octet-stream"
        assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"
        assert answer.headers["Access-Control-Allow-Origin"] == "*"
        assert "Set-Cookie" not in answer.headers
        return answer.data

    tree = tiles.fetch_tree(fetch, size)
    import base64

    assert base64.b64encode(tree.root()).decode() == root
    full = Tile(0, 0)
    assert len(fetch(full)) == 8192
    for tile in tiles.row(0, size):
        listed = tiles.entries_in(Tile(None, tile.place, tile.width), fetch(Tile(None, tile.place, tile.width)))
        assert [merkle.leaf_hash(entry) for entry in listed] == tiles.hashes_in(tile, fetch(tile))
    for beyond in (Tile(0, size // 256, size % 256 + 1), Tile(0, size // 256), Tile(1, 0), Tile(2, 0, 1), Tile(0, 9, 1)):
        assert client.get(f"{prefix}/{beyond.path}").status_code == 404, beyond
    for wrong in ("tile/0/0", "tile/0/000.p/0", "tile/x/000", "tile/0/000.p/256"):
        assert client.get(f"{prefix}/{wrong}").status_code == 404, wrong
    lite.asked = True  # these entries have no act behind them, which fsck rightly names


def test_a_waiting_entry_is_in_no_tile(lite: World) -> None:
    fill(lite, log.CERTIFICATES, 3)
    with writing(lite.engine) as db:
        log.enqueue(db, log.CERTIFICATES, "test:waits", leaves.print_leaf(bytes(32)), lite.clock.now())
    client = lite.client()
    assert client.get("/log/tile/0/000.p/3").status_code == 200
    assert client.get("/log/tile/0/000.p/4").status_code == 404
    lite.asked = True


def test_the_verifier_key_opens_the_head(lite: World) -> None:
    fill(lite, log.CERTIFICATES, 1)
    from skills.kernel.monitor import read_vkey

    origin, key = read_vkey(lite.client().get("/log/vkey").text.splitlines()[0])
    head = merkle.open_checkpoint(lite.client().get("/log/checkpoint").text, origin, key)
    assert (head.origin, head.size) == ("localhost/certificates", 1)
    lite.asked = True
