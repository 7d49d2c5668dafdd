"""`bootstrap.py`'s part for the world outside: Stripe, Google's sign-in, text messages and the storage of pictures, or
what stands in for them. Connects to nothing; each is imported only where it is built."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from storefold.settings import Settings
from write_side.refusals import Unavailable

if TYPE_CHECKING:
    from api.google import GoogleSettings
    from workers.object_storage import ObjectStorage
    from workers.stripe_gateway import StripeGateway


def build_stripe(settings: Settings) -> "StripeGateway":
    """The calls to Stripe, or to what stands in for it."""
    from workers.stripe_gateway import StripeGateway

    return StripeGateway(settings.stripe_api_key.get_secret_value(), settings.stripe_api_base)


def build_intent_finder(settings: Settings) -> Callable[[str], dict[str, Any] | None]:
    """What the API asks Stripe for: how an intent stands, and its buyer's secret. All that Stripe is to
    do is a worker's."""
    from workers.stripe_gateway import StripeAway, StripeRefused

    gateway = build_stripe(settings)

    def find(intent_id: str) -> dict[str, Any] | None:
        try:
            return gateway.intent(intent_id)
        except StripeRefused:
            return None
        except StripeAway as error:
            raise Unavailable(str(error)) from error

    return find


def build_google(settings: Settings) -> "GoogleSettings":
    """Where people sign in who have an account there."""
    from api.google import GoogleSettings

    return GoogleSettings(
        issuer=settings.google_issuer,
        client_id=settings.google_client_id,
        client_secret=settings.google_client_secret.get_secret_value(),
        redirect_url=settings.google_redirect_url or f"{settings.base_url}/accounts/google/callback",
        authorize_url=settings.google_authorize_url,
        token_url=settings.google_token_url,
        jwks_url=settings.google_jwks_url,
    )


def build_sms(settings: Settings) -> Callable[[str, str], None]:
    """Sends a text to a number; raises SmsNotSent."""
    from workers.sms import TwilioAccount, file_outbox, twilio

    if settings.sends_sms_to_file:
        return file_outbox(settings.home / "outbox" / "sms.jsonl")
    account = TwilioAccount(
        settings.twilio_account_sid,
        settings.twilio_auth_token.get_secret_value(),
        settings.twilio_sender,
        settings.twilio_api_base,
    )
    return twilio(account)


def build_storage(settings: Settings) -> "ObjectStorage | None":
    """Where pictures are; None where the shop has none."""
    if settings.storage == "off":
        return None
    from workers.object_storage import ObjectStorage, StorageSettings

    return ObjectStorage(
        StorageSettings(
            bucket=settings.storage_bucket,
            region=settings.storage_region,
            endpoint=settings.storage_endpoint,
            public_endpoint=settings.storage_public_endpoint,
            access_key=settings.storage_access_key,
            secret_key=settings.storage_secret_key.get_secret_value(),
        )
    )
