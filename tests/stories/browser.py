"""The desk in the system's Chromium: a server in this process, and a page that is looked at closely."""

import json
import os
import shutil
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import time_machine
from django.core.handlers.wsgi import WSGIHandler
from django.core.servers.basehttp import ThreadedWSGIServer, WSGIRequestHandler
from playwright.sync_api import Browser, Page, Request, expect, sync_playwright

from doudi.office.models import Officer
from tests.rooms.people import PASSWORD, code_of

ROOT = Path(__file__).resolve().parents[2]
AXE = (ROOT / "tests/vendor/axe-core-4.10.3/axe.min.js").read_text("utf-8")
ELSEWHERE = TemporaryDirectory(prefix="doudi-pictures-")
PICTURES = ROOT / (os.environ.get("DOUDI_PICTURES") or ELSEWHERE.name)
"""`make pictures` renews those the guide names; any other run leaves the work tree as it was."""
GUIDE = ROOT / "docs/guide"
SIZES = {"desk": (1440, 900), "phone": (390, 844)}
LONGEST_PICTURE = {"desk": 1500, "phone": 1700}
HEAVIEST = 150 * 1024
NOW = "2026-10-21 09:30:00+08:00"
FLAGS = (
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync", "--lang=zh-CN",
)  # fmt: skip
_RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}
_BOTTOM = """() => {
    const all = document.querySelectorAll("main > *, body > *:not(.shell):not(main)");
    return Math.max(...[...all].map(one => one.getBoundingClientRect().bottom + window.scrollY));
}"""


class _Quiet(WSGIRequestHandler):
    def log_message(self, format: str, *args: Any) -> None:
        """Addresses of a test are nobody's business."""


@dataclass(frozen=True)
class Site:
    """Where the desk is, and its clock: it stands still between steps, so that pictures stay the same."""

    address: str
    clock: time_machine.Traveller


def _place(picture: str) -> Path:
    """Where a picture goes; the guide's folder takes only those it names."""
    wanted = PICTURES != GUIDE / "img" or f"img/{picture}" in (GUIDE / "desk.md").read_text("utf-8")
    return (PICTURES if wanted else Path(ELSEWHERE.name)) / picture


@contextmanager
def a_site(clock: time_machine.Traveller) -> Iterator[Site]:
    """The desk while the block lasts."""
    server = ThreadedWSGIServer(("127.0.0.1", 0), _Quiet)
    server.set_app(WSGIHandler())
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield Site(f"http://127.0.0.1:{server.server_port}", clock)
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@contextmanager
def chromium() -> Iterator[Browser]:
    """Debian's browser, which reaches nothing but this machine.

    Its own words (年/月/日, 选择文件) are Chinese where the package chromium-l10n is installed, else English:
    of the language flag it takes no notice, of LANGUAGE it does.
    """
    spoken = {**os.environ, "LANGUAGE": "zh_CN"}
    with sync_playwright() as driver:
        program = shutil.which("chromium")
        browser = driver.chromium.launch(executable_path=program, args=list(FLAGS), env=spoken)
        yield browser
        browser.close()


class Screen:
    """One officer's browser window. `look` is called on every screen and finds what is wrong with it."""

    def __init__(self, browser: Browser, site: Site, size: str, state: Any = None) -> None:
        width, height = SIZES[size]
        self.size, self.site = size, site
        self.context = browser.new_context(
            viewport={"width": width, "height": height}, locale="zh-CN", storage_state=state
        )
        self.context.set_default_timeout(15_000)
        self.page: Page = self.context.new_page()
        self.officer: Officer | None = None
        self.said: list[str] = []
        self.weight: dict[str, int] = {}
        self.page.on("console", lambda message: self.said.append(message.text))
        self.page.on("requestfinished", self._weigh)

    def _weigh(self, request: Request) -> None:
        answer = request.response()
        if answer and "attachment" not in answer.headers.get("content-disposition", ""):
            self.weight[request.url] = request.sizes()["responseBodySize"]

    def sign_in(self, officer: Officer) -> None:
        """By password and one-time code."""
        self.officer = officer
        self.go("/sign-in/")
        self.password(officer)
        self.page.fill("#code", code_of(officer))
        self.press("登录")

    def decide(self, button: str, field: str = "code") -> None:
        """The form's one-time code and its button; a code fits once, so the phone has gone on by then."""
        assert self.officer
        self.site.clock.shift(30)
        self.page.fill(f"#{field}", code_of(self.officer))
        self._step()
        form = self.page.locator(f"form:has(#{field})")
        form.locator(f"button:has-text('{button}')").click()
        self.page.wait_for_load_state("networkidle")

    def hide(self, what: str) -> None:
        """Stars in place of a text that is another one in each run, and no picture's business."""
        self.page.locator(what).evaluate("one => one.textContent = '****-****-****'")

    def password(self, officer: Officer, typed: str = PASSWORD) -> None:
        """The first page of signing in, filled in and sent."""
        self.page.fill("#name", officer.sign_in_name)
        self.page.fill("#password", typed)
        self.press("下一步")

    def go(self, address: str) -> None:
        """Opens an address of the site."""
        self._step()
        self.page.goto(self.site.address + address, wait_until="networkidle")

    def press(self, text: str) -> None:
        """A button or link by its words, the first of that name in the main part."""
        self._step()
        where = self.page.locator("main")
        where.locator(
            f"button:has-text('{text}'), a:has-text('{text}'), summary:has-text('{text}')"
        ).first.click()
        self.page.wait_for_load_state("networkidle")

    def find(self, text: str) -> None:
        """By the search field in the header."""
        self._step()
        self.page.fill("#find", text)
        self.page.press("#find", "Enter")
        self.page.wait_for_load_state("networkidle")

    def fill(self, **typed: str) -> None:
        """Fields by their names: text, or what a list offers."""
        for name, value in typed.items():
            field = self.page.locator(f"main [name='{name.replace('__', ':')}']").first
            if field.evaluate("one => one.tagName") == "SELECT":
                field.select_option(value)
            else:
                field.fill(value)
        for kept in self.page.locator("main form[data-keep] [data-kept]").all():
            expect(kept).not_to_be_empty()  # said a moment after the last key: before or after the picture

    def _step(self) -> None:
        self.weight.clear()
        self.site.clock.shift(1)

    def refused(self, status: int) -> None:
        """The browser notes an answer that is no page on its console; here it is what was asked for."""
        assert f"{status}" in self.said.pop()

    def look(self, name: str, at: str = "") -> None:
        """No accessibility fault, nothing wider than the window, nothing on the console, not too heavy.

        The picture shows the page from its top, or what the window shows of the part `at`.
        """
        self.page.evaluate(AXE)  # by the debugger, past the page's own policy
        found = self.page.evaluate(f"axe.run(document, {json.dumps(_RULES)})")["violations"]
        faults = [(one["id"], [node["html"][:120] for node in one["nodes"]][:3]) for one in found]
        assert not faults, f"{name}: {faults}"
        wide = self.page.evaluate(
            "document.documentElement.scrollWidth - document.documentElement.clientWidth"
        )
        assert wide <= 0, f"{name} is {wide} px wider than the window"
        assert self.said == [], f"{name}: {self.said}"
        assert sum(self.weight.values()) <= HEAVIEST, f"{name} weighs {self.weight}"
        path = _place(f"{name}-{self.size}.png")
        if at:
            self.page.locator(at).scroll_into_view_if_needed()
            self.page.screenshot(path=path)
            return
        self.page.evaluate("window.scrollTo(0, 0)")
        width, height = SIZES[self.size]
        bottom = int(self.page.evaluate(_BOTTOM)) + 32
        shown = min(max(bottom, height * 2 // 3), LONGEST_PICTURE[self.size])
        self.page.screenshot(
            path=path, full_page=True, clip={"x": 0, "y": 0, "width": width, "height": shown}
        )
