"""Valid values made by computation; no person has them but by chance. Check digits are computed here anew."""

from __future__ import annotations

from hypothesis import strategies as st

_LETTERS = "ABCDEFGHJKLMNPQRSTUVXYWZIO"
_WEIGHTS = (1, 9, 8, 7, 6, 5, 4, 3, 2, 1, 1)


def national_id(letter: str, digits: str) -> str:
    """The number with its check digit: ``digits`` are the eight behind the letter."""
    numbers = [int(char) for char in f"{_LETTERS.index(letter) + 10}{digits}"]
    total = sum(number * weight for number, weight in zip(numbers, _WEIGHTS, strict=False))
    return f"{letter}{digits}{-total % 10}"


def old_certificate(letters: str, digits: str) -> str:
    """統一證號 of two letters; ``digits`` are the seven behind them."""
    second = (_LETTERS.index(letters[1]) + 10) % 10
    return letters + national_id(letters[0], f"{second}{digits}")[2:]


def card(digits: str) -> str:
    """``digits`` with the Luhn check digit."""
    total = 0
    for at, char in enumerate(reversed(digits)):
        value = int(char) * (2 - at % 2)
        total += value - 9 if value > 9 else value
    return f"{digits}{-total % 10}"


def digits(size: int) -> st.SearchStrategy[str]:
    """Strings of ``size`` digits."""
    return st.text("0123456789", min_size=size, max_size=size)


national_ids = st.builds(
    lambda letter, sex, rest: national_id(letter, sex + rest),
    st.sampled_from(_LETTERS),
    st.sampled_from("12"),
    digits(7),
).filter(lambda value: value != "A123456789")
certificates = st.one_of(
    st.builds(
        lambda letter, sex, rest: national_id(letter, sex + rest),
        st.sampled_from(_LETTERS),
        st.sampled_from("89"),
        digits(7),
    ).filter(lambda value: value != "A800000014"),
    st.builds(
        lambda first, second, rest: old_certificate(first + second, rest),
        st.sampled_from(_LETTERS),
        st.sampled_from("ABCD"),
        digits(7),
    ),
)
mobiles = digits(8).map(lambda rest: "09" + rest)
landlines = st.builds(
    lambda head, rest: f"02{head}{rest}", st.sampled_from(("23", "25", "27", "28", "29")), digits(6)
).filter(lambda value: value != "0227208889")
health_cards = digits(8).map(lambda rest: "0000" + rest)
cards = st.builds(
    lambda head, rest: card((head + rest)[:15]), st.sampled_from(("4", "51", "53", "55", "3528")), digits(15)
).filter(lambda value: len(set(value)) > 2)
