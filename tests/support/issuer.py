"""An outside issuer: a real HTTP server that publishes its keys, and signs tokens with them."""

import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import jwt
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from jwt.algorithms import ECAlgorithm, RSAAlgorithm

AUDIENCE = "trialogue"


class Issuer:
    """Keys by id; `fetches` counts how often they were asked for; `failing` answers 500."""

    def __init__(self) -> None:
        self.keys: dict[str, tuple[str, Any]] = {}
        self.fetches = 0
        self.failing = False
        self.add_ec("elliptic")
        self.add_rsa("rivest")

    def add_ec(self, key_id: str) -> None:
        """A key for ES256."""
        self.keys[key_id] = ("ES256", ec.generate_private_key(ec.SECP256R1()))

    def add_rsa(self, key_id: str) -> None:
        """A key for RS256."""
        self.keys[key_id] = ("RS256", rsa.generate_private_key(65537, 2048))

    @contextmanager
    def serving(self) -> Iterator["Issuer"]:
        """Publish the keys on a free port until the end of the block."""
        issuer = self

        def publish(request: BaseHTTPRequestHandler) -> None:
            issuer.fetches += 1
            request.send_response(500 if issuer.failing else 200)
            request.end_headers()
            request.wfile.write(issuer.published())

        # Named so by the library.
        methods = {"do_GET": publish, "log_message": lambda *_: None}
        publisher: Any = type("Publisher", (BaseHTTPRequestHandler,), methods)
        with ThreadingHTTPServer(("127.0.0.1", 0), publisher) as server:
            self.url = f"http://127.0.0.1:{server.server_port}"
            thread = threading.Thread(target=server.serve_forever, args=(0.05,))
            thread.start()
            try:
                yield self
            finally:
                server.shutdown()
                thread.join()

    @property
    def jwks_url(self) -> str:
        """Where the keys are."""
        return f"{self.url}/jwks.json"

    def published(self) -> bytes:
        """The public keys (JWKS), and one of a kind that nobody should use."""
        found: list[Any] = [{"kty": "oct", "kid": "shared", "k": "c2VjcmV0", "alg": "HS256"}]
        for key_id, (algorithm, key) in self.keys.items():
            kind: Any = ECAlgorithm if algorithm == "ES256" else RSAAlgorithm
            public = kind.to_jwk(key.public_key(), as_dict=True)
            found.append({**public, "kid": key_id, "alg": algorithm, "use": "sig"})
        return json.dumps({"keys": found}).encode()

    def pem(self, key_id: str) -> bytes:
        """A public key as text."""
        encoding, form = serialization.Encoding.PEM, serialization.PublicFormat
        found: bytes = (
            self.keys[key_id][1].public_key().public_bytes(encoding, form.SubjectPublicKeyInfo)
        )
        return found

    def claims(self, subject: str = "42", lifetime: float = 60, **more: Any) -> dict[str, Any]:
        """What a token of this issuer says."""
        start = time.time()
        usual = {"iss": self.url, "aud": AUDIENCE, "sub": subject, "iat": int(start)}
        claims = {**usual, "exp": int(start + lifetime), **more}
        return {name: value for name, value in claims.items() if value is not None}

    def token(self, subject: str = "42", *, key_id: str = "elliptic", **claims: Any) -> str:
        """A signed token."""
        algorithm, key = self.keys[key_id]
        said = self.claims(subject, **claims)
        return jwt.encode(said, key, algorithm=algorithm, headers={"kid": key_id})
