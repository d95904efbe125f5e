"""Words from which departments, courses, buildings and people get their names."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

__all__ = ["Field", "building_names", "course_titles", "fields", "person_name"]


class Field(NamedTuple):
    """A field of study: department code, name, and what its laboratories count."""

    code: str
    name: str
    equipment: str


_FIELDS = """
CSE Computer Science and Engineering|workstation
ECE Electronics and Communication|oscilloscope
MEC Mechanical Engineering|workbench
CIV Civil Engineering|survey station
MTH Mathematics|workstation
PHY Physics|optical bench
CHM Chemistry|fume hood
ECO Economics|terminal
BIO Biology|microscope
EEE Electrical Engineering|test bench
STA Statistics|workstation
CHE Chemical Engineering|reactor stand
ARC Architecture|drawing table
PSY Psychology|cubicle
GEO Geology|microscope
ENV Environmental Science|sampling kit
AER Aerospace Engineering|test bench
BIT Biotechnology|incubator
MAT Materials Science|furnace
ASN Astronomy|telescope desk
MUS Music|keyboard
ART Visual Arts|easel
LIN Linguistics|headset
HIS History|reading desk
PHI Philosophy|reading desk
POL Political Science|terminal
SOC Sociology|terminal
ANT Anthropology|specimen tray
LAW Law|reading desk
EDU Education|tablet
JRN Journalism|editing desk
FLM Film Studies|editing desk
NUR Nursing|training bed
PHA Pharmacy|balance
MED Medicine|training bed
DEN Dentistry|training chair
VET Veterinary Science|examination table
NUT Nutrition|kitchen place
SPO Sports Science|ergometer
PBH Public Health|terminal
AGR Agriculture|soil kit
FOR Forestry|sampling kit
FSH Fisheries|aquarium
OCE Oceanography|sampling kit
MTR Meteorology|weather station
HYD Hydrology|flume place
MIN Mining Engineering|survey station
PET Petroleum Engineering|core stand
NUC Nuclear Engineering|detector
TEX Textile Technology|loom
FOO Food Technology|kitchen place
PRT Printing Technology|press place
MGT Management|terminal
FIN Finance|terminal
MKT Marketing|terminal
ACC Accounting|terminal
TOU Tourism|terminal
LOG Logistics|terminal
LIB Library Science|terminal
THE Theology|reading desk
CLA Classics|reading desk
DRA Drama|stage place
DES Design|drawing table
URB Urban Planning|drawing table
"""

_BRANCHES = (
    ("", ""),
    ("A", "Applied "),
    ("T", "Theoretical "),
    ("I", "International "),
)

_TITLES = {
    "CSE": (
        "Data Structures",
        "Digital Logic",
        "Programming Paradigms",
        "Computer Organization",
        "Probability for Computing",
        "Operating Systems",
        "Database Systems",
        "Theory of Computation",
        "Computer Networks",
        "Software Engineering",
        "Compilers",
        "Distributed Systems",
        "Machine Learning",
        "Security Engineering",
        "Graphics",
        "Optimization",
        "Language Processing",
        "Robotics",
        "Human Factors",
    ),
    "ECO": (
        "Microeconomics",
        "Macroeconomics",
        "Econometrics",
        "Economic History",
        "Mathematics for Economists",
        "Public Finance",
        "Labor Markets",
        "Game Theory",
        "Money and Banking",
        "Development",
        "Trade",
        "Industrial Organization",
        "Behavioral Economics",
        "Growth",
        "Health Economics",
        "Auctions",
        "Economics of Cities",
        "Inequality",
        "Energy Markets",
    ),
}

_PATTERNS = (
    "Introduction to {}",
    "Principles of {}",
    "Methods of {}",
    "Measurement in {}",
    "Mathematics for {}",
    "Theory of {}",
    "Models in {}",
    "Systems in {}",
    "Data in {}",
    "Practice of {}",
    "Advanced {}",
    "Design in {}",
    "Research in {}",
    "Problems of {}",
    "Frontiers of {}",
    "History of {}",
    "Ethics of {}",
    "Simulation in {}",
    "Innovation in {}",
)

_BUILDINGS = (
    "Aspen Hall",
    "Birch House",
    "Cedar Court",
    "Dogwood Wing",
    "Elm Workshops",
    "Fir Pavilion",
    "Ginkgo Tower",
    "Hazel Hall",
    "Ivy Court",
    "Juniper House",
)

_FIRST = (
    "Aarav Adaeze Agnes Akira Alma Amara Anton Aylin Bao Beatriz Boris Chiara Dalia "
    "Daniel Deepa Diego Elena Emeka Esther Farid Freya Gita Hana Hugo Ibrahim Ines "
    "Ivan Jamila Jonas Kaito Kavya Leila Liam Lucia Mahesh Maria Mei Milan Nadia "
    "Nikhil Noor Olga Omar Paula Pavel Priya Quinn Rafael Ravi Rosa Samir Sofia Stefan "
    "Tara Tomas Uma Vera Viktor Wanda Yusuf Zainab Zofia"
).split()

_LAST = (
    "Abbasi Acharya Adeyemi Almeida Andersson Banerjee Bauer Bianchi Chandra Chen "
    "Costa Dahl Das Diallo Dubois Eriksen Farouk Fernandes Fischer Ganguly Garcia "
    "Haddad Hansen Horvat Iyer Jansen Joshi Kamau Kapoor Keller Khan Kovac Kumar "
    "Larsen Lindqvist Lopez Mahmoud Mehta Mensah Moreau Mwangi Nair Nakamura Novak "
    "Okafor Oliveira Park Patel Petrov Popescu Qureshi Rao Reyes Rossi Saito Sandhu "
    "Santos Sato Schmidt Sharma Silva Singh Suzuki Takeda Tanaka Torres Ueda Varga "
    "Verma Vogel Wang Weber Xu Yadav Yamada Yilmaz Zhang Zimmer"
).split()


def fields() -> Iterator[Field]:
    """Yield fields without end; the first ones are the best known."""
    rows = [line.partition(" ") for line in _FIELDS.split("\n") if line]
    suffix = 0
    while True:
        for letter, branch in _BRANCHES:
            for code, _, rest in rows:
                name, _, equipment = rest.partition("|")
                number = f" {suffix + 1}" if suffix else ""
                own = f"{code}{letter}{suffix or ''}"
                yield Field(own, f"{branch}{name}{number}", equipment)
        suffix += 1


def course_titles(field: Field) -> tuple[str, ...]:
    """Titles of a department's courses, core courses first."""
    known = _TITLES.get(field.code)
    return known or tuple(pattern.format(field.name) for pattern in _PATTERNS)


def building_names(campus: int) -> list[str]:
    """Names of the buildings of a campus, counted from 0."""
    suffix = "" if campus == 0 else f" {campus + 1}"
    return [f"{name}{suffix}" for name in _BUILDINGS]


def person_name(number: int) -> str:
    """Name of a person; the first few thousand numbers give different ones."""
    first = _FIRST[number % len(_FIRST)]
    turn = number // len(_FIRST)
    return f"{first} {_LAST[(7 * number + turn) % len(_LAST)]}"
