"""The ERP's tables as a catalogue of terms; read only, but for the sample."""

from .catalogue import Catalogue
from .checking import CatalogueCheck
from .names import CatalogueMapping, load_mapping, mapping_of, toml_of
from .sample import load_sample

__all__ = [
    "Catalogue",
    "CatalogueCheck",
    "CatalogueMapping",
    "load_mapping",
    "load_sample",
    "mapping_of",
    "toml_of",
]
