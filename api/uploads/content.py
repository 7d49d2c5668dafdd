"""Is it a picture? By its content alone: the first bytes, then a full decode.

What enters: bytes of anybody's making. What leaves: what they are, or a refusal. Blocks, for up to about a second: for
threads. The bounds keep a small file from becoming much work: each frame of an animation costs a whole canvas, each
scan of a progressive JPEG a pass over it.
"""

import re
import warnings
from io import BytesIO
from typing import Final, NamedTuple

from PIL import GifImagePlugin, Image, JpegImagePlugin, PngImagePlugin, WebPImagePlugin

from write_side.media import LARGEST
from write_side.refusals import Invalid

warnings.filterwarnings("error", category=Image.DecompressionBombWarning)  # what Pillow warns of is refused here

MOST_PIXELS: Final = 40_000_000  # of all frames together: 160 MB while it is decoded
MOST_FRAMES: Final = 500
MOST_SCANS: Final = 100  # of a progressive JPEG; cameras make ten

_FORMATS: Final = (
    (re.compile(rb"\xff\xd8\xff"), JpegImagePlugin.JpegImageFile.format, "jpg"),
    (re.compile(rb"\x89PNG\r\n\x1a\n"), PngImagePlugin.PngImageFile.format, "png"),
    (re.compile(rb"RIFF....WEBP", re.DOTALL), WebPImagePlugin.WebPImageFile.format, "webp"),
    (re.compile(rb"GIF8[79]a"), GifImagePlugin.GifImageFile.format, "gif"),
)
_OTHER_MEANING: Final = re.compile(rb"%PDF-[0-9]|<\?php|<(?:script|html|iframe|!doctype|svg)[\s>/]", re.IGNORECASE)
"""A file that is a picture and, to a careless reader, also a page, a document or a program."""
_SCAN: Final = b"\xff\xda"  # in a JPEG's compressed data a ff is never followed by this


class UnfitPicture(Invalid):
    """A file that cannot be taken as a picture; the classes below say why."""

    type = "unfit-picture"
    title = "The file cannot be taken as a picture"


class EmptyFile(UnfitPicture):
    type = "empty-file"
    title = "The submitted file is empty"


class NotAPicture(UnfitPicture):
    type = "not-a-picture"
    title = "Upload a valid image: JPEG, PNG, WebP or GIF, whole and by its content"


class FileTooLarge(UnfitPicture):
    type = "file-too-large"
    title = f"A picture may have at most {LARGEST} bytes"


class TooManyPixels(UnfitPicture):
    """Decoded it would take far more than the file does."""

    type = "too-many-pixels"
    title = f"A picture may have at most {MOST_PIXELS} pixels in all, and {MOST_FRAMES} frames"


class Picture(NamedTuple):
    """`extension` without a dot, one of `write_side.media.CONTENT_TYPES`."""

    data: bytes
    extension: str


def examine(data: bytes) -> Picture:
    """Raises UnfitPicture."""
    if not data:
        raise EmptyFile
    if len(data) > LARGEST:
        raise FileTooLarge
    found = next(((format_, extension) for magic, format_, extension in _FORMATS if magic.match(data)), None)
    if found is None:
        raise NotAPicture
    format_, extension = found
    if _OTHER_MEANING.search(data) or (extension == "jpg" and data.count(_SCAN) > MOST_SCANS):
        raise NotAPicture
    try:
        with Image.open(BytesIO(data), formats=[format_]) as image:
            _fits(image, 0)
            image.verify()  # of a PNG the checksums, up to its end
        with Image.open(BytesIO(data), formats=[format_]) as image:
            _decode(image)
    except (UnfitPicture, MemoryError):
        raise
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise TooManyPixels from error
    except Exception as error:
        # Decoders answer hostile bytes with whatever comes up: OSError, SyntaxError, struct.error, KeyError, ...
        raise NotAPicture from error
    return Picture(data, extension)


def _decode(image: Image.Image) -> None:
    """Every frame, for a file that is cut off shows it only there."""
    pixels = number = 0
    while True:
        pixels = _fits(image, pixels)
        image.load()
        number += 1
        try:
            image.seek(number)
        except EOFError:
            return
        if number >= MOST_FRAMES:
            raise TooManyPixels


def _fits(image: Image.Image, before: int) -> int:
    pixels = before + image.width * image.height
    if pixels > MOST_PIXELS:
        raise TooManyPixels
    return pixels
