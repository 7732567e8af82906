"""Who is told of what about a letter: mails and in-app messages as rows of the act's transaction."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from uuid import UUID, uuid5

from django.urls import reverse
from django.utils import timezone
from django.utils.text import capfirst

from accounts.models import Mandat, Organisation, User
from accounts.services.mails import queue_mails
from accounts.states import CategorieEnvoi, Genre
from dossiers.models import Decision
from dossiers.notifications import am_people, ars_people, association_people, guichet_people, tell
from dossiers.selectors.people import in_charge
from guichet.kernel.civil import date_longue
from projects.models import Avis, Consultation, EvenementAvis, EvenementLettre, LettreIntention, Rectification
from projects.notifications import projets
from projects.states import EtatRectification


def deposited(lettre: LettreIntention, *, event: EvenementLettre, now: datetime) -> None:
    """The association has proof of its deposit; the Guichet learns that a letter waits."""
    _queue(lettre, "lettre_deposee", event, association_people(lettre.dossier, now=now), now)
    _queue(lettre, "lettre_recue", event, guichet_people(lettre.dossier, now=now), now)


def withdrawn(lettre: LettreIntention, *, event: EvenementLettre, now: datetime) -> None:
    """The association, the Guichet and, once it was sent to them, the ARS and the Assurance Maladie."""
    _queue(lettre, "lettre_retiree", event, association_people(lettre.dossier, now=now), now)
    told = guichet_people(lettre.dossier, now=now)
    if lettre.transmise_at is not None:
        told += [*ars_people(lettre.dossier, now=now), *am_people(lettre.dossier, now=now)]
    _queue(lettre, "lettre_retiree_guichet", event, told, now)


def _queue(lettre: LettreIntention, modele: str, event: EvenementLettre, users: Iterable[User], now: datetime) -> None:
    dossier = lettre.dossier
    queue_mails(
        users,
        evenement=event.pk,
        modele=modele,
        contexte={
            "cpts": dossier.nom,
            "reference": dossier.reference,
            "association": dossier.association.nom,
            "avec_demande": lettre.demande is not None and not lettre.sans_demande,
            "depose_par": str(event.acteur),
            "motif": event.motif,
        },
        now=now,
        url=reverse("projects:lettre", args=[lettre.pk]),
        dossier_reference=dossier.reference or "",
        categorie=CategorieEnvoi.LEGAL,
    )


def _tell(
    lettre: LettreIntention,
    users: Sequence[User],
    *,
    evenement: UUID,
    sujet: str,
    paragraphes: Sequence[str],
    now: datetime,
    bouton: str = "Ouvrir la lettre",
    url: str = "",
    categorie: str = CategorieEnvoi.ETAPES,
) -> None:
    tell(
        users,
        dossier=lettre.dossier,
        evenement=evenement,
        sujet=sujet,
        paragraphes=paragraphes,
        bouton=bouton,
        url=url or reverse("projects:lettre", args=[lettre.pk]),
        now=now,
        categorie=categorie,
    )


def pieces_asked(lettre: LettreIntention, *, event: EvenementLettre, now: datetime) -> None:
    _tell(
        lettre,
        association_people(lettre.dossier, now=now),
        evenement=event.pk,
        sujet="Précisions demandées",
        paragraphes=[
            "Le Guichet a besoin de précisions avant de recueillir l’avis des URPS.",
            "Répondez point par point, corrigez la lettre si besoin, puis déposez-la à nouveau.",
        ],
        now=now,
        bouton="Répondre",
        url=reverse("dossiers:repondre", args=[lettre.dossier_id]),
        categorie=CategorieEnvoi.LEGAL,
    )


def body_people(lettre: LettreIntention, organisation: Organisation, *, now: datetime) -> list[User]:
    """Who answers for a body: the holders of a mandate of a URPS, those in charge elsewhere."""
    on = timezone.localdate(now)
    if organisation.genre == Genre.URPS:
        mandated = Mandat.objects.active(on=on).filter(organisation=organisation).values("user")
        found = list(User.objects.filter(pk__in=mandated, is_active=True).order_by("pk"))
        if found:
            return found
    return in_charge(lettre.dossier, [organisation.pk], on=on)


def consulted(
    lettre: LettreIntention,
    consultation: Consultation,
    organisations: Sequence[Organisation],
    *,
    event: EvenementLettre,
    now: datetime,
) -> None:
    """Each body asked learns it, and until when; the association learns that its letter moves on."""
    _ask(lettre, consultation, organisations, evenement=event.pk, sujet="Votre avis est demandé", now=now)
    _tell(
        lettre,
        association_people(lettre.dossier, now=now),
        evenement=event.pk,
        sujet="Votre lettre est soumise aux URPS",
        paragraphes=[
            f"Le Guichet recueille les avis jusqu’au {date_longue(consultation.limite_le)}. "
            "Il vous communiquera le sien."
        ],
        now=now,
    )


def reminded(consultation: Consultation, organisations: Sequence[Organisation], *, rang: int, now: datetime) -> None:
    lettre = consultation.lettre
    assert lettre is not None  # the Guichet reminds on a letter; nobody does on a project
    event = uuid5(REMINDERS, f"{consultation.pk}-{rang}")
    _ask(
        lettre,
        consultation,
        organisations,
        evenement=event,
        sujet="Rappel\u00a0: votre avis est attendu",
        now=now,
        categorie=CategorieEnvoi.RAPPELS,
    )


REMINDERS = UUID("5f3c0a5e-4a3f-4f0e-9d26-0c9a0c9b7a11")
"""Under which the reminders of a consultation get their event."""


def _ask(
    lettre: LettreIntention,
    consultation: Consultation,
    organisations: Sequence[Organisation],
    *,
    evenement: UUID,
    sujet: str,
    now: datetime,
    categorie: str = CategorieEnvoi.ETAPES,
) -> None:
    asked = Avis.objects.filter(consultation=consultation, organisation__in=organisations)
    for avis in asked.select_related("organisation").order_by("pk"):
        _tell(
            lettre,
            body_people(lettre, avis.organisation, now=now),
            evenement=evenement,
            sujet=sujet,
            paragraphes=[
                f"L’avis de votre organisme est attendu sur cette lettre d’intention pour le "
                f"{date_longue(consultation.limite_le)}."
            ],
            now=now,
            bouton="Donner l’avis",
            url=reverse("projects:avis", args=[avis.pk]),
            categorie=categorie,
        )


def opinion_given(avis: Avis, *, event: EvenementAvis, now: datetime) -> None:
    """The desk that reads it learns that a body answered: not what it said."""
    lettre = avis.consultation.lettre
    if lettre is None:
        projets.opinion_given(avis, event=event, now=now)
        return
    desk = ars_people if lettre.transmise_at is not None else guichet_people
    _tell(
        lettre,
        desk(lettre.dossier, now=now),
        evenement=event.pk,
        sujet="Réponse reçue",
        paragraphes=[f"{capfirst(avis.organisation.avec_article)} a répondu à la consultation."],
        now=now,
    )


def synthesis_given(lettre: LettreIntention, *, event: EvenementLettre, now: datetime) -> None:
    _tell(
        lettre,
        association_people(lettre.dossier, now=now),
        evenement=event.pk,
        sujet="Le Guichet a rendu son avis",
        paragraphes=["L’avis du Guichet sur votre lettre d’intention est à lire dans le portail."],
        now=now,
        bouton="Lire l’avis",
    )


def transmitted(
    lettre: LettreIntention, consultation: Consultation | None, *, event: EvenementLettre, now: datetime
) -> None:
    """The association, the ARS, the Guichet when it did not send it itself, and the caisse whose opinion is asked."""
    dossier = lettre.dossier
    _tell(
        lettre,
        association_people(dossier, now=now),
        evenement=event.pk,
        sujet="Votre lettre est transmise à l’ARS",
        paragraphes=["L’ARS a maintenant votre lettre d’intention. Elle vous répondra dans le portail."],
        now=now,
    )
    _tell(
        lettre,
        ars_people(dossier, now=now),
        evenement=event.pk,
        sujet="Lettre d’intention reçue",
        paragraphes=[
            f"La lettre d’intention de l’association «\u00a0{dossier.association.nom}\u00a0» vous est transmise."
        ],
        now=now,
        categorie=CategorieEnvoi.LEGAL,
    )
    if event.action == "saisir_ars":
        _tell(
            lettre,
            guichet_people(dossier, now=now),
            evenement=event.pk,
            sujet="L’ARS est saisie directement",
            paragraphes=["L’association a transmis elle-même sa lettre à l’ARS."],
            now=now,
        )
    if consultation:
        asked = [avis.organisation for avis in consultation.avis.select_related("organisation").order_by("pk")]
        _ask(lettre, consultation, asked, evenement=event.pk, sujet="Votre avis est demandé", now=now)


def validation_confirmed(lettre: LettreIntention, *, event: EvenementLettre, now: datetime) -> None:
    _tell(
        lettre,
        ars_people(lettre.dossier, now=now, droit="decider"),
        evenement=event.pk,
        sujet="Validation confirmée par l’Assurance Maladie",
        paragraphes=["L’Assurance Maladie confirme la validation de cette lettre\u00a0: vous pouvez décider."],
        now=now,
    )


def decided(lettre: LettreIntention, *, decision: Decision, event: EvenementLettre, now: datetime) -> None:
    """The association is led to the decision on the portal; the Guichet and the Assurance Maladie learn it is taken."""
    _tell(
        lettre,
        association_people(lettre.dossier, now=now),
        evenement=event.pk,
        sujet="Décision sur votre lettre d’intention",
        paragraphes=["L’ARS a pris une décision sur votre lettre d’intention. Elle est à lire ici."],
        now=now,
        bouton="Lire la décision",
        url=reverse("dossiers:decision", args=[decision.pk]),
        categorie=CategorieEnvoi.LEGAL,
    )
    _tell(
        lettre,
        [*guichet_people(lettre.dossier, now=now), *am_people(lettre.dossier, now=now)],
        evenement=event.pk,
        sujet="Décision sur une lettre d’intention",
        paragraphes=["L’ARS a pris une décision sur cette lettre."],
        now=now,
    )


def rectification_proposed(lettre: LettreIntention, rectification: Rectification, *, now: datetime) -> None:
    """The desk that holds the letter."""
    desk = ars_people if lettre.transmise_at is not None else guichet_people
    _tell(
        lettre,
        desk(lettre.dossier, now=now),
        evenement=uuid5(RECTIFICATIONS, f"{rectification.pk}"),
        sujet="Rectification proposée",
        paragraphes=["L’association propose de corriger une réponse de sa lettre déposée."],
        now=now,
        bouton="Répondre",
        url=reverse("projects:rectification", args=[rectification.pk]),
    )


def rectification_settled(lettre: LettreIntention, rectification: Rectification, *, now: datetime) -> None:
    """The association, whatever the answer."""
    accepted = rectification.etat == EtatRectification.ACCEPTEE
    _tell(
        lettre,
        association_people(lettre.dossier, now=now),
        evenement=uuid5(RECTIFICATIONS, f"{rectification.pk}-{rectification.etat}"),
        sujet="Rectification acceptée" if accepted else "Rectification écartée",
        paragraphes=[
            f"Votre correction de «\u00a0{rectification.libelle}\u00a0» est acceptée\u00a0: la lettre est rééditée."
            if accepted
            else f"Votre correction de «\u00a0{rectification.libelle}\u00a0» n’est pas retenue\u00a0: lisez pourquoi."
        ],
        now=now,
    )


RECTIFICATIONS = UUID("0b9d5a0c-6f2e-4f0c-8a54-3a6d5b0f7e21")
"""Under which the corrections of a letter get their event."""
