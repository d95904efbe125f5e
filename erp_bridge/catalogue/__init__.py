"""The ERP's tables as a catalogue of terms; read only, but for the sample."""

from .catalogue import Catalogue
from .sample import load_sample

__all__ = ["Catalogue", "load_sample"]
