"""Training beside the page, so that people go on working."""

from dataclasses import dataclass, field
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Event, Thread
from typing import TYPE_CHECKING

from analyzer.errors import FairtermsError
from analyzer.resources import samples_folder
from analyzer.rules import RuleSet
from analyzer.store.acting import reading, writing
from analyzer.store.database import Database
from analyzer.store.models import keep_model
from analyzer.store.samples import teaching_rows
from analyzer.store.values import Person, Project
from analyzer.views.workspace import current_settings, database, person

if TYPE_CHECKING:
    from analyzer.training.sources import Source

__all__ = ["TrainingJob", "start_training", "taught_by"]


@dataclass(slots=True)
class TrainingJob:
    """A model that is being trained; the thread writes and the page looks on."""

    name: str
    step: str = "Gathering the samples"
    done: int = 0
    count: int = 0
    error: str = ""
    model: str = ""
    """Id of the kept model."""
    _ended: Event = field(default_factory=Event)

    def is_done(self, within: float = 0.0) -> bool:
        return self._ended.wait(within)

    def progress(self, step: str, done: int, count: int) -> None:
        """What the training reports to."""
        self.step, self.done, self.count = step, done, count

    def end(self) -> None:
        self._ended.set()


def start_training(owner: Project, name: str, *, with_shipped: bool) -> TrainingJob:
    """Train from a project in a thread of its own."""
    job = TrainingJob(name)
    folder = current_settings().rules_folder
    rules = (Path(folder),) if folder else ()
    arguments = (job, owner, person(), database(), rules)
    Thread(
        target=_run, args=arguments, kwargs={"with_shipped": with_shipped}, daemon=True, name="fairterms-training"
    ).start()
    return job


def taught_by(where: Database, who: Person, owner: Project, rules: RuleSet) -> "Source":
    """What the people of a project decided and labelled. Raises SampleError where there is nothing."""
    from analyzer.training.sources import workspace_source

    with reading(where, who) as acting:
        rows = teaching_rows(acting, owner.id)
    source, _ = workspace_source(owner.name, rows, rules)
    return source


def _run(
    job: TrainingJob, owner: Project, who: Person, where: Database, rules: tuple[Path, ...], *, with_shipped: bool
) -> None:
    from analyzer.engine import Analyzer
    from analyzer.training.training import train

    try:
        analyzer = Analyzer(rules=rules, model=None)
        sources = [taught_by(where, who, owner, analyzer.rules), *(_shipped() if with_shipped else ())]
        with TemporaryDirectory(prefix="fairterms-") as folder:
            output = Path(folder) / "model"
            today = datetime.now(tz=UTC).date().isoformat()
            trained = train(sources, output, analyzer=analyzer, date=today, progress=job.progress)
            job.progress("Keeping the model", 0, 0)
            with writing(where, who) as acting:
                job.model = keep_model(acting, job.name, output, dict(trained.card)).id
    except FairtermsError as error:
        job.error = f"{error.cause[:1].upper()}{error.cause[1:]} {error.remedy}"
    except Exception as error:  # noqa: BLE001 - whatever happens must be told on the page
        job.error = f"Something went wrong in Fairterms itself ({type(error).__name__}). Nothing was changed."
    finally:
        job.end()


def _shipped() -> "list[Source]":
    """The labelled samples that ship, written for this project."""
    from analyzer.training.samples import documents_of, load_samples
    from analyzer.training.sources import Source

    made = []
    for path in sorted(
        (*(samples_folder() / "labels").glob("*.jsonl"), *(samples_folder() / "training").glob("*.jsonl"))
    ):
        digest = sha256(path.read_bytes()).hexdigest()
        documents = tuple(documents_of(load_samples(path)))
        made.append(Source(path.name, digest, "Apache-2.0", documents, is_shippable=True))
    return made
