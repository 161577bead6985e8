"""Executes the stages of a Dockerfile, each in a clean root, as a builder would.

What it does not prove: that the images it stands on exist and have the system libraries of the
host's /usr. `needs_of_system` lists which libraries the result asks of the system, so that they
can be compared with what a slim image has.
"""

import re
import shutil
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path

from deploy.replay import context, dockerfile, stand_ins
from deploy.replay.dockerfile import DockerfileError, Healthcheck, Instruction, Stage
from deploy.replay.root import Process, Root
from deploy.replay.stand_ins import StandIn

Tell = Callable[[str], None]


class BuildError(Exception):
    """A step has failed; the text has its line and its output."""


@dataclass(slots=True)
class State:
    """Where a stage is: its root and what ENV, WORKDIR and USER have set so far."""

    root: Root
    environment: dict[str, str]
    folder: str = "/"
    user: str = "0:0"

    def process(self, **more: str) -> Process:
        """What a command runs with now; HOME is that of the account."""
        home = {"HOME": _home(self.root, self.user.partition(":")[0])}
        return Process({**home, **self.environment, **more}, self.folder, self.user)


@dataclass(frozen=True, slots=True)
class Image:
    """What a build has made."""

    root: Root
    process: Process
    command: list[str]
    healthcheck: Healthcheck
    volume: str
    stop_signal: str


@dataclass(slots=True)
class Builder:
    """One build of one checkout, in a folder of its own."""

    checkout: Path
    folder: Path
    interpreter: str
    tell: Tell = print
    _states: dict[str, State] = field(default_factory=dict)
    _stand_ins: dict[str, StandIn] = field(default_factory=dict)

    def build(self) -> Image:
        """The image of deploy/Dockerfile. Raises BuildError, DockerfileError and Unable."""
        stages = dockerfile.parse((self.checkout / "deploy" / "Dockerfile").read_text())
        for number, stage in enumerate(stages):
            self._states[stage.name or str(number)] = state = self._begin(stage, number)
            for instruction in stage.instructions:
                self._execute(instruction, state)
        return self._image(stages[-1], state)

    def _begin(self, stage: Stage, number: int) -> State:
        base = self._stand_in(stage.base)
        self.tell(f"FROM {stage.base} (here: {base.version})")
        root = Root(self.folder / f"stage{number}", base.local)
        return State(root, {"PATH": stand_ins.SYSTEM_PATH})

    def _stand_in(self, image: str) -> StandIn:
        name = image.partition(":")[0]
        if name not in self._stand_ins:
            if name not in ("node", "python"):
                raise DockerfileError(f"FROM {image}: only node and python have a stand-in here")
            folder = self.folder / "stand_ins"
            made = (
                stand_ins.node(folder)
                if name == "node"
                else stand_ins.python(self.interpreter, folder)
            )
            self._stand_ins[name] = made
        return self._stand_ins[name]

    def _execute(self, instruction: Instruction, state: State) -> None:
        match instruction.name:
            case "ENV":
                state.environment |= dockerfile.assignments(instruction, state.environment)
            case "WORKDIR":
                state.folder = str(Path(state.folder) / instruction.text)
                state.root.path(state.folder).mkdir(parents=True, exist_ok=True)
            case "USER":
                state.user = instruction.text
            case "RUN":
                self._run(instruction, state)
            case "COPY":
                self._copy(instruction, state)
            case _:
                pass  # what the image says of itself; `_image` reads it

    def _run(self, instruction: Instruction, state: State) -> None:
        if instruction.flags:
            raise DockerfileError(f"line {instruction.line}: RUN has no flags here")
        started = time.monotonic()
        ended = state.root.run(instruction.command, state.process(**stand_ins.network()))
        if ended.returncode != 0:
            said = (ended.stdout + ended.stderr)[-4_000:]
            raise BuildError(f"line {instruction.line}: ended with {ended.returncode}\n{said}")
        took = time.monotonic() - started
        self.tell(f"  {took:5.1f} s  RUN {re.sub(' +', ' ', instruction.text)[:100]}")

    def _copy(self, instruction: Instruction, state: State) -> None:
        *sources, target = instruction.words
        origin = instruction.flags.get("from")
        if not sources or set(instruction.flags) - {"from"}:
            raise DockerfileError(f"line {instruction.line}: COPY [--from=stage] source… target")
        into = state.root.path(str(Path(state.folder) / target))
        if len(sources) > 1 and not target.endswith("/"):
            raise DockerfileError(f"line {instruction.line}: several sources need a target with /")
        for source in sources:
            if origin is None:
                found = self._sent(source, instruction.line)
                _copy_files(self.checkout, found, source, into, is_folder=target.endswith("/"))
            else:
                shutil.copytree(
                    self._states[origin].root.path(source), into, symlinks=True, dirs_exist_ok=True
                )

    def _sent(self, source: str, line: int) -> list[str]:
        """The files of the context that a source names; there must be some."""
        name = source.strip("/").removeprefix("./")
        found = [
            path
            for path in context.files(self.checkout)
            if path == name or path.startswith(f"{name}/")
        ]
        if not found:
            raise DockerfileError(f"line {line}: {source} is not in the context")
        return found

    def _image(self, stage: Stage, state: State) -> Image:
        (volume,) = stage.last("VOLUME").words
        return Image(
            root=state.root,
            process=state.process(),
            command=stage.last("CMD").command,
            healthcheck=dockerfile.healthcheck(stage),
            volume=volume,
            stop_signal=stage.last("STOPSIGNAL").text,
        )


def _home(root: Root, user: str) -> str:
    """The home of a user's number; `/` where the image knows no such account, as with Docker."""
    accounts = [line.split(":") for line in root.path("/etc/passwd").read_text().splitlines()]
    return next((fields[5] for fields in accounts if fields[2] == user), "/")


def _copy_files(
    checkout: Path, found: Iterable[str], source: str, into: Path, *, is_folder: bool
) -> None:
    """A folder's content, or one file, under the names that COPY gives them."""
    name = source.strip("/").removeprefix("./")
    for path in found:
        if path == name:
            target = into / Path(path).name if is_folder else into
        else:
            target = into / Path(path).relative_to(name)
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(checkout / path, target, follow_symlinks=False)


def needs_of_system(image: Image, folder: str) -> set[str]:
    """The shared libraries outside `folder` that programs and libraries in it are linked with.
    BuildError names what is not found at all."""
    script = f"find {folder} -name '*.so*' -type f -exec ldd {{}} +"
    said = image.root.run(["/bin/sh", "-c", script], image.process).stdout
    if missing := sorted(set(re.findall(r"^\s*(\S+) => not found", said, re.MULTILINE))):
        raise BuildError(f"not found: {', '.join(missing)}")
    linked = re.findall(r"^\s*(\S+) => (\S+)", said, re.MULTILINE)
    return {name for name, path in linked if not path.startswith(f"{folder}/")}


def size(image: Image, folder: str) -> int:
    """How many bytes a folder of the image has."""
    files = image.root.path(folder).rglob("*")
    return sum(file.lstat().st_size for file in files if not file.is_dir())
