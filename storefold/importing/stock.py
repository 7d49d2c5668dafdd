"""How many of each product there are at first, for files that do not say."""

import re
from dataclasses import dataclass
from hashlib import blake2b
from typing import Self


@dataclass(frozen=True, slots=True)
class Opening:
    """A number from `least` to `most`, drawn from the SKU: the same at every import."""

    least: int = 0
    most: int = 0

    @classmethod
    def parse(cls, text: str) -> Self:
        """`100`, or `20-80`. Raises ValueError."""
        found = re.fullmatch(r"([0-9]{1,9})(?:-([0-9]{1,9}))?", text.strip())
        if found is None:
            raise ValueError(f"{text!r} is neither a number nor a range such as 20-80")
        least, most = int(found[1]), int(found[2] or found[1])
        if most < least:
            raise ValueError(f"{text!r} ends below its beginning")
        return cls(least, most)

    def __str__(self) -> str:
        return str(self.least) if self.least == self.most else f"{self.least}-{self.most}"

    def of(self, sku: str) -> int:
        """The opening stock of a product."""
        drawn = int.from_bytes(blake2b(sku.encode(), digest_size=8).digest())
        return self.least + drawn % (self.most - self.least + 1)


NOTHING = Opening()
