"""Who speaks in a sentence, and for whom: attribution, pronouns, quotations that run on. Judges nothing that is said."""

import re
from dataclasses import dataclass

from monitor.claims import actors, lexicon, sentences


@dataclass(frozen=True, slots=True)
class Voice:
    """Who says a sentence. `code` is the actor spoken for; private voices speak for nobody."""

    name: str | None = None
    code: str | None = None
    private: bool = False
    decides: bool = False


@dataclass(slots=True)
class Sentence:
    """A sentence with all that later steps ask of it; offsets inside are relative to `start`."""

    start: int
    end: int
    paragraph: int
    raw: str
    masked: str
    mentions: list[actors.Mention]
    quotes: list[tuple[int, int]]
    voice: Voice | None = None
    focus: tuple[str, ...] = ()  # whom the sentence is about, for the next one's pronouns
    focus_before: tuple[str, ...] = ()
    said_inside: bool = False  # attribution stands in this sentence


def build(text: str, masked: str, mentions: list[actors.Mention], spans: list[sentences.Span]) -> list[Sentence]:
    """Sentences with their own mentions."""
    built: list[Sentence] = []
    index = 0
    for span in spans:
        while index < len(mentions) and mentions[index].start < span.start:
            index += 1
        inside = []
        while index < len(mentions) and mentions[index].start < span.end:
            m = mentions[index]
            inside.append(
                actors.Mention(
                    m.start - span.start,
                    min(m.end, span.end) - span.start,
                    m.code,
                    m.kind,
                    m.person,
                    m.decides,
                    m.former,
                )
            )
            index += 1
        quotes = [(a - span.start, b - span.start) for a, b in sentences.quote_spans(text, span.start, span.end)]
        built.append(
            Sentence(
                span.start,
                span.end,
                span.paragraph,
                text[span.start : span.end],
                masked[span.start : span.end],
                inside,
                quotes,
            )
        )
    return built


class Attributor:
    """Finds the voice of each sentence."""

    def __init__(self, words: lexicon.Lexicon, silent: frozenset[str]) -> None:
        self._silent = silent
        say = "(?:" + words.source("verbs.say") + ")"
        role = (
            r"(?:spokes(?:man|woman|person)|officials?|sources?|diplomats?|government|ministry|office|aide|advis[eo]rs?|"
            r"parliament|cabinet|foreign ministry|defen[cs]e ministry|presidency|envoy|authorities|statement|minister)"
        )
        self._forward = words.make(
            rf"(?P<who>{{A}})(?P<role>(?:['’]s)? {role})?(?P<gap>(?:, who\b[^;“\"]{{3,90}},|,? (?:the|whose|speaking|in|on|at|for|after|before|a|an|also|then|has|had|later|once|again|repeatedly|meanwhile|however|himself|herself|earlier|himself|separately|however)\b[^;“\"\ue000-\ue002]{{0,90}}?,?|, [^;“\"\ue000-\ue002]{{3,80}},| \([^)]{{1,20}}\))?) (?P<say>{say})(?!\w)"
        )
        self._backward = words.make(
            rf"(?:[”\",’'] |^)(?P<say>{say}) (?:the )?(?P<who>{{A}})(?P<role>(?:['’]s)? {role})?"
        )
        self._according = words.make(
            r"(?:according to|in the words of|quoted by|,? as) (?:the )?(?P<who>{A})(?P<role>(?:['’]s)? " + role + ")?"
        )
        self._colon = words.make(r"^(?P<who>{P})(?P<role>): ")
        self._pronoun = words.make(
            rf"(?<!\w)(?P<who>he|she)(?: also| has| had| then| later| once again| again| himself| herself)? {say}(?!\w)|[”\",] (?:{say}) (?P<who2>he|she)\b|(?<!\w)in (?:his|her) words|by (?:his|her) own account"
        )
        self._office_alone = words.make(
            rf"(?<!\w)(?P<who>(?:the|his|her|its) (?:prime minister|premier|president|chancellor|minister|defen[cs]e (?:minister|secretary)|foreign (?:minister|secretary)|government|cabinet|ministry|leader))(?:’s office|'s office)?(?: also| has| had| repeatedly| later)? {say}(?!\w)"
        )
        self._private = words.make(
            rf"(?<!\w)(?:{words.source('cues.private_voice')})[^.;]{{0,60}}? {say}(?!\w)|{say} [^.;]{{0,50}}?(?<!\w)(?:{words.source('cues.private_voice')})(?!\w)"
        )
        self._stranger = re.compile(
            rf"(?:^|[”\",.;] )(?P<name>[A-Z][\w’'\-]+(?: (?:van|de|von|der|la|al|bin|[A-Z][\w’'\-]+)){{1,3}})(?:, [^“\";]{{3,120}}?,)? (?:has |had |also )?(?:{words.source('verbs.say')})\b"
            rf"|[”\",] (?:{words.source('verbs.say')}) (?P<name2>[A-Z][\w’'\-]+(?: [A-Z][\w’'\-]+){{1,3}})"
        )

    def attribute(self, built: list[Sentence]) -> None:
        """Set voice and focus of every sentence in order."""
        last_person: actors.Mention | None = None
        last_voice: Voice | None = None
        before: Sentence | None = None
        focus: tuple[str, ...] = ()
        for sentence in built:
            voice = self._voice(sentence, last_person, last_voice)
            sentence.said_inside = voice is not None
            if voice is None and (self._continues(sentence, before) or self._runs_on(sentence, before)):
                voice = last_voice
            sentence.voice = voice
            sentence.focus_before = focus
            people = [m for m in sentence.mentions if m.person and m.kind in ("person", "office")]
            own = [m.code for m in sentence.mentions if not _is_prepositional(sentence, m) and m.code != "COALITION"]
            if voice is not None and voice.name and people:
                named = [p for p in people if p.person == voice.name]
                last_person = named[-1] if named else people[0]
            elif people:
                last_person = people[0]
            if own:
                focus = (own[0],)
            sentence.focus = focus
            if voice is not None:
                last_voice = voice
            before = sentence

    def _continues(self, sentence: Sentence, before: Sentence | None) -> bool:
        """A quotation without attribution goes on in the words of the last speaker."""
        if before is None or before.voice is None:
            return False
        if sentence.paragraph - before.paragraph > 2:
            return False
        quoted = sum(b - a for a, b in sentence.quotes)
        if quoted > 0.6 * len(sentence.raw):
            return True
        return (
            sentence.paragraph == before.paragraph
            and bool(before.quotes)
            and before.quotes[-1][1] >= len(before.raw)
            and quoted > 0
        )

    def _runs_on(self, sentence: Sentence, before: Sentence | None) -> bool:
        """Back-shifted speech after an attribution in the same paragraph ("There would be no troops.")."""
        if before is None or before.voice is None or before.voice.private or sentence.paragraph != before.paragraph:
            return False
        others = [m for m in sentence.mentions if not _is_prepositional(sentence, m) and m.kind != "demonym"]
        return bool(_BACKSHIFT.search(sentence.masked)) and all(m.code == before.voice.code for m in others)

    def _voice(self, sentence: Sentence, person: actors.Mention | None, last: Voice | None) -> Voice | None:
        text = sentence.masked
        if self._private.search(text):
            official = next((m for m in sentence.mentions if m.person and not m.former), None)
            if official is None:
                return Voice(private=True)
        second: Voice | None = None
        for pattern in (self._colon, self._forward, self._backward, self._according):
            for match in pattern.finditer(text):
                voice = self._from_mention(sentence, match, pattern is self._forward)
                if voice is None:
                    continue
                if voice.name or voice.private:
                    return voice
                second = second or voice
        if self._pronoun.search(text):
            if last is not None and (last.private or person is None):
                return last
            if person is not None:
                return Voice(name=person.person, code=person.code, decides=person.decides, private=person.former)
        if second is not None:
            return second
        if self._office_alone.search(text) and person is not None:
            return Voice(name=person.person, code=person.code, decides=person.decides)
        stranger = self._stranger.search(text)
        single = _SINGLE_NAME.search(text)
        if stranger is None and single and not single.group(1).endswith("s"):
            return None if _NOT_A_NAME.search(single.group(1) + " ") else Voice(name=single.group(1), private=True)
        if stranger:
            name = stranger.group("name") or stranger.group("name2")
            if any(lexicon_mark in text[stranger.start() : stranger.end()] for lexicon_mark in "\ue000\ue001\ue002"):
                return None
            return None if _NOT_A_NAME.search(name) else Voice(name=name, private=True)
        return None

    def _from_mention(self, sentence: Sentence, match: re.Match[str], is_forward: bool) -> Voice | None:
        start = match.start("who")
        mention = next((m for m in sentence.mentions if m.start <= start < m.end), None)
        if mention is None or (is_forward and _is_prepositional(sentence, mention) and not mention.person):
            return None
        if mention.kind == "demonym" and not match.group("role"):
            return None
        if mention.former:
            return Voice(name=mention.person, private=True)
        role = match.group("role")
        if role and mention.person:
            return Voice(
                name=f"{mention.person}{role}".replace("’s", "'s") if "office" in role else None,
                code=mention.code,
                decides=True,
            )
        name = mention.person
        if name is None and mention.kind == "seat" and not role:
            name = sentence.raw[mention.start : mention.end]
        if name in ("Washington", "London", "Paris", "Berlin") or (name and mention.kind == "seat" and " " not in name):
            name = None
        return Voice(name=name, code=mention.code, decides=mention.decides)


_SINGLE_NAME = re.compile(r"(?:^|[”\",] )([A-Z][a-z][\w’'\-]+) (?:said|says|told|added|argued|warned|insisted)\b")
_BACKSHIFT = re.compile(r"\b(?:would|could)\b")
_NOT_A_NAME = re.compile(
    r"^(?:He|She|It|They|We|That|This|Parliament|Government|Cabinet|Congress|Neither|Nobody|Everyone|One|Another|Source|Sources|Reporters|Asked|The|A|An|In|On|At|But|And|Meanwhile|Later|Earlier|European|Western|Military|Officials|Leaders|Ministers|Government|Foreign|Defen[cs]e|Prime|President|Under|After|Both|Other|Some|Most)\b|(?:Times|Post|Dispatch|Journal|News|Office|Ministry|Council|Commission|Herald|Agency|Press|Telegraph|Guardian)$"
)
_PREPOSITION = re.compile(
    r"(?:\b(?:in|to|into|from|of|with|by|at|for|against|on|between|across|near|inside|outside|told|tell|towards?|over|about|around|"
    r"upon|through|via|than|within|alongside|leaving|visit(?:ing|ed)?|including|behind|under|toward)\s+(?:the\s+|both\s+|his\s+|her\s+|its\s+)?)$",
    re.IGNORECASE,
)


def _is_prepositional(sentence: Sentence, mention: actors.Mention) -> bool:
    return bool(_PREPOSITION.search(sentence.masked[max(0, mention.start - 24) : mention.start]))


def is_prepositional(sentence: Sentence, mention: actors.Mention) -> bool:
    """Whether a mention is the object of a preposition ("in Ukraine", "told Trump")."""
    return _is_prepositional(sentence, mention)
