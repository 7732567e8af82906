"""What the tests of the projet de santé share: hours in Paris, settings of the region, and acts that leave nothing."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.db.models import Model

from accounts.acteur import Acteur
from accounts.models import Envoi
from dossiers.models import (
    AlerteDelai,
    Decision,
    Delai,
    DemandePieces,
    Document,
    Dossier,
    MouvementDelai,
    Piece,
    PieceDemandee,
    Reglage,
    Territoire,
)
from dossiers.services.pieces_demandees import answer
from guichet.kernel.lifecycle import Refused
from projects.models import (
    Avis,
    Consultation,
    EvenementProjet,
    ProjetSante,
    SectionProjet,
    VersionProjet,
)
from tests.factories.accounts import MembershipFactory, acteur
from tests.projects.rows import plain

PARIS = ZoneInfo("Europe/Paris")
TABLES: tuple[type[Model], ...] = (
    ProjetSante,
    SectionProjet,
    EvenementProjet,
    VersionProjet,
    Consultation,
    Avis,
    Dossier,
    Territoire,
    Delai,
    MouvementDelai,
    AlerteDelai,
    DemandePieces,
    PieceDemandee,
    Decision,
    Document,
    Piece,
    Envoi,
)


def d(text: str) -> date:
    return date.fromisoformat(text)


def paris(day: str, clock: str = "10:00:00") -> datetime:
    """That hour of that day on a clock of Paris."""
    return datetime.combine(d(day), time.fromisoformat(clock), tzinfo=PARIS)


def set_region(cle: str, valeur: Any, du: str = "2026-01-01") -> None:
    """A setting of the region, in force from that day."""
    Reglage.objects.create(cle=cle, valeur=valeur, applicable_du=d(du), motif="Choix de la région.", source="Essai.")


def rows() -> dict[str, list[dict[str, Any]]]:
    """Everything an act on a project may write, row by row."""
    return {model.__name__: list(model._default_manager.order_by("pk").values()) for model in TABLES}


@contextmanager
def refused(*words: str) -> Iterator[None]:
    """The act is refused with a sentence that says each of these words, and leaves every row as it was."""
    before = rows()
    with pytest.raises(Refused) as caught:
        yield
    told = plain(str(caught.value))
    assert [word for word in words if word not in told] == [], told
    assert rows() == before


def acts(projet: ProjetSante) -> list[str]:
    """What was done, in the order of the instants."""
    return list(projet.evenements.order_by("recorded_at", "action").values_list("action", flat=True))


def last(projet: ProjetSante, action: str) -> EvenementProjet:
    found: EvenementProjet = projet.evenements.filter(action=action).order_by("-recorded_at").first()
    return found


def ledger(projet: ProjetSante) -> list[tuple[str, date, date | None]]:
    """The lines of the period: what, its legal day, the last day from then on."""
    return list(
        MouvementDelai.objects.filter(delai=projet.delai_id).order_by("pk").values_list("nature", "le", "dernier_jour")
    )


def titles(by: Acteur) -> list[str]:
    """The titles of the mails of a person, the file's name left out, in the order they were written."""
    found = Envoi.objects.filter(user=by.user).order_by("pk").values_list("sujet", flat=True)
    return [plain(title).split(" : CPTS")[0] for title in found]


def asked(projet: ProjetSante, *, still: bool = True) -> list[PieceDemandee]:
    """The items asked about the file, those still open by default, in their order."""
    found = PieceDemandee.objects.filter(demande__dossier=projet.dossier_id).select_related("demande")
    found = found.filter(demande__close_at=None) if still else found
    return list(found.order_by("demande", "ordre"))


def give(item: PieceDemandee, *, by: Acteur, now: datetime, **kwargs: Any) -> PieceDemandee:
    return answer(item=item, reponse="Voici la pièce.", by=by, now=now, **kwargs)


def papers(projet: ProjetSante) -> list[str]:
    return list(Document.objects.filter(dossier=projet.dossier_id).order_by("pk").values_list("modele", flat=True))


def colleague(projet: ProjetSante, *droits: str) -> Acteur:
    """Another member of the association, with these rights."""
    return acteur(MembershipFactory(organisation=projet.dossier.association, droits=list(droits)))
