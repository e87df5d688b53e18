from django.apps import AppConfig


class JobsConfig(AppConfig):
    name = "assay.rooms.jobs"
    label = "jobs"
