"""What every command of the line shares: the settings it was called with."""

import os
from dataclasses import dataclass, replace
from pathlib import Path

import typer

from app import settings
from monitor import errors


@dataclass(frozen=True, slots=True, kw_only=True)
class Chosen:
    """The options before the command."""

    config: Path | None = None
    watch: str | None = None


def load_settings(context: typer.Context) -> settings.Settings:
    """The settings, with logs set up by them: of the watch that `--watch` names alone, else of the default one with
    the others' beside it. Raises errors.SettingsError."""
    from app import logs

    chosen: Chosen = context.obj
    loaded = settings.load_settings(os.environ, chosen.config)
    logs.set_up_logs(loaded.log_level, loaded.log_format, settings.secrets_of(loaded))
    return loaded if chosen.watch is None else _pick(loaded, chosen.watch)


def watch_root(context: typer.Context) -> Path | None:
    """The data of the watch that `--watch` names, for what needs no settings; None for the shipped one."""
    return None if context.obj.watch is None else load_settings(context).watch_root


def _pick(loaded: settings.Settings, name: str) -> settings.Settings:
    for one in loaded.every:
        if one.watch == name:
            return replace(one, others=())
    known = ", ".join(one.watch for one in loaded.every)
    raise errors.SettingsError("--watch", f"no watch is named {name}; CW_WATCHES has {known}", loaded.watch)
