"""What a letter already says of its request: pure, whatever is missing."""

from portal.demonstration.reponses import LETTRE
from projects.carrying import request_values

EMPTY = {
    "demande": {
        "intitule": "",
        "objectifs": "",
        "description": "",
        "beneficiaires": "",
        "territoire": "",
        "date_debut": "",
        "date_fin": "",
        "moyens": "",
    },
    "attestations": {"lieu": "", "signataire_nom": "", "signataire_qualite": ""},
}


def test_an_empty_letter_carries_nothing() -> None:
    assert request_values({}, territoire="", population=0) == EMPTY


def test_a_letter_carries_each_answer_to_its_place() -> None:
    values = request_values(LETTRE, territoire="Nailloux, Revel", population=12_345)
    assert values["demande"] == {
        "intitule": "Écrire le projet de santé de la CPTS des Coteaux",
        "objectifs": LETTRE["besoins"]["priorites"],
        "description": "\n\n".join(text for cle, text in LETTRE["projet"].items() if cle.startswith("mission_")),
        "beneficiaires": "12\u00a0345 habitants du territoire.",
        "territoire": "Nailloux, Revel",
        "date_debut": "2027-01-04",
        "date_fin": "2027-06-30",
        "moyens": "Une coordinatrice à mi-temps dès le démarrage.",
    }
    assert values["attestations"] == {
        "lieu": "Villefranche-de-Lauragais",
        "signataire_nom": "Camille Exemple",
        "signataire_qualite": "Présidente",
    }


def test_the_project_lasts_from_its_first_step_to_its_last_whatever_their_order() -> None:
    steps = [
        {"etape": "b", "debut": "2027-03-01", "fin": None},
        {"etape": "a", "debut": "2027-01-04", "fin": "2027-09-30"},
        {"etape": "c", "debut": None, "fin": "2027-06-30"},
    ]
    demande = request_values({"calendrier": {"etapes": steps}}, territoire="", population=0)["demande"]
    assert (demande["date_debut"], demande["date_fin"]) == ("2027-01-04", "2027-09-30")


def test_a_mission_left_empty_leaves_no_hole_and_other_orientations_are_not_a_mission() -> None:
    projet = {"mission_a": "Un.", "mission_b": "", "mission_c": "Deux.", "autres": "Trois."}
    demande = request_values({"projet": projet}, territoire="", population=0)["demande"]
    assert demande["description"] == "Un.\n\nDeux."


def test_what_is_carried_fits_the_field_it_goes_to() -> None:
    projet = {f"mission_{n}": "x" * 4_000 for n in range(6)}
    demande = request_values({"projet": projet}, territoire="y" * 9_000, population=1)["demande"]
    assert (len(demande["description"]), len(demande["territoire"])) == (6_000, 6_000)
