"""The readers of uploaded files. Run as a program, one file on standard input, in a process of bounded means.

    python inspection.py pdf|office < file

Prints a MIME type (and the number of pages of a PDF), or why the file is refused. Imports nothing of the project, so
that the child starts quickly; a file made to exhaust memory or time kills the child, never the server.
"""

import io
import re
import resource
import struct
import sys
import zipfile
import zlib
from typing import Any

ENCRYPTED = "encrypted"
ACTIVE = "active"
BOMB = "bomb"
DAMAGED = "damaged"
UNKNOWN = "unknown"

MEMORY_BYTES = 1024 * 1024 * 1024
CPU_SECONDS = 10

ENTRIES_MAX = 4000
UNCOMPRESSED_MAX = 200 * 1024 * 1024
RATIO_MAX = 200
RATIO_FLOOR = 1024 * 1024
PIXELS_MAX = 200_000_000
CHUNK = 256 * 1024

OOXML_MAIN = {
    b"wordprocessingml.document.main+xml": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    b"spreadsheetml.sheet.main+xml": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    b"presentationml.presentation.main+xml": (
        "application/vnd.openxmlformats-officedocument.presentationml.presentation"
    ),
}
ODF = tuple(f"application/vnd.oasis.opendocument.{kind}" for kind in ("text", "spreadsheet", "presentation"))
_EMBEDDED_OFFICE = re.compile(r"(word|xl|ppt)/embeddings/[^/]+\.(docx|xlsx|pptx)")
_ACTIVE_NAMES = re.compile(r"(^|/)(vbaproject\.bin|vbadata\.xml)$|^(basic|scripts)/|^xl/macrosheets/", re.IGNORECASE)
_ACTIVE_ACTIONS = {"/JavaScript", "/Launch", "/ImportData", "/SubmitForm", "/Rendition", "/RichMediaExecute"}


class Refused(Exception):
    """The file is refused for the reason of its first argument."""


def main(reader: str) -> str:
    """What the file of standard input is."""
    content = sys.stdin.buffer.read()
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS))
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    return {"pdf": pdf, "office": office}[reader](content)


def pdf(content: bytes) -> str:
    """A PDF without password, script nor action that starts a program. Every object is looked at."""
    import pikepdf

    pikepdf.settings.set_qpdf_limits(flate_max_memory=UNCOMPRESSED_MAX, run_length_max_memory=UNCOMPRESSED_MAX)
    try:
        with pikepdf.open(io.BytesIO(content), attempt_recovery=True) as document:
            if document.is_encrypted:
                return ENCRYPTED
            if not document.pages:
                return DAMAGED
            if any(_is_active(value) for value in document.objects):
                return ACTIVE
            return f"application/pdf {len(document.pages)}"
    except pikepdf.PasswordError:
        return ENCRYPTED
    except pikepdf.PdfError:
        return DAMAGED


def _is_active(value: Any) -> bool:
    """Whether a PDF object, or one written inside it, runs code when the file is read. What it points to is an object
    of its own, looked at in its turn."""
    import pikepdf

    todo = [value]
    while todo:
        each = todo.pop()
        if isinstance(each, pikepdf.Array):
            inside = list(each)
        elif isinstance(each, pikepdf.Dictionary | pikepdf.Stream):
            if "/JS" in each or "/XFA" in each or str(each.get("/S", "")) in _ACTIVE_ACTIONS:
                return True
            inside = [item for _, item in each.items()]
        else:
            continue
        todo += [item for item in inside if isinstance(item, pikepdf.Object) and not item.is_indirect]
    return False


def office(content: bytes) -> str:
    """An office file in an open format, without password, macro nor object of an older format.

    Every entry is decompressed and its checksum verified, within one budget for the file and what it embeds.
    """
    try:
        return _package(content, Budget(), depth=0)
    except Refused as refused:
        return str(refused)
    except (zipfile.BadZipFile, zlib.error, NotImplementedError, EOFError, struct.error, ValueError):
        return DAMAGED


class Budget:
    """What may still be decompressed, in bytes, for a whole upload."""

    def __init__(self) -> None:
        self.left = UNCOMPRESSED_MAX

    def spend(self, size: int) -> None:
        self.left -= size
        if self.left < 0:
            raise Refused(BOMB)


def _package(content: bytes, budget: Budget, *, depth: int) -> str:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        entries = archive.infolist()
        if len(entries) > ENTRIES_MAX:
            raise Refused(BOMB)
        names = [entry.filename for entry in entries]
        if len(set(names)) != len(names) or any(_leaves(name) for name in names):
            raise Refused(DAMAGED)
        if any(entry.flag_bits & 1 for entry in entries):
            raise Refused(ENCRYPTED)
        if any(_ACTIVE_NAMES.search(name) for name in names):
            raise Refused(ACTIVE)
        for entry in entries:
            _check_entry(archive, entry, budget, depth)
        return _main_type(archive, entries)


def _leaves(name: str) -> bool:
    """Whether an entry would be written outside the folder it is extracted to."""
    return name.startswith(("/", "\\")) or ".." in name.replace("\\", "/").split("/") or "\x00" in name


def _check_entry(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, budget: Budget, depth: int) -> None:
    ratio = entry.file_size / max(entry.compress_size, 1)
    if entry.file_size > RATIO_FLOOR and ratio > RATIO_MAX:
        raise Refused(BOMB)
    if entry.file_size > budget.left:
        raise Refused(BOMB)
    embedded = bool(_EMBEDDED_OFFICE.fullmatch(entry.filename)) and depth == 0
    kept, head = [], b""
    with archive.open(entry) as stream:
        while chunk := stream.read(CHUNK):
            budget.spend(len(chunk))
            head = head or chunk[:8]
            if embedded:
                kept.append(chunk)
    if head.startswith(b"PK\x03\x04"):
        if not embedded:
            raise Refused(BOMB)
        _package(b"".join(kept), budget, depth=1)
    elif head.startswith((b"\xd0\xcf\x11\xe0", b"MZ", b"\x7fELF")):
        raise Refused(ACTIVE)


def _main_type(archive: zipfile.ZipFile, entries: list[zipfile.ZipInfo]) -> str:
    """The type an office file declares where its format says it must."""
    names = {entry.filename for entry in entries}
    if "[Content_Types].xml" in names:
        declared = archive.read("[Content_Types].xml")
        if b"macroenabled" in declared.lower():
            raise Refused(ACTIVE)
        found = [mime for word, mime in OOXML_MAIN.items() if word in declared]
        return found[0] if len(found) == 1 else UNKNOWN
    first = min(entries, key=lambda entry: entry.header_offset) if entries else None
    if first is not None and first.filename == "mimetype" and "content.xml" in names:
        declared = archive.read("mimetype")[:200]
        text = declared.decode("ascii", "replace").strip()
        return text if text in ODF else UNKNOWN
    return UNKNOWN


def image(content: bytes) -> str:
    """A whole PNG or JPEG of a reasonable number of pixels; its pixels are not decoded."""
    try:
        return _png(content) if content.startswith(b"\x89PNG") else _jpeg(content)
    except (struct.error, IndexError):
        return DAMAGED


def _png(content: bytes) -> str:
    position, first = 8, True
    while True:
        length, name = struct.unpack_from(">I4s", content, position)
        if first:
            if name != b"IHDR" or length != 13:
                return DAMAGED
            width, height = struct.unpack_from(">II", content, position + 8)
            if not width * height or width * height > PIXELS_MAX:
                return BOMB
            first = False
        body = content[position + 4 : position + 8 + length]
        (checksum,) = struct.unpack_from(">I", content, position + 8 + length)
        if zlib.crc32(body) != checksum:
            return DAMAGED
        position += 12 + length
        if name == b"IEND":
            return "image/png" if position == len(content) else DAMAGED


def _jpeg(content: bytes) -> str:
    position, sized = 2, False
    while content[position] == 0xFF:
        marker = content[position + 1]
        if marker == 0xFF:
            position += 1
            continue
        (length,) = struct.unpack_from(">H", content, position + 2)
        if 0xC0 <= marker <= 0xCF and marker not in (0xC4, 0xC8, 0xCC):
            height, width = struct.unpack_from(">HH", content, position + 5)
            if width * height > PIXELS_MAX:
                return BOMB
            sized = True
        if marker == 0xDA:
            return "image/jpeg" if sized and content.rfind(b"\xff\xd9") > position else DAMAGED
        position += 2 + length
    return DAMAGED


if __name__ == "__main__":
    print(main(sys.argv[1]))  # noqa: T201
