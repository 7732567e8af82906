"""A request for a subsidy, its sections, its journal."""

from decimal import Decimal
from typing import TYPE_CHECKING

import pgtrigger
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils.functional import cached_property

from accounts.states import Genre
from dossiers.models import AccesDossier, ConseillerInvite, Delai, Dossier, Piece, Section
from dossiers.models.dossier import perimeter, transmitted_to
from dossiers.states import EtatSection, MotifAcces
from funding.calculations import Totaux, budget_defects, totals
from funding.lifecycles import DEMANDE_FIR
from funding.models.freeze import GELE, TOUTE_ECRITURE
from funding.nomenclature import nomenclature
from funding.parcours import Retour, retour_of
from funding.sections import BUDGETS, RUBRIQUES
from funding.states import EtatDemandeFir, GenreBudget, ObjetDemande, Regime
from guichet.kernel.journal import Evenement, Origine

if TYPE_CHECKING:
    from accounts.acteur import Acteur

# The last judge of the deposit: the same rules as `calculations.budget_defects`, on the rows themselves.
EQUILIBRE = """
    FOR budget IN SELECT id, genre FROM funding_budgetprevisionnel WHERE demande_id = NEW.id LOOP
        SELECT count(*),
               COALESCE(sum(l.montant) FILTER (WHERE n.sens = 'charge' AND NOT n.volontaire), 0),
               COALESCE(sum(l.montant) FILTER (WHERE n.sens = 'produit' AND NOT n.volontaire), 0),
               COALESCE(sum(l.montant) FILTER (WHERE n.sens = 'charge' AND n.volontaire), 0),
               COALESCE(sum(l.montant) FILTER (WHERE n.sens = 'produit' AND n.volontaire), 0),
               COALESCE(sum(l.montant) FILTER (WHERE n.demande), 0)
          INTO lignes, charges, produits, en_nature, en_nature_produits, subvention
          FROM funding_lignebudget l JOIN funding_lignenomenclature n ON n.code = l.ligne_id
         WHERE l.budget_id = budget.id;
        IF lignes = 0 THEN
            RAISE EXCEPTION 'Un budget de la demande est vide.' USING ERRCODE = 'check_violation';
        END IF;
        IF charges <> produits THEN
            RAISE EXCEPTION 'Un budget de la demande n’est pas équilibré : % € de charges, % € de produits.',
                  charges, produits USING ERRCODE = 'check_violation';
        END IF;
        IF en_nature <> en_nature_produits THEN
            RAISE EXCEPTION 'Les contributions en nature ne s’équilibrent pas : % € au compte 86, % € au compte 87.',
                  en_nature, en_nature_produits USING ERRCODE = 'check_violation';
        END IF;
        IF budget.genre = 'projet' AND subvention <> NEW.montant_demande THEN
            RAISE EXCEPTION 'La subvention demandée (% €) n’est pas celle du compte 74 (% €).',
                  NEW.montant_demande, subvention USING ERRCODE = 'check_violation';
        END IF;
        vus := vus + 1;
    END LOOP;
    IF vus <> 2 OR NEW.montant_demande <= 0 THEN
        RAISE EXCEPTION 'Une demande se dépose avec un montant et ses deux budgets.' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
"""


class DemandeFirQuerySet(models.QuerySet["DemandeFir"]):
    def visible_to(self, acteur: "Acteur | None") -> "DemandeFirQuerySet":
        """The requests `acteur` may open: all those of its association; for the Guichet, those deposited and the drafts
        of the files it is invited to; for the ARS and the Assurance Maladie, those transmitted to the ARS; for any
        body, those transmitted that are asked of it. A body consulted on a letter does not read the request.
        """
        if acteur is None or acteur.membership is None:
            return self.none()
        if acteur.est_agent and acteur.genre != Genre.GUICHET:
            asked = Q(financeur=acteur.organisation_id)
            if acteur.genre == Genre.DD_ARS:
                let_in = AccesDossier.objects.filter(
                    dossier=OuterRef("dossier"), organisation=acteur.organisation_id, motif=MotifAcces.FINANCEUR
                )
                asked |= Q(Exists(let_in), financeur=acteur.membership.organisation.parent_id)
            if acteur.genre != Genre.URPS:
                asked |= ~Q(financeur__genre=Genre.URPS) & transmitted_to(acteur, "dossier__")
            return self.filter(asked, transmise_at__isnull=False)
        found = self.filter(perimeter(acteur, "dossier__"))
        if acteur.genre == Genre.ASSOCIATION:
            return found
        invited = ConseillerInvite.objects.filter(dossier=OuterRef("dossier"), user=acteur.user, retire_at=None)
        return found.filter(Q(deposee_at__isnull=False) | Q(Exists(invited)))

    def for_pages(self) -> "DemandeFirQuerySet":
        """With what every page of a request shows, in one query."""
        return self.select_related("dossier__association", "dossier__departement_pilote", "financeur", "delai")


class DemandeFir(models.Model):
    """`montant_demande` is in whole euros, on line 74 of the project's budget; `montant_accorde` is what the decision
    says. `regime` says what silence means; `delai` is the period that runs, a new one after each deposit.
    """

    dossier = models.ForeignKey(Dossier, models.PROTECT, related_name="demandes_fir")
    etat = models.CharField(max_length=20, choices=EtatDemandeFir.choices, default=EtatDemandeFir.BROUILLON)
    objet = models.CharField(max_length=20, choices=ObjetDemande.choices, default=ObjetDemande.AMORCAGE)
    financeur = models.ForeignKey("accounts.Organisation", models.PROTECT, related_name="+")
    regime = models.CharField(max_length=10, choices=Regime.choices, default=Regime.REJET)
    montant_demande = models.DecimalField(max_digits=12, decimal_places=2, default=Decimal(0))
    montant_accorde = models.DecimalField(max_digits=12, decimal_places=2, null=True)
    delai = models.OneToOneField(Delai, models.PROTECT, null=True, related_name="demande_fir")
    origine = models.CharField(max_length=10, choices=Origine.choices, default=Origine.PORTAIL)
    deposee_at = models.DateTimeField(null=True)
    transmise_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField()

    objects = DemandeFirQuerySet.as_manager()

    class Meta:
        verbose_name = "demande de subvention FIR"
        constraints = [
            models.CheckConstraint(condition=Q(montant_demande__gte=0), name="demande_montant_positif"),
            models.CheckConstraint(
                condition=Q(etat=EtatDemandeFir.BROUILLON)
                | Q(etat=EtatDemandeFir.RETIREE)
                | Q(deposee_at__isnull=False),
                name="demande_deposee_datee",
            ),
            models.CheckConstraint(
                condition=Q(montant_demande=models.functions.Round("montant_demande")),
                name="demande_euros_entiers",
                violation_error_message="Le montant demandé est en euros entiers.",
            ),
            models.CheckConstraint(
                condition=~Q(etat__in=[EtatDemandeFir.TRANSMISE, EtatDemandeFir.INCOMPLETE])
                | Q(transmise_at__isnull=False),
                name="demande_transmise_datee",
            ),
            models.CheckConstraint(
                condition=~Q(etat=EtatDemandeFir.ACCORDEE)
                | Q(
                    montant_accorde__isnull=False,
                    montant_accorde__gt=0,
                    montant_accorde__lte=models.F("montant_demande"),
                ),
                name="demande_accordee_dans_la_demande",
                violation_error_message="La subvention accordée ne dépasse pas la somme demandée.",
            ),
        ]
        triggers = [
            pgtrigger.FSM(name="cycle_demande", field="etat", transitions=DEMANDE_FIR.pairs()),
            pgtrigger.Trigger(
                name="demande_equilibre_au_depot",
                when=pgtrigger.Before,
                operation=pgtrigger.Update,
                condition=pgtrigger.Q(
                    old__etat=EtatDemandeFir.BROUILLON.value,
                    new__etat=EtatDemandeFir.DEPOSEE.value,
                    new__origine=Origine.PORTAIL.value,
                ),
                declare=[
                    ("budget", "record"),
                    ("vus", "integer := 0"),
                    ("lignes", "integer"),
                    ("charges", "numeric"),
                    ("produits", "numeric"),
                    ("en_nature", "numeric"),
                    ("en_nature_produits", "numeric"),
                    ("subvention", "numeric"),
                ],
                func=EQUILIBRE,
            ),
            pgtrigger.Protect(
                name="demande_deposee_fixee",
                operation=pgtrigger.Update,
                condition=~pgtrigger.Q(old__etat=EtatDemandeFir.BROUILLON.value)
                & ~pgtrigger.Q(new__etat=EtatDemandeFir.BROUILLON.value)
                & (
                    pgtrigger.Q(old__montant_demande__df=pgtrigger.F("new__montant_demande"))
                    | pgtrigger.Q(old__financeur_id__df=pgtrigger.F("new__financeur_id"))
                    | pgtrigger.Q(old__dossier_id__df=pgtrigger.F("new__dossier_id"))
                    | pgtrigger.Q(old__objet__df=pgtrigger.F("new__objet"))
                    | pgtrigger.Q(old__regime__df=pgtrigger.F("new__regime"))
                    | pgtrigger.Q(old__deposee_at__df=pgtrigger.F("new__deposee_at"))
                ),
            ),
        ]

    def __str__(self) -> str:
        return f"Demande {self.pk} · {self.dossier}"

    def totaux(self, genre: GenreBudget) -> Totaux:
        """The sums of one budget, read from its lines; all zero when it has none."""
        lignes = self.budgets.filter(genre=genre).values_list("lignes__ligne_id", "lignes__montant")
        return totals({ligne: montant for ligne, montant in lignes if ligne}, nomenclature())

    @property
    def ligne_du_financeur(self) -> str:
        """The name of the line of account 74 where the subsidy stands, when it is not that of the ARS; else "".

        The form has one line for the sum asked: for a URPS that funds, it bears its name.
        """
        return self.financeur.nom if self.financeur.genre == Genre.URPS else ""

    def budget_defects(self, genre: GenreBudget) -> list[str]:
        """What keeps this budget from being deposited, in French sentences."""
        montant = self.montant_demande if genre == GenreBudget.PROJET else None
        return budget_defects(self.totaux(genre), montant_demande=montant, ligne=self.ligne_du_financeur)

    @cached_property
    def retour(self) -> Retour | None:
        """The page of the step that carries it, asked once of this row: for pages. A service asks `retour_of` under its
        lock.
        """
        return retour_of(self)

    def motifs_demandes(self) -> bool:
        """Whether the association asked why the silence rejected its request (CRPA L232-4)."""
        return self.evenements.filter(action="demander_motifs").exists()

    def motifs_attendus(self) -> bool:
        """Whether it waits for them."""
        about = self.evenements.filter(action__in=["demander_motifs", "communiquer_motifs"])
        return set(about.values_list("action", flat=True)) == {"demander_motifs"}

    def empechement_depot(self) -> str:
        """Nothing when the request may be deposited, else one French sentence: what blocks, in the form's order."""
        etats = dict(self.sections.values_list("cle", "etat"))
        blocking = []
        for rubrique in RUBRIQUES:
            if rubrique.bloquante and etats.get(rubrique.cle) != EtatSection.COMPLET:
                blocking.append(f"«\u00a0{rubrique.titre}\u00a0» est à compléter.")
        for genre, cle in BUDGETS.items():
            if etats.get(cle) == EtatSection.COMPLET:
                blocking += self.budget_defects(genre)
        return f"La demande de subvention n’est pas prête. {' '.join(blocking)}" if blocking else ""


class EvenementFir(Evenement):
    demande = models.ForeignKey(DemandeFir, models.PROTECT, related_name="evenements")


class SectionFir(Section):
    demande = models.ForeignKey(DemandeFir, models.CASCADE, related_name="sections")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["demande", "cle"], name="section_fir_unique")]
        triggers = [
            pgtrigger.Trigger(
                name="section_fir_gelee",
                when=pgtrigger.Before,
                operation=TOUTE_ECRITURE,
                func=GELE.format(demandes="OLD.demande_id, NEW.demande_id", quoi="ce qui est écrit"),
            )
        ]


class DeclarationAssociation(models.Model):
    """What the funder needs of the association before an agreement and each payment: declared, never changed.

    `iban` is read whole by the funder alone. The latest declaration is the one in force.
    """

    demande = models.ForeignKey(DemandeFir, models.PROTECT, related_name="declarations")
    evenement = models.UUIDField(unique=True)
    rna = models.CharField(max_length=10)
    siret = models.CharField(max_length=14)
    iban = models.CharField(max_length=34)
    titulaire = models.CharField("titulaire du compte", max_length=160)
    statuts = models.ForeignKey(Piece, models.PROTECT, related_name="+")
    dirigeants = models.ForeignKey(Piece, models.PROTECT, related_name="+")
    declaree_at = models.DateTimeField()

    class Meta:
        verbose_name = "déclaration de l’association"
        triggers = [pgtrigger.Protect(name="declaration_immuable", operation=pgtrigger.Update | pgtrigger.Delete)]

    def __str__(self) -> str:
        return f"{self.rna} · {self.declaree_at:%Y-%m-%d}"
