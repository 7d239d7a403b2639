"""All recognizers, built from the room's rules."""

from __future__ import annotations

from collections.abc import Mapping

from bot.errors import RoomError
from bot.guards.taiwan.address import Address
from bot.guards.taiwan.bank_account import BankAccount
from bot.guards.taiwan.base import TaiwanRecognizer
from bot.guards.taiwan.case_number import CaseNumber
from bot.guards.taiwan.credit_card import CreditCard
from bot.guards.taiwan.date_of_birth import DateOfBirth
from bot.guards.taiwan.email import Email
from bot.guards.taiwan.license_plate import LicensePlate
from bot.guards.taiwan.line_id import LineId
from bot.guards.taiwan.national_id import NationalId
from bot.guards.taiwan.nhi_card import NhiCard
from bot.guards.taiwan.passport import Passport
from bot.guards.taiwan.person import Person
from bot.guards.taiwan.phone import Phone
from bot.guards.taiwan.resident_certificate import ResidentCertificate
from bot.guards.taiwan.rules import EntityRule
from bot.guards.taiwan.special_category import SpecialCategory

RECOGNIZERS: tuple[type[TaiwanRecognizer], ...] = (
    NationalId,
    ResidentCertificate,
    Passport,
    NhiCard,
    Phone,
    Email,
    Address,
    Person,
    DateOfBirth,
    CreditCard,
    BankAccount,
    LicensePlate,
    LineId,
    CaseNumber,
    SpecialCategory,
)


def build_recognizers(rules: Mapping[str, EntityRule], language: str = "zh") -> tuple[TaiwanRecognizer, ...]:
    """One recognizer for each kind; ``RoomError`` where the room lacks a rule or has one that nobody reads."""
    known = {recognizer.ENTITY for recognizer in RECOGNIZERS}
    if known != set(rules):
        odd = "、".join(sorted(known ^ set(rules)))
        raise RoomError(f"guardrails/personal_data.yaml：與程式不一致的個資類別 {odd}")
    return tuple(recognizer(rules[recognizer.ENTITY], language) for recognizer in RECOGNIZERS)
