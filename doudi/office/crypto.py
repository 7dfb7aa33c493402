"""The cryptographic port: SM4-GCM for fields and files, HMAC-SM3 for looking up without decrypting.

Keys lie in files outside the database, one master per version; each purpose has its own key derived from it,
so a bank account's ciphertext never opens with the key for phones. Two adapters: software, and the certified
module a county buys later.
"""

import os
from functools import lru_cache
from pathlib import Path
from typing import Protocol

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes, hmac
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from django.conf import settings

from doudi.office.home import secret

NONCE, TAG = 12, 16


class CryptoProblem(RuntimeError):
    """A value cannot be opened or a key is missing; the text says in Chinese what to do."""


class CryptoModule(Protocol):
    """What an adapter offers. A ciphertext is: key version (1 byte), nonce (12), data, tag (16)."""

    @property
    def version(self) -> int:
        """The version new ciphertexts are made with, 1..255."""

    def encrypt(self, plain: bytes, *, purpose: str, place: str) -> bytes:
        """SM4-GCM with `place` (table.column|row id) as additional data."""

    def decrypt(self, sealed: bytes, *, purpose: str, place: str) -> bytes:
        """The plain bytes. Raises CryptoProblem for a changed or moved ciphertext and for a missing key."""

    def mac(self, data: bytes, *, purpose: str) -> bytes:
        """32 bytes HMAC-SM3 under the purpose's index key, which has no versions."""


def sm3(data: bytes) -> bytes:
    """The 32-byte SM3 digest."""
    digest = hashes.Hash(hashes.SM3())
    digest.update(data)
    return digest.finalize()


def hmac_sm3(key: bytes, data: bytes) -> bytes:
    """The 32-byte HMAC-SM3."""
    mac = hmac.HMAC(key, hashes.SM3())
    mac.update(data)
    return mac.finalize()


class SoftwareModule:
    """Keys in files `field-<version>` and `index` of the key folder, made on first use with mode 0600."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

        self._seen: tuple[int, int] = (0, 0)

    @property
    def version(self) -> int:
        """The highest version there is a key file for; a rotation by another process shows at once."""
        try:  # asked for with every value that is sealed: Path's own ways to ask take twice as long
            changed = os.stat(self.folder).st_mtime_ns
        except FileNotFoundError:
            changed = 0
        if self._seen[0] != changed or not changed:
            found = [int(file.name[6:]) for file in self.folder.glob("field-*") if file.name[6:].isdigit()]
            self._seen = (changed, max(found, default=1))
        return self._seen[1]

    def add_version(self) -> int:
        """Makes the next master key, used for all new ciphertexts from now on, and returns its version."""
        following = self.version + 1 if (self.folder / "field-1").exists() else 1
        if following > 255:
            raise CryptoProblem("密钥版本已用到 255，请联系开发者。")
        secret(self.folder, f"field-{following}")
        return following

    @lru_cache(maxsize=256)  # noqa: B019 - one module lives as long as the process
    def _key(self, version: int, purpose: str) -> bytes:
        file = f"field-{version}"
        if version != self.version and not (self.folder / file).exists():
            raise CryptoProblem(f"缺少第 {version} 版密钥文件 {self.folder / file}，请从备份恢复。")
        return hmac_sm3(secret(self.folder, file), f"field|{purpose}".encode())[:16]

    @lru_cache(maxsize=64)  # noqa: B019
    def _index_mac(self, purpose: str) -> hmac.HMAC:
        """Begun with the purpose's key: to copy it takes less than half of beginning anew."""
        return hmac.HMAC(hmac_sm3(secret(self.folder, "index"), f"index|{purpose}".encode()), hashes.SM3())

    @lru_cache(maxsize=256)  # noqa: B019
    def _sm4(self, version: int, purpose: str) -> algorithms.SM4:
        return algorithms.SM4(self._key(version, purpose))

    def encrypt(self, plain: bytes, *, purpose: str, place: str) -> bytes:
        """See CryptoModule."""
        version, nonce = self.version, os.urandom(NONCE)
        cipher = Cipher(self._sm4(version, purpose), modes.GCM(nonce)).encryptor()
        cipher.authenticate_additional_data(place.encode())
        return bytes([version]) + nonce + cipher.update(plain) + cipher.finalize() + cipher.tag

    def decrypt(self, sealed: bytes, *, purpose: str, place: str) -> bytes:
        """See CryptoModule."""
        if len(sealed) < 1 + NONCE + TAG:
            raise CryptoProblem(f"{place} 的密文不完整。")
        key, nonce, data, tag = self._sm4(sealed[0], purpose), sealed[1:13], sealed[13:-TAG], sealed[-TAG:]
        cipher = Cipher(key, modes.GCM(nonce, tag)).decryptor()
        cipher.authenticate_additional_data(place.encode())
        try:
            return cipher.update(data) + cipher.finalize()
        except InvalidTag:
            raise CryptoProblem(f"{place} 的密文被改动过，或是从别的行搬来的，不能解开。") from None

    def mac(self, data: bytes, *, purpose: str) -> bytes:
        """See CryptoModule."""
        begun = self._index_mac(purpose).copy()
        begun.update(data)
        return begun.finalize()


class HsmModule:
    """The place of the county's certified module (server cryptographic machine). Not connected yet."""

    def _refuse(self) -> CryptoProblem:
        return CryptoProblem(
            "设置为使用密码机（DOUDI_CRYPTO=hsm），但尚未接入。"
            "请按厂商接口实现 office/crypto.py 的 HsmModule，或改回 DOUDI_CRYPTO=software。"
        )

    @property
    def version(self) -> int:
        """See CryptoModule."""
        raise self._refuse()

    def encrypt(self, plain: bytes, *, purpose: str, place: str) -> bytes:
        """See CryptoModule."""
        raise self._refuse()

    def decrypt(self, sealed: bytes, *, purpose: str, place: str) -> bytes:
        """See CryptoModule."""
        raise self._refuse()

    def mac(self, data: bytes, *, purpose: str) -> bytes:
        """See CryptoModule."""
        raise self._refuse()


@lru_cache(maxsize=4)
def _module(kind: str, folder: Path) -> CryptoModule:
    if kind == "hsm":
        return HsmModule()
    if kind == "software":
        return SoftwareModule(folder)
    raise CryptoProblem(f"DOUDI_CRYPTO 只能是 software 或 hsm，现在是 {kind!r}。")


def module() -> CryptoModule:
    """The adapter this installation uses (setting OFFICE_CRYPTO)."""
    return _module(settings.OFFICE_CRYPTO, settings.OFFICE_KEYS)


def blind_index(value: str, purpose: str) -> bytes:
    """32 bytes that are equal for equal values, for an indexed column beside the ciphertext.

    Keyed: an unkeyed hash of an ID number is turned back in half a minute. Normalise the value first.
    """
    return module().mac(value.encode(), purpose=purpose)
