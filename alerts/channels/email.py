"""The e-mail channel: one multipart message to one address by SMTP; foreign errors become SendError."""

import contextlib
import ssl
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, formataddr, parseaddr
from urllib.parse import quote

import aiosmtplib

from alerts import redact, render
from alerts.channels import smtp_errors
from monitor import errors, types

SECURITIES = ("starttls", "tls", "none")
_FOREIGN = (aiosmtplib.SMTPException, OSError, TimeoutError, ValueError)
_STAGES: dict[type[Exception], smtp_errors.Stage] = {
    aiosmtplib.SMTPSenderRefused: smtp_errors.Stage.SENDER,
    aiosmtplib.SMTPRecipientRefused: smtp_errors.Stage.RECIPIENT,
    aiosmtplib.SMTPDataError: smtp_errors.Stage.DATA,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class EmailOptions:
    """The way out."""

    host: str
    port: int
    security: str = "starttls"  # starttls (required) | tls (from the first byte) | none
    user: str | None = None
    password: str | None = field(default=None, repr=False)
    sender: str
    watch: str = ""  # named to readers, where it is another than the shipped one
    timeout_s: float = 30.0
    tls_context: ssl.SSLContext | None = None  # None: the system's authorities


class EmailChannel:
    """Sends mails; one connection each, for they are few."""

    def __init__(self, options: EmailOptions) -> None:
        if str(options.security) not in SECURITIES:
            raise errors.SettingsError("email_security", f"unknown way {options.security!r}", "starttls")
        if "@" not in parseaddr(options.sender)[1]:
            raise errors.SettingsError("email_from", "no address", "Watch <watch@example.org>")
        self._options = options

    async def send(self, alert: types.Alert, message: object) -> str | None:
        """Send; return the mail's Message-ID; raises errors.SendError."""
        assert isinstance(message, render.Message)
        address = alert.recipient.partition(":")[2]
        mail = to_mail(alert, message, address, self._options.sender, self._options.watch)
        async with self._connected(alert.recipient) as client:
            try:
                await client.send_message(mail, sender=parseaddr(self._options.sender)[1], recipients=[address])
            except _FOREIGN as error:
                raise self._to_send_error(alert.recipient, error) from error
        return str(mail["Message-ID"])

    async def check(self, addresses: Sequence[str] = ()) -> str:
        """Connect, log in, name the sender and these recipients, send nothing; raises errors.SendError."""
        options = self._options
        async with self._connected("email") as client:
            for address in addresses:
                try:
                    await client.mail(parseaddr(options.sender)[1])
                    await client.rcpt(address)
                    await client.rset()
                except _FOREIGN as error:
                    raise self._to_send_error(f"email:{address}", error) from error
        return f"{options.host}:{options.port}" + (f", logged in as {options.user}" if options.user else "")

    @asynccontextmanager
    async def _connected(self, recipient: str) -> AsyncIterator[aiosmtplib.SMTP]:
        """A connection, secured and logged in; raises errors.SendError where there is none."""
        options = self._options
        client = aiosmtplib.SMTP(
            hostname=options.host,
            port=options.port,
            username=options.user,
            password=options.password,
            timeout=options.timeout_s,
            use_tls=str(options.security) == "tls",
            start_tls=str(options.security) == "starttls",
            tls_context=options.tls_context,
        )
        try:
            try:
                await client.connect()
            except _FOREIGN as error:
                raise self._to_send_error(recipient, error, connected=False) from error
            yield client
            with contextlib.suppress(*_FOREIGN):  # the mail is accepted; how they part does not matter
                await client.quit()
        finally:
            client.close()

    def _to_send_error(self, recipient: str, error: Exception, *, connected: bool = True) -> errors.SendError:
        told = redact.redact(_to_words(error), self._options.password)
        refusal = _to_refusal(error)
        if not connected:
            # No connection, no TLS, no log-in: the operator's to mend, unless the server says that it will pass.
            passes = refusal is not None and 400 <= refusal[1] < 500
            return errors.SendError(recipient, told, fault=None if passes else errors.Fault.CHANNEL)
        if refusal is not None:
            verdict = smtp_errors.judge(*refusal)
            return errors.SendError(
                recipient, told, permanent=verdict.permanent, message_only=verdict.message_only, fault=verdict.fault
            )
        lost = isinstance(error, (aiosmtplib.SMTPServerDisconnected, aiosmtplib.SMTPReadTimeoutError, TimeoutError))
        return errors.SendError(recipient, told, unknown_outcome=lost)


def _to_refusal(error: Exception) -> tuple[smtp_errors.Stage, int, str] | None:
    """Stage, code and text where the server has refused; None where it has not answered."""
    if isinstance(error, aiosmtplib.SMTPRecipientsRefused):
        refused = error.recipients[0]  # a mail has one recipient
        return smtp_errors.Stage.RECIPIENT, refused.code, refused.message
    if not isinstance(error, aiosmtplib.SMTPResponseException):
        return None
    for kind, stage in _STAGES.items():
        if isinstance(error, kind):
            return stage, error.code, error.message
    return smtp_errors.Stage.OTHER, error.code, error.message


def to_mail(alert: types.Alert, message: render.Message, address: str, sender: str, watch: str = "") -> EmailMessage:
    """The mail: the same alert makes the same mail, so that a second copy of a doubtful one can be told as such."""
    name, own = parseaddr(sender)
    mail = EmailMessage(policy=SMTP)
    mail["From"] = formataddr((name or ("Coalition Watch" + (f": {watch}" if watch else "")), own))
    mail["To"] = address
    mail["Subject"] = message.subject
    mail["Date"] = format_datetime(alert.created_at)
    domain = own.rpartition("@")[2]
    mail["Message-ID"] = f"<{alert.id}@{domain}>"
    if alert.message_ref:
        mail["In-Reply-To"] = mail["References"] = alert.message_ref
    mail["List-Unsubscribe"] = f"<mailto:{own}?subject=unsubscribe%20{quote(address, safe='@')}>"
    mail["List-Id"] = f"Coalition Watch <{watch + '.' if watch else ''}coalition-watch.{domain}>"
    mail["Auto-Submitted"] = "auto-generated"
    mail.set_content(message.plain, cte="quoted-printable")
    _add_page(mail, message, f"{alert.id}@{domain}")
    return mail


def _add_page(mail: EmailMessage, message: render.Message, place: str) -> None:
    """The page beside the plain text, its pictures with it (RFC 2392); `place` makes their ids the mail's own."""
    page = message.html
    for image in message.images:
        page = page.replace(f'"cid:{image.name}"', f'"cid:{image.name}.{place}"')
    mail.add_alternative(page, subtype="html", cte="quoted-printable")
    parts = mail.get_payload()
    part = parts[-1] if isinstance(parts, list) else mail
    assert isinstance(part, EmailMessage)
    for image in message.images:
        part.add_related(
            image.png, "image", "png", cid=f"<{image.name}.{place}>", filename=f"{image.name}.png", disposition="inline"
        )


def _to_words(error: Exception) -> str:
    """What the server or the machine says, and which settings it is about."""
    words, hint = _say(error), _hint(error)
    return f"{words} (settings: {hint})" if hint else words


def _hint(error: Exception) -> str:
    if getattr(error, "code", None) in smtp_errors.LOG_IN or isinstance(error, aiosmtplib.SMTPAuthenticationError):
        return "email_user, email_password, email_security"
    if isinstance(error, aiosmtplib.SMTPSenderRefused):
        return "email_from"
    if _tls_error(error) is not None:
        return "email_host, email_security"
    return "email_host, email_port" if isinstance(error, aiosmtplib.SMTPConnectError) else ""


def _tls_error(error: BaseException | None) -> ssl.SSLError | None:
    """The TLS error that stands behind another, if any."""
    while error is not None and not isinstance(error, ssl.SSLError):
        error = error.__cause__
    return error


def _say(error: Exception) -> str:
    if isinstance(error, aiosmtplib.SMTPRecipientsRefused):
        return "; ".join(f"{refused.code} {refused.message}" for refused in error.recipients)
    if isinstance(error, aiosmtplib.SMTPResponseException):
        return f"{error.code} {error.message}"
    if (tls := _tls_error(error)) is not None:
        why = getattr(tls, "verify_message", None) or tls.reason or "no reason given"
        return f"the server's certificate or TLS is not accepted ({why})"
    return str(error) or type(error).__name__
