"""The desk: takes a command or a pressed button, checks who asks, and answers. Knows no Telegram.

A stranger gets the same refusal to everything, and learns nothing by it.
"""

import dataclasses
import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from alerts import board_picture, policy, words
from alerts.bot import asking, facts, wishes
from alerts.bot.asking import Answer, Asker, Rights
from alerts.markup import Line, line, span
from monitor import ports, recipients, types, watch

INVITATION_TIME = timedelta(days=7)
LATEST, MOST_LATEST = 10, 50


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """What the answers are made from."""

    readers: ports.Recipients
    outbox: ports.Outbox
    ledger: ports.LedgerStore
    articles: ports.ArticleStore
    names: Mapping[str, str]
    find_subject: wishes.FindSubject  # a name or code as people write it, in lower case -> code
    health: Callable[[], Sequence[str]]  # lines on feeds and cycles
    faults: Callable[[], Sequence[str]]  # channels that do not work; for the operator
    new_token: Callable[[], str]
    clock: Callable[[], datetime]
    guest: recipients.Recipient  # the wishes that an invited recipient begins with
    operator: str  # who gets notices
    watch: str = watch.SHIPPED


def answer(desk: Desk, asker: Asker, name: str, said: Sequence[str], bot_name: str = "") -> Answer:
    """The answer to a command; never raises for what is said."""
    known = desk.readers.list_recipients()
    rights = asking.rights(asker, known)
    if name == "start":
        return _start(desk, asker, rights, said)
    if not rights.may_read:
        return _refusal()
    command = asking.BY_NAME.get(name)
    if command is None or (command.operator_only and not rights.is_operator):
        return _say("I don't know this command. /help shows all.")
    if command.changes:
        return _change(desk, rights, command, said)
    if name == "invite":
        return _invite(desk, asker, bot_name)
    if name == "board":
        return _board(desk, rights, said)
    return Answer(lines=_READS[name](desk, rights, said))


def press(desk: Desk, asker: Asker, data: str) -> Answer:
    """The answer to a pressed button: "why:D...", "sources:D...", "mute:D...", "wrong:D..."."""
    rights = asking.rights(asker, desk.readers.list_recipients())
    if not rights.may_read:
        return Answer(toast=asking.REFUSAL)
    name, _, reference = data.partition(":")
    development = desk.ledger.development(reference)
    if development is None:
        return Answer(toast="I don't know this development any more.")
    if name in {"why", "sources"}:
        return Answer(lines=_READS[name](desk, rights, [reference]))
    if name == "mute":
        return _press_mute(desk, rights, development)
    return _press_wrong(desk, asker, development) if name == "wrong" else Answer(toast="I don't know this button.")


def moved(desk: Desk, old: int, new: int) -> None:
    """A group became a supergroup."""
    desk.outbox.move_recipient(f"telegram:{old}", f"telegram:{new}")


def removed(desk: Desk, chat: int) -> None:
    """The bot was blocked, or taken out of a group."""
    address = f"telegram:{chat}"
    mine = [one for one in desk.readers.list_recipients() if policy.chat_of(one.address) == address]
    for one in mine:
        if one.off_reason is None:
            desk.outbox.switch_off(one.address, "the bot was blocked or removed there", desk.clock())
            _notify(desk, f"{one.address} gets nothing more: the bot was blocked or removed there", one.address)


# ---------------------------------------------------------------- coming and going


def _start(desk: Desk, asker: Asker, rights: Rights, said: Sequence[str]) -> Answer:
    recipient = rights.recipient
    if recipient is None and said:
        return _accept(desk, asker, said[0])
    if recipient is None and rights.is_operator:
        desk.readers.save_recipient(dataclasses.replace(desk.guest, address=asker.address), desk.clock())
        return _welcome(desk, asker.address)
    if recipient is None:
        return _refusal()
    if recipient.off_reason is not None:
        desk.outbox.switch_on(recipient.address)
    return _welcome(desk, recipient.address)


def _accept(desk: Desk, asker: Asker, token: str) -> Answer:
    guest = dataclasses.replace(desk.guest, address=asker.address)
    inviter = desk.readers.accept_invitation(hash_token(token), guest, desk.clock())
    if inviter is None:
        return _refusal()
    _notify(desk, f"{asker.address} has come by the invitation of {inviter}", asker.address)
    return _welcome(desk, asker.address)


def _welcome(desk: Desk, address: str) -> Answer:
    reader = desk.readers.recipient(address)
    shown = wishes.wish_lines(reader, dict(desk.names), desk.clock()) if reader else []
    what = "about the coalition of the willing for Ukraine" if desk.watch == watch.SHIPPED else f"of {desk.watch}"
    first = line(span(f"You will be told when a fact {what} changes.", "bold"))
    return Answer(lines=[first, *shown, line("/help shows what can be asked and chosen.")], joined=True)


def _invite(desk: Desk, asker: Asker, bot_name: str) -> Answer:
    if not asker.is_private:
        return _say("Ask me for this in private: who reads the link can use it.")
    token = desk.new_token()
    now = desk.clock()
    desk.readers.add_invitation(hash_token(token), asker.address, now, now + INVITATION_TIME)
    link = f"https://t.me/{bot_name}"
    return Answer(
        lines=[
            line(span("An invitation for one, good for seven days", "bold")),
            line("For a person: ", span(f"{link}?start={token}", href=f"{link}?start={token}")),
            line("Or for a group: ", span(f"{link}?startgroup={token}", href=f"{link}?startgroup={token}")),
        ]
    )


def hash_token(token: str) -> str:
    """How an invitation is kept."""
    return hashlib.sha256(token.encode("utf-8", "replace")).hexdigest()


# ---------------------------------------------------------------- wishes


def _change(desk: Desk, rights: Rights, command: asking.Command, said: Sequence[str]) -> Answer:
    reader, now = rights.recipient, desk.clock()
    if reader is None:
        return _say("Nothing is told here, so there is nothing to choose.")
    if command.name != "stop" and not said:
        return Answer(lines=[*wishes.wish_lines(reader, dict(desk.names), now), _usage(command)])
    if not rights.may_change:
        return _say("Only a user of this bot may change what is told here.")
    if command.name == "stop":
        desk.outbox.switch_off(reader.address, recipients.STOPPED, now)
        return _say("You get nothing more. /start brings alerts back, and what was held meanwhile.")
    try:
        changed = _changed(desk, reader, command.name, said)
    except wishes.Misread as error:
        return Answer(lines=[line(span(str(error), limit=300)), _usage(command)])
    desk.readers.save_recipient(changed, now)
    return Answer(lines=[line(span("Done.", "bold")), *wishes.wish_lines(changed, dict(desk.names), now)])


def _changed(desk: Desk, reader: recipients.Recipient, name: str, said: Sequence[str]) -> recipients.Recipient:
    if name == "topics":
        return wishes.change_topics(reader, said, desk.find_subject)
    if name == "quiet":
        return wishes.change_quiet(reader, said)
    if name == "mute":
        return wishes.change_mutes(reader, said, desk.find_subject, desk.clock())
    return wishes.change_digest(reader, said)


def _press_mute(desk: Desk, rights: Rights, d: types.Development) -> Answer:
    if not rights.may_change or rights.recipient is None:
        return Answer(toast="Only a user of this bot may change what is told here.")
    mute = recipients.Mute(subject=d.subject, topic=d.topic)
    desk.readers.save_recipient(wishes.add_mute(rights.recipient, mute), desk.clock())
    what = words.subject_words(d, desk.names)
    return Answer(toast=f"{what}: muted until the next major development. /mute off lifts it."[:190])


def _press_wrong(desk: Desk, asker: Asker, d: types.Development) -> Answer:
    sender = f"telegram:{asker.user}" if asker.user else asker.address
    said = recipients.Feedback(development_id=d.id, recipient=asker.address, sender=sender, at=desk.clock())
    if desk.readers.add_feedback(said):
        _notify(desk, f"{sender} calls {d.id} wrong: {words.headline(d, desk.names)}", f"wrong:{d.id}:{sender}")
    return Answer(toast="Thank you. The operator will see that you call this wrong.")


# ---------------------------------------------------------------- reading


def _board(desk: Desk, rights: Rights, said: Sequence[str]) -> Answer:
    """The picture, with the lines in its place where it is not wanted or does not go out."""
    wanted = {word.casefold() for word in said}
    topics = [topic for topic in types.Topic if str(topic) in wanted]
    if unknown := sorted(wanted - {*topics, "text"}):
        known = line(span(f"I know no board “{unknown[0]}”.", limit=100))
        return Answer(lines=[known, _usage(asking.BY_NAME["board"])])
    held = [p for p in desk.ledger.load_positions() if not topics or p.topic in topics]
    lines = facts.board_lines(held, desk.names, "The board")
    if "text" in wanted:
        return Answer(lines=lines)
    return Answer(lines=lines, picture=board_picture.to_board(held, desk.names, desk.clock(), _zone(rights)))


def _zone(rights: Rights) -> ZoneInfo:
    """Whose times are shown: the place's own."""
    return ZoneInfo(rights.recipient.zone if rights.recipient else "UTC")


def _country(desk: Desk, rights: Rights, said: Sequence[str]) -> list[Line]:
    code = desk.find_subject(" ".join(said).casefold()) if said else None
    if code is None:
        unknown = [line(span(f"I know no country “{' '.join(said)}”.", limit=120))] if said else []
        return [*unknown, _usage(asking.BY_NAME["country"])]
    held = [p for p in desk.ledger.load_positions() if p.subject == code]
    lately = desk.ledger.latest_developments(5, subject=code)
    lines = facts.board_lines(held, desk.names, words.name_of(code, desk.names))
    return [*lines, *(facts.latest_lines(lately, desk.names) if lately else [])]


def _backstop(desk: Desk, rights: Rights, said: Sequence[str]) -> list[Line]:
    held = [p for p in desk.ledger.load_positions() if p.topic is types.Topic.BACKSTOP]
    lately = desk.ledger.latest_developments(5, topic=str(types.Topic.BACKSTOP))
    lines = facts.board_lines(held, desk.names, "The US backstop")
    return [*lines, *(facts.latest_lines(lately, desk.names) if lately else [])]


def _latest(desk: Desk, rights: Rights, said: Sequence[str]) -> list[Line]:
    count = int(said[0]) if said and said[0].isascii() and said[0].isdecimal() and len(said[0]) < 4 else LATEST
    return facts.latest_lines(desk.ledger.latest_developments(max(1, min(count, MOST_LATEST))), desk.names)


def _why(desk: Desk, rights: Rights, said: Sequence[str]) -> list[Line]:
    development = named(desk, said)
    if development is None:
        return _unknown("why", said)
    claims: dict[str, Sequence[types.Claim]] = {}
    for report in development.reports[:3]:
        found = desk.articles.article(report.article_id)
        claims[report.article_id] = found[1].claims if found else ()
    return facts.why_lines(development, desk.names, claims, _zone(rights))


def _sources(desk: Desk, rights: Rights, said: Sequence[str]) -> list[Line]:
    development = named(desk, said)
    return facts.source_lines(development, desk.names, _zone(rights)) if development else _unknown("sources", said)


def named(desk: Desk, said: Sequence[str]) -> types.Development | None:
    """The development of its own id or of an alert's."""
    if not said:
        return None
    name = said[0][:1].upper() + said[0][1:].lower()  # as telephones write it at the beginning of a word, and not
    found = desk.ledger.development(name)
    traced = desk.articles.trace(name) if found is None and name.startswith("A-") else None
    told = traced.get("development") if traced else None
    return desk.ledger.development(str(told["id"])) if isinstance(told, dict) else found


def _unknown(name: str, said: Sequence[str]) -> list[Line]:
    if not said:
        return [_usage(asking.BY_NAME[name])]
    return [line(span(f"Nothing is known by the id “{said[0]}”.", limit=120)), _usage(asking.BY_NAME[name])]


def _health(desk: Desk, rights: Rights, said: Sequence[str]) -> list[Line]:
    lines = [line(span(text, limit=600)) for text in desk.health()]
    if rights.is_operator:
        counts = desk.outbox.count_alerts()
        lines.append(line("Alerts: " + (", ".join(f"{n} {state}" for state, n in sorted(counts.items())) or "none")))
        lines += [line(span(text, limit=400), kind="item") for text in desk.faults()]
        off = desk.outbox.recipients_off()
        lines += [line(span(f"off: {address}: {reason}", limit=200), kind="item") for address, reason in off.items()]
    return lines


def _feedback(desk: Desk, rights: Rights, said: Sequence[str]) -> list[Line]:
    lines = []
    for each in desk.readers.list_feedback():
        development = desk.ledger.development(each.development_id)
        what = words.headline(development, desk.names) if development else "no longer stored"
        text = f"{each.sender}, {words.time_words(each.at)}: {each.development_id} {what}"
        lines.append(line(span(text, limit=300), kind="item"))
    return lines or [line("Nobody has called anything wrong.")]


def _help(desk: Desk, rights: Rights, said: Sequence[str]) -> list[Line]:
    lines = [line(span("What can be asked", "bold"), kind="head")]
    for command in asking.menu(operator=rights.is_operator):
        usage = f" {command.usage}" if command.usage else ""
        lines.append(line(span(f"/{command.name}", "bold"), span(usage, "quiet"), f" — {command.does}"))
    return lines


Read = Callable[[Desk, Rights, Sequence[str]], list[Line]]
_READS: dict[str, Read] = {
    "country": _country, "backstop": _backstop, "latest": _latest, "why": _why, "sources": _sources,
    "health": _health, "feedback": _feedback, "help": _help,
}  # fmt: skip


def _say(text: str) -> Answer:
    return Answer(lines=[line(text)])


def _refusal() -> Answer:
    return _say(asking.REFUSAL)


def _usage(command: asking.Command) -> Line:
    return line(span(f"/{command.name} {command.usage}".rstrip(), "quiet"), kind="small")


def _notify(desk: Desk, text: str, subject: str) -> None:
    notice = policy.notice_alert(desk.operator, text, desk.clock(), subject)
    desk.outbox.add_alerts([policy.of_watch(notice, desk.watch)])
