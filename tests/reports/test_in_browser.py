"""The report in a real browser: on a phone, on a desk, on paper, in the dark."""

from __future__ import annotations

import shutil
from dataclasses import replace
from itertools import combinations
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import sync_playwright

from studio.reports.html import write_report
from tests.reports.samples import MADE_AT, hostile, ordinary

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from playwright.sync_api import Browser, Page

BOXES = """() => [...document.querySelectorAll('svg text')].map(text => {
  const box = text.getBoundingClientRect();
  return [text.textContent, box.left, box.top, box.right, box.bottom];
}).filter(([, left, , right]) => right > left)"""
OUTSIDE = """() => [...document.querySelectorAll('svg')].flatMap(svg => {
  const frame = svg.getBoundingClientRect();
  return [...svg.querySelectorAll('text')].filter(text => {
    const box = text.getBoundingClientRect();
    return box.left < frame.left - 1 || box.right > frame.right + 1 || box.top < frame.top - 1;
  }).map(text => text.textContent);
})"""


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    chromium = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    assert chromium, "no browser: install the Debian package chromium"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture(scope="module")
def reports(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    folder = tmp_path_factory.mktemp("reports")
    made = {"ordinary": ordinary(), "hostile": hostile(), "sixty": ordinary(60, 1), "six": ordinary(6, 1, 5000)}
    return {name: write_report(figures, folder / name, made_at=MADE_AT) for name, figures in made.items()}


def opened(browser: Browser, report: Path, width: int, scheme: str = "light") -> tuple[Page, list[str]]:
    page = browser.new_page(viewport={"width": width, "height": 900}, color_scheme=scheme)
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("dialog", lambda dialog: complaints.append(dialog.message))
    page.goto(report.as_uri())
    return page, complaints


@pytest.mark.parametrize("name", ["ordinary", "hostile", "sixty"])
@pytest.mark.parametrize("width", [360, 1280])
def test_the_page_never_scrolls_sideways_and_complains_of_nothing(
    browser: Browser, reports: dict[str, Path], name: str, width: int
) -> None:
    page, complaints = opened(browser, reports[name], width)
    assert page.evaluate("document.documentElement.scrollWidth") == width
    assert complaints == []
    page.close()


@pytest.mark.parametrize("name", ["ordinary", "sixty", "six"])
@pytest.mark.parametrize("width", [360, 1280])
def test_no_two_texts_of_a_drawing_overlap(browser: Browser, reports: dict[str, Path], name: str, width: int) -> None:
    page, _complaints = opened(browser, reports[name], width)
    boxes = page.evaluate(BOXES)
    assert len(boxes) > 20
    for one, other in combinations(boxes, 2):
        apart = one[3] <= other[1] + 1 or other[3] <= one[1] + 1 or one[4] <= other[2] + 2 or other[4] <= one[2] + 2
        assert apart, (one, other)
    page.close()


@pytest.mark.parametrize("name", ["ordinary", "sixty", "six", "hostile"])
@pytest.mark.parametrize("width", [360, 1280])
def test_texts_stay_inside_their_drawing(browser: Browser, reports: dict[str, Path], name: str, width: int) -> None:
    page, _complaints = opened(browser, reports[name], width)
    assert page.evaluate(OUTSIDE) == []
    page.close()


@pytest.mark.parametrize("width", [360, 1280])
def test_drawings_are_seen_whole_and_can_be_read(browser: Browser, reports: dict[str, Path], width: int) -> None:
    page, _complaints = opened(browser, reports["ordinary"], width)
    edges = page.evaluate("[...document.querySelectorAll('svg')].map(svg => svg.getBoundingClientRect().right)")
    shown = [edge for edge in edges if edge > 0]
    assert len(shown) == 2
    assert max(shown) <= width
    heights = [bottom - top for _text, _left, top, _right, bottom in page.evaluate(BOXES) if _text[:1].isdigit()]
    assert min(heights) >= 9
    page.close()


def test_captions_of_wide_tables_are_seen_whole_on_a_phone(browser: Browser, reports: dict[str, Path]) -> None:
    page, _complaints = opened(browser, reports["ordinary"], 360)
    page.evaluate("document.querySelectorAll('details').forEach(one => one.open = true)")
    rights = page.evaluate(
        "[...document.querySelectorAll('.wide caption span')].map(text => text.getBoundingClientRect().right)"
    )
    assert len(rights) > 5
    assert max(rights) <= 360
    page.close()


def test_a_verdict_stands_on_one_line_on_a_desk(browser: Browser, reports: dict[str, Path]) -> None:
    page, _complaints = opened(browser, reports["ordinary"], 1280)
    heights = page.evaluate(
        "[...document.querySelectorAll('td .word')].map(text => text.getBoundingClientRect().height)"
    )
    assert len(heights) >= 8
    assert max(heights) < 30
    page.close()


def test_made_up_sales_are_said_on_the_first_screen_of_a_phone_and_on_paper(browser: Browser, tmp_path: Path) -> None:
    page, _complaints = opened(browser, write_report(replace(ordinary(), made_up=True), tmp_path, made_at=MADE_AT), 360)
    measure = "(() => { const box = document.querySelector('.alarm').getBoundingClientRect(); return box.bottom; })()"
    assert 0 < page.evaluate(measure) < 640
    page.emulate_media(media="print")
    assert page.locator(".alarm").is_visible()
    page.close()


def test_text_is_light_in_the_dark_and_dark_in_the_light(browser: Browser, reports: dict[str, Path]) -> None:
    shades = {}
    for scheme in ("light", "dark"):
        page, _complaints = opened(browser, reports["ordinary"], 800, scheme)
        colour = "getComputedStyle(document.querySelector('{}')).{}".format
        inks = [page.evaluate(colour("h2", "color")), page.evaluate(colour("svg text", "fill"))]
        ground = page.evaluate(colour("main", "backgroundColor"))
        shades[scheme] = [sum(int(part) for part in ink[4:-1].split(",")) for ink in (*inks, ground)]
        page.close()
    assert max(shades["light"][:2]) < 200 < 600 < shades["light"][2]
    assert shades["dark"][2] < 200 < 600 < min(shades["dark"][:2])


def test_it_prints_on_a4_in_a_few_pages(browser: Browser, reports: dict[str, Path]) -> None:
    page, _complaints = opened(browser, reports["ordinary"], 1280)
    pdf = page.pdf(prefer_css_page_size=True)
    assert pdf.startswith(b"%PDF")
    assert 2 <= pdf.count(b"/Type /Page\n") <= 6
    assert b"/MediaBox [0 0 594.95996 841.91998]" in pdf
    page.close()
