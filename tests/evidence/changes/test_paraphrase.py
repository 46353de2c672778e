from __future__ import annotations

import numpy as np
import pytest

from rung.evidence.changes.english import is_english
from rung.evidence.changes.paraphrase import paraphrased


def said(text: str, *, kept: tuple[str, ...] = (), labels: tuple[str, ...] = (), framed: bool = True) -> str:
    spans = [(text.index(part), text.index(part) + len(part)) for part in kept]
    return paraphrased(text, np.random.default_rng(0), spans, labels=labels, framed=framed)


@pytest.mark.parametrize(
    ("text", "other"),
    [
        ("I can't open it and I don't know why.", "I cannot open it and I do not know why."),
        ("They won't refund us, we've asked twice.", "They will not refund us, we have asked twice."),
        ("Don't send the letter to my office.", "Do not send the letter to my office."),
        ("What's the fee? I’m unsure.", "What is the fee? I am unsure."),
        ("The page does not load and I cannot print.", "The page doesn't load and I can't print."),
        ("It is not the tap that I meant.", "It isn't the tap that I meant."),
    ],
)
def test_contractions_are_opened_and_where_there_are_none_closed(text: str, other: str) -> None:
    assert said(text, framed=False) == other


@pytest.mark.parametrize(
    "text",
    [
        "Why doesn't the export work?",  # "why does not the export"
        "Isn't the fee included?",
        "So can't I pay by card?",
        "It's broken and I'd rather not.",  # is or has, had or would
        "That is what I am.",
        "He is not only late.",
        "You are NOT to call me, do NOT try.",
    ],
)
def test_what_would_be_no_sentence_any_more_is_left_alone(text: str) -> None:
    assert said(text, framed=False) == text


@pytest.mark.parametrize(
    ("text", "other"),
    [
        ("How do I reset it?", "How can I reset it?"),
        ("The report is late every day, for example today.", "The report is late each day, for instance today."),
        ("Nobody was there prior to noon.", "No one was there before noon."),
        ("I want to cancel in order to save.", "I would like to cancel to save."),
        ("Is it possible to pay with cash?", "Is there a way to pay with cash?"),
    ],
)
def test_known_phrases_are_said_the_other_way(text: str, other: str) -> None:
    assert said(text, framed=False) == other


@pytest.mark.parametrize(
    "text",
    [
        "We met the band called Each Other Every Day.",  # a name
        "So far away was the light that we left.",
        "Where is it possible to park?",
    ],
)
def test_a_phrase_in_another_sense_is_left_alone(text: str) -> None:
    assert said(text, framed=False) == text


@pytest.mark.parametrize(
    ("text", "bare"),
    [
        ("Hello, please send the invoice again. Thank you!", "Please send the invoice again."),
        ("Please send the invoice to my office.", "Send the invoice to my office."),
        ("Could you please send it to me?", "Could you send it to me?"),
        ("Can I have a refund, please?", "Can I have a refund?"),
        ("Good morning, the tap in our flat drips. Thanks in advance.", "The tap in our flat drips."),
    ],
)
def test_a_polite_frame_is_taken_off(text: str, bare: str) -> None:
    assert said(text) == bare


def test_a_frame_is_put_on_where_the_text_speaks_to_somebody_and_stays_whole_inside() -> None:
    text = "My card was declined at the till."
    forms = {paraphrased(text, np.random.default_rng(seed)) for seed in range(20)}
    assert len(forms) > 1
    assert all(text in form and form != text for form in forms)


@pytest.mark.parametrize("text", ["The import of the file fails.", "My first line.\nThe second of two."])
def test_reports_and_letters_get_no_frame(text: str) -> None:
    assert said(text) == text


@pytest.mark.parametrize("label", ["positive", "thank_you", "Greeting", "complaint", "anger"])
def test_manners_stay_where_they_are_what_is_told_apart(label: str) -> None:
    text = "My parcel is here, thanks to you."
    assert said(text, labels=("other", label)) == text


def test_kept_parts_stay_letter_by_letter() -> None:
    text = "I cannot open the door each day."
    assert said(text, kept=("each day", "cannot"), framed=False) == text
    assert said(text, kept=("each day",), framed=False) == "I can't open the door each day."


@pytest.mark.parametrize("text", ["", "   ", "E11.9", "Acute embolism, unspecified vein", "!!!", "I"])
def test_what_no_rule_fits_comes_back_as_it_is(text: str) -> None:
    assert said(text, framed=False) == text


@pytest.mark.parametrize(
    ("text", "english"),
    [
        ("I need to cancel as soon as possible", True),
        ("The tap is dripping", True),
        ("Is de kamer op de begane grond vrij?", False),
        ("Was ist das für ein Gerät?", False),
        ("dripping tap kitchen", False),
        ("", False),
    ],
)
def test_english_is_told_by_its_little_words(text: str, english: bool) -> None:
    assert is_english(text) is english
