"""The pictures that a model is shown: read from the storage, made small, never in the loop."""

import asyncio
from collections.abc import Mapping, Sequence

import structlog

from trialogue.ai.prompt import Image
from trialogue.core import files, wire
from trialogue.core.errors import ChatError
from trialogue.core.files import Kept
from trialogue.store.database import Database
from trialogue.store.files import Files

log = structlog.get_logger(__name__)

SIDE = 1568  # pixels of the longer side: larger ones are made smaller by most providers


class Pictures:
    """Pictures of messages, as models take them."""

    def __init__(self, database: Database, files_: Files) -> None:
        self._database = database
        self._files = files_

    async def load(self, shown: Sequence[wire.Attachment]) -> Mapping[str, Image]:
        """These pictures by their ids. What is gone, too large or broken is left out: the
        question can be answered without."""
        if not shown:
            return {}
        kept = await self._database.read(files.kept_as, [each.id for each in shown])
        return await asyncio.to_thread(self._read, kept)

    def _read(self, kept: Sequence[Kept]) -> Mapping[str, Image]:
        found = {each.id: self._small(each) for each in kept}
        return {key: image for key, image in found.items() if image is not None}

    def _small(self, kept: Kept) -> Image | None:
        try:
            data = self._files.small(kept.path, kept.mime_type, kept.file_size, SIDE)
        except ChatError as error:
            log.warning("pictures.not_read", file=kept.id, reason=error.detail)
            return None
        return None if data is None else Image(data, "image/jpeg", kept.file_name)
