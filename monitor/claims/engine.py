"""The claim engine: sentences | actors | speakers | scopes | claims per topic | assembly. Pure and deterministic; no I/O.

Reads English only; what it can't read it skips with a reason.
"""

from datetime import date

from monitor import types, watch
from monitor.claims import (
    actors,
    assemble,
    backstop,
    counts,
    draft,
    lexicon,
    listings,
    membership,
    origins,
    relevance,
    scopes,
    sentences,
    speakers,
    times,
    troops,
)

_MAX_TEXT = 1_500_000  # characters; more is no article
_LOOKALIKES = str.maketrans("АВЕКМНОРСТХаеорсух", "ABEKMHOPCTXaeopcyx")  # Cyrillic letters that slip into English copy
_ENGLISH = ("the", "of", "and", "to", "that", "is", "for", "with")


class Engine:
    """Reads articles; holds the compiled watch."""

    def __init__(self, watch: watch.Watch) -> None:
        words = lexicon.load(watch)
        self._gazetteer = actors.Gazetteer(watch, words)
        scoper = scopes.Scoper(words)
        silent = frozenset(a.code for a in watch.actors if a.voice == "other")
        self._silent = silent
        self._attributor = speakers.Attributor(words, silent)
        self._judge = relevance.Judge(words)
        self._troops = troops.TroopRules(words, scoper)
        self._backstop = backstop.BackstopRules(words, scoper)
        self._membership = membership.MembershipRules(words, scoper)
        self._listings = listings.ListRules(words)
        self._counts = counts.CountRules(words, scoper)
        self._clock = times.Clock(words)
        self._origins = origins.Origins(watch)

    def read(self, article: types.Article) -> types.Reading:
        """Relevance and claims of one article."""
        text = article.text[:_MAX_TEXT]
        if not _is_english(text):
            return types.Reading(relevant=False, skipped="language")
        on: date | None = article.published.date() if article.published else None
        built = self._sentences(text, on)
        topic = self._judge.judge(article.title, built)
        if not topic.relevant:
            return types.Reading(relevant=False)
        self._attributor.attribute(built)
        credit = self._origins.of_article(article.title, text, article.outlet)
        claims: list[types.Claim] = []
        rows = set(self._listings.rows(built)) if topic.force else set()
        for index, sentence in enumerate(built):
            if self._is_muted(sentence):
                continue
            for one in self._drafts(built, index, topic, rows):
                past = self._clock.is_past(
                    sentence, article.published, one.start - sentence.start, one.end - sentence.start
                )
                if one.optional or (sentence.voice is not None and sentence.voice.private):
                    continue  # a case on which careful readers differ is not worth a false alarm
                origin = self._origins.of_sentence(sentence.raw, article.outlet) or credit
                claims.append(assemble.to_claim(article, one, sentence, past=past, origin=origin))
        return types.Reading(relevant=True, claims=assemble.settle(claims))

    def _sentences(self, text: str, on: date | None) -> list[speakers.Sentence]:
        mentions = self._gazetteer.find(text, on)
        return speakers.build(text, actors.mask(text.translate(_LOOKALIKES), mentions), mentions, sentences.split(text))

    def _is_muted(self, sentence: speakers.Sentence) -> bool:
        """Russia's words about others, private voices."""
        voice = sentence.voice
        return voice is not None and (voice.private or (voice.code is not None and voice.code in self._silent))

    def _drafts(
        self, built: list[speakers.Sentence], index: int, topic: relevance.Topic, rows: set[int]
    ) -> list[draft.Draft]:
        sentence = built[index]
        if index in rows:
            listed = self._listings.read(sentence, index)
            if listed:
                return listed
        window = " ".join(s.masked for s in built[max(0, index - 2) : index + 1])
        made = self._troops.read(
            sentence,
            troops.Setting(about_force=topic.force, near_ukraine=topic.near[index], index=index, window=window),
        )
        made += self._backstop.read(sentence, index, about=topic.near[index], before=window)
        made += self._membership.read(
            sentence,
            index,
            coalition=topic.coalition and topic.near[index],
            meeting=topic.meeting,
            about=topic.near[index],
            window=window,
        )
        made += self._counts.read(
            sentence,
            index,
            coalition=topic.coalition and topic.near[index],
            meeting=topic.meeting,
            about=topic.near[index],
        )
        return made


def _is_english(text: str) -> bool:
    sample = text[:5000].lower().split()
    if len(sample) < 20:
        return True
    return sum(word in _ENGLISH for word in sample) >= len(sample) * 0.06
