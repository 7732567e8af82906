"""Projects for tests, written through the services on a file without a letter: quicker, and the same project."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any

from accounts.acteur import Acteur
from dossiers.models import DemandePieces, Dossier, PieceDemandee
from dossiers.services.pieces_demandees import Item, answer
from dossiers.states import EtatSection
from guichet.kernel.text import normalise
from portal.demonstration.reponses import COMMUNES
from projects.conseils import project_reserves
from projects.models import ProjetSante, SectionProjet
from projects.services.projets.depositing import deposit
from projects.services.projets.opening import draft_project
from projects.services.projets.pieces import ask_pieces, ask_useful_pieces
from projects.services.territoire import add_communes
from tests.factories.accounts import NOW
from tests.factories.bodies import decideur
from tests.factories.projects import porteur

__all__ = ["asked_project", "deposited_project", "draft", "give_pieces", "ready_project", "required", "useful"]


def draft(by: Acteur | None = None, *, now: datetime = NOW, nom: str = "CPTS des Coteaux") -> ProjetSante:
    """An empty draft of a file of the association."""
    by = by or porteur()
    assert by.membership is not None
    dossier = Dossier.objects.create(
        nom=nom,
        nom_normalise=normalise(nom),
        association=by.membership.organisation,
        region="76",
        created_at=now,
        created_by=by.user,
    )
    return draft_project(dossier=dossier, by=by, now=now, sans_lettre="Lettre faite avant l’ouverture du portail.")


def ready_project(
    by: Acteur | None = None, *, now: datetime = NOW, communes: Sequence[str] = COMMUNES, **kwargs: Any
) -> ProjetSante:
    """A project that waits only for its deposit: who, where, why, and one action."""
    by = by or porteur()
    projet = draft(by, now=now, **kwargs)
    add_communes(etape=projet, codes=communes, by=by, now=now)
    SectionProjet.objects.filter(projet=projet).exclude(cle="territoire").update(
        etat=EtatSection.COMPLET, modifie_par=by.user, modifie_at=now
    )
    SectionProjet.objects.create(
        projet=projet,
        cle="fiche-1",
        etat=EtatSection.COMPLET,
        contenu={"mission": "acces", "objectif": "Trouver un médecin traitant", "indicateurs": []},
    )
    return fresh(projet)


def deposited_project(by: Acteur | None = None, *, now: datetime = NOW, **kwargs: Any) -> ProjetSante:
    """The same, deposited at `now`: its two months run from that day."""
    by = by or porteur()
    projet = ready_project(by, now=now, **kwargs)
    codes = [reserve.code for reserve in project_reserves(projet, on=now.date())]
    deposit(projet=projet, reserves_lues=codes, by=by, now=now)
    return fresh(projet)


def required(intitule: str = "Délimitation du territoire", *, limite: date | None = None, now: datetime = NOW) -> Item:
    """A piece a text requires."""
    return Item(
        intitule=intitule,
        requise=True,
        fondement="CSP, art. L1434-12",
        limite_le=limite or now.date() + timedelta(days=30),
    )


def useful(intitule: str = "Carte des trajets", *, now: datetime = NOW) -> Item:
    """A piece no text requires."""
    return Item(intitule=intitule, limite_le=now.date() + timedelta(days=30))


def asked_project(
    by: Acteur, *items: Item, now: datetime, ars: Acteur | None = None, projet: ProjetSante | None = None
) -> ProjetSante:
    """A project of `by` whose pieces the ARS asked at `now` (a required one by default)."""
    projet = projet or deposited_project(by)
    wanted = list(items) or [required(now=now)]
    ask = ask_pieces if any(item.requise for item in wanted) else ask_useful_pieces
    ask(projet=projet, items=wanted, by=ars or decideur(), now=now)
    return fresh(projet)


def give_pieces(projet: ProjetSante, *, by: Acteur, now: datetime) -> list[PieceDemandee]:
    """Every item still open answered in words, on the day of `now`."""
    asked = DemandePieces.objects.filter(dossier=projet.dossier_id, close_at=None)
    items = list(PieceDemandee.objects.filter(demande__in=asked).select_related("demande").order_by("pk"))
    return [answer(item=item, reponse="Voici la pièce.", by=by, now=now) for item in items]


def fresh(projet: ProjetSante) -> ProjetSante:
    """The project as a page loads it."""
    return ProjetSante.objects.select_related("dossier__association", "delai", "territoire").get(pk=projet.pk)
