"""What a territory shares with those of other files: told by name to agents, counted for the porteur."""

import pytest

from dossiers.models import ConseillerInvite, Dossier
from dossiers.selectors.territoires import Discret, departements_of, discreet_overlap, overlaps, parts_of
from dossiers.states import EtatDossier
from territories.models import Commune
from tests.factories.accounts import NOW, MembershipFactory, OrganisationFactory, acteur
from tests.factories.dossiers import DossierFactory, territoire

pytestmark = pytest.mark.django_db

TOULOUSE, MURET, ALBI, MONTAUBAN = "31555", "31395", "81004", "82121"
MARSEILLE, M14, M15 = "13055", "13214", "13215"


@pytest.fixture
def dossier():
    return DossierFactory()


def population(code: str) -> int:
    return Commune.objects.get(pk=code).population


@pytest.fixture
def guichet():
    return acteur(MembershipFactory(organisation=OrganisationFactory(genre="guichet", region="zz")))


def deposited(*parts, **kwargs):
    other = DossierFactory(depose=True, region="zz", **kwargs)
    territoire(other, *parts, fige_at=NOW)
    return other


def test_agents_see_the_other_file_by_name_with_what_is_shared(dossier, guichet):
    other = deposited(MURET, ALBI)
    mine = territoire(dossier, MURET, MONTAUBAN)
    found = overlaps(mine, acteur=guichet, parmi=Dossier.objects.all())
    assert [(each.dossier, each.communes, each.population) for each in found] == [
        (other, ("Muret",), population(MURET))
    ]


def test_agents_see_the_widest_overlap_first(dossier, guichet):
    small, wide = deposited(MURET), deposited(MURET, ALBI)
    mine = territoire(dossier, MURET, ALBI)
    assert [each.dossier for each in overlaps(mine, acteur=guichet, parmi=Dossier.objects.all())] == [wide, small]


def test_nobody_learns_of_a_draft(dossier, guichet):
    secret = DossierFactory(region="zz")
    territoire(secret, MURET)
    visible = deposited(ALBI)
    territoire(visible, MURET, ALBI, numero=2)
    ConseillerInvite.objects.create(dossier=secret, user=guichet.user, invite_par=secret.created_by, created_at=NOW)
    mine = territoire(dossier, MURET)
    assert overlaps(mine, acteur=guichet, parmi=Dossier.objects.all()) == []
    assert discreet_overlap(mine, parmi=Dossier.objects.all()) == Discret()


def test_only_the_last_frozen_version_counts(dossier, guichet):
    other = deposited(MURET)
    territoire(other, ALBI, numero=2, fige_at=NOW)
    assert overlaps(territoire(dossier, MURET), acteur=guichet, parmi=Dossier.objects.all()) == []


def test_an_agent_sees_no_name_outside_its_perimeter(dossier):
    deposited(MURET)
    elsewhere = acteur(MembershipFactory(organisation=OrganisationFactory(genre="guichet", region="yy")))
    mine = territoire(dossier, MURET)
    assert overlaps(mine, acteur=elsewhere, parmi=Dossier.objects.all()) == []
    assert discreet_overlap(mine, parmi=Dossier.objects.all()) == Discret(communautes=1, communes=1)


def test_the_porteur_gets_numbers_only(dossier):
    deposited(MURET, ALBI)
    deposited(MURET)
    mine = territoire(dossier, MURET, ALBI, MONTAUBAN)
    assert discreet_overlap(mine, parmi=Dossier.objects.all()) == Discret(communautes=2, communes=2)


def test_a_file_classed_without_follow_up_is_no_neighbour(dossier):
    deposited(MURET, etat=EtatDossier.SANS_SUITE)
    assert discreet_overlap(territoire(dossier, MURET), parmi=Dossier.objects.all()) == Discret()


def test_its_own_earlier_version_is_no_overlap(dossier, guichet):
    territoire(dossier, MURET, fige_at=NOW)
    mine = territoire(dossier, MURET, numero=2)
    assert discreet_overlap(mine, parmi=Dossier.objects.all()) == Discret()


@pytest.mark.parametrize(
    ("mine", "theirs", "shared", "doubtful"),
    [
        ([MARSEILLE], [M15], 1, 0),
        ([M15], [MARSEILLE], 1, 0),
        ([TOULOUSE], [(TOULOUSE, "Nord", 1000)], 1, 0),
        ([(TOULOUSE, "Nord", 1000)], [TOULOUSE], 1, 0),
        ([(TOULOUSE, "Nord", 1000)], [(TOULOUSE, "Sud", 1000)], 0, 1),
        ([(M15, "Les Borels", 1000)], [MARSEILLE], 1, 0),
        ([(M15, "Les Borels", 1000)], [M15], 1, 0),
        ([M15], [M14], 0, 0),
        ([M15], [(M15, "Les Borels", 1000)], 1, 0),
    ],
)
def test_inside_a_commune_what_nobody_can_tell_is_to_verify(dossier, guichet, mine, theirs, shared, doubtful):
    deposited(*theirs)
    version = territoire(dossier, *mine)
    found = discreet_overlap(version, parmi=Dossier.objects.all())
    assert (found.communes, found.a_verifier) == (shared, doubtful)
    named = overlaps(version, acteur=guichet, parmi=Dossier.objects.all())
    assert sum(len(each.communes) for each in named) == shared
    assert sum(len(each.a_verifier) for each in named) == doubtful


def test_the_population_shared_by_a_quarter_is_that_of_the_quarter(dossier, guichet):
    deposited(TOULOUSE)
    mine = territoire(dossier, (TOULOUSE, "Nord", 1000))
    assert [each.population for each in overlaps(mine, acteur=guichet, parmi=Dossier.objects.all())] == [1000]


@pytest.mark.parametrize("rows", [1, 3])
def test_overlaps_cost_the_same_number_of_queries(dossier, guichet, rows, django_assert_num_queries):
    mine = territoire(dossier, MURET, ALBI, MONTAUBAN, (TOULOUSE, "Nord", 1000))
    for _ in range(rows):
        deposited(MURET, ALBI, MONTAUBAN)
    with django_assert_num_queries(6):
        assert len(overlaps(mine, acteur=guichet, parmi=Dossier.objects.all())) == rows
    with django_assert_num_queries(4):
        assert discreet_overlap(mine, parmi=Dossier.objects.all()).communautes == rows


def test_departements_come_with_their_population(dossier):
    parts = parts_of(territoire(dossier, MURET, MONTAUBAN))
    assert [(code, total) for code, _, total in departements_of(parts)] == [
        ("82", population(MONTAUBAN)),
        ("31", population(MURET)),
    ]
