"""Territories: what may be added, what the database refuses, what is shared with other files."""

import threading

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction

from dossiers.models import Dossier, PartTerritoire, Territoire
from dossiers.selectors.territoires import current_draft, parts_of
from dossiers.services import territoires
from dossiers.states import Visibilite
from guichet.kernel.lifecycle import Refused
from territories.models import Commune
from tests.factories.accounts import NOW
from tests.factories.dossiers import MESURE, DossierFactory, porteur, territoire

pytestmark = pytest.mark.django_db

TOULOUSE, MURET, ALBI, MONTAUBAN = "31555", "31395", "81004", "82121"
MARSEILLE, M14, M15, M16 = "13055", "13214", "13215", "13216"


@pytest.fixture
def dossier():
    return DossierFactory()


@pytest.fixture
def by(dossier):
    return porteur(dossier)


def population(*codes: str) -> int:
    return sum(Commune.objects.get(pk=code).population for code in codes)


def add(dossier, by, *codes):
    return territoires.add_parts(dossier=dossier, codes=codes, by=by, now=NOW, mesure=MESURE)


def quarter(dossier, by, code=TOULOUSE, nom="Croix-Daurade", inhabitants=10_000):
    return territoires.add_quartier(
        dossier=dossier,
        code=code,
        nom=nom,
        population=inhabitants,
        source="Insee, IRIS",
        motif="Habitudes de soins",
        by=by,
        now=NOW,
        mesure=MESURE,
    )


def codes(dossier) -> list[str]:
    return [part.code for part in parts_of(current_draft(dossier))]


# --- Adding and removing ------------------------------------------------------------------------------


def test_whole_communes_give_their_population_size_and_departements(dossier, by):
    added = add(dossier, by, MURET, MONTAUBAN)
    draft = current_draft(dossier)
    assert (added.ajoutees, added.deja, added.ecartees) == (2, 0, [])
    assert draft.population == population(MURET, MONTAUBAN)
    assert (draft.taille, draft.bareme, draft.departements) == (3, "essai", ["31", "82"])


def test_the_most_populated_departement_leads_until_the_porteur_chooses(dossier, by):
    add(dossier, by, MURET, MONTAUBAN)
    dossier.refresh_from_db()
    assert dossier.departement_pilote_id == "82"
    territoires.choose_pilote(dossier=dossier, departement="31", by=by, now=NOW)
    add(dossier, by, ALBI)
    dossier.refresh_from_db()
    assert (dossier.departement_pilote_id, dossier.departements) == ("31", ["31", "81", "82"])


def test_once_deposited_the_pilot_stays_until_the_next_deposit(dossier, by):
    add(dossier, by, MURET)
    territoires.freeze(dossier=dossier, now=NOW)
    Dossier.objects.filter(pk=dossier.pk).update(visibilite=Visibilite.GUICHET, reference="OCC-31-2026-0901")
    dossier.refresh_from_db()
    add(dossier, by, ALBI)
    with pytest.raises(ValidationError, match="déjà déposé"):
        territoires.choose_pilote(dossier=dossier, departement="81", by=by, now=NOW)
    draft = current_draft(dossier)
    gone = list(draft.parts.filter(commune=MURET).values_list("pk", flat=True))
    territoires.remove_parts(dossier=dossier, parts=gone, by=by, now=NOW, mesure=MESURE)
    dossier.refresh_from_db()
    assert (dossier.departement_pilote_id, dossier.departements) == ("31", ["31"])
    territoires.freeze(dossier=dossier, now=NOW)
    dossier.refresh_from_db()
    assert (dossier.departement_pilote_id, dossier.departements) == ("81", ["81"])


def test_a_pilot_outside_the_territory_is_refused(dossier, by):
    add(dossier, by, MURET)
    with pytest.raises(ValidationError, match="l’un de ceux du territoire"):
        territoires.choose_pilote(dossier=dossier, departement="81", by=by, now=NOW)


def test_the_pilot_follows_when_its_last_commune_is_removed(dossier, by):
    add(dossier, by, MURET, MONTAUBAN)
    gone = [part.id for part in parts_of(current_draft(dossier)) if part.code == MONTAUBAN]
    assert territoires.remove_parts(dossier=dossier, parts=gone, by=by, now=NOW, mesure=MESURE) == 1
    dossier.refresh_from_db()
    assert (dossier.departement_pilote_id, dossier.departements) == ("31", ["31"])


def test_an_empty_territory_has_size_zero_and_no_pilot(dossier, by):
    add(dossier, by, MURET)
    gone = [part.id for part in parts_of(current_draft(dossier))]
    territoires.remove_parts(dossier=dossier, parts=gone, by=by, now=NOW, mesure=MESURE)
    dossier.refresh_from_db()
    draft = current_draft(dossier)
    assert (draft.population, draft.taille, draft.departements, dossier.departement_pilote_id) == (0, 0, [], None)


def test_a_double_click_adds_once_and_removes_once(dossier, by):
    add(dossier, by, MURET)
    again = add(dossier, by, MURET)
    assert (again.ajoutees, again.deja) == (0, 1)
    part = parts_of(current_draft(dossier))[0].id
    removals = [
        territoires.remove_parts(dossier=dossier, parts=[part], by=by, now=NOW, mesure=MESURE) for _ in range(2)
    ]
    assert removals == [1, 0]


def test_an_unknown_commune_is_refused_and_nothing_is_added(dossier, by):
    with pytest.raises(ValidationError, match="99999"):
        add(dossier, by, MURET, "99999")
    assert PartTerritoire.objects.count() == 0


def test_a_whole_epci_is_added_in_one_gesture(dossier, by):
    epci = Commune.objects.get(pk=MURET).epci_id
    expected = Commune.objects.filter(epci=epci, parent=None)
    added = territoires.add_epci(dossier=dossier, epci=epci, by=by, now=NOW, mesure=MESURE)
    assert added.ajoutees == expected.count()
    assert set(codes(dossier)) == set(expected.values_list("code", flat=True))


def test_an_epci_leaves_out_the_city_already_there_in_quarters_and_says_so(dossier, by):
    quarter(dossier, by)
    epci = Commune.objects.get(pk=TOULOUSE).epci_id
    added = territoires.add_epci(dossier=dossier, epci=epci, by=by, now=NOW, mesure=MESURE)
    assert len(added.ecartees) == 1
    assert added.ecartees[0].startswith("Toulouse")
    assert [part.quartier for part in parts_of(current_draft(dossier)) if part.code == TOULOUSE] == ["Croix-Daurade"]


def test_an_unknown_epci_is_refused(dossier, by):
    with pytest.raises(ValidationError, match="EPCI"):
        territoires.add_epci(dossier=dossier, epci="000000000", by=by, now=NOW, mesure=MESURE)


def test_three_arrondissements_of_marseille_are_a_territory(dossier, by):
    add(dossier, by, M14, M15, M16)
    assert current_draft(dossier).population == population(M14, M15, M16)


def test_marseille_whole_is_a_territory(dossier, by):
    add(dossier, by, MARSEILLE)
    assert current_draft(dossier).population == population(MARSEILLE)


@pytest.mark.parametrize(
    ("first", "then", "said"),
    [(MARSEILLE, M15, "la ville entière est déjà choisie"), (M15, MARSEILLE, "des arrondissements sont déjà choisis")],
)
def test_an_arrondissement_and_its_whole_city_exclude_each_other(dossier, by, first, then, said):
    add(dossier, by, first)
    with pytest.raises(ValidationError, match=said):
        add(dossier, by, then)
    assert codes(dossier) == [first]


def test_an_arrondissement_and_its_city_are_refused_in_one_gesture(dossier, by):
    with pytest.raises(ValidationError):
        add(dossier, by, M15, MARSEILLE)
    assert PartTerritoire.objects.count() == 0


def test_a_quarter_and_its_whole_commune_exclude_each_other(dossier, by):
    quarter(dossier, by)
    with pytest.raises(ValidationError, match="des quartiers sont déjà choisis"):
        add(dossier, by, TOULOUSE)
    add(dossier, by, ALBI)
    with pytest.raises(ValidationError, match="en entier"):
        quarter(dossier, by, code=ALBI)


def test_quarters_never_have_more_inhabitants_than_their_commune(dossier, by):
    whole = population(TOULOUSE)
    quarter(dossier, by, nom="Nord", inhabitants=whole - 1)
    with pytest.raises(ValidationError, match="il en reste 1 hors"):
        quarter(dossier, by, nom="Sud", inhabitants=2)
    quarter(dossier, by, nom="Sud", inhabitants=1)
    assert current_draft(dossier).population == whole


def test_a_quarter_is_not_named_twice(dossier, by):
    quarter(dossier, by, nom="Saint-Cyprien")
    with pytest.raises(ValidationError, match="déjà dans la liste"):
        quarter(dossier, by, nom="saint cyprien")


def test_a_quarter_of_a_city_with_arrondissements_is_cut_inside_one(dossier, by):
    with pytest.raises(ValidationError, match="choisissez l’un d’eux"):
        quarter(dossier, by, code=MARSEILLE)
    quarter(dossier, by, code=M15)
    assert current_draft(dossier).population == 10_000


def test_a_quarter_of_an_unknown_commune_is_refused(dossier, by):
    with pytest.raises(ValidationError, match="ne connaît pas"):
        quarter(dossier, by, code="99999")


def test_a_territory_has_a_largest_number_of_parts(dossier, by, monkeypatch):
    monkeypatch.setattr(territoires, "PARTS_MAX", 1)
    with pytest.raises(ValidationError, match="au plus 1"):
        add(dossier, by, MURET, ALBI)


# --- Versions -----------------------------------------------------------------------------------------


def test_there_is_one_draft_at_a_time(dossier, by):
    first = territoires.draft_of(dossier=dossier, by=by, now=NOW)
    assert territoires.draft_of(dossier=dossier, by=by, now=NOW) == first


def test_freezing_an_empty_territory_is_refused(dossier, by):
    territoires.draft_of(dossier=dossier, by=by, now=NOW)
    with pytest.raises(Refused, match="vide"):
        territoires.freeze(dossier=dossier, now=NOW)


def test_a_frozen_version_is_copied_into_the_next_draft(dossier, by):
    add(dossier, by, MURET)
    quarter(dossier, by)
    frozen = territoires.freeze(dossier=dossier, now=NOW)
    draft = territoires.draft_of(dossier=dossier, by=by, now=NOW)
    assert (frozen.numero, draft.numero, draft.population) == (1, 2, frozen.population)
    assert [(p.code, p.quartier) for p in parts_of(draft)] == [(p.code, p.quartier) for p in parts_of(frozen)]


def test_freezing_twice_keeps_the_version(dossier, by):
    add(dossier, by, MURET)
    assert territoires.freeze(dossier=dossier, now=NOW) == territoires.freeze(dossier=dossier, now=NOW)


def test_a_part_shown_in_the_frozen_version_is_removed_from_its_copy(dossier, by):
    add(dossier, by, MURET, ALBI)
    frozen = territoires.freeze(dossier=dossier, now=NOW)
    shown = [part.id for part in parts_of(frozen) if part.code == MURET]
    assert territoires.remove_parts(dossier=dossier, parts=shown, by=by, now=NOW, mesure=MESURE) == 1
    assert codes(dossier) == [ALBI]
    assert {part.code for part in parts_of(frozen)} == {MURET, ALBI}


def test_a_part_of_another_file_is_never_removed(dossier, by):
    other = territoire(DossierFactory(), MURET)
    add(dossier, by, ALBI)
    stolen = other.parts.get().pk
    assert territoires.remove_parts(dossier=dossier, parts=[stolen], by=by, now=NOW, mesure=MESURE) == 0
    assert other.parts.count() == 1


def test_a_draft_does_not_move_the_perimeter_of_a_file_agents_read(by, dossier):
    add(dossier, by, MURET)
    territoires.freeze(dossier=dossier, now=NOW)
    Dossier.objects.filter(pk=dossier.pk).update(visibilite=Visibilite.GUICHET, reference="ESSAI")
    add(dossier, by, ALBI)
    dossier.refresh_from_db()
    assert dossier.departements == ["31"]
    territoires.freeze(dossier=dossier, now=NOW)
    dossier.refresh_from_db()
    assert dossier.departements == ["31", "81"]


# --- What the database refuses ------------------------------------------------------------------------


def raw(version, code, nom="", inhabitants=1):
    return PartTerritoire(
        territoire=version, commune_id=code, nom=nom, population=inhabitants, millesime="x", source="s", motif="m"
    )


@pytest.mark.parametrize(
    "rows",
    [
        [(TOULOUSE, "", 1), (TOULOUSE, "Nord", 1)],
        [(TOULOUSE, "Nord", 500_000), (TOULOUSE, "Sud", 500_000)],
        [(MARSEILLE, "", 1), (M15, "", 1)],
        [(M15, "", 1), (M15, "Les Borels", 1)],
        [(M15, "Les Borels", 400_000)],
        [(MARSEILLE, "Nord", 800_000), (M15, "", 90_000)],
    ],
)
def test_the_database_refuses_parts_above_their_commune(dossier, rows):
    version = territoire(dossier)
    with pytest.raises(IntegrityError, match="dépassent la commune"), transaction.atomic():
        PartTerritoire.objects.bulk_create([raw(version, *row) for row in rows])


def test_the_database_refuses_an_update_above_the_commune(dossier):
    version = territoire(dossier, (TOULOUSE, "Nord", 1000))
    with pytest.raises(IntegrityError, match="dépassent la commune"), transaction.atomic():
        version.parts.update(population=900_000)


def test_the_database_refuses_any_change_of_a_frozen_version(dossier):
    version = territoire(dossier, MURET, fige_at=NOW)
    with pytest.raises(IntegrityError, match="figé"), transaction.atomic():
        raw(version, ALBI).save()
    with pytest.raises(IntegrityError, match="figé"), transaction.atomic():
        version.parts.update(population=1)
    with pytest.raises(IntegrityError, match="figé"), transaction.atomic():
        version.parts.all().delete()


def test_a_part_is_not_carried_out_of_a_frozen_version_into_a_draft(dossier):
    version = territoire(dossier, MURET, fige_at=NOW)
    draft = Territoire.objects.create(dossier=dossier, numero=2, created_at=NOW, created_by=dossier.created_by)
    with pytest.raises(IntegrityError, match="figé"), transaction.atomic():
        PartTerritoire.objects.filter(territoire=version).update(territoire=draft)
    assert PartTerritoire.objects.get().territoire == version


@pytest.mark.django_db(transaction=True)
def test_two_people_adding_the_same_commune_at_once_add_it_once(dossier, by):
    results, start = [], threading.Barrier(2)

    def one():
        start.wait()
        try:
            results.append(add(dossier, by, MURET).ajoutees)
        finally:
            connection.close()

    threads = [threading.Thread(target=one) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(results) == [0, 1]
    assert (Territoire.objects.count(), PartTerritoire.objects.count()) == (1, 1)
