"""What the pages of a letter say: the next step, the line of each section, what is missing."""

from dataclasses import asdict
from datetime import timedelta

import pytest
from django.urls import reverse

from accounts.acteur import Acteur
from dossiers.states import EtatSection
from portal.demonstration.ecriture import save_letter_answers
from portal.demonstration.reponses import BESOINS
from projects.models import LettreIntention
from projects.selectors import (
    completion,
    letter_in_progress,
    letters_for_pages,
    ordered_request_sections,
    ordered_sections,
    own_letters,
    with_sections,
)
from projects.services.depositing import withdraw
from projects.services.opening import copy_letter, open_letter
from projects.states import EtatLettre
from projects.views import presenters, steps
from tests.factories.accounts import NOW
from tests.factories.projects import deposited_letter, porteur, ready_letter
from tests.projects.rows import plain

pytestmark = pytest.mark.django_db

STOP = "Vous pouvez vous arrêter à tout moment."


@pytest.fixture
def by() -> Acteur:
    return porteur()


def loaded(lettre: LettreIntention, by: Acteur) -> LettreIntention:
    return with_sections(letters_for_pages(by)).get(pk=lettre.pk)


def step(lettre: LettreIntention, by: Acteur, *, deposits: bool = True, suite=None) -> steps.Step:
    page = loaded(lettre, by)
    found = steps.next_step(
        page, ordered_sections(page), ordered_request_sections(page), deposits=deposits, now=NOW, suite=suite
    )
    return steps.Step(**plain(asdict(found)))


def section(lettre: LettreIntention, cle: str) -> str:
    return reverse("projects:section", args=[lettre.pk, cle])


# --- The next step ----------------------------------------------------------------------------------------


def test_a_new_letter_begins_with_its_association(by) -> None:
    lettre = open_letter(nom_cpts="CPTS du Lac", nom_association="", by=by, region="76", now=NOW)
    assert step(lettre, by) == steps.Step(
        "Prochaine étape : commencer « L’association »",
        f"10 parties à remplir, dans l’ordre que vous voulez. {STOP}",
        section(lettre, "association"),
        "Continuer",
    )


@pytest.mark.parametrize(
    ("etat", "verb"), [(EtatSection.EN_COURS, "compléter"), (EtatSection.A_COMMENCER, "commencer")]
)
def test_the_first_part_that_blocks_is_the_next_step(by, etat, verb) -> None:
    lettre = ready_letter(by, demande=False)
    lettre.sections.filter(cle__in=["acces", "besoins", "projet"]).update(etat=etat)
    found = step(lettre, by)
    assert (found.phrase, found.url) == (
        f"Prochaine étape : {verb} « Les besoins du territoire »",
        section(lettre, "besoins"),
    )
    assert found.detail == f"7 parties sont complètes sur 10. {STOP}"


def test_one_part_is_said_in_the_singular(by) -> None:
    lettre = open_letter(nom_cpts="CPTS du Lac", nom_association="", by=by, region="76", now=NOW)
    save_letter_answers(lettre, "besoins", BESOINS, by=by, now=NOW)
    assert step(lettre, by).detail == f"1 partie est complète sur 10. {STOP}"


def test_the_territory_has_its_own_page(by) -> None:
    lettre = ready_letter(by)
    lettre.sections.filter(cle="territoire").update(etat=EtatSection.EN_COURS)
    assert step(lettre, by).url == reverse("projects:territoire", args=[lettre.pk])


def test_the_request_comes_after_the_letter_and_not_at_all_when_it_is_set_aside(by) -> None:
    lettre = ready_letter(by)
    lettre.demande.sections.filter(cle="moyens").update(etat=EtatSection.EN_COURS)
    assert step(lettre, by).url == reverse("funding:section", args=[lettre.demande_id, "moyens"])
    LettreIntention.objects.filter(pk=lettre.pk).update(sans_demande=True)
    assert step(lettre, by).bouton == "Vérifier et déposer"


def test_when_all_is_written_who_may_deposit_deposits_and_the_others_ask_for_it(by) -> None:
    lettre = ready_letter(by)
    url = reverse("projects:verifier", args=[lettre.pk])
    assert step(lettre, by) == steps.Step(
        "Prochaine étape : vérifier vos réponses et déposer",
        "Tout ce que le dépôt demande est rempli.",
        url,
        "Vérifier et déposer",
    )
    waits = step(lettre, by, deposits=False)
    assert (waits.phrase, waits.url, waits.bouton) == (
        "Prochaine étape : faire déposer la lettre",
        url,
        "Vérifier les réponses",
    )


def test_once_deposited_there_is_nothing_to_do(by) -> None:
    found = step(deposited_letter(by), by)
    assert (found.phrase, found.url, found.bouton) == ("Rien à faire pour l’instant", "", "")
    assert found.detail.startswith("Le Guichet vérifie votre lettre")


def test_a_withdrawn_letter_leads_to_its_copy_then_to_the_letter_that_took_over(by) -> None:
    lettre = deposited_letter(by)
    withdraw(lettre=lettre, motif="Essai.", by=by, now=NOW)
    assert step(lettre, by).url == reverse("projects:reprendre", args=[lettre.pk])
    copy = copy_letter(lettre=lettre, by=by, now=NOW)
    assert letter_in_progress(lettre.dossier) == copy
    assert step(lettre, by, suite=copy).url == reverse("projects:lettre", args=[copy.pk])


# --- Lines of the task list ---------------------------------------------------------------------------------


def lines(lettre: LettreIntention, by: Acteur, *, now=NOW) -> dict[str, dict]:
    page = loaded(lettre, by)
    rows = presenters.tasks(page, ordered_sections(page), presenters.section_url, now=now)
    return {row["titre"]: row for row in plain(rows)}


def test_a_part_says_its_state_its_help_while_it_waits_and_who_wrote_it_last(by) -> None:
    lettre = open_letter(nom_cpts="CPTS du Lac", nom_association="", by=by, region="76", now=NOW)
    save_letter_answers(lettre, "besoins", {**BESOINS, "sources": ""}, by=by, now=NOW)
    found = lines(lettre, by)
    assert found["Les besoins du territoire"] == {
        "titre": "Les besoins du territoire",
        "url": section(lettre, "besoins"),
        "etat": {"libelle": "En cours", "ton": "warn"},
        "aide": "",
        "modifie": f"Modifié à 10 h 00 par {by.user}",
    }
    assert found["Le calendrier"]["aide"].startswith("Conseillé, sans bloquer le dépôt. ")
    assert found["L’association"]["aide"] == "Existante, ou en cours de création. Environ 5 minutes."
    assert found["L’association"]["etat"] == {"libelle": "À commencer", "ton": ""}


def test_another_day_is_named(by) -> None:
    lettre = open_letter(nom_cpts="CPTS du Lac", nom_association="", by=by, region="76", now=NOW)
    save_letter_answers(lettre, "besoins", BESOINS, by=by, now=NOW)
    found = lines(lettre, by, now=NOW + timedelta(days=1))["Les besoins du territoire"]
    assert found["modifie"] == f"Modifié le 16 novembre 2026 à 10 h 00 par {by.user}"
    assert found["etat"] == {"libelle": "Complet", "ton": "ok"}


def test_what_is_carried_over_asks_to_be_read(by) -> None:
    lettre = deposited_letter(by)
    withdraw(lettre=lettre, motif="Essai.", by=by, now=NOW)
    copy = copy_letter(lettre=lettre, by=by, now=NOW)
    assert lines(copy, by)["Les besoins du territoire"]["modifie"] == (
        "Repris de la lettre du 16/11/2026 : relisez et enregistrez"
    )


# --- What is missing ------------------------------------------------------------------------------------------


def test_what_is_missing_leads_to_its_field_and_what_only_advises_is_apart(by) -> None:
    lettre = ready_letter(by)
    lettre.sections.filter(cle="besoins").update(
        etat=EtatSection.EN_COURS, manques=[["id_sources", "Citez vos sources, même peu nombreuses."]]
    )
    lettre.sections.filter(cle="projet").update(etat=EtatSection.A_COMMENCER, manques=[])
    lettre.sections.filter(cle="calendrier").update(
        etat=EtatSection.EN_COURS, manques=[["id_etapes", "Indiquez au moins une étape."]]
    )
    lettre.demande.sections.filter(cle="moyens").update(etat=EtatSection.A_COMMENCER, manques=[])
    page = loaded(lettre, by)
    rows = (ordered_sections(page), ordered_request_sections(page))
    blocking = plain(presenters.missing(page, *rows, blocking=True))
    assert [(part["titre"], part["lignes"]) for part in blocking[:2]] == [
        (
            "Les besoins du territoire",
            [
                {
                    "message": "Citez vos sources, même peu nombreuses.",
                    "url": f"{section(lettre, 'besoins')}#div_id_sources",
                }
            ],
        ),
        (
            "Le projet, mission par mission",
            [{"message": "Partie à commencer.", "url": section(lettre, "projet")}],
        ),
    ]
    assert [part["lignes"][0]["url"] for part in blocking[2:]] == [
        reverse("funding:section", args=[lettre.demande_id, "moyens"])
    ]
    advice = presenters.missing(page, *rows, blocking=False)
    assert "Le calendrier" in [part["titre"] for part in advice]
    assert not {part["titre"] for part in advice} & {part["titre"] for part in blocking}


def test_a_complete_letter_lacks_nothing(by) -> None:
    page = loaded(ready_letter(by), by)
    assert presenters.missing(page, ordered_sections(page), ordered_request_sections(page), blocking=True) == []


# --- Facts and lists ------------------------------------------------------------------------------------------


def test_the_facts_of_a_draft_and_of_a_deposited_letter(by) -> None:
    draft = loaded(open_letter(nom_cpts="CPTS du Lac", nom_association="", by=by, region="76", now=NOW), by)
    assert presenters.facts(draft) == [{"fort": "", "texte": draft.dossier.association.nom}]
    assert presenters.size_of(draft) == ""
    page = loaded(deposited_letter(by), by)
    facts = [(fact["fort"], fact["texte"]) for fact in plain(presenters.facts(page))]
    assert facts[0] == ("OCC-31-2026-0001", "")
    assert facts[2][1] == f"taille {page.territoire.taille}"
    assert facts[3] == ("", f"{page.dossier.departement_pilote} (pilote)")
    assert plain(presenters.size_of(page)).endswith(f"habitants, taille {page.territoire.taille}")


@pytest.mark.parametrize(
    ("etat", "ton"),
    [("brouillon", "info"), ("incomplete", "warn"), ("validee", "ok"), ("refusee", "alert"), ("deposee", "")],
)
def test_a_state_has_its_words_and_its_tone(etat, ton) -> None:
    assert presenters.tag_of(LettreIntention(etat=etat)) == {"libelle": EtatLettre(etat).label, "ton": ton}


def test_an_instant_without_a_day_is_empty() -> None:
    assert presenters.day_of(None) == ""
    assert presenters.day_of(NOW) == "16 novembre 2026"


def test_drafts_come_first_then_the_latest_deposit(by) -> None:
    old = deposited_letter(by, nom="CPTS ancienne", now=NOW - timedelta(days=9))
    new = deposited_letter(by, nom="CPTS récente", now=NOW)
    draft = ready_letter(by, nom="CPTS en cours")
    deposited_letter(nom="CPTS d’une autre")
    assert [lettre.pk for lettre in own_letters(by)] == [draft.pk, new.pk, old.pk]
    assert completion(ordered_sections(loaded(draft, by))) == (10, 10)


def test_every_section_of_the_rubriques_has_its_line_and_no_other(by) -> None:
    page = loaded(ready_letter(by), by)
    assert [rubrique.cle for rubrique, _ in ordered_sections(page)] == [row.cle for _, row in ordered_sections(page)]
    LettreIntention.objects.filter(pk=page.pk).update(sans_demande=True)
    assert ordered_request_sections(loaded(page, by)) == []
