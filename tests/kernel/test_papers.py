"""The contract of a paper's context: what it accepts, completes and refuses."""

from typing import Any

import pytest

from guichet.kernel import papers
from tests.kernel.paper_sample import DIGEST, every_bloc, letter


def bloc_of(bloc: dict[str, Any]) -> dict[str, Any]:
    prepared: dict[str, Any] = papers.prepared(letter(bloc))["sections"][0]["blocs"][0]
    return prepared


def test_every_kind_of_block_has_its_template() -> None:
    blocs = papers.prepared(letter(*every_bloc()))["sections"][0]["blocs"]
    assert {bloc["modele"] for bloc in blocs} == {f"pdf/blocs/{genre}.html" for genre in papers.BLOCS}


@pytest.mark.parametrize(
    ("broken", "path"),
    [
        ({"genre": "image", "source": "x"}, "contexte.sections[0].blocs[0].genre: inconnu (image)"),
        ({"genre": "texte"}, "contexte.sections[0].blocs[0].paragraphes: manquant"),
        ({"genre": "texte", "paragraphes": [3]}, "contexte.sections[0].blocs[0].paragraphes[0]: un texte est attendu"),
        ({"genre": "texte", "paragraphes": "x"}, "contexte.sections[0].blocs[0].paragraphes: une liste est attendue"),
        ({"genre": "texte", "paragraphes": [], "gras": "oui"}, "contexte.sections[0].blocs[0].gras: inconnu"),
        ({"genre": "cases", "lignes": [["vrai", "x"]]}, "« oui » ou « non » est attendu"),
        ({"genre": "cases", "lignes": [], "disposition": "grille"}, "disposition: inconnue (grille)"),
        ({"genre": "definitions", "lignes": [["x"]]}, "deux textes sont attendus"),
        ({"genre": "tableau", "entetes": ["a", "b"], "lignes": [["1"]]}, "lignes[0]: 1 cellules pour 2 colonnes"),
        ({"genre": "tableau", "entetes": ["a"], "lignes": [], "largeurs": [99]}, "100 au total, par pas de 5"),
        ({"genre": "tableau", "entetes": ["a"], "lignes": [], "numeriques": [True]}, "un entier est attendu"),
        ({"genre": "peigne", "libelle": "x", "valeur": "123", "groupes": [2]}, "3 caractères pour 2 cases"),
        ("texte", "contexte.sections[0].blocs[0]: un objet est attendu"),
    ],
)
def test_a_block_that_breaks_the_contract_is_refused_with_its_path(broken: Any, path: str) -> None:
    with pytest.raises(ValueError) as refusal:
        papers.prepared(letter(broken))
    assert path in str(refusal.value)


@pytest.mark.parametrize(
    ("contexte", "message"),
    [
        (letter(presentation="affiche"), "contexte.presentation: inconnue (affiche)"),
        (letter(couleur="bleu"), "contexte.couleur: inconnu"),
        (letter(emetteur="x"), "contexte.emetteur: un objet est attendu"),
        ({"presentation": "lettre", "titre": "x"}, "contexte.sections: manquant"),
    ],
)
def test_a_context_that_breaks_the_contract_is_refused(contexte: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError) as refusal:
        papers.prepared(contexte)
    assert str(refusal.value) == message


def test_text_is_made_drawable_without_changing_what_it_says() -> None:
    assert papers.clean("12\u202f%\u2009e\u0301te\u0301\r\nsuite\x00\u200b") == "12\u00a0%\u00a0été\nsuite"
    assert papers.clean("« Ici : oui ! » à 12 %") == "«\u00a0Ici\u00a0: oui\u00a0!\u00a0» à 12\u00a0%"


def test_a_comb_puts_one_character_in_a_box_and_leaves_the_missing_ones_empty() -> None:
    bloc = bloc_of({"genre": "peigne", "libelle": "SIRET", "valeur": "123 45", "groupes": [3, 3]})
    assert bloc["groupes"] == [["1", "2", "3"], ["4", "5", " "]]


def test_figures_digests_and_long_words_are_set_each_in_its_way() -> None:
    row = ["court", "12\u00a0000", DIGEST, "x" * 25]
    bloc = bloc_of({"genre": "tableau", "entetes": ["a"] * 4, "lignes": [row], "numeriques": [1]})
    assert [cell["classe"] for cell in bloc["lignes"][0]] == ["", "nombre", "empreinte", "long"]


def test_a_table_is_kept_on_one_page_only_when_it_is_small() -> None:
    def short(rows: list[list[str]]) -> bool:
        return bool(bloc_of({"genre": "tableau", "entetes": ["a"], "lignes": rows})["court"])

    assert [short([["x"]] * 9), short([["x"]] * 10), short([["x" * 1200]]), short([["x" * 1201]])] == [
        True,
        False,
        True,
        False,
    ]


def test_the_two_columns_of_a_budget_reach_their_total_on_the_same_line() -> None:
    charge = {"compte": "60", "libelle": "Achats", "total": "3", "lignes": [["a", "1"], ["b", "2"]]}
    income = {"libelle": "Ressources propres", "total": "3", "demande": "oui"}
    bloc = bloc_of(
        {"genre": "budget", "charges": [charge], "produits": [income], "total_charges": "3", "total_produits": "3"}
    )
    blank = {"libelle": "", "montant": "", "classe": "vide"}
    assert bloc["lignes"] == [
        [
            {"libelle": "60\u00a0– Achats", "montant": "3", "classe": "compte"},
            {"libelle": "Ressources propres", "montant": "3", "classe": "compte demande"},
        ],
        [{"libelle": "a", "montant": "1", "classe": "detail"}, blank],
        [{"libelle": "b", "montant": "2", "classe": "detail"}, blank],
    ]


def test_optional_parts_are_always_there_for_the_templates() -> None:
    paper = papers.prepared(letter())
    assert (paper["emetteur"], paper["mentions"], paper["sections"][0]["nouvelle_page"]) == (None, [], False)
