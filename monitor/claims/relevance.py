"""Whether an article is about the watch at all, and which sentences lie near its subject. Makes no claims.

Each sentence is on topic where it speaks of the coalition, of a force, of troops to be sent, of guarantees or a backstop, with Ukraine in
reach and no other place of war nearer. An article is relevant where such sentences outweigh those about other coalitions and forces.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from monitor.claims import lexicon, nouns
from monitor.claims.context import Sentence

_OTHER = re.compile(
    r"\b(?:Iraq\w*|Saddam|2003|migration|migrants?|asylum|Hormuz|Red Sea|Houthis?|Iran\w*|tariffs?|climate|drone coalition|artillery coalition|"
    r"ammunition coalition|IT coalition|air defen[cs]e coalition|maritime capability coalition|demining coalition|Gaza\w*|Hamas|Palestin\w+|Haiti\w*|gangs?|Port-au-Prince|Sahel|Mali\b|Congo|Lebanon|UNIFIL|KFOR|"
    r"Kosovo|Bosnia\w*|Greenland|Interflex|eastern flank|battle ?groups?|exercises?|Rukla|coalition (?:partners?|talks|agreement|government|parties|deal)|Taiwan\w*|opioid|"
    r"deforestation|AI\b|vaccines?|abortion|cabinet formation|Bundesliga|Syria\w*|Afghan\w*|Venezuela\w*|Sudan\w*|mercenar\w+|conscription|foreign fighters|whales?|plastics?|methane|nuclear (?:energy|power))\b"
)
_MEETS = re.compile(
    r"\b(?:meets?|met|gathers?|convenes?|hosts?|hosted|chairs?|assembles?|in (?:Paris|London|Kyiv|Berlin|Brussels))\b"
)
_UKRAINE = re.compile(r"\b(?:Ukrain\w+|Kyiv|Kiev|Zelensk\w+|Donbas\w*)\b")
_STRONG = frozenset({"phrases.coalition", "phrases.backstop"})
_REACH = 3


@dataclass(frozen=True, slots=True)
class Topic:
    """What the article as a whole is about."""

    relevant: bool
    possible: bool  # Ukraine or a word of the watch is in it; whether that is enough is to be weighed
    meeting: bool  # a meeting of the coalition
    force: bool  # a force for Ukraine
    near: tuple[bool, ...]  # for each sentence: Ukraine, the force or the coalition in reach
    titled: bool  # the title names the coalition
    mine: float = 0.0  # how much its words speak for the watch's subject
    theirs: float = 0.0  # and for other coalitions, forces and places


NONE = Topic(relevant=False, possible=False, meeting=False, force=False, near=(), titled=False)  # of what is not read


class Judge:
    """Judges relevance."""

    def __init__(self, words: lexicon.Lexicon) -> None:
        self._coalition = words.get("terms.coalition")
        self._meeting = words.get("terms.meeting")

    def judge(self, title: str, built: Sequence[Sentence]) -> Topic:
        """Weigh the words of title and sentences."""
        sentences = [s.raw for s in built]
        names = [s.parse.classes for s in built]
        ukraine = [bool(_UKRAINE.search(s)) for s in sentences]
        titled_ukraine = bool(_UKRAINE.search(title))
        titled = bool(self._coalition.search(title))
        weights = [_weight(s, n, u) for s, n, u in zip(built, names, ukraine, strict=True)]
        other = [bool(_OTHER.search(s)) for s in sentences]
        mine = theirs = 0.0
        near: list[bool] = []
        any_ukraine = titled_ukraine or any(ukraine)
        for index, weight in enumerate(weights):
            reach = slice(max(0, index - _REACH), index + _REACH + 1)
            in_reach = titled_ukraine or any(ukraine[reach]) or (any_ukraine and index < 4)
            if other[index] and not ukraine[index]:
                theirs += weight + 0.5
            elif weight and in_reach:
                mine += weight
            elif weight and not any(other):
                mine += weight * 0.5
            near.append(in_reach or not other[index])
        if titled:
            mine += 2
        if _rows(built) >= _LEAST_ROWS and any(
            n & {"phrases.force", "phrases.coalition", "phrases.coalition_loose"} for n in names
        ):
            mine += 3
        if titled_ukraine:
            mine += 0.5
        if _OTHER.search(title) and not titled_ukraine:
            theirs += 3
        relevant = mine >= 1.19 and mine > theirs
        if not any_ukraine:
            relevant = mine >= 2.5 and theirs == 0
        force = any(n & {"phrases.force", "phrases.mission", "phrases.coalition", "phrases.deployment"} for n in names)
        group = titled or any("phrases.coalition" in n for n in names)
        met = any("phrases.meeting" in n and (n & {"phrases.coalition", "phrases.coalition_loose"}) for n in names[:14])
        meets = titled and bool(_MEETS.search(title))
        meeting = (met and group) or bool(self._meeting.search(title)) or meets or self._is_summit(names, group)
        possible = titled or any(weights) or any_ukraine
        return Topic(relevant, possible, meeting, force, tuple(near), titled, mine, theirs)

    def _is_summit(self, names: Sequence[frozenset[str]], group: bool) -> bool:
        """The first sentences tell of a meeting, and the coalition is named in the text."""
        return group and any("phrases.meeting" in n and "verbs.attend" in n for n in names[:6])


_LEAST_ROWS = 4


def _rows(built: Sequence[Sentence]) -> int:
    """Rows of a table that begin with a country."""
    return sum("|" in s.raw and bool(s.mentions) and s.mentions[0].start < 4 for s in built)


def _weight(sentence: Sentence, names: frozenset[str], ukraine: bool) -> float:
    weight = 0.0
    if names & _STRONG:
        weight += 1.5
    if "phrases.mission" in names:
        weight += 1
    if "phrases.guarantee" in names:
        weight += 1 if sentence.names("US") else 0.7
    if "phrases.force" in names and _is_foreign_force(sentence):
        weight += 0.3
        if names & {"verbs.send", "phrases.deployment", "verbs.partake"}:
            weight += 0.4
        if ukraine:
            weight += 0.3
        if names & {"cues.awaited", "cues.negation", "verbs.refuse", "cues.refuse", "cues.undecided"}:
            weight += 0.2
    if "phrases.coalition_loose" in names:
        weight += 0.3
    return weight


def _is_foreign_force(sentence: Sentence) -> bool:
    """Soldiers that are neither Ukraine's nor Russia's."""
    return any(n.kind == nouns.FORCE and not set(n.codes) & {"UA", "RU", "KP"} for n in sentence.parse.nouns)
