"""The application's own tables."""
