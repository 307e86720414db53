"""The links of a page without a feed, as items: for institutions that announce on a web page only. Pure.

What a page links to with words enough for a headline counts as announced; menus are short. Undated by nature.
"""

import html
import re
from datetime import UTC, datetime
from urllib.parse import urljoin, urlsplit

from lxml import etree  # type: ignore[import-untyped]
from lxml import html as lxml_html

from monitor import jsonfeed

_LEAST_TITLE = 25  # characters
_LEAST_WORDS = 4
_SKIPPED = re.compile(r"^(?:javascript|mailto|tel|data):|#", re.IGNORECASE)


def read_items(page: str, url: str) -> list[jsonfeed.Item]:
    """One item a link to the same site with a headline's length of words, in the page's order; raises ValueError where
    the page can't be read."""
    try:
        root = lxml_html.document_fromstring(page)
    except (etree.ParserError, etree.XMLSyntaxError) as error:
        raise ValueError(str(error)) from error
    found: dict[str, jsonfeed.Item] = {}
    for link in root.iter("a"):
        address = (link.get("href") or "").strip()
        title = " ".join(str(link.text_content()).split())
        if not address or _SKIPPED.search(address) or len(title) < _LEAST_TITLE or len(title.split()) < _LEAST_WORDS:
            continue
        try:
            whole = urljoin(url, address)
            is_own = _site(whole) == _site(url)
        except ValueError:
            continue
        if is_own:
            found.setdefault(whole, _to_item(whole, title, link))
    return list(found.values())


def _to_item(url: str, title: str, link: etree._Element) -> jsonfeed.Item:
    return jsonfeed.Item(
        guid=url,
        links=[url],
        title=html.escape(title[:500], quote=False),
        summary="",
        published=_date_beside(link),
        updated=None,
        language="",
    )


def _date_beside(link: etree._Element) -> datetime | None:
    """The <time datetime> inside the link or beside it."""
    for part in (link, link.getparent()):
        stamp = None if part is None else next(iter(part.iter("time")), None)
        if stamp is not None:
            try:
                moment = datetime.fromisoformat((stamp.get("datetime") or "").strip())
            except ValueError:
                return None
            return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
    return None


def _site(url: str) -> str:
    return (urlsplit(url).hostname or "").removeprefix("www.")
