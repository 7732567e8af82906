"""The pages of a project being written: opened, written, checked, deposited."""

import io

import pikepdf
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from dossiers.models import Document, Piece
from projects.conseils import project_reserves
from projects.models import ProjetSante
from projects.services.projets.deciding import oppose
from projects.states import EtatProjet
from tests.factories.accounts import NOW, MembershipFactory, acteur
from tests.factories.bodies import decideur
from tests.factories.projects import transmitted_letter
from tests.factories.projets import (
    asked_project,
    deposited_project,
    draft,
    fresh,
    ready_project,
)
from tests.projects.projets.gestures import OPPOSITION, plain, rows, url, validated_letter

pytestmark = pytest.mark.django_db


# --- Opening ------------------------------------------------------------------------------------------


def test_a_validated_letter_leads_to_its_project(by, pages):
    lettre = validated_letter(by)
    page = pages.get(reverse("projects:lettre", args=[lettre.pk]))
    here = reverse("projects:projet_ouvrir", args=[lettre.pk])
    assert here in page.content.decode()
    assert pages.get(here).status_code == 200
    opened = pages.post(here, follow=True)
    projet = ProjetSante.objects.get(lettre=lettre)
    assert opened.redirect_chain == [(url("projet", projet), 302)]
    assert projet.etat == EtatProjet.BROUILLON
    assert "Repris de la lettre d’intention" in opened.content.decode()


def test_opening_twice_opens_one_project_and_the_draft_is_proposed_first(by, pages):
    lettre = validated_letter(by)
    here = reverse("projects:projet_ouvrir", args=[lettre.pk])
    first, second = pages.post(here), pages.post(here)
    projet = ProjetSante.objects.get()
    assert (first.url, second.url) == (url("projet", projet), url("projet", projet))
    assert url("projet", projet) in pages.get(here).content.decode()


def test_a_letter_that_waits_for_its_decision_opens_no_project(by, pages):
    lettre = transmitted_letter(by)
    here = reverse("projects:projet_ouvrir", args=[lettre.pk])
    assert (pages.get(here).status_code, pages.post(here).status_code) == (409, 409)
    assert ProjetSante.objects.count() == 0


def test_a_new_attempt_starts_from_the_opposed_one(by, pages, clock):
    projet = deposited_project(by)
    oppose(projet=projet, opposition=OPPOSITION, motivation="Voici pourquoi.", by=decideur(), now=NOW)
    page = pages.get(url("projet", projet)).content.decode()
    assert "L’ARS s’oppose à votre projet" in page
    assert url("projet_reprendre", projet) in page
    pages.post(url("projet_reprendre", projet))
    copy = ProjetSante.objects.get(copie_de=projet)
    assert copy.etat == EtatProjet.BROUILLON
    assert "Une nouvelle tentative a pris la suite" in pages.get(url("projet", projet)).content.decode()


def test_a_project_in_progress_has_no_new_attempt(by, pages):
    projet = deposited_project(by)
    assert pages.get(url("projet_reprendre", projet)).status_code == 409
    assert pages.post(url("projet_reprendre", projet)).status_code == 409
    assert ProjetSante.objects.count() == 1


# --- Writing ------------------------------------------------------------------------------------------


def test_the_task_list_says_each_section_and_each_mission(by, pages):
    page = pages.get(url("projet", draft(by)))
    assert len(rows(page, "taches")) == 11
    assert [mission["code"] for mission in rows(page, "missions")] == [
        "acces_soins",
        "parcours",
        "prevention",
        "crise_sanitaire",
        "qualite_pertinence",
        "accompagnement_ps",
    ]
    assert (
        rows(page, "etape").phrase == "Prochaine étape\u00a0: commencer «\u00a0L’association et les signataires\u00a0»"
    )


def test_a_section_is_saved_and_the_next_one_follows(by, pages):
    projet = draft(by)
    here = url("projet_section", projet, "diagnostic")
    assert pages.get(here).status_code == 200
    saved = pages.post(here, {"version": 0, "population": "Une population qui vieillit.", "continuer": "1"})
    assert saved.url == url("projet_section", projet, "gouvernance")
    assert projet.sections.get(cle="diagnostic").contenu["population"] == "Une population qui vieillit."


def test_an_autosave_answers_the_hour_and_a_late_one_is_a_conflict(by, pages):
    projet = draft(by)
    here = url("projet_section", projet, "usagers")
    first = pages.post(here, {"version": 0, "usagers": "Un collège d’usagers."}, headers={"X-Autosave": "1"})
    assert (first.status_code, first.json()["version"]) == (200, 1)
    late = pages.post(here, {"version": 0, "usagers": "Autre chose."}, headers={"X-Autosave": "1"})
    assert (late.status_code, late.json()["conflit"]) == (409, True)
    assert projet.sections.get(cle="usagers").contenu["usagers"] == "Un collège d’usagers."
    assert "Un collège d’usagers." in pages.post(here, {"version": 0, "usagers": "Autre chose."}).content.decode()


def test_the_territory_of_a_project_has_its_own_page(by, pages):
    projet = draft(by)
    assert pages.get(url("projet_section", projet, "territoire")).url == url("projet_territoire", projet)
    added = pages.post(url("projet_territoire_ajouter", projet), {"code": "31395", "q": "Muret"})
    assert added.url == url("projet_territoire", projet) + "?q=Muret"
    page = pages.get(added.url).content.decode()
    assert url("projet_territoire_retirer", projet) in page
    assert url("projet_section", projet, "diagnostic") in page
    assert projet.sections.get(cle="territoire").etat == "complet"


def test_the_territory_of_a_project_sent_back_is_drawn_again_in_a_version_of_its_own(by, pages):
    projet = asked_project(by, now=NOW)
    deposited = projet.territoire_id
    assert pages.get(url("projet_territoire", projet)).status_code == 200
    assert pages.post(url("projet_territoire_ajouter", projet), {"code": "31395"}).status_code == 302
    frozen = projet.dossier.territoires.order_by("numero").values_list("fige_at", flat=True)
    assert [day is None for day in frozen] == [False, True]
    projet.refresh_from_db()
    assert projet.territoire_id == deposited


def test_an_example_becomes_an_action_to_adapt_in_one_click(by, pages):
    projet = draft(by)
    here = url("projet_fiches", projet)
    themes = rows(pages.get(here), "missions")[0]["themes"]
    assert [theme.code for theme in themes] == ["medecin_traitant", "soins_non_programmes"]
    chosen = themes[0].exemples[0]
    added = pages.post(here, {"mission": "acces_soins", "exemple": chosen.code})
    assert added.url == url("projet_section", projet, "fiche-1")
    assert projet.sections.get(cle="fiche-1").contenu["intitule"] == chosen.intitule
    assert pages.get(added.url).status_code == 200


@pytest.mark.parametrize(
    "posted",
    [
        {"mission": "inconnue"},
        {"mission": "acces_soins", "exemple": "inconnu"},
        {"mission": "prevention", "exemple": "medecin_traitant-1"},
        {},
    ],
)
def test_an_action_of_no_mission_or_of_no_example_is_not_added(by, pages, posted):
    projet = draft(by)
    assert pages.post(url("projet_fiches", projet), posted).status_code == 404
    assert projet.sections.filter(cle__startswith="fiche-").count() == 0


def test_an_action_is_removed_after_a_page_that_says_what_is_lost(by, pages):
    projet = ready_project(by)
    here = url("projet_fiche_retirer", projet, "fiche-1")
    assert "Trouver un médecin traitant" in pages.get(here).content.decode()
    assert pages.post(here).url == url("projet_fiches", projet)
    assert not projet.sections.filter(cle="fiche-1").exists()
    assert pages.post(here).url == url("projet_fiches", projet)  # a second click
    assert pages.get(here).status_code == 404
    assert pages.get(url("projet_fiche_retirer", projet, "diagnostic")).status_code == 404


def test_the_advisers_of_a_project_are_those_of_its_file(by, pages):
    assert pages.get(url("projet_conseillers", draft(by))).status_code == 200


# --- One's own document -------------------------------------------------------------------------------


def pdf(pages: int = 1, *, password: str = "") -> bytes:
    made = pikepdf.new()
    for _ in range(pages):
        made.add_blank_page()
    out = io.BytesIO()
    made.save(out, encryption=pikepdf.Encryption(user=password, owner=password) if password else False)
    return out.getvalue()


def sent(content: bytes, name: str = "projet.pdf") -> dict[str, SimpleUploadedFile]:
    return {"fichier": SimpleUploadedFile(name, content, "application/pdf")}


def test_a_document_of_150_pages_is_joined_and_replaced(by, pages):
    projet = draft(by)
    chosen = pages.post(url("projet_forme", projet), {"forme": "document"}, follow=True)
    assert len(rows(chosen, "taches")) == 3
    here = url("projet_document", projet)
    assert pages.post(here, sent(pdf(150))).url == url("projet", projet)
    first = fresh(projet).document
    pages.post(here, sent(pdf(3), "projet-2.pdf"))
    assert (first.nom, fresh(projet).document.nom) == ("projet.pdf", "projet-2.pdf")


@pytest.mark.parametrize(
    ("content", "name", "said"),
    [
        (pdf(151), "long.pdf", "150"),
        (pdf(password="secret"), "secret.pdf", "protégé par un mot de passe"),
        (b"%PDF-1.7 rien", "casse.pdf", "abîmé"),
        (b"", "vide.pdf", "vide"),
        (b"Du texte", "projet.txt", ""),
    ],
)
def test_a_document_the_portal_does_not_keep_is_said_beside_its_field(by, pages, content, name, said):
    projet = draft(by)
    refused = pages.post(url("projet_document", projet), sent(content, name))
    assert refused.status_code == 422
    assert said in " ".join(rows(refused, "form").errors["fichier"])
    assert (fresh(projet).document, Piece.objects.count()) == (None, 0)


def test_a_document_of_51_megabytes_is_refused_before_it_is_kept(by, pages, settings):
    settings.PROJECT_MAX_BYTES = 1000
    projet = draft(by)
    refused = pages.post(url("projet_document", projet), sent(pdf(40)))
    assert refused.status_code == 413
    assert len(rows(refused, "form").errors["fichier"]) == 1
    assert Piece.objects.count() == 0


def test_an_unknown_form_is_not_chosen(by, pages):
    projet = draft(by)
    assert pages.post(url("projet_forme", projet), {"forme": "autre"}).status_code == 404
    assert fresh(projet).forme == "rubriques"


# --- Checking and depositing --------------------------------------------------------------------------


def test_what_blocks_is_listed_with_its_place(by, pages):
    page = pages.get(url("projet_verifier", draft(by)))
    assert [part["titre"] for part in rows(page, "manques")] == [
        "L’association et les signataires",
        "Le territoire",
        "Les besoins du territoire",
        "Les objectifs et les missions",
        "Les fiches-actions",
    ]
    assert "Déposer le projet de santé</button>" not in page.content.decode()


def test_the_dates_of_a_deposit_of_today_are_said_before_it(by, pages):
    page = plain(pages.get(url("projet_verifier", ready_project(by))))
    assert "le dernier jour de l’ARS est le 16 janvier 2027" in page
    assert "réputé validé le 17 janvier 2027" in page


def codes(projet: ProjetSante) -> list[str]:
    return sorted({reserve.code for reserve in project_reserves(projet, on=NOW.date())})


def test_a_deposit_needs_both_boxes_and_keeps_what_was_read(by, pages):
    projet = ready_project(by)
    here, read = url("projet_deposer", projet), codes(projet)
    assert read
    none = pages.post(here, {"reserve": read})
    assert (none.status_code, [e["ancre"] for e in rows(none, "erreurs")]) == (422, ["exact", "lues"])
    half = pages.post(here, {"reserve": read, "exact": "oui"})
    assert (half.status_code, [e["ancre"] for e in rows(half, "erreurs")]) == (422, ["lues"])
    done = pages.post(here, {"reserve": read, "exact": "oui", "lues": "oui"}, follow=True)
    projet = fresh(projet)
    assert projet.etat == EtatProjet.DEPOSE
    assert projet.versions.get().contenu["reserves"]
    assert Document.objects.filter(dossier=projet.dossier, modele="accuse_projet").count() == 1
    assert "Accusé de réception" in done.content.decode()


def test_a_page_opened_before_a_new_point_is_asked_to_be_read_again(by, pages):
    projet = ready_project(by)
    stale = codes(projet)[1:]
    refused = pages.post(url("projet_deposer", projet), {"reserve": stale, "exact": "oui", "lues": "oui"})
    assert refused.status_code == 422
    assert "De nouveaux points sont signalés" in refused.content.decode()
    assert fresh(projet).etat == EtatProjet.BROUILLON


def test_a_deposit_twice_is_one_deposit(by, pages):
    projet = ready_project(by)
    posted = {"reserve": codes(projet), "exact": "oui", "lues": "oui"}
    assert pages.post(url("projet_deposer", projet), posted).status_code == 302
    assert pages.post(url("projet_deposer", projet), posted).status_code == 409
    assert fresh(projet).versions.count() == 1


def test_a_person_who_only_writes_does_not_deposit(by, client):
    projet = ready_project(by)
    writer = acteur(MembershipFactory(organisation=by.membership.organisation, droits=["rediger"]))
    client.force_login(writer.user)
    page = client.get(url("projet_verifier", projet)).content.decode()
    assert "Une personne de votre association qui a le droit de déposer doit le faire." in page
    refused = client.post(url("projet_deposer", projet), {"reserve": codes(projet), "exact": "oui", "lues": "oui"})
    assert refused.status_code == 409
    assert fresh(projet).etat == EtatProjet.BROUILLON


def test_a_depositor_who_is_not_the_legal_representative_is_asked_for_a_power(by, client):
    projet = ready_project(by)
    other = acteur(MembershipFactory(organisation=by.membership.organisation, droits=["rediger", "deposer"]))
    client.force_login(other.user)
    assert "joignez d’abord son pouvoir" in client.get(url("projet_verifier", projet)).content.decode()
