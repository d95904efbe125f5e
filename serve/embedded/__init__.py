"""Real PostgreSQL and Valkey servers from wheels, for use without an installation."""

from .processes import EmbeddedError
from .services import EmbeddedServices, Urls, default_data_dir

__all__ = ["EmbeddedError", "EmbeddedServices", "Urls", "default_data_dir"]
