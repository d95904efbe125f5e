"""The adapter of the reference ERP, which is served without any change on its side."""

from .erp import ReferenceErp
from .follower import ReferenceFollower
from .live_keys import ReferenceKeys
from .requests import ReferenceStart
from .rows import RowStore
from .sweeping import Sweeper
from .work import ReferenceWork

__all__ = [
    "ReferenceErp",
    "ReferenceFollower",
    "ReferenceKeys",
    "ReferenceStart",
    "ReferenceWork",
    "RowStore",
    "Sweeper",
]
