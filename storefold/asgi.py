"""The ASGI application of an API process."""

from api.app import create_app
from storefold.bootstrap import build_write_side
from storefold.settings import get_settings

settings = get_settings()
app = create_app(settings.redis_url, settings.elasticsearch_url, build_write_side(settings).bus)
