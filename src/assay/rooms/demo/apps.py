from django.apps import AppConfig


class DemoConfig(AppConfig):
    name = "assay.rooms.demo"
    label = "demo"
