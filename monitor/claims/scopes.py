"""Clauses, and the scope of what stands in them: questions, hypotheses, calls on others, polls, conditions. Makes no claims."""

import itertools
import re
from dataclasses import dataclass

from monitor.claims import actors, lexicon, speakers


@dataclass(frozen=True, slots=True)
class Clause:
    """A part of a sentence (offsets relative to the sentence) that has a subject and a verb of its own."""

    start: int
    end: int


class Scoper:
    """Cuts sentences into clauses and finds subjects."""

    def __init__(self, words: lexicon.Lexicon) -> None:
        self._cut = words.make(
            r";|\s[–—]\s|—|:\s|, (?:but|while|whereas|although|though|yet|however|adding that|and added|and that|with(?= (?:{A}|\d)))\s"
            r"|,? (?:but|while|whereas|although) |, (?:and )?(?=(?:the )?{GROUP}(?:['’]s \w+)? (?:will|would|has|have|is|are|was|were|had|also|could|did|does|said|says|wants?)(?!\w))"
            r"|(?<![\ue000-\ue002]) and (?=(?:the )?{A} (?:will|would|has|have|is|are|was|were|had|also|could|did|does|said|says)(?!\w))|[”\"],? (?=he |she |{A})"
            r"|, (?:where|because|since|so) "
        )
        self._question = re.compile(r"\?[\"”’']?\s*$")
        self._hypothetical = words.get("cues.hypothetical")
        self._call = words.get("cues.call_on")
        self._poll = words.get("cues.poll")
        self._group = words.make(r"(?P<group>{GROUP})")
        self._pronoun = re.compile(
            r"(?<!\w)(?P<we>we|our|us|i|my)(?!\w)|(?<!\w)(?P<it>he|she|his|her|it|its|the (?:country|grand duchy|kingdom|island|government|cabinet|republic|"
            r"prime minister|premier|president|chancellor|minister|ministry|army|parliament)|ministers|his country|her country)(?!\w)|(?<!\w)(?P<they>they|their|both|the two(?: countries)?)(?!\w)",
            re.IGNORECASE,
        )

    def clauses(self, sentence: speakers.Sentence) -> list[Clause]:
        """The clauses in order."""
        cuts = [0]
        for match in self._cut.finditer(sentence.masked):
            if match.end() - cuts[-1] > 3:
                cuts.append(match.end())
        cuts.append(len(sentence.raw))
        return [Clause(a, b) for a, b in itertools.pairwise(cuts) if b - a > 3]

    def is_question(self, sentence: speakers.Sentence) -> bool:
        """Asked, not said."""
        return bool(self._question.search(sentence.raw))

    def is_unreal(self, text: str) -> bool:
        """A hypothesis or a poll."""
        return bool(self._hypothetical.search(text) or self._poll.search(text))

    def is_called_on(self, text: str, group_start: int) -> bool:
        """Whether the actors at this place are the ones asked to do something ("urged Germany to send")."""
        head = text[max(0, group_start - 40) : group_start]
        last = None
        for match in self._call.finditer(text[max(0, group_start - 40) : group_start + 30]):
            if match.start() < len(head) and match.end() >= len(head) - 8:
                last = match
        return last is not None

    def groups(self, sentence: speakers.Sentence, start: int, end: int) -> list[tuple[int, int, list[actors.Mention]]]:
        """Coordinated mentions ("France, Spain and Italy") between two offsets."""
        found = []
        for match in self._group.finditer(sentence.masked, start, end):
            inside = [m for m in sentence.mentions if match.start() <= m.start < match.end()]
            if not inside:
                continue
            last = inside[-1]
            if (
                len(inside) > 1
                and last.person
                and not inside[-2].person
                and speakers.is_prepositional(sentence, inside[0])
                and sentence.masked[inside[-2].end : last.start] == ", "
            ):
                # "at the summit in Paris, Donald Tusk ...": the place ends before the person
                found.append((match.start(), inside[-2].end, inside[:-1]))
                found.append((last.start, match.end(), [last]))
                continue
            found.append((match.start(), match.end(), inside))
        return found

    def subjects(
        self, sentence: speakers.Sentence, clause: Clause, anchor: int, skip: frozenset[str]
    ) -> tuple[list[actors.Mention], list[str], str]:
        """(mentions, codes, how) of whoever acts at the anchor: nearest subject before it, else a pronoun's referent."""
        best: tuple[int, int, list[actors.Mention]] | None = None
        for group in self.groups(sentence, clause.start, anchor):
            first = group[2][0]
            passive = sentence.masked[max(0, first.start - 4) : first.start].lower().endswith("by ")
            if speakers.is_prepositional(sentence, first) and not passive:
                continue
            if all(m.kind == "demonym" for m in group[2]) and not re.match(
                r"\s+(?:(?:will|would|have|has|had|are|were|aren|won|do|don|did|say|said|want|also|could|may|might)\b|government|officials?|authorities|side|cabinet|ministers?|military|army|parliament|defen[cs]e|foreign|armed|delegation|leaders?|soldiers?|troops|forces|contribution|participation|contingent)",
                sentence.masked[group[1] :],
                re.IGNORECASE,
            ):
                continue
            if all(m.code in skip for m in group[2]):
                continue
            best = group
        text = sentence.masked[clause.start : anchor]
        pronoun = None
        for match in self._pronoun.finditer(text):
            if match.group().lower() in ("i", "my") and not sentence.quotes:
                continue
            pronoun = match
        if best is not None and (
            pronoun is None
            or clause.start + pronoun.start() < best[1]
            or _same_clause(text, best[1] - clause.start, pronoun)
        ):
            return best[2], list(dict.fromkeys(m.code for m in best[2])), "named"
        if pronoun is not None:
            if pronoun.group("we"):
                code = sentence.voice.code if sentence.voice and sentence.voice.code else None
                return [], [code] if code else [], "we"
            earlier = [
                g
                for g in self.groups(sentence, 0, clause.start + pronoun.start())
                if not speakers.is_prepositional(sentence, g[2][0]) and not all(m.code in skip for m in g[2])
            ]
            if earlier:
                chosen = earlier[-1] if pronoun.group("they") else earlier[0]
                return [], list(dict.fromkeys(m.code for m in chosen[2])), "pronoun"
            if sentence.voice and sentence.voice.code and not sentence.voice.private:
                return [], [sentence.voice.code], "pronoun"
            return [], [c for c in sentence.focus_before if c not in skip], "pronoun"
        if best is not None:
            return best[2], list(dict.fromkeys(m.code for m in best[2])), "named"
        if clause.start > 0:
            earlier = [
                g
                for g in self.groups(sentence, 0, clause.start)
                if not speakers.is_prepositional(sentence, g[2][0]) and not all(m.code in skip for m in g[2])
            ]
            if earlier:
                return [], list(dict.fromkeys(m.code for m in earlier[0][2])), "earlier"
        if sentence.voice and sentence.voice.code and not sentence.voice.private and sentence.quotes:
            return [], [sentence.voice.code], "voice"
        return [], [], "none"


def _same_clause(text: str, after: int, pronoun: re.Match[str]) -> bool:
    """A pronoun after a name in one clause usually means that name ("Spain said it would")."""
    return pronoun.group("we") is None and pronoun.start() >= after
