"""The settings: one table of options, read once from a TOML file and the environment, checked, passed as arguments."""

import difflib
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import Any

from alerts import redact
from alerts.channels import targets
from app import reach, watch_settings
from app.forms import Parse
from app.forms import address as _address
from app.forms import chats as _chats
from app.forms import database as _database
from app.forms import flag as _flag
from app.forms import hours as _hours
from app.forms import mails as _mails
from app.forms import one_of as _one_of
from app.forms import parts as _list
from app.forms import recipient as _recipient
from app.forms import targets as _targets
from app.forms import text as _text
from app.forms import time as _time
from app.forms import watches as _watches
from app.forms import whole as _whole
from app.forms import zone as _zone
from monitor import errors, watch

PREFIX = "CW_"
CONFIG_NAME = "coalition-watch.toml"


class Secret:
    """A text that shows itself only when asked."""

    def __init__(self, value: str) -> None:
        self._value = value

    def get_secret_value(self) -> str:
        """The text itself."""
        return self._value

    def __repr__(self) -> str:
        return "Secret(***)"

    __str__ = __repr__

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Secret) and other._value == self._value

    def __hash__(self) -> int:
        return hash(self._value)


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """Everything that can be set; built by load_settings. `watches` gives the settings of each watch in turn."""

    database_url: str
    watches: tuple[str, ...]
    watchdog_max_age_s: int
    keep_texts_days: int
    keep_entries_days: int
    keep_deliveries_days: int
    database_max_mb: int
    quiet_hours: str
    feeds_file: Path | None
    baseline_file: Path | None
    concurrency: int
    workers: int
    contact: str
    allow_private_addresses: tuple[str, ...]
    console: bool
    minors: bool
    telegram_token: Secret | None
    telegram_chats: tuple[str, ...]
    telegram_base_url: str
    operator: str | None
    email_host: str | None
    email_port: int
    email_security: str
    email_user: str | None
    email_password: Secret | None
    email_from: str | None
    email_to: tuple[str, ...]
    email_immediate: bool
    notify_urls: Secret | None
    webhooks: Secret | None
    webhook_key: Secret | None
    digest_time: str
    timezone: str
    log_level: str
    log_format: str
    health_max_age_s: int
    http_host: str
    http_port: int
    http_password: Secret | None
    http_token: Secret | None
    http_proxy_header: str | None
    http_proxies: tuple[str, ...]
    http_public_url: str | None
    websub: bool
    watch: str = watch.SHIPPED  # whose settings these are
    watch_root: Path | None = None  # its data; None: the shipped one's
    others: tuple["Settings", ...] = ()  # of the further watches, each with its own

    @property
    def every(self) -> tuple["Settings", ...]:
        """The settings of every watch, the default one's first."""
        return (self, *self.others)

    @property
    def user_agent(self) -> str:
        """Who asks, truthfully, and how to reach them."""
        return "CoalitionWatch/0.1 (news monitor" + (f"; {self.contact}" if self.contact else "") + ")"


@dataclass(frozen=True, slots=True, kw_only=True)
class Option:
    """One setting: its default and example as text, how it is read, what it is for."""

    name: str
    default: str | None
    parse: Parse
    expects: str
    help: str
    secret: bool = False


OPTIONS: tuple[Option, ...] = (
    Option(name="database_url", default="sqlite:///data/coalition-watch.db", parse=_database,
           expects="a database address such as sqlite:///data/coalition-watch.db", help="where everything is kept"),
    Option(name="watches", default=watch.SHIPPED, parse=_watches,
           expects=f"folders in the shape of seeds/, such as {watch.SHIPPED}:/srv/watches/harbour",
           help="what is watched, with : between, the default first; `coalition` is the shipped watch "
                "(see *Several watches*)"),
    Option(name="watchdog_max_age_s", default="1800", parse=_whole(0, 86_400),
           expects="seconds, such as 1800 (0: never)",
           help="without a completed cycle for so long the service tells the operator and ends, to be started again"),
    Option(name="keep_texts_days", default="90", parse=_whole(7, 3650), expects="days, such as 90",
           help="how long the texts of articles are kept on which no development rests"),
    Option(name="keep_entries_days", default="365", parse=_whole(45, 3650), expects="days, such as 365",
           help="how long entries are remembered that no feed shows any more"),
    Option(name="keep_deliveries_days", default="365", parse=_whole(30, 3650), expects="days, such as 365",
           help="how long it is remembered what was told to whom"),
    Option(name="database_max_mb", default="4096", parse=_whole(16, 10_000_000), expects="megabytes, such as 4096",
           help="beyond this less is kept than the days say, and the operator told"),
    Option(name="quiet_hours", default="02:00-05:00", parse=_hours, expects="hours such as 02:00-05:00",
           help="when the database is pruned and compacted, in the timezone"),
    Option(name="feeds_file", default=None, parse=Path, expects="a file such as feeds.yaml",
           help="a feed list of your own in place of the shipped one"),
    Option(name="baseline_file", default=None, parse=Path, expects="a file such as baseline.yaml",
           help="a baseline of your own in place of the shipped one"),
    Option(name="concurrency", default="20", parse=_whole(1, 200), expects="a number from 1 to 200, such as 20",
           help="requests under way at once"),
    Option(name="workers", default="2", parse=_whole(1, 64), expects="a number from 1 to 64, such as 2",
           help="worker processes for parsing, extraction and claims"),
    Option(name="contact", default="", parse=str.strip, expects="a mail or web address of yours",
           help="named in the User-Agent, so that a publisher can reach you"),
    Option(name="allow_private_addresses", default="", parse=_list, expects="hosts or networks, such as 10.1.0.0/16",
           help="intranet feeds that may be fetched (`all` lifts the guard); by default only public addresses are"),
    Option(name="console", default="false", parse=_flag, expects="true or false",
           help="tell on the console too; with no other recipient it always does"),
    Option(name="minors", default="false", parse=_flag, expects="true or false",
           help="tell minor developments at once too, not only in the digest"),
    Option(name="telegram_token", default=None, parse=_text, expects="the token that BotFather gave, 123456:ABC...",
           help="switches Telegram on", secret=True),
    Option(name="telegram_chats", default="", parse=_chats,
           expects="chat ids, such as 1234567,-1009876543210 (a forum topic: -1009876543210/5)",
           help="who is told on Telegram, and may use the bot; others come by invitation"),
    Option(name="telegram_base_url", default="https://api.telegram.org/bot", parse=_address,
           expects="an address such as https://api.telegram.org/bot", help="another Bot API server"),
    Option(name="operator", default=None, parse=_recipient,
           expects="an address such as telegram:1234567 or email:me@example.org",
           help="who gets notices and feedback and may invite (default: the first user in telegram_chats, "
                "else the console)"),
    Option(name="email_host", default=None, parse=_text, expects="a host such as smtp.example.org",
           help="switches e-mail on"),
    Option(name="email_port", default="587", parse=_whole(1, 65535), expects="a port such as 587", help="its port"),
    Option(name="email_security", default="starttls", parse=_one_of("starttls", "tls", "none"),
           expects="starttls, tls or none", help="how the connection is protected"),
    Option(name="email_user", default=None, parse=_text, expects="a user name", help="user for the mail server"),
    Option(name="email_password", default=None, parse=_text, expects="a password",
           help="password for the mail server", secret=True),
    Option(name="email_from", default=None, parse=_text, expects="an address such as watch@example.org",
           help="the sender"),
    Option(name="email_to", default="", parse=_mails, expects="addresses such as a@example.org,b@example.org",
           help="who gets the daily digest"),
    Option(name="email_immediate", default="false", parse=_flag, expects="true or false",
           help="mail developments at once too, threaded, besides the digest"),
    Option(name="notify_urls", default=None, parse=_targets, expects="name=URL, with spaces between",
           help="who is told through Apprise (the extra `notify`): Slack, Discord, Matrix, ntfy ...", secret=True),
    Option(name="webhooks", default=None, parse=_targets, expects="name=https://..., with spaces between",
           help="who gets developments as signed JSON (`alerts/channels/webhook.py`)", secret=True),
    Option(name="webhook_key", default=None, parse=_text, expects="a long random word",
           help="the key of the webhooks' signatures", secret=True),
    Option(name="digest_time", default="07:00", parse=_time, expects="a time such as 07:00",
           help="when the digest is sent, in the timezone"),
    Option(name="timezone", default="UTC", parse=_zone, expects="a zone such as Europe/Berlin",
           help="the zone of the digest's day"),
    Option(name="log_level", default="info", parse=_one_of("debug", "info", "warning", "error"),
           expects="debug, info, warning or error", help="what is logged"),
    Option(name="log_format", default="text", parse=_one_of("text", "json"), expects="text or json",
           help="how it is logged (standard error)"),
    Option(name="health_max_age_s", default="900", parse=_whole(30, 86_400), expects="seconds, such as 900",
           help="`health` fails when the last completed cycle is older"),
    Option(name="http_host", default="127.0.0.1", parse=_text, expects="an address of this machine such as 127.0.0.1",
           help="where the dashboard listens; beyond loopback only with a password, a token or a proxy's header"),
    Option(name="http_port", default="8642", parse=_whole(0, 65535), expects="a port such as 8642, or 0",
           help="the dashboard's port; 0 switches it off"),
    Option(name="http_password", default=None, parse=reach.parse_secret, expects="at least 12 characters",
           help="asked for by the dashboard (any user name)", secret=True),
    Option(name="http_token", default=None, parse=reach.parse_secret, expects="at least 12 characters",
           help="opens the dashboard to programs that send `Authorization: Bearer ...`", secret=True),
    Option(name="http_proxy_header", default=None, parse=reach.parse_header, expects="a name such as X-Forwarded-User",
           help="a reverse proxy that has checked the reader names him here (`http_proxies` says which)"),
    Option(name="http_proxies", default="127.0.0.1,::1", parse=reach.parse_networks,
           expects="addresses or networks, such as 10.1.0.0/16", help="where that reverse proxy asks from"),
    Option(name="http_public_url", default=None, parse=_address, expects="an address such as https://watch.example.org",
           help="how readers reach the dashboard; for links in feeds, behind a reverse proxy; and hubs (`websub`)"),
    Option(name="websub", default="true", parse=_flag, expects="true or false",
           help="have the hubs of feeds say when there is news (needs `http_public_url`, reachable from outside)"),
)  # fmt: skip
_BY_NAME = {option.name: option for option in OPTIONS}
assert set(_BY_NAME) == {field.name for field in fields(Settings)} - {"watch", "watch_root", "others"}


def load_settings(environ: Mapping[str, str], config_file: Path | None = None) -> Settings:
    """Read file, then environment (which wins); raises errors.SettingsError naming the setting and a good value.

    What comes back is the default watch's; `others` are those of the further ones (watch_settings.py).
    """
    given = _from_file(environ, config_file) | _from_environment(environ)
    mine = watch_settings.split(given)
    chosen = watch_settings.choose(_value(_BY_NAME["watches"], mine.common))
    watch_settings.refuse_strangers(mine, [one.name for one in chosen])
    made = [_load_one(mine, one, is_first=one is chosen[0]) for one in chosen]
    watch_settings.refuse_shared_databases([(one.watch, one.database_url) for one in made])
    return replace(made[0], others=tuple(made[1:]))


def _load_one(given: watch_settings.Given, chosen: watch_settings.Chosen, *, is_first: bool) -> Settings:
    texts = watch_settings.of_watch(given, chosen.name, is_first=is_first)
    own = given.own.get(chosen.name, {})
    values = {
        option.name: _value(option, texts, f"{chosen.name.upper()}__" if option.name in own else "")
        for option in OPTIONS
    }
    if "database_url" not in own:
        values["database_url"] = watch_settings.own_database(values["database_url"], chosen.name)
    settings = Settings(**values, watch=chosen.name, watch_root=chosen.root)
    _check_together(settings, alone=is_first)
    return settings


def _value(option: Option, given: Mapping[str, str], whose: str = "") -> Any:
    raw = given.get(option.name, option.default)
    return None if raw is None else _parse(option, raw, whose)


def _parse(option: Option, raw: str, whose: str) -> Any:
    try:
        value = option.parse(raw) if raw != "" or option.default == "" else _text(raw)
    except (ValueError, KeyError, OSError) as error:  # ZoneInfo raises all three
        shown = "what is given" if option.secret else redact.redact(repr(raw))
        shown_name = PREFIX + whose + option.name.upper()
        raise errors.SettingsError(shown_name, f"expects {option.expects}, not {shown}") from error
    return Secret(value) if option.secret else value


def _from_file(environ: Mapping[str, str], config_file: Path | None) -> dict[str, str]:
    named = config_file or (Path(environ["CW_CONFIG"]) if environ.get("CW_CONFIG") else None)
    path = named or Path(CONFIG_NAME)
    if named is None and not path.exists():
        return {}
    try:
        table = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise errors.SettingsError(str(path), f"cannot be read ({error.strerror})", "--config watch.toml") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise errors.SettingsError(str(path), f"is no TOML ({error})", 'timezone = "Europe/Berlin"') from error
    return _from_table(path, table)


def _from_table(path: Path, table: Mapping[str, object], watch_name: str = "") -> dict[str, str]:
    """A TOML table's settings; a table in it holds those of a watch of that name."""
    where = f"{path.name}: " + (f"[{watch_name}] " if watch_name else "")
    given: dict[str, str] = {}
    for name, value in table.items():
        if isinstance(value, dict) and not watch_name:
            given |= _from_table(path, value, name)
            continue
        twin = _secret_of_file(name)
        known = twin or _known(name, where)
        text = _to_text(path, known, value)
        key = watch_settings.key_of(watch_name, known, where + name)
        given[key] = _from_secret_file(where + name, Path(text)) if twin else text
    return given


def _to_text(path: Path, name: str, value: object) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, (str, int)):
        return str(value)
    if isinstance(value, list) and all(isinstance(item, (str, int)) for item in value):
        return ",".join(str(item) for item in value)
    raise errors.SettingsError(f"{path.name}: {name}", f"expects {_BY_NAME[name].expects}")


def _from_environment(environ: Mapping[str, str]) -> dict[str, str]:
    given: dict[str, str] = {}
    for variable, value in environ.items():
        if not variable.startswith(PREFIX) or variable == "CW_CONFIG":
            continue
        watch_name, name = watch_settings.parts_of(variable.removeprefix(PREFIX).lower())
        twin = _secret_of_file(name)
        prefix = f"{PREFIX}{watch_name.upper()}__" if watch_name else PREFIX
        key = watch_settings.key_of(watch_name, twin or _known(name, prefix), variable)
        if twin:
            given[key] = _from_secret_file(variable, Path(value))
        else:
            given.setdefault(key, value)
    return given


def _secret_of_file(name: str) -> str | None:
    """The secret whose _FILE twin the name is."""
    base = name.removesuffix("_file")
    return base if name not in _BY_NAME and base in _BY_NAME and _BY_NAME[base].secret else None


def _from_secret_file(name: str, path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8").strip()
    except OSError as error:
        raise errors.SettingsError(name, f"its file cannot be read ({error.strerror}): {path}") from error
    except ValueError as error:  # its message would quote the bytes
        raise errors.SettingsError(name, f"its file is no UTF-8 text: {path}") from error


def _known(name: str, prefix: str) -> str:
    if name in _BY_NAME:
        return name
    near = difflib.get_close_matches(name, _BY_NAME, n=1)
    hint = f"did you mean {near[0]}?" if near else "the README lists all settings"
    raise errors.SettingsError(prefix + (name.upper() if prefix.startswith(PREFIX) else name), f"is no setting; {hint}")


def _check_together(settings: Settings, *, alone: bool) -> None:
    """What must not be set without the other; a further watch need not use the token that it inherits."""
    if alone and settings.telegram_token and not settings.telegram_chats:
        raise errors.SettingsError("CW_TELEGRAM_CHATS", "the token is set, but nobody is to be told", "1234567")
    if settings.telegram_chats and not settings.telegram_token:
        raise errors.SettingsError(
            "CW_TELEGRAM_TOKEN", "chats are named, but the token is missing", "CW_TELEGRAM_TOKEN_FILE"
        )
    if settings.email_to and not settings.email_host:
        raise errors.SettingsError(
            "CW_EMAIL_HOST", "email_to is set, but the mail server is missing", "smtp.example.org"
        )
    guarded = settings.http_password or settings.http_token or settings.http_proxy_header
    reach.check(settings.http_host, settings.http_port, guarded=bool(guarded))
    if settings.webhooks and not settings.webhook_key:
        raise errors.SettingsError("CW_WEBHOOK_KEY", "webhooks are named, but not the key that signs them")
    for name in ("feeds_file", "baseline_file"):
        path = getattr(settings, name)
        if path is not None and not path.exists():
            raise errors.SettingsError(PREFIX + name.upper(), f"no such file: {path}")


def secrets_of(settings: Settings) -> tuple[str, ...]:
    """The secrets in plain text, for the filter that keeps them out of logs."""
    every = settings.every
    found = (getattr(one, option.name) for one in every for option in OPTIONS if option.secret)
    plain = tuple(secret.get_secret_value() for secret in found if secret)
    named = [to_targets(setting) for one in every for setting in (one.notify_urls, one.webhooks)]
    return (*plain, *(part for urls in named for url in urls.values() for part in targets.secrets_in(url)))


def to_targets(setting: Secret | None) -> dict[str, str]:
    """{name: address} of a setting that holds such."""
    return targets.parse_targets(setting.get_secret_value()) if setting else {}


def settings_table() -> str:
    """The README's table of settings, as Markdown."""
    rows = ["| setting | default | what it is |", "| --- | --- | --- |"]
    for option in OPTIONS:
        name = f"`{PREFIX}{option.name.upper()}`" + (" (or `_FILE`)" if option.secret else "")
        default = f"`{option.default}`" if option.default else ""
        rows.append(f"| {name} | {default} | {option.help}; {option.expects} |")
    return "\n".join(rows)
