"""Settings, all from the environment (prefix `STOREFOLD_`); the defaults are the development profile.

`storefold run` fills in the addresses of the services that it starts itself.
"""

from functools import lru_cache
from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import AliasChoices, Field, SecretStr, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

DEVELOPMENT_SECRET = "storefold-development-secret-never-in-production"
DEVELOPMENT_WEBHOOK_SECRET = "whsec_storefold_dev"
DEVELOPMENT_CARRIER_SECRET = "carrier_storefold_dev"
DEVELOPMENT_STORAGE_SECRET = "storage-storefold-development"

Rate = Annotated[str, Field(pattern="^[1-9][0-9]{0,8}/[0-9]{0,4}(s|min|h|d)$")]


class Settings(BaseSettings):
    """Raises pydantic's ValidationError, naming the variable, for a value that cannot stand."""

    model_config = SettingsConfigDict(env_prefix="STOREFOLD_", extra="ignore", frozen=True)

    profile: Literal["development", "production"] = "development"
    home: Path = Path("var")
    host: str = "127.0.0.1"
    port: int = Field(default=8000, validation_alias=AliasChoices("PORT", "STOREFOLD_PORT"))

    postgres_dsn: str = ""  # as the application role
    postgres_owner_dsn: str = ""  # for `storefold migrate` alone
    keys_dsn: str = ""
    keys_owner_dsn: str = ""
    redis_url: str = ""
    elasticsearch_url: str = ""
    broker_url: str = ""  # Celery's; empty: the same Redis, database 1
    smtp_url: str = ""
    mail_from: str = "Storefold <no-reply@storefold.test>"
    martaff_mail_from: str = "no-reply@martaf.com"  # of mails that martaff's clients ask for
    login_page: str = "http://localhost:5173/one-time-login/"  # a frontend's, for links that sign in once
    public_url: str = ""  # where clients reach the API, for links in mails; empty: host and port

    stripe_api_base: str = ""  # empty: Stripe itself
    stripe_api_key: SecretStr = Field(
        default=SecretStr("sk_test_storefold"),
        validation_alias=AliasChoices("STRIPE_API_KEY", "STOREFOLD_STRIPE_API_KEY"),
    )
    stripe_webhook_secret: SecretStr = Field(
        default=SecretStr(DEVELOPMENT_WEBHOOK_SECRET),
        validation_alias=AliasChoices("STRIPE_WEBHOOK_SECRET", "STOREFOLD_STRIPE_WEBHOOK_SECRET"),
    )

    carrier_webhook_secret: SecretStr = Field(  # what a carrier signs its news with
        default=SecretStr(DEVELOPMENT_CARRIER_SECRET),
        validation_alias=AliasChoices("CARRIER_WEBHOOK_SECRET", "STOREFOLD_CARRIER_WEBHOOK_SECRET"),
    )

    sms: Literal["outbox", "twilio"] | None = None  # None: a file in development, Twilio in production
    twilio_account_sid: str = ""
    twilio_auth_token: SecretStr = SecretStr("")
    twilio_sender: str = ""  # a number of the account's, in E.164
    twilio_api_base: str = "https://api.twilio.com"

    # Where people sign in who have an account there. An issuer alone is enough: the rest is discovered.
    google_issuer: str = ""  # Google's is https://accounts.google.com; empty: nobody signs in that way
    google_client_id: str = "storefold-development"
    google_client_secret: SecretStr = SecretStr(DEVELOPMENT_SECRET)
    google_authorize_url: str = ""
    google_token_url: str = ""
    google_jwks_url: str = ""
    google_redirect_url: str = ""  # empty: /accounts/google/callback where clients reach the API

    # Pictures: S3, or what speaks its API. Off: there are none, and uploads are answered 503.
    storage: Literal["on", "off"] = "on"
    storage_endpoint: str = ""  # empty: Amazon's own
    storage_public_endpoint: str = ""  # where clients reach it, for presigned addresses; empty: the same
    storage_bucket: str = "storefold"
    storage_region: str = "us-east-1"
    storage_access_key: str = "storefold"  # empty: the SDK finds credentials by itself, as a machine's role
    storage_secret_key: SecretStr = SecretStr(DEVELOPMENT_STORAGE_SECRET)

    secret_key: SecretStr = SecretStr(DEVELOPMENT_SECRET)  # signs access tokens
    master_key: SecretStr = SecretStr(DEVELOPMENT_SECRET)  # wraps the keys of personal data
    rate_limits: Literal["on", "off"] = "on"
    # How often a client may ask: `5/15min` is five times in any 15 minutes. Signed in, the client is the person,
    # else the address. The first four are the store's; `open_` are those of surfaces whose contracts name none.
    rate_login: Rate = "5/15min"
    rate_register: Rate = "3/h"
    rate_user: Rate = "100/min"
    rate_anonymous: Rate = "20/min"
    rate_open_login: Rate = "3000/15min"
    rate_open_register: Rate = "3000/h"
    rate_open_user: Rate = "6000/min"
    rate_open_anonymous: Rate = "6000/min"
    rate_native_login: Rate = "1000/15min"
    rate_native_user: Rate = "6000/min"
    rate_native_anonymous: Rate = "1200/min"
    trusted_proxies: list[str] = ["127.0.0.1", "::1"]  # addresses, networks: whose X-Forwarded-For is believed
    cors_origins: list[str] = []
    cookies: Literal["secure", "plain"] | None = None  # None: over HTTPS alone in production
    idempotency_days: float = Field(default=7.0, gt=0)  # how long a request may be repeated under its Idempotency-Key
    max_body_bytes: int = 1_048_576
    body_seconds: float = 30.0  # for a whole body to arrive
    read_own_writes_seconds: float = 2.0  # how long a surface waits for its read models
    workers: int = 1  # API server processes

    @model_validator(mode="after")
    def _no_development_secret_in_production(self) -> Self:
        if self.profile == "production":
            for name, secret, known in (
                ("STOREFOLD_SECRET_KEY", self.secret_key, DEVELOPMENT_SECRET),
                ("STOREFOLD_MASTER_KEY", self.master_key, DEVELOPMENT_SECRET),
                (
                    "STRIPE_WEBHOOK_SECRET",
                    self.stripe_webhook_secret,
                    DEVELOPMENT_WEBHOOK_SECRET,
                ),
                ("CARRIER_WEBHOOK_SECRET", self.carrier_webhook_secret, DEVELOPMENT_CARRIER_SECRET),
                ("STRIPE_API_KEY", self.stripe_api_key, "sk_test_storefold"),
            ):
                if secret.get_secret_value() in (known, ""):
                    raise ValueError(f"{name} must be set to a secret of your own in production")
            stored = self.storage_secret_key.get_secret_value()
            if self.storage == "on" and stored == DEVELOPMENT_STORAGE_SECRET:
                raise ValueError(
                    "STOREFOLD_STORAGE_SECRET_KEY must be set to a secret of your own in production; empty, as the "
                    "access key then is, too: the SDK finds credentials by itself"
                )
            if bool(stored) != bool(self.storage_access_key):
                raise ValueError("STOREFOLD_STORAGE_ACCESS_KEY and STOREFOLD_STORAGE_SECRET_KEY belong together")
            if self.google_issuer and self.google_client_secret.get_secret_value() in (DEVELOPMENT_SECRET, ""):
                raise ValueError("STOREFOLD_GOOGLE_CLIENT_SECRET must be set to the client's secret at the issuer")
            if self.secret_key.get_secret_value() == self.master_key.get_secret_value():
                raise ValueError("STOREFOLD_SECRET_KEY and STOREFOLD_MASTER_KEY must differ")
        return self

    @property
    def celery_broker(self) -> str:
        return self.broker_url or self.redis_url.rpartition("/")[0] + "/1"

    @property
    def secure_cookies(self) -> bool:
        return self.cookies == "secure" or (self.cookies is None and self.profile == "production")

    @property
    def sends_sms_to_file(self) -> bool:
        return self.sms == "outbox" or (self.sms is None and self.profile == "development")

    @property
    def base_url(self) -> str:
        host = "localhost" if self.host in ("0.0.0.0", "::") else self.host  # an address to listen on leads nowhere
        return (self.public_url or f"http://{host}:{self.port}").rstrip("/")


@lru_cache(maxsize=1)
def get_settings() -> Settings:
    """The process's settings, read once."""
    return Settings()
