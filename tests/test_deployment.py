"""What docs/deployment.md tells people to write, held against what reads it."""

import re
import shutil
import subprocess
import tomllib
from pathlib import Path

import pytest
from click.testing import CliRunner
from sqlalchemy import text

from analyzer.cli import main
from analyzer.errors import StoreError
from analyzer.resources import app_file
from analyzer.store.database import open_database
from analyzer.store.values import Role
from analyzer.views.access import load_roles

PAGE = (Path(__file__).parents[1] / "docs" / "deployment.md").read_text(encoding="utf-8")
FILES = {one[1]: one[2] for one in re.finditer(r"<!-- file: (\S+) -->\n```\w+\n(.*?)```", PAGE, re.DOTALL)}


def test_the_roles_file_on_the_page_is_taken(tmp_path: Path) -> None:
    path = tmp_path / "roles.toml"
    path.write_text(FILES["roles.toml"], encoding="utf-8")
    roles = load_roles(path)
    assert roles.people["pat.lee@example.gov"] is Role.ADMIN
    assert roles.groups["procurement-leads"] is Role.EDITOR
    path.write_text(f"trust_addresses = true\n{FILES['roles.toml']}", encoding="utf-8")
    assert load_roles(path).trust_addresses


def test_the_secrets_on_the_page_are_what_the_sign_in_asks_for() -> None:
    auth = tomllib.loads(FILES["secrets.toml"])["auth"]
    assert set(auth) == {"redirect_uri", "cookie_secret", "client_id", "client_secret", "server_metadata_url"}
    assert auth["redirect_uri"].endswith("/oauth2callback")


def test_the_service_starts_what_nginx_forwards_to() -> None:
    command = re.search(r"^ExecStart=\S+/fairterms (.*)$", FILES["fairterms.service"], re.MULTILINE)
    assert command is not None
    name, *flags = command[1].split()
    known = CliRunner().invoke(main, [name, "--help"]).output
    assert all(flag in known for flag in flags if flag.startswith("--"))
    port = flags[flags.index("--port") + 1]
    assert f"proxy_pass http://127.0.0.1:{port};" in FILES["nginx.conf"]


def test_nginx_lets_through_what_the_page_takes(tmp_path: Path) -> None:
    config = tomllib.loads((app_file().parent / ".streamlit" / "config.toml").read_text(encoding="utf-8"))
    most = re.search(r"client_max_body_size (\d+)m;", FILES["nginx.conf"])
    assert most is not None
    assert int(most[1]) > config["server"]["maxUploadSize"]


@pytest.mark.skipif(not (shutil.which("nginx") and shutil.which("openssl")), reason="needs nginx and openssl")
def test_nginx_takes_its_file(tmp_path: Path) -> None:
    key, certificate = tmp_path / "key.pem", tmp_path / "certificate.pem"
    make = f"openssl req -x509 -newkey rsa:2048 -nodes -days 1 -subj /CN=x -keyout {key} -out {certificate}"
    subprocess.run(make.split(), check=True, capture_output=True)
    site = FILES["nginx.conf"].replace("/etc/ssl/private/fairterms.key", str(key))
    site = site.replace("/etc/ssl/certs/fairterms.pem", str(certificate))
    whole = tmp_path / "nginx.conf"
    whole.write_text(f"pid {tmp_path}/pid; events {{}}\nhttp {{ access_log off;\n{site}\n}}\n", encoding="utf-8")
    command = ["nginx", "-t", "-e", str(tmp_path / "error.log"), "-c", str(whole)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert "syntax is ok" in done.stderr, done.stderr


def test_what_a_log_may_quote_of_a_fault_holds_no_text_of_documents(tmp_path: Path) -> None:
    opened = open_database(f"sqlite:///{tmp_path / 'workspace.db'}")
    try:
        with pytest.raises(StoreError) as caught, opened.writing() as connection:
            connection.execute(text("INSERT INTO nowhere VALUES (:words)"), {"words": "words of a document"})
    finally:
        opened.close()
    assert caught.value.__cause__ is not None
    assert "words of a document" not in f"{caught.value} {caught.value.__cause__}"
