"""Knows the pages that stand where a text or feed was expected: captcha, login, consent, subscription. Pure.

Their marks also stand on good pages (every page has a consent banner somewhere), so ask only about a page that gave
nothing, or next to nothing, to read.
"""

import re

CAPTCHA = "the site asks whether a human reads (captcha)"
LOGIN = "the site asks for a login"
CONSENT = "the site asks for consent first"
PAYWALL = "the site asks for a subscription"

_HEAD = 500_000
# Marks of the makers' own scripts and forms, or of the few words that such pages consist of.
_MARKS = (
    (
        CAPTCHA,
        r"cf-turnstile|cf-challenge|challenge-platform|cf_chl_|g-recaptcha|h-captcha|hcaptcha\.com|px-captcha|"
        r"captcha-delivery\.com|_incapsula_resource|awswaf|<title>\s*just a moment|checking your browser|"
        r"(?:verify|confirm)(?:ing)? (?:that )?you are (?:a )?human|are you a robot|pardon our interruption",
    ),
    (LOGIN, r"type\s*=\s*[\"']?password\b"),
    (
        PAYWALL,
        r"\"isAccessibleForFree\"\s*:\s*\"?false|class\s*=\s*[\"'][^\"'<>]{0,200}\bpay-?wall|"
        r"(?:subscribe|sign up|log in|register) to (?:continue|keep|read)|(?:article|story|content) is (?:only )?"
        r"(?:for|available to) subscribers|already a subscriber\?",
    ),
    (
        CONSENT,
        r"onetrust-consent|sp_message_container|didomi-|cookiebot|quantcast-choice|usercentrics|consent-form|"
        r"we value your privacy|before you continue|accept all cookies|consent to (?:the use of )?cookies",
    ),
)
_PATTERNS = tuple((wall, re.compile(marks, re.IGNORECASE)) for wall, marks in _MARKS)
_CONSENT_HOST = re.compile(r"https?://(?:consent|guce|myprivacy|privacy-mgmt)\.", re.IGNORECASE)


def recognise(page: str, url: str = "") -> str | None:
    """Which wall a page without a text is, in words; None where it is none that is known."""
    if _CONSENT_HOST.match(url):
        return CONSENT
    head = page[:_HEAD]
    return next((wall for wall, pattern in _PATTERNS if pattern.search(head)), None)
