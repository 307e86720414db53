"""Tables and progress for people: results on standard output, progress on standard error and only on a terminal."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager

from rich.console import Console
from rich.progress import Progress
from rich.table import Table

out = Console(soft_wrap=True, highlight=False, markup=False)
WIDE = 250  # columns where nobody's terminal sets a limit: a line then holds a whole address
err = Console(stderr=True, soft_wrap=True, highlight=False, markup=False)


def show_table(title: str, columns: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """Print a table; the last column takes what room is left."""
    table = Table(title=title, title_justify="left", show_edge=False)
    for name in columns:
        table.add_column(name, overflow="fold")
    for row in rows:
        table.add_row(*("" if cell is None else str(cell) for cell in row))
    wide = None if out.is_terminal else WIDE
    Console(highlight=False, markup=False, emoji=False, width=wide).print(table)


@contextmanager
def progress(what: str, total: int) -> Iterator[Callable[[], None]]:
    """A bar on a terminal while the block runs; call what is given for each step done."""
    with Progress(console=err, disable=not err.is_terminal, transient=True) as bar:
        task = bar.add_task(what, total=total)
        yield lambda: bar.advance(task)
