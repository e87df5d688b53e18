from django.urls import path

from . import views

urlpatterns = [
    path("jobs/<int:pk>", views.job, name="job"),
    path("jobs/<int:pk>/cancel", views.cancel, name="job_cancel"),
]
