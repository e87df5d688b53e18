from django.apps import AppConfig


class SamplingConfig(AppConfig):
    name = "assay.rooms.sampling"
    label = "sampling"
