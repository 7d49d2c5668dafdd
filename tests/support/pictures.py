"""Pictures, and files that only look like some."""

import io
import struct
import zlib

from PIL import Image

LARGEST = 5_242_880
FORMATS = {"jpg": ("JPEG", "image/jpeg"), "png": ("PNG", "image/png"), "webp": ("WEBP", "image/webp"),
           "gif": ("GIF", "image/gif")}  # fmt: skip


def picture(
    extension: str = "png", size: tuple[int, int] = (40, 30), color: tuple[int, int, int] = (9, 99, 200)
) -> bytes:
    made = io.BytesIO()
    Image.new("RGB", size, color).save(made, FORMATS[extension][0])
    return made.getvalue()


def noise(extension: str, side: int = 200) -> bytes:
    """A picture whose bytes are mostly content, not header."""
    made = io.BytesIO()
    Image.effect_noise((side, side), 90).convert("RGB").save(made, FORMATS[extension][0])
    return made.getvalue()


def chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def of_size(size: int) -> bytes:
    """A whole PNG of exactly so many bytes."""
    whole = picture("png")
    return whole[:-12] + chunk(b"prVt", b"\0" * (size - len(whole) - 12)) + whole[-12:]


def png_of(width: int, height: int, *chunks: bytes) -> bytes:
    """A few bytes that claim to be a large picture."""
    head = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0))
    body = chunk(b"IDAT", zlib.compress(b"\0" * (1 + 3 * min(width, 1000))))
    return b"\x89PNG\r\n\x1a\n" + head + b"".join(chunks) + body + chunk(b"IEND", b"")


def gif_of(width: int, height: int, frames: int) -> bytes:
    """An animation of so many frames, each of one pixel on the whole canvas."""
    head = b"GIF89a" + struct.pack("<HHBBB", width, height, 0x80, 0, 0) + b"\0\0\0\xff\xff\xff"
    frame = b"\x2c" + struct.pack("<HHHHB", 0, 0, 1, 1, 0) + b"\x02\x02\x44\x01\x00"
    return head + frame * frames + b";"


SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
HOSTILE = {
    "svg": SVG,
    "svg behind a declaration": b'<?xml version="1.0"?>' + SVG,
    "html": b"<!doctype html><script>alert(1)</script>",
    "pdf": b"%PDF-1.7\n1 0 obj\n",
    "program": b"MZ\x90\0" + b"\0" * 400,
    "text": b"not a picture",
    "header alone": b"\x89PNG\r\n\x1a\n",
    "gif that is a script": b"GIF89a/*<script>alert(1)</script>*/=1",
    "picture and page": picture("png") + b"<html><script>alert(1)</script>",
    "picture and pdf": picture("jpg") + b"%PDF-1.4",
    "picture in another's clothes": b"\xff\xd8\xff" + picture("png"),
    "cut off": noise("png")[:-200],
    "bomb": png_of(50_000, 50_000),
}
"""Files that are no pictures, or more than that; each is to be refused."""
