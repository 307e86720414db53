"""The command line's part for alerts on their way. Bodies are in commands/outbox.py."""

from typing import Annotated

import typer

from app import cli_options

app = typer.Typer(no_args_is_help=True, help="Alerts that wait or were given up.")

Ids = Annotated[list[str] | None, typer.Argument(metavar="IDS...", help="Alert ids, as `outbox list` shows them.")]
All = Annotated[bool, typer.Option("--all", help="All that were given up.")]


@app.command("list")
def list_alerts(context: typer.Context) -> None:
    """List alerts that wait or were given up, with the reason.

    Example: coalition-watch outbox list
    """
    from app.commands import outbox

    raise typer.Exit(outbox.list_alerts(cli_options.load_settings(context)))


@app.command()
def retry(context: typer.Context, ids: Ids = None, everything: All = False) -> None:
    """Let alerts that were given up be tried again.

    Example: coalition-watch outbox retry A-1a2b3c4d5e6f7a8b
    """
    from app.commands import outbox

    raise typer.Exit(outbox.retry(cli_options.load_settings(context), ids or [], everything))


@app.command()
def drop(context: typer.Context, ids: Ids = None, everything: All = False) -> None:
    """Forget alerts that were given up.

    Example: coalition-watch outbox drop --all
    """
    from app.commands import outbox

    raise typer.Exit(outbox.drop(cli_options.load_settings(context), ids or [], everything))
