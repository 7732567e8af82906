"""Keep the filters of a list under a name, or forget them."""

from datetime import datetime

from django.db import transaction

from accounts.acteur import Acteur
from accounts.models import User
from dossiers.models import VueEnregistree
from dossiers.selectors.listes import views_of
from guichet.kernel.lifecycle import Refused

VUES_MAX = 20
PARAMETRES_MAX = 500


@transaction.atomic
def keep_view(*, liste: str, nom: str, parametres: str, by: Acteur, now: datetime) -> VueEnregistree:
    """A view of the person's own. Refuses a name it has already for this list, more than VUES_MAX, filters too long."""
    if len(parametres) > PARAMETRES_MAX:
        raise Refused("Ces filtres sont trop longs pour être gardés\u00a0: cherchez avec moins de mots.")
    User.objects.select_for_update().get(pk=by.user.pk)
    names = [vue.nom for vue in views_of(by.user, liste)]
    if refusal := why_not(nom, names):
        raise Refused(refusal)
    return VueEnregistree.objects.create(user=by.user, liste=liste, nom=nom, parametres=parametres, created_at=now)


def why_not(nom: str, names: list[str]) -> str:
    """ "" when a view of that name may join those, else the reason in one French sentence."""
    if nom.casefold() in {name.casefold() for name in names}:
        return f"Vous avez déjà une vue «\u00a0{nom}\u00a0». Choisissez un autre nom, ou retirez-la d’abord."
    if len(names) >= VUES_MAX:
        return f"Vous gardez déjà {VUES_MAX} vues de cette liste. Retirez-en une d’abord."
    return ""


@transaction.atomic
def forget_view(*, vue: VueEnregistree, by: Acteur) -> None:
    """Only its owner forgets a view."""
    if vue.user_id != by.user.pk:
        raise Refused("Cette vue n’est pas la vôtre.")
    vue.delete()
