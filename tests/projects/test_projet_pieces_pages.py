"""The pieces of a projet de santé from the pages of the ARS: asked, judged, received outside, given up; their effect
on the clock is said first.
"""

from collections.abc import Callable
from datetime import date, datetime

import pytest
from django.test import Client
from django.urls import reverse

from accounts.acteur import Acteur
from accounts.models import Envoi
from dossiers.models import DemandePieces, PieceDemandee, Reglage
from dossiers.services.pieces_demandees import answer_own
from projects.models import ProjetSante
from projects.services.projets.depositing import complete
from projects.services.projets.pieces import contest_requirement
from projects.states import EtatProjet
from tests.factories.bodies import agent
from tests.factories.paper import scan
from tests.factories.projects import porteur
from tests.factories.projets import asked_project, deposited_project, fresh, give_pieces, required, useful
from tests.projects.projet_desk import at, received, signed_in, text, url

pytestmark = pytest.mark.django_db
On = Callable[[str], None]


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


def test_both_effects_are_said_before_the_request_leaves_with_the_doubt_of_the_texts(on: On) -> None:
    projet = deposited_project(now=at("2026-09-03"))
    on("2026-09-20")
    page = text(signed_in().get(url(projet, "demander_pieces")))
    assert "Le dernier jour du 3 novembre 2026 ne compte plus" in page
    assert "Le délai continue de courir : le dernier jour reste le 3 novembre 2026." in page
    assert "Aucun texte lu n’énumère les pièces d’un projet de santé, hors son territoire d’action" in page


def test_a_piece_required_by_a_text_stops_the_clock_and_a_useful_one_does_not(on: On) -> None:
    stopped, running = deposited_project(now=at("2026-09-03")), deposited_project(now=at("2026-09-03"))
    on("2026-09-20")
    client = signed_in()
    done = client.post(url(stopped, "demander_pieces"), items(REQUIRED, USEFUL), follow=True)
    assert "Le délai de deux mois ne court pas" in text(done)
    assert (fresh(stopped).etat, fresh(stopped).delai.dernier_jour) == (EtatProjet.INCOMPLET, None)
    done = client.post(url(running, "demander_pieces"), items(USEFUL), follow=True)
    assert "Le délai ne change pas." in text(done)
    assert (fresh(running).etat, fresh(running).delai.dernier_jour) == (EtatProjet.DEPOSE, date(2026, 11, 3))


def test_a_required_piece_without_its_article_sends_nothing_and_keeps_what_was_typed(on: On) -> None:
    projet = deposited_project(now=at("2026-09-03"))
    on("2026-09-20")
    refused = signed_in().post(url(projet, "demander_pieces"), items(REQUIRED | {"fondement": ""}))
    assert refused.status_code == 422
    assert "citez l’article du texte qui l’exige" in text(refused)
    assert 'value="Délimitation du territoire"' in refused.content.decode()
    assert not DemandePieces.objects.exists()


def test_adding_a_row_sends_nothing(on: On) -> None:
    projet = deposited_project(now=at("2026-09-03"))
    on("2026-09-20")
    shown = signed_in().post(url(projet, "demander_pieces"), items(REQUIRED) | {"ajouter": "items"})
    assert shown.status_code == 200
    assert not DemandePieces.objects.exists()


def test_after_the_last_day_a_request_is_refused_and_says_since_when(on: On) -> None:
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


def test_the_ars_reads_the_answer_the_day_it_came_and_says_that_it_does_not_conform(on: On) -> None:
    by = porteur()
    projet = asked_project(by, required(now=at("2026-09-20")), now=at("2026-09-20"), projet=received(by))
    item = answered_by_the_association(by, projet, now=at("2026-10-01"))
    on("2026-10-02")
    client = signed_in()
    page = client.get(url(projet))
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


def test_what_came_by_post_is_kept_piece_by_piece_and_the_last_one_starts_the_two_months(on: On) -> None:
    by = porteur()
    asked = (required(now=at("2026-09-20")), required("Liste des membres", now=at("2026-09-20")))
    projet = asked_project(by, *asked, now=at("2026-09-20"), projet=received(by))
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


def test_a_piece_in_two_parts_counts_at_the_day_of_the_last_and_keeps_what_the_first_said(on: On) -> None:
    by = porteur()
    asked = (required(now=at("2026-09-20")), required("Liste des membres", now=at("2026-09-20")))
    projet = asked_project(by, *asked, now=at("2026-09-20"), projet=received(by))
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


def test_a_day_before_the_request_or_nothing_at_all_is_said_beside_its_field(on: On) -> None:
    by = porteur()
    projet = asked_project(by, required(now=at("2026-09-20")), now=at("2026-09-20"), projet=received(by))
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


def test_giving_the_pieces_up_says_which_last_day_comes_back(on: On) -> None:
    by = porteur()
    projet = asked_project(by, required(now=at("2026-09-20")), now=at("2026-09-20"), projet=received(by))
    on("2026-10-15")
    client = signed_in()
    assert "Le dernier jour sera le 3 novembre 2026." in text(client.get(url(projet, "renoncer")))
    client.post(url(projet, "renoncer"), {"motif": "Aucun texte ne l’exige."})
    assert (fresh(projet).etat, fresh(projet).delai.dernier_jour) == (EtatProjet.DEPOSE, date(2026, 11, 3))


def test_giving_the_pieces_up_too_late_says_that_the_silence_has_spoken_and_records_it(on: On) -> None:
    by = porteur()
    projet = asked_project(by, required(now=at("2026-09-20")), now=at("2026-09-20"), projet=received(by))
    on("2026-11-20")
    client = signed_in()
    assert "le projet réputé validé depuis le 4 novembre 2026" in text(client.get(url(projet, "renoncer")))
    client.post(url(projet, "renoncer"), {"motif": "Aucun texte ne l’exige."})
    assert fresh(projet).etat == EtatProjet.VALIDE_TACITEMENT


def test_the_receipt_is_noted_where_the_region_so_sets_and_nowhere_else(on: On) -> None:
    elsewhere = deposited_project(now=at("2026-09-03"))
    Reglage.objects.create(
        cle="point_de_reception", valeur="constat", applicable_du=date(2026, 9, 10), motif="Essai", source="Essai"
    )
    projet = deposited_project(now=at("2026-09-14"))
    assert projet.delai is None
    on("2026-09-20")
    client = signed_in()
    assert client.get(url(elsewhere, "constater")).status_code == 409
    assert "Constater la réception" in text(client.get(url(projet)))
    assert client.post(url(projet, "constater"), {"le": "2026-09-13"}).status_code == 422
    assert client.post(url(projet, "constater"), {"le": "2026-09-21"}).status_code == 422
    assert client.post(url(projet, "constater"), {"le": "2026-09-16"}).status_code == 302
    assert fresh(projet).delai.dernier_jour == date(2026, 11, 16)


def test_a_contested_requirement_shows_both_dates_to_the_ars(on: On) -> None:
    by = porteur()
    projet = asked_project(by, required(now=at("2026-09-20")), now=at("2026-09-20"), projet=received(by))
    contest_requirement(projet=projet, motif="Aucun texte ne la cite.", by=by, now=at("2026-09-25"))
    on("2026-10-01")
    page = text(signed_in().get(url(projet)))
    assert "Aucun texte ne la cite." in page
    assert "<strong>3 novembre 2026</strong>. Sans opposition, réputé validé le 4 novembre 2026." in page


def test_a_contest_is_read_while_what_it_contests_is_awaited_and_not_beside_a_later_request(on: On) -> None:
    by = porteur()
    projet = asked_project(by, required(now=at("2026-09-20")), now=at("2026-09-20"), projet=received(by))
    contest_requirement(projet=projet, motif="Aucun texte ne la cite.", by=by, now=at("2026-09-25"))
    give_pieces(projet, by=by, now=at("2026-10-02"))
    complete(projet=projet, by=by, now=at("2026-10-02"))
    asked_project(by, required("Une autre", now=at("2026-10-10")), now=at("2026-10-10"), projet=fresh(projet))
    on("2026-10-12")
    association = Client()
    association.force_login(by.user)
    for reader in (signed_in(), association):
        assert "Aucun texte ne la cite." not in text(reader.get(url(projet)))
    assert "L’association dit qu’aucun texte ne l’exige" not in text(signed_in().get("/accueil/"))
    contest_requirement(projet=fresh(projet), motif="Celle-ci non plus.", by=by, now=at("2026-10-12"))
    for reader in (signed_in(), association):
        assert "Celle-ci non plus." in text(reader.get(url(projet)))
    assert "L’association dit qu’aucun texte ne l’exige" in text(signed_in().get("/accueil/"))


def test_useful_answers_are_read_with_their_request(on: On) -> None:
    by = porteur()
    projet = asked_project(by, useful(now=at("2026-09-20")), now=at("2026-09-20"), projet=received(by))
    give_pieces(projet, by=by, now=at("2026-09-25"))
    on("2026-10-01")
    page = text(signed_in().get(url(projet)))
    assert "Aucun texte n’exige ces pièces : elles ne changent rien au délai." in page
    assert "Voici la pièce." in page
