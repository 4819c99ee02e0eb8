"""A port on this machine that leads to a server only from some moment on."""

import socket
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress


def closed_port() -> int:
    """Find a port on which nobody listens."""
    with closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def opening_later(port: int, target: tuple[str, int], seconds: float) -> Iterator[None]:
    """Lead a port to a server, from so many seconds on."""
    listener = socket.socket()
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listener.bind(("127.0.0.1", port))
    opening = threading.Timer(seconds, _serve, (listener, target))
    opening.start()
    try:
        yield
    finally:
        opening.cancel()
        with suppress(OSError):
            listener.shutdown(socket.SHUT_RDWR)
        listener.close()
        opening.join()


def _serve(listener: socket.socket, target: tuple[str, int]) -> None:
    listener.listen()
    with suppress(OSError):
        while True:
            _lead(listener.accept()[0], target)


def _lead(client: socket.socket, target: tuple[str, int]) -> None:
    server = socket.create_connection(target)
    for source, sink in ((client, server), (server, client)):
        threading.Thread(target=_copy, args=(source, sink), daemon=True).start()


def _copy(source: socket.socket, sink: socket.socket) -> None:
    with suppress(OSError), source:
        while data := source.recv(65536):
            sink.sendall(data)
        sink.shutdown(socket.SHUT_WR)
