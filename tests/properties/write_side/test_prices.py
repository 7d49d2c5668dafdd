"""Whatever the price and the percentage: to the cent, never below nought, never dearer."""

from decimal import Decimal
from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from write_side.catalog.product.pricing import Offer, Prices, offered, reduced
from write_side.fields import MAX_MINOR, decimal_text, percentage

PRICES = st.integers(0, MAX_MINOR)
PERCENTS = st.one_of(
    st.floats(0, 100).filter(lambda percent: percent == 0 or percent > 1e-9),
    st.decimals(0, 100, places=4),
    st.integers(0, 100),
)


@given(PRICES, PERCENTS)
def test_a_reduced_price_is_the_exact_one_to_the_cent(price: int, percent: float | Decimal) -> None:
    text = percentage(percent)
    assert float(text) == float(percent), "shown as it was sent"
    charged = reduced(price, text)
    exact = Fraction(price) * (100 - Fraction(Decimal(text))) / 100
    assert 0 <= charged <= price
    assert charged == (exact + Fraction(1, 2)).__floor__()


@given(PRICES, PERCENTS, PRICES)
def test_a_percentage_is_followed_wherever_the_price_goes(first: int, percent: float | Decimal, then: int) -> None:
    start = offered(Prices(selling_price=first), Offer(discount_percent=percentage(percent)))
    there = offered(start, Offer.model_validate({"price": decimal_text(then)}))
    assert there == offered(Prices(selling_price=then), Offer(discount_percent=percentage(percent)))
    assert offered(there, Offer.model_validate({"price": decimal_text(first)})) == start
    assert offered(start, Offer(discount_percent=None)) == Prices(selling_price=first)
