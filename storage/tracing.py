"""`why`: gathers all that is stored of one article, entry, alert or development. Reads only."""

from typing import Any

import sqlalchemy as sa

from monitor import types
from storage import codec, schema

Carried = tuple[types.Development, list[dict[str, object]]]  # with its alerts


def trace(connection: sa.Connection, reference: str) -> dict[str, object] | None:
    """The way of what `reference` names, as JSON values; None where nothing is known by that name."""
    claim = _claim(connection, reference)
    if claim is not None:
        return {"kind": "claim", **claim}
    development = _development(connection, reference)
    if development is not None:
        return {"kind": "development", **development}
    alerts = _alerts(connection, schema.alerts.c.id == reference)
    if alerts:  # a digest or a notice: it tells of no single development
        return {"kind": "alert", "alerts": alerts}
    entry = _entry(connection, reference)
    if entry is None:
        return None
    return {"kind": "article", **entry}


def _claim(connection: sa.Connection, reference: str) -> dict[str, object] | None:
    """`a12#3`: the third claim of article a12, and what became of it."""
    name, mark, number = reference.rpartition("#")
    entry = _entry(connection, name) if mark and number.isdecimal() and len(number) < 6 else None
    claims = entry.get("claims") if entry else None
    if entry is None or not isinstance(claims, list) or not 0 < int(number) <= len(claims):
        return None
    return {"claim": claims[int(number) - 1], "article": entry["article"], "entry": entry["entry"]}


def _development(connection: sa.Connection, reference: str) -> dict[str, object] | None:
    by_alert = sa.select(schema.alerts.c.development_id).where(schema.alerts.c.id == reference)
    name = connection.scalar(by_alert) or reference
    text = connection.scalar(sa.select(schema.developments.c.value).where(schema.developments.c.id == name))
    if text is None:
        return None
    development = codec.load(types.Development, text)
    return {
        "development": codec.to_json(development),
        "articles": [_told(connection, report.article_id) for report in development.reports],
        "articles_in_all": connection.scalar(
            sa.select(sa.func.count()).where(schema.development_articles.c.development_id == development.id)
        ),
        "alerts": _alerts(connection, schema.alerts.c.development_id == development.id),
    }


def _told(connection: sa.Connection, article_id: str) -> dict[str, object]:
    table = schema.articles.c
    row = connection.execute(sa.select(table.title, table.url, table.outlet).where(table.id == article_id)).first()
    return {"article_id": article_id} | (dict(row._mapping) if row else {})


def _alerts(connection: sa.Connection, condition: sa.ColumnElement[bool]) -> list[dict[str, object]]:
    table = schema.alerts.c
    query = sa.select(
        table.id,
        table.recipient,
        table.kind,
        table.state,
        table.attempts,
        table.created_at,
        table.sent_at,
        table.last_error,
    ).where(condition)
    return [_plain(row) for row in connection.execute(query.order_by(table.seq))]


def _entry(connection: sa.Connection, reference: str) -> dict[str, object] | None:
    table = schema.entries.c
    columns = (
        table.id,
        table.title,
        table.url,
        table.step,
        table.reason,
        table.attempts,
        table.first_seen,
        table.published,
        schema.feeds.c.url.label("feed"),
        schema.feeds.c.outlet,
    )
    number = reference.removeprefix("a")
    by_article = sa.select(schema.articles.c.entry_id).where(
        sa.or_(schema.articles.c.id == reference, schema.articles.c.url == reference)
    )
    wanted = sa.or_(table.url == reference, table.id.in_(by_article))
    if number.isdecimal() and len(number) < 10:  # an id; longer ones overflow the column
        wanted = sa.or_(wanted, table.id == int(number))
    query = sa.select(*columns).join(schema.feeds, schema.feeds.c.id == table.feed_id).where(wanted).limit(1)
    row = connection.execute(query).first()
    if row is None:
        return None
    return {"entry": _plain(row), **_article(connection, row.id)}


def _article(connection: sa.Connection, entry_id: int) -> dict[str, object]:
    table = schema.articles.c
    columns = (table.id, table.title, table.url, table.outlet, table.published, table.arrived, table.relevant)
    row = connection.execute(sa.select(*columns, table.reading).where(table.entry_id == entry_id)).first()
    if row is None:
        return {}
    article = _plain(row)
    reading = codec.load(types.Reading, str(article.pop("reading")))
    held = schema.held_back.c
    texts = connection.scalars(sa.select(held.value).where(held.article_id == row.id).order_by(held.id))
    held_back = [codec.load(types.HeldBack, text) for text in texts]
    raised = _raised(connection, row.id)
    return {
        "article": article,
        "claims": [
            {"id": f"{row.id}#{number}", **codec.to_json(claim), "became": _became(claim, row.id, held_back, raised)}
            for number, claim in enumerate(reading.claims, 1)
        ],
        "held_back": [codec.to_json(item) for item in held_back],
        "developments": [{"development": codec.to_json(one), "alerts": alerts} for one, alerts in raised],
    }


def _became(claim: types.Claim, article_id: str, held_back: list[types.HeldBack], raised: list[Carried]) -> list[str]:
    """What became of a claim, one line for each aspect: a development, a source of one, or silence and why."""
    lines = [
        f"development {one.id} ({one.aspect}), {'raised' if report is one.reports[0] else 'as a source'}"
        for one, _ in raised
        for report in one.reports
        if report.article_id == article_id and report.evidence == claim.evidence and report.status == claim.status
        and (str(one.topic), one.subject) == (str(claim.topic), claim.subject)
    ]  # fmt: skip
    lines += [
        f"development {one.id} ({one.aspect}), as one source of many"
        for one, _ in raised
        if all(report.article_id != article_id for report in one.reports)  # its report gave way to others
        and (str(one.topic), one.subject) == (str(claim.topic), claim.subject)
        and one.new == (claim.number if isinstance(one.new, int) else claim.status)
    ]
    lines += [
        f"silence ({item.aspect}): {item.reason}"
        for item in held_back
        if (str(item.topic), item.subject, item.status, item.evidence)
        == (str(claim.topic), claim.subject, claim.status, claim.evidence)
    ]
    return list(dict.fromkeys(lines)) or ["not yet taken into the ledger"]


def _raised(connection: sa.Connection, article_id: str) -> list[Carried]:
    """The developments that rest on an article, each with its alerts."""
    table, links = schema.developments.c, schema.development_articles.c
    query = (
        sa.select(table.id, table.value)
        .join(schema.development_articles, links.development_id == table.id)
        .where(links.article_id == article_id)
        .order_by(table.seq)
    )
    return [
        (
            codec.load(types.Development, row.value),
            _alerts(connection, schema.alerts.c.development_id == row.id),
        )
        for row in connection.execute(query).all()
    ]


def _plain(row: Any) -> dict[str, object]:
    return {name: value.isoformat() if hasattr(value, "isoformat") else value for name, value in row._mapping.items()}
