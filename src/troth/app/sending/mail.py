"""Mail by SMTP."""

from __future__ import annotations

import smtplib
from dataclasses import dataclass
from email.message import EmailMessage
from email.policy import SMTP

from pydantic import SecretStr

from troth.base.errors import UnavailableError
from troth.base.sensitive import Sensitive

_TIMEOUT_SECONDS = 10.0


@dataclass(frozen=True)
class SmtpMail:
    """A mail server; encrypted where it offers to be."""

    host: str
    port: int
    sender: str
    user: str
    password: SecretStr

    def send(self, to: Sensitive[str], subject: str, body: str) -> None:
        """Deliver to the server.

        Raises:
            UnavailableError: it could not be reached or refused; the address is not repeated.
        """
        message = EmailMessage(policy=SMTP)
        message["From"], message["To"], message["Subject"] = self.sender, to.reveal(), subject
        message.set_content(body)
        try:
            self._deliver(message)
        except (OSError, smtplib.SMTPException) as error:
            # The library's own message repeats the address.
            raise UnavailableError(
                "mail.unavailable",
                f"the mail server did not take the mail ({type(error).__name__})",
                hint="check TROTH_SMTP_HOST and TROTH_SMTP_PORT and that the server runs",
            ) from None

    def _deliver(self, message: EmailMessage) -> None:
        with smtplib.SMTP(self.host, self.port, timeout=_TIMEOUT_SECONDS) as server:
            server.ehlo()
            if server.has_extn("starttls"):
                server.starttls()
                server.ehlo()
            if self.user:
                server.login(self.user, self.password.get_secret_value())
            server.send_message(message)
