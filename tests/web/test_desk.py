"""The desk in a real browser: a session on air in two studios, on a phone and on the screen of a control room."""

from __future__ import annotations

import http.client
import json
import os
import shutil
import signal
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import expect, sync_playwright

from studio import i18n
from tests.cli.house import FAIR, PASSWORD, House, eventually, house, running

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser, Page

PHONE, ROOM = (360, 800), (1920, 1080)


@contextmanager
def desk(made: House, language: str = "en") -> Iterator[tuple[str, subprocess.Popen[str]]]:
    """A desk of its own over the workspace, and where it listens; ended by closing its input."""
    with subprocess.Popen(
        [sys.executable, "-m", "studio.web", str(made.root)],
        env={**os.environ, "STUDIO_LANG": language},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        encoding="utf-8",
    ) as process:
        assert process.stdin and process.stdout
        yield json.loads(process.stdout.readline())["url"], process
        process.stdin.close()
        assert process.wait(10) == 0


@pytest.fixture(scope="module")
def centre(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """``fair`` on air in main and aux1; aux2 is free, aux3 is away."""
    before = i18n.language()
    i18n.use("en")
    with house(tmp_path_factory.mktemp("desk")) as made, running(made):
        made.does("start", FAIR, "--now")
        made.at("r3")
        yield made
    i18n.use(before)


@pytest.fixture(scope="module")
def url(centre: House) -> Iterator[str]:
    with desk(centre) as (found, _process):
        yield found


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    chromium = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    assert chromium, "no browser: install the Debian package chromium"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        yield browser
        browser.close()


@contextmanager
def opened(browser: Browser, url: str, size: tuple[int, int] = ROOM, scheme: str = "light") -> Iterator[Page]:
    """The page once it shows a lane; it may complain of nothing and ask no other place for anything."""
    page = browser.new_page(viewport={"width": size[0], "height": size[1]}, color_scheme=scheme)
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on(
        "request", lambda request: None if request.url.startswith((url, "data:")) else complaints.append(request.url)
    )
    page.goto(url)
    expect(page.locator("[data-lane=main] .now")).to_be_visible()
    yield page
    assert complaints == []
    page.close()


def test_each_studio_shows_its_row_the_next_one_and_how_it_stands(centre: House, url: str, browser: Browser) -> None:
    centre.at("r3")
    with opened(browser, url) as page:
        lane = page.locator("[data-lane=aux1]")
        expect(lane.locator(".now")).to_contain_text("第3条")
        expect(lane.locator(".next")).to_contain_text("第4条")
        expect(lane.locator(".over")).to_contain_text("ahead")
        expect(lane.locator(".signs")).to_contain_text("recording, part 1")
        expect(lane.locator("tr.at-now .verdict")).to_contain_text("on time")
        expect(lane.locator("tbody tr")).to_have_count(12)
        expect(page.locator("h1")).to_have_text("试播中心")
        expect(page.locator("#control")).to_have_text("the director is in control")
        expect(page.locator("footer")).to_contain_text("OBS out of reach")


def test_the_time_left_goes_on_by_itself_between_two_tellings(centre: House, url: str, browser: Browser) -> None:
    centre.at("r3")
    with opened(browser, url) as page:
        page.evaluate("window.seenLefts = new Set()")
        page.evaluate(
            "setInterval(() => seenLefts.add(document.querySelector('[data-lane=main] .left').textContent), 50)"
        )
        page.wait_for_timeout(2200)
        seen = page.evaluate("[...seenLefts]")
        assert 2 <= len(seen) <= 4
        assert all(text.endswith(" left") for text in seen)


def test_a_command_is_seen_on_every_open_page(centre: House, url: str, browser: Browser) -> None:
    centre.at("r3")
    with opened(browser, url) as one, opened(browser, url, PHONE) as other:
        centre.does("go")
        for page in (one, other):
            expect(page.locator("[data-lane=main] .now")).to_contain_text("第4条", timeout=3000)
        centre.does("hold", "--studio", "main")
        expect(one.locator("[data-lane=main] .signs")).to_contain_text("held", timeout=3000)
        centre.does("resume", "--studio", "main")


def test_a_change_by_hand_stands_above_all_with_what_to_do(
    centre: House, url: str, browser: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    centre.at("r3")
    monkeypatch.setenv("STUDIO_OBS_PASSWORD", PASSWORD)
    with opened(browser, url, PHONE) as page:
        port = centre.status()["studios"]["main"]["port"]
        command = [sys.executable, "-m", "studio", "obs", "call", "--obs", f"127.0.0.1:{port}"]
        subprocess.run([*command, "SetCurrentProgramScene", '{"sceneName": "开场"}'], check=True, capture_output=True)
        trouble = page.locator("#troubles li.hand")
        expect(trouble).to_contain_text("changed by hand", timeout=4000)
        expect(trouble.locator(".remedy")).to_contain_text("studio jump")
        assert trouble.bounding_box()["y"] < page.locator("main").bounding_box()["y"]
        centre.at("r3")
        expect(trouble).to_have_count(0, timeout=4000)


def test_rooms_are_shown_as_what_a_person_said(centre: House, url: str, browser: Browser) -> None:
    with opened(browser, url) as page:
        expect(page.locator("section .signs").first).to_contain_text("no room confirmed")
        centre.does("room", "open", "抖音", "7301")
        expect(page.locator("section .signs").first).to_contain_text("抖音 7301: opened, says a person", timeout=3000)
        centre.does("room", "close", "抖音")


@pytest.mark.parametrize("size", [PHONE, (768, 1024), ROOM], ids=["phone", "tablet", "control room"])
def test_the_page_never_scrolls_sideways(url: str, browser: Browser, size: tuple[int, int]) -> None:
    with opened(browser, url, size) as page:
        assert page.evaluate("document.documentElement.scrollWidth") == size[0]
        rights = page.evaluate(
            "[...document.querySelectorAll('.lane *')].map(one => one.getBoundingClientRect().right)"
        )
        assert max(rights) <= size[0]


def test_a_phone_shows_what_is_on_and_the_time_left_without_scrolling(
    centre: House, url: str, browser: Browser
) -> None:
    centre.at("r3")
    with opened(browser, url, PHONE) as page:
        page.evaluate("document.querySelector('#troubles').replaceChildren()")
        assert page.locator("[data-lane=main] .left").bounding_box()["y"] < 400
        times = page.locator("[data-lane=main] tr.at-now td.actual")
        assert times.evaluate("one => getComputedStyle(one, '::before').content") == '"Actual"'


def test_both_studios_stand_side_by_side_in_the_control_room(url: str, browser: Browser) -> None:
    with opened(browser, url) as page:
        main, aux = (page.locator(f"[data-lane={studio}]").bounding_box() for studio in ("main", "aux1"))
        assert main and aux
        assert main["y"] == aux["y"]
        assert main["y"] + main["height"] < 1080


def test_text_is_light_in_the_dark_and_dark_in_the_light(url: str, browser: Browser) -> None:
    shades = {}
    for scheme in ("light", "dark"):
        with opened(browser, url, scheme=scheme) as page:
            found = page.evaluate(
                "[getComputedStyle(document.querySelector('.now')).color,"
                " getComputedStyle(document.querySelector('.lane')).backgroundColor]"
            )
            shades[scheme] = [sum(int(part) for part in one[4:-1].split(",")) for one in found]
    assert shades["light"][0] < 200 < 600 < shades["light"][1]
    assert shades["dark"][1] < 200 < 600 < shades["dark"][0]


def test_a_person_may_scroll_the_rows_while_the_clocks_go_on(centre: House, url: str, browser: Browser) -> None:
    centre.at("r3")
    with opened(browser, url, PHONE) as page:
        page.evaluate("document.querySelector('[data-lane=main] .rows').scrollTop = 300")
        row = page.locator("[data-lane=main] tr[data-cue=r7]")
        before = row.bounding_box()
        page.wait_for_timeout(1500)  # r3, out of sight above, may grow by a line in the meantime: its verdict
        after = row.bounding_box()
        assert before and after
        assert after["y"] == pytest.approx(before["y"], abs=1)


# who is away


def test_a_director_that_hangs_is_away_since_then_and_is_taken_up_by_itself(
    centre: House, url: str, browser: Browser
) -> None:
    centre.at("r3")
    pid = json.loads((centre.root / ".studio" / "director.json").read_text(encoding="utf-8"))["pid"]
    with opened(browser, url) as page:
        away = page.locator("#away")
        expect(away).to_be_hidden()
        os.kill(pid, signal.SIGSTOP)
        try:
            expect(away).to_contain_text("The director is away since ", timeout=8000)
            expect(page.locator("[data-lane=main] .now")).to_contain_text("第3条")
        finally:
            os.kill(pid, signal.SIGCONT)
        expect(away).to_be_hidden(timeout=6000)


@pytest.mark.alone  # another desk beside it would take its port meanwhile
def test_a_desk_that_is_started_again_is_found_by_the_open_page(centre: House, browser: Browser) -> None:
    with desk(centre) as (first, _process):
        page = browser.new_page()
        page.goto(first)
        expect(page.locator("[data-lane=main] .now")).to_be_visible()
    expect(page.locator("#away")).to_contain_text("The desk does not answer since ", timeout=8000)
    with desk(centre) as (second, _process):
        assert second == first
        expect(page.locator("#away")).to_be_hidden(timeout=8000)
    page.close()


def test_without_a_director_the_page_says_so_and_knows_nothing(
    tmp_path_factory: pytest.TempPathFactory, browser: Browser
) -> None:
    root = tmp_path_factory.mktemp("alone")
    (root / "studio.toml").write_text('[venue]\nname = "空中心"\nzone = "Asia/Shanghai"\n', encoding="utf-8")
    with desk(House(root, root), "zh") as (url, _process):
        page = browser.new_page()
        page.goto(url)
        expect(page.locator("#away")).to_be_visible()
        expect(page.locator("h1")).to_have_text("空中心")
        assert page.locator("html").get_attribute("lang") == "zh-CN"
        page.close()


# the door


def get(url: str, path: str, **headers: str) -> tuple[int, http.client.HTTPMessage, bytes]:
    parts = urlsplit(url)
    connection = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=5)
    connection.request("GET", path, headers=headers)
    answer = connection.getresponse()
    found = answer.status, answer.headers, answer.read()
    connection.close()
    return found


def test_the_same_can_be_had_as_json_without_the_names_of_secrets(centre: House, url: str) -> None:
    centre.at("r3")
    found = eventually(lambda: json.loads(get(url, "/api/status")[2]))
    assert found["told"]["sessions"][0]["lanes"][0]["now_cue"] == "r3"
    assert found["facts"]["sessions"][FAIR]["lanes"]["main"]["now"] == "r3"
    assert all("secret" not in studio for studio in found["facts"]["studios"].values())
    assert found["away_since"] is None


def test_another_page_cannot_read_it_by_a_name_of_its_own(url: str) -> None:
    assert get(url, "/api/status", Host="example.com")[0] == 403
    assert get(url, "/", Host=f"example.com:{urlsplit(url).port}")[0] == 403


def test_the_page_may_load_nothing_from_elsewhere(url: str) -> None:
    policy = get(url, "/")[1]["Content-Security-Policy"]
    assert policy.startswith("default-src 'none';")


def test_it_listens_to_this_computer_alone(url: str) -> None:
    port = f"{urlsplit(url).port:04X}"
    lines = [line.split() for line in Path("/proc/net/tcp").read_text(encoding="ascii").splitlines()]
    bound = [line[1] for line in lines if line[1].endswith(f":{port}") and line[3] == "0A"]
    assert bound == [f"0100007F:{port}"]
