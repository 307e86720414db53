"""Claims on the US part: what is sought of it, what the US refuses, discusses, offers, commits. One sentence at a time."""

import re

from monitor.claims import draft, lexicon, scopes, speakers

_VITAL = re.compile(
    r"\b(?:essential|vital|crucial|indispensable|irreplaceable|necessary|critical|imperative|needed|decisive)\b",
    re.IGNORECASE,
)
_NO_WORD = re.compile(r"\bno (?:\w+ )?(?:reply|answer|response|commitments?|signature|promises?)\b", re.IGNORECASE)
_ADJECTIVAL = re.compile(
    r"[.*:|]|\s+[\"“‘']?(?:back-?stop|security|troops|soldiers|support|air|military|guarantees?|ground|involvement|backing|intelligence|commitments?|help|"
    r"boots|participation|assistance|forces|presence|role|protection|satellites?|allies|logistic\w*|cover|safety|assurances?|power|muscle|planes|jets|aid|weapons|reassurance|readiness|promises?)",
    re.IGNORECASE,
)


class BackstopRules:
    """The rules of topic backstop."""

    def __init__(self, words: lexicon.Lexicon, scoper: scopes.Scoper) -> None:
        self._scoper = scoper
        self._backstop = words.get("terms.backstop")
        self._guarantee = words.get("terms.guarantee")
        self._components = {
            name: words.get(f"terms.comp_{name}")
            for name in ("ground_troops", "air", "intelligence", "surveillance", "logistics", "command")
        }
        self._support = re.compile(
            r"\b(?:(?:military |security |logistical |\ue001+ )*(?:support|backing|help|involvement|participation|commitments?|role|contribution|presence|muscle|assistance|protection|cover)|be involved|take part|stand behind|help (?:them |us )?out|part of it|boots)\b",
            re.IGNORECASE,
        )
        self._force_context = re.compile(
            r"\b(?:force|ceasefire|cease-fire|truce|coalition|peacekeep\w+|guarantees?|post-?war|peace deal|mission|deterr\w+|reassurance|contingent|backstop|troops|settlement|security)\b",
            re.IGNORECASE,
        )
        self._withdrawn = words.make(
            r"(?<!\w)(?:withdr[ae]wn?|took (?:it |that )?back|taken back|no longer stands by|pulled|reneged|walked back|backed away from|rescinded|revoked|withdraws)(?!\w)[^.;]{0,60}(?:offer|guarantee|promise|commitment|undertaking|backstop|support|pledge|assurance|back)"
        )
        self._uncommitted = words.make(
            r"(?<!\w)(?:(?:no|without|lack(?:ed|s|ing)?(?: of)?|absence of|lacks|any|failed to (?:receive|get|secure|win|obtain|extract)|not (?:yet )?(?:given|received|offered|won|secured|got|made)|without receiving|devoid of)(?: an?| any| the| clear| firm| concrete| explicit| public| such| formal| binding| real| specific| US| American| {A}| unequivocal)* (?:commitments?|signature|reply|answer|response|promises?|clarity|assurances?|pledge|sign)"
            r"|(?:has|have|had|is|was|were|are)? ?yet to (?:agree|commit|say|decide|sign|spell|give|make|confirm|endorse|offer|clarify|approve|provide|publicly)"
            r"|(?:not|n['’]t|never) (?:yet )?(?:\w+ )?(?:committed|said whether|said if|promised|agreed|signed|decided|made (?:a|any|up)|specified|spelled out|clarified|commit(?! ground)|given (?:a|any)|confirmed|made clear|promise)"
            r"|unclear|vague|uncertain(?:ty)?|non-?committal|stop(?:ped|s|ping)? short|under review|in doubt|remains? to be seen|has not changed|hasn['’]t changed|still (?:not|undecided|to decide)|in question|doubts? (?:about|over|remain)|ambigu\w+|hesita\w+|reluctan\w+|declined to (?:say|commit|specify)|refused to (?:say|commit to)|(?:cool|lukewarm|sceptical|skeptical) (?:on|about|towards)|open question|did not (?:sign|commit|elaborate|specify)|hasn['’]t come|not forthcoming|evasive|wavering|question marks?|so far (?:declined|refused)|no guarantee that (?:the )?{A}|contains no security guarantee|promised us neither|unresolved)(?!\w)"
        )
        self._refused = words.get("cues.ruled_out")
        self._open_negated = words.get("cues.open_negated")
        self._discussed = words.make(
            r"(?<!\w)(?:discuss\w*|negotiat\w+|talks|work(?:ing|s|ed)?(?: \w+| {A}){0,5}? (?:on|out|through|at|toward|together)|work actively|draft(?:ing|ed)|finali[sz]\w+|consult\w+|hammer(?:ing|ed) out|iron(?:ing|ed) out|being (?:developed|prepared|worked)|draw(?:ing|n)? up|thrash\w+ out|settled within|details of|prepar(?:e|ing) (?:a|the) (?:document|text|agreement)|fleshing out|conversations?)(?!\w)"
        )
        self._committed = words.make(
            r"(?<!\w)(?:pledg(?:ed|es|ing)|promis(?:ed|es|ing)|agree[sd]|agreed|commit(?:s|ted)|committed|confirmed|signed|(?:will|would) (?:lead|provide|guarantee|monitor|head|still head|be (?:the )?lead|take (?:the lead|part)|contribute|participate|deliver|supply|supply)|assur(?:ed|ance)|commitment|vow(?:ed|s)|has guaranteed|guaranteed|{C}-led|{D}-led|accepted|endorsed|approved|undertak\w+|undertook)(?!\w)"
        )
        self._offered = words.make(
            r"(?<!\w)(?:ready|willing|open(?:ness)?|prepared|could|might|may|would|signal(?:l?ed|s|l?ing)?|offer(?:ed|s|ing)?|hint(?:ed|s|ing)?|help|stand(?:s)? behind|stood behind|support(?:s|ed)?|back(?:s|ed|ing)?|suggest(?:ed|s|ing)?|indicat(?:ed|es|ing)|propos(?:ed|es|ing)|willingness|readiness|consider(?:s|ing|ed)?|involved|not ruled? out|will|maybe|intends?|favou?rs?|floated|on the table|expressed)(?!\w)"
        )
        self._sought = words.get("phrases.sought_cue")
        self._seek_us = words.make(
            r"(?<!\w)(?:ask(?:s|ed|ing)?|want(?:s|ed|ing)?|urg(?:e|es|ed|ing)|call(?:s|ed|ing)? (?:on|for)|press(?:es|ed|ing)?|push(?:es|ed|ing)?|lobb(?:y|ied|ying)|convinc\w+|persuad\w+|appeal(?:s|ed|ing)?(?: to)?|plead\w*(?: with)?|seek(?:s|ing)?|sought|demand(?:s|ed|ing)?|request(?:s|ed|ing)?|expect(?:s|ed|ing)?|hop(?:e|es|ed|ing)|need(?:s|ed)?|secur(?:e|ing)|winning|win|obtain(?:ing)?|get)(?!\w)[^.;]{0,70}?{A}"
        )
        self._denied_troops = words.make(
            r"(?:no (?:US|U\.S\.|{A}) (?:ground |combat )?(?:troops|soldiers|boots|forces)|{A} (?:ground |combat )?(?:troops|soldiers|boots|forces)[^.;,]{0,30} (?:will|would|are|were|is|to)(?:n['’]t| not) (?:be )?(?:sent|deployed|going|put|present|on the ground|committed|going to be))"
        )
        self._wish = re.compile(
            r"\b(?:important|essential|vital|crucial|necessary|hopes?|hoped|wants?|wanted|needs?|needed|ensure|imperative|want to see)(?: that| for| to see)?(?: the)?\s*$",
            re.IGNORECASE,
        )
        self._shifts = words.make(
            r"(?<!\w)(?:expect\w*|want\w*|press\w*|urg\w+|told|tell\w*|ask\w*|push\w*) (?:that )?(?:the )?(?:{A}|Europe\w*|allies|{D} \w+)(?: \w+){0,2}? (?:to|should|must|would)(?!\w)|up to (?:Europe|the Europeans|{A})"
        )
        self._none_at_all = re.compile(
            r"\b(?:no|not any) (?:[\w\ue000-\ue002]+ ){0,3}?(?:backstop|safety net|guarantees?|air cover|troops|boots)\b",
            re.IGNORECASE,
        )
        self._other = re.compile(
            r"\b(?:Gaza|Israel|Taiwan|Iran|Iraq|Korean? peninsula|budget|loan|fiscal|bank|IMF|minerals? (?:deal|agreement)|tariffs?|sanctions|NATO['’]s eastern)\b",
            re.IGNORECASE,
        )

    def read(self, sentence: speakers.Sentence, index: int, *, about: bool, before: str) -> list[draft.Draft]:
        """Claims of one sentence; `before` is the masked sentence before it."""
        if not about or self._scoper.is_question(sentence):
            return []
        made: list[draft.Draft] = []
        for clause in self._scoper.clauses(sentence):
            found = self._read_clause(sentence, clause, index, before)
            if found is not None:
                made.append(found)
        return made

    def _read_clause(
        self, sentence: speakers.Sentence, clause: scopes.Clause, index: int, before: str
    ) -> draft.Draft | None:
        masked = sentence.masked[clause.start : clause.end]
        if re.match(r"\W*(?:unless|if|should|were)\b", masked, re.IGNORECASE):
            return None
        if re.match(
            r"\W*(?:\d+|some|many|most|several|other) (?:\w+ )?(?:countries|nations|states|allies|members)\b",
            masked,
            re.IGNORECASE,
        ):
            return None
        if self._other.search(masked) or self._scoper.is_unreal(masked):
            return None
        us_here = [m for m in sentence.mentions if m.code == "US" and clause.start <= m.start < clause.end]
        us_voice = sentence.voice is not None and sentence.voice.code == "US" and not sentence.voice.private
        backstop = self._backstop.search(masked)
        guarantee = self._guarantee.search(masked)
        parts = self._parts(masked, us_here_only=bool(us_here))
        support = self._support.search(masked)
        unanswered = (
            us_here and _NO_WORD.search(masked) and (self._backstop.search(before) or self._guarantee.search(before))
        )
        if not (
            unanswered
            or backstop
            or guarantee
            or parts
            or (support and (us_here or (us_voice and self._guarantee.search(before))))
        ):
            return None
        us_pronoun = us_voice or (
            not us_here and bool(re.search(r"\b(?:they|it|he)\b", masked)) and "US" in sentence.focus_before[:1]
        )
        if not us_here and not us_pronoun and not (backstop and "safety net" not in backstop.group().lower()):
            return None
        if not (backstop or guarantee) and not self._force_context.search(before):
            return None
        status, cue = self._status(
            sentence, clause, masked, bool(us_voice or us_pronoun), backstop is not None or guarantee is not None
        )
        if status is None:
            return None
        components = tuple(sorted(parts)) or (("guarantee",) if guarantee else ("general",))
        if (
            "ground_troops" in components
            and status in ("sought", "offered", "committed", "discussed")
            and len(components) == 1
        ):
            return None
        return draft.Draft(
            topic="backstop",
            subject="US",
            status=status,
            start=sentence.start + clause.start,
            end=sentence.start + clause.end,
            sentence=index,
            components=components,
            rule=f"backstop.{status}",
            why=(cue,),
        )

    def _parts(self, masked: str, *, us_here_only: bool) -> set[str]:
        found = {name for name, pattern in self._components.items() if pattern.search(masked)}
        if "ground_troops" in found:
            # "British troops" or "a European force" is no US component
            pattern = self._components["ground_troops"].search(masked)
            near = masked[max(0, pattern.start() - 60) : pattern.end() + 40] if pattern else ""
            if not us_here_only or not re.search(
                r"\b(?:no|not|any|send|deploy|put|boots|without|rul\w+|commit\w*|neither)\b", near, re.IGNORECASE
            ):
                found.discard("ground_troops")
        return found

    def _status(
        self, sentence: speakers.Sentence, clause: scopes.Clause, masked: str, us_voice: bool, named: bool
    ) -> tuple[str | None, str]:
        voice = sentence.voice
        if voice is not None and (voice.code == "RU" or voice.private):
            return None, ""
        withdrawn = self._withdrawn.search(masked)
        if withdrawn:
            return "withdrawn", withdrawn.group()
        uncommitted = self._uncommitted.search(masked)
        if uncommitted:
            return "uncommitted", uncommitted.group()
        groups = [
            g
            for g in self._scoper.groups(sentence, clause.start, clause.end)
            if not speakers.is_prepositional(sentence, g[2][0])
        ]
        first = groups[0][2][0] if groups else None
        us_subject = (first is not None and first.code == "US" and first.kind != "demonym") or (
            first is None and us_voice
        )
        if first is not None and first.code == "US" and first.kind == "demonym":
            us_subject = bool(
                re.match(
                    r"\s+(?:(?:will|would|have|has|had|are|were|aren|won|do|don|did|say|said|could|may|might)\b|president|officials?|side|administration|government|delegation|envoys?|negotiators?|team|fighter|aircraft|troops|officers)",
                    masked[first.end - clause.start :],
                    re.IGNORECASE,
                )
            )
        elif first is not None and first.code == "US" and _ADJECTIVAL.match(masked[first.end - clause.start :]):
            us_subject = False
        if not us_subject and self._denied_troops.search(masked):
            return "refused", "no troops"
        seek = self._seek_us.search(masked)
        if seek and (not us_subject or (first is not None and clause.start + seek.start() < first.start)):
            return "sought", seek.group()
        if us_subject and first is not None and self._wish.search(masked[: max(0, first.start - clause.start)]):
            return "sought", "wish"
        if us_subject and self._shifts.search(masked):
            return None, ""
        if us_subject:
            if self._none_at_all.search(masked):
                return "refused", "none"
            if self._open_negated.search(masked):
                return "offered", "open"
            refused = self._refused.search(masked)
            if refused:
                return "refused", refused.group()
            committed = self._committed.search(masked)
            discussed = self._discussed.search(masked)
            if discussed and not (committed and committed.start() < discussed.start()):
                return "discussed", discussed.group()
            if committed:
                return "committed", committed.group()
            offered = self._offered.search(masked)
            if offered:
                return "offered", offered.group()
            return None, ""
        vital = _VITAL.search(masked)
        if vital and first is not None:
            return "sought", vital.group()
        sought = self._sought.search(masked)
        discussed = self._discussed.search(masked)
        if discussed and not sought:
            return "discussed", discussed.group()
        if (sought and named) or (sought and first is not None and first.code != "US"):
            return "sought", sought.group()
        refused = self._refused.search(masked)
        if refused and first is None and re.search(r"\bno (?:US|\ue001+|\ue000+)", masked):
            return "refused", refused.group()
        return None, ""
