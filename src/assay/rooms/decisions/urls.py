from django.urls import path

from .views import listing, mapping_files, runs

urlpatterns = [
    path("imports", listing.imports, name="imports"),
    path("imports/new", mapping_files.new, name="imports_new"),
    path("imports/files/<slug:sha256>", mapping_files.map_columns, name="imports_map"),
    path("imports/<int:pk>", runs.run, name="imports_run"),
    path("imports/<int:pk>/import", runs.run_for_real, name="imports_repeat"),
    path("imports/<int:pk>/refused.csv", runs.refused_rows, name="imports_refused"),
    path("imports/<int:pk>/mend", runs.mend, name="imports_mend"),
    path("mappings", listing.mappings, name="mappings"),
    path("mappings/<int:pk>", listing.mapping, name="mapping"),
]
