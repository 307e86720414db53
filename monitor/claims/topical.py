"""What tells whether an article is about the watch's subject: its words, counted, and its title. Judges nothing."""

from collections import Counter
from collections.abc import Iterator, Mapping

from monitor.claims import features


def of_article(page: features.Page) -> set[str]:
    """The features of an article as to whether it is about the watch's subject."""
    found = {"bias", *page.flags, f"ruled={page.ruled}"}
    for name, value in (("mine", page.mine), ("theirs", page.theirs), ("lead", page.mine - page.theirs)):
        step = int(max(-3.0, min(6.0, value)))
        found.add(f"{name}={step}")
    counted: Counter[str] = Counter()
    for sentence in page.sentences:
        found.update("w=" + features.stem(t.low) for t in sentence.row if t.mention is None and t.text.isalpha())
        counted.update(c for c in sentence.parse.classes if c.startswith("phrases."))
        counted.update(features.senses_in(page, sentence.index, 0, len(sentence.row)))
        counted.update({"@" + m.code for m in sentence.mentions if m.code in ("US", "UA", "RU")})
    found.update(_company(page, "phrases.coalition" in counted))
    found.update(_of_ukraine(page, counted))
    whole = max(1, len(page.sentences))
    found.update(
        f"{name}:{'all' if n > 0.4 * whole else 'many' if n > 0.15 * whole else 'few'}" for name, n in counted.items()
    )
    found.update("t=" + w for w in page.title)
    found.update("tz=" + z for w in page.title for z in page.senses.get(w, ()))
    return found


def _of_ukraine(page: features.Page, counted: Mapping[str, int]) -> Iterator[str]:
    """Where Ukraine is first named, how often, and which of the watch's words stand beside it."""
    named = [s.index for s in page.sentences if s.names("UA")]
    yield "UA first=" + ("none" if not named else "0" if named[0] == 0 else "1" if named[0] < 3 else "2")
    often = min(4, len(named).bit_length())
    beside = "".join(str(int(f"phrases.{name}" in counted)) for name in ("coalition", "force", "backstop", "guarantee"))
    yield f"UA={often}"
    yield "beside=" + beside
    yield f"UA={often}&{beside}"


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
