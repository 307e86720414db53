"""Who leads the coalition: by its name ("X-led"), by an agent ("led by"), by a verb ("spearhead efforts to form")."""

from monitor.claims import draft, nouns, roles, stance
from monitor.claims.context import Sentence
from monitor.claims.lexemes import Hit

_NO_LEADER = roles.NEVER | {"UA", "EU", "NATO", "US"}

_LEADING = frozenset(("lead co-lead head co-head spearhead chair co-chair steer drive helm front champion").split())

_FOUNDING = frozenset(
    (
        "form|assemble|build|establish|create|launch|forge|set up|found|co-found|pull together|put together|"
        "bring together"
    ).split("|")
)

_LED = frozenset(
    {"led", "co-led", "headed", "spearheaded", "steered", "chaired", "co-chaired", "driven", "helmed", "fronted"}
)


def _stops_between(sentence: Sentence, group: Hit, index: int) -> bool:
    low, high = sorted((group.last, index))
    return any(sentence.row[i].text in ";." for i in range(low, high))


def _draft(sentence: Sentence, code: str, status: str, start: int, end: int, why: str) -> draft.Draft:
    return draft.Draft(
        topic="membership", subject=code, status=status, start=sentence.start + start, end=sentence.start + end, sentence=sentence.index,
        rule=f"membership.{status}", why=(why,),
    )  # fmt: skip


def leads(sentence: Sentence, coalition: list[Hit]) -> list[draft.Draft]:
    row = sentence.row
    for group in coalition:
        codes, first, last = _led_by(sentence, group)
        if not codes:
            codes, first, last = _who_leads(sentence, group)
        if not codes:
            codes, first, last = _led_bare(sentence, group)
        codes = tuple(c for c in codes if c not in _NO_LEADER)
        if codes:
            start = min(first, group.first)
            end = max(last, group.last)
            return [_draft(sentence, code, "leads", row[start].start, row[end].end, "leads") for code in codes]
    return []


def _led_by(sentence: Sentence, group: Hit) -> tuple[tuple[str, ...], int, int]:
    """ "X-led coalition", "coalition led by X and Y", "led by X, the coalition"."""
    row = sentence.row
    for index in range(len(row)):
        if row[index].low not in _LED:
            continue
        if index and row[index - 1].text in "-‑–" and index > 1 and row[index - 2].mention is not None:
            noun = nouns.at(sentence.parse.nouns, index - 2)
            if 0 <= group.first - index <= 8 and noun is not None:
                named = tuple(m.code for m in noun.mentions)
                return named or (row[index - 2].mention.code,), noun.first, index  # type: ignore[union-attr]
        if index + 1 < len(row) and row[index + 1].low in ("by", "jointly") and _is_led(sentence, group, index):
            noun = next(
                (n for n in sentence.parse.nouns if index < n.first <= index + 4 and n.preposition == "by"), None
            )
            if noun is not None and noun.codes and not noun.is_former and not _stops_between(sentence, group, index):
                return noun.codes, index, noun.last
    return (), 0, 0


def _led_bare(sentence: Sentence, group: Hit) -> tuple[tuple[str, ...], int, int]:
    """ "the coalition they lead", "the coalition that Paris and London head"."""
    row = sentence.row
    noun = next((n for n in sentence.parse.nouns if group.last < n.first <= group.last + 2), None)
    if noun is None or noun.kind not in (nouns.ACTOR, nouns.PRONOUN) or noun.is_former or noun.last + 1 >= len(row):
        return (), 0, 0
    verb = next(
        (h for h in sentence.parse.hits if h.name == "verbs.lead" and noun.last < h.first <= noun.last + 3), None
    )
    if verb is None or verb.lemma not in _LEADING or _stops_between(sentence, group, verb.first):
        return (), 0, 0
    codes = noun.codes
    if noun.kind == nouns.PRONOUN:
        codes = sentence.subjects[sentence.parse.clause_at(group.first)] if noun.head in ("they", "it") else ()
    return codes, noun.first, verb.last


def _is_led(sentence: Sentence, group: Hit, index: int) -> bool:
    """ "the coalition led by", "Led by X and Y, the coalition"; a meeting chaired by somebody is another matter."""
    if sentence.row[index].low in ("chaired", "co-chaired") and any(
        h.name == "phrases.meeting" and index - 11 <= h.first < index for h in sentence.parse.hits
    ):
        return False
    if group.last < index:
        return index - group.last <= 24
    return group.first - index <= 12 and (
        index == 0 or sentence.row[index - 1].is_mark or sentence.row[index].low in ("led", "headed", "spearheaded")
    )


def _who_leads(sentence: Sentence, group: Hit) -> tuple[tuple[str, ...], int, int]:
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
            if founding and group.name == "phrases.mission":
                continue  # "pledged to establish a multinational force"
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
            if any(o.kind in (stance.NEGATION, stance.REFUSE, stance.SHOULD) for o in ops) or (
                founding and not any(o.kind == stance.FIRM for o in ops)
            ):
                if founding:
                    continue
                return (), 0, 0
            codes = sentence.subjects[index]
            subject = clause.subject
            if codes and subject is not None and subject.kind != nouns.PRIVATE:
                for noun in clause.nouns:  # "has teamed up with Starmer to lead"
                    if (
                        noun.kind == nouns.ACTOR
                        and noun.preposition in ("with", "alongside")
                        and (subject.last < noun.first < hit.first or noun.preposition == "alongside")
                    ):
                        codes += noun.codes
                return codes, min(subject.first, hit.first), hit.last
    return (), 0, 0
