"""The sentences that explain a legal date."""

import pytest

from guichet.kernel.deadlines import Depart
from guichet.kernel.explanations import explain
from tests.kernel.ledgers import NB, acceptation, d, piece, rejet

PRUDENCE = "Par prudence, les alertes visent la veille, le {} (l’heure à laquelle la décision naît est discutée)."


class TestExplanation:
    def test_a_complete_project(self):
        assert explain(acceptation("2026-09-15")) == [
            "L’administration compétente a le dossier depuis le 15 septembre 2026.",
            "Le délai de deux mois court à partir du 15 septembre 2026 (CRPA, article L114-3).",
            "De quantième à quantième, le dernier jour est le 15 novembre 2026, jusqu’à la fin du jour, heure de"
            " Paris.",
            f"Ce jour est un dimanche{NB}: cela ne prolonge pas le délai.",
            "Sans opposition notifiée d’ici là, le projet est réputé validé à partir du 16 novembre 2026"
            " (CSP, article L1434-12).",
            f"Cette validation, si elle est illégale, peut être retirée jusqu’au 15 mars 2027{NB}: quatre mois comptés"
            " depuis le dernier jour (CRPA, article L242-1).",
            PRUDENCE.format("14 novembre 2026"),
        ]

    def test_a_project_whose_pieces_moved_its_origin(self):
        result = acceptation(
            "2026-09-03",
            piece("2026-09-20", "2026-10-12", "2026-10-15", intitule="Statuts", fondement="CSP, article L1434-12"),
            piece("2026-09-05", "2026-09-06", "2026-09-07", requise=False, fondement="aucun"),
            piece("2026-09-21", "2026-10-01"),
            piece("2026-09-22", renoncee_le=d("2026-09-30")),
            piece("2027-01-04"),
        )
        assert explain(result, au=d("2026-10-12"))[1:7] == [
            "Pièce utile, qu’aucun texte n’exige, demandée le 5 septembre 2026, reçue le 6 septembre 2026,"
            f" limite le 7 septembre 2026{NB}: sans effet sur le délai (CRPA, article L114-5).",
            f"«{NB}Statuts{NB}», pièce exigée par un texte (CSP, article L1434-12), demandée le 20 septembre 2026,"
            f" reçue le 12 octobre 2026, limite le 15 octobre 2026{NB}: le délai ne court pas avant sa réception"
            f" (CRPA, article L114-5){NB}; la limite n’y change rien.",
            "Pièce exigée par un texte, demandée le 21 septembre 2026, reçue le 1er octobre 2026"
            f"{NB}: le délai ne court pas avant sa réception (CRPA, article L114-5).",
            "Pièce exigée par un texte, demandée le 22 septembre 2026, abandonnée le 30 septembre 2026"
            f"{NB}: le délai se compte comme si elle n’avait pas été demandée.",
            f"Pièce exigée par un texte, demandée le 4 janvier 2027, non reçue{NB}: sans effet, car demandée après le"
            " dernier jour.",
            "Le délai de deux mois court à partir du 12 octobre 2026 (CRPA, articles L114-3 et L114-5).",
        ]

    def test_a_project_that_waits_for_a_piece(self):
        assert explain(acceptation("2026-09-03", piece("2026-09-20")), au=d("2026-10-01")) == [
            "L’administration compétente a le dossier depuis le 3 septembre 2026.",
            f"Pièce exigée par un texte, demandée le 20 septembre 2026, non reçue{NB}: le délai ne court pas avant sa"
            " réception (CRPA, article L114-5).",
            f"Le délai de deux mois n’a pas commencé{NB}: il courra en entier à partir de la réception de la dernière"
            " pièce exigée (CRPA, articles L114-3 et L114-5).",
            "Au 1er octobre 2026, le délai n’a pas commencé.",
        ]

    def test_a_day_that_the_month_does_not_have(self):
        assert explain(acceptation("2026-12-31"))[2:4] == [
            "De quantième à quantième, le dernier jour est le 28 février 2027 (ce mois n’a pas de 31),"
            " jusqu’à la fin du jour, heure de Paris.",
            f"Ce jour est un dimanche{NB}: cela ne prolonge pas le délai.",
        ]

    @pytest.mark.parametrize(
        ("recu", "rest"),
        [
            ("2026-03-01", f"Ce jour est un jour férié{NB}: cela ne prolonge pas le délai."),
            ("2026-06-15", f"Ce jour est un samedi et un jour férié{NB}: cela ne prolonge pas le délai."),
            ("2026-09-14", f"Ce jour est un samedi{NB}: cela ne prolonge pas le délai."),
        ],
    )
    def test_a_day_of_rest_is_said_to_prolong_nothing(self, recu, rest):
        assert explain(acceptation(recu))[3] == rest

    def test_a_working_last_day_needs_no_such_sentence(self):
        assert explain(acceptation("2026-09-13"))[3].startswith("Sans opposition")

    def test_a_request_that_was_suspended(self):
        result = rejet(
            "2026-09-03",
            piece("2026-09-20", "2026-10-12"),
            piece("2026-10-01", "", "2026-10-20"),
            piece("2026-10-25", "2026-10-26", "2026-10-26"),
            piece("2026-10-27", "2026-10-27"),
        )
        asked = "Pièce exigée par un texte, demandée le"
        assert explain(result, au=d("2026-09-20")) == [
            "L’administration saisie la première a la demande depuis le 3 septembre 2026.",
            f"{asked} 20 septembre 2026, reçue le 12 octobre 2026{NB}: le délai est suspendu du 20 septembre 2026"
            " inclus au 12 octobre 2026 exclu, jour de la réception, soit 22 jours (CRPA, article L114-5).",
            f"{asked} 1er octobre 2026, non reçue, limite le 20 octobre 2026{NB}: le délai est suspendu du"
            " 1er octobre 2026 inclus au 20 octobre 2026 exclu, jour de la limite, soit 19 jours"
            " (CRPA, article L114-5).",
            f"{asked} 25 octobre 2026, reçue le 26 octobre 2026, limite le 26 octobre 2026{NB}: le délai est suspendu"
            " du 25 octobre 2026 inclus au 26 octobre 2026 exclu, jour de la réception, soit 1 jour"
            " (CRPA, article L114-5).",
            f"{asked} 27 octobre 2026, reçue le 27 octobre 2026{NB}: le délai n’est pas suspendu, faute d’un jour"
            " entier.",
            "Le délai de deux mois court à partir du 3 septembre 2026 (CRPA, article L114-3).",
            f"Deux mois de quantième à quantième mènent au 3 novembre 2026{NB}; avec 31 jours de suspension, chaque"
            " jour compté une fois, le dernier jour est le 4 décembre 2026, jusqu’à la fin du jour, heure de Paris.",
            "Sans réponse d’ici là, la demande est réputée rejetée à partir du 5 décembre 2026"
            " (CRPA, article L231-4, 3°).",
            PRUDENCE.format("3 décembre 2026"),
            "Au 20 septembre 2026, le délai est suspendu.",
        ]

    def test_one_suspended_day_is_singular_and_a_short_month_is_said(self):
        assert explain(rejet("2026-12-31", piece("2027-01-04", "2027-01-05")))[3] == (
            f"Deux mois de quantième à quantième mènent au 28 février 2027 (ce mois n’a pas de 31){NB};"
            " avec 1 jour de suspension, chaque jour compté une fois, le dernier jour est le 1er mars 2027,"
            " jusqu’à la fin du jour, heure de Paris."
        )

    def test_two_suspended_days_are_plural(self):
        sentence = explain(rejet("2026-09-03", piece("2026-09-20", "2026-09-22")))[3]
        assert sentence.startswith(
            f"Deux mois de quantième à quantième mènent au 3 novembre 2026{NB}; avec 2 jours de suspension,"
        )

    def test_a_request_suspended_without_an_end(self):
        assert explain(rejet("2026-09-03", piece("2026-09-20")))[1:] == [
            f"Pièce exigée par un texte, demandée le 20 septembre 2026, non reçue{NB}: le délai est suspendu depuis le"
            " 20 septembre 2026 (CRPA, article L114-5).",
            "Le délai de deux mois court à partir du 3 septembre 2026 (CRPA, article L114-3).",
            f"Il est suspendu sans terme connu{NB}: son dernier jour n’est pas encore connu.",
        ]

    @pytest.mark.parametrize(
        ("make", "depart", "sentence"),
        [
            (
                rejet,
                Depart.DEPOT,
                "La demande a été déposée au Guichet, administration saisie la première, le 3 septembre 2026.",
            ),
            (
                rejet,
                Depart.TRANSMISSION,
                f"La demande a été transmise à l’ARS le 3 septembre 2026{NB}: le Guichet n’étant pas tenu pour une"
                " administration, l’ARS est la première saisie.",
            ),
            (
                acceptation,
                Depart.DEPOT,
                "Le dossier a été déposé auprès de l’administration compétente le 3 septembre 2026.",
            ),
            (
                acceptation,
                Depart.TRANSMISSION,
                "Le dossier a été transmis à l’administration compétente le 3 septembre 2026.",
            ),
        ],
    )
    def test_the_first_sentence_says_which_receipt_and_why(self, make, depart, sentence):
        assert explain(make("2026-09-03", depart=depart))[0] == sentence

    @pytest.mark.parametrize(
        ("au", "sentence"),
        [
            ("2026-09-02", "Au 2 septembre 2026, le délai n’a pas commencé."),
            ("2026-09-03", "Au 3 septembre 2026, le délai est en cours."),
            ("2026-11-04", "Au 4 novembre 2026, le délai est expiré."),
        ],
    )
    def test_the_last_sentence_says_where_the_period_stands(self, au, sentence):
        assert explain(rejet("2026-09-03"), au=d(au))[-1] == sentence
