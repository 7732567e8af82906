"""Sample data of the page of components: invented, and in the exact shape each component documents."""

from datetime import datetime
from typing import Any

from django import forms
from django.core.paginator import Paginator

from guichet.kernel.money import euros
from portal import samples_history


class SampleForm(forms.Form):
    """One field of each kind; bound with nothing, it shows its errors."""

    nom = forms.CharField(label="Nom de la communauté", help_text="Tel qu’il figurera sur les courriers.")
    besoins = forms.CharField(
        label="Besoins du territoire",
        help_text="Trois à cinq constats, avec leur source. N’écrivez rien qui concerne un patient.",
        widget=forms.Textarea(attrs={"rows": 4}),
        required=False,
    )
    departement = forms.ChoiceField(
        label="Département pilote", choices=[("", "Choisir…"), ("31", "Haute-Garonne"), ("11", "Aude")]
    )
    forme = forms.ChoiceField(
        label="L’association est-elle déclarée\u00a0?",
        choices=[("oui", "Oui"), ("non", "Pas encore")],
        widget=forms.RadioSelect,
    )
    accord = forms.BooleanField(label="J’ai informé les personnes nommées", required=False)
    piece = forms.FileField(label="Statuts", help_text="PDF, image ou document, 20\u00a0Mo au plus.", required=False)


def components(now: datetime) -> dict[str, Any]:
    """What `portal/composants.html` needs. `now` is not used for a date: pictures must not change with the day."""
    return {
        "fil": [{"label": "Projets de santé", "url": "#"}, {"label": "OCC-31-2026-0042", "url": ""}],
        "entete": _header(),
        "horloges": [
            _clock(41, "neutre"),
            _clock(24, "info"),
            _clock(14, "warn"),
            _clock(5, "alert"),
            _clock(1, "solide"),
        ],
        "evenements": _events(),
        "taches": _tasks(),
        "criteres": _criteria(),
        "cotes": _budget(),
        "lecture": False,
        "solde": {"phrase": f"Il manque {euros(3000)} de produits pour équilibrer le budget.", "ton": "warn"},
        **_list(),
        "figure": _figure(),
        "pieces": _pieces(),
        "comparaison": samples_history.comparison(),
        "chronologie": samples_history.dates(),
        "consequences": [
            "La demande de subvention est retirée avec elle.",
            "Le Guichet et l’ARS en sont informés.",
            "Vous pourrez copier la lettre pour en commencer une autre.",
        ],
        "form": SampleForm(),
        "form_erreurs": SampleForm(data={}, prefix="erreurs"),
    }


def _header() -> dict[str, Any]:
    return {
        "titre": "CPTS Coteaux et Lauragais",
        "etat": {"libelle": "Délai en cours", "ton": "warn"},
        "faits": [
            {"texte": "Projet de santé, version\u00a01"},
            {"fort": "38 communes", "texte": "86\u00a0412\u00a0habitants"},
            {"fort": "Taille\u00a03"},
            {"texte": "Haute-Garonne (pilote), Aude"},
        ],
        "onglets": [
            {"label": "Résumé", "url": "#resume", "current": True},
            {"label": "Projet", "url": "#projet"},
            {"label": "Calendrier", "url": "#calendrier"},
            {"label": "Documents", "url": "#documents", "nombre": 14},
            {"label": "Échanges", "url": "#echanges", "nombre": 2},
            {"label": "Journal", "url": "#journal"},
        ],
    }


def _clock(days: int, tone: str) -> dict[str, Any]:
    return {
        "titre": "Silence de l’ARS",
        "ton": tone,
        "chiffre": days,
        "mots": "jour restant, dernier jour sûr" if days == 1 else "jours restants",
        "dernier_jour": "mardi 8 décembre 2026",
        "phrase": "Sans opposition, le projet est réputé validé le 9.",
        "part": (61 - days) * 100 // 61,
        "debut": {"date": "8 octobre", "libelle": "réception"},
        "fin": {"date": "8 décembre", "libelle": "dernier jour"},
        "reperes": [{"part": 35, "libelle": "demande de pièces"}],
        "registre": [
            "Dossier reçu complet le 8 octobre 2026.",
            "Deux mois de quantième à quantième\u00a0: 8 décembre 2026.",
            "Ni week-end ni jour férié ne prolongent ce délai.",
        ],
    }


def _events() -> list[dict[str, Any]]:
    return [
        {"quand": "15 septembre 2026", "titre": "Lettre d’intention validée", "moment": "done", "acteur": "ARS"},
        {
            "quand": "8 octobre 2026, 17\u00a0h\u00a042",
            "titre": "Projet déposé et reçu par l’ARS",
            "moment": "done",
            "document": {"url": "#accuse", "libelle": "Accusé de réception"},
        },
        {"quand": "Aujourd’hui, 24 novembre 2026", "titre": "Il reste 14 jours pour décider", "moment": "today"},
        {"quand": "8 décembre 2026", "titre": "Dernier jour de l’ARS", "moment": "to-come"},
        {"quand": "9 décembre 2026", "titre": "Projet réputé validé en l’absence d’opposition", "moment": "to-come"},
    ]


def _tasks() -> list[dict[str, Any]]:
    done, doing, todo = ("Complet", "ok"), ("En cours", "warn"), ("À commencer", "")
    rows = [
        ("L’association et les porteurs", "Association déclarée, RNA et SIRET vérifiés", done),
        ("Le territoire", "38 communes, 86\u00a0412 habitants, taille 3", done),
        ("Les besoins du territoire", "Modifié par la rédactrice associée à 14\u00a0h\u00a032", doing),
        ("Le projet, mission par mission", "", todo),
    ]
    return [
        {"titre": title, "url": "#tache", "aide": words, "etat": {"libelle": state[0], "ton": state[1]}}
        for title, words, state in rows
    ]


def _criteria() -> list[dict[str, Any]]:
    answers = [("satisfaisant", "Satisfaisant"), ("a_completer", "À compléter"), ("insuffisant", "Insuffisant")]
    names = [
        ("territoire", "Le territoire", "satisfaisant", "", ""),
        ("besoins", "Les besoins identifiés", "a_completer", "", "Écrivez ce qui est à compléter."),
        ("mobilisation", "L’information et la mobilisation des professionnels", "", "", ""),
        ("projet", "Le projet, au regard des missions", "", "", ""),
    ]
    return [
        {
            "nom": name,
            "libelle": label,
            "options": [{"valeur": v, "libelle": words, "choisi": v == chosen} for v, words in answers],
            "commentaire": comment,
            "erreur": error,
        }
        for name, label, chosen, comment, error in names
    ]


def _budget() -> list[dict[str, Any]]:
    def account(code: str, label: str, *lines: tuple[str, int]) -> dict[str, Any]:
        return {
            "code": code,
            "libelle": label,
            "total": sum(amount for _, amount in lines),
            "lignes": [
                {"nom": f"ligne-{code}-{n}", "libelle": words, "valeur": amount, "erreur": ""}
                for n, (words, amount) in enumerate(lines)
            ],
        }

    charges = [
        account("60", "Achats", ("Fournitures", 1200)),
        account("62", "Autres services extérieurs", ("Honoraires de coordination", 24000), ("Déplacements", 1800)),
        account("64", "Charges de personnel", ("Salaires", 20000)),
    ]
    products = [
        account("74", "Subventions d’exploitation", ("ARS, fonds d’intervention régional", 40000)),
        account("75", "Autres produits de gestion courante", ("Cotisations", 4000)),
    ]
    return [
        {"sens": sens, "titre": title, "comptes": accounts, "total": sum(a["total"] for a in accounts)}
        for sens, title, accounts in (("charges", "Charges", charges), ("produits", "Produits", products))
    ]


def _list() -> dict[str, Any]:
    rows = [
        ("CPTS Coteaux et Lauragais", "OCC-31-2026-0042", "Délai en cours", "warn", "8 décembre 2026", "86\u00a0412"),
        ("CPTS Vallée du Salat", "OCC-09-2026-0007", "Validé", "ok", "", "31\u00a0208"),
        ("CPTS Étang et Corbières", "OCC-11-2026-0013", "Incomplet", "alert", "20 décembre 2026", "54\u00a0933"),
    ]
    return {
        "filtres": [
            {
                "nom": "departement",
                "libelle": "Département",
                "options": [
                    {"valeur": "", "libelle": "Tous", "choisie": False},
                    {"valeur": "31", "libelle": "Haute-Garonne", "choisie": True},
                ],
            },
            {"nom": "etat", "libelle": "État", "options": [{"valeur": "", "libelle": "Tous", "choisie": True}]},
        ],
        "recherche": {"nom": "q", "libelle": "Nom ou référence", "valeur": ""},
        "etiquettes": [{"libelle": "Haute-Garonne", "url": "#sans-filtre"}],
        "nombre": "3 dossiers",
        "legende": "Dossiers déposés",
        "colonnes": [
            {"libelle": "Dossier", "url": "#tri-nom"},
            {"libelle": "État"},
            {"libelle": "Échéance", "url": "#tri-echeance", "tri": "ascending"},
            {"libelle": "Habitants", "classe": "number"},
        ],
        "lignes": [
            [
                {"texte": name, "url": "#dossier", "note": reference},
                {"texte": state, "ton": tone},
                {"texte": due or "aucune", "libelle": "Échéance"},
                {"texte": people, "libelle": "Habitants", "classe": "number"},
            ]
            for name, reference, state, tone, due, people in rows
        ],
        "vide": {"titre": "", "texte": "", "url": "", "bouton": ""},
        "page": Paginator(range(90), 25).page(2),
        "parametres": "",
    }


def _figure() -> dict[str, Any]:
    counts = [("Médecins", 24), ("Infirmiers", 41), ("Masseurs-kinésithérapeutes", 18), ("Pharmaciens", 12)]
    most = max(count for _, count in counts)
    return {
        "titre": "Professionnels mobilisés",
        "description": "95 professionnels de quatre professions ; les infirmiers sont les plus nombreux.",
        "unite": "Professionnels",
        "valeurs": [{"libelle": label, "texte": str(n), "part": n * 100 // most} for label, n in counts],
    }


def _pieces() -> list[dict[str, Any]]:
    return [
        {
            "nom": "Statuts signés.pdf",
            "url": "#piece",
            "detail": "412\u00a0ko, reçue le 3 novembre 2026, empreinte 9f2c…41aa",
            "etat": {"libelle": "Conforme", "ton": "ok"},
            "retirer": "",
        },
        {
            "nom": "Carte du territoire.png",
            "url": "#piece",
            "detail": "2,1\u00a0Mo, reçue ce jour",
            "retirer": "#retirer",
        },
    ]
