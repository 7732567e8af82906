"""Every address of the site. Each app names its own; the pages of refusal are the kernel's."""

from allauth.account.decorators import secure_admin_login
from django.contrib import admin
from django.urls import include, path

handler400 = "guichet.kernel.http.bad_request"
handler403 = "guichet.kernel.http.forbidden"
handler404 = "guichet.kernel.http.not_found"
handler500 = "guichet.kernel.http.server_error"

# Signing in to the administration goes through the one door that asks for the second factor.
admin.site.login = secure_admin_login(admin.site.login)  # type: ignore[method-assign]

urlpatterns = [
    path("", include("portal.urls")),
    path("comptes/", include("allauth.urls")),
    path("comptes/", include("accounts.urls")),
    path("", include("dossiers.urls")),
    path("", include("funding.urls")),
    path("", include("projects.urls")),
    path("admin/", admin.site.urls),
]
