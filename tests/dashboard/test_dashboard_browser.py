"""Every page in a real browser: looks, keyboard, contrast, phone width, without JavaScript. Needs Chromium.

axe-core (tests/vendor/axe-core, MPL-2.0) looks for what hinders people.
"""

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from storage import store
from tests.dashboard import live

CHROMIUM = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")
AXE = Path(__file__).parent.parent / "vendor" / "axe-core" / "axe.min.js"
PAGES = ["/", "/?at=2026-02-01", "/timeline", "/timeline?topic=troops&minors=no", "/countries/US", "/countries/NL",
         "/language", "/search?q=soldiers", "/search", "/feeds", "/held-back", "/about", "/nothing-here"]  # fmt: skip

pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="there is no Chromium here (Debian: apt-get install chromium)")

Opener = Callable[..., Page]


@pytest.fixture(scope="module")
def site(ledger: store.Stores) -> Iterator[str]:
    with live.served(ledger) as address:
        yield address


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    alone = ["--no-sandbox"] if os.geteuid() == 0 else []  # Chromium has no sandbox for root
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=CHROMIUM, args=[*alone, "--disable-background-networking"])
        yield started
        started.close()


@pytest.fixture
def open_page(site: str, browser: Browser) -> Iterator[Opener]:
    """Opens an address; the test fails where the page says an error or asks anybody but the dashboard."""
    contexts, complaints = [], []

    def open_one(path: str, width: int = 1280, **options: Any) -> Page:
        context = browser.new_context(viewport={"width": width, "height": 900}, **options)
        contexts.append(context)
        page = context.new_page()
        page.on("console", lambda said: complaints.append(said.text) if "404" not in said.text else None)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("request", lambda asked: None if asked.url.startswith(site) else complaints.append(asked.url))
        page.goto(site + path)
        return page

    yield open_one
    for context in contexts:
        context.close()
    assert complaints == []


def development_paths(ledger: store.Stores) -> list[str]:
    """One of each kind: taken back, disputed or with many reports, a wording."""
    found = ledger.ledger.load_developments()
    kinds = (
        next(one for one in found if one.taken_back),
        max(found, key=lambda one: len(one.reports)),
        next(one for one in found if one.aspect.startswith("language") and one.old),
    )
    return [f"/developments/{one.id}" for one in kinds]


def faults(page: Page, rules: str) -> list[str]:
    """What axe-core finds of serious weight."""
    found = page.evaluate(f"axe.run(document, {{resultTypes: ['violations'], {rules}}})")
    return [
        f"{one['id']}: {one['nodes'][0]['html'][:200]} ({one['nodes'][0]['failureSummary'][:300]})"
        for one in found["violations"]
        if one["impact"] in ("serious", "critical")
    ]


@pytest.mark.timeout(300)  # many pages, on a machine that may be busy
def test_every_page_fits_and_nothing_hinders_people(open_page: Opener, ledger: store.Stores, site: str) -> None:
    """Telephone to wide screen; light and dark, which differ in their colours only."""
    page, axe = open_page("/", color_scheme="light"), AXE.read_text(encoding="utf-8")
    wrong: list[tuple[str, object]] = []
    for path in [*PAGES, *development_paths(ledger)]:
        page.goto(site + path)
        for width in (390, 768, 1920, 1280):
            page.set_viewport_size({"width": width, "height": 900})
            wide = page.evaluate("document.documentElement.scrollWidth")
            wrong += [(path, f"{wide} wide on {width}")] if wide > width else []
        page.evaluate(axe)
        page.emulate_media(color_scheme="light")
        wrong += [(path, fault) for fault in faults(page, "")]
        page.emulate_media(color_scheme="dark")
        wrong += [(path, fault) for fault in faults(page, "runOnly: ['color-contrast']")]
        wrong += [(path, "headings")] if page.locator("h1").count() != 1 else []
    assert wrong == []


def test_dark_is_dark(open_page: Opener) -> None:
    lights = {}
    for scheme in ("light", "dark"):
        shade = open_page("/", color_scheme=scheme).evaluate("getComputedStyle(document.body).backgroundColor")
        lights[scheme] = sum(int(part) for part in shade.removeprefix("rgb(").rstrip(")").split(","))
    assert lights["dark"] < 150 < 600 < lights["light"]


def test_a_click_sorts_and_another_turns_round(open_page: Opener) -> None:
    page = open_page("/")
    page.click("thead >> text=Country")
    assert page.get_attribute("th[aria-sort]", "aria-sort") == "ascending"
    first = page.inner_text("#table tbody th >> nth=0")
    page.click("thead >> text=Country")
    assert page.get_attribute("th[aria-sort]", "aria-sort") == "descending"
    assert page.inner_text("#table tbody th >> nth=-1") == first == "Albania"


def test_typing_filters_at_once_and_the_form_does_the_same(open_page: Opener) -> None:
    page = open_page("/")
    page.fill("#q", "germ")
    assert page.locator("#table tbody tr:visible").all_inner_texts()[0].startswith("Germany")
    assert page.locator("#table tbody tr:visible").count() == 1
    page.fill("#q", "zzz")
    assert page.locator("#nothing").is_visible()
    page.fill("#q", "")
    page.select_option("#stance", "conditional")
    page.click(".filters button")
    assert sorted(page.locator("#table tbody th").all_inner_texts()) == ["Netherlands", "Spain"]


def test_the_slider_moves_the_board_through_time(open_page: Opener) -> None:
    page = open_page("/")
    days = int(page.get_attribute("#slide", "max") or 0)
    page.focus("#slide")
    page.evaluate(
        "slide.value = 330; slide.dispatchEvent(new Event('input')); slide.dispatchEvent(new Event('change'))"
    )
    page.wait_for_url("**/?at=*")
    assert days > 330 and "What was held at the end of" in page.inner_text("main")


def test_the_keyboard_reaches_everything(open_page: Opener) -> None:
    page = open_page("/")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main"
    seen = set()
    for _ in range(60):
        page.keyboard.press("Tab")
        seen.add(page.evaluate("document.activeElement.id || document.activeElement.getAttribute('href') || ''"))
        outline = page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
        inside_map = page.evaluate("!!document.activeElement.closest('svg')")
        what = page.evaluate("document.activeElement.outerHTML.slice(0, 200)")
        assert outline != "none" or inside_map, f"focus can't be seen: {what}"  # on the map the country is outlined
    assert {"at", "slide", "/countries/DE"} <= seen


def test_the_map_leads_to_a_country(open_page: Opener) -> None:
    page = open_page("/")
    page.focus('.atlas a[href="/countries/FR"]')
    page.keyboard.press("Enter")
    page.wait_for_url("**/countries/FR")
    assert page.inner_text("h1") == "France"


def test_it_reads_without_javascript(open_page: Opener) -> None:
    page = open_page("/", java_script_enabled=False)
    assert not page.locator("#slide").is_visible()
    page.fill("#at", "2026-02-01")
    page.click(".asof button")
    assert "What was held at the end of 1 Feb 2026" in page.inner_text("main")
    assert page.locator("#table tbody tr").count() > 5


def test_a_first_visit_loads_less_than_200_kb(browser: Browser, site: str) -> None:
    context = browser.new_context()
    page = context.new_page()
    sizes: list[int] = []
    page.on("requestfinished", lambda done: sizes.append(done.sizes()["responseBodySize"]))
    page.goto(site + "/", wait_until="networkidle")
    context.close()
    assert len(sizes) >= 3 and sum(sizes) < 200_000
