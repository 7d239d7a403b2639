"""A lane with few places and a fair line before it: persons take turns, whatever number of questions each has."""

from __future__ import annotations

import asyncio
import contextlib
from collections import OrderedDict, deque
from collections.abc import Callable

Person = int | str


class FairLane:
    """At most ``places`` at once. Who waits gets in by turns of persons, each in the order of arrival."""

    def __init__(self, places: int) -> None:
        self._free = places
        self._lines: OrderedDict[Person, deque[asyncio.Future[None]]] = OrderedDict()
        self.waiting = 0

    async def enter(
        self,
        person: Person,
        patience: float | None = None,
        give_up: asyncio.Event | None = None,
        tell: Callable[[int], None] | None = None,
        tell_after: float = 2.0,
    ) -> bool:
        """Whether a place was got; False after ``patience`` seconds or when ``give_up`` is set.

        ``tell`` hears how many are before, every ``tell_after`` seconds of waiting.
        """
        if self._free and not self.waiting:
            self._free -= 1
            return True
        loop = asyncio.get_running_loop()
        place = loop.create_future()
        self._lines.setdefault(person, deque()).append(place)
        self.waiting += 1
        end = loop.time() + patience if patience is not None else None
        leaving = asyncio.ensure_future(give_up.wait()) if give_up else None
        try:
            while not place.done():
                left = tell_after if end is None else min(tell_after, end - loop.time())
                if left <= 0 or (leaving and leaving.done()):
                    break
                await asyncio.wait(
                    {place, leaving} if leaving else {place}, timeout=left, return_when="FIRST_COMPLETED"
                )
                if not place.done() and tell:
                    tell(self.before(person, place))
        except asyncio.CancelledError:
            if self._withdraw(person, place):
                self.leave()
            raise
        finally:
            if leaving:
                leaving.cancel()
        return self._withdraw(person, place)

    def _withdraw(self, person: Person, place: asyncio.Future[None]) -> bool:
        """Takes the waiting place back; True where it had been granted already."""
        if place.done():
            return True
        place.cancel()
        line = self._lines.get(person)
        if line:
            with contextlib.suppress(ValueError):
                line.remove(place)
            if not line:
                del self._lines[person]
        self.waiting -= 1
        return False

    def before(self, person: Person, place: asyncio.Future[None]) -> int:
        """How many go before this place when persons take turns."""
        own = self._lines.get(person)
        if not own or place not in own:
            return 0
        round_ = own.index(place)
        people = list(self._lines)
        count = 0
        for other, line in self._lines.items():
            if other != person:
                count += min(len(line), round_ + (people.index(other) < people.index(person)))
        return count + round_

    def leave(self) -> None:
        """Gives a place back; the next person's oldest gets it."""
        while self._lines:
            person, line = next(iter(self._lines.items()))
            place = line.popleft()
            if line:
                self._lines.move_to_end(person)
            else:
                del self._lines[person]
            if not place.done():
                self.waiting -= 1
                place.set_result(None)
                return
        self._free += 1
