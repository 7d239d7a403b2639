"""Counts and latencies for Prometheus: numbers and kinds only, never words or who."""

from __future__ import annotations

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest

from bot.domain import Reply

_SECONDS = (0.05, 0.1, 0.25, 0.5, 1, 2, 3, 5, 8, 13, 20, 40)


class Metrics:
    """One registry of its own, so that several bots may live in one process."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self._updates = self._counter("updates", "Updates received", "kind")
        self._replies = self._counter("replies", "Replies by kind", "kind")
        self._refusals = self._counter("refusals", "Refusals by kind", "refusal")
        self._tiers = self._counter("tiers", "Risk tiers given", "tier")
        self._turned_away = self._counter("turned_away", "Updates not answered with a reply", "reason")
        self._failures = self._counter("telegram_failures", "Calls to the Bot API given up", "call")
        self._faults = self._counter("faults", "Handlers that broke", "error")
        self.official = self._histogram("official_seconds", "From receipt to the official words shown")
        self.acknowledged = self._histogram("acknowledged_seconds", "From receipt to the first sign")
        self.answered = self._histogram("answer_seconds", "From receipt to the whole reply")
        self.loop_lag = Gauge(
            "zhiyin_loop_lag_seconds", "How late the event loop woke, longest in 10 s", registry=self.registry
        )
        self.waiting = Gauge("zhiyin_waiting", "Questions in line", ["lane"], registry=self.registry)
        self.unconfirmed = Gauge("zhiyin_unconfirmed", "Updates taken and not yet answered", registry=self.registry)

    def _counter(self, name: str, text: str, label: str) -> Counter:
        return Counter(f"zhiyin_{name}", text, [label], registry=self.registry)

    def _histogram(self, name: str, text: str) -> Histogram:
        return Histogram(f"zhiyin_{name}", text, buckets=_SECONDS, registry=self.registry)

    def received(self, kind: str) -> None:
        """An update came."""
        self._updates.labels(kind).inc()

    def replied(self, reply: Reply) -> None:
        """A reply was sent."""
        self._replies.labels(reply.kind.value).inc()
        if reply.refusal:
            self._refusals.labels(reply.refusal.value).inc()
        if reply.tier:
            self._tiers.labels(reply.tier.value).inc()

    def turned_away(self, reason: str) -> None:
        """Somebody got no reply: stranger, paused, rate, full."""
        self._turned_away.labels(reason).inc()

    def failed(self, call: str) -> None:
        """A call was given up."""
        self._failures.labels(call).inc()

    def broke(self, error: str) -> None:
        """A handler broke."""
        self._faults.labels(error).inc()

    def text(self) -> bytes:
        """The exposition format."""
        return generate_latest(self.registry)
