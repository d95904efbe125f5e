"""Only the thread that asks becomes nicer, and those that it starts."""

import os
import threading

from cluster.priority import give_way


def _own() -> int:
    return os.getpriority(os.PRIO_PROCESS, 0)


def test_a_thread_gives_way_alone_and_never_takes_back() -> None:
    before = _own()
    seen: list[int] = []

    def search() -> None:
        give_way(before + 3)
        seen.append(_own())
        give_way(before + 1)
        seen.append(_own())
        inner = threading.Thread(target=lambda: seen.append(_own()))
        inner.start()
        inner.join()

    thread = threading.Thread(target=search)
    thread.start()
    thread.join()
    assert seen == [before + 3] * 3
    assert _own() == before
