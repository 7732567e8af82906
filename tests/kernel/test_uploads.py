"""What a file really is: files made here byte by byte, honest and not."""

import hashlib
import io
import struct
import zipfile
import zlib

import pikepdf
import pytest
from pypdf import PdfWriter
from pypdf.generic import DictionaryObject, NameObject, TextStringObject

from guichet.kernel import inspection, uploads
from guichet.kernel.uploads import FileRefused, FileTooLarge, inspect, safe_name

MO = 1024 * 1024
DOCX_TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


def pdf(writer: PdfWriter | None = None) -> bytes:
    writer = writer or PdfWriter()
    writer.add_blank_page(200, 200)
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def png(width: int = 1, height: int = 1) -> bytes:
    def chunk(name: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(b"\0\0\0\0")) + chunk(b"IEND", b"")
    )


def jpeg(width: int = 8, height: int = 8) -> bytes:
    frame = b"\xff\xc0\x00\x11\x08" + struct.pack(">HH", height, width) + b"\x03\x01\x22\x00\x02\x11\x01\x03\x11\x01"
    scan = b"\xff\xda\x00\x0c\x03\x01\x00\x02\x11\x03\x11\x00\x3f\x00" + b"\x00" * 12
    return b"\xff\xd8\xff\xe0\x00\x04JF" + frame + scan + b"\xff\xd9"


def package(entries: dict[str, bytes], *, stored: tuple[str, ...] = ()) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in entries.items():
            method = zipfile.ZIP_STORED if name in stored else zipfile.ZIP_DEFLATED
            archive.writestr(name, content, compress_type=method)
    return out.getvalue()


def ooxml(part: str = "wordprocessingml.document", **more: bytes) -> dict[str, bytes]:
    types = f'<Types><Override ContentType="application/vnd.openxmlformats-officedocument.{part}.main+xml"/></Types>'
    return {"[Content_Types].xml": types.encode(), "word/document.xml": b"<w:document/>", **more}


def docx(**more: bytes) -> bytes:
    return package(ooxml(**more))


def odt(kind: str = "text", **more: bytes) -> bytes:
    entries = {"mimetype": f"application/vnd.oasis.opendocument.{kind}".encode(), "content.xml": b"<o/>", **more}
    return package(entries, stored=("mimetype",))


def look(content: bytes, nom: str, limit: int = 20 * MO):
    return inspect(io.BytesIO(content), nom, limit=limit)


def refusal(content: bytes, nom: str) -> str:
    with pytest.raises(FileRefused) as caught:
        look(content, nom)
    return str(caught.value)


@pytest.mark.parametrize(
    ("content", "nom", "mime"),
    [
        (pdf(), "statuts.pdf", "application/pdf"),
        (pdf(), "STATUTS.PDF", "application/pdf"),
        (png(), "plan.png", "image/png"),
        (jpeg(), "plan.jpg", "image/jpeg"),
        (jpeg(), "plan.jpeg", "image/jpeg"),
        (docx(), "lettre.docx", DOCX_TYPE),
        (
            package(ooxml("spreadsheetml.sheet")),
            "budget.xlsx",
            "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        ),
        (
            package(ooxml("presentationml.presentation")),
            "reunion.pptx",
            "application/vnd.openxmlformats-officedocument.presentationml.presentation",
        ),
        (odt(), "lettre.odt", "application/vnd.oasis.opendocument.text"),
        (odt("spreadsheet"), "budget.ods", "application/vnd.oasis.opendocument.spreadsheet"),
        (odt("presentation"), "reunion.odp", "application/vnd.oasis.opendocument.presentation"),
    ],
)
def test_each_accepted_type_is_read_from_its_content(content, nom, mime):
    found = look(content, nom)
    assert (found.type_mime, found.taille, found.nom) == (mime, len(content), nom)


def test_the_fingerprint_is_that_of_the_bytes():
    content = pdf()
    assert look(content, "a.pdf").sha256 == hashlib.sha256(content).hexdigest()


def test_the_file_is_left_at_its_beginning():
    file = io.BytesIO(pdf())
    inspect(file, "a.pdf", limit=MO)
    assert file.tell() == 0


@pytest.mark.parametrize(
    ("content", "nom", "said"),
    [
        (png(), "statuts.pdf", "mais son contenu est une image PNG"),
        (docx(), "budget.xlsx", "mais son contenu est un document Word"),
        (pdf(), "photo.jpg", "mais son contenu est un PDF"),
        (b"MZ\x90\x00 a program", "statuts.pdf", "mais son contenu est d’un autre type"),
        (b"<html><script>alert(1)</script></html>", "statuts.pdf", "mais son contenu est d’un autre type"),
        (package({"a.txt": b"a plain archive"}), "lettre.docx", "mais son contenu est d’un autre type"),
        (package({"mimetype": b"application/epub+zip", "content.xml": b""}), "livre.odt", "d’un autre type"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1 old", "statuts.pdf", "d’un autre type"),
    ],
)
def test_a_file_that_lies_about_its_type_is_refused(content, nom, said):
    assert said in refusal(content, nom)


@pytest.mark.parametrize("nom", ["programme.exe", "page.html", "image.svg", "archive.zip", "sans-extension", ".pdf"])
def test_another_type_is_refused_with_the_list_of_those_accepted(nom):
    assert "n’est pas accepté. Joignez un PDF" in refusal(pdf(), nom)


@pytest.mark.parametrize(("nom", "proposed"), [("a.doc", ".docx"), ("a.xls", ".xlsx"), ("a.ppt", ".pptx")])
def test_an_old_office_format_is_refused_with_the_format_to_use(nom, proposed):
    assert proposed in refusal(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", nom)


def test_a_macro_format_is_refused():
    assert "code qui s’exécute" in refusal(docx(), "a.docm")


@pytest.mark.parametrize(
    "content",
    [
        docx(**{"word/vbaProject.bin": b"macro"}),
        package({**ooxml(), "[Content_Types].xml": b"application/vnd.ms-word.document.macroEnabled.main+xml"}),
        docx(**{"word/embeddings/oleObject1.bin": b"\xd0\xcf\x11\xe0 an old object"}),
        docx(**{"word/media/image1.png": b"MZ a program"}),
    ],
)
def test_an_office_file_with_macros_or_old_objects_is_refused(content):
    assert "code qui s’exécute" in refusal(content, "lettre.docx")


def test_an_opendocument_with_scripts_is_refused():
    assert "code qui s’exécute" in refusal(odt(**{"Basic/Standard/Module1.xml": b"Sub Main"}), "lettre.odt")


def test_a_chart_that_embeds_its_workbook_is_kept():
    inside = package(ooxml("spreadsheetml.sheet"))
    assert look(docx(**{"word/embeddings/Classeur1.xlsx": inside}), "lettre.docx").type_mime == DOCX_TYPE


def test_an_archive_inside_an_archive_is_refused():
    inner = package({"a.txt": b"0" * 100})
    assert "démesuré" in refusal(docx(**{"word/media/image1.png": inner}), "lettre.docx")


def test_an_embedded_file_that_embeds_another_is_refused():
    inner = package({**ooxml("spreadsheetml.sheet"), "xl/embeddings/c.xlsx": package(ooxml("spreadsheetml.sheet"))})
    assert "démesuré" in refusal(docx(**{"word/embeddings/a.xlsx": inner}), "lettre.docx")


def test_a_zip_bomb_by_its_ratio_is_refused():
    bomb = docx(**{"word/document.xml": b"0" * (40 * MO)})
    assert len(bomb) < 100_000
    assert "démesuré" in refusal(bomb, "lettre.docx")


def test_a_zip_bomb_by_its_number_of_entries_is_refused():
    bomb = docx(**{f"word/media/{n}": b"" for n in range(inspection.ENTRIES_MAX)})
    assert "démesuré" in refusal(bomb, "lettre.docx")


def test_a_zip_bomb_in_many_modest_entries_is_refused(monkeypatch):
    row = bytes(range(256)) * 64
    bomb = docx(**{f"xl/{n}.xml": row * 60 for n in range(3)})
    monkeypatch.setattr(inspection, "UNCOMPRESSED_MAX", 2 * MO)
    assert inspection.office(bomb) == inspection.BOMB


def test_an_entry_that_declares_less_than_it_holds_is_refused():
    content = bytearray(docx(**{"word/media/a.xml": b"x" * 5000}))
    honest = struct.pack("<I", 5000)
    for place in [i for i in range(len(content)) if content[i : i + 4] == honest]:
        content[place : place + 4] = struct.pack("<I", 10)
    assert "abîmé" in refusal(bytes(content), "lettre.docx")


@pytest.mark.parametrize("name", ["../../etc/passwd", "/etc/passwd", "word/..\\..\\x"])
def test_an_entry_that_would_leave_its_folder_is_refused(name):
    assert "abîmé" in refusal(docx(**{name: b"x"}), "lettre.docx")


def test_an_encrypted_office_file_is_refused():
    content = bytearray(docx())
    content[6] |= 1
    central = content.index(b"PK\x01\x02")
    content[central + 8] |= 1
    assert "protégé" in refusal(bytes(content), "lettre.docx")
    assert "protégé" in refusal(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1 EncryptedPackage", "lettre.docx")


def test_a_pdf_with_javascript_is_refused():
    writer = PdfWriter()
    action = DictionaryObject({NameObject("/S"): NameObject("/JavaScript"), NameObject("/JS"): TextStringObject("x")})
    writer._root_object[NameObject("/OpenAction")] = action
    assert "code qui s’exécute" in refusal(pdf(writer), "a.pdf")


def test_a_pdf_that_starts_a_program_is_refused():
    writer = PdfWriter()
    launch = DictionaryObject({NameObject("/S"): NameObject("/Launch"), NameObject("/F"): TextStringObject("calc.exe")})
    writer._root_object[NameObject("/OpenAction")] = launch
    assert "code qui s’exécute" in refusal(pdf(writer), "a.pdf")


def test_a_pdf_with_script_in_a_compressed_object_is_refused():
    document = pikepdf.new()
    document.add_blank_page()
    document.pages[0]["/AA"] = pikepdf.Dictionary(O=pikepdf.Dictionary(S=pikepdf.Name.JavaScript, JS="x"))
    out = io.BytesIO()
    document.save(out, object_stream_mode=pikepdf.ObjectStreamMode.generate)
    assert b"JavaScript" not in out.getvalue()
    assert "code qui s’exécute" in refusal(out.getvalue(), "a.pdf")


def test_a_pdf_whose_objects_turn_in_a_circle_is_read():
    document = pikepdf.new()
    document.add_blank_page()
    loop = document.make_indirect(pikepdf.Array([1]))
    loop.append(loop)
    document.Root["/Loop"] = loop
    out = io.BytesIO()
    document.save(out)
    assert look(out.getvalue(), "a.pdf").type_mime == "application/pdf"


@pytest.mark.parametrize("user", ["secret", ""])
def test_a_protected_pdf_is_refused(user):
    document = pikepdf.new()
    document.add_blank_page()
    out = io.BytesIO()
    document.save(out, encryption=pikepdf.Encryption(owner="owner", user=user))
    assert "protégé" in refusal(out.getvalue(), "a.pdf")


@pytest.mark.parametrize(
    ("content", "nom"),
    [
        (b"%PDF-1.7\nnothing of a PDF", "a.pdf"),
        (png()[:-4], "a.png"),
        (png() + b"more", "a.png"),
        (b"\x89PNG\r\n\x1a\n", "a.png"),
        (jpeg()[:20], "a.jpg"),
        (b"PK\x03\x04 cut", "a.docx"),
    ],
)
def test_a_damaged_file_is_refused(content, nom):
    assert "abîmé" in refusal(content, nom)


@pytest.mark.parametrize(("content", "nom"), [(png(60_000, 60_000), "a.png"), (jpeg(60_000, 60_000), "a.jpg")])
def test_an_image_of_billions_of_pixels_is_refused(content, nom):
    assert "démesuré" in refusal(content, nom)


def test_an_empty_file_is_refused():
    assert refusal(b"", "a.pdf") == "Ce fichier est vide."


def test_a_file_above_the_limit_is_refused_without_trusting_its_declared_size():
    with pytest.raises(FileTooLarge, match="dépasse 1"):
        look(pdf() + b"\0" * MO, "a.pdf", limit=MO)


def test_a_pdf_that_unfolds_without_end_is_refused():
    document = pikepdf.new()
    document.add_blank_page()
    document.Root["/Bomb"] = document.make_indirect(pikepdf.Dictionary(A=pikepdf.String("a" * (210 * MO))))
    out = io.BytesIO()
    document.save(out, object_stream_mode=pikepdf.ObjectStreamMode.generate)
    assert len(out.getvalue()) < MO
    refusal(out.getvalue(), "a.pdf")


def test_a_file_that_takes_too_long_to_read_is_refused(monkeypatch):
    monkeypatch.setattr(uploads, "INSPECTION_SECONDS", 0.01)
    assert "démesuré" in refusal(pdf(), "a.pdf")


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("statuts.pdf", "statuts.pdf"),
        ("../../etc/passwd.pdf", "passwd.pdf"),
        ("C:\\Users\\moi\\statuts.pdf", "statuts.pdf"),
        ("sta\u202etuts\x00\n.pdf", "sta tuts.pdf"),
        ('a"b<c>:d|e?.pdf', "a-b-c-d-e-.pdf"),
        ("...pdf", "fichier.pdf"),
        ("   .pdf", "fichier.pdf"),
        ("é" * 300 + ".pdf", "é" * 116 + ".pdf"),
        ("e\u0301tude.pdf", "étude.pdf"),
    ],
)
def test_a_name_is_made_safe(given, kept):
    assert safe_name(given) == kept
