"""What ``letterbox up`` prints when everything runs."""

import os
import shlex
import shutil
import sys
from collections.abc import Mapping
from pathlib import Path
from uuid import uuid4

from dotenv import dotenv_values

from letterbox.boards.careerjet import BOARD as CAREERJET
from letterbox.settings import Settings
from letterbox.settings.mistakes import variable_of
from letterbox.settings.sources import FILE
from letterbox_cli.context import apply_url
from letterbox_cli.samples import CV, OPEN_POSITION
from letterbox_cli.up.dev_secrets import plays_seek, secret_path

_TOKEN = variable_of("operator_token")


def greeting(settings: Settings, secrets: Mapping[str, str]) -> str:
    """Return the addresses, and a curl that works as it stands."""
    made_up = secrets.get(CAREERJET.secrets_variable)
    secret = made_up or settings.secrets_of(CAREERJET.name)[0].decode()
    letterbox = _command()
    return f"""
Letterbox is running.

  API           http://{settings.api_host}:{settings.api_port}/docs
  Temporal UI   http://127.0.0.1:{settings.ui_port}/namespaces/default/workflows
  Store         {settings.store_url}
  Careerjet     secret {_secret(settings, made_up)}
  Desk          {_desk(settings, secrets)}
  Operator API  {_operator_api(settings, secrets)}
  SEEK          {_seek(settings)}

Send an application, as Careerjet would:

{_curl(settings, secret)}

or:    {letterbox} send careerjet
       {letterbox} send seek
then:  {letterbox} list
       {letterbox} doctor

Ctrl-C stops everything; what has arrived is kept under {settings.data}.
"""


def _secret(settings: Settings, made_up: str | None) -> str:
    if made_up is None:
        return f"as configured ({CAREERJET.secrets_variable})"
    return f"{made_up}, from {secret_path(settings)}"


def _command() -> str:
    """Return the command with its path if need be: a fresh clone has it in .venv."""
    beside = Path(sys.executable).with_name("letterbox")
    on_path = shutil.which("letterbox")
    if not beside.exists() or (on_path and beside.samefile(on_path)):
        return "letterbox"
    return str(_short(beside))


def _desk(settings: Settings, secrets: Mapping[str, str]) -> str:
    how = secrets.get(_TOKEN) or "your operator token"
    at = f"http://{settings.api_host}:{settings.api_port}/desk"
    sign_on = ", or by single sign-on" if settings.oidc_issuer else ""
    return f"{at}, to sign in with {how}{sign_on}"


def _operator_api(settings: Settings, secrets: Mapping[str, str]) -> str:
    token = secrets.get(_TOKEN) or _configured_token(settings)
    at = f"http://{settings.api_host}:{settings.api_port}/applications"
    return f'curl -H "Authorization: Bearer {token}" {at}'


def _configured_token(settings: Settings) -> str:
    """Return what the shell puts in the first token's place: it is not printed."""
    is_one = len(settings.operator_tokens) == 1
    if os.environ.get(_TOKEN):
        return f"${_TOKEN}" if is_one else f"${{{_TOKEN}%%,*}}"
    configured = {**dotenv_values(".env", encoding="utf-8-sig"), **os.environ}
    if file := configured.get(f"{_TOKEN}{FILE}"):
        read = "cat" if is_one else "cut -d, -f1"
        return f"$({read} {shlex.quote(file)})"
    dotenv = Path(".env")
    lines = dotenv.read_bytes().split(b"\n") if dotenv.is_file() else []
    plain = [_TOKEN.encode() + b"=" + token for token in settings.operator_tokens]
    if is_one and plain[0] in lines:
        return f"$(sed -n 's/^{_TOKEN}=//p' .env)"
    # In quotes, exported, in a file of Windows, or the first of several.
    edit = f"/^(export )?{_TOKEN} *=/{{s/^[^=]*= *//;s/ +#.*//;p;}}"
    line = f"sed -En '{edit}' .env"
    return f'$({line} | tr -d "\\"\' \\r" | cut -d, -f1)'


def _seek(settings: Settings) -> str:
    if not plays_seek(settings):
        return "the real SEEK, as configured"
    return f"a sandbox, http://127.0.0.1:{settings.sandbox_port}/docs"


def _curl(settings: Settings, secret: str) -> str:
    # --form would take a phone number's bracket for the beginning of a nested part.
    fields = CAREERJET.sample(str(uuid4()), OPEN_POSITION, secret)
    lines = [f'  --form-string "{name}={text}" \\' for name, text in fields.items()]
    return "\n".join(
        [
            "curl -X POST \\",
            *lines,
            f'  --form "{CAREERJET.sample_document}=@{_short(CV)}" \\',
            f"  {apply_url(settings, CAREERJET.name)}",
        ]
    )


def _short(path: Path) -> Path:
    here = Path.cwd()
    return path.relative_to(here) if path.is_relative_to(here) else path
