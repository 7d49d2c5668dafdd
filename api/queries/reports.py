"""Questions about the shop's figures, for sellers and administrators alike."""

from enum import StrEnum
from typing import Annotated, Literal

from fastapi import Depends, Query, Request
from pydantic import BaseModel, ConfigDict, Field
from starlette.responses import Response

from api.answers import answer
from api.auth import Callers
from api.parts import Parts
from api.queries import report_answers as shapes
from api.queries.declaring import Declare
from api.queries.parameters import Paging, PathId
from write_side.fields import Id
from write_side.messages import Actor
from write_side.refusals import Invalid, NotFound

_MONTH = r"[0-9]{4}-(0[1-9]|1[0-2])"
Date = Annotated[str, Field(pattern=rf"^{_MONTH}(-(0[1-9]|[12][0-9]|3[01]))?$")]
Month = Annotated[str, Field(pattern=rf"^{_MONTH}$")]
CurrencyCode = Annotated[str, Field(pattern="^[A-Z]{3}$")]


class Period(StrEnum):
    DAY = "day"
    MONTH = "month"


class Sellers(StrEnum):
    REVENUE = "revenue"
    UNITS = "units"


class Rates(StrEnum):
    RATE = "rate"
    UNITS = "units"


class Patrons(StrEnum):
    ORDERS = "orders"
    REVENUE = "revenue"


class AskedSales(BaseModel):
    model_config = ConfigDict(extra="forbid")

    from_: Date | None = Field(default=None, alias="from", description="first business day or month (UTC), included")
    to: Date | None = Field(default=None, description="last business day or month, included")
    by: Period = Period.DAY
    currency: CurrencyCode | None = Field(default=None, description="by default a row for each")
    page: int = Field(default=1, ge=1, le=1_000_000)
    size: int = Field(default=366, ge=1, le=1000)


_CURRENCY = Field(default=None, description="of the revenue; by default the one with most orders lately")


class AskedSellers(Paging):
    by: Sellers = Sellers.REVENUE
    currency: CurrencyCode | None = _CURRENCY


class AskedRates(Paging):
    by: Rates = Rates.RATE


class AskedCustomers(Paging):
    by: Patrons = Patrons.REVENUE
    currency: CurrencyCode | None = _CURRENCY


class AskedReturns(Paging):
    person: Id | None = Field(default=None, description="of this customer alone")


class AskedMovements(BaseModel):
    model_config = ConfigDict(extra="forbid")

    month: Month | None = Field(default=None, description="business month; by default the latest with a movement")
    page: int = Field(default=1, ge=1, le=1_000_000)
    size: int = Field(default=100, ge=1, le=1000)


def add_report_queries(query: Declare, parts: Parts, callers: Callers) -> None:
    """`query` declares a route and what it answers."""
    Seller = Annotated[Actor, Depends(callers.seller)]

    @query("/sales", shapes.SalesPage)
    async def sales(request: Request, asked: Annotated[AskedSales, Query()], who: Seller) -> Response:
        """What was sold and what came back by day or month of business time, oldest first; for sellers and
        administrators. A period without a sale or a return has no row."""
        by: Literal["day", "month"] = "day" if asked.by is Period.DAY else "month"
        found = await parts.reads.reports.sales(by, asked.from_, asked.to, asked.currency, asked.page, asked.size)
        items = [shapes.sales(each) for each in found.items]
        return answer(request, shapes.SalesPage(items, found.total, asked.page, asked.size))

    @query("/best-sellers", shapes.ProductSalesPage)
    async def best_sellers(request: Request, asked: Annotated[AskedSellers, Query()], who: Seller) -> Response:
        """Products, most sold first; for sellers and administrators."""
        reports, currency = parts.reads.reports, None
        if asked.by is Sellers.UNITS:
            _no_currency(asked.currency)
            found = await reports.best_sellers_by_units(asked.page, asked.size)
        else:
            currency = asked.currency or await reports.main_currency()
            found = await reports.best_sellers_by_revenue(currency, asked.page, asked.size)
        return answer(request, shapes.ranking(found, asked.page, asked.size, currency))

    @query("/returns-rate", shapes.ProductSalesPage)
    async def returns_rate(request: Request, asked: Annotated[AskedRates, Query()], who: Seller) -> Response:
        """Products of which something came back, by the share of the units sold or by units, highest first; for sellers
        and administrators. By rate those alone of which something was sold here, too."""
        by: Literal["rate", "units"] = "rate" if asked.by is Rates.RATE else "units"
        found = await parts.reads.reports.most_returned(by, asked.page, asked.size)
        return answer(request, shapes.ranking(found, asked.page, asked.size, None))

    @query("/customers", shapes.CustomerSalesPage)
    async def customers(request: Request, asked: Annotated[AskedCustomers, Query()], who: Seller) -> Response:
        """Customers by what they bought, most first; for sellers and administrators. Guests are not among them."""
        reports, currency = parts.reads.reports, None
        if asked.by is Patrons.ORDERS:
            _no_currency(asked.currency)
            found = await reports.customers_by_orders(asked.page, asked.size)
        else:
            currency = asked.currency or await reports.main_currency()
            found = await reports.customers_by_revenue(currency, asked.page, asked.size)
        items = [shapes.customer(each) for each in found.items]
        return answer(request, shapes.CustomerSalesPage(items, found.total, asked.page, asked.size, currency))

    @query("/returns", shapes.ReturnPage)
    async def returns(request: Request, asked: Annotated[AskedReturns, Query()], who: Seller) -> Response:
        """Returns of past business, latest recorded first; for sellers and administrators."""
        found = await parts.reads.reports.returns(asked.person, asked.page, asked.size)
        items = [shapes.returned(each) for each in found.items]
        return answer(request, shapes.ReturnPage(items, found.total, asked.page, asked.size))

    @query("/return/{return_id}", shapes.ReturnAnswer)
    async def return_of(request: Request, return_id: PathId, who: Seller) -> Response:
        """One return of past business; for sellers and administrators."""
        found = await parts.reads.reports.return_by_id(return_id)
        if found is None:
            raise NotFound
        return answer(request, shapes.returned(found))

    @query("/stock-movements/{sku:path}", shapes.StockMovementsAnswer)
    async def stock_movements(
        request: Request, sku: str, asked: Annotated[AskedMovements, Query()], who: Seller
    ) -> Response:
        """What came in and went out of one SKU, a month of business time at a time: for administrators and sellers, of
        another seller's product for administrators alone."""
        found = await parts.reads.movements.by_sku(sku, asked.month)
        if found is None or not (who.is_admin or found.seller_id in (None, who.person_id)):
            raise NotFound
        return answer(request, shapes.stock_movements(found, asked.page, asked.size))


def _no_currency(currency: str | None) -> None:
    if currency is not None:
        raise Invalid("only by revenue", field="currency")
