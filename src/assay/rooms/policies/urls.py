"""Addresses of the policies. Codes are capitals, so that they never meet a word of an address."""

from __future__ import annotations

from django.urls import path

from .views import reading, writing

urlpatterns = [
    path("policies", reading.policies, name="policies"),
    path("policies/new", writing.new_policy, name="policy_new"),
    path("policies/<str:code>", reading.policy, name="policy"),
    path("policies/<str:code>/edit", writing.edit_policy, name="policy_edit"),
    path("policies/<str:code>/retire", writing.retire_policy, name="policy_retire"),
    path("policies/<str:code>/lines/new", writing.new_clause, name="clause_new"),
    path("policies/<str:code>/lines/<str:clause_code>", reading.clause, name="clause"),
    path("policies/<str:code>/lines/<str:clause_code>/publish", writing.publish_version, name="version_publish"),
]
