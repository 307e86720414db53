"""How many soldiers a force is to have: a figure that is no country's own and not Ukraine's army."""

from dataclasses import dataclass

from monitor.claims import draft, nouns, scopes
from monitor.claims.clauses import Clause
from monitor.claims.context import Sentence

_LEAST_FORCE = 500  # soldiers; a smaller force is one country's contingent

_MOST_FORCE = 200_000  # the largest that anybody has asked for; more is an army

_LEAST_UNNAMED = 8_000  # a smaller figure is one country's, unless it is said to be the force's
MONEY = frozenset(
    ("billion million bn euros dollars percent % pounds years months days weeks hours km miles points").split()
)

_ENEMY = frozenset(
    (
        "korean korea kursk killed wounded casualties prisoners captured trained losses dead died conscripts reservists"
    ).split()
)


@dataclass(frozen=True, slots=True)
class Count:
    """A number with the tokens of what it counts."""

    number: int
    high: int | None
    first: int
    last: int  # the counted noun's last token
    leaders: bool


def force(
    sentence: Sentence, clause: Clause, place: int, end: int, number: int, high: int | None, recent: frozenset[str]
) -> Count | None:
    """A size of the force: a number of soldiers that is no country's own."""
    if (
        number < _LEAST_FORCE
        or number > _MOST_FORCE
        or _is_ukraines(sentence)
        or (1000 <= number <= 2100 and sentence.raw[sentence.row[place].start : sentence.row[place].end].isdigit())
    ):
        return None
    row = sentence.row
    if (
        any(t.low in _ENEMY for t in row)
        or any(m.code in ("KP", "RU") and m.kind == "demonym" for m in sentence.mentions)
        or any(t.low in MONEY for t in row[place : place + 4])
        or row[place - 1].text in "$€£"
    ):
        return None
    noun = next((n for n in sentence.parse.nouns if n.first <= place <= n.last or place < n.first <= place + 3), None)
    tail = range(place, min(len(row), place + 7))
    counts_men = any(h.name in ("phrases.force", "phrases.mission") and h.first in tail for h in sentence.parse.hits)
    head = [row[i].low for i in range(max(0, place - 5), place)]
    is_force_of = any(w in ("force", "contingent", "mission", "strength", "forces", "size") for w in head) and any(
        w in ("of", "at", "to", "between", "numbering", "from") for w in head
    )
    following = (
        row[min(place + 1, len(row) - 1)]
        if not high
        else next((t for t in row[place + 1 :] if t.start >= end), row[-1])
    )
    if (
        not counts_men
        and (following.is_mark or following.low in ("and", "or", "but"))
        and "phrases.force" in sentence.parse.classes
    ):
        counts_men = any(w in ("between", "around", "about", "be", "to", "of", "least") for w in head)
    strong = row[min(place + 2, len(row) - 1)].low == "strong" or row[place].low.endswith("strong")
    if not (counts_men or is_force_of or strong) or (number < _LEAST_UNNAMED and not (is_force_of or strong)):
        return None
    codes = set(noun.codes) if noun is not None else set()
    if codes & {"RU", "UA", "KP", "US"} or any(c not in ("EU", "NATO", "COALITION") for c in codes):
        return None
    if any(t.mention is not None and t.mention.code == "NATO" for t in row[max(0, place - 2) : place]):
        return None  # "NATO's 60,000-strong force in Bosnia"
    if any(
        n.kind == nouns.FORCE and 0 < place - n.last <= 4 and set(n.codes) - {"EU", "NATO", "COALITION"}
        for n in sentence.parse.nouns
    ):
        return None  # "a British force of 8,000"
    counted = {row[i].low for i in range(max(0, place - 5), place)}
    shared = (
        is_force_of and bool(counted & {"force", "mission"}) and bool(counted & {"of", "a"})
    )  # "part of a force of 64,000"
    if not shared and _owner(sentence, clause, place) is not None:
        return None
    if not (recent & {"phrases.mission", "phrases.coalition", "phrases.deployment"} or "phrases.force" in recent):
        return None
    return Count(number, high, place, place, False)


def _is_ukraines(sentence: Sentence) -> bool:
    """Whether the sentence is about Ukraine's own army."""
    row = sentence.row
    for noun in sentence.parse.nouns:
        if "UA" in noun.codes and noun.head in (
            "army",
            "military",
            "forces",
            "troops",
            "soldiers",
            "servicemen",
            "personnel",
        ):
            return True
    return any(t.low == "army" and row[i - 1].low in ("its", "own", "strong") for i, t in enumerate(row) if i)


def _owner(sentence: Sentence, clause: Clause, place: int) -> str | None:
    """The country whose own contingent the figure is, or whose army."""
    index = sentence.parse.clauses.index(clause)
    codes = sentence.subjects[index]
    subject = clause.subject
    if (
        subject is not None
        and subject.first < place
        and len(codes) == 1
        and codes[0] not in ("EU", "NATO", "COALITION")
    ) and (
        subject.person is None
        or any(
            h.name == "verbs.send" and h.lemma in ("send", "deploy", "contribute", "offer", "pledge", "commit")
            for h in clause.hits
        )
    ):
        return codes[0]
    for noun in clause.nouns:
        if (
            noun.kind == nouns.THING
            and noun.last < place
            and len(noun.codes) == 1
            and noun.codes[0] not in ("EU", "NATO", "US", "UA")
        ):
            return noun.codes[0]
        if (
            noun.first > place
            and noun.first - place < 8
            and noun.codes
            and noun.kind == nouns.FORCE
            and noun.codes[0] not in ("EU", "NATO")
        ):
            return noun.codes[0]
        if (
            noun.preposition == "from"
            and 0 < noun.first - place < 6
            and len(noun.codes) == 1
            and noun.codes[0] not in ("EU", "NATO")
        ):
            return noun.codes[0]
    return None


def size_draft(sentence: Sentence, index: int, clause: Clause, counted: Count) -> draft.Draft:
    start, end = scopes.evidence(sentence, clause, index)
    return draft.Draft(
        topic="troops", subject="COALITION", status="force_size", start=start, end=end, sentence=sentence.index, clause=index,
        number=counted.number, number_max=counted.high, rule="count.force_size", why=(sentence.text(counted.first, counted.last),),
    )  # fmt: skip
