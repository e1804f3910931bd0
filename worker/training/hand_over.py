"""Hands the feature extraction of a job over to all workers, a chunk of its images to each.

The recipe of a chunk names `config`, `choices` and `bank` of `mslg_core.features.extraction.Missing`, and
how images are decoded: `side` and `values`, the `value_range` of the dataset.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import update

from mslg_core.configs.job import parse_config
from mslg_core.features import extraction
from mslg_core.features.cache import FeatureCache
from mslg_core.features.choice import Choice
from mslg_core.features.elsewhere import extract_elsewhere
from mslg_core.features.extraction import Hooks, Missing
from mslg_core.images.sources import EncodedSource, ImageSource
from mslg_core.training.trainer import has_gpu
from store.database.columns import JsonObject
from store.infrastructure.broker import FILESYSTEM_SCHEME
from store.models import Job
from store.settings import get_settings
from store.tasks import chunks
from store.tasks.lifecycle import Progress
from worker.app import app
from worker.claims import Claim, WaitingError
from worker.training.progress import CHOOSING, EXTRACTING

TASK = "features.run"
# Chunks of the cache per task: on a GPU, 512 images take less time than the task's start.
CHUNKS_PER_TASK, CHUNKS_PER_TASK_ON_GPU = 1, 64


@dataclass(frozen=True, slots=True)
class HandOver:
    """A hook of `Hooks.hand_over` for a job whose images are those of `source`.

    inputs_key: of the job's labels, which an attempt after the wait has to find unchanged.
    """

    claim: Claim[Job]
    source: ImageSource
    values: Sequence[float] | None
    inputs_key: str

    def __call__(self, missing: Missing) -> None:
        """Plan chunks and raise `WaitingError`, unless they are few, or this job had the same planned before:
        what is missing after that, it extracts itself.
        """
        size = extraction.CHUNK * (CHUNKS_PER_TASK_ON_GPU if has_gpu() else CHUNKS_PER_TASK)
        if len(missing.positions) <= size or not has_several_workers():
            return
        ids = self._plan(missing, size)
        self.claim.stop_if_cancelled()
        if ids is not None:
            for chunk_id in ids:
                app.send_task(TASK, args=[chunk_id])
            raise WaitingError

    def _plan(self, missing: Missing, size: int) -> list[str] | None:
        """Ids of the chunks to send, None if there is nothing to wait for."""
        index, contents = missing.positions, self.source.contents
        parts = [index[start : start + size] for start in range(0, len(index), size)]
        progress = Progress(0, len(index), CHOOSING if len(missing.choices) > 1 else EXTRACTING)
        with self.claim.writing(progress) as session:
            started = update(Job).where(Job.id == self.claim.id, Job.checkpoint_key.is_(None))
            session.execute(started.values(checkpoint_key=self.inputs_key))
            images = [(part, contents[part]) for part in parts]
            return chunks.plan(session, self.claim.id, self._recipe(missing), images)

    def _recipe(self, missing: Missing) -> JsonObject:
        return {
            "config": missing.config.model_dump(mode="json"),
            "choices": [[choice.name, choice.mirror] for choice in missing.choices],
            "bank": missing.bank,
            "side": self.source.shape[1],
            "values": None if self.values is None else list(self.values),
        }


def has_several_workers() -> bool:
    """Whether the service is set up for several workers: the embedded one has one, and none to wait for."""
    return not get_settings().resolved_broker_url.startswith(FILESYSTEM_SCHEME)


def extract_chunk(recipe: JsonObject, source: EncodedSource, cache: FeatureCache, hooks: Hooks) -> None:
    """Extract what `recipe` names of all images of `source`. Raises what `extract_elsewhere` does."""
    choices = [Choice(name, mirror) for name, mirror in recipe["choices"]]
    extract_elsewhere(parse_config(recipe["config"]), choices, recipe["bank"], source, cache, hooks)
