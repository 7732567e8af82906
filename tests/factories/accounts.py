"""People, organisations and memberships for tests. Invented names only."""

from datetime import UTC, date, datetime
from typing import Any

import factory
from allauth.account.models import EmailAddress
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django.test import Client

from accounts.acteur import Acteur
from accounts.models import Membership, Organisation, User
from accounts.states import DROITS_BY_GENRE, Genre

PASSWORD = "une phrase pour les essais"
NOW = datetime(2026, 11, 16, 9, 0, tzinfo=UTC)


class UserFactory(factory.django.DjangoModelFactory[User]):
    """A person whose address is verified; `EmailAddress` included."""

    class Meta:
        model = User
        skip_postgeneration_save = True

    prenom = "Camille"
    nom = factory.Sequence(lambda n: f"Essai{n}")
    email = factory.Sequence(lambda n: f"camille.essai{n}@exemple.fr")

    @classmethod
    def _create(cls, model_class: type[User], *args: Any, **kwargs: Any) -> User:
        user = User.objects.create_user(kwargs.pop("email"), kwargs.pop("password", PASSWORD), **kwargs)
        EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
        return user


class OrganisationFactory(factory.django.DjangoModelFactory[Organisation]):
    """An association of Occitanie, unless told otherwise; by its code, a body that is reference data already."""

    class Meta:
        model = Organisation
        django_get_or_create = ("code",)

    genre = Genre.ASSOCIATION
    code = factory.Sequence(lambda n: f"organisation-{n}")
    nom = factory.Sequence(lambda n: f"CPTS des Essais {n}")
    region = "76"


class MembershipFactory(factory.django.DjangoModelFactory[Membership]):
    """A membership with every right its kind of organisation knows, since the start of 2026."""

    class Meta:
        model = Membership

    user = factory.SubFactory(UserFactory)
    organisation = factory.SubFactory(OrganisationFactory)
    fonction = "Coordinatrice"
    droits = factory.LazyAttribute(lambda o: [droit.value for droit in DROITS_BY_GENRE[o.organisation.genre]])
    debut_le = date(2026, 1, 1)


def acteur(membership: Membership) -> Acteur:
    """The person of the membership, acting in its name."""
    return Acteur(user=membership.user, membership=membership)


def enrol(user: User) -> None:
    """Put a TOTP factor in service."""
    TOTP.activate(user, generate_totp_secret())


def agent_client(client: Client, user: User) -> Client:
    """The client, signed in as an agent whose second factor is in service."""
    enrol(user)
    client.force_login(user)
    return client
