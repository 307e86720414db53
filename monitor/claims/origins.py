"""Whose report it is: agencies and papers that an article credits ("told AFP", "– Bloomberg"). Knows outlets from the watch."""

import re
from collections.abc import Sequence

from monitor import watch
from monitor.claims import tokens
from monitor.claims.context import Sentence

_NO_OUTLET = frozenset(
    (
        "Parliament Congress Senate Bundestag Sejm MPs Lawmakers Monday Tuesday Wednesday Thursday Friday Saturday Sunday Reporters Putin "
        "President Prime Minister Foreign Defence Defense House Commons Dáil Riigikogu Saeima Seimas Storting Riksdag Folketing Ukraine I He "
        "Diet Knesset Eduskunta Cortes Bundesrat Europeans Americans Ukrainians Russians Allies Mr Mrs Ms Dr Sir Chancellor Secretary General European West Western Allied Assembly Chamber National State Council Committee"
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
        if outlet and ("this newspaper" in raw or self._has_seen(raw, outlet)):
            return outlet
        for match in _HEARD.finditer(raw):
            found = self._name_at(sentence, match.end(), bare=match["shown"] is None)
            if found is not None:
                return found
        for match in _BY_WAY_OF.finditer(raw):
            known = self._known.match(raw, match.end())
            if known is not None and raw[known.start()].isupper() and not _is_own(known.group(), outlet):
                found = self._judged(sentence, match.end(), bare=False, kind=False)
                if found is not None:
                    return found
        for match in _CITED.finditer(raw):
            found = self._name_at(sentence, match.end(), bare=False)
            if found is not None and not _is_own(found, outlet):
                return found
        for match in _REPORTS.finditer(raw):
            found = self._reporter(raw, match)
            if found is not None and not _is_own(found, outlet):
                return found
        return None

    def _has_seen(self, raw: str, outlet: str) -> bool:
        """ "a paper seen by" the outlet itself, or that it "has seen": its own find, and told as such."""
        return any(name.lower() in outlet.lower() for m in _SEEN.finditer(raw) if len(name := m["by"] or m["name"]) > 2)

    def _name_at(self, sentence: Sentence, start: int, *, bare: bool) -> str | None:
        """The outlet named from a place on: "Axios", "the news agency dpa", "Swedish radio"; with `bare` any name that is no actor's."""
        raw = sentence.raw
        words = list(_WORD.finditer(raw, start, start + 90))[:8]
        kind = False
        for place, word in enumerate(words):
            if place and raw[words[place - 1].end() : word.start()].strip("“\"‘' "):
                return None  # a comma or a stop lies between
            text = word.group()
            following = words[place + 1].group().rstrip(".") if place + 1 < len(words) else ""
            if text.lower() in _KINDS and not (text[0].isupper() and following[:1].isupper()):
                kind = True
            elif text[0].isupper() or text[0].isdigit():
                if following in _KINDS and not self._known.match(raw, word.start()):
                    if place + 2 < len(words) and words[place + 2].group()[0].isupper():
                        continue  # "the Polish agency PAP"
                    return f"{text} {following}"
                return self._judged(sentence, word.start(), bare=bare, kind=kind)
            elif text.lower() not in _BETWEEN:
                return None
        return None

    def _judged(self, sentence: Sentence, start: int, *, bare: bool, kind: bool) -> str | None:
        """A name that is an outlet's: known, called one, ending as they do; with `bare` any other that is nobody's."""
        raw = sentence.raw
        known = self._known.match(raw, start)
        whole = _NAME.match(raw, start)
        if whole is None:
            return None
        name = _POSSESSIVE.split(whole.group())[0]  # "RTÉ's This Week" is RTÉ's
        if known is not None and len(known.group()) >= len(name.split()[0]):
            return max(known.group(), name, key=len)
        if kind or _MEDIA.search(name):
            return name
        first = start + len(name.split()[0])
        abbreviated = len(name.split()[0]) > 1 and name.split()[0].isupper()  # "TVR Moldova"
        named = any(m.start < (first if abbreviated else whole.end()) and start < m.end for m in sentence.mentions)
        return name if bare and not named and name.split()[0] not in _NO_OUTLET else None

    def _reporter(self, raw: str, match: re.Match[str]) -> str | None:
        """ "Bild reported", "the daily Bild writes", "as Radio Tirana learned": a name before a verb of reporting."""
        name = tokens.unpossessed(match.group("name"))
        if name.lower() in self._names:
            return self._names[name.lower()]
        before = raw[: match.start()].split()[-1:]
        if match.group("kind") or _MEDIA.search(name) or (before and before[0].lower() in _KINDS):
            return name
        return None


def _is_own(name: str, outlet: str) -> bool:
    return bool(outlet) and outlet.lower() in name.lower()


_KINDS = frozenset(
    "newspaper daily weekly magazine broadcaster agency outlet portal channel radio television tv paper tabloid station network podcast "
    "site website programme program show journal newsroom bulletin".split()
)
_BETWEEN = frozenset(
    "the a an its his her their our this that public state state-run national local regional commercial private financial business news "
    "morning evening breakfast of by and online leading influential television radio conservative liberal left-wing right-wing "
    "respected independent military specialist flagship sunday english-language".split()
)
_HEARD = re.compile(  # `shown`: where any name might follow ("said on Monday"), only an outlet's counts
    r"\b(?:told|tells|telling|interview(?:ed)? (?:published )?(?:with|to|for|on|in|by|given to)|"
    r"comment(?:s|ed|ing)? (?:made |given )?(?:to|for)|remarks (?:made )?to|confirmed to|briefing for|"
    r"(?P<shown>[Ss]peaking (?:to|on|with|in)|spoke (?:to|on|with)|speaks (?:to|on)|said (?:on|in)|says (?:on|in)|"
    r"explained (?:on|in)|added on|appear(?:ance|ing|ed) on|guest (?:on|of))) "
)
# before a known outlet enough: "insisted on CNN", "Miliband to the BBC:", "via AFP"
_BY_WAY_OF = re.compile(r"\b(?:on|to|for|via|by|with|in) (?:the |a |an |its |his |her )?(?:\w+ )?(?=[A-ZÀ-Þ0-9])")
_POSSESSIVE = re.compile(r"[’']s?(?= |$)")
_CITED = re.compile(
    r"\b(?:[Aa]ccording to|[Cc]iting|[Qq]uoting|(?:reported|quoted|published|carried|broadcast|aired) (?:by|in|on)|cited by|"
    r"(?:seen|obtained|conducted|compiled) by|(?:wrote|writes|writing|column|article|op-ed|essay|piece) (?:in|for|on)|"
    r"[Rr]eports? (?:in|by|from|on)|with reference to) "
)
_SEEN = re.compile(
    r"\b(?:seen|obtained|reviewed|viewed) by (?:the )?(?P<by>[A-Z]\w+(?: [A-Z]\w+)*)"
    r"|(?P<name>[A-Z]\w+(?: [A-Z]\w+)*) (?:has|had|have) (?:seen|obtained|reviewed|viewed|learned|learnt)\b"
)
_NAME = re.compile(
    r"(?:[A-ZÀ-Þ0-9][\w’'+&.\-]*\w|[A-Z](?= [A-Z]))"
    r"(?: (?:[A-ZÀ-Þ0-9][\w’'+&\-]*|(?:of|del|della|de|la|le|di|du|der|die|das|den|van|y|&|and|the)(?= [A-ZÀ-Þ])))"
    r"{0,4}"
)
_WORD = re.compile(r"[^\s,;:!?()“”\"]+")
_MEDIA = re.compile(
    r"^(?:Radio|TV|Channel|Televi\w+) |(?:News|TV|Radio|Times|Post|Journal|Herald|Today|FM|Live|Gazette|Chronicle|Tribune|Agency|Television|Wire|Mirror|TV\d|\dNews)$"
)
_REPORTS = re.compile(
    r"(?P<name>[A-Z0-9][\w’'+&\-]*(?: (?:[A-Z0-9][\w’'+&\-]*|(?:of|del|della|de|la|le|di|du|the)(?= [A-Z]))){0,4})"
    r"(?P<kind> (?:newspaper|daily|weekly|magazine|news agency|agency|broadcaster|television|radio|TV))?"
    r"(?: has| had)? (?:reports?|reported|wrote|writes|said|revealed|cited|quotes|quoted|understands|learned|learns)\b"
)


def begin_of_recap(sentences: Sequence[Sentence]) -> int:
    """Where the background of an article begins: what stands there was not reported by whom the news is credited to."""
    return next((s.index for s in sentences if _RECAP.match(s.raw)), len(sentences))


_RECAP = re.compile(
    r"\W*(?:Background|As (?:we )?(?:previously|earlier) reported|As reported (?:earlier|previously)|Earlier,|Recall that|"
    r"As a reminder|It should be recalled|For reference|What preceded)\b"
)
