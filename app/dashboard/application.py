"""The web application: routes, access, headers, error answers. Built for one Context; listens to nothing by itself."""

from collections.abc import Awaitable, Callable
from dataclasses import replace

import structlog
from fastapi import FastAPI, Request
from fastapi.exception_handlers import request_validation_exception_handler
from fastapi.exceptions import HTTPException, RequestValidationError
from fastapi.middleware.gzip import GZipMiddleware
from fastapi.responses import JSONResponse, PlainTextResponse, Response
from fastapi.staticfiles import StaticFiles

from app.dashboard import access, api, context, hubs, operations, outputs, pages, rendering
from app.dashboard.views import links
from monitor import errors

log = structlog.get_logger("dashboard")

Next = Callable[[Request], Awaitable[Response]]

HEADERS = {
    "content-security-policy": (
        "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; form-action 'self'; "
        "base-uri 'none'; frame-ancestors 'none'"
    ),
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "cross-origin-resource-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
}
_READING = ("GET", "HEAD")


def create_app(around: context.Context) -> FastAPI:
    """The application over these stores; where there are several watches, each also below /w/NAME."""
    if not around.others:
        return _create_one(around)
    names = tuple(one.watch for one in around.every)
    app = _create_one(replace(around, siblings=names))
    for one in around.every:
        prefix = links.watch(one.watch)
        app.mount(prefix, _create_one(replace(one, siblings=names, prefix=prefix, others=())))
    return app


def _create_one(around: context.Context) -> FastAPI:
    app = FastAPI(
        title="Coalition Watch",
        version="1",
        description="The open ledger: positions and developments with their evidence. Read only.",
        docs_url=None,
        redoc_url=None,
        openapi_url="/api/openapi.json",
    )
    app.mount("/static", StaticFiles(directory=rendering.STATIC), name="static")
    app.include_router(operations.router(around))
    app.include_router(api.router(around))
    app.include_router(pages.router(around))
    app.include_router(outputs.router(around))
    app.include_router(hubs.router(around))
    app.add_middleware(GZipMiddleware, minimum_size=1000, compresslevel=5)
    _guard(app, around)
    _answer_errors(app, around)
    return app


def _guard(app: FastAPI, around: context.Context) -> None:
    """Who may read, and what every answer says to the browser."""

    @app.middleware("http")
    async def guard(request: Request, call_next: Next) -> Response:
        peer = request.client.host if request.client else None
        refusal = access.check(around.settings, request.url.path, request.headers, peer)
        if refusal is not None:
            response = _refuse(refusal)
        elif request.method == "POST" and access.is_callback(request.url.path):
            response = await call_next(request)
        elif request.method not in _READING:
            response = PlainTextResponse("read only", status_code=405, headers={"allow": "GET, HEAD"})
        else:
            request.scope["method"] = "GET"  # the server leaves out the body of an answer to HEAD
            response = await call_next(request)
        for name, value in HEADERS.items():
            response.headers.setdefault(name, value)
        if "cache-control" not in response.headers:
            is_static = _path_of(request).startswith("/static/")
            response.headers["cache-control"] = "max-age=3600" if is_static else "private, no-cache"
        return response


def _path_of(request: Request) -> str:
    """What is asked for within a watch."""
    return request.url.path.removeprefix(request.scope.get("root_path", ""))


def _refuse(refusal: access.Refusal) -> Response:
    headers = {"www-authenticate": 'Basic realm="Coalition Watch", charset="UTF-8"'} if refusal.ask_password else {}
    if refusal.status == 401 and not headers:
        headers = {"www-authenticate": "Bearer"}
    return PlainTextResponse(refusal.reason, status_code=refusal.status, headers=headers)


def _answer_errors(app: FastAPI, around: context.Context) -> None:
    """Errors as JSON to programs and as a page to people; never with what lies behind them."""

    def answer(request: Request, status: int, words: str) -> Response:
        if _path_of(request).startswith("/api/"):
            return JSONResponse({"detail": words}, status_code=status)
        return rendering.error_page(around, status, words)

    @app.exception_handler(404)
    async def missing(request: Request, error: HTTPException) -> Response:
        return answer(request, 404, "There is nothing at this address.")

    @app.exception_handler(HTTPException)
    async def refused(request: Request, error: HTTPException) -> Response:
        return answer(request, error.status_code, str(error.detail))

    @app.exception_handler(RequestValidationError)
    async def invalid(request: Request, error: RequestValidationError) -> Response:
        wrong = "; ".join(f"{one['loc'][-1]}: {one['msg']}" for one in error.errors())
        if _path_of(request).startswith("/api/"):
            return await request_validation_exception_handler(request, error)
        return rendering.error_page(around, 400, f"The address is not understood: {wrong}.")

    @app.exception_handler(errors.StoreError)
    async def unavailable(request: Request, error: errors.StoreError) -> Response:
        log.warning("dashboard_store", path=request.url.path, reason=str(error))
        return answer(request, 503, "The database does not answer just now. Try again in a moment.")

    @app.exception_handler(Exception)
    async def crashed(request: Request, error: Exception) -> Response:
        log.error("dashboard_crashed", path=request.url.path, exc_info=error)
        return answer(request, 500, "Something went wrong here. The log says what.")
