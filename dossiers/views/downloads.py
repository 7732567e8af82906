"""Bytes that people sent, given back as a download that no browser opens in the name of this site."""

from typing import Any

from django.http import FileResponse, Http404


def as_download(kept: Any) -> FileResponse:
    """A row with `fichier`, `nom` and `type_mime`, which the caller found through its perimeter; 404 without bytes."""
    try:
        content = kept.fichier.open("rb")
    except FileNotFoundError as missing:
        raise Http404 from missing
    response = FileResponse(content, as_attachment=True, filename=kept.nom, content_type=kept.type_mime)
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "sandbox; default-src 'none'"
    response["Cache-Control"] = "private, no-store"
    return response
