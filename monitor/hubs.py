"""Asks hubs over HTTP to begin or end a subscription. Connections are checked as those for feeds are."""

import asyncio

import httpx

from monitor import connecting, errors, websub

_TIMEOUT_S = 20.0
_CONNECTIONS = 20


class HubClient:
    """One client for all hubs; it follows no redirects, keeps no cookies and reads no answer's body."""

    def __init__(self, *, user_agent: str, allow_private: frozenset[str] | bool = False) -> None:
        self._client = httpx.AsyncClient(
            transport=connecting.guarded_transport(allow_private, _CONNECTIONS), headers={"User-Agent": user_agent},
            timeout=_TIMEOUT_S, trust_env=False, follow_redirects=False,
        )  # fmt: skip

    async def ask(self, held: websub.Subscription) -> str | None:
        """Ask for what the subscription's step wants; why the hub did not take it, None where it did."""
        try:
            async with (
                asyncio.timeout(_TIMEOUT_S),
                self._client.stream("POST", held.hub, data=websub.to_form(held)) as answer,
            ):
                self._client.cookies.clear()
                return None if 200 <= answer.status_code < 300 else f"the hub answered {answer.status_code}"
        except errors.FetchError as error:  # the guard's refusal of its address
            return error.reason
        except (TimeoutError, httpx.HTTPError, httpx.InvalidURL, ValueError, OSError) as error:
            return f"the hub could not be asked ({type(error).__name__})"

    async def close(self) -> None:
        """Give connections back."""
        await self._client.aclose()
