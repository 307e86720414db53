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
_SOLDIERS = re.compile(
    r"\b(?:troops|soldiers|peace-?keepers?|backstop|ground forces|Multinational Force|deminers|minesweepers|contingent)\b",
    re.IGNORECASE,
)
_PEACE = re.compile(
    r"\b(?:ceasefire|cease-fire|truce|peace (?:deal|agreement)|guarantees?|deterr\w+|mandate|multinational)\b",
    re.IGNORECASE,
)
_OTHER_COALITION = re.compile(
    r"\b(?:Iraq|Saddam|2003|migration|migrants?|asylum|Strait of Hormuz|Hormuz|Red Sea|Houthis?|Iran\w*|tariffs?|climate|drone coalition|artillery coalition|ammunition coalition|IT coalition|demining coalition|Gaza|Haiti|gangs?|Port-au-Prince|Sahel|Congo|Lebanon|UNIFIL|KFOR|Bosnia|Greenland|Interflex|eastern flank|battlegroups?|Rukla|coalition (?:partner|talks|agreement|government)|Taiwan|opioid|deforestation|AI\b|vaccines?|steel|abortion|party|parties|cabinet formation|Bundesliga|school|hospital)\b"
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
        self._group = words.make(
            r"(?<!\w)(?:the|this|our) coalition(?!\w)(?! (?:government|partner|agreement|talks|parties))"
        )
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
            return sum(any(ukraine[max(0, i - reach) : i + reach + 1]) for i, flag in enumerate(flags) if flag)

        c, f, g = near(coalition, 6), near(force, 4), near(guarantee, 4)
        if title_ukraine:
            c, f, g = total[0], total[1], total[2]
        loose = sum(bool(self._group.search(s.raw)) for s in sentences)
        soldiers = sum(bool(_SOLDIERS.search(s.raw)) for s in sentences)
        relevant = total[3] >= 1 and (
            c >= 1 or f >= 1 or g >= 2 or (loose + g >= 1 and soldiers >= 1) or (g >= 1 and title_ukraine)
        )
        relevant = relevant or (total[3] == 0 and total[0] >= 1 and total[4] == 0 and soldiers >= 2)
        relevant = relevant or (
            total[3] >= 1
            and total[4] == 0
            and (
                (total[0] >= 1 and len(sentences) <= 40)
                or (soldiers >= 2 and total[3] + g >= 2 and any(_PEACE.search(s.raw) for s in sentences))
            )
        )
        if (
            (total[4] >= 2 and total[4] >= total[3])
            or (total[4] >= 1 and total[3] == 0)
            or (_OTHER_COALITION.search(title) and not title_ukraine)
        ):
            relevant = False
        meeting = relevant and any(
            self._meeting.search(s.raw) and (self._coalition.search(s.raw) or self._loose.search(s.raw))
            for s in sentences[:12]
        )
        # A relevant article is about the force throughout, except far from any word of it.
        on_topic = [any(x) for x in zip(ukraine, coalition, force, guarantee, strict=True)]
        reach = tuple(
            (relevant and any(on_topic[max(0, i - 12) : i + 12])) or (relevant and len(sentences) < 40)
            for i in range(len(sentences))
        )
        group = relevant and (total[0] >= 1 or loose >= 1)
        return Topic(
            relevant,
            relevant,
            (meeting and group) or (relevant and (group or bool(self._meeting.search(title)))),
            relevant and (f >= 1 or soldiers >= 1),
            reach,
        )
