"""Files people hand in: type and size checked, encrypted, kept outside the web root and the database."""

from pathlib import Path
from typing import NamedTuple
from uuid import UUID

from django.conf import settings
from django.db import transaction

from doudi.office import audit, durable
from doudi.office.crypto import module
from doudi.office.fields import place_of
from doudi.office.models import Attachment
from doudi.office.scope import Scope

PURPOSE = "file"
MEGABYTE = 1024 * 1024


class FileRefused(Exception):
    """A file that cannot be taken; the text says in Chinese why and what to do."""


class UnknownKind(FileRefused):
    """The bytes are of no type that is taken anywhere."""


class Kind(NamedTuple):
    """A type of file that is taken: how its first bytes look (at an offset), and the largest size."""

    label: str
    offset: int
    starts: tuple[bytes, ...]
    largest: int


# The browser's word and the file's ending are the sender's claims; only the bytes count. No SVG and no HTML,
# which run scripts when opened; no old Office files, which run macros.
KINDS: dict[str, Kind] = {
    "image/jpeg": Kind("JPEG 照片", 0, (b"\xff\xd8\xff",), 15 * MEGABYTE),
    "image/png": Kind("PNG 图片", 0, (b"\x89PNG\r\n\x1a\n",), 15 * MEGABYTE),
    "image/webp": Kind("WebP 图片", 8, (b"WEBP",), 15 * MEGABYTE),
    "application/pdf": Kind("PDF", 0, (b"%PDF-",), 30 * MEGABYTE),
    "application/zip": Kind("Excel 或 Word（.xlsx、.docx）", 0, (b"PK\x03\x04",), 60 * MEGABYTE),
}


def content_type_of(data: bytes) -> str:
    """The type by the file's own bytes. Raises FileRefused: unknown type, empty or too large."""
    if not data:
        raise FileRefused("文件是空的，请重新选择。")
    for content_type, kind in KINDS.items():
        if data[kind.offset :].startswith(kind.starts):
            if len(data) > kind.largest:
                raise FileRefused(
                    f"{kind.label}最大 {kind.largest // MEGABYTE} MB，这个文件有"
                    f" {-(-len(data) // MEGABYTE)} MB，请压缩或分开上传。"
                )
            return content_type
    raise UnknownKind(f"不能接收这种文件。可以上传：{'、'.join(kind.label for kind in KINDS.values())}。")


def store(*, by: Scope, region: str, subject: str, name: str, data: bytes) -> Attachment:
    """Keeps a file for `subject` (as `audit.subject_of`) in a region of the scope. Raises FileRefused."""
    content_type = content_type_of(data)
    shown = Path(name.replace("\\", "/")).name[:120] or "未命名"
    with transaction.atomic():
        row = Attachment(
            region_code=region,
            subject=subject,
            name=shown,
            content_type=content_type,
            size=len(data),
            stored_by_id=by.officer,
        )
        row.save()
        audit.record(by=by, verb="stored_file", subject=audit.subject_of(row), region=region)
        # Last, so that a refused row leaves no file; a crash before the commit leaves one nobody opens.
        durable.whole(path_of(row.id), module().encrypt(data, purpose=PURPOSE, place=_place(row.id)))
    return row


def read(*, by: Scope, attachment: UUID, purpose: str = "") -> tuple[Attachment, bytes]:
    """The row and its bytes, recorded as shown. Raises Attachment.DoesNotExist outside the scope."""
    row = Attachment.objects.get(id=attachment)
    audit.record_shown(by=by, rows=[(audit.subject_of(row), row.region_code)], purpose=purpose)
    sealed = path_of(row.id).read_bytes()
    return row, module().decrypt(sealed, purpose=PURPOSE, place=_place(row.id))


def path_of(attachment: UUID) -> Path:
    """Where the encrypted bytes lie: 256 folders, names that say nothing."""
    return Path(settings.OFFICE_FILES) / attachment.hex[:2] / attachment.hex


def _place(attachment: UUID) -> str:
    return place_of(Attachment._meta.db_table, "file", attachment)
