"""The field types that commands are made of: text, money, quantities, ids.

Everything a client can send wrongly is refused here, with the field's name, before any rule runs.
"""

import json
import re
import unicodedata
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation
from typing import Annotated, Any, Final

from pydantic import AfterValidator, BeforeValidator, Field, WithJsonSchema

from write_side.identifiers import MAX_ID, parse_id

_CENT: Final = Decimal("0.01")
_AMOUNT: Final = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)", re.ASCII)  # Decimal reads "1_000", "1e3" and "٣", too
MAX_MINOR: Final = 10**12  # 10 billion in major units: past any price, far below bigint sums


def clean_text(value: str) -> str:
    """Text that Postgres, JSON and every client can hold: no NUL, no lone surrogates; NFC."""
    if "\x00" in value:
        raise ValueError("must not contain NUL characters")
    try:
        value.encode()
    except UnicodeEncodeError:
        raise ValueError("must be valid Unicode") from None
    return unicodedata.normalize("NFC", value)


def _not_blank(value: str) -> str:
    if not value.strip():
        raise ValueError("must not be blank")
    return value.strip()


def minor_units(value: object) -> int:
    """Decimal text or a JSON number with at most two decimals → integer minor units (cents).

    Raises ValueError for signs of overflow, exponents past cents, NaN and infinities.
    """
    if isinstance(value, bool) or not isinstance(value, str | int | float | Decimal):
        raise ValueError('must be a decimal amount such as "19.99"')
    text = value.strip() if isinstance(value, str) else repr(value)
    if isinstance(value, Decimal):
        text = str(value)
    if len(text) > 32:
        raise ValueError("is too long for an amount")
    if isinstance(value, str) and _AMOUNT.fullmatch(text) is None:
        raise ValueError('must be a decimal amount such as "19.99"')
    try:
        amount = Decimal(text)
    except InvalidOperation:
        raise ValueError('must be a decimal amount such as "19.99"') from None
    # The exponent first: arithmetic on 1e999999 would overflow, which is no ValueError.
    if not amount.is_finite() or amount.adjusted() > 12 or abs(amount) * 100 > MAX_MINOR:
        raise ValueError("is out of range")
    # Compared, not multiplied: a product is rounded to 28 digits, and a 29th would pass unseen.
    if amount.adjusted() < -2 or amount != amount.quantize(_CENT):
        if amount:
            raise ValueError("must have at most two decimals")
        return 0
    return int(amount * 100)


def _price(value: object) -> int:
    cents = minor_units(value)
    if cents < 0:
        raise ValueError("must not be negative")
    return cents


def percentage(value: object) -> str:
    """0 to 100 as a number or its text → plain decimal text, as exact as it was given: 12.50 → "12.5".

    Raises ValueError for anything else, NaN and infinities included.
    """
    if isinstance(value, bool) or not isinstance(value, str | int | float | Decimal):
        raise ValueError("must be a number from 0 to 100")
    text = value.strip() if isinstance(value, str) else repr(value) if isinstance(value, float) else str(value)
    try:
        percent = Decimal(text) if len(text) <= 40 and text.isascii() and "_" not in text else Decimal("NaN")
    except InvalidOperation:
        percent = Decimal("NaN")
    if not percent.is_finite() or percent.adjusted() < -12 or not 0 <= percent <= 100:
        raise ValueError("must be a number from 0 to 100")
    return format(percent.normalize(), "f") if percent else "0"


def decimal_text(minor: int) -> str:
    """Minor units → decimal text with two places: -1999 → "-19.99"."""
    sign = "-" if minor < 0 else ""
    return f"{sign}{abs(minor) // 100}.{abs(minor) % 100:02d}"


def slugify(text: str) -> str:
    """URL-safe ASCII words joined by hyphens; "item" when nothing of the text is left."""
    folded = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", folded).strip("-")[:100].strip("-") or "item"


def fold(text: str) -> str:
    """The form under which names are the same: case, accents' composition and spaces aside."""
    return " ".join(unicodedata.normalize("NFKC", text).casefold().split())


def _distinct(words: list[str]) -> list[str]:
    """Each once, as it was first written."""
    first: dict[str, str] = {}
    for word in words:
        first.setdefault(fold(word), word)
    return list(first.values())


def business_time(value: object) -> str:
    """A moment as people kept it (ISO 8601 with its offset, or a `datetime` that has one) → ISO text in
    UTC, to the second, ending in Z: texts of one length, whose order is the order of time."""
    moment = datetime.fromisoformat(value) if isinstance(value, str) and len(value) <= 40 else value
    if not isinstance(moment, datetime) or moment.tzinfo is None:
        raise ValueError('must be a time with its offset, such as "2010-12-01T08:26:00Z"')
    try:
        return moment.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="seconds") + "Z"
    except OverflowError:
        raise ValueError("is out of range") from None


def _json_object(value: dict[str, Any]) -> dict[str, Any]:
    """Text as `clean_text` wants it, numbers that every reader of JSON holds, and bounds on size and depth."""
    plain: dict[str, Any] = _plain(value, 0)
    if len(json.dumps(plain, ensure_ascii=False)) > _LARGEST_OBJECT:
        raise ValueError(f"must have at most {_LARGEST_OBJECT} characters as JSON")
    return plain


def _plain(value: Any, depth: int) -> Any:
    if depth > _DEEPEST:
        raise ValueError(f"must be nested at most {_DEEPEST} deep")
    match value:
        case dict():
            return {clean_text(_text(name)): _plain(item, depth + 1) for name, item in value.items()}
        case list():
            return [_plain(item, depth + 1) for item in value]
        case str():
            return clean_text(value)
        case None | bool():
            return value
        case int() | float() if abs(value) <= MAX_ID:  # neither NaN nor an infinity is
            return value
    raise ValueError("must be made of JSON's own kinds, numbers within 2^53")


def _text(name: object) -> str:
    if not isinstance(name, str):
        raise ValueError("must have text as names")
    return name


_LARGEST_OBJECT: Final = 20_000
_DEEPEST: Final = 20
_AMOUNT_SCHEMA: dict[str, Any] = {
    "type": "string",
    "pattern": r"^\d{1,10}(\.\d{1,2})?$",
    "examples": ["19.99"],
}

Text = Annotated[str, Field(strict=True, max_length=20_000), AfterValidator(clean_text)]
Line = Annotated[
    str,
    Field(strict=True, min_length=1, max_length=500),
    AfterValidator(clean_text),
    AfterValidator(_not_blank),
]
Sku = Annotated[
    str,
    Field(strict=True, min_length=1, max_length=100),
    AfterValidator(clean_text),
    AfterValidator(_not_blank),
]
Slug = Annotated[str, Field(strict=True, min_length=1, max_length=200, pattern=r"^[A-Za-z0-9_-]+$")]
Price = Annotated[int, BeforeValidator(_price), WithJsonSchema(_AMOUNT_SCHEMA)]
Amount = Annotated[
    int,
    BeforeValidator(minor_units),
    WithJsonSchema({"type": "string", "pattern": r"^-?\d{1,10}(\.\d{1,2})?$", "examples": ["19.99", "-5.00"]}),
]
Percent = Annotated[
    str, BeforeValidator(percentage), WithJsonSchema({"type": "number", "minimum": 0, "maximum": 100, "examples": [15]})
]
BusinessTime = Annotated[str, BeforeValidator(business_time), WithJsonSchema({"type": "string", "format": "date-time"})]
Source = Annotated[
    str,
    Field(
        strict=True,
        pattern=r"^[A-Za-z0-9._-]{1,50}$",
        description="where past business comes from: a file, a former shop. Its numbers are unique within it",
        examples=["online_retail"],
    ),
]
Reference = Annotated[Line, Field(max_length=100)]
Currency = Annotated[str, Field(strict=True, pattern=r"^[A-Z]{3}$", examples=["GBP"])]
Quantity = Annotated[int, Field(strict=True, ge=1, le=2_147_483_647)]  # as high as stock counts
MAX_LEVEL: Final = 2_147_483_647
Level = Annotated[int, Field(strict=True, ge=0, le=MAX_LEVEL)]
Delta = Annotated[int, Field(strict=True, ge=-2_147_483_647, le=2_147_483_647)]
Id = Annotated[
    int,
    BeforeValidator(parse_id),
    WithJsonSchema({"type": "integer", "minimum": 1, "maximum": MAX_ID}),
]
Tags = Annotated[
    list[Annotated[Line, Field(max_length=100)]],
    Field(max_length=50),
    AfterValidator(_distinct),
]
"""Words that things are found by; the same word in another case is the same tag."""
JsonObject = Annotated[dict[str, Any], AfterValidator(_json_object)]
"""Any JSON object of up to 20,000 characters."""
Attributes = Annotated[
    dict[Annotated[Line, Field(max_length=100)], Annotated[Line, Field(max_length=300)]],
    Field(max_length=50),
]
