from .conflict_graph import conflict_graph
from .partition import Communities, detect_communities

__all__ = ["Communities", "conflict_graph", "detect_communities"]
