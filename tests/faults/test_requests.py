"""Requests no browser sends on purpose: each gets its status, nothing is read whole, nothing is half-done."""

import contextlib
import os
import re
import socket
from pathlib import Path

from tests.faults.site import Browser, Site, sentences

MIB = 1024 * 1024


def snapshot(site: Site) -> list[tuple[object, ...]]:
    """Everything a request could have left."""
    tables = ("projects_evenementlettre", "dossiers_piece", "dossiers_document", "accounts_envoi", "accounts_user")
    return site.rows("SELECT " + ", ".join(f"(SELECT count(*) FROM {table})" for table in tables))


def memory(site: Site) -> int:
    """Resident bytes of the web server and its workers, at their highest since they started."""
    children = Path(f"/proc/{site.processes['web'].pid}/task/{site.processes['web'].pid}/children").read_text().split()
    return max(
        int(found[1]) * 1024
        for pid in children
        if (found := re.search(r"VmHWM:\s+(\d+)", Path(f"/proc/{pid}/status").read_text()))
    )


def raw(site: Site, head: str, body: bytes = b"") -> str:
    """Send bytes as they are; what came back, "" when the server hung up."""
    with socket.create_connection(("127.0.0.1", site.port), timeout=20) as connection:
        with contextlib.suppress(OSError):
            connection.sendall(head.encode() + body)
        received = b""
        with contextlib.suppress(OSError):
            while part := connection.recv(65536):
                received += part
    return received.decode(errors="replace")


def status(answer: str) -> int:
    return int(answer.split(" ")[1]) if answer else 0


def head(method: str, path: str, length: int, *lines: str) -> str:
    return "\r\n".join([f"{method} {path} HTTP/1.1", "Host: 127.0.0.1", f"Content-Length: {length}", *lines, "", ""])


def test_a_deposit_without_the_token_of_its_form_is_refused_and_nothing_moves(site: Site, person: Browser) -> None:
    letter = site.letters["saisie"][0]
    person.sign_in(str(letter["email"]))
    before = snapshot(site)
    forms = {"Content-Type": "application/x-www-form-urlencoded"}
    for body in (b"exact=oui", b"exact=oui&csrfmiddlewaretoken=" + b"a" * 64):
        answer = person.ask("POST", f"/lettres/{letter['pk']}/deposer/", body, forms)
        assert answer.status == 403
        assert "<h1>" in answer.body
    assert snapshot(site) == before
    assert site.rows("SELECT etat FROM projects_lettreintention WHERE id = %s", letter["pk"]) == [("brouillon",)]


def test_sixty_megabytes_are_refused_with_a_sentence_and_never_held_in_memory(site: Site, person: Browser) -> None:
    letter = site.letters["saisie"][0]
    person.sign_in(str(letter["email"]))
    path = f"/dossiers/{letter['dossier']}/pieces/"
    person.get(path)
    before, used = snapshot(site), memory(site)
    kind = {"Content-Type": "multipart/form-data; boundary=xx"}
    answer = person.ask("POST", path, b"x" * 60 * MIB, kind)
    assert answer.status == 413
    assert "20 Mo" in sentences(answer)
    assert memory(site) - used < 8 * MIB
    assert snapshot(site) == before


def test_a_body_announced_too_large_is_refused_before_it_comes(site: Site) -> None:
    answer = raw(site, head("POST", "/verifier/", 60 * MIB, "Connection: close"))
    assert status(answer) == 413


def test_a_length_that_is_not_one_is_refused(site: Site) -> None:
    for length in ("-1", "abc", "1e9"):
        answer = raw(site, f"POST /verifier/ HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: {length}\r\n\r\n")
        assert status(answer) in (400, 413), length


def test_a_chunked_body_without_a_length_is_bounded_too(site: Site) -> None:
    chunk = b"100000\r\n" + b"x" * MIB + b"\r\n"
    used = memory(site)
    answer = raw(
        site,
        "POST /verifier/ HTTP/1.1\r\nHost: 127.0.0.1\r\nTransfer-Encoding: chunked\r\n"
        "Content-Type: application/x-www-form-urlencoded\r\nConnection: close\r\n\r\n",
        chunk * 30 + b"0\r\n\r\n",
    )
    assert status(answer) in (400, 403, 411, 413)
    assert memory(site) - used < 8 * MIB


def test_a_line_and_a_header_too_long_are_refused(site: Site) -> None:
    assert status(raw(site, head("GET", "/" + "a" * 20_000, 0))) in (400, 414)
    assert status(raw(site, head("GET", "/", 0, "X-Long: " + "a" * 70_000))) in (400, 431)
    assert status(raw(site, head("GET", "/", 0, *(f"X-{n}: a" for n in range(400))))) in (400, 431)


def test_an_unknown_method_and_a_broken_request_leave_the_site_standing(site: Site, person: Browser) -> None:
    letter = site.letters["saisie"][0]
    person.sign_in(str(letter["email"]))
    before = snapshot(site)
    for method in ("BREW", "DELETE", "PUT", "PATCH", "TRACE"):
        for path in ("/", "/accueil/", f"/lettres/{letter['pk']}/", f"/lettres/{letter['pk']}/deposer/"):
            assert person.ask(method, path).status in (403, 405), (method, path)
    assert status(raw(site, "pas du tout du HTTP\r\n\r\n")) in (0, 400)
    assert status(raw(site, "GET / HTTP/1.1\r\n\r\n")) in (200, 400)
    assert status(raw(site, "GET / HTTP/1.1\r\nHost: ailleurs.example\r\n\r\n")) == 400
    assert snapshot(site) == before
    assert person.get("/accueil/").status == 200


def test_what_the_pages_answer_to_bytes_that_are_no_text(site: Site, person: Browser) -> None:
    person.sign_in(str(site.letters["saisie"][0]["email"]))
    before = snapshot(site)
    for path in ("/verifier/%00/", "/lettres/%ff%fe/", "/lettres/99999999999999999999/", "/lettres/?page=%00"):
        assert person.get(path).status in (400, 404), path
    noise = os.urandom(2000)
    answer = person.ask("POST", "/comptes/login/", noise, {"Content-Type": "multipart/form-data; boundary=xx"})
    assert answer.status in (400, 403)
    assert snapshot(site) == before
