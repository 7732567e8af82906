"""What the homes of the desks say of the projets de santé: the clocks nearest first, what is to verify or contested."""

from datetime import date

from django.urls import reverse
from django.utils.text import capfirst

from accounts.acteur import Acteur
from guichet.kernel.civil import date_longue
from portal.views.homes.blocs import SEP, Bloc, Ligne, bloc, identity, left, legal_tone
from projects.models import ProjetSante
from projects.selectors.projets import projects_contested, projects_to_decide, projects_to_verify
from projects.states import EtatProjet


def to_decide(acteur: Acteur, today: date) -> Bloc:
    """For the ARS: every project it may still oppose, the nearest last day first."""
    return bloc(
        projects_to_decide(acteur),
        lambda projet: clock_line(projet, today),
        cle="projets",
        titre="Projets de santé\u00a0: le silence vaut validation",
        vide="Les projets de santé arrivent ici dès leur dépôt, le dernier jour le plus proche d’abord.",
        tout=reverse("projects:projets"),
        geste="décider du projet de santé",
        bouton="Ouvrir le projet",
    )


def running(acteur: Acteur, today: date) -> Bloc:
    """For the Guichet: what it follows, and until when the ARS may oppose."""
    return bloc(
        projects_to_decide(acteur),
        lambda projet: clock_line(projet, today),
        cle="projets",
        titre="Projets chez l’ARS",
        vide="Les projets de santé déposés restent ici jusqu’à la décision de l’ARS ou la fin de son délai.",
        tout=reverse("projects:projets"),
        discret=True,
    )


def exceptions(acteur: Acteur, today: date) -> list[Bloc]:
    """For the ARS: the requirements contested, then the decisions notified too late."""
    contested = bloc(
        projects_contested(acteur),
        lambda projet: _line(projet, etat="Exigence contestée", quand="L’association dit qu’aucun texte ne l’exige"),
        cle="contestations",
        titre="Exigences contestées",
        vide="Les pièces dont une association conteste l’exigence apparaîtront ici.",
    )
    verify = bloc(
        projects_to_verify(acteur),
        lambda projet: _line(projet, etat="À vérifier", quand="Signée à temps, notifiée après le dernier jour"),
        cle="projets-a-verifier",
        titre="Projets à vérifier",
        vide="Les décisions signées à temps mais notifiées trop tard apparaîtront ici.",
        tout=f"{reverse('projects:projets')}?etat=a_verifier",
    )
    return [contested, verify]


def clock_line(projet: ProjetSante, today: date) -> Ligne:
    """A project and the last day of the ARS; one that waits for a required piece has none, and waits for others."""
    last = projet.delai.dernier_jour if projet.delai else None
    arrived = projet.arrivee()
    if arrived and arrived.dernier_jour:
        coming = arrived.dernier_jour
        if coming < today:
            words = f"Dernier jour passé le {date_longue(coming)}\u00a0; l’association doit encore envoyer"
            return _line(projet, etat="Délai passé", quand=words, ton="", ailleurs=True)
        words = f"Arrivées, pas encore envoyées\u00a0; dernier jour\u00a0: {date_longue(coming)}"
        return _line(projet, etat="Pièces arrivées", quand=words, ton=legal_tone(coming, today))
    if projet.etat == EtatProjet.INCOMPLET:
        return _line(projet, etat="Pièces attendues", quand="Le délai n’a pas commencé", ton="info", ailleurs=True)
    if last is None:
        return _line(projet, etat="Réception à constater", quand="Le délai n’a pas commencé", ton="warn")
    words = left(last, today)
    return _line(
        projet,
        etat=f"Passé {words}" if last < today else capfirst(words),
        quand=f"Dernier jour\u00a0: {date_longue(last)}",
        ton=legal_tone(last, today),
    )


def _line(projet: ProjetSante, *, etat: str, quand: str, ton: str = "warn", ailleurs: bool = False) -> Ligne:
    size = f"{SEP}taille\u00a0{projet.territoire.taille}" if projet.territoire else ""
    return Ligne(
        titre=projet.dossier.nom,
        url=reverse("projects:projet", args=[projet.pk]),
        note=f"{identity(projet.dossier)}{size}",
        quand=quand,
        etat=etat,
        ton=ton,
        ailleurs=ailleurs,
    )
