"""What search looks through: one document for each thing that can be found, and the words that occur."""

from typing import TYPE_CHECKING, Any

from django.db import models
from django.db.backends.base.base import BaseDatabaseWrapper

from partnerships.models.bodies import Partnership

if TYPE_CHECKING:
    IndexedText = models.TextField[str, str]
else:
    IndexedText = models.TextField


class VectorField(IndexedText):
    """Words as the database indexes them: PostgreSQL's own vector, and on SQLite their text."""

    def db_type(self, connection: BaseDatabaseWrapper) -> str:
        return "tsvector" if connection.vendor == "postgresql" else "text"

    def get_placeholder(self, value: Any, compiler: Any, connection: BaseDatabaseWrapper) -> str:
        return "%s::tsvector" if connection.vendor == "postgresql" else "%s"


class SearchDocument(models.Model):
    """A copy of the words of one thing, with who may find it inside the indexed words; written by its services."""

    kind = models.CharField(max_length=20)
    object_id = models.PositiveBigIntegerField()
    # None for what several partnerships share.
    partnership = models.ForeignKey(Partnership, models.CASCADE, null=True, related_name="+")
    # Who may find it, such as "_p12" for whoever reads partnership 12; see partnerships.queries.search.
    audience = models.TextField()
    ref = models.CharField(max_length=40, blank=True)
    title = models.TextField()
    text = models.TextField(blank=True)
    period = models.CharField(max_length=40, blank=True)
    url = models.CharField(max_length=300)
    vector = VectorField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["kind", "object_id"], name="search_document_once")]

    def __str__(self) -> str:
        return f"{self.kind} {self.object_id}"


class SearchWord(models.Model):
    """A word that occurs somewhere, for those who spell it another way."""

    word = models.CharField(max_length=60, unique=True)
    initial = models.CharField(max_length=1)
    length = models.PositiveSmallIntegerField()

    class Meta:
        indexes = [models.Index(fields=["initial", "length"], name="search_word_like")]

    def __str__(self) -> str:
        return self.word
