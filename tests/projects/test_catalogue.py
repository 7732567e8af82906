"""The example actions: what the documents cited say, per mission, ready to be adapted."""

from datetime import date

import pytest

from portal.demonstration.reponses import posted
from projects.catalogue import example, examples_on
from projects.questions.projet import projet_form
from projects.selectors import missions_on
from tests.factories.accounts import NOW

TODAY = NOW.date()
CODES = [exemple.code for theme in examples_on(TODAY) for exemple in theme.exemples]


def test_each_example_has_its_own_code_and_a_dated_source() -> None:
    assert len(set(CODES)) == len(CODES)
    assert {(theme.source, theme.applicable_du) for theme in examples_on(TODAY)} == {
        ("Présentation des CPTS, URPS Médecins libéraux d’Occitanie", date(2019, 10, 9)),
        ("« Les CPTS, quel fonctionnement ? quel financement ? », Carte Blanche Partenaires", date(2019, 8, 25)),
    }


def test_an_example_is_offered_from_the_day_of_its_document() -> None:
    def sources(day: date) -> set[str]:
        return {theme.source for theme in examples_on(day)}

    assert sources(date(2019, 8, 24)) == set()
    assert len(sources(date(2019, 10, 8))) == 1
    assert len(sources(date(2019, 10, 9))) == 2


@pytest.mark.django_db
def test_every_mission_but_the_answer_to_crises_has_examples() -> None:
    named = [theme.mission for theme in examples_on(TODAY)]
    codes = [mission.code for mission in missions_on(TODAY)]
    assert list(dict.fromkeys(named)) == [code for code in codes if code != "crise_sanitaire"]


@pytest.mark.django_db
@pytest.mark.parametrize("code", CODES)
def test_an_example_becomes_an_action_the_form_keeps_and_leaves_the_rest_to_be_told(code: str) -> None:
    answers = example(code)
    form = projet_form("fiche-1", jour=TODAY, data=posted(answers))
    assert form.errors == {}
    assert {name: form.contenu()[name] for name in answers} == answers
    asked = [name.removeprefix("id_") for name, _ in form.manques()]
    assert [name for name in asked if name != "indicateurs"] == ["pilote", "debut", "moyens_humains"]


def test_an_example_invents_no_figure() -> None:
    rows = [row for code in CODES for row in example(code)["indicateurs"]]
    assert {(row["base"], row["cible"], row["echeance"], row["source"]) for row in rows} == {(None, None, "", "")}


def test_an_example_adapted_by_one_leaves_the_catalogue_as_it_was() -> None:
    example(CODES[0])["indicateurs"][0]["libelle"] = "Changé"
    assert example(CODES[0])["indicateurs"][0]["libelle"] != "Changé"


def test_an_unknown_code_is_refused() -> None:
    with pytest.raises(KeyError):
        example("inconnu")
