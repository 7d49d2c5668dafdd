"""The one door to `localstripe`, which carries no types.

In: nothing. Out: its `resources` module as `Any`. Other modules subclass and shadow what
is in there; `assembly.py` imports its `server` only after that.
"""

import importlib
from typing import Any

resources: Any = importlib.import_module("localstripe.resources")
