"""Raises workers quickly: everything is imported once, then each line on stdin forks a process that runs the real worker.

Prints the process id of each. A worker of `skills worker` spends most of its first second on imports; here it is at
work at once, so that a kill hits work.
"""

from __future__ import annotations

import os
import signal
import sys

from skills import features
from skills.cli import works
from skills.credentials import jobs, proof
from skills.worker import run

assert jobs
assert proof


def main() -> None:
    """Fork a worker for each line, until the end of the input."""
    features.load()
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    for _ in sys.stdin:
        child = os.fork()
        if child == 0:
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            os.close(0)
            run(works())
            os._exit(0)
        print(child, flush=True)


if __name__ == "__main__":
    main()
