"""Claims on the coalition itself: who leads, belongs, attends, weighs, declines, leaves. Counts nobody."""

import re

from monitor.claims import draft, lexicon, scopes, speakers

_NEVER = frozenset({"RU", "BY", "KP", "COALITION", "UN"})


class MembershipRules:
    """The rules of topic membership."""

    def __init__(self, words: lexicon.Lexicon, scoper: scopes.Scoper) -> None:
        self._scoper = scoper
        self._coalition = words.get("terms.coalition_loose")
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
                r"(?P<group>{GROUP})(?: \w+)?(?:,)? (?:which |who )?(?:is|are|remains?|became|become|becomes|has become|have become|will become|has (?:formally|officially) become|has been|have been|as)(?: also| now| still| already| formally| officially| a| an| the| full| active| founding| proud| key| new| \d+\w\w| part)*,? (?:members?|participants?|part)(?: country| countries| state| nation)?(?: of| in)? (?:the )?[\"“‘']?{terms.coalition_loose}"
            ),
            words.make(
                r"(?P<group>{GROUP})(?: (?:government|formally|officially|also|has|have|had|will|is|would|just|now|recently|on \w+day|today|yesterday|ministers?))* (?:joined|joins|joining|join(?! (?:the|a) (?:call|meeting|summit|talks|virtual|online|video))|acceded to|signed up to|signed up for|signs up to|signed on to|enters|entered|accedes to) (?:the )?[\"“‘']?{terms.coalition_loose}(?!['’]s? (?:\w+ )?(?:call|meeting|summit|talks))(?! (?:of the willing )?(?:call|meeting|summit|talks|video))"
            ),
            words.make(
                r"{terms.coalition_loose}[^.;]{0,40}?(?:includ(?:es|ing|ed)|compris(?:es|ing|ed)|consists of|made up of|which includes|brings together|members include|such as) (?:countries such as |members such as |nations like |the )?(?P<group>{GROUP})"
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
        self._membership_word = re.compile(
            r"\b(?:new|full|founding) (?:members?|participants?)\b|\binvitation to join\b|\bturned down an invitation\b|\b(?:rejected|declined) the invitation\b",
            re.IGNORECASE,
        )
        self._we = words.make(
            r"(?<!\w)we(?:['’]re| are| remain| have been| have joined| joined)(?: \w+){0,3}? (?:members?|part)? ?(?:of )?(?:{terms.coalition})"
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
