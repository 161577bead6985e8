"""A clean root: a folder in which a command sees the files of an image and not those of the host.

The system's programs (/usr) are the host's, read-only; /usr/local is that of the base image; all
else is the folder's own. Needs Linux, root, and the programs unshare, mount and chroot. The kernel
and the network are the host's.
"""

import os
import shutil
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

PROGRAMS = ("unshare", "mount", "chroot")
LINKS = ("bin", "sbin", "lib", "lib32", "lib64", "libx32")
DEVICES = ("full", "null", "random", "tty", "urandom", "zero")
# What name look-ups and TLS need of /etc; accounts are made anew.
CONFIGURATION = (
    "alternatives",
    "ca-certificates",
    "debian_version",
    "hosts",
    "ld.so.conf",
    "ld.so.conf.d",
    "login.defs",
    "nsswitch.conf",
    "os-release",
    "resolv.conf",
    "ssl",
)
ACCOUNTS = {
    "passwd": "root:x:0:0:root:/root:/bin/sh\nnobody:x:65534:65534::/nonexistent:/bin/false\n",
    "group": "root:x:0:\nshadow:x:42:\nnogroup:x:65534:\n",
    "shadow": "root:*:19000:0:99999:7:::\n",
    "gshadow": "root:*::\n",
}
# $1 the folder, $2 what is /usr/local, $3 the volume and $4 its place; the command follows. With a
# volume the root is read-only but for that and /tmp.
ENTER = """
set -eu
root=$1 local=$2 volume=$3 place=$4
shift 4
mount --bind "$root" "$root"
mount --bind /usr "$root/usr"
mount -o remount,bind,ro "$root/usr"
mount --bind "$local" "$root/usr/local"
mount -o remount,bind,ro "$root/usr/local"
mount -t proc proc "$root/proc"
for name in DEVICES; do
  mount --bind "/dev/$name" "$root/dev/$name"
done
if [ -n "$volume" ]; then
  mount --bind "$volume" "$root$place"
  mount -t tmpfs -o mode=1777 tmpfs "$root/tmp"
  mount -o remount,bind,ro "$root"
fi
exec chroot "$@"
""".replace("DEVICES", " ".join(DEVICES))


class Unable(Exception):
    """This machine cannot make a clean root; the text says why."""


@dataclass(frozen=True, slots=True)
class Process:
    """What a command runs with: as a container's configuration has it."""

    environment: Mapping[str, str] = field(default_factory=dict)
    folder: str = "/"
    user: str = "0:0"


@dataclass(frozen=True, slots=True)
class Volume:
    """A folder of the host that a read-only root has at a place."""

    folder: Path
    place: str


def examine() -> None:
    """Raises `Unable` where no clean root can be made."""
    if sys.platform != "linux":
        raise Unable("not Linux")
    if os.geteuid() != 0:
        raise Unable("not root")
    for program in PROGRAMS:
        if shutil.which(program) is None:
            raise Unable(f"no program `{program}` on PATH")
    tried = subprocess.run(
        ["unshare", "--mount", "--pid", "--fork", "mount", "-t", "tmpfs", "tmpfs", "/mnt"],
        capture_output=True,
        text=True,
        check=False,
    )
    if tried.returncode != 0:
        raise Unable(f"namespaces are refused: {tried.stderr.strip()}")


class Root:
    """One clean root. `local` is what it has as /usr/local."""

    def __init__(self, folder: Path, local: Path) -> None:
        self.folder = folder
        self._local = local
        for name in ("dev", "etc", "proc", "root", "run", "tmp", "usr", "var/tmp"):
            (folder / name).mkdir(parents=True, exist_ok=True)
        for name in ("tmp", "var/tmp"):
            (folder / name).chmod(0o1777)
        for name in DEVICES:
            (folder / "dev" / name).touch()
        for name in LINKS:
            host = Path("/") / name
            if host.is_symlink():
                (folder / name).symlink_to(host.readlink())
            elif host.exists():
                raise Unable(f"/{name} is no link into /usr")
        self._configure()
        self.run(["ldconfig"], Process({"PATH": "/usr/sbin:/usr/bin"}))

    def _configure(self) -> None:
        etc = self.folder / "etc"
        for name in CONFIGURATION:
            host = Path("/etc") / name
            if host.is_dir():
                shutil.copytree(host, etc / name, symlinks=True)
            elif host.exists():
                shutil.copy2(host, etc / name)
        for name, text in ACCOUNTS.items():
            (etc / name).write_text(text)

    def path(self, inside: str) -> Path:
        """Where on the host a path of this root is; only of what is the root's own."""
        path = self.folder / inside.lstrip("/")
        own = path.resolve().is_relative_to(self.folder.resolve())
        if not own or path.is_relative_to(self.folder / "usr"):
            raise Unable(f"{inside} is not the root's own")
        return path

    def command(
        self, arguments: Sequence[str], process: Process, volume: Volume | None = None
    ) -> list[str]:
        """What to run on the host, so that the arguments run in here, as process 1 of their own
        process namespace."""
        mounted = [str(volume.folder), volume.place] if volume else ["", ""]
        own = ["unshare", "--mount", "--pid", "--fork", "--kill-child", "sh", "-c", ENTER, "sh"]
        entered = [f"--userspec={process.user}", "--groups=", str(self.folder)]
        variables = [f"{name}={value}" for name, value in process.environment.items()]
        set_up = ["/usr/bin/env", "-i", f"--chdir={process.folder}", *variables]
        return [*own, str(self.folder), str(self._local), *mounted, *entered, *set_up, *arguments]

    def run(
        self, arguments: Sequence[str], process: Process, volume: Volume | None = None
    ) -> "subprocess.CompletedProcess[str]":
        """Run a command to its end, whatever that is."""
        return subprocess.run(
            self.command(arguments, process, volume),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
        )
