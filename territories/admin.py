"""The official list, to be read: it changes only with a new vintage."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from territories.models import Commune, Departement, Epci, Millesime, Region


class ReadOnlyAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(Millesime)
class MillesimeAdmin(ReadOnlyAdmin):
    list_display = ["code", "courant", "population_reference", "licence"]
    ordering = ["-code"]


@admin.register(Region)
class RegionAdmin(ReadOnlyAdmin):
    list_display = ["code", "nom"]
    ordering = ["nom"]


@admin.register(Departement)
class DepartementAdmin(ReadOnlyAdmin):
    list_display = ["code", "nom", "region"]
    list_select_related = ["region"]
    ordering = ["code"]


@admin.register(Epci)
class EpciAdmin(ReadOnlyAdmin):
    list_display = ["code", "nom", "forme", "nombre_communes", "population", "millesime"]
    list_filter = ["forme", "millesime"]
    list_select_related = ["millesime"]
    search_fields = ["code", "nom_normalise"]
    exclude = ["mots"]
    ordering = ["nom_normalise"]


@admin.register(Commune)
class CommuneAdmin(ReadOnlyAdmin):
    list_display = ["code", "nom", "nature", "departement", "epci", "population", "millesime"]
    list_filter = ["nature", "millesime", "departement"]
    list_select_related = ["departement", "epci", "millesime"]
    search_fields = ["code", "nom_normalise"]
    exclude = ["mots"]
    ordering = ["nom_normalise", "code"]
