"""An OpenID Connect provider on this machine, for people who exist only in a test.

It does what OpenID Connect Core 1.0 asks of the code flow: discovery, a page on which a person is chosen, a code for
one use that is bound to its client, address and PKCE challenge (RFC 7636), a signed ID token, and sign-out.
"""

import base64
import hashlib
import secrets
import socket
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from html import escape
from typing import Annotated, Any
from urllib.parse import urlencode

import uvicorn
from fastapi import FastAPI, Form, HTTPException, Request
from fastapi.responses import HTMLResponse, RedirectResponse
from joserfc import jwt
from joserfc.jwk import RSAKey

__all__ = ["CLIENT", "SECRET", "provider"]

CLIENT, SECRET = "fairterms", "the-client's-own-secret"


def _made(issuer: str, people: Mapping[str, Mapping[str, Any]]) -> FastAPI:
    key = RSAKey.generate_key(2048, {"kid": "one", "use": "sig", "alg": "RS256"})
    codes: dict[str, dict[str, str]] = {}
    app = FastAPI()

    @app.get("/.well-known/openid-configuration")
    def discovery() -> dict[str, Any]:
        return {
            "issuer": issuer,
            "authorization_endpoint": f"{issuer}/authorize",
            "token_endpoint": f"{issuer}/token",
            "jwks_uri": f"{issuer}/keys",
            "end_session_endpoint": f"{issuer}/end",
            "response_types_supported": ["code"],
            "subject_types_supported": ["public"],
            "id_token_signing_alg_values_supported": ["RS256"],
            "code_challenge_methods_supported": ["S256"],
            "token_endpoint_auth_methods_supported": ["client_secret_basic"],
        }

    @app.get("/keys")
    def keys() -> dict[str, Any]:
        return {"keys": [key.as_dict(private=False)]}

    @app.get("/authorize")
    def authorize(request: Request) -> HTMLResponse:
        if request.query_params.get("client_id") != CLIENT:
            raise HTTPException(400)
        links = (f"/as/{who}?{request.query_params}" for who in people)
        shown = (f'<p><a href="{escape(link)}">{who}</a></p>' for link, who in zip(links, people, strict=True))
        return HTMLResponse(f"<h1>Who are you?</h1>{''.join(shown)}")

    @app.get("/as/{who}")
    def chosen(who: str, request: Request) -> RedirectResponse:
        asked = dict(request.query_params)
        code = secrets.token_urlsafe()
        codes[code] = {**asked, "who": who}
        return RedirectResponse(f"{asked['redirect_uri']}?{urlencode({'code': code, 'state': asked['state']})}", 302)

    @app.post("/token")
    def token(
        request: Request,
        code: Annotated[str, Form()],
        redirect_uri: Annotated[str, Form()],
        code_verifier: Annotated[str, Form()],
    ) -> dict[str, Any]:
        known = base64.b64encode(f"{CLIENT}:{SECRET}".encode()).decode()
        asked = codes.pop(code, {})
        challenge = base64.urlsafe_b64encode(hashlib.sha256(code_verifier.encode()).digest()).decode().rstrip("=")
        is_right = (
            request.headers.get("authorization") == f"Basic {known}"
            and asked.get("redirect_uri") == redirect_uri
            and asked.get("code_challenge") == challenge
        )
        if not is_right:
            raise HTTPException(400)
        now = int(time.time())
        claims = {"iss": issuer, "sub": asked["who"], "aud": CLIENT, "iat": now, "exp": now + 600}
        signed = jwt.encode(
            {"alg": "RS256", "kid": "one"}, {**claims, "nonce": asked["nonce"], **people[asked["who"]]}, key
        )
        return {"access_token": secrets.token_urlsafe(), "token_type": "Bearer", "expires_in": 600, "id_token": signed}

    @app.get("/end")
    def end(post_logout_redirect_uri: str) -> RedirectResponse:
        return RedirectResponse(post_logout_redirect_uri, 302)

    return app


@contextmanager
def provider(people: Mapping[str, Mapping[str, Any]]) -> Iterator[str]:
    """The provider on a free port; its address. ``people`` are the claims of each person by name."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    issuer = f"http://127.0.0.1:{port}"
    server = uvicorn.Server(uvicorn.Config(_made(issuer, people), port=port, log_level="error"))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started and thread.is_alive():
        time.sleep(0.05)
    try:
        yield issuer
    finally:
        server.should_exit = True
        thread.join(timeout=10)
