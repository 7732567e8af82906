"""Requests and barèmes in the administration: read only. A state changes by its lifecycle, never here."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from funding.models import Bareme, DemandeFir, SeuilTaille


class ReadOnlyMixin:
    """Nobody adds, changes or deletes."""

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class SeuilInline(ReadOnlyMixin, admin.TabularInline):  # type: ignore[type-arg]
    model = SeuilTaille
    ordering = ("taille",)


@admin.register(Bareme)
class BaremeAdmin(ReadOnlyMixin, admin.ModelAdmin):  # type: ignore[type-arg]
    list_display = ("titre", "code", "applicable_du", "statut")
    ordering = ("-applicable_du",)
    inlines = (SeuilInline,)


@admin.register(DemandeFir)
class DemandeFirAdmin(ReadOnlyMixin, admin.ModelAdmin):  # type: ignore[type-arg]
    list_display = ("pk", "dossier", "objet", "etat", "montant_demande", "deposee_at")
    list_filter = ("etat", "objet")
    list_select_related = ("dossier",)
    ordering = ("-pk",)
