"""What the ARS does on a projet de santé from its pages: each act says its effect, then does it at its day."""

from datetime import UTC, date, datetime, time
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from accounts.acteur import Acteur
from accounts.models import Envoi
from dossiers.models import Decision, Delai, DemandePieces, PieceDemandee, Reglage
from dossiers.services.pieces_demandees import answer_own
from projects.models import Avis, PreparationDecision, ProjetSante
from projects.services.projets.deciding import Opposition, oppose, validate
from projects.services.projets.pieces import contest_requirement
from projects.services.silence import passage
from projects.states import EtatProjet
from tests.factories.accounts import agent_client
from tests.factories.bodies import agent, decideur
from tests.factories.paper import scan
from tests.factories.projects import porteur
from tests.factories.projets import asked_project, deposited_project, fresh, give_pieces, required, useful
from tests.projects.rows import plain

pytestmark = pytest.mark.django_db


def at(day: str, hour: int = 9) -> datetime:
    return datetime.combine(date.fromisoformat(day), time(hour), tzinfo=UTC)


@pytest.fixture
def on(monkeypatch: pytest.MonkeyPatch) -> Any:
    """`on("2026-10-20")`: the day on which the pages are asked."""

    def travel(day: str, hour: int = 9) -> datetime:
        moment = at(day, hour)
        monkeypatch.setattr("guichet.kernel.http.timezone.now", lambda: moment)
        return moment

    return travel


def signed_in(by: Acteur | None = None) -> Client:
    return agent_client(Client(), (by or decideur()).user)


def url(projet: ProjetSante, name: str, *more: int) -> str:
    return reverse(f"projects:projet_{name}", args=[projet.pk, *more])


def text(response: Any) -> str:
    return str(plain(response.content.decode()))


def items(*rows: dict[str, str]) -> dict[str, str]:
    """What the page of a request posts, row by row."""
    return {f"items-{n}-{name}": value for n, row in enumerate(rows) for name, value in row.items()}


REQUIRED = {
    "intitule": "Délimitation du territoire",
    "requise": "exigee",
    "fondement": "CSP, art. L1434-12",
    "limite_le": "2026-10-30",
}
USEFUL = {"intitule": "Carte des trajets", "limite_le": "2026-10-30"}


# --- Pieces -------------------------------------------------------------------------------------------


def test_both_effects_are_said_before_the_request_leaves_with_the_doubt_of_the_texts(on: Any) -> None:
    projet = deposited_project(now=at("2026-09-03"))
    on("2026-09-20")
    page = text(signed_in().get(url(projet, "demander_pieces")))
    assert "Le dernier jour du 3 novembre 2026 tombe" in page
    assert "Le délai continue de courir : le dernier jour reste le 3 novembre 2026." in page
    assert "Aucun texte lu n’énumère les pièces d’un projet de santé, hors son territoire d’action" in page


def test_a_piece_required_by_a_text_stops_the_clock_and_a_useful_one_does_not(on: Any) -> None:
    stopped, running = deposited_project(now=at("2026-09-03")), deposited_project(now=at("2026-09-03"))
    on("2026-09-20")
    client = signed_in()
    done = client.post(url(stopped, "demander_pieces"), items(REQUIRED, USEFUL), follow=True)
    assert "Le délai de deux mois ne court pas" in text(done)
    assert (fresh(stopped).etat, fresh(stopped).delai.dernier_jour) == (EtatProjet.INCOMPLET, None)
    done = client.post(url(running, "demander_pieces"), items(USEFUL), follow=True)
    assert "Le délai ne change pas." in text(done)
    assert (fresh(running).etat, fresh(running).delai.dernier_jour) == (EtatProjet.DEPOSE, date(2026, 11, 3))


def test_a_required_piece_without_its_article_sends_nothing_and_keeps_what_was_typed(on: Any) -> None:
    projet = deposited_project(now=at("2026-09-03"))
    on("2026-09-20")
    refused = signed_in().post(url(projet, "demander_pieces"), items(REQUIRED | {"fondement": ""}))
    assert refused.status_code == 422
    assert "citez l’article du texte qui l’exige" in text(refused)
    assert 'value="Délimitation du territoire"' in refused.content.decode()
    assert not DemandePieces.objects.exists()


def test_adding_a_row_sends_nothing(on: Any) -> None:
    projet = deposited_project(now=at("2026-09-03"))
    on("2026-09-20")
    shown = signed_in().post(url(projet, "demander_pieces"), items(REQUIRED) | {"ajouter": "items"})
    assert shown.status_code == 200
    assert not DemandePieces.objects.exists()


def test_after_the_last_day_a_request_is_refused_and_says_since_when(on: Any) -> None:
    projet = deposited_project(now=at("2026-09-03"))
    on("2026-11-04")
    client = signed_in()
    page = text(client.get(url(projet, "demander_pieces")))
    assert "le silence vaut validation depuis le 4 novembre 2026" in page
    assert "Un texte l’exige-t-il" not in page
    late = client.post(url(projet, "demander_pieces"), items(REQUIRED | {"limite_le": "2026-11-30"}))
    assert late.status_code == 409
    assert not DemandePieces.objects.exists()
    assert client.post(url(projet, "demander_pieces"), items({"intitule": "Carte"})).status_code == 302
    assert (DemandePieces.objects.count(), fresh(projet).etat) == (1, EtatProjet.DEPOSE)


def answered_by_the_association(by: Acteur, projet: ProjetSante, *, now: datetime) -> PieceDemandee:
    item = PieceDemandee.objects.select_related("demande__dossier").get(demande__dossier=projet.dossier_id)
    answer_own(item=item, reponse="Voici.", pieces=[], fichier=scan("carte.png"), genre="autre", by=by, now=now)
    item.refresh_from_db()
    return item


def test_the_ars_reads_the_answer_the_day_it_came_and_says_that_it_does_not_conform(on: Any) -> None:
    by = porteur()
    projet = asked_project(by, required(now=at("2026-09-20")), now=at("2026-09-20"), projet=_at_three(by))
    item = answered_by_the_association(by, projet, now=at("2026-10-01"))
    on("2026-10-02")
    client = signed_in()
    page = client.get(reverse("projects:projet", args=[projet.pk]))
    assert "carte.png" in text(page)
    piece = item.pieces.get()
    assert client.get(reverse("dossiers:piece", args=[piece.pk])).status_code == 200
    assert signed_in(agent("cpam-31")).get(reverse("dossiers:piece", args=[piece.pk])).status_code == 404
    assert client.post(url(projet, "juger", item.pk), {"constat": ""}).status_code == 422
    assert client.post(url(projet, "juger", item.pk), {"constat": "Il manque le sud."}).status_code == 302
    item.refresh_from_db()
    assert (item.etat, item.constat) == ("non_conforme", "Il manque le sud.")
    assert Envoi.objects.filter(user=by.user, sujet__contains="non conforme").count() == 1
    assert client.post(url(projet, "juger", item.pk), {"constat": "Encore."}).status_code == 409


def _at_three(by: Acteur) -> ProjetSante:
    return deposited_project(by, now=at("2026-09-03"))


def test_what_came_by_post_is_kept_piece_by_piece_and_the_last_one_starts_the_two_months(on: Any) -> None:
    by = porteur()
    asked = (required(now=at("2026-09-20")), required("Liste des membres", now=at("2026-09-20")))
    projet = asked_project(by, *asked, now=at("2026-09-20"), projet=_at_three(by))
    first, second = PieceDemandee.objects.order_by("ordre")
    on("2026-10-15")
    client = signed_in()
    came = {f"recue_{first.pk}": "2026-10-05", f"mot_{first.pk}": "Par courrier.", f"scan_{first.pk}": scan()}
    done = client.post(url(projet, "recues"), came, follow=True)
    assert "Il manque encore une pièce exigée" in text(done)
    assert fresh(projet).etat == EtatProjet.INCOMPLET
    later = {f"recue_{second.pk}": "2026-10-12", f"mot_{second.pk}": "Remise en main propre."}
    done = client.post(url(projet, "recues"), later, follow=True)
    assert "Le dernier jour est le 12 décembre 2026" in text(done)
    assert (fresh(projet).etat, fresh(projet).delai.dernier_jour) == (EtatProjet.DEPOSE, date(2026, 12, 12))


def test_a_piece_in_two_parts_counts_at_the_day_of_the_last_and_keeps_what_the_first_said(on: Any) -> None:
    by = porteur()
    asked = (required(now=at("2026-09-20")), required("Liste des membres", now=at("2026-09-20")))
    projet = asked_project(by, *asked, now=at("2026-09-20"), projet=_at_three(by))
    first, second = PieceDemandee.objects.order_by("ordre")
    on("2026-10-20")
    client = signed_in()
    client.post(url(projet, "recues"), {f"recue_{first.pk}": "2026-10-12", f"mot_{first.pk}": "Le nord."})
    both = {
        f"recue_{first.pk}": "2026-10-09",
        f"mot_{first.pk}": "Le sud.",
        f"recue_{second.pk}": "2026-10-03",
        f"mot_{second.pk}": "La liste.",
    }
    client.post(url(projet, "recues"), both)
    first.refresh_from_db()
    assert (first.recue_le, first.reponse) == (date(2026, 10, 12), "Le nord.\nLe sud.")
    assert fresh(projet).delai.dernier_jour == date(2026, 12, 12)


def test_a_day_before_the_request_or_nothing_at_all_is_said_beside_its_field(on: Any) -> None:
    by = porteur()
    projet = asked_project(by, required(now=at("2026-09-20")), now=at("2026-09-20"), projet=_at_three(by))
    item = PieceDemandee.objects.get()
    on("2026-10-15")
    client = signed_in()
    wrong = client.post(url(projet, "recues"), {f"recue_{item.pk}": "2026-09-01", f"mot_{item.pk}": "Courrier."})
    assert wrong.status_code == 422
    assert "Cette date est avant la demande" in text(wrong)
    assert client.post(url(projet, "recues"), {}).status_code == 422
    unreadable = {f"recue_{item.pk}": "2026-10-01", f"scan_{item.pk}": scan("piece.pdf")}
    assert client.post(url(projet, "recues"), unreadable).status_code == 422
    item.refresh_from_db()
    assert item.etat == "attendue"


def test_giving_the_pieces_up_says_which_last_day_comes_back(on: Any) -> None:
    by = porteur()
    projet = asked_project(by, required(now=at("2026-09-20")), now=at("2026-09-20"), projet=_at_three(by))
    on("2026-10-15")
    client = signed_in()
    assert "Le dernier jour sera le 3 novembre 2026." in text(client.get(url(projet, "renoncer")))
    client.post(url(projet, "renoncer"), {"motif": "Aucun texte ne l’exige."})
    assert (fresh(projet).etat, fresh(projet).delai.dernier_jour) == (EtatProjet.DEPOSE, date(2026, 11, 3))


def test_giving_the_pieces_up_too_late_says_that_the_silence_has_spoken_and_records_it(on: Any) -> None:
    by = porteur()
    projet = asked_project(by, required(now=at("2026-09-20")), now=at("2026-09-20"), projet=_at_three(by))
    on("2026-11-20")
    client = signed_in()
    assert "le projet réputé validé depuis le 4 novembre 2026" in text(client.get(url(projet, "renoncer")))
    client.post(url(projet, "renoncer"), {"motif": "Aucun texte ne l’exige."})
    assert fresh(projet).etat == EtatProjet.VALIDE_TACITEMENT


def test_the_receipt_is_noted_where_the_region_so_sets_and_nowhere_else(on: Any) -> None:
    elsewhere = deposited_project(now=at("2026-09-03"))
    Reglage.objects.create(
        cle="point_de_reception", valeur="constat", applicable_du=date(2026, 9, 10), motif="Essai", source="Essai"
    )
    projet = deposited_project(now=at("2026-09-14"))
    assert projet.delai is None
    on("2026-09-20")
    client = signed_in()
    assert client.get(url(elsewhere, "constater")).status_code == 409
    assert "Constater la réception" in text(client.get(reverse("projects:projet", args=[projet.pk])))
    assert client.post(url(projet, "constater"), {"le": "2026-09-13"}).status_code == 422
    assert client.post(url(projet, "constater"), {"le": "2026-09-21"}).status_code == 422
    assert client.post(url(projet, "constater"), {"le": "2026-09-16"}).status_code == 302
    assert fresh(projet).delai.dernier_jour == date(2026, 11, 16)


# --- Decisions ----------------------------------------------------------------------------------------


def test_a_validation_waits_for_the_caisse_or_says_why_it_does_not(on: Any) -> None:
    projet = deposited_project(now=at("2026-09-14"))
    on("2026-10-01")
    client = signed_in()
    page = text(client.get(url(projet, "valider")))
    assert "n’a pas encore donné son avis" in page
    assert "Vous signez en vertu de : Décisions relatives aux CPTS (Arrêté de délégation n° 2026-01)" in page
    assert "jusqu’au 1 février 2027" in page.replace("1er", "1")
    assert client.post(url(projet, "valider"), {"motivation": ""}).status_code == 422
    done = client.post(url(projet, "valider"), {"motivation": "Oui.", "sans_attendre": "L’avis tarde."})
    assert done.status_code == 302
    taken = Decision.objects.get()
    assert (taken.nature, taken.donnees) == ("validation_projet", {"sans_attendre": "L’avis tarde."})
    assert fresh(projet).etat == EtatProjet.VALIDE
    assert client.post(url(projet, "valider"), {"sans_attendre": "Encore."}).status_code == 409


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({}, "motif"),
        ({"motif": "prs"}, "objectifs"),
        ({"motif": "territoire"}, "raison"),
        ({"motif": "prs", "objectifs": "Accès aux soins", "motivation": ""}, "motivation"),
    ],
)
def test_an_opposition_names_its_ground_what_it_rests_on_and_its_reasons(
    on: Any, given: dict[str, str], field: str
) -> None:
    projet = deposited_project(now=at("2026-09-14"))
    on("2026-10-01")
    refused = signed_in().post(url(projet, "opposer"), {"motivation": "Raisons.", **given})
    assert refused.status_code == 422
    assert f'href="#div_id_{field}"' in refused.content.decode()
    assert fresh(projet).etat == EtatProjet.DEPOSE


def test_an_opposition_keeps_the_data_of_its_ground_alone(on: Any) -> None:
    projet = deposited_project(now=at("2026-09-14"))
    on("2026-10-01")
    client = signed_in()
    page = text(client.get(url(projet, "opposer")))
    assert "la liste est vide tant que la région ne les a pas saisis" in page
    both = {"motif": "prs", "objectifs": "Objectif 1\n\nObjectif 2", "raison": "Oubliée.", "motivation": "Raisons."}
    assert client.post(url(projet, "opposer"), both).status_code == 302
    taken = Decision.objects.get()
    assert taken.donnees == {
        "motif": "prs",
        "objectifs": ["Objectif 1", "Objectif 2"],
        "raison": "",
        "dossier_en_conflit": "",
    }
    assert (fresh(projet).etat, Delai.objects.get().clos_par) == (EtatProjet.OPPOSE, "decision")


def test_the_objectives_of_the_region_and_the_files_that_overlap_are_offered(on: Any) -> None:
    Reglage.objects.create(
        cle="prs_objectifs",
        valeur=["Objectif 3", "Objectif 4"],
        applicable_du=date(2026, 9, 1),
        motif="PRS",
        source="PRS",
    )
    from tests.factories.projects import transmitted_letter

    other = transmitted_letter(nom="CPTS voisine")
    projet = deposited_project(now=at("2026-11-17"))
    on("2026-11-20")
    client = signed_in()
    page = text(client.get(url(projet, "opposer")))
    assert "Objectif 4" in page
    named = f"CPTS voisine ({other.dossier.reference})"
    assert named in page
    known = {"motif": "prs", "objectifs_connus": ["Objectif 4"], "objectifs": "Le mien", "motivation": "Raisons."}
    assert client.post(url(projet, "opposer"), known | {"objectifs_connus": ["Objectif 9"]}).status_code == 422
    conflict = {"motif": "territoire", "raison": "Deux communautés.", "dossier_en_conflit": named, "motivation": "Oui."}
    assert client.post(url(projet, "opposer"), conflict).status_code == 302
    assert Decision.objects.get().donnees["dossier_en_conflit"] == named


def test_the_delegation_prepares_and_whoever_signs_finds_its_words_and_remarks(on: Any) -> None:
    projet = deposited_project(now=at("2026-09-14"))
    on("2026-10-01")
    instructor, signer = signed_in(agent("dd-ars-31", droits=["instruire"])), signed_in()
    prepared = {
        "nature": "opposition_projet",
        "motif": "prs",
        "objectifs": "Accès aux soins",
        "motivation": "Rien sur l’accès aux soins.",
        "remarques": "Voir la page 12.",
    }
    assert instructor.post(url(projet, "preparer"), prepared | {"nature": ""}).status_code == 422
    assert instructor.post(url(projet, "preparer"), prepared).status_code == 302
    assert PreparationDecision.objects.get().donnees["objectifs"] == ["Accès aux soins"]
    page = text(signer.get(url(projet, "opposer")))
    assert "Voir la page 12." in page
    assert "Rien sur l’accès aux soins." in page
    assert "Voir la page 12." in text(signer.get(url(projet, "valider")))
    assert instructor.get(url(projet, "opposer")).status_code == 404
    for reader in (agent("cpam-31"), agent("guichet-occitanie")):
        read = text(signed_in(reader).get(reverse("projects:projet", args=[projet.pk])))
        assert "CPTS des Coteaux" in read
        assert "Voir la page 12." not in read
    signer.post(url(projet, "valider"), {"sans_attendre": "Urgence."})
    assert instructor.get(url(projet, "preparer")).status_code == 409


def test_after_the_last_day_a_decision_is_refused_with_the_ways_out(on: Any) -> None:
    projet = deposited_project(now=at("2026-09-14"))
    on("2026-11-15")
    client = signed_in()
    for name, given in (("valider", {"sans_attendre": "Urgence."}), ("opposer", {"motif": "prs", "objectifs": "x"})):
        assert client.get(url(projet, name)).status_code == 409
        refused = client.post(url(projet, name), {"motivation": "Raisons.", **given})
        assert refused.status_code == 409
        assert "Le dernier jour pour décider était le 14 novembre 2026" in text(refused)
        assert "retirée jusqu’au 14 mars 2027" in text(refused)


def test_nobody_signs_without_a_delegation_of_the_day(on: Any) -> None:
    projet = deposited_project(now=at("2026-09-14"))
    on("2026-10-01")
    by = decideur(fin_le=date(2026, 9, 30))
    refused = signed_in(by).post(url(projet, "valider"), {"sans_attendre": "Urgence."})
    assert refused.status_code == 409
    assert "a pris fin le 30 septembre 2026" in text(refused)
    assert fresh(projet).etat == EtatProjet.DEPOSE


def test_an_illegal_tacit_validation_is_withdrawn_until_the_fourth_month_the_cpts_heard(on: Any) -> None:
    projet, other = deposited_project(now=at("2026-09-14")), deposited_project(now=at("2026-09-14"))
    passage(now=at("2026-11-16"))
    on("2027-03-14")
    client = signed_in()
    assert "au plus tard le 14 mars 2027" in text(client.get(url(projet, "prononcer_retrait")))
    given = {"motivation": "Illégale.", "entendue_le": "2027-03-10"}
    assert client.post(url(projet, "prononcer_retrait"), given | {"entendue_le": ""}).status_code == 422
    assert client.post(url(projet, "prononcer_retrait"), given).status_code == 302
    assert fresh(projet).etat == EtatProjet.RETRAIT_PRONONCE
    on("2027-03-15")
    late = signed_in().post(url(other, "prononcer_retrait"), given)
    assert late.status_code == 409
    assert fresh(other).etat == EtatProjet.VALIDE_TACITEMENT


def test_an_opposition_is_given_up_on_an_appeal_and_the_project_validated(on: Any) -> None:
    projet = deposited_project(now=at("2026-09-14"))
    ground = Opposition(motif="prs", objectifs=("Accès aux soins",))
    oppose(projet=projet, opposition=ground, motivation="Raisons.", by=decideur(), now=at("2026-10-01"))
    on("2026-11-20")
    client = signed_in()
    given = {"fait": "Recours gracieux", "fait_le": "2026-10-20", "motivation": ""}
    assert client.post(url(projet, "rapporter"), given | {"fait_le": "2026-11-21"}).status_code == 422
    assert client.post(url(projet, "rapporter"), given).status_code == 302
    taken = Decision.objects.get(nature="rapport_projet")
    assert (fresh(projet).etat, taken.consolidation_le) == (EtatProjet.VALIDE, date(2027, 3, 20))
    page = text(client.get(reverse("dossiers:decision", args=[taken.pk])))
    assert "Recours gracieux, le 20 octobre 2026" in page
    assert "Retirable, si elle est illégale, jusqu’au" in page


def test_a_contested_requirement_shows_both_dates_to_the_ars(on: Any) -> None:
    by = porteur()
    projet = asked_project(by, required(now=at("2026-09-20")), now=at("2026-09-20"), projet=_at_three(by))
    contest_requirement(projet=projet, motif="Aucun texte ne la cite.", by=by, now=at("2026-09-25"))
    on("2026-10-01")
    page = text(signed_in().get(reverse("projects:projet", args=[projet.pk])))
    assert "Aucun texte ne la cite." in page
    assert "<strong>3 novembre 2026</strong>. Sans opposition, le projet serait réputé validé depuis le 4 nov" in page


def test_the_project_is_validated_without_a_reason_once_the_caisse_answered(on: Any) -> None:
    projet = deposited_project(now=at("2026-09-14"))
    Avis.objects.filter(organisation__genre="cpam").update(etat="abstention", rendu_at=at("2026-09-20"), qualite="CPAM")
    on("2026-10-01")
    client = signed_in()
    assert "Pourquoi ne pas attendre" not in text(client.get(url(projet, "valider")))
    assert client.post(url(projet, "valider"), {"motivation": ""}).status_code == 302
    assert fresh(projet).etat == EtatProjet.VALIDE


def test_a_decision_of_a_colleague_is_said_to_whoever_comes_second(on: Any) -> None:
    projet = deposited_project(now=at("2026-09-14"))
    first = decideur()
    on("2026-10-01")
    client = signed_in()
    assert client.get(url(projet, "opposer")).status_code == 200
    validate(projet=projet, sans_attendre="Urgence.", by=first, now=at("2026-10-01"))
    second = client.post(url(projet, "opposer"), {"motif": "prs", "objectifs": "x", "motivation": "Raisons."})
    assert second.status_code == 409
    assert "Validé" in text(second)


def test_useful_answers_are_read_with_their_request(on: Any) -> None:
    by = porteur()
    projet = asked_project(by, useful(now=at("2026-09-20")), now=at("2026-09-20"), projet=_at_three(by))
    give_pieces(projet, by=by, now=at("2026-09-25"))
    on("2026-10-01")
    page = text(signed_in().get(reverse("projects:projet", args=[projet.pk])))
    assert "Aucun texte n’exige ces pièces : elles ne changent rien au délai." in page
    assert "Voici la pièce." in page
