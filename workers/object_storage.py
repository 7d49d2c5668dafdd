"""Pictures in S3, or in what speaks its API, through Amazon's official SDK.

What enters: keys and bytes. What leaves: bytes, addresses that open without a token for an hour, or `StorageAway`:
all that a caller can do about any other answer is to try again. Every call blocks, for seconds at most: for threads.
"""

import logging
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING, Final, TypeVar

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from write_side.media import StorageAway

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

log = logging.getLogger(__name__)

CONNECT: Final = 2.0  # seconds
READ: Final = 5.0  # seconds without a byte
GOOD_FOR: Final = 3600  # seconds that a presigned address opens
CHUNK: Final = 65_536  # bytes

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class StorageSettings:
    """`endpoint` empty: Amazon's own. `public_endpoint`: where clients reach it, if that differs. Without an access
    key the SDK finds credentials by itself, as on a machine that has a role."""

    bucket: str
    region: str
    endpoint: str = ""
    public_endpoint: str = ""
    access_key: str = ""
    secret_key: str = ""


@dataclass(frozen=True, slots=True)
class StoredObject:
    """An object that is being read. `read` gives its next bytes, none at its end; `close` gives the connection back."""

    size: int
    read: Callable[[], bytes]
    close: Callable[[], None]


class ObjectStorage:
    """Thread-safe. Every method raises StorageAway."""

    def __init__(self, settings: StorageSettings) -> None:
        self._bucket = settings.bucket
        self._client = _client(settings, settings.endpoint)
        public = settings.public_endpoint
        self._signing = _client(settings, public) if public else self._client

    def put(self, key: str, data: bytes, content_type: str) -> None:
        """Stores the object, or replaces it."""
        _ask(lambda: self._client.put_object(Bucket=self._bucket, Key=key, Body=data, ContentType=content_type))

    def get(self, key: str) -> StoredObject | None:
        """None: there is no such object. Who gets one closes it."""
        try:
            answer = _ask(lambda: self._client.get_object(Bucket=self._bucket, Key=key))
        except _NoSuchObject:
            return None
        body = answer["Body"]
        return StoredObject(answer["ContentLength"], lambda: _ask(lambda: body.read(CHUNK)), body.close)

    def delete(self, key: str) -> None:
        """That it is gone afterwards is all that counts: deleting twice is no error."""
        _ask(lambda: self._client.delete_object(Bucket=self._bucket, Key=key))

    def delete_prefix(self, prefix: str) -> int:
        """Deletes every object whose key begins so; how many. May be repeated."""
        deleted = 0
        for key, _ in self.keys(prefix):
            self.delete(key)
            deleted += 1
        return deleted

    def keys(self, prefix: str) -> Iterator[tuple[str, datetime]]:
        """Keys that begin so, in their order, and when each was stored."""
        after = ""
        while True:
            page = _ask(partial(self._client.list_objects_v2, Bucket=self._bucket, Prefix=prefix, StartAfter=after))
            for entry in page.get("Contents", []):
                yield entry["Key"], entry["LastModified"]
                after = entry["Key"]
            if not page["IsTruncated"]:
                return

    def presigned_url(self, key: str) -> str:
        """Opens without a token for `GOOD_FOR` seconds. Asks nobody: it is signed here."""
        return _ask(
            lambda: self._signing.generate_presigned_url(
                "get_object", Params={"Bucket": self._bucket, "Key": key}, ExpiresIn=GOOD_FOR
            )
        )


class _NoSuchObject(Exception):
    pass


def _client(settings: StorageSettings, endpoint: str) -> "S3Client":
    config = Config(
        connect_timeout=CONNECT,
        read_timeout=READ,
        retries={"mode": "standard", "total_max_attempts": 2},
        signature_version="s3v4",
        # A stand-in has no host name per bucket; a proxy of the environment has no business with it either.
        s3={"addressing_style": "path" if endpoint else "auto"},
        proxies={} if endpoint else None,
        max_pool_connections=32,
    )
    # A session of its own: the module's default one is not made to be shared by threads.
    return boto3.session.Session().client(
        "s3",
        region_name=settings.region,
        endpoint_url=endpoint or None,
        aws_access_key_id=settings.access_key or None,
        aws_secret_access_key=settings.secret_key or None,
        config=config,
    )


def _ask(call: Callable[[], T]) -> T:
    try:
        return call()
    except ClientError as error:
        code = error.response.get("Error", {}).get("Code", "")
        if code in ("NoSuchKey", "404"):
            raise _NoSuchObject from error
        # Wrong credentials, no such bucket: ours to mend, not the client's fault.
        log.error("the storage refuses: %s", error)
        raise StorageAway from error
    except BotoCoreError as error:
        log.warning("the storage is away: %s", error)
        raise StorageAway from error
