"""All the questions, and who may ask them. What a caller may not see does not exist for them."""

from fastapi import APIRouter

from api.auth import Callers
from api.parts import Parts
from api.queries.accounts import add_account_queries
from api.queries.catalogue import add_catalogue_queries
from api.queries.declaring import declared_on
from api.queries.metrics import add_metric_queries
from api.queries.orders import add_order_queries
from api.queries.reports import add_report_queries
from api.queries.reviews import add_review_queries
from api.queries.sellers import add_seller_queries


def query_router(parts: Parts, callers: Callers) -> APIRouter:
    """All queries; each answers with an ETag, and honours Storefold-Min-Position."""
    router = APIRouter(prefix="/queries", tags=["queries"])
    query = declared_on(router)
    add_catalogue_queries(query, parts, callers)
    add_order_queries(query, parts, callers)
    add_account_queries(query, parts, callers)
    add_review_queries(query, parts, callers)
    add_seller_queries(query, parts)
    add_report_queries(query, parts, callers)
    add_metric_queries(query, parts, callers)
    return router
