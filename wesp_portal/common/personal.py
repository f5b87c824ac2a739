"""What in a text looks like it could identify a child: for questions to whoever writes it, never for refusals."""

import re

# A unique pupil number: a check letter, eleven figures, and a figure or, while it is temporary, a letter.
_UPN = re.compile(r"\b[A-Z]\d{11}[\dA-Z]\b", re.IGNORECASE)
_MONTH = r"(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*"
_DAY = re.compile(
    rf"\b\d{{1,2}}[./ -]\d{{1,2}}[./ -](?:19|20)?\d{{2}}\b|\b\d{{1,2}}(?:st|nd|rd|th)? {_MONTH},? (?:19|20)\d{{2}}\b"
    r"|\b(?:19|20)\d{2}-\d{2}-\d{2}\b",
    re.IGNORECASE,
)
_CONTACT = re.compile(r"\S+@\S+\.\w+|\b(?:\+44|0)\d[\d ]{8,11}\d\b")
_INTRODUCED = re.compile(
    r"\b(?i:called|named|my name is|name's|son|daughter|brother|sister|pupil|mr|mrs|miss|ms|mx|dr)\.? ([A-Z][a-z'’-]+)"
)
_TWO_CAPITALS = re.compile(r"\b([A-Z][a-z'’-]+) ([A-Z][a-z'’-]+)\b")
# Words of the names of places, bodies and times: two capitals with one of them are no person's name.
_NO_NAMES = frozenset(
    [
        "Academy",
        "Adult",
        "April",
        "August",
        "Autumn",
        "Board",
        "Borough",
        "Centre",
        "Children",
        "Church",
        "Civic",
        "Club",
        "College",
        "Council",
        "County",
        "December",
        "East",
        "Edge",
        "Education",
        "England",
        "English",
        "February",
        "Free",
        "Friday",
        "Greater",
        "Head",
        "Health",
        "Higher",
        "Hill",
        "Hospital",
        "Hub",
        "January",
        "July",
        "June",
        "Junior",
        "Key",
        "Lancashire",
        "Lancaster",
        "Leigh",
        "Level",
        "Liverpool",
        "Local",
        "Manchester",
        "March",
        "May",
        "Metropolitan",
        "Monday",
        "National",
        "North",
        "North-West",
        "November",
        "October",
        "Officer",
        "Partnership",
        "Primary",
        "Project",
        "Saturday",
        "School",
        "Schools",
        "Secondary",
        "September",
        "Services",
        "Skelmersdale",
        "Skills",
        "South",
        "Special",
        "Spring",
        "Stage",
        "Strategy",
        "Summer",
        "Sunday",
        "Team",
        "Technical",
        "The",
        "Thursday",
        "Trust",
        "Tuesday",
        "University",
        "Wednesday",
        "West",
        "Wigan",
        "Work",
        "Year",
        "Years",
        "Young",
        "Youth",
        "We",
        "They",
        "He",
        "She",
        "It",
        "My",
        "Our",
        "I",
        "A",
        "An",
        "In",
        "On",
        "At",
        "For",
        "And",
        "But",
        "When",
        "Since",
        "This",
        "That",
        "Before",
        "After",
        "Because",
    ]
)


def identifying_details(text: str) -> list[str]:
    """What a text seems to hold that could identify a child, each as a question; nothing is changed or kept."""
    found = []
    if match := _UPN.search(text):
        found.append(f"Is “{match[0]}” a pupil’s number? Leave it out if it is.")
    if match := _DAY.search(text):
        found.append(f"Is “{match[0]}” somebody’s date of birth? Leave it out if it is.")
    if match := _CONTACT.search(text):
        found.append(f"Is “{match[0]}” somebody’s address or number? Leave it out if it is.")
    if name := _name(text):
        found.append(f"Is “{name}” somebody’s name? Say who it is without it, like a Year 9 pupil.")
    return found


def _name(text: str) -> str:
    for match in _INTRODUCED.finditer(text):
        if match[1] not in _NO_NAMES:
            return match[0]
    for match in _TWO_CAPITALS.finditer(text):
        if not _NO_NAMES.intersection(match.groups()):
            return match[0]
    return ""
