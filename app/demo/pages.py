"""The demonstration's pages: fiction written for it, or a folder of somebody's own. Reads files; judges nothing."""

import hashlib
import html
import json
import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

from app import claims_command
from app.demo import site
from monitor import charset, errors, extract

FICTION = "This page is fiction, written for the demonstration of a news monitor; nothing in it has happened."
KINDS = (".txt", ".html", ".htm", ".json")
_DECLARED = re.compile(
    r"(?:published_time|datePublished|pubdate|name=[\"']date)[\"'][^<>]{0,200}?\bcontent\s*=\s*[\"'](\d{4}-\d\d-\d\d[^\"']*)"
    r"|\"datePublished\"\s*:\s*\"(\d{4}-\d\d-\d\d[^\"]*)\"|<time\b[^<>]{0,200}?\bdatetime\s*=\s*[\"'](\d{4}-\d\d-\d\d[^\"']*)",
    re.IGNORECASE,
)
_DATE_LINE = re.compile(r"(?:date|published)?\s*:?\s*(\d{4}-\d\d-\d\d(?:T\S+)?)\s*", re.IGNORECASE)
_LONG_TITLE = 160  # characters; a longer first line is text

_TOLD = (
    (
        "Denmark pledges 300 soldiers for the force in Ukraine",
        "Denmark will send 300 soldiers to Ukraine as part of the coalition of the willing's reassurance force once a "
        "ceasefire holds, Prime Minister Mette Frederiksen said in Copenhagen.",
        "The soldiers would train and patrol well behind the line of contact. Officials said that barracks and supply "
        "routes remained to be worked out with their hosts in Kyiv.",
    ),
    (
        "Malta joins the coalition of the willing",
        "Malta has joined the coalition of the willing for Ukraine, the government in Valletta announced.",
        "A spokesman called it a modest step by a small country. The island wants to offer a place for talks and help "
        "to clear mines at sea when the guns are silent, he added, and its diplomats will take a seat at the next "
        "meeting of planners.",
    ),
    (
        "Washington to provide intelligence and air support",
        "The United States will provide intelligence and air support for the coalition of the willing's force in "
        "Ukraine, Secretary of State Marco Rubio said after talks with European ministers.",
        "The ministers had waited for such a word for many months. How aircraft would be based, and who would call "
        "them in, is for military planners to settle in the coming weeks, diplomats said.",
    ),
)
_SILENT = (
    (
        "Explainer: who leads the coalition of the willing",
        "The coalition of the willing for Ukraine is led by Britain and France, which have said that they are ready to "
        "send troops after a ceasefire.",
        "The two countries called their partners together in March 2025. Readers have asked us what the group is for: "
        "it plans a force that would reassure Ukraine once the fighting ends, and it keeps no army of its own.",
    ),
    (
        "Reader's question: how many countries would take part?",
        "In all, 26 countries have said that they are ready to contribute to the coalition of the willing's force for "
        "Ukraine, as has been known since last year.",
        "Not each of them would send soldiers. Some offer ships, aircraft or money, others the use of their railways "
        "and ports, and the plans are revised from time to time behind closed doors.",
    ),
    (
        "A wet weekend for gardeners",
        "Rain is expected over the weekend, and the gardens of the region will be glad of it.",
        "The allotment society has put off its autumn fair until the lawns are dry. Tomatoes under glass are said to "
        "do well this year, though the society's chairwoman warns of slugs.",
    ),
)


def own_pages(now: datetime) -> list[site.Item]:
    """The demonstration's own fiction, published within the last hour."""
    items = []
    for number, (title, *paragraphs) in enumerate((_SILENT[0], *_TOLD, *_SILENT[1:])):
        items.append(
            site.Item(
                slug=f"demo-{number}",
                title=title,
                text="\n\n".join((*paragraphs, FICTION)),
                published=now - timedelta(minutes=50 - number),
                outlet="Demonstration Gazette (fiction)",
            )
        )
    return items


def read_folder(folder: Path, now: datetime, warn: Callable[[str], None]) -> list[site.Item]:
    """The pages of a folder in order of their names, the older first; what is no page is skipped with a word."""
    if not folder.is_dir():
        raise errors.InputError(str(folder), "no such folder")
    items: list[site.Item] = []
    for path in sorted(path for path in folder.iterdir() if path.suffix.lower() in KINDS and path.is_file()):
        try:
            items += _read_file(path, now)
        except (errors.InputError, OSError, ValueError, RecursionError) as error:
            warn(f"{path.name}: skipped ({error})")
    if not items:
        raise errors.InputError(str(folder), f"no pages in it ({', '.join(KINDS)})")
    return sorted(items, key=lambda item: item.published)


def _read_file(path: Path, now: datetime) -> list[site.Item]:
    if path.suffix.lower() == ".json":
        return _read_json(path, now)
    body = path.read_bytes()
    if path.suffix.lower() == ".txt":
        return [_read_text(path, charset.to_text(body, "text/plain"), now)]
    page = charset.to_text(body, "text/html")
    found = extract.extract_text(page.encode(), "http://127.0.0.1/", "text/html; charset=utf-8")
    declared = _DECLARED.search(page)
    title = re.search(r"<title\b[^<>]*>([^<]*)</title>", page, re.IGNORECASE)
    served = re.sub(r"(<meta\b[^<>]*?charset\s*=\s*[\"']?)[\w-]+", r"\1utf-8", page, flags=re.IGNORECASE)
    return [
        site.Item(
            slug=_slug(path.name),
            title=_line(html.unescape(title[1])) if title else (found.title if found and found.title else path.stem),
            text=found.text if found else "",
            published=_moment(next(filter(None, declared.groups())), now) if declared else now,
            outlet="Your pages",
            page=served.encode(),
        )
    ]


def _read_text(path: Path, content: str, now: datetime) -> site.Item:
    """First line: the title; a line with nothing but a date: when it was published; the rest: the text."""
    lines = content.replace("\r\n", "\n").replace("\r", "\n").strip().split("\n")
    dated = [number for number, line in enumerate(lines[:3]) if _DATE_LINE.fullmatch(line)]
    published = now
    for number in reversed(dated[:1]):
        match = _DATE_LINE.fullmatch(lines.pop(number))
        published = _moment(match[1], now) if match else now
    title = _line(lines[0]) if lines else ""
    if not title:
        raise errors.InputError(path.name, "empty")
    # A first line that is a sentence, or runs on in the next line, is text as well: what is said in it must be read.
    runs_on = len(lines) > 1 and lines[1][:1].islower()
    is_text = len(lines) == 1 or runs_on or len(title) > _LONG_TITLE or title.endswith((".", "!", "\u201d", '"'))
    blocks = re.split(r"\n[ \t]*\n", "\n".join(lines if is_text else lines[1:]).strip())
    text = "\n\n".join(_line(block) for block in blocks)
    return site.Item(slug=_slug(path.name), title=title[:300], text=text, published=published, outlet="Your pages")


def _read_json(path: Path, now: datetime) -> list[site.Item]:
    data = json.loads(path.read_text(encoding="utf-8-sig"))
    items = []
    for number, row in enumerate(data if isinstance(data, list) else [data]):
        if not isinstance(row, dict):
            raise errors.InputError(path.name, "no article object")
        article = claims_command.parse_article({"id": f"{path.stem}-{number}"} | row, path.parent)
        items.append(
            site.Item(
                slug=_slug(f"{path.name}-{number}"),
                title=_line(article.title) or _line(article.text)[:120],
                text=article.text,
                published=min(article.published or now, now),
                outlet=_line(article.outlet) or "Your pages",
                tier=str(article.tier),
            )
        )
    return items


def _moment(text: str, now: datetime) -> datetime:
    """The declared date, but none in the future; now where it is no date."""
    try:
        moment = datetime.fromisoformat(text.strip())
    except ValueError:
        return now
    return min(moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC), now)


def _line(text: str) -> str:
    return " ".join(text.split())


def _slug(name: str) -> str:
    return re.sub(r"[^A-Za-z0-9.-]+", "-", name).strip("-.") + f"-{hashlib.sha256(name.encode()).hexdigest()[:6]}"
