"""Personal values: encrypted field by field under a key per person, opened only while the key exists.

What enters: a person's id and text. What leaves: `Sealed`, which events carry:

    p1.<person id>.<key version>.<base64url of nonce, ciphertext and tag>

AES-256-GCM with a fresh 96-bit nonce; the text before the last dot is authenticated, so a value
cannot be moved to another person. Data keys are wrapped under a master key and live in a database of
their own. Destroying a person's keys turns every value of theirs, in every replay, export and
rebuild, into nothing (`open` gives None) while the log and its proofs stay as they are.
"""

import base64
import hmac
import os
import threading
from hashlib import sha256
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from write_side.database import Database
from write_side.key_news import KeyNews
from write_side.refusals import Conflict
from write_side.values import Sealed

_FORMAT: Final = "p1"
_NONCE: Final = 12
_CACHED: Final = 50_000  # keys; 32 bytes each


class KeyDestroyed(Conflict):
    """Nothing can be sealed for somebody who was erased."""

    type = "person-erased"
    title = "This person's account was deleted; nothing personal of theirs is kept any more"


class Vault:
    """Seals and opens personal values. Thread-safe. Keys are kept in memory only while this process hears which
    of them were destroyed (`key_news.py`): one that was destroyed anywhere is gone here, too.

    Raises psycopg errors when the key database cannot be reached and a key is not cached.
    """

    def __init__(self, database: Database, master_key: bytes) -> None:
        if len(master_key) != 32:
            raise ValueError("the master key must be 32 bytes")
        self._database = database
        self._wrapper = AESGCM(_derive(master_key, b"storefold key wrapping"))
        self._lookup = _derive(master_key, b"storefold lookup hashes")
        self._lock = threading.Lock()
        self._keys: dict[int, dict[int, AESGCM]] = {}
        self._forgotten = 0  # how often somebody was forgotten
        self._news = KeyNews(database.dsn, self.forget, self.forget_everybody)

    def seal(self, person_id: int, text: str) -> Sealed:
        """Encrypts under the person's newest key, which is made when there is none.

        Raises KeyDestroyed for a person who was erased.
        """
        keys = self._keys_of(person_id) or self._make_key(person_id)
        version = max(keys)
        nonce = os.urandom(_NONCE)
        head = f"{_FORMAT}.{person_id}.{version}"
        sealed = nonce + keys[version].encrypt(nonce, text.encode(), head.encode())
        return Sealed(f"{head}.{base64.urlsafe_b64encode(sealed).decode()}")

    def open(self, sealed: Sealed) -> str | None:
        """The text; None when the person's key is gone.

        Raises ValueError for what is no sealed value or was tampered with.
        """
        head, _, body = sealed.rpartition(".")
        try:
            form, person, version = head.split(".")
            blob = base64.urlsafe_b64decode(body)
        except ValueError as error:
            raise ValueError("not a sealed value") from error
        if form != _FORMAT:
            raise ValueError(f"unknown form of sealed value: {form!r}")
        key = self._keys_of(int(person)).get(int(version))
        if key is None:
            return None
        try:
            return key.decrypt(blob[:_NONCE], blob[_NONCE:], head.encode()).decode()
        except InvalidTag as error:
            raise ValueError("the sealed value was tampered with") from error

    def lookup_hash(self, value: str) -> str:
        """A keyed hash under which a personal value can be unique and found, without being stored."""
        return hmac.new(self._lookup, value.encode(), sha256).hexdigest()

    def destroy(self, person_id: int) -> bool:
        """Erases the person's keys, for good; every process hears of it, by the table's trigger. Whether there was
        one."""
        with self._database.connection.transaction():
            self._database.connection.execute(
                "INSERT INTO destroyed_persons (person_id) VALUES (%s) ON CONFLICT DO NOTHING",
                (person_id,),
            )
            gone = self._database.connection.execute("DELETE FROM person_keys WHERE person_id = %s", (person_id,))
        self.forget(person_id)
        return gone.rowcount > 0

    def forget(self, person_id: int) -> None:
        """Drops the person's cached keys."""
        with self._lock:
            self._forgotten += 1
            self._keys.pop(person_id, None)

    def forget_everybody(self) -> None:
        """Drops all cached keys."""
        with self._lock:
            self._forgotten += 1
            self._keys.clear()

    def reach(self) -> None:
        """Raises psycopg errors when the key database cannot be reached."""
        self._database.connection.execute("SELECT")

    def close(self) -> None:
        self._news.close()
        self._database.close()

    def _keys_of(self, person_id: int) -> dict[int, AESGCM]:
        keys = self._keys.get(person_id) if self._news.hearing else None
        if keys:
            return keys
        forgotten = self._forgotten
        rows = self._database.connection.execute(
            "SELECT version, wrapped FROM person_keys WHERE person_id = %s", (person_id,)
        ).fetchall()
        return self._remember(person_id, {v: self._unwrap(person_id, v, bytes(w)) for v, w in rows}, forgotten)

    def _make_key(self, person_id: int) -> dict[int, AESGCM]:
        """Two processes may race for the first key: the row decides, both then read the same."""
        version = 1
        wrapped = self._wrap(person_id, version, AESGCM.generate_key(256))
        self._database.connection.execute(
            """INSERT INTO person_keys (person_id, version, wrapped)
            SELECT %s, %s, %s WHERE NOT EXISTS
            (SELECT FROM destroyed_persons WHERE person_id = %s) ON CONFLICT DO NOTHING""",
            (person_id, version, wrapped, person_id),
        )
        keys = self._keys_of(person_id)
        if not keys:
            raise KeyDestroyed
        return keys

    def _wrap(self, person_id: int, version: int, key: bytes) -> bytes:
        nonce = os.urandom(_NONCE)
        return nonce + self._wrapper.encrypt(nonce, key, f"{person_id}.{version}".encode())

    def _unwrap(self, person_id: int, version: int, wrapped: bytes) -> AESGCM:
        nonce, blob = wrapped[:_NONCE], wrapped[_NONCE:]
        return AESGCM(self._wrapper.decrypt(nonce, blob, f"{person_id}.{version}".encode()))

    def _remember(self, person_id: int, keys: dict[int, AESGCM], forgotten: int) -> dict[int, AESGCM]:
        with self._lock:
            # Keys that were read before somebody was forgotten may be that person's: use, do not keep.
            if keys and forgotten == self._forgotten and self._news.hearing:
                if len(self._keys) >= _CACHED:
                    self._keys.pop(next(iter(self._keys)))
                self._keys[person_id] = keys
        return keys


def person_of(sealed: Sealed) -> int | None:
    """Whose value it is; None for what is no sealed value."""
    form, _, rest = sealed.partition(".")
    person, _, _ = rest.partition(".")
    return int(person) if form == _FORMAT and person.isdecimal() else None


def _derive(master_key: bytes, purpose: bytes) -> bytes:
    return hmac.new(master_key, purpose, sha256).digest()
