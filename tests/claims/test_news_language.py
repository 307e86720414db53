# ruff: noqa: E501 - a row of a table stays a row
"""What the engine makes of the language of news: a table for each capability. All sentences are our own.

Each row is a text of one or two sentences, read after an opening that sets the scene, and the claims that it must bring, as
"topic subject status[ number][ counts][ components]"; a row with "none" must bring no claim on troops or the backstop.
"""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from monitor import types, watch
from monitor.claims import engine as claim_engine
from monitor.claims import weights

ENGINE = claim_engine.Engine(replace(watch.load_watch(), learned=weights.Weights()))  # the rules alone
OPENING = "European leaders discussed a force for Ukraine, to be deployed after a ceasefire.\n"


AUTUMN = datetime(2025, 9, 5, tzinfo=UTC)


def article_of(
    text: str, published: datetime = AUTUMN, title: str = "Coalition of the willing on Ukraine"
) -> types.Article:
    """An article of our own."""
    return types.Article(id="t", url=None, outlet="Daily Example", title=title, text=text, published=published)


def to_labels(reading: types.Reading) -> set[str]:
    """Claims as "topic subject status[ number][ counts][ components]"."""
    found = set()
    for claim in reading.claims:
        parts = [str(claim.topic), claim.subject, claim.status]
        if claim.number is not None:
            parts.append(str(claim.number))
        if claim.counts:
            parts.append(claim.counts)
        parts += claim.components
        found.add(" ".join(parts))
    return found


def read(text: str, published: datetime = AUTUMN) -> set[str]:
    return to_labels(ENGINE.read(article_of(OPENING + text, published)))


PLEDGES = [
    (
        "Latvia will send 200 soldiers to Ukraine once a ceasefire holds, Prime Minister Evika Silina said.",
        "troops LV pledged 200",
    ),
    ("Sweden's government is prepared to contribute ground forces to the mission.", "troops SE pledged"),
    (
        "Dutch Defence Minister Ruben Brekelmans said the Netherlands was ready to take part in the reassurance force.",
        "troops NL pledged",
    ),
    ("Mark Carney told reporters that Canada was willing to put boots on the ground.", "troops CA pledged"),
    (
        "Up to 1,000 Danish troops would be deployed to Ukraine under the plan, Mette Frederiksen said.",
        "troops DK pledged 1000",
    ),
    ("Madrid has offered a battalion for the force, according to two officials.", "troops ES pledged"),
    ("Britain and France have agreed to station troops in Ukraine after a peace deal.", "troops GB pledged"),
    ("France, which has pledged to send several thousand soldiers, will host the headquarters.", "troops FR pledged"),
    ("Norway confirmed that its soldiers would be part of the multinational force.", "troops NO pledged"),
    ("Estonia's parliament voted to send a company of soldiers to the peacekeeping mission.", "troops EE pledged"),
    (
        "Lithuania has committed to deploying up to 150 troops, President Gitanas Nauseda announced.",
        "troops LT pledged 150",
    ),
    ('"Belgium will be there with troops on the ground," Prime Minister Bart De Wever said.', "troops BE pledged"),
    (
        "Australia's troop contribution would be modest, but Anthony Albanese vowed to send peacekeepers.",
        "troops AU pledged",
    ),
]
REFUSALS = [
    ("Spain has no plans to send soldiers to Ukraine, its foreign minister said.", "troops ES ruled_out"),
    ("Warsaw has repeatedly said that it will not deploy troops on Ukrainian soil.", "troops PL ruled_out"),
    ("Giorgia Meloni reiterated her opposition to sending Italian troops.", "troops IT ruled_out"),
    (
        "Prime Minister Robert Fico insisted that not a single Slovak soldier would set foot in Ukraine.",
        "troops SK ruled_out",
    ),
    ("Bulgaria will not take part in the force with military personnel, Sofia said.", "troops BG ruled_out"),
    (
        "Greek participation in a peacekeeping force is out of the question, the government spokesman said.",
        "troops GR ruled_out",
    ),
    ("Hungary refuses to contribute troops to any peacekeeping mission.", "troops HU ruled_out"),
    ("Romania's president said that no Romanian soldiers would be sent across the border.", "troops RO ruled_out"),
    ("Croatia ruled out the deployment of its forces to Ukraine.", "troops HR ruled_out"),
    ("Sending Austrian soldiers to Ukraine is not on the agenda, Vienna said.", "troops AT ruled_out"),
    ("Czech troops will not go to Ukraine, Prime Minister Petr Fiala said.", "troops CZ ruled_out"),
    ("Poland said it had no intention of joining a peacekeeping force.", "troops PL ruled_out"),
]
BETWEEN = [
    ("Germany has not ruled out sending troops, Chancellor Friedrich Merz said.", "troops DE open"),
    ("Tokyo could send peacekeepers to Ukraine, a government official said.", "troops JP open"),
    ("Turkey is considering whether to contribute soldiers to the force.", "troops TR open"),
    ("New Zealand is open to joining a peacekeeping force, Prime Minister Christopher Luxon said.", "troops NZ open"),
    ("Portugal may deploy soldiers as part of the mission.", "troops PT open"),
    ("Ireland's prime minister said that Irish troops could serve in a peacekeeping mission.", "troops IE open"),
    ("Finland has not yet decided whether to send troops.", "troops FI undecided"),
    ("It is too early to talk about sending German soldiers to Ukraine, Boris Pistorius said.", "troops DE undecided"),
    ("Switzerland has made no decision on sending soldiers.", "troops CH undecided"),
    ("Denmark said a decision on a troop deployment would be made later.", "troops DK undecided"),
    ("Sweden would send troops only if the United States provides a backstop.", "troops SE conditional"),
    ("Any deployment of Dutch soldiers would require the approval of parliament.", "troops NL conditional"),
    ("Turkey would contribute troops provided that the United Nations gives a mandate.", "troops TR conditional"),
    ("Belgium will not send soldiers without American guarantees, Bart De Wever said.", "troops BE conditional"),
    ("Canada has withdrawn its offer to send troops to Ukraine.", "troops CA withdrew"),
    ("The Netherlands is no longer willing to deploy soldiers to Ukraine.", "troops NL withdrew"),
]
HELP = [
    (
        "Italy will not send troops but is ready to help train Ukrainian forces and monitor a ceasefire.",
        "troops IT support_only",
    ),
    ("Poland would provide logistical support to the force, Donald Tusk said.", "troops PL support_only"),
    ("Bulgaria offered minesweepers and naval patrols for the mission.", "troops BG support_only"),
    ("Japan will contribute funding and demining equipment to the force.", "troops JP support_only"),
    ("Romania will make its air bases available to the coalition of the willing's force.", "troops RO support_only"),
]
US = [
    ("Trump ruled out sending American troops to Ukraine.", "backstop US refused ground_troops"),
    (
        '"There will be no American boots on the ground," White House press secretary Karoline Leavitt said.',
        "backstop US refused ground_troops",
    ),
    ("The US president said Washington could provide air support to the European force.", "backstop US offered air"),
    ("Keir Starmer said an American backstop was essential to deter Moscow.", "backstop US sought general"),
    (
        "Macron called on the United States to provide intelligence and logistics for the force.",
        "backstop US sought intelligence logistics",
    ),
    ("Washington has not committed to providing security guarantees for Ukraine.", "backstop US uncommitted guarantee"),
    (
        "It remains unclear whether the United States would back the force with air power.",
        "backstop US uncommitted air",
    ),
    ("The United States has agreed to provide security guarantees to Ukraine.", "backstop US committed guarantee"),
    ("US and Ukrainian officials are working on security guarantees, Rubio said.", "backstop US discussed guarantee"),
    ("Trump said the US was willing to take part in security guarantees for Ukraine.", "backstop US offered guarantee"),
    ("Zelenskyy said that without US security guarantees the force would not work.", "backstop US sought guarantee"),
    ("Vance said the United States would not provide air cover for European troops.", "backstop US refused air"),
    (
        "The United States will lead the monitoring of a ceasefire, the declaration says.",
        "backstop US committed surveillance",
    ),
    (
        "Hegseth said that US troops would not be deployed to Ukraine as part of any guarantee.",
        "backstop US refused ground_troops",
    ),
    ("European leaders want the US to support the force with intelligence.", "backstop US sought intelligence"),
    ("Trump has declined to say whether he would back European troops.", "backstop US uncommitted general"),
    ("The Pentagon has offered satellite intelligence to the force.", "backstop US offered intelligence"),
]
COALITION = [
    ("The coalition of the willing, led by Britain and France, met in Paris.", "membership FR leads"),
    ("The French-led coalition of the willing has grown to 35 countries.", "membership COALITION headcount 35 members"),
    (
        "Keir Starmer and Emmanuel Macron, who co-chair the coalition of the willing, spoke by phone.",
        "membership GB leads",
    ),
    ("Leaders of 31 countries took part in the coalition's video call.", "membership COALITION headcount 31 attendees"),
    (
        "Chancellor Friedrich Merz attended the meeting of the coalition of the willing in person.",
        "membership DE attended",
    ),
    ("The summit of the coalition was attended by Donald Tusk and Mette Frederiksen.", "membership PL attended"),
    ("Japan has joined the coalition of the willing, its foreign ministry said.", "membership JP member"),
    ("Ireland is a member of the coalition of the willing.", "membership IE member"),
    ("Cyprus is considering joining the coalition of the willing.", "membership CY considering"),
    ("Switzerland will not join the coalition of the willing, Bern said.", "membership CH declined"),
    ("Slovenia has withdrawn from the coalition of the willing.", "membership SI left"),
    (
        "Twenty-six countries have pledged to send troops to the force, Macron said.",
        "troops COALITION headcount 26 troop_contributors",
    ),
    ("The force could number up to 30,000 troops, officials said.", "troops COALITION force_size 30000"),
    ("A force of between 10,000 and 20,000 soldiers is planned.", "troops COALITION force_size 10000"),
    (
        "Some 29 nations signed the declaration of the coalition of the willing.",
        "membership COALITION headcount 29 signatories",
    ),
    (
        "About 15 countries have expressed interest in joining the coalition of the willing.",
        "membership COALITION headcount 15 interested",
    ),
]
NOTHING = [
    "Analysts say that Germany could send 5,000 soldiers.",
    "Opposition leader Peter Dutton said Australia should not send troops.",
    "Zelenskyy urged Germany to send troops to Ukraine.",
    "Russia said that French troops in Ukraine would be legitimate targets.",
    "Will Italy send troops to Ukraine?",
    "A poll found that most Germans oppose sending the Bundeswehr.",
    "Germany has stationed a brigade in Lithuania.",
    "Former prime minister Boris Johnson said Britain should deploy troops.",
    "Denmark will give Ukraine 500 million euros for drones.",
    "If Poland sent troops, Moscow would protest, one professor said.",
    "Russia demanded that Britain withdraw its pledge.",
    "North Korea has sent some 10,000 soldiers to Russia.",
    "The two countries said that they stood ready to deploy forces. Finland and Iceland did not.",
]  # fmt: skip

LONGER = [
    ("Speaking after talks in Berlin, Prime Minister Donald Tusk told reporters that while Poland would not be sending soldiers, it would organise logistics.", "troops PL ruled_out"),
    ("Speaking after talks in Berlin, Prime Minister Donald Tusk told reporters that while Poland would not be sending soldiers, it would organise logistics.", "troops PL support_only"),
    ("Among the countries that have offered troops are Denmark, Estonia and Lithuania.", "troops DK pledged"),
    ("Denmark, Estonia and Lithuania are among the countries ready to send soldiers.", "troops LT pledged"),
    ("Several countries, including Canada and Belgium, have signalled a willingness to send peacekeepers.", "troops CA pledged"),
    ("Countries such as Spain and Italy have so far refused to send soldiers.", "troops IT ruled_out"),
    ("Germany remains reluctant to send troops, and Italy has ruled it out altogether.", "troops IT ruled_out"),
    ("London and Paris have said they would deploy troops; Rome and Warsaw have said they would not.", "troops GB pledged"),
    ("French President Emmanuel Macron, whose country has promised troops, warned Moscow.", "troops FR pledged"),
    ("The Prime Minister, Keir Starmer, has said British troops could be deployed to Ukraine.", "troops GB open"),
    ("Asked whether Dutch soldiers would go to Ukraine, Dick Schoof said it was too soon to say.", "troops NL undecided"),
    ("Mr Luxon said no decisions had been made on New Zealand troops.", "troops NZ undecided"),
    ("Turkish officials have said Ankara is open to sending troops if a ceasefire is reached.", "troops TR open"),
    ("A Turkish defence ministry source said Turkey was ready to contribute to a peacekeeping mission.", "troops TR pledged"),
    ("Croatia will not send its soldiers to Ukraine, but it will continue to train Ukrainian troops, Andrej Plenkovic said.", "troops HR ruled_out"),
    ("Kyiv's allies in the Baltics are divided: Lithuania would send troops and Latvia has not ruled it out.", "troops LT pledged"),
    ("The Bundestag would have to approve any German deployment.", "troops DE conditional"),
    ("Starmer said Britain would put boots on the ground and planes in the air.", "troops GB pledged"),
    ("Starmer, who has offered to send British troops, said that US support was vital.", "backstop US sought general"),
    ("The Trump administration has so far refused to commit to a backstop.", "backstop US uncommitted general"),
    ("Trump has repeatedly ruled out putting American soldiers in Ukraine.", "backstop US refused ground_troops"),
    ("European officials hope that Washington will offer air cover and intelligence.", "backstop US sought air intelligence"),
    ("Without a US backstop, the force would not deter Russia, European officials say.", "backstop US sought general"),
    ("The success of the plan hinges on US air support.", "backstop US sought air"),
    ("Trump told European leaders that the US was prepared to be part of security guarantees.", "backstop US offered guarantee"),
    ("Witkoff said the US could offer Ukraine Article 5-like protection.", "backstop US offered guarantee"),
    ("The United States has signalled that it is open to providing intelligence support.", "backstop US offered intelligence"),
    ('"We will help them, especially by air," Trump said.', "backstop US offered air"),
    ("Zelenskyy urged Trump to commit to clear security guarantees.", "backstop US sought guarantee"),
    ("European allies are pressing Trump to provide a security backstop for the force.", "backstop US sought general"),
    ("The White House has not said what role the US would play in security guarantees.", "backstop US uncommitted guarantee"),
    ("Washington would provide intelligence and oversee the ceasefire but not send troops, a US official said.", "backstop US refused ground_troops"),
    ("Talks between US and European military chiefs on security guarantees continued on Thursday.", "backstop US discussed guarantee"),
    ("The 33-nation coalition of the willing held a summit in Kyiv.", "membership COALITION headcount 33 members"),
    ("The coalition of the willing, a group of more than 30 countries, met online.", "membership COALITION headcount 30 members"),
    ("The coalition, which includes Canada, Australia and Japan, was formed in March.", "membership JP member"),
    ("Prime Minister Luc Frieden joined the coalition of the willing summit by video link.", "membership LU attended"),
    ("Macron hosted Starmer, Merz and Zelenskyy at the coalition of the willing summit.", "membership DE attended"),
    ("Alongside Macron and Starmer, the leaders of Poland and Italy took part in the coalition's call.", "membership IT attended"),
    ("Defence ministers from 30 countries met in Brussels to discuss the coalition of the willing.", "membership COALITION headcount 30 attendees"),
    ("Only six countries have offered troops so far, diplomats said.", "troops COALITION headcount 6 troop_contributors"),
    ("Macron said that 26 nations were ready to contribute to the force.", "troops COALITION headcount 26 contributors"),
    ("A European force of 10,000 to 25,000 troops has been discussed.", "troops COALITION force_size 10000"),
    ("Planners spoke of a force of fewer than 30,000 soldiers.", "troops COALITION force_size 30000"),
]  # fmt: skip

CHANGES = [
    (
        "Estonia will raise its contribution to the force from 150 to 250 soldiers, Kristen Michal said.",
        "troops EE pledged 250",
    ),
    ("Britain has increased its pledge to 7,500 troops.", "troops GB pledged 7500"),
    ("France would send 6,000 soldiers, up from 4,000.", "troops FR pledged 6000"),
    ("Australia has dropped plans to send troops to Ukraine.", "troops AU withdrew"),
    ("Australia's government abandoned its pledge to contribute soldiers to the force.", "troops AU withdrew"),
    ("Belgium is pulling out of the plan to send soldiers, Bart De Wever said.", "troops BE withdrew"),
    ("Romania reversed course and said it could send soldiers after all.", "troops RO open"),
    ("Bucharest no longer rules out sending troops, Ilie Bolojan said.", "troops RO open"),
    ("The Dutch cabinet agreed on Friday to send an infantry battalion of 600 soldiers.", "troops NL pledged 600"),
    ("Spain would take part with troops if the force had a UN mandate, Pedro Sanchez said.", "troops ES conditional"),
    ("Spain's participation would require a vote in parliament.", "troops ES conditional"),
    ("Italy's cabinet has approved the dispatch of 2,000 soldiers.", "troops IT pledged 2000"),
    ("Rome will provide 2,000 troops, Giorgia Meloni announced.", "troops IT pledged 2000"),
    ("Meloni denied a report that Italy would send soldiers.", "troops IT ruled_out"),
    (
        "The number of countries in the coalition of the willing has risen to 37.",
        "membership COALITION headcount 37 members",
    ),
    ("With Cyprus, the coalition of the willing now has 36 members.", "membership COALITION headcount 36 members"),
    ("The coalition of the willing now comprises 36 states.", "membership COALITION headcount 36 members"),
    (
        "Thirty-two countries have signed the status-of-forces agreement of the coalition of the willing.",
        "membership COALITION headcount 32 signatories",
    ),
    (
        "The number of signatories of the coalition of the willing's declaration rose to 29.",
        "membership COALITION headcount 29 signatories",
    ),
    (
        "Seventeen countries have now pledged soldiers for the force.",
        "troops COALITION headcount 17 troop_contributors",
    ),
    ("The number of countries offering troops has risen to 17.", "troops COALITION headcount 17 troop_contributors"),
    (
        "Twenty-eight countries are ready to contribute to the force in one way or another.",
        "troops COALITION headcount 28 contributors",
    ),
    ("The force will have 25,000 soldiers, according to the plan.", "troops COALITION force_size 25000"),
    ("Planners have cut the size of the force to 18,000 troops.", "troops COALITION force_size 18000"),
    ("The Czech Republic is leaving the coalition of the willing, Andrej Babis announced.", "membership CZ left"),
    ("Slovakia will not be part of the coalition of the willing, Robert Fico said.", "membership SK declined"),
    ("Malta has applied to join the coalition of the willing.", "membership MT considering"),
    ("South Korea said it would join the coalition of the willing.", "membership KR member"),
    (
        "Turkey's foreign minister, Hakan Fidan, took part in the coalition of the willing's meeting by video link.",
        "membership TR attended",
    ),
    ("US Secretary of State Marco Rubio joined the coalition of the willing's call.", "membership US attended"),
    ("The United States has withdrawn its offer of air support for the force.", "backstop US withdrawn air"),
    (
        "Washington has confirmed that it will monitor the ceasefire with drones and satellites.",
        "backstop US committed surveillance intelligence",
    ),
    ("The US has promised to come to Ukraine's aid if it is attacked again.", "backstop US committed guarantee"),
    ("Trump would not commit to a backstop, two officials said.", "backstop US uncommitted general"),
    ("Trump rejected a British request for a US backstop.", "backstop US refused general"),
    ("There will be no US backstop, Hegseth said.", "backstop US refused general"),
    (
        "Rubio said that sharing intelligence with the force was still under review.",
        "backstop US uncommitted intelligence",
    ),
    ("The White House ruled out logistical support for the European force.", "backstop US refused logistics"),
    ("Germany will finance the headquarters of the force but not send soldiers.", "troops DE support_only"),
    ("Sweden offered Gripen fighters for air policing over Ukraine.", "troops SE support_only"),
    ("Germany may send soldiers, Friedrich Merz said, but parliament must first agree.", "troops DE open"),
    ("The chancellor, Friedrich Merz, did not exclude a deployment of German soldiers.", "troops DE open"),
]


@pytest.mark.parametrize(("text", "claim"), CHANGES)
def test_it_reads_changes(text: str, claim: str) -> None:
    found = {tuple(sorted(c.split())) for c in read(text, datetime(2026, 2, 5, tzinfo=UTC))}
    assert tuple(sorted(claim.split())) in found


SPOKEN = [
    (
        "Germany: Chancellor Friedrich Merz has said it is too early to talk about sending troops.",
        "troops DE undecided",
    ),
    (
        "Italy: Will not send troops, Giorgia Meloni has said, but could help to monitor a ceasefire.",
        "troops IT ruled_out",
    ),
    ("Canada has not ruled anything out. Mark Carney said Ottawa could send soldiers.", "troops CA open"),
    (
        "Keir Starmer met Emmanuel Macron on Monday. He said that he was ready to send British troops.",
        "troops GB pledged",
    ),
    (
        "Denmark's prime minister spoke in Copenhagen. Mette Frederiksen said her country was open to sending soldiers.",
        "troops DK open",
    ),
    ("Sweden was among the first to respond. It said it would contribute soldiers to the force.", "troops SE pledged"),
    (
        "Britain and France are the coalition's driving force. The two countries have promised to send troops.",
        "troops GB pledged",
    ),
    ('"We are not going to send troops," Prime Minister Pedro Sanchez said.', "troops ES ruled_out"),
    ('"Our soldiers will not go to Ukraine," said Donald Tusk.', "troops PL ruled_out"),
    (
        '"We have always said that we would be there when peace comes," Starmer told MPs. "That means British boots on the ground."',
        "troops GB pledged",
    ),
    ("Asked about troops, the Greek government spokesman said Greece would not take part.", "troops GR ruled_out"),
    ("Ankara, which commands NATO's second-largest army, has signalled it could send soldiers.", "troops TR open"),
    (
        "According to Dutch Prime Minister Dick Schoof, the Netherlands is willing to contribute troops.",
        "troops NL pledged",
    ),
    (
        "The Latvian president, Edgars Rinkevics, said that Latvian soldiers could take part in the mission.",
        "troops LV open",
    ),
    ("In Vilnius, President Gitanas Nauseda confirmed that Lithuania would send troops.", "troops LT pledged"),
    ("Poland's deputy prime minister ruled out sending Polish soldiers.", "troops PL ruled_out"),
    ("The Kremlin warned against the deployment, but Norway said its offer of troops stood.", "troops NO pledged"),
    ("Ireland could deploy peacekeepers under a UN mandate, Micheal Martin said.", "troops IE open"),
    (
        "Japan's prime minister said Tokyo would not send Self-Defence Forces personnel to Ukraine.",
        "troops JP ruled_out",
    ),
    ("Finland's President Alexander Stubb said Finnish troops would not be part of the force.", "troops FI ruled_out"),
    (
        "US Vice President JD Vance said Europe would have to bear the burden and that no American troops would be sent.",
        "backstop US refused ground_troops",
    ),
    ("NATO chief Mark Rutte attended the coalition of the willing meeting in Kyiv.", "membership NATO attended"),
    (
        "European Commission President Ursula von der Leyen also took part in the coalition of the willing call.",
        "membership EU attended",
    ),
    ("The coalition of the willing is headed by the United Kingdom and France.", "membership GB leads"),
    (
        "At a meeting of the coalition of the willing in Paris, attended by leaders from 35 countries, Macron spoke of guarantees.",
        "membership COALITION headcount 35 attendees",
    ),
    ("European leaders have made clear that the force would need US air cover.", "backstop US sought air"),
    (
        "Trump's envoy Keith Kellogg said Washington backed the guarantees but would not put boots on the ground.",
        "backstop US refused ground_troops",
    ),
    (
        "Starmer has repeatedly stressed that any force must be underpinned by American security guarantees.",
        "backstop US sought guarantee",
    ),
    (
        "Macron said the United States had expressed its willingness to take part in the guarantees.",
        "backstop US offered guarantee",
    ),
    (
        "Zelenskyy said the US had confirmed its readiness to be part of security guarantees.",
        "backstop US offered guarantee",
    ),
    (
        "Scott Bessent said the US would provide Ukraine with a security guarantee through an economic partnership.",
        "backstop US committed guarantee",
    ),
    ("Trump told reporters he had not yet decided on a US backstop.", "backstop US uncommitted general"),
    ("Washington has so far given no clear commitment to support the force.", "backstop US uncommitted general"),
    ("The US would act as a backstop, a senior official said.", "backstop US offered general"),
    ("A Czech deployment is not on the table, Prague said.", "troops CZ ruled_out"),
    ("Slovenia's government said that it would not be sending its soldiers.", "troops SI ruled_out"),
    ("Greece and Cyprus have both ruled out sending soldiers.", "troops CY ruled_out"),
    ("Neither Hungary nor Slovakia will send troops.", "troops HU ruled_out"),
    ("Portugal has shown a willingness to send soldiers.", "troops PT pledged"),
    ("Luxembourg could send a small number of soldiers.", "troops LU open"),
]


@pytest.mark.parametrize(("text", "claim"), [*LONGER, *SPOKEN])
def test_it_reads_longer_sentences(text: str, claim: str) -> None:
    assert claim in read(text)


@pytest.mark.parametrize(("text", "claim"), [*PLEDGES, *REFUSALS, *BETWEEN, *HELP, *US, *COALITION])
def test_it_reads(text: str, claim: str) -> None:
    assert claim in read(text)


@pytest.mark.parametrize("text", NOTHING)
def test_it_reads_nothing_into(text: str) -> None:
    assert not {c for c in read(text) if c.startswith(("troops", "backstop"))}
