"""Pictures in object storage: how their keys are made and read, and what commands say about them.

A key is ours, never a client's: `products/<uploader>/<128 random bits>.<ext>` for pictures of products,
`people/<person>/<…>` for people's own. Whoever uploaded it is in it, so that nobody takes what another uploaded;
its extension is what the content was found to be, so it says the content type, too.
"""

import re
from typing import Annotated, Final, NamedTuple

from pydantic import AfterValidator, Field

from write_side.messages import Actor
from write_side.refusals import Conflict, Forbidden, Unavailable
from write_side.work import Work

LARGEST: Final = 5_242_880  # bytes of one picture: 5 MiB, inclusive
CONTENT_TYPES: Final = {"jpg": "image/jpeg", "png": "image/png", "webp": "image/webp", "gif": "image/gif"}
PRODUCTS: Final = "products"
PEOPLE: Final = "people"
PATH: Final = "/media/"
"""Below this path of the API a picture is shown."""

_KEY: Final = re.compile(r"(products|people)/([1-9][0-9]{0,15})/[0-9a-f]{32}\.(jpg|png|webp|gif)", re.ASCII)


class StorageAway(Unavailable):
    """Pictures are neither taken nor shown while the object storage does not answer, or is switched off."""

    type = "storage-away"
    title = "The storage of pictures is away; nothing was done, try again"


class NotYourUpload(Forbidden):
    type = "not-your-upload"
    title = "Somebody else uploaded this picture"


class KeyTaken(Conflict):
    """One stored object, one record: two would take the object from each other when one is removed."""

    type = "picture-in-use"
    title = "This picture is in use already; upload it once more"


class Key(NamedTuple):
    """What a key says. `folder`: "products" or "people"."""

    folder: str
    uploader_id: int
    extension: str

    @property
    def content_type(self) -> str:
        return CONTENT_TYPES[self.extension]


def parse_key(text: str) -> Key | None:
    """None for what is no key of ours."""
    found = _KEY.fullmatch(text)
    return None if found is None else Key(found[1], int(found[2]), found[3])


def make_key(folder: str, uploader_id: int, random: bytes, extension: str) -> str:
    """`random`: 16 bytes that nobody can guess."""
    return f"{folder}/{uploader_id}/{random.hex()}.{extension}"


def person_prefix(person_id: int) -> str:
    """What the keys of all of a person's own pictures begin with: what erasure has to delete."""
    return f"{PEOPLE}/{person_id}/"


def _in(folder: str) -> AfterValidator:
    def check(text: str) -> str:
        key = parse_key(text)
        if key is None or key.folder != folder:
            raise ValueError("must be the key that an upload for this purpose was answered with")
        return text

    return AfterValidator(check)


_EXAMPLE: Final = "1001/0f9d3a5c7e1b2d4f6a8c0e1f3b5d7a9c.png"
ProductKey = Annotated[str, Field(strict=True, max_length=80, examples=[f"products/{_EXAMPLE}"]), _in(PRODUCTS)]
PersonKey = Annotated[str, Field(strict=True, max_length=80, examples=[f"people/{_EXAMPLE}"]), _in(PEOPLE)]


def take(work: Work, key: str, owner_id: int) -> None:
    """The uploaded object becomes that of one record. Raises NotYourUpload, KeyTaken."""
    ensure_uploader(key, work.actor)
    work.claim("media", key, owner_id, KeyTaken(key=key))


def let_go(work: Work, key: str) -> None:
    """The record is gone; its object is deleted by the effect of the event that says so."""
    work.release("media", key)


def ensure_uploader(key: str, actor: Actor) -> None:
    parsed = parse_key(key)
    if actor.service is None and (parsed is None or parsed.uploader_id != actor.person_id):
        raise NotYourUpload
