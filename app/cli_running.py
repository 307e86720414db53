"""The command line's part for the service itself."""

import asyncio
from typing import Annotated, Literal

import typer

from app import cli_options


def run(
    context: typer.Context,
    role: Annotated[
        Literal["all", "scheduler", "worker", "bot"],
        typer.Option(help="The part of the work that this process does; all but `all` need PostgreSQL."),
    ] = "all",
) -> None:
    """Run the service until SIGTERM.

    It polls, reads, compares and tells. With nothing configured it uses the shipped feeds and a database in data/,
    and tells on the console. The first poll is silent and ends in one summary.

    On one PostgreSQL the work can be shared by several processes on several machines, all with the same settings:
    a scheduler (says what is due, keeps the ledger), any number of workers (poll and read), a bot (sends, and
    answers on Telegram). Of schedulers and bots one works; more of them stand by and take over within seconds.

    Example: coalition-watch --config watch.toml run

    Example: CW_DATABASE_URL=postgresql://watch@db.example.org/watch coalition-watch run --role worker
    """
    from app import running

    raise typer.Exit(asyncio.run(running.run(cli_options.load_settings(context), role)))


def serve(context: typer.Context) -> None:
    """Serve the dashboard alone.

    Over the database of the settings, which may be in use by a service elsewhere; polls and sends nothing.

    Example: CW_HTTP_PORT=8700 coalition-watch serve
    """
    from app import serving

    raise typer.Exit(asyncio.run(serving.serve(cli_options.load_settings(context))))


def poll(context: typer.Context) -> None:
    """Run one whole cycle and end.

    It polls what is due, reads, compares and delivers. For cron, and for trying settings.

    Example: CW_DATABASE_URL=sqlite:///trial.db coalition-watch poll
    """
    from app import service

    raise typer.Exit(asyncio.run(service.run_service(cli_options.load_settings(context), once=True)))
