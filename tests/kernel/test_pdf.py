"""The bytes of a paper: what an archivist, a screen reader and a lawyer expect of the file."""

import http.server
import re
import subprocess
import sys
import threading
from collections.abc import Iterator
from datetime import datetime
from io import BytesIO
from pathlib import Path
from typing import Any

import pikepdf
import pypdf
import pytest
from django.template import Context, Engine
from fontTools.ttLib import TTFont

from guichet.kernel import pdf
from tests.kernel.paper_sample import CODE, CREATED, URL, draw, every_bloc, letter


@pytest.fixture(scope="module")
def content() -> bytes:
    return draw(letter(*every_bloc(), reference="CPTS-31-0042", signature={"nom": "Camille Vasseur"}))


@pytest.fixture(scope="module")
def opened(content: bytes) -> Iterator[pikepdf.Pdf]:
    with pikepdf.open(BytesIO(content)) as document:
        yield document


def text_of(content: bytes) -> str:
    pages = pypdf.PdfReader(BytesIO(content)).pages
    return re.sub(r"\s+", " ", " ".join(page.extract_text() for page in pages).replace("\u00a0", " ")).strip()


def elements(opened: pikepdf.Pdf) -> list[pikepdf.Dictionary]:
    found: list[pikepdf.Dictionary] = []

    def walk(node: Any) -> None:
        if isinstance(node, pikepdf.Array):
            for kid in node:
                walk(kid)
        elif isinstance(node, pikepdf.Dictionary) and "/S" in node:
            found.append(node)
            walk(node.get("/K", pikepdf.Array()))

    walk(opened.Root.StructTreeRoot.K)
    return found


def test_the_file_says_pdf_a_3a_and_pdf_ua_1_in_one_description(opened: pikepdf.Pdf) -> None:
    with opened.open_metadata() as metadata:
        declared = {key: metadata.get(key) for key in ("pdfaid:part", "pdfaid:conformance", "pdfuaid:part")}
    assert declared == {"pdfaid:part": "3", "pdfaid:conformance": "A", "pdfuaid:part": "1"}
    raw = opened.Root.Metadata.read_bytes()
    assert raw.count(b"<rdf:RDF") == 1
    assert b"pdfaSchema:namespaceURI>http://www.aiim.org/pdfua/ns/id/" in raw


def test_the_file_is_tagged_titled_and_in_french(opened: pikepdf.Pdf) -> None:
    root = opened.Root
    assert bool(root.MarkInfo.Marked) is True
    assert str(root.Lang) == "fr"
    assert str(opened.docinfo["/Title"]) == "Lettre d’intention"
    assert bool(root.ViewerPreferences.DisplayDocTitle) is True
    assert str(root.StructTreeRoot.K[0].S) == "/Document"


def test_the_file_has_an_output_intent_an_identifier_and_its_date(opened: pikepdf.Pdf) -> None:
    assert [str(intent.S) for intent in opened.Root.OutputIntents] == ["/GTS_PDFA1"]
    assert len(opened.trailer.ID) == 2
    assert str(opened.docinfo["/CreationDate"]) == "D:20270315093000+00'00"
    with opened.open_metadata() as metadata:
        assert metadata.get("xmp:CreateDate") == "2027-03-15T09:30:00+00:00"


def test_every_font_is_ours_embedded_and_readable_as_text(opened: pikepdf.Pdf) -> None:
    fonts = {str(font.BaseFont): font for page in opened.pages for font in page.Resources.Font.values()}
    assert fonts
    for name, font in fonts.items():
        assert re.match(r"/[A-Z]{6}\+Source-Sans-3", name)
        assert "/ToUnicode" in font
        descriptor = font.DescendantFonts[0].FontDescriptor
        assert "/FontFile2" in descriptor or "/FontFile3" in descriptor


def test_nothing_in_the_file_runs_or_is_encrypted(opened: pikepdf.Pdf) -> None:
    assert opened.is_encrypted is False
    assert {"/OpenAction", "/AA", "/AcroForm"} & set(opened.Root.keys()) == set()
    kinds = {str(item.get("/S", "")) for item in opened.objects if isinstance(item, pikepdf.Dictionary)}
    assert {"/JavaScript", "/Launch"} & kinds == set()


def test_every_table_header_says_what_it_heads(opened: pikepdf.Pdf) -> None:
    scopes = [str(element.A.Scope) for element in elements(opened) if element.S == "/TH"]
    # header of the file (1), definitions (1), table (3 columns, 1 row, 1 total), comb (1), budget (4 columns)
    assert sorted(scopes) == ["/Column"] * 7 + ["/Row"] * 5


def test_boxes_and_the_code_have_a_text_alternative(opened: pikepdf.Pdf) -> None:
    alternatives = [str(element.Alt) for element in elements(opened) if element.S == "/Figure"]
    assert alternatives == ["Coché", "Non coché", "Code QR de vérification"]


def test_running_headers_are_artifacts_out_of_the_tree(opened: pikepdf.Pdf) -> None:
    operations = pikepdf.parse_content_stream(opened.pages[0])
    marked: list[tuple[str, Any]] = [
        (str(operands[0]), operands[1]) for operands, operator in operations if str(operator) == "BDC"
    ]
    pagination = [tag for tag, properties in marked if properties.get("/Type") == "/Pagination"]
    assert pagination == ["/Artifact"] * 2
    parents = opened.Root.StructTreeRoot.ParentTree.Nums[1]
    for _tag, properties in marked:
        if "/MCID" in properties:
            assert isinstance(parents[int(properties["/MCID"])], pikepdf.Dictionary)
    reachable = {element.objgen for element in elements(opened)}
    stored = {
        item.objgen
        for item in opened.objects
        if isinstance(item, pikepdf.Dictionary) and item.get("/Type") == "/StructElem"
    }
    assert stored == reachable


def test_the_text_of_a_small_paper_is_read_whole_and_in_order() -> None:
    said = {"genre": "texte", "paragraphes": ["Votre lettre est enregistrée\u202f: œuvre à 12\u202f%."]}
    paper = {
        "presentation": "courrier",
        "titre": "Accusé d’enregistrement",
        "emetteur": {"nom": "Guichet CPTS", "lignes": ["14 allée des Platanes"]},
        "destinataire": {"nom": "Camille Vasseur", "lignes": ["31999 Valmont"]},
        "lieu": "Toulouse",
        "date": "le 15\u202fmars\u202f2027",
        "objet": "Votre lettre",
        "reference": "CPTS-31-0042",
        "sections": [{"blocs": [said]}],
        "signature": {"nom": "Le Guichet"},
        "mentions": ["Service chargé du dossier."],
    }
    assert text_of(draw(paper)) == (
        "Guichet CPTS 14 allée des Platanes Camille Vasseur 31999 Valmont Toulouse, le 15 mars 2027 "
        "Accusé d’enregistrement Objet Votre lettre Référence CPTS-31-0042 "
        "Votre lettre est enregistrée : œuvre à 12 %. Le Guichet Service chargé du dossier. "
        "Vérifier ce document – code 7K4MR-9TXQ3 "
        "Le site dit si ce fichier est connu, ce que c’est et quand il a été établi, sans rien montrer de son contenu. "
        "https://guichet-cpts.example/verifier/7K4MR9TXQ3/ Code de vérification 7K4MR-9TXQ3 page 1/1"
    )


def test_each_page_but_the_first_repeats_the_title_and_the_reference() -> None:
    rows = [[f"Commune {number}", "1\u00a0000"] for number in range(90)]
    table = {"genre": "tableau", "entetes": ["Commune", "Population"], "lignes": rows, "numeriques": [1]}
    pages = pypdf.PdfReader(BytesIO(draw(letter(table)))).pages
    texts = [page.extract_text() for page in pages]
    assert len(texts) == 3
    assert [text.count("CPTS-31-0042") for text in texts] == [0, 1, 1]
    assert [text.count("Population") for text in texts] == [1, 1, 1]
    assert [f"page {number}/3" in text for number, text in enumerate(texts, 1)] == [True] * 3


def test_the_same_paper_gives_the_same_bytes(content: bytes) -> None:
    again = draw(letter(*every_bloc(), reference="CPTS-31-0042", signature={"nom": "Camille Vasseur"}))
    assert again == content


def test_the_same_paper_gives_the_same_bytes_in_another_process(content: bytes, root: Path) -> None:
    program = (
        "import sys; from tests.kernel.paper_sample import *; "
        "sys.stdout.buffer.write(draw(letter(*every_bloc(), reference='CPTS-31-0042', "
        "signature={'nom': 'Camille Vasseur'})))"
    )
    done = subprocess.run([sys.executable, "-c", program], cwd=root, capture_output=True, check=True)
    assert done.stdout == content


def test_markup_typed_by_a_person_is_shown_as_typed() -> None:
    typed = "<b>gras</b> & <img src='http://127.0.0.1/x'> {{ reference }}"
    content = draw(letter({"genre": "texte", "paragraphes": [typed]}))
    assert typed in text_of(content)


class _Counter(http.server.BaseHTTPRequestHandler):
    asked: list[str] = []

    def do_GET(self) -> None:
        self.asked.append(self.path)
        self.send_response(404)
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Silent."""


@pytest.fixture
def listener() -> Iterator[str]:
    _Counter.asked.clear()
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), _Counter)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


@pytest.mark.parametrize("kind", ["network", "file", "data"])
def test_a_template_that_asks_for_anything_but_our_fonts_is_refused(
    kind: str, listener: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "secret.png").write_bytes(b"secret")
    address = {
        "network": f"{listener}/image.png",
        "file": (tmp_path / "secret.png").as_uri(),
        "data": "data:image/png;base64,AAAA",
    }[kind]
    (tmp_path / "outside.html").write_text(f'<html lang="fr"><title>x</title><img alt="x" src="{address}">')
    monkeypatch.setattr(pdf, "_engine", lambda: Engine(dirs=[tmp_path]))
    with pytest.raises(pdf.ForbiddenResource, match=re.escape(address)):
        draw(letter(), template="outside.html")
    assert _Counter.asked == []


def test_a_word_longer_than_the_page_stays_between_the_margins() -> None:
    word = "W" * 300
    table = {
        "genre": "tableau",
        "entetes": ["Nom", "Lieu", "Montant"],
        "lignes": [[word, "ici", "12"]],
        "numeriques": [2],
    }
    content = draw(
        letter(
            {"genre": "texte", "paragraphes": [word]},
            {"genre": "definitions", "lignes": [[word, word]]},
            {"genre": "liste", "elements": [word]},
            {"genre": "cases", "lignes": [["oui", word]]},
            table,
            emetteur={"nom": word, "lignes": [word]},
            destinataire={"nom": word},
            objet=word,
        )
    )
    extents = [extent for page in pypdf.PdfReader(BytesIO(content)).pages for extent in _extents_of_w(page)]
    margin = 22 / 25.4 * 72
    assert len(extents) > 20
    assert min(left for left, _right in extents) >= margin - 1
    assert max(right for _left, right in extents) <= 210 / 25.4 * 72 - margin + 1


def _extents_of_w(page: pypdf.PageObject) -> list[tuple[float, float]]:
    """Where each run of W starts and ends, in points."""
    font = TTFont(next(pdf._fonts().glob("*Regular*")))
    advance = font["hmtx"][font.getBestCmap()[ord("W")]][0] / font["head"].unitsPerEm
    found: list[tuple[float, float]] = []

    def visit(text: str, cm: list[float], tm: list[float], _font: Any, size: float) -> None:
        if run := text.strip():
            left = tm[4] * cm[0] + cm[4]
            found.append((left, left + run.count("W") * advance * size * tm[0] * cm[0]))

    page.extract_text(visitor_text=visit)
    return found


def test_a_character_no_font_of_ours_holds_is_shown_as_an_empty_square() -> None:
    content = draw(letter({"genre": "texte", "paragraphes": ["Réunion 😀 → Łódź, 你好, ≥ 3"]}))
    assert "Réunion □ → Łódź, □□, ≥ 3" in text_of(content)


def test_a_paper_with_a_hole_is_an_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(ValueError, match="absente"):
        pdf._engine().from_string("{{ montant }}").render(Context({}))


def test_an_instant_without_its_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="fuseau"):
        draw(letter(), created_at=datetime(2027, 3, 15))


def test_without_pango_one_sentence_says_what_to_type(root: Path) -> None:
    program = (
        "import cffi\n"
        "def absent(*_, **__): raise OSError('cannot load library libgobject-2.0-0')\n"
        "cffi.FFI.dlopen = absent\n"
        "from guichet.kernel import pdf\n"
        "from tests.kernel.paper_sample import draw, letter\n"
        "try: draw(letter())\n"
        "except pdf.MissingSystemLibrary as error: print(error)\n"
    )
    done = subprocess.run([sys.executable, "-c", program], cwd=root, capture_output=True, text=True, check=True)
    assert done.stdout == (
        "Les documents PDF ont besoin de la bibliothèque Pango, absente de cette machine. "
        "Tapez\u00a0: apt-get install libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0 fontconfig\n"
    )


def test_the_site_does_not_load_the_engine_until_a_paper_is_drawn(root: Path) -> None:
    program = "import sys, guichet.kernel.pdf; print('weasyprint' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", program], cwd=root, capture_output=True, text=True, check=True)
    assert done.stdout == "False\n"


def test_the_version_of_the_templates_follows_their_content(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = pdf.template_version()
    assert re.fullmatch(r"[0-9a-f]{16}", before)
    (tmp_path / "paper.css").write_text("p { color: red }")
    monkeypatch.setattr(pdf, "_static", lambda: tmp_path)
    assert pdf.template_version.__wrapped__() != before


def test_the_short_code_is_shown_in_two_groups() -> None:
    assert pdf.shown_code(CODE) == "7K4MR-9TXQ3"
    assert URL.endswith(f"{CODE}/")
    assert CREATED.year == 2027
