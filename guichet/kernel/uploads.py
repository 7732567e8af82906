"""What an uploaded file really is: its type is read from its content, and its extension must agree.

Accepted: PDF, PNG, JPEG, and office files in the two open formats (docx, xlsx, pptx; odt, ods, odp). PDF and office
files are opened by a child process (`guichet.kernel.inspection`) whose memory and time are bounded: a file made to
exhaust its reader exhausts the child, and is refused.
"""

import hashlib
import re
import subprocess
import sys
import unicodedata
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import IO, Any

from guichet.kernel import inspection

NAME_MAX = 120
INSPECTION_SECONDS = 15
CHUNK = 256 * 1024


class FileRefused(Exception):
    """A file the portal does not keep; `str()` is a French sentence that says what to do."""


class FileTooLarge(FileRefused):
    """A file above the limit."""


@dataclass(frozen=True)
class Kind:
    """A type the portal keeps. `reader` is the inspection of its content."""

    mime: str
    extensions: tuple[str, ...]
    label: str
    reader: str


_OOXML = "application/vnd.openxmlformats-officedocument."
_ODF = "application/vnd.oasis.opendocument."
KINDS = (
    Kind("application/pdf", (".pdf",), "un PDF", "pdf"),
    Kind("image/png", (".png",), "une image PNG", "image"),
    Kind("image/jpeg", (".jpg", ".jpeg"), "une image JPEG", "image"),
    Kind(f"{_OOXML}wordprocessingml.document", (".docx",), "un document Word", "office"),
    Kind(f"{_OOXML}spreadsheetml.sheet", (".xlsx",), "un classeur Excel", "office"),
    Kind(f"{_OOXML}presentationml.presentation", (".pptx",), "une présentation PowerPoint", "office"),
    Kind(f"{_ODF}text", (".odt",), "un texte OpenDocument", "office"),
    Kind(f"{_ODF}spreadsheet", (".ods",), "un classeur OpenDocument", "office"),
    Kind(f"{_ODF}presentation", (".odp",), "une présentation OpenDocument", "office"),
)
EXTENSIONS = tuple(extension for kind in KINDS for extension in kind.extensions)
_BY_MIME = {kind.mime: kind for kind in KINDS}

_FORMATS = "un PDF, une image PNG ou JPEG, ou un fichier bureautique (docx, xlsx, pptx, odt, ods, odp)"
_LEGACY = {".doc": ".docx", ".dot": ".docx", ".xls": ".xlsx", ".ppt": ".pptx", ".pps": ".pptx"}
_MACROS = (".docm", ".xlsm", ".pptm", ".dotm", ".xltm", ".ppsm")
_SENTENCES = {
    inspection.ENCRYPTED: "Ce fichier est protégé par un mot de passe ou par des restrictions. Enregistrez-le sans "
    "protection, puis joignez-le à nouveau.",
    inspection.ACTIVE: "Ce fichier contient du code qui s’exécute (script, macro ou objet incorporé). Exportez-le en "
    "PDF simple, par «\u00a0Imprimer\u00a0» puis «\u00a0Enregistrer au format PDF\u00a0», et joignez ce PDF.",
    inspection.BOMB: "Une fois décompressé, ce fichier serait démesuré. Exportez-le en PDF et joignez ce PDF.",
    inspection.DAMAGED: "Ce fichier est abîmé ou incomplet\u00a0: il ne s’ouvre pas. Enregistrez-le à nouveau, puis "
    "joignez-le.",
}
_UNSAFE = re.compile(r'[\\/:*?"<>|]+')


@dataclass(frozen=True)
class Inspected:
    """A file that may be kept: the name to show, the type of its content, its size in bytes, its SHA-256, its number of
    pages when it is a PDF.
    """

    nom: str
    type_mime: str
    taille: int
    sha256: str
    extension: str
    pages: int | None = None

    def refuse_past(self, pages: int) -> None:
        """Raise `FileRefused` unless this is a PDF of at most that many pages."""
        if self.pages is None:
            raise FileRefused("Joignez un PDF\u00a0: enregistrez ou exportez votre document dans ce format.")
        if self.pages > pages:
            raise FileRefused(
                f"Ce document a {self.pages} pages\u00a0; le portail en garde {pages} au plus. Joignez le reste en "
                "annexe."
            )

    def described(self) -> dict[str, Any]:
        """What the row of a kept file says of it."""
        return {"nom": self.nom, "type_mime": self.type_mime, "taille": self.taille, "sha256": self.sha256}


def inspect(file: IO[bytes], nom: str, *, limit: int) -> Inspected:
    """Read the whole file and say what it is; the file is left at its beginning.

    Raises `FileTooLarge` above `limit` bytes, `FileRefused` when it is empty, of another type than accepted, of
    another type than its name says, protected, active, damaged or made to exhaust its reader.
    """
    taille, sha256 = _digest(file, limit)
    if not taille:
        raise FileRefused("Ce fichier est vide.")
    extension = _extension(nom)
    kind, pages = _kind(file, extension)
    if extension not in kind.extensions:
        raise FileRefused(
            f"Le nom de ce fichier finit par «\u00a0{extension}\u00a0», mais son contenu est {kind.label}. "
            "Corrigez son nom ou joignez le bon fichier."
        )
    return Inspected(safe_name(nom), kind.mime, taille, sha256, extension, pages)


def safe_name(nom: str) -> str:
    """A name to show and to download under: no path, no control or direction mark, at most 120 characters.

    The extension is kept whole; a name with nothing left is `fichier`.
    """
    text = unicodedata.normalize("NFC", nom).replace("\\", "/").rsplit("/", 1)[-1]
    text = "".join(" " if unicodedata.category(c)[0] in "CZ" else c for c in text)
    text = " ".join(_UNSAFE.sub("-", text).split()).rstrip(". ")
    stem, _, last = text.rpartition(".")
    suffix = f".{last}" if f".{last}".lower() in EXTENSIONS else ""
    stem = (stem if suffix else text).strip(". ") or "fichier"
    return f"{stem[: NAME_MAX - len(suffix)].rstrip()}{suffix}"


def _digest(file: IO[bytes], limit: int) -> tuple[int, str]:
    """Size and SHA-256 read by pieces; the declared size is never trusted."""
    digest, size = hashlib.sha256(), 0
    file.seek(0)
    while chunk := file.read(CHUNK):
        size += len(chunk)
        if size > limit:
            raise FileTooLarge(
                f"Ce fichier dépasse {limit // (1024 * 1024)}\u00a0Mo. Allégez-le, puis joignez-le à nouveau."
            )
        digest.update(chunk)
    file.seek(0)
    return size, digest.hexdigest()


def _extension(nom: str) -> str:
    extension = PurePosixPath(nom.replace("\\", "/")).suffix.lower().rstrip(". ")
    if extension in _LEGACY:
        raise FileRefused(
            f"L’ancien format «\u00a0{extension}\u00a0» n’est pas accepté. Enregistrez ce fichier "
            f"au format «\u00a0{_LEGACY[extension]}\u00a0» ou en PDF."
        )
    if extension in _MACROS:
        raise FileRefused(_SENTENCES[inspection.ACTIVE])
    if extension not in EXTENSIONS:
        raise FileRefused(f"Ce type de fichier n’est pas accepté. Joignez {_FORMATS}.")
    return extension


def _kind(file: IO[bytes], extension: str) -> tuple[Kind, int | None]:
    """The type of the content: by its first bytes for the family, then by its reader; the pages of a PDF."""
    head = file.read(8)
    file.seek(0)
    if head.startswith(b"%PDF-"):
        found = _in_child("pdf", file)
    elif head.startswith((b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff")):
        found = inspection.image(file.read())
        file.seek(0)
    elif head.startswith(b"PK\x03\x04"):
        found = _in_child("office", file)
    elif head.startswith(b"\xd0\xcf\x11\xe0"):
        found = inspection.ENCRYPTED if extension in (".docx", ".xlsx", ".pptx") else inspection.UNKNOWN
    else:
        found = inspection.UNKNOWN
    found, _, pages = found.partition(" ")
    if found in _BY_MIME:
        return _BY_MIME[found], int(pages) if pages else None
    if found in _SENTENCES:
        raise FileRefused(_SENTENCES[found])
    raise FileRefused(
        f"Le nom de ce fichier finit par «\u00a0{extension}\u00a0», mais son contenu est d’un autre type. "
        f"Joignez {_FORMATS}."
    )


def _in_child(reader: str, file: IO[bytes]) -> str:
    """What the bounded child says of the file: a MIME type or a word of `inspection`; past its bounds, a bomb."""
    command = [sys.executable, "-I", str(Path(inspection.__file__)), reader]
    content = file.read()
    file.seek(0)
    try:
        done = subprocess.run(command, input=content, capture_output=True, timeout=INSPECTION_SECONDS, check=False)
    except subprocess.TimeoutExpired:
        return inspection.BOMB
    if done.returncode:
        return inspection.BOMB
    return done.stdout.decode("ascii", "replace").strip()
