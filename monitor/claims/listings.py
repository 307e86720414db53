"""Lists of the kind "where each country stands": one line a country, a word for its stand. Plain prose is none of its business."""

import re

from monitor.claims import actors, draft, lexicon, numbers
from monitor.claims.context import Sentence

_LEAST_LINES = 3  # fewer lines that begin with a country are no list


class ListRules:
    """Reads rows of tables and bullet lists."""

    def __init__(self, words: lexicon.Lexicon) -> None:
        self._row = words.make(r"^[^\w\ue000-\ue002]*(?P<who>{C})\*{0,3}\s*(?P<mark>\||:|–|—|- )\s*(?P<rest>.*)$")
        self._support = words.get("terms.support_noun")
        self._stands = (
            ("withdrew", re.compile(r"withdr[ae]w|scrapped|pulled out|no longer", re.IGNORECASE)),
            (
                "open",
                re.compile(r"possibl|consider|open|maybe|perhaps|may\b|weighing|not ruled out|could", re.IGNORECASE),
            ),
            (
                "undecided",
                re.compile(
                    r"not (?:yet )?decided|undecided|unclear|no decision|too early|to be decided|tbd", re.IGNORECASE
                ),
            ),
            (
                "conditional",
                re.compile(r"^(?:only )?if\b|with (?:a )?(?:UN )?mandate|subject to|condition", re.IGNORECASE),
            ),
            ("ruled_out", re.compile(r"^no\b|no troops|no soldiers|ruled out|will not|won['’]t", re.IGNORECASE)),
            ("pledged", re.compile(r"^yes\b|pledged|ready to send|will send|committed", re.IGNORECASE)),
        )

    def rows(self, built: list[Sentence]) -> list[int]:
        """The indexes of sentences that open rows of a list."""
        rows = [i for i, s in enumerate(built) if self._row.match(actors.mask(s.raw, s.mentions))]
        return rows if len(rows) >= _LEAST_LINES else []

    def read(self, sentence: Sentence, index: int) -> list[draft.Draft]:
        """The claims of one row: columns where it has them, else nothing (prose is read as prose)."""
        match = self._row.match(actors.mask(sentence.raw, sentence.mentions))
        if not match:
            return []
        mention = next((m for m in sentence.mentions if m.start == match.start("who")), None)
        if mention is None or mention.code in ("US", "UA", "RU"):
            return []
        rest = match.group("rest")
        cells = [c.strip() for c in rest.split("|")] if match.group("mark") == "|" else [rest]
        if len(cells) == 1 and len(rest) > 60:
            return []
        made: list[draft.Draft] = []
        status = next((name for name, pattern in self._stands if pattern.search(cells[0])), None)
        if status is not None:
            found = numbers.find(cells[0]) if status == "pledged" else []
            made.append(self._make(sentence, index, mention.code, status, found[0][2] if found else None))
        if status not in ("pledged", "open") and any(self._support.search(c) for c in cells[1:]):
            made.append(self._make(sentence, index, mention.code, "support_only", None))
        return made

    def _make(self, sentence: Sentence, index: int, code: str, status: str, number: int | None) -> draft.Draft:
        return draft.Draft(
            topic="troops", subject=code, status=status, start=sentence.start, end=sentence.end, sentence=index,
            number=number, rule=f"list.{status}", why=(sentence.raw[:40],),
        )  # fmt: skip
