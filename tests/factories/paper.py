"""What comes on paper, for tests: scans that are each a file of their own, a letter received, a decision typed."""

import itertools
import struct
import zlib
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile

from accounts.acteur import Acteur
from dossiers.models import Decision
from dossiers.states import NatureDecision
from portal.demonstration.reponses import COMMUNES
from projects.models import LettreIntention
from projects.services.paper import record_paper_decision, register_outside_deposit
from tests.factories.accounts import NOW

_shades = itertools.count(1)


def scan(name: str = "scan.png", *, shade: int | None = None) -> SimpleUploadedFile:
    """A small real image; two scans differ unless they are asked the same `shade`."""
    pixel = struct.pack(">BBBB", 0, *((shade or next(_shades)) >> shift & 255 for shift in (0, 8, 16)))
    content = b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        for kind, data in (
            (b"IHDR", struct.pack(">IIBBBBB", 1, 1, 8, 2, 0, 0, 0)),
            (b"IDAT", zlib.compress(pixel)),
            (b"IEND", b""),
        )
    )
    return SimpleUploadedFile(name, content, content_type="image/png")


PNG: bytes = scan().read()
"""The bytes of a small real image."""


def paper_letter(by: Acteur, *, now: datetime = NOW, **kwargs: Any) -> LettreIntention:
    """A letter received on paper in Haute-Garonne, with a request of 20 000 €."""
    given: dict[str, Any] = {
        "nom_cpts": "CPTS du Papier",
        "nom_association": "Association du Papier",
        "communes": COMMUNES,
        "pilote": "31",
        "recu_le": date(2026, 11, 10),
        "scan": scan(),
        "montant_demande": Decimal(20_000),
    }
    event = register_outside_deposit(**{**given, **kwargs}, by=by, now=now)
    return LettreIntention.objects.select_related("dossier", "demande__delai", "demande__financeur").get(
        pk=event.lettre_id
    )


def paper_decision(step: Any, nature: NatureDecision, *, by: Acteur, signer: Acteur, **kwargs: Any) -> Decision:
    """A decision signed on 18 November 2026, typed by `by`."""
    given: dict[str, Any] = {
        "signee_le": date(2026, 11, 18),
        "notifiee_le": date(2026, 11, 19),
        "scan": scan(),
        "now": datetime(2026, 11, 20, 9, tzinfo=NOW.tzinfo),
    }
    return record_paper_decision(step=step, nature=nature, signataire=signer.user, **{**given, **kwargs}, by=by)
