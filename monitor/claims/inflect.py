"""English word forms: from a form to its base forms, for the words that the watch's lists name. Knows no text and no topic."""

_IRREGULAR = {
    "be": ("is", "was", "been", "being"), "have": ("has", "had", "had", "having"), "do": ("does", "did", "done", "doing"),
    "become": ("becomes", "became", "become", "becoming"), "begin": ("begins", "began", "begun", "beginning"),
    "bring": ("brings", "brought", "brought", "bringing"), "build": ("builds", "built", "built", "building"),
    "buy": ("buys", "bought", "bought", "buying"), "choose": ("chooses", "chose", "chosen", "choosing"),
    "come": ("comes", "came", "come", "coming"), "cut": ("cuts", "cut", "cut", "cutting"),
    "deal": ("deals", "dealt", "dealt", "dealing"), "draw": ("draws", "drew", "drawn", "drawing"),
    "drive": ("drives", "drove", "driven", "driving"), "fall": ("falls", "fell", "fallen", "falling"),
    "fight": ("fights", "fought", "fought", "fighting"), "find": ("finds", "found", "found", "finding"),
    "fly": ("flies", "flew", "flown", "flying"), "forbid": ("forbids", "forbade", "forbidden", "forbidding"),
    "freeze": ("freezes", "froze", "frozen", "freezing"), "get": ("gets", "got", "got", "getting"),
    "give": ("gives", "gave", "given", "giving"), "go": ("goes", "went", "gone", "going"),
    "grow": ("grows", "grew", "grown", "growing"), "hold": ("holds", "held", "held", "holding"),
    "keep": ("keeps", "kept", "kept", "keeping"), "know": ("knows", "knew", "known", "knowing"),
    "lead": ("leads", "led", "led", "leading"), "leave": ("leaves", "left", "left", "leaving"),
    "lend": ("lends", "lent", "lent", "lending"), "let": ("lets", "let", "let", "letting"),
    "lose": ("loses", "lost", "lost", "losing"), "make": ("makes", "made", "made", "making"),
    "mean": ("means", "meant", "meant", "meaning"), "meet": ("meets", "met", "met", "meeting"),
    "pay": ("pays", "paid", "paid", "paying"), "put": ("puts", "put", "put", "putting"),
    "quit": ("quits", "quit", "quit", "quitting"), "read": ("reads", "read", "read", "reading"),
    "rise": ("rises", "rose", "risen", "rising"), "run": ("runs", "ran", "run", "running"),
    "say": ("says", "said", "said", "saying"), "see": ("sees", "saw", "seen", "seeing"),
    "seek": ("seeks", "sought", "sought", "seeking"), "sell": ("sells", "sold", "sold", "selling"),
    "send": ("sends", "sent", "sent", "sending"), "set": ("sets", "set", "set", "setting"),
    "show": ("shows", "showed", "shown", "showing"), "sit": ("sits", "sat", "sat", "sitting"),
    "speak": ("speaks", "spoke", "spoken", "speaking"), "spell": ("spells", "spelled", "spelt", "spelling"),
    "spend": ("spends", "spent", "spent", "spending"), "split": ("splits", "split", "split", "splitting"),
    "stand": ("stands", "stood", "stood", "standing"), "swear": ("swears", "swore", "sworn", "swearing"),
    "take": ("takes", "took", "taken", "taking"), "tell": ("tells", "told", "told", "telling"),
    "think": ("thinks", "thought", "thought", "thinking"), "throw": ("throws", "threw", "thrown", "throwing"),
    "undertake": ("undertakes", "undertook", "undertaken", "undertaking"),
    "understand": ("understands", "understood", "understood", "understanding"), "win": ("wins", "won", "won", "winning"),
    "withdraw": ("withdraws", "withdrew", "withdrawn", "withdrawing"), "write": ("writes", "wrote", "written", "writing"),
    "hear": ("hears", "heard", "heard", "hearing"), "feel": ("feels", "felt", "felt", "feeling"),
    "bear": ("bears", "bore", "borne", "bearing"), "hit": ("hits", "hit", "hit", "hitting"),
    "rebuild": ("rebuilds", "rebuilt", "rebuilt", "rebuilding"), "convene": ("convenes", "convened", "convened", "convening"),
}  # fmt: skip
_DOUBLING = frozenset(
    {"commit", "plan", "stop", "drop", "rebuff", "admit", "permit", "scrap", "step", "ship", "submit", "refer", "nod", "tap",
     "prefer", "equip", "chat", "ban", "beg", "flag", "lag", "rid", "spur", "stem", "wrap", "slip", "shrug", "pin", "snub", "trim"}
)  # fmt: skip
_BOTH = frozenset({"signal", "cancel", "travel", "counsel", "label", "model", "dial"})  # signaled and signalled
_IRREGULAR_PLURALS = {"men": "man", "women": "woman", "people": "person", "allies": "ally", "countries": "country"}
_VOWELS = "aeiou"

S, PAST, PART, ING, BASE = "s", "past", "part", "ing", "base"


def verb_forms(lemma: str) -> dict[str, set[str]]:
    """Each form of a verb with the names of the forms that it can be."""
    out: dict[str, set[str]] = {}

    def add(form: str, name: str) -> None:
        out.setdefault(form, set()).add(name)

    add(lemma, BASE)
    if lemma in _IRREGULAR:
        for form, name in zip(_IRREGULAR[lemma], (S, PAST, PART, ING), strict=True):
            add(form, name)
        if lemma == "be":
            for form in ("are", "am"):
                add(form, S)
            add("were", PAST)
        return out
    stem, last = lemma, lemma[-1]
    if lemma.endswith("e"):
        stem = lemma[:-1]
    elif last == "y" and lemma[-2] not in _VOWELS:
        add(lemma[:-1] + "ies", S)
        for name in (PAST, PART):
            add(lemma[:-1] + "ied", name)
        add(lemma + "ing", ING)
        return out
    add(lemma + ("es" if lemma.endswith(("s", "sh", "ch", "x", "z", "o")) else "s"), S)
    stems = [stem]
    if lemma in _DOUBLING:
        stems = [lemma + last]
    elif lemma in _BOTH:
        stems = [lemma, lemma + last]
    for one in stems:
        add(one + "ed", PAST)
        add(one + "ed", PART)
        add(one + "ing", ING)
    return out


def plural(noun: str) -> str:
    """The regular plural of a noun."""
    for form, base in _IRREGULAR_PLURALS.items():
        if noun == base:
            return form
        if noun.endswith(base) and base in ("man", "woman"):
            return noun.removesuffix(base) + form
    if noun.endswith("y") and noun[-2:-1] not in _VOWELS:
        return noun[:-1] + "ies"
    if noun.endswith(("s", "sh", "ch", "x")):
        return noun + "es"
    return noun + "s"
