from .reduce import Reduction, Removal, reduce_domains

__all__ = ["Reduction", "Removal", "reduce_domains"]
