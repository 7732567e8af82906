"""The pages of a request: what they refuse, what they keep, what they compute."""

import pytest
from django.urls import reverse

from dossiers.states import EtatSection
from funding.sections import (
    ATTESTATIONS,
    BUDGET_ASSOCIATION,
    BUDGET_PROJET,
    CHIFFRAGE,
    DEMANDE,
    MOYENS,
    RUBRIQUES,
)
from funding.selectors import budget_lines
from funding.services.requests import prefill
from funding.states import GenreBudget
from tests.factories.accounts import NOW
from tests.factories.dossiers import porteur
from tests.factories.funding import (
    CHIFFRAGE_POSTE,
    REPONSES,
    demande_prete,
    demande_vide,
    section_url,
    signed_in,
    write,
    write_budget,
)

pytestmark = pytest.mark.django_db
CLES = [rubrique.cle for rubrique in RUBRIQUES]


# --- Writing -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("cle", CLES)
def test_every_section_opens_empty_and_filled(cle: str) -> None:
    for demande, by in (demande_vide(), demande_prete()):
        page = signed_in(by).get(section_url(demande, cle))

        assert page.status_code == 200
        assert len(page.content) < 60_000


@pytest.mark.parametrize("cle", [DEMANDE, MOYENS, ATTESTATIONS])
def test_a_section_is_saved_then_leads_to_the_next(cle: str) -> None:
    demande, by = demande_vide()

    answer = signed_in(by).post(section_url(demande, cle), {**REPONSES[cle], "version": "0", "continuer": "1"})

    assert answer.status_code == 302
    section = demande.sections.get(cle=cle)
    assert (section.etat, section.version, section.manques) == (EtatSection.COMPLET, 1, [])
    following = CLES[CLES.index(cle) + 1 :]
    assert answer.url == (
        section_url(demande, following[0]) if following else reverse("funding:demande", args=[demande.pk])
    )


def test_a_budget_typed_with_spaces_and_symbols_is_saved_in_whole_euros() -> None:
    demande, by = demande_vide()

    signed_in(by).post(
        section_url(demande, BUDGET_ASSOCIATION),
        {
            "version": "0",
            "exercice": "2027",
            "m_62_honoraires": "12 500 €",
            "m_74_commune": "12500",
            "d_74_commune": "Auterive",
        },
    )

    exercice, montants, details = budget_lines(demande, GenreBudget.ASSOCIATION)
    assert (exercice, montants, details) == (
        2027,
        {"62_honoraires": 12500, "74_commune": 12500},
        {"74_commune": "Auterive"},
    )
    assert demande.sections.get(cle=BUDGET_ASSOCIATION).etat == EtatSection.COMPLET


def test_zero_people_is_an_answer() -> None:
    demande, by = demande_vide()

    section = write(
        demande,
        MOYENS,
        {**REPONSES[MOYENS], "benevoles": "0", "adherents": "", "adherents_hommes": "", "adherents_femmes": ""},
        by=by,
    )

    assert [field for field, _ in section.manques] == ["id_adherents"]


def test_an_unticked_attestation_is_missing_by_its_own_words() -> None:
    demande, by = demande_vide()

    section = write(demande, ATTESTATIONS, {**REPONSES[ATTESTATIONS], "charte": ""}, by=by)

    assert section.etat == EtatSection.EN_COURS
    assert section.manques == [
        [
            "id_charte",
            "Cochez\u00a0: «\u00a0L’association respecte les principes de la charte des engagements réciproques "
            "du 14 février 2014.\u00a0»",
        ]
    ]


def test_autosave_answers_in_json_with_the_version_to_send_next() -> None:
    demande, by = demande_vide()

    answer = signed_in(by).post(
        section_url(demande, DEMANDE), {"version": "0", "intitule": "Un titre"}, headers={"X-Autosave": "1"}
    )

    assert answer.status_code == 200
    assert answer.json()["version"] == 1
    assert answer.json()["etat"] == EtatSection.EN_COURS


# --- Bad input -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("cle", "data", "phrase"),
    [
        (DEMANDE, {"objectifs": "a" * 6001}, "6000"),
        (DEMANDE, {"montant": "12 000,50"}, "en euros entiers"),
        (DEMANDE, {"montant": "-5"}, "ne peut pas être négatif"),
        (DEMANDE, {"date_debut": "2027-05-01", "date_fin": "2027-04-30"}, "précède son début"),
        (DEMANDE, {"forme": "troc"}, "Sélectionnez un choix valide"),
        (
            MOYENS,
            {"adherents": "3", "adherents_hommes": "2", "adherents_femmes": "2"},
            "plus nombreux que les adhérents",
        ),
        (MOYENS, {"salaries_etpt": "NaN"}, "Donnez un nombre"),
        (MOYENS, {"salaries_etpt": "1e9"}, "Donnez un nombre"),
        (CHIFFRAGE, {"temps-0-nature": "inconnue", "temps-0-heures": "3"}, "Sélectionnez un choix valide"),
        (BUDGET_PROJET, {"exercice": "2027", "m_65": "beaucoup"}, "n’est pas lisible"),
        (BUDGET_PROJET, {"exercice": "2027", "m_65": "10,20"}, "en euros entiers"),
        (BUDGET_PROJET, {"exercice": "27"}, "2000"),
        (BUDGET_PROJET, {"exercice": ""}, "Indiquez l’année du budget"),
        (BUDGET_PROJET, {"exercice": "2027", "m_74_etat": "10", "d_74_etat": "x" * 161}, "160"),
    ],
)
def test_what_cannot_be_kept_is_said_with_422_and_nothing_is_written(
    cle: str, data: dict[str, str], phrase: str
) -> None:
    demande, by = demande_vide()

    page = signed_in(by).post(section_url(demande, cle), {"version": "0", **data})

    assert page.status_code == 422
    assert phrase in page.content.decode()
    assert all(value[:200] in page.content.decode() for value in data.values() if value not in ("troc", "inconnue"))
    assert demande.sections.get(cle=cle).version == 0
    assert not demande.budgets.exists()


@pytest.mark.parametrize("cle", ["inconnue", "identite", "budget"])
def test_a_forged_section_is_a_404(cle: str) -> None:
    demande, by = demande_vide()
    client = signed_in(by)

    assert client.get(section_url(demande, cle)).status_code == 404
    assert client.post(section_url(demande, cle), {"version": "0"}).status_code == 404


def test_a_forged_line_of_the_budget_is_not_read() -> None:
    demande, by = demande_vide()

    signed_in(by).post(
        section_url(demande, BUDGET_PROJET), {"version": "0", "exercice": "2027", "m_65": "10", "m_99": "1000"}
    )

    assert budget_lines(demande, GenreBudget.PROJET)[1] == {"65": 10}


@pytest.mark.parametrize("version", ["", "-1", "9" * 30, "zéro"])
def test_a_forged_version_never_overwrites(version: str) -> None:
    demande, by = demande_vide()
    write(demande, DEMANDE, {"intitule": "Le premier texte"}, by=by)

    page = signed_in(by).post(section_url(demande, DEMANDE), {"version": version, "intitule": "Le second texte"})

    assert page.status_code == 409
    assert demande.sections.get(cle=DEMANDE).contenu["intitule"] == "Le premier texte"


def test_two_writers_both_find_their_text_and_nothing_is_overwritten() -> None:
    demande, by = demande_vide()
    other = porteur(demande.dossier, droits=["rediger"])
    write(demande, DEMANDE, {"intitule": "Le texte de la première"}, by=by)

    page = signed_in(other).post(section_url(demande, DEMANDE), {"version": "0", "intitule": "Le texte du second"})

    assert page.status_code == 409
    assert "Le texte de la première" in page.content.decode()
    assert "Le texte du second" in page.content.decode()
    assert demande.sections.get(cle=DEMANDE).contenu["intitule"] == "Le texte de la première"


def test_a_budget_written_by_two_people_shows_both_amounts() -> None:
    demande, by = demande_vide()
    write_budget(demande, GenreBudget.PROJET, {"65": "111"}, by=by)

    page = signed_in(by).post(section_url(demande, BUDGET_PROJET), {"version": "0", "exercice": "2027", "m_65": "222"})

    assert page.status_code == 409
    assert "111" in page.content.decode()
    assert "222" in page.content.decode()
    assert budget_lines(demande, GenreBudget.PROJET)[1] == {"65": 111}


def test_an_unbalanced_budget_is_saved_and_the_page_says_by_how_much() -> None:
    demande, by = demande_vide()
    client = signed_in(by)

    client.post(section_url(demande, BUDGET_PROJET), {"version": "0", "exercice": "2027", "m_65": "100", "m_70": "60"})
    page = client.get(section_url(demande, BUDGET_PROJET)).content.decode()

    assert "Il manque 40\u00a0€ de produits pour équilibrer le budget." in page
    assert "Ce brouillon est gardé tel quel" in page


def test_the_share_of_the_subsidy_is_computed() -> None:
    demande, by = demande_prete()

    page = signed_in(by).get(section_url(demande, BUDGET_PROJET)).content.decode()

    assert "Il représente 92,6\u00a0% des produits du projet." in page  # 25 000 of 27 000


def test_the_needs_show_their_reason_and_the_account_they_go_to() -> None:
    demande, by = demande_vide()
    write(demande, CHIFFRAGE, CHIFFRAGE_POSTE, by=by)

    page = signed_in(by).get(section_url(demande, CHIFFRAGE)).content.decode()

    assert "12\u00a0×\u00a07,5\u00a0h\u00a0×\u00a061,11\u00a0€" in page
    assert "5\u00a0499,90\u00a0€" in page
    assert "62 – Rémunérations intermédiaires et honoraires" in page
    assert "19\u00a0280,29\u00a0€" in page  # 8 505 + 5 499,90 + 275,40 + 4 999,99


def test_needs_are_saved_and_counted_on_the_same_page() -> None:
    demande, by = demande_vide()

    answer = signed_in(by).post(section_url(demande, CHIFFRAGE), {**CHIFFRAGE_POSTE, "version": "0", "rester": "1"})

    assert answer.url == f"{section_url(demande, CHIFFRAGE)}#besoins"


def test_needs_are_carried_once_and_a_stale_budget_is_a_409() -> None:
    demande, by = demande_vide()
    write(demande, CHIFFRAGE, CHIFFRAGE_POSTE, by=by)
    client = signed_in(by)
    address = reverse("funding:reporter", args=[demande.pk])

    first = client.post(address, {"version_budget": "0"})
    write_budget(demande, GenreBudget.PROJET, {"65": "5"}, by=by)
    second = client.post(address, {"version_budget": "0"})

    assert (first.status_code, second.status_code) == (302, 409)
    assert budget_lines(demande, GenreBudget.PROJET)[1] == {"65": 5}


def test_beside_the_amount_the_unknown_maximum_is_said_and_other_regions_are_named() -> None:
    demande, by = demande_vide()

    page = signed_in(by).get(section_url(demande, DEMANDE)).content.decode()

    assert "Le maximum de la région n’est pas connu du portail." in page
    assert "Bourgogne-Franche-Comté" in page
    assert "25\u00a0000\u00a0€" in page


# --- What is carried over -----------------------------------------------------------------------------------


def test_what_the_letter_says_is_carried_over_marked_and_waits_to_be_read() -> None:
    demande, by = demande_vide()
    values = {DEMANDE: {"intitule": "Repris tel quel", "territoire": "Deux communes", "moyens": ""}}

    written = prefill(demande=demande, valeurs=values, source="la lettre", by=by, now=NOW)
    again = prefill(demande=demande, valeurs=values, source="la lettre", by=by, now=NOW)

    section = demande.sections.get(cle=DEMANDE)
    assert (written, again) == ([DEMANDE], [])
    assert (section.repris_de, section.etat) == ("la lettre", EtatSection.EN_COURS)
    assert section.manques == [["id_intitule", "Relisez ce qui est repris de la lettre, puis enregistrez."]]
    assert section.contenu == {"intitule": "Repris tel quel", "territoire": "Deux communes"}
    assert "Repris de la lettre" in signed_in(by).get(section_url(demande, DEMANDE)).content.decode()


def test_nothing_is_carried_over_what_a_person_saved() -> None:
    demande, by = demande_vide()
    write(demande, DEMANDE, {"intitule": "Le mien"}, by=by)

    assert prefill(demande=demande, valeurs={DEMANDE: {"intitule": "Autre"}}, source="la lettre", by=by, now=NOW) == []
    assert demande.sections.get(cle=DEMANDE).contenu["intitule"] == "Le mien"
