"""A value as a message: what changed (old → new), how sure, in whose words, who says so. Pure."""

import base64
import dataclasses
import difflib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, tzinfo

from alerts import markup, policy, words
from alerts.markup import GAP, Line, Span, line, span
from monitor import types

QUOTE_LIMIT = 600
HEAD_LIMIT = 220  # each of old and new in a headline
WORDING_LIMIT = 400
NOTE_LIMIT = 300
MAX_SOURCES = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class Image:
    """A picture inside a mail's page, which names it as cid:<name>."""

    name: str
    png: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """One text in every form that a channel may need."""

    subject: str
    plain: str  # whole, with links
    html: str  # a mail page
    telegram_html: str  # within Telegram's limit after entity parsing
    plain_short: str  # plain text within the same limit
    images: tuple[Image, ...] = ()  # what the mail page shows
    facts: dict[str, object] | None = None  # the development as JSON values, for programs
    answer_html: str = ""  # what an answer to the earlier message says, in Telegram HTML
    answer_plain: str = ""


def render_alert(
    alert: types.Alert,
    development: types.Development | None,
    names: Mapping[str, str],
    told: Sequence[types.Development] = (),
    watch: str = "",
    zone: tzinfo | None = None,
) -> Message:
    """The message of an alert other than a digest; `told` are a summary's developments. `watch` is named where it is
    another than the shipped one; times are those of the zone (None: UTC)."""
    if alert.kind is types.AlertKind.SUMMARY:
        return render_summary(alert, told, names, watch)
    if alert.kind is types.AlertKind.NOTICE or development is None:
        return render_notice(alert, watch)
    against = alert.payload.get("against")
    return render_development(
        development,
        names,
        alert_id=f"{watch} · {alert.id}" if watch else alert.id,
        kind=alert.kind,
        settled=bool(alert.payload.get("settled")),
        against=against if isinstance(against, list) and development.disputed else (),
        zone=zone,
    )


def render_development(
    development: types.Development,
    names: Mapping[str, str],
    *,
    alert_id: str = "",
    kind: types.AlertKind = types.AlertKind.NEW,
    settled: bool = False,
    against: Sequence[Mapping[str, object]] = (),
    zone: tzinfo | None = None,
) -> Message:
    """A development as it stands now, told as news, update, dispute or take-back.

    `settled`: the update ends a dispute; `against`: the reports of the other side, as policy.to_json gives them.
    """
    d = development
    head = [*_state_lines(d, kind, settled=settled), _headline(d, names)]
    sure, foot, beside = _sure_lines(d, kind), _foot(d, alert_id, zone), against_lines(against, zone)
    lines = [*head, *_wording_lines(d), *sure, _quote_line(d), *_source_lines(d, zone), *beside]
    message = to_message(subject_of(d, names, kind), [*lines, *_before_lines(d), foot])
    answer = markup.fit([*head, *sure, _quote_line(d), *beside, foot])
    facts = to_facts(d)
    return replace(
        message, facts=facts, answer_html=markup.to_telegram(answer), answer_plain=markup.to_plain(answer, links=False)
    )


def to_facts(d: types.Development) -> dict[str, object]:
    """A development as JSON values: what changed, how sure, who says so."""
    return {
        "id": d.id,
        "topic": str(d.topic),
        "subject": d.subject,
        "aspect": d.aspect,
        "old": d.old,
        "new": d.new,
        "old_number": d.old_number,
        "new_number": d.new_number,
        "grade": str(d.grade),
        "minor": d.minor,
        "disputed": d.disputed,
        "taken_back": d.taken_back,
        "note": d.note,
        "raised_at": d.raised_at.isoformat(),
        "evidence": quote_of(d),
        "sources": [policy.to_json(report) for report in d.reports[:MAX_SOURCES]],
    }


def to_message(subject: str, lines: Sequence[Line], extra_html: str = "", extra_plain: str = "") -> Message:
    """All forms of the same lines; `extra_*` go into the long forms only."""
    short = markup.fit(lines)
    return Message(
        subject=markup.clip(markup.clean(subject), 180),
        plain=markup.to_plain(lines) + extra_plain,
        html=markup.to_mail(lines, subject, extra_html),
        telegram_html=markup.to_telegram(short),
        plain_short=markup.to_plain(markup.fit(lines, links=True)),
    )


def to_page(message: Message) -> str:
    """The mail's page by itself: its pictures inside it."""
    page = message.html
    for image in message.images:
        page = page.replace(f"cid:{image.name}", f"data:image/png;base64,{base64.b64encode(image.png).decode()}")
    return page


def to_json(message: Message) -> str:
    """A message to be kept."""
    values = dataclasses.asdict(message)
    values["images"] = [{"name": each.name, "png": base64.b64encode(each.png).decode()} for each in message.images]
    return json.dumps(values, ensure_ascii=False)


def from_json(text: str) -> Message:
    """A message that was kept, also by an earlier program."""
    values = json.loads(text)
    images = [Image(name=each["name"], png=base64.b64decode(each["png"])) for each in values.pop("images", ())]
    known = {field.name for field in dataclasses.fields(Message)}
    return Message(images=tuple(images), **{name: value for name, value in values.items() if name in known})


def quote_of(development: types.Development) -> str:
    """The evidence as a message shows it; empty where there is none."""
    evidence = next((text for r in development.reports if (text := markup.clean(r.evidence))), "")
    if evidence[:1] in '“"' and evidence[-1:] in '”"' and not set('“”"') & set(evidence[1:-1]):
        evidence = evidence[1:-1].strip()  # the message sets the marks
    return markup.clip(evidence, QUOTE_LIMIT)


def has_evidence(message: Message, development: types.Development) -> bool:
    """Whether the message quotes the development's evidence."""
    quote = quote_of(development)
    return bool(quote) and quote in message.plain and quote in message.plain_short


def subject_of(d: types.Development, names: Mapping[str, str], kind: types.AlertKind) -> str:
    """The subject line of a mail."""
    mark = _mark(d, kind)
    return (f"{mark}: " if mark else "") + words.headline(d, names)


# ---------------------------------------------------------------- parts


def _mark(d: types.Development, kind: types.AlertKind) -> str:
    if d.taken_back:
        return "TAKEN BACK"
    if d.disputed:
        return "DISPUTED"
    if kind is types.AlertKind.UPDATE:
        return "Update"
    return ""


def _state_lines(d: types.Development, kind: types.AlertKind, *, settled: bool) -> list[Line]:
    """Above the headline: taken back, disputed or updated, and why."""
    mark = _mark(d, kind)
    if not mark:
        return []
    why = d.note or ("" if mark == "Update" else "no reason given")
    if mark == "Update" and not d.note:
        first = "" if d.grade is d.grade_at_first else f" (first told as {d.grade_at_first})"
        why = f"{'no longer disputed, ' if settled else ''}now {words.grade_words(d)}{first}"
    if mark == "DISPUTED":
        why = f"{why}, against {', '.join(dict.fromkeys(r.origin for r in d.reports[:4]))}"
    return [line(span(mark, "bold"), span(f": {why}", limit=NOTE_LIMIT))]


def _headline(d: types.Development, names: Mapping[str, str]) -> Line:
    old, new = words.change_words(d)
    who = span(f"{words.subject_words(d, names)}: ", "bold", limit=160)
    style = "gone" if d.taken_back else "bold"
    change = f"{markup.clip(markup.clean(old), HEAD_LIMIT)} → {markup.clip(markup.clean(new), HEAD_LIMIT)}"
    return line(who, span(change, style, limit=2 * HEAD_LIMIT + 3), kind="head")


def _wording_lines(d: types.Development) -> list[Line]:
    """Language: old and new wording one above the other, with the words that differ marked."""
    if not d.aspect.startswith("language") or d.old is None:
        return []
    old = markup.clip(markup.clean(str(d.old)), WORDING_LIMIT).split()
    new = markup.clip(markup.clean(str(d.new)), WORDING_LIMIT).split()
    before, after = diff_words(old, new)
    return [line("Old wording: ", *before), line("New wording: ", *after)]


def diff_words(old: Sequence[str], new: Sequence[str]) -> tuple[list[Span], list[Span]]:
    """Both wordings as spans; words that only the old one has are struck, those that only the new one has are added."""
    before: list[Span] = []
    after: list[Span] = []
    matcher = difflib.SequenceMatcher(a=[w.casefold() for w in old], b=[w.casefold() for w in new], autojunk=False)
    for tag, a1, a2, b1, b2 in matcher.get_opcodes():
        _put(before, old[a1:a2], "" if tag == "equal" else "struck")
        _put(after, new[b1:b2], "" if tag == "equal" else "added")
    return before, after


def _put(spans: list[Span], some: Sequence[str], style: str) -> None:
    if some:
        if spans:
            spans.append(Span(text=" "))
        spans.append(Span(text=" ".join(some), style=style))


def _sure_lines(d: types.Development, kind: types.AlertKind) -> list[Line]:
    if d.taken_back:
        held = words.position_words(d.old_position) if d.old_position else words.NOTHING
        return [line(span(f"What holds again: {held}", limit=HEAD_LIMIT))]
    size = "minor" if d.minor else "major"
    return [line("How sure: ", span(words.grade_words(d), "bold"), f" · {size}")]


def _quote_line(d: types.Development) -> Line:
    quote = quote_of(d)
    if not quote:
        return GAP
    speaker = next((r.speaker for r in d.reports if r.speaker and markup.clean(r.evidence)), None)
    said = (span(f" — {speaker}", "quiet", limit=80),) if speaker and d.reports[0].speaker == speaker else ()
    return line(Span(text=f"“{quote}”"), *said, kind="quote")


def _source_lines(d: types.Development, zone: tzinfo | None) -> list[Line]:
    """Who says so: outlet with link, tier, origin where it is another, time."""
    reports = [r for r in d.reports if r.copy_of is None] or list(d.reports)
    lines = [source_line(r, zone, optional=number > 0) for number, r in enumerate(reports[:MAX_SOURCES])]
    more = len(d.reports) - len(lines)
    if more > 0:
        lines.append(line(f"and {more} more", kind="item", optional=True))
    return lines


def source_line(report: types.Report, zone: tzinfo | None = None, *, optional: bool = False) -> Line:
    """Who says so: outlet with link, tier, origin where it is another, time."""
    outlet = markup.clean(report.outlet) or "unnamed outlet"
    origin = f", citing {report.origin}" if report.origin and report.origin.casefold() != outlet.casefold() else ""
    voice = ", office holder quoted" if report.official and report.tier is not types.Tier.OFFICIAL else ""
    via = f", {markup.clip(markup.clean(report.via), 40)}" if report.via else ""
    facts = f" ({words.TIERS[str(report.tier)]}{markup.clip(markup.clean(origin), 80)}{voice}{via}), "
    return line(
        span(outlet, limit=80, href=report.url),
        span(facts, limit=160),
        words.time_words(report.published, zone),
        kind="item",
        optional=optional,
    )


def against_lines(reports: Sequence[Mapping[str, object]], zone: tzinfo | None = None) -> list[Line]:
    """The other side of a dispute: its words and who says so."""
    lines = [line(span("Against it:", "bold"), optional=True)] if reports else []
    for report in reports[:3]:
        quote = markup.clip(markup.clean(str(report.get("evidence", ""))), QUOTE_LIMIT // 2)
        tier = words.TIERS.get(str(report.get("tier")), "other source")
        url = report.get("url")
        source = span(str(report.get("outlet", "")), limit=80, href=url if isinstance(url, str) else None)
        when = words.time_words(datetime.fromisoformat(str(report["published"])), zone)
        lines.append(line(Span(text=f"“{quote}”"), kind="quote", optional=True))
        lines.append(line(source, f" ({tier}), {when}", kind="item", optional=True))
    return lines


def _before_lines(d: types.Development) -> list[Line]:
    """What was held before, since when and on whose word."""
    held = d.old_position
    if held is None or d.taken_back:
        return []
    source = f", {held.reports[0].outlet}" if held.reports else ""
    known = " (baseline)" if held.source == "baseline" else ""
    text = f"Before: {words.position_words(held)}, since {words.day_words(held.since)}{source}{known}"
    return [line(span(text, limit=300), kind="small", optional=True)]


def _foot(d: types.Development, alert_id: str, zone: tzinfo | None) -> Line:
    parts = [alert_id, f"raised {words.time_words(d.raised_at, zone)}", d.id]
    return line(span(" · ".join(part for part in parts if part), "quiet", limit=160), kind="small")


# ---------------------------------------------------------------- others


def render_group(told: Sequence[tuple[str, types.Development]], names: Mapping[str, str]) -> Message:
    """Several developments in one message, a line each with its alert's id; none is left out."""
    title = f"{len(told)} developments"
    # So short that all lines together keep Telegram's limit, whatever they hold.
    room = max(60, (markup.TELEGRAM_LIMIT - 200) // max(1, len(told)) - 90)
    lines = [line(span(title, "bold"), kind="head")]
    for alert_id, d in told:
        mark = _mark(d, types.AlertKind.NEW)
        text = (f"{mark}: " if mark else "") + words.headline(d, names)
        url = next((r.url for r in d.reports if r.url), None)
        tail = f" ({d.grade}{', minor' if d.minor else ''}) "
        lines.append(line(span(text, limit=room, href=url), tail, span(f"{alert_id} {d.id}", "quiet"), kind="item"))
    lines.append(line(span("/why, /sources with an id tell more of each", "quiet"), kind="small"))
    heads = "; ".join(markup.clip(words.subject_words(d, names), 60) for _, d in told[:3])
    message = to_message(f"{title}: {heads}", lines)
    # No addresses in the short form: they could take the room of whole lines.
    return replace(message, plain_short=markup.to_plain(lines, links=False))


def _who(watch: str) -> str:
    return f"Coalition Watch: {watch}" if watch else "Coalition Watch"


def render_summary(
    alert: types.Alert, told: Sequence[types.Development], names: Mapping[str, str], watch: str = ""
) -> Message:
    """What the silent first poll brought."""
    counts = alert.payload.get("counts")
    numbers = counts if isinstance(counts, Mapping) else {}
    majors, minors = _to_int(alert.payload.get("majors")), _to_int(alert.payload.get("minors"))
    lines = [line(span(f"{_who(watch)} has caught up with its feeds", "bold"), kind="head")]
    if "feeds" in numbers and "healthy" in numbers:
        lines.append(line(f"{numbers['healthy']} of {numbers['feeds']} feeds healthy"))
    found = f"{majors} major and {minors} minor developments" if majors or minors else "No development"
    lines.append(line(f"{found} against the baseline. From now on each is told as it comes."))
    lines += [line(span(words.headline(d, names), limit=300), kind="item", optional=True) for d in told]
    if majors > len(told) and told:
        lines.append(line(f"and {majors - len(told)} more", kind="item", optional=True))
    lines.append(line(span(alert.id, "quiet"), kind="small"))
    return to_message(f"{_who(watch)}: caught up", lines)


def render_notice(alert: types.Alert, watch: str = "") -> Message:
    """A word to the operator."""
    text = str(alert.payload.get("text", ""))
    lines = [
        line(span(f"Notice ({watch}): " if watch else "Notice: ", "bold"), span(text, limit=1500)),
        line(span(alert.id, "quiet"), kind="small"),
    ]
    return to_message(f"{_who(watch)}: {markup.clip(markup.clean(text), 100)}", lines)


def _to_int(value: object) -> int:
    return value if isinstance(value, int) else 0
