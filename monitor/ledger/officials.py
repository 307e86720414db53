"""Who speaks for a subject: the named office holder by date, co-chairs and the commander for COALITION. Pure."""

import re
from datetime import date

from monitor import types, watch

_TITLES = (
    r"(?:acting |caretaker )?(?:prime minister|premier|president|chancellor|king|taoiseach|"
    r"(?:defence|defense|foreign) minister|minister of (?:national )?(?:defence|defense|foreign affairs)|"
    r"foreign secretary|defence secretary|secretary of (?:state|defense|war))"
)
_COMMANDS = re.compile(r"\bcommand(?:er|ed|s|ing)?\b[^.]{0,80}\b(?:headquarters|coalition|force)\b", re.IGNORECASE)
_HEADS = re.compile(r"prime minister|president|chancellor|head of (?:government|state)|premier", re.IGNORECASE)
COALITION_LEADERS = ("GB", "FR")


def speaks_for(claim: types.Claim, article: types.Article, watched: watch.Watch) -> bool:
    """Whether the claim's named speaker holds an office of its subject on the article's day.

    The claim's own mark counts for a speaker whom the watch does not know; without a name it never does.
    """
    if claim.speaker is None:
        return False
    day = article.published.date() if article.published else None
    subjects = COALITION_LEADERS if claim.subject == "COALITION" else (claim.subject,)
    holders = [office for office in watched.offices if is_named(office, claim.speaker)]
    current = [office for office in holders if holds(office, day)]
    if any(office.subject in subjects and _may(office, claim.subject) for office in current):
        return True
    if claim.subject == "COALITION":
        return (claim.official and not holders) or _is_commander(claim.speaker, article.text)
    if holders:  # known: speaks for another country, or no longer for this one
        return False
    return claim.official or _is_titled(claim.speaker, article.text)


def holds(office: watch.Office, day: date | None) -> bool:
    """Whether the office is held on the day."""
    if day is None:
        return office.end is None
    return (office.start is None or office.start <= day) and (office.end is None or day < office.end)


def is_named(office: watch.Office, speaker: str) -> bool:
    """Whether the name stands for the office's holder."""
    said = speaker.casefold().removeprefix("sir ")
    names = [office.holder.casefold(), *(variant.casefold() for variant in office.variants)]
    return said in names or (said.split()[-1:] == names[0].split()[-1:] and said.split()[0] == names[0].split()[0])


def _may(office: watch.Office, subject: str) -> bool:
    return subject != "COALITION" or bool(_HEADS.search(office.office))


def _is_commander(speaker: str, text: str) -> bool:
    family = re.escape(speaker.split()[-1])
    for match in re.finditer(rf"\bGeneral (?:\w+ )?{family}\b|\bAdmiral (?:\w+ )?{family}\b", text):
        if _COMMANDS.search(text[max(0, match.start() - 120) : match.end() + 160]):
            return True
    return False


def _is_titled(speaker: str, text: str) -> bool:
    """A title before the name ("Prime Minister Liis Oras"), for holders whom the watch does not know yet."""
    family = re.escape(speaker.split()[-1])
    found = re.search(rf"(\w+ )?\b{_TITLES},? (?:\w+ )?{family}\b", text, re.IGNORECASE)
    return found is not None and (found.group(1) or "").strip().casefold() not in {"former", "ex", "deputy", "shadow"}
