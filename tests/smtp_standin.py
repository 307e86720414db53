"""A real SMTP server on loopback: optional TLS and log-in, answers that can be planned; keeps mails, parsed back."""

import asyncio
import email
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email.message import EmailMessage
from email.policy import default
from typing import Any

import trustme
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

USER, PASSWORD = "watch", "correct horse battery"


@dataclass(kw_only=True)
class Standin:
    """What came, and what is answered."""

    port: int = 0
    mails: list[EmailMessage] = field(default_factory=list)
    envelopes: list[tuple[str, list[str]]] = field(default_factory=list)
    at_mail: dict[str, str] = field(default_factory=dict)  # sender -> answer
    at_rcpt: dict[str, str] = field(default_factory=dict)  # address -> answer
    at_data: list[str] = field(default_factory=list)  # answers to come, first first
    encrypted: list[bool] = field(default_factory=list)
    client_tls: ssl.SSLContext | None = None  # trusts this server's authority

    async def handle_MAIL(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        """Take a sender, or not."""
        if address in self.at_mail:
            return self.at_mail[address]
        envelope.mail_from = address
        envelope.mail_options.extend(options)
        return "250 OK"

    async def handle_RCPT(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        """Take a recipient, or not."""
        if address in self.at_rcpt:
            return self.at_rcpt[address]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        """Take a mail, or not."""
        if self.at_data:
            return self.at_data.pop(0)
        content = envelope.content
        assert isinstance(content, bytes)
        assert max(len(row) for row in content.split(b"\r\n")) <= 998, "RFC 5321 lets no line be longer"
        self.mails.append(email.message_from_bytes(content, policy=default))
        self.envelopes.append((str(envelope.mail_from), list(envelope.rcpt_tos)))
        assert server.transport is not None
        self.encrypted.append(server.transport.get_extra_info("ssl_object") is not None)
        return "250 OK"


def _authenticate(server: SMTP, session: Session, envelope: Envelope, mechanism: str, data: Any) -> AuthResult:
    right = isinstance(data, LoginPassword) and data.login == USER.encode() and data.password == PASSWORD.encode()
    # With handled=True the server would wait for an answer of ours, and the client for its time-out.
    return AuthResult(success=right, handled=False)


class _AnyPort(Controller):
    """Takes a free port; the first connection of its own, which it starts with, must know which."""

    def _trigger_server(self) -> None:
        assert isinstance(self.server, asyncio.Server)
        self.port = self.server.sockets[0].getsockname()[1]
        super()._trigger_server()  # type: ignore[no-untyped-call]


@contextmanager
def serve(*, security: str = "none", auth: bool = False) -> Iterator[Standin]:
    """A server that listens until the block ends; `security` is none, starttls or tls."""
    standin = Standin()
    options: dict[str, Any] = {}
    context: ssl.SSLContext | None = None
    if security != "none":
        authority = trustme.CA()
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        authority.issue_cert("127.0.0.1", "localhost").configure_cert(context)
        standin.client_tls = ssl.create_default_context()
        authority.configure_trust(standin.client_tls)
    if security == "starttls":
        options |= {"tls_context": context, "require_starttls": True}
    if auth:
        options |= {"authenticator": _authenticate, "auth_required": True, "auth_require_tls": security == "starttls"}
    ssl_context = context if security == "tls" else None
    controller = _AnyPort(standin, hostname="127.0.0.1", port=0, ssl_context=ssl_context, **options)
    controller.start()
    standin.port = controller.port
    try:
        yield standin
    finally:
        controller.stop()
