"""An invented person's application, as an e-mail."""

from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import localtime


def sample_message(board_id: str, job_id: str, cv: tuple[str, bytes]) -> EmailMessage:
    """Write a message to the position's address; its id is ``board_id``."""
    filename, content = cv
    message = EmailMessage()
    message["From"] = Address("Ada Example", f"ada.{board_id}", "example.com")
    message["To"] = Address("", f"jobs+{job_id}", "example.org")
    message["Subject"] = "My application"
    message["Date"] = localtime()
    message["Message-ID"] = f"<{board_id}>"
    message.set_content("Please find my CV.\n")
    message.add_attachment(
        content, maintype="application", subtype="octet-stream", filename=filename
    )
    return message
