"""The yardstick: what a bare Django page costs here, behind the same middleware, in the same run.

Signed in, 25 rows, three queries of its own (count, rows with their association, letters), about 6 kB of HTML, no
component and no frame. A page of the portal is judged by how many of it are served while one of these is.
"""

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.db.models import Prefetch
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from dossiers.models import Dossier
from projects.models import LettreIntention

ROWS = 25


@login_required
def etalon(request: HttpRequest) -> HttpResponse:
    lettres = Prefetch("lettres", LettreIntention.objects.order_by("pk"))
    found = Dossier.objects.order_by("-pk").select_related("association").prefetch_related(lettres)
    return render(request, "etalon.html", {"page": Paginator(found, ROWS).get_page(1)})
