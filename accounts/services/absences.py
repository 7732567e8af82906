"""Days away: noted by oneself, or by who manages the people of one's body; the colleague who stands in is told."""

from datetime import date, datetime, timedelta
from uuid import uuid4

from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from accounts.acteur import Acteur
from accounts.models import Absence, User
from accounts.selectors import members_of
from accounts.services.mails import queue_mail
from accounts.states import CategorieEnvoi, Droit
from guichet.kernel.civil import date_longue
from guichet.kernel.lifecycle import Refused

NOT_YOURS = "Vous notez vos absences, ou celles de votre organisme si vous en gérez les personnes."
NOT_COLLEAGUE = "Le remplacement se fait entre personnes d’un même organisme."
ITSELF = "On ne se remplace pas soi-même."
REVERSED = "Le dernier jour ne peut pas précéder le premier."
OVER = "Cette absence est terminée."
GONE = "Cette absence a déjà été supprimée."


def may_note(by: Acteur, user: User) -> bool:
    """Oneself always; others for who manages the people of the body. That they belong to it is judged apart."""
    return by.est_agent and (user == by.user or by.has(Droit.GERER))


@transaction.atomic
def note(*, user: User, du_le: date, au_le: date, remplacant: User | None, by: Acteur, now: datetime) -> Absence:
    """Note an absence, both days included; who stands in is told, and receives the mails of the files meanwhile.

    Refused when it is already over, across another absence, or for people of another body.
    """
    on = timezone.localdate(now)
    _judge(by, [user, *([remplacant] if remplacant else [])], on)
    if not may_note(by, user):
        raise Refused(NOT_YOURS)
    if remplacant == user:
        raise Refused(ITSELF)
    if au_le < du_le:
        raise Refused(REVERSED)
    if au_le < on:
        raise Refused(OVER)
    if across := Absence.objects.filter(user=user, du_le__lte=au_le, au_le__gte=du_le).order_by("du_le").first():
        raise Refused(_across(across))
    try:
        with transaction.atomic():
            absence = Absence.objects.create(user=user, du_le=du_le, au_le=au_le, remplacant=remplacant)
    except IntegrityError as error:  # noted at the same instant by somebody else
        raise Refused("Une absence est déjà notée à ces dates.") from error
    if remplacant:
        _tell(absence, f"{user} sera en absence {period(absence)} et vous a désigné pour le remplacement.", by, now)
    return absence


@transaction.atomic
def cancel(*, absence: Absence, by: Acteur, now: datetime) -> None:
    """Forget an absence to come; end today one that runs, the past days staying known. Refused once over."""
    on = timezone.localdate(now)
    rows = Absence.objects.select_for_update(of=("self",)).select_related("user", "remplacant")
    current = rows.filter(pk=absence.pk).first()
    if current is None:
        raise Refused(GONE)
    _judge(by, [current.user], on)
    if not may_note(by, current.user):
        raise Refused(NOT_YOURS)
    if current.au_le < on:
        raise Refused(OVER)
    if current.remplacant:
        _tell(current, f"{current.user} n’est plus en absence {period(current)}.", by, now)
    if current.du_le < on:
        Absence.objects.filter(pk=current.pk).update(au_le=on - timedelta(days=1))
    else:
        current.delete()


def period(absence: Absence) -> str:
    if absence.du_le == absence.au_le:
        return f"le {date_longue(absence.du_le)}"
    return f"du {date_longue(absence.du_le)} au {date_longue(absence.au_le)}"


def _judge(by: Acteur, people: list[User], on: date) -> None:
    """They all act for the body of `by`."""
    if by.membership is None:
        raise Refused(NOT_YOURS)
    known = set(members_of(by.membership.organisation, on=on).values_list("user", flat=True).order_by("pk"))
    if {user.pk for user in people} - known:
        raise Refused(NOT_COLLEAGUE)


def _across(other: Absence) -> str:
    return f"Une absence est déjà notée {period(other)}\u00a0: changez les dates, ou supprimez-la d’abord."


def _tell(absence: Absence, sentence: str, by: Acteur, now: datetime) -> None:
    if absence.remplacant is None or absence.remplacant == by.user:
        return
    queue_mail(
        evenement=uuid4(),
        modele="etape",
        user=absence.remplacant,
        contexte={
            "sujet": f"Absence de {absence.user}",
            "paragraphes": [
                sentence,
                "Pendant une absence, les courriels des dossiers que cette personne suit vont aussi à qui la remplace.",
            ],
            "bouton": "Voir les absences",
        },
        url=reverse("accounts:absences"),
        categorie=CategorieEnvoi.COMPTE,
        now=now,
    )
