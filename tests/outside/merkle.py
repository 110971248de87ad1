"""Asks pymerkle about heads of the log; run by the interpreter of build/merkle, which knows nothing of this project.

Reads an order from stdin, writes the answers to stdout:
  order   entries [hex] as the log publishes them, pairs {name: [old size, old root, new size, new root]} (roots in hex)
  answer  roots [hex] of every size, verdicts {name: "" or why not}

pymerkle makes the later tree from the published entries, proves that the earlier is its beginning, and checks that
proof against the two roots that were signed.
"""

from __future__ import annotations

import json
import sys

from pymerkle import InmemoryTree, InvalidProof, verify_consistency

order = json.load(sys.stdin)
tree = InmemoryTree(algorithm="sha256")
for entry in order["entries"]:
    tree.append_entry(bytes.fromhex(entry))


def verdict(old: int, old_root: str, new: int, new_root: str) -> str:
    proof = tree.prove_consistency(old, new)
    try:
        verify_consistency(bytes.fromhex(old_root), bytes.fromhex(new_root), proof, old, new, "sha256")
    except InvalidProof as no:
        return f"InvalidProof: {no}"
    return ""


json.dump(
    {
        "roots": [tree.get_state(size).hex() for size in range(1, len(order["entries"]) + 1)],
        "verdicts": {name: verdict(*pair) for name, pair in order["pairs"].items()},
    },
    sys.stdout,
)
