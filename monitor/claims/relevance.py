"""Whether an article is about the watch at all, and which sentences lie near its subject. Makes no claims."""

import re
from dataclasses import dataclass

from monitor.claims import lexicon, speakers

_FORCE = re.compile(
    r"\b(?:peace-?keep\w*|peacekeep\w*|reassurance force|multinational force|stabili[sz]ation force|boots on the ground|troops on the ground|(?:send|deploy|sending|deployment of|deploying|put|putting|dispatch\w*)[^.;]{0,30}(?:troops|soldiers|forces|servicemen|military)|foreign troops|(?:European|Western|British|French|allied) (?:troops|force|soldiers|peace)|ground troops|security force|deterrence force|monitoring mission|force for Ukraine|soldiers in Ukraine|troops in Ukraine|post-war force)\b",
    re.IGNORECASE,
)
_GUARANTEE = re.compile(
    r"\b(?:security (?:guarantees?|assurances|backstop|umbrella)|backstop|article[- ](?:5|five)[- ]?(?:like|style|type)?|guarantees? (?:for|to) (?:Ukraine|Kyiv))\b",
    re.IGNORECASE,
)
_OTHER_COALITION = re.compile(
    r"\b(?:Iraq|Saddam|2003|migration|migrants?|asylum|Strait of Hormuz|Hormuz|Red Sea|Houthis?|Iran\w*|tariffs?|climate|drone coalition|artillery coalition|ammunition coalition|IT coalition|demining coalition|Gaza|Haiti|AI\b|vaccines?|steel|abortion|party|parties|cabinet formation|Bundesliga|school|hospital)\b"
)


@dataclass(frozen=True, slots=True)
class Topic:
    """What the article as a whole is about."""

    relevant: bool
    coalition: bool
    meeting: bool
    force: bool
    near: tuple[bool, ...]  # per sentence: Ukraine, the force or the coalition in reach


class Judge:
    """Judges relevance."""

    def __init__(self, words: lexicon.Lexicon) -> None:
        self._coalition = words.get("terms.coalition")
        self._loose = words.get("terms.coalition_loose")
        self._ukraine = words.get("terms.ukraine")
        self._meeting = words.get("terms.meeting")

    def judge(self, title: str, sentences: list[speakers.Sentence]) -> Topic:
        """Weigh the words of title and text."""
        total = [0, 0, 0, 0, 0]  # coalition, force, guarantee, ukraine, other
        ukraine = [bool(self._ukraine.search(s.raw)) for s in sentences]
        coalition = [bool(self._coalition.search(s.raw)) for s in sentences]
        force = [bool(_FORCE.search(s.raw)) for s in sentences]
        guarantee = [bool(_GUARANTEE.search(s.raw)) for s in sentences]
        other = [bool(_OTHER_COALITION.search(s.raw)) for s in sentences]
        total = [sum(x) for x in (coalition, force, guarantee, ukraine, other)]
        title_ukraine = bool(self._ukraine.search(title))
        total[3] += 2 * title_ukraine
        total[0] += bool(self._coalition.search(title))
        total[1] += bool(_FORCE.search(title))
        total[2] += bool(_GUARANTEE.search(title))

        def near(flags: list[bool], reach: int = 2) -> int:
            return sum(
                any(ukraine[max(0, i - reach) : i + reach + 1]) for i, flag in enumerate(flags) if flag
            )

        c, f, g = near(coalition, 3), near(force, 2), near(guarantee, 2)
        enough_ukraine = total[3] >= 2 or (title_ukraine and total[3] >= 1)
        relevant = enough_ukraine and (c >= 1 or f >= 2 or g >= 2 or (f + g >= 2) or (title_ukraine and f + g >= 1))
        if total[4] > total[3]:
            relevant = False
        meeting = relevant and any(
            self._meeting.search(s.raw) and (self._coalition.search(s.raw) or self._loose.search(s.raw)) for s in sentences[:12]
        )
        reach = tuple(
            relevant and (any(ukraine[max(0, i - 4) : i + 4]) or any(coalition[max(0, i - 4) : i + 4]) or any(force[max(0, i - 4) : i + 4]))
            for i in range(len(sentences))
        )
        return Topic(relevant, relevant and c >= 1, meeting or (relevant and bool(self._meeting.search(title))), relevant and (f >= 1 or c >= 1), reach)
