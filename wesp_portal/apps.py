from django.contrib.admin.apps import AdminConfig


class PortalAdminConfig(AdminConfig):
    """Django's admin with the portal's own site: one door to sign in by, and nothing for strangers to see."""

    default_site = "wesp_portal.common.admin.PortalAdminSite"
