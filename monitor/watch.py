"""The watch: what is watched, as data (seeds/), loaded and validated. Says who is who when; decides nothing about text."""

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True, kw_only=True)
class Actor:
    """A country or institution and the words that stand for it."""

    code: str  # ISO 3166-1 alpha-2, or EU, NATO, UN, COALITION
    name: str  # for display, English
    names: tuple[str, ...]  # "Britain", "the United Kingdom", "UK"
    demonyms: tuple[str, ...]  # "British", "Briton", "Britons"
    seats: tuple[str, ...]  # capital and seats of government that speak for it: "London", "Downing Street"
    ministries: tuple[str, ...]  # proper names of ministries: "Bundeswehr", "Quai d'Orsay", "Pentagon"
    kind: str = "country"  # country | institution
    voice: str = "own"  # own | other (e.g. Russia: its words about others make no claim)


@dataclass(frozen=True, slots=True, kw_only=True)
class Office:
    """One person's term in one office."""

    subject: str  # actor code
    office: str  # "prime minister"
    aliases: tuple[str, ...]  # "premier"
    holder: str  # full name
    variants: tuple[str, ...]  # family name and spellings
    start: date | None  # first day, None: before the watch begins
    end: date | None  # first day on which it is no longer held, None: still held
    decides: bool  # may decide on what the watch is about for the subject
    decides_note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Outlet:
    """A publisher."""

    name: str
    tier: str  # official | wire | press | other
    aliases: tuple[str, ...] = ()  # names under which others credit it
    domains: tuple[str, ...] = ()
    country: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Watch:
    """Everything that seeds/ holds for one watch."""

    name: str
    actors: tuple[Actor, ...]
    offices: tuple[Office, ...]
    outlets: tuple[Outlet, ...]
    terms: dict[str, tuple[str, ...]]  # named lists: terms.yaml, phrases.yaml, cues.yaml, verbs.yaml merged as "file.key"
    version: str

    def actor(self, code: str) -> Actor:
        """The actor of a code; raises KeyError."""
        for actor in self.actors:
            if actor.code == code:
                return actor
        raise KeyError(code)
