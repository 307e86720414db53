"""Reads a response body within a limit on its unpacked size. gzip and deflate only; knows nothing of connections.

brotli and zstd are never asked for: their decoders may unpack a whole bomb in one call (1 kB to 1 GB was measured).
"""

import zlib
from collections.abc import AsyncIterator, Iterator, Mapping

from monitor import errors

ACCEPTED = "gzip, deflate"
_STEP = 64 * 1024  # unpacked bytes per call: bounds what a bomb can make of one chunk


async def read_body(chunks: AsyncIterator[bytes], *, url: str, headers: Mapping[str, str], max_bytes: int) -> bytes:
    """The unpacked body; raises errors.FetchError where it is too large, cut off or packed in another way."""
    encoding = headers.get("content-encoding", "").strip().lower()
    announced = headers.get("content-length", "")
    if announced.isdigit() and int(announced) > max_bytes:
        raise _too_large(url, max_bytes)
    if encoding in ("", "identity", "none"):
        return await _read_plain(chunks, url, max_bytes)
    if encoding not in ("gzip", "x-gzip", "deflate"):
        raise errors.FetchError(url, f"packed in a way that was not asked for ({encoding[:20]})")
    try:
        return await _read_packed(chunks, url, max_bytes, encoding)
    except zlib.error as error:
        raise errors.FetchError(url, f"the {encoding} body is damaged") from error


async def _read_plain(chunks: AsyncIterator[bytes], url: str, max_bytes: int) -> bytes:
    body = bytearray()
    async for chunk in chunks:
        body += chunk
        if len(body) > max_bytes:
            raise _too_large(url, max_bytes)
    return bytes(body)


async def _read_packed(chunks: AsyncIterator[bytes], url: str, max_bytes: int, encoding: str) -> bytes:
    body = bytearray()
    unpacker = _Unpacker(is_gzip=encoding != "deflate")
    async for chunk in chunks:
        for piece in unpacker.feed(chunk):
            body += piece
            if len(body) > max_bytes:
                raise _too_large(url, max_bytes)
    if unpacker.started and not unpacker.finished:
        raise errors.FetchError(url, f"the {encoding} body is cut off")
    return bytes(body)


class _Unpacker:
    """zlib with a bound on each step; takes several gzip members in a row, and deflate with or without its header."""

    def __init__(self, *, is_gzip: bool) -> None:
        self._is_gzip = is_gzip
        self._zlib = zlib.decompressobj(31 if is_gzip else 15)
        self.started = False

    @property
    def finished(self) -> bool:
        return self._zlib.eof

    def feed(self, chunk: bytes) -> Iterator[bytes]:
        """The unpacked pieces of a chunk, each of at most _STEP bytes."""
        pending = chunk
        while pending:
            if self._zlib.eof:
                # Another gzip member may follow; anything else after the end is padding, which all readers ignore.
                if not (self._is_gzip and pending.startswith(b"\x1f\x8b")):
                    return
                self._zlib = zlib.decompressobj(31)
            yield self._step(pending)
            pending = self._zlib.unused_data if self._zlib.eof else self._zlib.unconsumed_tail

    def _step(self, pending: bytes) -> bytes:
        first, self.started = not self.started, True
        try:
            return self._zlib.decompress(pending, _STEP)
        except zlib.error:
            if self._is_gzip or not first:
                raise
            # Servers disagree on whether "deflate" has zlib's header (RFC 9110, 8.4.1.2).
            self._zlib = zlib.decompressobj(-15)
            return self._zlib.decompress(pending, _STEP)


def _too_large(url: str, max_bytes: int) -> errors.FetchError:
    return errors.FetchError(url, f"the body is larger than {max_bytes / 1_000_000:g} MB")
