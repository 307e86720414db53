"""Claims on the coalition itself: who leads, belongs, attends, weighs, declines, leaves. Counts nobody."""

from collections.abc import Iterable

from monitor.claims import clauses, draft, nouns, stance, troops, verbs
from monitor.claims.clauses import Clause
from monitor.claims.context import Sentence
from monitor.claims.lexemes import Hit

_NEVER = frozenset({"RU", "BY", "KP", "COALITION", "UN"})
_NO_LEADER = _NEVER | {"UA", "EU", "NATO", "US"}
_LEADING = frozenset(
    {
        "lead",
        "co-lead",
        "head",
        "co-head",
        "spearhead",
        "chair",
        "co-chair",
        "steer",
        "drive",
        "helm",
        "front",
        "champion",
    }
)
_FOUNDING = frozenset(
    {
        "form",
        "assemble",
        "build",
        "establish",
        "create",
        "launch",
        "forge",
        "set up",
        "found",
        "co-found",
        "pull together",
        "put together",
        "bring together",
    }
)
_LED = frozenset(
    {"led", "co-led", "headed", "spearheaded", "steered", "chaired", "co-chaired", "driven", "helmed", "fronted"}
)


class MembershipRules:
    """The rules of topic membership."""

    def read(
        self, sentence: Sentence, *, near: bool, meeting: bool, recent: frozenset[str], group: bool
    ) -> list[draft.Draft]:
        """Claims of one sentence.

        `near`: Ukraine in reach; `meeting`: the article is about a meeting of the coalition; `recent`: classes of words in this
        sentence and the two before; `group`: the coalition is named before, so that "the group" can mean it.
        """
        if not near or sentence.is_question:
            return []
        made: list[draft.Draft] = []
        if meeting:
            made += self._gathered(sentence)
            made += self._chaired(sentence)
        coalition = [h for h in sentence.parse.hits if _is_coalition(sentence, h, group)]
        led = coalition or [h for h in sentence.parse.hits if group and h.name in ("phrases.coalition_loose", "phrases.mission", "phrases.effort")]
        if led:
            made += self._leads(sentence, led)
        for index, clause in enumerate(sentence.parse.clauses):
            if clause.kind == clauses.IF:
                continue
            voice = sentence.voices[index]
            if voice is not None and (voice.private or voice.code == "RU"):
                continue
            near_hits = [h for h in coalition if clause.first <= h.first < clause.last]
            if near_hits or (
                group
                and "phrases.coalition" in recent
                and any(h.name == "phrases.coalition_loose" for h in clause.hits)
            ):
                made += self._belongs(
                    sentence,
                    index,
                    clause,
                    near_hits or [h for h in clause.hits if h.name == "phrases.coalition_loose"],
                )
            made += self._attends(sentence, index, clause, meeting=meeting, coalition=bool(coalition))
        return made

    def _gathered(self, sentence: Sentence) -> list[draft.Draft]:
        """ "rallied some 29 nations, including Australia and Canada", "a call of leaders, among them X"."""
        if not any(h.name == "verbs.attend" and h.lemma in _GATHERING for h in sentence.parse.hits):
            return []
        row = sentence.row
        for place in range(2, len(row) - 1):
            if row[place].low != "including" or not any(
                h.name in ("phrases.member_noun", "phrases.leader_noun") and place - 8 <= h.last < place
                for h in sentence.parse.hits
            ):
                continue
            found = [
                n
                for n in sentence.parse.nouns
                if place < n.first <= place + 7 and n.kind == nouns.ACTOR and not n.is_former
            ]
            codes = [c for n in found for c in n.codes if c != "EU"]
            if codes:
                index = next(i for i, c in enumerate(sentence.parse.clauses) if c.first <= place < c.last)
                return self._make(sentence, sentence.parse.clauses[index], index, codes, "attended", "including")
        return []

    def _chaired(self, sentence: Sentence) -> list[draft.Draft]:
        """ "under the chairmanship of X", "at the invitation of Y"."""
        row = sentence.row
        for place in range(len(row) - 2):
            if row[place].low in _CHAIRING and row[place + 1].low == "of":
                noun = next((n for n in sentence.parse.nouns if place + 2 <= n.first <= place + 4), None)
                if noun is not None and noun.kind == nouns.ACTOR and not noun.is_former:
                    index = next(i for i, c in enumerate(sentence.parse.clauses) if c.first <= place < c.last)
                    return self._make(sentence, sentence.parse.clauses[index], index, noun.codes, "attended", row[place].low)
        return []

    # ------------------------------------------------------------ leads

    def _leads(self, sentence: Sentence, coalition: list[Hit]) -> list[draft.Draft]:
        row = sentence.row
        for group in coalition:
            codes, first, last = self._led_by(sentence, group)
            if not codes:
                codes, first, last = self._who_leads(sentence, group)
            codes = tuple(c for c in codes if c not in _NO_LEADER)
            if codes:
                start = min(first, group.first)
                end = max(last, group.last)
                return [_draft(sentence, code, "leads", row[start].start, row[end].end, "leads") for code in codes]
        return []

    def _led_by(self, sentence: Sentence, group: Hit) -> tuple[tuple[str, ...], int, int]:
        """ "X-led coalition", "coalition led by X and Y", "led by X, the coalition"."""
        row = sentence.row
        for index in range(len(row)):
            if row[index].low not in _LED:
                continue
            if index and row[index - 1].text in "-‑–" and index > 1 and row[index - 2].mention is not None:
                noun = next((n for n in sentence.parse.nouns if n.first <= index - 2 <= n.last), None)
                if 0 <= group.first - index <= 8 and noun is not None:
                    named = tuple(m.code for m in noun.mentions)
                    return named or (row[index - 2].mention.code,), noun.first, index  # type: ignore[union-attr]
            if (
                index + 1 < len(row)
                and row[index + 1].low in ("by", "jointly")
                and self._is_led(sentence, group, index)
            ):
                noun = next(
                    (n for n in sentence.parse.nouns if index < n.first <= index + 4 and n.preposition == "by"), None
                )
                if (
                    noun is not None
                    and noun.codes
                    and not noun.is_former
                    and not _stops_between(sentence, group, index)
                ):
                    return noun.codes, index, noun.last
        return (), 0, 0

    def _is_led(self, sentence: Sentence, group: Hit, index: int) -> bool:
        """ "the coalition led by", "Led by X and Y, the coalition"; a meeting chaired by somebody is another matter."""
        if sentence.row[index].low in ("chaired", "co-chaired") and any(
            h.name == "phrases.meeting" and index - 8 <= h.first < index for h in sentence.parse.hits
        ):
            return False
        if group.last < index:
            return index - group.last <= 24
        return group.first - index <= 12 and (
            index == 0 or sentence.row[index - 1].is_mark or sentence.row[index].low in ("led", "headed", "spearheaded")
        )

    def _who_leads(self, sentence: Sentence, group: Hit) -> tuple[tuple[str, ...], int, int]:
        """ "X and Y lead, are leading, spearheaded efforts to form the coalition"."""
        for index, clause in enumerate(sentence.parse.clauses):
            for hit in clause.hits:
                if (
                    hit.name != "verbs.lead"
                    or sentence.parse.kinds[hit.first] is None
                    or not 0 < group.first - hit.last <= 9
                ):
                    continue
                founding = hit.lemma in _FOUNDING
                if (hit.lemma not in _LEADING and not founding) or group.last >= clause.last + 8:
                    continue
                builds = any(
                    h.name == "verbs.lead" and h.lemma in _FOUNDING and hit.last < h.first < group.first
                    for h in sentence.parse.hits
                )
                if not builds and any(
                    h.name == "phrases.meeting" and hit.last < h.first < group.first + 6 and h.first < group.first
                    for h in sentence.parse.hits
                ):
                    continue
                if any(h.name == "phrases.meeting" and h.first == group.last + 1 for h in sentence.parse.hits):
                    continue
                ops = stance.operators(sentence.parse, clause, clause.first, hit.first)
                if (
                    any(o.kind in (stance.NEGATION, stance.REFUSE, stance.SHOULD) for o in ops)
                    or (founding
                    and hit.lemma not in ("spearhead",)
                    and not any(o.kind == stance.FIRM for o in ops))
                ):
                    if founding:
                        continue
                    return (), 0, 0
                codes = sentence.subjects[index]
                subject = clause.subject
                if codes and subject is not None and subject.kind != nouns.PRIVATE:
                    return codes, min(subject.first, hit.first), hit.last
        return (), 0, 0

    # ------------------------------------------------------------ belongs, weighs, declines, leaves

    def _belongs(self, sentence: Sentence, index: int, clause: Clause, groups: list[Hit]) -> list[draft.Draft]:
        parse, row = sentence.parse, sentence.row
        codes = [c for c in sentence.subjects[index] if c not in _NEVER and c != "EU"]
        voice = sentence.voices[index]
        group = groups[0]
        if any(h.name == "phrases.meeting" and 0 < h.first - group.last <= 3 for h in clause.hits):
            return []
        made: list[draft.Draft] = []
        for hit in clause.hits:
            if (
                hit.name not in ("verbs.join", "verbs.leave")
                or parse.kinds[hit.first] is None
                or not -1 <= group.first - hit.last <= 7
            ):
                continue
            if any(h.name == "phrases.meeting" and hit.last < h.first < group.last + 3 for h in clause.hits):
                continue
            if (
                hit.name == "verbs.leave"
                and hit.lemma in ("end", "terminate", "pause", "suspend", "freeze", "part", "withdraw", "halt")
                and not any(
                    row[i].low in ("participation", "membership", "part", "role", "cooperation", "involvement", "from")
                    for i in range(hit.last, group.first + 1)
                )
            ):
                continue
            called = troops._called(sentence, clause, hit.first)
            pre = [o for o in stance.operators(parse, clause, clause.first, hit.first)]
            state = stance.evaluate([*troops._governors(sentence, index, clause), *pre], stance.ACT)
            status = _join_status(hit.name == "verbs.leave", state, parse.kinds[hit.first], pre)
            if called or status is None or (troops._foreign(voice, codes) and status in ("considering", "declined")):
                continue
            made += self._make(sentence, clause, index, codes, status, hit.lemma)
        if made:
            return made
        return self._member(sentence, index, clause, codes, group)

    def _member(
        self, sentence: Sentence, index: int, clause: Clause, codes: list[str], group: Hit
    ) -> list[draft.Draft]:
        """ "is a member of", "members of the coalition such as X", "part of the coalition"."""
        row, parse = sentence.row, sentence.parse
        before = [row[i].low for i in range(max(clause.first, group.first - 7), group.first)]
        word = next(
            (w for w in before if w in ("member", "members", "part", "participant", "participants", "membership")), None
        )
        following = row[group.last + 1].low if group.last + 1 < len(row) else ""
        if word is None and following in ("member", "members", "participant", "participants"):
            word = following
        if (
            word is not None
            and clause.verb is not None
            and row[clause.verb].low
            in (
                "is",
                "are",
                "'re",
                "remains",
                "remain",
                "was",
                "became",
                "becomes",
                "has",
                "have",
                "will",
                "were",
                "'s",
                "belongs",
            )
        ):
            subject = clause.subject
            state = stance.evaluate(stance.operators(parse, clause, clause.first, group.first), stance.ACT)
            if codes and subject is not None and subject.kind != nouns.FORCE and subject.last < group.first:
                past = row[clause.verb].low in ("was", "were")
                if state in (stance.ACT, stance.YES) and not past:
                    return self._make(sentence, clause, index, codes, "member", word, passing=True)
                if state == stance.NO and word in ("part", "member", "participant"):
                    return self._make(sentence, clause, index, codes, "declined", word)
        listed = self._listed(sentence, clause, group)
        if listed:
            return self._make(sentence, clause, index, listed, "member", "includes", passing=True)
        return []

    def _listed(self, sentence: Sentence, clause: Clause, group: Hit) -> list[str]:
        """ "the coalition, which includes X and Y", "coalition members such as X"."""
        row = sentence.row
        for place in range(group.last + 1, min(len(row), group.last + 9)):
            low = row[place].low
            if row[place].text in ".;":
                return []
            if (
                low in ("includes", "comprises", "including")
                or (low == "such"
                and row[min(place + 1, len(row) - 1)].low == "as")
            ):
                between = [row[i].low for i in range(group.last + 1, place)]
                if any(
                    w in ("meeting", "leaders", "summit", "call", "talks", "plans", "plan", "support", "guarantees")
                    for w in between
                ):
                    return []
                noun = next((n for n in sentence.parse.nouns if place < n.first <= place + 3), None)
                if noun is not None and noun.kind == nouns.ACTOR:
                    return [c for c in noun.codes if c not in _NEVER]
        return []

    # ------------------------------------------------------------ attends

    def _attends(
        self, sentence: Sentence, index: int, clause: Clause, *, meeting: bool, coalition: bool
    ) -> list[draft.Draft]:
        if not (meeting or coalition):
            return []
        parse, row = sentence.parse, sentence.row
        made: list[draft.Draft] = []
        met = [h for h in clause.hits if h.name == "phrases.meeting" and parse.kinds[h.first] is None]
        subject = clause.subject
        if subject is not None and not clause.first <= subject.first < clause.last:  # "the summit, hosted by X"
            met += [h for h in parse.hits if h.name == "phrases.meeting" and subject.first <= h.first <= subject.last]
        for hit in clause.hits:
            if hit.name != "verbs.attend" or parse.kinds[hit.first] is None or hit.lemma in _WEAK_ATTEND:
                continue
            near = [h for h in met if abs(h.first - hit.last) <= 9 or h.first < clause.first]
            if not near and hit.lemma not in _MEETING_VERBS and not (meeting and _ends_bare(row, hit)):
                continue
            if not self._is_ours(sentence, clause, near, meeting=meeting, coalition=coalition):
                continue
            pre = stance.operators(parse, clause, clause.first, hit.first)
            state = stance.evaluate(pre, stance.ACT)
            if state in (stance.NO, stance.VOID, stance.UNDECIDED, stance.WITHDREW) or any(
                o.kind == stance.MAY for o in pre
            ):
                continue
            if not near and any(o.kind in (stance.FIRM, stance.SOFT, stance.WILL) for o in pre):
                continue
            codes: list[str] = []
            if (
                (subject is not None
                and subject.kind in (nouns.ACTOR, nouns.PRONOUN)
                and not subject.is_former
                and parse.kinds[hit.first] != verbs.PARTICIPLE)
                or (
                    subject is not None
                    and parse.kinds[hit.first] == verbs.PARTICIPLE
                    and _has_have(row, clause, hit.first)
                )
            ):
                codes += sentence.subjects[index]
            codes += _companions(sentence, clause, hit)
            made += self._make(sentence, clause, index, codes, "attended", hit.lemma)
        made += self._host(sentence, index, clause, met, meeting=meeting, coalition=coalition)
        for hit in clause.hits:  # "confirmed France's participation in the meeting"
            if hit.name == "phrases.deployment" and hit.lemma == "participation" and any(0 < h.first - hit.last <= 3 for h in met):
                noun = next((n for n in clause.nouns if n.first <= hit.first <= n.last), None)
                if noun is not None and noun.codes:
                    made += self._make(sentence, clause, index, noun.codes, "attended", "participation")
        if not made:
            made += self._present(sentence, index, clause, met, meeting=meeting, coalition=coalition)
        return made

    def _host(
        self, sentence: Sentence, index: int, clause: Clause, met: list[Hit], *, meeting: bool, coalition: bool
    ) -> list[draft.Draft]:
        """The meeting as the subject ("the call will include X"), and who spoke to it or at it ("told a meeting of the coalition")."""
        row, parse = sentence.row, sentence.parse
        if not met or not self._is_ours(sentence, clause, met, meeting=meeting, coalition=coalition):
            return []
        subject = clause.subject
        codes: list[str] = []
        for hit in clause.hits:
            if (
                hit.name == "verbs.attend"
                and hit.lemma
                in ("include", "involve", "bring", "hold", "chair", "co-chair", "host", "convene", "represent")
                and parse.kinds[hit.first] is not None
            ):
                if (
                    subject is not None
                    and subject.last < hit.first
                    and any(subject.first <= h.first <= subject.last or h.first < hit.first for h in met)
                ):
                    if hit.lemma in ("chair", "co-chair", "host", "convene", "hold") and not (
                        hit.last + 1 < len(row) and row[hit.last + 1].low == "by"
                    ):
                        continue
                    codes += [
                        c
                        for n in clause.nouns
                        if n.first > hit.last
                        and n.kind == nouns.ACTOR
                        and not n.is_former
                        and n.preposition in (None, "of", "from", "by", "as")
                        for c in n.codes
                    ]
        if (
            subject is not None
            and subject.kind == nouns.ACTOR
            and not subject.is_former
            and (any(h.name == "phrases.coalition" for h in clause.hits) or (meeting and sentence.index < 3))
        ):
            said = next(
                (h for h in clause.hits if h.name == "verbs.say" and parse.kinds[h.first] == verbs.FINITE), None
            )
            if said is not None and any(
                h.first > said.last
                and (row[h.first - 1].low in ("the", "a", "to", "virtual") or h.first > 1)
                and self._at_meeting(sentence, said, h)
                for h in met
            ):
                codes += subject.codes
        return self._make(sentence, clause, index, codes, "attended", "meeting") if codes else []

    def _at_meeting(self, sentence: Sentence, said: Hit, met: Hit) -> bool:
        """ "told a meeting", "reaffirmed ... during a gathering"."""
        row = sentence.row
        words = {row[i].low for i in range(max(said.last + 1, met.first - 5), met.first)}
        return (
            bool(words & {"during", "at"})
            or (met.first - said.last <= 4
            and row[said.first].low in ("told", "tells", "addressed"))
        )

    def _present(
        self, sentence: Sentence, index: int, clause: Clause, met: list[Hit], *, meeting: bool, coalition: bool
    ) -> list[draft.Draft]:
        """ "the participants were X and Y", "leaders including X and Y" of a meeting named in the clause."""
        row = sentence.row
        leaders = [
            h
            for h in clause.hits
            if h.name == "phrases.leader_noun"
            or (h.name == "phrases.member_noun"
            and any(
                x.lemma in ("bring", "gather", "meet", "join", "attend", "assemble", "bring together", "rally")
                for x in sentence.parse.hits
            ))
        ]
        counted = meeting and any(
            row[h.first - 1].is_number or (h.first > 1 and row[h.first - 2].is_number) for h in leaders if h.first
        )
        if not counted and (not met or not self._is_ours(sentence, clause, met, meeting=meeting, coalition=coalition)):
            return []
        if not leaders:
            return []
        codes: list[str] = []
        for place in range(clause.first, clause.last - 1):
            if row[place].low == "including" or row[place].low == "from" or row[place].low == "among":
                noun = next((n for n in clause.nouns if place < n.first <= place + 2), None)
                if (
                    noun is not None
                    and noun.kind == nouns.ACTOR
                    and not noun.is_former
                    and (len(noun.codes) > 1 or noun.person is not None or row[place].low == "including")
                ):
                    codes += noun.codes
        return self._make(sentence, clause, index, codes, "attended", "leaders") if codes else []

    def _is_ours(self, sentence: Sentence, clause: Clause, met: list[Hit], *, meeting: bool, coalition: bool) -> bool:
        """Whether the meeting in the clause is the coalition's."""
        if any(h.name == "phrases.coalition" for h in sentence.parse.hits) or coalition:
            return True
        row = sentence.row
        for hit in met:
            before = {row[i].low for i in range(max(0, hit.first - 3), hit.first)}
            if before & _OTHER_MEETINGS:
                return False
        return meeting

    def _make(
        self,
        sentence: Sentence,
        clause: Clause,
        index: int,
        codes: Iterable[str],
        status: str,
        why: str,
        *,
        passing: bool = False,
    ) -> list[draft.Draft]:
        start, end = troops._evidence(sentence, clause, index)
        return [
            draft.Draft(
                topic="membership", subject=code, status=status, start=start, end=end, sentence=sentence.index, clause=index,
                rule=f"membership.{status}", why=(why,), in_passing=passing,
            )
            for code in dict.fromkeys(codes)
            if code not in _NEVER
        ]  # fmt: skip


_WEAK_ATTEND = frozenset(
    {
        "bring",
        "include",
        "involve",
        "open",
        "appear",
        "land",
        "fly",
        "come",
        "receive",
        "greet",
        "pose",
        "assemble",
        "represent",
        "travel",
        "hold",
        "invite",
        "welcome",
        "address",
        "call in",
        "sit",
        "dial",
        "speak at",
        "participate",
        "be present",
    }
) - {"participate", "be present", "hold", "address"}
_CHAIRING = frozenset({"chairmanship", "co-chairmanship", "invitation", "chair", "co-chair"})
_GATHERING = frozenset(
    {
        "bring together",
        "rally",
        "gather",
        "meet",
        "convene",
        "host",
        "assemble",
        "attend",
        "join",
        "bring",
        "hold",
        "participate",
        "take part",
    }
)
_MEETING_VERBS = frozenset({"dial in", "dial into", "beam in", "phone in", "log on"})
_OTHER_MEETINGS = frozenset(
    {
        "eu",
        "european",
        "nato",
        "g7",
        "g20",
        "council",
        "bilateral",
        "alaska",
        "cabinet",
        "trilateral",
        "press",
        "news",
        "defense",
        "ramstein",
    }
)


def _join_status(leaving: bool, state: str, kind: str | None, pre: list[stance.Operator]) -> str | None:
    if leaving:
        return {stance.ACT: "left", stance.YES: "left", stance.NO: "member", stance.PERHAPS: None}.get(state)
    if state == stance.ACT:
        return "member" if kind in (verbs.FINITE, verbs.PARTICIPLE) else None
    if state == stance.YES:
        soft = any(
            o.word
            in (
                "plan",
                "intend",
                "want",
                "hope",
                "wish",
                "seek",
                "aim",
                "ready",
                "willing",
                "prepared",
                "ask",
                "offer",
                "readiness",
                "willingness",
                "intention",
                "eager",
                "expect",
            )
            for o in pre
        )
        return "considering" if soft else "member"
    return {
        stance.PERHAPS: "considering",
        stance.UNDECIDED: "considering",
        stance.NO: "declined",
        stance.WITHDREW: "left",
    }.get(state)


def _has_have(row: list, clause: Clause, index: int) -> bool:  # type: ignore[type-arg]
    return any(row[i].low in ("has", "have", "had", "'ve") for i in range(max(clause.first, index - 3), index))


_AFTER_ATTENDING = frozenset(
    {"online", "remotely", "virtually", "by", "via", "from", "too", "in", "as", "and", "at", "also", "along"}
)


def _ends_bare(row: list, hit: Hit) -> bool:  # type: ignore[type-arg]
    """ "Rutte also participated.", "joined online": the meeting is the one that the article is about."""
    if hit.lemma not in (
        "take part",
        "participate",
        "join",
        "attend",
        "be present",
        "be represented",
        "connect",
        "dial in",
    ):
        return False
    following = row[hit.last + 1] if hit.last + 1 < len(row) else None
    return (
        following is None
        or following.is_mark
        or following.low in ("online", "remotely", "virtually", "via", "too")
        or (following.low == "by"
        and row[min(hit.last + 2, len(row) - 1)].low in ("video", "videolink", "phone", "telephone", "video-link"))
    )


def _companions(sentence: Sentence, clause: Clause, hit: Hit) -> list[str]:
    """Others at the meeting: "attended by X", "with X and Y", "alongside X", "joined by X", "hosted X", "including X"."""
    row = sentence.row
    found: list[str] = []
    for noun in clause.nouns:
        if noun.first <= hit.last or noun.kind != nouns.ACTOR or noun.is_former:
            continue
        preposition = noun.preposition
        if preposition in ("by", "alongside", "including", "among") or (preposition == "with" and (noun.person is not None or len(noun.codes) > 1)) or (preposition == "from" and len(noun.codes) > 1) or (
            preposition is None
            and hit.lemma in ("host", "meet", "welcome", "convene", "gather")
            and noun.person is not None
            and row[noun.first - 1].low not in (",",)
        ) or (preposition == "as" and row[noun.first - 2].low == "well"):
            found += noun.codes
    return found


def _is_coalition(sentence: Sentence, hit: Hit, group: bool) -> bool:
    return hit.name == "phrases.coalition" or (
        group and hit.name == "phrases.coalition_loose" and hit.lemma in ("coalition", "cow")
    )


def _stops_between(sentence: Sentence, group: Hit, index: int) -> bool:
    low, high = sorted((group.last, index))
    return any(sentence.row[i].text in ";." for i in range(low, high))


def _draft(sentence: Sentence, code: str, status: str, start: int, end: int, why: str) -> draft.Draft:
    return draft.Draft(
        topic="membership", subject=code, status=status, start=sentence.start + start, end=sentence.start + end, sentence=sentence.index,
        rule=f"membership.{status}", why=(why,),
    )  # fmt: skip
