"""Web addresses in one canonical form, so that one article has one address. Looks at the text only; asks no server."""

import re
from urllib.parse import parse_qs, parse_qsl, urlencode, urlsplit, urlunsplit

from w3lib.url import canonicalize_url

_TRACKING = frozenset(
    {
        "__twitter_impression",
        "_ga",
        "_gl",
        "_hsenc",
        "_hsmi",
        "cmpid",
        "dclid",
        "fbclid",
        "feature_source",
        "ftag",
        "gclid",
        "gclsrc",
        "guccounter",
        "guce_referrer",
        "guce_referrer_sig",
        "igsh",
        "igshid",
        "ito",
        "mc_cid",
        "mc_eid",
        "mkt_tok",
        "msclkid",
        "ncid",
        "ns_campaign",
        "ns_fee",
        "ns_linkname",
        "ns_mchannel",
        "ns_source",
        "ocid",
        "oly_anon_id",
        "oly_enc_id",
        "rb_clickid",
        "ref_src",
        "ref_url",
        "s_cid",
        "sharetoken",
        "sharetype",
        "smid",
        "smtyp",
        "spm",
        "sr_share",
        "taid",
        "ttclid",
        "twclid",
        "vero_id",
        "wickedid",
        "wt_mc",
        "xtor",
        "yclid",
    }
)
_TRACKING_PREFIXES = ("utm_", "at_", "pk_", "mtm_", "hsa_", "itm_", "ga_", "matomo_", "piwik_")
# Parameters that ask for the AMP form of the same page.
_AMP_VALUES = {"amp": {"", "1", "true"}, "outputtype": {"amp"}, "output": {"amp"}, "view": {"amp"}}
_AMP_PATH = re.compile(r"(?<=[^/])(?:/amp/?|\.amp)$|\.amp(?=\.html?$)")
# Hosts whose pages are the same, path by path, at another host. A guess at others would break addresses.
_HOSTS = {
    "amp.theguardian.com": "www.theguardian.com",
    "m.theguardian.com": "www.theguardian.com",
    "amp.dw.com": "www.dw.com",
    "m.dw.com": "www.dw.com",
    "m.bbc.co.uk": "www.bbc.co.uk",
    "m.bbc.com": "www.bbc.com",
    "mobile.reuters.com": "www.reuters.com",
    "m.kyivpost.com": "www.kyivpost.com",
    "amp.france24.com": "www.france24.com",
    "m.france24.com": "www.france24.com",
    "mobile.twitter.com": "x.com",
    "twitter.com": "x.com",
    "www.twitter.com": "x.com",
}
# Click counters that carry the true address: (host, path) -> parameter.
_WRAPPERS = {
    ("www.bing.com", "/news/apiclick.aspx"): "url",
    ("www.google.com", "/url"): "url",
    ("news.google.com", "/news/url"): "url",
}
_DEFAULT_PORTS = {"http": 80, "https": 443}
_MOST_CHARACTERS = 4000
# What most articles have, and is canonical as it stands: no query, no default port, nothing to quote, no ".amp".
_CANONICAL = re.compile(
    r"https?://([a-z0-9-]+(?:\.[a-z0-9-]+)+)(?::(?!80/|443/)[1-9][0-9]{0,3})?/[A-Za-z0-9/_-]*(?:\.html?)?"
)


def is_web_url(url: str) -> bool:
    """Whether it is a whole http or https address."""
    if len(url) > _MOST_CHARACTERS or any(character <= " " or character == "\x7f" for character in url):
        return False
    try:
        parts = urlsplit(url)
        _ = parts.port  # raises ValueError for a port that is none
    except ValueError:
        return False
    return parts.scheme in ("http", "https") and bool(parts.hostname) and "\\" not in parts.netloc


def canonical_url(url: str) -> str:
    """The address without tracking, login, default port and fragment; "" where it is no web address."""
    whole = _CANONICAL.fullmatch(url)
    if whole and whole[1] not in _HOSTS and not _AMP_PATH.search(url) and len(url) <= _MOST_CHARACTERS:
        return url
    cleaned = re.sub(r"[\t\r\n]", "", url).strip().replace(" ", "%20")
    cleaned = _unwrap(cleaned)
    if not is_web_url(cleaned):
        return ""
    parts = urlsplit(cleaned)
    host = _HOSTS.get((parts.hostname or "").rstrip("."), (parts.hostname or "").rstrip("."))
    plain = urlunsplit(
        (parts.scheme, _netloc(host, parts.port, parts.scheme), _path(parts.path), _query(parts.query), "")
    )
    try:
        return str(canonicalize_url(plain))
    except (ValueError, UnicodeError):
        return plain


def _netloc(host: str, port: int | None, scheme: str) -> str:
    name = f"[{host}]" if ":" in host else host
    return name if port in (None, _DEFAULT_PORTS[scheme]) else f"{name}:{port}"


def _path(path: str) -> str:
    return _AMP_PATH.sub("", path) or "/"


def _query(query: str) -> str:
    if not query:
        return ""
    pairs = parse_qsl(query, keep_blank_values=True)
    kept = [(name, value) for name, value in pairs if not _is_dropped(name.lower(), value.lower())]
    return query if len(kept) == len(pairs) else urlencode(kept)


def _is_dropped(name: str, value: str) -> bool:
    if name in _TRACKING or name.startswith(_TRACKING_PREFIXES):
        return True
    return value in _AMP_VALUES.get(name, ())


def _unwrap(url: str) -> str:
    try:
        parts = urlsplit(url)
        name = _WRAPPERS.get((parts.hostname or "", parts.path.lower()))
    except ValueError:
        return url
    if name is None:
        return url
    inner = parse_qs(parts.query).get(name, [""])[0]
    return inner if is_web_url(inner) else url
