"""Officers at work over HTTP, as a process of its own: what each of them does again and again, timed.

python -m bench.register_client --port 8000 --folder /tmp/benchregister --users 16 --seconds 60 [--think 0]
Needs nothing of Django. Prints one JSON line: for each kind of page its times and what went wrong.
"""

from __future__ import annotations

import argparse
import base64
import gzip
import hmac
import http.client
import json
import random
import re
import statistics
import sys
import threading
import time
from collections import Counter, defaultdict
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

SIGN_INS, SAMPLES = "sign-ins.json", "samples.json"
_TOKEN = re.compile(rb'name="csrfmiddlewaretoken" value="([^"]+)"')
IDLE_SECONDS = 1.5
COUNTING, COUNTED = "counting", "counted"
"""Lines that say when: whoever started this adds up the server's CPU seconds between them."""
PURPOSE, COUNTY = "办理申请", 6
ASKS_WHY, ASKED_WHY = "<h1>查看事由</h1>", "asked why, in place of a page"
Officer = dict[str, str]


class Wrong(RuntimeError):
    """An answer that is not the page it should be."""


class Browser:
    """One officer's browser: a connection kept open, cookies, the form token of the last page."""

    def __init__(self, port: int, timed: Any) -> None:
        self.port, self.timed = port, timed
        self.connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        self.cookies: dict[str, str] = {}
        self.token = ""
        self.used = 0.0
        self.shared = False

    def get(self, kind: str, path: str, wanted: str = "") -> str:
        """The page; `wanted` must stand in it."""
        return self._asked(kind, "GET", path, None, wanted)

    def post(self, kind: str, path: str, form: dict[str, str], wanted: str = "", htmx: bool = False) -> str:
        """The answer to a form; the address it leads to for a redirection."""
        body = urlencode({"csrfmiddlewaretoken": self.token, **form})
        return self._asked(kind, "POST", path, body, wanted, htmx=htmx)

    def _asked(
        self, kind: str, method: str, path: str, body: str | None, wanted: str, *, htmx: bool = False
    ) -> str:
        headers = {
            "Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items()),
            "Accept-Encoding": "gzip",
        }
        if body is not None:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        if htmx:
            headers["HX-Request"] = "true"
        if time.monotonic() - self.used > IDLE_SECONDS:
            self.connection.close()  # the server has closed it; a browser connects anew, too
        began = time.perf_counter()
        try:
            self.connection.request(method, path, body, headers)
            answer = self.connection.getresponse()
            data = answer.read()
        except (http.client.HTTPException, OSError) as problem:
            self.connection.close()
            self.timed(kind, time.perf_counter() - began, 0, 0, type(problem).__name__)
            raise Wrong(kind) from problem
        spent, self.used = time.perf_counter() - began, time.monotonic()
        self._keep(answer)
        sent = len(data)
        page = gzip.decompress(data) if answer.headers.get("Content-Encoding") == "gzip" else data
        found = _TOKEN.search(page)
        self.token = found[1].decode() if found else self.token
        asks = ASKS_WHY.encode() in page
        kind = ASKED_WHY if asks else kind
        fine = answer.status < 400 and (asks or wanted.encode() in page)
        self.timed(kind, spent, sent, len(page), "" if fine else f"{answer.status}")
        if not fine:
            raise Wrong(f"{kind} {path} {answer.status}")
        return answer.headers.get("Location", "") or page.decode()

    def missed(self, what: str) -> None:
        """Counts a page without what it should show; two windows of one officer search over each other."""
        if isinstance(self.timed, Times) and not self.shared:
            self.timed.wrong[what] += 1

    def _keep(self, answer: http.client.HTTPResponse) -> None:
        for line in answer.headers.get_all("Set-Cookie", ()):
            name, _, value = line.partition(";")[0].partition("=")
            self.cookies[name] = value

    def sign_in(self, officer: Officer) -> None:
        """Password and one-time code; once more with the next code when this one was used a moment ago."""
        for last in (False, True):
            self.get("sign-in page", "/sign-in/", "csrf")
            self.post("sign-in", "/sign-in/", {"name": officer["name"], "password": officer["password"]})
            self.get("code page", "/sign-in/code/", "csrf")
            where = self.post("code", "/sign-in/code/", {"code": code(officer["key"])})
            if "sign-in" not in where and "<html" not in where:
                return
            if not last:
                time.sleep(31 - time.time() % 30)
        raise Wrong(f"{officer['name']} is not let in")


def code(key: str) -> str:
    """The one-time code of now (RFC 6238: SHA-1, 30 seconds, six digits)."""
    mac = hmac.digest(base64.b32decode(key), int(time.time() // 30).to_bytes(8, "big"), "sha1")
    at = mac[-1] & 15
    return f"{(int.from_bytes(mac[at : at + 4], 'big') & 0x7FFFFFFF) % 1_000_000:06}"


class Times:
    """What was timed, from all threads."""

    def __init__(self) -> None:
        self.spent: dict[str, list[float]] = defaultdict(list)
        self.sizes: dict[str, list[tuple[int, int]]] = defaultdict(list)
        self.wrong: Counter[str] = Counter()

    def __call__(self, kind: str, seconds: float, sent: int, plain: int, wrong: str) -> None:
        self.spent[kind].append(seconds)
        self.sizes[kind].append((sent, plain))
        if wrong:
            self.wrong[f"{kind}: {wrong}"] += 1

    def told(self, seconds: float) -> dict[str, Any]:
        """Milliseconds by kind and over all."""
        every = [one for spent in self.spent.values() for one in spent]
        return {
            "seconds": round(seconds, 1),
            "requests": len(every),
            "per_second": round(len(every) / seconds, 1),
            "all": _points(every),
            "kinds": {kind: _points(spent) | self._weight(kind) for kind, spent in self.spent.items()},
            "errors": sum(self.wrong.values()),
            "wrong": dict(self.wrong),
        }

    def _weight(self, kind: str) -> dict[str, int]:
        sent, plain = zip(*self.sizes[kind], strict=True)
        return {"sent": int(statistics.median(sent)), "plain": int(statistics.median(plain))}


def _points(seconds: list[float]) -> dict[str, Any]:
    ordered = sorted(seconds) or [0.0]
    at = {name: ordered[min(len(ordered) - 1, int(len(ordered) * share))] for name, share in _SHARES}
    return {"n": len(seconds)} | {name: round(one * 1000, 1) for name, one in at.items()}


_SHARES = (("p50", 0.5), ("p95", 0.95), ("p99", 0.99), ("most", 1.0))


def round_of_work(browser: Browser, officer: Officer, known: list[Officer], dice: Any) -> list[Any]:
    """One round of an officer's work as steps; what a browser asks for by itself is among them."""
    one = dice.choice(known)
    why = {"purpose": PURPOSE} if len(officer["region"]) <= COUNTY else {}

    def find(kind: str, text: str, wanted: str) -> None:
        where = browser.post(f"{kind}, form", "/find/", {"q": text, **why})
        if where.startswith("/"):  # a name waits in the session, a number is answered at once
            where = browser.get(kind, where)
        if wanted not in where:
            browser.missed(f"{kind}: not found")
            raise Wrong(f"{kind} {text}: {wanted} is not found")

    def family() -> None:
        path = f"/family/{one['household']}/"
        if ASKS_WHY in browser.get("family page", path, "资格与金额试算"):
            # A county's officer may look at a family that a search of this half hour found, else says why.
            why = {"about": one["household"], "purpose": PURPOSE}
            browser.post("says why", f"/purpose/?next={path}", why)
            if ASKS_WHY in browser.get("family page", path, "资格与金额试算"):
                raise Wrong(f"{path} asks again")
        browser.get("doubles, loaded by the page", f"/family/{one['household']}/doubles/", "</")

    def reveal() -> None:
        form = {"purpose": PURPOSE, "back": one["household"]}
        browser.post("reveal a number", f"/reveal/{one['person']}/id_no/", form, "999999", htmx=True)

    def lead() -> None:
        found = re.findall(r'href="(/lead/[^"]+)"', browser.get("leads", "/?show=lead", "线索"))
        if found:
            browser.get("a lead", dice.choice(found), "请入户核实")

    steps: list[Any] = [
        lambda: browser.get("inbox", "/", "我的待办"),
        lambda: find("find by name", one["name"], one["name"]),
        family,
    ]
    sometimes: list[tuple[float, Any]] = [
        (0.3, lambda: find("find by initials", one["initials"], "身份证号")),
        (0.2, lambda: find("find by last four", one["tail"], "身份证号")),
        (0.2, lambda: find("find by name and last four", one["name"] + one["tail"], one["name"])),
        (0.2, lambda: find("find by two characters", one["name"][-2:], "身份证号")),
        (0.3, reveal),
        (0.3, lead),
        (0.2, lambda: browser.get("done list", "/done/", "已办")),
    ]
    return steps + [step for share, step in sometimes if dice.random() < share]


def work(
    browser: Browser, officer: Officer, known: list[Officer], until: threading.Event, think: float
) -> None:
    """Rounds of work until it is over, with so many seconds of thought before each page on average."""
    dice = random.Random()
    if think:
        time.sleep(dice.random() * think)
    while not until.is_set():
        for step in round_of_work(browser, officer, known, dice):
            if until.is_set():
                return
            try:
                step()
            except Wrong as problem:
                print(problem, file=sys.stderr, flush=True)
            if think:
                until.wait(dice.uniform(0.5, 1.5) * think)


def signed_in(port: int, officers: list[Officer], timed: Times) -> list[Browser]:
    """A browser for each officer, four at a time: a password is slow to check on purpose."""
    browsers = [Browser(port, timed) for _ in officers]
    with ThreadPoolExecutor(4) as several:
        list(several.map(Browser.sign_in, browsers, officers))
    return browsers


def measure(args: argparse.Namespace) -> dict[str, Any]:
    """So many officers at work for so long; the first tenth of the time is not counted."""
    officers: list[Officer] = json.loads(Path(args.folder, SIGN_INS).read_text("utf-8"))
    samples: dict[str, list[Officer]] = json.loads(Path(args.folder, SAMPLES).read_text("utf-8"))
    officers = [one for one in officers if args.role in one["role"] and samples.get(one["region"])]
    random.Random(args.seed).shuffle(officers)
    officers = officers[: min(args.users, args.officers)]
    entering = Times()
    browsers = signed_in(args.port, officers, entering)
    while len(browsers) < args.users:  # a second window of the same officer
        twin = Browser(args.port, entering)
        twin.cookies = dict(browsers[len(browsers) - len(officers)].cookies)
        browsers.append(twin)
    over, times = threading.Event(), Times()
    threads = []
    for number, browser in enumerate(browsers):
        browser.shared = args.users > len(officers)
        officer = officers[number % len(officers)]
        todo = (browser, officer, samples[officer["region"]], over, args.think)
        threads.append(threading.Thread(target=work, args=todo, daemon=True))
        browser.timed = lambda *_: None
    for thread in threads:
        thread.start()
    time.sleep(args.seconds / 10)
    for browser in browsers:
        browser.timed = times
    began = time.perf_counter()
    print(COUNTING, flush=True)
    time.sleep(args.seconds)
    spent = time.perf_counter() - began
    print(COUNTED, flush=True)
    told = times.told(spent) | {"users": args.users, "officers": len(officers), "think": args.think}
    over.set()
    for thread in threads:
        thread.join(timeout=60)
    return told | {"sign_in": entering.told(1.0)["kinds"]}


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--folder", type=Path, required=True)
    parser.add_argument("--users", type=int, default=16)
    parser.add_argument("--officers", type=int, default=100, help="more users are further windows of these")
    parser.add_argument("--seconds", type=float, default=60.0)
    parser.add_argument("--think", type=float, default=0.0)
    parser.add_argument("--role", default="")
    parser.add_argument("--seed", type=int, default=1)
    print(json.dumps(measure(parser.parse_args()), ensure_ascii=False))
