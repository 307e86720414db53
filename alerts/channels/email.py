"""The e-mail channel: one multipart message to one address by SMTP; foreign errors become SendError."""

import ssl
from dataclasses import dataclass, field
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, formataddr, parseaddr

import aiosmtplib

from alerts import redact, render
from monitor import errors, types

SECURITIES = ("starttls", "tls", "none")


@dataclass(frozen=True, slots=True, kw_only=True)
class EmailOptions:
    """The way out."""

    host: str
    port: int
    security: str = "starttls"  # starttls (required) | tls (from the first byte) | none
    user: str | None = None
    password: str | None = field(default=None, repr=False)
    sender: str
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
        mail = to_mail(alert, message, address, self._options.sender)
        try:
            await self._deliver(mail, address)
        except (aiosmtplib.SMTPException, OSError, TimeoutError, ValueError) as error:
            raise self._to_send_error(alert.recipient, error) from error
        return str(mail["Message-ID"])

    async def check(self) -> str:
        """Connect and log in, send nothing; raises errors.SendError."""
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
            await client.connect()
            await client.quit()
        except (aiosmtplib.SMTPException, OSError, TimeoutError, ValueError) as error:
            raise self._to_send_error("email", error) from error
        return f"{options.host}:{options.port}" + (f", logged in as {options.user}" if options.user else "")

    async def _deliver(self, mail: EmailMessage, address: str) -> None:
        options = self._options
        await aiosmtplib.send(
            mail,
            sender=parseaddr(options.sender)[1],
            recipients=[address],
            hostname=options.host,
            port=options.port,
            username=options.user,
            password=options.password,
            timeout=options.timeout_s,
            use_tls=str(options.security) == "tls",
            start_tls=str(options.security) == "starttls",
            tls_context=options.tls_context,
        )

    def _to_send_error(self, recipient: str, error: Exception) -> errors.SendError:
        told = redact.redact(_to_words(error), self._options.password)
        if isinstance(error, aiosmtplib.SMTPRecipientsRefused):
            codes = [refused.code for refused in error.recipients]
            return errors.SendError(recipient, told, permanent=bool(codes) and all(code >= 500 for code in codes))
        if isinstance(error, (aiosmtplib.SMTPAuthenticationError, aiosmtplib.SMTPSenderRefused)):
            # The operator's to mend, and no fault of the recipient's: tried again, nothing is lost meanwhile.
            return errors.SendError(recipient, told)
        if isinstance(error, aiosmtplib.SMTPDataError):
            return errors.SendError(recipient, told, permanent=error.code >= 500, message_only=True)
        if isinstance(error, aiosmtplib.SMTPConnectError):
            return errors.SendError(recipient, told)
        lost = isinstance(error, (aiosmtplib.SMTPServerDisconnected, aiosmtplib.SMTPReadTimeoutError, TimeoutError))
        return errors.SendError(recipient, told, unknown_outcome=lost)


def to_mail(alert: types.Alert, message: render.Message, address: str, sender: str) -> EmailMessage:
    """The mail: the same alert makes the same mail, so that a second copy of a doubtful one can be told as such."""
    name, own = parseaddr(sender)
    mail = EmailMessage(policy=SMTP)
    mail["From"] = formataddr((name or "Coalition Watch", own))
    mail["To"] = address
    mail["Subject"] = message.subject
    mail["Date"] = format_datetime(alert.created_at)
    mail["Message-ID"] = f"<{alert.id}@{own.rpartition('@')[2]}>"
    if alert.message_ref:
        mail["In-Reply-To"] = mail["References"] = alert.message_ref
    mail["List-Unsubscribe"] = f"<mailto:{own}?subject=unsubscribe>"
    mail["Auto-Submitted"] = "auto-generated"
    mail.set_content(message.plain, cte="quoted-printable")
    mail.add_alternative(message.html, subtype="html", cte="quoted-printable")
    return mail


def _to_words(error: Exception) -> str:
    if isinstance(error, aiosmtplib.SMTPRecipientsRefused):
        return "; ".join(f"{refused.code} {refused.message}" for refused in error.recipients)
    if isinstance(error, aiosmtplib.SMTPResponseException):
        return f"{error.code} {error.message}"
    if isinstance(error, ssl.SSLError):
        return f"the server's certificate or TLS is not accepted ({error.reason})"
    return str(error) or type(error).__name__
