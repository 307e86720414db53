"""Shares in a force that name no soldiers, and what is left unsaid because it was spoken of just before."""

from monitor.claims import nouns, setting, verbs
from monitor.claims.clauses import Clause
from monitor.claims.context import Sentence
from monitor.claims.lexemes import Hit

_INTRANSITIVE = frozenset({"deploy", "redeploy", "send", "commit"})


def with_mission(sentence: Sentence, clause: Clause, hit: Hit, scene: setting.Scene) -> setting.Deed | None:
    """ "take part in the force", "join a peacekeeping mission", "deploy to Ukraine", "troop deployment"."""
    row, kinds = sentence.row, sentence.parse.kinds
    if hit.name == "phrases.deployment":
        if kinds[hit.first] is not None:
            return None
        owner = _noun_owner(sentence, hit)
        military = row[hit.last].low in ("deployment", "dispatch", "deployments") or row[hit.first].low in (
            "troop",
            "military",
            "ground",
        )
        target = _mission_after(clause, hit.last, scene) or (
            military and setting.in_ukraine(sentence, hit.last + 1, clause.last)
        )
        owned = bool(owner) and "cues.condition" in clause.classes  # "Spain's participation would require a vote"
        if not target and not owned and not (military and "phrases.force" in scene.recent):
            return None
        return setting.Deed(
            hit.first,
            hit.last,
            owner,
            None,
            setting.no_before(row, hit.first),
            None,
            nominal=True,
            why=row[hit.last].low,
        )
    if kinds[hit.first] is None:
        return None
    if hit.name == "verbs.partake" and hit.lemma not in _VAGUE:
        mission = _mission_after(clause, hit.last, scene)
        if mission is None or any(
            h.name in ("phrases.meeting",) and hit.last < h.first <= mission.last + 3 for h in clause.hits
        ):
            return None
        if mission.first - hit.last > 6 or any(
            h.name == "phrases.support_noun" and hit.last < h.first < mission.first for h in clause.hits
        ):
            return None
        return setting.Deed(
            hit.first, mission.last, (), None, False, hit.first, why=f"{hit.lemma} {row[mission.last].low}"
        )
    if hit.name == "verbs.partake" and hit.lemma in (
        "be on the ground",
        "set foot in",
        "go to @UA",
        "be deployed",
        "be stationed",
        "go there",
        "set foot",
    ):
        if (
            hit.lemma in ("be deployed", "be stationed", "go there", "be on the ground", "set foot")
            and "phrases.force" not in scene.recent
        ):
            return None
        return setting.Deed(hit.first, hit.last, (), None, False, hit.first, why=hit.lemma)
    if hit.name == "verbs.send" and hit.lemma in _INTRANSITIVE and kinds[hit.first] in (verbs.INFINITIVE, verbs.ING):
        following = row[hit.last + 1].low if hit.last + 1 < len(row) else ""
        if (
            following in ("to", "in", "there", "anyone", "anybody", "any", "them")
            and (
                setting.in_ukraine(sentence, hit.last + 1, min(clause.last, hit.last + 6))
                or following in ("there", "anyone", "anybody", "any", "them")
            )
            and "phrases.force" in scene.recent
        ):
            return setting.Deed(
                hit.first, hit.last, (), None, False, hit.first, why=f"{row[hit.first].low} {following}"
            )
    return None


_VAGUE = frozenset({"lead", "send", "help with", "help in", "go", "support", "enter", "be present", "be there", "be absent", "be in", "step into", "operate in",
                    "be deployed", "be stationed", "set foot in", "set foot", "be on the ground", "go to @UA", "go there", "serve", "do so", "do that"})  # fmt: skip

_GOING = frozenset({"take part", "participate", "go", "be present", "be there", "be involved", "join in", "join", "be on the ground", "be part of", "contribute", "go there",
                    "send", "help", "play * part|role", "serve", "be in", "do so", "do that"})  # fmt: skip

_NOBODY = frozenset(
    {"any", "anybody", "anyone", "them", "some", "none", "it", "nobody", "troops", "those", "one", "ours", "either"}
)

_ENDS = frozenset(
    (
        "when once if after there in anywhere now as but and without with or unless together alongside too "
        "militarily on until yet to"
    ).split()
)


def _is_of_other_deed(sentence: Sentence, clause: Clause) -> bool:
    """ "had taken its share and would keep doing so": what the clause before tells is no sending."""
    above = [c for c in sentence.parse.clauses if c.last <= clause.first and c.verb is not None]
    own = any(h.name in _SENDING and h.lemma not in _THE_SAME for h in clause.hits)
    told = [h for c in above[-1:] for h in c.hits if h.name != "verbs.say" and h.lemma != "have"]
    return bool(told) and not own and not any(h.name in _SENDING for h in told)


_THE_SAME = frozenset({"do so", "do that"})
_SENDING = frozenset({"verbs.send", "verbs.partake", "phrases.force", "phrases.mission", "phrases.deployment"})


def elliptical(sentence: Sentence, clause: Clause, hit: Hit, scene: setting.Scene) -> setting.Deed | None:
    """ "taking part", "won't be providing any", "isn't going anywhere": what is left unsaid is the force, spoken of just before."""
    if (
        not scene.recent & {"phrases.force", "phrases.mission", "phrases.deployment"}
        or sentence.parse.kinds[hit.first] is None
    ):
        return None
    if hit.lemma in _THE_SAME and _is_of_other_deed(sentence, clause):
        return None
    if hit.lemma == "contribute" and any(
        t.low in ("neighbouring", "neighboring", "adjacent") for t in sentence.row[hit.last + 1 : hit.last + 6]
    ):
        return setting.Deed(hit.first, hit.last, (), None, False, hit.first, why="contribute from next door")
    if clause.classes & {"phrases.meeting", "phrases.other_matter", "phrases.coalition", "phrases.support_noun"}:
        return None
    row = sentence.row
    following = row[hit.last + 1] if hit.last + 1 < len(row) else None
    if hit.name == "verbs.send" and hit.lemma in (
        "send",
        "provide",
        "deploy",
        "contribute",
        "commit",
        "offer",
        "supply",
    ):
        end = _bare_number(sentence, clause, hit.last + 1)
        if end is not None:
            why = f"{row[hit.first].low} a number"
            return setting.Deed(hit.first, end, (), None, False, hit.first, why=why, figure=(hit.first, end))
        if following is not None and following.low in _NOBODY:
            return setting.Deed(
                hit.first,
                hit.last + 1,
                (),
                None,
                following.low in ("nobody", "none"),
                hit.first,
                why=f"{row[hit.first].low} {following.low}",
            )
        return None
    if (
        hit.name == "verbs.partake"
        and hit.lemma in ("be involved in", "participate in", "take part in", "be in")
        and setting.in_ukraine(sentence, hit.last + 1, hit.last + 3)
    ):
        return setting.Deed(hit.first, hit.last, (), None, False, hit.first, why=hit.lemma)
    if hit.name != "verbs.partake" or hit.lemma not in _GOING:
        return None
    end = following is None or following.is_mark or following.low in _ENDS
    if (
        hit.lemma == "go"
        and following is not None
        and following.low == "to"
        and not setting.in_ukraine(sentence, hit.last + 1, hit.last + 4)
    ):
        return None
    if hit.lemma == "go" and row[hit.first].low == "going" and following is not None and following.low == "to":
        return None
    if hit.lemma in ("join", "contribute", "send", "help", "be part of", "be in", "serve", "be involved") and not (
        following is None or following.is_mark or following.low in ("it", "in", "if", "when", "once", "there")
    ):
        return None
    if not end or (
        following is not None
        and following.low == "in"
        and not (
            setting.in_ukraine(sentence, hit.last + 1, hit.last + 5)
            or row[min(hit.last + 2, len(row) - 1)].low in ("it", "this", "that", "any", "such")
        )
    ):
        return None
    return setting.Deed(hit.first, hit.last, (), None, False, hit.first, why=hit.lemma)


def _bare_number(sentence: Sentence, clause: Clause, place: int) -> int | None:
    """ "to send between 5,000 and 10,000.": the last token of a number that stands for soldiers."""
    row = sentence.row
    first = place
    while place < clause.last and (row[place].is_number or row[place].low in _ROUND):
        place += 1
    if not any(t.is_number for t in row[first:place]) or (place < len(row) and not row[place].is_mark):
        return None
    return place - 1


_ROUND = frozenset("between and up to about around some roughly nearly at least more than over as many".split())
_OTHER_TALK = frozenset(
    "phrases.other_matter phrases.meeting phrases.support_noun phrases.guarantee phrases.backstop".split()
)
_TALK = frozenset("discussion talk call debate".split())  # "the whole discussion is premature": the one on the force
_THINKING = frozenset("consider|weigh|mull|contemplate|look at|think about|examine|study|explore|discuss".split("|"))
_DOORS = frozenset(["rule out", "rule * out", "exclude", "reject", "dismiss"])
_SUCH = frozenset("it that this anything nothing such idea option scenario".split())


def unsaid(sentence: Sentence, clause: Clause, scene: setting.Scene) -> setting.Deed | None:
    """A stance alone ("no decision has been made", "we have not ruled it out") on the force spoken of just before."""
    if not scene.recent & {"phrases.force", "phrases.deployment", "phrases.mission"} or any(
        h.name in _OTHER_TALK and not (h.name == "phrases.meeting" and h.lemma in _TALK) for h in clause.hits
    ):
        return None
    row = sentence.row
    if clause.last < len(row) and row[clause.last].low == "that" and "verbs.refuse" in clause.classes:
        return None  # "ruled out that it would recognise Kosovo": what is ruled out stands there
    for hit in clause.hits:
        if clause.verb is not None and row[clause.verb].low == "be":
            continue  # "that no decision be made without Ukraine"
        if (
            hit.name == "cues.undecided"
            and hit.lemma.startswith(("too ", "premature"))
            and not _is_of_words(sentence, hit)
        ):
            continue  # "too early to claim a breakthrough"
        if hit.name == "cues.undecided" or _is_on_it(sentence, hit) or "door" in hit.lemma:
            words = sentence.text(hit.first, hit.last).lower()
            return setting.Deed(hit.last + 1, hit.last, (), None, False, None, nominal=True, why=words)
    return None


_WORDS = frozenset(
    "talk speak discuss say decide tell commit comment know determine speculate consider think send deploy make give answer "
    "predict pledge promise go be specify detail draw judge assess reach take have".split()
)


def _is_of_words(sentence: Sentence, hit: Hit) -> bool:
    """Whether it is too early to say or decide, or for nothing named."""
    row = sentence.row
    if hit.last + 2 >= len(row) or row[hit.last + 1].low != "to":
        return True
    return not _WORDS.isdisjoint(row[hit.last + 2].keys)


def _is_on_it(sentence: Sentence, hit: Hit) -> bool:
    """ "has not ruled it out", "we will consider it": a verb of refusing or thinking whose object is a mere pronoun."""
    row = sentence.row
    if sentence.parse.kinds[hit.first] is None:
        return False
    if hit.name == "verbs.refuse" and hit.lemma in _DOORS:
        return any(t.low in _SUCH for t in row[hit.first : hit.last + 4])
    if hit.name == "verbs.soft" and hit.lemma in _THINKING and hit.last + 1 < len(row):
        following = row[hit.last + 2] if hit.last + 2 < len(row) else None
        return row[hit.last + 1].low in ("it", "that") and (following is None or following.is_mark)
    return False


def _mission_after(clause: Clause, last: int, scene: setting.Scene) -> Hit | None:
    spoken_of = bool(scene.recent & {"phrases.mission", "phrases.force", "phrases.deployment"})
    for hit in clause.hits:
        is_mission = hit.name == "phrases.mission" or (spoken_of and hit.name == "phrases.mission_loose")
        if is_mission and last < hit.first <= last + 9:
            return hit
    return None


def _noun_owner(sentence: Sentence, hit: Hit) -> tuple[str, ...]:
    """ "German participation", "Turkey's deployment"."""
    noun = nouns.at(sentence.parse.nouns, hit.first, hit.last)
    if noun is None:
        return ()
    return tuple(c for c in noun.codes if c not in setting.NO_SENDER)
