"""One installation in several processes on one PostgreSQL: a scheduler, workers, a bot; and how each is run.

The ledger is serial, so one process keeps it: the scheduler compares articles in the order of their arrival, one
transaction each. Fetching, parsing, extraction and claims are the workers'; sending and Telegram's updates the bot's.
"""

import asyncio
import functools

from app import roles, service, wiring
from app import settings as app_settings
from app.scale import offers, queue, worker
from monitor import errors, types
from storage import leading, work_queue

SCHEDULER = roles.Role(
    name="scheduler",
    locks=(leading.SERVICE,),
    stages=("read", "take"),
    jobs=("poll", "digests", "housekeep"),
    has_dashboard=True,
    tells_operator=True,
)
BOT = roles.Role(name="bot", locks=(leading.BOT,), stages=("deliver",), jobs=("beat",), has_bot=True)


async def run_part(settings: app_settings.Settings, name: str) -> int:
    """Run the part of this name (scheduler, worker or bot) until it is told to stop; raises errors.SettingsError."""
    if not all(work_queue.is_shared(one.database_url) for one in settings.every):
        reason = f"a {name} of its own shares the work through PostgreSQL"
        raise errors.SettingsError("CW_DATABASE_URL", reason, "postgresql://watch@db.example.org/watch")
    if name == "worker":
        return await worker.run_worker(settings)
    role, attach = {"scheduler": (SCHEDULER, _attach_scheduler), "bot": (BOT, _attach_bot)}[name]

    def make(app: wiring.App) -> service.Service:
        made = service.Service(app, role=role)
        attach(made, app)
        return made

    return await service.run_alone(settings, role, make)


def _attach_scheduler(made: service.Service, app: wiring.App) -> None:
    work = queue.WorkQueue(app.base.settings.database_url)
    offering = offers.Offers(app, work, wiring.utc_now)
    by_name = {one.watch_name: one for one in made.every}

    def heard() -> None:
        made.to_read.set()
        for one in made.every:
            one.to_take.set()

    async def changed(watch: str, article_id: str, page: types.ReadPage) -> None:
        await by_name[watch].take_changed(article_id, page)

    async def wake_bot(one: service.Service, stopping: asyncio.Event) -> None:
        while not stopping.is_set():
            await service.either(one.to_send, stopping)
            if one.to_send.is_set():
                one.to_send.clear()
                await offering.wake_bot()

    offering.on_changed, offering.on_report = changed, heard
    offering.listen()
    made.beside.append(lambda stopping: work.work(queue.SCHEDULER, stopping))
    for one in made.every:
        one.acquisition = offering
        one.beside.append(functools.partial(wake_bot, one))


def _attach_bot(made: service.Service, app: wiring.App) -> None:
    work = queue.WorkQueue(app.base.settings.database_url)

    async def woken() -> None:
        for one in made.every:
            one.to_send.set()

    work.handle(queue.BOT, "wake", woken)
    made.beside.append(lambda stopping: work.work(queue.BOT, stopping))
