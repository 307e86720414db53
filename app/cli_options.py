"""What every command of the line shares: the settings it was called with."""

import os
from pathlib import Path

import typer

from app import settings

Chosen = dict[str, Path | None]


def load_settings(context: typer.Context) -> settings.Settings:
    """The settings, with logs set up by them; raises errors.SettingsError."""
    from app import logs

    chosen: Chosen = context.obj
    loaded = settings.load_settings(os.environ, chosen["config"])
    logs.set_up_logs(loaded.log_level, loaded.log_format, settings.secrets_of(loaded))
    return loaded
