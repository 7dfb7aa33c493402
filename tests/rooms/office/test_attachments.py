"""Files people hand in: what is taken, where it lies, who opens it."""

import os
from pathlib import Path
from typing import Any

import pytest

from doudi.office import attachments, scope
from doudi.office.attachments import FileRefused, content_type_of
from doudi.office.crypto import CryptoProblem
from doudi.office.models import Attachment, AuditEntry
from doudi.office.scope import OutsideScope, Scope

BY = Scope(region="520281104", role="township_clerk")
PHOTO = b"\xff\xd8\xff\xe0" + b"ID 999999199001011234" * 20


@pytest.fixture
def folder(tmp_path: Path, settings: Any) -> Path:
    settings.OFFICE_FILES = tmp_path / "files"
    return tmp_path / "files"


def stored(name: str = "身份证.jpg", data: bytes = PHOTO) -> Attachment:
    with scope.active(BY):
        return attachments.store(by=BY, region="520281104201", subject="person:1", name=name, data=data)


@pytest.mark.django_db
def test_it_works(folder: Path) -> None:
    row = stored()
    with scope.active(BY):
        again, data = attachments.read(by=BY, attachment=row.id, purpose="办理申请")
        assert (data, again.name.open(), again.content_type, again.size) == (
            PHOTO, "身份证.jpg", "image/jpeg", len(PHOTO),
        )  # fmt: skip
        assert [(entry.verb, entry.purpose) for entry in AuditEntry.objects.order_by("id")] == [
            ("stored_file", ""),
            ("viewed", "办理申请"),
        ]


@pytest.mark.django_db
def test_the_bytes_on_disk_are_sealed_and_closed_to_others(folder: Path) -> None:
    path = attachments.path_of(stored().id)
    assert b"999999" not in path.read_bytes()
    assert "身份证" not in str(path)
    assert path.stat().st_mode & 0o777 == 0o600
    assert path.parent.stat().st_mode & 0o777 == 0o700
    assert os.listdir(path.parent) == [path.name]


@pytest.mark.django_db
def test_a_swapped_file_does_not_open(folder: Path) -> None:
    one, other = stored(), stored(data=b"%PDF-1.7 other")
    attachments.path_of(one.id).write_bytes(attachments.path_of(other.id).read_bytes())
    with scope.active(BY), pytest.raises(CryptoProblem):
        attachments.read(by=BY, attachment=one.id)


@pytest.mark.django_db
def test_another_township_neither_reads_nor_stores(folder: Path) -> None:
    row = stored()
    stranger = Scope(region="520281105", role="township_clerk")
    with scope.active(stranger):
        with pytest.raises(Attachment.DoesNotExist):
            attachments.read(by=stranger, attachment=row.id)
        with pytest.raises(OutsideScope):
            attachments.store(by=stranger, region="520281104", subject="s", name="a.pdf", data=b"%PDF-1")
    assert sum(len(files) for _, _, files in os.walk(folder)) == 1


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("name", "kept"),
    [("../../etc/passwd", "passwd"), ("C:\\照片\\a.jpg", "a.jpg"), ("", "未命名"), ("x" * 300, "x" * 120)],
)
def test_a_name_is_only_a_name(folder: Path, name: str, kept: str) -> None:
    assert stored(name=name).name.open() == kept


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (b"\xff\xd8\xff\xe1rest", "image/jpeg"),
        (b"\x89PNG\r\n\x1a\nrest", "image/png"),
        (b"RIFF\x00\x00\x00\x00WEBPVP8 ", "image/webp"),
        (b"%PDF-1.4", "application/pdf"),
        (b"PK\x03\x04rest", "application/zip"),
    ],
)
def test_the_bytes_decide_the_type(data: bytes, expected: str) -> None:
    assert content_type_of(data) == expected


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"", "文件是空的"),
        (b"MZ\x90\x00", "不能接收这种文件"),
        (b"<svg onload=alert(1)>", "不能接收这种文件"),
        (b"<html>", "不能接收这种文件"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "不能接收这种文件"),
        (b"RIFF\x00\x00\x00\x00WAVE", "不能接收这种文件"),
        (b"\xff\xd8\xff" + bytes(15 * 1024 * 1024), "最大 15 MB，这个文件有 16 MB"),
    ],
)
def test_what_is_not_taken(data: bytes, message: str) -> None:
    with pytest.raises(FileRefused, match=message):
        content_type_of(data)
