"""Reference data and dated powers, for the technical team. Mails, invitations and memberships are not edited here."""

from django.contrib import admin

from accounts.models import Absence, Delegation, Mandat, Organisation, Profession


@admin.register(Organisation)
class OrganisationAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    list_display = ("nom", "genre", "region", "departements")
    list_filter = ("genre", "region")
    search_fields = ("nom", "code")
    ordering = ("genre", "code")
    raw_id_fields = ("parent",)


@admin.register(Profession)
class ProfessionAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    list_display = ("libelle", "categorie", "urps")
    list_select_related = ("urps",)
    ordering = ("ordre",)


@admin.register(Mandat)
class MandatAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    list_display = ("user", "organisation", "qualite", "debut_le", "fin_le")
    list_select_related = ("user", "organisation")
    raw_id_fields = ("user", "organisation")
    ordering = ("-debut_le",)


@admin.register(Delegation)
class DelegationAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    list_display = ("user", "organisation", "objet", "plafond", "debut_le", "fin_le")
    list_select_related = ("user", "organisation")
    raw_id_fields = ("user", "organisation")
    ordering = ("-debut_le",)


@admin.register(Absence)
class AbsenceAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    list_display = ("user", "du_le", "au_le", "remplacant")
    list_select_related = ("user", "remplacant")
    raw_id_fields = ("user", "remplacant")
    ordering = ("-du_le",)
