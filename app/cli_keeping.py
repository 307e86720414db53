"""The command line's part for keeping the database safe. Bodies are in commands/keeping.py."""

from pathlib import Path
from typing import Annotated

import typer

from app import cli_options

app = typer.Typer()


@app.command()
def backup(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(help="Where the copy goes.")],
    force: Annotated[bool, typer.Option("--force", help="Replace a file of that name.")] = False,
) -> None:
    """Write a checked copy of the database, also while the service runs.

    Of several watches each is copied: monday.db, monday.harbour.db (only one, to FILE itself: --watch).

    Example: coalition-watch backup backups/monday.db
    """
    from app.commands import keeping

    raise typer.Exit(keeping.backup(cli_options.load_settings(context), file, force))


@app.command()
def restore(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(help="A copy that `backup` wrote.")],
    force: Annotated[bool, typer.Option("--force", help="Replace the whole content of the database there is.")] = False,
) -> None:
    """Put a copy back in the database's place, checked and migrated.

    A running service notices and starts anew on what was restored. Of several watches each is restored, from
    monday.db, monday.harbour.db (only one, from FILE itself: --watch).

    Example: coalition-watch restore backups/monday.db --force
    """
    from app.commands import keeping

    raise typer.Exit(keeping.restore(cli_options.load_settings(context), file, force))


@app.command("migrate-to")
def migrate_to(
    context: typer.Context,
    address: Annotated[str, typer.Argument(help="Of an empty PostgreSQL, such as postgresql://user@host/watch.")],
) -> None:
    """Move the whole database to another address, checked row by row.

    Stop the service first; afterwards set CW_DATABASE_URL to the new address. The old database is left as it is. Of
    several watches each goes to its place there.

    Example: coalition-watch migrate-to postgresql://watch@db.example.org/watch
    """
    from app.commands import keeping

    raise typer.Exit(keeping.migrate_to(cli_options.load_settings(context), address))
