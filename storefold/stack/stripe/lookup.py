"""Finding objects: one by id, and lists, newest first as Stripe answers them.

In: localstripe classes and query parameters. Out: objects, Stripe's 404, `List` pages,
and exports with `expand[]` followed. Replaces localstripe's lookups, which walk the whole
store for every list (a charge's refunds, for instance, on every read of an intent).
"""

from collections.abc import Callable
from typing import Any

from storefold.stack.stripe.errors import (
    StripeError,
    missing_object,
    unknown_parameters,
)
from storefold.stack.stripe.parameters import whole_number
from storefold.stack.stripe.upstream import resources

_EXPAND_DEPTH = 4  # Stripe's limit
_COMPARE: dict[str, Callable[[int, int], bool]] = {
    "gt": lambda a, b: a > b,
    "gte": lambda a, b: a >= b,
    "lt": lambda a, b: a < b,
    "lte": lambda a, b: a <= b,
}


def retrieve(cls: Any, /, id: str) -> Any:
    """The object, or Stripe's 404. (localstripe calls it with `id`.)"""
    found = resources.store.get(f"{cls.object}:{id}")
    if found is None:
        # Stripe names an intent's id parameter `intent`, everybody else's `id`.
        param = "intent" if cls.object == "payment_intent" else "id"
        raise missing_object(cls.object, id, param)
    return found


def page(
    cls: Any,
    /,
    url: str,
    limit: Any = None,
    starting_after: str | None = None,
    **unknown: Any,
) -> Any:
    """Every object of a class as one `List`; callers may filter its `_list`."""
    if unknown:
        raise unknown_parameters(list(unknown))
    found = resources.List(url, limit=limit, starting_after=starting_after)
    found._list = resources.store.of_kind(cls.object)[::-1]
    return found


def filtered_page(
    cls: Any,
    url: str,
    allowed: tuple[str, ...],
    query: dict[str, Any],
) -> Any:
    """A `List` narrowed by equality on `allowed` attributes and by `created`."""
    query = dict(query)
    wanted = {name: query.pop(name) for name in allowed if name in query}
    created = query.pop("created", None)
    found = page(cls, url, **query)
    for name, value in wanted.items():
        found._list = [one for one in found._list if getattr(one, name) == value]
    if created is not None:
        bounds = created if isinstance(created, dict) else {"gte": created} | {"lte": created}
        for operator, bound in bounds.items():
            if operator not in _COMPARE:
                raise unknown_parameters([f"created[{operator}]"])
            compare, moment = _COMPARE[operator], whole_number("created", bound)
            found._list = [one for one in found._list if compare(one.created, moment)]
    return found


def expanded(body: dict[str, Any], expand: Any) -> dict[str, Any]:
    """`body` with the ids at the paths in `expand` replaced by the objects."""
    for path in expand or []:
        steps = str(path).split(".")
        if len(steps) > _EXPAND_DEPTH:
            message = "You cannot expand more than 4 levels of a property"
            raise StripeError(400, message, param="expand", executed=False)
        _expand(body, steps, path)
    return body


def _expand(body: Any, steps: list[str], path: str) -> None:
    if isinstance(body, list):
        for one in body:
            _expand(one, steps, path)
        return
    if not isinstance(body, dict) or steps[0] not in body:
        message = f"This property cannot be expanded ({path})."
        raise StripeError(400, message, param="expand", executed=False)
    name, rest = steps[0], steps[1:]
    if isinstance(body[name], str):
        cls = resources.StripeObject._get_class_for_id(body[name])
        body[name] = cls._api_retrieve(body[name])._export()
    if rest and body[name] is not None:
        _expand(body[name], rest, path)
