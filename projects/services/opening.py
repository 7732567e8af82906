"""Opening a file and its first letter of intent; copying a letter that ended."""

from datetime import datetime

from django.db import transaction
from django.utils import timezone

from accounts.acteur import Acteur
from accounts.models import Organisation, User
from accounts.selectors import capacities_of
from accounts.services.memberships import create_association
from dossiers.models import Dossier
from dossiers.services.naming import index
from dossiers.services.territoires import draft_of
from dossiers.states import EtatSection
from funding.services.copying import copy_request
from guichet.kernel.lifecycle import Refused
from guichet.kernel.text import normalise
from projects.models import LettreIntention, SectionLettre
from projects.sections import RUBRIQUES, TERRITOIRE
from projects.selectors import letter_in_progress, ordered_sections
from projects.states import EtatLettre


@transaction.atomic
def open_letter(*, nom_cpts: str, nom_association: str, by: Acteur, region: str, now: datetime) -> LettreIntention:
    """Open a file and its draft letter. A person alone first opens the account of its association.

    Refuses when the person acts for another body than an association, or has no right to write in it. A page sent
    twice opens one letter: the second is refused.
    """
    if by.membership and by.genre == "association":
        if not by.droits & {"rediger", "deposer"}:
            raise Refused("Vous n’avez pas le droit d’écrire au nom de cette association.")
        association = by.membership.organisation
        _refuse_again(association, nom_cpts)
    elif by.membership is None:
        _refuse_second_association(by.user, now=now)
        membership = create_association(nom=nom_association, region=region, by=by.user, now=now)
        by, association = Acteur(by.user, membership), membership.organisation
    else:
        raise Refused("Seule une association dépose une lettre d’intention\u00a0: agissez en son nom.")
    dossier = Dossier.objects.create(
        nom=nom_cpts,
        nom_normalise=normalise(nom_cpts),
        association=association,
        region=association.region,
        created_at=now,
        created_by=by.user,
    )
    index(dossier)
    return draft_letter(dossier=dossier, by=by, now=now)


@transaction.atomic
def copy_letter(*, lettre: LettreIntention, by: Acteur, now: datetime) -> LettreIntention:
    """A new draft from a refused or withdrawn letter, its answers marked as carried over."""
    dossier = Dossier.objects.select_for_update(no_key=True, of=("self",)).get(pk=lettre.dossier_id)
    if by.genre != "association" or by.organisation_id != dossier.association_id or not by.has("rediger"):
        raise Refused("Seule une personne qui écrit pour l’association peut reprendre cette lettre.")
    if lettre.etat not in (EtatLettre.REFUSEE, EtatLettre.RETIREE):
        raise Refused("Seule une lettre refusée ou retirée peut être reprise.")
    if letter_in_progress(dossier):
        raise Refused("Une lettre est déjà en cours pour ce dossier.")
    copy = draft_letter(dossier=dossier, by=by, now=now, copie_de=lettre)
    when = timezone.localdate(lettre.deposee_at or lettre.created_at)
    for rubrique, section in ordered_sections(lettre):
        if rubrique.cle == TERRITOIRE:
            continue
        copy.sections.filter(cle=section.cle).update(
            contenu=section.contenu,
            manques=section.manques,
            etat=section.etat,
            repris_de=f"la lettre du {when:%d/%m/%Y}" if section.contenu else "",
        )
    territory = lettre.sections.get(cle=TERRITOIRE)
    copy.sections.filter(cle=TERRITOIRE).update(etat=territory.etat, manques=territory.manques)
    if lettre.demande:
        demande = copy_request(demande=lettre.demande, by=by, now=now)
        LettreIntention.objects.filter(pk=copy.pk).update(demande=demande)
        copy.demande = demande
    LettreIntention.objects.filter(pk=copy.pk).update(sans_demande=lettre.sans_demande)
    copy.sans_demande = lettre.sans_demande
    return copy


def _refuse_again(association: Organisation, nom_cpts: str) -> None:
    """Wait for whoever opens a letter of that association at this instant, then look for the same one."""
    Organisation.objects.select_for_update(no_key=True, of=("self",)).get(pk=association.pk)
    same = LettreIntention.objects.filter(dossier__association=association, dossier__nom_normalise=normalise(nom_cpts))
    if same.filter(etat=EtatLettre.BROUILLON).exists():
        raise Refused(
            f"Votre association a déjà commencé une lettre pour «\u00a0{nom_cpts}\u00a0»\u00a0: elle est à l’accueil."
        )


def _refuse_second_association(user: User, *, now: datetime) -> None:
    """A person who acted for nobody when the page was shown may have opened its association since."""
    User.objects.select_for_update(no_key=True, of=("self",)).get(pk=user.pk)
    if capacities_of(user, on=timezone.localdate(now)):
        raise Refused("Votre association est déjà ouverte\u00a0: retrouvez sa lettre à l’accueil.")


def draft_letter(
    *, dossier: Dossier, by: Acteur, now: datetime, copie_de: LettreIntention | None = None
) -> LettreIntention:
    lettre = LettreIntention.objects.create(
        dossier=dossier, created_at=now, created_by=by.user, copie_de=copie_de, etat=EtatLettre.BROUILLON
    )
    SectionLettre.objects.bulk_create(
        SectionLettre(lettre=lettre, cle=rubrique.cle, etat=EtatSection.A_COMMENCER) for rubrique in RUBRIQUES
    )
    draft_of(dossier=dossier, by=by, now=now)
    return lettre
