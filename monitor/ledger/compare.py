"""Compares an article's claims with the ledger: which positions change, which reports join, what is held back and why.

Pure: the state is read, not changed; the caller stores the step and absorbs it. The rules are data (rules.py).
"""

import dataclasses
from datetime import datetime, timedelta

from monitor import copies, types, watch
from monitor.ledger import corrections, evidence, moves, officials, rules, state, wording
from monitor.ledger.draft import Draft

FUTURE = timedelta(days=1)
Item = tuple[state.Key, types.Claim]


def apply_article(
    held: state.LedgerState,
    article: types.Article,
    reading: types.Reading,
    *,
    rules: rules.Rules,
    watch: watch.Watch,
    copy_of: str | None,
    now: datetime,
) -> types.LedgerStep:
    """All that one article does to the ledger."""
    if article.published is not None and article.published > now + FUTURE:
        article = dataclasses.replace(article, published=now)  # a wrong date must not make all that follows old
    return _Comparison(held, article, reading, rules, watch, copy_of, now).run()


def aspects_of(claim: types.Claim) -> tuple[str, ...]:
    """The aspects that a claim speaks of; empty where it counts nothing in particular."""
    if claim.status == "headcount":
        return (f"headcount:{claim.counts}",) if claim.counts else ()
    if claim.status == "force_size":
        return ("force_size",)
    if claim.topic is types.Topic.BACKSTOP:
        return claim.components or ("general",)
    return (str(claim.topic),)


class _Comparison:
    """One article against the ledger."""

    def __init__(
        self,
        held: state.LedgerState,
        article: types.Article,
        reading: types.Reading,
        ledger_rules: rules.Rules,
        watched: watch.Watch,
        copy_of: str | None,
        now: datetime,
    ) -> None:
        self.state, self.article, self.reading = held, article, reading
        self.rules, self.watch, self.copy_of, self.now = ledger_rules, watched, copy_of, now
        self.draft = Draft(held, article.id)
        self.moves = moves.Moves(self.draft, article, ledger_rules, now)
        self.published = article.published or now

    def run(self) -> types.LedgerStep:
        """Corrections first, then claims by key, then wordings."""
        correction = corrections.find(self.article, self.reading.claims)
        said = items = self._items(correction)
        is_copy = self._is_copy() and correction is None
        if is_copy:
            for key, claim in items:
                if self._is_the_originals(key, claim):
                    self.moves.date_by_copy(key, claim, self.published)
                    self.draft.hold_back(key, claim, "copy")
            items = [(key, claim) for key, claim in items if not self._is_the_originals(key, claim)]
        touched = corrections.touched(correction, self.article, said, self.state, self.watch, self.rules, self.now)
        for development in touched:
            self.moves.withdraw_outlet(development, evidence.canonical(self.article.outlet, self.watch))
        for key in dict.fromkeys(key for key, _ in items):
            self._take_key(key, [claim for of, claim in items if of == key])
        if not is_copy:
            self._take_wordings()
        sketch = copies.sketch(self.article.text) if self.reading.claims else ()
        return self.draft.step(sketch, self.copy_of)

    def _items(self, correction: corrections.Correction | None) -> list[Item]:
        items: list[Item] = []
        for claim in self.reading.claims:
            aspects = aspects_of(claim)
            if correction is not None and correction.retells(claim):
                for aspect in aspects:
                    self.draft.hold_back((str(claim.topic), claim.subject, aspect), claim, "corrected")
                continue
            items += [((str(claim.topic), claim.subject, aspect), claim) for aspect in aspects]
            if not aspects:
                self.draft.hold_back((str(claim.topic), claim.subject, "headcount"), claim, "no kind of count")
        return items

    def _is_copy(self) -> bool:
        """A copy brings nothing; an outlet's new version of its own text and an official print do."""
        if self.copy_of is None or self.copy_of == self.article.id or self.article.tier is types.Tier.OFFICIAL:
            return False
        return self.article.outlet not in self.state.outlets_of(self.copy_of)

    def _is_the_originals(self, key: state.Key, claim: types.Claim) -> bool:
        """Whether the original brought the claim too. Short texts with a shared background look like copies, and an
        edited copy may say more: what the original did not say is judged like any other claim."""
        held = self.state.positions.get(key)
        told = [report for one in self.state.developments_of(key) for report in one.reports]
        reports = [*(held.reports if held else ()), *told]
        return any(report.article_id == self.copy_of and report.status == claim.status for report in reports)

    def _take_key(self, key: state.Key, claims: list[types.Claim]) -> None:
        """What the position says already comes first, then the strongest; one text makes one development of a key."""
        held = self.draft.held(key)
        same = [claim for claim in claims if self._is_current(claim) and self._verdict(key, held, claim).kind == "same"]

        def order(claim: types.Claim) -> tuple[bool, bool, int, bool]:
            rank = -self.rules.rank(key[0], claim.status)
            return (claim.optional, claim not in same, rank, claim.number is None)

        for claim in sorted(claims, key=order):
            self._take(key, claim, restated=any(not claim.optional for claim in same))

    def _is_current(self, claim: types.Claim) -> bool:
        return claim.when is types.When.CURRENT and claim.act is not types.Act.RECAP

    def _verdict(self, key: state.Key, held: types.Position | None, claim: types.Claim) -> rules.Verdict:
        return rules.decide(
            self.rules, held, topic=key[0], aspect=key[2], status=claim.status,
            number=claim.number, number_max=claim.number_max, in_passing=claim.in_passing,
        )  # fmt: skip

    def _take(self, key: state.Key, claim: types.Claim, *, restated: bool) -> None:
        if not self._is_current(claim):
            self.draft.hold_back(key, claim, "past" if claim.when is types.When.PAST else "recap")
            return
        official = self.article.tier is types.Tier.OFFICIAL or officials.speaks_for(claim, self.article, self.watch)
        report = evidence.make_report(self.article, claim, official=official, watched=self.watch, now=self.now)
        reason = self._weigh(key, claim, report, restated=restated)
        if reason:
            self.draft.hold_back(key, claim, reason)

    def _weigh(self, key: state.Key, claim: types.Claim, report: types.Report, *, restated: bool) -> str | None:
        """Do what the claim demands; return why it made no development."""
        held = self.draft.held(key)
        verdict = self._verdict(key, held, claim)
        if verdict.kind == "same" and held is not None:
            return "same" if claim.act is types.Act.DRAFT else self.moves.corroborate(held, report)
        if held is not None and not verdict.holds and self._denies(held, report, claim):
            return self._take_back(key, held, claim, report)
        if held is not None and self._contradicts_earlier(key, held, verdict, claim, report):
            return "disputed"
        if held is not None and self._came_late(key, held, claim, report):
            return None
        if verdict.kind == "beside":
            self.moves.keep_beside(key, claim, report)
            return "beside"
        if not verdict.holds:
            return verdict.kind  # weaker, none
        if reason := self._why_no_change(key, held, verdict, claim, report, restated=restated):
            return reason
        if held is None or not verdict.develops:
            self.moves.hold(key, held, report, verdict)
            return None if verdict.develops else "in passing"
        if self._takes_back(held, report, claim):
            return self._take_back(key, held, claim, report)
        if self.moves.is_dispute(held, report, verdict):
            others = self.moves.dispute(held, report)
            if not others:
                return "disputed"
            reason = self._weigh(key, claim, report, restated=False)  # this side is confirmed now
            self.moves.join(key, others)
            return reason
        if self._is_known(key, held, claim, report):
            return "known"
        self.moves.hold(key, held, report, verdict)
        self.moves.hear_again(key, held, report)
        return None

    def _contradicts_earlier(
        self, key: state.Key, held: types.Position, verdict: rules.Verdict, claim: types.Claim, report: types.Report
    ) -> bool:
        """A contradiction that was published before the position, on the same day: the earlier one stands."""
        if claim.optional or claim.act is types.Act.DRAFT or not self.moves.is_earlier_that_day(held, report.published):
            return False
        development = self.draft.development(held.development_id)
        if development is None or development.disputed or not self.moves.is_dispute(held, report, verdict):
            return False
        of_old = self._verdict(key, development.old_position, claim)
        if not of_old.develops or self.moves.was_taken_back(key, held, report):
            return False
        self.moves.stand_first(held, report, of_old)
        return True

    def _came_late(self, key: state.Key, held: types.Position, claim: types.Claim, report: types.Report) -> bool:
        """Published on the same day before what is held and new at that time: it takes its place in the day."""
        if claim.optional or claim.act is types.Act.DRAFT or not self.moves.is_earlier_that_day(held, report.published):
            return False
        if claim.said_at is not None and claim.said_at.date() < held.since.date():
            return False
        if not report.official and any(told.official for told in held.reports):
            return False  # the office holder has spoken since
        if self.draft.raised(key) or self.moves.was_taken_back(key, held, report):
            return False
        if self.moves.was_denied(key, report) and corrections.is_denial(self.article, claim):
            return False
        place = self.moves.place_of(held, report.published)
        verdict = self._verdict(key, place.held, claim) if place else None
        if place is None or verdict is None or not verdict.develops:
            return False
        before = place.held
        if before is not None and (self._is_rounded(before, claim) or self._is_known(key, before, claim, report)):
            return False
        return self.moves.take_in_between(key, place, report, verdict)

    def _why_no_change(
        self,
        key: state.Key,
        held: types.Position | None,
        verdict: rules.Verdict,
        claim: types.Claim,
        report: types.Report,
        *,
        restated: bool,
    ) -> str | None:
        if claim.optional or claim.act is types.Act.DRAFT:
            return "optional"
        if held is not None and self._is_older(held, claim, report):
            return "old"
        unsaid = verdict.kind in {"down", "figure"} and not claim.number
        if self.draft.raised(key) or (restated and (unsaid or self._was_taken(key))):
            return "same text"
        if held is not None and verdict.kind == "figure" and self._is_rounded(held, claim):
            return "rounded"
        if self.moves.was_taken_back(key, held, report):
            return "taken back"
        if self.moves.was_denied(key, report) and corrections.is_denial(self.article, claim):
            return "denial"
        return None

    def _was_taken(self, key: state.Key) -> bool:
        """Whether the position rests on this very article already."""
        before = self.state.positions.get(key)
        return before is not None and any(report.article_id == self.article.id for report in before.reports)

    def _is_older(self, held: types.Position, claim: types.Claim, report: types.Report) -> bool:
        """Older than the position, by the claim's own mark of time or the article's date."""
        if claim.said_at is not None and claim.said_at.date() < held.since.date():
            return True
        development = self.draft.development(held.development_id)
        if development is not None and development.disputed and self.moves.is_earlier_that_day(held, report.published):
            return False  # it takes a side of the day's dispute
        if self.article.date_only:
            return self.published.date() < held.since.date()
        official = [r.published for r in held.reports if r.official] if not report.official else []
        return self.published < max([held.since, *official])

    def _is_rounded(self, held: types.Position, claim: types.Claim) -> bool:
        """Whether "about 30" or "more than 30" is what is held already."""
        number, known = claim.number, held.number
        if not number or not known:
            return False
        at = claim.evidence
        if self.rules.floor.search(at) and number <= known:
            return number >= self.rules.far_floor * known
        step = 5 if number < 100 else 10 ** (len(str(number)) - 2)
        return (
            bool(self.rules.hedge.search(at)) and number % step == 0 and abs(number - known) <= self.rules.near * known
        )

    def _is_known(self, key: state.Key, held: types.Position, claim: types.Claim, report: types.Report) -> bool:
        """A value of the baseline or of an earlier position, without an event of its own."""
        event = str(claim.act) in self.rules.events and self.article.tier is not types.Tier.OTHER
        if report.official or event:
            return False
        return self.moves.was_held(key, held, claim.status, claim.number)

    def _takes_back(self, held: types.Position, report: types.Report, claim: types.Claim) -> bool:
        """An official word against a position that is only reported, soon after it."""
        development = self._deniable(held, report)
        if development is None:
            return False
        old = development.old_position
        figure = rules.is_figure(held.aspect) or report.number is not None
        returns = old is not None and old.status == report.status and (not figure or old.number == report.number)
        topic = str(held.topic)
        opposite = self.rules.is_against(topic, report.status) != self.rules.is_against(topic, held.status)
        return returns or (opposite and (development.disputed or corrections.is_denial(self.article, claim)))

    def _denies(self, held: types.Position, report: types.Report, claim: types.Claim) -> bool:
        """Whether an office holder denies the position by saying less ("nothing has been decided")."""
        return claim.act is types.Act.DENIAL and self._deniable(held, report) is not None

    def _deniable(self, held: types.Position, report: types.Report) -> types.Development | None:
        """The development that an official report may still take back."""
        development = self.draft.development(held.development_id)
        if development is None or held.grade is not types.Grade.REPORTED or not report.official:
            return None
        late = report.published - held.since > timedelta(days=self.rules.days["denial"])
        return None if late or report.published < held.since else development

    def _take_back(self, key: state.Key, held: types.Position, claim: types.Claim, report: types.Report) -> str | None:
        """Take the reported claim back; what is said beyond the old position is weighed against it."""
        development = self.draft.development(held.development_id)
        assert development is not None
        self.moves.take_back(development, f"denied by {report.speaker or report.outlet}")
        restored = self.draft.held(key)
        again = self._verdict(key, restored, claim)
        if again.kind == "same" and restored is not None:
            self.moves.corroborate(restored, report)
        elif again.develops and not claim.optional and not corrections.is_denial(self.article, claim):
            self.moves.hold(key, restored, report, again)
            return None
        return "denial"

    def _take_wordings(self) -> None:
        for found in wording.find(self.article, self.reading.claims, self.watch, self.rules):
            self.moves.take_wording(found, self._wording_report(found))

    def _wording_report(self, found: wording.Wording) -> types.Report:
        claim = types.Claim(
            topic=types.Topic.BACKSTOP, subject="US", status="language",
            evidence=self.article.text[found.start : found.end], start=found.start, end=found.end,
            speaker=found.speaker, wording=found.phrase,
        )  # fmt: skip
        report = evidence.make_report(self.article, claim, official=True, watched=self.watch, now=self.now)
        return dataclasses.replace(report, status=found.phrase)
