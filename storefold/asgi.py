"""The ASGI application of an API process."""

from api.app import create_app
from storefold.bootstrap import build_parts
from storefold.settings import get_settings

app = create_app(build_parts(get_settings()))
