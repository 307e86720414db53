"""The screen: is a page worth reading in full? A cheap look for the watch's words in title, summary and raw page.

It may let too much through, never too little; it extracts no text and makes no claims.
"""

import html

import ahocorasick_rs

from monitor import watch

_PAGE_LIMIT = 3_000_000  # characters of a raw page that are looked at


class Screen:
    """Two automata: the words of the place and those of the subject; a page needs both, or two of the subject."""

    def __init__(self, watch: watch.Watch) -> None:
        self._place = ahocorasick_rs.AhoCorasick(list(watch.terms["terms.screen_place"]))
        self._strong = ahocorasick_rs.AhoCorasick(list(watch.terms["terms.screen_strong"]))
        self._subject = ahocorasick_rs.AhoCorasick(list(watch.terms["terms.screen_subject"]))

    def is_on_topic(self, title: str, summary: str, raw_text: str) -> bool:
        """Whether place and subject are both named somewhere."""
        page = raw_text[:_PAGE_LIMIT]
        if "&" in page:
            page = html.unescape(page)
        text = f"{title}\n{summary}\n{page}".lower().replace("\u00a0", " ")
        if "coalition of the willing" in text:
            return True
        if self._strong.find_matches_as_indexes(text):
            return True
        subjects = {index for index, _, _ in self._subject.find_matches_as_indexes(text)}
        if len(subjects) >= 2:  # a short text may leave the country unsaid
            return True
        announced = f"{title}\n{summary}".lower()
        if self._place.find_matches_as_indexes(announced):
            return True
        return bool(subjects) and bool(self._place.find_matches_as_indexes(text))
