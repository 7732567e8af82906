"""The papers of a deposit: all that was typed, nothing that must stay hidden, and proofs that agree."""

import io
from datetime import UTC, datetime
from typing import Any

import pytest
from django.core.files.storage import default_storage
from pypdf import PdfReader

from accounts.acteur import Acteur
from accounts.models import Organisation
from dossiers.documents import digest
from dossiers.models import Document, Fondement
from dossiers.questions import RowsField
from dossiers.services.rendering import render_due
from dossiers.states import GenrePiece
from guichet.kernel.civil import date_longue
from guichet.kernel.papers import clean, prepared
from portal.demonstration.ecriture import save_letter_answers
from portal.demonstration.reponses import ASSOCIATION, BESOINS, LETTRE
from projects.models import LettreIntention
from projects.questions import letter_form
from projects.sections import RUBRIQUES
from projects.services.depositing import deposit
from projects.services.territoire import add_quartier
from tests.factories.accounts import NOW, MembershipFactory, acteur
from tests.factories.dossiers import PieceFactory
from tests.factories.projects import deposited_letter, porteur, ready_letter
from tests.projects.rows import words

pytestmark = pytest.mark.django_db

IBAN = str(ASSOCIATION["iban"])
TODAY = NOW.date()


def papers(lettre: LettreIntention) -> dict[str, dict[str, Any]]:
    """The frozen context of each paper of the file, by its template."""
    rows = Document.objects.filter(dossier=lettre.dossier_id)
    return {document.modele: document.contexte for document in rows}


def section(paper: dict[str, Any], titre: str) -> list[str]:
    return words(next(part["blocs"] for part in paper["sections"] if part["titre"] == titre))


def shown_answers(cle: str) -> list[str]:
    """What a person typed or chose in a section, as a reader should find it."""
    form = letter_form(cle, jour=TODAY)
    found = []
    for name, value in LETTRE[cle].items():
        field = form.fields[name]
        if name == "iban" or value == "":
            continue
        if isinstance(field, RowsField):
            found += [read(field.colonnes[column], cell) for row in value for column, cell in row.items()]
        else:
            found.append(read(field, value))
    return found


def read(field: Any, value: Any) -> str:
    if hasattr(field, "choices"):
        return str(dict(field.choices)[value])
    if field.__class__.__name__ == "DateField":
        return date_longue(field.to_python(value))
    return str(value)


# --- Everything that was typed --------------------------------------------------------------------------


@pytest.mark.parametrize("cle", LETTRE)
def test_every_answer_of_a_section_is_on_the_paper_under_its_title(cle: str) -> None:
    lettre = deposited_letter(nom=str(ASSOCIATION["nom_cpts"]), changes={"association": ASSOCIATION})
    rubrique = next(r for r in RUBRIQUES if r.cle == cle)
    printed = section(papers(lettre)["lettre"], rubrique.titre)
    expected = [text for text in shown_answers(cle) if text != str(ASSOCIATION["nom"])]
    assert [text for text in expected if text not in printed] == []
    assert len(expected) >= 2


def test_the_sections_of_the_paper_are_those_of_the_form_numbered_in_order_then_the_pieces() -> None:
    paper = papers(deposited_letter())["lettre"]
    titles = [(part["numero"], part["titre"]) for part in paper["sections"]]
    expected = [*(rubrique.titre for rubrique in RUBRIQUES), "Les pièces jointes"]
    assert titles == [(str(n), titre) for n, titre in enumerate(expected, 1)]


def test_the_territory_is_printed_with_its_figures_its_communes_and_the_reason_of_its_quarters() -> None:
    by = porteur()
    lettre = ready_letter(by)
    add_quartier(
        etape=lettre,
        code="31555",
        nom="Quartiers nord",
        population=98_000,
        source="Recensement de 2023",
        motif="Habitudes de soins.",
        by=by,
        now=NOW,
    )
    deposit(lettre=lettre, by=by, now=NOW)
    printed = section(papers(lettre)["lettre"], "Le territoire")
    assert "Toulouse – Quartiers nord" in printed
    assert "98\u00a0000" in printed
    reason = "Toulouse, Quartiers nord\u00a0: Habitudes de soins. Source de la population\u00a0: Recensement de 2023."
    assert reason in printed
    assert {"Baziège", "Nailloux", "Revel", "Villefranche-de-Lauragais", "31"} <= set(printed)


def test_each_piece_is_listed_with_its_kind_its_name_and_its_digest() -> None:
    by = porteur()
    lettre = ready_letter(by)
    statuts = PieceFactory(dossier=lettre.dossier, genre=GenrePiece.STATUTS, nom="statuts signés.pdf")
    PieceFactory(nom="ailleurs.pdf")
    deposit(lettre=lettre, by=by, now=NOW)
    found = papers(lettre)
    assert found["lettre"]["sections"][-1]["blocs"][0]["lignes"] == [
        ["Statuts de l’association", "statuts signés.pdf", statuts.sha256]
    ]
    assert ["Statuts de l’association\u00a0: statuts signés.pdf", statuts.sha256] in rows_of(found["accuse_lettre"])
    assert not any("ailleurs.pdf" in text for paper in found.values() for text in words(paper))


def test_without_a_piece_the_paper_says_so() -> None:
    paper = papers(deposited_letter())["lettre"]
    assert paper["sections"][-1]["blocs"] == [{"genre": "texte", "paragraphes": ["Aucune pièce jointe."]}]


HARD = {
    "balises": "<script>alert('x')</script> & &amp; {{ variable }} {% tag %}",
    "accents": "Œuvre à Hénin, «\u00a0naïve\u00a0»\u00a0; cœur — 12 %\u00a0; ½\u00a0; ٣",
    "emoji": "🩺 équipe 👩🏽‍⚕️",
    "droite à gauche": "مرحبا בשלום",
    "combinants": "Le\u0301a et Zoe\u0308",
    "mot sans fin": "x" * 900,
    "lignes": "première\n\n\n  deuxième\r\ntroisième\x0bquatrième\u2028cinquième",
    "espaces": "mille\u202f000\u2009€\u00a0; fin",
}


@pytest.mark.parametrize("name", HARD)
def test_no_text_is_lost_between_the_keyboard_and_the_paper(name: str) -> None:
    by = porteur()
    lettre = ready_letter(by)
    save_letter_answers(lettre, "besoins", {**BESOINS, "population": HARD[name]}, by=by, now=NOW)
    deposit(lettre=lettre, by=by, now=NOW)
    printed = "".join(section(prepared(papers(lettre)["lettre"]), "Les besoins du territoire"))
    expected = [clean(line) for line in HARD[name].splitlines() if line.strip()]
    assert [line for line in expected if squeezed(line) not in squeezed(printed)] == []


def squeezed(text: str) -> str:
    return "".join(text.split())


def test_the_drawn_paper_reads_as_its_context(tmp_path: Any, settings: Any) -> None:
    storage = {**settings.STORAGES["default"], "OPTIONS": {"location": str(tmp_path), "base_url": None}}
    settings.STORAGES = {**settings.STORAGES, "default": storage}
    by = porteur()
    lettre = ready_letter(by, changes={"besoins": {"population": "<b>gras</b> & « guillemets » " + "m" * 300}})
    deposit(lettre=lettre, by=by, now=NOW)
    render_due(now=NOW)
    for document in Document.objects.filter(dossier=lettre.dossier_id):
        assert document.erreur == ""
        with default_storage.open(document.fichier.name) as stored:
            pages = [page.extract_text() for page in PdfReader(io.BytesIO(stored.read())).pages]
        drawn = squeezed("".join(pages)).replace("\u00ad", "")
        for text in words(prepared(document.contexte)["titre"]):
            assert squeezed(text) in drawn
        if document.modele == "lettre":
            assert "<b>gras</b>&«guillemets»" in drawn
            assert drawn.count("m" * 40) >= 5


# --- What must stay hidden -------------------------------------------------------------------------------


def test_the_bank_account_is_masked_on_every_paper() -> None:
    by = porteur()
    found = papers(deposited_letter(by))
    for paper in found.values():
        text = squeezed("".join(words(paper)))
        assert IBAN not in text
        assert IBAN[4:-4] not in text
    assert "FR76\u00a0••••\u00a00189" in section(found["lettre"], "L’association")


# --- Contexts the printer accepts, proofs that agree -------------------------------------------------------


@pytest.mark.parametrize("demande", [True, False])
def test_every_paper_follows_the_contract(demande: bool) -> None:
    found = papers(deposited_letter(demande=demande))
    expected = {"lettre", "accuse_lettre"} | ({"demande", "accuse_demande"} if demande else set())
    assert set(found) == expected
    for contexte in found.values():
        assert prepared(contexte)["reference"] == "OCC-31-2026-0001"


def test_an_almost_empty_letter_still_follows_the_contract() -> None:
    by = porteur()
    lettre = ready_letter(by, demande=False)
    lettre.sections.exclude(cle__in=["territoire", "financement"]).update(contenu={})
    deposit(lettre=lettre, by=by, now=NOW)
    for contexte in papers(lettre).values():
        assert prepared(contexte)


def rows_of(receipt: dict[str, Any]) -> list[list[str]]:
    return [row for bloc in receipt["sections"][0]["blocs"] for row in bloc.get("lignes", [])]


def test_a_receipt_prints_the_digest_of_the_very_context_that_is_kept() -> None:
    found = papers(deposited_letter())
    assert ["Lettre d’intention", digest(found["lettre"])] in rows_of(found["accuse_lettre"])
    assert rows_of(found["accuse_demande"]) == [["Demande de subvention (FIR)", digest(found["demande"])]]


def test_a_receipt_says_when_what_by_whom_and_under_which_reference() -> None:
    by = porteur()
    lettre = deposited_letter(by)
    found = papers(lettre)
    for modele, what in (("accuse_lettre", "lettre d’intention"), ("accuse_demande", "demande de subvention")):
        assert found[modele]["objet"] == f"Enregistrement de votre {what}"
        assert found[modele]["sections"][0]["blocs"][0]["paragraphes"] == [
            f"Votre {what} pour la CPTS «\u00a0CPTS des Coteaux\u00a0» a été enregistrée le "
            "16 novembre 2026 à 10\u00a0h\u00a000 (heure de Paris) sous la référence OCC-31-2026-0001.",
            f"Elle a été déposée par {by.user} ({by.qualite}).",
        ]
        assert found[modele]["emetteur"]["nom"] == Organisation.objects.get(code="guichet-occitanie").nom
        assert found[modele]["destinataire"]["nom"] == lettre.dossier.association.nom
        assert found[modele]["mentions"] == [Fondement.objects.get(cle="accuse_enregistrement").article]


def test_only_the_receipt_of_the_request_speaks_of_a_silence_that_rejects() -> None:
    found = papers(deposited_letter())
    assert any("silence de l’ARS vaudrait rejet" in text for text in words(found["accuse_demande"]))
    assert not any("silence" in text for text in words(found["accuse_lettre"]))


def test_before_the_article_was_in_force_a_receipt_cites_none() -> None:
    Fondement.objects.filter(cle="accuse_enregistrement").update(applicable_du="2027-01-01")
    assert papers(deposited_letter())["accuse_lettre"]["mentions"] == []


def test_the_hour_of_a_receipt_is_that_of_paris() -> None:
    lettre = deposited_letter(now=datetime(2026, 7, 1, 22, 5, tzinfo=UTC))
    printed = words(papers(lettre)["accuse_lettre"])
    assert any("enregistrée le 2 juillet 2026 à 0\u00a0h\u00a005 (heure de Paris)" in text for text in printed)


def test_the_depositor_is_named_in_the_capacity_it_had() -> None:
    lettre = ready_letter()
    colleague: Acteur = acteur(
        MembershipFactory(
            organisation=Organisation.objects.get(pk=lettre.dossier.association_id),
            droits=["deposer"],
            fonction="Trésorier",
        )
    )
    PieceFactory(dossier=lettre.dossier, genre=GenrePiece.POUVOIR)
    deposit(lettre=lettre, by=colleague, now=NOW)
    qualite = f"Trésorier, {lettre.dossier.association.nom}"
    assert any(f"{colleague.user} ({qualite})" in text for text in words(papers(lettre)["accuse_lettre"]))
