"""Reports and how sure they make a position: whose report it is in truth, which reports count, the grade. Pure."""

import re
from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import lru_cache

from monitor import types, watch
from monitor.ledger import rules

KEEP = 24  # reports kept with a position

_CREDIT_NOISE = re.compile(r"^(?:the|a)\s+|\s+(?:newspaper|daily|news agency|agency|magazine)$", re.IGNORECASE)


def canonical(name: str, watched: watch.Watch) -> str:
    """An outlet's own name for any name under which others credit it."""
    return _names(watched.outlets).get(_bare(name), name.strip())


@lru_cache(maxsize=4)
def _names(outlets: tuple[watch.Outlet, ...]) -> dict[str, str]:
    """{bare name or alias: outlet}; the first outlet of a name has it."""
    named: dict[str, str] = {}
    for outlet in outlets:
        for alias in (outlet.name, *outlet.aliases):
            named.setdefault(_bare(alias), outlet.name)
    return named


@lru_cache(maxsize=4096)
def _bare(name: str) -> str:
    return _CREDIT_NOISE.sub("", name.strip()).casefold()


def same_origin(one: str, other: str) -> bool:
    """Whether two names stand for one origin ("Hemisphere", "Hemisphere News Agency")."""
    first, second = _bare(one), _bare(other)
    if first == second:
        return True
    short, long = sorted((first.split(), second.split()), key=len)
    return bool(short) and long[: len(short)] == short and len(short[0]) > 3


def make_report(
    article: types.Article, claim: types.Claim, *, official: bool, watched: watch.Watch, now: datetime
) -> types.Report:
    """The claim as the ledger keeps it."""
    outlet = canonical(article.outlet, watched)
    origin = canonical(claim.origin, watched) if claim.origin else outlet
    return types.Report(
        article_id=article.id,
        outlet=article.outlet,
        tier=article.tier,
        origin=outlet if same_origin(origin, outlet) else origin,
        url=article.url,
        title=article.title,
        published=article.published or now,
        status=claim.status,
        evidence=claim.evidence,
        start=claim.start,
        end=claim.end,
        number=claim.number,
        number_max=claim.number_max,
        speaker=claim.speaker,
        official=official,
        wording=claim.wording,
        via=article.via,
    )


def counts(report: types.Report) -> bool:
    """Whether a report may corroborate: a list or explainer that credits nobody may not, nor may a copy."""
    if report.copy_of is not None:
        return False
    credited = report.speaker is not None or not same_origin(report.origin, report.outlet)
    return report.official or report.tier is not types.Tier.OTHER or credited


def grade(reports: Sequence[types.Report], since: datetime, ledger_rules: rules.Rules) -> types.Grade:
    """How sure the reports make what they carry; the first one always counts."""
    if any(report.official for report in reports):
        return types.Grade.OFFICIAL
    until = since + timedelta(days=ledger_rules.days["corroboration"])
    origins: list[str] = []
    for index, report in enumerate(reports):
        if index and (not counts(report) or report.published > until):
            continue
        if not any(same_origin(report.origin, origin) for origin in origins):
            origins.append(report.origin)
    return types.Grade.CONFIRMED if len(origins) > 1 else types.Grade.REPORTED


def rank(value: types.Grade) -> int:
    """Order of grades."""
    return list(types.Grade).index(value)


def add(reports: tuple[types.Report, ...], report: types.Report) -> tuple[types.Report, ...]:
    """The reports with one more; bounded, and what goes is what the grade needs least (the store keeps its article)."""
    joined = (*reports, report)
    if len(joined) <= KEEP:
        return joined
    drop = _least_telling(joined)
    return joined[:drop] + joined[drop + 1 :]


def _least_telling(reports: Sequence[types.Report]) -> int:
    """Neither the first nor the last: one without weight of its own, else the newest that isn't official, else the
    newest. The early ones, which came within the days in which a grade may rise, so outlast a long echo."""
    between = range(len(reports) - 2, 0, -1)
    mere = [index for index in between if not reports[index].official]
    return next((index for index in mere if _adds_nothing(reports, index)), next(iter(mere), between[0]))


def _adds_nothing(reports: Sequence[types.Report], index: int) -> bool:
    report = reports[index]
    return not counts(report) or any(same_origin(held.origin, report.origin) for held in reports[:index])


def has(reports: Sequence[types.Report], report: types.Report) -> bool:
    """Whether this article's word for the same thing is held already."""
    return any(
        held.article_id == report.article_id and held.status == report.status and held.number == report.number
        for held in reports
    )
