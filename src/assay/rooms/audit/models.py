from django.db import models


class Entry(models.Model):
    """One thing that happened. Written once; the database refuses to change or delete it."""

    sequence = models.BigIntegerField(primary_key=True)
    at = models.DateTimeField()
    kind = models.CharField(max_length=80, db_index=True)
    actor = models.CharField(max_length=120)
    subject = models.CharField(max_length=160, db_index=True)
    place = models.CharField(max_length=200, blank=True)
    facts = models.TextField(default="{}")
    previous_hash = models.CharField(max_length=64)
    hash = models.CharField(max_length=64, unique=True)

    class Meta:
        ordering = ["sequence"]
