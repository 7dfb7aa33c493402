"""留痕查询."""

from collections.abc import Callable
from uuid import UUID

from django.test import Client

from tests.stories.register import entries, person


def told(client: Client, query: str = "") -> str:
    return client.get(f"/traces/{query}").content.decode().partition("<tbody>")[2]


def test_it_works(browser: Callable[..., Client], clerk: Client, family: UUID) -> None:
    clerk.get(f"/family/{family}/")
    clerk.post(f"/reveal/{person('陈国富')}/phone/", {"purpose": "来访人要求核对"})
    auditor = browser("auditor")
    page = told(auditor)
    assert all(
        text in page for text in ("clerk 同志", "查看档案", "查看遮盖项", f"registry_household:{family}")
    )
    assert "来访人要求核对" in page
    assert "陈国富" not in page
    assert "查看遮盖项" not in told(auditor, f"?officer=clerk&subject={family}")
    assert "查看档案" not in told(auditor, "?verb=revealed")
    assert told(auditor, "?officer=nobody&before=x&subject=y") == ""
    assert len(entries("read_audit")) == 4


def test_it_is_the_auditor_s(clerk: Client, browser: Callable[..., Client]) -> None:
    assert clerk.get("/traces/").status_code == 403
    assert "留痕查询" not in clerk.get("/").content.decode()
    assert "留痕查询" in browser("auditor").get("/").content.decode()
