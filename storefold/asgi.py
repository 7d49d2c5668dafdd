"""The ASGI application of an API process."""

from api.app import create_app
from storefold.bootstrap import build_parts
from storefold.settings import get_settings
from write_side.collector import calm_collector

app = create_app(build_parts(get_settings()))
calm_collector()
