"""The closed word classes of English that the grammar needs. Words only; no rules."""

DETERMINERS = frozenset(
    (
        "the a an this that these those its his her their our my your any some every each no another such both all "
        "either neither several many most more few other certain whose own"
    ).split()
)
PREPOSITIONS = frozenset(
    (
        "in on at of to from by with for about into onto over under between among amongst across through during "
        "without within against toward towards upon near inside outside around behind beyond despite via per than "
        "like alongside along amid amidst besides except including regarding concerning following since until till "
        "unlike versus off out as throughout"
    ).split()
)
MODALS = frozenset(("will would shall should can could may might must ll wo ca sha cannot 'll ’ll 'd ’d").split())
AUXILIARIES = frozenset(
    ("be is are was were am been being has have had having do does did 're ’re 've ’ve 'm ’m ai").split()
)
FINITE_AUX = frozenset(("is are was were am has have had do does did 're ’re 've ’ve 'm ’m ai").split())
# who holds an office or speaks for one who does
OFFICES = frozenset(
    "minister president chancellor premier spokesman spokeswoman spokesperson secretary general envoy ambassador official".split()
)
CALENDAR = frozenset(
    "monday tuesday wednesday thursday friday saturday sunday january february march april may june july august september october november "
    "december week month year spring summer autumn winter weekend today yesterday tomorrow tonight".split()
)
NEGATIONS = frozenset(["not", "n't", "never", "neither", "nor", "no", "none", "nobody", "nothing", "cannot", "without"])
COORDINATORS = frozenset(["and", "but", "or", "yet", "nor"])
SUBORDINATORS = {
    "if": "if", "unless": "if", "whether": "whether", "when": "when", "once": "when", "after": "when", "before": "when", "until": "when", "till": "when",
    "while": "while", "whereas": "while", "whilst": "while", "although": "although", "though": "although", "because": "because",
    "since": "because", "as": "as", "so": "so", "provided": "if", "lest": "if", "where": "rel", "why": "wh", "how": "wh", "what": "wh", "despite": "although",
}  # fmt: skip
RELATIVES = frozenset(["which", "who", "whom", "whose", "that"])
PARTITIVES = frozenset("none all both neither some most each many".split())  # before "of which"
PRONOUNS = {
    "i": "i", "we": "we", "us": "we", "he": "he", "she": "he", "him": "he", "her": "he", "it": "it", "they": "they", "them": "they", "both": "they",
    "this": "this", "that": "this", "these": "this", "those": "this", "you": "you", "everyone": "all", "everybody": "all", "anyone": "all",
    "anybody": "all", "someone": "all", "nobody": "nobody", "none": "nobody", "who": "who", "there": "there", "others": "others", "many": "others",
    "some": "others", "one": "one", "neither": "they", "i’m": "i", "ours": "we", "mine": "i", "himself": "he", "herself": "he", "itself": "it",
}  # fmt: skip
ADVERBS = frozenset(
    (
        "also still now already only just even ever then again soon later earlier today yesterday tomorrow tonight "
        "however meanwhile instead therefore perhaps maybe possibly rather quite very too so well here there once "
        "twice first further alone together apart ahead away back forward yet almost nearly about roughly around "
        "almost thus hence moreover nonetheless nevertheless otherwise indeed simply merely certainly probably "
        "clearly obviously apparently reportedly allegedly initially finally eventually ultimately long never not "
        "n't jointly formally officially publicly privately repeatedly recently previously currently formerly"
    ).split()
)
# adjectives that say something of a noun before them and do not belong to it
PREDICATIVE = frozenset(
    (
        "ready willing open prepared unwilling reluctant able unable keen eager poised determined according likely "
        "unlikely due such"
    ).split()
)
LY_NOUNS = frozenset("ally family supply reply assembly daily monopoly anomaly weekly monthly friendly early".split())
QUOTES_OPEN = "“«„"
QUOTES_CLOSE = "”»"
# nouns that have the form of a verb: a verb only where the place asks for one
NOUN_LIKE = frozenset(
    (
        "plan pledge offer call talk support force move visit vote demand request promise claim report hope fear "
        "attack strike cost risk work host head lead part signal back note state stress comment answer deal aid "
        "share use end start stand face pact agreement base post train arm fund finance police patrol guard train "
        "bid place position station field ship land house approach address act change fall rise cut increase lack "
        "look meeting talks view line house test study review debate measure step stop question process exchange "
        "attempt project design effect sign last concern interest welcome guarantee commitment fight play tour "
        "mark name rule run result pause exit quit split push press pull drive cause charge control cover doubt "
        "estimate focus hand labour labor limit matter order point power practice present pressure produce reform "
        "release return search second set shift stake stay supply threat transfer travel trust turn walk waste win "
        "wish draft block contribute chair delegate envoy link leak brief echo shape map boost challenge decline "
        "delay delegate dispatch discourse dispute drop vow appeal bar beam bear bill bow brand break camp club "
        "consult contest contract cross dial dig ditch evidence feature figure flag float form frame freeze front "
        "gather halt harbor hold hurry judge jump land launch level lobby match mind mount number object open "
        "orchestrate own pass pay pose preserve proceed quote reach read rank record refuse regard remark repeat "
        "reply retreat row sail sanction scale scrap seat secure sense share shelve sketch snub source spare stall "
        "steer stem store subject surface tap target task tip tow trade tweet veto voice wait warrant watch worry"
    ).split()
)
