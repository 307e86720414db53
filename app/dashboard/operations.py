"""For those who keep it running: /healthz and /metrics."""

from collections import Counter
from typing import Literal

from fastapi import APIRouter, Response
from pydantic import BaseModel, Field

from alerts import faults
from app.dashboard import context, metrics
from monitor import errors


class Health(BaseModel):
    """How the installation is."""

    state: Literal["ok", "late", "starting", "no database"] = Field(description="`ok`: it does what it should")
    last_cycle_age_s: int | None = Field(description="seconds since a polling cycle was completed; null: none yet")
    limit_s: int = Field(description="what is older is late")
    database: bool = Field(description="whether the database answers")
    backlog: dict[str, int] = Field(description="what waits: entries to read, articles to take, alerts to send")
    faults: int = Field(default=0, description="channels and recipients that the operator has to mend; see `check`")


def router(around: context.Context) -> APIRouter:
    """The two routes."""
    routes = APIRouter(tags=["operations"])

    @routes.get("/healthz", responses={503: {"model": Health}}, summary="Whether it works")
    def healthz(response: Response) -> Health:
        found = to_health(around)
        response.status_code = 200 if found.state in ("ok", "starting") else 503
        response.headers["cache-control"] = "no-store"
        return found

    @routes.get("/metrics", include_in_schema=False)
    def show_metrics() -> Response:
        return Response(metrics.render(around), media_type=metrics.MEDIA_TYPE)

    return routes


_WORST_LAST = ("ok", "starting", "late", "no database")


def to_health(around: context.Context) -> Health:
    """The state now; of several watches that of the worst, with what waits in all of them."""
    found = [_health_of(one) for one in around.every]
    worst = max(found, key=lambda one: (_WORST_LAST.index(one.state), one.last_cycle_age_s or 0))
    waits: Counter[str] = Counter()
    for one in found:
        waits.update(one.backlog)
    return worst.model_copy(update={"backlog": dict(waits)})


def _health_of(around: context.Context) -> Health:
    """One watch's; a database that does not answer is a state, not an error."""
    limit = around.settings.health_max_age_s
    try:
        last = around.stores.meta.time("last_cycle_at")
        backlog = around.stores.counting.backlog()
        broken = len(faults.load_faults(around.stores.meta))
    except errors.StoreError:
        return Health(state="no database", last_cycle_age_s=None, limit_s=limit, database=False, backlog={})
    if last is None:
        return Health(
            state="starting", last_cycle_age_s=None, limit_s=limit, database=True, backlog=backlog, faults=broken
        )
    age = max(0, round((around.clock() - last).total_seconds()))
    state: Literal["ok", "late"] = "late" if age > limit else "ok"
    return Health(state=state, last_cycle_age_s=age, limit_s=limit, database=True, backlog=backlog, faults=broken)
