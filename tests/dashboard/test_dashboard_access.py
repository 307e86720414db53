"""Who may read the dashboard, and where it may listen."""

import base64
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import httpx
import pytest

from app import serving, tallies, wiring
from app import settings as app_settings
from app.dashboard import access, context, server
from monitor import errors
from monitor.ledger import rules
from storage import store
from tests.dashboard import filled
from tests.dashboard.filled import client_of

ROOT = Path(__file__).parents[2]
PASSWORD, TOKEN = "a long enough word", "a-long-enough-token"


def load(**values: str) -> app_settings.Settings:
    return app_settings.load_settings({f"CW_{name.upper()}": value for name, value in values.items()})


def basic(password: str, user: str = "reader") -> dict[str, str]:
    return {"authorization": "Basic " + base64.b64encode(f"{user}:{password}".encode()).decode()}


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.0.2.7", "watch.example.org"])
def test_beyond_loopback_without_access_control_is_refused_with_the_reason(host: str) -> None:
    with pytest.raises(errors.SettingsError, match=r"other machines.*http_password"):
        load(http_host=host)


@pytest.mark.parametrize(
    "values",
    [
        {"http_password": PASSWORD},
        {"http_token": TOKEN},
        {"http_proxy_header": "X-Forwarded-User"},
        {"http_port": "0"},
    ],
)
def test_beyond_loopback_with_access_control_or_switched_off_is_fine(values: dict[str, str]) -> None:
    assert load(http_host="0.0.0.0", **values).http_host == "0.0.0.0"


@pytest.mark.parametrize("host", ["127.0.0.1", "::1", "localhost", "127.8.9.1"])
def test_loopback_needs_none(host: str) -> None:
    assert load(http_host=host).http_password is None


@pytest.mark.parametrize("name", ["http_password", "http_token"])
def test_short_secrets_are_refused_and_not_told(name: str) -> None:
    with pytest.raises(errors.SettingsError) as caught:
        load(**{name: "shortie"})
    assert "at least 12" in str(caught.value) and "shortie" not in str(caught.value)


@pytest.mark.parametrize(
    ("host", "status"),
    [
        ("localhost:8642", None),
        ("127.0.0.1:8642", None),
        ("[::1]:8642", None),
        ("watch.example.org", 421),
        ("localhost.example.org", 421),
        ("", 421),
    ],
)
def test_an_open_dashboard_answers_to_loopback_names_only(host: str, status: int | None) -> None:
    refusal = access.check(load(), "/", {"host": host}, "127.0.0.1")
    assert (refusal.status if refusal else None) == status


@pytest.mark.parametrize(
    ("headers", "allowed"),
    [
        ({}, False),
        (basic(PASSWORD), True),
        (basic(TOKEN), True),
        (basic("wrong"), False),
        (basic(""), False),
        ({"authorization": f"Bearer {TOKEN}"}, True),
        ({"authorization": f"Bearer {PASSWORD}"}, False),
        ({"authorization": "Basic %%%"}, False),
        ({"authorization": "Basic " + base64.b64encode(b"\xff\xfe").decode()}, False),
        ({"authorization": "Basic"}, False),
    ],
)
def test_password_and_token(headers: dict[str, str], allowed: bool) -> None:
    settings = load(http_password=PASSWORD, http_token=TOKEN)
    assert (access.check(settings, "/", headers, "192.0.2.7") is None) is allowed


@pytest.mark.parametrize(
    ("peer", "name", "allowed"),
    [
        ("127.0.0.1", "reader", True),
        ("10.1.2.3", "reader", True),
        ("192.0.2.7", "reader", False),
        ("10.1.2.3", " ", False),
        (None, "reader", False),
    ],
)
def test_a_proxy_is_believed_from_its_own_address_only(peer: str | None, name: str, allowed: bool) -> None:
    settings = load(http_proxy_header="X-Forwarded-User", http_proxies="127.0.0.1,10.1.0.0/16")
    assert (access.check(settings, "/", {"x-forwarded-user": name}, peer) is None) is allowed


def test_health_needs_no_password_and_metrics_do() -> None:
    settings = load(http_password=PASSWORD)
    assert access.check(settings, "/healthz", {}, "192.0.2.7") is None
    refusal = access.check(settings, "/metrics", {}, "192.0.2.7")
    assert refusal is not None and refusal.status == 401


async def test_a_browser_is_asked_for_the_password(around: context.Context) -> None:
    guarded = replace(around, settings=load(http_password=PASSWORD))
    async with client_of(guarded) as client:
        asked = await client.get("/")
        assert asked.status_code == 401 and asked.headers["www-authenticate"].startswith("Basic")
        assert (await client.get("/", headers=basic(PASSWORD))).status_code == 200
        assert (await client.get("/static/style.css")).status_code == 401


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH", "OPTIONS"])
async def test_nothing_can_be_written(client: httpx.AsyncClient, method: str) -> None:
    answer = await client.request(method, "/")
    assert (answer.status_code, answer.headers["allow"]) == (405, "GET, HEAD")


async def test_a_taken_port_is_a_settings_error(ledger: store.Stores) -> None:
    listener = server.bind("127.0.0.1", 0)
    listener.listen()
    try:
        taken = filled.around(ledger, http_port=str(listener.getsockname()[1]))
        with pytest.raises(errors.SettingsError, match="can't listen"):
            async with server.serving(taken):
                pass
    finally:
        listener.close()


async def test_it_serves_on_a_real_socket_and_answers_head_without_a_body(ledger: store.Stores) -> None:
    free = server.bind("127.0.0.1", 0)
    port = free.getsockname()[1]
    free.close()
    async with server.serving(filled.around(ledger, http_port=str(port))) as address, httpx.AsyncClient() as client:
        assert (await client.get(address)).status_code == 200
        answer = await client.head(address)
        assert answer.status_code == 200 and answer.content == b""


def test_a_service_without_a_dashboard_does_not_pay_for_it() -> None:
    web = {"fastapi", "uvicorn", "jinja2", "prometheus_client"}
    code = f"import app.service, sys; print(sorted({web} & set(sys.modules)))"
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, timeout=60, check=True
    )
    assert done.stdout.strip() == "[]"


def base_on(stores: store.Stores, port: int) -> wiring.Base:
    return wiring.Base(
        settings=load(http_port=str(port)), watch=filled.load_watch(), rules=rules.load_rules(), stores=stores
    )


async def test_the_service_serves_beside_its_work_and_counts_for_the_metrics(ledger: store.Stores) -> None:
    free = server.bind("127.0.0.1", 0)
    port = free.getsockname()[1]
    free.close()
    counted = tallies.Tallies(polls=7)
    async with serving.serving(base_on(ledger, port), counted), httpx.AsyncClient() as client:
        counted.count_poll(polled=3, unchanged=1, failed=1, new_entries=5)
        counted.count_deliveries(sent=2, retried=0, dead=1)
        told = (await client.get(f"http://127.0.0.1:{port}/metrics")).text
    assert "cw_polls_total 10.0" in told and "cw_poll_errors_total 1.0" in told
    assert 'cw_deliveries_total{outcome="sent"} 2.0' in told


async def test_a_taken_port_does_not_stop_the_watch(ledger: store.Stores) -> None:
    taken = server.bind("127.0.0.1", 0)
    went_on = False
    async with serving.serving(base_on(ledger, taken.getsockname()[1]), tallies.Tallies()):
        went_on = True
    taken.close()
    assert went_on
