"""What a letter already says of the projet de santé: each answer at its place, none that its form refuses."""

from typing import Any

import pytest

from portal.demonstration.reponses import ACCES, ASSOCIATION, BESOINS, LETTRE, MOBILISATION, PERSONNES, posted
from projects.models import Mission
from projects.questions import letter_form
from projects.questions.projet import projet_form
from projects.reprise_lettre import prefill
from projects.selectors import missions_on
from tests.factories.accounts import NOW
from tests.projects.rows import plain, words

pytestmark = pytest.mark.django_db

TODAY = NOW.date()


@pytest.fixture
def carried() -> dict[str, dict[str, Any]]:
    return prefill(LETTRE, missions=missions_on(TODAY))


def test_an_empty_letter_carries_nothing() -> None:
    assert prefill({}) == {}
    blank = {cle: {name: [] if isinstance(v, list) else "" for name, v in told.items()} for cle, told in LETTRE.items()}
    assert prefill(blank, missions=missions_on(TODAY)) == {}


def test_what_is_carried_passes_the_form_of_its_section_unchanged(carried: dict[str, dict[str, Any]]) -> None:
    for cle, values in carried.items():
        form = projet_form(cle, jour=TODAY, data=posted(values))
        assert form.errors == {}
        kept = form.contenu()
        assert {name: kept[name] for name in values} == values


def test_a_letter_as_long_as_it_may_be_still_passes_every_form() -> None:
    fullest = {cle: stretched(cle) for cle in LETTRE}
    for cle, values in prefill(fullest, missions=missions_on(TODAY)).items():
        assert projet_form(cle, jour=TODAY, data=posted(values)).errors == {}


def stretched(cle: str) -> dict[str, Any]:
    """The longest answers the letter's own form takes: texts to their limit, tables to their last row."""
    form = letter_form(cle, jour=TODAY)
    answers = {}
    for name, value in LETTRE[cle].items():
        field = form.fields[name]
        if getattr(field, "max_length", None) == 6000:
            answers[name] = "é" * 6000
        elif isinstance(value, list) and value and hasattr(field, "maximum") and name != "professionnels":
            answers[name] = [value[0]] * field.maximum
        else:
            answers[name] = value
    checked = letter_form(cle, jour=TODAY, data=posted(answers))
    assert checked.errors == {}
    return checked.contenu()


def test_the_association_and_its_people_are_carried_but_not_the_account_nor_the_day_they_were_told(
    carried: dict[str, dict[str, Any]],
) -> None:
    identite = carried["identite"]
    people = {name: value for name, value in PERSONNES.items() if name.startswith(("representant", "referent"))}
    shared = {name: value for name, value in ASSOCIATION.items() if name not in ("statut", "iban", "titulaire_compte")}
    assert identite == {**shared, **people, "forme": "association", "signataires": PERSONNES["personnes"]}
    assert ASSOCIATION["iban"] not in words(carried)
    form = projet_form("identite", jour=TODAY, data=posted(identite))
    form.is_valid()
    assert plain(form.manques()) == [
        ("id_signataires_informes_le", "Dites quand les personnes nommées ont été informées.")
    ]


def test_an_association_being_created_is_carried_as_such() -> None:
    assert prefill({"association": {"statut": "en_creation"}}) == {"identite": {"forme": "en_creation"}}


def test_needs_and_access_make_the_diagnosis(carried: dict[str, dict[str, Any]]) -> None:
    assert carried["diagnostic"] == {**BESOINS, "lieux": ACCES["lieux"], "acces_commentaire": ACCES["commentaire"]}


def test_every_structure_of_the_letter_becomes_a_partner_whose_link_is_still_to_be_told(
    carried: dict[str, dict[str, Any]],
) -> None:
    partners = carried["partenaires"]
    assert [(row["genre"], row["nom"], row["objet"]) for row in partners["partenaires"]] == [
        ("etablissement", "Centre hospitalier", "Convention de sortie d’hospitalisation"),
        ("medico_social", "EHPAD des Tilleuls", "Groupe de travail sur la personne âgée"),
        ("msp", "Maison de santé de la Halle", ""),
    ]
    assert {(row["forme"], row["etat"]) for row in partners["partenaires"]} == {("", "")}
    assert {name: partners[name] for name in ("professionnels", "information", "voisines")} == {
        name: MOBILISATION[name] for name in ("professionnels", "information", "voisines")
    }
    assert carried["usagers"] == {"usagers": MOBILISATION["usagers"], "elus": MOBILISATION["elus"]}


def test_organisation_calendar_and_funding_go_to_their_sections(carried: dict[str, dict[str, Any]]) -> None:
    organisation = LETTRE["organisation"]
    assert carried["gouvernance"] == {
        "instances": organisation["gouvernance"],
        "coordination": organisation["coordination"],
        "groupes_travail": organisation["groupes"],
    }
    assert carried["systeme_information"] == {
        "commentaire": organisation["logiciels"],
        "messagerie": organisation["messagerie"],
    }
    assert carried["missions"]["etapes"] == LETTRE["calendrier"]["etapes"]
    assert plain(carried["budget"]) == {"commentaire": f"Estimation financière : {LETTRE['financement']['estimation']}"}


def test_each_mission_with_a_text_is_kept_and_becomes_an_action_in_the_order_of_the_missions() -> None:
    letter = {
        "projet": {"mission_prevention": "Deux actions.", "mission_acces_soins": "Un numéro.", "autres": "Le reste."}
    }
    name = {mission.code: mission.nom for mission in missions_on(TODAY)}
    assert prefill(letter, missions=missions_on(TODAY)) == {
        "missions": {"mission_acces_soins": "retenue", "mission_prevention": "retenue", "autres": "Le reste."},
        "fiche-1": {"intitule": name["acces_soins"], "mission": "acces_soins", "action": "Un numéro."},
        "fiche-2": {"intitule": name["prevention"], "mission": "prevention", "action": "Deux actions."},
    }


def test_a_mission_no_longer_in_force_keeps_its_text_without_its_mission() -> None:
    Mission.objects.filter(code="prevention").update(applicable_au="2026-01-01")
    letter = {"projet": {"mission_prevention": "Deux actions.", "mission_parcours": "Une sortie."}}
    found = prefill(letter, missions=missions_on(TODAY))
    assert found["missions"] == {"mission_parcours": "retenue"}
    assert found["fiche-2"] == {"mission": "", "action": "Deux actions."}
