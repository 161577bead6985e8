"""Reads a Dockerfile: stages, instructions, their flags and forms. Touches nothing.

Knows the instructions that ours uses, and refuses every other.
"""

import json
import re
import shlex
from collections.abc import Mapping
from dataclasses import dataclass, field

KNOWN = {
    "CMD",
    "COPY",
    "ENV",
    "EXPOSE",
    "FROM",
    "HEALTHCHECK",
    "RUN",
    "STOPSIGNAL",
    "USER",
    "VOLUME",
    "WORKDIR",
}
_VARIABLE = re.compile(r"\$(?:\{(\w+)\}|(\w+))")
_UNITS = {"ms": 0.001, "s": 1.0, "m": 60.0}


class DockerfileError(Exception):
    """The file says something that is wrong, or that this reader does not know."""


@dataclass(frozen=True, slots=True)
class Instruction:
    """One instruction: `COPY --from=client a b` has the flag `from` and the text `a b`."""

    name: str
    text: str
    flags: Mapping[str, str]
    line: int

    @property
    def is_exec(self) -> bool:
        """Whether it is written as a JSON array, which no shell reads."""
        return self.text.startswith("[")

    @property
    def command(self) -> list[str]:
        """What is executed: the array, or a shell with the text."""
        return array(self.text) if self.is_exec else ["/bin/sh", "-c", self.text]

    @property
    def words(self) -> list[str]:
        """The array, or the words of the text."""
        return array(self.text) if self.is_exec else shlex.split(self.text)


@dataclass(frozen=True, slots=True)
class Healthcheck:
    """How often and how a container is examined; times in seconds."""

    command: list[str]
    interval: float
    timeout: float
    start_period: float
    retries: int


@dataclass(slots=True)
class Stage:
    """One FROM and what follows it."""

    base: str
    name: str | None
    line: int
    instructions: list[Instruction] = field(default_factory=list)

    def all(self, name: str) -> list[Instruction]:
        """Its instructions of one kind, in order."""
        return [one for one in self.instructions if one.name == name]

    def last(self, name: str) -> Instruction:
        """The instruction that counts where only one can; DockerfileError where there is none."""
        found = self.all(name)
        if not found:
            raise DockerfileError(f"the stage of line {self.line} has no {name}")
        return found[-1]


def parse(text: str) -> list[Stage]:
    """The stages of a Dockerfile; DockerfileError names the line that is wrong."""
    stages: list[Stage] = []
    for number, line in _logical_lines(text):
        instruction = _instruction(line, number)
        if instruction.name == "FROM":
            stages.append(_stage(instruction))
        elif not stages:
            raise DockerfileError(f"line {number}: {instruction.name} before FROM")
        else:
            stages[-1].instructions.append(instruction)
    if not stages:
        raise DockerfileError("no FROM")
    return stages


def _logical_lines(text: str) -> list[tuple[int, str]]:
    """Lines with their continuations joined and comments left out, by the number of the first."""
    found: list[tuple[int, str]] = []
    parts: list[str] = []
    start = 0
    for number, line in enumerate(text.splitlines(), start=1):
        stripped = line.strip()
        if not stripped or stripped.startswith("#"):
            continue
        start = start if parts else number
        parts.append(stripped.removesuffix("\\").rstrip())
        if not stripped.endswith("\\"):
            found.append((start, " ".join(parts)))
            parts = []
    if parts:
        raise DockerfileError(f"line {start}: goes on after the end of the file")
    return found


def _instruction(line: str, number: int) -> Instruction:
    name, _, rest = line.partition(" ")
    if name not in KNOWN:
        raise DockerfileError(f"line {number}: {name} is not known here")
    flags: dict[str, str] = {}
    rest = rest.strip()
    while rest.startswith("--"):
        flag, _, rest = rest.partition(" ")
        key, _, value = flag.removeprefix("--").partition("=")
        flags[key] = value
        rest = rest.strip()
    if not rest:
        raise DockerfileError(f"line {number}: {name} of nothing")
    return Instruction(name, rest, flags, number)


def _stage(instruction: Instruction) -> Stage:
    words = instruction.text.split()
    if len(words) == 3 and words[1].upper() == "AS":
        return Stage(words[0], words[2], instruction.line)
    if len(words) == 1:
        return Stage(words[0], None, instruction.line)
    raise DockerfileError(f"line {instruction.line}: FROM image [AS name]")


def array(text: str) -> list[str]:
    """A JSON array of strings, as the exec form has it."""
    try:
        found = json.loads(text)
    except ValueError as error:
        raise DockerfileError(f"no JSON array: {text} ({error})") from None
    if not (isinstance(found, list) and found and all(isinstance(one, str) for one in found)):
        raise DockerfileError(f"no array of strings: {text}")
    return found


def expanded(text: str, variables: Mapping[str, str]) -> str:
    """The text with `$NAME` and `${NAME}` replaced; a name that is not set counts as empty."""
    return _VARIABLE.sub(lambda match: variables.get(match[1] or match[2], ""), text)


def assignments(instruction: Instruction, variables: Mapping[str, str]) -> dict[str, str]:
    """What an ENV sets; `variables` is what was set before it."""
    found: dict[str, str] = {}
    for word in shlex.split(instruction.text):
        name, sign, value = word.partition("=")
        if not sign:
            raise DockerfileError(f"line {instruction.line}: ENV NAME=value")
        found[name] = expanded(value, variables)
    return found


def healthcheck(stage: Stage) -> Healthcheck:
    """The HEALTHCHECK of a stage, with Docker's defaults for what it leaves out."""
    instruction = stage.last("HEALTHCHECK")
    kind, _, text = instruction.text.partition(" ")
    if kind != "CMD":
        raise DockerfileError(f"line {instruction.line}: HEALTHCHECK … CMD …")
    flags = dict(instruction.flags)
    made = Healthcheck(
        command=Instruction("CMD", text.strip(), {}, instruction.line).command,
        interval=seconds(flags.pop("interval", "30s")),
        timeout=seconds(flags.pop("timeout", "30s")),
        start_period=seconds(flags.pop("start-period", "0s")),
        retries=int(flags.pop("retries", "3")),
    )
    if flags:
        raise DockerfileError(f"line {instruction.line}: HEALTHCHECK knows no {sorted(flags)}")
    return made


def seconds(text: str) -> float:
    """A duration such as `10s`, `1m30s` or `500ms`."""
    parts = re.findall(r"(\d+)(ms|s|m)", text)
    if "".join(number + unit for number, unit in parts) != text or not parts:
        raise DockerfileError(f"no duration: {text}")
    return sum(int(number) * _UNITS[unit] for number, unit in parts)
