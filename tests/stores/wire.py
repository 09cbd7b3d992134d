"""A wire between an HTTP client and a server that breaks where a test wants it to. All bytes are real."""

import socket
import threading
from contextlib import suppress
from types import TracebackType
from urllib.parse import urlsplit


class Wire:
    """Listens on loopback and passes all on to `endpoint`.

    `cuts` connections are broken when more than `cut_after` bytes have come back on them. `loses` answers to
    requests that start with `lose_answer_to` (`b"PUT "`) never arrive: the server has done what was asked, and the
    client does not learn it. `broken` counts both.
    """

    def __init__(self, endpoint: str) -> None:
        address = urlsplit(endpoint)
        self._server = (str(address.hostname), address.port or 80)
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.endpoint = f"http://127.0.0.1:{self._listener.getsockname()[1]}"
        self.cut_after = self.cuts = self.loses = self.broken = 0
        self.lose_answer_to = b"\0"
        self._lock = threading.Lock()
        self._threads: list[threading.Thread] = []
        self._lines: list[_Line] = []

    def __enter__(self) -> "Wire":
        self._begin(threading.Thread(target=self._accept, daemon=True))
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        with suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        for line in self._lines:
            line.end()
        for thread in self._threads:
            thread.join(5)

    def _begin(self, thread: threading.Thread) -> None:
        self._threads.append(thread)
        thread.start()

    def _accept(self) -> None:
        while True:
            try:
                client, _ = self._listener.accept()
            except OSError:
                return
            line = _Line(self, client, socket.create_connection(self._server))
            self._lines.append(line)
            self._begin(threading.Thread(target=line.forth, daemon=True))
            self._begin(threading.Thread(target=line.back, daemon=True))

    def breaks(self, passed: int, asked: bytes) -> bool:
        """Whether the connection is to break now."""
        with self._lock:
            if asked.startswith(self.lose_answer_to) and self.loses:
                self.loses -= 1
            elif passed > self.cut_after and self.cuts:
                self.cuts -= 1
            else:
                return False
            self.broken += 1
            return True


class _Line:
    """One connection, both ways. A client sends its next request when it has the answer to the last."""

    def __init__(self, wire: Wire, client: socket.socket, server: socket.socket) -> None:
        self._wire, self._client, self._server = wire, client, server
        self._asked = b""

    def forth(self) -> None:
        with suppress(OSError):
            while data := self._client.recv(65536):
                if data.startswith((b"PUT ", b"GET ", b"HEAD ", b"POST ", b"DELETE ")):
                    self._asked = data[:8]
                self._server.sendall(data)
        self.end()

    def back(self) -> None:
        passed = 0
        with suppress(OSError):
            while data := self._server.recv(65536):
                passed += len(data)
                if not data.startswith(b"HTTP/1.1 100") and self._wire.breaks(passed, self._asked):
                    break
                self._client.sendall(data)
        self.end()

    def end(self) -> None:
        """Breaks both ends."""
        for end in (self._client, self._server):
            with suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)
            end.close()
