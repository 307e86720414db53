"""What lies round a clause: the words above it, conditions, places elsewhere, figures, and its place in the text as evidence."""

import re

from monitor.claims import clauses, nouns, numbers, setting, stance
from monitor.claims.clauses import Clause
from monitor.claims.context import Sentence
from monitor.claims.stance import Operator

_PLACES_OF_FORCE = frozenset({"UA", "EU", "NATO", "COALITION"})


def is_inside(operator: Operator, deed: setting.Deed) -> bool:
    return deed.first <= operator.first <= deed.last and not deed.passive


def governors(sentence: Sentence, index: int, clause: Clause) -> list[Operator]:
    """Operators of the clause above that reach into this one ("does not rule out that", "has not decided whether")."""
    if clause.kind not in (clauses.THAT, clauses.WHETHER, clauses.WH) or not index:
        return []
    above = sentence.parse.clauses[index - 1]
    found = stance.operators(sentence.parse, above, above.verb if above.verb is not None else above.first, above.last)
    kept = [o for o in found if o.kind in (stance.REFUSE, stance.NEGATION, stance.UNDECIDED_CUE, stance.SOFT)]
    says = [h for h in above.hits if h.name == "verbs.say" and h.last == above.last - 1]
    if clause.kind == clauses.THAT and says and not any(o.kind == stance.REFUSE for o in kept):
        return []  # "did not say that", "suggested that": no stance of the one who acts
    return kept


def is_asked(sentence: Sentence, index: int, clause: Clause) -> bool:
    """ "would not say which of them had offered soldiers": who it is stays open."""
    return (
        index > 0
        and sentence.row[clause.first].low in ("which", "who", "whose")
        and any(h.name == "verbs.say" and h.last == clause.first - 1 for h in sentence.parse.clauses[index - 1].hits)
    )


def is_elsewhere(sentence: Sentence, clause: Clause, deed: setting.Deed) -> bool:
    """Forces bound for another country than Ukraine."""
    row = sentence.row
    for noun in clause.nouns:
        if (
            noun.first <= deed.last
            or noun.preposition not in ("to", "in", "into", "inside", "on", "at")
            or not noun.mentions
        ):
            continue
        if noun.first - deed.last > 8:
            break
        mention = noun.mentions[0]
        if (
            mention.kind in ("country", "demonym")
            and mention.code not in _PLACES_OF_FORCE
            and row[noun.first - 1].low in ("to", "in", "into", "inside")
        ):
            return "UA" not in noun.codes
    return False


def is_unreal(sentence: Sentence) -> bool:
    """A question, a hypothesis, a poll."""
    if sentence.is_question:
        return True
    return "cues.poll" in sentence.parse.classes


def conditioned(sentence: Sentence, index: int, clause: Clause, status: str) -> tuple[str, str]:
    """(status, the words of the condition): pledges and refusals that hang on more than the ceasefire are conditional."""
    if status not in ("pledged", "ruled_out", "open"):
        return status, ""
    word = _condition(sentence, index, clause)
    if not word and status == "ruled_out" and _is_denied_if(sentence, index):
        return "conditional", "if not"
    if not word:
        return status, ""
    if status == "open":
        return ("conditional" if word.startswith("only") else "open"), word
    if status == "ruled_out" and not re.match(r"without|unless|until", word):
        return status, ""
    return "conditional", word


def _is_denied_if(sentence: Sentence, index: int) -> bool:
    """ "will not take part if it is not consulted": a refusal that a condition would lift, other than the awaited ceasefire."""
    for place, other in enumerate(sentence.parse.clauses):
        if other.kind == clauses.IF and abs(place - index) == 1:
            words = {t.low for t in sentence.row[other.first : other.last]}
            return bool(words & {"not", "n't", "no"}) and "cues.awaited" not in other.classes
    return False


def _condition(sentence: Sentence, index: int, clause: Clause) -> str:
    parse = sentence.parse
    for hit in clause.hits:
        if hit.first and hit.lemma == "as long as" and sentence.row[hit.first - 1].low == "for":
            continue  # "for as long as it takes" is how long
        if hit.name == "cues.condition" and not _is_awaited(sentence, hit.last + 1, clause.last):
            return sentence.text(hit.first, hit.last).lower()
    for place in range(clause.first, clause.last - 1):
        if any(
            h.lemma in ("enable", "allow", "permit", "authorise", "authorize") and h.last < place for h in clause.hits
        ):
            break  # "to enable a deployment without a mandate"
        if (
            sentence.row[place].low == "without"
            and not _is_either_way(sentence, place)
            and (
                any(h.name == "cues.condition_of" and place < h.first <= place + 7 for h in clause.hits)
                or _is_proviso(sentence, clause, place)
            )
        ):
            return "without"
    for neighbour in parse.clauses[index + 1 : index + 2]:
        if (
            neighbour.kind == clauses.WHEN
            and sentence.row[neighbour.first - 1].low == "only"
            and not _is_awaited(sentence, neighbour.first, neighbour.last)
        ):
            return "only when"
        if (
            neighbour.kind in (clauses.AND, clauses.RESUME)
            and "cues.condition" in neighbour.classes
            and any(h.lemma in ("do so", "do that") for h in neighbour.hits)
        ):
            return "only"
    for other, neighbour in enumerate(parse.clauses):
        if neighbour.kind != clauses.IF or abs(other - index) > 2:
            continue
        chamber = any(
            t.mention is not None and t.low.split()[-1] in _CHAMBERS
            for t in sentence.row[neighbour.first : neighbour.last]
        )
        if "cues.condition_of" in neighbour.classes or chamber:
            return sentence.text(neighbour.first, min(neighbour.first + 3, neighbour.last - 1)).lower()
    return ""


_CHAMBERS = frozenset(
    "bundestag sejm seimas saeima riigikogu riksdag folketing storting eduskunta dáil dail oireachtas cortes congress senate commons".split()
)


def _is_either_way(sentence: Sentence, place: int) -> bool:
    """ "with or without the Americans", "even without": no condition at all."""
    before = [t.low for t in sentence.row[max(0, place - 2) : place]]
    return before == ["with", "or"] or before[-1:] == ["even"]


def _is_proviso(sentence: Sentence, clause: Clause, place: int) -> bool:
    """ "without both signatures no soldier will go": some other thing than the ceasefire, not a deed left undone."""
    row, kinds = sentence.row, sentence.parse.kinds
    if place != clause.first and row[place - 1].text != ",":
        return False
    noun = next((n for n in clause.nouns if place < n.first <= place + 2), None)
    if noun is None or kinds[place + 1] is not None or _is_awaited(sentence, place + 1, noun.last + 2):
        return False
    return noun.head not in (
        "doubt",
        "question",
        "exception",
        "delay",
        "hesitation",
        "elaborating",
        "details",
        "detail",
    )


def needs_approval(clause: Clause) -> bool:
    """ "any deployment would require the parliament's approval"."""
    return any(
        h.name == "cues.condition"
        and h.lemma.split()[0]
        in (
            "require",
            "requires",
            "need",
            "needs",
            "must",
            "would",
            "need|needs|needed|has|have|had",
            "subject",
            "parliamentary",
            "mandate",
            "approved",
        )
        for h in clause.hits
    )


def _is_awaited(sentence: Sentence, first: int, last: int) -> bool:
    """Whether a condition names the ceasefire and nothing else."""
    names = {h.name for h in sentence.parse.hits if first <= h.first < min(last, first + 9)}
    return "cues.awaited" in names and "cues.condition_of" not in names


def size(sentence: Sentence, deed: setting.Deed) -> tuple[int | None, int | None]:
    """The soldiers of a pledge: a number in the phrase of force, or where the deed says that its size stands."""
    noun, row = deed.force, sentence.row
    found = None
    if noun is not None:
        first = noun.first
        while first > 0 and (
            row[first - 1].is_number
            or row[first - 1].low in ("to", "between", "and", "up", "of", "than", "least", "-")
            or (row[first - 1].low.isalpha() and numbers.value(row[first - 1].low))
        ):
            first -= 1
        if any(t.low == "from" for t in row[max(0, first - 2) : noun.first]):
            first = noun.first  # "from 150 to 250 soldiers": the new size
        found = _soldiers(sentence.text(first, noun.last))
    if found is None and deed.figure is not None:
        found = _soldiers(sentence.text(*deed.figure))
    if found is None and noun is not None:
        of = next((n for n in sentence.parse.nouns if n.preposition == "of" and n.first == noun.last + 2), None)
        if of is not None and of.kind == nouns.FORCE:  # "a battalion of 600 soldiers"
            found = _soldiers(sentence.text(of.first, of.last))
    return found or (None, None)


def _soldiers(text: str) -> tuple[int, int | None] | None:
    """The first number that can be one of soldiers."""
    return next(((number, high) for _, _, number, high in numbers.find(text) if number >= 10), None)


def evidence(sentence: Sentence, clause: Clause, index: int) -> tuple[int, int]:
    """Where the clause stands in the text, with the condition that follows it."""
    first, last = clause.first, clause.last
    parse = sentence.parse
    if index + 1 < len(parse.clauses) and parse.clauses[index + 1].kind == clauses.IF:
        last = parse.clauses[index + 1].last
    if (
        clause.subject is not None
        and clause.subject.last < first
        and clause.kind in (clauses.RESUME, clauses.AND, clauses.REL, clauses.ING)
    ):
        first = clause.subject.first
    row = sentence.row
    return sentence.start + row[first].start, sentence.start + row[last - 1].end


_BOUNDS = re.compile(
    r"\b(?:front[- ]?lines?|line of contact|contact line|in the (?:coming|next few) (?:days|weeks)|right away|overnight|"
    r"(?:during|amid) (?:active |ongoing |the )*(?:hostilities|fighting|combat|war)|"
    r"before (?:there is |there are )?(?:an?|the|any) (?:cease-?fire|truce|peace|armistice|end (?:of|to) the (?:war|fighting))|"
    r"(?:as long as|while) the (?:war|fighting) (?:goes on|lasts|continues|is going on))\b",
    re.I,
)


def is_bounded(sentence: Sentence, clause: Clause) -> bool:
    """ "will not be stationed on the front line", "not in the coming weeks": where or when they won't be, not whether."""
    return bool(_BOUNDS.search(sentence.text(clause.first, clause.last - 1)))
