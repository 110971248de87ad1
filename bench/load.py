"""A small load generator: keep-alive connections over loopback, bounded in time, counting whole answers."""

from __future__ import annotations

import multiprocessing
import socket
import time

SECONDS = 4.0


def requests_per_second(port: int, request: bytes, clients: int = 2, connections: int = 4) -> float:
    """Answers a second that a server on loopback gives to one request, over `clients` processes."""
    with multiprocessing.get_context("spawn").Pool(clients) as pool:
        counts = pool.starmap(_client, [(port, request, connections)] * clients)
    return sum(counts) / SECONDS


def _client(port: int, request: bytes, connections: int) -> int:
    held = [socket.create_connection(("127.0.0.1", port)) for _ in range(connections)]
    count = 0
    end = time.monotonic() + SECONDS
    while time.monotonic() < end:
        for connection in held:
            connection.sendall(request)
        for connection in held:
            _read_answer(connection)
            count += 1
    for connection in held:
        connection.close()
    return count


def _read_answer(connection: socket.socket) -> None:
    data = b""
    while b"\r\n\r\n" not in data:
        part = connection.recv(65536)
        if not part:
            raise ConnectionError("the server closed the connection")
        data += part
    head, _, body = data.partition(b"\r\n\r\n")
    if b" 200 " not in head.split(b"\r\n")[0]:
        raise RuntimeError(head.split(b"\r\n")[0].decode())
    [length] = [int(line.split(b":")[1]) for line in head.lower().split(b"\r\n") if line.startswith(b"content-length")]
    left = length - len(body)
    while left > 0:
        left -= len(connection.recv(65536))
