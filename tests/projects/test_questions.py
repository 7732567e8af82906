"""What each section of a letter asks, keeps and still needs."""

import copy
from datetime import date
from typing import Any

import pytest

from accounts.models import Profession
from dossiers.questions import SectionForm
from portal.demonstration.reponses import ASSOCIATION, CALENDRIER, FINANCEMENT, LETTRE, MOBILISATION, PERSONNES, posted
from projects.models import Mission
from projects.questions import FORMS, letter_form
from projects.sections import RUBRIQUES, TERRITOIRE
from tests.factories.accounts import NOW
from tests.projects.rows import plain

pytestmark = pytest.mark.django_db

TODAY = NOW.date()


def form_of(cle: str, answers: dict[str, Any] | None = None, *, jour: date = TODAY, **changes: Any) -> SectionForm:
    told = {**(LETTRE[cle] if answers is None else answers), **changes}
    form = letter_form(cle, jour=jour, data=posted(told))
    form.is_valid()
    return form


def missing(cle: str, answers: dict[str, Any] | None = None, **changes: Any) -> list[tuple[str, str]]:
    form = form_of(cle, answers, **changes)
    assert form.errors == {}
    return plain(form.manques())


def errors(cle: str, **changes: Any) -> dict[str, list[str]]:
    return plain({name: list(told) for name, told in form_of(cle, **changes).errors.items()})


def test_every_section_but_the_territory_has_its_form() -> None:
    assert list(FORMS) == [rubrique.cle for rubrique in RUBRIQUES if rubrique.cle != TERRITOIRE]


@pytest.mark.parametrize("cle", FORMS)
def test_a_complete_section_lacks_nothing_and_reads_back_as_it_was_saved(cle: str) -> None:
    assert missing(cle) == []
    contenu = form_of(cle).contenu()
    again = letter_form(cle, jour=TODAY, data=posted(contenu))
    assert again.is_valid(), again.errors
    assert again.contenu() == contenu


@pytest.mark.parametrize("cle", FORMS)
def test_an_empty_draft_is_saved_and_every_sentence_leads_to_a_field(cle: str) -> None:
    form = form_of(cle, {})
    assert form.errors == {}
    assert form.manques() != []
    names = [field.removeprefix("id_") for field, _ in form.manques()]
    assert [name for name in names if name not in form.fields] == []
    assert all(sentence.endswith(".") for _, sentence in form.manques())


@pytest.mark.parametrize("cle", FORMS)
def test_groups_name_each_field_once(cle: str) -> None:
    form = form_of(cle, {})
    if form.groupes:
        assert sorted(name for groupe in form.groupes for name in groupe.champs) == sorted(form.fields)


REQUIRED = [(cle, name, sentence) for cle, kind in FORMS.items() for name, sentence in kind.obligatoires.items()]


@pytest.mark.parametrize(("cle", "name", "sentence"), REQUIRED, ids=[f"{cle}-{name}" for cle, name, _ in REQUIRED])
def test_each_required_answer_is_asked_for_in_its_own_words(cle: str, name: str, sentence: str) -> None:
    answers = copy.deepcopy(LETTRE[cle])
    answers[name] = [] if isinstance(answers[name], list) else ""
    assert (f"id_{name}", sentence) in missing(cle, answers)


@pytest.mark.parametrize("cle", ["besoins", "organisation"])
def test_spaces_alone_are_no_answer(cle: str) -> None:
    name, sentence = next(iter(FORMS[cle].obligatoires.items()))
    assert missing(cle, **{name: " \n\t "}) == [(f"id_{name}", sentence)]


# --- The association and its people -------------------------------------------------------------------------


def test_a_declared_association_gives_its_numbers() -> None:
    assert missing("association", rna="", siret="") == [
        ("id_rna", "Donnez le numéro RNA de l’association déclarée."),
        ("id_siret", "Donnez le numéro SIRET de l’association déclarée."),
    ]


def test_an_association_being_created_has_none_yet() -> None:
    assert missing("association", statut="en_creation", rna="", siret="", iban="", titulaire_compte="") == []


def test_numbers_are_kept_without_the_spaces_they_were_typed_with() -> None:
    typed = {"rna": "w 313 000 014", "siret": "812 345 676 00009", "iban": "fr76 3000 6000 0112 3456 7890 189"}
    contenu = form_of("association", **typed).contenu()
    assert (contenu["rna"], contenu["siret"], contenu["iban"]) == (
        ASSOCIATION["rna"],
        ASSOCIATION["siret"],
        ASSOCIATION["iban"],
    )


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"rna": "W12"}, "Un numéro RNA commence par W, suivi de 9 chiffres."),
        ({"siret": "81234567600008"}, "Ce numéro SIRET n’existe pas : vérifiez les chiffres."),
        ({"iban": "FR7630006000011234567890188"}, "Cet IBAN n’est pas valable : vérifiez les caractères."),
        ({"code_postal": "3129"}, "Un code postal a cinq chiffres."),
        ({"code_postal": "312900"}, "Un code postal a cinq chiffres."),
        ({"statut": "dissoute"}, "Sélectionnez un choix valide. dissoute n’en fait pas partie."),
    ],
)
def test_what_cannot_be_kept_is_said_beside_its_field(changes: dict[str, str], sentence: str) -> None:
    assert errors("association", **changes) == {next(iter(changes)): [sentence]}


def test_people_are_named_only_once_informed() -> None:
    assert missing("personnes", personnes_informees_le="") == [
        ("id_personnes_informees_le", "Dites quand les personnes nommées ont été informées.")
    ]
    assert missing("personnes", personnes=[], personnes_informees_le="") == []


# --- Tables -------------------------------------------------------------------------------------------------


def test_an_empty_row_is_not_kept_and_the_others_keep_their_order() -> None:
    first, second = PERSONNES["personnes"]
    blank = dict.fromkeys(first, "")
    contenu = form_of("personnes", personnes=[blank, second, blank, first]).contenu()
    assert contenu["personnes"] == [second, first]


def test_a_table_has_its_limit() -> None:
    rows = [{"nom": f"Personne {n}", "profession": "", "role": "", "commune": ""} for n in range(31)]
    assert errors("personnes", personnes=rows) == {"personnes": ["Au plus 30 lignes."]}
    assert errors("personnes", personnes=rows[:30]) == {}


def test_a_bad_cell_is_named_by_its_row_and_its_column() -> None:
    row = {"nom": "x" * 121, "profession": "", "role": "inconnu", "commune": ""}
    assert errors("personnes", personnes=[PERSONNES["personnes"][0], row]) == {
        "personnes": [
            "Ligne 2, « Prénom et nom » : Assurez-vous que cette valeur comporte au plus "
            "120 caractères (actuellement 121).",
            "Ligne 2, « Rôle » : Sélectionnez un choix valide. inconnu n’en fait pas partie.",
        ]
    }


def test_each_kind_of_care_is_asked_for_until_a_place_is_told() -> None:
    places = LETTRE["acces"]["lieux"]
    unnamed = [{**place, "structure": ""} if place["recours"] == "had" else place for place in places]
    assert missing("acces", lieux=unnamed) == [
        ("id_lieux", "Indiquez au moins un lieu pour : Hospitalisation à domicile (HAD).")
    ]
    assert len(missing("acces", lieux=[])) == 6


# --- Mobilisation -------------------------------------------------------------------------------------------


def professionals(*rows: tuple[str, Any, Any]) -> list[dict[str, Any]]:
    return [{"profession": code, "mobilises": some, "presents": all_} for code, some, all_ in rows]


def test_more_committed_than_there_are_is_refused_by_the_name_of_the_profession() -> None:
    libelle = Profession.objects.get(code="infirmier").libelle
    rows = professionals(("medecin-generaliste", 1, 2), ("infirmier", 19, 18))
    assert errors("mobilisation", professionnels=rows) == {
        "professionnels": [f"« {libelle} » : les engagés sont plus nombreux que les présents."]
    }


def test_a_profession_told_twice_is_refused() -> None:
    rows = professionals(("infirmier", 1, 2), ("infirmier", 3, 4))
    assert errors("mobilisation", professionnels=rows) == {
        "professionnels": ["Une profession figure deux fois : réunissez ses nombres."]
    }


@pytest.mark.parametrize(
    "rows",
    [
        professionals(("infirmier", 18, 18)),
        professionals(("infirmier", 5, None)),
        professionals(("infirmier", 5, None), ("medecin-generaliste", None, 12)),
    ],
)
def test_a_number_that_is_not_known_is_left_empty(rows: list[dict[str, Any]]) -> None:
    form = form_of("mobilisation", professionnels=rows)
    assert form.errors == {}
    assert form.contenu()["professionnels"] == rows


@pytest.mark.parametrize("typed", ["-1", "100001", "beaucoup", "1,5"])
def test_a_count_is_a_whole_number_within_reason(typed: str) -> None:
    found = errors("mobilisation", professionnels=[{"profession": "infirmier", "mobilises": typed, "presents": ""}])
    assert list(found) == ["professionnels"]


@pytest.mark.parametrize("rows", [[], professionals(("infirmier", 0, 18)), professionals(("infirmier", None, 18))])
def test_at_least_one_committed_professional_is_needed(rows: list[dict[str, Any]]) -> None:
    assert missing("mobilisation", professionnels=rows) == [
        ("id_professionnels", "Indiquez au moins une profession engagée et son nombre.")
    ]


def test_an_unknown_profession_is_refused() -> None:
    found = errors("mobilisation", professionnels=professionals(("astrologue", 1, 2)))
    assert "astrologue" in found["professionnels"][0]
    assert MOBILISATION["professionnels"][0]["profession"] == "medecin-generaliste"


# --- Missions of the day --------------------------------------------------------------------------------------


def mission_fields(jour: date) -> list[str]:
    fields = letter_form("projet", jour=jour).fields
    return [name.removeprefix("mission_") for name in fields if name.startswith("mission_")]


FIVE = ["acces_soins", "parcours", "prevention", "qualite_pertinence", "accompagnement_ps"]
SIX = ["acces_soins", "parcours", "prevention", "crise_sanitaire", "qualite_pertinence", "accompagnement_ps"]


@pytest.mark.parametrize(
    ("jour", "missions"),
    [
        (date(2019, 8, 24), []),
        (date(2019, 8, 25), FIVE),
        (date(2022, 3, 31), FIVE),
        (date(2022, 4, 1), SIX),
        (TODAY, SIX),
    ],
)
def test_the_missions_asked_are_those_in_force_that_day(jour: date, missions: list[str]) -> None:
    assert mission_fields(jour) == missions


def test_a_mission_that_ends_is_asked_until_its_last_day() -> None:
    Mission.objects.filter(code="prevention").update(applicable_au="2026-11-16")
    assert "prevention" in mission_fields(date(2026, 11, 16))
    assert "prevention" not in mission_fields(date(2026, 11, 17))


def test_each_core_mission_is_needed_and_no_other() -> None:
    assert missing("projet", {}) == [
        (
            f"id_mission_{code}",
            f"Décrivez vos intentions pour la mission « {Mission.objects.get(code=code).nom} ».",
        )
        for code in ("acces_soins", "parcours", "prevention", "crise_sanitaire")
    ]


# --- Calendar and funding -------------------------------------------------------------------------------------


def test_a_step_ends_after_it_begins() -> None:
    first = {"etape": "Une", "debut": "2027-01-04", "fin": "2027-01-04"}
    wrong = {"etape": "Deux", "debut": "2027-03-02", "fin": "2027-03-01"}
    assert errors("calendrier", etapes=[first, wrong]) == {"etapes": ["Ligne 2 : la fin précède le début."]}
    assert errors("calendrier", etapes=[first]) == {}


@pytest.mark.parametrize("open_end", [{"debut": "", "fin": "2027-01-04"}, {"debut": "2027-01-04", "fin": ""}])
def test_a_step_may_have_one_date_only(open_end: dict[str, str]) -> None:
    assert errors("calendrier", etapes=[{"etape": "Une", **open_end}]) == {}


@pytest.mark.parametrize("typed", ["2027-02-30", "31/13/2027", "bientôt"])
def test_a_day_that_does_not_exist_is_refused(typed: str) -> None:
    assert list(errors("calendrier", projet_prevu_le=typed)) == ["projet_prevu_le"]
    assert CALENDRIER["projet_prevu_le"] == "2027-09-30"


def test_with_or_without_a_request_are_the_only_answers() -> None:
    assert list(errors("financement", demande="peut-être")) == ["demande"]
    assert FINANCEMENT["demande"] == "avec"


# --- Too much -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("cle", "name", "limit"),
    [("besoins", "population", 6000), ("association", "nom_cpts", 160), ("association", "nom", 200)],
)
def test_a_text_past_its_limit_is_said_and_one_at_its_limit_is_kept(cle: str, name: str, limit: int) -> None:
    found = errors(cle, **{name: "é" * (limit + 1)})
    assert found == {
        name: [f"Assurez-vous que cette valeur comporte au plus {limit} caractères (actuellement {limit + 1})."]
    }
    assert form_of(cle, **{name: "é" * limit}).contenu()[name] == "é" * limit


def test_a_null_character_is_refused_before_it_reaches_the_database() -> None:
    assert list(errors("besoins", population="avant\x00après")) == ["population"]
    assert list(errors("personnes", personnes=[{"nom": "a\x00b"}])) == ["personnes"]
