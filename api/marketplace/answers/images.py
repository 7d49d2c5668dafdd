"""Pictures of products, and people's own."""

from typing import Annotated, Literal

import msgspec
from msgspec import UNSET, UnsetType

Moment = Annotated[str, msgspec.Meta(extra_json_schema={"format": "date-time"})]
Url = Annotated[str, msgspec.Meta(extra_json_schema={"format": "uri"})]


class Image(msgspec.Struct):
    """`image_key`: none for one that is not in our storage."""

    id: int
    image_key: str | None
    image_type: Literal["main", "gallery", "thumbnail"]
    order: int
    alt_text: str
    is_primary: bool
    url: Url
    created_at: Moment


class SignedImage(Image):
    """`presigned_url` opens without a token, for an hour."""

    presigned_url: Url


class Images(msgspec.Struct, omit_defaults=True):
    """Without a count while the storage is switched off."""

    images: list[Image]
    count: int | UnsetType = UNSET


class SignedImages(msgspec.Struct):
    """`primary_image`: the main one, else the first."""

    images: list[SignedImage]
    primary_image: SignedImage | None
    count: int


class UploadedImage(msgspec.Struct):
    message: str
    image: Image


class MainImage(msgspec.Struct):
    main_image: SignedImage


class NoMainImage(msgspec.Struct):
    main_image: None
    message: str


class DeletedImage(msgspec.Struct):
    deleted_key: str
    message: str


class DeletedImages(msgspec.Struct):
    deleted_count: int
    message: str


class Picture(msgspec.Struct):
    """`size` in bytes; `presigned_url` opens without a token, for an hour."""

    image_key: str
    url: Url
    presigned_url: Url
    size: int
    content_type: str
    uploaded_at: Moment


class ProfilePicture(msgspec.Struct):
    profile_picture: Picture | None


class UploadedPicture(msgspec.Struct):
    message: str
    profile_picture: Picture
