"""Claims on the coalition itself: who leads, belongs, attends, weighs, declines, leaves; counts of countries and soldiers."""

import re

from monitor.claims import draft, lexicon, numbers, scopes, speakers

_NEVER = frozenset({"RU", "BY", "KP", "COALITION", "UN"})


class MembershipRules:
    """The rules of topic membership, and all counts (of countries, of soldiers)."""

    def __init__(self, words: lexicon.Lexicon, scoper: scopes.Scoper) -> None:
        self._scoper = scoper
        self._coalition = words.get("terms.coalition_loose")
        self._strict = words.get("terms.coalition")
        self._meeting = words.get("terms.meeting")
        self._attend = words.get("verbs.attend")
        effort = r"(?:(?:efforts?|push|drive|work|plans?|initiative|talks|discussions|the efforts?) (?:to|on|for|aimed at) (?:\w+ ){1,4})?"
        coal = r"(?:{terms.coalition_loose}|the (?:force|effort|initiative|format))"
        lead = r"(?:{verbs.lead})"
        self._lead = [
            words.make(
                rf"(?P<group>{{GROUP}})(?: governments?| leaders?)?(?:, which|, who| which| that|,)?(?: are| is| have been| has been| were| was| had been| jointly| together| also| will)*,? (?:jointly )?{lead}(?: up)? {effort}(?:\w+ ){{0,3}}?[\"“‘']?{coal}"
            ),
            words.make(
                rf"{coal}[\"”’']?[^.;]{{0,60}}? (?:co-?)?(?:led|headed|spearheaded|steered|chaired|co-?chaired|driven|initiated|jointly led)(?: jointly)? by (?:the )?(?P<group>{{GROUP}})"
            ),
            words.make(r"(?P<group>{GROUP})(?:-led|['’]s?-led| -led) (?:\w+ ){0,2}{terms.coalition_loose}"),
            words.make(
                rf"(?:co-?)?(?:led|headed|spearheaded|steered|chaired) by (?:the )?(?P<group>{{GROUP}})[^.;]{{0,30}}{coal}"
            ),
            words.make(
                r"(?P<group>{GROUP})(?:,)? (?:the )?(?:co-?leaders|co-?chairs|leaders|lead nations|two leading nations|architects|driving forces?)(?: of| behind) {terms.coalition_loose}"
            ),
            words.make(
                r"{terms.coalition_loose} (?:that |which )?(?P<group>{GROUP}) (?:co-?)?(?:lead|leads|head|chair|launched|set up|founded)(?!\w)"
            ),
            words.make(r"(?:^|\n)\W*(?:Steered|Led|Chaired|Headed) by (?:the )?(?P<group>{GROUP})"),
        ]
        self._member = [
            words.make(
                rf"(?P<group>{{GROUP}})(?: \w+)?(?:,)? (?:which |who )?(?:is|are|remains?|became|become|becomes|has become|have become|will become|has (?:formally|officially) become|has been|have been|as)(?: also| now| still| already| formally| officially| a| an| the| full| active| founding| proud| key| new| \d+\w\w| part)*,? (?:members?|participants?|part)(?: country| countries| state| nation)?(?: of| in)? (?:the )?[\"“‘']?{{terms.coalition_loose}}"
            ),
            words.make(
                rf"(?P<group>{{GROUP}})(?: (?:government|formally|officially|also|has|have|had|will|is|would|just|now|recently|on \w+day|today|yesterday|ministers?))* (?:joined|joins|joining|join(?! (?:the|a) (?:call|meeting|summit|talks|virtual|online|video))|acceded to|signed up to|signed up for|signs up to|signed on to|enters|entered|accedes to) (?:the )?[\"“‘']?{{terms.coalition_loose}}(?!['’]s? (?:\w+ )?(?:call|meeting|summit|talks))(?! (?:of the willing )?(?:call|meeting|summit|talks|video))"
            ),
            words.make(
                rf"{{terms.coalition_loose}}[^.;]{{0,40}}?(?:includ(?:es|ing|ed)|compris(?:es|ing|ed)|consists of|made up of|which includes|brings together|members include|such as) (?:countries such as |members such as |nations like |the )?(?P<group>{{GROUP}})"
            ),
            words.make(
                r"(?P<group>{GROUP})(?: and \w+)? (?:as|were welcomed as|was welcomed as|are) (?:its |the |a |the coalition['’]s )?(?:new(?:est)?|latest|\d+\w\w|full|fellow) (?:members?|participants?)"
            ),
            words.make(
                r"welcom(?:ed|es|ing) (?:the )?(?P<group>{GROUP}) (?:as (?:a )?(?:new )?(?:members?|participants?)|(?:in)?to {terms.coalition_loose})"
            ),
            words.make(
                r"(?:accession|admission|membership) of (?:the )?(?P<group>{GROUP}) (?:to|in) {terms.coalition_loose}"
            ),
            words.make(
                r"(?:members|participants|countries) of {terms.coalition_loose},? (?:including|such as|among them|like) (?:the )?(?P<group>{GROUP})"
            ),
            words.make(
                r"(?P<group>{GROUP})['’]s? (?:membership|participation) (?:of|in) {terms.coalition_loose} (?:is|remains|continues|isn['’]t)"
            ),
            words.make(
                r"(?P<group>{GROUP})(?:['’]s \w+)?,? (?:a|another|fellow|also a|itself a|both|all) (?:\w+ )?members? of {terms.coalition_loose}"
            ),
        ]
        self._left = words.make(
            r"(?<!\w)(?:leaves?|(?<!,\s)left(?!,)|leaving|quit|quits|quitting|withdr[ae]w(?:s|n|ing)?|pull(?:s|ed|ing)? out|exit(?:s|ed|ing)?|suspend(?:s|ed|ing)?|froze|freez(?:es|ing)|paus(?:es|ed|ing)|stepp?(?:s|ed|ing)? back|drop(?:s|ped)? out|walk(?:s|ed|ing)? (?:out|away)|end(?:s|ed) (?:its|their) (?:membership|participation)|no longer (?:be )?(?:a |take )?(?:member|part))(?!\w)"
        )
        self._declined = words.make(
            r"(?:(?:not|n['’]t|never|no (?:plans|intention)[^.;]{0,12}|refus\w+|declin\w+|reject\w+|rul\w+ out)(?: to| be| going to| a| part of| want(?: to)?| intend(?: to)?| wish(?: to)?| be(?:come)?)* (?:join(?:ing)?|enter(?:ing)?|take part|taking part|participat\w+|part|become|be part|belong|signing up|sign up|member)"
            r"|(?:declin\w+|reject\w+|turned down|refused|spurned|rebuffed) (?:the |an |any |its |their |a |\w+ )?(?:invitation|invite|offer to join|proposal to join|membership))"
        )
        self._considering = words.make(
            r"(?:(?:consider\w*|weigh\w*|mull\w*|interest(?:ed)?|giving thought|give thought|contemplat\w+|explor\w+|think\w* about|open to|may|might|could|wants?(?: {A})? to|wish\w* to|hop(?:es|ing) to|would like to|ready to|willing to|plans? to|intends? to|applied to|evaluat\w+|stud(?:y|ies|ying)|asked to|debating|looking (?:at|into))[^.;]{0,40}? (?:join\w*|becom\w+|sign\w* up|membership|member|part(?:icipat\w+)?|enter\w*|in)(?!\w))"
        )
        self._group = words.make(r"(?P<group>{GROUP})")
        self._members_noun = re.compile(words.source("terms.member_noun"), re.IGNORECASE)
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
        self._membership_word = re.compile(
            r"\b(?:new|full|founding) (?:members?|participants?)\b|\binvitation to join\b|\bturned down an invitation\b|\b(?:rejected|declined) the invitation\b",
            re.IGNORECASE,
        )
        self._we = words.make(
            r"(?<!\w)we(?:['’]re| are| remain| have been| have joined| joined)(?: \w+){0,3}? (?:members?|part)? ?(?:of )?(?:{terms.coalition})"
        )
        self._not_ours = re.compile(
            r"\b(?:North Korea\w*|Russian (?:troops|soldiers|forces)|killed|wounded|casualt\w+|train(?:ed|ing)? (?:more than |over |some |about |around )?\d|Ukrainian (?:army|troops|soldiers|servicemen|forces)|Ukraine['’]s (?:army|armed|military)|sanction\w*|prisoners?|shells|tariff\w*|frozen|NATO has|loan|G7|drone coalition|Gaza|Iraq\w*)\b",
            re.IGNORECASE,
        )
        self._speech_after = re.compile(
            r"said (?:\w+ )?(?:after|following)|ahead of|before (?:the|a)|prior to", re.IGNORECASE
        )
        self._list_cue = words.make(
            r"(?:(?:attended|joined|convened|hosted|chaired|co-chaired|called|organi[sz]ed|initiated) by|under the (?:co-?)?chair(?:man)?ship of|chairmanship of|at the invitation of|(?:participants|attendees|attending|those (?:present|attending|in attendance|taking part)) (?:were|included|include|are)|includ(?:ing|ed)|involv(?:ed|ing)|leaders (?:from|of)|representatives (?:from|of)|delegations from|(?:participation|presence) of|among (?:them|those (?:present|attending))(?: were| was)?|along(?:side)?(?: with)?|together with|as well as|met (?:with )?|with (?=\ue002)|hosted|invited|welcomed|ministers (?:from|of)|chiefs (?:from|of)|counterparts from|(?:attended|joined|present) were|taking part were|such as|also) (?:leaders from |the leaders of |representatives (?:of|from) |the )?(?P<group>{GROUP})"
        )

    def read(
        self, sentence: speakers.Sentence, index: int, *, coalition: bool, meeting: bool, about: bool, window: str
    ) -> list[draft.Draft]:
        """Claims of one sentence. `coalition`: the coalition is in reach; `meeting`: the article is about its meeting."""
        if self._scoper.is_question(sentence) or not about:
            return []
        made: list[draft.Draft] = []
        named = bool(self._coalition.search(sentence.masked)) and coalition
        if named:
            made += self._leads(sentence, index)
        if named or (coalition and self._coalition.search(window)):
            made += self._belongs(sentence, index)
        if coalition:
            made += self._attends(sentence, index, meeting=meeting, named=named)
            made += self._counts(sentence, index, meeting=meeting, named=named)
        made += self._sizes(sentence, index)
        return made

    def _make(
        self,
        sentence: speakers.Sentence,
        index: int,
        codes: list[str],
        status: str,
        start: int,
        end: int,
        why: str,
        **more: object,
    ) -> list[draft.Draft]:
        return [
            draft.Draft(
                topic="membership",
                subject=code,
                status=status,
                start=sentence.start + start,
                end=sentence.start + end,
                sentence=index,
                rule=f"membership.{status}",
                why=(why,),
                **more,  # type: ignore[arg-type]
            )
            for code in dict.fromkeys(codes)
            if code not in _NEVER
        ]

    def _codes(self, sentence: speakers.Sentence, match: re.Match[str]) -> list[str]:
        start, end = match.span("group")
        return [m.code for m in sentence.mentions if start <= m.start < end and not m.former]

    def _leads(self, sentence: speakers.Sentence, index: int) -> list[draft.Draft]:
        for pattern in self._lead:
            match = pattern.search(sentence.masked)
            if match and not re.search(
                r"\b(?:meeting|summit|call|talks|videoconference|session)\b", match.group(), re.IGNORECASE
            ):
                codes = [c for c in self._codes(sentence, match) if c not in ("US", "UA", "EU", "NATO")]
                if codes:
                    return self._make(sentence, index, codes, "leads", 0, len(sentence.raw), match.group()[:60])
        return []

    def _belongs(self, sentence: speakers.Sentence, index: int) -> list[draft.Draft]:
        made: list[draft.Draft] = []
        for clause in self._scoper.clauses(sentence):
            text = sentence.masked[clause.start : clause.end]
            if self._scoper.is_unreal(text) or not (self._coalition.search(text) or self._membership_word.search(text)):
                continue
            we = self._we.search(text)
            if we and sentence.voice is not None and sentence.voice.code and not sentence.voice.private:
                made += self._make(
                    sentence, index, [sentence.voice.code], "member", clause.start, clause.end, we.group()
                )
                continue
            for name, pattern in (
                ("declined", self._declined),
                ("left", self._left),
                ("considering", self._considering),
            ):
                match = pattern.search(text)
                if not match:
                    continue
                if name == "left" and re.search(r"\b(?:not|n['’]t)\b[^.;]{0,10}$", text[: match.start()]):
                    name = "member"
                mentions, codes, _ = self._scoper.subjects(sentence, clause, clause.start + match.start(), frozenset())
                if mentions and (
                    self._scoper.is_called_on(sentence.masked, mentions[0].start)
                    or clause.start + match.start() - mentions[-1].end > 90
                ):
                    break
                made += self._make(
                    sentence,
                    index,
                    [c for c in codes if c not in ("US", "UA", "EU", "NATO")],
                    name,
                    clause.start,
                    clause.end,
                    match.group(),
                )
                break
            else:
                for pattern in self._member:
                    match = pattern.search(text)
                    if match and not re.search(
                        r"\b(?:not|never|n['’]t|whether|if|urged|call(?:s|ed) on)\b", text[: match.end()], re.IGNORECASE
                    ):
                        codes = [
                            m.code
                            for m in sentence.mentions
                            if clause.start + match.start("group") <= m.start < clause.start + match.end("group")
                        ]
                        made += self._make(
                            sentence,
                            index,
                            [c for c in codes if c not in ("US", "UA", "EU", "NATO")],
                            "member",
                            clause.start,
                            clause.end,
                            match.group()[:60],
                        )
                        break
        return made

    def _attends(self, sentence: speakers.Sentence, index: int, *, meeting: bool, named: bool) -> list[draft.Draft]:
        text = sentence.masked
        place = self._meeting.search(text)
        if not (place and (named or meeting)) and not (
            meeting
            and re.search(
                r"\b(?:dial|video|online|also (?:joined|took part|participated|attended)|participated|connected|by (?:video|phone)|remotely|joined(?=\.|$)|beamed in|dial\w* in)\b",
                text,
                re.IGNORECASE,
            )
        ):
            return []
        if self._scoper.is_unreal(text) or re.search(
            r"\b(?:not|n['’]t|skip\w*|absent|missed|declined|uninvited|snubbed)\b[^.;]{0,25}(?:attend|invited|part|join|present)",
            text,
            re.IGNORECASE,
        ):
            return []
        made: list[draft.Draft] = []
        verb = self._attend.search(text)
        for match in self._list_cue.finditer(text):
            if verb or place:
                made += self._make(
                    sentence,
                    index,
                    self._attendees(sentence, match.start("group"), len(text)),
                    "attended",
                    0,
                    len(text),
                    match.group()[:60],
                )
                break
        if verb:
            groups = [
                g
                for g in self._scoper.groups(sentence, 0, verb.start())
                if not speakers.is_prepositional(sentence, g[2][0])
            ]
            if groups and not groups[-1][2][0].former and not all(m.kind == "demonym" for m in groups[-1][2]):
                made += self._make(
                    sentence, index, [m.code for m in groups[-1][2]], "attended", 0, len(text), verb.group()
                )
        return made

    def _attendees(self, sentence: speakers.Sentence, start: int, end: int) -> list[str]:
        codes: list[str] = []
        previous = start
        for mention in sentence.mentions:
            if mention.start < start or mention.start >= end:
                continue
            between = sentence.masked[previous : mention.start]
            if codes and (
                re.search(
                    r"\b(?:said|says|which|who|told|that|against|for|will|has|after|when|while|although|because|before|since)\b|[.;“”\"]",
                    between,
                )
                or len(between) > 60
            ):
                break
            if mention.kind != "demonym" and not mention.former:
                codes.append(mention.code)
            previous = mention.end
        return codes

    def _counts(self, sentence: speakers.Sentence, index: int, *, meeting: bool, named: bool) -> list[draft.Draft]:
        made: list[draft.Draft] = []
        text = sentence.masked
        if self._not_ours.search(text):
            return []
        all_numbers = numbers.find(text)
        for start, end, number, high in all_numbers:
            noun = self._count_noun.match(
                text[end : end + 70].lstrip(" -") if not text[end : end + 1] == "-" else text[end : end + 70]
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
