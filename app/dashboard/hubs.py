"""Where hubs call (WebSub): they verify subscriptions and say that a feed has news. Open to anybody who knows a path.

A path is a random word of one subscription. What is sent is checked by its signature and then forgotten: the feed is
polled in its place.
"""

import asyncio

import structlog
from fastapi import APIRouter, Request, Response
from fastapi.responses import PlainTextResponse

from app.dashboard import context
from monitor import websub
from storage import subscriptions

log = structlog.get_logger("websub")

_MOST_BYTES = 5_000_000  # as of a feed
_LONGEST_CHALLENGE = 2000


def router(around: context.Context) -> APIRouter:
    """The two routes."""
    routes = APIRouter(include_in_schema=False)
    store = around.stores.subscriptions

    @routes.get("/hub/{path}")
    async def verify(path: str, request: Request) -> Response:
        held = await asyncio.to_thread(store.subscription_at, path)
        query = request.query_params
        if held is None or query.get("hub.topic") != held.topic:
            return Response(status_code=404)
        if query.get("hub.mode") == "denied":
            await asyncio.to_thread(store.note_subscription_error, path, "the hub denied the subscription")
            return Response(status_code=204)
        challenge = query.get("hub.challenge", "")
        if query.get("hub.mode") != held.mode or not challenge or len(challenge) > _LONGEST_CHALLENGE:
            return Response(status_code=404)
        await asyncio.to_thread(_settle, around, store, held, query.get("hub.lease_seconds", ""))
        return PlainTextResponse(challenge)  # text, never a page: nosniff is set for all answers

    @routes.post("/hub/{path}")
    async def hear(path: str, request: Request) -> Response:
        held = await asyncio.to_thread(store.subscription_at, path)
        if held is None:
            return Response(status_code=404)
        body = bytearray()
        async for chunk in request.stream():
            body += chunk
            if len(body) > _MOST_BYTES:
                return Response(status_code=413)
        # One that is not signed is answered alike and ignored (section 7.1).
        if not websub.is_signed(held.secret, request.headers.get("x-hub-signature", ""), bytes(body)):
            log.warning("hub_unsigned", feed=held.feed_url)
        elif await asyncio.to_thread(store.note_hint, path, around.clock()):
            log.info("hub_hint", feed=held.feed_url)
            around.on_hint()
        return Response(status_code=204)

    return routes


def _settle(
    around: context.Context, store: subscriptions.SqlSubscriptions, held: websub.Subscription, lease: str
) -> None:
    """What the hub has verified."""
    if held.step is websub.Step.ENDING:
        store.forget_subscription(held.path)
        return
    seconds = int(lease[:9]) if lease.isascii() and lease.isdigit() else websub.LEASE_S
    store.save_subscription(websub.verified(held, seconds, around.clock()))
    log.info("hub_active", feed=held.feed_url, hub=held.hub, lease_s=seconds)
