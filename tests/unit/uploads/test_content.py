"""What is taken as a picture and what is not, both verdicts: by its content alone."""

import io
import re

import pytest
from PIL import Image
from support.pictures import FORMATS, HOSTILE, LARGEST, chunk, gif_of, noise, of_size, picture, png_of

from api.uploads.content import (
    MOST_FRAMES,
    EmptyFile,
    FileTooLarge,
    NotAPicture,
    TooManyPixels,
    UnfitPicture,
    examine,
)

pytestmark = pytest.mark.filterwarnings("error")  # as the module has it, which pytest's own filters undo


@pytest.mark.parametrize("extension", FORMATS)
def test_a_picture_is_known_by_its_content(extension: str) -> None:
    for data in (picture(extension), noise(extension), picture(extension, (1, 1))):
        found = examine(data)
        assert (found.extension, found.data) == (extension, data)


@pytest.mark.parametrize("extension", FORMATS)
def test_one_that_is_cut_off_is_none(extension: str) -> None:
    whole = noise(extension)
    for length in (len(whole) // 2, len(whole) - 30, 30, 12):
        with pytest.raises(NotAPicture):
            examine(whole[:length])


@pytest.mark.parametrize("extension", ["png", "gif"])
def test_one_with_a_hole_is_none(extension: str) -> None:
    whole = bytearray(noise(extension))
    middle = len(whole) // 2
    whole[middle : middle + 60] = b"\0" * 60
    with pytest.raises(NotAPicture):
        examine(bytes(whole))


@pytest.mark.parametrize("name", HOSTILE)
def test_nothing_else_is_let_in(name: str) -> None:
    with pytest.raises(UnfitPicture):
        examine(HOSTILE[name])


@pytest.mark.parametrize("format_", ["BMP", "TIFF", "PPM", "ICO"])
def test_other_formats_are_not_taken(format_: str) -> None:
    made = io.BytesIO()
    Image.new("RGB", (20, 20)).save(made, format_)
    with pytest.raises(NotAPicture):
        examine(made.getvalue())


def test_five_mebibytes_and_not_one_byte_more() -> None:
    assert len(examine(of_size(LARGEST)).data) == LARGEST
    with pytest.raises(FileTooLarge):
        examine(of_size(LARGEST + 1))
    with pytest.raises(EmptyFile):
        examine(b"")


@pytest.mark.parametrize(("width", "height"), [(50_000, 50_000), (10_000, 9_000), (8_000, 5_001), (2**31 - 1, 1)])
def test_a_small_file_does_not_become_a_large_picture(width: int, height: int) -> None:
    with pytest.raises(TooManyPixels):
        examine(png_of(width, height))


def test_a_photograph_of_many_megapixels_is_taken() -> None:
    assert examine(picture("jpg", (6000, 4000))).extension == "jpg"


def test_an_animation_has_so_many_frames_and_pixels_and_no_more() -> None:
    assert examine(gif_of(10, 10, MOST_FRAMES)).extension == "gif"
    with pytest.raises(TooManyPixels):
        examine(gif_of(10, 10, MOST_FRAMES + 1))
    assert examine(gif_of(2000, 2000, 10)).extension == "gif"
    with pytest.raises(TooManyPixels):
        examine(gif_of(2000, 2000, 11))


def test_compressed_text_is_no_way_in_either() -> None:
    import zlib

    texts = [chunk(b"zTXt", b"a\0\0" + zlib.compress(b"\0" * 1_000_000)) for _ in range(100)]
    with pytest.raises(NotAPicture):
        examine(png_of(1, 1, *texts))


def test_a_progressive_picture_has_so_many_scans_and_no_more() -> None:
    made = io.BytesIO()
    Image.effect_noise((64, 64), 90).save(made, "JPEG", progressive=True)
    whole = made.getvalue()
    assert examine(whole).extension == "jpg"
    last = whole.rindex(b"\xff\xda")
    scan = whole[last:-2]
    with pytest.raises(NotAPicture):
        examine(whole[:-2] + scan * 100 + whole[-2:])


def test_words_that_pictures_may_carry_are_no_page() -> None:
    """Cameras and editors write XML into pictures."""
    made = io.BytesIO()
    packet = b'<?xpacket begin=""?><x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF></rdf:RDF></x:xmpmeta>'
    Image.new("RGB", (20, 20)).save(made, "JPEG", comment=b"htmlike <b> scripted", xmp=packet)
    assert re.search(rb"xpacket", made.getvalue())
    assert examine(made.getvalue()).extension == "jpg"
