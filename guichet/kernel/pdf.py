"""From a frozen context to the bytes of a paper: PDF/A-3a and PDF/UA-1 in one file.

`render()` draws a template of `templates/pdf/` and guarantees: the same arguments, templates, fonts
and libraries give the same bytes; nothing is fetched from a network, and no file but our own fonts is
read; user text is escaped; every font is embedded; the file says it is tagged, in French, titled.
The contract of the context is in `kernel/papers.py` and `templates/pdf/README.md`.

WeasyPrint 70 writes the tags and the PDF/A parts. `_finish`, called just before the trailer is
written, adds what it leaves out: the PDF/UA identifier in the one XMP block, the /Scope of table
headers, and running headers and footers marked as artifacts instead of orphan content.

Only the worker imports WeasyPrint, and only when it draws: the site runs without Pango.
"""

import atexit
import contextlib
import hashlib
import io
import threading
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

import segno
from django.conf import settings
from django.template import Context, Engine
from django.utils.safestring import SafeString, mark_safe

from guichet.kernel import papers

VARIANT = "pdf/a-3a"
NOT_DRAWABLE = "□"
ALWAYS_DRAWABLE = frozenset("\n\t\u00ad")
INSTALL = "apt-get install libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0 fontconfig"
_one_at_a_time = threading.Lock()  # Pango's font map is not safe for two threads


class MissingSystemLibrary(RuntimeError):
    """Pango or one of its companions is not installed: one sentence, with the command to type."""


class ForbiddenResource(RuntimeError):
    """A template asked for something else than our fonts."""


class NotDrawn(RuntimeError):
    """The engine failed on this paper; the cause is in the message."""


def render(
    template: str,
    contexte: dict[str, Any],
    *,
    reference: str,
    titre: str,
    code: str,
    url: str,
    created_at: datetime,
) -> bytes:
    """The paper, as bytes. `code` is the short code (10 characters), `url` its verification address.

    Raises ValueError if the context breaks its contract, MissingSystemLibrary without Pango,
    ForbiddenResource or NotDrawn if the template or the engine fails.
    """
    weasyprint = _weasyprint()
    paper = _drawable({**papers.prepared(contexte), "piece": _piece(reference, titre, code, url)})
    values = {**paper, "cree_le": _instant(created_at), "qr": _qr(url)}
    html = _engine().get_template(template).render(Context(values, use_l10n=False, use_tz=False))
    with _one_at_a_time:
        fetcher, fonts, sheet = _stylesheet()
        fetcher.refused.clear()
        try:
            document = weasyprint.HTML(string=html, url_fetcher=fetcher).render(
                stylesheets=[sheet], font_config=fonts, pdf_variant=VARIANT
            )
            content = bytes(document.write_pdf(pdf_variant=VARIANT, finisher=_finish))
        except Exception as error:  # a foreign engine: whatever it raises, the paper is late, not the worker dead
            raise NotDrawn(f"{type(error).__name__}: {error}") from error
    if fetcher.refused:
        raise ForbiddenResource(f"ressource interdite dans un document : {fetcher.refused[0]}")
    return content


@cache
def template_version() -> str:
    """Sixteen hexadecimal digits that change when a template, the style sheet or a font changes."""
    digest = hashlib.sha256()
    for path in sorted([*_templates().rglob("*.html"), *_static().rglob("*.css"), *_fonts().glob("*.woff2")]):
        digest.update(path.name.encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()[:16]


def shown_code(code: str) -> str:
    """The short code as people read it: two groups of five."""
    return f"{code[:5]}-{code[5:]}" if len(code) == 10 else code


# --- Around the template ---------------------------------------------------------------------------


def _templates() -> Path:
    return Path(settings.BASE_DIR) / "templates" / "pdf"


def _static() -> Path:
    return Path(settings.BASE_DIR) / "static" / "pdf"


def _fonts() -> Path:
    return _static() / "fonts"


class _Missing(str):
    """A paper with a hole is worse than a paper that is late: an unknown variable is an error."""

    __slots__ = ()

    def __contains__(self, item: object) -> bool:
        return item == "%s"

    def __mod__(self, name: object) -> str:
        raise ValueError(f"variable absente du modèle\u00a0: {name}")


@cache
def _engine() -> Engine:
    """An engine of its own: no context processor, no tag of an application, autoescaping always on."""
    return Engine(dirs=[str(_templates().parent)], autoescape=True, string_if_invalid=_Missing("%s"))


def _piece(reference: str, titre: str, code: str, url: str) -> dict[str, str]:
    return {
        "reference": papers.clean(reference),
        "titre": papers.clean(titre),
        "code": shown_code(code),
        "url": url,
    }


def _instant(moment: datetime) -> str:
    """UTC, to the second: what the PDF's information and its XMP both say."""
    if moment.tzinfo is None:
        raise ValueError("created_at: un instant avec son fuseau est attendu")
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S+00:00")


def _qr(url: str) -> SafeString:
    symbol = segno.make(url, error="m", micro=False)
    drawn = symbol.svg_inline(border=0, omitsize=True, svgclass=None, lineclass=None, title="Code QR de vérification")
    return mark_safe(drawn)  # drawn by segno from modules; the title is ours


def _drawable(value: Any) -> Any:
    """Characters that our fonts do not hold become □: never a font of the machine, never a hole."""
    if isinstance(value, str):
        known = _repertoire()
        return value if known.issuperset(value) else "".join(c if c in known else NOT_DRAWABLE for c in value)
    if isinstance(value, dict):
        return {key: _drawable(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_drawable(item) for item in value]
    return value


@cache
def _repertoire() -> frozenset[str]:
    from fontTools.ttLib import TTFont

    held = [set(TTFont(path, lazy=True).getBestCmap()) for path in sorted(_fonts().glob("*.woff2"))]
    return frozenset(map(chr, set.intersection(*held))) | ALWAYS_DRAWABLE


# --- WeasyPrint -------------------------------------------------------------------------------------


def _weasyprint() -> Any:
    try:
        with contextlib.redirect_stdout(io.StringIO()):  # it prints its own advice, in English
            import weasyprint
    except OSError as error:
        raise MissingSystemLibrary(
            f"Les documents PDF ont besoin de la bibliothèque Pango, absente de cette machine. Tapez\u00a0: {INSTALL}"
        ) from error
    return weasyprint


@cache
def _stylesheet() -> tuple[Any, Any, Any]:
    """Fetcher, fonts and style sheet, read once a process: what makes the second paper fast."""
    from weasyprint import CSS
    from weasyprint.text.fonts import FontConfiguration
    from weasyprint.urls import URLFetcher

    class OwnFontsOnly(URLFetcher):
        """Opens the files of static/pdf/fonts/ and nothing else; remembers what it refused."""

        def __init__(self) -> None:
            super().__init__(allowed_protocols=("file",), allow_redirects=False)
            self.refused: list[str] = []

        def fetch(self, url: str, headers: Any = None) -> Any:
            if url not in allowed:
                self.refused.append(url)
                raise ValueError(f"ressource interdite : {url}")
            return super().fetch(url, headers)

    allowed = {path.resolve().as_uri() for path in _fonts().glob("*.woff2")}
    fetcher, fonts = OwnFontsOnly(), FontConfiguration()
    source = _static() / "paper.css"
    sheet = CSS(
        string=source.read_text(encoding="utf-8"),
        base_url=source.resolve().as_uri(),
        url_fetcher=fetcher,
        font_config=fonts,
    )
    atexit.register(_stylesheet.cache_clear)  # the fonts' temporary folder goes while it still can
    return fetcher, fonts, sheet


# --- What WeasyPrint leaves out -------------------------------------------------------------------------

UA_XMP = (
    b'<rdf:Description xmlns:pdfuaid="http://www.aiim.org/pdfua/ns/id/" rdf:about="" pdfuaid:part="1" />'
    b'<rdf:Description xmlns:pdfaExtension="http://www.aiim.org/pdfa/ns/extension/"'
    b' xmlns:pdfaSchema="http://www.aiim.org/pdfa/ns/schema#"'
    b' xmlns:pdfaProperty="http://www.aiim.org/pdfa/ns/property#" rdf:about="">'
    b'<pdfaExtension:schemas><rdf:Bag><rdf:li rdf:parseType="Resource">'
    b"<pdfaSchema:schema>PDF/UA identification schema</pdfaSchema:schema>"
    b"<pdfaSchema:namespaceURI>http://www.aiim.org/pdfua/ns/id/</pdfaSchema:namespaceURI>"
    b"<pdfaSchema:prefix>pdfuaid</pdfaSchema:prefix>"
    b'<pdfaSchema:property><rdf:Seq><rdf:li rdf:parseType="Resource">'
    b"<pdfaProperty:name>part</pdfaProperty:name><pdfaProperty:valueType>Integer</pdfaProperty:valueType>"
    b"<pdfaProperty:category>internal</pdfaProperty:category>"
    b"<pdfaProperty:description>Part of ISO 14289 the file conforms to</pdfaProperty:description>"
    b"</rdf:li></rdf:Seq></pdfaSchema:property></rdf:li></rdf:Bag></pdfaExtension:schemas></rdf:Description>"
)


def _finish(document: Any, pdf: Any) -> None:
    """Complete the objects of the PDF before they are numbered and written."""
    _declare_ua(pdf)
    _scope_headers(pdf)
    _mark_running_content(pdf)


def _declare_ua(pdf: Any) -> None:
    metadata = _object(pdf, pdf.catalog["Metadata"])
    closing = b"</rdf:RDF>"
    metadata.stream = [part.replace(closing, UA_XMP + closing) for part in metadata.stream]


def _scope_headers(pdf: Any) -> None:
    for element in _elements(pdf):
        if element["S"] == "/TH":
            row = _object(pdf, element["P"])
            in_head = _object(pdf, row["P"])["S"] == "/THead"
            element["A"]["Scope"] = "/Column" if in_head else "/Row"


def _mark_running_content(pdf: Any) -> None:
    """Page headers and footers: artifacts of pagination, out of the tree and of its index."""
    linked = _reachable(pdf)
    index = _object(pdf, _object(pdf, pdf.catalog["StructTreeRoot"])["ParentTree"])["Nums"]
    for page, parents in zip(index[::2], index[1::2], strict=True):
        if not isinstance(parents, list):  # an annotation: one element, always linked
            continue
        orphans = {mcid for mcid, parent in enumerate(parents) if _number(parent) not in linked}
        for mcid in orphans:
            parents[mcid] = "null"
        _unmark(_object(pdf, _page(pdf, page)["Contents"]), orphans)
    for element in _elements(pdf):
        if element.number not in linked:
            element.clear()


def _unmark(content: Any, orphans: set[int]) -> None:
    stream = content.stream
    for position, operator in enumerate(stream):
        properties = stream[position - 1]
        if operator == b"BDC" and isinstance(properties, dict) and properties.get("MCID") in orphans:
            stream[position - 2 : position] = ["/Artifact", "<</Type /Pagination>>"]


def _reachable(pdf: Any) -> set[int]:
    found: set[int] = set()
    waiting = [_number(pdf.catalog["StructTreeRoot"])]
    while waiting:
        number = waiting.pop()
        if number not in found:
            found.add(number)
            kids = pdf.objects[number].get("K", [])
            waiting += [_number(kid) for kid in kids if isinstance(kid, bytes)]
    return found


def _elements(pdf: Any) -> list[Any]:
    return [item for item in pdf.objects if isinstance(item, dict) and item.get("Type") == "/StructElem"]


def _page(pdf: Any, index: int) -> Any:
    return _object(pdf, pdf.page_references[index])


def _object(pdf: Any, reference: bytes) -> Any:
    return pdf.objects[_number(reference)]


def _number(reference: bytes) -> int:
    return int(reference.split()[0])
