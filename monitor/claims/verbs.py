"""Which tokens are verbs, and of what form, by their neighbours. A shallow judge: words and places, no statistics, no topic."""

from collections.abc import Sequence

from monitor.claims import closed, inflect
from monitor.claims.tokens import Token

FINITE, INFINITIVE, ING, PARTICIPLE = "finite", "infinitive", "ing", "participle"
_BE = frozenset(["be", "is", "are", "was", "were", "am", "been", "being", "'s", "'re", "’re", "’s"])
_QUOTING = frozenset(
    (
        "reported wrote noted stated claimed argued revealed explained replied asked answered suggested quipped "
        "tweeted posted"
    ).split()
)
_LIKE_PREPOSITIONS = frozenset(["including", "following", "regarding", "concerning", "according", "pending", "barring"])
_NOUNS_IN_ING = frozenset(
    (
        "monitoring peacekeeping training sharing backing funding policing planning meeting gathering "
        "understanding financing"
    ).split()
)
_SKIPPED = closed.ADVERBS | closed.NEGATIONS
_DEFINITE_VERBS = frozenset(
    ["says", "said", "told", "tells", "adds", "added", "warned", "insisted", "announced", "confirmed"]
)


def kinds(row: Sequence[Token]) -> list[str | None]:
    """For each token its kind as a verb, or None where it is no verb."""
    return [_kind(row, index) for index in range(len(row))]


def _kind(row: Sequence[Token], index: int) -> str | None:
    token = row[index]
    if token.mention is not None or token.is_mark or token.is_number:
        return None
    low = token.low
    if low in closed.MODALS:
        return FINITE if low not in ("can", "might", "may") or token.text[0].islower() else None
    if low in closed.FINITE_AUX:
        return FINITE
    if low == "'s":
        return FINITE if _is_clitic_verb(row, index) else None
    previous = _before(row, index)
    names = {name for forms in token.lemmas.values() for name in forms} - {"plural"}
    if low in ("be", "been", "being", "having"):
        names = {inflect.BASE} if low == "be" else {inflect.PART} if low == "been" else {inflect.ING}
    if not names:
        return _unknown(row, index, previous)
    if previous is not None and previous.low == "to":
        return INFINITIVE if inflect.BASE in names else ING if inflect.ING in names else None
    if low == "meeting" and previous is not None and previous.text in ("’", "'"):
        return None  # "the leaders' meeting"
    if (
        low in _NOUNS_IN_ING
        and previous is not None
        and not previous.is_mark
        and (
            previous.mention is not None
            or (
                previous.low not in closed.PREPOSITIONS
                and previous.low not in _BE
                and previous.low not in _SKIPPED
                and previous.low not in closed.COORDINATORS
            )
        )
    ):
        return None
    if low in _LIKE_PREPOSITIONS:
        return None
    if inflect.ING in names:
        return None if _is_nominal_place(row, index) and not _follows_preposition(row, index) else ING
    auxiliary = _auxiliary(row, index)
    if auxiliary is not None:
        if auxiliary in closed.MODALS or auxiliary in ("do", "does", "did"):
            return INFINITIVE if inflect.BASE in names else None
        if inflect.PART in names:
            return PARTICIPLE
        return None
    return _bare(row, index, names)


def _bare(row: Sequence[Token], index: int, names: set[str]) -> str | None:
    """A form without an auxiliary: finite, a participle, or a noun or adjective after all."""
    token = row[index]
    if token.low in _DEFINITE_VERBS:
        return FINITE
    if (
        token.low == "left"
        and index
        and row[index - 1].text == ","
        and index + 1 < len(row)
        and row[index + 1].text == ","
    ):
        return None  # a caption's "X, left, arrives"
    if inflect.PAST in names or inflect.PART in names:
        if _is_nominal_place(row, index):
            return None
        if inflect.PAST not in names:
            return PARTICIPLE
        return PARTICIPLE if _is_reduced(row, index) else FINITE
    if _is_nominal_place(row, index):
        return None
    if _is_noun_like(token) and not _asks_for_verb(row, index):
        return None
    return FINITE


def _unknown(row: Sequence[Token], index: int, previous: Token | None) -> str | None:
    """A word of no list: a past tense where it ends in -ed after a name, a pronoun or who acts."""
    low = row[index].low
    if previous is None or len(low) < 5 or not low.endswith("ed") or not low.isalpha():
        return None
    if previous.mention is not None and previous.mention.kind != "demonym":
        return FINITE
    if previous.low in closed.PRONOUNS and previous.low not in closed.DETERMINERS:
        return FINITE
    if previous.low in _BE:
        return PARTICIPLE
    following = row[index + 1] if index + 1 < len(row) else None
    if (
        previous.low in _AGENTS
        and following is not None
        and (following.low in closed.DETERMINERS or following.low == "that" or following.mention is not None)
    ):
        return FINITE  # "An official disputed the idea"
    return None


_AGENTS = closed.OFFICES | set(
    "officials ministers government governments source sources leader leaders diplomat diplomats ministry cabinet parliament lawmakers allies".split()
)


def _is_clitic_verb(row: Sequence[Token], index: int) -> bool:
    """'s for is or has, not the genitive."""
    if index == 0:
        return False
    previous = row[index - 1]
    if previous.low in ("it", "that", "there", "he", "she", "what", "who", "here", "this", "let"):
        return True
    following = row[index + 1] if index + 1 < len(row) else None
    return following is not None and (
        following.low in ("not", "been", "already", "also", "now", "a", "the", "going", "ready", "still")
    )


def _before(row: Sequence[Token], index: int) -> Token | None:
    return row[index - 1] if index else None


def _auxiliary(row: Sequence[Token], index: int) -> str | None:
    """The auxiliary or modal that the verb hangs on, over adverbs and a negation between."""
    place = index - 1
    while place >= 0 and index - place <= 5:
        low = row[place].low
        if low in closed.MODALS or low in closed.AUXILIARIES or (low == "'s" and _is_clitic_verb(row, place)):
            return low
        if low not in _SKIPPED and not low.endswith("ly"):
            return None
        place -= 1
    return None


def _follows_preposition(row: Sequence[Token], index: int) -> bool:
    return index > 0 and row[index - 1].low in closed.PREPOSITIONS


def _is_nominal_place(row: Sequence[Token], index: int) -> bool:
    """After an article, a possessive, a genitive, a number, a preposition or a demonym stands a noun or an adjective."""
    if index == 0:
        return False
    previous = row[index - 1]
    if previous.text in '“"‘' and index > 1 and previous.end == row[index].start:
        previous = row[index - 2]  # the "proposed mission"
    if previous.is_number:
        return True
    if previous.mention is not None:
        token = row[index]
        return previous.mention.kind == "demonym" and (_is_noun_like(token) or token.low.endswith("ing"))
    low = previous.low
    if low == "'s":
        return not _is_clitic_verb(row, index - 1)
    if low in ("this", "these", "those", "such", "another"):
        return True
    if low in ("some", "many", "most"):
        return _is_noun_like(row[index])
    if low in ("that", "which", "what", "both", "all", "neither", "either", "each"):
        return False
    return low in closed.DETERMINERS or low in closed.PREPOSITIONS or (low.endswith("al") and _is_noun_like(row[index]))


def _is_noun_like(token: Token) -> bool:
    return token.low in closed.NOUN_LIKE or any(lemma in closed.NOUN_LIKE for lemma in token.lemmas)


def _asks_for_verb(row: Sequence[Token], index: int) -> bool:
    """A subject before and an object, a clause or an infinitive behind."""
    previous = row[index - 1] if index else None
    following = row[index + 1] if index + 1 < len(row) else None
    if previous is None or following is None:
        return False
    place = index - 1
    while (
        place > 0 and (row[place].low in closed.ADVERBS or row[place].low.endswith("ly")) and row[place].mention is None
    ):
        place -= 1
    previous = row[place]
    is_subject = (
        (previous.mention is not None and previous.mention.kind != "demonym")
        or previous.low in ("we", "they", "i", "he", "she", "it", "who", "which", "both", "and", "also", "now", "still", "countries",
                            "leaders", "officials", "allies", "nations", "europeans")
        or (previous.low.endswith("s") and not previous.is_mark)
    )  # fmt: skip
    opens = (
        following.mention is not None
        or following.low in closed.DETERMINERS
        or following.low in ("to", "that", "for", "on", "up", "by", "with", "in", "us", "them", "him", "it", "not")
        or following.is_number
    )
    return is_subject and opens


def _is_reduced(row: Sequence[Token], index: int) -> bool:
    """ "troops deployed in Ukraine would": a participle after a common noun, with the finite verb still to come."""
    previous = row[index - 1] if index else None
    if row[index].low in _QUOTING and previous is not None and previous.text[:1].isupper():
        return False
    if previous is None or previous.mention is not None or previous.low in closed.PRONOUNS or previous.is_mark:
        return previous is not None and previous.text == "," and _leads_to(row, index, "by")
    if previous.low in _SKIPPED or previous.low in closed.RELATIVES or previous.low in closed.COORDINATORS:
        return False
    following = row[index + 1] if index + 1 < len(row) else None
    if following is None or following.is_mark:
        return following is not None
    if following.low == "by":
        return True
    if following.low not in closed.PREPOSITIONS and following.low not in ("to", "last", "earlier", "this", "on"):
        return False
    for token in row[index + 1 : index + 14]:
        if token.is_mark and token.text in ",;:()":
            return False
        if token.low in closed.MODALS or token.low in closed.FINITE_AUX or token.low in _DEFINITE_VERBS:
            return True
    return False


def _leads_to(row: Sequence[Token], index: int, word: str) -> bool:
    return index + 1 < len(row) and row[index + 1].low == word
