"""Every address of the portal."""

from django.conf import settings
from django.contrib import admin
from django.contrib.auth import views as auth_views
from django.contrib.auth.decorators import login_not_required
from django.urls import URLPattern, include, path
from django.views.generic import TemplateView

from wesp_portal.common import views as common_views
from wesp_portal.common.forms import SignInForm
from wesp_portal.common.style_guide import style_guide


def standing_page(name: str) -> URLPattern:
    """A page of words that everyone may read, from templates/pages/."""
    view = TemplateView.as_view(template_name=f"pages/{name}.html")
    return path(f"{name}/", login_not_required(view), name=name)


urlpatterns = [
    path("healthz", common_views.healthz, name="healthz"),
    path("readyz", common_views.readyz, name="readyz"),
    path(
        "sign-in/",
        auth_views.LoginView.as_view(authentication_form=SignInForm, redirect_authenticated_user=True),
        name="sign-in",
    ),
    path("sign-out/", auth_views.LogoutView.as_view(), name="sign-out"),
    standing_page("accessibility"),
    standing_page("privacy"),
    standing_page("cookies"),
    path("admin/", admin.site.urls),
    path("", include("partnerships.urls")),
    path("", include("priorities.urls")),
    path("", include("reports.urls")),
]

handler400 = "wesp_portal.common.views.bad_request"
handler500 = "wesp_portal.common.views.server_error"

if settings.DEBUG or settings.PORTAL_ENV == "test":
    urlpatterns.append(path("style-guide/", style_guide, name="style-guide"))
