"""The command line: names, options and help. Bodies are in commands/, imported when they are called."""

import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Literal

import typer

from app import cli_keeping, cli_ledger, cli_options, cli_outbox, cli_running
from monitor import errors

VERSION = "0.1.0"

app = typer.Typer(
    name="coalition-watch",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    help="""Reads the news and speaks up when a fact about the coalition of the willing for Ukraine changes:
    who belongs to it, who pledges troops, what the US says of a backstop.

    Start with `coalition-watch demo` (offline, half a minute), then `coalition-watch run`.
    Settings come from coalition-watch.toml and CW_... variables; `coalition-watch check` looks them over.""",
)
baseline = typer.Typer(no_args_is_help=True, help="What is known before the first poll.")
feeds = typer.Typer(no_args_is_help=True, help="The addresses that are polled.")
app.add_typer(baseline, name="baseline")
app.add_typer(feeds, name="feeds")
app.add_typer(cli_ledger.app, name="ledger")
app.add_typer(cli_outbox.app, name="outbox")
app.add_typer(cli_keeping.app)  # without a name: its commands stand beside the others
for _command in (cli_running.run, cli_running.serve, cli_running.poll):  # first in the list
    app.command()(_command)

_settings = cli_options.load_settings


@app.callback()
def _options(
    context: typer.Context,
    config: Annotated[
        Path | None, typer.Option(help="A settings file in TOML (default: coalition-watch.toml).")
    ] = None,
    watch: Annotated[
        str | None,
        typer.Option(help="This watch of CW_WATCHES, by name (default: the first; for some all)."),
    ] = None,
) -> None:
    context.obj = cli_options.Chosen(config=config, watch=watch)


@app.command()
def claims(
    context: typer.Context,
    explain: Annotated[bool, typer.Option(help="Add the words that led to each claim.")] = False,
) -> None:
    """Read articles, write their claims.

    JSON Lines in (standard input) and out, in the same order; offline, no database. A line that is no article gets
    an object with `error` in its place, and the exit code is 2.

    Example: coalition-watch claims < articles.jsonl > claims.jsonl
    """
    from app.commands import articles

    raise typer.Exit(articles.claims(explain, cli_options.watch_root(context)))


@app.command()
def replay(
    context: typer.Context,
    paths: Annotated[list[Path], typer.Argument(help="JSON Lines files, or folders of JSON files.")],
    html: Annotated[Path | None, typer.Option(help="Write a readable report here instead.")] = None,
    gold: Annotated[bool, typer.Option(help="Use the articles' own annotated claims, not the engine's.")] = False,
    start: Annotated[
        Path | None, typer.Option("--from", help="A saved ledger (.db) or a baseline file (.yaml) to start from.")
    ] = None,
    compare: Annotated[
        str | None, typer.Option(help="Say what differs under other rules: a file, a folder or a git revision.")
    ] = None,
) -> None:
    """Take archived articles through the whole way.

    They run on a clock of their own, from the baseline; one JSON line a development. With --compare: which
    developments the other rules or revision add, drop and alter.

    Example: coalition-watch replay archive/ --html report.html
    """
    from app.commands import replaying

    root = cli_options.watch_root(context)
    options = replaying.Options(paths=tuple(paths), gold=gold, start=start, html=html, other=compare, root=root)
    raise typer.Exit(replaying.replay_archive(options))


@app.command()
def board(
    context: typer.Context,
    as_of: Annotated[str | None, typer.Option(help="A past day, such as 2026-03-01.")] = None,
) -> None:
    """Show all positions at a glance.

    Who is in, who pledges what, what the US says; now, or at the end of a past day.

    Example: coalition-watch board --as-of 2026-03-01
    """
    from app.commands import stored

    raise typer.Exit(stored.board(_settings(context), as_of))


@app.command()
def digest(
    context: typer.Context,
    preview: Annotated[Path | None, typer.Option(help="Write the digest's HTML to this file.")] = None,
    send: Annotated[bool, typer.Option("--send", help="Send it now to everybody who gets digests.")] = False,
    days: Annotated[int, typer.Option(min=1, help="How many days a preview looks back.")] = 1,
) -> None:
    """Show the digest, or send it.

    As text, as a page (--preview), or by e-mail to everybody who gets digests (--send).

    Example: coalition-watch digest --days 7 --preview digest.html
    """
    from app.commands import stored

    raise typer.Exit(stored.digest(_settings(context), preview, send, days))


@baseline.command("build")
def baseline_build(
    context: typer.Context,
    documents: Annotated[list[Path], typer.Argument(help="JSON articles, or text files listed in the manifest.")],
    manifest: Annotated[Path | None, typer.Option(help="Names, hashes, dates and outlets of text files.")] = None,
    output: Annotated[Path | None, typer.Option(help="Write here instead of standard output.")] = None,
) -> None:
    """Derive a baseline from documents.

    They are read by the same engine as the news. Text files need a manifest: name, sha256, published, outlet, origin.

    Example: coalition-watch baseline build documents/*.txt --manifest documents.yaml --output baseline.yaml
    """
    from app.commands import articles

    raise typer.Exit(articles.build_baseline(documents, manifest, output, cli_options.watch_root(context)))


@baseline.command("cut")
def baseline_cut(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(help="Where the baseline goes.")],
    at: Annotated[str | None, typer.Option(help="As of a past day or time (default: now).")] = None,
) -> None:
    """Write the ledger's positions as a baseline for another installation.

    Example: coalition-watch baseline cut march.yaml --at 2026-03-01
    """
    from app.commands import ledger

    raise typer.Exit(ledger.cut_baseline(_settings(context), at, file))


@baseline.command("show")
def baseline_show(context: typer.Context) -> None:
    """Show the shipped baseline's positions. Example: coalition-watch baseline show"""
    from app.commands import articles

    raise typer.Exit(articles.show_baseline(cli_options.watch_root(context)))


@feeds.command("list")
def feeds_list(context: typer.Context) -> None:
    """List all feeds with their health. Example: coalition-watch feeds list"""
    from app.commands import feeding

    raise typer.Exit(feeding.list_feeds(_settings(context)))


@feeds.command("check")
def feeds_check(
    context: typer.Context,
    url: Annotated[str | None, typer.Option(help="Only this address.")] = None,
) -> None:
    """Fetch feeds and say what they hold.

    Every feed that is on, or one address; stores nothing. The exit code is 1 where one failed.

    Example: coalition-watch feeds check --url https://example.org/rss
    """
    from app.commands import discovering

    raise typer.Exit(discovering.check_feeds(_settings(context), url))


@feeds.command("discover")
def feeds_discover(
    context: typer.Context, url: Annotated[str, typer.Argument(help="A site's or page's address.")]
) -> None:
    """Find the feeds of a site.

    Those that the page names and those that lie where sites keep theirs; stores nothing.

    Example: coalition-watch feeds discover https://example.org
    """
    from app.commands import discovering

    raise typer.Exit(discovering.discover_feeds(_settings(context), url))


@feeds.command("pause")
def feeds_pause(context: typer.Context, url: Annotated[str, typer.Argument(help="As `feeds list` shows it.")]) -> None:
    """Poll a feed no more until it is resumed. Example: coalition-watch feeds pause https://example.org/rss"""
    from app.commands import feeding

    raise typer.Exit(feeding.pause_feed(_settings(context), url, paused=True))


@feeds.command("resume")
def feeds_resume(context: typer.Context, url: Annotated[str, typer.Argument(help="As `feeds list` shows it.")]) -> None:
    """Poll a feed again that was paused or off. Example: coalition-watch feeds resume https://example.org/rss"""
    from app.commands import feeding

    raise typer.Exit(feeding.pause_feed(_settings(context), url, paused=False))


@feeds.command("add")
def feeds_add(
    context: typer.Context,
    url: Annotated[str, typer.Argument(help="The feed's address.")],
    title: Annotated[str | None, typer.Option(help="How lists name it (default: the address).")] = None,
    outlet: Annotated[str | None, typer.Option(help="Who publishes it.")] = None,
    tier: Annotated[str, typer.Option(help="official, wire, press or other")] = "other",
    language: Annotated[str, typer.Option(help="A code such as en.")] = "en",
    kind: Annotated[
        Literal["feed", "page"], typer.Option(help="page: a web page without a feed, watched by its links.")
    ] = "feed",
) -> None:
    """Add a feed. Example: coalition-watch feeds add https://example.org/rss --outlet "Example Post" --tier press"""
    from app.commands import feeding

    raise typer.Exit(feeding.add_feed(_settings(context), url, title, outlet, tier, language, kind))


@feeds.command("remove")
def feeds_remove(context: typer.Context, url: Annotated[str, typer.Argument(help="As `feeds list` shows it.")]) -> None:
    """Stop polling a feed; what it brought is kept. Example: coalition-watch feeds remove https://example.org/rss"""
    from app.commands import feeding

    raise typer.Exit(feeding.remove_feed(_settings(context), url))


@feeds.command("import")
def feeds_import(context: typer.Context, file: Annotated[Path, typer.Argument(help="Another reader's list.")]) -> None:
    """Add the feeds of an OPML file. Example: coalition-watch feeds import reader.opml"""
    from app.commands import feeding

    raise typer.Exit(feeding.import_feeds(_settings(context), file))


@feeds.command("export")
def feeds_export(
    context: typer.Context, file: Annotated[Path | None, typer.Argument(help="Default: standard output.")] = None
) -> None:
    """Write the feeds that are on as OPML. Example: coalition-watch feeds export feeds.opml"""
    from app.commands import feeding

    raise typer.Exit(feeding.export_feeds(_settings(context), file))


@app.command()
def why(
    context: typer.Context,
    reference: Annotated[str, typer.Argument(metavar="ID", help="A development, alert or article id, or an address.")],
) -> None:
    """Tell why there was an alert, or none.

    The way from article through claims to development and alert, or the reason why it ended, as JSON.

    Example: coalition-watch why A-1f3c2b4d5e6f7a8b
    """
    from app.commands import stored

    raise typer.Exit(stored.why(_settings(context), reference))


@app.command()
def check(
    context: typer.Context,
    folder: Annotated[
        Path | None, typer.Argument(help="Only a watch's data: a folder in the shape of seeds/. Needs no settings.")
    ] = None,
) -> None:
    """Look over settings, data and channels.

    Settings, watch data, database, recipients, for every watch; then each channel's server is asked, and nothing is
    sent. With a folder: its files, their heads, what they name of each other, dates of offices, lists of words that
    the grammar knows, feeds; every complaint by file and line. The exit code is 1 where something is wrong.

    Example: coalition-watch check /srv/watches/harbour
    """
    from app.commands import stored

    raise typer.Exit(stored.check_folder(folder) if folder else stored.check(_settings(context)))


@app.command()
def export(
    context: typer.Context,
    form: Annotated[Literal["json", "csv"], typer.Option("--format")] = "json",
    what: Annotated[Literal["positions", "developments"], typer.Option()] = "developments",
) -> None:
    """Write positions or developments.

    JSON Lines or CSV, with short quotes and links, never an article's text.

    Example: coalition-watch export --what positions --format csv > positions.csv
    """
    from app.commands import stored

    raise typer.Exit(stored.export(_settings(context), form, what))


@app.command()
def evaluate(
    gold: Annotated[Path, typer.Argument(help="A folder of annotated articles.")],
    errors_shown: Annotated[int, typer.Option("--errors", help="Show up to N single errors of odd ids.")] = 0,
    storyline: Annotated[bool, typer.Option(help="The folder is a storyline with expected.json.")] = False,
    use_gold: Annotated[bool, typer.Option("--gold", help="Storyline: use annotated claims.")] = False,
) -> None:
    """Score claims on annotated articles.

    Or the whole way on a storyline (--storyline), against its expected.json.

    Example: coalition-watch evaluate articles/ --errors 20
    """
    from app.commands import articles

    raise typer.Exit(articles.evaluate_claims(gold, errors_shown, storyline, use_gold))


@app.command()
def train(
    paths: Annotated[
        list[Path], typer.Argument(help="Annotated articles: JSON Lines files, or folders of JSON files.")
    ],
    odd: Annotated[list[Path] | None, typer.Option(help="Learn from the odd ids of these alone.")] = None,
    out: Annotated[
        Path | None,
        typer.Option(help="Write the weights here, not into the watch's weights.tsv; the network goes beside."),
    ] = None,
    folds: Annotated[
        int, typer.Option(help="Measure by cross-validation in so many folds; writes nothing.", min=0)
    ] = 0,
) -> None:
    """Learn from annotated articles.

    What the statistical reader holds likely, and what the words speak for, is learned anew: the weights of single
    words (weights.tsv) and, beside them, the network that sees a sentence as a whole (network.npz). The rules stay as
    they are. The same articles give the same files on one machine.

    Example: coalition-watch train lessons/ --odd corpus/articles
    """
    from app.commands import articles

    raise typer.Exit(articles.train(paths, odd or [], out, folds))


@app.command()
def demo(
    pages: Annotated[
        Path | None, typer.Option(help="Serve the text, HTML or JSON pages of this folder instead.")
    ] = None,
    keep: Annotated[bool, typer.Option("--keep", help="Keep the scratch database, to look around in it.")] = False,
) -> None:
    """Show what it does, offline.

    A made-up news site on loopback, the real service on a scratch database, the alerts on the console. With --pages
    the pages of a folder are the news; a text file's first line is its title.

    Example: coalition-watch demo --pages my-articles/
    """
    from app.demo import run as demonstration

    raise typer.Exit(demonstration.run_demo(pages, sys.stdout, keep=keep))


@app.command()
def health(context: typer.Context) -> None:
    """Say how old the last completed cycle is.

    The exit code is 1 when it is too old. For the container's health check.

    Example: CW_HEALTH_MAX_AGE_S=1800 coalition-watch health
    """
    from app.commands import stored

    raise typer.Exit(stored.health(_settings(context)))


@app.command()
def version() -> None:
    """Say which version this is. Example: coalition-watch version"""
    print(f"coalition-watch {VERSION}")


def main(argv: Sequence[str] | None = None) -> int:
    """Run a command; return its exit code. Errors are one line on standard error."""
    try:
        app(args=list(argv) if argv is not None else None, prog_name="coalition-watch")
    except SystemExit as done:  # how typer ends, also where all is well
        return done.code if isinstance(done.code, int) else 0
    except errors.SettingsError as error:
        print(f"setting {error}", file=sys.stderr)
        return 2
    except errors.WatchError as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    except OSError as error:  # a file that cannot be written, a full disk
        print(f"error: {error.filename or 'system'}: {error.strerror or error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
