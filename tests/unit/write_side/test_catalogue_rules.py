"""Every rule of products, categories and brands, both verdicts; with the names that they claim."""

import pytest
from pydantic import ValidationError
from support.given import World, given

from write_side.account.events import AccountErased, AccountRegistered
from write_side.account.state import ACCOUNT
from write_side.catalog.brand import decide as brands
from write_side.catalog.brand.commands import CreateBrand, RenameBrand
from write_side.catalog.brand.events import BrandCreated, BrandRenamed
from write_side.catalog.brand.state import BRAND
from write_side.catalog.category import decide as categories
from write_side.catalog.category.commands import CreateCategory, RemoveCategory, UpdateCategory
from write_side.catalog.category.events import CategoryChanged, CategoryCreated, CategoryRemoved
from write_side.catalog.category.state import CATEGORY
from write_side.catalog.product import decide
from write_side.catalog.product.commands import (
    AddVariant,
    CreateProduct,
    DeleteProduct,
    NewVariant,
    RemoveVariant,
    UpdateProduct,
    UpdateVariant,
)
from write_side.catalog.product.events import (
    ProductChanged,
    ProductCreated,
    ProductDeactivated,
    ProductDeleted,
    ProductReactivated,
    ProductRepriced,
    VariantAdded,
    VariantChanged,
    VariantRemoved,
)
from write_side.catalog.product.state import PRODUCT, Product
from write_side.messages import Actor, Event
from write_side.stock.commands import AdjustStock
from write_side.stock.decide import NoSuchSku
from write_side.stock.events import StockAdjusted
from write_side.stock.state import STOCK
from write_side.values import Sealed

KETTLE = ProductCreated(
    product_id=1,
    name="Kettle",
    slug="kettle",
    sku="K",
    selling_price=1999,
    low_stock_threshold=5,
    seller_id=8,
    category_id=20,
)
RED = VariantAdded(product_id=1, variant_id=11, name="Red", sku="K-R", price=2499)
SERVICE = Actor(service="import")
SELLER, RIVAL = (Actor(person_id=person, roles=frozenset({"seller"})) for person in (8, 9))
ADMIN = Actor(person_id=2, roles=frozenset({"admin"}))


def product(*events: Event) -> Product:
    return given(PRODUCT, KETTLE, RED, *events)


def change(**fields: object) -> list[Event]:
    return decide.change(product(), UpdateProduct.model_validate({"product_id": 1, **fields}), None, None)


# -- products -------------------------------------------------------------------------------------


def test_only_what_changed_is_recorded() -> None:
    assert change(name="Pot", description="") == [ProductChanged(product_id=1, name="Pot")]


def test_the_same_again_is_no_change() -> None:
    assert change(name="Kettle", price="19.99", active=True) == []


def test_prices_are_recorded_as_they_stand_afterwards() -> None:
    assert change(price="18.00", compare_price="19.99") == [
        ProductRepriced(product_id=1, selling_price=1800, list_price=1999, cost_price=None)
    ]


def test_activity_is_recorded_when_it_changes() -> None:
    assert change(active=False) == [ProductDeactivated(product_id=1)]
    hidden = product(ProductDeactivated(product_id=1))
    show = UpdateProduct(product_id=1, active=True)
    assert decide.change(hidden, show, None, None) == [ProductReactivated(product_id=1)]
    assert not hidden.sold and hidden.exists


def test_category_and_brand_are_what_their_names_resolved_to() -> None:
    command = UpdateProduct(product_id=1, name="Kettle")
    assert decide.change(product(), command, 21, 30) == [ProductChanged(product_id=1, category_id=21, brand_id=30)]
    assert decide.change(product(), command, 20, None) == []


def test_tags_are_set_whole_and_each_word_counts_once() -> None:
    assert change(tags=["New", " sale ", "NEW"]) == [ProductChanged(product_id=1, tags=("New", "sale"))]
    tagged = product(ProductChanged(product_id=1, tags=("New",)))
    for tags, events in ((["New"], []), ([], [ProductChanged(product_id=1, tags=())]), (None, [])):
        command = UpdateProduct.model_validate({"product_id": 1, "tags": tags})
        assert decide.change(tagged, command, None, None) == events
    for bad in ([""], ["x" * 101], ["x"] * 51, "x", [1]):
        with pytest.raises(ValidationError):
            UpdateProduct.model_validate({"product_id": 1, "tags": bad})


def test_a_brand_of_null_is_taken_away() -> None:
    branded = product(ProductChanged(product_id=1, brand_id=30))
    take = UpdateProduct(product_id=1, brand=None)
    assert decide.change(branded, take, None, None) == [ProductChanged(product_id=1, brand_id=None)]
    assert decide.change(branded, UpdateProduct(product_id=1), None, None) == []


def test_a_product_is_deleted_once() -> None:
    assert decide.delete(product()) == [ProductDeleted(product_id=1)]
    for gone in (product(ProductDeleted(product_id=1)), PRODUCT.initial):
        with pytest.raises(decide.NoSuchProduct):
            decide.delete(gone)


def test_sellers_change_their_own_products_and_administrators_all() -> None:
    for actor in (SELLER, ADMIN, SERVICE):
        decide.ensure_owner(product(), actor)
    with pytest.raises(decide.NotYourProduct):
        decide.ensure_owner(product(), RIVAL)


def test_a_seller_s_product_is_the_seller_s_own() -> None:
    assert decide.seller_of_new(SELLER, None) == decide.seller_of_new(SELLER, 8) == 8
    assert decide.seller_of_new(ADMIN, 9) == 9
    assert decide.seller_of_new(ADMIN, None) == 2
    assert decide.seller_of_new(SERVICE, None) is None
    with pytest.raises(decide.NotYourProduct):
        decide.seller_of_new(SELLER, 9)


def test_variants_change_and_go_once() -> None:
    rename = UpdateVariant(product_id=1, variant_id=11, name="Crimson", price="24.99")
    assert decide.change_variant(product(), rename) == [VariantChanged(product_id=1, variant_id=11, name="Crimson")]
    assert decide.change_variant(product(), UpdateVariant(product_id=1, variant_id=11, name="Red")) == []
    assert decide.remove_variant(product(), 11) == [VariantRemoved(product_id=1, variant_id=11)]
    gone = product(VariantRemoved(product_id=1, variant_id=11))
    with pytest.raises(decide.NoSuchVariant):
        decide.change_variant(gone, rename)
    with pytest.raises(decide.NoSuchVariant):
        decide.remove_variant(gone, 11)


def test_a_product_has_room_for_so_many_variants() -> None:
    many = [VariantAdded(product_id=1, variant_id=100 + n, name="V", sku=f"V{n}") for n in range(decide.MAX_VARIANTS)]
    decide.ensure_room(given(PRODUCT, KETTLE, *many[:-1]))
    with pytest.raises(decide.TooManyVariants):
        decide.ensure_room(given(PRODUCT, KETTLE, *many))


def test_a_change_of_a_variant_that_is_gone_changes_nothing() -> None:
    late = VariantChanged(product_id=1, variant_id=12, name="Blue")
    assert product(late) == product()


# -- names: SKUs and slugs ------------------------------------------------------------------------


def register(world: World, *people: int) -> None:
    ada = Sealed("open:Ada")
    for person in people:
        registered = AccountRegistered(person_id=person, email=ada, email_hash="x", first_name=ada, last_name=ada)
        world.has(ACCOUNT, person, registered)


def make(world: World, **fields: object) -> dict[str, object]:
    command = CreateProduct.model_validate({"name": "Kettle", "price": "19.99", **fields})
    return world.when(command, SERVICE).result


def test_a_slug_and_a_sku_are_made_when_none_is_given() -> None:
    world = World()
    first, second = make(world), make(world)
    assert first["slug"] == "kettle"
    assert second["slug"] == f"kettle-{second['product_id']}"
    assert first["sku"] == f"SKU-{first['product_id']}"


def test_a_slug_is_never_a_word_of_the_api_s_paths() -> None:
    world = World()
    for name in ("Favorites", "Categories!"):
        made = make(world, name=name)
        assert str(made["slug"]).endswith(f"-{made['product_id']}")
    for slug in ("my_products", "FAVORITES"):
        with pytest.raises(decide.SlugReserved):
            make(world, slug=slug)
    assert make(world, name="My products")["slug"] == "my-products"


def test_a_name_without_latin_letters_gives_a_slug_of_its_own() -> None:
    world = World()
    slugs = [str(make(world, name=name)["slug"]) for name in ("茶壺", "茶壺", "Чайник")]
    assert len(set(slugs)) == 3
    assert all(slug.startswith("item") for slug in slugs)


def test_a_chosen_slug_or_sku_must_be_free() -> None:
    world = World()
    make(world, slug="one", sku="S1", variants=[{"name": "Red", "sku": "S2"}])
    with pytest.raises(decide.SlugTaken):
        make(world, slug="one")
    for sku in ("S1", "S2"):
        with pytest.raises(decide.SkuTaken):
            make(world, sku=sku)
    with pytest.raises(decide.SkuTaken):
        make(world, sku="S3", variants=[{"name": "Red", "sku": "S3"}])
    assert make(world, slug="two", sku="S3")["sku"] == "S3"


def test_deleting_frees_every_name() -> None:
    world = World()
    made = make(world, slug="one", sku="S1", variants=[{"name": "Red", "sku": "S2"}])
    world.when(DeleteProduct(product_id=made["product_id"]), SERVICE)
    again = make(world, slug="one", sku="S1", variants=[{"name": "Red", "sku": "S2"}])
    assert again["product_id"] != made["product_id"]


def test_a_removed_variant_s_sku_is_free_and_its_product_keeps_its_own() -> None:
    world = World()
    made = make(world, sku="S1")
    product_id: int = made["product_id"]  # type: ignore[assignment]
    variant = world.when(AddVariant(product_id=product_id, name="Red", sku="S2"), SERVICE).result
    with pytest.raises(decide.SkuTaken):
        world.when(AddVariant(product_id=product_id, name="Blue", sku="S1"), SERVICE)
    world.when(RemoveVariant(product_id=product_id, variant_id=variant["variant_id"]), SERVICE)
    world.when(AddVariant(product_id=product_id, name="Blue", sku="S2"), SERVICE)


def test_each_variant_has_a_stock_of_its_own() -> None:
    world = World()
    variants = [NewVariant(name="Red", sku="R", stock=3), NewVariant(name="Blue", sku="B", stock=0)]
    made = world.when(CreateProduct(name="Kettle", price=1, sku="K", stock=7, variants=variants), SERVICE).result
    red, blue = (entry["variant_id"] for entry in made["variants"])
    levels = [world.state(STOCK, key).available for key in (made["product_id"], red, blue)]
    assert levels == [7, 3, 0]


def test_stock_is_adjusted_by_sku_and_by_its_product_s_owner() -> None:
    world = World()
    register(world, 8)
    make(world, sku="K", seller_id=8, stock=1)
    assert world.when(AdjustStock(sku="K", to=5), SELLER).result["available"] == 5
    with pytest.raises(decide.NotYourProduct):
        world.when(AdjustStock(sku="K", to=5), RIVAL)
    with pytest.raises(NoSuchSku):
        world.when(AdjustStock(sku="L", to=5), SERVICE)


def test_a_product_s_seller_is_somebody() -> None:
    world = World()
    register(world, 8, 9)
    world.has(ACCOUNT, 9, AccountErased(person_id=9))
    assert world.when(CreateProduct(name="Kettle", price=1, seller_id=8), ADMIN).result["product_id"]
    for nobody in (9, 10):
        with pytest.raises(decide.NoSuchSeller):
            world.when(CreateProduct(name="Kettle", price=1, seller_id=nobody), ADMIN)


# -- categories -----------------------------------------------------------------------------------

HOME = CategoryCreated(category_id=20, name="Home", slug="home")


def test_a_category_records_only_what_changed() -> None:
    update = UpdateCategory(category_id=20, name="House", description="")
    assert categories.change(given(CATEGORY, HOME), update) == [CategoryChanged(category_id=20, name="House")]
    assert categories.change(given(CATEGORY, HOME), UpdateCategory(category_id=20, name="Home")) == []


def test_a_category_is_removed_once() -> None:
    assert categories.remove(given(CATEGORY, HOME)) == [CategoryRemoved(category_id=20)]
    gone = given(CATEGORY, HOME, CategoryRemoved(category_id=20))
    for nothing in (gone, CATEGORY.initial):
        with pytest.raises(categories.NoSuchCategory):
            categories.remove(nothing)
        with pytest.raises(categories.NoSuchCategory):
            categories.change(nothing, UpdateCategory(category_id=20, name="House"))


def test_a_name_is_unique_among_siblings_and_a_slug_everywhere() -> None:
    world = World()
    home = world.when(CreateCategory(name="Home"), ADMIN).result
    assert world.when(CreateCategory(name="  HOME "), ADMIN).result == home  # the same one
    garden = world.when(CreateCategory(name="Garden"), ADMIN).result
    below = world.when(CreateCategory(name="Home", parent_id=garden["category_id"]), ADMIN).result
    assert below["slug"] == f"home-{below['category_id']}"
    with pytest.raises(categories.CategoryNameTaken):
        world.when(CreateCategory(name="Home", slug="another"), ADMIN)
    with pytest.raises(categories.CategorySlugTaken):
        world.when(CreateCategory(name="Kitchen", slug="home"), ADMIN)
    with pytest.raises(categories.CategoryNameTaken):
        world.when(UpdateCategory(category_id=garden["category_id"], name="home"), ADMIN)
    with pytest.raises(categories.NoSuchCategory):
        world.when(CreateCategory(name="Orphan", parent_id=999), ADMIN)


def test_a_renamed_and_a_removed_category_free_their_names() -> None:
    world = World()
    first = world.when(CreateCategory(name="Home"), ADMIN).result["category_id"]
    world.when(UpdateCategory(category_id=first, name="House"), ADMIN)
    second = world.when(CreateCategory(name="Home"), ADMIN).result["category_id"]
    assert second != first
    world.when(RemoveCategory(category_id=first), ADMIN)
    assert world.when(CreateCategory(name="House", slug="home"), ADMIN).result["slug"] == "home"


def test_a_category_that_only_changes_its_letters_keeps_its_place() -> None:
    world = World()
    home = world.when(CreateCategory(name="home"), ADMIN).result["category_id"]
    world.when(UpdateCategory(category_id=home, name="Home"), ADMIN)
    assert world.state(CATEGORY, home).name == "Home"
    assert world.when(CreateCategory(name="HOME"), ADMIN).result["category_id"] == home


def test_a_category_is_named_by_its_slug_or_its_id() -> None:
    world = World()
    home = world.when(CreateCategory(name="Home"), SERVICE).result["category_id"]
    year = world.when(CreateCategory(name="2024"), SERVICE).result
    assert year["slug"] == "2024"
    for reference, category_id in (("home", home), (str(home), home), ("2024", year["category_id"])):
        made = make(world, category_reference=reference)
        assert world.state(PRODUCT, int(str(made["product_id"]))).category_id == category_id
    world.when(RemoveCategory(category_id=home), SERVICE)
    for reference in ("home", str(home), "no-such", "99999"):
        with pytest.raises(categories.NoSuchCategory):
            make(world, category_reference=reference)


def test_a_product_makes_the_path_it_needs_and_uses_what_is_there() -> None:
    world = World()
    first = make(world, category=["Home", "Kitchen", "Kettles"])
    second = make(world, category=["home", "kitchen", "Pots"])
    leaves = [world.state(PRODUCT, made["product_id"]).category_id for made in (first, second)]  # type: ignore[arg-type]
    parents = {world.state(CATEGORY, leaf or 0).parent_id for leaf in leaves}
    assert len(set(leaves)) == 2 and len(parents) == 1
    with pytest.raises(categories.NoSuchCategory):
        make(world, category_id=999)


# -- brands ---------------------------------------------------------------------------------------


def test_a_brand_is_renamed_once() -> None:
    acme = given(BRAND, BrandCreated(brand_id=30, name="Acme", slug="acme"))
    assert brands.rename(acme, "ACME") == [BrandRenamed(brand_id=30, name="ACME")]
    assert brands.rename(acme, "Acme") == []
    with pytest.raises(brands.NoSuchBrand):
        brands.rename(BRAND.initial, "Acme")


def test_a_brand_s_name_is_unique_whatever_its_letters() -> None:
    world = World()
    acme = world.when(CreateBrand(name="Acme"), ADMIN).result
    assert world.when(CreateBrand(name="ACME"), ADMIN).result == acme
    other = world.when(CreateBrand(name="Other"), ADMIN).result["brand_id"]
    with pytest.raises(brands.BrandNameTaken):
        world.when(RenameBrand(brand_id=other, name="aCME"), ADMIN)
    world.when(RenameBrand(brand_id=acme["brand_id"], name="Apex"), ADMIN)
    world.when(RenameBrand(brand_id=other, name="Acme"), ADMIN)
    assert world.state(BRAND, other).name == "Acme"


def test_a_brand_s_slug_is_its_own() -> None:
    world = World()
    slugs = [world.when(CreateBrand(name=name), ADMIN).result["slug"] for name in ("A B", "A-B", "…", "!!")]
    assert slugs[0] == "a-b" and slugs[1].startswith("a-b-")
    assert len(set(slugs)) == 4


# -- what one update may change at once -----------------------------------------------------------


def shelf(*variants: int) -> World:
    shop = World()
    made = {"name": "Kettle", "price": "19.99", "sku": "K", "stock": 7, "compare_price": "25", "cost_price": "9"}
    extra = [{"name": f"V{n}", "stock": n} for n in variants]
    shop.when(CreateProduct.model_validate(made | {"weight": "1.5", "dimensions": "1x2x3", "variants": extra}), ADMIN)
    return shop


def made_id(shop: World) -> int:
    return shop.owner("sku", "K") or 0


def update(shop: World, **fields: object) -> list[Event]:
    return shop.when(UpdateProduct.model_validate({"product_id": made_id(shop), **fields}), ADMIN).events


def test_a_null_that_is_sent_takes_away_and_one_that_is_not_leaves() -> None:
    shop = shelf()
    number = made_id(shop)
    assert update(shop, name=None, price=None, description=None) == []
    assert update(shop, compare_price=None) == [
        ProductRepriced(product_id=number, selling_price=1999, list_price=None, cost_price=900)
    ]
    assert update(shop, weight=None, dimensions=None) == [
        ProductChanged(product_id=number, weight=None, dimensions=None)
    ]
    assert update(shop, compare_price=None, weight=None) == []
    assert update(shop, cost_price=None) == [
        ProductRepriced(product_id=number, selling_price=1999, list_price=None, cost_price=None)
    ]


def test_a_new_sku_is_taken_and_the_old_one_is_free() -> None:
    shop = shelf()
    number = made_id(shop)
    done = shop.when(UpdateProduct(product_id=number, sku="K2"), ADMIN)
    assert done.events == [ProductChanged(product_id=number, sku="K2")]
    assert done.result["sku"] == "K2"
    assert (shop.owner("sku", "K"), shop.owner("sku", "K2")) == (None, number)
    adjusted = shop.when(AdjustStock(sku="K2", to=3), ADMIN)
    assert (adjusted.result["sku"], adjusted.result["available"]) == ("K2", 3)
    assert shop.when(UpdateProduct(product_id=number, sku="K2"), ADMIN).events == []
    shop.when(CreateProduct.model_validate({"name": "Pot", "price": "1", "sku": "K"}), ADMIN)
    with pytest.raises(decide.SkuTaken):
        shop.when(UpdateProduct(product_id=number, sku="K"), ADMIN)


def test_price_and_number_change_in_one_command() -> None:
    shop = shelf()
    number = made_id(shop)
    events = update(shop, price="10", available=2)
    assert events == [
        ProductRepriced(product_id=number, selling_price=1000, list_price=2500, cost_price=900),
        StockAdjusted(product_id=number, by=-5, reason="set with the product"),
    ]
    assert update(shop, available=2) == []


def test_the_number_is_the_whole_product_s_and_its_base_takes_the_difference() -> None:
    shop = shelf(3, 1)
    number = made_id(shop)
    assert update(shop, available=11) == []
    update(shop, available=4)
    assert shop.state(STOCK, number).available == 0
    with pytest.raises(decide.FewerThanVariants) as refused:
        update(shop, available=3, price="1")
    assert refused.value.extra == {"variants": 4, "field": "available"}
    assert shop.state(PRODUCT, number).selling_price == 1999
