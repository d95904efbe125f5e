"""Files made to exhaust a reader, each read in a process of its own.

Run as a module it prints, as JSON, what each did: code, seconds of the processor, and
bytes of memory beyond what the file itself takes.
"""

import ctypes
import gzip
import io
import json
import os
import sys
import time
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path

from solvers.exceptions import InputError
from solvers.formats import cbctt, itc2019, pectt
from solvers.formats import institution as college

__all__ = ["BOMBS", "READERS"]

MEGABYTE = 2**20

READERS: dict[str, Callable[[bytes], object]] = {
    "itc2019": itc2019.read_problem,
    "curriculum": cbctt.read_problem,
    "enrolment": pectt.read_problem,
    "institution": college.read_institution,
}

_HEAD = (
    b"Name: x\nCourses: %d\nRooms: 1\nDays: 5\nPeriods_per_day: 4\nCurricula: 0\n"
    b"Constraints: 0\n\nCOURSES:\n"
)
_TAIL = (
    b"\nROOMS:\nA 10\n\nCURRICULA:\n\nUNAVAILABILITY_CONSTRAINTS:\n\nEND.\n"
)  # fmt: skip


def _laughs() -> bytes:
    levels = b"".join(
        b'<!ENTITY l%d "%s">' % (i, b"&l%d;" % (i - 1) * 10) for i in range(1, 12)
    )
    return b'<!DOCTYPE problem [<!ENTITY l0 "ha">' + levels + b"]><problem>&l11;"


def _quadratic() -> bytes:
    entity = b'<!DOCTYPE problem [<!ENTITY a "' + b"a" * 100_000 + b'">]>'
    return entity + b"<problem>" + b"&a;" * 100_000 + b"</problem>"


def _doctype(inner: bytes, body: bytes = b"") -> bytes:
    return b"<!DOCTYPE problem " + inner + b"><problem>" + body + b"</problem>"


def _zip() -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a.xml", b" " * 50 * MEGABYTE)
    return file.getvalue()


def _rooms(count: int, room: bytes) -> bytes:
    return (
        b'<problem nrDays="5" nrWeeks="2" slotsPerDay="9"><rooms>'
        + room * count
        + b"</rooms></problem>"
    )


def _members(count: int) -> bytes:
    names = b",".join(b'"m%d":1' % i for i in range(count))
    return b"{" + names + b',"m0":1}'


def _everywhere() -> dict[str, bytes]:
    """Files that no reader may take."""
    return {
        "zeros": bytes(100 * MEGABYTE),
        "blanks": b" " * (100 * MEGABYTE),
        "lines": b"\n" * (100 * MEGABYTE),
        "few zeros": bytes(15 * MEGABYTE),
        "few blanks": b" " * (15 * MEGABYTE),
        "few lines": b"\n" * (15 * MEGABYTE),
        "gzip": gzip.compress(bytes(50 * MEGABYTE)),
        "zip": _zip(),
        "utf-16": "Name: é".encode("utf-16") * 1000,
        "utf-32": "<problem/>".encode("utf-32"),
        "latin-1": "Name: é\n".encode("latin-1"),
        "overlong": b"Name: \xc0\xaf\n",
        "surrogate": b"Name: \xed\xa0\x80\n",
    }


def _of_xml() -> dict[str, bytes]:
    nested = b"".join(b"<%s>" % tag for tag in (b"problem", b"rooms", b"room"))
    return {
        "billion laughs": _laughs(),
        "quadratic": _quadratic(),
        "external entity": _doctype(
            b'[<!ENTITY x SYSTEM "file:///etc/passwd">]', b"&x;"
        ),
        "parameter entity": _doctype(
            b'[<!ENTITY % p SYSTEM "http://localhost:1/x"> %p;]'
        ),
        "external dtd": _doctype(b'SYSTEM "http://localhost:1/x"', b"&x;"),
        "internal dtd": _doctype(b"[<!ELEMENT problem ANY>]"),
        "inclusion": b'<problem xmlns:xi="http://www.w3.org/2001/XInclude">'
        b'<xi:include href="/etc/passwd"/></problem>',
        "deep": nested * 100_000,
        "sections": b"<problem>" + b"<rooms/>" * 3_000_000,
        "elements": b"<problem>" + b"<a/>" * 10_000_000,
        "blanks inside": b"<problem>" + b" " * 60 * MEGABYTE + b"</problem>",
        "text inside": b"<problem>" + b"x" * 60 * MEGABYTE + b"</problem>",
        "comment": b"<problem><!--" + b"x" * 60 * MEGABYTE + b"--></problem>",
        "attribute": b'<problem name="' + b"x" * 60 * MEGABYTE + b'"/>',
        "attributes": b"<problem "
        + b" ".join(b'a%d=""' % i for i in range(50_000))
        + b"/>",
        "duplicate ids": _rooms(15_000, b'<room id="A" capacity="1"/>'),
        "unknown encoding": b'<?xml version="1.0" encoding="martian"?><problem/>',
        "binary encoding": b'<?xml version="1.0" encoding="hex"?><problem/>',
        "wide encoding": b'<?xml version="1.0" encoding="utf-32"?><problem/>',
        "asian encoding": b'<?xml version="1.0" encoding="shift_jis"?><problem/>',
        "wrong encoding": b'<?xml version="1.0" encoding="utf-16"?><problem/>',
        "long number": _rooms(1, b'<room id="A" capacity="' + b"9" * 900_000 + b'"/>'),
        "huge grid": b'<problem nrDays="9" nrWeeks="999999999" slotsPerDay="9"/>',
    }


def _of_curriculum() -> dict[str, bytes]:
    course = b"c%d t 1 1 1\n"
    return {
        "long line": b"Name: " + b"x" * 30 * MEGABYTE,
        "many fields": _HEAD % 1 + b"c " * 15_000_000 + _TAIL,
        "lectures": _HEAD % 1 + b"c t 999999999 1 1\n" + _TAIL,
        "all lectures": _HEAD % 1001
        + b"".join(b"c%d t 100000 1 1\n" % i for i in range(1001))
        + _TAIL,
        "huge count": _HEAD % 999_999_999 + course % 1 + _TAIL,
        "periods": (_HEAD % 1).replace(b"day: 4", b"day: 2016")
        + b"c t 1 1 1\n"
        + _TAIL,
        "duplicate ids": _HEAD % 50_000 + b"c t 1 1 1\n" * 50_000 + _TAIL,
        "unknown lines": b"x\n" * 350_000,
        "headers": b"Days: 5\n" * 350_000,
    }


def _of_enrolment() -> dict[str, bytes]:
    return {
        "header": b"2000 1000 1000 50000\n",
        "ones": b"1 " * 7_500_000,
        "digits": b"9" * 15 * MEGABYTE,
        "minus": b"-" * 15 * MEGABYTE,
        "large header": b"999999999 999999999 999999999 999999999\n",
    }


def _of_institution() -> dict[str, bytes]:
    return {
        "deep lists": b"[" * 5_000_000,
        "deep objects": b'{"a":' * 5_000_000,
        "many members": _members(100_000),
        "long number": b'{"name":' + b"9" * 5_000_000 + b"}",
        "infinity": b'{"name":1e999}',
        "not a number": b'{"name":NaN}',
        "wrong items": b'{"rooms":[' + b"1," * 50_000 + b"1]}",
        "long text": b'{"name":"' + b"x" * 60 * MEGABYTE + b'"}',
    }


BOMBS: dict[str, Callable[[], dict[str, bytes]]] = {
    "itc2019": _of_xml,
    "curriculum": _of_curriculum,
    "enrolment": _of_enrolment,
    "institution": _of_institution,
}


def _bombs() -> Iterator[tuple[str, str, bytes]]:
    shared = _everywhere()
    for reader, own in BOMBS.items():
        for name, content in (shared | own()).items():
            yield reader, name, content


def _memory(field: str) -> int:
    """Bytes of a field of the process's status."""
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith(field):
            return int(line.split()[1]) * 1024
    raise LookupError(field)


def _explode(reader: str, content: bytes) -> tuple[str, float, int]:
    """Code of the refusal, or what else came; seconds; bytes."""
    ctypes.CDLL(None).malloc_trim(0)
    Path("/proc/self/clear_refs").write_text("5")
    before, begin = _memory("VmRSS"), time.process_time()
    try:
        READERS[reader](content)
        code = "accepted"
    except InputError as error:
        code = error.issues[0].code
    seconds = time.process_time() - begin
    return code, seconds, _memory("VmHWM") - before


def _in_own_process(reader: str, name: str, content: bytes) -> None:
    child = os.fork()
    if child == 0:
        try:
            told = [reader, name, *_explode(reader, content)]
        except BaseException as error:
            told = [reader, name, repr(error)[:200], 0.0, 0]
        sys.stdout.write(json.dumps(told) + "\n")
        sys.stdout.flush()
        os._exit(0)
    os.waitpid(child, 0)


if __name__ == "__main__":
    for bomb in _bombs():
        _in_own_process(*bomb)
