"""Configuration of the application."""

from typing import Any

from django.apps import AppConfig


class ProjectsConfig(AppConfig):
    name = "projects"
    verbose_name = "Projets de CPTS"

    def ready(self) -> None:
        from dossiers import parcours as files
        from dossiers.states import EtapePieces
        from dossiers.suites import follow
        from funding import parcours

        parcours.register(_letter_of)
        parcours.register_identity(_association_of)
        follow(EtapePieces.LETTRE, _after_answers)
        files.register(living=_living_files, pages=_pages_of)


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
