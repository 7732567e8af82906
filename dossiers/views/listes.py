"""One list for every desk: columns, filters, search, sort, pages, kept views and files, declared list by list."""

import tempfile
from collections.abc import Iterator
from typing import Any, ClassVar

import rules
from django.contrib import messages
from django.contrib.auth.mixins import LoginRequiredMixin
from django.core.paginator import Page, Paginator
from django.db.models import Model, QuerySet
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views import View

from dossiers.forms.vues import VueForm
from dossiers.selectors.listes import COUNT_MAX, capped_count, matching, views_of
from dossiers.services.vues import VUES_MAX, forget_view, keep_view
from dossiers.views.choix import Choix, Colonne, Filtre, choix_of
from guichet.kernel.civil import civil_day
from guichet.kernel.money import nombre
from guichet.kernel.tables import Valeur, write_csv, write_xlsx

FORMATS = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
CHUNK = 2000
"""Rows read at a time for a file."""


class ListeView(LoginRequiredMixin, View):
    """A subclass declares the words, `rows` (the perimeter), `joined`, `colonnes` and `filtres`; the rest is here.

    A page is cut on keys alone, then joined: the last one costs what the first one costs.
    """

    PER_PAGE = 25
    template_name = "dossiers/liste.html"
    regle: ClassVar[str]
    adresse: ClassVar[str]
    model: ClassVar[type[Model]]
    vers_dossier: ClassVar[str] = "dossier__"
    titre: ClassVar[str]
    chapeau: ClassVar[str] = ""
    mots: ClassVar[tuple[str, str, str]]
    """None, one and several: "Aucune lettre", "lettre", "lettres"."""
    tri_defaut: ClassVar[str]
    cherche: ClassVar[str] = "CPTS, association ou référence"
    """Label of the search; "" for none."""
    garde: ClassVar[bool] = True
    """Whether its views can be kept and its rows taken away as a file."""
    vide: ClassVar[tuple[str, str]]
    """What to say when there is nothing at all: a title, and how things get here."""

    def rows(self, request: HttpRequest) -> QuerySet[Any]:
        """The rows this person may list."""
        raise NotImplementedError

    def joined(self, request: HttpRequest, rows: QuerySet[Any]) -> QuerySet[Any]:
        """The rows with what a line says."""
        raise NotImplementedError

    def colonnes(self, request: HttpRequest) -> list[Colonne]:
        raise NotImplementedError

    def filtres(self, request: HttpRequest) -> list[Filtre]:
        return []

    def onglets(self, request: HttpRequest) -> list[dict[str, Any]]:
        """Links to the sister lists: {label, url, current, nombre}."""
        return []

    def get(self, request: HttpRequest) -> HttpResponse | FileResponse:
        choix = self._choix(request)
        if self.garde and request.GET.get("format") in FORMATS:
            return self._file(request, choix, request.GET["format"])
        return self._page(request, choix)

    def post(self, request: HttpRequest) -> HttpResponse:
        """Keep the filters under a name, or forget a view."""
        choix = self._choix(request)
        if not self.garde:
            raise Http404
        vues = views_of(request.user, self.adresse)
        if asked := request.POST.get("retirer"):
            vue = get_object_or_404(vues, pk=asked if asked.isdecimal() else 0)
            forget_view(vue=vue, by=request.acteur)
            messages.success(request, f"La vue «\u00a0{vue.nom}\u00a0» est retirée.")
            return redirect(self._address(choix))
        form = VueForm(request.POST, names=[vue.nom for vue in vues])
        if not form.is_valid():
            return self._page(request, choix, form, status=422)
        nom = form.cleaned_data["nom"]
        keep_view(liste=self.adresse, nom=nom, parametres=choix.parametres(), by=request.acteur, now=request.now)
        messages.success(request, f"La vue «\u00a0{nom}\u00a0» est gardée.")
        return redirect(self._address(choix))

    def _choix(self, request: HttpRequest) -> Choix:
        if not rules.test_rule(self.regle, request.acteur):
            raise Http404
        self._colonnes, self._filtres = self.colonnes(request), self.filtres(request)
        return choix_of(request.GET, colonnes=self._colonnes, filtres=self._filtres, tri_defaut=self.tri_defaut)

    def _chosen(self, request: HttpRequest, choix: Choix) -> QuerySet[Any]:
        """Every row of the choice, in its order."""
        rows = self.rows(request)
        for filtre in self._filtres:
            if value := choix.filtres.get(filtre.nom):
                rows = filtre.retient(rows, value)
        if self.cherche:
            rows = matching(rows, choix.q, at=self.vers_dossier)
        colonne = next(colonne for colonne in self._colonnes if colonne.tri == choix.colonne)
        return rows.alias(**colonne.calcule).order_by(*colonne.order_by(descending=choix.decroissant))

    def _page(self, request: HttpRequest, choix: Choix, form: VueForm | None = None, status: int = 200) -> HttpResponse:
        rows = self._chosen(request, choix)
        count = capped_count(rows)
        page = feuillet(rows, count, number=request.GET.get("page", ""), per_page=self.PER_PAGE)
        found = {
            row.pk: row for row in self.joined(request, self.model._default_manager.filter(pk__in=page.object_list))
        }
        context = {
            "titre": self.titre,
            "chapeau": self.chapeau,
            "onglets": self.onglets(request),
            "nombre": self._count(count),
            "legende": self.titre,
            "lignes": [[colonne.cellule(found[pk]) for colonne in self._colonnes] for pk in page.object_list],
            "page": page,
            "parametres": choix.parametres(),
            "vide": self._empty(choix),
            **self._controls(choix),
            **(self._kept(request, choix, form) if self.garde else {"vues": [], "form": None, "exports": []}),
        }
        return render(request, self.template_name, context, status=status)

    def _count(self, count: int) -> str:
        none, one, several = self.mots
        if count > COUNT_MAX:
            return f"Plus de {nombre(COUNT_MAX)} {several}"
        return f"{nombre(count)} {several if count > 1 else one}" if count else none

    def _empty(self, choix: Choix) -> dict[str, str]:
        if not choix.restreint:
            titre, texte = self.vide
            return {"titre": titre, "texte": texte, "url": "", "bouton": ""}
        return {
            "titre": f"{self.mots[0]} pour ces filtres",
            "texte": "Retirez un filtre ou changez les mots cherchés.",
            "url": reverse(self.adresse),
            "bouton": "Tout afficher",
        }

    def _controls(self, choix: Choix) -> dict[str, Any]:
        """The filters, what is chosen of them, the heads of the columns."""
        words = {filtre.nom: dict(filtre.options) for filtre in self._filtres}
        tags = [(filtre.nom, f"{filtre.libelle}\u00a0: {words[filtre.nom][choix.filtres[filtre.nom]]}")
                for filtre in self._filtres if filtre.nom in choix.filtres]  # fmt: skip
        tags += [("q", f"«\u00a0{choix.q}\u00a0»")] if choix.q else []
        return {
            "filtres": [_select(filtre, choix.filtres.get(filtre.nom, "")) for filtre in self._filtres],
            "recherche": {"nom": "q", "libelle": self.cherche, "valeur": choix.q} if self.cherche else None,
            "tris": _sorts(self._colonnes, choix),
            "etiquettes": [{"libelle": libelle, "url": self._address(choix, **{nom: ""})} for nom, libelle in tags],
            "colonnes": [_head(colonne, choix) for colonne in self._colonnes],
        }

    def _kept(self, request: HttpRequest, choix: Choix, form: VueForm | None) -> dict[str, Any]:
        """The views of the person and the files of what is shown."""
        vues = list(views_of(request.user, self.adresse))
        here = choix.parametres()
        known = [
            {"nom": vue.nom, "pk": vue.pk, "url": f"{reverse(self.adresse)}?{vue.parametres}",
             "current": vue.parametres == here}
            for vue in vues
        ]  # fmt: skip
        new = here and not any(vue["current"] for vue in known) and len(vues) < VUES_MAX
        return {
            "vues": known,
            "form": form or (VueForm(names=[]) if new else None),
            "exports": [
                {"libelle": libelle, "url": f"?{choix.parametres(format=nom)}"}
                for nom, libelle in (("xlsx", "Tableur (XLSX)"), ("csv", "CSV"))
            ],
        }

    def _address(self, choix: Choix, **changes: str) -> str:
        parametres = choix.parametres(**changes)
        return f"{reverse(self.adresse)}?{parametres}" if parametres else reverse(self.adresse)

    def _file(self, request: HttpRequest, choix: Choix, kind: str) -> FileResponse:
        """Every row of the choice, written whole before it is sent: a fault is a page, never a file cut short."""
        columns = [value for colonne in self._colonnes for value in colonne.valeurs]
        heads = [head for head, _ in columns]
        rows = self.joined(request, self._chosen(request, choix)).iterator(chunk_size=CHUNK)
        lines: Iterator[list[Valeur]] = ([value(row) for _, value in columns] for row in rows)
        content = tempfile.TemporaryFile()  # noqa: SIM115 - the response closes it
        if kind == "csv":
            write_csv(heads, lines, into=content)
        else:
            write_xlsx(heads, lines, into=content, titre=self.titre)
        content.seek(0)
        name = f"{self.adresse.partition(':')[2].replace('_', '-')}-{civil_day(request.now)}.{kind}"
        response = FileResponse(content, as_attachment=True, filename=name, content_type=FORMATS[kind])
        response["X-Content-Type-Options"] = "nosniff"
        response["Cache-Control"] = "private, no-store"
        return response


class Feuillets(Paginator):  # type: ignore[type-arg]
    """The pages that are counted, about the one that is read; further ones are reached one after the other."""

    def __init__(self, count: int, per_page: int) -> None:
        super().__init__(range(min(count, COUNT_MAX)), per_page)
        self.number = 1

    def get_elided_page_range(self, *args: Any, **kwargs: Any) -> Iterator[int | str]:
        last = self.num_pages
        yield from super().get_elided_page_range(min(self.number, last), on_each_side=2, on_ends=1)
        if self.number > last:
            yield from (self.ELLIPSIS, self.number)


class Feuillet(Page):  # type: ignore[type-arg]
    """The keys of one page, and whether others follow."""

    def __init__(self, keys: list[int], number: int, paginator: Feuillets, *, suite: bool) -> None:
        super().__init__(keys, number, paginator)
        self.suite = suite
        paginator.number = number

    def has_next(self) -> bool:
        return self.suite

    def next_page_number(self) -> int:
        return self.number + 1

    def previous_page_number(self) -> int:
        return self.number - 1


def feuillet(rows: QuerySet[Any], count: int, *, number: str, per_page: int) -> Feuillet:
    """The keys of that page of the rows; of the last counted one when it is beyond the end. One query, two past it."""
    pages = Feuillets(count, per_page)
    asked = max(1, int(number)) if number.isdecimal() and len(number) < 7 else 1
    wanted = asked if count > COUNT_MAX else min(asked, pages.num_pages)
    for page in (wanted, pages.num_pages):
        start = (page - 1) * per_page
        keys = list(rows.values_list("pk", flat=True)[start : start + per_page + 1])
        if keys or page == 1:
            break
    return Feuillet(keys[:per_page], page, pages, suite=len(keys) > per_page)


def _select(filtre: Filtre, chosen: str) -> dict[str, Any]:
    options = [("", filtre.tous), *filtre.options]
    return {
        "nom": filtre.nom,
        "libelle": filtre.libelle,
        "options": [{"valeur": value, "libelle": words, "choisie": value == chosen} for value, words in options],
    }


def _head(colonne: Colonne, choix: Choix) -> dict[str, str]:
    """The head of a column: a link to its order, to the other one when it is the one in force."""
    if not colonne.tri:
        return {"libelle": colonne.libelle, "url": "", "tri": "", "classe": colonne.classe}
    current = colonne.tri == choix.colonne
    turned = not choix.decroissant if current else colonne.decroissant
    said = ("descending" if choix.decroissant else "ascending") if current else ""
    url = f"?{choix.parametres(tri='-' * turned + colonne.tri)}"
    return {"libelle": colonne.libelle, "url": url, "tri": said, "classe": colonne.classe}


def _sorts(colonnes: list[Colonne], choix: Choix) -> list[dict[str, Any]]:
    """Every order in words, for those who see no heads."""
    found = []
    for colonne in colonnes:
        for sign, words in zip(("", "-"), colonne.sens, strict=True):
            if colonne.tri:
                value = sign + colonne.tri
                libelle = f"{colonne.libelle}, {words}"
                found.append({"valeur": value, "libelle": libelle, "choisie": value == choix.tri})
    return found
