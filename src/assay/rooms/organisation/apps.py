from django.apps import AppConfig


class OrganisationConfig(AppConfig):
    name = "assay.rooms.organisation"
    label = "organisation"
