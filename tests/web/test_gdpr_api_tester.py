"""The City of Helsinki's own tester of GDPR APIs, an independent program, against Troth as a store.

It is an issuer of access tokens, on a port of its own, and a client that judges every answer as their profile would.
"""

from __future__ import annotations

import os
import re
import subprocess
from dataclasses import replace
from email.utils import parsedate_to_datetime
from pathlib import Path

import httpx
import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from tests.support.json_server import json_server
from tests.web.company import LIN_EMAIL, LIN_PHONE
from tests.web.served import served
from tests.web.world import World
from troth.subjects.identifier import identifier
from troth.subjects.service import register
from troth.web.server import create

TESTER = Path(__file__).parents[2] / ".venv-gdpr-tester" / "bin" / "gdpr_api_tester"
ISSUER, ACCOUNT, AUDIENCE = "http://127.0.0.1:8888/", "9e14df7c-81f6-4c41-8578-6aa7b9d0e5c0", "http://localhost/troth"
COLOURS = re.compile(r"\x1b\[[0-9;]*m")
SECONDS = 30

pytestmark = pytest.mark.skipif(not TESTER.exists(), reason="no gdpr-api-tester here: run scripts/gdpr-tester.sh")


def at_its_own_time(world: World) -> None:
    """The tester takes the machine's time for its tokens."""
    with json_server() as any_server:
        now = parsedate_to_datetime(httpx.get(any_server.address).headers["date"])
    world.clock.advance(now - world.clock.now())


def run(folder: Path, address: str, kind: str, claim: str, commands: list[str]) -> list[str]:
    """What the tester says to each command. It takes a key that lies there; making one takes it half a minute."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    (folder / "gdpr_api_tester_key.pem").write_bytes(
        key.private_bytes(Encoding.PEM, PrivateFormat.TraditionalOpenSSL, NoEncryption())
    )
    given = {
        "ISSUER": ISSUER, "ISSUER_TYPE": kind, "GDPR_API_AUDIENCE": AUDIENCE, "GDPR_API_AUTHORIZATION_FIELD": claim,
        "GDPR_API_QUERY_SCOPE": "gdprquery", "GDPR_API_DELETE_SCOPE": "gdprdelete", "USER_UUID": ACCOUNT,
        "GDPR_API_URL": f"{address}/api/v1/store/account/$user_uuid", "PATH": os.environ["PATH"],
    }  # fmt: skip
    done = subprocess.run(
        [TESTER], cwd=folder, env=given, input="\n".join([*commands, "exit", ""]), text=True, capture_output=True,
        timeout=SECONDS, check=True,
    )  # fmt: skip
    return COLOURS.sub("", done.stdout).split("Sending GDPR API request")[1:]


def test_the_gdpr_api_tester_passes(world: World, tmp_path: Path) -> None:
    at_its_own_time(world)
    with world.app.begin() as work:
        register(work, world.app.vault, [identifier("phone", LIN_PHONE), identifier("account", ACCOUNT)])
    for kind, claim in (("keycloak", "authorization"), ("tunnistamo", "https://issuer.example/auth")):
        given = {"store_issuer": ISSUER, "store_audience": AUDIENCE, "store_claim": claim}
        app = replace(world.app, settings=world.app.settings.model_copy(update=given))
        if kind == "tunnistamo":
            world.company.execute("shop", "DELETE FROM invoice")
            world.company.execute("push", f"INSERT INTO device VALUES ('imei-z', '{LIN_PHONE}')")
        with served(create(app)) as address:
            said = run(tmp_path, address, kind, claim, ["query", "delete dryrun", "delete", "query", "set SID=1"])
        held, rehearsed, erased, left = said
        assert "Response status code: 200" in held
        assert "Success." in held
        assert "imei-" in held
        if kind == "keycloak":  # an invoice stays for the time that the policy names
            assert LIN_EMAIL in held
            assert "Response status code: 403" in rehearsed
            assert "Deletion denied." in erased
            assert "(The errors are in the correct format)" in rehearsed
            assert "(The errors are in the correct format)" in erased
            assert '"retention.invoices"' in erased
            assert "Response status code: 200" in left
        else:
            assert "The service can do the needed" in rehearsed
            assert "The service no longer contains personal data for the profile." in erased
            assert "Response status code: 204" in left
            assert "There is no personal data related to the profile." in left


def test_the_gdpr_api_tester_is_refused_for_another_person_or_audience(world: World, tmp_path: Path) -> None:
    at_its_own_time(world)
    given = {"store_issuer": ISSUER, "store_audience": AUDIENCE}
    app = replace(world.app, settings=world.app.settings.model_copy(update=given))
    with served(create(app)) as address:
        commands = ["set GDPR_API_AUDIENCE=elsewhere", "query", f"set GDPR_API_AUDIENCE={AUDIENCE}"]
        commands += [f"set GDPR_API_URL={address}/api/v1/store/account/another", "delete"]
        audience, person = run(tmp_path, address, "keycloak", "authorization", commands)
    assert "Response status code: 401" in audience
    assert "Response status code: 403" in person
    assert "(The errors are in the correct format)" in person
