"""Which files each capacity may open: the perimeter of every page."""

import pytest

from accounts.acteur import Acteur
from accounts.models import Organisation
from dossiers.models import ConseillerInvite, Dossier
from dossiers.states import Visibilite
from tests.factories.accounts import NOW, MembershipFactory, OrganisationFactory, UserFactory, acteur
from tests.factories.dossiers import DossierFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def files() -> dict[str, Dossier]:
    """Files of one association in each stage of openness, one over two départements, one of another region."""
    association = OrganisationFactory()
    make = {
        "draft": {},
        "deposited": {"visibilite": Visibilite.GUICHET, "departements": ["31"]},
        "transmitted": {"visibilite": Visibilite.ARS, "departements": ["31"]},
        "transmitted across": {"visibilite": Visibilite.ARS, "departements": ["31", "81"]},
        "transmitted elsewhere": {"visibilite": Visibilite.ARS, "departements": ["48"]},
        "of another region": {"visibilite": Visibilite.ARS, "departements": ["13"], "region": "93"},
    }
    return {
        name: DossierFactory(
            association=association, reference=None if name == "draft" else f"REF-{n}", **{"region": "76", **kwargs}
        )
        for n, (name, kwargs) in enumerate(make.items())
    }


def agent(genre: str, code: str, *, region: str = "76", departements: tuple[str, ...] = ()) -> Acteur:
    """A member of a body of that kind; a region has one Guichet and one ARS, whose perimeter is changed."""
    body = Organisation.objects.filter(genre=genre, region=region).order_by("pk").first()
    if body is None or genre not in ("guichet", "ars"):
        body = OrganisationFactory(genre=genre, code=f"{code}-essai", region=region)
    body.departements = list(departements)
    body.save(update_fields=["departements"])
    return acteur(MembershipFactory(organisation=body))


def seen(files: dict[str, Dossier], by: Acteur | None) -> set[str]:
    names = {dossier.pk: name for name, dossier in files.items()}
    return {names[pk] for pk in Dossier.objects.visible_to(by).values_list("pk", flat=True) if pk in names}


def test_nobody_and_a_person_without_capacity_open_nothing(files) -> None:
    assert seen(files, None) == set()
    assert seen(files, Acteur(UserFactory())) == set()


def test_an_association_opens_all_its_files_and_another_none(files) -> None:
    own = acteur(MembershipFactory(organisation=files["draft"].association, droits=[]))
    assert seen(files, own) == set(files)
    assert seen(files, acteur(MembershipFactory())) == set()


def test_the_guichet_opens_what_was_deposited_in_its_region_and_the_drafts_it_is_invited_to(files) -> None:
    desk = agent("guichet", "guichet")
    deposited = {"deposited", "transmitted", "transmitted across", "transmitted elsewhere"}
    assert seen(files, desk) == deposited
    ConseillerInvite.objects.create(
        dossier=files["draft"], user=desk.user, invite_par=files["draft"].created_by, created_at=NOW
    )
    assert seen(files, desk) == deposited | {"draft"}
    ConseillerInvite.objects.update(retire_at=NOW)
    assert seen(files, desk) == deposited
    assert seen(files, agent("guichet", "ailleurs", region="93")) == {"of another region"}


def test_an_invitation_given_to_the_person_is_not_used_in_another_capacity(files) -> None:
    desk = agent("guichet", "guichet")
    ConseillerInvite.objects.create(
        dossier=files["draft"], user=desk.user, invite_par=files["draft"].created_by, created_at=NOW
    )
    as_ars = acteur(MembershipFactory(user=desk.user, organisation=agent("ars", "ars").membership.organisation))
    assert "draft" not in seen(files, as_ars)


@pytest.mark.parametrize("genre", ["ars", "dd_ars", "cpam", "msa", "elsm"])
def test_the_ars_and_the_assurance_maladie_open_what_was_transmitted_in_their_perimeter(files, genre) -> None:
    assert seen(files, agent(genre, "region")) == {"transmitted", "transmitted across", "transmitted elsewhere"}
    assert seen(files, agent(genre, "tarn", departements=("81",))) == {"transmitted across"}
    assert seen(files, agent(genre, "deux", departements=("81", "48"))) == {
        "transmitted across",
        "transmitted elsewhere",
    }
    assert seen(files, agent(genre, "ariege", departements=("09",))) == set()


def test_a_urps_opens_no_file_before_it_is_consulted(files) -> None:
    assert seen(files, agent("urps", "urps")) == set()
