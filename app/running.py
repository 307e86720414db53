"""Which part of the work a process does: the whole, or one that `scale` has a room for."""

from app import roles, service
from app import settings as app_settings
from monitor import errors


async def run(settings: app_settings.Settings, role: str) -> int:
    """Run a role until it is told to stop; raises errors.SettingsError where it can't be played here."""
    if role == roles.ALL.name:
        return await service.run_service(settings)
    try:
        from app.scale import parts  # the task queue is an extra
    except ImportError as error:
        missing = f"a {role} of its own needs the extra `scale` ({error.name} is missing)"
        raise errors.SettingsError("--role", missing, "pip install 'coalition-watch[scale]'") from error
    return await parts.run_part(settings, role)
