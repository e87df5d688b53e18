"""Addresses of this room's pages."""

from django.urls import path

from . import views

urlpatterns = [
    path("rounds", views.rounds, name="rounds"),
    path("plans/new", views.plans_new, name="plans_new"),
    path("rounds/<slug:code>", views.round_page, name="round"),
    path("rounds/<slug:code>/sample", views.round_sample, name="round_sample"),
    path("rounds/<slug:code>/freeze", views.round_freeze, name="round_freeze"),
    path("rounds/<slug:code>/extend", views.round_extend, name="round_extend"),
    path("rounds/<slug:code>/discard", views.round_discard, name="round_discard"),
]
