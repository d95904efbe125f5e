"""Addresses of the project."""

from django.urls import include, path

urlpatterns = [path("terms/", include("planning.urls"))]
