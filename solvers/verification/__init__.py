"""The independent verifier: slow, obvious, and the only judge of a result.

It works on the instance's own objects, from first principles, and shares no code with
the kernels. The arithmetic follows ITC-2019.

References
----------
.. [1] Mueller, T., Rudova, H., Mullerova, Z. (2018). University course timetabling and
   International Timetabling Competition 2019. PATAT 2018.
"""

from .result import Verification, Violation
from .verifier import criteria_names, organizers_reading, verify

__all__ = [
    "Verification",
    "Violation",
    "criteria_names",
    "organizers_reading",
    "verify",
]
