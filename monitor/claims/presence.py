"""How a report puts it that somebody was at a meeting: companions, names before a semicolon, those who spoke there. Decides no claim."""

from collections.abc import Sequence

from monitor.claims import nouns
from monitor.claims.clauses import Clause
from monitor.claims.context import Sentence
from monitor.claims.lexemes import Hit
from monitor.claims.tokens import Token


def is_there_too(sentence: Sentence, index: int, clause: Clause) -> list[str]:
    """ "Ambassadors from X and Y were also present", "X was in attendance", "X was absent" (nobody)."""
    row = sentence.row
    if clause.verb is None or row[clause.verb].low not in ("was", "were", "is", "are"):
        return []
    end = min(clause.last, clause.verb + 5)
    words = [t.low for t in row[clause.verb + 1 : end]]
    if any(w in ("not", "n't", "never", "no") for w in words):
        return []
    there = "present" in words[:3] or ("in" in words and "attendance" in words)
    if not there and not (words[:1] == ["on"] or words[:2] == ["also", "on"]):
        return []
    if not there and not any(h.name == "phrases.meeting" and 0 < h.first - clause.verb <= 4 for h in clause.hits):
        return []
    subject = clause.subject
    codes = list(sentence.subjects[index]) if subject is not None and not subject.is_former else []
    if not codes:
        codes = [c for n in clause.nouns if n.preposition in ("from", "of") and n.last < clause.verb for c in n.codes]
    return codes


def has_have(row: Sequence[Token], clause: Clause, index: int) -> bool:
    return any(row[i].low in ("has", "have", "had", "'ve") for i in range(max(clause.first, index - 3), index))


def ends_bare(row: Sequence[Token], hit: Hit) -> bool:
    """ "Rutte also participated.", "joined online": the meeting is the one that the article is about."""
    if hit.lemma not in (
        "take part",
        "participate",
        "join",
        "attend",
        "be present",
        "be represented",
        "connect",
        "dial in",
    ):
        return False
    following = row[hit.last + 1] if hit.last + 1 < len(row) else None
    return (
        following is None
        or following.is_mark
        or following.low in ("and", "but", "online", "remotely", "virtually", "via", "too")
        or (following.low == "in" and row[min(hit.last + 2, len(row) - 1)].low == "person")
        or (following.low == "by" and hit.lemma == "be represented")
        or (
            following.low == "by"
            and row[min(hit.last + 2, len(row) - 1)].low in ("video", "videolink", "phone", "telephone", "video-link")
        )
    )


def gap(sentence: Sentence, first: int, last: int) -> int:
    """The tokens between two places, those of lists of actors left out."""
    low, high = sorted((first, last))
    named = sum(
        min(n.last, high) - max(n.first, low) + 1
        for n in sentence.parse.nouns
        if n.kind == nouns.ACTOR and n.last >= low and n.first <= high
    )
    return high - low - named


def companions(sentence: Sentence, clause: Clause, hit: Hit) -> list[str]:
    """Others at the meeting: "attended by X", "with X and Y", "alongside X", "joined by X", "hosted X", "including X"."""
    row = sentence.row
    found: list[str] = []
    leaders: str | None = None  # the preposition of "the leaders of"
    for noun in clause.nouns:
        if noun.first > hit.last and noun.kind == nouns.GROUP and not noun.codes:
            leaders = noun.preposition
        if noun.first <= hit.last or noun.kind != nouns.ACTOR or noun.is_former:
            continue
        named = (
            noun.preposition is None and row[noun.first - 1].text == "," and leaders == "by"
        )  # "by the president, X"
        preposition = leaders if (noun.preposition in ("of", "from") or named) and leaders else noun.preposition
        if (
            preposition in ("by", "alongside", "including", "among")
            or (preposition == "with" and (noun.person is not None or len(noun.codes) > 1))
            or (preposition == "from" and len(noun.codes) > 1)
            or (
                preposition is None
                and hit.lemma in ("host", "meet", "welcome", "convene", "gather")
                and noun.person is not None
                and row[noun.first - 1].low not in (",",)
            )
            or (preposition == "as" and row[noun.first - 2].low == "well")
        ):
            found += noun.codes
    return found


def acts_after(sentence: Sentence, index: int) -> tuple[str, ...]:
    """Whose deed an opening participle tells: the subject of the clause that follows."""
    for after in range(index, len(sentence.parse.clauses)):
        subject = sentence.parse.clauses[after].subject
        if subject is not None and sentence.parse.clauses[after].verb is not None:
            return sentence.subjects[after] if subject.acts else ()
    return ()


def rows_before(sentence: Sentence, index: int) -> list[str]:
    """ "X; Y; and Z also took part": the names that stand before semicolons."""
    codes: list[str] = []
    parts = sentence.parse.clauses
    while index and parts[index].verb is None:
        index -= 1
    for clause in reversed(parts[:index]):
        subject = clause.subject
        if clause.verb is not None or sentence.row[clause.last - 1].text not in ";," or subject is None:
            break
        if subject.acts:
            codes = [*subject.codes, *codes]
    return codes


def speaks_there(sentence: Sentence, clause: Clause, met: list[Hit]) -> bool:
    """ "At the summit, Macron signed", "During the call, she", "spoke by video link"."""
    row = sentence.row
    subject = clause.subject
    if subject is None or clause.verb is None:
        return False
    for hit in met:
        if hit.last < subject.first and hit.first - clause.first <= 5 and row[clause.first].low in ("at", "during"):
            return True
        if (
            hit.first > clause.verb
            and row[hit.first - 1].low in ("via", "by")
            and _VIDEO & {t.low for t in row[hit.first : hit.last + 1]}
        ):
            return row[clause.verb].low in ("spoke", "speaks", "addressed", "took", "appeared", "connected")
    return False


_VIDEO = frozenset("videoconference video-conference video videolink teleconference".split())


def opens_list(clause: Clause, hit: Hit) -> bool:
    """Whether names follow the verb at once, not the object of some other word far behind."""
    return any(0 < n.first - hit.last <= 5 and (n.kind in (nouns.ACTOR, nouns.GROUP)) for n in clause.nouns)


def at_meeting(sentence: Sentence, said: Hit, met: Hit) -> bool:
    """ "told a meeting", "reaffirmed ... during a gathering"."""
    row = sentence.row
    if any(t.low in ("reporters", "journalists") for t in row[said.last : met.first]):
        return False  # a briefing
    words = {row[i].low for i in range(max(said.last + 1, met.first - 5), met.first)}
    return bool(words & {"during", "at"}) or (
        met.first - said.last <= 4 and row[said.first].low in ("told", "tells", "addressed")
    )
