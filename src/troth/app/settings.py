"""What an operator sets: environment variables that start with `TROTH_`, everything with a safe default."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Literal, get_args

from pydantic import Field, SecretStr, ValidationError, field_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from troth.app.sending.outward import networks
from troth.base.errors import InputError, Problem
from troth.requests.deciding.eyes import ACTS, known

_ORIGIN = re.compile(r"https?://[a-z0-9.-]+(:[0-9]{1,5})?")
_API_KEY = re.compile(r"[A-Za-z0-9._-]+:[0-9a-f]{64}")


Role = Literal["officer", "agent", "engineer", "auditor"]
ROLES: tuple[Role, ...] = get_args(Role)
"""What staff may do: officers decide everything, agents answer people, engineers and auditors only look."""


class Settings(BaseSettings):
    """Read once at the start. Secrets are given by value in the environment or lie in files of mode 0600."""

    model_config = SettingsConfigDict(env_prefix="TROTH_", frozen=True, extra="ignore")

    home: Path = Field(Path(".troth"), description="folder of the embedded database and the key files")
    database_url: str = Field("", description="the own database; empty: an SQLite file in the home folder")
    master_key: SecretStr = Field(
        SecretStr(""),
        description="base64 of 32 bytes, or several with commas, today's first; empty: the file `master.key`",
    )
    kms_url: str = Field(
        "", description="key service that wraps the master key (HashiCorp Vault's transit engine); empty: none"
    )
    kms_token: SecretStr = Field(SecretStr(""), description="token of the key service")
    kms_key: str = Field("troth", description="name of the wrapping key at the key service")
    signing_key: SecretStr = Field(
        SecretStr(""), description="base64 of the journal's 32-byte Ed25519 seed; empty: the file `journal.key`"
    )
    journal_name: str = Field("troth.example/journal", description="the journal's name in its signed checkpoints")
    journal_old_keys: Annotated[tuple[str, ...], NoDecode] = Field(
        (),
        description="public verifier strings of earlier signing keys, separated by commas; what they signed verifies",
    )
    smtp_host: str = Field("127.0.0.1", description="mail server")
    smtp_port: int = Field(25, description="mail server's port")
    smtp_user: str = Field("", description="mail account, if the server wants one")
    smtp_password: SecretStr = Field(SecretStr(""), description="password of the mail account")
    mail_from: str = Field("privacy@troth.example", description="sender of mails")
    sms_url: str = Field(
        "",
        description="HTTP gateway for text messages; empty: none are sent, they lie in the home folder",
    )
    sms_token: SecretStr = Field(SecretStr(""), description="bearer token of the gateway")
    fonts: Path = Field(
        Path("/usr/share/fonts"), description="folder of the fonts for PDF; one with Chinese must be in it"
    )
    staff: Annotated[tuple[str, ...], NoDecode] = Field(
        (),
        description=(
            "who may sign in to the console: e-mail addresses separated by commas, each with a role if it is not "
            "an officer, as in `li@shop.example=agent`; roles are officer, agent, engineer, auditor"
        ),
    )
    two_pairs: Annotated[tuple[str, ...], NoDecode] = Field(
        (),
        description=(
            f"what two people of the staff must agree to, separated by commas: {', '.join(ACTS)}; for one kind of "
            "request only, as in `erasure.erase`"
        ),
    )
    api_keys: Annotated[tuple[str, ...], NoDecode] = Field(
        (),
        description="programs that may call the API, separated by commas: each a name, a colon and the SHA-256 of its "
        "key in hexadecimal",
    )
    store_keys: Annotated[tuple[str, ...], NoDecode] = Field(
        (),
        description="systems that may read and erase people here as in a store of theirs, written as in TROTH_API_KEYS",
    )
    store_issuer: str = Field(
        "",
        description="OpenID Connect issuer whose access tokens open what is held about whom they name; empty: none",
    )
    store_audience: str = Field("", description="what those tokens are issued for")
    store_claim: str = Field(
        "authorization", description="the claim of those tokens that lists what they allow, or holds its permissions"
    )
    store_scopes: Annotated[tuple[str, ...], NoDecode] = Field(
        ("gdprquery", "gdprdelete"), description="what that list must hold to read, and what to erase"
    )
    private_networks: Annotated[tuple[str, ...], NoDecode] = Field(
        (),
        description="networks that webhooks, transfers and agents' callbacks may reach although they are not public, "
        "separated by commas, "
        "such as `10.1.0.0/16`; only there is HTTP without encryption allowed",
    )
    banner_origins: Annotated[tuple[str, ...], NoDecode] = Field(
        (),
        description="origins of the websites whose visitors the banner asks, separated by commas, such as "
        "`https://shop.example`",
    )
    openid_issuer: str = Field("", description="OpenID Connect provider that people may sign in with; empty: none")
    openid_client_id: str = Field("", description="what that provider knows this installation by")
    openid_client_secret: SecretStr = Field(SecretStr(""), description="the secret that goes with it")
    openid_name: str = Field("", description="what people call that account, as the sign-in page shows it")
    drp_business: str = Field(
        "", description="our id in the directory of the Data Rights Protocol; empty: no agent's message is for us"
    )
    drp_policy: str = Field(
        "", description="name of the policy by which agents' requests are kept, if several are published"
    )
    policy: str = Field(
        "", description="name of the policy that the portal is for; empty: the one that was published first"
    )
    base_url: str = Field("http://127.0.0.1:8787", description="where people reach the portal")
    secure_cookies: bool = Field(
        default=False, description="send cookies over HTTPS only; set it wherever there is HTTPS"
    )

    @field_validator(
        "staff",
        "two_pairs",
        "journal_old_keys",
        "api_keys",
        "store_keys",
        "store_scopes",
        "private_networks",
        "banner_origins",
        mode="before",
    )
    @classmethod
    def _split(cls, value: object) -> object:
        return tuple(part.strip() for part in value.split(",") if part.strip()) if isinstance(value, str) else value

    @field_validator("two_pairs", mode="after")
    @classmethod
    def _acts(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        if not all(known(one) for one in value):
            raise ValueError(f"an act is one of {', '.join(ACTS)}, or a kind of request, a dot and an act")
        return value

    @field_validator("staff", mode="after")
    @classmethod
    def _lower(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        found = tuple(address.lower() for address in value)
        for one in found:
            if one.partition("=")[2] not in {"", *ROLES}:
                raise ValueError(f"a role is one of {', '.join(ROLES)}")
        return found

    @property
    def roles(self) -> Mapping[str, Role]:
        """The role of each member of the staff, by e-mail address."""
        given = (one.partition("=") for one in self.staff)
        return {address: ROLES[ROLES.index(role or "officer")] for address, _, role in given}

    @field_validator("private_networks", mode="after")
    @classmethod
    def _networks(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        networks(value)
        return value

    @field_validator("store_scopes", mode="after")
    @classmethod
    def _two_scopes(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        if len(value) != len(("read", "erase")):
            raise ValueError("there are two of them, one to read and one to erase")
        return value

    @field_validator("api_keys", "store_keys", mode="after")
    @classmethod
    def _named_hashes(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        if not all(_API_KEY.fullmatch(key) for key in value):
            raise ValueError("a key is not of the form name:sha256")
        return value

    @field_validator("banner_origins", mode="after")
    @classmethod
    def _origins(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        if not all(_ORIGIN.fullmatch(origin) for origin in value):
            raise ValueError("an origin is not of the form https://host or https://host:port")
        return value

    @property
    def own_database(self) -> str:
        """URL of the own database."""
        return self.database_url or f"sqlite:///{self.home / 'troth.db'}"


def read_settings(**given: object) -> Settings:
    """Settings from the environment, `given` first.

    Raises:
        InputError: a variable has a value of the wrong kind; the value itself is not repeated.
    """
    try:
        return Settings(**given)  # type: ignore[arg-type]  # names and kinds are checked by the model itself
    except ValidationError as error:
        raise InputError.of(tuple(_problem(fault["loc"], fault["msg"]) for fault in error.errors())) from None


def _problem(place: tuple[int | str, ...], message: str) -> Problem:
    name = "TROTH_" + "_".join(str(part) for part in place).upper()
    return Problem("settings.wrong-value", f"`{name}`: {message.lower()}", "see the settings reference")
