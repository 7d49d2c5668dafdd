"""What the mails say: one file per kind in `templates/`, its first line the subject; beside some the same as HTML.

Without a name in it where nobody asked for one: a mail server on the way learns as little as can be.
"""

from email.message import EmailMessage
from email.utils import formatdate, parseaddr
from functools import cache
from html import escape
from importlib.resources import files
from string import Template
from typing import Final

from write_side.processes.effects import Effect

PLAIN: Final = "7bit"
ENCODED: Final = "quoted-printable"


def compose(effect: Effect, sender: str, recipient: str, **facts: object) -> EmailMessage:
    """The mail. Its Message-ID is the effect's, whoever sends it and however often.

    Raises KeyError for a fact that the template has and `facts` has not.
    """
    subject, text = _template(effect.kind)
    mail = EmailMessage()
    mail["From"] = sender
    mail["To"] = recipient
    # A header is one line, whatever a product is called.
    mail["Subject"] = " ".join(subject.substitute(facts).split())
    mail["Date"] = formatdate()
    mail["Message-ID"] = message_id(effect, sender)
    mail["Auto-Submitted"] = "auto-generated"  # RFC 3834: no holiday notices, please
    body = text.substitute(facts)
    # As it is where that can be: an encoded link is cut in pieces.
    mail.set_content(body, cte=PLAIN if body.isascii() and len(max(body.split("\n"), key=len)) < 990 else ENCODED)
    page = _page(effect.kind)
    if page is not None:
        mail.add_alternative(page.substitute({name: escape(str(fact)) for name, fact in facts.items()}), subtype="html")
    return mail


def message_id(effect: Effect, sender: str) -> str:
    """`effect.id` has the position of its event, which no other event of the log has."""
    domain = parseaddr(sender)[1].rpartition("@")[2]
    return f"<{effect.id}@{domain}>"


@cache
def _template(kind: str) -> tuple[Template, Template]:
    text = (files("workers") / "templates" / f"{kind}.txt").read_text(encoding="utf-8")
    subject, _, body = text.partition("\n")
    return Template(subject), Template(body.lstrip("\n"))


@cache
def _page(kind: str) -> Template | None:
    file = files("workers") / "templates" / f"{kind}.html"
    return Template(file.read_text(encoding="utf-8")) if file.is_file() else None
