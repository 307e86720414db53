"""Wishes as commands: words in, a changed recipient out. Pure."""

import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta, tzinfo
from zoneinfo import ZoneInfo, available_timezones

from alerts import markup, words
from monitor import recipients, types

FindSubject = Callable[[str], str | None]
_UNITS = {"m": timedelta(minutes=1), "h": timedelta(hours=1), "d": timedelta(days=1), "w": timedelta(weeks=1)}
_LONGEST = timedelta(days=366)
_GRADES = {str(grade): grade for grade in types.Grade}
_TOPICS = {str(topic): topic for topic in types.Topic}


class Misread(Exception):
    """The words after a command say nothing that it knows; the message is for the asker."""


def change_topics(reader: recipients.Recipient, said: Sequence[str], find: FindSubject) -> recipients.Recipient:
    """Topics, countries, major or minor, least grade, in any order; raises Misread."""
    topics: list[types.Topic] = []
    countries: list[str] | None = None
    naming = everywhere = False
    left = list(said)
    while left:
        word = left.pop(0)
        low = word.casefold().rstrip(",;")
        if low == "countries":
            naming, countries = True, []
        elif low == "all":
            topics, countries = (topics, []) if naming else (list(types.Topic), countries)
            everywhere = everywhere or naming
        elif low in _TOPICS:
            topics, naming = [*topics, _TOPICS[low]], False
        elif low in {"major", "minor"}:
            reader, naming = replace(reader, minors=low == "minor"), False
        elif low in _GRADES:
            reader, naming = replace(reader, least_grade=_GRADES[low]), False
        elif naming and countries is not None and (found := _leading_country([word, *left], find)):
            countries.append(found[0])
            del left[: found[1] - 1]
        else:
            raise Misread(f"I don't know “{_shown(word)}” here.")
    if countries == [] and not everywhere:
        raise Misread("Which countries? Their codes or names, or all.")
    if topics:
        reader = replace(reader, topics=tuple(dict.fromkeys(topics)))
    return reader if countries is None else replace(reader, countries=tuple(dict.fromkeys(countries)))


def _leading_country(said: Sequence[str], find: FindSubject) -> tuple[str, int] | None:
    """The country that the words begin with, and how many of them name it: "New Zealand" is two."""
    for count in range(min(4, len(said)), 0, -1):
        code = find(" ".join(said[:count]).casefold().rstrip(",;"))
        if code is not None:
            return code, count
    return None


def change_quiet(reader: recipients.Recipient, said: Sequence[str]) -> recipients.Recipient:
    """Quiet hours or off; raises Misread."""
    if [word.casefold() for word in said] == ["off"]:
        return replace(reader, quiet=None)
    found = re.fullmatch(r"(\S+?)\s*[-–]\s*(\S+)(?:\s+(\S+))?", " ".join(said))
    if not found:
        raise Misread("Two times are needed.")
    zone = _zone(found.group(3), reader)
    quiet = recipients.Quiet(start=_time(found.group(1)), end=_time(found.group(2)), zone=zone)
    if quiet.start == quiet.end:
        raise Misread("Both times are the same.")
    return replace(reader, quiet=quiet)


def change_mutes(
    reader: recipients.Recipient, said: Sequence[str], find: FindSubject, now: datetime
) -> recipients.Recipient:
    """Add a mute, or lift one or all; raises Misread."""
    first, *rest = [*said, ""]
    if first.casefold() == "off":
        what = " ".join(rest).strip()
        if not what:
            return replace(reader, mutes=())
        gone = _target(what, find)
        return replace(reader, mutes=tuple(m for m in reader.mutes if (m.subject, m.topic) != gone))
    duration = _duration(said[-1]) if len(said) > 1 else None
    subject, topic = _target(" ".join(said[:-1] if duration else said), find)
    until = now + duration if duration else None
    return add_mute(reader, recipients.Mute(subject=subject, topic=topic, until=until))


def add_mute(reader: recipients.Recipient, mute: recipients.Mute) -> recipients.Recipient:
    """With this mute in place of an earlier one of the same."""
    others = tuple(m for m in reader.mutes if (m.subject, m.topic) != (mute.subject, mute.topic))
    return replace(reader, mutes=(*others, mute)[-50:])


def change_digest(reader: recipients.Recipient, said: Sequence[str]) -> recipients.Recipient:
    """The digest's time and zone, or off; raises Misread."""
    if [word.casefold() for word in said] == ["off"]:
        return replace(reader, digest_at=None)
    if len(said) > 2:
        raise Misread("A time and a zone are enough.")
    return replace(reader, digest_at=_time(said[0]), zone=_zone(said[1] if len(said) > 1 else None, reader))


def wish_lines(reader: recipients.Recipient, names: dict[str, str], now: datetime) -> list[markup.Line]:
    """What the recipient has chosen, in words."""
    topics = "all topics" if len(reader.topics) == len(types.Topic) else ", ".join(map(str, reader.topics))
    countries = ", ".join(words.name_of(code, names) for code in reader.countries) or "all countries"
    size = "major and minor developments" if reader.minors else "major developments (minor ones in the digest)"
    quiet = f"{reader.quiet.start}–{reader.quiet.end} {reader.quiet.zone}" if reader.quiet else "none"
    mutes = [
        _mute_words(mute, names, ZoneInfo(reader.zone))
        for mute in reader.mutes
        if mute.until is None or mute.until > now
    ]
    digest = f"daily at {reader.digest_at} {reader.zone}" if reader.digest_at else "none"
    rows = {
        "You are told": f"{topics}; {countries}; {size}; {reader.least_grade} or surer",
        "Quiet hours": quiet,
        "Muted": "; ".join(mutes) or "nothing",
        "Digest": digest,
    }
    if reader.off_reason:
        rows["Alerts are off"] = f"{reader.off_reason}; /start switches them on"
    return [markup.line(markup.span(f"{name}: ", "bold"), markup.span(text, limit=900)) for name, text in rows.items()]


def _mute_words(mute: recipients.Mute, names: dict[str, str], zone: tzinfo) -> str:
    what = [words.name_of(mute.subject, names)] if mute.subject else []
    what += [words.topic_words(str(mute.topic))] if mute.topic else []
    return f"{', '.join(what)} until " + (words.time_words(mute.until, zone) if mute.until else "it changes")


def _target(text: str, find: FindSubject) -> tuple[str | None, types.Topic | None]:
    low = text.casefold().strip()
    if low in _TOPICS:
        return None, _TOPICS[low]
    subject = find(low)
    if subject is None:
        raise Misread(f"I know no country or topic “{_shown(text)}”.")
    return subject, None


def _duration(text: str) -> timedelta | None:
    found = re.fullmatch(r"([0-9]{1,4})([mhdw])", text.casefold())
    if not found:
        return None
    length = int(found.group(1)) * _UNITS[found.group(2)]
    if not timedelta() < length <= _LONGEST:
        raise Misread("A mute lasts a minute at least and a year at most.")
    return length


def _time(text: str) -> str:
    found = re.fullmatch(r"([0-9]{1,2})(?::([0-9]{2}))?", text)
    hour, minute = (int(found.group(1)), int(found.group(2) or 0)) if found else (24, 0)
    if hour > 23 or minute > 59:
        raise Misread(f"“{_shown(text)}” is no time such as 07:30.")
    return f"{hour:02}:{minute:02}"


def _zone(text: str | None, reader: recipients.Recipient) -> str:
    if text is None:
        return reader.quiet.zone if reader.quiet and reader.zone == "UTC" else reader.zone
    name = next((name for name in available_timezones() if name.casefold() == text.casefold()), text)
    try:
        ZoneInfo(name)
    except (ValueError, KeyError, OSError) as error:  # ZoneInfo raises all three
        raise Misread(f"“{_shown(text)}” is no time zone such as Europe/Berlin.") from error
    return name


def _shown(text: str) -> str:
    return markup.clip(markup.clean(text), 40)
