"""What a mail server's refusal means: for the message, for the recipient, or for whoever runs the service. Pure.

The first digit tells temporary (4) from permanent (5) refusals (RFC 5321, 4.2.1). Where the server gives an enhanced
code (RFC 3463) that says more: 5.1.x is an address, 5.2.x a mailbox, 5.3.4 and 5.6.x the message, 5.7.x a policy.
"""

import re
from dataclasses import dataclass
from enum import StrEnum

from monitor import errors

_ENHANCED = re.compile(r"\s*\(?([245])\.(\d{1,3})\.(\d{1,3})\b")
_FULL = {(2, 2), (3, 1)}  # mailbox full, mail system full: empties again, though many answer with 552
_TOO_BIG = {(2, 3), (3, 4)}
_OPERATORS = {3, 4, 5, 7}  # system, routing, protocol, policy: nobody's address is wrong
LOG_IN = {530, 534, 535, 538}  # log-in or encryption wanted, or refused (RFC 4954, 6)
_RELAY = re.compile(r"\brelay", re.IGNORECASE)  # "relay not permitted", from servers that give no enhanced code


class Stage(StrEnum):
    """At which step of the dialogue the server refused."""

    SENDER = "sender"  # MAIL FROM
    RECIPIENT = "recipient"  # RCPT TO
    DATA = "data"
    OTHER = "other"  # any other command


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """permanent: not tried again; message_only: the recipient may get other messages; fault: the operator's to mend."""

    permanent: bool = False
    message_only: bool = False
    fault: errors.Fault | None = None


TRY_AGAIN = Verdict()
MEND_CHANNEL = Verdict(fault=errors.Fault.CHANNEL)
MEND_RECIPIENT = Verdict(fault=errors.Fault.RECIPIENT)
THIS_MESSAGE = Verdict(permanent=True, message_only=True)
THIS_RECIPIENT = Verdict(permanent=True)


def judge(stage: Stage, code: int, text: str) -> Verdict:
    """What to do after a refusal on an open connection: code and text as the server gave them."""
    if code < 500:
        return TRY_AGAIN
    found = _ENHANCED.match(text)
    detail = (int(found[2]), int(found[3])) if found and found[1] == "5" else None
    if code in LOG_IN:
        return MEND_CHANNEL
    if detail in _FULL:
        return TRY_AGAIN
    if detail in _TOO_BIG or (detail is not None and detail[0] == 6):
        return THIS_MESSAGE
    if stage is Stage.RECIPIENT:
        return _judge_recipient(code, detail, text)
    if stage is Stage.SENDER:
        return THIS_MESSAGE if code == 552 else MEND_CHANNEL  # 552: bigger than the server takes (RFC 1870)
    return MEND_RECIPIENT if _RELAY.search(text) else THIS_MESSAGE


def _judge_recipient(code: int, detail: tuple[int, int] | None, text: str) -> Verdict:
    """Only a wrong address or a closed mailbox is the recipient's own."""
    if detail is None and code == 552:  # mailbox full
        return TRY_AGAIN
    # A policy may be meant for one recipient, so that the others are not made to wait; 554: mostly a policy.
    policy = detail[0] in _OPERATORS if detail is not None else code == 554
    return MEND_RECIPIENT if policy or _RELAY.search(text) else THIS_RECIPIENT
