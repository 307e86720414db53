"""What the claim engine makes of single sentences: a table for each capability. All sentences are our own."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from monitor import types, watch
from monitor.claims import engine as claim_engine
from monitor.claims import numbers, weights

OPENING = "Ukraine needs peacekeepers from the coalition of the willing after a ceasefire in Ukraine. "
ENGINE = claim_engine.Engine(replace(watch.load_watch(), learned=weights.Weights()))  # the rules alone


def article(text: str, *, published: datetime | None = datetime(2025, 9, 5, tzinfo=UTC)) -> types.Article:
    return types.Article(
        id="t",
        url=None,
        outlet="Daily Example",
        title="Coalition of the willing for Ukraine",
        text=text,
        published=published,
    )


def read(sentence: str) -> list[types.Claim]:
    return list(ENGINE.read(article(OPENING + sentence)).claims)


def said(sentence: str) -> set[tuple[str, str, str]]:
    return {(str(c.topic), c.subject, c.status) for c in read(sentence)}


STANDS = [
    ("Ireland is ready to send its servicemen to Ukraine as peacekeepers, Micheál Martin said.", "IE", "pledged"),
    ("Italy will not send soldiers to Ukraine, Giorgia Meloni said.", "IT", "ruled_out"),
    ("No Greek soldiers will be deployed to Ukraine.", "GR", "ruled_out"),
    ('"Not a single Polish soldier will be sent to Ukraine," Tusk said.', "PL", "ruled_out"),
    ("Norway does not rule out contributing soldiers to the force, Støre said.", "NO", "open"),
    ("Denmark is open to sending peacekeepers to Ukraine.", "DK", "open"),
    ("Spain has made no decision on taking part in a peace force for Ukraine.", "ES", "undecided"),
    ("Boris Pistorius said it was premature to discuss sending German soldiers.", "DE", "undecided"),
    ("The Bundestag would need to approve any deployment of the Bundeswehr.", "DE", "conditional"),
    ("Latvia is willing to send troops if the United States provides a backstop.", "LV", "conditional"),
    ("Canada has pledged to send troops to Ukraine.", "CA", "pledged"),
    ("Denmark is in principle ready to send soldiers to Ukraine.", "DK", "pledged"),
    ("Belgium is no longer prepared to send soldiers to Ukraine.", "BE", "withdrew"),
    ("Luxembourg will contribute financially to the force.", "LU", "support_only"),
    ("The Czech Republic will not contribute troops to the force, the Czech premier said.", "CZ", "ruled_out"),
]


@pytest.mark.parametrize(("sentence", "subject", "status"), STANDS)
def test_a_countrys_stand_on_troops(sentence: str, subject: str, status: str) -> None:
    assert ("troops", subject, status) in said(sentence)


US_STANDS = [
    ("Starmer has repeatedly said that a US backstop would be essential.", "sought", ("general",)),
    ("The US has not committed to providing a backstop.", "uncommitted", ("general",)),
    ('Trump said there would be "no American boots on the ground" in Ukraine.', "refused", ("ground_troops",)),
    ("The United States will not share intelligence with the force.", "refused", ("intelligence",)),
    ("Rubio said the US was working with European allies on security guarantees.", "discussed", ("guarantee",)),
    ("Trump said on Tuesday he was prepared to support European troops with air power.", "offered", ("air",)),
    (
        "The United States will lead a ceasefire monitoring mechanism, the declaration says.",
        "committed",
        ("surveillance",),
    ),
    ("The Trump administration has withdrawn its offer of a security guarantee.", "withdrawn", ("guarantee",)),
    (
        "Zelenskyy called on the United States to provide air defence and intelligence.",
        "sought",
        ("air", "intelligence"),
    ),
]


@pytest.mark.parametrize(("sentence", "status", "components"), US_STANDS)
def test_the_us_part_by_component(sentence: str, status: str, components: tuple[str, ...]) -> None:
    found = {(c.status, c.components) for c in read(sentence) if c.topic is types.Topic.BACKSTOP}
    assert (status, components) in found


MEMBERSHIPS = [
    ("The coalition of the willing, led by Britain and France, is drawing up plans.", "GB", "leads"),
    ("Ireland has joined the coalition of the willing, Martin said.", "IE", "member"),
    ("Japan and New Zealand joined the coalition of the willing meeting online.", "NZ", "attended"),
    ("Hungary and Slovakia have refused to join the coalition.", "SK", "declined"),
    ("The Czech Republic, Bulgaria and New Zealand have left the coalition.", "BG", "left"),
    ("South Korea is considering whether to become a member of the coalition of the willing.", "KR", "considering"),
]


@pytest.mark.parametrize(("sentence", "subject", "status"), MEMBERSHIPS)
def test_membership(sentence: str, subject: str, status: str) -> None:
    assert ("membership", subject, status) in said(sentence)


COUNTS = [
    ("More than 30 countries took part in the virtual meeting.", "headcount", 30, None, "attendees"),
    ("The coalition of the willing, which includes 35 countries, met.", "headcount", 35, None, "members"),
    ("Ten countries are ready to send troops, Bloomberg reported.", "headcount", 10, None, "troop_contributors"),
    ("Twenty-nine countries have signed the declaration of the coalition.", "headcount", 29, None, "signatories"),
    ("The force could number between 10,000 and 30,000 troops, officials said.", "force_size", 10000, 30000, None),
]


@pytest.mark.parametrize(("sentence", "status", "number", "number_max", "counts"), COUNTS)
def test_figures_with_what_they_count(
    sentence: str, status: str, number: int, number_max: int | None, counts: str | None
) -> None:
    assert (status, number, number_max, counts) in {
        (c.status, c.number, c.number_max, c.counts) for c in read(sentence)
    }


SILENT = [
    "Would Germany send troops to Ukraine?",
    "If Germany were to send troops, it would be a turning point.",
    "Starmer urged Germany to send troops.",
    "An analyst said Germany could send a brigade.",
    "Russia would not accept European troops in Ukraine, Lavrov said.",
    "Opposition politician John Smithson said Britain would send troops to Ukraine.",
    "A poll found that 40 percent of Germans support sending troops.",
]


@pytest.mark.parametrize("sentence", SILENT)
def test_what_makes_no_claim(sentence: str) -> None:
    assert said(sentence) == set()


OTHER_MATTERS = [
    "The coalition of the willing that invaded Iraq in 2003 included Poland and Spain. Britain sent troops to Iraq.",
    "A coalition of the willing on migration met in Rome. Italy and Denmark lead the coalition of the willing.",
    "Kenya will send soldiers to Haiti as part of a security force against the gangs. Haiti waits for troops.",
]


@pytest.mark.parametrize("text", OTHER_MATTERS)
def test_other_coalitions_and_forces_are_off_topic(text: str) -> None:
    plain = types.Article(id="o", url=None, outlet="", title="News", text=text, published=None)
    reading = ENGINE.read(plain)
    assert (reading.relevant, reading.claims) == (False, ())


def test_the_holder_of_an_office_depends_on_the_date() -> None:
    text = OPENING + "The German chancellor said Germany would not send troops to Ukraine."
    speakers = [
        ENGINE.read(article(text, published=day)).claims[-1].speaker
        for day in (datetime(2025, 3, 1, tzinfo=UTC), datetime(2025, 9, 1, tzinfo=UTC))
    ]
    assert speakers == ["Olaf Scholz", "Friedrich Merz"]


def test_pronouns_stand_for_the_last_speaker() -> None:
    text = 'Tusk spoke to reporters in Warsaw. "We will not send troops to Ukraine," he said.'
    claims = [c for c in read(text) if c.status == "ruled_out"]
    assert [(c.subject, c.speaker, c.official) for c in claims] == [("PL", "Donald Tusk", True)]


def test_origin_is_the_credited_outlet() -> None:
    claims = read("Ten countries are ready to send troops to Ukraine, Bloomberg reported.")
    assert [c.origin for c in claims] == ["Bloomberg"]


HE_SAYS = "President Volodymyr Zelensky told Bloomberg that Norway will send troops to Ukraine. "


@pytest.mark.parametrize(
    ("title", "text", "origin"),
    [
        ("Bloomberg: Norway ready for force", "Norway will send troops to Ukraine.", "Bloomberg"),
        ("Norway ready for force – Bloomberg", "Norway will send troops to Ukraine.", "Bloomberg"),
        ("Bloomberg: force takes shape", "Background: Norway will send troops to Ukraine.", None),
        ("Norway ready for force", "Norway will send troops to Ukraine.", None),
    ],
)
def test_a_headline_credits_what_is_news_and_not_the_background(title: str, text: str, origin: str | None) -> None:
    read_from = replace(article(OPENING + text), title=title)
    (claim,) = [c for c in ENGINE.read(read_from).claims if c.subject == "NO"]
    assert claim.origin == origin


def test_who_spoke_to_an_outlet_spoke_to_it_throughout() -> None:
    text = OPENING + (
        "Norway will send troops to Ukraine, Jonas Gahr Støre told Bloomberg.\n\nThe talks went on.\n\n"
        "Norway wants an American backstop, Jonas Gahr Støre said.\n\n"
        "Sweden will not send troops to Ukraine, Ulf Kristersson said."
    )
    found = {(c.speaker, c.origin) for c in read(text) if c.subject in ("NO", "SE", "US")}
    assert found == {("Jonas Gahr Støre", "Bloomberg"), ("Ulf Kristersson", None)}


def test_a_speaker_is_spelled_as_the_article_spells_him() -> None:
    text = OPENING + "Ukraine needs an American backstop, President Volodymyr Zelensky said. Zelensky left."
    assert "Volodymyr Zelensky" in {c.speaker for c in read(text)}


def test_a_speaker_named_by_office_first_keeps_his_name() -> None:
    text = (
        OPENING
        + "The Croatian premier came to Split. Croatia will not send soldiers to Ukraine, he said; it told us so."
    )
    assert {c.speaker for c in read(text) if c.subject == "HR"} == {"Andrej Plenković"}


@pytest.mark.parametrize(
    ("text", "stands"),
    [
        ("Spain has rejected a British proposal to deploy peacekeepers in Ukraine.", {("troops", "ES", "ruled_out")}),
        ("No European troops would be in Ukraine before the summer, Emmanuel Macron said.", set()),
        ("It is not inconceivable that Sweden would send soldiers to Ukraine.", {("troops", "SE", "open")}),
        ("Belgium did not take lightly its decision to send soldiers to Ukraine.", set()),
        ("New Zealand has not been asked to send peacekeepers to Ukraine, Judith Collins said.", set()),
        ("Keir Starmer would not say which of the allies had offered soldiers.", set()),
        ("It would be wrong to rule out sending German soldiers, Friedrich Merz said.", {("troops", "DE", "open")}),
        (
            "The Dutch cabinet will take its decision about taking part in the force in May.",
            {("troops", "NL", "undecided")},
        ),
        ("The British government stressed the alliance's readiness to deploy a force to Ukraine.", set()),
        (
            "Belgium would provide logistics, but not troops, even after the war.",
            {("troops", "BE", "ruled_out"), ("troops", "BE", "support_only")},
        ),
        (
            "Plenković spoke after reports emerged that some states, also France, were considering sending troops.",
            set(),
        ),
        ("Australia has received no request to send troops to Ukraine, Richard Marles said.", set()),
        (
            "With 142 votes against 21 the Folketing approved a Danish contribution of 800 soldiers to the force.",
            {("troops", "DK", "pledged")},
        ),
        (
            "Serbia's president ruled out on Saturday that Serbia would recognise Kosovo. It was asked about troops.",
            set(),
        ),
        ("The paper put the British contingent at 8,500 soldiers for Ukraine that morning.", set()),
        ("Germany will send soldiers to Ukraine if the Bundestag agrees.", {("troops", "DE", "conditional")}),
        ("Canada will send troops to Ukraine with or without the Americans.", {("troops", "CA", "pledged")}),
        ("Belgium will send no soldiers to Ukraine before a ceasefire.", set()),
        ("Romania never committed to troops for Ukraine, Nicusor Dan said.", set()),
        ("Slovakia will never commit troops to Ukraine, Robert Fico said.", {("troops", "SK", "ruled_out")}),
        ("Denmark does not intend to take back its offer of soldiers for Ukraine.", {("troops", "DK", "pledged")}),
        ("The Poles have said that they will not send soldiers to Ukraine.", {("troops", "PL", "ruled_out")}),
        ("Austria considers taking part in the coalition of the willing to monitor a ceasefire.", set()),
        ("The force would be like NATO's 60,000-strong one in Bosnia.", set()),
    ],
)
def test_whose_proposal_it_was_and_what_is_denied(text: str, stands: set[tuple[str, str, str]]) -> None:
    assert {one for one in said(text) if one[0] == "troops"} == stands


def test_a_surname_that_is_a_countrys_name_is_the_person_once_he_is_named() -> None:
    text = "Portugal's Luís Montenegro came late. Montenegro will not send soldiers to Ukraine."
    assert {subject for _, subject, status in said(text) if status == "ruled_out"} == {"PT"}
    assert ("troops", "ME", "ruled_out") in said("Montenegro will not send soldiers to Ukraine.")


def test_what_a_party_demands_or_a_report_tells_has_not_happened() -> None:
    assert ("membership", "BE", "left") in said("Belgium has left the coalition of the willing.")
    for text in (
        "The opposition in Belgium demanded that the country leave the coalition of the willing.",
        "A party in Brussels asked on Monday that Belgium leave the coalition of the willing.",
        "Reports that Belgium would leave the coalition of the willing were wrong.",
    ):
        assert "left" not in {status for _, _, status in said(text)}


def test_who_chairs_a_meeting_does_not_send_what_it_speaks_of() -> None:
    text = "At a call chaired by Emmanuel Macron, leaders of the coalition spoke of the deployment of a force."
    assert ("troops", "FR", "pledged") not in said(text)


@pytest.mark.parametrize(
    ("text", "subjects"),
    [
        ("Croatia and Slovakia met twice. Both governments have ruled out sending troops to Ukraine.", {"HR", "SK"}),
        ("Slovakia met Croatia in Rome. Neither country will send troops to Ukraine.", {"HR", "SK"}),
        (
            "It is paid by Croatia, Austria and Slovakia, none of which is sending troops to Ukraine.",
            {"AT", "HR", "SK"},
        ),
        ("Neither the Austrian nor the Maltese government will send troops to Ukraine.", {"AT", "MT"}),
        ("Norway waits, while Poland, whose border is long, will not send troops to Ukraine.", {"PL"}),
        ("Croatia and Slovakia have made it clear they will not send troops to Ukraine.", {"HR", "SK"}),
    ],
)
def test_who_is_meant_over_clauses_and_sentences(text: str, subjects: set[str]) -> None:
    assert {c.subject for c in read(OPENING + text) if c.status == "ruled_out"} == subjects


@pytest.mark.parametrize(
    ("text", "statuses"),
    [
        ("French troops will not be sent to Ukraine, Macron said.", {"ruled_out"}),
        ("French troops will not be sent to the front line in Ukraine, Macron said.", set()),
        ("France will not send troops to Ukraine in the coming weeks, Macron said.", set()),
    ],
)
def test_where_and_when_they_will_not_be_is_not_whether(text: str, statuses: set[str]) -> None:
    assert {c.status for c in read(OPENING + text) if c.subject == "FR"} == statuses


@pytest.mark.parametrize(
    ("text", "stands"),
    [
        (
            "British Prime Minister Keir Starmer is ready to station British troops in Ukraine for as long as needed.",
            {("troops", "GB", "pledged")},
        ),
        (
            "Spain will send soldiers to Ukraine as part of the force only when the shares of all are set out.",
            {("troops", "ES", "conditional")},
        ),
        ("Spain will send soldiers to Ukraine only when a ceasefire holds.", {("troops", "ES", "pledged")}),
        (
            "Prime Minister Pedro Sánchez had for the first time raised the possibility of Spanish forces there.",
            {("troops", "ES", "open")},
        ),
        ("Whether New Zealand is part of the coalition of the willing, the minister's office did not say.", set()),
        ("Michal did not provide the number of Estonian troops that could be sent to Ukraine.", set()),
        ("Romanian troops will not be deployed to Ukraine during active hostilities, the president said.", set()),
        (
            "Ankara said that it would not be part of the peacekeeping mission if not involved in all talks on it.",
            {("troops", "TR", "conditional")},
        ),
        (
            "Leaders from Denmark and Norway have expressed interest in putting troops on the ground in Ukraine.",
            {("troops", "DK", "open"), ("troops", "NO", "open")},
        ),
        (
            "Estonia is ready to join the deterrence forces of the coalition of the willing.",
            {("troops", "EE", "pledged")},
        ),
        ("The minister announced a package to prepare British troops for potential deployment to Ukraine.", set()),
        ('"It will be a significant force with many countries contributing soldiers," Starmer said.', set()),
    ],
)
def test_how_long_when_and_whether(text: str, stands: set[tuple[str, str, str]]) -> None:
    assert said(text) == stands


def test_who_chairs_a_call_of_the_coalition_does_not_lead_it_by_that() -> None:
    found = said('Overnight he joined a call of the "coalition of the willing" chaired by Prime Minister Keir Starmer.')
    assert ("membership", "GB", "leads") not in found


@pytest.mark.parametrize(
    ("words", "numbers_read"),
    [
        ("half a dozen countries", [6]),
        ("the thirty-sixth member", []),
        ("thirty-six members", [36]),
        ("on 11 December 34 countries", [34]),
        ("two dozen leaders", [24]),
        ("thirty one countries", [31]),
        ("No 10 and Radio 1 said at 10:20am on Monday in 2026 that 31 countries", [31]),
        ("no 10 soldiers of 2000", [10, 2000]),
    ],
)
def test_numbers_in_words(words: str, numbers_read: list[int]) -> None:
    assert [value for _, _, value, _ in numbers.find(words)] == numbers_read


@pytest.mark.parametrize(
    ("text", "counts"),
    [
        ("Macron said that 26 allies have vowed to deploy a reassurance force in Ukraine.", "troop_contributors"),
        ("Twenty-six countries expressed readiness to contribute forces.", "troop_contributors"),
        ("Twenty-six countries are ready to contribute to the force.", "contributors"),
    ],
)
def test_who_sends_forces_and_who_helps_them_are_two_counts(text: str, counts: str) -> None:
    assert {(c.number, c.counts) for c in read(text) if c.counts} == {(26, counts)}


def test_a_date_is_no_count() -> None:
    (claim,) = (c for c in read("On 11 December representatives of 34 countries met by video.") if c.number)
    assert claim.number == 34


@pytest.mark.parametrize(
    ("credit", "outlet"),
    [
        ("Norway will send soldiers to Ukraine, Jonas Gahr Støre told the radio station Radio Fjell.", "Radio Fjell"),
        ("Norway will send soldiers to Ukraine, Støre said in an interview with the Swedish outlet Norra.", "Norra"),
        ("Norway will send soldiers to Ukraine, Støre said, as reported by the daily Fjelltidende.", "Fjelltidende"),
        ("Norway will send soldiers to Ukraine, Støre told the news agency NTB.", "NTB"),
        ("Norway will send soldiers to Ukraine, Støre told Swedish radio.", "Swedish radio"),
        ("Norway will send soldiers to Ukraine, Støre said on Radio Fjell.", "Radio Fjell"),
        ("Norway will send soldiers to Ukraine, Støre insisted on CNN.", "CNN"),
        ("Støre to the BBC: Norway will send soldiers to Ukraine.", "BBC"),
        ("Norway will send soldiers to Ukraine, Støre told the BBC's Morning Hour.", "BBC"),
        ("Norway will send soldiers to Ukraine, Støre told TVR Moldova.", "TVR Moldova"),
        ("Norway will send soldiers to Ukraine, Støre told A Haber.", "A Haber"),
        ("Norway will send soldiers to Ukraine, Støre told the Europeans.", None),
        ("Norway will send soldiers to Ukraine, Støre told reporters in Oslo.", None),
        ("Norway will send soldiers to Ukraine, Støre told Parliament.", None),
    ],
)
def test_outlets_are_known_by_what_they_are_called(credit: str, outlet: str | None) -> None:
    (claim,) = read(credit)
    assert claim.origin == outlet


@pytest.mark.parametrize(
    ("credit", "origin"),
    [
        ("Norway will send soldiers to Ukraine, according to a paper seen by the Daily Example.", "Daily Example"),
        ("Norway will send soldiers to Ukraine, according to a paper that Example has seen.", "Daily Example"),
        ("Norway will send soldiers to Ukraine. The Daily Example has written of it before.", None),
    ],
)
def test_an_outlets_own_find_is_credited_to_it(credit: str, origin: str | None) -> None:
    (claim,) = read(credit)
    assert claim.origin == origin


def test_who_spoke_to_an_outlet_is_credited_to_it_in_the_paragraph_before_too() -> None:
    text = (
        "Norway will send soldiers to Ukraine, Jonas Gahr Støre said.\n\n"
        '"We are ready," Støre told the news agency NTB.\n\nDenmark will send none, Mette Frederiksen said.'
    )
    assert {c.subject: c.origin for c in read(text) if c.topic == "troops"} == {"NO": "NTB", "DK": None}


@pytest.mark.parametrize(
    ("text", "stand"),
    [
        ("Denmark will decide later.\n\nGERMANY\n\nIt will not send soldiers to Ukraine.", ("DE", "ruled_out")),
        (
            "Denmark was asked.\n\n**Ireland:** Perhaps. The government will not rule out sending troops.",
            ("IE", "open"),
        ),
        ("Prague will decide later. And Turkey? It will send soldiers to Ukraine.", ("TR", "pledged")),
        ("No was the reply of the Greek prime minister. He will not send soldiers.", ("GR", "ruled_out")),
        (
            "Robert Golob listened. A French official rejected this. He said that his country would send soldiers.",
            ("FR", "pledged"),
        ),
        (
            "Robert Golob of Slovenia spoke. Montenegro's answer was shorter. It will not send soldiers to Ukraine.",
            ("ME", "ruled_out"),
        ),
    ],
)  # fmt: skip
def test_the_text_turns_to_another_country(text: str, stand: tuple[str, str]) -> None:
    stands = {(s, t) for _, s, t in said(text)}
    assert stand in stands and not any(t == stand[1] for s, t in stands - {stand})


@pytest.mark.parametrize(
    ("text", "countries"),
    [
        ("By then Macron, Starmer and Tusk attended the coalition summit in Paris.", {"FR", "GB", "PL"}),
        ("Late on Tuesday Macron attended the coalition summit.", {"FR"}),
        ("In January France and Britain attended the coalition summit.", {"FR", "GB"}),
        ("On 3 March Canada took part in the call of the coalition.", {"CA"}),
        ("In 2025 Norway attended the coalition summit.", {"NO"}),
        ("After the lunch the Finnish president attended the coalition summit.", {"FI"}),
        ("In the morning Merz attended the coalition summit.", {"DE"}),
        ("The then prime minister Boris Johnson attended the coalition summit.", set()),
    ],
)
def test_adverbials_before_a_name_are_no_part_of_it(text: str, countries: set[str]) -> None:
    assert {c.subject for c in read(text) if c.status == "attended"} == countries


@pytest.mark.parametrize(
    ("text", "stands"),
    [
        ("The Croatian Army will not go to Ukraine, not today, not tomorrow.", {("troops", "HR", "ruled_out")}),
        ("No, guarantees from the United States are not tied to the Donbas.", set()),
        (
            "Not a single Spanish soldier will set foot in Ukraine without the backing of the Cortes.",
            {("troops", "ES", "conditional")},
        ),
        ("The letter went to the thirty-four other members of the coalition of the willing.", set()),
        ("When President Lee Jae-myung attends the Group of Seven summit in Evian, he will meet leaders.", set()),
    ],
)  # fmt: skip
def test_what_is_denied_twice_what_is_other(text: str, stands: set[tuple[str, str, str]]) -> None:
    assert said(text) == stands


def test_members_that_promise_soldiers_are_counted_as_those_who_send_them() -> None:
    (claim,) = (c for c in read("With Latvia, eleven members of the coalition have promised soldiers.") if c.number)
    assert (claim.number, claim.counts) == (11, "troop_contributors")


@pytest.mark.parametrize(
    ("text", "stands"),
    [
        ("Portugal takes part in the coalition of the willing.", {("membership", "PT", "member")}),
        ("Hungary will not take part in the coalition of the willing.", {("membership", "HU", "declined")}),
        ("Norway will take part in the planning of the coalition of the willing.", set()),
        ("Portugal parted ways with the coalition of the willing.", {("membership", "PT", "left")}),
        ("Ukraine wants to be in the 27-nation bloc.", set()),
        ("EU defense ministers gathered in Copenhagen for an informal meeting of the coalition.", set()),
        ("The coalition met, with Nikos Christodoulides among the participants.", {("membership", "CY", "attended")}),
        (
            "The coalition of the willing met on Friday with President Macron and Britain's Keir Starmer in the chair.",
            {("membership", "FR", "attended"), ("membership", "GB", "attended")},
        ),
        ("So said Evika Siliņa, a participant in the summit of the coalition.", {("membership", "LV", "attended")}),
        ("The Netherlands had always taken its share of responsibility and would keep doing so.", set()),
        ("An official disputed this. The Taoiseach said Ireland would send soldiers.", {("troops", "IE", "pledged")}),
    ],
)  # fmt: skip
def test_who_takes_part_in_what(text: str, stands: set[tuple[str, str, str]]) -> None:
    assert said(text) == stands


def test_a_speaker_is_named_with_his_office_behind_what_he_says() -> None:
    text = '"We will send soldiers to Ukraine," Boris Pistorius, the defence minister, told reporters.'
    (claim,) = (c for c in read(text) if c.topic == "troops")
    assert (claim.subject, claim.status, claim.speaker) == ("DE", "pledged", "Boris Pistorius")


@pytest.mark.parametrize(
    "text",
    [
        "The White House did not immediately respond to a request for comment on whether it would provide a backstop.",
        "The Pentagon has not replied to questions about a US backstop.",
    ],
)
def test_silence_towards_a_newsroom_is_no_stand(text: str) -> None:
    assert said(text) == set()


def test_evidence_is_the_texts_own_letters_and_the_reading_is_deterministic() -> None:
    text = OPENING + " ".join(sentence for sentence, _, _ in STANDS)
    first, second = ENGINE.read(article(text)), ENGINE.read(article(text))
    assert first == second
    assert all(c.evidence == text[c.start : c.end] and c.rule and c.why for c in first.claims)


def test_other_languages_are_skipped_with_a_reason() -> None:
    german = (
        "Deutschland wird keine Soldaten in die Ukraine schicken, sagte der Kanzler in Berlin vor Journalisten. " * 3
    )
    assert ENGINE.read(article(german)).skipped == "language"


@pytest.mark.parametrize(
    "text",
    [
        "the troops of Ukraine and France will send soldiers to " * 1500,
        "the of and to in that is a " * 200 + "France, Germany, Poland, " * 3000,
        "the of and to in that is a " * 200 + "“France said " * 4000,
        "troops" + " " * 100_000 + "sent",
        "1" * 100_000,
    ],
)
def test_hostile_texts_are_read_in_bounded_time(text: str) -> None:
    assert ENGINE.read(article(OPENING + text)).skipped in (None, "language")
