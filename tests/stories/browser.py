"""The desk in the system's Chromium: a server in this process, and a page that is looked at closely."""

import gzip
import json
import os
import shutil
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from django.core.handlers.wsgi import WSGIHandler
from django.core.servers.basehttp import ThreadedWSGIServer, WSGIRequestHandler
from playwright.sync_api import Browser, Page, Response, sync_playwright

from doudi.office.models import Officer
from tests.rooms.people import PASSWORD, code_of

ROOT = Path(__file__).resolve().parents[2]
AXE = (ROOT / "tests/vendor/axe-core-4.10.3/axe.min.js").read_text("utf-8")
PICTURES = ROOT / "docs/guide/img"
SIZES = {"desk": (1440, 900), "phone": (390, 844)}
HEAVIEST = 150 * 1024
FLAGS = (
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync", "--lang=zh-CN",
)  # fmt: skip


class _Quiet(WSGIRequestHandler):
    def log_message(self, format: str, *args: Any) -> None:
        """Addresses of a test are nobody's business."""


@contextmanager
def a_site() -> Iterator[str]:
    """The desk's address while the block lasts."""
    server = ThreadedWSGIServer(("127.0.0.1", 0), _Quiet)
    server.set_app(WSGIHandler())
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@contextmanager
def chromium() -> Iterator[Browser]:
    """Debian's browser, which reaches nothing but this machine."""
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=shutil.which("chromium"), args=list(FLAGS))
        yield browser
        browser.close()


class Screen:
    """One officer's browser window. `look` is called on every screen and finds what is wrong with it."""

    def __init__(self, browser: Browser, site: str, size: str) -> None:
        width, height = SIZES[size]
        self.size, self.site = size, site
        self.context = browser.new_context(viewport={"width": width, "height": height}, locale="zh-CN")
        self.context.set_default_timeout(15_000)
        self.page: Page = self.context.new_page()
        self.said: list[str] = []
        self.weight: dict[str, int] = {}
        self.page.on("console", lambda message: self.said.append(message.text))
        self.page.on("response", self._weigh)

    def _weigh(self, response: Response) -> None:
        if not 300 <= response.status < 400 and "attachment" not in response.headers.get(
            "content-disposition", ""
        ):
            self.weight[response.url] = len(gzip.compress(response.body()))

    def sign_in(self, officer: Officer) -> None:
        """By password and one-time code, looking at both pages."""
        self.go("/sign-in/")
        self.look("sign-in")
        self.page.fill("#name", officer.sign_in_name)
        self.page.fill("#password", PASSWORD)
        self.press("下一步")
        self.look("sign-in-code")
        self.page.fill("#code", code_of(officer))
        self.press("登录")

    def go(self, address: str) -> None:
        """Opens an address of the site."""
        self.weight.clear()
        self.page.goto(self.site + address, wait_until="networkidle")

    def press(self, text: str) -> None:
        """A button or link by its words, the first of that name in the main part."""
        self.weight.clear()
        where = self.page.locator("main")
        where.locator(
            f"button:has-text('{text}'), a:has-text('{text}'), summary:has-text('{text}')"
        ).first.click()
        self.page.wait_for_load_state("networkidle")

    def find(self, text: str) -> None:
        """By the search field in the header."""
        self.page.fill("#find", text)
        self.page.press("#find", "Enter")
        self.page.wait_for_load_state("networkidle")

    def look(self, name: str, at: str = "") -> None:
        """No accessibility fault, nothing wider than the window, nothing on the console, not too heavy.

        The picture shows the top of the page, or the part `at`.
        """
        self.page.evaluate(AXE)  # by the debugger, past the page's own policy
        rules = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "best-practice"]}
        found = self.page.evaluate(f"axe.run(document, {json.dumps(rules)})")["violations"]
        faults = [(one["id"], [node["html"][:120] for node in one["nodes"]][:3]) for one in found]
        assert not faults, f"{name}: {faults}"
        wide = self.page.evaluate(
            "document.documentElement.scrollWidth - document.documentElement.clientWidth"
        )
        assert wide <= 0, f"{name} is {wide} px wider than the window"
        assert self.said == [], f"{name}: {self.said}"
        assert sum(self.weight.values()) <= HEAVIEST, f"{name} weighs {self.weight}"
        if os.environ.get("DOUDI_SHOTS") == "1":
            PICTURES.mkdir(parents=True, exist_ok=True)
            self.page.evaluate("window.scrollTo(0, 0)")
            if at:
                self.page.locator(at).scroll_into_view_if_needed()
            self.page.screenshot(path=PICTURES / f"{name}-{self.size}.png")
