"""Versions of our tables, applied by :func:`erp_bridge.migrate`."""
