"""The watch's data: it loads, is complete enough, and each kind of fault in it is refused by file, key and line."""

from datetime import date
from pathlib import Path
from typing import Any

import pytest
import yaml

from monitor import errors, types, watch

# Who is named with the coalition in the news of 2025 and 2026, members and those who weigh it.
AROUND = (
    *("GB", "FR", "DE", "IT", "ES", "PT", "NL", "BE", "LU", "IE", "AT", "CH", "MT", "DK"),
    *("NO", "SE", "FI", "IS", "EE", "LV", "LT", "PL", "CZ", "SK", "HU", "RO", "BG", "GR"),
    *("HR", "SI", "CY", "AL", "BA", "ME", "MK", "RS", "XK", "MD", "TR", "UA", "US", "CA"),
    *("AU", "NZ", "JP", "KR", "GE", "AM", "AZ", "RU"),
)
HEADS = ("head of government", "prime minister", "president", "chair of the Council of Ministers")


@pytest.fixture(scope="module")
def loaded() -> watch.Watch:
    return watch.load_watch()


def holder(loaded: watch.Watch, subject: str, office: str, day: date) -> list[str]:
    return [
        term.holder
        for term in loaded.offices
        if term.subject == subject
        and term.office == office
        and (term.start is None or term.start <= day)
        and (term.end is None or day < term.end)
    ]


# ---------------------------------------------------------------- what is shipped


def test_counts(loaded: watch.Watch) -> None:
    assert len(loaded.actors) >= 100
    assert len(loaded.offices) >= 390
    assert len(loaded.outlets) >= 80
    assert loaded.version >= "2026-11-24"
    assert loaded.name == "coalition"


@pytest.mark.parametrize("code", AROUND)
def test_actor_is_known_by_name_people_seat_and_head(loaded: watch.Watch, code: str) -> None:
    actor = loaded.actor(code)
    assert actor.names and actor.demonyms and actor.seats
    assert any(term.subject == code and term.office in HEADS for term in loaded.offices)


def test_institutions(loaded: watch.Watch) -> None:
    assert {actor.code for actor in loaded.actors if actor.kind == "institution"} == {"EU", "NATO", "UN", "COALITION"}
    assert "Brussels" in loaded.actor("EU").seats
    assert "Brussels" not in loaded.actor("BE").seats


def test_words_of_others_make_no_claim(loaded: watch.Watch) -> None:
    assert {actor.code for actor in loaded.actors if actor.voice == "other"} >= {"RU", "BY"}
    assert loaded.actor("UA").voice == "own"


def test_spellings(loaded: watch.Watch) -> None:
    assert {"Kyiv", "Kiev"} <= set(loaded.actor("UA").seats)
    assert {"Elysee", "Élysée"} <= set(loaded.actor("FR").seats)
    assert {"Turkey", "Türkiye"} <= set(loaded.actor("TR").names)
    zelensky = next(term for term in loaded.offices if (term.subject, term.office) == ("UA", "president"))
    assert {"Zelensky", "Zelenskyy", "Zelenskiy"} <= set(zelensky.variants)
    erdogan = next(term for term in loaded.offices if (term.subject, term.office) == ("TR", "president"))
    assert {"Erdogan", "Erdoğan"} <= set(erdogan.variants)


def test_unknown_actor(loaded: watch.Watch) -> None:
    with pytest.raises(KeyError, match="ZZ"):
        loaded.actor("ZZ")


@pytest.mark.parametrize(
    ("subject", "office", "day", "name"),
    [
        ("GB", "head of government", date(2026, 7, 19), "Keir Starmer"),
        ("GB", "head of government", date(2026, 7, 20), "Andy Burnham"),
        ("GB", "head of government", date(2026, 8, 1), "Andy Burnham"),
        ("GB", "defence minister", date(2026, 1, 6), "John Healey"),
        ("DE", "head of government", date(2025, 3, 2), "Olaf Scholz"),
        ("DE", "head of government", date(2025, 5, 6), "Friedrich Merz"),
        ("FR", "defence minister", date(2025, 10, 5), "Bruno Le Maire"),
        ("FR", "defence minister", date(2025, 10, 6), "Sébastien Lecornu"),
        ("NL", "head of government", date(2026, 3, 1), "Rob Jetten"),
        ("HU", "prime minister", date(2026, 5, 8), "Viktor Orbán"),
        ("HU", "prime minister", date(2026, 5, 9), "Péter Magyar"),
        ("CZ", "prime minister", date(2026, 1, 6), "Andrej Babiš"),
        ("UA", "prime minister", date(2026, 7, 15), "Yuliia Svyrydenko"),
        ("CA", "prime minister", date(2025, 3, 14), "Mark Carney"),
        ("US", "president", date(2025, 2, 1), "Donald Trump"),
    ],
)
def test_who_holds_an_office_on_a_day(loaded: watch.Watch, subject: str, office: str, day: date, name: str) -> None:
    assert holder(loaded, subject, office, day) == [name]


def test_who_decides(loaded: watch.Watch) -> None:
    decides = {(term.subject, term.office): term.decides for term in loaded.offices}
    assert decides["GB", "head of government"] and decides["FR", "head of state"] and decides["US", "president"]
    assert not decides["DE", "head of state"] and not decides["RU", "Kremlin spokesman"]
    assert not decides["US", "White House press secretary"]


def test_every_outlet_of_a_feed_is_known_with_its_tier(loaded: watch.Watch) -> None:
    tiers = {outlet.name: outlet.tier for outlet in loaded.outlets}
    for feed in watch.load_feeds():
        assert tiers.get(feed.outlet) == feed.tier, feed.url


def test_no_outlet_bears_an_actors_name(loaded: watch.Watch) -> None:
    """Else "by NATO" would credit a newsroom."""
    words = {
        word.casefold()
        for actor in loaded.actors
        for word in (*actor.names, *actor.demonyms, *actor.seats, *actor.ministries)
    }
    for outlet in loaded.outlets:
        assert not words & {name.casefold() for name in (outlet.name, *outlet.aliases)}, outlet.name


def test_credits(loaded: watch.Watch) -> None:
    named = {name: outlet for outlet in loaded.outlets for name in (outlet.name, *outlet.aliases)}
    for name in ("AFP", "AP", "dpa", "PA", "ANSA", "EFE", "Bloomberg", "Reuters", "Ukrinform", "Interfax-Ukraine"):
        assert named[name].tier == "wire", name
    for name in ("FT", "NYT", "The Times", "The Telegraph", "Politico", "Axios", "Suspilne", "RBC-Ukraine"):
        assert named[name].tier == "press", name
    assert named["Agence France-Presse"] is named["AFP"]


@pytest.mark.parametrize(
    ("url", "name"),
    [
        ("https://www.reuters.com/world/x", "Reuters"),
        ("https://FT.com/content/1", "Financial Times"),
        ("https://notreuters.com/a", None),
        ("https://news.google.com/rss/articles/1", None),
        ("mailto:someone", None),
    ],
)
def test_outlet_at(loaded: watch.Watch, url: str, name: str | None) -> None:
    found = loaded.outlet_at(url)
    assert (found.name if found and found.name != "Google News" else None) == name


def test_feeds() -> None:
    feeds = watch.load_feeds()
    on = [feed for feed in feeds if feed.enabled]
    assert len(feeds) >= 60 and len(on) >= 40
    assert {feed.language for feed in on} == {"en"}
    assert {feed.tier for feed in on} == set(types.Tier)
    assert all(feed.source for feed in feeds)
    assert all(feed.interval_s >= 600 for feed in feeds)
    rows = yaml.safe_load((watch.SEEDS / "feeds.yaml").read_text(encoding="utf-8"))["feeds"]
    assert all(row.get("note") for row in rows if row.get("enabled") is False)


def test_feeds_from_a_folder() -> None:
    assert watch.load_feeds(watch.SEEDS) == watch.load_feeds()


# ---------------------------------------------------------------- faults

ACTORS: list[dict[str, Any]] = [
    {"code": "GB", "name": "Britain", "names": ["Britain"], "demonyms": ["British"], "seats": ["London"]},
    {"code": "FR", "name": "France", "names": ["France"], "demonyms": ["French"], "seats": ["Paris"]},
]
OFFICES: list[dict[str, Any]] = [
    {"subject": "GB", "office": "prime minister", "holder": "Ada One", "to": date(2026, 7, 20), "decides": True},
    {"subject": "GB", "office": "prime minister", "holder": "Bo Two", "from": date(2026, 7, 20), "decides": True},
]
OUTLETS: list[dict[str, Any]] = [
    {"name": "North Wire", "tier": "wire", "aliases": ["NW"], "domains": ["north.example.org"]},
    {"name": "South Post", "tier": "press", "domains": ["south.example.org"]},
]
FEEDS: list[dict[str, Any]] = [
    {"url": "https://north.example.org/rss", "title": "North", "outlet": "North Wire", "tier": "wire"},
    {"url": "https://south.example.org/rss", "title": "South", "outlet": "South Post", "tier": "press"},
]


def write(root: Path, **changed: Any) -> Path:
    """A small watch; `changed` holds other rows for a file, or its raw text."""
    (root / "coalition").mkdir()
    for name, rows in {"actors": ACTORS, "offices": OFFICES, "outlets": OUTLETS, "feeds": FEEDS, **changed}.items():
        shared = name in {"outlets", "feeds"}
        path = (root if shared else root / "coalition") / f"{name}.yaml"
        text = rows if isinstance(rows, str) else yaml.safe_dump({"version": 3, name: rows}, sort_keys=False)
        path.write_text(text, encoding="utf-8")
    return root


def other(rows: list[dict[str, Any]], number: int, **keys: Any) -> list[dict[str, Any]]:
    """The rows with keys of one of them changed (None: left out)."""
    changed = {key: value for key, value in (rows[number] | keys).items() if value is not None}
    return [changed if index == number else row for index, row in enumerate(rows)]


def test_small_watch_loads(tmp_path: Path) -> None:
    small = watch.load_watch(write(tmp_path))
    assert [actor.code for actor in small.actors] == ["GB", "FR"]
    assert small.terms == watch.load_watch().terms, "words that it does not give are the shipped ones"
    assert small.version == "3"
    assert small.offices[0].start is None and small.offices[0].end == small.offices[1].start
    assert [feed.enabled for feed in watch.load_feeds(tmp_path)] == [True, True]


def test_word_files_are_flattened(tmp_path: Path) -> None:
    root = write(tmp_path, verbs="send:\n  strong: [send, deploy]\n  weak: {may: [consider], one: offer}\nplain: go\n")
    assert watch.load_watch(root).terms == watch.load_watch().terms | {
        "verbs.send.strong": ("send", "deploy"),
        "verbs.send.weak.may": ("consider",),
        "verbs.send.weak.one": ("offer",),
        "verbs.plain": ("go",),
    }


FAULTS = {
    "unknown key": ("actors", other(ACTORS, 1, nmaes=["x"]), "actors 2 (line 11): nmaes (line 19)", "known keys"),
    "missing name": ("actors", other(ACTORS, 0, name=None), "actors 1 (line 3): name", "a text"),
    "bad code": ("actors", other(ACTORS, 0, code="gb"), "code", "capital letters"),
    "code twice": ("actors", other(ACTORS, 1, code="GB"), "actors 2", "'GB' is also that of actors 1"),
    "names no list": ("actors", other(ACTORS, 0, names="Britain"), "names", "a list of texts"),
    "names not texts": ("actors", other(ACTORS, 0, seats=[10]), "seats", "quote words"),
    "word twice": ("actors", other(ACTORS, 0, names=["UK", "UK"]), "names", "'UK' is there twice"),
    "word of two": ("actors", other(ACTORS, 1, seats=["London"]), "seats", "'London' is also that of GB"),
    "bad kind": ("actors", other(ACTORS, 0, kind="empire"), "kind", "country, institution"),
    "bad voice": ("actors", other(ACTORS, 0, voice="loud"), "voice", "other, own"),
    "no actors": ("actors", [], "actors", "at least one"),
    "row is a text": ("actors", ["GB"], "actors 1", "a mapping of keys"),
    "other list": ("actors", "actors: [{code: GB, name: B}]\nfaktors: []\n", "faktors (line 2)", "only version"),
    "unknown subject": ("offices", other(OFFICES, 0, subject="ZZ"), "subject", "a code of actors.yaml, not 'ZZ'"),
    "end before start": ("offices", other(OFFICES, 1, to=date(2026, 7, 1)), "to", "a day after from (2026-07-20)"),
    "terms overlap": ("offices", other(OFFICES, 0, to=date(2026, 8, 1)), "offices 2", "Ada One's has ended"),
    "terms without end": ("offices", other(OFFICES, 0, to=None), "offices 2", "no end given"),
    "no date": ("offices", other(OFFICES, 0, to="July"), "to", "a date like"),
    "no flag": ("offices", other(OFFICES, 0, decides="maybe"), "decides", "true or false"),
    "bad source": ("offices", other(OFFICES, 0, source="a friend"), "source", "an address"),
    "unknown tier": ("outlets", other(OUTLETS, 0, tier="blog"), "tier", "official, other, press, wire"),
    "outlet twice": ("outlets", other(OUTLETS, 1, name="North Wire"), "name", "'North Wire' is also"),
    "alias of two": ("outlets", other(OUTLETS, 1, aliases=["NW"]), "aliases", "'NW' is also that of North Wire"),
    "domain of two": ("outlets", other(OUTLETS, 1, domains=["north.example.org"]), "domains", "also that of"),
    "domain is a URL": ("outlets", other(OUTLETS, 1, domains=["https://a.org/"]), "domains", "host names"),
    "bad words": ("terms", "force: [troops, 3]\n", "terms.force", "a list of texts"),
    "empty words": ("cues", "past:\n", "cues.past", "not nothing"),
    "broken YAML": ("actors", "actors:\n  - code: GB\n   name: [\n", "line 3", "valid YAML"),
    "key twice": ("actors", "actors:\n  - code: GB\n    code: FR\n", "line 3", "'code' is there twice"),
    "list as key": ("actors", "actors:\n  - ? [a, b]\n    : c\n", "line 2", "a key must be a word"),
    "no mapping": ("actors", "- GB\n", "line 1", "a mapping of keys"),
    "empty file": ("outlets", "", "line 1", "a mapping of keys"),
    "impossible day": ("offices", "offices:\n  - {subject: GB, from: 2026-02-31}\n", "file", "valid YAML"),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_fault_is_named(tmp_path: Path, fault: str) -> None:
    name, rows, key, expected = FAULTS[fault]
    root = write(tmp_path, **{name: rows})
    with pytest.raises(errors.SeedError) as caught:
        watch.load_watch(root)
    assert caught.value.file == f"{name}.yaml"
    assert key in caught.value.key
    assert expected in caught.value.expected


FEED_FAULTS = {
    "no scheme": (other(FEEDS, 0, url="north.example.org/rss"), "url", "an address"),
    "file": (other(FEEDS, 0, url="file:///etc/hosts"), "url", "an address"),
    "bad port": (other(FEEDS, 0, url="https://a.example.org:99999/"), "url", "an address"),
    "blank": (other(FEEDS, 0, url="https://a.example.org/a b"), "url", "an address"),
    "bracket": (other(FEEDS, 0, url="https://[a/"), "url", "an address"),
    "url twice": (other(FEEDS, 1, url=FEEDS[0]["url"]), "feeds 2", "is also that of feeds 1"),
    "unknown tier": (other(FEEDS, 0, tier="blog"), "tier", "official, other, press, wire"),
    "too often": (other(FEEDS, 0, interval_s=5), "interval_s", "60 to 86400"),
    "interval is true": (other(FEEDS, 0, interval_s=True), "interval_s", "60 to 86400"),
    "unknown key": (other(FEEDS, 0, colour="red"), "colour", "known keys"),
    "no title": (other(FEEDS, 0, title=None), "title", "a text"),
    "enabled no flag": (other(FEEDS, 0, enabled="on request"), "enabled", "true or false"),
    "norway": ("feeds:\n  - {url: 'https://a.org/', title: A, outlet: A, tier: press, country: NO}\n", "country", "NO"),
}


@pytest.mark.parametrize("fault", FEED_FAULTS)
def test_feed_fault_is_named(tmp_path: Path, fault: str) -> None:
    rows, key, expected = FEED_FAULTS[fault]
    root = write(tmp_path, feeds=rows)
    with pytest.raises(errors.SeedError) as caught:
        watch.load_feeds(root / "feeds.yaml")
    assert caught.value.file == "feeds.yaml"
    assert key in caught.value.key
    assert expected in caught.value.expected


def test_acting_may_overlap(tmp_path: Path) -> None:
    rows = [*OFFICES, OFFICES[1] | {"holder": "Cy Three", "acting": True}]
    assert len(watch.load_watch(write(tmp_path, offices=rows)).offices) == 3


@pytest.mark.parametrize("name", ["coalition/actors", "coalition/offices", "outlets"])
def test_missing_file_is_named(tmp_path: Path, name: str) -> None:
    (write(tmp_path) / f"{name}.yaml").unlink()
    with pytest.raises(errors.SeedError, match="a readable file"):
        watch.load_watch(tmp_path)


def test_bytes_that_are_no_text(tmp_path: Path) -> None:
    (write(tmp_path) / "outlets.yaml").write_bytes(b"outlets: \xff\xfe")
    with pytest.raises(errors.SeedError, match="UTF-8"):
        watch.load_watch(tmp_path)
