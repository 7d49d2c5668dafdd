"""When a product runs low: its number, of its base and its variants together, crosses its threshold.

A crossing is seen by comparing before and after one command, so an alert re-arms by itself when the
product is restocked. Past business moves stock without a word: nobody can restock the past.
"""

from collections.abc import Iterable

from write_side.catalog.product.state import PRODUCT, Product
from write_side.messages import IMPORTER, Event
from write_side.stock.events import StockFellLow
from write_side.stock.state import STOCK
from write_side.work import Work


def fell_low(product: Product, before: int | None, after: int) -> list[Event]:
    """What is to be said of a number that was `before` (None: there was none yet) and is `after`."""
    threshold = product.low_stock_threshold
    if not product.exists or after > threshold or (before is not None and before <= threshold):
        return []
    return [StockFellLow(product_id=product.product_id, available=after, threshold=threshold)]


def sellables(products: Iterable[Product]) -> set[int]:
    """Whose stock makes up the products' numbers."""
    return {key for product in products for key in (product.product_id, *product.variants)}


class Watch:
    """Holds the products' numbers before a command moves their stock; `report` records what fell low."""

    def __init__(self, work: Work, products: Iterable[Product]) -> None:
        self._work = work
        self._before = {product.product_id: _number(work, product) for product in products if product.exists}

    def report(self) -> None:
        for product_id, before in self._before.items():
            _say(self._work, product_id, before)


def report_new(work: Work, product_id: int) -> None:
    """Of a product that has just been made; a catalogue that is brought in would be thousands of letters."""
    if work.actor.service == IMPORTER.service:
        return
    _say(work, product_id, None)


def _say(work: Work, product_id: int, before: int | None) -> None:
    product = work.state(PRODUCT, product_id)
    if events := fell_low(product, before, _number(work, product)):
        work.record(STOCK, product_id, events)


def _number(work: Work, product: Product) -> int:
    return sum(stock.available for stock in work.states(STOCK, sellables([product])).values())
