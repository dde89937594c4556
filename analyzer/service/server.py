"""Starts the service and ends it: the socket, the processes that analyse, the folder for what they write."""

import logging
import signal
import socket
import sys
from collections.abc import Mapping
from typing import NoReturn

from analyzer.errors import FairtermsError
from analyzer.policy import DEFAULT_POLICY, Policy, check_policy, load_policy, shipped_policies
from analyzer.resources import patterns_folder
from analyzer.rulefiles import load_rules
from analyzer.service.pool import Pool
from analyzer.service.settings import Settings
from analyzer.service.spool import spool

__all__ = ["run"]

_GRACE = 5
"""Seconds that running requests get once the service is told to end."""


def run(settings: Settings) -> None:
    """Serve until the process is told to end.

    Raises FairtermsError where rules, policy or model are wrong, the address can't be had, or the libraries that
    serve are not installed.
    """
    try:
        import python_multipart  # noqa: F401 - takes forms apart, and is first asked for when one comes
        import uvicorn

        from analyzer.service.app import create_app
    except ImportError as error:
        reason = f"it needs {error.name}, which is not installed."
        raise FairtermsError("serve", reason, "Install it with `pip install 'fairterms[serve]'`.") from error

    _log_plainly()
    # Without a handler of ours uvicorn's last act is to end the process by the signal, and nothing is tidied up.
    signal.signal(signal.SIGTERM, _end)
    rules = load_rules(patterns_folder(), *settings.rules)
    policies, default = _policies(settings)
    for policy in policies.values():
        check_policy(policy, rules)
    with spool() as folder, _socket(settings) as listening:
        pool = Pool(settings, folder)
        try:
            config = uvicorn.Config(
                create_app(settings, pool, rules, policies, default),
                access_log=False,
                server_header=False,
                log_config=None,
                lifespan="off",
                timeout_graceful_shutdown=_GRACE,
            )
            host, port = listening.getsockname()[:2]
            print(f"Fairterms listens on http://{_written(host)}:{port}", flush=True)  # noqa: T201 - no front end is above it
            uvicorn.Server(config).run(sockets=[listening])
        except KeyboardInterrupt:
            pass  # uvicorn ended in good order, and passes the signal on
        finally:
            pool.close()


def _policies(settings: Settings) -> tuple[Mapping[str, Policy], str]:
    """The policies that requests may name, and the one that is used where they name none.

    A policy that the service is started with is the only one: no request gets around it.
    """
    if settings.policy:
        policy = load_policy(settings.policy)
        return {policy.name: policy}, policy.name
    return {name: load_policy(name) for name in shipped_policies()}, DEFAULT_POLICY


def _socket(settings: Settings) -> socket.socket:
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    try:
        return socket.create_server((settings.host, settings.port), family=family, backlog=128)
    except OSError as error:
        reason = (error.strerror or type(error).__name__).lower()
        place = f"{_written(settings.host)}:{settings.port}"
        raise FairtermsError(place, f"can't be listened on: {reason}.", "Choose another --port or --host.") from error


def _written(host: str) -> str:
    return f"[{host}]" if ":" in host else host


def _log_plainly() -> None:
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(message)s"))
    for name, level in (("fairterms.serve", logging.INFO), ("uvicorn", logging.WARNING)):
        log = logging.getLogger(name)
        log.handlers, log.propagate = [handler], False
        log.setLevel(level)


def _end(*_: object) -> NoReturn:
    sys.exit(0)
