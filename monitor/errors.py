"""The errors of Coalition Watch.

WatchError
+- SeedError        a data file says something impossible      (file, key, expected)
+- SettingsError    a setting is missing or wrong               (setting, expected)
+- InputError       a given file or line is not what it must be (name)
+- FetchError       an address could not be read                (url, reason, permanent, retry_after_s)
+- ParseError       a body is no feed                           (url)
+- ExtractError     a page gave no text in its limits           (url)
+- SendError        a channel refused or failed                 (recipient, permanent, unknown_outcome, ...)
+- StoreError       the database refused                        (what, kind)
"""

from enum import StrEnum


class Fault(StrEnum):
    """How far a fault reaches that only the operator can mend."""

    CHANNEL = "channel"  # whoever is told by it: a log-in refused, no such server
    RECIPIENT = "recipient"  # the server will not pass mail on to this one


def _rebuild(kind: type["WatchError"], message: str, fields: dict[str, object]) -> "WatchError":
    error = kind.__new__(kind)
    error.args = (message,)
    error.__dict__.update(fields)
    return error


class WatchError(Exception):
    """Something went wrong in Coalition Watch."""

    def __reduce__(self) -> tuple[object, ...]:
        # Errors cross process borders; the default would call __init__ with the message alone.
        return _rebuild, (type(self), str(self), self.__dict__)


class SeedError(WatchError):
    """A data file says something impossible."""

    def __init__(self, file: str, key: str, expected: str) -> None:
        super().__init__(f"{file}: {key}: expected {expected}")
        self.file, self.key, self.expected = file, key, expected


class SettingsError(WatchError):
    """A setting is missing or wrong."""

    def __init__(self, setting: str, problem: str, example: str = "") -> None:
        super().__init__(f"{setting}: {problem}" + (f" (for example {example})" if example else ""))
        self.setting, self.problem, self.example = setting, problem, example


class InputError(WatchError):
    """A given file or line is not what it must be."""

    def __init__(self, name: str, problem: str) -> None:
        super().__init__(f"{name}: {problem}")
        self.name, self.problem = name, problem


class FetchError(WatchError):
    """An address could not be read."""

    def __init__(
        self,
        url: str,
        reason: str,
        *,
        status: int | None = None,
        gone: bool = False,
        offline: bool = False,
        retry_after_s: float | None = None,
        refused: bool = False,  # asking again is pointless, whatever the status
    ) -> None:
        super().__init__(reason)
        self.url, self.reason, self.status = url, reason, status
        self.refused = refused
        self.gone, self.offline, self.retry_after_s = gone, offline, retry_after_s


class ParseError(WatchError):
    """A body is no feed."""

    def __init__(self, url: str, reason: str) -> None:
        super().__init__(reason)
        self.url, self.reason = url, reason


class ExtractError(WatchError):
    """A page gave no text within its limits."""

    def __init__(self, url: str, reason: str) -> None:
        super().__init__(reason)
        self.url, self.reason = url, reason


class SendError(WatchError):
    """A channel refused or failed."""

    def __init__(
        self,
        recipient: str,
        reason: str,
        *,
        permanent: bool = False,
        unknown_outcome: bool = False,
        retry_after_s: float | None = None,
        moved_to: str | None = None,
        message_only: bool = False,  # permanent for this message, not for the recipient
        fault: Fault | None = None,  # the operator's to mend: nothing is lost or given up meanwhile
    ) -> None:
        super().__init__(reason)
        self.recipient, self.reason, self.permanent = recipient, reason, permanent
        self.unknown_outcome, self.retry_after_s, self.moved_to = unknown_outcome, retry_after_s, moved_to
        self.message_only, self.fault = message_only, fault


class StoreError(WatchError):
    """The database refused. `kind` says what can be done about it.

    refused   anything else           locked    another program writes
    full      no room on the disk     read_only no right to write
    damaged   not readable            gone      a server that does not answer
    replaced  restored from a copy since it was opened: open it anew
    overtaken the ledger has gone on in another process: read it anew
    """

    def __init__(self, what: str, *, kind: str = "refused") -> None:
        super().__init__(what)
        self.kind = kind
