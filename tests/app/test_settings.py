"""Settings: one table of options; every mistake names the setting and a good value; a secret shows itself to nobody."""

from pathlib import Path

import pytest

from app import settings
from monitor import errors

TOKEN = "123456789:" + "A" * 35


def load(tmp_path: Path, toml: str = "", **environ: str) -> settings.Settings:
    """Settings from a file and CW_ variables."""
    file = tmp_path / "watch.toml"
    file.write_text(toml, encoding="utf-8")
    return settings.load_settings({f"CW_{name.upper()}": value for name, value in environ.items()}, file)


def test_without_any_setting_all_defaults_hold(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    loaded = settings.load_settings({})
    assert loaded.database_url == "sqlite:///data/coalition-watch.db"
    assert (loaded.telegram_token, loaded.email_host, loaded.feeds_file) == (None, None, None)
    assert loaded.allow_private_addresses == ()
    assert loaded.user_agent.startswith("CoalitionWatch/")


def test_the_working_directory_s_file_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / settings.CONFIG_NAME).write_text('timezone = "Europe/Berlin"\n', encoding="utf-8")
    assert settings.load_settings({}).timezone == "Europe/Berlin"


def test_cw_config_names_the_file(tmp_path: Path) -> None:
    (tmp_path / "other.toml").write_text("workers = 5\n", encoding="utf-8")
    assert settings.load_settings({"CW_CONFIG": str(tmp_path / "other.toml")}).workers == 5


def test_the_environment_wins_over_the_file(tmp_path: Path) -> None:
    loaded = load(tmp_path, 'digest_time = "06:30"\nworkers = 3\n', digest_time="9:05")
    assert (loaded.digest_time, loaded.workers) == ("09:05", 3)


def test_lists_numbers_and_flags_of_a_file(tmp_path: Path) -> None:
    toml = 'telegram_chats = [12, "-10099"]\nminors = true\nallow_private_addresses = ["10.0.0.0/8", "intranet"]\n'
    loaded = load(tmp_path, toml, telegram_token=TOKEN)
    assert loaded.telegram_chats == ("12", "-10099")
    assert loaded.minors is True
    assert loaded.allow_private_addresses == ("10.0.0.0/8", "intranet")


@pytest.mark.parametrize(
    ("name", "value", "word"),
    [
        ("digest_time", "25:00", "07:00"),
        ("digest_time", "noon", "07:00"),
        ("timezone", "Mars/Olympus", "Europe/Berlin"),
        ("timezone", "../../etc/passwd", "Europe/Berlin"),
        ("workers", "0", "1 to 64"),
        ("workers", "many", "1 to 64"),
        ("concurrency", "1e3", "200"),
        ("email_port", "70000", "587"),
        ("email_security", "ssl3", "starttls"),
        ("email_to", "nobody", "a@example.org"),
        ("log_level", "loud", "debug"),
        ("log_format", "xml", "json"),
        ("console", "maybe", "true or false"),
        ("database_url", "no address", "sqlite:///"),
        ("telegram_base_url", "api.telegram.org", "https://"),
        ("health_max_age_s", "-1", "900"),
    ],
)
def test_a_wrong_value_is_named_with_a_good_one(tmp_path: Path, name: str, value: str, word: str) -> None:
    with pytest.raises(errors.SettingsError) as caught:
        load(tmp_path, **{name: value})
    assert f"CW_{name.upper()}" in str(caught.value)
    assert word in str(caught.value)


@pytest.mark.parametrize("toml", ["workers = [[1]]", "[workers]\nx = 1", "workers = 1.5", "minors = 2026-01-01"])
def test_a_wrong_kind_in_the_file_is_named(tmp_path: Path, toml: str) -> None:
    with pytest.raises(errors.SettingsError, match=r"workers|minors"):
        load(tmp_path, toml)


def test_an_unknown_name_is_an_error_with_the_nearest(tmp_path: Path) -> None:
    with pytest.raises(errors.SettingsError, match=r"CW_DIGEST_TIMES.*digest_time"):
        load(tmp_path, digest_times="07:00")
    with pytest.raises(errors.SettingsError, match=r"time_zone.*timezone"):
        load(tmp_path, 'time_zone = "UTC"\n')


@pytest.mark.parametrize("body", [b"timezone = ", b"\xff\xfe\x00", b"a"])
def test_a_file_that_is_no_toml_is_named(tmp_path: Path, body: bytes) -> None:
    file = tmp_path / "broken.toml"
    file.write_bytes(body)
    with pytest.raises(errors.SettingsError, match=r"broken\.toml"):
        settings.load_settings({}, file)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(errors.SettingsError, match=r"missing\.toml"):
        settings.load_settings({}, tmp_path / "missing.toml")
    with pytest.raises(errors.SettingsError, match=r"CW_FEEDS_FILE.*nowhere"):
        load(tmp_path, feeds_file="nowhere.yaml")


def test_settings_that_need_each_other(tmp_path: Path) -> None:
    with pytest.raises(errors.SettingsError, match="CW_TELEGRAM_CHATS"):
        load(tmp_path, telegram_token=TOKEN)
    with pytest.raises(errors.SettingsError, match="CW_TELEGRAM_TOKEN"):
        load(tmp_path, telegram_chats="12")
    with pytest.raises(errors.SettingsError, match="CW_EMAIL_HOST"):
        load(tmp_path, email_to="a@example.org")


# ------------------------------------------------------------ secrets


def test_a_secret_shows_itself_only_when_asked(tmp_path: Path) -> None:
    loaded = load(
        tmp_path, telegram_token=TOKEN, telegram_chats="12", email_host="mx.example.org", email_password="pw-x9"
    )
    assert loaded.telegram_token is not None
    assert loaded.telegram_token.get_secret_value() == TOKEN
    for text in (repr(loaded), str(loaded), f"{loaded.telegram_token}", repr([loaded.email_password])):
        assert TOKEN not in text
        assert "pw-x9" not in text
    assert set(settings.secrets_of(loaded)) == {TOKEN, "pw-x9"}


def test_a_secret_of_a_file(tmp_path: Path) -> None:
    (tmp_path / "token").write_text(f"{TOKEN}\n", encoding="utf-8")
    loaded = load(tmp_path, telegram_token_file=str(tmp_path / "token"), telegram_chats="12")
    assert loaded.telegram_token is not None
    assert loaded.telegram_token.get_secret_value() == TOKEN


def test_a_secret_s_file_may_be_named_in_toml(tmp_path: Path) -> None:
    (tmp_path / "token").write_text(TOKEN, encoding="utf-8")
    loaded = load(tmp_path, f"telegram_token_file = '{tmp_path / 'token'}'\ntelegram_chats = [12]\n")
    assert loaded.telegram_token is not None
    assert loaded.telegram_token.get_secret_value() == TOKEN


@pytest.mark.parametrize("content", [None, b"", b"\n", b"\xff\xfe\xff"])
def test_a_secret_s_file_without_a_secret_is_named(tmp_path: Path, content: bytes | None) -> None:
    if content is not None:
        (tmp_path / "token").write_bytes(content)
    with pytest.raises(errors.SettingsError, match="CW_TELEGRAM_TOKEN"):
        load(tmp_path, telegram_token_file=str(tmp_path / "token"), telegram_chats="12")


def test_only_secrets_have_file_twins(tmp_path: Path) -> None:
    with pytest.raises(errors.SettingsError, match="CW_TIMEZONE_FILE"):
        load(tmp_path, timezone_file="x")


def test_errors_tell_no_secret(tmp_path: Path) -> None:
    with pytest.raises(errors.SettingsError) as caught:
        load(tmp_path, telegram_token=" ", telegram_chats="12")
    assert "what is given" in str(caught.value)
    with pytest.raises(errors.SettingsError) as caught:
        load(tmp_path, database_url="postgresql://watch:pw-x9@db.example.org:port/watch")
    assert "pw-x9" not in str(caught.value)


# ------------------------------------------------------------ the table


def test_the_table_shows_every_option_and_every_default_is_good(tmp_path: Path) -> None:
    table = settings.settings_table()
    for option in settings.OPTIONS:
        assert f"`CW_{option.name.upper()}`" in table
        assert option.help and option.expects
        if option.default:
            assert option.parse(option.default) is not None
    assert table.count("(or `_FILE`)") == sum(option.secret for option in settings.OPTIONS) == 7


def test_the_user_agent_names_a_contact(tmp_path: Path) -> None:
    assert "ops@example.org" in load(tmp_path, contact="ops@example.org").user_agent


# ---------------------------------------------------------------- several watches

HARBOUR = Path(__file__).parents[1] / "data" / "watches" / "harbour"


def test_without_a_word_there_is_one_watch_and_its_database_is_where_it_was() -> None:
    only = settings.load_settings({})
    assert (only.watch, only.watch_root, only.others) == ("coalition", None, ())
    assert only.database_url == "sqlite:///data/coalition-watch.db"


def several(**given: str) -> tuple[settings.Settings, settings.Settings]:
    first, second = settings.load_settings({"CW_WATCHES": f"coalition:{HARBOUR}", **given}).every
    return first, second


def test_a_further_watch_inherits_all_but_what_is_each_watch_s_own() -> None:
    mine, theirs = several(
        CW_EMAIL_HOST="smtp.example.org", CW_EMAIL_TO="a@example.org", CW_HARBOUR__EMAIL_TO="b@example.org",
        CW_TELEGRAM_TOKEN="1:x", CW_TELEGRAM_CHATS="7", CW_TIMEZONE="Europe/Oslo", CW_HARBOUR__DIGEST_TIME="18:30",
        CW_CONSOLE="true",
    )  # fmt: skip
    assert (mine.email_to, theirs.email_to) == (("a@example.org",), ("b@example.org",))
    assert (mine.telegram_chats, theirs.telegram_chats) == (("7",), ())
    assert (mine.timezone, theirs.timezone) == ("Europe/Oslo", "Europe/Oslo")
    assert (mine.digest_time, theirs.digest_time) == ("07:00", "18:30")
    assert (mine.console, theirs.console) == (True, False)
    assert theirs.watch_root == HARBOUR


@pytest.mark.parametrize(
    ("url", "own"),
    [
        ("sqlite:////srv/watch.db", "sqlite:////srv/watch.harbour.db"),
        ("postgresql+psycopg://u:p@db/x", "postgresql+psycopg://u:p@db/x?options=-csearch_path%3Dwatch_harbour"),
        ("sqlite://", "sqlite://"),
    ],
)
def test_a_further_watch_has_a_database_of_its_own_in_whatever_order(url: str, own: str) -> None:
    assert [one.database_url for one in several(CW_DATABASE_URL=url)] == [url, own]
    turned = settings.load_settings({"CW_WATCHES": f"{HARBOUR}:coalition", "CW_DATABASE_URL": url})
    assert [one.database_url for one in turned.every] == [own, url]
    given = several(CW_DATABASE_URL=url, CW_HARBOUR__DATABASE_URL="sqlite:///elsewhere.db")[1]
    assert given.database_url == "sqlite:///elsewhere.db"


def test_a_watch_s_settings_in_the_file(tmp_path: Path) -> None:
    secret = tmp_path / "hook.key"
    secret.write_text("a long random word\n")
    file = tmp_path / "watch.toml"
    file.write_text(
        f"watches = ['coalition', '{HARBOUR}']\nminors = true\n"
        f"[harbour]\nminors = false\nwebhooks = 'desk=https://desk.example.org/'\nwebhook_key_file = '{secret}'\n"
    )
    mine, theirs = settings.load_settings({}, file).every
    assert (mine.minors, theirs.minors) == (True, False)
    assert mine.webhooks is None and theirs.webhook_key == settings.Secret("a long random word")
    assert "a long random word" in settings.secrets_of(settings.load_settings({}, file)), "kept out of the logs too"


@pytest.mark.parametrize(
    ("given", "setting", "word"),
    [
        ({"CW_WATCHES": "/no/such/folder"}, "CW_WATCHES", "holds none"),
        ({"CW_WATCHES": "coalition:coalition"}, "CW_WATCHES", "named twice"),
        ({"CW_WATCHES": ":"}, "CW_WATCHES", "folders in the shape of seeds/"),
        ({"CW_HARBOR__MINORS": "true"}, "CW_HARBOR__MINORS", "no watch is named harbor"),
        ({"CW_HARBOUR__MINOR": "true"}, "CW_HARBOUR__MINOR", "did you mean minors?"),
        ({"CW_HARBOUR__HTTP_PORT": "80"}, "CW_HARBOUR__HTTP_PORT", "once for all"),
        ({"CW_HARBOUR__MINORS": "perhaps"}, "CW_HARBOUR__MINORS", "true or false"),
        ({"CW_HARBOUR__DATABASE_URL": "sqlite:///data/coalition-watch.db"}, "CW_HARBOUR__DATABASE_URL", "coalition"),
    ],
)
def test_what_is_wrong_with_watches_is_named(given: dict[str, str], setting: str, word: str) -> None:
    with pytest.raises(errors.SettingsError) as caught:
        settings.load_settings({"CW_WATCHES": f"coalition:{HARBOUR}", **given})
    assert caught.value.setting == setting
    assert word in str(caught.value)
