"""`skills serve`: a small parent that keeps the web processes and one worker alive, and stops them cleanly."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from types import FrameType

PATIENCE = 20


class Parent:
    """Starts the children, restarts what died, passes the order to stop on to all."""

    def __init__(self, commands: Sequence[Sequence[str]]) -> None:
        self._commands = commands
        self._children: dict[int, subprocess.Popen[bytes]] = {}
        self._stopping = False

    def run(self) -> int:
        """Until SIGTERM or SIGINT; 0 after a clean stop."""
        signal.signal(signal.SIGTERM, self._stop)
        signal.signal(signal.SIGINT, self._stop)
        while not self._stopping:
            for number, command in enumerate(self._commands):
                child = self._children.get(number)
                if child is None or child.poll() is not None:
                    self._children[number] = subprocess.Popen(command, start_new_session=True)  # noqa: S603
            time.sleep(0.5)
        for child in self._children.values():
            child.terminate()
        for child in self._children.values():
            try:
                child.wait(PATIENCE)
            except subprocess.TimeoutExpired:
                child.kill()
        return 0

    def _stop(self, _signal: int, _frame: FrameType | None) -> None:
        self._stopping = True


def commands(host: str, port: int, workers: int) -> list[list[str]]:
    """The web server (one process a core, one thread each) and the worker."""
    web = [
        sys.executable, "-m", "granian", "--interface", "wsgi", "--host", host, "--port", str(port),
        "--workers", str(workers), "--blocking-threads", "1", "--respawn-failed-workers", "--no-ws",
        "--log-level", "warning", "--factory", "skills.wsgi:app",
    ]  # fmt: skip
    return [web, [sys.executable, "-m", "skills.cli", "worker"]]


def serve(host: str, port: int, workers: int) -> int:
    """Serve until told to stop."""
    return Parent(commands(host, port, workers or os.cpu_count() or 1)).run()
