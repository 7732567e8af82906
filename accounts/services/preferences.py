"""How a person wants to be told: by category, at once, once a day, or on the portal only."""

from collections.abc import Mapping

from django.db import transaction

from accounts.models import PreferenceEnvoi, User
from accounts.states import CATEGORIES_AU_CHOIX, RythmeEnvoi


def preferences_of(user: User) -> dict[str, str]:
    """The rhythm of each category of choice; at once where the person said nothing."""
    said = dict(PreferenceEnvoi.objects.filter(user=user).values_list("categorie", "rythme").order_by("pk"))
    return {categorie.value: said.get(categorie.value, RythmeEnvoi.IMMEDIAT.value) for categorie in CATEGORIES_AU_CHOIX}


@transaction.atomic
def choose(*, user: User, rythmes: Mapping[str, str]) -> None:
    """Keep these rhythms for the mails to come; what waits for a digest already leaves with it.

    Raises ValueError for a category that is not of choice, or an unknown rhythm.
    """
    if set(rythmes) - {categorie.value for categorie in CATEGORIES_AU_CHOIX}:
        raise ValueError("account and legal mails always leave at once")
    for categorie, rythme in sorted(rythmes.items()):
        PreferenceEnvoi.objects.update_or_create(
            user=user, categorie=categorie, defaults={"rythme": RythmeEnvoi(rythme).value}
        )
