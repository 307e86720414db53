"""How firmly a deed is meant: the words of promise, doubt, refusal and negation round it, composed from the inside out.

"has not ruled out sending": sending < ruled out (no) < not (yes, perhaps) = open. Pure; knows neither country nor topic.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from monitor.claims import nouns, verbs
from monitor.claims.clauses import Clause, Parse
from monitor.claims.lexemes import Hit

ACT, YES, PERHAPS, NO, UNDECIDED, WITHDREW, VOID = "act", "yes", "perhaps", "no", "undecided", "withdrew", "void"

FIRM, SOFT, REFUSE, NEGATION, UNDECIDED_CUE, WITHDRAW, NO_LONGER, WILL, MAY, SHOULD, CALL = (
    "firm", "soft", "refuse", "negation", "undecided", "withdraw", "no longer", "will", "may", "should", "call"
)  # fmt: skip
_CLASSES = {
    "verbs.firm": FIRM, "cues.firm": FIRM, "verbs.soft": SOFT, "cues.soft": SOFT, "verbs.refuse": REFUSE, "cues.refuse": REFUSE,
    "cues.able": SHOULD, "cues.negation": NEGATION, "cues.undecided": UNDECIDED_CUE, "verbs.withdraw": WITHDRAW, "cues.no_longer": NO_LONGER,
}  # fmt: skip
_RANK = (UNDECIDED_CUE, NO_LONGER, WITHDRAW, REFUSE, SHOULD, NEGATION, SOFT, FIRM)
_MODALS = {
    "will": WILL, "'ll": WILL, "wo": WILL, "shall": WILL, "would": WILL, "'d": WILL, "sha": WILL,
    "could": MAY, "may": MAY, "might": MAY, "can": WILL, "ca": WILL, "cannot": REFUSE, "should": SHOULD, "must": SHOULD, "ought": SHOULD,
}  # fmt: skip
# not having done these yet is no refusal
_PENDING = frozenset({"commit", "agree", "decide", "pledge", "promise", "confirm", "announce", "offer", "sign", "guarantee", "approve", "say", "declare",
                      "commitment", "undertake", "resolve", "sign up", "line up", "step forward", "committed"})  # fmt: skip


_ASKED = frozenset("ask expect tell seek mean".split())
_BEING = frozenset("been being be is are was were".split())
_QUALIFIED = frozenset({"forever", "indefinitely", "lightly"})  # "not forever", "not taken lightly" deny no deed
_IDIOMS = frozenset("only just doubt matter least necessarily more less alone longer".split())  # "not only", "no doubt"


@dataclass(frozen=True, slots=True)
class Operator:
    """A word that turns the deed, at token `first`."""

    first: int
    last: int
    kind: str
    word: str


def operators(parse: Parse, clause: Clause, first: int, last: int) -> list[Operator]:
    """The operators between two tokens (last exclusive), one at each place, in order."""
    chosen: dict[int, Operator] = {}
    ranked = sorted(
        (h for h in parse.hits if first <= h.first and h.last < last and h.name in _CLASSES),
        key=lambda h: (_RANK.index(_CLASSES[h.name]), -(h.last - h.first)),
    )
    taken: set[int] = set()
    for hit in ranked:
        span = range(hit.first, hit.last + 1)
        if any(i in taken for i in span) or not _counts(parse, clause, hit):
            continue
        taken.update(span)
        kind = _CLASSES[hit.name]
        if kind == FIRM and hit.lemma in _ASKED and hit.first and parse.row[hit.first - 1].low in _BEING:
            kind = CALL  # "has not been asked to send": somebody else's wish
        if kind == REFUSE and any(t.low in ("nothing", "neither") for t in parse.row[hit.first : hit.last + 2]):
            kind = SOFT  # "ruling nothing out", "excludes nothing"
            taken.add(hit.last + 1)
        chosen[hit.first] = Operator(hit.first, hit.last, kind, hit.lemma)
    for index in range(first, min(last, len(parse.row))):
        low = parse.row[index].low
        if low in _MODALS and parse.kinds[index] is not None and index not in taken:
            chosen[index] = Operator(index, index, _MODALS[low], low)
    cut = max((i for i, o in chosen.items() if o.word == "without"), default=first)  # an adverbial of its own
    return [chosen[i] for i in sorted(chosen) if i >= cut]


_AGAIN = frozenset({"neither", "nor", "not", "never", "no"})


def _is_answer(parse: Parse, clause: Clause) -> bool:
    """Whether a sentence that begins with "No," goes on to deny by itself: "No, guarantees are not tied to it" denies once."""
    return any(t.low in ("not", "n't", "never") for t in parse.row[clause.first : clause.last])


def _counts(parse: Parse, clause: Clause, hit: Hit) -> bool:
    """Whether a hit turns the deed: not a mere verb of saying with words of its own behind it, not an idiom's negation."""
    row = parse.row
    low = row[hit.first].low
    if hit.name == "cues.negation" and low == "nor" and any(t.low == "neither" for t in row[clause.first : hit.first]):
        return False  # "neither X nor Y" denies once
    if hit.name == "cues.negation" and low in _AGAIN and hit.first and row[hit.first - 1].text == ",":
        before = row[clause.first : hit.first]
        if any(t.low in ("no", "not", "n't", "never", "without", "nobody", "none") for t in before):
            return False  # "no plans for soldiers, neither today nor", "won't go, not today, not tomorrow": the same denial once more
    if hit.name == "cues.negation":
        if any(row[i].low in _QUALIFIED for i in range(hit.last, clause.last)):
            return False
        place = hit.last + 1
        while place < len(row) and row[place].is_mark:
            place += 1
        following = row[place].low if place < len(row) else ""
        if low == "not" and following == "last":
            return False
        if low == "no" and hit.last + 1 < len(row) and row[hit.last + 1].text == "," and _is_answer(parse, clause):
            return False
        if low in ("no", "not") and following in _IDIOMS:
            return False
        return not (
            low == "without" and parse.kinds[hit.last + 1 if hit.last + 1 < len(row) else hit.last] != verbs.ING
        )
    if hit.name in ("cues.soft", "cues.firm") and parse.kinds[hit.first] is None:
        noun = nouns.at(parse.nouns, hit.first)
        if noun is not None and noun.preposition in (
            "under",
            "amid",
            "after",
            "despite",
            "following",
            "during",
            "ahead",
        ):
            return False  # "Under the proposal, ..."
    if hit.name == "verbs.firm" and row[hit.first].low in ("back", "backs"):
        return False
    if low == "against" and hit.last + 1 < len(row) and row[hit.last + 1].is_number:
        return False  # "with 142 votes against 21"
    if hit.name == "verbs.firm" and hit.lemma in (
        "expect",
        "hope",
        "ask",
        "seek",
        "tell",
        "mean",
        "want",
        "wish",
        "aim",
    ):
        # "wants to send": its own wish; "wants Berlin to send": a call
        following = row[hit.last + 1].low if hit.last + 1 < len(row) else ""
        return following == "to"
    return True


def evaluate(pre: Sequence[Operator], state: str) -> str:
    """The state of a deed under the operators before it, outermost first."""
    index = len(pre) - 1
    while index >= 0:
        operator = pre[index]
        negated = (
            index > 0 and pre[index - 1].kind in (NEGATION, NO_LONGER) and operator.kind not in (NEGATION, NO_LONGER)
        )
        if negated and pre[index - 1].kind == NO_LONGER:
            state = WITHDREW if operator.kind in (FIRM, WILL, SOFT) else PERHAPS
        else:
            willed = index > 1 and pre[index - 2].kind == WILL
            state = _apply(operator, state, negated, pre[index - 1].word if negated else "", willed=willed)
        index -= 2 if negated else 1
    return state


def _apply(operator: Operator, state: str, negated: bool, negation: str = "", *, willed: bool = False) -> str:
    kind = operator.kind
    if state == WITHDREW and negated and kind in (FIRM, WILL):
        return YES  # "does not intend to take back its offer"
    if state in (UNDECIDED, WITHDREW, VOID):
        return UNDECIDED if state == WITHDREW and kind == MAY else state
    if kind == UNDECIDED_CUE:
        return UNDECIDED
    if kind == WITHDRAW:
        return state if negated else WITHDREW
    if kind == NO_LONGER:
        return WITHDREW
    if kind == NEGATION:
        return NO if state in (ACT, YES, PERHAPS) else PERHAPS
    if kind == REFUSE:
        if negated:
            return PERHAPS
        return PERHAPS if state == NO else NO
    if kind in (SHOULD, CALL):
        lacking = (
            kind == SHOULD
            and negated
            and operator.word not in _MODALS
            and operator.word != "consensus"
            and state == ACT
        )
        return NO if lacking else VOID  # "does not have the means to send"
    if kind == SOFT and not negated and state in (YES, NO) and operator.word in ("signal", "indicate"):
        return state  # "signalled a readiness"
    if kind == SOFT and operator.word in ("discussion", "debate", "talk of"):
        return VOID  # that it is talked about is nobody's stand
    if kind == SOFT and not negated and state == NO and operator.word in ("likely", "expect"):
        return VOID  # "is likely to refuse" leaves nothing open
    if kind in (SOFT, MAY):
        if negated:
            return NO if state in (ACT, YES, PERHAPS) and operator.word not in ("might", "may") else PERHAPS
        return PERHAPS
    # firm words and "will"
    if negated:
        if state == NO:
            return PERHAPS
        pending = kind == FIRM and operator.word.split()[0] in _PENDING
        if pending and negation == "never" and not willed:
            return VOID  # "never committed to troops" is no refusal
        return UNDECIDED if pending and negation != "never" else NO
    return YES if state == ACT else state


def after(parse: Parse, clause: Clause, first: int, last: int) -> list[Operator]:
    """Operators behind a deed that is the subject ("sending troops is out of the question")."""
    found = operators(parse, clause, first, last)
    return [o for o in found if o.kind in (UNDECIDED_CUE, REFUSE, NEGATION, SOFT, MAY, NO_LONGER, WITHDRAW, SHOULD)]
