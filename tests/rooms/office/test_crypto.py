"""What is stored is sealed, opens only where it belongs, and can be found and re-keyed without being read."""

import re
from pathlib import Path
from typing import Any

import psycopg
import pytest
from django.core.exceptions import FieldError

from doudi.office import crypto, rotation, scope
from doudi.office.crypto import CryptoProblem, HsmModule, SoftwareModule, blind_index
from doudi.office.fields import Sealed, name_tokens, query_tokens
from doudi.office.models import Attachment, Officer
from tests.rooms.people import a_small_country, an_officer

REGION = "520281104"


@pytest.fixture
def software(tmp_path: Path) -> SoftwareModule:
    return SoftwareModule(tmp_path / "keys")


@pytest.fixture
def own_keys(software: SoftwareModule, settings: Any) -> SoftwareModule:
    """The installation's keys for one test, so that a rotation does not reach the others."""
    settings.OFFICE_KEYS = software.folder
    return crypto.module()  # type: ignore[return-value]


def a_file(name: str = "户口本.jpg") -> Attachment:
    with scope.system(REGION, "test"):
        return Attachment.objects.create(
            region_code=REGION, subject="s", name=name, content_type="image/png", size=1
        )


def test_it_works(software: SoftwareModule) -> None:
    sealed = software.encrypt(b"520281", purpose="id", place="t.c|1")
    assert software.decrypt(sealed, purpose="id", place="t.c|1") == b"520281"
    assert sealed[0] == 1
    assert len(sealed) == 1 + 12 + 6 + 16
    assert sealed != software.encrypt(b"520281", purpose="id", place="t.c|1")


def test_published_vectors() -> None:
    """SM3 of "abc", GB/T 32905-2016 appendix A."""
    expected = "66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0"
    assert crypto.sm3(b"abc").hex() == expected


@pytest.mark.parametrize(("purpose", "place"), [("phone", "t.c|1"), ("id", "t.c|2"), ("id", "t.d|1")])
def test_a_moved_ciphertext_is_refused(software: SoftwareModule, purpose: str, place: str) -> None:
    sealed = software.encrypt(b"x", purpose="id", place="t.c|1")
    with pytest.raises(CryptoProblem, match="被改动过，或是从别的行搬来的"):
        software.decrypt(sealed, purpose=purpose, place=place)


def test_every_changed_byte_is_refused(software: SoftwareModule) -> None:
    sealed = software.encrypt(b"x", purpose="id", place="p")
    for index in range(len(sealed)):
        with pytest.raises(CryptoProblem):
            software.decrypt(
                sealed[:index] + bytes([sealed[index] ^ 1]) + sealed[index + 1 :], purpose="id", place="p"
            )
    with pytest.raises(CryptoProblem, match="不完整"):
        software.decrypt(sealed[:20], purpose="id", place="p")


def test_a_missing_key_is_named_and_not_made_up(software: SoftwareModule) -> None:
    software.encrypt(b"x", purpose="id", place="p")
    software.add_version()
    sealed = software.encrypt(b"x", purpose="id", place="p")
    assert sealed[0] == 2
    (software.folder / "field-2").unlink()
    lost = SoftwareModule(software.folder)
    with pytest.raises(CryptoProblem, match="缺少第 2 版密钥文件"):
        lost.decrypt(sealed, purpose="id", place="p")
    assert not (software.folder / "field-2").exists()


def test_keys_are_readable_by_their_owner_only(software: SoftwareModule) -> None:
    software.encrypt(b"x", purpose="id", place="p")
    software.mac(b"x", purpose="id")
    assert {file.name: file.stat().st_mode & 0o777 for file in software.folder.iterdir()} == {
        "field-1": 0o600,
        "index": 0o600,
    }
    assert software.folder.stat().st_mode & 0o777 == 0o700


def test_the_blind_index_is_equal_for_equal_values(own_keys: SoftwareModule, settings: Any) -> None:
    one = blind_index("520281199001011234", "id")
    assert one == blind_index("520281199001011234", "id")
    assert one != blind_index("520281199001011234", "phone")
    assert one != SoftwareModule(own_keys.folder.parent / "other").mac(b"520281199001011234", purpose="id")


def test_the_hardware_module_says_that_it_is_not_connected(settings: Any) -> None:
    settings.OFFICE_CRYPTO = "hsm"
    assert isinstance(crypto.module(), HsmModule)
    with pytest.raises(CryptoProblem, match="尚未接入"):
        blind_index("x", "id")
    with pytest.raises(CryptoProblem, match="尚未接入"):
        crypto.module().encrypt(b"", purpose="id", place="p")
    settings.OFFICE_CRYPTO = "rot13"
    with pytest.raises(CryptoProblem, match="只能是 software 或 hsm"):
        crypto.module()


class TestField:
    def test_it_works(self, db: None) -> None:
        row = a_file("张三的户口本.jpg")
        with scope.system(REGION, "test"):
            again = Attachment.objects.get(id=row.id)
            deferred = Attachment.objects.defer("name").get(id=row.id)
            assert again.name.open() == deferred.name.open() == "张三的户口本.jpg"
            again.name = "李四.jpg"
            again.save()
            again.refresh_from_db()
            assert again.name.open() == "李四.jpg"

    def test_it_never_prints(self) -> None:
        row = Attachment(region_code=REGION, name="张三的户口本.jpg")
        assert f"{row.name}{row.name!r}" == "************"
        assert row.name.masked(2, 4) == "张三****.jpg"
        assert row.name.masked(6, 4) == "**********"
        assert isinstance(row.name, Sealed)
        assert Attachment(region_code=REGION, name=None).name is None

    def test_a_ciphertext_of_another_row_does_not_open(self, db: None) -> None:
        one, other = a_file("甲.jpg"), a_file("乙.jpg")
        with scope.system(REGION, "test"):
            other.name = one.name
            other.save()
            other.refresh_from_db()
            with pytest.raises(CryptoProblem):
                other.name.open()

    def test_it_is_neither_searched_nor_updated_by_text(self, db: None) -> None:
        with scope.system(REGION, "test"):
            with pytest.raises(FieldError, match="encrypted per row"):
                Attachment.objects.filter(name="x").exists()
            with pytest.raises(FieldError, match="encrypted per row"):
                Attachment.objects.update(name="x")
            with pytest.raises(FieldError, match="not serialised"):
                Attachment._meta.get_field("name").value_to_string(Attachment(name="x"))

    def test_it_needs_the_row_id(self) -> None:
        with pytest.raises(ValueError, match="needs its id"):
            Attachment(id=None, name="x")


@pytest.mark.usefixtures("committed_db")
def test_rotation_re_encrypts_everything_while_old_values_still_open(
    own_keys: SoftwareModule, admin: psycopg.Connection
) -> None:
    a_small_country()
    clerk = an_officer()
    before = clerk.totp_key.open()
    files = [a_file(f"{number}.jpg") for number in range(25)]
    own_keys.add_version()
    assert files[0].name.open() == "0.jpg"
    assert sum(done for _, done in rotation.reencrypt(batch=10)) == 26
    assert list(rotation.reencrypt(batch=10)) == []
    versions = "select distinct get_byte(name, 0) from office_attachment"
    assert admin.execute(versions).fetchall() == [(2,)]
    assert Officer.objects.get().totp_key.open() == before
    with scope.system(REGION, "test"):
        assert {row.name.open() for row in Attachment.objects.all()} == {
            f"{number}.jpg" for number in range(25)
        }


@pytest.mark.parametrize(
    ("name", "typed", "fits"),
    [
        ("张三", "张三", True),
        ("张三", "张", True),
        ("张三", "三", True),
        ("张三", "zs", True),
        ("张三", "Z", True),
        ("张三", " Z S ", True),
        ("张三", "s", False),
        ("张三", "zss", False),
        ("张三", "李", False),
        ("单小明", "sxm", True),
        ("单小明", "dxm", True),
        ("曾国强", "zgq", True),
        ("买买提·艾力", "买买提艾力", True),
        ("阿依古丽·Ali", "aygla", True),
    ],
)
def test_names_are_found_by_characters_and_initials(name: str, typed: str, fits: bool) -> None:
    assert (query_tokens(typed) <= name_tokens(name)) is fits


def test_name_tokens_say_nothing_and_stay_few() -> None:
    assert query_tokens("  ") == set()
    assert all(len(token) == 16 for token in name_tokens("张三"))
    assert len(name_tokens("单单单单单单")) < 60
    assert not any(re.search("张".encode(), token) for token in name_tokens("张三"))
