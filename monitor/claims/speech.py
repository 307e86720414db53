"""Who says what in an article: attributions before and after, quotations that run on, pronouns. Judges nothing that is said."""

from collections.abc import Sequence
from dataclasses import replace

from monitor.claims import clauses, nouns, verbs
from monitor.claims.context import MEDIA, Memory, Sentence, Voice, as_voice
from monitor.claims.nouns import Noun

_SAY = "verbs.say"
_BACKSHIFT = frozenset({"would", "could", "had", "was", "were"})
SEATS = frozenset(
    "Street House Pentagon Kremlin Elysee Élysée Palace Matignon Chancellery Chigi Whitehall 10 Ministry Office Department Treasury".split()
)
_TO_HEARERS = frozenset("told tells assured informed reminded".split())
_SHORT_TURN = 4  # words
_GROUPS = frozenset({"COALITION", "EU", "NATO", "RU", "UA"})
_MOST_STRANGERS = 200  # an article names fewer
_TITLES = frozenset("minister premier president chancellor leader pm secretary".split())


def attribute(sentences: Sequence[Sentence]) -> None:
    """Set the voice and the resolved subject of every clause, sentence by sentence."""
    memory = Memory()
    for index, sentence in enumerate(sentences):
        _Attribution(sentence, memory, sentences[index + 1 : index + 4]).run()


def _is_place(noun: nouns.Noun) -> bool:
    """ "in Rome" is where, not who; somebody private is no country either."""
    where = noun.preposition in ("in", "at", "near", "outside", "from", "to")
    return noun.kind == nouns.PRIVATE or (where and all(m.kind == "seat" for m in noun.mentions))


class _Attribution:
    """One sentence."""

    def __init__(self, sentence: Sentence, memory: Memory, following: Sequence[Sentence] = ()) -> None:
        self._sentence = sentence
        self._following = following
        self._memory = memory
        self._row = sentence.parse.row
        self._parts = sentence.parse.clauses

    def run(self) -> None:
        """Voices first, then subjects, as "we" needs to know who speaks."""
        for mention in self._sentence.mentions:
            self._memory.see(mention)
        for noun in self._sentence.parse.nouns:
            last = self._row[noun.last]
            if (
                noun.kind == nouns.ACTOR
                and len(noun.codes) == 1
                and last.mention is None
                and last.text[:1].isupper()
                and noun.head.isalpha()
            ):
                self._memory.surnames[noun.head] = noun.codes[0]
        if len(self._memory.strangers) < _MOST_STRANGERS:
            self._memory.strangers |= {
                n.head for n in self._sentence.parse.nouns if n.kind == nouns.PRIVATE and n.head not in MEDIA
            }
        sayers = self._sayers()
        voices: list[Voice | None] = [None] * len(self._parts)
        credit = self._according()
        for place, (index, voice, is_tail) in enumerate(sayers):
            if is_tail:
                stop = sayers[place - 1][0] if place else -1
                for before in range(stop + 1, index + 1):
                    if voices[before] is None:
                        voices[before] = voice
            else:
                for after in range(index, len(self._parts)):
                    if self._is_governed(index, after):
                        voices[after] = voice
        if credit is not None:
            voices = [v or credit for v in voices]
        if not sayers and credit is None:
            ahead = self._named_behind()
            voices = [ahead] * len(voices) if ahead is not None else self._carried(voices)
        self._sentence.voices = voices
        spoken = credit or (sayers[-1][1] if sayers else None)
        self._subjects()
        self._turn()
        self._memory.name([c for n in self._sentence.parse.nouns if not _is_place(n) for c in n.codes])
        if spoken is not None:
            self._memory.speak(spoken, self._sentence.paragraph)

    def _subjects(self) -> None:
        resolved: list[tuple[str, ...]] = []
        for index, clause in enumerate(self._parts):
            subject = clause.subject
            local = self._local(index, subject) if subject is not None and subject.kind == nouns.PRONOUN else ()
            codes = local or self._memory.resolve(subject, self._row, self._sentence.voices[index])
            if not local and subject is not None and subject.head in ("he", "she") and self._is_strangers(index):
                codes = ()
            resolved.append(codes)
            if clause.verb is not None or len(codes) > 1:
                main = clause.verb is not None and clause.kind not in (
                    clauses.BECAUSE,
                    clauses.WHEN,
                    clauses.REL,
                    clauses.WHILE,
                    clauses.ALTHOUGH,
                    clauses.IF,
                )
                self._memory.note(subject, codes, main or self._memory.person is None)
        self._sentence.subjects = resolved
        first = next(iter(self._sentence.parse.nouns), None)
        if first is not None and first.preposition == "for" and first.first <= 1 and first.person is not None:
            self._memory.person = first.person  # "For Starmer, ..."
        for noun in self._sentence.parse.nouns:
            if noun.person is not None and noun.preposition is None and self._memory.person is None:
                self._memory.person = noun.person

    def _turn(self) -> None:
        """A heading, a label or a short question turns to its country; a sentence without an actor for a subject, to the one it names."""
        sentence = self._sentence
        if any(sentence.subjects) and not self._is_turn():
            return
        places = {c for n in sentence.parse.nouns if _is_place(n) for c in n.codes}
        codes = {m.code for m in sentence.mentions if not m.former} - places
        if len(codes) == 1 and not codes & _GROUPS:
            person = next((m for m in sentence.mentions if m.person is not None and not m.former), None)
            self._memory.turn(next(iter(codes)), person)

    def _is_turn(self) -> bool:
        """Whether it is a heading ("SPAIN"), opens with a label ("Ireland: Perhaps.") or only asks after a country."""
        words = [t for t in self._row if not t.is_mark]
        if len(words) <= _SHORT_TURN and not any(c.verb is not None for c in self._parts):
            return True
        first = self._parts[0] if self._parts else None
        return (
            first is not None
            and first.verb is None
            and first.last < len(self._row)
            and self._row[first.last - 1].text == ":"
            and first.last - first.first <= _SHORT_TURN
        )

    def _is_strangers(self, index: int) -> bool:
        """ "The chief of the armed forces, Thomas Müller, said he": somebody in the sentence whom the watch does not know."""
        for above in range(index - 1, -1, -1):
            clause = self._parts[above]
            noun = clause.subject
            if noun is not None and self._say_verb(clause) is not None:
                return noun.kind in (nouns.THING, nouns.PRIVATE) and not noun.codes and noun.head not in MEDIA
        return False

    def _local(self, index: int, subject: Noun) -> tuple[str, ...]:
        """Within a sentence, a pronoun means the subject of the clause above ("Spain said it would")."""
        for above in range(index - 1, -1, -1):
            noun = self._parts[above].subject
            if noun is None or noun.kind == nouns.PRIVATE:
                continue
            codes = noun.codes if noun.kind in (nouns.ACTOR, nouns.FORCE) else ()
            if subject.head in ("he", "she") and noun.person is not None:
                return codes[:1]
            if subject.head == "it" and codes and noun.person is None and len(codes) == 1:
                return codes
            people = noun.kind == nouns.ACTOR and any(m.kind == "demonym" and m.person is None for m in noun.mentions)
            if subject.head == "they" and (len(codes) > 1 or (people and self._row[noun.last].mention is not None)):
                return codes  # "the Poles said that they"
        return ()

    # ------------------------------------------------------------ who says

    def _sayers(self) -> list[tuple[int, Voice, bool]]:
        """(clause, voice, whether it stands behind what is said)."""
        found: list[tuple[int, Voice, bool]] = []
        for index, clause in enumerate(self._parts):
            verb = self._say_verb(clause)
            if verb is None:
                label = self._label(index, clause)
                if label is not None:
                    found.append((index, label, False))
                continue
            noun = self._inverted(clause, verb) or clause.subject
            known = noun is not None and noun.head in self._memory.surnames
            if noun is None or (noun.kind == nouns.THING and not noun.codes and not known):
                if noun is not None and noun.kind == nouns.THING and noun.head in ("newspaper", "report", "paper"):
                    found.append((index, Voice(unnamed=True), self._is_tail(index, verb)))
                continue
            voice = self._named_before(index, noun) or self._voice_of(noun)
            if voice is not None:
                found.append((index, voice, self._is_tail(index, verb)))
        return found

    def _named_before(self, index: int, noun: Noun) -> Voice | None:
        """ "Experts say Carney raised questions when he said": the person that the sentence itself named."""
        if noun.head not in ("he", "she") or not index:
            return None
        subject = self._parts[index - 1].subject
        if subject is None or subject.person is None or subject.kind != nouns.ACTOR:
            return None
        return self._voice_of(subject)

    def _label(self, index: int, clause: clauses.Clause) -> Voice | None:
        """ "Plenkovic, on his way in: “We won't”": a name and a colon before a quotation."""
        if index or clause.verb is not None or clause.last >= len(self._row) or self._row[clause.last - 1].text != ":":
            return None
        if not self._row[clause.last].is_mark and not self._row[clause.last].quoted:
            return None
        noun = next((n for n in clause.nouns if n.preposition is None and n.person is not None), None)
        return self._voice_of(noun) if noun is not None and noun.kind == nouns.ACTOR else None

    def _say_verb(self, clause: clauses.Clause) -> int | None:
        for hit in clause.hits:
            if hit.name == _SAY and self._says(clause, hit.first):
                return hit.first
        return None

    def _says(self, clause: clauses.Clause, verb: int) -> bool:
        """Whether a verb of saying is what the clause does, by itself or behind an auxiliary ("did not say", "has told")."""
        kind = self._sentence.parse.kinds[verb]
        near = self._row[clause.verb].low if clause.verb is not None and verb - clause.verb <= 3 else ""
        if kind == verbs.INFINITIVE:
            return near in ("do", "does", "did")
        if kind == verbs.PARTICIPLE:
            opens = verb == clause.first and self._row[verb].low in ("said", "told", "added")
            return opens or near in ("has", "have", "had")
        return kind == verbs.FINITE or (kind == verbs.ING and clause.kind == clauses.ING and verb == clause.first)

    def _inverted(self, clause: clauses.Clause, verb: int) -> Noun | None:
        """ "..., said Macron"."""
        if any(n.last < verb and n.preposition is None for n in clause.nouns):
            return None
        if self._row[verb].low in _TO_HEARERS:
            return None  # "told reporters": what follows is who hears it
        if verb != clause.first or clause.kind == clauses.ING:
            return None
        return next((n for n in clause.nouns if n.first in (verb + 1, verb + 2)), None)

    def _voice_of(self, noun: Noun) -> Voice | None:
        if noun.kind == nouns.FORCE:
            return None
        codes = self._memory.resolve(noun, self._row, None)
        if noun.kind == nouns.PRONOUN:
            return self._pronoun_voice(noun, codes)
        if not noun.codes and noun.head in _TITLES:
            person = self._memory.titled(noun.head)
            if person is not None and not person.former:
                return Voice(name=person.person, code=person.code, decides=person.decides)
        voice = self._seated(as_voice(noun, codes), noun)
        named = self._row[noun.last]
        if voice.name is None and codes and noun.head in self._memory.surnames:
            return replace(voice, name=named.text, decides=True, unnamed=False)
        return voice

    def _seated(self, voice: Voice, noun: Noun) -> Voice:
        """A seat of government that is no mere city speaks under its name ("Downing Street")."""
        seat = next((m for m in noun.mentions if m.kind == "seat"), None)
        if seat is None or voice.name is not None or not voice.code:
            return voice
        name = self._sentence.raw[seat.start : seat.end]
        return replace(voice, name=name) if name.split()[-1] in SEATS else voice

    def _pronoun_voice(self, noun: Noun, codes: tuple[str, ...]) -> Voice | None:
        if noun.head in ("he", "she"):
            if self._memory.someone:
                return Voice(code=self._memory.someone[0], unnamed=True)
            last = self._memory.voice
            person = self._memory.person
            if last is not None and (last.private or person is None):
                return last
            if person is not None:
                return Voice(name=person.person, code=person.code, decides=person.decides, private=person.former)
            return None
        if noun.head in ("it", "they"):
            return Voice(code=codes[0] if len(codes) == 1 else None, unnamed=not codes)
        return None

    def _is_tail(self, index: int, verb: int) -> bool:
        """Whether what is said stands before: nothing but an adverbial follows."""
        clause = self._parts[index]
        if index == 0:
            return False
        following = self._parts[index + 1] if index + 1 < len(self._parts) else None
        if following is not None and following.kind in (clauses.THAT, clauses.WH, clauses.WHETHER):
            return False
        if following is not None and following.kind == clauses.MAIN and self._row[clause.last - 1].text in ':“"':
            return False
        if clause.kind in (clauses.AND, clauses.ING, clauses.REL, clauses.WHEN, clauses.IF):
            return False
        if (
            clause.kind == clauses.RESUME
            and clause.subject is not None
            and clause.verb == verb
            and clause.subject.first < clause.first
            and self._parts[index - 1].kind in (clauses.REL, clauses.PAREN)
        ):
            return False
        return not any(self._row[i].quoted for i in range(verb + 1, clause.last) if not self._row[i].is_mark)

    def _is_governed(self, sayer: int, index: int) -> bool:
        if index == sayer:
            return True
        parts = self._parts
        between = range(sayer + 1, index + 1)
        if parts[sayer].kind == clauses.REL and any(parts[i].kind == clauses.RESUME for i in between):
            return False
        if (
            parts[index].kind == clauses.AND
            and parts[index].subject is not None
            and self._say_verb(parts[index]) is not None
        ):
            return False
        said = parts[sayer].subject
        for i in between:
            own = parts[i].subject
            if (
                parts[i].kind in (clauses.AND, clauses.WHILE, clauses.ALTHOUGH)
                and own is not None
                and own.kind == nouns.ACTOR
                and parts[i].first <= own.first
                and said is not None
                and said.codes
                and not set(own.codes) & set(said.codes)
            ):
                return False  # "X said ..., but Y has ruled it out"
        return True

    def _according(self) -> Voice | None:
        row = self._row
        for index, token in enumerate(row[:-2]):
            if token.low == "according" and row[index + 1].low == "to":
                noun = next((n for n in self._sentence.parse.nouns if index + 2 <= n.first <= index + 4), None)
                if noun is None:
                    return Voice(unnamed=True)
                if not noun.codes and any(
                    noun.head.startswith(name[:5]) for name in self._memory.strangers if len(name) > 3
                ):
                    return Voice(private=True)
                return as_voice(noun, self._memory.resolve(noun, row, None))
        return None

    def _named_behind(self) -> Voice | None:
        """A quotation of several sentences names its speaker behind one of the next."""
        sentence = self._sentence
        if not sentence.quotes or sentence.quotes[-1][1] < len(sentence.raw) or sentence.raw.rstrip()[-1:] in '”"»':
            return None
        for later in self._following:
            if later.paragraph != sentence.paragraph:
                return None
            sayers = [s for s in _Attribution(later, self._memory)._sayers() if s[2]]
            if sayers:
                return sayers[0][1]
            if later.quotes and later.quotes[0][1] < len(later.raw):
                return None
        return None

    def _carried(self, voices: list[Voice | None]) -> list[Voice | None]:
        """Quotations without attribution, and back-shifted speech in the same paragraph, go on in the last voice."""
        last = self._memory.voice
        sentence = self._sentence
        if last is None or sentence.paragraph - self._memory.voice_paragraph > 2:
            return voices
        quoted = sum(b - a for a, b in sentence.quotes)
        if quoted > 0.6 * len(sentence.raw):
            return [last] * len(voices)
        same = sentence.paragraph == self._memory.voice_paragraph
        if same and not last.private and any(t.low in _BACKSHIFT for t in self._row):
            named = {
                c for n in sentence.parse.nouns if n.preposition is None and n.kind == nouns.ACTOR for c in n.codes
            }
            if named <= {last.code}:
                return [last] * len(voices)
        return voices
