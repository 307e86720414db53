"""Claims on forces: who sends, may send, will not send, helps otherwise. Reads one sentence at a time; knows no ledger."""

import re
from dataclasses import dataclass

from monitor.claims import draft, lexicon, numbers, scopes, speakers

_NO_SENDER = frozenset({"UA", "RU", "US", "EU", "NATO", "COALITION", "UN", "BY", "KP"})


@dataclass(frozen=True, slots=True)
class Setting:
    """What the article so far says about the force."""

    about_force: bool  # the article deals with a force for Ukraine
    near_ukraine: bool  # this sentence or its neighbours name Ukraine, the force or the coalition
    index: int
    window: str = ""  # this sentence and the two before it, masked


_FIRM_NO = re.compile(
    r"\b(?:no plans?|out of the question|agenda|exclud|rul\w* out|red line|off the table)", re.IGNORECASE
)


def _blank(match: re.Match[str]) -> str:
    return " " * len(match.group())


class TroopRules:
    """The rules of topic troops."""

    def __init__(self, words: lexicon.Lexicon, scoper: scopes.Scoper) -> None:
        self._scoper = scoper
        self._force = words.get("terms.force")
        self._mission = words.get("verbs.join_force")
        self._send = words.get("verbs.send")
        self._after = words.get("terms.time_after")
        self._demonym_force = words.make(
            r"(?P<group>{D}(?:(?:,| and| or|, and|, or) {D})*)(?: (?:or|and) (?:European|allied|Western|other|foreign))? (?:ground |combat |military |army |peacekeeping |own |air and ground |combat |special |armed )*(?:troops?|soldiers?|forces|peacekeepers?|servicemen|boots|contingent|battalion|brigade|infantry|military personnel|personnel|units?|military contingent|army|military|contribution|participation|participants|involvement|battlegroup|deployment)(?!\w)"
        )
        self._elsewhere = words.make(
            r"(?:troops|soldiers|forces|personnel|battalions?|brigades?|contingent|units?|deployment|deploy\w*|station\w*)(?: (?!\w*(?:Ukrain|willing))[\w,.]+){0,3}? (?:in|to|on|inside|into) (?:the )?(?P<place>{C}|eastern flank|Baltics?)(?!['’])"
        )
        self._training = re.compile(
            r"\btrain(?:s|ed|ing)?\b[^.;]{0,40}\b(?:Ukrainian|\ue001+) (?:soldiers|troops|forces|servicemen)|wounded|killed|prisoners|captured|"
            r"casualt|North Korea|Gaza|Haiti|Mali\b|Lebanon|Afghanistan|Iraq\b|Iran\b|Kosovo|Bosnia|Sahel|Taiwan|Syria|battlegroups?\b|exercise|UN missions|sending others",
            re.IGNORECASE,
        )
        self._cues = {
            name: words.get(f"cues.{name}")
            for name in (
                "withdrew",
                "open_negated",
                "undecided",
                "condition",
                "ruled_out",
                "not_real_negation",
                "open",
                "pledged",
            )
        }
        self._support = words.get("terms.support_noun")
        self._support_verb = re.compile(
            r"\b(?:offer\w*|provid\w+|contribut\w+|help\w*|suppl\w+|support\w*|assist\w*|lend|lends|pay|pays|put|make available|"
            r"remain available|responsib\w+|assign\w*|restrict|limit\w*|would|will|ready|willing|pledg\w+|promis\w+|commit\w*|send\w*|deploy\w*|instead|focus\w*|take (?:over|on|upon|charge)|serve|contribution|stands|host\w*|open\w*|finance|fund|bear|lead)\b",
            re.IGNORECASE,
        )
        self._non_ground = re.compile(r"\b(?:air|naval|sea|maritime|planes|jets|ships?)\b", re.IGNORECASE)
        self._meeting = words.make(r"(?<!\w)(?:{terms.meeting}|{terms.coalition_loose})(?!\w)")
        self._loose = words.get("verbs.loose_part")
        self._willing = words.get("terms.coalition")
        self._arms = words.make(
            r"(?:to {C}|{C} with|deliver\w*|donat\w+|weapons?|ammunition|missiles?|billion|packages?|military aid|sanction\w*|loans?)"
        )
        self._asks = words.make(
            r"(?<!\w)(?:persuad\w+|convinc\w+|urg(?:e|es|ed|ing)|ask(?:ed|s|ing)?|press(?:ed|es|ing)?|lobb\w+|call(?:s|ed|ing)? (?:on|upon)|push(?:ed|es|ing)?|appeal\w* to|invit\w+|encourag\w+|expect(?:s|ed)?|want(?:s|ed)?) (?:\w+ ){0,2}?{A}(?:(?:,| and) {A})*(?: \w+)? (?:to|for)(?!\w)"
        )
        self._counted = words.make(
            r"(?:\d+|\w+teen|ten|twelve|twenty|thirty|dozen|six|seven|eight|nine|several|other|some|many)(?: \w+)? {terms.member_noun} (?:had|have|has|would|will|were|are|that|which|who|said|agreed|pledged)"
        )
        self._strong = words.get("cues.strong_stand")
        self._about = words.make(r"(?<!\w)(?:{terms.force}|{terms.mission}|peace-?keep\w*)(?!\w)")
        self._other_matter = re.compile(
            r"\b(?:assets|sanctions?|loan|budget|Taurus|missiles?|membership|visit|elections?|tariffs?|referendum|aid package|weapons?|coalition|territor\w+|ceasefire talks)\b",
            re.IGNORECASE,
        )
        self._coalition = words.get("terms.coalition_loose")
        self._short_no = re.compile(
            r"\b(?:not going|won['’]t be there|will not be there|aren['’]t going|isn['’]t sending (?:anybody|anyone)|wasn['’]t sending (?:anybody|anyone)|stay(?:s|ing)? (?:at )?home)\b",
            re.IGNORECASE,
        )
        self._decision = words.get("cues.undecided")

    def read(self, sentence: speakers.Sentence, setting: Setting) -> list[draft.Draft]:
        """Claims of one sentence."""
        if not setting.about_force or self._scoper.is_question(sentence):
            return []
        found: list[draft.Draft] = []
        for clause in self._scoper.clauses(sentence):
            found.extend(self._read_clause(sentence, clause, setting))
        return found

    def _read_clause(self, sentence: speakers.Sentence, clause: scopes.Clause, setting: Setting) -> list[draft.Draft]:
        masked = self._willing.sub(_blank, sentence.masked[clause.start : clause.end])
        if self._training.search(masked):
            return []
        force = self._force.search(masked)
        mission = self._mission.search(masked)
        anchor = mission or force
        if anchor is None and not self._meeting.search(masked):
            anchor = self._loose.search(masked) or self._strong.search(masked)
            if anchor is not None and (not self._about.search(setting.window) or self._other_matter.search(masked)):
                anchor = None
        if anchor is None:
            return self._support_only(sentence, clause, setting)
        if (
            not setting.near_ukraine
            or self._scoper.is_unreal(masked)
            or self._asks.search(masked)
            or self._is_elsewhere(sentence, clause)
        ):
            return []
        status, cue = self._status(masked, sentence.masked)
        if (
            status == "ruled_out"
            and force is not None
            and mission is None
            and not self._send.search(masked)
            and not self._force.search(cue)
            and not _FIRM_NO.search(cue)
        ):
            return []
        if status is None or (
            mission is None
            and (force is not None)
            and not self._send.search(masked)
            and status not in ("undecided", "ruled_out", "withdrew")
            and not self._cues["open_negated"].search(cue)
        ):
            return self._support_only(sentence, clause, setting)
        codes = self._senders(sentence, clause, anchor.start())
        if not codes:
            return self._support_only(sentence, clause, setting)
        number, number_max = self._size(masked) if status in ("pledged", "conditional", "open") else (None, None)
        if len(codes) > 1:
            number = number_max = None
        voice = sentence.voice
        made = []
        for code in codes:
            other = voice is not None and voice.code is not None and voice.code != code
            made.append(
                draft.Draft(
                    topic="troops",
                    subject=code,
                    status=status,
                    start=sentence.start + clause.start,
                    end=sentence.start + clause.end,
                    sentence=setting.index,
                    number=number,
                    number_max=number_max,
                    optional=other,
                    rule=f"troops.{status}",
                    why=(anchor.group(), cue),
                )
            )
        if status == "ruled_out":
            made.extend(self._support_only(sentence, clause, setting))
        return made

    def _is_elsewhere(self, sentence: speakers.Sentence, clause: scopes.Clause) -> bool:
        """Forces bound for another country than Ukraine."""
        match = self._elsewhere.search(sentence.masked, clause.start, clause.end)
        if match is None or any(m.code == "UA" and clause.start <= m.start < clause.end for m in sentence.mentions):
            return False
        named = next((m for m in sentence.mentions if m.start == match.start("place")), None)
        return named is None or (named.code not in ("UA", "EU", "NATO") and named.kind == "country")

    def _status(self, text: str, whole: str) -> tuple[str | None, str]:
        """The status that the clause's cues give, in order of strength, and the cue."""
        bare = self._after.sub(_blank, text)
        for name in ("withdrew", "open_negated"):
            match = self._cues[name].search(bare)
            if match:
                return ("withdrew" if name == "withdrew" else "open"), match.group()
        match = self._cues["undecided"].search(bare)
        if match:
            return "undecided", match.group()
        bare = self._cues["not_real_negation"].sub(_blank, bare)
        cleaned = bare
        negated = self._cues["ruled_out"].search(cleaned)
        condition = self._cues["condition"].search(bare) or (
            self._cues["condition"].search(whole)
            if re.match(r"(?:only )?(?:if|provided|unless)\b", whole, re.IGNORECASE)
            else None
        )
        pledged = self._cues["pledged"].search(bare)
        is_open = self._cues["open"].search(bare)
        if condition and is_open and not negated:
            return "open", is_open.group()
        if (
            condition
            and (pledged or negated)
            and not (
                negated and negated.start() >= condition.start() and negated.end() <= condition.end() and not pledged
            )
        ):
            return "conditional", condition.group()
        if negated:
            return "ruled_out", negated.group()
        if is_open:
            return "open", is_open.group()
        if pledged:
            return "pledged", pledged.group()
        return None, ""

    def _senders(self, sentence: speakers.Sentence, clause: scopes.Clause, anchor: int) -> list[str]:
        """The countries whose forces the clause speaks of."""
        masked = sentence.masked[clause.start : clause.end]
        pair = self._demonym_force.search(masked)
        if pair:
            start, end = clause.start + pair.start("group"), clause.start + pair.end("group")
            codes = [m.code for m in sentence.mentions if start <= m.start < end]
        else:
            verb = self._send.search(masked)
            place = min(anchor, verb.start() if verb else anchor)
            mentions, codes, how = self._scoper.subjects(sentence, clause, clause.start + max(place, 1), frozenset())
            if mentions and self._counted.search(sentence.masked[mentions[-1].end : clause.start + max(place, 1)]):
                return []
            if mentions and self._scoper.is_called_on(sentence.masked, mentions[0].start):
                return []
            if any(m.former for m in mentions):
                return []
            if any(m.code == "US" for m in mentions) and how == "named":
                return []
            if not codes and how == "none":
                codes = self._implied(sentence, clause)
        return [c for c in dict.fromkeys(codes) if c not in _NO_SENDER]

    def _implied(self, sentence: speakers.Sentence, clause: scopes.Clause) -> list[str]:
        """Whose forces are meant where the clause has no subject: the one country in it, else the speaker's own."""
        inside = {m.code for m in sentence.mentions if clause.start <= m.start < clause.end and not m.former}
        senders = inside - _NO_SENDER
        if len(senders) == 1:
            return list(senders)
        if inside - {"UA"}:
            return []
        voice = sentence.voice
        if voice is not None:
            return [voice.code] if voice.code and voice.decides and not voice.private else []
        return []

    def _size(self, masked: str) -> tuple[int | None, int | None]:
        for _start, end, number, high in numbers.find(masked):
            tail = masked[end : end + 60]
            if number >= 10 and re.match(
                r"(?:-strong|\s+(?:or so\s+|of (?:its|their|our|his) (?:own )?)?(?:\w+\s+){0,3}?(?:troops|soldiers|personnel|peacekeepers|servicemen|men\b|service members|strong|people|combat|military))",
                tail,
                re.IGNORECASE,
            ):
                return number, high
        return None, None

    def _support_only(self, sentence: speakers.Sentence, clause: scopes.Clause, setting: Setting) -> list[draft.Draft]:
        masked = self._willing.sub(_blank, sentence.masked[clause.start : clause.end])
        noun = self._support.search(masked)
        verb = self._support_verb.search(masked)
        if not noun or not verb or not setting.near_ukraine or self._scoper.is_unreal(masked):
            return []
        in_window = not self._arms.search(masked) and re.search(
            r"\b(?:force|mission|contingent|peacekeep\w+|coalition of the willing)\b", setting.window, re.IGNORECASE
        )
        if not (
            in_window
            or self._mission.search(masked)
            or self._coalition.search(sentence.masked)
            or re.search(
                r"\b(?:force|mission|contingent|ceasefire|peacekeep\w+|contribution|instead|headquarters|guarantees)\b",
                sentence.masked,
                re.IGNORECASE,
            )
        ):
            return []
        negated = self._cues["ruled_out"].search(masked)
        if negated and negated.start() < noun.start() and not re.search(r"\bno\b|without|stay", negated.group()):
            return []
        mentions, codes, _ = self._scoper.subjects(sentence, clause, clause.start + verb.start() + 1, frozenset())
        if (mentions and (self._scoper.is_called_on(sentence.masked, mentions[0].start) or mentions[0].former)) or len(
            codes
        ) > 4:
            return []
        codes = [c for c in codes if c not in _NO_SENDER]
        return [
            draft.Draft(
                topic="troops",
                subject=code,
                status="support_only",
                start=sentence.start + clause.start,
                end=sentence.start + clause.end,
                sentence=setting.index,
                rule="troops.support_only",
                why=(noun.group(), verb.group()),
                optional=sentence.voice is not None and sentence.voice.code not in (None, code),
            )
            for code in codes
        ]
