"""A real S3 server of the test's own, moto's, with buckets in its memory."""

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import httpx

from tests.support.server import PATIENCE
from trialogue.store.blobs import Access

RUNNING = re.compile(r"Running on (http://127\.0\.0\.1:\d+)")


class Buckets:
    """A running server. Its buckets are as good as secret: no two tests know the same one."""

    def __init__(self, address: str, process: "subprocess.Popen[str]") -> None:
        self.address = address
        self.process = process

    @property
    def access(self) -> Access:
        """What it asks for."""
        return Access(self.address, "us-east-1", "key", "a secret of tests")

    @property
    def settings(self) -> dict[str, str]:
        """The same for a server of ours."""
        access = self.access
        values = {"ENDPOINT": access.endpoint, "REGION": access.region, "KEY": access.key}
        given = {f"TRIALOGUE_S3_{name}": str(value) for name, value in values.items()}
        return {**given, "TRIALOGUE_S3_SECRET": str(access.secret)}

    def make(self) -> str:
        """The name of a new bucket."""
        name = f"bucket-{os.urandom(4).hex()}"
        answer = httpx.put(f"{self.address}/{name}", trust_env=False, timeout=PATIENCE)
        assert answer.status_code == 200, answer.text
        return name

    def names(self, bucket: str) -> list[str]:
        """What is in a bucket, as its owner sees it."""
        answer = httpx.get(
            f"{self.address}/{bucket}?list-type=2", trust_env=False, timeout=PATIENCE
        )
        return re.findall(r"<Key>(.*?)</Key>", answer.text)

    def unfinished(self, bucket: str) -> int:
        """How many uploads in parts were begun and not ended."""
        answer = httpx.get(f"{self.address}/{bucket}?uploads", trust_env=False, timeout=PATIENCE)
        return answer.text.count("<UploadId>")


@contextmanager
def serving() -> Iterator[Buckets]:
    """A server, until the end of the `with`."""
    command = [sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", "0"]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as process:
        assert process.stderr is not None
        try:
            found = next(filter(None, map(RUNNING.search, process.stderr)), None)
            assert found, "the S3 server did not start"
            yield Buckets(found[1], process)
        finally:
            process.kill()
