"""The moves a claim can make on the ledger: hold, corroborate, dispute, take back, keep beside. Writes to a draft."""

import dataclasses
import itertools
from datetime import datetime, timedelta

from monitor import types
from monitor.ledger import corrections, evidence, rules, state, wording
from monitor.ledger.draft import Draft, development_id

DISPUTED = ":disputed"  # the aspect under which the other side of a dispute is kept


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where among the day's developments of a key a late report belongs."""

    held: types.Position | None  # what was held before it
    next: types.Development  # the first one that was published after it
    is_last: bool  # the position rests on that


class Moves:
    """Moves of one article."""

    def __init__(self, draft: Draft, article: types.Article, ledger_rules: rules.Rules, now: datetime) -> None:
        self.draft, self.article, self.rules, self.now = draft, article, ledger_rules, now

    # ------------------------------------------------------------ changes

    def hold(self, key: state.Key, held: types.Position | None, report: types.Report, verdict: rules.Verdict) -> None:
        """Hold a new position; where the verdict says so, as a development."""
        position = self._position(key, held, report, self._new_id(key, report) if verdict.develops else None)
        self.draft.put(position)
        if verdict.develops:
            self.draft.change(types.AlertKind.NEW, self._development(held, position, verdict))

    def _position(
        self, key: state.Key, held: types.Position | None, report: types.Report, development_id: str | None
    ) -> types.Position:
        number, number_max = report.number, report.number_max
        if number is None and held is not None and {held.status, report.status} <= self.rules.with_figure:
            number, number_max = held.number, held.number_max
        return types.Position(
            topic=types.Topic(key[0]), subject=key[1], aspect=key[2], status=report.status,
            number=number, number_max=number_max, since=report.published,
            grade=evidence.grade((report,), report.published, self.rules), reports=(report,),
            development_id=development_id,
        )  # fmt: skip

    def _new_id(self, key: state.Key, report: types.Report) -> str:
        """The raising article and the key; where that is taken (a changed page raises again, or chance), the value too,
        and then a number: an id that is taken would overwrite another development."""
        again = f"{self.article.id}|{report.status}|{report.number}"
        sources = itertools.chain((self.article.id, again), (f"{again}|{number}" for number in itertools.count(2)))
        names = (development_id(source, key) for source in sources)
        return next(name for name in names if self.draft.development(name) is None)

    def _development(
        self, held: types.Position | None, position: types.Position, verdict: rules.Verdict
    ) -> types.Development:
        figure = rules.is_figure(position.aspect) or verdict.kind == "figure"
        old: str | int | None = held.status if held else None
        if figure and held is not None and held.number is not None:
            old = held.number
        return types.Development(
            id=position.development_id or "", topic=position.topic, subject=position.subject, aspect=position.aspect,
            old=old, new=position.number if figure and position.number is not None else position.status,
            old_number=held.number if held else None, new_number=position.number, minor=verdict.minor,
            grade_at_first=position.grade, grade=position.grade, published=position.since, raised_at=self.now,
            reports=position.reports, old_position=held, new_position=position,
        )  # fmt: skip

    def corroborate(self, held: types.Position, report: types.Report) -> str:
        """Add a source to what is held; the grade may rise, and a dispute may end."""
        known = self.draft.development(held.development_id)
        if evidence.has(held.reports, report) or (known and isinstance(known.new, int) and report.number is None):
            return "same"  # who names no figure bears none out
        reports = evidence.add(held.reports, report)
        grade = max(held.grade, evidence.grade(reports, held.since, self.rules), key=evidence.rank)
        dated = self._dated(held, known, report)
        self.draft.put(dataclasses.replace(dated, reports=reports, grade=grade))
        development = known
        if development is None or development.taken_back:
            return "baseline" if held.source == "baseline" else "same"
        settled = development.disputed and grade is not types.Grade.REPORTED
        if settled:
            self.draft.drop(_beside(held.key, DISPUTED))
        rose = evidence.rank(grade) > evidence.rank(development.grade)
        changed = dataclasses.replace(
            development,
            reports=evidence.add(development.reports, report),
            grade=max(development.grade, grade, key=evidence.rank),
            disputed=development.disputed and not settled,
            note="" if settled else development.note,
            new=dated.status if development.aspect == "language" else development.new,
        )
        self.draft.change(types.AlertKind.UPDATE, changed, grade_rose=rose)
        return "same"

    def _dated(
        self, held: types.Position, development: types.Development | None, report: types.Report
    ) -> types.Position:
        """The position as its first report of the day dates and words it: within a day the order of arrival says
        nothing."""
        if not evidence.counts(report) or not self._may_date(held, development, report.published):
            return held
        return dataclasses.replace(held, since=report.published, status=report.status)

    def date_by_copy(self, key: state.Key, claim: types.Claim, published: datetime) -> None:
        """A copy that was printed before the text that came in first dates the position; it adds no report."""
        held = self.draft.held(key)
        if held is None or (held.status, held.number) != (claim.status, claim.number):
            return
        if self._may_date(held, self.draft.development(held.development_id), published):
            self.draft.put(dataclasses.replace(held, since=published))

    def _may_date(self, held: types.Position, development: types.Development | None, published: datetime) -> bool:
        before = development.old_position if development else None
        if development is None or (before is not None and published < before.since):
            return False
        return self.is_earlier_that_day(held, published)

    def is_earlier_that_day(self, held: types.Position, published: datetime) -> bool:
        """Whether it was published before the report that the position rests on, on the same day (UTC)."""
        return not self.article.date_only and published < held.since and published.date() == held.since.date()

    def keep_beside(self, key: state.Key, claim: types.Claim, report: types.Report) -> None:
        """Keep what stands beside a position, with its sources; it changes nothing."""
        if claim.optional:
            return
        aside = _beside(key, f":{claim.status}")
        held = self.draft.held(aside)
        if held is None:
            held = types.Position(
                topic=claim.topic, subject=key[1], aspect=aside[2], status=claim.status, number=claim.number,
                number_max=claim.number_max, since=report.published,
            )  # fmt: skip
        if evidence.has(held.reports, report):
            return
        reports = evidence.add(held.reports, report)
        since = report.published if self.is_earlier_that_day(held, report.published) else held.since
        grade = evidence.grade(reports, since, self.rules)
        self.draft.put(dataclasses.replace(held, since=since, reports=reports, grade=grade))

    # ------------------------------------------------------------ earlier values

    def was_held(self, key: state.Key, held: types.Position, status: str, number: int | None) -> bool:
        """Whether the baseline or an earlier position of the key said so."""
        before = [d.old_position for d in self.draft.developments_of(key) if d.old_position is not None]
        reports = [r for position in (held, *before) if position.source != "news" for r in position.reports]
        values = [(p.status, p.number) for p in before] + [(r.status, r.number) for r in reports]
        if rules.is_figure(key[2]):
            return any(known == number for _, known in values)
        if status == held.status:
            return any((status, number) == value for value in values)
        return any(status == known for known, _ in values)

    def was_taken_back(self, key: state.Key, held: types.Position | None, report: types.Report) -> bool:
        """Whether the report only repeats what has been taken back."""
        if report.official:
            return False
        for development in self.draft.developments_of(key):
            if not development.taken_back or not corrections.carries(development, report.status, report.number):
                continue
            own = any(
                told.article_id == report.article_id or evidence.same_origin(told.origin, report.origin)
                for told in development.reports
            )
            before = report.published - development.published <= timedelta(days=self.rules.days["dispute"])
            if own or before:
                return True
        return False

    def was_denied(self, key: state.Key, report: types.Report) -> bool:
        """Whether the key's last development has been taken back, so that the report may tell its denial again."""
        last = next(reversed(self.draft.developments_of(key)), None)
        if last is None or not last.taken_back:
            return False
        return abs(report.published - last.published) <= timedelta(days=self.rules.days["denial"])

    # ------------------------------------------------------------ disputes, take-backs

    def is_dispute(self, held: types.Position, report: types.Report, verdict: rules.Verdict) -> bool:
        """The opposite of a position that is only reported, within days, by another origin, none of them official."""
        if verdict.kind not in {"against", "back"} or held.grade is not types.Grade.REPORTED or report.official:
            return False
        if held.development_id is None or any(evidence.same_origin(r.origin, report.origin) for r in held.reports):
            return False
        return report.published - held.since <= timedelta(days=self.rules.days["dispute"])

    def dispute(self, held: types.Position, report: types.Report) -> tuple[types.Report, ...]:
        """Note the other side; where it is confirmed by now take the position back and return its earlier reports."""
        aside = _beside(held.key, DISPUTED)
        other = self.draft.held(aside)
        if other is not None and evidence.has(other.reports, report):
            return ()
        reports = evidence.add(other.reports if other else (), report)
        since = other.since if other else report.published
        grade = evidence.grade(reports, since, self.rules)
        development = self.draft.development(held.development_id)
        assert development is not None
        if grade is not types.Grade.REPORTED:
            self.take_back(development, "the opposite is confirmed: " + _sources(reports))
            return reports[:-1]
        side = types.Position(
            topic=held.topic, subject=held.subject, aspect=held.aspect, status=report.status, number=report.number,
            number_max=report.number_max, since=min(since, report.published), grade=grade, reports=reports,
        )  # fmt: skip
        self.draft.put(_other_side(side))
        changed = dataclasses.replace(development, disputed=True, note=_other_word(side))
        self.draft.change(types.AlertKind.DISPUTED, changed)
        return ()

    def join(self, key: state.Key, reports: tuple[types.Report, ...]) -> None:
        """Give a development that has just been raised the reports that had been kept as one side of a dispute."""
        held = self.draft.held(key)
        development = self.draft.development(held.development_id) if held else None
        if held is None or development is None or development.reports != held.reports:
            return
        joined = (*held.reports, *reports)
        grade = evidence.grade(joined, held.since, self.rules)
        self.draft.put(dataclasses.replace(held, reports=joined, grade=grade))
        raised = dataclasses.replace(development, reports=joined, grade=grade, grade_at_first=grade)
        self.draft.change(types.AlertKind.NEW, raised)

    def stand_first(self, held: types.Position, report: types.Report, verdict: rules.Verdict) -> None:
        """Of two that contradict each other the one published first stands, though it came in later that day; the
        development turns to it and shows the other side, as if they had come in in order."""
        development = self.draft.development(held.development_id)
        assert development is not None
        position = self._position(held.key, development.old_position, report, development.id)
        self.draft.put(position)
        self._drop_beside(held)
        self.draft.put(_other_side(held))
        turned = self._development(development.old_position, position, verdict)
        self.draft.change(
            types.AlertKind.DISPUTED,
            dataclasses.replace(
                turned, grade_at_first=development.grade_at_first, raised_at=development.raised_at, disputed=True,
                note=_other_word(held),
            ),
        )  # fmt: skip

    def place_of(self, held: types.Position, published: datetime) -> Place | None:
        """The place in the day of a report that was published before what is held; None where the day's developments
        don't lead back to it, or one of them is disputed or taken back."""
        after = self.draft.development(held.development_id)
        is_last = True
        while after is not None and not (after.disputed or after.taken_back) and after.new_position is not None:
            if after.published.date() != published.date():
                return None
            before = after.old_position
            if before is None or before.since <= published:
                return Place(held=before, next=after, is_last=is_last)
            after, is_last = self.draft.development(before.development_id), False
        return None

    def take_in_between(self, key: state.Key, place: Place, report: types.Report, verdict: rules.Verdict) -> bool:
        """Raise what a late report says as if the day had come in in order; False where that would undo more than the
        last development.

        The development after it starts from it now; one that says no more than it is taken back.
        """
        position = self._position(key, place.held, report, self._new_id(key, report))
        value = place.next.new_position
        assert value is not None
        after = rules.decide(
            self.rules, position, topic=key[0], aspect=key[2], status=value.status, number=value.number,
            number_max=value.number_max,
        )  # fmt: skip
        if not after.develops and (not place.is_last or after.kind == "same"):
            return False
        if after.develops:
            self._start_from(place.next, position, value, after)
        else:
            said = f"{_sources(position.reports)} said earlier that day: {position.status.replace('_', ' ')}"
            self.take_back(place.next, said)
            self.draft.put(position)
            if after.kind == "beside":
                self.draft.put(dataclasses.replace(value, aspect=f"{key[2]}:{value.status}", development_id=None))
        self.draft.change(types.AlertKind.NEW, self._development(place.held, position, verdict))
        return True

    def hear_again(self, key: state.Key, before: types.Position, report: types.Report) -> None:
        """Raise again what an official word of the same day said of the position before: it was published after the
        report that has just been told, but came in first."""
        position = self.draft.held(key)
        said = [told for told in before.reports if told.official and told.published > report.published]
        of_day = [told for told in said if told.published.date() == report.published.date()]
        if position is None or not of_day or self.article.date_only:
            return
        last = of_day[-1]
        verdict = rules.decide(
            self.rules, position, topic=key[0], aspect=key[2], status=last.status, number=last.number,
            number_max=last.number_max,
        )  # fmt: skip
        if verdict.develops:
            self.hold(key, position, last, verdict)

    def _start_from(
        self, development: types.Development, old: types.Position, new: types.Position, verdict: rules.Verdict
    ) -> None:
        made = self._development(old, new, verdict)
        turned = dataclasses.replace(
            development, old=made.old, new=made.new, old_number=made.old_number, minor=made.minor, old_position=old
        )
        is_news = development.minor and not made.minor  # who reads majors only has not heard of it
        self.draft.change(types.AlertKind.NEW if is_news else types.AlertKind.UPDATE, turned)

    def _drop_beside(self, held: types.Position) -> None:
        """What the same texts said beside a status goes with it."""
        texts = {report.article_id for report in held.reports}
        for status in self.rules.back_beside:
            aside = self.draft.held(_beside(held.key, f":{status}"))
            if aside is not None and {report.article_id for report in aside.reports} <= texts:
                self.draft.drop(aside.key)

    def take_back(self, development: types.Development, note: str) -> None:
        """Take a development back; where it is the last word, the old position returns."""
        take_back(self.draft, development, note)

    def withdraw_outlet(self, development: types.Development, outlet: str) -> None:
        """An outlet corrects itself: its reports go; without others of their own standing the development goes too."""
        current = self.draft.development(development.id) or development
        rest = tuple(r for r in current.reports if not evidence.same_origin(r.origin, outlet))
        held = self.draft.held(state.key_of(current))
        if not any(evidence.counts(report) for report in rest):
            self.take_back(current, f"corrected by {outlet}")
            return
        grade = evidence.grade(rest, rest[0].published, self.rules)
        if held is not None and held.development_id == current.id:
            self.draft.put(dataclasses.replace(held, reports=rest, grade=grade))
        note = f"corrected by {outlet}; rests on {_sources(rest)}"
        self.draft.change(types.AlertKind.UPDATE, dataclasses.replace(current, reports=rest, grade=grade, note=note))

    # ------------------------------------------------------------ language

    def take_wording(self, found: wording.Wording, report: types.Report) -> None:
        """A phrase of another family than the speaker's and the US's last is a development of its own kind."""
        key = (str(types.Topic.BACKSTOP), "US", "language")
        own_key = (*key[:2], f"language:{found.speaker}")
        held, own = self.draft.held(key), self.draft.held(own_key)
        if any(p is not None and evidence.has(p.reports, report) for p in (held, own)):
            return
        if own is None or report.published >= own.since:
            self.draft.put(self._wording_position(own_key, own, found, report))
        if held is not None and self._family(held) == found.family:
            self.corroborate(held, report)
            return
        if own is not None and (self._family(own) == found.family or report.published < own.since):
            return
        if held is not None and report.published < held.since:
            return
        self.hold(key, held, report, rules.Verdict(kind="wording", develops=True, minor=False, holds=True))

    def _wording_position(
        self, key: state.Key, own: types.Position | None, found: wording.Wording, report: types.Report
    ) -> types.Position:
        same = own is not None and self._family(own) == found.family
        reports = evidence.add(own.reports, report) if own is not None and same else (report,)
        return types.Position(
            topic=types.Topic.BACKSTOP, subject="US", aspect=key[2], status=found.phrase, since=report.published,
            grade=types.Grade.OFFICIAL, reports=reports,
        )  # fmt: skip

    def _family(self, held: types.Position) -> str | None:
        return wording.family_of(held.status, self.rules)


def take_back(draft: Draft, development: types.Development, note: str) -> None:
    """Take a development back; where it is the last word, the old position returns."""
    key = state.key_of(development)
    held = draft.held(key)
    if held is not None and held.development_id == development.id:
        if development.old_position is not None:
            draft.put(development.old_position)
        else:
            draft.drop(key)
        draft.drop(_beside(key, DISPUTED))
    gone = dataclasses.replace(development, taken_back=True, disputed=False, note=note)
    draft.change(types.AlertKind.TAKEN_BACK, gone)


def _beside(key: state.Key, suffix: str) -> state.Key:
    return (key[0], key[1], key[2] + suffix)


def _other_side(side: types.Position) -> types.Position:
    """One side of a dispute as it is kept beside the other."""
    return dataclasses.replace(side, aspect=side.aspect + DISPUTED, development_id=None)


def _other_word(side: types.Position) -> str:
    return f"{_sources(side.reports)}: {side.status.replace('_', ' ')}"


def _sources(reports: tuple[types.Report, ...]) -> str:
    return ", ".join(dict.fromkeys(report.origin for report in reports))
