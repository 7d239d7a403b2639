"""From cues to facts: what is said, what is denied, what stays open, and what an ordinary reader takes for granted."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from bot.triage.lexicon import UNKNOWN, Found, Hit

Verdict = bool | None


@dataclass(slots=True)
class Settled:
    """Facts with the words they rest on; ``silent`` are facts about which the text says nothing at all."""

    values: dict[str, Verdict] = field(default_factory=dict)
    evidence: dict[str, str] = field(default_factory=dict, repr=False)
    silent: set[str] = field(default_factory=set)
    unknown: frozenset[str] = frozenset()
    """Facts of which the text itself says that they are not known."""

    def leaves_open(self, name: str) -> bool:
        """Whether the words themselves leave the fact open."""
        return name in self.unknown or (name in self.values and self.values[name] is None and name in self.evidence)

    def put(self, name: str, value: Verdict, words: str = "") -> None:
        """Sets a fact, with the words it rests on."""
        self.values[name] = value
        if words:
            self.evidence[name] = words
        else:
            self.evidence.pop(name, None)

    def take(self, name: str) -> Verdict:
        """The fact so far; unknown where nothing was settled."""
        return self.values.get(name)


def outside(hits: Iterable[Hit], others: Iterable[Hit]) -> list[Hit]:
    """Hits that overlap none of the others."""
    taken = list(others)
    return [hit for hit in hits if not any(hit.start < other.end and other.start < hit.end for other in taken)]


class Settling:
    """Settles one text, fact by fact; later facts see earlier ones."""

    def __init__(self, found: Found) -> None:
        self.found = found
        unknown = (hit.cue.removeprefix(UNKNOWN) for hit in found.hits if hit.cue.startswith(UNKNOWN))
        self.out = Settled(unknown=frozenset(unknown))

    def run(self) -> Settled:
        """All facts."""
        steps: tuple[Callable[[], None], ...] = (
            self._place,
            self._secrets,
            self._people,
            self._consent,
            self._rights,
            self._review,
            self._chatbot,
            self._audience,
            self._bias,
            self._unclear,
        )
        for step in steps:
            step()
        return self.out

    def _words(self, hits: Iterable[Hit]) -> str:
        first = next(iter(hits), None)
        return self.found.words(first) if first else ""

    def _plain(self, cue: str, name: str = "", *, default: Verdict = False) -> Verdict:
        """Open, then said, then denied; ``default`` where the text is silent."""
        name = name or cue
        for polarity, value in (("open", None), ("said", True), ("denied", False)):
            hits = self.found.of(cue, polarity)  # type: ignore[arg-type]
            if hits:
                self.out.put(name, value, self._words(hits))
                return value
        self.out.put(name, default)
        self.out.silent.add(name)
        return default

    def _place(self) -> None:
        """Where it runs, and whether that place is known to be safe."""
        inside, outer = self.found.of("on_premises_offline"), self.found.of("external_ai")
        undecided = self.found.of("on_premises_offline", "open")
        denied = self.found.of("on_premises_offline", "denied")
        self.out.put("external_ai", bool(outer) and not inside, self._words(outer) if not inside else "")
        if undecided or (inside and outer):
            self.out.put("on_premises_offline", None, self._words(undecided or inside))
        elif inside and not denied:
            self.out.put("on_premises_offline", True, self._words(inside))
        elif outer or denied:
            self.out.put("on_premises_offline", False, self._words(denied or outer))
        else:
            self.out.put("on_premises_offline", None)
        open_, denied = self.found.of("security_confirmed", "open"), self.found.of("security_confirmed", "denied")
        said = outside(self.found.of("security_confirmed"), denied)
        if open_:
            self.out.put("security_confirmed", None, self._words(open_))
        elif denied:
            self.out.put("security_confirmed", False, self._words(denied))
        elif said:
            self.out.put("security_confirmed", True, self._words(said))
        else:
            self.out.put("security_confirmed", False if self.out.take("on_premises_offline") is False else None)

    def _secrets(self) -> None:
        self._plain("confidential_data")
        open_ = self.found.of("unpublished_government_data", "open")
        said = outside(self.found.of("unpublished_government_data"), open_)
        denied = self.found.of("unpublished_government_data", "denied")
        if open_ and not said:
            self.out.put("unpublished_government_data", None, self._words(open_))
        elif said:
            self.out.put("unpublished_government_data", True, self._words(said))
        else:
            self.out.put("unpublished_government_data", False, self._words(denied))
            if not denied:
                self.out.silent.add("unpublished_government_data")

    def _people(self) -> None:
        """Personal data of both kinds, and biometric identification."""
        self._plain("special_personal_data")
        self._plain("biometric_identification")
        self._plain("personal_data")
        removed = outside(self.found.of("deidentified"), self.found.of("personal_data", "open"))
        removed += self.found.of("fictional")
        if removed and self.out.take("personal_data") is not None:
            last = removed[-1]
            kept = [hit for hit in self.found.of("personal_data") if hit.start > last.end + 6]
            if not kept:
                self.out.put("personal_data", False, self._words(removed))
                if self.out.take("special_personal_data"):
                    self.out.put("special_personal_data", False, self._words(removed))

    def _consent(self) -> None:
        opted = self.found.of("opt_out")
        open_ = self.found.of("lawful_basis_or_consent", "open")
        denied = outside(self.found.of("lawful_basis_or_consent", "denied"), (*opted, *open_))
        said = outside(self.found.of("lawful_basis_or_consent"), (*denied, *open_))
        if denied and not (open_ and open_[-1].start > denied[-1].start):
            self.out.put("lawful_basis_or_consent", False, self._words(denied))
        elif open_:
            self.out.put("lawful_basis_or_consent", None, self._words(open_))
        elif said or opted:
            self.out.put("lawful_basis_or_consent", True, self._words(said or opted))
        else:
            self.out.put("lawful_basis_or_consent", None)

    def _rights(self) -> None:
        self._plain("scores_people")
        self._plain("affects_rights")
        only_read = self.found.has("digesting") and not self.found.has("judging") and not self.found.has("auto_effect")
        closed = self.found.has("public_material") or self.out.take("confidential_data")
        if self.out.take("affects_rights") and only_read and closed and not self.found.has("legal_document"):
            self.out.put("affects_rights", False)

    def _review(self) -> None:
        """Who confirms before the result takes effect, and so whether the AI decides."""
        out, found = self.out, self.found
        open_ = found.of("human_review", "open")
        denied = outside(found.of("human_review", "denied"), open_)
        said = outside(found.of("human_review"), (*denied, *open_))
        auto = found.of("auto_effect")
        matters = out.take("affects_rights") is not False or bool(out.take("scores_people"))
        if denied and not (open_ and open_[-1].start > denied[-1].start):
            out.put("human_review", False, self._words(denied))
        elif open_ and matters:
            out.put("human_review", None, self._words(open_))
        elif said:
            out.put("human_review", True, self._words(said))
        elif auto and matters:
            out.put("human_review", False, self._words(auto))
        else:
            out.put("human_review", None if matters else False)
        derive_deciding(self.found, out)

    def _chatbot(self) -> None:
        said = self.found.of("chatbot")
        if not said:
            self._plain("chatbot", "public_facing_chatbot")
            return
        public, staff = self.found.of("chatbot_public"), self.found.of("chatbot_staff")
        if self.found.has("chatbot_unsure"):
            self.out.put("public_facing_chatbot", None, self._words(self.found.of("chatbot_unsure")))
        elif self.found.has("chatbot_opened"):
            self.out.put("public_facing_chatbot", True, self._words(said))
        elif staff:
            self.out.put("public_facing_chatbot", False, self._words(staff))
        elif public:
            self.out.put("public_facing_chatbot", True, self._words(said))
        else:
            self.out.put("public_facing_chatbot", None, self._words(said))

    def _audience(self) -> None:
        """Who gets to see what comes out."""
        open_, said = self.found.of("outward", "open"), self.found.of("outward")
        inward, exclusive = self.found.of("inward"), self.found.of("exclusive")
        bot = self.out.take("public_facing_chatbot")
        policy = self.found.has("policy") and self.found.has("drafting")
        if self.found.has("chatbot") and bot is not True and not self.found.has("outward", "open"):
            self.out.put("outward_document", False)
        elif open_:
            self.out.put("outward_document", None, self._words(open_))
        elif policy:
            self.out.put("outward_document", True, self._words(self.found.of("policy")))
        elif said and not exclusive:
            self.out.put("outward_document", True, self._words(said))
        elif exclusive or inward:
            self.out.put("outward_document", False)
        else:
            self.out.put("outward_document", None if self._product() else False)
        self._letter()
        inside = self._words(exclusive or inward)
        if inside:
            self.out.evidence["internal_only"] = inside
        derive_audience(self.out)

    def _product(self) -> bool:
        """Whether something is made that somebody is to see, with nothing said of who."""
        return self.found.has("drafting") and not self.found.has("translating") and not self.found.has("code")

    def _letter(self) -> None:
        """A letter to somebody who has rights and duties here, with nothing said of what it is about."""
        found, out = self.found, self.out
        if not out.take("outward_document") or "affects_rights" not in out.silent or found.has("press_strong"):
            return
        if found.has("unclear_letter") and found.has("rights_holder") and not found.has("benign_letter"):
            out.put("affects_rights", None, self._words(found.of("rights_holder")))

    def _bias(self) -> None:
        said = self.found.of("bias_risk")
        self.out.put("bias_risk", bool(said), self._words(said))

    def _unclear(self) -> None:
        """Material that may or may not be confidential, unpublished or personal, with nothing said of it."""
        out = self.out
        public = self.found.of("public_material")
        out.put("public_data_only", False)
        secret = out.take("confidential_data") is not False or out.take("unpublished_government_data") is not False
        if public and not secret and not out.take("personal_data") and not out.take("special_personal_data"):
            out.put("public_data_only", True, self._words(public))
            if out.take("personal_data") is None:
                out.put("personal_data", False)
            return
        if "personal_data" in out.silent and self.found.has("unclear_people") and not secret:
            out.put("personal_data", None, self._words(self.found.of("unclear_people")))
        material = self.found.of("unclear_material")
        if (
            material
            and out.take("external_ai")
            and not secret
            and {"confidential_data", "unpublished_government_data"} <= out.silent
            and out.take("personal_data") is False
        ):
            out.put("unpublished_government_data", None, self._words(material))


def writes_only(found: Found) -> bool:
    """Whether the AI only writes a document for a person."""
    return found.has("drafting") and found.has("legal_document") and not found.has("auto_effect")


def derive_deciding(found: Found, out: Settled) -> None:
    """Whether the AI's output takes effect: it does where nobody confirms, and is open where that is open."""
    matters = out.take("affects_rights") is not False or bool(out.take("scores_people"))
    reviewed = out.take("human_review")
    if not matters or reviewed:
        out.put("ai_decides", False)
    elif reviewed is False:
        out.put("ai_decides", True, out.evidence.get("human_review", ""))
    else:
        judges = found.has("auto_effect") or out.take("scores_people") or not writes_only(found)
        out.put("ai_decides", None if judges else False)


def derive_audience(out: Settled) -> None:
    """What is neither for outside nor for citizens to talk to stays with staff; an ordinary reader takes it so."""
    outward, bot = out.take("outward_document"), out.take("public_facing_chatbot")
    if bot is None and outward is None:
        outward = False
        out.put("outward_document", False)
    if outward or bot:
        out.put("internal_only", False)
    elif outward is None or bot is None:
        out.put("internal_only", None)
    else:
        out.put("internal_only", True, out.evidence.get("internal_only", ""))


def choose_clause(found: Found, out: Settled) -> None:
    """Facts that choose the clause, not the tier; they follow from the others."""
    writes = found.has("drafting") or found.has("translating") or found.has("generative")
    out.put("generative_ai", writes and not (found.has("predictive") and not found.has("drafting")))
    outward = bool(out.take("outward_document"))
    out.put("rights_document", bool(out.take("affects_rights")) and writes_only(found) and not out.take("ai_decides"))
    out.put("policy_draft", found.has("policy") and outward)
    formal, press = found.has("formal_letter"), found.has("press_strong")
    letter = formal or (found.has("letter") and not press)
    out.put("press_or_notice", outward and not letter)
    out.put("reviewed_document", outward and letter)
    public = out.take("public_data_only")
    translated = found.has("translating") and found.has("foreign_text")
    out.put("published_translation", bool(public) and translated)
    out.put("published_summary", bool(public) and not translated)
    out.put("internal_text", bool(out.take("internal_only")) and found.has("drafting"))
    out.put("program_code", found.has("code"))
    out.put("staff_only_data", found.has("staff_data"))
    reviewed = found.has("human_review")
    out.put("supervisor_review", (True if reviewed else None) if outward else False)
