from .correcting import Correction, Removal
from .diagnose import Diagnosis, diagnose
from .elements import Element, ElementKind
from .minimizing import Conflict
from .placing import Verdict
from .plain import diagnosis_to_dict, element_text

__all__ = [
    "Conflict",
    "Correction",
    "Diagnosis",
    "Element",
    "ElementKind",
    "Removal",
    "Verdict",
    "diagnose",
    "diagnosis_to_dict",
    "element_text",
]
