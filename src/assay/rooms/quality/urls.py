"""Addresses of the figures."""

from django.urls import path

from . import views

urlpatterns = [
    path("", views.overview, name="overview"),
    path("explore", views.explore, name="explore"),
    path("explore/confusion", views.confusion, name="confusion"),
    path("people", views.people, name="people"),
    path("quality/rows", views.rows, name="quality_rows"),
    path("quality/definitions", views.definitions, name="quality_definitions"),
    path("me", views.my_quality, name="my_quality"),
]
