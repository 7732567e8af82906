"""What a projet de santé is told to lack before its deposit: each rule alone, from a project that lacks nothing."""

import copy
from typing import Any

import pytest

from dossiers.states import GenrePiece
from portal.demonstration.fiches import DOCUMENT, FICHES
from portal.demonstration.projet import PROJET
from projects.models import Mission
from projects.questions.projet import projet_form
from projects.reserves import REGLES, Reserve, reserves
from projects.rubriques_projet import PIECES, RUBRIQUES_PROJET
from projects.selectors import missions_on
from tests.factories.accounts import NOW
from tests.projects.rows import plain

pytestmark = pytest.mark.django_db

TODAY = NOW.date()
Contenus = dict[str, dict[str, Any]]
Fiches = list[tuple[str, dict[str, Any]]]


def told(contenus: Contenus, fiches: Fiches, **changes: Any) -> list[Reserve]:
    given: dict[str, Any] = {"pieces": {GenrePiece.STATUTS}, "missions": missions_on(TODAY), **changes}
    return reserves(contenus=contenus, fiches=fiches, **given)


def short(found: list[Reserve]) -> list[tuple[str, str, str, str]]:
    return [(each.code, plain(each.phrase), each.rubrique, each.ancre) for each in found]


def without(cle: str, **changes: Any) -> list[tuple[str, str, str, str]]:
    """The réserves of the full project once a section has these answers."""
    contenus = copy.deepcopy(PROJET)
    contenus[cle] |= changes
    return short(told(contenus, FICHES))


def with_fiche(**changes: Any) -> list[tuple[str, str, str, str]]:
    """The réserves of the full project once its third action, on parcours, has these answers."""
    fiches = [(cle, {**fiche, **changes} if cle == "fiche-3" else fiche) for cle, fiche in FICHES]
    return short(told(PROJET, fiches))


def test_a_full_project_has_no_reserve() -> None:
    assert told(PROJET, FICHES) == []


def test_an_empty_project_hears_every_rule_that_can_be_judged_and_each_leads_somewhere() -> None:
    found = told({}, [("fiche-1", {})], pieces=set())
    need_more = {
        "chevauchement",
        "mission_retenue",
        "indicateur_mesurable",
        "indicateur_progression",
        "indicateur_resultat",
    }
    for_sections = {regle.code for regle in REGLES if regle.sections}
    assert {each.code for each in found} == for_sections - need_more
    keys = {rubrique.cle for rubrique in RUBRIQUES_PROJET} | {"fiche-1", PIECES}
    assert {each.rubrique for each in found} <= keys
    for each in found:
        if each.ancre:
            assert each.ancre.removeprefix("id_") in projet_form(each.rubrique, jour=TODAY).fields


def test_each_rule_says_in_a_sentence_what_is_expected_and_which_text_says_so() -> None:
    assert len({regle.code for regle in REGLES}) == len(REGLES)
    assert [regle.code for regle in REGLES if not regle.regle.endswith(".") or not regle.source] == []
    found = told({}, [])
    assert [each.phrase for each in found if not each.phrase.endswith(".")] == []
    first = found[0]
    assert first == Reserve(
        code="association",
        phrase="La CPTS n’est pas, ou pas encore, une association déclarée.",
        rubrique="identite",
        ancre="id_forme",
        regle="Une CPTS est une association\u00a0: c’est elle qui signe le contrat et reçoit les financements.",
        source="Ordonnance n°\u00a02021-584 du 12 mai 2021\u00a0; code de la santé publique, art. L1434-12-1",
    )


# --- Who, where, with whom ------------------------------------------------------------------------------------


@pytest.mark.parametrize(("forme", "count"), [("association", 0), ("droit_local", 0), ("en_creation", 1), ("autre", 1)])
def test_a_community_is_an_association(forme: str, count: int) -> None:
    assert [code for code, *_ in without("identite", forme=forme)] == ["association"] * count


def test_each_overlap_is_told_in_the_words_of_who_found_it() -> None:
    phrases = ["Revel figure aussi dans un autre projet.", "Nailloux aussi."]
    assert short(told(PROJET, FICHES, chevauchements=phrases)) == [
        ("chevauchement", phrase, "territoire", "") for phrase in phrases
    ]


def test_the_kinds_of_care_that_are_not_located_are_named() -> None:
    lieux = [lieu for lieu in PROJET["diagnostic"]["lieux"] if lieu["recours"] not in ("had", "ssr")]
    phrase = "Aucun lieu n’est cité pour : Hospitalisation à domicile (HAD) ; Soins de suite et de réadaptation (SSR)."
    assert without("diagnostic", lieux=lieux) == [("acces_aux_soins", phrase, "diagnostic", "id_lieux")]


@pytest.mark.parametrize("reponse", ["non", "a_preciser", ""])
def test_a_criterion_on_the_statutes_not_met_is_named(reponse: str) -> None:
    criteres = copy.deepcopy(PROJET["gouvernance"]["criteres"])
    criteres[4]["reponse"] = reponse
    phrase = (
        "Des critères sur les statuts ne sont pas remplis, ou pas encore : l’association peut recruter du personnel."
    )
    assert without("gouvernance", criteres=criteres) == [("statuts_criteres", phrase, "gouvernance", "id_criteres")]


def test_what_the_governance_does_not_say_is_named_and_leads_to_the_first() -> None:
    assert without("gouvernance", decision="", outils="  ") == [
        (
            "gouvernance",
            "La gouvernance ne dit pas : la façon de décider, les outils et les méthodes de travail.",
            "gouvernance",
            "id_decision",
        )
    ]


HOPITAL = ("etablissements_sante", "Aucun établissement de santé n’est partenaire du projet.")
MEDICO = ("medico_social", "Aucun établissement ou service médico-social n’est partenaire.")


@pytest.mark.parametrize(
    ("kept", "expected"),
    [
        (["medico_social", "msp"], [HOPITAL]),
        (["etablissement", "msp"], [MEDICO]),
        (["msp"], [HOPITAL, MEDICO]),
        ([], [HOPITAL, MEDICO]),
        (["ght", "medico_social"], []),
    ],
)
def test_hospitals_and_medico_social_are_partners_at_least(kept: list[str], expected: list[tuple[str, str]]) -> None:
    rows = [{"nom": "Une structure", "genre": genre} for genre in kept]
    unnamed = [{"nom": "", "genre": "etablissement"}, {"nom": " ", "genre": "medico_social"}]
    found = without("partenaires", partenaires=rows + unnamed)
    assert found == [(code, phrase, "partenaires", "id_partenaires") for code, phrase in expected]


# --- What the project is ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("count", "expected"), [(0, ["Le projet ne cite aucun thème."]), (1, ["Le projet ne cite qu’un thème."]), (2, [])]
)
def test_a_project_has_several_themes(count: int, expected: list[str]) -> None:
    rows = [{"theme": f"Thème {n}", "raison": ""} for n in range(count)] + [{"theme": "", "raison": "Sans thème"}]
    assert [phrase for _, phrase, *_ in without("missions", thematiques=rows)] == expected


@pytest.mark.parametrize(
    ("name", "code", "sentence"),
    [
        ("numerique", "outil_numerique", "e projet repose seulement sur un outil numérique ou sur la télémédecine."),
        ("filiere", "filiere_unique", "e projet se limite à une seule spécialité ou à un seul public."),
    ],
)
def test_a_project_is_neither_a_digital_tool_nor_a_single_sector(name: str, code: str, sentence: str) -> None:
    place = ("missions", f"id_{name}")
    assert without("missions", **{name: "oui"}) == [(code, f"L{sentence}", *place)]
    assert without("missions", **{name: ""}) == [(code, f"Vous n’avez pas dit si l{sentence}", *place)]


def test_a_project_says_how_the_professions_work_together() -> None:
    phrase = "Le projet ne dit pas comment les professionnels travaillent ensemble."
    assert without("missions", modalites=" \n ") == [("travail_pluriprofessionnel", phrase, "missions", "id_modalites")]


def test_each_core_mission_has_an_action_and_an_optional_one_only_if_it_is_kept() -> None:
    name = {mission.code: mission.nom for mission in missions_on(TODAY)}
    socle = (
        "mission_socle",
        f"La mission socle « {name['parcours']} » n’a pas encore de fiche-action.",
        "missions",
        "id_mission_parcours",
    )
    kept = (
        "mission_retenue",
        f"Vous retenez la mission « {name['accompagnement_ps']} » : elle n’a pas encore de fiche-action.",
        "missions",
        "id_mission_accompagnement_ps",
    )
    fiches = [(cle, fiche) for cle, fiche in FICHES if fiche["mission"] not in ("parcours", "accompagnement_ps")]
    assert short(told(PROJET, fiches)) == [socle, kept]
    contenus = copy.deepcopy(PROJET)
    contenus["missions"] |= {"mission_accompagnement_ps": "plus_tard", "mission_parcours": "non"}
    assert short(told(contenus, fiches)) == [socle]


def test_a_mission_that_is_no_longer_in_force_is_not_asked_and_its_action_has_none() -> None:
    Mission.objects.filter(code="prevention").update(applicable_au="2026-01-01")
    assert short(told(PROJET, FICHES)) == [
        (
            "action_mission",
            "L’action « Faire avancer le dépistage du cancer colorectal » ne relève d’aucune mission en vigueur.",
            "fiche-4",
            "id_mission",
        )
    ]


# --- Actions and indicators ------------------------------------------------------------------------------------


def indicator(**changes: Any) -> dict[str, Any]:
    return {**dict(FICHES)["fiche-3"]["indicateurs"][1], "libelle": "Retours préparés", **changes}


@pytest.mark.parametrize("rows", [[], [{"libelle": " ", "base": "1", "cible": "2"}]])
def test_each_action_has_an_indicator(rows: list[dict[str, Any]]) -> None:
    assert with_fiche(indicateurs=rows) == [
        (
            "indicateur_par_action",
            "L’action « Préparer les sorties d’hôpital » n’a pas d’indicateur.",
            "fiche-3",
            "id_indicateurs",
        )
    ]


def test_an_action_without_a_title_is_named_by_its_number() -> None:
    assert [phrase for _, phrase, *_ in with_fiche(intitule="", indicateurs=[])] == [
        "L’action n° 3 n’a pas d’indicateur."
    ]


@pytest.mark.parametrize(
    ("changes", "lacks"),
    [
        ({"base": None}, "valeur de départ"),
        ({"cible": None}, "cible"),
        ({"base": None, "cible": ""}, "valeur de départ ni de cible"),
    ],
)
def test_an_indicator_is_measurable(changes: dict[str, Any], lacks: str) -> None:
    phrase = f"L’indicateur « Retours préparés » n’a pas de {lacks}."
    assert with_fiche(indicateurs=[indicator(**changes)]) == [
        ("indicateur_mesurable", phrase, "fiche-3", "id_indicateurs")
    ]


def test_zero_is_a_starting_value_and_a_target() -> None:
    assert with_fiche(indicateurs=[indicator(base="0"), indicator(cible="0")]) == []


@pytest.mark.parametrize(("base", "cible"), [("80", "80"), ("80", "80.0"), ("0", "0")])
def test_an_indicator_has_room_to_progress(base: str, cible: str) -> None:
    phrase = "L’indicateur « Retours préparés » a la même valeur au départ et pour cible."
    assert with_fiche(indicateurs=[indicator(base=base, cible=cible)]) == [
        ("indicateur_progression", phrase, "fiche-3", "id_indicateurs")
    ]


def test_one_indicator_of_the_whole_project_at_least_measures_a_result() -> None:
    fiches = copy.deepcopy(FICHES)
    for _, fiche in fiches:
        fiche["indicateurs"] = [{**row, "nature": "action"} for row in fiche["indicateurs"]]
    expected = ("indicateur_resultat", "Aucun indicateur ne mesure un résultat.", "fiche-1", "id_indicateurs")
    assert short(told(PROJET, fiches)) == [expected]
    fiches[5][1]["indicateurs"][0]["nature"] = "resultat"
    assert told(PROJET, fiches) == []


# --- The rest -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("cle", "changes", "expected"),
    [
        (
            "systeme_information",
            {"logiciels": [], "commentaire": ""},
            ("logiciels", "Le projet ne dit pas quels logiciels sont déjà utilisés.", "id_logiciels"),
        ),
        (
            "usagers",
            {"usagers": ""},
            ("usagers", "Le projet ne dit pas comment les usagers sont associés.", "id_usagers"),
        ),
        ("usagers", {"elus": ""}, ("elus", "Le projet ne dit pas comment les élus sont associés.", "id_elus")),
        (
            "budget",
            {"mise_en_place": [], "investissement": [{"libelle": "À chiffrer", "montant": None}]},
            (
                "budget",
                "Le budget prévisionnel ne chiffre pas : la mise en place de la CPTS, les investissements.",
                "id_mise_en_place",
            ),
        ),
    ],
)
def test_what_the_other_sections_must_say(cle: str, changes: dict[str, Any], expected: tuple[str, str, str]) -> None:
    code, phrase, ancre = expected
    assert without(cle, **changes) == [(code, phrase, cle, ancre)]


def test_software_in_use_may_be_told_in_a_table_or_in_a_text() -> None:
    assert without("systeme_information", logiciels=[]) == []
    assert without("systeme_information", commentaire="") == []


@pytest.mark.parametrize(("reunions", "count"), [(None, 1), (0, 1), (1, 1), (2, 0), (4, 0)])
def test_indicators_are_followed_twice_a_year(reunions: int | None, count: int) -> None:
    expected = [
        (
            "reunions_de_suivi",
            "Le projet ne prévoit pas deux réunions de suivi des indicateurs par an.",
            "evaluation",
            "id_reunions_par_an",
        )
    ]
    assert without("evaluation", reunions_par_an=reunions) == expected * count


def test_the_statutes_are_joined_as_a_file_whatever_the_section_says() -> None:
    expected = [("statuts_joints", "Les statuts ne sont pas joints.", "pieces", "")]
    assert short(told(PROJET, FICHES, pieces={GenrePiece.SOUTIEN})) == expected
    assert short(told(PROJET, FICHES, pieces=[str(GenrePiece.STATUTS)])) == []


# --- A document of one's own ----------------------------------------------------------------------------------------

ASSOCIATION = {"identite": PROJET["identite"]}


def test_a_full_short_fiche_has_no_reserve_though_no_section_is_written() -> None:
    assert told({**ASSOCIATION, "fiche_document": DOCUMENT}, [], document=True) == []


def test_only_what_the_short_fiche_and_the_files_tell_is_judged() -> None:
    changes = {"mission_prevention": False, "numerique": "", "modalites": "", "evaluation": "", "budget_total": None}
    contenus = {"fiche_document": {**DOCUMENT, **changes}}
    found = short(told(contenus, [], document=True, pieces=set(), chevauchements=["Revel aussi."]))
    assert [(code, rubrique, ancre) for code, _, rubrique, ancre in found] == [
        ("association", "identite", "id_forme"),
        ("chevauchement", "territoire", ""),
        ("outil_numerique", "fiche_document", "id_numerique"),
        ("travail_pluriprofessionnel", "fiche_document", "id_modalites"),
        ("mission_socle", "fiche_document", "id_mission_prevention"),
        ("evaluation_fiche", "fiche_document", "id_evaluation"),
        ("budget_fiche", "fiche_document", "id_budget_total"),
        ("statuts_joints", "pieces", ""),
    ]
    assert found[4][1] == "La mission socle « Développer la prévention » n’est pas traitée."


def test_a_budget_of_zero_in_the_short_fiche_is_an_answer() -> None:
    contenus = {**ASSOCIATION, "fiche_document": {**DOCUMENT, "budget_total": "0"}}
    assert told(contenus, [], document=True) == []
