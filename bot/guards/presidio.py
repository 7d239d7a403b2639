"""Our recognizers inside Presidio, and Presidio's own pattern recognizers for comparison.

Nothing here is needed to answer anybody: the guards call the recognizers directly. Presidio's stock set-up downloads a
language model and a list of domains; here a blank spaCy pipeline stands in and no list is fetched.
"""

from __future__ import annotations

from typing import Any

from presidio_analyzer import AnalyzerEngine, RecognizerRegistry
from presidio_analyzer.context_aware_enhancers import ContextAwareEnhancer
from presidio_analyzer.nlp_engine import NlpArtifacts, NlpEngine
from presidio_analyzer.predefined_recognizers import (
    CreditCardRecognizer,
    EmailRecognizer,
    IbanRecognizer,
    IpRecognizer,
    PhoneRecognizer,
)

from bot.domain import Entity
from bot.guards.taiwan.recognizers import build_recognizers
from bot.guards.taiwan.rules import PersonalDataRules

LANGUAGE = "zh"


class BlankEngine(NlpEngine):  # type: ignore[misc]
    """Presidio's language port over a blank spaCy pipeline: words are single tokens, no entities, no downloads."""

    def __init__(self) -> None:
        import spacy

        self._pipeline = spacy.blank("xx")

    def load(self) -> None:
        """Nothing to load."""

    def is_loaded(self) -> bool:
        """Always."""
        return True

    def process_text(self, text: str, language: str) -> NlpArtifacts:
        """Tokens alone."""
        document = self._pipeline(text)
        return NlpArtifacts([], document, [], [], self, language)

    def process_batch(self, texts: Any, language: str, **_: Any) -> Any:
        """Pairs of text and tokens."""
        return ((text, self.process_text(text, language)) for text in texts)

    def is_stopword(self, word: str, language: str) -> bool:
        """None are known."""
        return False

    def is_punct(self, word: str, language: str) -> bool:
        """Whether no character of ``word`` is a letter or digit."""
        return not any(char.isalnum() for char in word)

    def get_supported_entities(self) -> list[str]:
        """None."""
        return []

    def get_supported_languages(self) -> list[str]:
        """Ours alone."""
        return [LANGUAGE]


class OwnContext(ContextAwareEnhancer):  # type: ignore[misc]
    """Leaves scores alone: our recognizers have weighed the words around themselves."""

    def __init__(self) -> None:
        super().__init__(0.0, 0.0, 0, 0)

    def enhance_using_context(self, text: str, raw_results: Any, *_: Any, **__: Any) -> Any:
        """The results as they are."""
        return raw_results


def analyzer(rules: PersonalDataRules) -> AnalyzerEngine:
    """A Presidio analyzer with our recognizers; feed it normalised text (``bot.text.plain``)."""
    registry = RecognizerRegistry(supported_languages=[LANGUAGE])
    for recognizer in build_recognizers(rules.entities, LANGUAGE):
        registry.add_recognizer(recognizer)
    return AnalyzerEngine(
        registry=registry, nlp_engine=BlankEngine(), supported_languages=[LANGUAGE], context_aware_enhancer=OwnContext()
    )


def peer_entities(text: str, threshold: float = 0.4) -> tuple[Entity, ...]:
    """What Presidio's predefined pattern recognizers find: card, e-mail, IBAN, IP address, telephone (region TW).

    Only what works without a model and a download: the e-mail recognizer's look-up of domain endings is left out.
    """
    found = []
    for recognizer in _peers():
        for entity_type in recognizer.supported_entities:
            results = recognizer.analyze(text, [entity_type], NlpArtifacts([], [], [], [], None, LANGUAGE))
            found += [Entity(entity_type, hit.start, hit.end) for hit in results if hit.score >= threshold]
    return tuple(sorted(found, key=lambda entity: (entity.start, entity.end)))


class _Email(EmailRecognizer):  # type: ignore[misc]
    def validate_result(self, pattern_text: str) -> bool:
        return "." in pattern_text.rpartition("@")[2]


def _peers() -> tuple[Any, ...]:
    return (
        CreditCardRecognizer(supported_language=LANGUAGE),
        _Email(supported_language=LANGUAGE),
        IbanRecognizer(supported_language=LANGUAGE),
        IpRecognizer(supported_language=LANGUAGE),
        PhoneRecognizer(supported_regions=("TW",), supported_language=LANGUAGE),
    )
