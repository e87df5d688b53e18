from django.urls import path

from .views import account, people, units

urlpatterns = [
    path("account", account.account, name="account"),
    path("account/password", account.change_password, name="account_password"),
    path("account/tokens", account.tokens, name="account_tokens"),
    path("account/tokens/<int:pk>/revoke", account.revoke_token, name="account_token_revoke"),
    path("account/sessions/end", account.end_sessions, name="account_sessions_end"),
    path("admin/people", people.people, name="admin_people"),
    path("admin/people/new", people.new_person, name="admin_people_new"),
    path("admin/people/<str:pseudonym>", people.person, name="admin_person"),
    path("admin/people/<str:pseudonym>/roles", people.grant_role, name="admin_person_grant"),
    path("admin/people/<str:pseudonym>/roles/<int:pk>/end", people.end_role, name="admin_person_end_role"),
    path("admin/people/<str:pseudonym>/qualifications", people.qualify, name="admin_person_qualify"),
    path("admin/people/<str:pseudonym>/deactivate", people.deactivate, name="admin_person_deactivate"),
    path("admin/units", units.units, name="admin_units"),
    path("admin/units/new", units.new_unit, name="admin_units_new"),
]
