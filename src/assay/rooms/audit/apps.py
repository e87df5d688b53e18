from django.apps import AppConfig


class AuditConfig(AppConfig):
    name = "assay.rooms.audit"
    label = "audit"
