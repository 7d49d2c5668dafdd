"""moto's S3 as a WSGI application that keeps what it has.

moto holds objects in memory alone. After each request that may have changed one, and before its answer, what moto
now has of it is written to the shelf; at the start the shelf is read back.
"""

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any
from urllib.parse import unquote
from xml.sax.saxutils import escape

from moto.core.models import DEFAULT_ACCOUNT_ID
from moto.moto_server.werkzeug_app import create_backend_app
from moto.s3.models import FakeBucket, s3_backends

from storefold.stack.storage import signed
from storefold.stack.storage.shelf import Shelf, Stored

REGION = "us-east-1"


class Storage:
    """The application: one bucket, there from the start, as an operator would have made it."""

    def __init__(self, shelf: Shelf, bucket: str, secret_key: str) -> None:
        self._shelf = shelf
        self._secret_key = secret_key
        self._prefix = f"/{bucket}/"
        self._moto = create_backend_app("s3")
        backend = s3_backends[DEFAULT_ACCOUNT_ID]["aws"]
        self._bucket: FakeBucket = backend.create_bucket(bucket, REGION)
        for stored in shelf.everything():
            key = backend.put_object(bucket, stored.key, stored.content)
            key.set_metadata({"Content-Type": stored.content_type})
            key.last_modified = stored.stored_at

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        if environ["PATH_INFO"] == "/_health":
            start_response("200 OK", [("Content-Type", "text/plain")])
            return [b"ok"]
        method, query = environ["REQUEST_METHOD"], environ["QUERY_STRING"]
        if "X-Amz-Signature=" in query:
            try:
                path = environ["RAW_URI"].partition("?")[0]
                signed.check(method, path, query, environ["HTTP_HOST"], self._secret_key, datetime.now(UTC))
            except signed.Denied as denied:
                start_response("403 Forbidden", [("Content-Type", "application/xml")])
                error = f"<Error><Code>AccessDenied</Code><Message>{escape(str(denied))}</Message></Error>"
                return [error.encode()]
        # Taken whole, so that nothing of the answer leaves before the change is on disk.
        body = list(self._moto(environ, start_response))
        if method in ("PUT", "POST", "DELETE"):
            self._keep(unquote(environ["PATH_INFO"]))
        return body

    def _keep(self, path: str) -> None:
        name = path.removeprefix(self._prefix) if path.startswith(self._prefix) else ""
        found = self._bucket.keys.get(name) if name else None
        if found is not None:
            kind = found.metadata.get("Content-Type", "binary/octet-stream")
            self._shelf.put(Stored(name, kind, found.last_modified, found.value))
        else:  # one was deleted, or several with one request
            self._shelf.keep_only(name, {key for key in self._bucket.keys if key.startswith(name)})
