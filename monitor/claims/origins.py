"""Whose report it is: agencies and papers that an article credits ("told AFP", "– Bloomberg"). Knows outlets from the watch."""

import re
from collections.abc import Sequence

from monitor import watch
from monitor.claims.context import Sentence

_NO_OUTLET = frozenset(
    (
        "Parliament Congress Senate Bundestag Sejm MPs Lawmakers Monday Tuesday Wednesday Thursday Friday Saturday Sunday Reporters Putin "
        "President Prime Minister Foreign Defence Defense House Commons Dáil Riigikogu Saeima Seimas Storting Riksdag Folketing Ukraine I He "
        "Mr Mrs Ms Dr Sir Chancellor Secretary General European West Western Allied Assembly Chamber National State Council Committee"
    ).split()
)


class Origins:
    """Finds credits to outlets."""

    def __init__(self, loaded: watch.Watch) -> None:
        names: dict[str, str] = {}
        for outlet in loaded.outlets:
            if outlet.tier == "official":
                continue  # "told NATO" credits no report
            for name in (outlet.name, *outlet.aliases):
                if len(name) > 1:
                    names[name.lower()] = outlet.name if outlet.name.lower() == name.lower() else name
        self._names = names
        known = "|".join(re.escape(n) for n in sorted(names, key=len, reverse=True)) or "(?!)"
        unknown = r"(?:the )?[A-Z][\w’'\-]+(?: [A-Z][\w’'\-]+){0,3}(?= (?:newspaper|daily|broadcaster|news agency|weekly|magazine|television|radio|TV))"
        media = r"(?:[A-Z0-9][\w’'\-]*(?: [A-Z0-9][\w’'\-]*){0,3} )?(?:[A-Z0-9]\w*)?(?:News|TV|Radio|Times|Post|Journal|Herald|Today|FM|Live|Gazette|Chronicle|Tribune|TV\d|\dNews)"
        unknown = rf"(?:{unknown}|{media})"
        name = rf"(?:the |The )?(?P<name>(?i:{known})|{unknown})"
        self._credit = re.compile(
            rf"\b(?:[Aa]ccording to|told|tells|telling|in (?:an|his|her) interview (?:with|to|for|on)|interview (?:with|to|for|on)|reported by|quoted by|cited by|by|as reported by|in (?:the|a) comment to|seen by|citing|speaking to|in comments to|published (?:in|by)|comments? to|[Ii]n an interview given to) {name}(?!\w)"
            rf"|(?:^|[,.”\"] ){name.replace('?P<name>', '?P<name2>')}(?: newspaper| daily| news agency| broadcaster)?(?: has| had)? (?:reports?|reported|wrote|writes|said|revealed|cited|quotes|quoted|understands|learned)\b"
        )
        title = r"(?:[A-Z0-9][\w’'\-]*|(?:of|del|della|de|la|le|di|du|and|the)(?= [A-Z]))"
        self._told = re.compile(
            rf"\b(?:told|tells|telling|interview (?:with|to|for|on|by)|speaking (?:to|on)|comments? (?:to|for)|confirmed to|briefing for) (?:the |The )?(?P<name>[A-Z][\w’'\-]*(?: {title}){{0,4}})"
        )
        self._known = re.compile(rf"(?<!\w)(?i:{known})(?!\w)")
        self._headline = re.compile(
            rf"(?:–|—|-|\|)\s*(?P<name>(?i:{known}))\s*$"
            rf"|^(?P<first>(?i:{known}))(?::| (?:learns|reports|writes|reveals|says|understands)\b)"
        )

    def of_article(self, title: str, outlet: str) -> str | None:
        """The credit of the whole article."""
        match = self._headline.search(title.strip())
        name = (match.group("name") or match.group("first")) if match else ""
        return self._names.get(name.lower(), name) if name and name.lower() != outlet.lower() else None

    def of_source_line(self, sentences: Sequence[Sentence], outlet: str) -> str | None:
        """The credit of an article that names its source on a line of its own ("Source: ...")."""
        line = next((s for s in sentences if s.raw.lstrip("*• ").startswith("Source")), None)
        if line is None:
            return None
        found = self.of_sentence(line, outlet)
        known = self._known.search(line.raw.partition(":")[2])
        return found or (self._names[known.group().lower()] if known else None)

    def of_sentence(self, sentence: Sentence, outlet: str) -> str | None:
        """The outlet that a sentence credits; its own too where somebody "told" it."""
        raw = sentence.raw
        if outlet and "this newspaper" in raw:
            return outlet
        for match in self._told.finditer(raw):
            name = match.group("name").removesuffix("’s").removesuffix("'s")
            start, end = match.span("name")
            named = any(m.start < end and start < m.end for m in sentence.mentions)
            if not named and name.split()[0] not in _NO_OUTLET:
                return self._names.get(name.lower(), name)
        for match in self._credit.finditer(raw):
            name = match.group("name") or match.group("name2")
            if name and name.lower() != outlet.lower() and not (outlet and outlet.lower() in name.lower()):
                return self._names.get(name.lower(), name)
        return None


def begin_of_recap(sentences: Sequence[Sentence]) -> int:
    """Where the background of an article begins: what stands there was not reported by whom the news is credited to."""
    return next((s.index for s in sentences if _RECAP.match(s.raw)), len(sentences))


_RECAP = re.compile(
    r"\W*(?:Background|As (?:we )?(?:previously|earlier) reported|As reported (?:earlier|previously)|Earlier,|Recall that|"
    r"As a reminder|It should be recalled|For reference|What preceded)\b"
)
