"""A browser in which somebody is signed in."""

from django.test import Client

from assay.rooms.organisation.models import Person


def browser(person: Person, *, language: str = "en", checks_csrf: bool = False) -> Client:
    if person.language != language:
        Person.objects.filter(pk=person.pk).update(language=language)
    client = Client(enforce_csrf_checks=checks_csrf)
    client.force_login(person)
    return client
