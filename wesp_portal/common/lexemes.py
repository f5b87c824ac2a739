"""Words as search compares them: the same on every database, because they are made here and not by the server."""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher
from functools import lru_cache

# A reference or number with points, such as 1.1, 5.3c or 17.5, stays whole; so does a word with its apostrophe.
_WORD = re.compile(r"\d+(?:\.\d+)+(?:[a-z]\b)?|[^\W_]+(?:['’][^\W_]+)*", re.IGNORECASE)
# "1.4(b)" is how some documents write 1.4b.
_BRACKETED = re.compile(r"(?<=\d)\(([a-z])\)", re.IGNORECASE)
_PHRASE = re.compile(r'["“”]([^"“”]*)["“”]')
# So common that asking for them only leaves things out; they count in a phrase.
_COMMON = frozenset(["a", "an", "and", "are", "as", "at", "by", "for", "from", "in", "is", "it", "of", "on", "or"])
_COMMON |= {"that", "the", "this", "to", "was", "were", "with"}
FEW_SHARED = 0.3
LONGEST_QUERY, MOST_WORDS, LONGEST_WORD, SHORTEST_PREFIX = 200, 12, 60, 3
EXCERPT = 240


@dataclass(frozen=True, slots=True)
class Wanted:
    """One thing a query asks for: a word, the beginning of one, or a phrase."""

    lexemes: tuple[str, ...]
    words: str
    is_prefix: bool = False
    is_phrase: bool = False

    @property
    def may_be_misspelt(self) -> bool:
        return not self.is_phrase and len(self.lexemes[0]) > 3 and self.lexemes[0].isalpha()


@lru_cache(maxsize=20_000)
def fold(word: str) -> str:
    """A word without its capitals, accents, apostrophe and plural: Écoles, école and école's are the same."""
    plain = "".join(c for c in unicodedata.normalize("NFKD", word.casefold()) if not unicodedata.combining(c))
    plain = re.split("['’]", plain)[0] if plain.endswith(("'s", "’s")) else re.sub("['’]", "", plain)
    if len(plain) > 4 and plain.endswith("ies"):
        return plain[:-3] + "y"
    if len(plain) > 3 and plain.endswith("s") and not plain.endswith(("ss", "us", "is")):
        return plain[:-1]
    return plain


def words_of(text: str) -> Iterator[re.Match[str]]:
    """Each word of a text, where it stands."""
    return (found for found in _WORD.finditer(text) if len(found[0]) <= LONGEST_WORD)


def lexemes(text: str) -> list[str]:
    """The words of a text in order, folded."""
    return [fold(found[0]) for found in words_of(_BRACKETED.sub(r"\1", text))]


def read_query(text: str) -> tuple[Wanted, ...]:
    """What a query asks for, all of it: quoted phrases, then words, of which the last may be unfinished."""
    wanted = [
        Wanted(tuple(quoted), found[1].strip(), is_phrase=True)
        for found in _PHRASE.finditer(text)
        if (quoted := lexemes(found[1]))
    ]
    rest = _BRACKETED.sub(r"\1", _PHRASE.sub(" ", text))
    words = [found[0] for found in words_of(rest)]
    telling = [word for word in words if word.casefold() not in _COMMON]
    if not telling and not wanted:
        telling = words
    # A word that is being typed ends the text; after a quotation or a full stop nothing is being typed.
    is_open = bool(telling) and rest.rstrip().endswith(telling[-1])
    for place, word in enumerate(telling, 1):
        lexeme = fold(word)
        is_prefix = is_open and place == len(telling) and lexeme.isalpha() and len(lexeme) >= SHORTEST_PREFIX
        wanted.append(Wanted((lexeme,), word, is_prefix=is_prefix))
    return tuple(dict.fromkeys(wanted))[:MOST_WORDS]


def _matches(word: str, wanted: Iterable[Wanted]) -> bool:
    lexeme = fold(word)
    return any(lexeme in each.lexemes or (each.is_prefix and lexeme.startswith(each.lexemes[0])) for each in wanted)


def marked(text: str, wanted: Iterable[Wanted]) -> list[tuple[str, bool]]:
    """A text in parts, each with whether it is what was asked for."""
    wanted, parts, at = tuple(wanted), [], 0
    for found in words_of(text):
        if _matches(found[0], wanted):
            parts += [(text[at : found.start()], False), (found[0], True)]
            at = found.end()
    return [part for part in [*parts, (text[at:], False)] if part[0]]


def excerpt(text: str, wanted: Iterable[Wanted]) -> str:
    """The part of a text around the first word that was asked for, cut between words."""
    text, wanted = " ".join(text.split()), tuple(wanted)
    if len(text) <= EXCERPT:
        return text
    first = next((found.start() for found in words_of(text) if _matches(found[0], wanted)), 0)
    start = max(0, min(first - EXCERPT // 3, len(text) - EXCERPT))
    start = text.rfind(" ", 0, start) + 1 if start else 0
    end = start + EXCERPT
    if end < len(text):
        end = max(text.rfind(" ", start, end), start + EXCERPT // 2)
    return f"{'… ' if start else ''}{text[start:end]}{' …' if end < len(text) else ''}"


@lru_cache(maxsize=50_000)
def _trigrams(word: str) -> frozenset[str]:
    padded = f"  {word} "
    return frozenset(padded[at : at + 3] for at in range(len(padded) - 2))


def likeness(one: str, other: str) -> float:
    """How alike two words are: 1 for the same word, 0 for nothing in common.

    By the threes of letters they share and, as these are few in a short word, by the letters that follow each other in
    both. That takes long, so words that share few threes are not looked at further.
    """
    first, second = _trigrams(one), _trigrams(other)
    shared = len(first & second) / len(first | second)
    return 0.0 if shared < FEW_SHARED else (shared + SequenceMatcher(None, one, other).ratio()) / 2
