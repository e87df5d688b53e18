"""Addresses of the reviews."""

from django.urls import path

from .views import disagreements, rounds, work

urlpatterns = [
    path("work", work.work, name="work"),
    path("work/next", work.work_next, name="work_next"),
    path("work/item/<uuid:task_id>", work.item, name="item"),
    path("work/item/<uuid:task_id>/content", work.item_content, name="item_content"),
    path("work/item/<uuid:task_id>/draft", work.item_draft, name="item_draft"),
    path("work/item/<uuid:task_id>/lease", work.item_lease, name="item_lease"),
    path("work/item/<uuid:task_id>/skip", work.item_skip, name="item_skip"),
    path("work/item/<uuid:task_id>/known", work.item_known, name="item_known"),
    path("work/item/<uuid:task_id>/undo", work.item_undo, name="item_undo"),
    path("disagreements", disagreements.disagreements, name="disagreements"),
    path("disagreements/<uuid:task_id>", disagreements.disagreement, name="disagreement"),
    path("disagreements/<uuid:task_id>/content", disagreements.disagreement_content, name="disagreement_content"),
    path("disagreements/<uuid:task_id>/undo", disagreements.disagreement_undo, name="disagreement_undo"),
    path("reviews/<str:code>", rounds.reviews_of_round, name="reviews_of_round"),
    path("reviews/<str:code>/close", rounds.reviews_of_round_close, name="reviews_of_round_close"),
]
