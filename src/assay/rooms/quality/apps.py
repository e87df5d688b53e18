from django.apps import AppConfig


class QualityConfig(AppConfig):
    name = "assay.rooms.quality"
    label = "quality"
