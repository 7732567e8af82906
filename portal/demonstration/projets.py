"""The demonstration projects: one being written, one whose clock ends in two days, one incomplete, one deemed
validated, one opposed. Every act is done through the services, at the day it would have been done.
"""

from datetime import timedelta

from django.utils import timezone

from accounts.acteur import Acteur
from dossiers.services.pieces_demandees import Item
from guichet.kernel.deadlines import Regime
from portal.demonstration.comptes import AUTRES_PORTEURS, create_porteur
from portal.demonstration.ecriture import write_letter, write_project
from portal.demonstration.suivi import Scene, communes, days_before_silence
from projects.conseils import project_reserves
from projects.models import LettreIntention, ProjetSante
from projects.rubriques_projet import DIAGNOSTIC, IDENTITE, PARTENAIRES
from projects.services.deciding import validate
from projects.services.depositing import deposit as deposit_letter
from projects.services.projets.deciding import Opposition, oppose
from projects.services.projets.depositing import deposit
from projects.services.projets.pieces import ask_pieces, ask_useful_pieces
from projects.services.silence import passage
from projects.services.transmitting import transmit
from projects.states import MotifOpposition


def build(scene: Scene) -> None:
    """Write the projects, each on its own territory."""
    by = create_porteur(AUTRES_PORTEURS[6], region=scene.region, now=scene.ago(150))
    _being_written(scene, by)
    _about_to_be_validated(scene, by)
    _incomplete(scene, by)
    _deemed_validated(scene, by)
    _opposed(scene, by)


def _letter(scene: Scene, by: Acteur, nom: str, rank: int, *, days: int) -> LettreIntention:
    """A validated letter, that many days ago."""
    where = communes(rank)
    lettre = write_letter(by=by, region=scene.region, nom=nom, communes=where, now=scene.ago(days + 30), demande=False)
    deposit_letter(lettre=lettre, by=by, now=scene.ago(days + 28))
    transmit(lettre=lettre, by=scene.guichet, now=scene.ago(days + 20))
    validate(lettre=lettre, motivation="Équipe réunie, besoins établis.", by=scene.decideur, now=scene.ago(days))
    return LettreIntention.objects.select_related("dossier__association").get(pk=lettre.pk)


def _deposited(scene: Scene, by: Acteur, nom: str, rank: int, *, days: int) -> ProjetSante:
    lettre = _letter(scene, by, nom, rank, days=days + 20)
    projet = write_project(lettre=lettre, by=by, now=scene.ago(days + 5))
    when = scene.ago(days)
    read = [reserve.code for reserve in project_reserves(projet, on=timezone.localdate(when))]
    deposit(projet=projet, reserves_lues=read, by=by, now=when)
    return ProjetSante.objects.select_related("dossier__association", "delai").get(pk=projet.pk)


def _being_written(scene: Scene, by: Acteur) -> None:
    """Three sections complete and two actions; the rest as the letter says it."""
    lettre = _letter(scene, by, "CPTS de la Piège", 9, days=30)
    write_project(lettre=lettre, by=by, now=scene.ago(3), cles=(IDENTITE, DIAGNOSTIC, PARTENAIRES), fiches=2)


def _about_to_be_validated(scene: Scene, by: Acteur) -> None:
    """The last day of the ARS is in two days; a useful piece was asked, which changes nothing to it."""
    days = days_before_silence(scene.now, left=2, regime=Regime.ACCEPTATION)
    projet = _deposited(scene, by, "CPTS de l’Hers", 10, days=days)
    limite = timezone.localdate(scene.now) + timedelta(days=1)
    items = (Item(intitule="Carte des lieux de soins", precision="Une image suffit.", limite_le=limite),)
    ask_useful_pieces(projet=projet, items=items, by=scene.ars, now=scene.ago(12))
    passage(now=scene.now)


def _incomplete(scene: Scene, by: Acteur) -> None:
    """A piece a text requires is awaited: the two months have not begun; another is merely useful."""
    projet = _deposited(scene, by, "CPTS de l’Arize", 11, days=25)
    limite = timezone.localdate(scene.now) + timedelta(days=14)
    items = (
        Item(
            intitule="La délimitation du territoire d’action",
            precision="Deux communes sont citées dans le diagnostic, sans être dans le territoire.",
            requise=True,
            fondement="CSP, art. L1434-12",
            limite_le=limite,
        ),
        Item(intitule="Les comptes rendus des groupes de travail", limite_le=limite),
    )
    ask_pieces(projet=projet, items=items, by=scene.ars, now=scene.ago(8))


def _deemed_validated(scene: Scene, by: Acteur) -> None:
    """Nobody opposed it: the silence validated it, the attestation is there."""
    _deposited(scene, by, "CPTS du Tarn et du Girou", 12, days=75)
    passage(now=scene.ago(10))


def _opposed(scene: Scene, by: Acteur) -> None:
    """Opposed on one of the two lawful grounds: a new attempt may follow."""
    projet = _deposited(scene, by, "CPTS de la Ganguise", 13, days=40)
    opposition = Opposition(
        motif=MotifOpposition.TERRITOIRE,
        raison="Trois communes relèvent des parcours de soins d’une communauté voisine déjà validée.",
    )
    oppose(
        projet=projet,
        opposition=opposition,
        motivation="Le territoire proposé coupe en deux le bassin de vie de Nailloux, sans que le projet dise comment "
        "les deux communautés s’y partagent les parcours.",
        by=scene.decideur,
        now=scene.ago(6),
    )
