"""Saving one section: its version, its state, and what a double click or a second writer changes."""

from datetime import timedelta
from typing import Any

import pytest

from dossiers.models import Section
from dossiers.services.sections import VersionConflict, save_section
from dossiers.states import EtatSection
from projects.models import LettreIntention
from projects.services.opening import open_letter
from tests.factories.accounts import NOW, MembershipFactory, acteur
from tests.factories.projects import porteur

pytestmark = pytest.mark.django_db

LATER = NOW + timedelta(minutes=5)
MISSING = [("id_b", "Donnez b.")]


@pytest.fixture
def lettre() -> LettreIntention:
    return open_letter(nom_cpts="CPTS des Essais", nom_association="", by=porteur(), region="76", now=NOW)


@pytest.fixture
def section(lettre: LettreIntention) -> Section:
    return lettre.sections.get(cle="besoins")


def save(section: Section, contenu: dict[str, Any], *, version: int = 0, **kwargs: Any) -> Section:
    told = {"manques": [], "by": acteur(MembershipFactory()), "now": LATER, **kwargs}
    return save_section(section, contenu=contenu, version=version, **told)


@pytest.mark.parametrize(
    ("contenu", "manques", "etat"),
    [
        ({"a": "texte"}, [], EtatSection.COMPLET),
        ({"a": "texte"}, MISSING, EtatSection.EN_COURS),
        ({"a": "", "b": None, "c": [], "d": False}, MISSING, EtatSection.A_COMMENCER),
        ({"a": "", "b": None}, [], EtatSection.A_COMMENCER),
        ({"a": 0}, MISSING, EtatSection.EN_COURS),
        ({"a": [{"b": ""}]}, MISSING, EtatSection.EN_COURS),
        ({}, [], EtatSection.A_COMMENCER),
    ],
)
def test_the_state_says_whether_something_was_written_and_whether_something_is_missing(
    section, contenu, manques, etat
) -> None:
    saved = save(section, contenu, manques=manques)
    assert saved.etat == etat
    assert saved.manques == [list(manque) for manque in manques]


def test_each_save_counts_one_and_names_its_writer(section) -> None:
    first = save(section, {"a": "un"})
    by = acteur(MembershipFactory())
    second = save(first, {"a": "deux"}, version=1, by=by, now=LATER + timedelta(hours=1))
    assert (first.version, second.version) == (1, 2)
    assert (second.modifie_par, second.modifie_at) == (by.user, LATER + timedelta(hours=1))


def test_the_same_answers_again_change_nothing_not_even_the_hour(section) -> None:
    first = save(section, {"a": "un"}, manques=MISSING)
    again = save(first, {"a": "un"}, manques=MISSING, version=1, now=LATER + timedelta(hours=1))
    assert (again.version, again.modifie_at, again.modifie_par) == (1, LATER, first.modifie_par)


def test_a_double_click_with_the_old_version_is_harmless(section) -> None:
    save(section, {"a": "un"})
    assert save(section, {"a": "un"}, version=0).version == 1


def test_the_same_answers_are_judged_anew_when_what_is_missing_changed(section) -> None:
    first = save(section, {"a": "un"}, manques=MISSING)
    assert (first.etat, first.version) == (EtatSection.EN_COURS, 1)
    other = save(first, {"a": "un"}, manques=[("id_c", "Donnez c.")], version=1)
    assert (other.manques, other.version) == ([["id_c", "Donnez c."]], 2)
    done = save(first, {"a": "un"}, version=2)
    assert (done.etat, done.version) == (EtatSection.COMPLET, 3)


@pytest.mark.parametrize("version", [-1, 0, 2, 999_999])
def test_any_other_version_is_a_conflict_that_shows_the_row_and_writes_nothing(section, version) -> None:
    save(section, {"a": "un"})
    with pytest.raises(VersionConflict) as conflict:
        save(section, {"a": "deux"}, version=version)
    assert conflict.value.current.contenu == {"a": "un"}
    assert str(conflict.value) == "Cette page a été modifiée entre-temps par une autre personne."
    section.refresh_from_db()
    assert (section.contenu, section.version) == ({"a": "un"}, 1)


def test_reading_what_was_carried_over_and_saving_it_removes_its_mark(lettre, section) -> None:
    lettre.sections.filter(pk=section.pk).update(
        contenu={"a": "un"}, etat=EtatSection.COMPLET, repris_de="la lettre du 16/11/2026"
    )
    saved = save(section, {"a": "un"})
    assert (saved.repris_de, saved.version, saved.modifie_at) == ("", 1, LATER)


def test_the_other_sections_do_not_move(lettre, section) -> None:
    before = list(lettre.sections.exclude(pk=section.pk).order_by("pk").values())
    save(section, {"a": "un"})
    assert list(lettre.sections.exclude(pk=section.pk).order_by("pk").values()) == before
