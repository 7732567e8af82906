"""Sections D and I: who decides in the community, and who follows what it does."""

from collections.abc import Iterator
from typing import Any, ClassVar

from django import forms

from dossiers.questions import CountsField, Groupe, Manque, SectionForm, choix, nombre, texte, texte_long
from guichet.kernel.forms import DayInput

OUI = "oui"
NON = "non"
A_PRECISER = "a_preciser"

CRITERES = [
    ("pluriprofessionnalite", "Ils garantissent la présence de plusieurs professions"),
    ("adhesion", "Les différents acteurs utiles aux missions peuvent adhérer"),
    (
        "financements",
        "L’association peut recevoir l’argent de l’Assurance Maladie et, si besoin, le redistribuer",
    ),
    ("missions", "Ils conviennent aux missions choisies"),
    ("personnel", "L’association peut recruter du personnel"),
]
"""What the agreement of 2019 wants of the statutes, whatever their form."""

GOUVERNANCE = {
    "representativite": "la représentation des professions de santé",
    "attribution": "le rôle de chacun",
    "decision": "la façon de décider",
    "partenariat": "les relations avec les partenaires",
    "outils": "les outils et les méthodes de travail",
}
"""What the governance must say: field, and its words in a sentence."""


class GouvernanceForm(SectionForm):
    criteres = CountsField(
        "Ce que permettent les statuts",
        {
            "critere": choix("Les statuts", CRITERES),
            "reponse": choix("Réponse", [(OUI, "Oui"), (NON, "Non"), (A_PRECISER, "À préciser")]),
            "precision": texte("Article des statuts, ou précision", maximum=300),
        },
        aide="L’accord national de 2019 demande que les statuts remplissent ces cinq critères.",
    )
    statuts_adoptes_le = forms.DateField(
        label="Date d’adoption des statuts",
        help_text="Laissez vide s’ils ne sont pas encore adoptés.",
        required=False,
        widget=DayInput(),
    )
    representativite = texte_long(
        "La représentation des professions de santé",
        aide="Quelles professions siègent, combien de places chacune, comment elles sont désignées.",
        rows=4,
    )
    attribution = texte_long(
        "Le rôle de chacun",
        aide="Ce que font la présidence, le bureau, les responsables d’action. "
        "Les statuts ou le règlement intérieur le disent peut-être déjà.",
        rows=4,
    )
    decision = texte_long(
        "La façon de décider", aide="Qui vote, à quelle majorité, ce que le bureau peut décider seul.", rows=4
    )
    partenariat = texte_long(
        "Les relations avec les partenaires",
        aide="Comment un partenaire rejoint la CPTS, sous quelle forme, qui est son interlocuteur.",
        rows=4,
    )
    outils = texte_long(
        "Les outils et les méthodes de travail",
        aide="Comptes rendus, protocoles, annuaire\u00a0: comment ils sont écrits, tenus à jour et partagés.",
        rows=4,
    )
    instances = texte_long("Les instances", aide="Bureau, conseil, assemblée\u00a0: composition et rythme.", rows=4)
    coordination = texte_long(
        "La coordination", aide="Qui coordonne, combien de temps, quel recrutement est prévu.", rows=4
    )
    groupes_travail = texte_long("Les groupes de travail", aide="Leur sujet et qui les anime.", rows=3)
    indemnisation = texte_long(
        "L’indemnisation des membres",
        aide="Si l’association verse des sommes à ses membres\u00a0: pour quoi, et comment elles sont calculées. "
        "Une personne ne peut recevoir, par année civile, plus que le plafond annuel de la sécurité sociale.",
        rows=4,
    )

    passes: ClassVar[tuple[str, ...]] = ("statuts_adoptes_le",)
    groupes = (
        Groupe("Les statuts", ("criteres", "statuts_adoptes_le")),
        Groupe("La gouvernance", ("representativite", "attribution", "decision", "partenariat", "outils", "instances")),
        Groupe("L’organisation", ("coordination", "groupes_travail", "indemnisation")),
    )
    obligatoires: ClassVar[dict[str, str]] = {
        "representativite": "Dites comment les professions de santé sont représentées.",
        "attribution": "Dites quel est le rôle de chacun.",
        "decision": "Dites comment se prennent les décisions.",
        "partenariat": "Dites comment vous travaillez avec les partenaires.",
        "outils": "Décrivez les outils et les méthodes de travail.",
        "coordination": "Dites comment la coordination est assurée.",
    }

    def clean_criteres(self) -> list[dict[str, Any]]:
        rows: list[dict[str, Any]] = self.cleaned_data["criteres"]
        if len({row["critere"] for row in rows}) < len(rows):
            raise forms.ValidationError("Un critère figure deux fois\u00a0: donnez une seule réponse.")
        return rows

    def _manques(self) -> Iterator[Manque]:
        if len([row for row in self.cleaned_data.get("criteres", []) if row["reponse"]]) < len(CRITERES):
            yield "id_criteres", "Répondez à chacun des cinq critères sur les statuts."
        yield from super()._manques()


class EvaluationForm(SectionForm):
    pilotage = texte_long(
        "Qui suit les actions et leurs indicateurs", aide="Une fonction, une instance, un groupe de travail.", rows=4
    )
    reunions_par_an = nombre(
        "Nombre de réunions de suivi par an", aide="Deux au moins\u00a0: une par semestre.", maximum=52
    )
    recueil = texte_long(
        "Comment les chiffres sont recueillis",
        aide="Ce que transmet l’Assurance Maladie, ce que vous comptez vous-mêmes, qui s’en charge.",
        rows=4,
    )
    resultats = texte_long(
        "Les résultats attendus dès la deuxième année",
        aide="Ce que les patients et les professionnels verront changer.",
        rows=4,
    )
    ajustement = texte_long(
        "Ce qui sera fait des résultats",
        aide="Qui les lit, ce qui est corrigé quand un objectif n’est pas atteint, comment vous en rendez compte.",
        rows=4,
    )

    obligatoires: ClassVar[dict[str, str]] = {
        "pilotage": "Dites qui suit les indicateurs.",
        "reunions_par_an": "Dites combien de réunions de suivi sont prévues par an.",
        "recueil": "Dites comment les chiffres sont recueillis.",
    }
