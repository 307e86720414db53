"""The claim engine: sentences | tokens | verbs, phrases, clauses | voices | claims per topic | assembly. Pure and deterministic; no I/O.

Reads English only; what it can't read it skips with a reason.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from monitor import types, watch
from monitor.claims import (
    actors,
    assemble,
    backstop,
    candidates,
    context,
    counts,
    draft,
    features,
    learned,
    lexemes,
    lexicon,
    listings,
    membership,
    origins,
    parsing,
    relevance,
    sentences,
    setting,
    speech,
    times,
    tokens,
    topical,
    troops,
)

_MAX_TEXT = 150_000  # characters, some 25,000 words; what is longer is no article, and its head says what it is about
_LOOKALIKES = str.maketrans(
    "АВЕКМНОРСТХаеорсух\u2011", "ABEKMHOPCTXaeopcyx-"
)  # Cyrillic letters that slip into English copy
_FIRST_TALK = date(2024, 11, 15)  # nobody spoke of a force to keep a peace before; soldiers for Ukraine meant others
_ENGLISH = ("the", "of", "and", "to", "that", "is", "for", "with")
_REACH = 2  # sentences before, whose words are still in a reader's mind


@dataclass(frozen=True, slots=True)
class Parsed:
    """An article in its parts; without a page nothing is read from it."""

    text: str
    page: features.Page | None = None
    skipped: str | None = None


class Engine:
    """Reads articles; holds the compiled watch. Raises errors.SeedError where the watch's weights are broken."""

    def __init__(self, watch: watch.Watch) -> None:
        self._weights = watch.learned.read()
        self._senses, self._lexicon = (
            features.stems({k.removeprefix(file): v for k, v in watch.terms.items() if k.startswith(file)})
            for file in ("senses.", "lexicon.")
        )
        words = lexicon.load(watch)
        self._gazetteer = actors.Gazetteer(watch, words)
        self._lexemes = lexemes.Lexemes(watch)
        self._judge = relevance.Judge(words)
        self._troops = troops.TroopRules()
        self._backstop = backstop.BackstopRules()
        self._membership = membership.MembershipRules()
        self._listings = listings.ListRules(words)
        self._counts = counts.CountRules()
        self._clock = times.Clock()
        self._origins = origins.Origins(watch)

    def parse(self, article: types.Article) -> Parsed:
        """An article in its parts, with what the rules find in it."""
        parsed, topic = self._outline(article)
        return parsed if parsed.page is None else replace(parsed, page=self._ruled(parsed.page, topic))

    def _outline(self, article: types.Article) -> tuple[Parsed, relevance.Topic]:
        """An article in its parts, before anybody is heard or any claim is looked for: what tells whether it is on the subject."""
        text = article.text[:_MAX_TEXT].translate(_LOOKALIKES)
        if not _is_english(text):
            return Parsed(text, skipped="language"), relevance.NONE
        on: date | None = article.published.date() if article.published else None
        if on is not None and on < _FIRST_TALK:
            return Parsed(text), relevance.NONE
        built = self._parse(text, sentences.split(text), self._gazetteer.find(text, on))
        topic = self._judge.judge(article.title, built)
        if not topic.possible:
            return Parsed(text), topic
        flags = ("meeting" * topic.meeting, "force" * topic.force, "titled" * topic.titled)
        page = features.Page(
            sentences=built,
            title=topical.title_words(article.title),
            flags=tuple(flag for flag in flags if flag),
            ruled=topic.relevant,
            mine=topic.mine,
            theirs=topic.theirs,
            near=topic.near,
            senses=self._senses,
            lexicon=self._lexicon,
            main=candidates.main_country(built, self._gazetteer.find(article.title, on)),
        )
        return Parsed(text, page), topic

    def _ruled(self, page: features.Page, topic: relevance.Topic) -> features.Page:
        """A page with who says what, and what the rules find."""
        built = list(page.sentences)
        speech.attribute(built)
        return replace(page, drafts=self._drafts(built, topic))

    def read(self, article: types.Article) -> types.Reading:
        """Relevance and claims of one article."""
        parsed, topic = self._outline(article)
        if parsed.page is None or not learned.is_relevant(self._weights, parsed.page):
            return types.Reading(relevant=False, skipped=parsed.skipped)
        page = self._ruled(parsed.page, topic)
        built = page.sentences
        drafts = learned.drafts(self._weights, page)
        credit = self._origins.of_article(article.title, article.outlet) or self._origins.of_source_line(
            built, article.outlet
        )
        claims: list[types.Claim] = []
        spelling = assemble.Spelling(parsed.text, built)
        recap = origins.begin_of_recap(built)
        credited = [self._origins.of_sentence(sentence, article.outlet) for sentence in built] if drafts else []
        heard = _heard(built[:recap], credited)
        for one in drafts:
            sentence = built[one.sentence]
            past = self._clock.is_past(sentence, article.published, one)
            claim = assemble.to_claim(article, one, sentence, past=past, origin=None)
            claim = replace(claim, speaker=spelling.of(claim.speaker))
            own = credited[one.sentence] or _of_speakers(heard, claim.speaker, sentence)
            claims.append(replace(claim, origin=own or (credit if one.sentence < recap and not past else None)))
        return types.Reading(relevant=True, claims=assemble.settle(claims))

    def _parse(self, text: str, spans: list[sentences.Span], mentions: list[actors.Mention]) -> list[context.Sentence]:
        built: list[context.Sentence] = []
        place = 0
        for index, span in enumerate(spans):
            while place < len(mentions) and mentions[place].start < span.start:
                place += 1
            inside = []
            while place < len(mentions) and mentions[place].start < span.end:
                inside.append(actors.moved(mentions[place], -span.start, span.end - span.start))
                place += 1
            raw = text[span.start : span.end]
            quotes = [(a - span.start, b - span.start) for a, b in sentences.quote_spans(text, span.start, span.end)]
            row = tokens.cut(raw, inside, quotes, self._lexemes.lemmas) if _is_prose(raw) else []
            if _is_headline(row):
                row = []
            built.append(
                context.Sentence(
                    index=index, start=span.start, end=span.end, paragraph=span.paragraph, raw=raw, quotes=quotes, mentions=inside,
                    parse=parsing.parse(row, self._lexemes.find(row)), is_question=raw.rstrip("\"”’' ").endswith("?"),
                )
            )  # fmt: skip
        return built

    def _drafts(self, built: list[context.Sentence], topic: relevance.Topic) -> list[draft.Draft]:
        made: list[draft.Draft] = []
        rows = set(self._listings.rows(built)) if topic.force else set()
        names = [s.parse.classes for s in built]
        american = [s.names("US") for s in built]
        named = False
        refused: set[str] = set()
        done = 0
        counted_at = -1
        stand: tuple[int, str] = (-9, "")
        for index, sentence in enumerate(built):
            named = named or "phrases.coalition" in names[index] or topic.titled or (topic.force and _is_ours(sentence))
            if index in rows:
                listed = self._listings.read(sentence, index)
                if listed:
                    made += listed
                    continue
            recent = frozenset().union(*names[max(0, index - _REACH) : index + 1])
            us_recent = any(american[max(0, index - _REACH) : index + 1])
            near = topic.near[index]
            for one in made[done:]:
                if one.status == "ruled_out":
                    refused.add(one.subject)
                if one.topic == "troops" and one.status in ("pledged", "ruled_out", "open"):
                    stand = (one.sentence, one.status)
                if one.counts == "troop_contributors":
                    counted_at = one.sentence
            done = len(made)
            told = setting.Scene(
                force=topic.force,
                near=near,
                recent=recent,
                counted=counted_at == index - 1,
                refused=frozenset(refused),
                last=stand[1] if stand[0] >= index - 1 else None,
            )
            made += self._troops.read(sentence, told)
            made += self._backstop.read(sentence, near, recent, us_recent)
            met = topic.meeting or (named and "phrases.meeting" in recent and bool(recent & _COALITION))
            made += self._membership.read(sentence, near=near, meeting=met, recent=recent, group=named)
            made += self._counts.read(
                sentence, near=near, force=topic.force, meeting=topic.meeting, group=named, recent=recent
            )
        return made


def _heard(built: Sequence[context.Sentence], credited: Sequence[str | None]) -> dict[str, str]:
    """{surname: the outlet that it spoke to}: who did so once did so throughout the article."""
    heard: dict[str, str] = {}
    for sentence, outlet in zip(built, credited, strict=False):
        if outlet is not None:
            for voice in sentence.voices:
                if voice is not None and voice.name:
                    heard.setdefault(voice.name.split()[-1], outlet)
    return heard


def _of_speakers(heard: Mapping[str, str], speaker: str | None, sentence: context.Sentence) -> str | None:
    """The outlet that a claim's speaker spoke to; where nobody is named for the claim, whoever speaks in its sentence."""
    names = [speaker] if speaker else [v.name for v in sentence.voices if v is not None and v.name]
    return next((heard[s] for name in names if (s := name.split()[-1]) in heard), None)


def _is_headline(row: list[tokens.Token]) -> bool:
    """A title or a link among the prose, in capitals: read with the grammar of sentences, it says what nobody said."""
    words = [t for t in row if len(t.text) > 3 and t.text.isalpha()]
    if len(words) < 5 or row[-1].text in '.!?”"':
        return False
    return sum(t.text[0].isupper() for t in words) >= 0.8 * len(words)


def _is_ours(sentence: context.Sentence) -> bool:
    """Whether "the coalition" stands there by itself, in an article about the force: no party's, no other matter's."""
    return any(
        h.lemma == "coalition" and h.first and sentence.row[h.first - 1].low == "the"
        for h in sentence.parse.hits
        if h.name == "phrases.coalition_loose"
    ) and not any(t.low in _PARTY_TALK for t in sentence.row)


_COALITION = frozenset({"phrases.coalition", "phrases.coalition_loose"})
_PARTY_TALK = frozenset("party parties ruling governing junior partner partners agreement opposition election".split())


def _is_prose(raw: str) -> bool:
    """Whether a stretch has words; rows of marks and digits cost as much as prose and say nothing."""
    return len(raw) < 200 or sum(map(str.isalpha, raw)) >= len(raw) * 0.3


def _is_english(text: str) -> bool:
    sample = text[:5000].lower().split()
    if len(sample) < 20:
        return True
    return sum(word in _ENGLISH for word in sample) >= len(sample) * 0.06
