"""How many faces a picture shows, asked of a program of its own: `scripts/find_faces.py` with its own libraries (build/faces).

The libraries are large and read by no other process; what is sent are grey pixels alone, so that no decoder of theirs sees a file.
Where they are not installed, or do not answer in time, nobody looked: then a clerk does.
"""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

from PIL import Image

ROOT = Path(__file__).parents[2]
SCRIPT = ROOT / "scripts" / "find_faces.py"
SECONDS = 15
HEIGHT = 413
WIDEST = 4  # times its height


def count(picture: Image.Image) -> int | None:
    """The number of faces in front view; None if nobody could look."""
    python = interpreter()
    if not python.is_file() or picture.width > WIDEST * picture.height:
        return None  # a strip is no portrait, and drawn to this height it would fill the memory
    width = max(1, picture.width * HEIGHT // picture.height)
    grey = picture.convert("L").resize((width, HEIGHT), Image.Resampling.BILINEAR)
    try:
        done = subprocess.run(  # noqa: S603 - our own script, numbers
            [str(python), "-I", str(SCRIPT), str(width), str(HEIGHT)], input=grey.tobytes(), capture_output=True, timeout=SECONDS, check=True,
            env={"OPENBLAS_NUM_THREADS": "1", "OPENCV_LOG_LEVEL": "ERROR"},
        )  # fmt: skip
        return int(done.stdout)
    except (OSError, ValueError, subprocess.SubprocessError):
        return None


def interpreter() -> Path:
    """The Python that knows the libraries: SKILLS_FACES, else that of build/faces."""
    return Path(os.environ.get("SKILLS_FACES") or ROOT / "build" / "faces" / "bin" / "python")
