"""What answers of every kind are made of."""

from typing import Annotated

from msgspec import Meta, Struct

Uuid = Annotated[str, Meta(extra_json_schema={"format": "uuid"})]
Money = Annotated[str, Meta(pattern=r"^-?\d+\.\d{2}$", examples=["19.99"])]
Time = Annotated[str, Meta(extra_json_schema={"format": "date-time"})]


class Message(Struct):
    message: str
