"""`make mails`: print the mails the portal wrote under var/mails, newest last, decoded."""

import email
import os
import sys
from email.message import EmailMessage
from email.policy import default
from pathlib import Path

FOLDER = Path(os.environ.get("VAR_DIR") or Path(__file__).resolve().parent.parent / "var") / "mails"
BETWEEN = b"-" * 79 + b"\n"


def main() -> None:
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 5
    found = mails()
    if not found:
        print("Aucun mail pour l’instant.")
    for mail in found[-count:]:
        body = mail.get_body(preferencelist=("plain", "html"))
        print("=" * 80)
        for name in ("Date", "From", "To", "Subject"):
            print(f"{name}: {mail[name]}")
        print(f"\n{body.get_content() if body else ''}")


def mails() -> list[EmailMessage]:
    parts = [
        part
        for path in sorted(FOLDER.glob("*.log"), key=lambda path: path.stat().st_mtime)
        for part in path.read_bytes().split(BETWEEN)
        if part.strip()
    ]
    return [email.message_from_bytes(part, policy=default) for part in parts]  # type: ignore[misc]


if __name__ == "__main__":
    try:
        main()
        sys.stdout.flush()
    except BrokenPipeError:  # `make mails | head`: whoever reads has read enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
