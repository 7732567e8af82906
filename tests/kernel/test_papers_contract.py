"""Every key of the contract of a paper: kept when it is given, completed when it is not, refused with its path."""

from typing import Any

import pytest

from guichet.kernel import papers
from tests.kernel.paper_sample import letter
from tests.kernel.test_papers import bloc_of

NB = "\u00a0"


def cell(text: str, kind: str = "") -> dict[str, str]:
    return {"texte": text, "classe": kind}


WHOLE: dict[str, Any] = {
    "presentation": "courrier",
    "titre": "Titre",
    "sous_titre": "Sous-titre",
    "reference": "OCC-31-2026-0001",
    "lieu": "Toulouse",
    "date": "le 15 mars 2027",
    "objet": "Objet",
    "emetteur": {"nom": "Guichet", "lignes": ["1 rue", "Toulouse"]},
    "destinataire": {"nom": "Association"},
    "reperes": [["Déposée le", "15 mars 2027"]],
    "signature": {"nom": "Camille", "qualite": "Présidente", "mention": "Pour le Guichet", "lignes": ["Toulouse"]},
    "mentions": ["Article L112-11."],
    "sections": [{"blocs": [], "numero": "1", "titre": "Besoins", "nouvelle_page": "oui"}, {"blocs": []}],
}


def test_a_whole_paper_keeps_every_key() -> None:
    assert papers.prepared(WHOLE) == {
        **WHOLE,
        "destinataire": {"nom": "Association", "lignes": []},
        "sections": [
            {"blocs": [], "numero": "1", "titre": "Besoins", "nouvelle_page": True},
            {"blocs": [], "numero": "", "titre": "", "nouvelle_page": False},
        ],
    }


def test_a_paper_of_the_least_has_every_key_empty() -> None:
    least = {"presentation": "lettre", "titre": "Titre", "sections": []}
    assert papers.prepared(least) == {
        **least,
        "sous_titre": "",
        "reference": "",
        "lieu": "",
        "date": "",
        "objet": "",
        "emetteur": None,
        "destinataire": None,
        "reperes": [],
        "signature": None,
        "mentions": [],
    }
    assert papers.prepared({**least, "reperes": None, "date": None}) == papers.prepared(least)


def test_a_signature_needs_a_name_only() -> None:
    signed = papers.prepared(letter(signature={"nom": "Camille"}))["signature"]
    assert signed == {"nom": "Camille", "qualite": "", "mention": "", "lignes": []}


BLOCS: list[tuple[dict[str, Any], dict[str, Any]]] = [
    ({"genre": "texte", "paragraphes": ["a"]}, {"titre": ""}),
    ({"genre": "texte", "titre": "T", "paragraphes": []}, {}),
    ({"genre": "encadre", "titre": "T", "paragraphes": ["a"]}, {}),
    ({"genre": "liste", "titre": "T", "elements": ["a"]}, {}),
    ({"genre": "liste", "elements": []}, {"titre": ""}),
    ({"genre": "definitions", "titre": "T", "lignes": [["a", "b"]]}, {"court": True}),
    ({"genre": "definitions", "lignes": [["a", "b"]] * 10}, {"titre": "", "court": False}),
    (
        {
            "genre": "cases",
            "titre": "T",
            "legende": "L",
            "disposition": "ligne",
            "lignes": [["oui", "a"], ["non", "b"]],
        },
        {"lignes": [{"cochee": True, "libelle": "a"}, {"cochee": False, "libelle": "b"}]},
    ),
    (
        {"genre": "cases", "lignes": []},
        {"titre": "", "legende": "", "disposition": "colonne"},
    ),
    (
        {"genre": "peigne", "libelle": "SIRET", "valeur": f"12 3{NB}4", "groupes": [2, 2, 0], "vide": "Inconnu"},
        {"groupes": [["1", "2"], ["3", "4"], []]},
    ),
    (
        {"genre": "peigne", "libelle": "SIRET", "valeur": "", "groupes": [2]},
        {"groupes": [[" ", " "]], "vide": "Non renseigné"},
    ),
    (
        {
            "genre": "tableau",
            "titre": "T",
            "legende": "L",
            "entetes": ["Quoi", "Combien"],
            "lignes": [["a", "1"], ["x" * 24, "2"]],
            "pied": ["Total", "3"],
            "numeriques": [1],
            "largeurs": [95, 5],
        },
        {
            "court": True,
            "entetes": [cell("Quoi"), cell("Combien", "nombre")],
            "lignes": [[cell("a"), cell("1", "nombre")], [cell("x" * 24), cell("2", "nombre")]],
            "pied": [cell("Total"), cell("3", "nombre")],
        },
    ),
    (
        {"genre": "tableau", "entetes": ["Quoi"], "lignes": []},
        {
            "titre": "",
            "legende": "",
            "court": True,
            "entetes": [cell("Quoi")],
            "pied": [],
            "numeriques": [],
            "largeurs": [],
        },
    ),
]


@pytest.mark.parametrize(("bloc", "completed"), BLOCS, ids=[f"{n}-{b['genre']}" for n, (b, _) in enumerate(BLOCS)])
def test_a_block_keeps_what_it_is_given_and_is_completed(bloc: dict[str, Any], completed: dict[str, Any]) -> None:
    assert bloc_of(bloc) == {**bloc, **completed, "modele": f"pdf/blocs/{bloc['genre']}.html"}


def test_a_budget_faces_its_accounts_then_its_contributions() -> None:
    charge = {"compte": "60", "libelle": "Achats", "total": "3", "lignes": [["a", "1"]]}
    income = {"libelle": "Ressources", "total": "3"}
    benevolat = {"compte": "86", "libelle": "Emplois", "total": "1"}
    dons = {"compte": "87", "libelle": "Contributions", "total": "1"}
    found = bloc_of(
        {
            "genre": "budget",
            "titre": "T",
            "legende": "L",
            "charges": [charge],
            "produits": [income],
            "total_charges": "3",
            "total_produits": "3",
            "contributions_charges": [benevolat],
            "contributions_produits": [dons],
            "total_general_charges": "4",
            "total_general_produits": "4",
            "notes": ["En euros."],
        }
    )
    assert {key: found[key] for key in ("titre", "legende", "notes")} == {
        "titre": "T",
        "legende": "L",
        "notes": ["En euros."],
    }
    totals = ("total_charges", "total_produits", "total_general_charges", "total_general_produits")
    assert [found[key] for key in totals] == ["3", "3", "4", "4"]
    assert found["contributions"] == [
        [
            {"libelle": f"86{NB}– Emplois", "montant": "1", "classe": "compte"},
            {"libelle": f"87{NB}– Contributions", "montant": "1", "classe": "compte"},
        ]
    ]
    assert found["contributions_charges"] == [{**benevolat, "lignes": [], "demande": False}]
    assert found["contributions_produits"] == [{**dons, "lignes": [], "demande": False}]


def test_a_budget_of_the_least_has_every_key_empty() -> None:
    found = bloc_of({"genre": "budget", "charges": [], "produits": [], "total_charges": "0", "total_produits": "0"})
    assert found == {
        "genre": "budget",
        "charges": [],
        "produits": [],
        "total_charges": "0",
        "total_produits": "0",
        "titre": "",
        "legende": "",
        "contributions_charges": [],
        "contributions_produits": [],
        "total_general_charges": "",
        "total_general_produits": "",
        "notes": [],
        "lignes": [],
        "contributions": [],
        "modele": "pdf/blocs/budget.html",
    }


BLOC = "contexte.sections[0].blocs[0]"


@pytest.mark.parametrize(
    ("broken", "message"),
    [
        ({"genre": "encadre"}, f"{BLOC}.paragraphes: manquant"),
        ({"genre": "liste"}, f"{BLOC}.elements: manquant"),
        ({"genre": "definitions"}, f"{BLOC}.lignes: manquant"),
        ({"genre": "definitions", "lignes": [["a", 1]]}, f"{BLOC}.lignes[0][1]: un texte est attendu"),
        ({"genre": "cases"}, f"{BLOC}.lignes: manquant"),
        ({"genre": "cases", "lignes": [["peut-être", "a"]]}, f"{BLOC}.lignes[0][0]: « oui » ou « non » est attendu"),
        ({"genre": "cases", "lignes": [["oui"]]}, f"{BLOC}.lignes[0]: deux textes sont attendus"),
        ({"genre": "peigne"}, f"{BLOC}.libelle: manquant"),
        ({"genre": "tableau"}, f"{BLOC}.entetes: manquant"),
        (
            {"genre": "tableau", "entetes": ["a", "b"], "lignes": [["1", "2"]], "pied": ["1"]},
            f"{BLOC}.lignes[1]: 1 cellules pour 2 colonnes",
        ),
        (
            {"genre": "tableau", "entetes": ["a"], "lignes": [], "numeriques": [-1]},
            f"{BLOC}.numeriques[0]: un entier est attendu",
        ),
        ({"genre": "budget"}, f"{BLOC}.charges: manquant"),
        (
            {"genre": "budget", "charges": [{}], "produits": [], "total_charges": "", "total_produits": ""},
            f"{BLOC}.charges[0].libelle: manquant",
        ),
    ],
)
def test_each_kind_of_block_says_where_it_is_broken(broken: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError) as refusal:
        papers.prepared(letter(broken))
    assert str(refusal.value) == message


@pytest.mark.parametrize("largeurs", [[100], [50, 45], [50, 55], [100, 0], [52, 48], [30, 30, 40]])
def test_widths_are_one_a_column_a_hundred_in_all_by_steps_of_five(largeurs: list[int]) -> None:
    with pytest.raises(ValueError, match="largeurs: une par colonne, 100 au total, par pas de 5"):
        bloc_of({"genre": "tableau", "entetes": ["a", "b"], "lignes": [], "largeurs": largeurs})


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"emetteur": {}}, "contexte.emetteur.nom: manquant"),
        ({"emetteur": {"nom": "a", "ville": "b"}}, "contexte.emetteur.ville: inconnu"),
        ({"destinataire": {"nom": "a", "lignes": [1]}}, "contexte.destinataire.lignes[0]: un texte est attendu"),
        ({"reperes": [["a"]]}, "contexte.reperes[0]: deux textes sont attendus"),
        ({"mentions": [1]}, "contexte.mentions[0]: un texte est attendu"),
        ({"signature": {"nom": 1}}, "contexte.signature.nom: un texte est attendu"),
        (
            {"sections": [{"blocs": [], "nouvelle_page": True}]},
            "contexte.sections[0].nouvelle_page: « oui » ou « non » est attendu",
        ),
    ],
)
def test_each_part_of_a_paper_says_where_it_is_broken(changes: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError) as refusal:
        papers.prepared(letter(**changes))
    assert str(refusal.value) == message


def test_a_line_break_of_another_system_is_one_line_break() -> None:
    assert papers.clean("un\r\ndeux\rtrois") == "un\ndeuxtrois"
