"""What tests and the demo say to the stand-in, as functions.

In: the stand-in's base URL. Out: parsed JSON; an unexpected answer raises
`httpx.HTTPStatusError`. The payments themselves go through the official SDK.

    confirm(url, intent_id)                             # the buyer pays
    confirm(url, intent_id, "pm_card_chargeDeclined")   # the buyer's card is declined
    order_fault(url, "drop_after", match="POST /v1/payment_intents")
    subscribe(url, "http://127.0.0.1:8000/...", "whsec_..."); redeliver(url, times=3)
    [call] = calls(url, path="/v1/refunds", executed=True)
"""

import json
import ssl
import time
from typing import Any

import httpx

KEY = "sk_test_storefold"  # any key of this form is good

# Loopback has no TLS; httpx would load every root certificate for each call (20 ms).
_NO_TLS = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)


def send(method: str, url: str, **content: Any) -> httpx.Response:
    """One bare request; the environment's proxy has no business with loopback."""
    content.setdefault("timeout", 60)
    return httpx.request(method, url, verify=_NO_TLS, trust_env=False, **content)


def confirm(url: str, intent_id: str, payment_method: str = "pm_card_visa") -> dict[str, Any]:
    """Confirm as a buyer's browser does; the intent afterwards, declined or paid."""
    answer = _send(
        "POST",
        f"{url}/v1/payment_intents/{intent_id}/confirm",
        data={"payment_method": payment_method},
        good=(402,),
    )
    body: dict[str, Any] = answer.json()
    if answer.status_code != 402:
        return body
    after: dict[str, Any] = body["error"]["payment_intent"]
    return after


def authenticate(url: str, intent_id: str, *, success: bool = True) -> dict[str, Any]:
    """End the 3D Secure challenge of an intent that `requires_action`."""
    address = f"{url}/v1/payment_intents/{intent_id}"
    form = {
        "client_secret": _send("GET", address).json()["client_secret"],
        "success": str(success).lower(),
    }
    _send("POST", f"{address}/_authenticate", data=form, good=(402,))
    after: dict[str, Any] = _send("GET", address).json()
    return after


def order_fault(url: str, action: str, match: str = "* /v1/**", times: int = 1, **details: Any) -> None:
    """Let the next `times` fitting calls go wrong; see `faults.py`."""
    order = {"action": action, "match": match, "times": times, **details}
    _send("POST", f"{url}/_faults", json=order)


def faults(url: str) -> list[dict[str, Any]]:
    """The ordered faults, each with how often it was `used`."""
    found: list[dict[str, Any]] = _send("GET", f"{url}/_faults").json()["faults"]
    return found


def clear_faults(url: str) -> None:
    """Behave again."""
    _send("DELETE", f"{url}/_faults")


def calls(url: str, **wanted: str | int | bool) -> list[dict[str, Any]]:
    """The calls under /v1 whose fields equal these, in order of arrival."""
    query = {name: value if isinstance(value, str) else json.dumps(value) for name, value in wanted.items()}
    answer = _send("GET", f"{url}/_calls", params=query)
    found: list[dict[str, Any]] = answer.json()["calls"]
    return found


def clear_calls(url: str) -> None:
    """Empty the log of calls."""
    _send("DELETE", f"{url}/_calls")


def subscribe(
    url: str,
    webhook_url: str,
    secret: str,
    *,
    events: list[str] | None = None,
    endpoint: str = "default",
) -> None:
    """Send events (of these types, or all) to an address from now on."""
    order = {"url": webhook_url, "secret": secret, "events": events}
    _send("POST", f"{url}/_config/webhooks/{endpoint}", json=order)


def unsubscribe(url: str, endpoint: str = "default") -> None:
    """Send no more to an endpoint."""
    _send("DELETE", f"{url}/_config/webhooks/{endpoint}")


def pause(url: str) -> None:
    """Hold webhooks back."""
    _send("POST", f"{url}/_webhooks/pause")


def resume(url: str) -> None:
    """Deliver what was held back."""
    _send("POST", f"{url}/_webhooks/resume")


def redeliver(
    url: str,
    event: str | list[str] = "all",
    *,
    times: int = 1,
    shuffle: bool = False,
    parallel: bool = False,
) -> list[dict[str, Any]]:
    """Send events again, now; returns `{event, endpoint, status}` for each sending."""
    order = {"event": event, "times": times, "shuffle": shuffle, "parallel": parallel}
    answer = _send("POST", f"{url}/_webhooks/redeliver", json=order)
    sent: list[dict[str, Any]] = answer.json()["sent"]
    return sent


def deliveries(url: str) -> list[dict[str, Any]]:
    """Every delivery: `{event, type, endpoint, state, attempts, last_status}`."""
    found: list[dict[str, Any]] = _send("GET", f"{url}/_webhooks").json()["deliveries"]
    return found


def wait_until_delivered(url: str, timeout: float = 10.0) -> None:
    """Return when no delivery is pending; `TimeoutError` names the ones that are."""
    deadline = time.monotonic() + timeout
    while pending := [one for one in deliveries(url) if one["state"] == "pending"]:
        if time.monotonic() > deadline:
            raise TimeoutError(f"undelivered after {timeout} s: {pending}")
        time.sleep(0.02)


def reset(url: str) -> None:
    """An empty account without faults; endpoints stay."""
    clear_faults(url)
    _send("DELETE", f"{url}/_config/data")


def _send(method: str, url: str, *, good: tuple[int, ...] = (), **content: Any) -> httpx.Response:
    headers = {"Authorization": f"Bearer {KEY}"}
    answer = send(method, url, headers=headers, **content)
    if answer.status_code not in good:
        answer.raise_for_status()
    return answer
