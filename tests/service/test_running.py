"""How the service starts, goes on after trouble, and ends."""

import json
import signal
import socket
import subprocess
import sys
import threading
from pathlib import Path

import httpx
import psutil
import pytest

from tests.service.files import CLEAN, long_text
from tests.service.serving import PROGRAM, ROOT, Service, serving


def failed(*arguments: str, folder: Path, code: str = "") -> str:
    """What a service that does not start says; it exits with 2."""
    program = [sys.executable, "-c", f"{code}\nfrom analyzer.cli import main; main()"] if code else PROGRAM
    done = subprocess.run(
        [*program, "serve", "--port", "0", *arguments],
        capture_output=True,
        text=True,
        cwd=folder,
        env={"PYTHONPATH": str(ROOT), "PATH": "/usr/bin:/bin", "TMPDIR": str(folder)},
        timeout=120,
        check=False,
    )
    assert done.returncode == 2, done.stderr
    assert "Traceback" not in done.stderr
    assert done.stdout == ""
    return done.stderr


@pytest.mark.parametrize("host", ["0.0.0.0", "192.0.2.7", "::", "agency.example"])  # noqa: S104 - it must be refused
def test_an_address_that_others_reach_needs_a_token(tmp_path: Path, host: str) -> None:
    said = failed("--host", host, folder=tmp_path)
    assert f"fairterms: {host}: this address can be reached from other machines" in said
    assert "--token-file" in said


@pytest.mark.parametrize("text", ["", "short", "two words that are long enough", "ünïcödé-ünïcödé-ünïcödé"])
def test_a_token_that_protects_nothing(tmp_path: Path, text: str) -> None:
    (tmp_path / "token").write_text(text, encoding="utf-8")
    said = failed("--token-file", "token", folder=tmp_path)
    assert "token" in said
    assert text == "" or text not in said


def test_a_token_file_that_is_not_there(tmp_path: Path) -> None:
    assert "no such file" in failed("--token-file", "token", folder=tmp_path)


@pytest.mark.parametrize(
    ("library", "arguments"), [("fastapi", ()), ("uvicorn", ()), ("python_multipart", ())], ids=lambda value: str(value)
)
def test_without_the_libraries_that_serve_it_says_what_to_install(
    tmp_path: Path, library: str, arguments: tuple[str, ...]
) -> None:
    said = failed(*arguments, folder=tmp_path, code=f"import sys; sys.modules['{library}'] = None")
    assert f"fairterms: serve: it needs {library}, which is not installed." in said
    assert "pip install 'fairterms[serve]'" in said


def test_a_policy_a_rule_and_a_model_that_are_wrong(tmp_path: Path) -> None:
    (tmp_path / "rules/waterfall").mkdir(parents=True)
    (tmp_path / "rules/waterfall/x.toml").write_text("nothing = 1\n")
    (tmp_path / "policy.toml").write_text('fail_on = "never"\n')
    assert "policy.toml" in failed("--policy", "policy.toml", folder=tmp_path)
    assert "no-such-policy" in failed("--policy", "no-such-policy", folder=tmp_path)
    assert "x.toml" in failed("--rules", "rules", folder=tmp_path)
    assert "no-such-model" in failed("--model", "no-such-model", folder=tmp_path)
    assert [path.name for path in tmp_path.iterdir() if path.name.startswith("fairterms")] == []


def test_a_port_that_is_taken(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        said = failed("--port", str(port), folder=tmp_path)
    assert f"127.0.0.1:{port}" in said
    assert "in use" in said


def test_a_policy_of_ones_own_is_the_only_one(tmp_path: Path) -> None:
    (tmp_path / "strict.toml").write_text('name = "strict"\nextends = "nascio"\nfail_on = "low"\n')
    with serving(tmp_path, "--policy", str(tmp_path / "strict.toml")) as running, running.client() as client:
        policies = client.get("/v1/policies").json()
        assert [(policy["name"], policy["is_default"]) for policy in policies] == [("strict", True)]
        result = client.post("/v1/check", files={"files": ("a.txt", CLEAN)})
        assert result.json()["policy"] == policies[0]["identity"]
        other = client.post("/v1/check", files={"files": ("a.txt", CLEAN)}, params={"policy": "nascio"})
        assert other.status_code == 422


def test_it_answers_others_while_it_analyses(service: Service) -> None:
    done: list[int | str] = []

    def ask() -> None:
        with service.client() as client:
            answer = client.post("/v1/check", files={"files": ("long.txt", long_text(1500))})
            done.append(answer.json().get("exit", answer.text))

    thread = threading.Thread(target=ask)
    with service.client() as client:
        thread.start()
        answered = 0
        while not done and thread.is_alive():
            assert client.get("/healthz").json()["status"] == "ok"
            answered += not done
        thread.join()
    assert done == [1]
    assert answered > 10


def test_a_process_that_dies_takes_one_request_down(tmp_path: Path) -> None:
    with serving(tmp_path) as running, running.client() as client:
        worker = analysing(running)
        answers: list[tuple[int, str]] = []

        def ask() -> None:
            with running.client() as other:
                answer = other.post("/v1/check", files={"files": ("long.txt", long_text(9000))})
                answers.append((answer.status_code, answer.json().get("kind", "")))

        thread = threading.Thread(target=ask)
        thread.start()
        busy(worker)
        worker.kill()
        thread.join()
        assert answers == [(500, "Crash")]
        assert passes(client)
        idle = analysing(running)
        idle.kill()
        while idle.is_running() and idle.status() != psutil.STATUS_ZOMBIE:
            pass
        assert passes(client)


def test_a_caller_that_hangs_up_leaves_nothing_behind(tmp_path: Path) -> None:
    with serving(tmp_path) as running:
        worker = analysing(running)
        body = b'--xx\r\nContent-Disposition: form-data; name="files"; filename="a.txt"\r\n\r\n'
        body += long_text(9000) + b"\r\n--xx--\r\n"
        head = f"POST /v1/check HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: {len(body)}\r\n"
        head += "Content-Type: multipart/form-data; boundary=xx\r\n\r\n"
        with socket.create_connection(("127.0.0.1", running.port)) as connection:
            connection.sendall(head.encode() + body)
            busy(worker)
        worker.wait(60)
        with running.client() as client:
            assert passes(client)
        assert running.left() == []
        with socket.create_connection(("127.0.0.1", running.port)) as connection:
            connection.sendall(head.encode() + body[: len(body) // 2])
        with running.client() as client:
            assert passes(client)
        assert running.left() == []
        assert "Traceback" not in running.log.read_text()


@pytest.mark.parametrize("way", [signal.SIGTERM, signal.SIGINT])
def test_ending_it_leaves_nothing_behind(tmp_path: Path, way: signal.Signals) -> None:
    with serving(tmp_path) as running:
        children = psutil.Process(running.process.pid).children(recursive=True)
        running.process.send_signal(way)
        assert running.process.wait(60) == 0
        psutil.wait_procs(children, timeout=60)
        assert [child for child in children if child.is_running()] == []
        assert list(running.spool.iterdir()) == []
        # A signal that comes while the event loop is closed leaves it to the interpreter, which grumbles as it ends.
        assert "Traceback" not in running.log.read_text().partition("Exception ignored in")[0]


def test_what_a_kill_leaves_behind_is_gone_with_the_next_start(tmp_path: Path) -> None:
    with serving(tmp_path) as running:
        children = psutil.Process(running.process.pid).children(recursive=True)
        running.process.kill()
        running.process.wait(60)
        psutil.wait_procs(children, timeout=60)
        assert [child for child in children if child.is_running()] == []
        [left] = running.spool.iterdir()
    (tmp_path / "spool/fairterms-serve-of-another-kind").mkdir()
    with serving(tmp_path) as one, serving(tmp_path) as other:
        assert not left.exists()
        assert len(list(other.spool.iterdir())) == 3
        with one.client() as client:
            assert passes(client)


def passes(client: httpx.Client) -> bool:
    """Whether the service still does what it is for."""
    answer = client.post("/v1/check", files={"files": ("a.txt", CLEAN)})
    assert answer.status_code == 200, answer.text
    return answer.json()["exit"] == 0


def analysing(service: Service) -> psutil.Process:
    """The process that analyses for a service."""
    children = psutil.Process(service.process.pid).children()
    [worker] = [child for child in children if "spawn_main" in " ".join(child.cmdline())]
    return worker


def busy(worker: psutil.Process) -> None:
    """Wait until a process has begun with what it was given."""
    before = worker.cpu_times().user
    while worker.cpu_times().user < before + 0.2:
        assert worker.is_running()


def test_the_example_answers_are_json(service: Service) -> None:
    with service.client() as client:
        assert json.loads(client.get("/openapi.json").text)["openapi"].startswith("3.1")
