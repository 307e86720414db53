"""The command line's part on the ledger: names, options, help. Bodies are in commands/ledger.py."""

from typing import Annotated

import typer

from app import cli_options

app = typer.Typer(no_args_is_help=True, help="What is held to be true: look back, set right, count.")

AsJson = Annotated[bool, typer.Option("--json", help="As JSON instead of a table.")]


@app.command("set")
def set_position(
    context: typer.Context,
    topic: Annotated[str, typer.Argument(help="membership, troops or backstop")],
    subject: Annotated[str, typer.Argument(help="A country's code such as DK; EU, NATO, COALITION; US for backstop.")],
    aspect: Annotated[str, typer.Argument(help="The topic itself, headcount:KIND, force_size, or a component.")],
    status: Annotated[str, typer.Argument(help="As in the README's table; headcount or force_size for figures.")],
    source: Annotated[str, typer.Option(help="The address of the page that says so.")],
    number: Annotated[int | None, typer.Option(min=1, help="The figure.")] = None,
    at: Annotated[str | None, typer.Option(help="Since when it holds, such as 2026-03-01 (default: now).")] = None,
) -> None:
    """Set a position by hand, with a source.

    News is compared with it from then on; a running service heeds it at its next article. Nobody is told.

    Example: coalition-watch ledger set troops DK troops pledged --number 800 --source https://example.org/news/1
    """
    from app.commands import ledger

    chosen = cli_options.load_settings(context)
    raise typer.Exit(ledger.set_position(chosen, (topic, subject, aspect), status, number, source, at))


@app.command()
def undo(context: typer.Context) -> None:
    """Undo what was done by hand last (`set` or `wrong`). Example: coalition-watch ledger undo"""
    from app.commands import ledger

    raise typer.Exit(ledger.undo(cli_options.load_settings(context)))


@app.command()
def wrong(
    context: typer.Context,
    development: Annotated[str | None, typer.Argument(help="Its id (default: list those that are marked).")] = None,
    note: Annotated[str, typer.Option(help="Why, in a few words.")] = "",
) -> None:
    """Mark a development wrong, or list those that are.

    It is taken back, whoever was told hears so, and it is kept and counted for measurement.

    Example: coalition-watch ledger wrong Da78e8af61c07 --note "another coalition"
    """
    from app.commands import ledger

    chosen = cli_options.load_settings(context)
    raise typer.Exit(ledger.mark_wrong(chosen, development, note) if development else ledger.list_wrong(chosen))


@app.command()
def at(
    context: typer.Context,
    moment: Annotated[str, typer.Argument(metavar="DATE", help="A day (its end) or a time.")],
    as_json: AsJson = False,
) -> None:
    """Show what was held at a past moment. Example: coalition-watch ledger at 2026-03-01"""
    from app.commands import ledger

    raise typer.Exit(ledger.show_at(cli_options.load_settings(context), moment, as_json))


@app.command()
def held(
    context: typer.Context,
    since: Annotated[str | None, typer.Option(help="Only later ones, such as 2026-03-01.")] = None,
    as_json: AsJson = False,
) -> None:
    """Count the claims that made no development, by reason.

    Example: coalition-watch ledger held --since 2026-03-01"""
    from app.commands import ledger

    raise typer.Exit(ledger.show_held(cli_options.load_settings(context), since, as_json))
