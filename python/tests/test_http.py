"""Requests to servers that are slow, or send too much."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator

import pytest

from prefect_events._cli import stream
from prefect_events._cli.http import MOST_BYTES, Http, Lost, TooLarge
from prefect_events._cli.stream import Socket

from test_watch import Handler, Server

BODY = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"


class Dripping:
    """A server that sends a beginning, and then one piece after the other as long as someone listens."""

    def __init__(self, begin: bytes, piece: bytes, pause: float) -> None:
        self.begin, self.piece, self.pause = begin, piece, pause
        self.listening = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self.listening.getsockname()[1]}/api"
        threading.Thread(target=self.serve, daemon=True).start()

    def serve(self) -> None:
        try:
            while True:
                connection, _ = self.listening.accept()
                threading.Thread(target=self.drip, args=(connection,), daemon=True).start()
        except OSError:
            pass

    def drip(self, connection: socket.socket) -> None:
        with connection:
            try:
                connection.recv(1 << 16)
                connection.sendall(self.begin)
                while True:
                    time.sleep(self.pause)
                    connection.sendall(self.piece)
            except OSError:
                pass


@pytest.mark.parametrize(
    ("begin", "piece"),
    [
        (BODY + b"\r\n", b" "),
        (BODY + b"Content-Length: 1000000\r\n\r\n", b" "),
        (BODY + b"Transfer-Encoding: chunked\r\n\r\nFFFF\r\n", b" "),
        (BODY + b"Transfer-Encoding: chunked\r\n\r\n", b"1\r\n \r\n"),
        (BODY + b"X: ", b"a"),
        (b"HTTP/1.1 307 Temporary Redirect\r\nLocation: /api\r\nContent-Length: 1000000\r\n\r\n", b" "),
    ],
)
def test_a_slow_response_is_given_up(begin: bytes, piece: bytes) -> None:
    # Each piece comes in time.
    server = Dripping(begin, piece, pause=0.05)
    http = Http(0.4)
    try:
        with pytest.raises(Lost, match=r"^no response within 0\.4 seconds$"):
            http.send("GET", server.url, [], None)
    finally:
        http.close()
        server.listening.close()


def test_the_next_request_has_its_own_time(watched: Server) -> None:
    http = Http(0.4)
    body = '{"filter": {"occurred": {"since": "2026-01-01T00:00:00Z", "until": "2026-01-02T00:00:00Z"}}}'
    for _ in range(3):
        status, _, content = http.send("POST", watched.url, [("content-type", "application/json")], body)
        assert (status, content) == (200, b'{"events": [], "total": 0, "next_page": null}')
        time.sleep(0.2)
    http.close()


def test_an_endless_response_is_given_up() -> None:
    server = Dripping(BODY + b"\r\n", b" " * (16 << 20), pause=0)
    http = Http()
    try:
        with pytest.raises(TooLarge, match=rf"^the response of http://127\.0\.0\.1:\d+ is larger than {MOST_BYTES >> 20} MiB: "):
            http.send("GET", server.url.replace("//", "//ada:s3cret@"), [], None)
    finally:
        http.close()
        server.listening.close()


class Talkative(Handler):
    """Sends a message of 2,000 bytes over each websocket."""

    def frame(self) -> bytes | None:
        message = super().frame()
        if message is not None:
            self.wfile.write(b"\x81\x7e\x07\xd0" + b"x" * 2000)
        return message


@pytest.fixture
def watched() -> Iterator[Server]:
    with Server.running() as server:
        yield server


def test_a_message_that_is_too_large_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("websockets")
    monkeypatch.setattr(stream, "MOST_BYTES", 2000)
    with Server.running(Talkative) as server:
        one = Socket()
        for most, expected in ((2000, "x" * 2000), (1999, None)):
            monkeypatch.setattr(stream, "MOST_BYTES", most)
            one.open(server.url.replace("http:", "ws:"))
            one.send("hello")
            if expected is None:
                with pytest.raises(TooLarge, match=r"^a message of ws://127\.0\.0\.1:\d+ is larger than "):
                    one.receive(10_000)
            else:
                assert one.receive(10_000) == expected
        one.close()
