"""Addresses of the application."""

from django.urls import path

from . import views

urlpatterns = [
    path("", views.create),
    path("<int:pk>/", views.show),
    path("<int:pk>/events/", views.events),
    path("<int:pk>/cancel/", views.cancel),
    path("<int:pk>/variants/", views.variants),
    path("<int:pk>/select/", views.select),
    path("<int:pk>/review/<str:action>/", views.review),
]
