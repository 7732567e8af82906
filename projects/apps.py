"""Configuration of the application."""

from typing import Any

from django.apps import AppConfig


class ProjectsConfig(AppConfig):
    name = "projects"
    verbose_name = "Projets de CPTS"

    def ready(self) -> None:
        from dossiers import agenda
        from dossiers import parcours as files
        from dossiers.states import EtapePieces
        from funding import parcours
        from projects.selectors.agenda import jalons

        agenda.register(jalons)
        parcours.register(_letter_of, _with_a_letter)
        files.register_place(_file_of)
        parcours.register_identity(_association_of)
        parcours.register_answers(_answers_of)
        files.follow(EtapePieces.LETTRE, _after_answers)
        files.follow(EtapePieces.PROJET, _after_project_answers)
        files.register(living=_living_files, pages=_pages_of)
        files.register_ground(_ground_of)


def _letter_of(demande: Any) -> Any:
    """The letter a request goes with is where people come back to; None for a request of its own."""
    from django.urls import reverse

    from funding.parcours import Retour
    from projects.models import LettreIntention
    from projects.services.deciding import BEFORE_THE_LETTER
    from projects.states import EtatLettre

    letter = LettreIntention.objects.filter(demande=demande).only("pk", "etat", "sans_demande").first()
    if letter is None:
        return None
    alone = letter.sans_demande or letter.etat == EtatLettre.VALIDEE
    return Retour(
        "Lettre d’intention",
        reverse("projects:lettre", args=[letter.pk]),
        accord="" if alone else BEFORE_THE_LETTER,
        retrait="" if alone else "Cette demande va avec une lettre d’intention\u00a0: elle se retire avec elle.",
    )


def _with_a_letter(keys: Any) -> Any:
    """Which of these requests go with a letter."""
    from projects.models import LettreIntention

    return set(LettreIntention.objects.filter(demande__in=keys).values_list("demande", flat=True))


def _association_of(dossier: Any) -> dict[str, Any]:
    """What the latest letter of the file says of the association and of its account."""
    from projects.models import SectionLettre
    from projects.sections import ASSOCIATION

    sections = SectionLettre.objects.filter(lettre__dossier=dossier, cle=ASSOCIATION).order_by(
        "-lettre__created_at", "-pk"
    )
    answers = sections.values_list("contenu", flat=True).first() or {}
    known = {"rna": "rna", "siret": "siret", "iban": "iban", "titulaire": "titulaire_compte"}
    return {name: answers[cle] for name, cle in known.items() if answers.get(cle)}


def _answers_of(dossier: Any) -> Any:
    """What the latest letter of the file says, corrections included, with its territory in a few words."""
    from projects.models import LettreIntention
    from projects.selectors import ordered_sections, with_sections
    from projects.territory_blocs import territory_summary

    letters = with_sections(LettreIntention.objects.filter(dossier=dossier, deposee_at__isnull=False))
    letter = letters.select_related("territoire").order_by("-deposee_at", "-pk").first()
    if letter is None:
        return {}
    answers = {rubrique.cle: section.contenu for rubrique, section in ordered_sections(letter)}
    return answers | ({"territoire": territory_summary(letter.territoire)} if letter.territoire else {})


def _living_files() -> Any:
    """A file with a letter neither refused nor withdrawn, or a project neither opposed, withdrawn nor annulled; or with
    neither yet.
    """
    from django.db.models import Exists, OuterRef, Q

    from projects.models import LettreIntention, ProjetSante
    from projects.services.projets.opening import TERMINES
    from projects.states import EtatLettre

    letters = LettreIntention.objects.filter(dossier=OuterRef("pk"))
    projects = ProjetSante.objects.filter(dossier=OuterRef("pk"))
    over = (EtatLettre.REFUSEE, EtatLettre.RETIREE)
    alive = Q(Exists(letters.exclude(etat__in=over))) | Q(Exists(projects.exclude(etat__in=TERMINES)))
    return alive | (~Q(Exists(letters)) & ~Q(Exists(projects)))


def _pages_of(dossier_ids: Any, acteur: Any) -> dict[int, str]:
    """The last project of each file that this person may open, else its last letter, else its last request."""
    from django.urls import reverse

    from funding.models import DemandeFir
    from projects.models import LettreIntention, ProjetSante

    requests = DemandeFir.objects.visible_to(acteur).filter(dossier__in=dossier_ids)
    letters = LettreIntention.objects.visible_to(acteur).filter(dossier__in=dossier_ids)
    projects = ProjetSante.objects.visible_to(acteur).filter(dossier__in=dossier_ids)
    pages = (("funding:demande", requests), ("projects:lettre", letters), ("projects:projet", projects))
    return {
        dossier: reverse(name, args=[pk])
        for name, steps in pages
        for dossier, pk in steps.values_list("dossier", "pk").order_by("pk")
    }


def _after_answers(asked: Any) -> Any:
    """What follows the answers to the Guichet: the letter, corrected if need be, is deposited again."""
    from django.urls import reverse

    from dossiers.parcours import Suite
    from projects.models import LettreIntention

    letter = LettreIntention.objects.filter(evenements=asked.evenement).values_list("pk", flat=True).first()
    if letter is None:
        return None
    return Suite(
        libelle="Lettre d’intention",
        retour=reverse("projects:lettre", args=[letter]),
        phrase="Corrigez la lettre si besoin, puis déposez-la à nouveau\u00a0: c’est le dépôt qui envoie vos réponses.",
        url=reverse("projects:verifier", args=[letter]),
        bouton="Vérifier et déposer à nouveau",
    )


def _after_project_answers(asked: Any) -> Any:
    """What follows the answers to the ARS: completing, where a text requires something; else sending them."""
    from django.urls import reverse

    from dossiers.parcours import Suite
    from projects.models import ProjetSante
    from projects.states import EtatProjet

    projet = ProjetSante.objects.filter(evenements=asked.evenement).values("pk", "etat").first()
    if projet is None:
        return None
    completes = projet["etat"] == EtatProjet.INCOMPLET
    name = "projects:projet_completer" if completes else "projects:projet_pieces_utiles"
    return Suite(
        libelle="Projet de santé",
        retour=reverse("projects:projet", args=[projet["pk"]]),
        phrase="C’est l’envoi qui complète le projet\u00a0: les deux mois courent à partir de l’arrivée de la dernière "
        "pièce exigée par un texte."
        if completes
        else "Aucun texte n’exige ces pièces\u00a0: votre réponse ne change rien au délai, qui continue de courir.",
        url=reverse(name, args=[projet["pk"]]),
        bouton="Compléter le projet" if completes else "Envoyer les réponses",
    )


def _file_of(request: Any, dossier: Any, current: str) -> Any:
    """The last project of the file that this person may open, else its last letter: its page, its tabs, its header."""
    from dossiers.parcours import Chemin
    from projects.views.onglets import opened_file, tabs

    parcours = opened_file(request, dossier)
    if parcours is None:
        return None
    kind, step = parcours.kind, parcours.step
    return Chemin(
        url=kind.url(step),
        label=kind.libelle,
        onglets=tabs(request, parcours, current),
        etat=kind.tag(step),
        faits=kind.facts(step),
    )


def _ground_of(decision: Any) -> list[list[str]]:
    """The ground of a decision on a projet de santé, and what it rests on."""
    from projects.documents.motifs import ground_lines

    return ground_lines(decision.donnees)
