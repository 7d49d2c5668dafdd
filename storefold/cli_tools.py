"""The commands that a person runs beside a running product.

Only their options are here: what they do is imported when one is called, because every process of the
product starts through the same command line and must not pay for it.
"""

import sys
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

projections = typer.Typer(
    no_args_is_help=True, help="Read models: how they stand, and making them anew without downtime."
)


class FileFormat(StrEnum):
    json = "json"
    jsonl = "jsonl"
    csv = "csv"


class Stores(StrEnum):
    redis = "redis"
    elasticsearch = "elasticsearch"
    observations = "observations"
    all = "all"


Which = Annotated[Stores, typer.Argument(help="whose models")]


def add_tools(app: typer.Typer) -> None:
    """Adds them to the command line."""
    app.command()(import_catalog)
    app.command()(import_orders)
    app.command()(create_admin)
    app.command()(log)
    app.add_typer(projections, name="projections")


def import_catalog(
    file: Annotated[Path, typer.Argument(help="JSON, JSON Lines or CSV; .gz, .xz, .bz2; - is the standard input")],
    form: Annotated[FileFormat | None, typer.Option("--format", help="where neither name nor content tells")] = None,
    stock: Annotated[
        str, typer.Option(help="new products whose row says no stock get so many: 100, or 20-80 (by SKU)")
    ] = "0",
    set_stock: Annotated[
        bool, typer.Option("--set-stock", help="set the stock of products that exist, too; otherwise it stays")
    ] = False,
    seller: Annotated[str | None, typer.Option(help="e-mail address of the seller of new products")] = None,
    rename: Annotated[
        list[str] | None, typer.Option("--map", help="THEIRS=OURS: a column of the file and the field it means")
    ] = None,
    report: Annotated[Path | None, typer.Option(help="write what became of it as JSON")] = None,
) -> None:
    """Bring a catalogue of any size into the shop that runs in STOREFOLD_HOME.

    A product needs a name and a price. Taken are also sku, slug, description, category (a list from root
    to leaf, or "A > B"), brand, stock, image, compare_price, cost_price, weight, dimensions, attributes
    (an object, or columns "attribute:color"), variants, featured, active, low_stock_threshold.

    A product is known again by its SKU; without one by its id, or else by name, brand and image. Running
    it again changes nothing that is the same, and finishes what was interrupted. A product that exists
    keeps its picture and, without --set-stock, its stock.
    """
    from storefold.import_command import import_from_the_console

    sys.exit(
        import_from_the_console(
            file,
            form=form.value if form else None,
            stock=stock,
            set_stock=set_stock,
            seller=seller,
            renamed=rename or [],
            report=report,
        )
    )


def import_orders(
    file: Annotated[Path, typer.Argument(help="CSV; .gz, .xz, .bz2")],
    source: Annotated[
        str | None, typer.Option(help="where it comes from: its numbers are unique within it; else the file's name")
    ] = None,
    currency: Annotated[str, typer.Option(help="of its prices")] = "GBP",
    rename: Annotated[
        list[str] | None, typer.Option("--map", help="THEIRS=OURS: a column of the file and the field it means")
    ] = None,
    charge: Annotated[
        list[str] | None, typer.Option(help="one more code that is a charge, no product; * stands for anything")
    ] = None,
    dates: Annotated[str | None, typer.Option(help='their form, such as "%d/%m/%Y %H:%M"; else ISO 8601')] = None,
    report: Annotated[Path | None, typer.Option(help="write the reconciliation as JSON")] = None,
) -> None:
    """Bring a shop's past into the one that runs in STOREFOLD_HOME: a file of invoice lines, of any length.

    Its fields are invoice, code, description, quantity, date, price, customer and country; the usual other
    names are known. An invoice becomes an order, its lines as they stand; without a customer it is a guest's.
    An invoice whose number begins with C is a return, matched to earlier purchases of the same customer and
    code. Other lines with a quantity below zero are stock adjustments; fees and postage are charges.

    Dates are business time, in UTC where they have no offset. How much stock there was at first no file says:
    each product opens with the least that never falls below zero.

    Running it again adds nothing, and finishes what was interrupted. It ends with a reconciliation of the
    read models with the file, by month; exit status 1 when they do not agree.
    """
    from storefold.orders_command import import_orders_from_the_console

    sys.exit(
        import_orders_from_the_console(
            file,
            source=source,
            currency=currency,
            renamed=rename or [],
            charges=charge or [],
            dates=dates,
            report=report,
        )
    )


def create_admin(
    email: Annotated[str, typer.Argument(help="e-mail address of the account")],
) -> None:
    """Make a super-administrator: the first account of a production shop.

    The password is asked for, or read from the standard input when that is no terminal. An account that
    exists keeps its password and is given the role.
    """
    from storefold.admin_command import create_from_the_console

    sys.exit(create_from_the_console(email))


def log(
    after: Annotated[int, typer.Option(min=0, help="begin behind this position")] = 0,
    upto: Annotated[int | None, typer.Option(min=0, help="end with this position")] = None,
    stream: Annotated[str, typer.Option(help='only streams that begin so: "order-", "cart-1042"')] = "",
    event: Annotated[list[str] | None, typer.Option(help="only this kind of event; may be repeated")] = None,
) -> None:
    """Print the event log, oldest first, as JSON Lines.

    Every event is in its current version, with its metadata; personal values stay sealed. The same is in
    Postgres as the view `history`.
    """
    from storefold.log_command import print_log

    sys.exit(print_log(after=after, upto=upto, stream=stream, events=event or []))


@projections.command()
def status(as_json: Annotated[bool, typer.Option("--json", help="for programs")] = False) -> None:
    """How far each store has come, and what is parked.

    Exit status 1 when a store is away, is not built yet, or has parked documents.
    """
    from storefold.projections_command import show_status

    sys.exit(show_status(as_json=as_json))


@projections.command()
def rebuild(
    which: Which = Stores.all,
    check: Annotated[
        bool, typer.Option("--check", help="compare with the live models first; keep those when anything differs")
    ] = False,
) -> None:
    """Make the models anew from the first event on, and swap them in when they have caught up.

    Queries are answered from the live models until then; `swap-back` returns to those within a second.
    """
    from storefold.projections_command import rebuild

    sys.exit(rebuild(which.value, check=check))


@projections.command("swap-back")
def swap_back(which: Which = Stores.all) -> None:
    """Return to the models that were live before the last rebuild."""
    from storefold.projections_command import return_to_previous

    sys.exit(return_to_previous(which.value))
