"""What ``letterbox up`` says when everything runs."""

from pathlib import Path
from uuid import uuid4

from boards import careerjet
from cli.context import apply_url
from cli.samples import CV, OPEN_POSITION
from settings import Settings


def greeting(settings: Settings, secret: str) -> str:
    """Tell the addresses, and give a curl that works as it stands."""
    return f"""
Letterbox is running.

  API           http://{settings.api_host}:{settings.api_port}/docs
  Temporal UI   http://127.0.0.1:{settings.ui_port}/namespaces/default/workflows
  Store         {settings.store_url}
  Secret        {secret}   (LETTERBOX_CAREERJET_SECRETS)

Send an application, as Careerjet would:

{_curl(settings, secret)}

or:  letterbox send careerjet     then:  letterbox list

Ctrl-C stops everything; what has arrived is kept under {settings.data}.
"""


def _curl(settings: Settings, secret: str) -> str:
    uuid = str(uuid4())
    fields = {
        "uuid": uuid,
        "job_id": OPEN_POSITION,
        "firstname": "Joe",
        "lastname": "Smith",
        "email": "joe.smith@example.com",
        # --form would take the bracket for the beginning of a nested part.
        "phone_number": "(212) 555-1234",
        "cover_letter": "Please find attached my CV.",
        "candidate_ip": "9.9.9.9",
        "source_signature": careerjet.sign(uuid, secret),
    }
    lines = [f'  --form-string "{name}={text}" \\' for name, text in fields.items()]
    return "\n".join(
        [
            "curl -X POST \\",
            *lines,
            f'  --form "cv=@{_short(CV)}" \\',
            f"  {apply_url(settings, 'careerjet')}",
        ]
    )


def _short(path: Path) -> Path:
    here = Path.cwd()
    return path.relative_to(here) if path.is_relative_to(here) else path
