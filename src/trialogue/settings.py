"""Settings from the environment and `.env`, checked at start with clear messages.

The names of the variables are a contract; `.env.example` lists them all.
"""

import os
import secrets
import sys
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import AliasChoices, Field, ValidationError, field_validator, model_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict
from sqlalchemy import URL

from trialogue.ai import credentials, links
from trialogue.ai.credentials import Credential, Credentials
from trialogue.ai.links import Link
from trialogue.ai.prices import Prices
from trialogue.core.limits import Limits
from trialogue.gate.issuers import Issuer
from trialogue.store import blobs, engines
from trialogue.store.blobs import Access
from trialogue.store.files import Files

HIGH = 2**31


def _variable(*names: str) -> AliasChoices:
    return AliasChoices(*(form for name in names for form in (name, name.lower())))


def _key(*names: str) -> Any:
    return Field(default=None, repr=False, validation_alias=_variable(*names))


class Settings(BaseSettings):
    """All settings of a server; each field names its variable."""

    model_config = SettingsConfigDict(env_file=".env", extra="ignore", populate_by_name=True)

    host: str = Field(default="127.0.0.1", validation_alias=_variable("HOST"))
    port: int = Field(default=8000, ge=0, le=65_535, validation_alias=_variable("PORT"))
    data_dir: Path = Field(default=Path("data"), validation_alias=_variable("TRIALOGUE_DATA_DIR"))
    database_url: str | None = Field(default=None, validation_alias=_variable("DATABASE_URL"))
    redis_url: str | None = Field(default=None, repr=False, validation_alias=_variable("REDIS_URL"))
    other_writers: Literal["on", "off"] | None = Field(
        default=None, validation_alias=_variable("TRIALOGUE_OTHER_WRITERS")
    )
    secret_key: str | None = Field(
        default=None, min_length=32, repr=False, validation_alias=_variable("TRIALOGUE_SECRET_KEY")
    )
    registration: Literal["open", "invite", "closed"] = Field(
        default="open", validation_alias=_variable("TRIALOGUE_REGISTRATION")
    )
    allowed_origins: Annotated[tuple[str, ...], NoDecode] = Field(
        default=(), validation_alias=_variable("TRIALOGUE_ALLOWED_ORIGINS")
    )
    trusted_proxies: str = Field(
        default="127.0.0.1", validation_alias=_variable("TRIALOGUE_TRUSTED_PROXIES")
    )
    rate_limits: Literal["on", "off"] = Field(
        default="on", validation_alias=_variable("TRIALOGUE_RATE_LIMITS")
    )
    trusted_user_secret: str | None = Field(
        default=None, repr=False, validation_alias=_variable("TRIALOGUE_TRUSTED_USER_SECRET")
    )
    jwks_url: str | None = Field(default=None, validation_alias=_variable("TRIALOGUE_JWKS_URL"))
    jwt_issuer: str | None = Field(default=None, validation_alias=_variable("TRIALOGUE_JWT_ISSUER"))
    jwt_audience: str | None = Field(
        default=None, validation_alias=_variable("TRIALOGUE_JWT_AUDIENCE")
    )
    jwt_secret: str | None = Field(
        default=None, repr=False, validation_alias=_variable("TRIALOGUE_JWT_SECRET")
    )
    supabase_url: str | None = Field(default=None, validation_alias=_variable("SUPABASE_URL"))
    message_length: int = Field(
        default=20_000, ge=1, le=1_000_000, validation_alias=_variable("TRIALOGUE_MESSAGE_LENGTH")
    )
    edit_window: int = Field(
        default=300, ge=0, le=HIGH, validation_alias=_variable("TRIALOGUE_EDIT_WINDOW")
    )
    session_timeout: int = Field(
        default=900, ge=1, le=HIGH, validation_alias=_variable("TRIALOGUE_SESSION_TIMEOUT")
    )
    session_idle: int = Field(
        default=300, ge=1, le=HIGH, validation_alias=_variable("TRIALOGUE_SESSION_IDLE")
    )
    max_session_messages: int = Field(
        default=1_000,
        ge=1,
        le=HIGH,
        validation_alias=_variable("TRIALOGUE_MAX_SESSION_MESSAGES"),
    )
    max_messages: int | None = Field(
        default=None, ge=1, validation_alias=_variable("TRIALOGUE_MAX_MESSAGES")
    )
    ai_titles: Literal["model", "words"] = Field(
        default="model", validation_alias=_variable("TRIALOGUE_AI_TITLES")
    )
    ai_user_tokens: int | None = Field(
        default=None, ge=1, validation_alias=_variable("TRIALOGUE_AI_USER_TOKENS")
    )
    ai_workspace_tokens: int | None = Field(
        default=None, ge=1, validation_alias=_variable("TRIALOGUE_AI_WORKSPACE_TOKENS")
    )
    retention_days: int | None = Field(
        default=None, ge=1, le=36_500, validation_alias=_variable("TRIALOGUE_RETENTION_DAYS")
    )
    password_memory: int = Field(
        default=65_536, ge=8, le=HIGH, validation_alias=_variable("TRIALOGUE_PASSWORD_MEMORY")
    )
    password_rounds: int = Field(
        default=3, ge=1, le=100, validation_alias=_variable("TRIALOGUE_PASSWORD_ROUNDS")
    )
    body_limit: int = Field(
        default=1_048_576, ge=1_024, le=HIGH, validation_alias=_variable("TRIALOGUE_BODY_LIMIT")
    )
    storage: str = Field(default="local", validation_alias=_variable("TRIALOGUE_STORAGE"))
    s3_endpoint: str | None = Field(
        default=None, validation_alias=_variable("TRIALOGUE_S3_ENDPOINT")
    )
    s3_region: str | None = Field(default=None, validation_alias=_variable("TRIALOGUE_S3_REGION"))
    s3_key: str | None = Field(default=None, validation_alias=_variable("TRIALOGUE_S3_KEY"))
    s3_secret: str | None = Field(
        default=None, repr=False, validation_alias=_variable("TRIALOGUE_S3_SECRET")
    )
    upload_limit: int = Field(
        default=104_857_600,
        ge=1_024,
        le=2**40,
        validation_alias=_variable("TRIALOGUE_UPLOAD_LIMIT"),
    )
    upload_types: Annotated[tuple[str, ...], NoDecode] = Field(
        default=(), validation_alias=_variable("TRIALOGUE_UPLOAD_TYPES")
    )
    cleanup_interval: int = Field(
        default=86_400, ge=60, le=HIGH, validation_alias=_variable("TRIALOGUE_CLEANUP_INTERVAL")
    )
    migrate: bool = Field(default=True, validation_alias=_variable("TRIALOGUE_MIGRATE"))
    ai_providers: str = Field(default="", validation_alias=_variable("TRIALOGUE_AI_PROVIDERS"))
    openai_key: str | None = _key("OPENAI_API_KEY")
    openai_url: str | None = Field(default=None, validation_alias=_variable("OPENAI_BASE_URL"))
    alibaba_key: str | None = _key("DASHSCOPE_API_KEY", "ALIBABA_API_KEY")
    alibaba_region: str = Field(
        default="singapore", validation_alias=_variable("TRIALOGUE_DASHSCOPE_REGION")
    )
    anthropic_key: str | None = _key("ANTHROPIC_API_KEY")
    google_key: str | None = _key("GOOGLE_API_KEY", "GEMINI_API_KEY")
    ollama_url: str | None = Field(default=None, validation_alias=_variable("OLLAMA_BASE_URL"))
    compatible_key: str | None = _key("TRIALOGUE_AI_COMPATIBLE_KEY")
    compatible_url: str | None = Field(
        default=None, validation_alias=_variable("TRIALOGUE_AI_COMPATIBLE_URL")
    )
    ai_first_token: float = Field(
        default=10, gt=0, le=HIGH, validation_alias=_variable("TRIALOGUE_AI_FIRST_TOKEN")
    )
    ai_silence: float = Field(
        default=60, gt=0, le=HIGH, validation_alias=_variable("TRIALOGUE_AI_SILENCE")
    )
    ai_request: float = Field(
        default=300, gt=0, le=HIGH, validation_alias=_variable("TRIALOGUE_AI_REQUEST")
    )
    demo_pace: float = Field(
        default=0.03, ge=0, le=60, validation_alias=_variable("TRIALOGUE_AI_DEMO_PACE")
    )
    ai_prices: Path | None = Field(default=None, validation_alias=_variable("TRIALOGUE_AI_PRICES"))
    metrics_token: str | None = Field(
        default=None,
        min_length=16,
        repr=False,
        validation_alias=_variable("TRIALOGUE_METRICS_TOKEN"),
    )
    log_format: Literal["text", "json"] = Field(
        default="text", validation_alias=_variable("TRIALOGUE_LOG_FORMAT")
    )
    log_level: Literal["debug", "info", "warning", "error"] = Field(
        default="info", validation_alias=_variable("TRIALOGUE_LOG_LEVEL")
    )

    @field_validator("allowed_origins", "upload_types", mode="before")
    @classmethod
    def _split(cls, value: object) -> object:
        if isinstance(value, str):
            parts = [part.strip().rstrip("/").lower() for part in value.split(",")]
            return tuple(part for part in parts if part)
        return value

    @field_validator(
        "redis_url",
        "other_writers",
        "trusted_user_secret",
        "jwks_url",
        "jwt_issuer",
        "jwt_audience",
        "jwt_secret",
        "supabase_url",
        "max_messages",
        "ai_user_tokens",
        "ai_workspace_tokens",
        "retention_days",
        "s3_endpoint",
        "s3_region",
        "s3_key",
        "s3_secret",
        "openai_key",
        "openai_url",
        "alibaba_key",
        "anthropic_key",
        "google_key",
        "ollama_url",
        "compatible_key",
        "compatible_url",
        "ai_prices",
        "metrics_token",
        mode="before",
    )
    @classmethod
    def _empty_is_unset(cls, value: object) -> object:
        return value or None

    @field_validator(
        "jwks_url",
        "supabase_url",
        "s3_endpoint",
        "openai_url",
        "ollama_url",
        "compatible_url",
    )
    @classmethod
    def _web_address(cls, value: str | None) -> str | None:
        if value and not value.startswith(("https://", "http://")):
            raise ValueError("must be an http(s) address")
        return value

    @field_validator("database_url")
    @classmethod
    def _known_database(cls, value: str | None) -> str | None:
        if value:
            engines.parse(value)
        return value or None

    @field_validator("storage")
    @classmethod
    def _known_storage(cls, value: str) -> str:
        blobs.open_storage(value or "local", Path())
        return value or "local"

    @field_validator("upload_types")
    @classmethod
    def _media_types(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        for each in value:
            if each.count("/") != 1:
                raise ValueError(f"must be media types as image/png or image/*, not {each}")
        return value

    def files(self) -> Files:
        """The files of a server: where they are kept, and which may be uploaded."""
        folder = self.data_dir.resolve() / "files"
        access = Access(self.s3_endpoint, self.s3_region, self.s3_key, self.s3_secret)
        kept = blobs.open_storage(self.storage, folder, access)
        return Files(kept, folder / blobs.INCOMING, allowed=frozenset(self.upload_types))

    @field_validator("redis_url")
    @classmethod
    def _known_redis(cls, value: str | None) -> str | None:
        if value and not value.startswith(("redis://", "rediss://", "unix://")):
            raise ValueError("must begin with redis://, rediss:// or unix://")
        return value

    @property
    def has_other_writers(self) -> bool:
        """Whether others write to the same database: with Redis that is taken for granted."""
        if self.other_writers is None:
            return self.redis_url is not None
        return self.other_writers == "on"

    @field_validator("ai_providers")
    @classmethod
    def _known_providers(cls, value: str) -> str:
        links.chain(value)
        return value

    @field_validator("ai_prices")
    @classmethod
    def _readable_prices(cls, value: Path | None) -> Path | None:
        Prices.load(value)
        return value

    @field_validator("alibaba_region")
    @classmethod
    def _known_region(cls, value: str) -> str:
        return credentials.region_address(value or "singapore")

    @property
    def database(self) -> str:
        """The URL of the database: a SQLite file in the data directory unless set."""
        if self.database_url:
            return self.database_url
        file = str(self.data_dir.resolve() / "trialogue.db")
        return URL.create("sqlite", database=file).render_as_string(hide_password=False)

    def issuer(self) -> Issuer | None:
        """The outside issuer whose tokens are accepted. SUPABASE_URL stands for what Supabase
        Auth uses; each of its values can be set apart."""
        supabase = f"{self.supabase_url.rstrip('/')}/auth/v1" if self.supabase_url else None
        published = f"{supabase}/.well-known/jwks.json" if supabase else None
        found = Issuer(
            jwks_url=self.jwks_url or published,
            issuer=self.jwt_issuer or supabase,
            audience=self.jwt_audience or ("authenticated" if supabase else None),
            secret=self.jwt_secret,
        )
        return found if found.jwks_url or found.secret else None

    def credentials(self) -> Credentials:
        """Keys and addresses of model providers."""
        ollama = credentials.ollama_address(self.ollama_url) if self.ollama_url else None
        known = (
            Credential("openai", self.openai_key, self.openai_url),
            Credential("alibaba", self.alibaba_key, self.alibaba_region),
            Credential("anthropic", self.anthropic_key),
            Credential("google", self.google_key),
            Credential("ollama", url=ollama),
            Credential("openai-compatible", self.compatible_key, self.compatible_url),
        )
        usable = (held for held in known if held.key or (held.url and held.provider != "alibaba"))
        return Credentials(tuple(usable))

    def chain(self) -> tuple[Link, ...]:
        """The links that the settings name; empty where they leave it to keys and discovery."""
        return links.chain(self.ai_providers)

    def limits(self) -> Limits:
        """What the core needs to know of the settings."""
        return Limits(
            message_length=self.message_length,
            edit_window=self.edit_window,
            session_timeout=self.session_timeout,
            session_idle=self.session_idle,
            session_messages=self.max_session_messages,
            messages=self.max_messages,
            user_tokens=self.ai_user_tokens,
            workspace_tokens=self.ai_workspace_tokens,
        )

    @model_validator(mode="after")
    def _secrets_differ(self) -> "Settings":
        # Otherwise an outside issuer could sign tokens of our own logins.
        if self.jwt_secret is not None and self.jwt_secret == self.secret_key:
            raise ValueError("TRIALOGUE_JWT_SECRET must not be TRIALOGUE_SECRET_KEY")
        return self

    def signing_key(self) -> str:
        """The secret that signs access tokens; made at first start and kept for the owner only."""
        if self.secret_key:
            return self.secret_key
        path = self.data_dir / "secret_key"
        if not path.exists():
            self.data_dir.mkdir(parents=True, exist_ok=True)
            _write_once(path, secrets.token_urlsafe(48))
        key = path.read_text().strip()
        if len(key) < 32:
            raise SystemExit(f"{path} holds no key of at least 32 characters; remove it.")
        return key


def _write_once(path: Path, text: str) -> None:
    """Of two servers that start at once one makes the file, and both read the same."""
    draft = path.with_name(f"{path.name}.{secrets.token_hex(8)}")
    handle = os.open(draft, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
    with os.fdopen(handle, "w") as file:
        file.write(text)
    try:
        os.link(draft, path)
    except FileExistsError:
        pass
    finally:
        draft.unlink()


def load() -> Settings:
    """The settings in force; ends the program with a clear message when one is wrong."""
    try:
        return Settings()
    except ValidationError as error:
        for problem in error.errors(include_input=False, include_url=False):
            name = ".".join(str(part) for part in problem["loc"])
            print(f"Setting {name}: {problem['msg']}", file=sys.stderr)
        raise SystemExit(2) from None
