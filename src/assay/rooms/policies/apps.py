from django.apps import AppConfig


class PoliciesConfig(AppConfig):
    name = "assay.rooms.policies"
    label = "policies"
