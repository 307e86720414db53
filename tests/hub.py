"""A small WebSub hub over real HTTP: takes subscriptions, verifies them at the callback, sends signed news."""

import hashlib
import hmac
import secrets
import threading
import time
from collections.abc import Callable
from urllib.parse import parse_qsl

import httpx

from tests import server as srv


class Hub:
    """At `url` of a server. `refuses` is a status to answer with; `lies` verifies another topic than was asked for."""

    def __init__(self, server: srv.TestServer, lease_s: int = 3600) -> None:
        self.url = server.route("/hub", self._take)
        self.lease_s = lease_s
        self.refuses: int | None = None
        self.lies = False
        self.asked: list[dict[str, str]] = []
        self.held: dict[str, dict[str, str]] = {}  # callback -> what was asked
        self.verified: list[tuple[str, int]] = []  # (mode, status at the callback)

    def _take(self, request: srv.Request) -> srv.Response:
        form = dict(parse_qsl(request.body.decode()))
        self.asked.append(form)
        if self.refuses:
            return srv.Response(status=self.refuses)
        threading.Thread(target=self._verify, args=(form,), daemon=True).start()
        return srv.Response(status=202)

    def _verify(self, form: dict[str, str]) -> None:
        challenge = secrets.token_hex(8)
        topic = "https://elsewhere.example/" if self.lies else form["hub.topic"]
        query = {"hub.mode": form["hub.mode"], "hub.topic": topic, "hub.challenge": challenge}
        if form["hub.mode"] == "subscribe":
            query["hub.lease_seconds"] = str(self.lease_s)
        try:
            answer = httpx.get(form["hub.callback"], params=query, trust_env=False)
        except httpx.TransportError:
            return
        if answer.status_code == 200 and answer.text == challenge:
            if form["hub.mode"] == "subscribe":
                self.held[form["hub.callback"]] = form
            else:
                self.held.pop(form["hub.callback"], None)
        self.verified.append((form["hub.mode"], answer.status_code))

    def publish(self, body: bytes, *, digest: str = "sha256", secret: str | None = None) -> list[int]:
        """Send to everybody who holds a subscription; the statuses of their answers."""
        found = []
        for callback, form in list(self.held.items()):
            key = (secret or form["hub.secret"]).encode()
            signature = f"{digest}={hmac.new(key, body, getattr(hashlib, digest)).hexdigest()}"
            answer = httpx.post(callback, content=body, headers={"X-Hub-Signature": signature}, trust_env=False)
            found.append(answer.status_code)
        return found


def wait_for(what: Callable[[], object], seconds: float = 10.0) -> None:
    """Until it is true; fails after so long."""
    end = time.monotonic() + seconds
    while not what():
        assert time.monotonic() < end, "waited in vain"
        time.sleep(0.02)
