"""How the programs of others are asked: each in a process of its own, with what is published and nothing else."""

from __future__ import annotations

import base64
import json
import subprocess
import sys
from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from tests.conftest import missing

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
ORACLES = ROOT / "build" / "oracles" / "bin" / "python"
MERKLE = ROOT / "build" / "merkle" / "bin" / "python"
PATIENCE = 300  # seconds; none of them needs a tenth of it


def node(script: Path, order: Mapping[str, Any]) -> Any:
    """What a script of ours, which calls the npm packages, answers to an order."""
    if not (HERE / "node_modules").is_dir():
        missing("the npm packages of tests/outside")
    return _asked(["sh", str(ROOT / "scripts" / "with-node.sh"), "node", str(script)], order)


def oracles(order: Mapping[str, Any]) -> Any:
    """What the Python packages of requirements/oracles.txt answer."""
    if not ORACLES.exists():
        missing("the environment build/oracles")
    return _asked([str(ORACLES), "-I", str(HERE / "oracles.py")], order)


def pymerkle(order: Mapping[str, Any]) -> Any:
    """What pymerkle, of requirements/merkle.txt, answers."""
    if not MERKLE.exists():
        missing("the environment build/merkle")
    return _asked([str(MERKLE), "-I", str(HERE / "merkle.py")], order)


def pyhanko(root: bytes, moment: datetime, papers: Mapping[str, bytes]) -> Any:
    """What pyHanko says of sealed papers in a process that knows the root certificate and nothing of ours."""
    order = {
        "root": root.decode(),
        "moment": moment.isoformat(),
        "papers": {name: base64.b64encode(data).decode() for name, data in papers.items()},
    }
    return _asked([sys.executable, "-I", str(HERE / "seals.py")], order)


def pdfsig(paper: bytes, folder: Path) -> str:
    """What poppler's `pdfsig` prints. The root is not asked about: that would need a store of certificates."""
    file = folder / "paper.pdf"
    file.write_bytes(paper)
    done = subprocess.run(["pdfsig", "-nocert", str(file)], capture_output=True, check=False, timeout=PATIENCE)
    return done.stdout.decode("utf-8", "replace") + done.stderr.decode("utf-8", "replace")


def attachments(paper: bytes, folder: Path) -> dict[str, bytes]:
    """The files inside a paper, as poppler's `pdfdetach` takes them out."""
    file, out = folder / "paper.pdf", folder / "out"
    file.write_bytes(paper)
    out.mkdir()
    subprocess.run(["pdfdetach", "-saveall", "-o", str(out), str(file)], check=True, capture_output=True, timeout=PATIENCE)
    return {found.name: found.read_bytes() for found in out.iterdir()}


def _asked(command: Sequence[str], order: Mapping[str, Any]) -> Any:
    done = subprocess.run(
        command, input=json.dumps(order, ensure_ascii=False).encode("utf-8", "surrogatepass"), capture_output=True,
        check=False, timeout=PATIENCE, cwd=HERE,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr.decode("utf-8", "replace")[-4000:]
    return json.loads(done.stdout)
