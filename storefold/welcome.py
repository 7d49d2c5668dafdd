"""What `storefold run` says when everything is up: who may sign in, and three lines to try."""

import json
import urllib.request
from urllib.error import URLError

from rich.console import Console

from storefold.demo.accounts import BUYER, DEMO_ACCOUNTS, DEMO_PASSWORD
from storefold.settings import Settings


def welcome(console: Console, settings: Settings) -> None:
    """Prints it; lines are not wrapped, so that they can be copied."""

    def say(text: str = "") -> None:
        console.print(text, highlight=False, markup=False, soft_wrap=True)

    base = settings.base_url
    say()
    say(f"  API    {base}   documentation: {base}/docs")
    if settings.profile != "development":
        say("  No account yet? storefold create-admin you@example.com")
        return
    say(f"  Mail   {settings.home.resolve() / 'outbox'}")
    say(f"  Accounts, password {DEMO_PASSWORD}:")
    for account in DEMO_ACCOUNTS:
        roles = ["super-administrator" if account.is_super_admin else role for role in account.roles]
        say(f"    {account.email:24} {', '.join(roles)}")
    say("  Try:")
    for line in curl_lines(base, some_product(base)):
        say(f"    {line}")
    say()


def curl_lines(base: str, product_id: int | None) -> list[str]:
    """To be typed one after another into one shell: sign in, search, put something into the cart."""
    sign_in = f"curl -s {base}/auth/token -d username={BUYER.email} -d password={DEMO_PASSWORD}"
    body = json.dumps({"product_id": product_id or 1, "quantity": 1})
    return [
        f"""TOKEN=$({sign_in} | sed 's/.*"access_token":"\\([^"]*\\)".*/\\1/')""",
        f"curl -s '{base}/queries/search?q=lamp&facets=true&size=3'",
        f'curl -s {base}/commands/add-to-cart -H "Authorization: Bearer $TOKEN" '
        f"-H 'Content-Type: application/json' -d '{body}'",
    ]


def some_product(base: str) -> int | None:
    """The newest product that can be bought; None while nothing can."""
    url = f"{base}/queries/search?in_stock=true&size=1"
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with opener.open(url, timeout=5) as answer:
            items = json.load(answer)["items"]
    except (URLError, OSError, KeyError, ValueError):
        return None
    return int(items[0]["product_id"]) if items else None
