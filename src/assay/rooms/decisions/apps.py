from django.apps import AppConfig


class DecisionsConfig(AppConfig):
    name = "assay.rooms.decisions"
    label = "decisions"
