"""Counts: of countries that belong, attend, sign or contribute, and of soldiers planned. Names no country's own stand."""

from collections.abc import Sequence

from monitor.claims import clauses, draft, numbers, scopes, sizes, tallies, verbs
from monitor.claims.clauses import Clause
from monitor.claims.context import Sentence
from monitor.claims.lexemes import Hit
from monitor.claims.tokens import Token

_LEAST_OF = {"members": 10, "attendees": 5}


# clauses that go on about what a number counts
_GOING_ON = frozenset({clauses.REL, clauses.THAT, clauses.AND, clauses.RESUME, clauses.ING, clauses.WHETHER})


class CountRules:
    """The rules of headcount and force_size."""

    def read(
        self, sentence: Sentence, *, near: bool, force: bool, meeting: bool, group: bool, recent: frozenset[str]
    ) -> list[draft.Draft]:
        """Counts of one sentence. `meeting`: the article is about the coalition's meeting; `group`: the coalition is named in it."""
        if not near or sentence.is_question:
            return []
        made: list[draft.Draft] = []
        for start, end, number, high in numbers.find(sentence.raw):
            place = next((i for i, t in enumerate(sentence.row) if t.start <= start < t.end or t.start >= start), None)
            if place is None:
                continue
            index = sentence.parse.clause_at(place)
            clause = sentence.parse.clauses[index]
            voice = sentence.voices[index]
            if voice is not None and (voice.private or voice.code == "RU"):
                continue
            size = sizes.force(sentence, clause, place, end, number, high, recent) if force else None
            if size is not None:
                made.append(sizes.size_draft(sentence, index, clause, size))
                continue
            counted = tallies.counted(sentence, place, number, high)
            if counted is None or not (group or meeting or force):
                continue
            kind = _kind(sentence, index, clause, counted, meeting=meeting, group=group, recent=recent)
            if kind == "attendees" and tallies.is_share(sentence, counted):
                continue  # "27 of them heads of state"
            if kind is not None and counted.number >= _LEAST_OF.get(kind, tallies.LEAST):
                made.append(_count_draft(sentence, index, clause, counted, kind))
                made += tallies.named(sentence, index, counted, kind)
        return made


def _kind(
    sentence: Sentence,
    index: int,
    clause: Clause,
    counted: sizes.Count,
    *,
    meeting: bool,
    group: bool,
    recent: frozenset[str],
) -> str | None:
    hits = list(clause.hits)
    for following in sentence.parse.clauses[index + 1 :]:
        if following.kind not in _GOING_ON:
            break
        hits += following.hits
    if clause.verb is None:
        hits = sentence.parse.hits
    row, kinds = sentence.row, sentence.parse.kinds
    hits = [h for h in hits if h.name != "verbs.attend" or kinds[h.first] is not None]
    names = {h.name for h in hits}
    before = {t.low for t in row[max(0, counted.first - 6) : counted.first]}
    after_words = [t.low for t in row[counted.last + 1 : counted.last + 14]]
    near = before | set(after_words)
    if counted.leaders:
        return (
            "attendees"
            if (meeting or "phrases.meeting" in names) and ("verbs.attend" in names or "phrases.meeting" in names)
            else None
        )
    if tallies.sends(sentence, counted):
        return "troop_contributors"
    if row[counted.last].low.startswith("signator") or (
        near & {"signed", "sign", "signing", "signatories", "endorsed"} and "up" not in near
    ):
        return "signatories"
    if near & {"interested", "interest"} or _wants(hits, counted):
        return "interested"
    if row[min(counted.last + 1, len(row) - 1)].low in _CLUBS:
        return None  # "the 27-nation bloc"
    hyphened = counted.first + 1 < len(row) and "-" in row[counted.first].text + row[counted.first + 1].text
    if hyphened and any(
        h.name.startswith("phrases.coalition") and 0 <= h.first - counted.last <= 2 for h in sentence.parse.hits
    ):
        return "members"  # "the 31-country coalition"
    envoys = any(
        h.name == "phrases.leader_noun" and 0 < counted.first - h.last <= 5 and row[h.last + 1].low in ("of", "from")
        for h in sentence.parse.hits
    )
    if envoys and (meeting or group or "phrases.meeting" in names) and any(h.name == "verbs.attend" for h in hits):
        return "attendees"
    joins = [
        h for h in hits if h.name == "verbs.join" and 0 < h.first - counted.last <= 4 and kinds[h.first] is not None
    ]
    if (
        joins
        and any(h.name == "phrases.coalition" and 0 < h.first - joins[0].last <= 4 for h in sentence.parse.hits)
        and not _wants(hits, counted)
    ):
        return "members"
    if _promises(sentence, counted):
        return "troop_contributors"
    if _is_membership(sentence, counted, after_words, group):
        # "the 34 other members" are one fewer than there are
        return None if any(t.low == "other" for t in row[counted.first : counted.last + 1]) else "members"
    if (
        row[counted.first - 1].low == "by"
        and row[counted.first - 2].low == "joined"
        and not tallies.is_meetings(sentence, counted)
    ):
        return "members" if "phrases.coalition" in sentence.parse.classes or group else None
    give = [
        h
        for h in hits
        if h.name in ("verbs.send", "verbs.partake", "phrases.deployment")
        and h.lemma in _GIVE
        and h.first > counted.first
        and (kinds[h.first] is not None or h.name == "phrases.deployment")
    ]
    attend = [
        h
        for h in hits
        if h.name == "verbs.attend"
        and h.lemma in _ATTEND
        and not (h.lemma in ("include", "involve", "bring", "host") and h.first > counted.last)
    ]
    is_force = "phrases.force" in names or "phrases.mission" in names
    if (
        give
        and not ("phrases.meeting" in names and attend)
        and (is_force or group or "phrases.mission" in recent)
        and (is_force or any(h.lemma != "be involved" for h in give))
        and (not any(h.name == "phrases.other_send" for h in hits) or is_force)
    ):
        ground = [
            h for h in hits if h.name == "phrases.force" and h.lemma not in ("force", "army", "military", "personnel")
        ]
        ground += [
            h
            for h in give
            if h.lemma in ("join", "take part in", "participate in", "be part of", "be a part of", "serve in")
        ]
        ground += [
            h
            for h in hits
            if (h.name == "phrases.force" and h.lemma == "force")
            or (h.name == "phrases.mission" and row[h.last].low in ("force", "forces"))
            if any(g.name == "verbs.send" and 0 < h.first - g.last <= 4 and not _is_to(row, g, h) for g in give)
        ]  # "deploy a reassurance force", "contribute forces"
        bare = any(h.lemma in ("troop contribution",) for h in hits)
        ground += [
            h
            for h in hits
            if h.name == "phrases.mission"
            and h.lemma.split()[0] in ("peacekeeping", "peace-keeping")
            and any(0 < h.first - g.last <= 3 for g in give)
        ]  # "deploy peacekeeping forces"
        if ground and tallies.or_otherwise(sentence, clause, ground[-1].last):
            return "contributors"
        land = {"land", "ground", "sea"} & {t.low for t in row[clause.first : clause.last + 12]}
        return "troop_contributors" if ground or bare or land else "contributors"
    met = [h for h in clause.hits if h.name == "phrases.meeting"]
    if give and not attend:
        return None  # what they gave or agreed to give is another count
    if (meeting or "phrases.coalition" in names or group) and (
        bool(met)
        or any(
            h.lemma
            in (
                "attend",
                "dial in",
                "gather",
                "be represented",
                "be present",
                "dial into",
                "connect",
                "log on",
                "beam in",
                "take part",
                "convene",
                "meet",
                "bring together",
                "rally",
            )
            for h in attend
        )
    ):
        return "attendees"
    return None


def _is_to(row: Sequence[Token], given: Hit, force: Hit) -> bool:
    """ "contribute to the force": with whatever, not with soldiers."""
    return any(row[place].low in ("to", "towards") for place in range(given.last, force.first))


_GIVE = frozenset(
    (
        "send|deploy|contribute|contribute to|commit|provide|offer|pledge|promise|participate in|enter|participate|"
        "take part in|join|join in|be part of|be a part of|help|help with|support|supply|station|volunteer|"
        "contribution|deployment|dispatch|be involved in|be involved|play * part|role|serve in|put|"
        "troop contribution|participation|be deployed"
    ).split("|")
)

_ATTEND = frozenset(
    (
        "attend|take part|participate|join|gather|meet|be represented|dial in|dial into|connect|log on|convene|host|beam in|be present|"
        "bring|include|involve|assemble"
    ).split("|")
)


def _wants(hits: list[Hit], counted: sizes.Count) -> bool:
    lemmas = {h.lemma for h in hits if h.first >= counted.first - 5}
    return bool(lemmas & {"want", "wish", "hope", "consider", "seek", "expect"}) and any(
        h.name == "verbs.join" for h in hits
    )


_GROWING = frozenset("grow|expand|swell|rise|increase|shrink|fall|extend|widen|balloon".split("|"))


_CLUBS = frozenset("bloc union alliance".split())


def _promises(sentence: Sentence, counted: sizes.Count) -> bool:
    """ "eleven members of the coalition have promised soldiers": what they give is soldiers and nothing else."""
    verb = next(
        (n for n in range(counted.last + 1, len(sentence.row)) if sentence.parse.kinds[n] == verbs.FINITE), None
    )
    if verb is None or any(t.is_mark for t in sentence.row[counted.first : verb]):
        return False
    for hit in sentence.parse.hits:
        if hit.name == "phrases.force" and verb < hit.first <= verb + 4:
            low = {t.low for t in sentence.row[verb : hit.first]}
            return bool(low & _PROMISED) and sentence.row[hit.last].low in _SOLDIERS
    return False


_PROMISED = frozenset("promised pledged offered committed vowed earmarked".split())
_SOLDIERS = frozenset("soldiers troops battalions infantry".split())


def _is_membership(sentence: Sentence, counted: sizes.Count, after_words: list[str], group: bool) -> bool:
    row = sentence.row
    classes = sentence.parse.classes
    if "phrases.coalition" not in classes and not (group and "phrases.coalition_loose" in classes):
        return False
    window = [t.low for t in row[max(0, counted.first - 7) : counted.first]]
    text = " ".join(window)
    joined = row[counted.first].end == row[counted.first + 1].start if counted.first + 1 < len(row) else False
    if joined or counted.first == counted.last or (row[counted.first].is_number and "-" in row[counted.first].text):
        return True
    coalition_before = any(
        h.name in ("phrases.coalition", "phrases.coalition_loose") and 0 < counted.first - h.last <= 9
        for h in sentence.parse.hits
    )
    if (
        coalition_before
        and any(
            w in text
            for w in (
                "of",
                "includes",
                "comprises",
                "comprising",
                "numbers",
                "consists",
                "has",
                "uniting",
                "grown",
                "made up",
                "now",
                "including",
                "involving",
                "grouping",
                "brings",
                "which",
            )
        )
        and not any(w in text for w in ("meeting", "summit", "call", "leaders"))
    ):
        return True
    clause = sentence.parse.clauses[sentence.parse.clause_at(counted.first)]
    subject = clause.subject
    if (
        subject is not None
        and row[counted.first - 1].low == "to"
        and any(h.lemma in _GROWING and h.first < counted.first for h in clause.hits)
        and any(
            h.name in ("phrases.coalition", "phrases.coalition_loose", "phrases.member_noun")
            and subject.first <= h.first <= subject.last + 6
            for h in sentence.parse.hits
        )
    ):
        return True
    if (
        subject is not None
        and subject.last < counted.first
        and any(w in window[-4:] for w in ("includes", "comprises", "numbers", "has", "include", "counts"))
    ) and any(
        h.name in ("phrases.coalition", "phrases.coalition_loose") and subject.first <= h.first <= subject.last + 9
        for h in sentence.parse.hits
    ):
        return True
    if row[counted.last].low in ("members", "member") and not (set(after_words) & {"attended", "sent", "offered"}):
        return True
    tail = " ".join(after_words[:6])
    return any(
        w in tail
        for w in (
            "in the coalition",
            "of the coalition",
            "make up the",
            "belong to",
            "that make up",
            "are members",
            "are part of",
            "have joined the",
            "has joined the",
            "joined the coalition",
            "in the so-called",
        )
    )


def _count_draft(sentence: Sentence, index: int, clause: Clause, counted: sizes.Count, kind: str) -> draft.Draft:
    start, end = scopes.evidence(sentence, clause, index)
    return draft.Draft(
        topic="troops" if kind in ("troop_contributors", "contributors") else "membership",
        subject="COALITION", status="headcount", start=start, end=end, sentence=sentence.index, clause=index,
        number=counted.number, number_max=counted.high, counts=kind, rule=f"count.{kind}",
        why=(sentence.text(counted.first, counted.last),),
    )  # fmt: skip
