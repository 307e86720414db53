"""The hall: one bot before the desks of several watches. Leads who asks to a desk that may answer.

A place that hears of several watches says /watch NAME; what names a development goes where that is known. An invitation
is tried at every desk. Strangers get the one refusal, wherever they ask.
"""

import dataclasses
from collections.abc import Sequence

from alerts.bot import asking, desk
from alerts.bot.asking import Answer, Asker
from alerts.markup import line, span
from monitor import ports, recipients

_CHOSEN = "bot_watch:"  # in meta: the watch that a place asks about


class Hall:
    """One or several desks, the default watch's first."""

    def __init__(self, desks: Sequence[desk.Desk], meta: ports.Meta) -> None:
        self._desks, self._meta = tuple(desks), meta
        self.clock = desks[0].clock

    @property
    def has_several(self) -> bool:
        """Whether there is a choice at all."""
        return len(self._desks) > 1

    def known(self) -> list[recipients.Recipient]:
        """Everybody who is known at any desk; of one address the first desk's comes last, and so holds."""
        return [one for each in reversed(self._desks) for one in each.readers.list_recipients()]

    def answer(self, asker: Asker, name: str, said: Sequence[str], bot_name: str = "") -> Answer:
        """The answer to a command."""
        if not self.has_several:
            return desk.answer(self._desks[0], asker, name, said, bot_name)
        if name == "start" and said:
            return self._let_in(asker, said)
        may = self._open_to(asker)
        if name == asking.WATCH.name and may:
            return self._choose(asker, may, said)
        at = self._that_knows(may, name, said) or self._chosen(asker, may)
        answer = desk.answer(at, asker, name, said, bot_name)
        return _signed(answer, at) if len(may) > 1 and answer.lines else answer

    def press(self, asker: Asker, data: str) -> Answer:
        """The answer to a pressed button, at the desk whose development it is about."""
        reference = data.partition(":")[2]
        at = next((one for one in self._desks if one.ledger.development(reference)), self._desks[0])
        return desk.press(at, asker, data)

    def moved(self, old: int, new: int) -> None:
        """A group became a supergroup."""
        for one in self._desks:
            desk.moved(one, old, new)

    def removed(self, chat: int) -> None:
        """The bot was blocked or thrown out there."""
        for one in self._desks:
            desk.removed(one, chat)

    # ------------------------------------------------------------ which desk

    def _open_to(self, asker: Asker) -> list[desk.Desk]:
        return [one for one in self._desks if asking.rights(asker, one.readers.list_recipients()).may_read]

    def _chosen(self, asker: Asker, may: Sequence[desk.Desk]) -> desk.Desk:
        """As the place has chosen, else where it is told anything, else the first that it may ask."""
        name = self._meta.get(_CHOSEN + asker.address)
        told = [one for one in may if asking.rights(asker, one.readers.list_recipients()).recipient is not None]
        return next((one for one in may if one.watch == name), next(iter((*told, *may, *self._desks))))

    def _that_knows(self, may: Sequence[desk.Desk], name: str, said: Sequence[str]) -> desk.Desk | None:
        if name not in {"why", "sources"}:
            return None
        return next((one for one in may if desk.named(one, said) is not None), None)

    def _let_in(self, asker: Asker, said: Sequence[str]) -> Answer:
        """Where the invitation is from; first where the place is not told anything yet, for there it is of use."""
        is_told = {
            one.watch: asking.rights(asker, one.readers.list_recipients()).recipient is not None for one in self._desks
        }
        answer = Answer()
        for one in sorted(self._desks, key=lambda each: is_told[each.watch]):
            answer = desk.answer(one, asker, "start", said)
            if answer.joined:
                self._meta.set(_CHOSEN + asker.address, one.watch)
                return answer
        return answer

    def _choose(self, asker: Asker, may: Sequence[desk.Desk], said: Sequence[str]) -> Answer:
        names = [one.watch for one in may]
        wanted = said[0].casefold() if said else ""
        if wanted in names:
            self._meta.set(_CHOSEN + asker.address, wanted)
        now = self._chosen(asker, may).watch
        head = f"This is about the watch {now}." if not wanted or wanted in names else f"There is no watch {said[0]}."
        others = ", ".join(f"/watch {name}" for name in names if name != now)
        return Answer(
            lines=[line(span(head, limit=120)), line(f"Others: {others}" if others else "There is no other.")]
        )


def _signed(answer: Answer, at: desk.Desk) -> Answer:
    """With the watch's name, where the place could hear of another."""
    return dataclasses.replace(answer, lines=[line(span(at.watch, "quiet"), kind="small"), *answer.lines])
