from django.apps import AppConfig


class CommonConfig(AppConfig):
    name = "wesp_portal.common"
    label = "common"
