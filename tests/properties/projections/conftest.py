"""The made-up past and the store in memory are those of `tests/projections/`."""

import sys
from pathlib import Path

sys.path.append(str(Path(__file__).parents[2] / "projections"))
