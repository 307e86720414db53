"""Counts: of countries that belong, attend, sign or contribute, and of soldiers planned. Names no country's own stand."""

import re

from monitor.claims import draft, lexicon, numbers, scopes, speakers


class CountRules:
    """The rules of headcount and force_size."""

    def __init__(self, words: lexicon.Lexicon, scoper: scopes.Scoper) -> None:
        self._scoper = scoper
        self._coalition = words.get("terms.coalition_loose")
        self._count_noun = words.make(
            r"(?:(?!\w+ing\b|and\b|or\b|of its\b|billion|troops|soldiers)[\w\-\ue000-\ue002’']+ ){0,4}?(?:of (?:its|the|our) )?(?:(?P<members>{terms.member_noun})|(?P<leaders>{terms.leader_noun})(?: from (?:\w+ )?countries)?|(?P<bare>have|had|of (?:them|those))|(?P<strong>-strong|-nation|-country|-member))(?!\w)"
        )
        self._kinds = {
            "signatories": re.compile(
                r"\bsign(?:ed|ing|s)?\b(?! up)|\bsignator\w+|\bendorsed|\bsupported the (?:declaration|statement)",
                re.IGNORECASE,
            ),
            "interested": re.compile(
                r"\binterest(?:ed)?\b|\bwant(?:ed|s)? to join|\bwish(?:ed|es)? to join|\bexpressed (?:a )?(?:readiness|willingness|desire) to join|considering joining|willing to join|ready to join",
                re.IGNORECASE,
            ),
            "contributors": re.compile(
                r"\bcontribut\w+|\bready to (?:help|assist|support|provide)|\boffer(?:ed|s|ing)?\b|\bpledg\w+|\bcommit(?:ted|ments?)?\b|\bwilling to|\bprovide\b|\bprepared to|\btake part in (?:the|a|such a) (?:\w+ )?(?:force|mission)|\bdeploy\w*|\bsend\b|sending|\bjoin (?:the|a) (?:\w+ )?force|\bhelp\b|\bplay (?:a|their) (?:part|role)|\bparticipate in (?:the|a|such a) (?:\w+ )?(?:force|mission)|with ground (?:units|troops)|\bsay(?:ing)? (?:they|yes)|told me yes|notified|told its|undertook|given it in writing|stand ready",
                re.IGNORECASE,
            ),
            "attendees": re.compile(
                r"\battend\w*|\btook part|\btak(?:e|ing) part|\bparticipat\w+|\bjoin(?:ed|ing|s)?\b|\bgather(?:ed|ing)?\b|\bmeeting\b|\bsummit\b|\bcall\b|\bmet\b|\bconven\w+|\brepresented|\bpresent\b|\bvideo\w*|\btalks\b|\bconference\b|\bcame\b|\bhosted?\b|\bhosting|\bdelegations\b|\bonline\b|at (?:its|the|their) table|\bleaders\b|\bassembled|\bvirtual\w*|\bat the last one",
                re.IGNORECASE,
            ),
            "members": re.compile(
                r"\bcompris\w+|\bmembers?\b|\bcoalition of|\bgroup(?:ing)? of|\bcoalition\b|\bconsists\b|\bincludes?\b|\bbelong\b|-strong|-nation|-country|-member|\bmember No",
                re.IGNORECASE,
            ),
        }
        self._strong_members = words.make(
            r"(?<!\w)coalition (?:of|comprising|consisting of|that groups|, which includes)(?! the) (?:\w+ ){0,4}?\d|belong to|compris\w+|grown to|grew to|\d[\w\- ]{0,20}-(?:member|nation|country|strong)|has \d+ members|(?:includ|involv|unit|group|bring)\w* (?:together )?(?:\w+ ){0,3}?\d+ (?:mostly \w+ )?(?:countries|nations|states)|coalition['’]s (?:\w+ )?\d+|\d+ (?:countries|nations|members|states) (?:in|of|that make up|belonging to) (?:the|this) coalition|(?:coalition|group|alliance) of (?:about |around |some |more than |over |nearly |roughly |at least )*\w+ (?:mostly \w+ )?(?:countries|nations|states)"
        )
        self._troops = re.compile(
            r"\btroops?\b|\bsoldiers?\b|\bground (?:forces|units)|\bpeacekeepers\b|\bboots\b|\bcombat units|\bon (?:the )?land,? |\bon the ground|\bground, sea|\bmilitary contingents?|\bmilitary personnel\b|reassurance force|\bdeploy\w*",
            re.IGNORECASE,
        )
        self._size_noun = words.make(
            r"(?:-strong| ?)(?:(?!countries|nations)[\w\-]+ ){0,3}?(?:{terms.force_bare}|force)(?!\w)"
        )
        self._size_context = re.compile(
            r"\b(?:force|coalition|mission|contingent|deploy\w*|peacekeep\w+|plan(?:s|ned)?|envisag\w+|needed|required|Europe\w*|send|multinational|chiefs)\b",
            re.IGNORECASE,
        )
        self._not_ours = re.compile(
            r"\b(?:North Korea\w*|Russian (?:troops|soldiers|forces)|killed|wounded|casualt\w+|train(?:ed|ing)? (?:more than |over |some |about |around )?\d|Ukrainian (?:army|troops|soldiers|servicemen|forces)|Ukraine['’]s (?:army|armed|military)|sanction\w*|prisoners?|shells|tariff\w*|frozen|NATO has|loan|G7|drone coalition|Gaza|Iraq\w*)\b",
            re.IGNORECASE,
        )

    def read(
        self, sentence: speakers.Sentence, index: int, *, coalition: bool, meeting: bool, about: bool
    ) -> list[draft.Draft]:
        """Counts of one sentence. `coalition`: the coalition is in reach; `meeting`: the article is about its meeting."""
        if self._scoper.is_question(sentence) or not about:
            return []
        made: list[draft.Draft] = []
        if coalition:
            named = bool(self._coalition.search(sentence.masked))
            made += self._counts(sentence, index, meeting=meeting, named=named)
        return made + self._sizes(sentence, index)

    def _counts(self, sentence: speakers.Sentence, index: int, *, meeting: bool, named: bool) -> list[draft.Draft]:
        made: list[draft.Draft] = []
        text = sentence.masked
        if self._not_ours.search(text):
            return []
        all_numbers = numbers.find(text)
        for start, end, number, high in all_numbers:
            noun = self._count_noun.match(
                text[end : end + 70].lstrip(" -") if text[end : end + 1] != "-" else text[end : end + 70]
            )
            if not noun or number < 3 or number > 120:
                continue
            near = self._near(text, start, end, all_numbers)
            counts = self._kind(near, text, has_leaders=noun.group("leaders") is not None, meeting=meeting, named=named)
            if counts is None or (
                noun.group("bare") and counts not in ("troop_contributors", "contributors", "signatories")
            ):
                continue
            topic = "troops" if counts in ("troop_contributors", "contributors") else "membership"
            made.append(
                draft.Draft(
                    topic=topic,
                    subject="COALITION",
                    status="headcount",
                    start=sentence.start,
                    end=sentence.end,
                    sentence=index,
                    number=number,
                    number_max=high,
                    counts=counts,
                    rule=f"count.{counts}",
                    why=(text[start : end + noun.end()][:60],),
                )
            )
        return made

    def _near(self, text: str, start: int, end: int, found: list[tuple[int, int, int, int | None]]) -> str:
        """The words round a number, up to the numbers beside it."""
        left = max([b for _, b, _, _ in found if b <= start] + [start - 90, 0])
        right = min([a for a, _, _, _ in found if a >= end] + [end + 130])
        return text[left:right]

    def _kind(self, near: str, text: str, *, has_leaders: bool, meeting: bool, named: bool) -> str | None:
        if (
            self._strong_members.search(near)
            and not self._kinds["signatories"].search(near)
            and not self._kinds["interested"].search(near)
        ):
            return "members"
        if self._kinds["signatories"].search(near):
            return None if has_leaders else "signatories"
        if self._kinds["interested"].search(near):
            return "interested"
        if has_leaders and self._kinds["attendees"].search(text):
            return "attendees" if (meeting or named) else None
        if self._kinds["contributors"].search(near):
            return "troop_contributors" if self._troops.search(near) else "contributors"
        if self._kinds["attendees"].search(near) and (meeting or named):
            return "attendees"
        if self._kinds["members"].search(near) and named:
            return "members"
        return None

    def _sizes(self, sentence: speakers.Sentence, index: int) -> list[draft.Draft]:
        made: list[draft.Draft] = []
        text = sentence.masked
        if self._not_ours.search(text) or not self._size_context.search(text):
            return []
        for start, end, number, high in numbers.find(text):
            if number < 500 or not (
                self._size_noun.match(text[end : end + 60])
                or re.search(
                    r"(?:force|contingent|mission|strength|army) (?:of|numbering)(?: up to| about| around| some| at least| between| from| roughly| more than| as many as)*\s?$",
                    text[max(0, start - 60) : start],
                    re.IGNORECASE,
                )
            ):
                continue
            owner = self._owner(sentence, start)
            if owner is not None:
                continue
            made.append(
                draft.Draft(
                    topic="troops",
                    subject="COALITION",
                    status="force_size",
                    start=sentence.start,
                    end=sentence.end,
                    sentence=index,
                    number=number,
                    number_max=high,
                    rule="count.force_size",
                    why=(text[start:end],),
                )
            )
        return made

    def _owner(self, sentence: speakers.Sentence, place: int) -> str | None:
        """A country whose own contingent the figure is, if any."""
        for mention in reversed([m for m in sentence.mentions if m.end <= place]):
            if mention.code in ("UA", "RU", "EU", "NATO", "COALITION", "UN", "US"):
                continue
            if place - mention.end < 80 and not speakers.is_prepositional(sentence, mention) and not mention.person:
                return mention.code
        tail = [
            m
            for m in sentence.mentions
            if place < m.start < place + 30 and m.kind == "demonym" and m.code not in ("EU", "UA")
        ]
        return tail[0].code if tail else None
