"""Presigned addresses, checked as S3 documents it (Signature Version 4 in the query string).

moto serves whatever carries the word `Signature`; with it alone nothing would show that an address expires, or that
one for another object was made up.
"""

import hashlib
import hmac
from datetime import UTC, datetime, timedelta
from typing import Final
from urllib.parse import parse_qsl, quote

LONGEST: Final = timedelta(days=7)


class Denied(Exception):
    """S3's words."""


def check(method: str, path: str, query: str, host: str, secret_key: str, now: datetime) -> None:
    """`path` as it was sent, quoted; `query` with its signature. Raises Denied."""
    fields = dict(parse_qsl(query, keep_blank_values=True))
    signature = fields.pop("X-Amz-Signature", "")
    try:
        signed_at = datetime.strptime(fields["X-Amz-Date"], "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)
        good_for = timedelta(seconds=int(fields["X-Amz-Expires"]))
        scope = fields["X-Amz-Credential"].split("/", 1)[1]
    except (KeyError, ValueError, IndexError, OverflowError):
        raise Denied("Query-string authentication requires the Signature, Expires and AWSAccessKeyId") from None
    if not timedelta(0) < good_for <= LONGEST or now > signed_at + good_for:
        raise Denied("Request has expired")
    canonical_query = "&".join(f"{quote(k, safe='-_.~')}={quote(v, safe='-_.~')}" for k, v in sorted(fields.items()))
    canonical = f"{method}\n{path}\n{canonical_query}\nhost:{host}\n\nhost\nUNSIGNED-PAYLOAD"
    digest = hashlib.sha256(canonical.encode()).hexdigest()
    text = f"AWS4-HMAC-SHA256\n{fields['X-Amz-Date']}\n{scope}\n{digest}"
    key = f"AWS4{secret_key}".encode()
    for part in scope.split("/"):
        key = hmac.digest(key, part.encode(), "sha256")
    if not hmac.compare_digest(hmac.new(key, text.encode(), "sha256").hexdigest(), signature):
        raise Denied("The request signature we calculated does not match the signature you provided")
