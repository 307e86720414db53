"""What a number counts (countries, members, leaders), and whom a count goes on to name. Judges not what kind of count it is."""

from monitor.claims import draft, nouns, scopes, sizes, verbs
from monitor.claims.clauses import Clause
from monitor.claims.context import Sentence
from monitor.claims.tokens import Token

LEAST = 3  # countries; fewer are named one by one


_MOST = 120  # more do not exist


_OTHER_GROUPS = frozenset(
    {"nato", "g7", "g20", "eu", "bloc", "un", "baltic", "nordic", "alliance", "oecd", "brics", "osce"}
)


def is_meetings(sentence: Sentence, counted: sizes.Count) -> bool:
    """ "a call joined by 30 countries": those at a meeting."""
    return any(
        h.name == "phrases.meeting" and 0 < counted.first - h.last <= 6 and sentence.parse.kinds[h.first] is None
        for h in sentence.parse.hits
    )


def is_share(sentence: Sentence, counted: sizes.Count) -> bool:
    """ "27 of them": a part of what was counted just before."""
    row = sentence.row
    return counted.last - counted.first >= 2 and row[counted.last].low in ("them", "whom", "which")


def named(sentence: Sentence, index: int, counted: sizes.Count, kind: str) -> list[draft.Draft]:
    """Those that a count goes on to name: "six countries have committed troops – Britain, France and"; "35, including Canada"."""
    status = _NAMED.get(kind)
    if status is None:
        return []
    row = sentence.row
    opens = next(
        (
            i
            for i in range(counted.last + 1, len(row))
            if row[i].text in "–—:("
            or row[i].low in ("including", "namely")
            or (kind == "attendees" and _goes_on(sentence, counted, i))
        ),
        None,
    )
    kinds = sentence.parse.kinds
    if opens is None or any(
        h.name == "verbs.say" and h.first > opens and kinds[h.first] is not None for h in sentence.parse.hits
    ):
        return []
    codes: list[str] = []
    last = opens
    for noun in sentence.parse.nouns:
        if noun.first <= opens or not noun.codes:
            continue
        if noun.kind != nouns.ACTOR or noun.is_former or any(not _joins(row[i]) for i in range(last + 1, noun.first)):
            break
        codes += noun.codes
        last = noun.last
    clause = sentence.parse.clauses[index]
    allowed = _NO_MEMBER - {"EU", "NATO"} if kind == "attendees" else _NO_MEMBER
    codes = [c for c in dict.fromkeys(codes) if c not in allowed]
    if len(codes) < 2 and row[opens].low != "including":
        return []
    start, _ = scopes.evidence(sentence, clause, index)
    return [
        draft.Draft(
            topic="troops" if status == "pledged" else "membership", subject=code, status=status, start=start,
            end=sentence.start + row[last].end, sentence=sentence.index, clause=index, rule=f"count.{kind}.named",
            why=(sentence.text(counted.first, counted.last),), in_passing=status == "member",
        )
        for code in codes
    ]  # fmt: skip


def _goes_on(sentence: Sentence, counted: sizes.Count, place: int) -> bool:
    """ "35 nations, NATO and the EU", "26 countries, along with the NATO chief"."""
    row = sentence.row
    if row[place].low in ("along", "alongside", "plus"):
        return place - counted.last <= 3
    return row[place].text == "," and place == counted.last + 1


_NAMED = {"troop_contributors": "pledged", "members": "member", "attendees": "attended"}


_NO_MEMBER = frozenset({"RU", "BY", "KP", "COALITION", "UN", "EU", "NATO"})


_BETWEEN = frozenset(
    "with along two the and as well baltic states state nordic countries plus also alongside both mostly mainly european".split()
)


def _joins(token: Token) -> bool:
    """A token that may stand within a list of names."""
    return token.is_mark or token.low in _BETWEEN


_SPANS = frozenset("day days year month week hour point page way".split())


_MONTHS = frozenset(
    "january february march april may june july august september october november december jan feb aug sept oct nov dec".split()
)


def counted(sentence: Sentence, place: int, number: int, high: int | None) -> sizes.Count | None:
    """The countries, members or leaders that a number counts."""
    if not LEAST <= number <= _MOST:
        return None
    row = sentence.row
    if any(t.low in sizes.MONEY for t in row[place + 1 : place + 3]) or (place and row[place - 1].low in _MONTHS):
        return None
    if place + 2 < len(row) and row[place + 1].text in "-–‑" and row[place + 2].low in _SPANS:
        return None  # "a three-day state visit"
    if "-" in row[place].text and row[place].low.rsplit("-", 1)[-1] in _SPANS:
        return None
    for step in range(place, min(len(row), place + 7)):
        if row[step].is_mark and row[step].text not in '-‑“”"':
            break
        hits = [h for h in sentence.parse.hits if h.first <= step <= h.last and h.first >= place]
        names = {h.name for h in hits}
        if step > place and ("phrases.leader_noun" in names or "phrases.member_noun" in names):
            last = max(h.last for h in hits if h.name in ("phrases.leader_noun", "phrases.member_noun"))
            if any(t.low in _OTHER_GROUPS for t in row[max(0, place - 3) : last + 1]):
                return None
            leaders = "phrases.leader_noun" in names and "phrases.member_noun" not in names
            return sizes.Count(number, high, place, last, leaders)
        if (
            step > place
            and row[step].low in ("of",)
            and row[min(step + 1, len(row) - 1)].low in ("them", "those", "which", "whom")
        ):
            return sizes.Count(number, high, place, step + 1, False)
        if step > place and sentence.parse.kinds[step] is not None:
            bare = row[step].low in ("have", "had", "will", "would", "are", "were") or (
                place and row[place - 1].low in ("with", "of") and sentence.parse.kinds[step] == verbs.ING
            )  # "35 members, with 26 expressing willingness to"
            return sizes.Count(number, high, place, step - 1, False) if step == place + 1 and bare else None
    return _number_of(sentence, place, number, high)


def _number_of(sentence: Sentence, place: int, number: int, high: int | None) -> sizes.Count | None:
    """ "The number of countries in the coalition has risen to 37": the noun stands before its number."""
    row = sentence.row
    following = row[place + 1] if place + 1 < len(row) else None
    if (
        following is not None
        and not following.is_mark
        and following.low not in ("from", "after", "with", "on", "in", "since")
    ):
        return None
    for hit in reversed(sentence.parse.hits):
        if (
            hit.name == "phrases.member_noun"
            and 0 < place - hit.last <= 16
            and any(t.low in ("number", "total", "tally") for t in row[max(0, hit.first - 4) : hit.first])
        ):
            return sizes.Count(number, high, hit.first, hit.last, False)
    return None


def sends(sentence: Sentence, counted: sizes.Count) -> bool:
    """ "nine countries with ground units": soldiers as what is counted by."""
    row = sentence.row
    noun = next((n for n in sentence.parse.nouns if n.preposition == "with" and 0 < n.first - counted.last <= 2), None)
    if noun is None or noun.codes:
        return False
    heads = {h.lemma for h in sentence.parse.hits if h.name == "phrases.force" and h.last == noun.last}
    return bool(
        heads & {"troop", "soldier", "ground unit", "unit", "combat unit", "ground force", "battalion", "peacekeeper"}
    ) and not any(t.low == "without" for t in row[counted.first : noun.last])


def or_otherwise(sentence: Sentence, clause: Clause, last: int) -> bool:
    """ "to deploy troops or give other help": more than ground troops is counted."""
    row = sentence.row
    end = min(len(row), last + 9)
    return any(
        row[i].low == "or" and any(t.low in _OTHERWISE for t in row[i + 1 : min(end, i + 5)])
        for i in range(last + 1, end)
    )


_OTHERWISE = frozenset("other otherwise support help assistance aid logistics funding equipment assets weapons".split())
