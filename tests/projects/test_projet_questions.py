"""What each section of a projet de santé asks, keeps and still needs."""

import copy
from datetime import date, timedelta
from decimal import Decimal
from io import BytesIO
from typing import Any

import pypdf
import pytest

from dossiers.documents import section_blocs
from dossiers.questions import SectionForm
from guichet.kernel import pdf
from portal.demonstration.fiches import DOCUMENT, FICHES
from portal.demonstration.projet import BUDGET, PROJET
from portal.demonstration.reponses import posted
from projects.models import Mission
from projects.questions.projet import FORMS, projet_form, projet_questions
from projects.questions.projet.budget import budget_totals
from projects.questions.projet.fiches import COLONNE, LIMITES, FicheActionForm
from projects.rubriques_projet import FICHE_DOCUMENT, RUBRIQUES_PROJET, TERRITOIRE, fiche_numero, is_fiche
from tests.factories.accounts import NOW
from tests.projects.rows import plain

pytestmark = pytest.mark.django_db

TODAY = NOW.date()
FULL: dict[str, dict[str, Any]] = {**PROJET, FICHE_DOCUMENT: DOCUMENT, **dict(FICHES)}
KEYS = [*FORMS, "fiche-1"]


def form_of(cle: str, answers: dict[str, Any] | None = None, *, jour: date = TODAY, **changes: Any) -> SectionForm:
    told = {**(FULL[cle] if answers is None else answers), **changes}
    form = projet_form(cle, jour=jour, data=posted(told))
    form.is_valid()
    return form


def missing(cle: str, answers: dict[str, Any] | None = None, **changes: Any) -> list[tuple[str, str]]:
    form = form_of(cle, answers, **changes)
    assert form.errors == {}
    return plain(form.manques())


def errors(cle: str, **changes: Any) -> dict[str, list[str]]:
    return plain({name: list(told) for name, told in form_of(cle, **changes).errors.items()})


# --- Every section ------------------------------------------------------------------------------------------


def test_every_section_but_the_territory_has_its_form() -> None:
    sections = [rubrique.cle for rubrique in RUBRIQUES_PROJET if rubrique.cle != TERRITOIRE]
    assert list(FORMS) == [*sections, FICHE_DOCUMENT]


def test_only_who_deposits_the_territory_the_needs_and_the_project_block() -> None:
    blocking = [rubrique.cle for rubrique in RUBRIQUES_PROJET if rubrique.bloquante]
    assert blocking == ["identite", "territoire", "diagnostic", "missions"]


@pytest.mark.parametrize("cle", FULL)
def test_a_complete_section_lacks_nothing_and_keeps_what_was_typed(cle: str) -> None:
    form = form_of(cle)
    assert form.errors == {}
    assert form.manques() == []
    assert form.contenu() == FULL[cle]


@pytest.mark.parametrize("cle", KEYS)
def test_an_empty_draft_is_saved_and_every_sentence_leads_to_a_field(cle: str) -> None:
    form = form_of(cle, {})
    assert form.errors == {}
    assert form.manques() != []
    names = [field.removeprefix("id_") for field, _ in form.manques()]
    assert [name for name in names if name not in form.fields] == []
    assert all(sentence.endswith(".") for _, sentence in form.manques())


@pytest.mark.parametrize("cle", KEYS)
def test_groups_name_each_field_once_in_the_order_of_the_form(cle: str) -> None:
    form = form_of(cle, {})
    if form.groupes:
        assert [name for groupe in form.groupes for name in groupe.champs] == list(form.fields)


@pytest.mark.parametrize("cle", KEYS)
def test_what_a_page_asks_and_what_a_paper_reads_are_the_same_questions(cle: str) -> None:
    asked = projet_form(cle, jour=TODAY)
    read = projet_questions(cle, jour=TODAY)
    assert [(name, field.label) for name, field in read.fields.items()] == [
        (name, field.label) for name, field in asked.fields.items()
    ]
    assert tuple(read.groupes) == tuple(asked.groupes)


KINDS = {**FORMS, "fiche-1": FicheActionForm}
REQUIRED = [(cle, name, sentence) for cle, kind in KINDS.items() for name, sentence in kind.obligatoires.items()]


@pytest.mark.parametrize(("cle", "name", "sentence"), REQUIRED, ids=[f"{cle}-{name}" for cle, name, _ in REQUIRED])
def test_each_required_answer_is_asked_for_in_its_own_words(cle: str, name: str, sentence: str) -> None:
    answers = copy.deepcopy(FULL[cle])
    answers[name] = [] if isinstance(answers[name], list) else ""
    assert (f"id_{name}", plain(sentence)) in missing(cle, answers)


def test_an_unknown_section_has_no_form() -> None:
    for cle in ("territoire", "inconnue", "fiche-0", "fiche-"):
        with pytest.raises(KeyError):
            projet_form(cle, jour=TODAY)


# --- The association ----------------------------------------------------------------------------------------


def test_a_declared_association_gives_the_number_that_identifies_it() -> None:
    needed = [("id_rna", "Donnez le numéro RNA de l’association déclarée.")]
    assert missing("identite", rna="") == needed
    assert missing("identite", rna="", forme="en_creation") == []


def test_people_are_named_only_once_informed() -> None:
    needed = [("id_signataires_informes_le", "Dites quand les personnes nommées ont été informées.")]
    assert missing("identite", signataires_informes_le="") == needed
    assert missing("identite", signataires=[], signataires_informes_le="") == []


@pytest.mark.parametrize(
    ("cle", "name"), [("identite", "signataires_informes_le"), ("gouvernance", "statuts_adoptes_le")]
)
def test_the_day_of_a_fact_is_not_in_the_future(cle: str, name: str) -> None:
    assert errors(cle, **{name: TODAY.isoformat()}) == {}
    assert errors(cle, **{name: (TODAY + timedelta(days=1)).isoformat()}) == {name: ["Cette date est dans le futur."]}


# --- The governance -----------------------------------------------------------------------------------------


def test_each_of_the_five_criteria_on_the_statutes_is_answered_even_by_no() -> None:
    criteria = FULL["gouvernance"]["criteres"]
    needed = [("id_criteres", "Répondez à chacun des cinq critères sur les statuts.")]
    assert missing("gouvernance", criteres=criteria[1:]) == needed
    assert missing("gouvernance", criteres=[{**criteria[0], "reponse": ""}, *criteria[1:]]) == needed
    assert missing("gouvernance", criteres=[{**criteria[0], "reponse": "non"}, *criteria[1:]]) == []


def test_a_criterion_answered_twice_is_refused() -> None:
    first = FULL["gouvernance"]["criteres"][0]
    assert errors("gouvernance", criteres=[first, {**first, "reponse": "non"}]) == {
        "criteres": ["Un critère figure deux fois : donnez une seule réponse."]
    }


# --- The missions -------------------------------------------------------------------------------------------


def test_the_missions_offered_are_those_in_force_that_day() -> None:
    Mission.objects.filter(code="prevention").update(applicable_au="2026-11-16")
    for cle in ("missions", FICHE_DOCUMENT):
        fields = list(projet_form(cle, jour=date(2026, 11, 16)).fields)
        assert "mission_prevention" in fields
        assert [name for name in fields if name not in projet_form(cle, jour=date(2026, 11, 17)).fields] == [
            "mission_prevention"
        ]
    codes = [code for code, _ in projet_form("fiche-1", jour=date(2026, 11, 17)).fields["mission"].choices]  # type: ignore[attr-defined]
    assert codes == ["", "acces_soins", "parcours", "crise_sanitaire", "qualite_pertinence", "accompagnement_ps"]


@pytest.mark.parametrize(
    ("cle", "kept", "sentence"),
    [("missions", "retenue", "Retenez au moins une mission."), (FICHE_DOCUMENT, True, "Cochez au moins une mission.")],
)
def test_one_mission_is_needed_whichever_it_is(cle: str, kept: Any, sentence: str) -> None:
    none = {name: "" for name in FULL[cle] if name.startswith("mission_")}
    assert missing(cle, **none) == [("id_mission_acces_soins", sentence)]
    assert missing(cle, **{**none, "mission_accompagnement_ps": kept}) == []


def test_a_step_or_an_action_ends_after_it_begins() -> None:
    step = {"etape": "Une", "debut": "2028-03-02", "fin": "2028-03-01"}
    assert errors("missions", etapes=[step]) == {"etapes": ["Ligne 1 : la fin précède le début."]}
    assert errors("fiche-4", debut="2028-03-02", fin="2028-03-01") == {"fin": ["La fin de l’action précède son début."]}
    assert errors("fiche-4", debut="2028-03-01", fin="2028-03-01") == {}


# --- The actions --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("cle", "number"), [("fiche-1", 1), ("fiche-12", 12), ("fiche-999", 999)])
def test_the_key_of_an_action_gives_its_number(cle: str, number: int) -> None:
    assert (is_fiche(cle), fiche_numero(cle)) == (True, number)


@pytest.mark.parametrize(
    "cle", ["fiche_document", "fiche-", "fiche-0", "fiche-01", "fiche-1000", "fiche-1 ", "xfiche-1"]
)
def test_nothing_else_is_an_action(cle: str) -> None:
    assert is_fiche(cle) is False
    with pytest.raises(ValueError, match="not the key of an action"):
        fiche_numero(cle)


def test_one_kind_of_means_is_enough_and_none_is_said() -> None:
    none = {"moyens_humains": "", "moyens_materiels": "", "budget": ""}
    assert missing("fiche-1", **none) == [("id_moyens_humains", "Dites avec quels moyens l’action se fait.")]
    assert missing("fiche-1", **{**none, "budget": "0"}) == []


def test_an_indicator_keeps_a_starting_value_of_zero_and_a_decimal_comma() -> None:
    row = {**FULL["fiche-1"]["indicateurs"][0], "base": "0", "cible": "97,5"}
    kept = form_of("fiche-1", indicateurs=[row]).contenu()["indicateurs"][0]
    assert (kept["base"], kept["cible"]) == ("0", "97.5")


def test_an_indicator_that_does_not_say_what_it_measures_is_refused() -> None:
    row = {**FULL["fiche-1"]["indicateurs"][0], "libelle": ""}
    assert errors("fiche-1", indicateurs=[row]) == {
        "indicateurs": ["Dites ce que mesure chaque indicateur, ou retirez la ligne."]
    }


# --- The budget ---------------------------------------------------------------------------------------------


def test_the_budget_is_added_up_by_kind_the_same_typed_and_kept() -> None:
    typed = form_of("budget").totaux()  # type: ignore[attr-defined]
    kept = projet_form("budget", jour=TODAY, initial=BUDGET).totaux()  # type: ignore[attr-defined]
    assert typed == kept == budget_totals(BUDGET)
    sums = (typed.mise_en_place, typed.fonctionnement, typed.investissement, typed.charges, typed.ressources)
    assert sums == (Decimal(60000), Decimal(59000), Decimal(6000), Decimal(125000), Decimal(125000))
    assert typed.solde == 0


def test_a_budget_short_of_money_says_by_how_much() -> None:
    rows = [{"origine": "ars", "precision": "", "montant": "100000", "etat": "demandee"}]
    assert budget_totals({**BUDGET, "ressources": rows}).solde == Decimal(-25000)


def test_no_investment_is_told_by_a_row_of_zero_and_no_amount_is_missing() -> None:
    nothing = [{"libelle": "Aucun la première année", "montant": "0"}]
    assert missing("budget", investissement=nothing) == []
    assert missing("budget", investissement=[{"libelle": "À chiffrer", "montant": ""}]) == [
        ("id_investissement", "« Les investissements » : une ligne n’a pas de montant.")
    ]


@pytest.mark.parametrize("typed", ["12,50", "-3", "beaucoup"])
def test_an_amount_is_in_whole_euros(typed: str) -> None:
    assert list(errors("budget", fonctionnement=[{"libelle": "Local", "montant": typed}])) == ["fonctionnement"]


# --- The short fiche of a document ----------------------------------------------------------------------------


def longest(*, broken: bool) -> dict[str, Any]:
    """Each text as long as it may be: in one paragraph, or broken at each line."""
    texts = {}
    for name, (characters, lines) in LIMITES.items():
        text = ("professionnels du territoire " * 40)[: characters - 1] + "x"
        texts[name] = "\n".join([text[:COLONNE].strip()] * ((2 * lines + 1) // 3)) if broken else text
    return {
        **DOCUMENT,
        **texts,
        "titre": ("Projet de santé " * 9)[:119] + "x",
        "contact_nom": ("Prénom Nom " * 12)[:79] + "x",
        "contact_courriel": f"{'a' * 60}@{'b' * 31}.example",
        "contact_telephone": "0" * 30,
    }


@pytest.mark.parametrize("broken", [True, False])
def test_the_short_fiche_filled_to_its_limits_is_printed_on_two_pages(broken: bool) -> None:
    form = form_of(FICHE_DOCUMENT, longest(broken=broken))
    assert form.errors == {}
    blocs = section_blocs(projet_questions(FICHE_DOCUMENT, jour=TODAY), form.contenu())
    sections = [{"numero": "1", "titre": "Le projet de santé", "blocs": blocs}]
    contexte = {
        "presentation": "formulaire",
        "titre": "Fiche du projet de santé",
        "sous_titre": "Communauté professionnelle territoriale de santé · CPTS des Coteaux",
        "emetteur": {"nom": "Santé des Coteaux", "lignes": ["4 place de la Halle", "31290 Villefranche-de-Lauragais"]},
        "reperes": [["Déposée le", "6 septembre 2027 à 10 h 05"], ["Département pilote", "Haute-Garonne"]],
        "sections": sections,
        "mentions": ["Cette fiche ne contient aucune donnée de patient."],
    }
    told = {"reference": "CPTS-31-2026-0001", "titre": "Fiche", "code": "A1B2C3D4E5", "url": "https://x.example/v/1"}
    drawn = pdf.render("pdf/papier.html", contexte, created_at=NOW, **told)
    assert len(pypdf.PdfReader(BytesIO(drawn)).pages) <= 2


@pytest.mark.parametrize("name", LIMITES)
def test_a_text_of_the_short_fiche_has_a_limit_in_lines_too(name: str) -> None:
    most = LIMITES[name][1]
    paragraphs = (2 * most + 1) // 3
    assert errors(FICHE_DOCUMENT, **{name: "ligne\n\n" * paragraphs}) == {}
    assert errors(FICHE_DOCUMENT, **{name: "ligne\n\n" * (paragraphs + 1)}) == {
        name: [f"Ce texte imprimé dépasse {most} lignes : raccourcissez-le, ou allez moins à la ligne."]
    }
