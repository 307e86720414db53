"""Which watches an installation has, and which setting is whose. Opens nothing but the folders' listings.

A further watch has what is set for it (CW_HARBOUR__EMAIL_TO, or email_to below [harbour] in the file), else what is set
for all; but recipients, feeds and baseline are each watch's own, and so is its database.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from monitor import errors, watch
from storage import addresses

# What the default watch is told to does not go for another one.
OWN = ("telegram_chats", "email_to", "notify_urls", "webhooks", "console", "operator", "feeds_file", "baseline_file")
# What there is once for all of them.
SHARED = ("watches", "watchdog_max_age_s", "concurrency", "workers", "contact", "allow_private_addresses", "log_level",
          "log_format", "http_host", "http_port", "http_password", "http_token", "http_proxy_header", "http_proxies",
          "http_public_url", "websub")  # fmt: skip
_BETWEEN = "__"  # between a watch's name and a setting's


@dataclass(frozen=True, slots=True, kw_only=True)
class Chosen:
    """A watch of this installation."""

    name: str
    root: Path | None  # a folder in the shape of seeds/; None: the shipped one


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """Settings as texts: for all, and by watch."""

    common: dict[str, str] = field(default_factory=dict)
    own: dict[str, dict[str, str]] = field(default_factory=dict)


def parts_of(name: str) -> tuple[str, str]:
    """(watch, setting) of a name such as harbour__email_to; without a watch: ("", setting)."""
    watch_name, mark, setting = name.partition(_BETWEEN)
    return (watch_name, setting) if mark else ("", name)


def key_of(watch_name: str, setting: str, shown: str) -> str:
    """The name under which a setting is kept; raises errors.SettingsError for one that no watch can have alone."""
    if not watch_name:
        return setting
    if setting in SHARED:
        raise errors.SettingsError(shown, f"{setting} is set once for all watches", f"CW_{setting.upper()}")
    return watch_name + _BETWEEN + setting


def split(given: Mapping[str, str]) -> Given:
    """What is set for all, and what for each watch."""
    found = Given()
    for name, value in given.items():
        watch_name, setting = parts_of(name)
        (found.own.setdefault(watch_name, {}) if watch_name else found.common)[setting] = value
    return found


def choose(named: Sequence[str]) -> list[Chosen]:
    """The watches that the setting names; raises errors.SettingsError for a folder that is none, or a name twice."""
    found = []
    for one in named:
        root = None if one == watch.SHIPPED else Path(one)
        try:
            found.append(Chosen(name=watch.SHIPPED if root is None else watch.name_of(root), root=root))
        except errors.SeedError as error:
            raise errors.SettingsError("CW_WATCHES", f"no watch: {error}", f"{watch.SHIPPED}:/srv/watches") from error
    names = [one.name for one in found]
    twice = next((name for name in names if names.count(name) > 1), None)
    if twice:
        raise errors.SettingsError("CW_WATCHES", f"{twice} is named twice; the folder within must have another name")
    return found


def refuse_strangers(given: Given, names: Sequence[str]) -> None:
    """Settings of a watch that is not there are a typing error."""
    for watch_name, settings in given.own.items():
        if watch_name not in names:
            setting = next(iter(settings))
            shown = f"CW_{watch_name}{_BETWEEN}{setting}".upper()
            raise errors.SettingsError(shown, f"no watch is named {watch_name}; CW_WATCHES has {', '.join(names)}")


def of_watch(given: Given, name: str, *, is_first: bool) -> dict[str, str]:
    """The texts that hold for a watch."""
    inherited = {key: text for key, text in given.common.items() if is_first or key not in OWN}
    return inherited | given.own.get(name, {})


def own_database(url: str, name: str) -> str:
    """Where a watch keeps what is its own; by its name alone, so that the order of watches may change."""
    return url if name == watch.SHIPPED else addresses.beside(url, name)


def refuse_shared_databases(held: Sequence[tuple[str, str]]) -> None:
    """Two watches in one database would take each other's articles."""
    for index, (name, url) in enumerate(held):
        for other, other_url in held[:index]:
            if url == other_url and addresses.is_kept(url):
                raise errors.SettingsError(
                    f"CW_{name.upper()}__DATABASE_URL", f"is the database of {other}", "an address of its own"
                )
