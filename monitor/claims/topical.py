"""What tells whether an article is about the watch's subject: its words, counted, and its title. Judges nothing."""

from collections import Counter
from collections.abc import Iterator

from monitor.claims import features


def of_article(page: features.Page) -> set[str]:
    """The features of an article as to whether it is about the watch's subject."""
    found = {"bias", *page.flags, f"ruled={page.ruled}"}
    for name, value in (("mine", page.mine), ("theirs", page.theirs), ("lead", page.mine - page.theirs)):
        step = int(max(-3.0, min(6.0, value)))
        found.add(f"{name}={step}")
    counted: Counter[str] = Counter()
    for sentence in page.sentences:
        counted.update(c for c in sentence.parse.classes if c.startswith("phrases."))
        counted.update(features.senses_in(page, sentence.index, 0, len(sentence.row)))
        counted.update({"@" + m.code for m in sentence.mentions if m.code in ("US", "UA", "RU")})
    found.update(_company(page, "phrases.coalition" in counted))
    whole = max(1, len(page.sentences))
    found.update(
        f"{name}:{'all' if n > 0.4 * whole else 'many' if n > 0.15 * whole else 'few'}" for name, n in counted.items()
    )
    found.update("t=" + w for w in page.title)
    found.update("tz=" + z for w in page.title for z in page.senses.get(w, ()))
    return found


def _company(page: features.Page, coalition: bool) -> Iterator[str]:
    """How many countries and office holders are named besides the US, Ukraine and Russia: who meets tells which coalition it is."""
    mentions = [m for s in page.sentences for m in s.mentions if m.code not in ("US", "UA", "RU")]
    countries = len({m.code for m in mentions})
    leaders = len({m.person for m in mentions if m.person is not None and not m.former})
    for name, number in (("allies", countries), ("leaders", leaders)):
        step = f"{name}={min(4, number.bit_length())}"
        yield step
        if coalition:
            yield "coalition&" + step


def title_words(title: str) -> tuple[str, ...]:
    """A title's words as features."""
    return tuple(features.stem(w.strip("“”\"'‘’,.:;?!()").lower()) for w in title.split())
