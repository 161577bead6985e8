"""A storage of files for tests in which nobody reads any."""

from pathlib import Path

from trialogue.store.blobs import LocalBlobs
from trialogue.store.files import Files


def nowhere() -> Files:
    """Files in a folder that does not exist, and is not made."""
    folder = Path("/nowhere")
    return Files(LocalBlobs(folder), folder / "incoming")
