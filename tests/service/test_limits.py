"""What the service refuses: too much, too many, the wrong kind, the wrong caller."""

import json
import socket
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from tests.service.files import CLEAN
from tests.service.serving import Service, serving

TOKEN = "b7f3c1d09e5a4826b1f0"
FORM = "multipart/form-data; boundary=xx"


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    with serving(tmp_path_factory.mktemp("small"), "--max-bytes", "1000", "--max-files", "3") as running:
        yield running


@pytest.fixture(scope="module")
def closed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    folder = tmp_path_factory.mktemp("closed")
    (folder / "token").write_text(f"{TOKEN}\n")
    with serving(folder, "--token-file", str(folder / "token"), "--host", "127.0.0.2") as running:
        yield running


def problem(answer: httpx.Response) -> tuple[int, str]:
    assert answer.headers["content-type"] == "application/problem+json"
    return answer.status_code, answer.json()["kind"]


def raw(service: Service, request: bytes) -> tuple[str, str]:
    """First line and problem of the answer to bytes after which nothing more is sent, nor the connection closed."""
    host = service.url.removeprefix("http://").rpartition(":")[0]
    with socket.create_connection((host, service.port), timeout=60) as connection:
        connection.sendall(request)
        answer = b""
        while chunk := connection.recv(65536):
            answer += chunk
    head, _, body = answer.partition(b"\r\n\r\n")
    return head.decode().splitlines()[0], json.loads(body)["kind"]


def head(service: Service, *lines: str) -> bytes:
    host = service.url.removeprefix("http://")
    return "\r\n".join(["POST /v1/check HTTP/1.1", f"Host: {host}", f"Content-Type: {FORM}", *lines, "", ""]).encode()


def test_too_much_is_refused_before_it_is_sent(small: Service) -> None:
    status, kind = raw(small, head(small, "Content-Length: 900000000"))
    assert (status.split()[1], kind) == ("413", "RequestTooLarge")


def test_a_client_that_asks_first_need_not_send(small: Service) -> None:
    status, kind = raw(small, head(small, "Content-Length: 900000000", "Expect: 100-continue"))
    assert (status.split()[1], kind) == ("413", "RequestTooLarge")


def test_too_much_without_a_stated_length_is_refused_on_the_way(small: Service) -> None:
    begin = b'--xx\r\nContent-Disposition: form-data; name="files"; filename="a.txt"\r\n\r\n'
    chunk = b"%x\r\n%s\r\n"
    body = chunk % (len(begin), begin) + chunk % (70_000, b"x" * 70_000)
    status, kind = raw(small, head(small, "Transfer-Encoding: chunked") + body)
    assert (status.split()[1], kind) == ("413", "RequestTooLarge")
    assert small.left() == []


@pytest.mark.parametrize("length", ["-1", "1e3", "９", "12 34"])
def test_a_length_that_is_no_number(small: Service, length: str) -> None:
    host = small.url.removeprefix("http://").rpartition(":")[0]
    with socket.create_connection((host, small.port), timeout=60) as connection:
        connection.sendall(head(small, f"Content-Length: {length}"))
        assert connection.recv(65536).split()[1] in {b"400", b"413"}


def test_too_many_files(small: Service) -> None:
    with small.client() as client:
        some = client.post("/v1/check", files=[("files", (f"{n}.txt", CLEAN)) for n in range(3)])
        many = client.post("/v1/check", files=[("files", (f"{n}.txt", CLEAN)) for n in range(4)])
        two = client.post("/v1/scan", files=[("file", (f"{n}.txt", CLEAN)) for n in range(2)])
    assert some.status_code == 200
    assert problem(many) == (400, "MalformedRequest")
    assert problem(two) == (400, "MalformedRequest")
    assert "files" in many.json()["detail"]


@pytest.mark.parametrize(
    ("content", "content_type", "expected"),
    [
        (b"{}", "application/json", (415, "UnsupportedRequest")),
        (b"files=rfp.docx", "application/x-www-form-urlencoded", (415, "UnsupportedRequest")),
        (b"", "", (415, "UnsupportedRequest")),
        (b"", "multipart/form-data", (400, "MalformedRequest")),
        (b"", FORM, (400, "MalformedRequest")),
        (b"\x00\xff" * 50, FORM, (400, "MalformedRequest")),
        (b"--xx\r\n\r\nno name\r\n--xx--\r\n", FORM, (400, "MalformedRequest")),
        (
            b'--xx\r\nContent-Disposition: form-data; name="files"\r\n\r\na\r\n--xx--\r\n',
            FORM,
            (400, "MalformedRequest"),
        ),
        (
            b'--xx\r\nContent-Disposition: form-data; name="other"; filename="a"\r\n\r\na\r\n--xx--\r\n',
            FORM,
            (400, "MalformedRequest"),
        ),
        (
            b'--xx\r\nContent-Disposition: form-data; name="files"; filename="a"\r\n\r\na',
            FORM,
            (400, "MalformedRequest"),
        ),
        (b"--xx--\r\n", "multipart/form-data; boundary=xx; charset=no-such", (400, "MalformedRequest")),
        (b"--xx--\r\n", "multipart/form-data; boundary=" + "x" * 300, (400, "MalformedRequest")),
    ],
    ids=[
        "json",
        "url-encoded",
        "nothing",
        "no boundary",
        "empty",
        "noise",
        "no name",
        "no file",
        "other name",
        "cut off",
        "charset",
        "long boundary",
    ],
)
def test_what_is_no_form_with_files(
    service: Service, content: bytes, content_type: str, expected: tuple[int, str]
) -> None:
    with service.client() as client:
        answer = client.post("/v1/check", content=content, headers={"Content-Type": content_type})
    assert problem(answer) == expected


def test_paths_and_methods_that_there_are_not(client: httpx.Client) -> None:
    assert problem(client.get("/v1/nothing"))[0] == 404
    answer = client.get("/v1/check")
    assert (problem(answer)[0], answer.headers["allow"]) == (405, "POST")
    assert client.get("/docs").status_code == 404


@pytest.mark.parametrize(
    "host", ["attacker.example", "attacker.example:8000", "127.0.0.1.attacker.example", "[::2]", ""]
)
def test_a_page_elsewhere_whose_name_leads_here_is_refused(client: httpx.Client, host: str) -> None:
    assert problem(client.get("/v1/rules", headers={"Host": host})) == (421, "StrangeHost")


@pytest.mark.parametrize("host", ["localhost", "localhost:9", "127.0.0.1", "[::1]:8000", "127.9.9.9"])
def test_this_machine_by_its_names(client: httpx.Client, host: str) -> None:
    assert client.get("/healthz", headers={"Host": host}).status_code == 200


@pytest.mark.parametrize(
    "said",
    ["", "Bearer", f"Basic {TOKEN}", "Bearer wrong", f"Bearer {TOKEN}x", f"Bearer {TOKEN[:-1]}", TOKEN, "Bearer ä"],
)
def test_without_the_token_nothing_is_told(closed: Service, said: str) -> None:
    with closed.client() as client:
        for route in ("/v1/rules", "/openapi.json", "/v1/nothing"):
            answer = client.get(route, headers=[(b"Authorization", said.encode("latin-1"))])
            assert problem(answer) == (401, "Unauthorized")
            assert answer.headers["www-authenticate"] == "Bearer"
        assert client.post("/v1/check", files={"files": ("a.txt", CLEAN)}).status_code == 401
        assert client.get("/healthz").status_code == 200


def test_with_the_token_the_name_of_the_host_is_free(closed: Service) -> None:
    headers = {"Authorization": f"Bearer {TOKEN}", "Host": "fairterms.agency.example"}
    with closed.client(headers=headers) as client:
        assert client.post("/v1/check", files={"files": ("a.txt", CLEAN)}).json()["exit"] == 0
        security = client.get("/openapi.json").json()["security"]
    assert security == [{"token": []}]
    assert TOKEN not in closed.log.read_text()


def test_a_long_analysis_is_stopped_and_the_next_one_served(tmp_path: Path) -> None:
    from tests.service.files import long_text

    with serving(tmp_path, "--seconds", "1") as running, running.client() as client:
        answer = client.post("/v1/check", files={"files": ("long.txt", long_text(9000))})
        assert problem(answer) == (422, "TookTooLong")
        assert answer.json()["file"] == "long.txt"
        assert client.post("/v1/check", files={"files": ("a.txt", CLEAN)}).json()["exit"] == 0
        assert running.left() == []
