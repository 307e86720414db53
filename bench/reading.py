"""What reading costs: claims per article against trafilatura.extract on a page of the same article, in one run.

Three floors of the same run: trafilatura.extract on (a) the bare article as HTML and (b) the same article inside a
page with the head, menus, teasers and footer that news sites have; the copy of the bytes (for the screen). Texts are
those of tests/data/corpus/articles, cut or repeated to about 400 words. Also: growth with the length of a text at
three sizes, the screen in MB/s, and the resident memory of this process over many articles (--articles).

    python -m bench.reading [--articles 2000] [--rounds 3]
"""

import argparse
import html
import json
import resource
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path

import trafilatura

from monitor import screen, types, watch
from monitor.claims import engine

CORPUS = Path(__file__).parents[1] / "tests/data/corpus/articles"
WORDS = 400


def texts() -> list[str]:
    """The corpus's texts, each of about WORDS words."""
    found = []
    for path in sorted(CORPUS.glob("*.json")):
        raw = json.loads(path.read_text(encoding="utf-8")).get("text", "")
        paragraphs = [p for p in raw.split("\n") if p.strip()]
        cut: list[str] = []
        while paragraphs and sum(len(p.split()) for p in cut) < WORDS:
            cut += paragraphs
        while len(cut) > 1 and sum(len(p.split()) for p in cut) > WORDS * 1.1:
            cut.pop()
        if cut:
            found.append("\n".join(cut))
    return found


def to_bare(text: str) -> str:
    """The article alone as HTML."""
    body = "".join(f"<p>{html.escape(p)}</p>" for p in text.split("\n"))
    return f"<html lang='en'><head><title>News</title></head><body><article><h1>News</h1>{body}</article></body></html>"


def to_page(text: str) -> str:
    """The article inside the furniture of a news page (menus, teasers, footer): some 60 kB."""
    menu = "".join(f"<li class='menu-item'><a href='/section/{n}'>Section {n}</a></li>" for n in range(60))
    teasers = "".join(
        f"<div class='teaser card'><a href='/story/{n}'><img src='/i/{n}.jpg' alt='Picture {n}'/>"
        f"<h3>Another story of the day, number {n}</h3>"
        f"<p class='standfirst'>A line on what the story is about, with a few words more.</p></a></div>"
        for n in range(120)
    )
    style = "".join(f".c{n}{{margin:{n}px;padding:{n}px;color:#333}}" for n in range(400))
    body = "".join(f"<p class='body-text'>{html.escape(p)}</p>" for p in text.split("\n"))
    return (
        f"<!doctype html><html lang='en'><head><meta charset='utf-8'><title>News</title><style>{style}</style></head>"
        f"<body><header><nav><ul>{menu}</ul></nav></header>"
        f"<main><article><h1>News</h1>{body}</article><aside>{teasers}</aside></main>"
        f"<footer><ul>{menu}</ul></footer></body></html>"
    )


def cpu(work: Callable[[str], object], inputs: Sequence[str], rounds: int) -> float:
    """CPU milliseconds for each input, the best of some rounds."""
    best = float("inf")
    for _ in range(rounds):
        start = time.process_time()
        for one in inputs:
            work(one)
        best = min(best, time.process_time() - start)
    return best / len(inputs) * 1000


def memory_mb() -> float:
    """The most resident memory so far."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def main() -> None:
    """Print the measures."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--articles", type=int, default=2000, help="articles read to watch memory (default 2000)")
    parser.add_argument("--rounds", type=int, default=3, help="rounds, of which the best counts (default 3)")
    options = parser.parse_args()
    loaded = watch.load_watch()
    reader, screener = engine.Engine(loaded), screen.Screen(loaded)

    def read(text: str) -> types.Reading:
        return reader.read(
            types.Article(
                id="b", url=None, outlet="Bench", title="Coalition of the willing", text=text,
                published=datetime(2025, 9, 5, tzinfo=UTC),
            )
        )  # fmt: skip

    articles = texts()
    bare, pages = [to_bare(t) for t in articles], [to_page(t) for t in articles]
    for one, page in zip(articles[:5], pages[:5], strict=True):  # warm up
        read(one), trafilatura.extract(page)
    reading = cpu(read, articles, options.rounds)
    on_bare = cpu(trafilatura.extract, bare, options.rounds)
    on_page = cpu(trafilatura.extract, pages, options.rounds)
    size = sum(map(len, pages)) / len(pages) / 1024
    words = sum(len(t.split()) for t in articles) / len(articles)
    print(f"articles: {len(articles)}, {words:.0f} words; pages of {size:.0f} kB")
    print(f"read claims              {reading:7.2f} ms CPU  ({1000 / reading:.0f} articles a second and core)")
    print(f"extract, bare article    {on_bare:7.2f} ms CPU  reading / extracting = {reading / on_bare:.2f}")
    print(f"extract, news page       {on_page:7.2f} ms CPU  reading / extracting = {reading / on_page:.2f}")
    for times in (1, 4, 16):
        long = ["\n".join([t] * times) for t in articles[:10]]
        print(f"length x {times:<3}             {cpu(read, long, 1):7.1f} ms CPU")
    megabytes = sum(len(p.encode()) for p in pages) / 1e6
    start = time.process_time()
    passed = sum(screener.is_on_topic("News", "", page) for page in pages)
    spent = time.process_time() - start
    start = time.process_time()
    for page in pages:
        page.encode()
    copied = time.process_time() - start
    rate, floor = megabytes / spent, megabytes / max(copied, 1e-6)
    print(f"screen                   {rate:7.0f} MB/s, {passed} of {len(pages)} pass; a copy: {floor:.0f} MB/s")
    before = memory_mb()
    marks = []
    for index in range(options.articles):
        read(articles[index % len(articles)] + f"\nIssue {index}.")
        if (index + 1) % max(1, options.articles // 4) == 0:
            marks.append(memory_mb())
    after = ", ".join(f"{m:.0f}" for m in marks)
    print(f"memory                   {before:7.0f} MB before, then {after} MB over {options.articles} articles")


if __name__ == "__main__":
    main()
