"""The console channel: prints an alert as a clear block to a text stream. Decides nothing."""

import sys
from typing import TextIO

from alerts import render
from monitor import errors, types

RULE = "─" * 72


class ConsoleChannel:
    """Prints messages."""

    def __init__(self, stream: TextIO | None = None) -> None:
        self._stream = stream

    async def send(self, alert: types.Alert, message: object) -> str | None:
        """Print; raises errors.SendError where the stream is closed."""
        assert isinstance(message, render.Message)
        stream = self._stream or sys.stdout  # looked up late: tests and service managers replace it
        block = f"{RULE}\n{message.plain}\n{RULE}\n"
        try:
            # A terminal of another encoding must not lose the alert over one character.
            encoding = getattr(stream, "encoding", None) or "utf-8"
            stream.write(block.encode(encoding, "replace").decode(encoding))
            stream.flush()
        except (OSError, ValueError) as error:
            raise errors.SendError(alert.recipient, f"the console cannot be written to ({error})") from error
        return alert.id
