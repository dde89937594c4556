"""The process that workers are forked from: it holds rules and model already, so that each of them starts at once.

Python's fork server imports this module first. What to load stands in its environment then; anywhere else, importing it
does nothing. Workers share that memory as long as they don't write to it.
"""

import gc
import json
import multiprocessing
import os
import secrets
from contextlib import suppress
from multiprocessing.context import BaseContext
from pathlib import Path

from analyzer.batch.values import Settings
from analyzer.batch.worker import end_with_parent, load_analyzer
from analyzer.errors import FairtermsError

__all__ = ["context", "forget_other_runs", "start_server"]

_VARIABLE = "FAIRTERMS_WORKERS_LOAD"
_PRELOADED = (
    "analyzer.classification",
    "analyzer.matching",
    "analyzer.parsing.docx",
    "analyzer.parsing.pdf",
    "analyzer.batch.server",
)


def _load() -> str:
    """Load what the environment asks for, and return which run asked for it."""
    asked = os.environ.pop(_VARIABLE, "")
    if not asked:
        return ""
    run, rules, policy, model = json.loads(asked)
    end_with_parent()  # from here to where it listens for that by itself
    gc.disable()
    with suppress(FairtermsError):  # whoever needs it will meet the same and say so
        _ = load_analyzer(tuple(map(Path, rules)), policy, model).matcher
    gc.enable()
    end_with_parent(0)
    gc.freeze()  # else the collector would write to what the workers share
    return str(run)


_loaded_for = _load()


def start_server(settings: Settings) -> str:
    """Let the process that workers will be forked from load what they need, and return what they know this run by.

    It goes on by itself, so whoever begins with this may do other things meanwhile. Where one is running from an
    earlier run in this process, or the system has none, workers load for themselves.
    """
    for name in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS"):
        # Its buffers for threads that nobody uses would count against the limit on memory.
        os.environ.setdefault(name, "1")
    run = secrets.token_hex(8)
    if _has_server():
        from multiprocessing.forkserver import ensure_running

        rules = list(map(str, settings.rules))
        os.environ[_VARIABLE] = json.dumps([run, rules, settings.policy, settings.model])
        try:
            context()
            ensure_running()
        finally:
            del os.environ[_VARIABLE]
    return run


def context() -> BaseContext:
    """How processes are started: from a server that has the modules loaded and no threads, where there is one."""
    if not _has_server():
        return multiprocessing.get_context("spawn")
    made = multiprocessing.get_context("forkserver")
    made.set_forkserver_preload(list(_PRELOADED))
    return made


def _has_server() -> bool:
    return "forkserver" in multiprocessing.get_all_start_methods()


def forget_other_runs(run: str) -> None:
    """In a worker: keep what was loaded only if it was for this run, for files may have changed since another."""
    if run != _loaded_for:
        load_analyzer.cache_clear()
