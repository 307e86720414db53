"""Finds who is named in a text: countries, demonyms, capitals, ministries, office holders by date. Decides no claims."""

import re
import unicodedata
from collections import defaultdict
from dataclasses import dataclass, replace
from datetime import date

import ahocorasick_rs

from monitor import watch
from monitor.claims import lexicon


@dataclass(frozen=True, slots=True)
class Mention:
    """One naming of an actor. `person` is the holder's full name where a person or office is named."""

    start: int
    end: int
    code: str
    kind: str  # country | demonym | seat | person | office
    person: str | None = None
    decides: bool = True
    former: bool = False
    offices: frozenset[str] = frozenset()  # the words for the person's office


@dataclass(frozen=True, slots=True)
class _Entry:
    code: str
    kind: str
    office: watch.Office | None = None


_NOT_WORD = re.compile(r"[\w\-]")
# "the then chancellor", "then-President", but not "Since then Macron", "Then Scholz"; "the late", but not "late on Tuesday"
_FORMER = re.compile(
    r"(?:\b(?:former|ex|retired|previous|one-time|(?<=the )late|(?<=the )then)[\s\-]+(?:\S+\s+){0,2}"
    r"|\bthen(?:-|\s+(?:\S+\s+)?(?:president|chancellor|minister|premier|secretary|pm)\s+))$",
    re.IGNORECASE,
)


def _plain(name: str) -> str:
    return "".join(c for c in unicodedata.normalize("NFD", name) if not unicodedata.combining(c)).replace("ł", "l")


class Gazetteer:
    """All names of a watch, as one automaton."""

    def __init__(self, loaded: watch.Watch, words: lexicon.Lexicon) -> None:
        self._entries: dict[str, list[_Entry]] = defaultdict(list)
        for actor in loaded.actors:
            self._add_actor(actor)
        for office in loaded.offices:
            self._add_office(office)
        for ambiguous in words.words("terms.never_actors"):
            self._entries.pop(ambiguous, None)
        self._patterns = list(self._entries)
        self._automaton = ahocorasick_rs.AhoCorasick(self._patterns, matchkind=ahocorasick_rs.MatchKind.LeftmostLongest)
        self._office = words.make(r"(?<![\w])(?:{terms.offices})(?!\w)")
        self._by_office = _index_offices(loaded.offices)
        self._merge = _merge_pattern(words)
        self._titles: dict[str, frozenset[str]] = defaultdict(frozenset)
        for office in loaded.offices:
            self._titles[office.holder] |= {w.lower() for w in (office.office, *office.aliases)}

    def _add_actor(self, actor: watch.Actor) -> None:
        for kind, names in (
            ("country", actor.names),
            ("demonym", actor.demonyms),
            ("seat", actor.seats),
            ("seat", actor.ministries),
        ):
            for name in names:
                for form in {name, _plain(name), name.upper() if len(name) > 3 else name}:
                    if len(form) > 1 and not any(e.code == actor.code for e in self._entries[form]):
                        self._entries[form].append(_Entry(actor.code, kind))

    def _add_office(self, office: watch.Office) -> None:
        family = office.holder.split()[-1]
        names = {office.holder, *office.variants, family}
        for name in names:
            for form in {name, _plain(name), name.upper()}:
                if len(form) > 2 and form[0].isupper():
                    self._entries[form].append(_Entry(office.subject, "person", office))

    def find(self, text: str, on: date | None) -> list[Mention]:
        """All mentions in order, merged ("British Prime Minister Keir Starmer" is one)."""
        base: list[Mention] = []
        full: dict[str, _Entry] = {}
        hits = [
            (start, end, self._patterns[index])
            for index, start, end in self._automaton.find_matches_as_indexes(text)
            if not (start and _NOT_WORD.match(text[start - 1]) and text[start - 1] != "-")
            and not (end < len(text) and (text[end].isalnum() or text[end] == "_"))
        ]
        for start, end, name in hits:
            entries = self._entries[name]
            entry = _choose(entries, on, full.get(name.upper()))
            if entry is None:
                continue
            if entry.office is not None:
                if " " in name:
                    full[entry.office.holder.split()[-1].upper()] = entry
                former = not _holds(entry.office, on) or bool(_FORMER.search(text[max(0, start - 60) : start]))
                base.append(
                    Mention(
                        start,
                        end,
                        entry.code,
                        "person",
                        entry.office.holder,
                        entry.office.decides,
                        former,
                        self._titles[entry.office.holder],
                    )
                )
            else:
                base.append(Mention(start, end, entry.code, entry.kind))
        return self._merged(text, base, on)

    def _merged(self, text: str, base: list[Mention], on: date | None) -> list[Mention]:
        masked = mask(text, base)
        merged: list[Mention] = []
        by_start = {m.start: m for m in base}
        taken: set[int] = set()
        for match in self._merge.finditer(masked):
            parts = [by_start[i] for i in range(match.start(), match.end()) if i in by_start]
            if not parts:
                continue
            mention = self._join(text, match, parts, on)
            if mention is not None:
                merged.append(mention)
                taken.update(p.start for p in parts)
        merged.extend(m for m in base if m.start not in taken)
        return sorted(merged, key=lambda m: m.start)

    def _join(self, text: str, match: re.Match[str], parts: list[Mention], on: date | None) -> Mention | None:
        people = [p for p in parts if p.kind == "person"]
        places = [p for p in parts if p.kind != "person"]
        former = bool(re.match(r"(?:the )?(?:former|ex)\b", match.group(), re.IGNORECASE)) or bool(
            _FORMER.search(text[max(0, match.start() - 40) : match.start()])
        )
        if people:
            person = people[-1]
            if places and places[0].code != person.code and places[0].kind != "seat":
                return None
            return replace(
                person, start=match.start(), end=match.end(), former=former or (person.former and not places)
            )
        office = self._office.search(text[match.start() : match.end()])
        if not office or not places:
            return None
        holder = self._by_office.get((places[0].code, office.group().lower()), [])
        held = [o for o in holder if _holds(o, on)]
        return Mention(
            match.start(),
            match.end(),
            places[0].code,
            "office",
            held[0].holder if held and (on is not None or len(held) == 1) else None,
            held[0].decides if held else True,
            former,
            self._titles[held[0].holder] if held else frozenset(),
        )


def moved(mention: Mention, by: int, limit: int) -> Mention:
    """The mention at other offsets, cut at a limit."""
    return replace(mention, start=mention.start + by, end=min(mention.end + by, limit))


def _merge_pattern(words: lexicon.Lexicon) -> re.Pattern[str]:
    office = r"{terms.office_lead}?{terms.offices}(?!\w)"
    place = r"(?:{D}|{C}(?:['’]s?)?)"
    return words.make(
        rf"(?<![\w\ue000-\ue002])(?:(?:(?:the )?{place} {office}(?:,? (?:Mr|Mrs|Ms|Dr|Sir|Dame|Gen|General|Admiral)\.?)?(?:,? {{P}})?)"
        rf"|(?:(?:the )?(?<!\w){office}(?: for [a-z ]{{3,30}})? (?:of|for|in) (?:the )?{{C}}(?:,? {{P}})?)"
        rf"|(?:{{C}}['’]s? {{P}})|(?:{{P}}(?:, (?:the )?{place} {office}))|(?:(?<!\w){office} {{P}})"
        rf"|(?:{{P}} of {{C}})|(?:(?:Sir|Mr|Mrs|Ms|Lord|Dame|General|Gen\.|Admiral|Dr) {{P}}))"
    )


def _index_offices(offices: tuple[watch.Office, ...]) -> dict[tuple[str, str], list[watch.Office]]:
    index: dict[tuple[str, str], list[watch.Office]] = defaultdict(list)
    for office in offices:
        for name in {office.office, *office.aliases}:
            key = name.lower()
            for form in {
                key,
                key.replace("defence", "defense"),
                key.replace("minister of defence", "defence minister"),
            }:
                index[office.subject, form].append(office)
        if office.office in ("head of government",):
            for form in ("prime minister", "premier", "pm", "chancellor", "leader"):
                index[office.subject, form].append(office)
    return index


def _holds(office: watch.Office, on: date | None) -> bool:
    if on is None:
        return True  # an article without a date: nobody of the watch's years is taken for a former holder
    return (office.start is None or office.start <= on) and (office.end is None or on < office.end)


def _choose(entries: list[_Entry], on: date | None, earlier: _Entry | None) -> _Entry | None:
    """Who a name means: a country before a person, unless one was named in full before (Portugal's Luís Montenegro); of several
    persons the one named in full before, then one in office."""
    places = [e for e in entries if e.office is None]
    if places:
        return earlier or places[0]
    if earlier is not None and any(e.code == earlier.code for e in entries):
        return next(
            (e for e in entries if e.code == earlier.code and e.office is not None and _holds(e.office, on)), earlier
        )
    held = [e for e in entries if e.office is not None and _holds(e.office, on)]
    ranked = sorted(held, key=lambda e: not (e.office is not None and e.office.decides))
    return ranked[0] if ranked else (entries[0] if entries else None)


def mask(text: str, mentions: list[Mention]) -> str:
    """The text with every mention replaced by marks of the same length, so that offsets stay."""
    pieces: list[str] = []
    position = 0
    marks = {"demonym": lexicon.DEMONYM, "person": lexicon.PERSON, "office": lexicon.PERSON}
    for mention in mentions:
        if mention.start < position:
            continue
        pieces.append(text[position : mention.start])
        pieces.append(marks.get(mention.kind, lexicon.COUNTRY) * (mention.end - mention.start))
        position = mention.end
    pieces.append(text[position:])
    return "".join(pieces)
