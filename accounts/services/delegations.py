"""In virtue of which delegation of signature a person decides, and for which URPS it may give an opinion."""

from datetime import date
from decimal import Decimal

from django.db.models import Exists, OuterRef

from accounts.acteur import Acteur
from accounts.models import Absence, Delegation, Mandat, Organisation, User
from accounts.selectors import covering_delegations
from accounts.states import Genre, QualiteMandat
from guichet.kernel.civil import date_longue
from guichet.kernel.lifecycle import Refused
from guichet.kernel.money import euros


def delegation_for(*, user: User, organisation: Organisation, montant: Decimal, on: date) -> Delegation:
    """The delegation in force on that legal day that covers the amount, in euros (0 for a decision without amount).

    Raises `Refused` with a sentence that says what is wrong: none at all, ended, not begun, or too low a ceiling.
    """
    found = covering_delegations(user, organisation, montant=montant, on=on).first()
    if found is not None:
        return found
    held = Delegation.objects.filter(user=user, organisation=organisation)
    low = held.active(on=on).order_by("-plafond").first()
    if low is not None and low.plafond is not None:
        raise Refused(
            f"La délégation de signature de {user} est plafonnée à {euros(low.plafond)}\u00a0: elle ne couvre pas "
            f"{euros(montant)}."
        )
    ended = held.filter(fin_le__lt=on).order_by("-fin_le").first()
    if ended is not None and ended.fin_le is not None:
        raise Refused(f"La délégation de signature de {user} a pris fin le {date_longue(ended.fin_le)}.")
    raise Refused(f"{user} n’a pas de délégation de signature en vigueur le {date_longue(on)}.")


def signing_act(*, by: Acteur, montant: Decimal, on: date, avec_plafond: bool = False) -> str:
    """In virtue of what `by` signs for its body: the words a decision keeps, and the ceiling when `avec_plafond`.

    Raises `Refused` as `delegation_for`. A URPS decides by its members who instruct, or by a dated delegation, and no
    ceiling stops it. Who may decide on the step is judged by the row of its table, not here.
    """
    if by.membership is None:
        raise Refused("Vous n’avez pas le droit de décider.")
    organisation = by.membership.organisation
    if organisation.genre == Genre.URPS:
        own = covering_delegations(by.user, organisation, montant=montant, on=on).first()
        return f"{own.objet} ({own.acte})" if own else f"Membre de l’{organisation.nom} chargé d’instruire"
    held = delegation_for(user=by.user, organisation=organisation, montant=montant, on=on)
    ceiling = f", jusqu’à {euros(held.plafond)}" if avec_plafond and held.plafond is not None else ""
    return f"{held.objet} ({held.acte}){ceiling}"


def refuse_without_mandate(*, by: Acteur, organisation: Organisation, on: date) -> None:
    """Raise `Refused` unless `by` may answer for that URPS on that day.

    A holder always may; a substitute, when every holder of the moment is away, or when there is none.
    """
    mine = Mandat.objects.active(on=on).filter(user=by.user, organisation=organisation).first()
    if mine is None:
        raise Refused(f"Vous n’avez pas de mandat de l’{organisation.nom} en cours\u00a0: vous ne pouvez pas répondre.")
    if mine.qualite == QualiteMandat.TITULAIRE:
        return
    away = Absence.objects.on(on).filter(user=OuterRef("user"))
    holders = Mandat.objects.active(on=on).filter(organisation=organisation, qualite=QualiteMandat.TITULAIRE)
    present = holders.filter(~Exists(away), user__is_active=True).select_related("user").first()
    if present is not None:
        raise Refused(
            f"Vous êtes suppléant\u00a0: {present.user}, titulaire, n’est pas absent aujourd’hui. "
            "Le suppléant répond en l’absence du titulaire."
        )
