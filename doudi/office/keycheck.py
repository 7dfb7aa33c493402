"""Whether the keys at hand are those the database was written with.

Keys make themselves on first use. With a lost or wrong folder that would go unnoticed: nobody is found under
the new index key, and a county is registered a second time. So a known text is sealed and indexed at set-up,
and compared before anything is served. Looking makes no key.
"""

from typing import Any

from django.apps import apps
from django.conf import settings
from django.db import ProgrammingError

from doudi.office.crypto import CryptoProblem, blind_index

KNOWN = "兜底"
PURPOSE = "key-check"


def problem_of_keys() -> str:
    """What is wrong with the key folder, in Chinese; empty if it fits or nothing is stored yet."""
    index: bytes | None = None
    try:
        known = _table("KeyCheck").first()
        if known is not None:
            sealed, index = known.sealed, bytes(known.index)
        else:  # written before there was a check
            bound = _table("Officer").filter(totp_key__isnull=False).first()
            sealed = bound.totp_key if bound else None
    except ProgrammingError:  # an older structure, which has no such table: upgrading asks again
        return ""
    if sealed is None:
        return ""
    if settings.OFFICE_CRYPTO == "software":
        needed = (f"field-{sealed.ciphertext[0]}", "index")
        missing = [name for name in needed if not (settings.OFFICE_KEYS / name).is_file()]
        if missing:
            return _said(f"缺少文件 {'、'.join(missing)}")
    try:
        fits = bool(sealed.open()) and (index is None or index == blind_index(KNOWN, PURPOSE))
    except CryptoProblem:
        fits = False
    return "" if fits else _said("密钥与数据库不符")


def remember_keys() -> None:
    """Once for each database, by its owner: what `problem_of_keys` compares from now on."""
    if not _table("KeyCheck").exists():
        row = _table("KeyCheck").model(index=blind_index(KNOWN, PURPOSE))
        row.sealed = KNOWN
        row.save(using="owner")


def _table(name: str) -> Any:
    return apps.get_model("office", name).objects  # by name: asked for by who is imported before the models


def _said(what: str) -> str:
    return (
        f"密钥文件夹 {settings.OFFICE_KEYS}：{what}。数据库里的内容是用另外的密钥加密的，"
        "请核对 DOUDI_KEYS，或从备份恢复 keys 文件夹，再启动。没有生成新的密钥。"
    )
