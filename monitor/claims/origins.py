"""Whose report it is: agencies and papers that an article credits ("told AFP", "– Bloomberg"). Knows outlets from the watch."""

import re

from monitor import watch


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
        self._headline = re.compile(rf"(?:–|—|-|\|)\s*(?P<name>(?i:{known}))\s*$")

    def of_article(self, title: str, outlet: str) -> str | None:
        """The credit of the whole article."""
        match = self._headline.search(title.strip())
        if match and match.group("name").lower() != outlet.lower():
            return self._names.get(match.group("name").lower(), match.group("name"))
        return None

    def of_sentence(self, raw: str, outlet: str) -> str | None:
        """The outlet that a sentence credits."""
        for match in self._credit.finditer(raw):
            name = match.group("name") or match.group("name2")
            if name and name.lower() != outlet.lower() and not (outlet and outlet.lower() in name.lower()):
                return self._names.get(name.lower(), name)
        return None
