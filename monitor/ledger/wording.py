"""Wordings of US office holders for the US part: finds the quoted phrase and names its family. Pure."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from monitor import types, watch
from monitor.ledger import officials, rules

_QUOTE = re.compile(r"[“\"]([^“”\"]{4,240})[”\"]")
_NEAR = 180
_BEFORE = 500  # letters in which "he" has a name
_SAYS = (
    r"(?:said|says|told|tells|added|wrote|declared|insisted|replied|promised|called|calls|described|describes|put it)"
)
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
    day = article.published.date() if article.published else None
    holders = [o for o in watched.offices if o.subject == "US" and officials.holds(o, day)]
    about = [claim for claim in claims if claim.topic is types.Topic.BACKSTOP]
    if not about:
        return []
    carried = [_carried(claim, article, holders, ledger_rules) for claim in about if claim.when is types.When.CURRENT]
    found = [wording for wording in carried if wording is not None] or _quoted(
        article, about, holders, watched, ledger_rules
    )
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
    article: types.Article,
    claims: Iterable[types.Claim],
    holders: Sequence[watch.Office],
    watched: watch.Watch,
    ledger_rules: rules.Rules,
) -> list[Wording]:
    claimed = {name for claim in claims if claim.speaker and (name := _holder(claim.speaker, holders))}
    named = {o.holder for o in holders if re.search(rf"\b{re.escape(_family_name(o.holder))}\b", article.text)}
    everybody = {_family_name(office.holder): office.holder for office in watched.offices}
    found = []
    for match in _QUOTE.finditer(article.text):
        family = family_of(match.group(1), ledger_rules)
        speaker = _attributed(article.text, match, named | claimed, everybody) if family else None
        if family and speaker:
            start, end = _cut(match, ledger_rules.families[family])
            found.append(Wording(phrase=article.text[start:end], family=family, speaker=speaker, start=start, end=end))
    return found


def _holder(name: str, holders: Sequence[watch.Office]) -> str | None:
    return next((office.holder for office in holders if officials.is_named(office, name)), None)


def _family_name(holder: str) -> str:
    return holder.removesuffix(" Jr.").split()[-1]


def _attributed(text: str, match: re.Match[str], speakers: set[str], everybody: dict[str, str]) -> str | None:
    """The US office holder who says it, by the words after or before; "he" is the only one named just before."""
    after = text[match.end() : match.end() + _NEAR].split("\n")[0]
    before = text[max(0, match.start() - _NEAR) : match.start()].split("\n")[-1]
    for speaker in sorted(speakers):
        name = re.escape(_family_name(speaker))
        if (
            re.match(rf"[^“”.]{{0,80}}?\b{name}\b[^“”.]{{0,20}}?\b{_SAYS}\b", after)
            or re.match(rf",?\s*(?:said|says|added|wrote)\b[^“”.]{{0,80}}?\b{name}\b", after)
            or re.search(rf"\b{name}\b[^“”.]{{0,60}}\b{_SAYS}\b[^“”.]{{0,80}}$", before)
        ):
            return speaker
    if not re.match(rf",?\s*(?:was how )?(?:he|she) {_SAYS}\b", after):
        return None
    earlier = text[max(0, match.start() - _BEFORE) : match.start()].strip().split("\n")[-1]
    names = {everybody[word] for word in re.findall(r"[A-ZÀ-Ý][\w’'-]+", earlier) if word in everybody}
    return next(iter(names)) if len(names) == 1 and names <= speakers else None


def _cut(match: re.Match[str], patterns: Sequence[re.Pattern[str]]) -> tuple[int, int]:
    quote = match.group(1).rstrip(" ,.;")
    if len(quote.split()) <= _LONG:
        return match.start(1), match.start(1) + len(quote)
    found = next(hit for pattern in patterns if (hit := pattern.search(match.group(1))))
    phrase = found.group().rstrip(" ,.;")
    return match.start(1) + found.start(), match.start(1) + found.start() + len(phrase)
