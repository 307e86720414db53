"""Wires the floors: settings in, a ready App out. The only place that knows every class; decides nothing."""

import functools
import random
import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from alerts import dispatcher, faults, policy
from alerts.bot import desk, hall, polling
from alerts.channels import console, email, notify, telegram, webhook
from app import digests, tallies
from app import settings as app_settings
from app.dashboard import context as dashboard
from monitor import (
    baseline,
    connecting,
    fetch,
    pipeline,
    ports,
    reading,
    recipients,
    robots,
    schedule,
    sharing,
    types,
    watch,
    workers,
)
from monitor import polling as monitor_polling
from monitor.ledger import rules, state
from storage import store


def utc_now() -> datetime:
    """The program's one clock."""
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class Base:
    """What every command needs: settings, data and the open database."""

    settings: app_settings.Settings
    watch: watch.Watch
    rules: rules.Rules
    stores: store.Stores

    def close(self) -> None:
        """Close the database."""
        self.stores.database.close()


@dataclass(frozen=True, slots=True, kw_only=True)
class App:
    """The running program's parts."""

    base: Base
    fetcher: ports.Fetcher
    pool: workers.WorkerPool
    pipeline: pipeline.Pipeline
    dispatcher: dispatcher.Dispatcher
    bot: polling.Bot | None = None
    others: tuple["App", ...] = ()  # of the further watches; fetcher, pool and polling are the first one's
    pages: sharing.SharedPages | None = None

    @property
    def recipients(self) -> list[recipients.Recipient]:
        """Everybody who is told, as they want it now; not who has left the settings."""
        return told_recipients(self.base)

    async def close(self) -> None:
        """Give everything back; the databases last."""
        every = (self, *self.others)
        for one in every:
            await one.pipeline.close()
            await one.dispatcher.close()
        if self.pages is not None:
            await self.pages.close()
        await self.fetcher.close()
        self.pool.close()
        for one in every:
            one.base.close()


@dataclass(frozen=True, slots=True, kw_only=True)
class Readers:
    """What polls and reads, a pipeline for each watch, the default one's first; polling is that one's for all."""

    bases: tuple[Base, ...]
    fetcher: ports.Fetcher
    pool: workers.WorkerPool
    pipelines: tuple[pipeline.Pipeline, ...]
    pages: sharing.SharedPages | None = None

    async def close(self) -> None:
        """Give everything back; the databases last."""
        for one in self.pipelines:
            await one.close()
        if self.pages is not None:
            await self.pages.close()
        await self.fetcher.close()
        self.pool.close()
        for base in self.bases:
            base.close()


def open_base(settings: app_settings.Settings, *, seed: bool = True) -> Base:
    """Load the watch, open and migrate the database, bring in feeds and baseline (`seed`)."""
    root = settings.watch_root
    loaded, known = watch.load_watch(root), rules.load_rules(watch.own_file(root, "transitions.yaml"))
    stores = store.open_stores(settings.database_url)
    if seed:
        stores.feeds.sync_feeds(watch.load_feeds(settings.feeds_file or root))
        held = baseline.load_baseline(settings.baseline_file or watch.folder_of(root) / "baseline.yaml", known)
        stores.ledger.seed_baseline(held, utc_now())
    return Base(settings=settings, watch=loaded, rules=known, stores=stores)


def open_bases(settings: app_settings.Settings, *, seed: bool = True) -> list[Base]:
    """Each watch's own, the default one's first; where one cannot be had, none stays open."""
    opened: list[Base] = []
    try:
        for one in settings.every:
            opened.append(open_base(one, seed=seed))
    except BaseException:
        for base in opened:
            base.close()
        raise
    return opened


def build(settings: app_settings.Settings) -> App:
    """Build the service's parts; raises errors.WatchError with what to do."""
    bases = open_bases(settings)
    for base in bases:
        seed_recipients(base)
    readers = build_readers(bases, [state.LedgerState.of(base.stores.ledger) for base in bases])
    apps = [
        App(
            base=base,
            fetcher=readers.fetcher,
            pool=readers.pool,
            pipeline=way,
            dispatcher=build_dispatcher(base),
            bot=_bot_of(base, bases),
        )
        for base, way in zip(bases, readers.pipelines, strict=True)
    ]
    return replace(apps[0], others=tuple(apps[1:]), pages=readers.pages)


def build_worker(settings: app_settings.Settings) -> Readers:
    """Build what a process needs that only polls and reads; feeds, ledger and recipients are others' to bring in."""
    bases = open_bases(settings, seed=False)
    return build_readers(bases, [state.LedgerState() for _ in bases])


def build_readers(bases: Sequence[Base], ledgers: Sequence[state.LedgerState]) -> Readers:
    """What polls and reads, over open databases; each watch's ledger is given."""
    settings = bases[0].settings
    fetcher = fetch.HttpFetcher(
        user_agent=settings.user_agent,
        allow_private=to_allowed(settings.allow_private_addresses),
        concurrency=settings.concurrency,
    )
    roots = tuple(_root_of(base) for base in bases)
    pool = workers.WorkerPool(max_workers=settings.workers, initializer=reading.prepare, initargs=roots)
    site_rules = robots.Robots(fetcher, agent="CoalitionWatch", clock=utc_now)
    several = len(bases) > 1
    pages = sharing.SharedPages(fetcher) if several else None
    names = [base.watch.name for base in bases]
    ways = []
    for base, ledger in zip(bases, ledgers, strict=True):
        tools = pipeline.Tools(
            fetcher=fetcher,
            pool=pool,
            rules=base.rules,
            watch=base.watch,
            plan_alerts=functools.partial(plan_alerts, base),
            clock=utc_now,
            random=random.Random(),
            seeds_root=_root_of(base),
            concurrency=settings.concurrency,
            workers=settings.workers,
            site_rules=site_rules,
            pages=pages.for_watch(base.watch.name, names) if pages else None,
        )
        polled = sharing.SharedFeeds([one.stores.feeds for one in bases]) if several else base.stores.feeds
        ways.append(pipeline.Pipeline(_stores_of(base, polled), tools, ledger))
    return Readers(bases=tuple(bases), fetcher=fetcher, pool=pool, pages=pages, pipelines=tuple(ways))


def _root_of(base: Base) -> str | None:
    """The watch's folder as workers know it."""
    return str(base.settings.watch_root) if base.settings.watch_root else None


def _stores_of(base: Base, feeds: monitor_polling.Feeds) -> pipeline.Stores:
    stores = base.stores
    return pipeline.Stores(
        feeds=feeds, articles=stores.articles, ledger=stores.ledger, by_hand=stores.by_hand, rechecks=stores.rechecks
    )


def _bot_of(base: Base, bases: Sequence[Base]) -> polling.Bot | None:
    """Telegram gives a token's updates to one asker only: the first watch that has it, for all that have it."""
    first, *others = [one for one in bases if one.settings.telegram_token == base.settings.telegram_token]
    return build_bot(base, others) if first is base else None


def to_allowed(names: tuple[str, ...]) -> frozenset[str] | bool:
    """The setting allow_private_addresses in the fetcher's form."""
    return True if "all" in names else frozenset(names) or False


def to_seeds(settings: app_settings.Settings) -> tuple[recipients.Recipient, ...]:
    """Everybody whom the settings name; the console where nobody else is. The operator is one of them."""
    telegram_on, email_on = settings.telegram_token is not None, settings.email_host is not None
    addresses = [f"telegram:{chat}" for chat in settings.telegram_chats if telegram_on]
    addresses += [f"email:{address}" for address in settings.email_to if email_on]
    addresses += [f"apprise:{name}" for name in app_settings.to_targets(settings.notify_urls)]
    addresses += [f"webhook:{name}" for name in app_settings.to_targets(settings.webhooks)]
    operator = operator_of(settings)
    if telegram_on and operator.startswith("telegram:"):
        addresses.append(operator)
    if settings.console or not addresses:
        addresses.insert(0, "console")
    return tuple(_to_seed(settings, address, operator) for address in dict.fromkeys(addresses))


def seed_recipients(base: Base) -> None:
    """Bring the settings' recipients into the database; for what sends only, for others may run without settings."""
    base.stores.recipients.sync_recipients(to_seeds(base.settings), utc_now())


def operator_of(settings: app_settings.Settings) -> str:
    """Who gets notices: as set, else the first single user on Telegram, else the console."""
    return settings.operator or operator_on_telegram(settings)


def operator_on_telegram(settings: app_settings.Settings) -> str:
    """The first single user on Telegram, else the console."""
    users = (f"telegram:{chat}" for chat in settings.telegram_chats if chat.isdecimal() and settings.telegram_token)
    return next(users, "console")


def _to_seed(settings: app_settings.Settings, address: str, operator: str) -> recipients.Recipient:
    return recipients.Recipient(
        address=address,
        role=recipients.Role.OPERATOR if address == operator else recipients.Role.USER,
        minors=settings.minors,
        immediate=True if settings.email_immediate and address.startswith("email:") else None,
        cap_per_hour=0 if address == "console" else 20,
        digest_at=settings.digest_time if address.startswith("email:") else None,
        zone=settings.timezone,
    )


def told_recipients(base: Base) -> list[recipients.Recipient]:
    """Everybody for whom alerts are written; who is off for a while gets them later."""
    return [one for one in base.stores.recipients.list_recipients() if one.may_ask]


def plan_alerts(base: Base, step: types.LedgerStep, now: datetime, silent: bool) -> tuple[types.Alert, ...]:
    """The alerts of a ledger step to everybody as they want it now; mutes that end with it are lifted.

    Silent after days away, only what is new waits for the summary: what was told before is corrected at once.
    """
    if silent and base.stores.meta.get("caught_up_at") is not None:
        known = tuple(change for change in step.changes if change.kind is not types.AlertKind.NEW)
        step, silent = replace(step, changes=known), False
    to = told_recipients(base)
    for recipient in to if step.changes and not silent else ():
        lifted = policy.lift_mutes(recipient, step.changes, now)
        if lifted is not recipient:
            base.stores.recipients.save_recipient(lifted, now)
    return policy.plan_alerts(step, to, now, silent=silent)


def build_channels(settings: app_settings.Settings) -> dict[str, ports.Channel]:
    """The channels that the settings switch on, by the prefix of their addresses."""
    channels: dict[str, ports.Channel] = {"console": console.ConsoleChannel()}
    if settings.telegram_token:
        channels["telegram"] = telegram.TelegramChannel(
            token=settings.telegram_token.get_secret_value(), base_url=settings.telegram_base_url
        )
    if settings.email_host:
        channels["email"] = email.EmailChannel(to_email_options(settings))
    if settings.notify_urls:
        channels["apprise"] = notify.AppriseChannel(app_settings.to_targets(settings.notify_urls))
    if settings.webhooks and settings.webhook_key:
        channels["webhook"] = webhook.WebhookChannel(
            app_settings.to_targets(settings.webhooks),
            settings.webhook_key.get_secret_value(),
            utc_now,
            connecting.guarded_transport(to_allowed(settings.allow_private_addresses), settings.concurrency),
        )
    return channels


def to_email_options(settings: app_settings.Settings) -> email.EmailOptions:
    """The e-mail settings in the channel's form."""
    password = settings.email_password.get_secret_value() if settings.email_password else None
    return email.EmailOptions(
        host=settings.email_host or "",
        port=settings.email_port,
        security=settings.email_security,
        user=settings.email_user,
        password=password,
        sender=settings.email_from or settings.email_user or "coalition-watch@localhost",
        watch="" if settings.watch == watch.SHIPPED else settings.watch,
    )


def build_dispatcher(base: Base) -> dispatcher.Dispatcher:
    """The dispatcher over the outbox, with the channels that are switched on."""
    return dispatcher.Dispatcher(
        outbox=base.stores.outbox,
        channels=build_channels(base.settings),
        load_development=base.stores.ledger.development,
        names=base.watch.names,
        clock=utc_now,
        recipient_of=base.stores.recipients.recipient,
        known_faults=faults.Faults(base.stores.meta, utc_now),
        options=dispatcher.DispatchOptions(
            operator=operator_of(base.settings),
            watch=base.watch.name,
            stand_ins=(operator_on_telegram(base.settings), "console"),
        ),
        render_digest_for=lambda alert: digests.digest_for(base, alert),
    )


def build_bot(base: Base, others: Sequence[Base] = ()) -> polling.Bot | None:
    """The Telegram bot, where a token is set; it answers for the `others` too, which have the same."""
    settings = base.settings
    if settings.telegram_token is None:
        return None
    desks = [_build_desk(one) for one in (base, *others)]
    return polling.Bot(
        hall.Hall(desks, base.stores.meta),
        base.stores.meta,
        token=settings.telegram_token.get_secret_value(),
        base_url=telegram.to_bot_url(settings.telegram_base_url),
    )


def _build_desk(base: Base) -> desk.Desk:
    settings, stores = base.settings, base.stores
    return desk.Desk(
        readers=stores.recipients,
        outbox=stores.outbox,
        ledger=stores.ledger,
        articles=stores.articles,
        names=base.watch.names,
        find_subject=subject_finder(base.watch),
        health=lambda: health_words(base),
        faults=lambda: [fault.words for fault in faults.load_faults(base.stores.meta)],
        new_token=lambda: secrets.token_urlsafe(16),
        clock=utc_now,
        guest=replace(_to_seed(settings, "telegram:", "console"), source=recipients.Source.INVITED),
        operator=operator_of(settings),
        watch=base.watch.name,
    )


def subject_finder(loaded: watch.Watch) -> Callable[[str], str | None]:
    """Finds an actor's code by its code or any of its names."""
    known = {name.casefold(): actor.code for actor in loaded.actors for name in (*actor.names, actor.name, actor.code)}
    return lambda text: known.get(text.casefold().removeprefix("the ").strip())


def health_words(base: Base) -> list[str]:
    """Feeds and the last cycle, in words."""
    feeds = schedule.health(base.stores.feeds.list_feeds(), utc_now())
    stale = f"; stale: {', '.join(feeds.stale[:10])}" if feeds.stale else ""
    last = base.stores.meta.time("last_cycle_at")
    age = f"{(utc_now() - last).total_seconds():.0f} s ago" if last else "not yet"
    return [f"{feeds.healthy} of {feeds.total} feeds healthy{stale}", f"Last completed cycle: {age}"]


def dashboard_context(base: Base, counted: tallies.Tallies | None = None) -> dashboard.Context:
    """What the dashboard needs; `counted` where this process also polls."""
    return dashboard.Context(
        stores=base.stores,
        names=base.watch.names,
        countries=frozenset(actor.code for actor in base.watch.actors if actor.kind == "country"),
        settings=base.settings,
        clock=utc_now,
        counted=counted or tallies.Tallies(),
        polls=counted is not None,
        watch=base.watch.name,
    )
