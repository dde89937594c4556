"""What the service answers to files, as a program that calls it sees it."""

import json
import zipfile
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from io import BytesIO
from pathlib import Path
from typing import Any

import httpx
import pikepdf
import pytest
from jsonschema import Draft202012Validator
from referencing import Registry, Resource

from analyzer.engine import Analyzer
from analyzer.rendering.json import render_json
from analyzer.resources import samples_folder
from tests.service.files import CLEAN, UNLIMITED, WORD, package, word
from tests.service.serving import Service

SAMPLES = samples_folder() / "documents"


def faults(value: Any, schemas: Mapping[str, Path], name: str) -> list[str]:
    loaded = {key: json.loads(path.read_text("utf-8")) for key, path in schemas.items()}
    registry: Registry[Any] = Registry().with_resources(
        (schema["$id"], Resource.from_contents(schema)) for schema in loaded.values()
    )
    return [error.message for error in Draft202012Validator(loaded[name], registry=registry).iter_errors(value)]


def check(client: httpx.Client, *files: tuple[str, bytes], **query: str) -> dict[str, Any]:
    answer = client.post("/v1/check", files=[("files", file) for file in files], params=query)
    assert answer.status_code == 200, answer.text
    value: dict[str, Any] = answer.json()
    return value


def causes(result: Mapping[str, Any]) -> list[tuple[str, str | None]]:
    return [(cause["kind"], cause["document"]) for cause in result["causes"]]


def problem(answer: httpx.Response) -> tuple[int, str]:
    assert answer.headers["content-type"] == "application/problem+json"
    value = answer.json()
    assert set(value) == {"type", "title", "status", "kind", "detail", "file", "remedy"}
    assert value["status"] == answer.status_code
    assert value["detail"]
    assert value["remedy"]
    return answer.status_code, value["kind"]


def test_it_answers_and_says_little_about_itself(client: httpx.Client) -> None:
    answer = client.get("/healthz")
    assert answer.json()["status"] == "ok"
    assert "server" not in answer.headers
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["cache-control"] == "no-store"


def test_a_document_that_passes(client: httpx.Client, schemas: dict[str, Path]) -> None:
    result = check(client, ("clean.txt", CLEAN.encode()))
    assert (result["exit"], result["verdict"], result["causes"]) == (0, "pass", [])
    assert faults(result, schemas, "gate") == []


def test_a_document_that_fails(client: httpx.Client, schemas: dict[str, Path]) -> None:
    result = check(client, ("terms.docx", word(*UNLIMITED.split("\n\n"))))
    assert (result["exit"], causes(result)) == (1, [("finding", "terms.docx")])
    assert faults(result, schemas, "gate") == []


def test_a_file_that_can_not_be_read_never_passes(client: httpx.Client, schemas: dict[str, Path]) -> None:
    result = check(client, ("clean.txt", CLEAN.encode()), ("broken.pdf", b"%PDF-1.7\nnothing more"))
    assert (result["exit"], result["verdict"], causes(result)) == (
        2,
        "cannot-evaluate",
        [("unreadable", "broken.pdf")],
    )
    assert faults(result, schemas, "gate") == []


@pytest.mark.parametrize(
    ("name", "data", "kind"),
    [
        ("empty.docx", b"", "unreadable"),
        ("program.exe", b"MZ\x90\x00" + bytes(400), "unreadable"),
        ("nothing.zip", package(), "nothing"),
    ],
)
def test_nothing_to_judge_is_no_pass(client: httpx.Client, name: str, data: bytes, kind: str) -> None:
    result = check(client, (name, data))
    assert result["exit"] == 2
    assert kind in [cause["kind"] for cause in result["causes"]]


def test_an_empty_package_beside_a_good_file_is_no_pass(client: httpx.Client) -> None:
    result = check(client, ("clean.txt", CLEAN.encode()), ("terms.zip", package()))
    assert (result["exit"], causes(result)) == (2, [("nothing", "terms.zip")])


def test_a_package_is_opened(client: httpx.Client) -> None:
    data = package(rfp__txt=CLEAN.encode(), terms__txt=UNLIMITED.encode())
    result = check(client, ("all.zip", data))
    assert result["exit"] == 1
    assert [document["name"] for document in result["documents"]] == ["all.zip/rfp.txt", "all.zip/terms.txt"]


def test_a_policy_by_its_name(client: httpx.Client) -> None:
    policies = {policy["name"]: policy for policy in client.get("/v1/policies").json()}
    assert [name for name, policy in policies.items() if policy["is_default"]] == ["nascio"]
    for name in ("vendor", "virginia"):
        assert check(client, ("clean.txt", CLEAN.encode()), policy=name)["policy"] == policies[name]["identity"]
    answer = client.post("/v1/check", files={"files": ("a.txt", CLEAN)}, params={"policy": "/etc/passwd"})
    assert problem(answer) == (422, "PolicyError")
    for query in ("polcy=vendor", "policy=vendor&policy=nascio", "policy=vendor&redline=true"):
        assert problem(client.post(f"/v1/check?{query}", files={"files": ("a.txt", CLEAN)}))[0] == 422


def test_a_scan_is_what_the_command_prints(client: httpx.Client, schemas: dict[str, Path]) -> None:
    path = SAMPLES / "standard-terms.docx"
    answer = client.post("/v1/scan", files={"file": (path.name, path.read_bytes())})
    alone = Analyzer(model=None)
    assert answer.text == render_json(alone.analyze(path).report, alone.rules.references)
    assert faults(answer.json(), schemas, "report") == []


@pytest.mark.parametrize("route", ["/v1/scan", "/v1/annotate"])
def test_one_file_that_can_not_be_read(client: httpx.Client, route: str) -> None:
    answer = client.post(route, files={"file": ("broken.pdf", b"%PDF-1.7\nnothing more")})
    assert problem(answer) == (422, "DamagedDocument")
    assert answer.json()["file"] == "broken.pdf"


def test_highlights_in_a_pdf(client: httpx.Client) -> None:
    path = SAMPLES / "saas-agreement.pdf"
    answer = client.post("/v1/annotate", files={"file": ("Ångström “terms”.pdf", path.read_bytes())})
    assert answer.headers["content-type"] == "application/pdf"
    assert "filename*=UTF-8''%C3%85ngstr%C3%B6m" in answer.headers["content-disposition"]
    with pikepdf.open(BytesIO(answer.content)) as pdf:
        kinds = {str(note.Subtype) for page in pdf.pages for note in page.get("/Annots", ())}
    assert "/Highlight" in kinds


def test_comments_and_changes_in_a_word_file(client: httpx.Client) -> None:
    file = {"file": ("terms.docx", word(*UNLIMITED.split("\n\n")))}
    plain = client.post("/v1/annotate", files=file)
    assert plain.headers["content-type"] == WORD
    with zipfile.ZipFile(BytesIO(plain.content)) as packed:
        assert b"w:comment " in packed.read("word/comments.xml")
        assert b"<w:ins " not in packed.read("word/document.xml")
    redlined = client.post("/v1/annotate", files=file, params={"redline": "true"})
    with zipfile.ZipFile(BytesIO(redlined.content)) as packed:
        assert b"<w:ins " in packed.read("word/document.xml")


def test_a_pdf_can_not_hold_tracked_changes(client: httpx.Client) -> None:
    path = SAMPLES / "saas-agreement.pdf"
    answer = client.post("/v1/annotate", files={"file": (path.name, path.read_bytes())}, params={"redline": "true"})
    assert problem(answer) == (422, "UnsupportedFormat")


def test_waivers_and_a_baseline_come_along(client: httpx.Client) -> None:
    [finding] = check(client, ("terms.txt", UNLIMITED.encode()))["documents"][0]["report"]["findings"]
    waivers = (
        f'[[waivers]]\nrule = "{finding["rule"]}"\nfingerprint = "{finding["id"]}"\n'
        'reason = "Tested."\nby = "A. Tester"\nuntil = %s\n'
    )
    sent = [("files", ("terms.txt", UNLIMITED)), ("waivers", ("w.toml", waivers % "2999-01-01"))]
    waived = client.post("/v1/check", files=sent).json()
    assert (waived["exit"], waived["documents"][0]["judged"][0]["standing"]) == (0, "waived")
    expired = client.post("/v1/check", files=[sent[0], ("waivers", ("w.toml", waivers % "2001-01-01"))]).json()
    assert expired["exit"] == 1
    assert "waiver-expired" in [cause["kind"] for cause in expired["causes"]]
    broken = client.post("/v1/check", files=[sent[0], ("waivers", ("w.toml", "no toml"))]).json()
    assert (broken["exit"], "waiver-invalid" in [cause["kind"] for cause in broken["causes"]]) == (2, True)
    damaged = client.post("/v1/check", files=[sent[0], ("baseline", ("b.json", "{}"))])
    assert (problem(damaged), damaged.json()["file"]) == ((422, "BaselineError"), "b.json")
    twice = client.post("/v1/check", files=[*sent, sent[1]])
    assert problem(twice) == (400, "MalformedRequest")


def test_a_text_has_no_place_for_notes(client: httpx.Client) -> None:
    answer = client.post("/v1/annotate", files={"file": ("terms.txt", UNLIMITED)})
    assert problem(answer) == (422, "UnsupportedFormat")


def test_the_rules(client: httpx.Client) -> None:
    rules = client.get("/v1/rules").json()
    assert [rule["id"] for rule in rules] == sorted(rule.id for rule in Analyzer(model=None).rules.rules)


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("../../etc/passwd", "passwd"),
        ("C:\\Users\\me\\terms.txt", "terms.txt"),
        ("a\x1b[31m\u202e\x07.txt", "a�[31m��.txt"),
        ("'; DROP TABLE x; --.txt", "'; DROP TABLE x; --.txt"),
        ("<img src=x onerror=alert(1)>.txt", "<img src=x onerror=alert(1)>.txt"),
        (".", "document"),
        ("..", "document"),
        ("/", "document"),
        ("x" * 3000 + ".txt", "x" * 195 + "….txt"),
        ("日本語.txt", "日本語.txt"),
    ],
    ids=["up", "drive", "controls", "sql", "markup", "dot", "dots", "slash", "long", "japanese"],
)
def test_names_that_mean_harm(client: httpx.Client, name: str, shown: str) -> None:
    boundary = b"xxBOUNDARYxx"
    body = (
        b"--"
        + boundary
        + b'\r\nContent-Disposition: form-data; name="files"; filename="'
        + name.replace("\\", "\\\\").encode()
        + b'"\r\n\r\n'
        + CLEAN.encode()
        + b"\r\n--"
        + boundary
        + b"--\r\n"
    )
    headers = {"Content-Type": "multipart/form-data; boundary=" + boundary.decode()}
    answer = client.post("/v1/check", content=body, headers=headers)
    assert answer.status_code == 200, answer.text
    assert [document["name"] for document in answer.json()["documents"]] == [shown]


def test_two_files_of_one_name_are_told_apart(client: httpx.Client) -> None:
    files = [("terms.txt", CLEAN.encode()), ("terms (2).txt", CLEAN.encode()), ("terms.txt", UNLIMITED.encode())]
    result = check(client, *files)
    assert [document["name"] for document in result["documents"]] == ["terms.txt", "terms (2).txt", "terms (3).txt"]
    assert causes(result) == [("finding", "terms (3).txt")]


def test_twenty_at_once_get_each_their_own(service: Service) -> None:
    texts = [f"{UNLIMITED}\n2. Place\n\nThe place of work is building {number}.\n" for number in range(20)]

    def ask(number: int) -> dict[str, Any]:
        with service.client() as client:
            return check(client, (f"terms-{number}.txt", texts[number].encode()))

    with ThreadPoolExecutor(20) as pool:
        results = list(pool.map(ask, range(20)))
    assert [causes(result) for result in results] == [[("finding", f"terms-{number}.txt")] for number in range(20)]


def test_the_same_request_gives_the_same_bytes(client: httpx.Client) -> None:
    file = (SAMPLES / "rfp-package.zip").read_bytes()
    first, second = (client.post("/v1/check", files={"files": ("p.zip", file)}).content for _ in range(2))
    assert first == second


def test_no_word_of_a_document_is_logged_or_left_on_disk(service: Service, client: httpx.Client) -> None:
    data = word("Zanzibar clause", *UNLIMITED.split("\n\n"), "padding " * 300_000)
    check(client, ("quagga.docx", data))
    client.post("/v1/scan", files={"file": ("quagga.pdf", b"%PDF-1.4\nZanzibar")})
    client.get("/quagga/Zanzibar?text=Zanzibar")
    log = service.log.read_text()
    assert "/v1/check 200" in log
    assert "Zanzibar" not in log
    assert "quagga" not in log
    assert service.left() == []
