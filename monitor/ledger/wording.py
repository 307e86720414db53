"""Wordings of US office holders for the US part: finds the quoted phrase and names its family. Pure."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from monitor import types, watch
from monitor.ledger import officials, rules

_QUOTE = re.compile(r"[“\"]([^“”\"]{4,240})[”\"]")
_NEAR = 180
_LONG = 12  # words; a longer quotation is cut to the phrase itself


@dataclass(frozen=True, slots=True, kw_only=True)
class Wording:
    """One phrase of one speaker."""

    phrase: str  # verbatim
    family: str
    speaker: str  # the office holder's full name
    start: int
    end: int


def family_of(phrase: str, ledger_rules: rules.Rules) -> str | None:
    """The family that names the phrase."""
    return next(
        (name for name, patterns in ledger_rules.families.items() if any(p.search(phrase) for p in patterns)), None
    )


def find(
    article: types.Article, claims: Sequence[types.Claim], watched: watch.Watch, ledger_rules: rules.Rules
) -> list[Wording]:
    """The wordings that claims carry; else those that quotations of US office holders hold, one for each speaker."""
    about = [claim for claim in claims if claim.topic is types.Topic.BACKSTOP and claim.when is types.When.CURRENT]
    if not about:
        return []
    day = article.published.date() if article.published else None
    holders = [o for o in watched.offices if o.subject == "US" and officials.holds(o, day)]
    carried = [_carried(claim, article, holders, ledger_rules) for claim in about]
    found = [wording for wording in carried if wording is not None] or _quoted(article, about, holders, ledger_rules)
    first: dict[str, Wording] = {}
    for wording in found:
        first.setdefault(wording.speaker, wording)
    return list(first.values())


def _carried(
    claim: types.Claim, article: types.Article, holders: Sequence[watch.Office], ledger_rules: rules.Rules
) -> Wording | None:
    if not claim.wording or not claim.speaker:
        return None
    holder = _holder(claim.speaker, holders)
    family = family_of(claim.wording, ledger_rules)
    if holder is None or family is None:
        return None
    at = article.text.find(claim.wording)
    start = at if at >= 0 else claim.start
    end = start + len(claim.wording) if at >= 0 else claim.end
    return Wording(phrase=claim.wording, family=family, speaker=holder, start=start, end=end)


def _quoted(
    article: types.Article, claims: Iterable[types.Claim], holders: Sequence[watch.Office], ledger_rules: rules.Rules
) -> list[Wording]:
    speakers = {name for claim in claims if claim.speaker and (name := _holder(claim.speaker, holders))}
    found = []
    for match in _QUOTE.finditer(article.text):
        family = family_of(match.group(1), ledger_rules)
        speaker = _attributed(article.text, match, speakers) if family else None
        if family and speaker:
            start, end = _cut(match, ledger_rules.families[family])
            found.append(Wording(phrase=article.text[start:end], family=family, speaker=speaker, start=start, end=end))
    return found


def _holder(name: str, holders: Sequence[watch.Office]) -> str | None:
    return next((office.holder for office in holders if officials.is_named(office, name)), None)


def _attributed(text: str, match: re.Match[str], speakers: set[str]) -> str | None:
    """The US office holder named just after or before the quotation, or the only one whom the article quotes."""
    after, before = text[match.end() : match.end() + _NEAR], text[max(0, match.start() - _NEAR) : match.start()]
    for speaker in sorted(speakers):
        family = speaker.split()[-1]
        if family in after.split("\n")[0] or family in before.split("\n")[-1]:
            return speaker
    starts_line = not before.split("\n")[-1].strip()
    if (
        len(speakers) == 1
        and starts_line
        and re.match(r",? was how (?:he|she)|,? (?:he|she) (?:said|told)", after.strip())
    ):
        return next(iter(speakers))
    return None


def _cut(match: re.Match[str], patterns: Sequence[re.Pattern[str]]) -> tuple[int, int]:
    quote = match.group(1).rstrip(" ,.;")
    if len(quote.split()) <= _LONG:
        return match.start(1), match.start(1) + len(quote)
    found = next(hit for pattern in patterns if (hit := pattern.search(match.group(1))))
    phrase = found.group().rstrip(" ,.;")
    return match.start(1) + found.start(), match.start(1) + found.start() + len(phrase)
