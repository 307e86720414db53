"""Tables and progress for people: results on standard output, progress on standard error and only on a terminal."""

from collections.abc import Iterable, Iterator, Sequence
from typing import TypeVar

from rich.console import Console
from rich.progress import track
from rich.table import Table

T = TypeVar("T")
out = Console(soft_wrap=True, highlight=False, markup=False)
WIDE = 250  # columns where nobody's terminal sets a limit: a line then holds a whole address
err = Console(stderr=True, highlight=False, markup=False)


def show_table(title: str, columns: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """Print a table; the last column takes what room is left."""
    table = Table(title=title, title_justify="left", show_edge=False)
    for name in columns:
        table.add_column(name, overflow="fold")
    for row in rows:
        table.add_row(*("" if cell is None else str(cell) for cell in row))
    wide = None if out.is_terminal else WIDE
    Console(highlight=False, markup=False, emoji=False, width=wide).print(table)


def follow(items: Sequence[T], what: str) -> Iterator[T]:
    """The items, with a progress bar on a terminal."""
    yield from track(items, description=what, console=err, disable=not err.is_terminal)
