"""The legal period of a step: an append-only ledger of what moved it, and the dates that follow from it."""

import pgtrigger
from django.db import models
from django.db.models import F, Q

from dossiers.models.demande_pieces import PieceDemandee
from dossiers.models.dossier import Dossier
from dossiers.states import NatureMouvement
from guichet.kernel.deadlines import Depart, Regime
from guichet.kernel.journal import Origine
from guichet.kernel.triggers import changed

REGIMES = [(Regime.ACCEPTATION.value, "Le silence vaut acceptation"), (Regime.REJET.value, "Le silence vaut rejet")]
DEPARTS = [
    (Depart.RECEPTION.value, "Réception"),
    (Depart.DEPOT.value, "Dépôt"),
    (Depart.TRANSMISSION.value, "Transmission"),
]

# The last judge of the dates: those of a period are the ones its last line gave, and two months after its origin.
SUIT_SON_REGISTRE = """
    SELECT dernier_jour, echeance_le INTO ligne FROM dossiers_mouvementdelai
     WHERE delai_id = NEW.id ORDER BY id DESC LIMIT 1;
    IF NOT FOUND OR ligne.dernier_jour IS DISTINCT FROM NEW.dernier_jour
       OR ligne.echeance_le IS DISTINCT FROM NEW.echeance_le THEN
        RAISE EXCEPTION 'Les dates d’un délai suivent son registre.' USING ERRCODE = 'check_violation';
    END IF;
    IF NEW.regime = 'acceptation'
       AND (NEW.dernier_jour IS DISTINCT FROM (NEW.origine_le + interval '2 months')::date
            OR NEW.echeance_le IS DISTINCT FROM NEW.dernier_jour + 1) THEN
        RAISE EXCEPTION 'Le dernier jour est à deux mois de l’origine.' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
"""


class Delai(models.Model):
    """One period of one step. The dates are those `kernel.deadlines.compute` gives for its ledger, stored when it
    moves and never decided elsewhere; `clos_at` is set once, by a decision, a withdrawal or the silence.

    `recu_le`: the legal day it starts from. `echeance_le`: the first day on which silence has spoken (Paris).
    """

    dossier = models.ForeignKey(Dossier, models.PROTECT, related_name="delais")
    regime = models.CharField(max_length=12, choices=REGIMES)
    depart = models.CharField(max_length=14, choices=DEPARTS)
    recu_le = models.DateField()
    origine_le = models.DateField(null=True)
    dernier_jour = models.DateField(null=True)
    echeance_le = models.DateField(null=True)
    ouvert_at = models.DateTimeField()
    clos_at = models.DateTimeField(null=True)
    clos_par = models.CharField(max_length=14, choices=NatureMouvement.choices, blank=True)

    class Meta:
        verbose_name = "délai"
        constraints = [
            models.CheckConstraint(
                condition=Q(dernier_jour__isnull=True, echeance_le__isnull=True)
                | Q(dernier_jour__isnull=False, echeance_le__gt=F("dernier_jour")),
                name="delai_echeance_apres_dernier_jour",
            ),
            models.CheckConstraint(
                condition=Q(clos_at__isnull=True, clos_par="") | (Q(clos_at__isnull=False) & ~Q(clos_par="")),
                name="delai_clos_par_un_fait",
            ),
        ]
        indexes = [
            models.Index(fields=["echeance_le", "id"], condition=Q(clos_at=None), name="delai_echu"),
            models.Index(fields=["dossier"], condition=Q(clos_at=None), name="delai_en_cours"),
        ]
        triggers = [
            pgtrigger.Protect(
                name="delai_clos_fixe",
                operation=pgtrigger.Update | pgtrigger.Delete,
                condition=pgtrigger.Q(old__clos_at__isnull=False),
            ),
            pgtrigger.Protect(
                name="delai_depart_fixe",
                operation=pgtrigger.Update,
                condition=pgtrigger.Q(old__recu_le__df=pgtrigger.F("new__recu_le"))
                | pgtrigger.Q(old__regime__df=pgtrigger.F("new__regime"))
                | pgtrigger.Q(old__depart__df=pgtrigger.F("new__depart"))
                | pgtrigger.Q(old__dossier_id__df=pgtrigger.F("new__dossier_id")),
            ),
            pgtrigger.Trigger(
                name="delai_suit_son_registre",
                when=pgtrigger.Before,
                operation=pgtrigger.Update,
                condition=changed("origine_le", "dernier_jour", "echeance_le"),
                declare=[("ligne", "record")],
                func=SUIT_SON_REGISTRE,
            ),
            pgtrigger.Trigger(
                name="delai_clos_par_une_ligne",
                when=pgtrigger.Before,
                operation=pgtrigger.Update,
                condition=changed("clos_at", "clos_par"),
                func="""
                    IF NOT EXISTS (
                        SELECT 1 FROM dossiers_mouvementdelai WHERE delai_id = NEW.id AND nature = NEW.clos_par
                    ) THEN
                        RAISE EXCEPTION 'Un délai ne se clôt que par une ligne de son registre.'
                            USING ERRCODE = 'check_violation';
                    END IF;
                    RETURN NEW;
                """,
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_regime_display()} · {self.dossier_id}"


class MouvementDelai(models.Model):
    """One line of the ledger, and the dates the period had once it was written: past values stay readable."""

    delai = models.ForeignKey(Delai, models.PROTECT, related_name="mouvements")
    nature = models.CharField(max_length=14, choices=NatureMouvement.choices)
    le = models.DateField("jour légal")
    piece = models.ForeignKey(PieceDemandee, models.PROTECT, null=True, related_name="+")
    limite_le = models.DateField(null=True)
    requise = models.BooleanField(default=False)
    intitule = models.CharField("intitulé", max_length=200, blank=True)
    fondement = models.CharField(max_length=200, blank=True)
    origine = models.CharField(max_length=10, choices=Origine.choices)
    qualite = models.CharField("qualité", max_length=300)
    recorded_at = models.DateTimeField()
    dernier_jour = models.DateField(null=True)
    echeance_le = models.DateField(null=True)

    class Meta:
        verbose_name = "mouvement d’un délai"
        triggers = [pgtrigger.Protect(name="registre_immuable", operation=pgtrigger.Update | pgtrigger.Delete)]

    def __str__(self) -> str:
        return f"{self.get_nature_display()} {self.le}"


class AlerteDelai(models.Model):
    """A rung of the ladder that was told: one row by period, last day and rung. Rungs overtaken are never sent."""

    delai = models.ForeignKey(Delai, models.PROTECT, related_name="alertes")
    dernier_jour = models.DateField()
    echelon = models.CharField("échelon", max_length=6)
    evenement = models.UUIDField(unique=True)
    created_at = models.DateTimeField()

    class Meta:
        verbose_name = "alerte d’un délai"
        constraints = [
            models.UniqueConstraint(fields=["delai", "dernier_jour", "echelon"], name="alerte_une_fois"),
        ]

    def __str__(self) -> str:
        return f"{self.echelon} · {self.dernier_jour}"


class PassageHorloge(models.Model):
    """One passage of the clock: when, how many files were due, how many it recorded, how many failed."""

    debut_at = models.DateTimeField()
    fin_at = models.DateTimeField(null=True)
    dus = models.PositiveIntegerField("échus", default=0)
    constates = models.PositiveIntegerField("constatés", default=0)
    erreurs = models.PositiveIntegerField(default=0)
    alertes = models.PositiveIntegerField(default=0)

    class Meta:
        verbose_name = "passage de l’horloge"
        indexes = [models.Index(fields=["-debut_at"], name="passage_dernier")]

    def __str__(self) -> str:
        return f"{self.debut_at:%Y-%m-%d %H:%M}"
